package authorization

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/rbac"
	"github.com/alcedo-cloud/alcedo/internal/rbac/assignments"
	"github.com/alcedo-cloud/alcedo/internal/resource"
)

// definitionBody is what a client sends.
type definitionBody struct {
	Properties *struct {
		RoleName         string            `json:"roleName"`
		Description      string            `json:"description"`
		Type             string            `json:"type"`
		Permissions      []rbac.Permission `json:"permissions"`
		AssignableScopes []string          `json:"assignableScopes"`
	} `json:"properties"`
}

func (p *provider) putDefinition(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	var body definitionBody
	if err := decode(call, &body); err != nil {
		return nil, err
	}
	b := body.Properties
	if b == nil {
		return nil, fault.New(fault.Invalid, "authorization.putDefinition", "InvalidRoleDefinition",
			"The request to create a role definition is not valid: its properties are missing.")
	}
	if b.Type != "" && !strings.EqualFold(b.Type, assignments.CustomRole) {
		return nil, fault.Newf(fault.Invalid, "authorization.putDefinition", "InvalidRoleDefinitionType",
			"The role definition type '%s' is not valid. It must be '%s'.", clip(b.Type), assignments.CustomRole)
	}
	role := rbac.Role{
		Name: call.ID.Name(), RoleName: b.RoleName, Description: b.Description,
		AssignableScopes: b.AssignableScopes, Permissions: b.Permissions,
	}
	// The same right is needed at every scope that the role is offered at, and was offered at.
	asked := slices.Clone(b.AssignableScopes)
	old, err := p.Assignments.Role(ctx, role.Name)
	if err != nil {
		return nil, err
	}
	if old != nil && old.Type == assignments.CustomRole {
		asked = append(asked, old.AssignableScopes...)
	}
	if err := authorizeAll(call, "Microsoft.Authorization/roleDefinitions/write", asked); err != nil {
		return nil, err
	}
	out, err := p.Assignments.PutRole(ctx, call.Caller, role)
	if err != nil {
		return nil, err
	}
	return &resource.Answer{Status: 201, Body: viewDefinition(call, out)}, nil
}

// maxAsked bounds the decisions that one request can cause; the service refuses longer lists of scopes.
const maxAsked = 4000

func authorizeAll(call *resource.Call, action string, scopes []string) error {
	if len(scopes) > maxAsked {
		return fault.New(fault.Invalid, "authorization.putDefinition", "MissingAssignableScopes", "The role definition has too many assignable scopes.")
	}
	seen := map[string]bool{}
	for _, text := range scopes {
		scope := rbac.NewScope(text)
		if seen[scope.Lower()] {
			continue
		}
		seen[scope.Lower()] = true
		if err := call.Authorize(action, scope); err != nil {
			return err
		}
	}
	return nil
}

func (p *provider) getDefinition(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	role, err := p.Assignments.Role(ctx, call.ID.Name())
	if err != nil {
		return nil, err
	}
	shown, err := p.shows(call, role)
	if err != nil {
		return nil, err
	}
	if !shown {
		return nil, fault.Newf(fault.NotFound, "authorization.getDefinition", "RoleDefinitionDoesNotExist",
			"The specified role definition with ID '%s' does not exist.", clip(strings.ReplaceAll(call.ID.Name(), "-", "")))
	}
	return &resource.Answer{Body: viewDefinition(call, role)}, nil
}

// shows reports whether a role is to be seen where it is asked for. At the tenant, where nothing was asked of the
// caller's roles, a custom role shows to who may read it at one of its assignable scopes.
func (p *provider) shows(call *resource.Call, role *rbac.Role) (bool, error) {
	if role == nil || role.Type == assignments.BuiltInRole {
		return role != nil, nil
	}
	base := call.ID.Base()
	for _, text := range role.AssignableScopes {
		scope := rbac.NewScope(text)
		if base.Equal(rbac.Root) {
			permitted, err := call.Permits("Microsoft.Authorization/roleDefinitions/read", scope)
			if permitted || err != nil {
				return permitted, err
			}
		} else if scope.Contains(base) || base.Contains(scope) {
			return true, nil
		}
	}
	return false, nil
}

func (p *provider) listDefinitions(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	f, err := parseFilter(call.Query.Get("$filter"), definitionClauses())
	if err != nil {
		return nil, err
	}
	roles, err := p.Assignments.Roles(ctx, assignments.RoleQuery{
		Scope: call.ID.Base(), Below: f.atAndBelow, RoleName: f.roleName, Type: f.roleType,
	})
	if err != nil {
		return nil, err
	}
	views := make([]definitionView, 0, len(roles))
	for _, r := range roles {
		shown := true
		if r.Type != assignments.BuiltInRole && atTenant(call) {
			if shown, err = p.shows(call, r); err != nil {
				return nil, err
			}
		}
		if shown {
			views = append(views, viewDefinition(call, r))
		}
	}
	return &resource.Answer{Body: list{Value: views}}, nil
}

func (p *provider) deleteDefinition(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	role, err := p.Assignments.Role(ctx, call.ID.Name())
	if err != nil {
		return nil, err
	}
	shown, err := p.shows(call, role)
	if err != nil {
		return nil, err
	}
	if !shown {
		return &resource.Answer{Status: 204}, nil
	}
	if role.Type == assignments.CustomRole {
		if err := authorizeAll(call, "Microsoft.Authorization/roleDefinitions/delete", role.AssignableScopes); err != nil {
			return nil, err
		}
	}
	if role, err = p.Assignments.DeleteRole(ctx, call.ID.Name()); err != nil {
		return nil, err
	}
	if role == nil {
		return &resource.Answer{Status: 204}, nil
	}
	return &resource.Answer{Body: viewDefinition(call, role)}, nil
}

// definitionView is a role definition as answers show it.
type definitionView struct {
	Properties definitionProperties `json:"properties"`
	ID         string               `json:"id"`
	Type       string               `json:"type"`
	Name       string               `json:"name"`
}

type definitionProperties struct {
	RoleName         string     `json:"roleName"`
	Type             string     `json:"type"`
	Description      string     `json:"description"`
	AssignableScopes []string   `json:"assignableScopes"`
	Permissions      []any      `json:"permissions"`
	CreatedOn        *time.Time `json:"createdOn"` // not known of built-in roles
	UpdatedOn        *time.Time `json:"updatedOn"`
	CreatedBy        *string    `json:"createdBy"`
	UpdatedBy        *string    `json:"updatedBy"`
}

func viewDefinition(call *resource.Call, r *rbac.Role) definitionView {
	return definitionView{
		Properties: definitionProperties{
			RoleName: r.RoleName, Type: r.Type, Description: r.Description, AssignableScopes: r.AssignableScopes,
			Permissions: viewPermissions(call.APIVersion, r.Permissions),
			CreatedOn:   moment(r.CreatedOn), UpdatedOn: moment(r.UpdatedOn),
			CreatedBy: optional(r.CreatedBy), UpdatedBy: optional(r.UpdatedBy),
		},
		ID:   definitionID(call.ID.Base(), r.Name),
		Type: namespace + "/roleDefinitions", Name: r.Name,
	}
}

func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
