package authorization_test

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/rbac"
)

const v2022 = "2022-04-01"

func TestAssignmentLife(t *testing.T) {
	w := newWorld(t)
	// The tutorial's scope: lower case, with a trailing slash.
	path := strings.ToLower(rg) + "//" + assignmentPath + guid(1)
	o := w.want(w.as(owner, "PUT", path, v2022, assignment(robot, readerRole)), 201, "")
	for at, want := range map[string]any{
		"id": strings.ToLower(rg) + assignmentPath + guid(1), "name": guid(1), "type": "Microsoft.Authorization/roleAssignments",
		"properties.scope": strings.ToLower(rg), "properties.principalId": robot, "properties.principalType": "ServicePrincipal",
		"properties.roleDefinitionId": sub + definitionPath + readerRole,
		"properties.createdBy":        owner, "properties.condition": nil, "properties.description": nil,
		"properties.createdOn": "2026-11-23T12:00:00Z",
	} {
		if got := o.at(at); got != want {
			t.Errorf("%s is %v, want %v", at, got, want)
		}
	}
	w.want(w.as(robot, "GET", thing, "2020-01-01", ""), 200, "")
	w.want(w.as(robot, "DELETE", thing, "2020-01-01", ""), 0, "AuthorizationFailed")
	w.want(w.as(owner, "PUT", path, v2022, assignment(robot, readerRole)), 200, "")
	w.want(w.as(owner, "GET", rg+assignmentPath+strings.ToUpper(guid(1)), v2022, ""), 200, "")
	w.want(w.as(owner, "GET", sub+assignmentPath+guid(1), v2022, ""), 0, "RoleAssignmentNotFound")
	w.want(w.as(owner, "PUT", rg+assignmentPath+guid(2), v2022, assignment(robot, readerRole)), 0, "RoleAssignmentExists")
	w.want(w.as(owner, "PUT", path, v2022, assignment(guest, readerRole)), 0, "RoleAssignmentUpdateNotPermitted")
	if o = w.want(w.as(owner, "DELETE", path, v2022, ""), 200, ""); o.at("name") != guid(1) {
		t.Errorf("the deleted assignment is not shown: %s", o.text)
	}
	w.want(w.as(owner, "DELETE", path, v2022, ""), 204, "")
	w.want(w.as(robot, "GET", thing, "2020-01-01", ""), 0, "AuthorizationFailed")
}

func TestShapesByVersion(t *testing.T) {
	w := newWorld(t)
	body := assignment(robot, readerRole, `"principalType":"ServicePrincipal"`, `"description":"why"`)
	for i, c := range []struct {
		version string
		has     string
		hasNot  string
	}{
		{"2014-10-01-preview", "createdOn", "principalType description condition"},
		{"2015-07-01", "updatedBy", "principalType description condition"},
		{"2018-01-01-preview", "principalType", "description condition delegatedManagedIdentityResourceId"},
		{"2018-09-01-preview", "principalType", "description condition"},
		{"2020-04-01-preview", "principalType description condition conditionVersion", ""},
		{"2022-04-01", "principalType description condition delegatedManagedIdentityResourceId", ""},
	} {
		scope := fmt.Sprint(rg, "/providers/Contoso.Test/things/t", i)
		w.want(w.as(owner, "PUT", scope, "2020-01-01", `{"location":"eastus"}`), 201, "")
		path := scope + assignmentPath + guid(i)
		w.want(w.as(owner, "PUT", path, c.version, body), 201, "")
		properties, _ := w.as(owner, "GET", path, c.version, "").at("properties").(map[string]any)
		for _, name := range strings.Fields(c.has) {
			if _, ok := properties[name]; !ok {
				t.Errorf("%s lacks %s: %v", c.version, name, properties)
			}
		}
		for _, name := range strings.Fields(c.hasNot) {
			if _, ok := properties[name]; ok {
				t.Errorf("%s has %s: %v", c.version, name, properties)
			}
		}
	}
	// Before 2018 the principal type was not part of the request, so a wrong one does not count.
	w.want(w.as(owner, "PUT", sub+assignmentPath+guid(20), "2015-07-01", assignment(robot, readerRole, `"principalType":"User"`)), 201, "")
	w.want(w.as(owner, "PUT", rg+assignmentPath+guid(21), "1999-01-01", body), 0, "NoRegisteredProviderFound")
}

