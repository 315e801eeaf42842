package assignments

import (
	"slices"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/rbac"
)

// Bounds of custom roles: the lengths are Azure's, the number of actions keeps a role within one record.
const (
	maxRoleName        = 512  // characters
	maxRoleDescription = 2048 // characters
	maxRoleActions     = 4096 // actions, not actions and data actions together
	maxActionLength    = 1024 // bytes
	maxAssignable      = 2000 // scopes
)

// validateRole checks a custom role in itself and normalises its name.
func (s *Service) validateRole(role *rbac.Role) error {
	name, ok := parseGUID(role.Name)
	if !ok {
		return invalid("InvalidRoleDefinitionId", "The role definition ID '%s' is not valid. The role definition ID must be a GUID.", clip(role.Name))
	}
	role.Name = name
	if _, ok := s.builtIn.find(name); ok {
		return invalid("RoleDefinitionUpdateNotPermitted", "Built-in role definitions cannot be updated.")
	}
	role.RoleName = strings.TrimSpace(role.RoleName)
	if n := len([]rune(role.RoleName)); n == 0 || n > maxRoleName {
		return invalid("InvalidRoleDefinitionName", "The role definition name must have between 1 and %d characters.", maxRoleName)
	}
	if len([]rune(role.Description)) > maxRoleDescription {
		return invalid("InvalidRoleDefinitionDescription", "The role definition description has at most %d characters.", maxRoleDescription)
	}
	if len(role.Permissions) == 0 {
		return invalid("InvalidRoleDefinition", "A role definition needs permissions.")
	}
	if err := validateAssignable(role.AssignableScopes); err != nil {
		return err
	}
	count := 0
	for _, p := range role.Permissions {
		if p.Condition != "" {
			return invalid("InvalidRoleDefinition", "A custom role definition cannot have conditions.")
		}
		for _, list := range [][]string{p.Actions, p.NotActions, p.DataActions, p.NotDataActions} {
			for _, action := range list {
				if count++; count > maxRoleActions {
					return invalid("InvalidRoleDefinition", "A role definition has at most %d actions.", maxRoleActions)
				}
				if !s.knownAction(action) {
					return invalid("InvalidActionOrNotAction", "'%s' does not match any of the actions supported by the providers.", clip(action))
				}
			}
		}
	}
	return nil
}

func validateAssignable(scopes []string) error {
	if len(scopes) == 0 || len(scopes) > maxAssignable {
		return invalid("MissingAssignableScopes", "The role definition must have between 1 and %d assignable scopes.", maxAssignable)
	}
	groups := 0
	for _, scope := range scopes {
		at := rbac.NewScope(scope).Lower()
		segments := strings.Split(strings.Trim(at, "/"), "/")
		group := strings.HasPrefix(at, "/providers/microsoft.management/managementgroups/") && len(segments) == 4
		if group {
			groups++
		}
		subscription := strings.HasPrefix(at, "/subscriptions/") && len(segments) >= 2 && !strings.ContainsAny(at, "*\x00") && len(at) <= maxScope
		if !group && !subscription || groups > 1 {
			return invalid("InvalidRoleDefinitionAssignableScope", "The assignable scope '%s' is not valid.", clip(scope))
		}
	}
	return nil
}

// knownAction reports whether a provider that roles know of stands at the start of an action. The list of every
// provider's operations is not among what alcedo carries, so the rest of the action is taken on trust.
func (s *Service) knownAction(action string) bool {
	if len(action) > maxActionLength || action == "" || strings.ContainsFunc(action, notInAction) {
		return false
	}
	namespace, rest, ok := strings.Cut(action, "/")
	if strings.Contains(namespace, "*") {
		return true
	}
	return ok && rest != "" && slices.ContainsFunc(s.Namespaces(), func(n string) bool { return strings.EqualFold(n, namespace) })
}

func notInAction(r rune) bool {
	letter := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
	return !letter && !strings.ContainsRune("/*.-_$", r)
}
