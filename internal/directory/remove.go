package directory

import (
	"context"

	"github.com/alcedo-cloud/alcedo/internal/caller"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// RemoveUser deletes a user, found by object id or principal name.
func (s *Service) RemoveUser(ctx context.Context, c caller.Caller, idOrName string) error {
	if err := s.allow(ctx, c, toWrite); err != nil {
		return fault.Wrap("directory.RemoveUser", err)
	}
	u, err := s.ReadUser(ctx, c, idOrName)
	if err != nil {
		return err
	}
	return removeOf[User](ctx, s, c, kindUser, u.ObjectID)
}

// RemoveGroup deletes a group.
func (s *Service) RemoveGroup(ctx context.Context, c caller.Caller, id string) error {
	return removeOf[Group](ctx, s, c, kindGroup, id)
}

// RemoveApplication deletes an application and its service principal.
func (s *Service) RemoveApplication(ctx context.Context, c caller.Caller, id string) error {
	return removeOf[Application](ctx, s, c, kindApplication, id)
}

// RemoveServicePrincipal deletes an application's service principal. A managed identity's goes with its resource only.
func (s *Service) RemoveServicePrincipal(ctx context.Context, c caller.Caller, id string) error {
	return removeOf[ServicePrincipal](ctx, s, c, kindServicePrincipal, id)
}

func removeOf[T any, P interface {
	*T
	object
}](ctx context.Context, s *Service, c caller.Caller, kind, id string) error {
	const op = "directory.Remove"
	return s.update(ctx, c, op, func(tx store.Tx) error {
		o, ok, err := get[T](tx, kind, canonical(id))
		if err != nil || !ok {
			return orNotFound(err, id)
		}
		switch o := any(o).(type) {
		case *Application:
			return s.DeleteApplication(tx, o.ObjectID)
		case *ServicePrincipal:
			if o.Type == ServicePrincipalIdentity {
				return denied(op)
			}
		}
		return s.removeWhole(tx, P(o))
	})
}