func TestRefusedAssignments(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct{ name, body, want string }{
		{guid(1), ``, "InvalidRequestContent"},
		{guid(1), `{`, "InvalidRequestContent"},
		{guid(1), `[]`, "InvalidRequestContent"},
		{guid(1), `{}`, "InvalidCreateRoleAssignmentRequest"},
		{guid(1), `{"properties":null}`, "InvalidCreateRoleAssignmentRequest"},
		{guid(1), `{"properties":{"roleDefinitionId":7}}`, "InvalidRequestContent"},
		{guid(1), `{"properties":{"principalId":"` + robot + `"}}`, "InvalidRoleDefinitionId"},
		{guid(1), `{"properties":{"roleDefinitionId":"` + readerRole + `","principalId":"` + robot + `"}}`, "InvalidRoleDefinitionId"},
		{"reader", assignment(robot, readerRole), "InvalidRoleAssignmentId"},
		{guid(1), assignment("robot", readerRole), "InvalidPrincipalId"},
		{guid(1), assignment(absent, readerRole), "PrincipalNotFound"},
		{guid(1), assignment(robot, readerRole, `"principalType":"User"`), "UnmatchedPrincipalType"},
		{guid(1), assignment(robot, absent), "RoleDefinitionDoesNotExist"},
		{guid(1), assignment(robot, readerRole, `"condition":"@Resource[x]","conditionVersion":"2.0"`), "InvalidRoleAssignmentCondition"},
		{guid(1), assignment(robot, readerRole, `"delegatedManagedIdentityResourceId":"/x"`), "DelegatedManagedIdentityNotSupported"},
	} {
		w.want(w.as(owner, "PUT", rg+assignmentPath+c.name, v2022, c.body), 0, c.want)
	}
	w.want(w.as(owner, "PUT", sub+"/resourceGroups/none"+assignmentPath+guid(1), v2022, assignment(robot, readerRole)), 0, "ResourceGroupNotFound")
	w.want(w.as(owner, "PUT", thing+"2"+assignmentPath+guid(1), v2022, assignment(robot, readerRole)), 0, "ResourceNotFound")
	w.want(w.as(owner, "POST", rg+assignmentPath+guid(1), v2022, ""), 0, "InvalidResourceType")
	if o := w.as(owner, "GET", rg+assignmentPath, v2022, ""); o.len() != 1 {
		t.Errorf("something was stored: %s", o.text)
	}
}

// TestWhoMayAssign: roleAssignments/write counts where it is held, and below.
func TestWhoMayAssign(t *testing.T) {
	w := newWorld(t)
	body := assignment(guest, readerRole)
	o := w.want(w.as(robot, "PUT", rg+assignmentPath+guid(1), v2022, body), 0, "AuthorizationFailed")
	var denial *rbac.Denial
	if !errors.As(o.err, &denial) || denial.Action != "Microsoft.Authorization/roleAssignments/write" || denial.Scope.String() != rg+assignmentPath+guid(1) {
		t.Errorf("%+v", denial)
	}
	contributor := "b24988ac-6180-42a0-ab88-20f7382dd24c"
	w.want(w.as(owner, "PUT", sub+assignmentPath+guid(2), v2022, assignment(robot, contributor)), 201, "")
	w.want(w.as(robot, "PUT", rg+assignmentPath+guid(1), v2022, body), 0, "AuthorizationFailed")
	w.want(w.as(owner, "PUT", thing+assignmentPath+guid(3), v2022, assignment(robot, ownerRole)), 201, "")
	w.want(w.as(robot, "PUT", rg+assignmentPath+guid(1), v2022, body), 0, "AuthorizationFailed")
	w.want(w.as(robot, "PUT", thing+assignmentPath+guid(1), v2022, body), 201, "")
	w.want(w.as(guest, "DELETE", thing+assignmentPath+guid(1), v2022, ""), 0, "AuthorizationFailed")
	w.want(w.as(guest, "DELETE", rg+assignmentPath+guid(77), v2022, ""), 0, "AuthorizationFailed") // absent or not
	w.want(w.as(robot, "DELETE", thing+assignmentPath+guid(1), v2022, ""), 200, "")
}

