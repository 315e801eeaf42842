package authorization

import (
	"context"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/rbac"
	"github.com/alcedo-cloud/alcedo/internal/resource"
)

// permissionView is a permission since 2018-01-01-preview; before, there were no data actions.
type permissionView struct {
	Actions          []string `json:"actions"`
	NotActions       []string `json:"notActions"`
	DataActions      []string `json:"dataActions"`
	NotDataActions   []string `json:"notDataActions"`
	Condition        string   `json:"condition,omitempty"`
	ConditionVersion string   `json:"conditionVersion,omitempty"`
}

type olderPermissionView struct {
	Actions    []string `json:"actions"`
	NotActions []string `json:"notActions"`
}

func viewPermissions(version string, permissions []rbac.Permission) []any {
	out := make([]any, 0, len(permissions))
	for _, p := range permissions {
		if !since(version, "2018-01-01") {
			out = append(out, olderPermissionView{listed(p.Actions), listed(p.NotActions)})
			continue
		}
		out = append(out, permissionView{
			listed(p.Actions), listed(p.NotActions), listed(p.DataActions), listed(p.NotDataActions),
			p.Condition, p.ConditionVersion,
		})
	}
	return out
}

// listed shows a missing list as an empty one, which clients iterate over.
func listed(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}

// listPermissions tells the caller what it holds at the scope.
func (p *provider) listPermissions(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	held, err := p.Assignments.Permissions(ctx, call.Caller, call.ID.Base())
	if err != nil {
		return nil, err
	}
	return &resource.Answer{Body: list{Value: viewPermissions(call.APIVersion, held)}}, nil
}

// Deny assignments are made by Azure's own services only, none of which alcedo has.
func listDenies(context.Context, *resource.Call) (*resource.Answer, error) {
	return &resource.Answer{Body: list{Value: []string{}}}, nil
}

func getDeny(_ context.Context, call *resource.Call) (*resource.Answer, error) {
	return nil, fault.Newf(fault.NotFound, "authorization.getDeny", "DenyAssignmentNotFound",
		"The deny assignment '%s' is not found.", clip(call.ID.Name()))
}

// elevate gives an administrator of the directory User Access Administrator at "/". Azure decides it by the directory
// role, not by assignments.
func (p *provider) elevate(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	allowed := false
	if p.Administrator != nil {
		var err error
		if allowed, err = p.Administrator(ctx, call.Caller.ObjectID); err != nil {
			return nil, err
		}
	}
	if !allowed || !atTenant(call) {
		return nil, &fault.Error{
			Kind: fault.Denied, Op: "authorization.elevate", Reason: "AuthorizationFailed",
			Cause: &rbac.Denial{Caller: call.Caller, Action: "Microsoft.Authorization/elevateAccess/action", Scope: rbac.Root},
		}
	}
	if err := p.Assignments.Elevate(ctx, call.Caller); err != nil {
		return nil, err
	}
	return &resource.Answer{Status: 200}, nil
}
