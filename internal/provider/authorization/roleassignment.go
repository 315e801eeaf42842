package authorization

import (
	"context"
	"strings"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/rbac"
	"github.com/alcedo-cloud/alcedo/internal/resource"
)

// assignmentBody is what a client sends.
type assignmentBody struct {
	Properties *struct {
		RoleDefinitionID string  `json:"roleDefinitionId"`
		PrincipalID      string  `json:"principalId"`
		PrincipalType    string  `json:"principalType"`
		Description      *string `json:"description"`
		Condition        *string `json:"condition"`
		ConditionVersion *string `json:"conditionVersion"`
		Delegated        *string `json:"delegatedManagedIdentityResourceId"`
	} `json:"properties"`
}

// wanted is the assignment that a PUT describes. Versions before 2018 have no principal type, and those before 2020 no
// description and no condition.
func wanted(call *resource.Call) (rbac.Assignment, error) {
	var body assignmentBody
	if err := decode(call, &body); err != nil {
		return rbac.Assignment{}, err
	}
	p := body.Properties
	if p == nil {
		return rbac.Assignment{}, fault.New(fault.Invalid, "authorization.putAssignment", "InvalidCreateRoleAssignmentRequest",
			"The request to create role assignment is not valid. Please make sure that the properties are specified.")
	}
	role, ok := definitionName(p.RoleDefinitionID)
	if !ok {
		return rbac.Assignment{}, fault.Newf(fault.Invalid, "authorization.putAssignment", "InvalidRoleDefinitionId",
			"The role definition ID '%s' is not valid. It must be the full ID of a role definition.", clip(p.RoleDefinitionID))
	}
	a := rbac.Assignment{Name: call.ID.Name(), Scope: call.ID.Base(), RoleName: role, PrincipalID: p.PrincipalID}
	if since(call.APIVersion, "2018-01-01") {
		a.PrincipalType = spelled(p.PrincipalType)
	}
	if since(call.APIVersion, "2018-09-01") {
		a.DelegatedManagedIdentityResourceID = value(p.Delegated)
	}
	if since(call.APIVersion, "2020-03-01") {
		a.Description, a.Condition, a.ConditionVersion = value(p.Description), value(p.Condition), value(p.ConditionVersion)
	}
	return a, nil
}

// spelled gives a principal type Azure's spelling; an unknown one is left for the service to refuse.
func spelled(t string) rbac.PrincipalType {
	for _, known := range []rbac.PrincipalType{rbac.User, rbac.Group, rbac.ServicePrincipal, rbac.ForeignGroup, rbac.Device} {
		if strings.EqualFold(t, string(known)) {
			return known
		}
	}
	return rbac.PrincipalType(t)
}

func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func clip(s string) string {
	if len(s) > 256 {
		return strings.ToValidUTF8(s[:256], "") + "…"
	}
	return s
}

func (p *provider) putAssignment(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	a, err := wanted(call)
	if err != nil {
		return nil, err
	}
	if a.DelegatedManagedIdentityResourceID != "" {
		return nil, fault.New(fault.Invalid, "authorization.putAssignment", "DelegatedManagedIdentityNotSupported",
			"A delegated managed identity belongs to another tenant; this cloud has one tenant.")
	}
	out, created, err := p.Assignments.Put(ctx, call.Caller, a)
	if err != nil {
		return nil, err
	}
	status := 200
	if created {
		status = 201
	}
	return &resource.Answer{Status: status, Body: viewAssignment(call.APIVersion, out)}, nil
}

func (p *provider) getAssignment(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	a, err := p.Assignments.Get(ctx, call.ID.Base(), call.ID.Name())
	if err != nil {
		return nil, err
	}
	if a == nil {
		return nil, fault.Newf(fault.NotFound, "authorization.getAssignment", "RoleAssignmentNotFound",
			"The role assignment '%s' is not found.", clip(strings.ReplaceAll(call.ID.Name(), "-", "")))
	}
	return &resource.Answer{Body: viewAssignment(call.APIVersion, a)}, nil
}

func (p *provider) deleteAssignment(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	a, err := p.Assignments.Delete(ctx, call.Caller, call.ID.Base(), call.ID.Name())
	if err != nil {
		return nil, err
	}
	if a == nil {
		return &resource.Answer{Status: 204}, nil
	}
	return &resource.Answer{Body: viewAssignment(call.APIVersion, a)}, nil
}

// assignmentView is an assignment as answers show it.
type assignmentView struct {
	Properties any    `json:"properties"`
	ID         string `json:"id"`
	Type       string `json:"type"`
	Name       string `json:"name"`
}

// newestProperties are those since 2020-03-01-preview.
type newestProperties struct {
	RoleDefinitionID string             `json:"roleDefinitionId"`
	PrincipalID      string             `json:"principalId"`
	PrincipalType    rbac.PrincipalType `json:"principalType"`
	Scope            string             `json:"scope"`
	Condition        *string            `json:"condition"`
	ConditionVersion *string            `json:"conditionVersion"`
	CreatedOn        time.Time          `json:"createdOn"`
	UpdatedOn        time.Time          `json:"updatedOn"`
	CreatedBy        *string            `json:"createdBy"`
	UpdatedBy        *string            `json:"updatedBy"`
	Delegated        *string            `json:"delegatedManagedIdentityResourceId"`
	Description      *string            `json:"description"`
}

// olderProperties are those before; PrincipalType is there since 2018-01-01-preview.
type olderProperties struct {
	RoleDefinitionID string             `json:"roleDefinitionId"`
	PrincipalID      string             `json:"principalId"`
	PrincipalType    rbac.PrincipalType `json:"principalType,omitempty"`
	Scope            string             `json:"scope"`
	CreatedOn        time.Time          `json:"createdOn"`
	UpdatedOn        time.Time          `json:"updatedOn"`
	CreatedBy        *string            `json:"createdBy"`
	UpdatedBy        *string            `json:"updatedBy"`
}

func viewAssignment(version string, a *rbac.Assignment) assignmentView {
	v := assignmentView{ID: a.ID(), Type: namespace + "/roleAssignments", Name: a.Name}
	role, scope := definitionID(a.Scope, a.RoleName), a.Scope.String()
	if since(version, "2020-03-01") {
		v.Properties = newestProperties{
			role, a.PrincipalID, a.PrincipalType, scope, optional(a.Condition), optional(a.ConditionVersion),
			a.CreatedOn, a.UpdatedOn, optional(a.CreatedBy), optional(a.UpdatedBy),
			optional(a.DelegatedManagedIdentityResourceID), optional(a.Description),
		}
		return v
	}
	older := olderProperties{
		role, a.PrincipalID, a.PrincipalType, scope,
		a.CreatedOn, a.UpdatedOn, optional(a.CreatedBy), optional(a.UpdatedBy),
	}
	if !since(version, "2018-01-01") {
		older.PrincipalType = ""
	}
	v.Properties = older
	return v
}

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
