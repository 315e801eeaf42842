package directory

import (
	"context"
	"maps"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/caller"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// update asks at the door and runs fn in a transaction of its own.
func (s *Service) update(ctx context.Context, c caller.Caller, op string, fn func(store.Tx) error) error {
	if err := s.allow(ctx, c, toWrite); err != nil {
		return fault.Wrap(op, err)
	}
	return fault.Wrap(op, s.store.Update(ctx, fn))
}

// ModifyUser has change edit a copy of a user, found by object id or principal name. change may run several times and
// may set Password.
func (s *Service) ModifyUser(ctx context.Context, c caller.Caller, idOrName string, change func(*User) error) error {
	const op = "directory.ModifyUser"
	if err := s.allow(ctx, c, toWrite); err != nil {
		return fault.Wrap(op, err)
	}
	current, err := s.ReadUser(ctx, c, idOrName)
	if err != nil {
		return err
	}
	trial := *current
	trial.Properties = maps.Clone(current.Properties)
	if err := change(&trial); err != nil {
		return err
	}
	hash, err := s.hashChosen(ctx, trial.Password)
	if err != nil {
		return err
	}
	if !strings.EqualFold(trial.UserPrincipalName, current.UserPrincipalName) {
		if err := s.checkDomain(trial.UserPrincipalName); err != nil {
			return err
		}
	}
	return s.update(ctx, c, op, func(tx store.Tx) error {
		return modify(s, tx, kindUser, current.ObjectID, func(u *User) error {
			if err := change(u); err != nil {
				return err
			}
			if u.Password = ""; hash != "" {
				u.PasswordHash = hash
			}
			return u.check()
		})
	})
}

// ModifyGroup has change edit a copy of a group.
func (s *Service) ModifyGroup(ctx context.Context, c caller.Caller, id string, change func(*Group) error) error {
	return s.update(ctx, c, "directory.ModifyGroup", func(tx store.Tx) error {
		return modify(s, tx, kindGroup, id, func(g *Group) error {
			if err := change(g); err != nil {
				return err
			}
			return g.check()
		})
	})
}

// ModifyApplication has change edit a copy of an application. Its service principal follows its names.
func (s *Service) ModifyApplication(ctx context.Context, c caller.Caller, id string, change func(*Application) error) error {
	return s.update(ctx, c, "directory.ModifyApplication", func(tx store.Tx) error {
		var next Application
		err := modify(s, tx, kindApplication, id, func(a *Application) error {
			if err := change(a); err != nil {
				return err
			}
			if err := s.fillKeys(a.Keys); err != nil {
				return err
			}
			next = *a
			return a.check()
		})
		if err != nil {
			return err
		}
		p, ok, err := byName[ServicePrincipal](tx, kindServicePrincipal, uniqueName{spacePrincipal, next.AppID})
		if err != nil || !ok {
			return err
		}
		return modify(s, tx, kindServicePrincipal, p.ObjectID, func(p *ServicePrincipal) error {
			p.DisplayName, p.Names = next.DisplayName, next.IdentifierURIs
			return nil
		})
	})
}

// ModifyServicePrincipal has change edit a copy of a service principal. A managed identity is changed through its
// resource only.
func (s *Service) ModifyServicePrincipal(
	ctx context.Context, c caller.Caller, id string, change func(*ServicePrincipal) error,
) error {
	return s.update(ctx, c, "directory.ModifyServicePrincipal", func(tx store.Tx) error {
		return modify(s, tx, kindServicePrincipal, id, func(p *ServicePrincipal) error {
			if p.Type == ServicePrincipalIdentity {
				return denied("directory.ModifyServicePrincipal")
			}
			if err := change(p); err != nil {
				return err
			}
			return s.fillKeys(p.Keys)
		})
	})
}

func modify[T any, P interface {
	*T
	object
}](s *Service, tx store.Tx, kind, id string, change func(P) error) error {
	before, ok, err := get[T](tx, kind, canonical(id))
	if err != nil || !ok {
		return orNotFound(err, id)
	}
	next, _, err := get[T](tx, kind, canonical(id)) // decoded anew, so that it shares nothing with before
	if err != nil {
		return err
	}
	if err := change(P(next)); err != nil {
		return err
	}
	return s.replace(tx, P(before), P(next))
}