// TestBuiltInCondition: who holds Key Vault Data Access Administrator assigns and removes the roles that its condition
// names, and no others.
func TestBuiltInCondition(t *testing.T) {
	w := newWorld(t)
	w.want(w.as(owner, "PUT", rg+assignmentPath+guid(1), v2022, assignment(robot, vaultAdmin)), 201, "")
	w.want(w.as(robot, "PUT", thing+assignmentPath+guid(2), v2022, assignment(guest, secrets)), 201, "")
	o := w.want(w.as(robot, "PUT", thing+assignmentPath+guid(3), v2022, assignment(guest, ownerRole)), 0, "AuthorizationFailed")
	var denial *rbac.Denial
	if !errors.As(o.err, &denial) || !denial.Condition {
		t.Errorf("the refusal does not say that a condition took part: %+v", denial)
	}
	w.want(w.as(robot, "PUT", thing+assignmentPath+guid(3), v2022, `{"properties":{}}`), 0, "AuthorizationFailed")
	w.want(w.as(robot, "PUT", thing+assignmentPath+guid(3), v2022, `nonsense`), 0, "AuthorizationFailed")
	w.want(w.as(owner, "PUT", thing+assignmentPath+guid(4), v2022, assignment(guest, readerRole)), 201, "")
	w.want(w.as(robot, "DELETE", thing+assignmentPath+guid(4), v2022, ""), 0, "AuthorizationFailed")
	w.want(w.as(robot, "DELETE", thing+assignmentPath+guid(2), v2022, ""), 200, "")
	w.want(w.as(robot, "DELETE", rg+assignmentPath+guid(1), v2022, ""), 0, "AuthorizationFailed") // its own right
}

// TestAssignmentCondition: a condition on an assignment of Owner constrains to whom the role may be given.
func TestAssignmentCondition(t *testing.T) {
	w := newWorld(t)
	condition := `"condition":"((!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})) OR ` +
		`(@Request[Microsoft.Authorization/roleAssignments:PrincipalType] StringEqualsIgnoreCase 'ServicePrincipal' AND ` +
		`@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAllValues:GuidNotEquals {` + ownerRole + `}))","conditionVersion":"2.0"`
	w.want(w.as(owner, "PUT", rg+assignmentPath+guid(1), v2022, assignment(staff, ownerRole, condition)), 201, "")
	if o := w.as(owner, "GET", rg+assignmentPath+guid(1), v2022, ""); o.at("properties.conditionVersion") != "2.0" {
		t.Errorf("%s", o.text)
	}
	w.want(w.as(robot, "PUT", thing+assignmentPath+guid(2), v2022, assignment(robot, readerRole)), 201, "")
	w.want(w.as(robot, "PUT", thing+assignmentPath+guid(3), v2022, assignment(robot, ownerRole)), 0, "AuthorizationFailed")
	w.want(w.as(robot, "PUT", thing+assignmentPath+guid(3), v2022, assignment(guest, readerRole)), 0, "AuthorizationFailed")
	// A false word about the principal's type passes the condition and fails at the check of the type itself.
	w.want(w.as(robot, "PUT", thing+assignmentPath+guid(3), v2022, assignment(guest, readerRole, `"principalType":"ServicePrincipal"`)), 0, "UnmatchedPrincipalType")
	w.want(w.as(robot, "DELETE", thing+assignmentPath+guid(2), v2022, ""), 200, "")
}

