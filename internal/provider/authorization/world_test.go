package authorization_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/audit"
	"github.com/alcedo-cloud/alcedo/internal/caller"
	"github.com/alcedo-cloud/alcedo/internal/clock"
	"github.com/alcedo-cloud/alcedo/internal/cloud"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/provider/authorization"
	"github.com/alcedo-cloud/alcedo/internal/rbac"
	"github.com/alcedo-cloud/alcedo/internal/rbac/assignments"
	"github.com/alcedo-cloud/alcedo/internal/resource"
	"github.com/alcedo-cloud/alcedo/internal/store"
	"github.com/alcedo-cloud/alcedo/internal/store/storetest"
)

const (
	tenant = "11111111-1111-1111-1111-111111111111"
	owner  = "aaaaaaaa-0000-0000-0000-000000000001" // Owner of the subscription and administrator of the directory
	robot  = "bbbbbbbb-0000-0000-0000-000000000002"
	staff  = "cccccccc-0000-0000-0000-000000000003" // a group, with the robot in it
	absent = "dddddddd-0000-0000-0000-000000000004"
	guest  = "eeeeeeee-0000-0000-0000-000000000005"
	subID  = "22222222-2222-2222-2222-222222222222"
	sub    = "/subscriptions/" + subID
	rg     = sub + "/resourceGroups/rg"
	thing  = rg + "/providers/Contoso.Test/things/one"

	readerRole = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
	ownerRole  = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
	vaultAdmin = "8b54135c-b56d-4d72-a534-26097cfdc8d8" // Key Vault Data Access Administrator, whose condition names roles
	secrets    = "4633458b-17de-408a-b874-0445c86b69e6" // Key Vault Secrets User, which is among them

	assignmentPath = "/providers/Microsoft.Authorization/roleAssignments/"
	definitionPath = "/providers/Microsoft.Authorization/roleDefinitions/"
)

// world is Resource Manager with this provider, a subscription with a group and a resource, and five principals.
type world struct {
	t           *testing.T
	assignments *assignments.Service
	resources   *resource.Service
	audit       *audit.Log
	clock       *clock.Fake
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, clock: clock.NewFake(time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC))}
	s := storetest.Memory(t)
	kinds := map[string]rbac.PrincipalType{owner: rbac.User, robot: rbac.ServicePrincipal, staff: rbac.Group, guest: rbac.User}
	var err error
	w.assignments, err = assignments.Open(t.Context(), assignments.Config{
		Store: s, Clock: w.clock, TenantID: tenant,
		Groups: func(_ context.Context, id string) ([]string, error) {
			if id == robot {
				return []string{staff}, nil
			}
			return nil, nil
		},
		PrincipalType: func(_ context.Context, id string) (rbac.PrincipalType, bool, error) {
			kind, ok := kinds[id]
			return kind, ok, nil
		},
	})
	w.check(err)
	w.audit = audit.New(audit.Config{Decider: w.assignments, Store: s, Clock: w.clock})
	t.Cleanup(func() {
		if err := w.audit.Close(); err != nil && !errors.Is(err, store.ErrClosed) {
			t.Error(err)
		}
	})
	public, err := cloud.ByName("AzureCloud")
	w.check(err)
	w.resources, err = resource.New(resource.Config{
		Store: s, Door: w.audit, Clock: w.clock, Rand: rand.Reader, Cloud: public, TenantID: tenant,
		Providers: []resource.Provider{
			{Namespace: "Contoso.Test", Types: []resource.Type{{Name: "things", APIVersions: []string{"2020-01-01"}, Stored: &resource.Stored{}}}},
			authorization.Provider(authorization.Config{
				Assignments:   w.assignments,
				Administrator: func(_ context.Context, id string) (bool, error) { return id == owner, nil },
			}),
		},
		Deleted: w.assignments.DeleteBelow, Visible: w.assignments.Visible,
	})
	w.check(err)
	w.check(s.Update(t.Context(), func(tx store.Tx) error {
		if err := w.resources.CreateSubscription(tx, subID, "Test"); err != nil {
			return err
		}
		return w.assignments.Assign(tx, rbac.Assignment{
			Scope: rbac.NewScope(sub), RoleName: ownerRole, PrincipalID: owner, PrincipalType: rbac.User,
		})
	}))
	w.want(w.as(owner, "PUT", rg, "2021-04-01", `{"location":"eastus"}`), 201, "")
	w.want(w.as(owner, "PUT", thing, "2020-01-01", `{"location":"eastus"}`), 201, "")
	return w
}

func (w *world) check(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// outcome is an answer or a refusal.
type outcome struct {
	request string
	status  int
	reason  string
	err     error
	body    map[string]any
	text    string
}

// as makes a request; the path may have a query.
func (w *world) as(who, method, path, version, body string) outcome {
	w.t.Helper()
	path, query, _ := strings.Cut(path, "?")
	values, err := url.ParseQuery(query)
	w.check(err)
	c := caller.Caller{Kind: caller.ServicePrincipal, TenantID: tenant, ObjectID: who}
	if who == owner || who == guest {
		c.Kind = caller.User
	}
	r := &resource.Request{
		Caller: c, Method: method, Path: path, APIVersion: version, Query: values,
		Body: []byte(body), BaseURL: "https://management.azure.com",
	}
	out := outcome{request: method + " " + path}
	answer, err := w.resources.Do(w.t.Context(), r)
	if err != nil {
		out.reason, out.err, out.text = fault.ReasonOf(err), err, err.Error()
		return out
	}
	if out.status = answer.Status; out.status == 0 {
		if out.status = 200; answer.Body == nil {
			out.status = 204
		}
	}
	data, err := json.Marshal(answer.Body)
	w.check(err)
	out.text = string(data)
	if answer.Body != nil {
		w.check(json.Unmarshal(data, &out.body))
	}
	return out
}

// want checks status, or the reason of a refusal.
func (w *world) want(o outcome, status int, reason string) outcome {
	w.t.Helper()
	if o.status != status || o.reason != reason {
		w.t.Errorf("%s: %d %q, want %d %q: %s", o.request, o.status, o.reason, status, reason, o.text)
	}
	return o
}

// at walks into a body: "properties.scope", "value.0.name".
func (o outcome) at(path string) any {
	var v any = o.body
	for step := range strings.SplitSeq(path, ".") {
		switch x := v.(type) {
		case map[string]any:
			v = x[step]
		case []any:
			var i int
			if _, err := fmt.Sscan(step, &i); err != nil || i >= len(x) {
				return nil
			}
			v = x[i]
		default:
			return nil
		}
	}
	return v
}

func (o outcome) len() int {
	v, _ := o.body["value"].([]any)
	return len(v)
}

func guid(n int) string { return fmt.Sprintf("%08d-9999-4999-8999-999999999999", n) }

// assignment is the body of a PUT.
func assignment(principal, role string, more ...string) string {
	b := `{"properties":{"roleDefinitionId":"` + sub + definitionPath + role + `","principalId":"` + principal + `"`
	for _, m := range more {
		b += "," + m
	}
	return b + "}}"
}
