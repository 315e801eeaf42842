package authorization_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/caller"
)

func callerOf(id string) caller.Caller { return caller.Caller{ObjectID: id, TenantID: tenant} }

func definition(name string, scopes ...string) string {
	return fmt.Sprintf(`{"properties":{"roleName":%q,"type":"CustomRole","description":"d","assignableScopes":["%s"],`+
		`"permissions":[{"actions":["Microsoft.Compute/*/read"],"notActions":[]}]}}`, name, strings.Join(scopes, `","`))
}

func TestBuiltInDefinitions(t *testing.T) {
	w := newWorld(t)
	for path, id := range map[string]string{
		sub + definitionPath + readerRole:                 sub + definitionPath + readerRole,
		rg + definitionPath + strings.ToUpper(readerRole): sub + definitionPath + readerRole,
		definitionPath + readerRole + "/":                 definitionPath + readerRole,
	} {
		o := w.want(w.as(owner, "GET", path, v2022, ""), 200, "")
		for at, want := range map[string]any{
			"id": id, "name": readerRole, "type": "Microsoft.Authorization/roleDefinitions",
			"properties.roleName": "Reader", "properties.type": "BuiltInRole", "properties.assignableScopes.0": "/",
			"properties.permissions.0.actions.0": "*/read",
		} {
			if got := o.at(at); got != want {
				t.Errorf("%s: %s is %v, want %v", path, at, got, want)
			}
		}
		for _, empty := range []string{"notActions", "dataActions", "notDataActions"} {
			if v, ok := o.at("properties.permissions.0." + empty).([]any); !ok || len(v) != 0 {
				t.Errorf("%s: %s is not an empty list", path, empty)
			}
		}
	}
	if o := w.as(owner, "GET", sub+definitionPath+readerRole, "2015-07-01", ""); o.at("properties.permissions.0.dataActions") != nil {
		t.Errorf("data actions before there were any: %s", o.text)
	}
	for filter, want := range map[string]int{
		"": 928, "roleName eq 'Reader'": 1, "roleName eq 'Nobody''s'": 0, "type eq 'BuiltInRole'": 928, "type eq 'CustomRole'": 0,
		"atScopeAndBelow()": 928, "atScopeAndBelow() and type eq 'CustomRole'": 0,
	} {
		if o := w.want(w.as(owner, "GET", sub+definitionPath+"?$filter="+url.QueryEscape(filter), v2022, ""), 200, ""); o.len() != want {
			t.Errorf("%q: %d, want %d", filter, o.len(), want)
		}
	}
	w.want(w.as(owner, "GET", sub+definitionPath+"?$filter="+url.QueryEscape("roleName gt 'x'"), v2022, ""), 0, "InvalidFilterInQueryString")
	w.want(w.as(owner, "GET", sub+definitionPath+absent, v2022, ""), 0, "RoleDefinitionDoesNotExist")
	// Every principal of the tenant reads them at the tenant; under a subscription the right to is needed.
	w.want(w.as(guest, "GET", definitionPath+readerRole, v2022, ""), 200, "")
	if o := w.want(w.as(guest, "GET", definitionPath+"?$filter="+url.QueryEscape("roleName eq 'owner'"), v2022, ""), 200, ""); o.len() != 1 {
		t.Errorf("%s", o.text)
	}
	w.want(w.as(guest, "GET", sub+definitionPath+readerRole, v2022, ""), 0, "AuthorizationFailed")
	w.want(w.as(guest, "PUT", definitionPath+guid(1), v2022, definition("x", sub)), 0, "AuthorizationFailed")
	w.want(w.as(owner, "DELETE", sub+definitionPath+readerRole, v2022, ""), 0, "RoleDefinitionDeleteNotPermitted")
}

func TestCustomDefinition(t *testing.T) {
	w := newWorld(t)
	path := sub + definitionPath + guid(1)
	o := w.want(w.as(owner, "PUT", path, v2022, definition("Looker", sub)), 201, "")
	if o.at("properties.type") != "CustomRole" || o.at("id") != path || o.at("properties.createdBy") != owner {
		t.Errorf("%s", o.text)
	}
	w.want(w.as(owner, "PUT", path, v2022, definition("Looker", sub, rg)), 201, "") // 201 for an update too
	w.want(w.as(owner, "PUT", sub+definitionPath+guid(2), v2022, definition("looker", sub)), 0, "RoleDefinitionWithSameNameExists")
	w.want(w.as(owner, "GET", rg+definitionPath+guid(1), v2022, ""), 200, "")
	w.want(w.as(owner, "GET", definitionPath+guid(1), v2022, ""), 200, "")
	w.want(w.as(guest, "GET", definitionPath+guid(1), v2022, ""), 0, "RoleDefinitionDoesNotExist")
	w.want(w.as(owner, "PUT", rg+assignmentPath+guid(3), v2022, assignment(robot, guid(1))), 201, "")
	w.want(w.as(owner, "DELETE", path, v2022, ""), 0, "RoleDefinitionHasAssignments")
	w.want(w.as(owner, "DELETE", rg+assignmentPath+guid(3), v2022, ""), 200, "")
	if o := w.want(w.as(owner, "DELETE", path, v2022, ""), 200, ""); o.at("name") != guid(1) {
		t.Errorf("%s", o.text)
	}
	w.want(w.as(owner, "DELETE", path, v2022, ""), 204, "")
	for _, c := range []struct{ body, want string }{
		{``, "InvalidRequestContent"},
		{`{}`, "InvalidRoleDefinition"},
		{`{"properties":{"permissions":"*"}}`, "InvalidRequestContent"},
		{strings.Replace(definition("x", sub), "CustomRole", "BuiltInRole", 1), "InvalidRoleDefinitionType"},
		{strings.Replace(definition("x", sub), "Microsoft.Compute", "Contoso.Nothing", 1), "InvalidActionOrNotAction"},
		{definition("", sub), "InvalidRoleDefinitionName"},
		{definition("x", "/"), "LinkedAuthorizationFailed"},
	} {
		w.want(w.as(owner, "PUT", path, v2022, c.body), 0, c.want)
	}
}

