package assignments

import (
	"context"

	"github.com/alcedo-cloud/alcedo/internal/caller"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/rbac"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// Query narrows a list of assignments. At a scope, assignments there and above it are listed, and unless AtScope is set
// those below it too.
type Query struct {
	Scope       rbac.Scope
	AtScope     bool   // nothing below
	PrincipalID string // held by this principal itself
	AssignedTo  string // held by this principal or by a group that it is in
}

// List lists assignments by scope, then by name. Those of principals that are gone stay in the list, as in Azure.
func (s *Service) List(ctx context.Context, q Query) ([]*rbac.Assignment, error) {
	index, err := s.mirror.View(ctx)
	if err != nil {
		return nil, fault.Wrap("assignments.List", err)
	}
	selection := rbac.Selection{Scope: q.Scope, AtAndAbove: true, Below: !q.AtScope}
	switch {
	case q.AssignedTo != "":
		groups, err := s.Groups(ctx, q.AssignedTo)
		if err != nil {
			return nil, fault.Wrap("assignments.List", err)
		}
		selection.Principals = append([]string{q.AssignedTo}, groups...)
	case q.PrincipalID != "":
		selection.Principals = []string{q.PrincipalID}
	}
	found := index.Assignments(selection)
	if q.AssignedTo == "" || q.PrincipalID == "" {
		return found, nil
	}
	both := found[:0]
	for _, a := range found {
		if equalID(a.PrincipalID, q.PrincipalID) {
			both = append(both, a)
		}
	}
	return both, nil
}

// Get finds an assignment by its name at a scope; nil where there is none.
func (s *Service) Get(ctx context.Context, scope rbac.Scope, name string) (*rbac.Assignment, error) {
	index, err := s.mirror.View(ctx)
	if err != nil {
		return nil, fault.Wrap("assignments.Get", err)
	}
	a, ok := index.Assignment(name)
	if !ok || !a.Scope.Equal(scope) {
		return nil, nil
	}
	return a, nil
}

// Elevate makes the caller User Access Administrator at "/", above all subscriptions. Whether it may is for whoever
// knows the directory's administrators to check.
func (s *Service) Elevate(ctx context.Context, c caller.Caller) error {
	kind := rbac.ServicePrincipal
	if c.Kind == caller.User {
		kind = rbac.User
	}
	err := s.Store.Update(ctx, func(tx store.Tx) error {
		return s.Assign(tx, rbac.Assignment{
			Scope: rbac.Root, RoleName: UserAccessAdministrator,
			PrincipalID: c.ObjectID, PrincipalType: kind, CreatedBy: c.ObjectID, UpdatedBy: c.ObjectID,
		})
	})
	if fault.Is(err, fault.Exists) {
		return nil
	}
	return fault.Wrap("assignments.Elevate", err)
}
