package assignments

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/alcedo-cloud/alcedo/internal/caller"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/rbac"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// conditionVersion is the only version of the condition language that assignments accept.
const conditionVersion = "2.0"

// Put creates an assignment, or updates the description and condition of the one that has its name. Name, Scope, RoleName
// and PrincipalID are required; times and authors are filled in. created is false where the assignment was there.
// Whether the caller may assign is asked before, at the service's door.
//
// Faults: Invalid with Azure's reasons; Exists with reason RoleAssignmentExists where the principal holds the role at
// the scope under another name.
func (s *Service) Put(ctx context.Context, c caller.Caller, a rbac.Assignment) (out *rbac.Assignment, created bool, err error) {
	if err := s.complete(ctx, &a); err != nil {
		return nil, false, err
	}
	now := s.Clock.Now()
	a.CreatedOn, a.UpdatedOn, a.CreatedBy, a.UpdatedBy = now, now, c.ObjectID, c.ObjectID
	err = s.Store.Update(ctx, func(tx store.Tx) (err error) {
		out, created, err = s.put(tx, a)
		return err
	})
	return out, created, fault.Wrap("assignments.Put", err)
}

// Assign is Put inside a transaction of somebody else, for a principal that the same transaction may be creating: its
// existence is not checked, and PrincipalType must be set. An empty Name is derived from scope, role and principal.
func (s *Service) Assign(tx store.Tx, a rbac.Assignment) error {
	if a.Name == "" {
		seed := a.Scope.Lower() + "\x00" + strings.ToLower(a.RoleName) + "\x00" + strings.ToLower(a.PrincipalID)
		a.Name = uuid.NewSHA1(uuid.NameSpaceURL, []byte(seed)).String()
	}
	if err := validate(&a); err != nil {
		return err
	}
	if a.PrincipalType == "" {
		return fault.New(fault.Internal, "assignments.Assign", "", "an assignment has a principal type")
	}
	if a.CreatedOn.IsZero() {
		now := s.Clock.Now()
		a.CreatedOn, a.UpdatedOn = now, now
	}
	_, _, err := s.put(tx, a)
	return fault.Wrap("assignments.Assign", err)
}

// complete validates an assignment and finds out its principal's type.
func (s *Service) complete(ctx context.Context, a *rbac.Assignment) error {
	if err := validate(a); err != nil {
		return err
	}
	known, ok, err := s.PrincipalType(ctx, a.PrincipalID)
	if err != nil {
		return err
	}
	switch {
	case !ok && a.PrincipalType == rbac.ServicePrincipal:
		// Azure takes the caller's word for a service principal that has not replicated yet, and for no other type.
	case !ok:
		return invalid("PrincipalNotFound", "Principal %s does not exist in the directory %s. Check that you have the correct principal ID. "+
			"If you are creating this principal and then immediately assigning a role, this error might be related to a replication delay. "+
			"In this case, set the role assignment principalType property to a value, such as ServicePrincipal, User, or Group.  "+
			"See https://aka.ms/docs-principaltype", digits(a.PrincipalID), s.TenantID)
	case a.PrincipalType == "":
		a.PrincipalType = known
	case a.PrincipalType != known:
		return invalid("UnmatchedPrincipalType", "The PrincipalId '%s' has type '%s' , which is different from specified PrinciaplType '%s'.",
			digits(a.PrincipalID), known, a.PrincipalType)
	}
	return nil
}

// validate checks what can be checked without looking anything up, and normalises the ids.
func validate(a *rbac.Assignment) error {
	name, err := uuid.Parse(a.Name)
	if err != nil || len(a.Name) != 36 {
		return invalid("InvalidRoleAssignmentId", "The role assignment ID '%s' is not valid. The role assignment ID must be a GUID.", clip(a.Name))
	}
	principal, err := uuid.Parse(a.PrincipalID)
	if err != nil {
		return invalid("InvalidPrincipalId", "A valid principal ID must be provided for role assignment.")
	}
	role, err := uuid.Parse(a.RoleName)
	if err != nil {
		return invalid("InvalidRoleDefinitionId", "The role definition ID '%s' is not valid.", clip(a.RoleName))
	}
	if a.Scope.Lower() == "" || strings.Contains(a.Scope.Lower(), "\x00") || len(a.Scope.Lower()) > maxScope {
		return invalid("InvalidScope", "The scope of the role assignment is not valid.")
	}
	a.Name, a.PrincipalID, a.RoleName = name.String(), principal.String(), role.String()
	switch a.PrincipalType {
	case "", rbac.User, rbac.Group, rbac.ServicePrincipal, rbac.ForeignGroup, rbac.Device:
	default:
		return invalid("InvalidPrincipalType", "The principal type '%s' is not valid.", clip(string(a.PrincipalType)))
	}
	if len(a.Description) > maxDescription {
		return invalid("InvalidRoleAssignmentDescription", "The description of a role assignment has at most %d characters.", maxDescription)
	}
	return validateCondition(a)
}

// Bounds of what an assignment keeps.
const (
	maxScope       = 2048 // bytes
	maxDescription = 2048 // bytes
)