// TestRoleIsGuardedAtAllItsScopes: nobody widens a role to where he may nothing, or changes one that holds there too.
func TestRoleIsGuardedAtAllItsScopes(t *testing.T) {
	w := newWorld(t)
	w.want(w.as(owner, "PUT", rg+assignmentPath+guid(1), v2022, assignment(robot, ownerRole)), 201, "")
	w.want(w.as(robot, "PUT", rg+definitionPath+guid(2), v2022, definition("Mine", rg)), 201, "")
	w.want(w.as(robot, "PUT", rg+definitionPath+guid(2), v2022, definition("Mine", rg, sub)), 0, "LinkedAuthorizationFailed")
	w.want(w.as(owner, "PUT", sub+definitionPath+guid(3), v2022, definition("Theirs", sub)), 201, "")
	w.want(w.as(robot, "PUT", rg+definitionPath+guid(3), v2022, definition("Theirs", rg)), 0, "LinkedAuthorizationFailed")
	w.want(w.as(robot, "DELETE", rg+definitionPath+guid(3), v2022, ""), 0, "LinkedAuthorizationFailed")
	w.want(w.as(robot, "DELETE", rg+definitionPath+guid(2), v2022, ""), 200, "")
}

func TestPermissions(t *testing.T) {
	w := newWorld(t)
	w.want(w.as(owner, "PUT", rg+assignmentPath+guid(1), v2022, assignment(staff, readerRole)), 201, "")
	path := "/providers/Microsoft.Authorization/permissions"
	if o := w.want(w.as(robot, "GET", thing+path, v2022, ""), 200, ""); o.len() != 1 || o.at("value.0.actions.0") != "*/read" {
		t.Errorf("%s", o.text)
	}
	if o := w.as(owner, "GET", rg+path, "2015-07-01", ""); o.len() != 1 || o.at("value.0.actions.0") != "*" || o.at("value.0.dataActions") != nil {
		t.Errorf("%s", o.text)
	}
	w.want(w.as(robot, "GET", sub+path, v2022, ""), 0, "AuthorizationFailed")
}

func TestDenyAssignmentsAreEmpty(t *testing.T) {
	w := newWorld(t)
	path := rg + "/providers/Microsoft.Authorization/denyAssignments"
	if o := w.want(w.as(owner, "GET", path, v2022, ""), 200, ""); o.text != `{"value":[]}` {
		t.Errorf("%s", o.text)
	}
	w.want(w.as(owner, "GET", path+"/"+guid(1), v2022, ""), 0, "DenyAssignmentNotFound")
	w.want(w.as(owner, "PUT", path+"/"+guid(1), v2022, `{}`), 0, "MethodNotAllowed")
	w.want(w.as(guest, "GET", path, v2022, ""), 0, "AuthorizationFailed")
}

func TestProviderOperations(t *testing.T) {
	w := newWorld(t)
	path := "/providers/Microsoft.Authorization/providerOperations"
	o := w.want(w.as(guest, "GET", path+"/microsoft.compute?$expand=resourceTypes", "2018-01-01-preview", ""), 200, "")
	if o.at("name") != "Microsoft.Compute" || !strings.Contains(o.text, `"name":"Microsoft.Compute/virtualMachines/start/action"`) {
		t.Errorf("%.300s", o.text)
	}
	if o := w.as(guest, "GET", path+"/microsoft.compute", "2018-01-01-preview", ""); strings.Contains(o.text, "virtualMachines/start") {
		t.Error("resource types that were not asked for")
	}
	if o := w.want(w.as(guest, "GET", path, "2018-01-01-preview", ""), 200, ""); o.len() < 100 {
		t.Errorf("%d providers", o.len())
	}
	w.want(w.as(guest, "GET", path+"/contoso", "2018-01-01-preview", ""), 0, "ProviderNotFound")
}

func TestElevateAccess(t *testing.T) {
	w := newWorld(t)
	path := "/providers/Microsoft.Authorization/elevateAccess"
	w.want(w.as(robot, "POST", path, "2016-07-01", ""), 0, "AuthorizationFailed")
	w.want(w.as(owner, "GET", assignmentPath, v2022, ""), 0, "AuthorizationFailed")
	w.want(w.as(owner, "POST", path, "2016-07-01", ""), 200, "")
	w.want(w.as(owner, "POST", path, "2016-07-01", ""), 200, "")
	o := w.want(w.as(owner, "GET", assignmentPath+"?$filter=atScope()", v2022, ""), 200, "")
	if o.len() != 1 || o.at("value.0.properties.scope") != "/" || o.at("value.0.properties.roleDefinitionId") != definitionPath+"18d7d88d-d35e-4fb5-a5c3-7773c20a72d9" {
		t.Errorf("%s", o.text)
	}
	id, _ := o.at("value.0.id").(string)
	if !strings.HasPrefix(id, assignmentPath) {
		t.Errorf("%s", id)
	}
	// And away again.
	w.want(w.as(owner, "DELETE", id, v2022, ""), 200, "")
	w.want(w.as(owner, "GET", assignmentPath, v2022, ""), 0, "AuthorizationFailed")
}
