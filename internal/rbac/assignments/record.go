package assignments

import (
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/rbac"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// Types of roles.
const (
	BuiltInRole = "BuiltInRole"
	CustomRole  = "CustomRole"
)

// Keys. All ids and scopes in them are in lower case.
//
//	rbac assignment {name}                     the assignment
//	rbac held {scope} {role} {principal}       its name: a role is held once, and all below a scope are neighbours
//	rbac uses {role} {name}                    of custom roles: who would miss the role
//	rbac count {subscription}                  how many assignments a subscription has
//	rbac role {name}                           a custom role
//	rbac rolename {display name}               its name: display names are taken once
func assignmentKey(name string) []byte {
	return store.Key("rbac", "assignment", strings.ToLower(name))
}

func heldKey(a *rbac.Assignment) []byte {
	return store.Key("rbac", "held", a.Scope.Lower(), strings.ToLower(a.RoleName), strings.ToLower(a.PrincipalID))
}

func usesKey(role, name string) []byte {
	return store.Key("rbac", "uses", strings.ToLower(role), strings.ToLower(name))
}

func roleKey(name string) []byte { return store.Key("rbac", "role", strings.ToLower(name)) }

func roleNameKey(display string) []byte {
	return store.Key("rbac", "rolename", strings.ToLower(strings.ReplaceAll(display, "\x00", "")))
}

// assignmentRecord is an assignment as it is stored.
type assignmentRecord struct {
	Name             string             `json:"name"`
	Scope            string             `json:"scope"`
	Role             string             `json:"role"`
	Principal        string             `json:"principal"`
	PrincipalType    rbac.PrincipalType `json:"type"`
	Condition        string             `json:"condition,omitempty"`
	ConditionVersion string             `json:"conditionVersion,omitempty"`
	Description      string             `json:"description,omitempty"`
	Delegated        string             `json:"delegated,omitempty"`
	CreatedOn        time.Time          `json:"createdOn"`
	UpdatedOn        time.Time          `json:"updatedOn"`
	CreatedBy        string             `json:"createdBy,omitempty"`
	UpdatedBy        string             `json:"updatedBy,omitempty"`
}

func encodeAssignment(a *rbac.Assignment) ([]byte, error) {
	return json.Marshal(assignmentRecord{
		a.Name, a.Scope.String(), a.RoleName, a.PrincipalID, a.PrincipalType, a.Condition, a.ConditionVersion,
		a.Description, a.DelegatedManagedIdentityResourceID, a.CreatedOn, a.UpdatedOn, a.CreatedBy, a.UpdatedBy,
	})
}

func decodeAssignment(value []byte) (*rbac.Assignment, error) {
	var r assignmentRecord
	if err := json.Unmarshal(value, &r); err != nil {
		return nil, fault.Wrap("assignments.decode", err)
	}
	return &rbac.Assignment{
		Name: r.Name, Scope: rbac.NewScope(r.Scope), RoleName: r.Role, PrincipalID: r.Principal,
		PrincipalType: r.PrincipalType, Condition: r.Condition, ConditionVersion: r.ConditionVersion,
		Description: r.Description, DelegatedManagedIdentityResourceID: r.Delegated,
		CreatedOn: r.CreatedOn, UpdatedOn: r.UpdatedOn, CreatedBy: r.CreatedBy, UpdatedBy: r.UpdatedBy,
	}, nil
}

// stored reads an assignment; nil where there is none.
func stored(r store.Reader, name string) (*rbac.Assignment, error) {
	item, err := r.Get(assignmentKey(name))
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return decodeAssignment(item.Value)
}

// storedRole reads a custom role; nil where there is none.
func storedRole(r store.Reader, name string) (*rbac.Role, error) {
	item, err := r.Get(roleKey(name))
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return decodeRole(item.Value)
}

func decodeRole(value []byte) (*rbac.Role, error) {
	role := &rbac.Role{}
	if err := json.Unmarshal(value, role); err != nil {
		return nil, fault.Wrap("assignments.decode", err)
	}
	return role, nil
}

// load builds the index from the store.
func (s *Service) load(r store.Reader) (*rbac.Index, error) {
	index := rbac.NewIndex(s.TenantID, func(name string) *rbac.Role {
		if b, ok := s.builtIn.find(name); ok {
			return b.Role
		}
		return nil
	})
	roles := store.Prefix("rbac", "role")
	for item, err := range r.Scan(roles, store.End(roles)) {
		if err != nil {
			return nil, err
		}
		role, err := decodeRole(item.Value)
		if err != nil {
			return nil, err
		}
		index.PutRole(role)
	}
	shared := map[string]string{}
	prefix := store.Prefix("rbac", "assignment")
	for item, err := range r.Scan(prefix, store.End(prefix)) {
		if err != nil {
			return nil, err
		}
		a, err := decodeAssignment(item.Value)
		if err != nil {
			return nil, err
		}
		intern(shared, &a.RoleName, &a.PrincipalID, &a.CreatedBy, &a.UpdatedBy, (*string)(&a.PrincipalType))
		index.Put(a)
	}
	return index, nil
}

// intern lets equal strings of many assignments share their bytes.
func intern(shared map[string]string, fields ...*string) {
	for _, f := range fields {
		if known, ok := shared[*f]; ok {
			*f = known
		} else {
			shared[*f] = *f
		}
	}
}