func validateCondition(a *rbac.Assignment) error {
	if a.Condition == "" {
		if a.ConditionVersion != "" && a.ConditionVersion != conditionVersion {
			return invalid("InvalidRoleAssignmentCondition", "The given role assignment condition version is invalid.")
		}
		return nil
	}
	if a.ConditionVersion != conditionVersion {
		return invalid("InvalidRoleAssignmentCondition", "The given role assignment condition is invalid. The condition version must be %s.", conditionVersion)
	}
	if _, err := rbac.ParseCondition(a.Condition); err != nil {
		var f *fault.Error
		if errors.As(err, &f) {
			return invalid("InvalidRoleAssignmentCondition", "The given role assignment condition is invalid. It fails %s.", f.Message)
		}
		return err
	}
	return nil
}

// put writes an assignment that is valid in itself.
func (s *Service) put(tx store.Tx, a rbac.Assignment) (*rbac.Assignment, bool, error) {
	custom, err := s.assignable(tx, &a)
	if err != nil {
		return nil, false, err
	}
	old, err := stored(tx, a.Name)
	if err != nil {
		return nil, false, err
	}
	if old != nil {
		out, err := s.update(tx, old, a)
		return out, false, err
	}
	item, err := tx.Get(heldKey(&a))
	if err == nil {
		return nil, false, fault.Newf(fault.Exists, "assignments.put", "RoleAssignmentExists",
			"The role assignment already exists. The ID of the existing role assignment is %s.", digits(string(item.Value)))
	}
	if !errors.Is(err, store.ErrNotFound) {
		return nil, false, err
	}
	if err := s.count(tx, a.Scope, 1); err != nil {
		return nil, false, err
	}
	if custom {
		if err := tx.Put(usesKey(a.RoleName, a.Name), []byte{1}); err != nil {
			return nil, false, err
		}
	}
	if err := tx.Put(heldKey(&a), []byte(a.Name)); err != nil {
		return nil, false, err
	}
	out := &a
	return out, true, s.write(tx, out)
}

// assignable finds the assignment's role and checks that it can be held at the scope; it reports whether it is custom.
func (s *Service) assignable(r store.Reader, a *rbac.Assignment) (custom bool, err error) {
	if _, ok := s.builtIn.find(a.RoleName); ok {
		return false, nil
	}
	role, err := storedRole(r, a.RoleName)
	if err != nil {
		return false, err
	}
	if role == nil || !assignableAt(role, a.Scope) {
		return false, invalid("RoleDefinitionDoesNotExist", "The specified role definition with ID '%s' does not exist.", digits(a.RoleName))
	}
	return true, nil
}

func assignableAt(role *rbac.Role, scope rbac.Scope) bool {
	for _, s := range role.AssignableScopes {
		if rbac.NewScope(s).Contains(scope) {
			return true
		}
	}
	return false
}

// update changes what may change of an assignment; all else must be as it was.
func (s *Service) update(tx store.Tx, old *rbac.Assignment, a rbac.Assignment) (*rbac.Assignment, error) {
	if !old.Scope.Equal(a.Scope) || old.PrincipalID != a.PrincipalID || old.RoleName != a.RoleName ||
		old.DelegatedManagedIdentityResourceID != a.DelegatedManagedIdentityResourceID {
		return nil, invalid("RoleAssignmentUpdateNotPermitted", "Tenant ID, application ID, principal ID, and scope are not allowed to be updated.")
	}
	if old.Description == a.Description && old.Condition == a.Condition && old.ConditionVersion == a.ConditionVersion {
		return old, nil
	}
	next := *old
	next.Description, next.Condition, next.ConditionVersion = a.Description, a.Condition, a.ConditionVersion
	next.UpdatedOn, next.UpdatedBy = a.UpdatedOn, a.UpdatedBy
	return &next, s.write(tx, &next)
}

func (s *Service) write(tx store.Tx, a *rbac.Assignment) error {
	value, err := encodeAssignment(a)
	if err != nil {
		return err
	}
	if err := tx.Put(assignmentKey(a.Name), value); err != nil {
		return err
	}
	return s.mirror.Change(tx, func(x *rbac.Index) { x.Put(a) })
}

// count keeps the number of a subscription's assignments and holds the limit.
func (s *Service) count(tx store.Tx, scope rbac.Scope, by int) error {
	subscription, ok := subscriptionOf(scope)
	if !ok {
		return nil
	}
	key := store.Key("rbac", "count", subscription)
	n := 0
	item, err := tx.Get(key)
	if err == nil {
		n, err = strconv.Atoi(string(item.Value))
	}
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	n += by
	if by > 0 && s.MaxAssignments > 0 && n > s.MaxAssignments {
		return invalid("RoleAssignmentLimitExceeded", "The role assignment limit for the subscription exceeded. No more role assignments can be created.")
	}
	if n <= 0 {
		return tx.Delete(key)
	}
	return tx.Put(key, []byte(strconv.Itoa(n)))
}

func subscriptionOf(scope rbac.Scope) (string, bool) {
	rest, ok := strings.CutPrefix(scope.Lower(), "/subscriptions/")
	id, _, _ := strings.Cut(rest, "/")
	return id, ok && id != ""
}

func invalid(reason, format string, args ...any) error {
	return fault.Newf(fault.Invalid, "assignments", reason, format, args...)
}

// digits is a GUID without dashes, as Azure's messages quote it.
func digits(guid string) string { return strings.ReplaceAll(guid, "-", "") }

// clip keeps what a message quotes of the request short.
func clip(s string) string {
	if len(s) > 128 {
		return s[:128] + "…"
	}
	return s
}
