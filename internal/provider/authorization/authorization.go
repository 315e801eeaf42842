// Package authorization is the provider Microsoft.Authorization: role assignments, role definitions, deny assignments,
// permissions and the list of operations, in the shapes of their api-versions. Its rules live in rbac/assignments; it
// must never decide a request itself, save those that Azure does not decide by roles.
package authorization

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/rbac"
	"github.com/alcedo-cloud/alcedo/internal/rbac/assignments"
	"github.com/alcedo-cloud/alcedo/internal/resource"
)

const namespace = "Microsoft.Authorization"

// Config is what the provider stands on.
type Config struct {
	Assignments *assignments.Service
	// Administrator reports whether a principal administers the directory: they may elevate their access. nil is nobody.
	Administrator func(ctx context.Context, objectID string) (bool, error)
}

type provider struct {
	Config
}

// Provider returns the table of types.
func Provider(c Config) resource.Provider {
	p := &provider{c}
	return resource.Provider{Namespace: namespace, Types: []resource.Type{
		{
			Name: "roleAssignments", APIVersions: assignmentVersions(), Global: true, Extension: true,
			Get: p.getAssignment, List: p.listAssignments, Put: p.putAssignment, Delete: p.deleteAssignment,
			Attributes: p.attributes,
		},
		{
			Name: "roleDefinitions", APIVersions: definitionVersions(), Global: true, Extension: true,
			Get: p.getDefinition, List: p.listDefinitions, Put: p.putDefinition, Delete: p.deleteDefinition,
			SelfAuthorized: tenantRead,
		},
		{
			Name: "denyAssignments", APIVersions: denyVersions(), Global: true, Extension: true,
			Get: getDeny, List: listDenies,
		},
		{
			Name: "permissions", APIVersions: definitionVersions(), Global: true, Extension: true,
			List: p.listPermissions,
		},
		{
			Name: "providerOperations", APIVersions: operationVersions(), Global: true, Extension: true,
			Get: p.getOperations, List: p.listOperations,
			SelfAuthorized: tenantRead,
		},
		{
			Name: "elevateAccess", APIVersions: elevateVersions(), Global: true, Extension: true,
			Actions:        map[string]resource.Handler{"elevateAccess": p.elevate},
			SelfAuthorized: func(call *resource.Call) bool { return atTenant(call) && call.Caller.ObjectID != "" },
		},
	}}
}

// tenantRead lets every authenticated principal read what belongs to no scope: built-in roles and the list of operations.
func tenantRead(call *resource.Call) bool {
	read := call.Method == "GET" || call.Method == "HEAD"
	return read && atTenant(call) && call.Caller.ObjectID != ""
}

func atTenant(call *resource.Call) bool { return call.ID.Base().Equal(rbac.Root) }

// Versions, newest first.
func assignmentVersions() []string {
	return []string{
		"2022-04-01", "2021-04-01-preview", "2020-10-01-preview", "2020-08-01-preview", "2020-04-01-preview",
		"2020-03-01-preview", "2019-04-01-preview", "2018-12-01-preview", "2018-09-01-preview", "2018-07-01",
		"2018-05-01-preview", "2018-01-01-preview", "2017-10-01-preview", "2017-09-01", "2017-05-01", "2016-07-01",
		"2015-07-01", "2015-06-01", "2015-05-01-preview", "2014-10-01-preview", "2014-07-01-preview", "2014-04-01-preview",
	}
}

func definitionVersions() []string {
	return []string{
		"2023-07-01-preview", "2022-05-01-preview", "2022-04-01", "2018-07-01", "2018-01-01-preview", "2017-05-01",
		"2016-07-01", "2015-07-01", "2015-06-01", "2015-05-01-preview", "2014-10-01-preview", "2014-07-01-preview",
		"2014-04-01-preview",
	}
}

func denyVersions() []string {
	return []string{"2022-04-01", "2019-03-01-preview", "2018-07-01", "2018-07-01-preview"}
}

func operationVersions() []string {
	return []string{
		"2022-04-01", "2018-07-01", "2018-01-01-preview", "2017-05-01", "2016-07-01", "2015-07-01-preview", "2015-07-01",
		"2014-10-01-preview",
	}
}

func elevateVersions() []string {
	return []string{"2017-05-01", "2016-07-01", "2015-07-01", "2015-06-01", "2015-05-01-preview", "2014-10-01-preview"}
}

// since reports whether an api-version is of that date or later: 2018-01-01-preview is since 2018-01-01.
func since(version, date string) bool {
	return len(version) >= len(date) && version[:len(date)] >= date
}

// list is the envelope of all lists.
type list struct {
	Value    any    `json:"value"`
	NextLink string `json:"nextLink,omitempty"`
}

// decode reads a body into the shape that the operation expects.
func decode(call *resource.Call, into any) error {
	if len(call.Body) == 0 {
		return fault.New(fault.Invalid, "authorization.decode", "InvalidRequestContent", "The request content is missing.")
	}
	if err := json.Unmarshal(call.Body, into); err != nil {
		return fault.Newf(fault.Invalid, "authorization.decode", "InvalidRequestContent",
			"The request content was invalid and could not be deserialized: '%s'.", err)
	}
	return nil
}

// definitionID is a role definition's id as it is shown at a scope: below the scope's subscription, or the tenant.
func definitionID(scope rbac.Scope, name string) string {
	prefix := ""
	if segments := strings.Split(scope.String(), "/"); len(segments) > 2 && strings.EqualFold(segments[1], "subscriptions") {
		prefix = "/subscriptions/" + segments[2]
	}
	return prefix + "/providers/" + namespace + "/roleDefinitions/" + name
}

// definitionName takes the GUID off a role definition's id.
func definitionName(id string) (string, bool) {
	segments := strings.Split(strings.Trim(id, "/"), "/")
	n := len(segments)
	if n < 4 || !strings.EqualFold(segments[n-4], "providers") || !strings.EqualFold(segments[n-3], namespace) ||
		!strings.EqualFold(segments[n-2], "roleDefinitions") {
		return "", false
	}
	return segments[n-1], true
}
