package assignments

import (
	"context"
	"slices"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/caller"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/rbac"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// Delete takes an assignment away and returns it; nil where there is none of that name at that scope. The last Owner of
// a subscription stays, unless the caller holds a role above all subscriptions.
func (s *Service) Delete(ctx context.Context, c caller.Caller, scope rbac.Scope, name string) (out *rbac.Assignment, err error) {
	index, err := s.mirror.View(ctx)
	if err != nil {
		return nil, fault.Wrap("assignments.Delete", err)
	}
	_, groups, ok, err := s.asked(ctx, c)
	if err != nil {
		return nil, fault.Wrap("assignments.Delete", err)
	}
	above := ok && len(index.Assignments(rbac.Selection{
		Scope: rbac.Root, AtAndAbove: true, Principals: append([]string{c.ObjectID}, groups...),
	})) > 0
	ghosts, err := s.goneOwners(ctx, index, scope)
	if err != nil {
		return nil, fault.Wrap("assignments.Delete", err)
	}
	err = s.Store.Update(ctx, func(tx store.Tx) error {
		out = nil
		a, err := stored(tx, name)
		if err != nil || a == nil || !a.Scope.Equal(scope) {
			return err
		}
		if !above {
			if err := keepLastOwner(tx, a, ghosts); err != nil {
				return err
			}
		}
		out = a
		return s.remove(tx, []*rbac.Assignment{a})
	})
	return out, fault.Wrap("assignments.Delete", err)
}

// goneOwners lists the principals that hold Owner at a scope and that the directory has no more. It is asked before the
// transaction, in which the directory cannot be.
func (s *Service) goneOwners(ctx context.Context, index *rbac.Index, scope rbac.Scope) (gone []string, err error) {
	if subscription, ok := subscriptionOf(scope); !ok || scope.Lower() != "/subscriptions/"+subscription {
		return nil, nil
	}
	for _, a := range index.Assignments(rbac.Selection{Scope: scope, AtAndAbove: true}) {
		if a.RoleName != Owner || !a.Scope.Equal(scope) {
			continue
		}
		_, ok, err := s.PrincipalType(ctx, a.PrincipalID)
		if err != nil {
			return nil, err
		}
		if !ok {
			gone = append(gone, a.PrincipalID)
		}
	}
	return gone, nil
}

// keepLastOwner refuses to orphan a subscription: the last Owner of it that exists cannot be removed.
func keepLastOwner(tx store.Tx, a *rbac.Assignment, ghosts []string) error {
	subscription, ok := subscriptionOf(a.Scope)
	if !ok || a.Scope.Lower() != "/subscriptions/"+subscription || a.RoleName != Owner || slices.Contains(ghosts, a.PrincipalID) {
		return nil
	}
	prefix := store.Prefix("rbac", "held", a.Scope.Lower(), Owner)
	for item, err := range tx.Scan(prefix, store.End(prefix)) {
		if err != nil {
			return err
		}
		parts := store.Parts(item.Key)
		if string(item.Value) != a.Name && !slices.Contains(ghosts, parts[len(parts)-1]) {
			return nil
		}
	}
	return invalid("CannotDeleteLastRbacAdminAssignment", "Cannot delete the last RBAC admin assignment.")
}

// DeleteBelow takes away all assignments at the scope and below it: their resource is going.
func (s *Service) DeleteBelow(tx store.Tx, scope rbac.Scope) error {
	at := store.Prefix("rbac", "held", scope.Lower())
	below := store.Key("rbac", "held", strings.TrimSuffix(scope.Lower(), "/")+"/")
	var gone []*rbac.Assignment
	for _, prefix := range [][]byte{at, below} {
		if scope.Lower() == "/" && len(prefix) == len(at) {
			continue // "/" is among all that start with it
		}
		for item, err := range tx.Scan(prefix, store.End(prefix)) {
			if err != nil {
				return fault.Wrap("assignments.DeleteBelow", err)
			}
			a, err := stored(tx, string(item.Value))
			if err != nil {
				return fault.Wrap("assignments.DeleteBelow", err)
			}
			if a != nil {
				gone = append(gone, a)
			}
		}
	}
	return fault.Wrap("assignments.DeleteBelow", s.remove(tx, gone))
}

func (s *Service) remove(tx store.Tx, gone []*rbac.Assignment) error {
	if len(gone) == 0 {
		return nil
	}
	for _, a := range gone {
		for _, key := range [][]byte{assignmentKey(a.Name), heldKey(a), usesKey(a.RoleName, a.Name)} {
			if err := tx.Delete(key); err != nil {
				return err
			}
		}
		if err := s.count(tx, a.Scope, -1); err != nil {
			return err
		}
	}
	return s.mirror.Change(tx, func(x *rbac.Index) {
		for _, a := range gone {
			x.Remove(a.Name)
		}
	})
}
