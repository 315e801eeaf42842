package assignments

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/alcedo-cloud/alcedo/internal/caller"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/rbac"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// RoleQuery narrows a list of role definitions.
type RoleQuery struct {
	Scope    rbac.Scope
	Below    bool   // custom roles that can be assigned only below Scope as well
	RoleName string // "" for all; without case
	Type     string // BuiltInRole, CustomRole or "" for both; without case
}

// Roles lists the role definitions that can be assigned at a scope, by display name.
func (s *Service) Roles(ctx context.Context, q RoleQuery) ([]*rbac.Role, error) {
	index, err := s.mirror.View(ctx)
	if err != nil {
		return nil, fault.Wrap("assignments.Roles", err)
	}
	var out []*rbac.Role
	named := func(r *rbac.Role) bool { return q.RoleName == "" || strings.EqualFold(r.RoleName, q.RoleName) }
	if q.Type == "" || strings.EqualFold(q.Type, BuiltInRole) {
		for r := range s.builtIn.all() {
			if named(r.Role) {
				out = append(out, r.Role)
			}
		}
	}
	if q.Type == "" || strings.EqualFold(q.Type, CustomRole) {
		for _, r := range index.CustomRoles() {
			if named(r) && (assignableAt(r, q.Scope) || q.Below && assignableBelow(r, q.Scope)) {
				out = append(out, r)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b *rbac.Role) int { return cmp.Compare(a.RoleName, b.RoleName) })
	return out, nil
}

func assignableBelow(role *rbac.Role, scope rbac.Scope) bool {
	return slices.ContainsFunc(role.AssignableScopes, func(s string) bool { return scope.Contains(rbac.NewScope(s)) })
}

// Role finds a role definition by its GUID; nil where there is none.
func (s *Service) Role(ctx context.Context, name string) (*rbac.Role, error) {
	if b, ok := s.builtIn.find(strings.ToLower(name)); ok {
		return b.Role, nil
	}
	index, err := s.mirror.View(ctx)
	if err != nil {
		return nil, fault.Wrap("assignments.Role", err)
	}
	role, _ := index.CustomRole(name)
	return role, nil
}

// PutRole creates or replaces a custom role. Name, RoleName, Permissions and AssignableScopes are required. Whether the
// caller may write roles at every assignable scope is asked before.
func (s *Service) PutRole(ctx context.Context, c caller.Caller, role rbac.Role) (out *rbac.Role, err error) {
	if err := s.validateRole(&role); err != nil {
		return nil, err
	}
	now := s.Clock.Now()
	err = s.Store.Update(ctx, func(tx store.Tx) error {
		next := role
		next.Type, next.CreatedOn, next.CreatedBy, next.UpdatedOn, next.UpdatedBy = CustomRole, now, c.ObjectID, now, c.ObjectID
		old, err := storedRole(tx, role.Name)
		if err != nil {
			return err
		}
		if err := s.claimName(tx, old, &next); err != nil {
			return err
		}
		if old != nil {
			next.CreatedOn, next.CreatedBy = old.CreatedOn, old.CreatedBy
		}
		value, err := json.Marshal(&next)
		if err != nil {
			return err
		}
		if err := tx.Put(roleKey(next.Name), value); err != nil {
			return err
		}
		out = &next
		return s.mirror.Change(tx, func(x *rbac.Index) { x.PutRole(&next) })
	})
	return out, fault.Wrap("assignments.PutRole", err)
}

// claimName takes the display name for the role, which no other role of the tenant may have.
func (s *Service) claimName(tx store.Tx, old, next *rbac.Role) error {
	taken := fault.New(fault.Exists, "assignments.PutRole", "RoleDefinitionWithSameNameExists",
		"A custom role with the same name already exists in this directory. Use a different name.")
	for b := range s.builtIn.all() {
		if strings.EqualFold(b.RoleName, next.RoleName) {
			return taken
		}
	}
	item, err := tx.Get(roleNameKey(next.RoleName))
	if err == nil && string(item.Value) != next.Name {
		return taken
	}
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if old == nil {
		if err := s.roomForRole(tx); err != nil {
			return err
		}
	} else if err := tx.Delete(roleNameKey(old.RoleName)); err != nil {
		return err
	}
	return tx.Put(roleNameKey(next.RoleName), []byte(next.Name))
}

func (s *Service) roomForRole(tx store.Tx) error {
	if s.MaxRoles <= 0 {
		return nil
	}
	n, prefix := 0, store.Prefix("rbac", "role")
	for _, err := range tx.Scan(prefix, store.End(prefix)) {
		if err != nil {
			return err
		}
		if n++; n >= s.MaxRoles {
			return invalid("RoleDefinitionLimitExceeded", "Role definition limit exceeded. No more role definitions can be created.")
		}
	}
	return nil
}

// DeleteRole removes a custom role that nobody holds and returns it; nil where there is none.
func (s *Service) DeleteRole(ctx context.Context, name string) (out *rbac.Role, err error) {
	if _, ok := s.builtIn.find(strings.ToLower(name)); ok {
		return nil, invalid("RoleDefinitionDeleteNotPermitted", "Built-in role definitions cannot be deleted.")
	}
	err = s.Store.Update(ctx, func(tx store.Tx) error {
		out = nil
		role, err := storedRole(tx, name)
		if err != nil || role == nil {
			return err
		}
		prefix := store.Prefix("rbac", "uses", strings.ToLower(name))
		for item, err := range tx.Scan(prefix, store.End(prefix)) {
			if err != nil {
				return err
			}
			parts := store.Parts(item.Key)
			return invalid("RoleDefinitionHasAssignments", "There are existing role assignments referencing role %s (%s).",
				digits(role.Name), digits(parts[len(parts)-1]))
		}
		if err := tx.Delete(roleKey(name)); err != nil {
			return err
		}
		if err := tx.Delete(roleNameKey(role.RoleName)); err != nil {
			return err
		}
		out = role
		return s.mirror.Change(tx, func(x *rbac.Index) { x.RemoveRole(role.Name) })
	})
	return out, fault.Wrap("assignments.DeleteRole", err)
}

func equalID(a, b string) bool { return strings.EqualFold(a, b) }

// parseGUID normalises a GUID in its usual form with dashes.
func parseGUID(s string) (string, bool) {
	id, err := uuid.Parse(s)
	return id.String(), err == nil && len(s) == 36
}