func TestListAssignments(t *testing.T) {
	w := newWorld(t)
	w.want(w.as(owner, "PUT", rg+assignmentPath+guid(1), v2022, assignment(robot, readerRole)), 201, "")
	w.want(w.as(owner, "PUT", rg+assignmentPath+guid(2), v2022, assignment(staff, readerRole)), 201, "")
	w.want(w.as(owner, "PUT", thing+assignmentPath+guid(3), v2022, assignment(robot, readerRole)), 201, "")
	for _, c := range []struct {
		scope, filter string
		want          int
	}{
		{sub, "", 4},
		{rg + "/", "", 4},
		{thing, "", 4},
		{rg, "atScope()", 3},
		{sub, "atscope( )", 1},
		{rg, "principalId eq '" + robot + "'", 2},
		{rg, "principalId  EQ  '" + robot + "'", 2},
		{rg, "assignedTo('" + robot + "')", 3},
		{rg, "atScope() and assignedTo('" + robot + "')", 2},
		{rg, "assignedTo('" + robot + "') AND atScope()", 2},
		{rg, "principalId eq '" + absent + "'", 0},
	} {
		o := w.want(w.as(owner, "GET", c.scope+assignmentPath+"?$filter="+url.QueryEscape(c.filter), v2022, ""), 200, "")
		if o.len() != c.want {
			t.Errorf("%s %s: %d, want %d", c.scope, c.filter, o.len(), c.want)
		}
		if _, ok := o.body["nextLink"]; ok {
			t.Errorf("%s: a next page of nothing", c.filter)
		}
	}
	for _, filter := range []string{"atScope", "principalId eq robot", "principalId ne 'x'", "roleName eq 'Reader'", "atScope() or atScope()", "atScope() and", "and atScope()", "principalId eq ''", "assignedTo('a", "x"} {
		w.want(w.as(owner, "GET", rg+assignmentPath+"?$filter="+url.QueryEscape(filter), v2022, ""), 0, "InvalidFilterInQueryString")
	}
	w.want(w.as(guest, "GET", rg+assignmentPath, v2022, ""), 0, "AuthorizationFailed")
}

func TestPages(t *testing.T) {
	w := newWorld(t)
	const n = 2100
	for i := range n {
		_, _, err := w.assignments.Put(t.Context(), callerOf(owner), rbac.Assignment{
			Name: guid(i), Scope: rbac.NewScope(fmt.Sprint(rg, "/providers/Contoso.Test/things/", i%9)),
			RoleName: readerRole, PrincipalID: fmt.Sprintf("%08d-0000-4000-8000-000000000000", i), PrincipalType: rbac.ServicePrincipal,
		})
		w.check(err)
	}
	seen, pages := map[any]bool{}, 0
	path := rg + assignmentPath
	for path != "" && pages < 10 {
		o := w.want(w.as(owner, "GET", path, v2022, ""), 200, "")
		for i := range o.len() {
			seen[o.at(fmt.Sprintf("value.%d.name", i))] = true
		}
		pages++
		next, _ := o.body["nextLink"].(string)
		link, err := url.Parse(next)
		w.check(err)
		if path = ""; next != "" {
			if link.Host != "management.azure.com" || link.Query().Get("api-version") != v2022 {
				t.Errorf("%s", next)
			}
			path = link.Path + "?" + link.RawQuery
		}
	}
	if len(seen) != n+1 || pages != 3 {
		t.Errorf("%d assignments on %d pages", len(seen), pages)
	}
	w.want(w.as(owner, "GET", rg+assignmentPath+"?$skipToken=nonsense", v2022, ""), 0, "InvalidSkipToken")
}

// TestDeletingAResource takes what was assigned on it along.
func TestDeletingAResource(t *testing.T) {
	w := newWorld(t)
	w.want(w.as(owner, "PUT", thing+assignmentPath+guid(1), v2022, assignment(robot, readerRole)), 201, "")
	w.want(w.as(owner, "DELETE", thing, "2020-01-01", ""), 200, "")
	w.want(w.as(owner, "PUT", thing, "2020-01-01", `{"location":"eastus"}`), 201, "")
	w.want(w.as(robot, "GET", thing, "2020-01-01", ""), 0, "AuthorizationFailed")
	w.want(w.as(owner, "PUT", thing+assignmentPath+guid(2), v2022, assignment(robot, readerRole)), 201, "")
}
