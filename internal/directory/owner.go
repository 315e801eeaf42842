package directory

import (
	"context"
	"slices"

	"github.com/alcedo-cloud/alcedo/internal/caller"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// owners of an object, nil for kinds that have none. An owner that was deleted stays in the list and is not shown.
func owners(o any) *[]string {
	switch o := o.(type) {
	case *Group:
		return &o.Owners
	case *Application:
		return &o.Owners
	case *ServicePrincipal:
		return &o.Owners
	}
	return nil
}

// ReadOwners lists the owners of a group, application or service principal.
func (s *Service) ReadOwners(ctx context.Context, c caller.Caller, id string) ([]any, error) {
	o, err := s.ReadObject(ctx, c, id)
	if err != nil {
		return nil, err
	}
	list := owners(o)
	if list == nil || len(*list) == 0 {
		return nil, nil
	}
	return s.ReadObjects(ctx, c, *list)
}

// ReadOwned lists the groups, applications and service principals that somebody owns.
func (s *Service) ReadOwned(ctx context.Context, c caller.Caller, owner string) ([]any, error) {
	const op = "directory.ReadOwned"
	if err := s.allowRead(ctx, c, owner); err != nil {
		return nil, fault.Wrap(op, err)
	}
	st, err := s.mirror.View(ctx)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	st.mu.RLock()
	defer st.mu.RUnlock()
	var out []any
	add := func(o any) {
		if slices.Contains(*owners(o), canonical(owner)) {
			out = append(out, o)
		}
	}
	for _, id := range sorted(st.applications) {
		add(st.applications[id])
	}
	for _, id := range sorted(st.servicePrincipals) {
		add(st.servicePrincipals[id])
	}
	for _, id := range sorted(st.groups) {
		add(st.groups[id])
	}
	return out, nil
}

// AddOwner makes a user or service principal an owner of a group, application or service principal.
func (s *Service) AddOwner(ctx context.Context, c caller.Caller, id, owner string) error {
	return s.changeOwners(ctx, c, id, func(tx store.Tx, list *[]string) error {
		o, err := principalObject(tx, canonical(owner))
		if err != nil || o == nil {
			return orNotFound(err, owner)
		}
		if kind, _ := o.ref(); kind == kindGroup {
			return invalid("owners", "Invalid value specified for property 'owners'.")
		}
		if slices.Contains(*list, canonical(owner)) {
			return &fault.Error{
				Kind: fault.Exists, Op: "directory.AddOwner", Reason: "Request_BadRequest", Target: "owners",
				Message: "One or more added object references already exist for the following modified properties: 'owners'.",
			}
		}
		*list = append(*list, canonical(owner))
		return nil
	})
}

// RemoveOwner takes an owner away.
func (s *Service) RemoveOwner(ctx context.Context, c caller.Caller, id, owner string) error {
	return s.changeOwners(ctx, c, id, func(_ store.Tx, list *[]string) error {
		i := slices.Index(*list, canonical(owner))
		if i < 0 {
			return notFound(owner)
		}
		*list = slices.Delete(*list, i, i+1)
		return nil
	})
}

func (s *Service) changeOwners(ctx context.Context, c caller.Caller, id string, change func(store.Tx, *[]string) error) error {
	return s.update(ctx, c, "directory.changeOwners", func(tx store.Tx) error {
		key := canonical(id)
		if _, ok, err := get[Application](tx, kindApplication, key); err != nil {
			return err
		} else if ok {
			return modify(s, tx, kindApplication, id, func(a *Application) error { return change(tx, &a.Owners) })
		}
		if _, ok, err := get[Group](tx, kindGroup, key); err != nil {
			return err
		} else if ok {
			return modify(s, tx, kindGroup, id, func(g *Group) error { return change(tx, &g.Owners) })
		}
		return modify(s, tx, kindServicePrincipal, id, func(p *ServicePrincipal) error { return change(tx, &p.Owners) })
	})
}

func sorted[T any](m map[string]T) []string {
	out := make([]string, 0, len(m))
	for id := range m {
		out = append(out, id)
	}
	slices.Sort(out)
	return out
}
