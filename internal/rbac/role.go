package rbac

import "time"

// Role is a role definition, built in or custom.
type Role struct {
	Name             string // GUID
	RoleName         string // "Reader"
	Description      string
	Type             string // BuiltInRole or CustomRole
	AssignableScopes []string
	Permissions      []Permission
	CreatedOn        time.Time
	UpdatedOn        time.Time
	CreatedBy        string
	UpdatedBy        string
}

// Permission is one element of a role: what it grants and what it leaves out of that. NotActions never take away what
// another permission or role grants.
type Permission struct {
	Actions          []string `json:"actions"`
	NotActions       []string `json:"notActions"`
	DataActions      []string `json:"dataActions"`
	NotDataActions   []string `json:"notDataActions"`
	Condition        string   `json:"condition,omitempty"`
	ConditionVersion string   `json:"conditionVersion,omitempty"`
}

// Assignment is a role held by a principal at a scope.
type Assignment struct {
	Name                               string // GUID
	Scope                              Scope
	RoleName                           string // GUID of the role definition
	PrincipalID                        string
	PrincipalType                      PrincipalType
	Condition                          string
	ConditionVersion                   string
	Description                        string
	DelegatedManagedIdentityResourceID string
	CreatedOn, UpdatedOn               time.Time
	CreatedBy, UpdatedBy               string
}

// ID is the assignment's full id: {scope}/providers/Microsoft.Authorization/roleAssignments/{name}.
func (a *Assignment) ID() string {
	scope := a.Scope.String()
	if scope == "/" {
		scope = ""
	}
	return scope + "/providers/Microsoft.Authorization/roleAssignments/" + a.Name
}
