package keyvault_test

import (
	"bytes"
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
	"github.com/alcedo-cloud/alcedo/internal/provider/keyvault"
	"github.com/alcedo-cloud/alcedo/internal/rbac"
	"github.com/alcedo-cloud/alcedo/internal/rbac/assignments"
	"github.com/alcedo-cloud/alcedo/internal/resource"
	"github.com/alcedo-cloud/alcedo/internal/store"
	"github.com/alcedo-cloud/alcedo/internal/store/storetest"
	"github.com/alcedo-cloud/alcedo/internal/vault"
)

const (
	tenant  = "11111111-1111-1111-1111-111111111111"
	owner   = "aaaaaaaa-0000-0000-0000-000000000001"
	reader  = "bbbbbbbb-0000-0000-0000-000000000002"
	nobody  = "cccccccc-0000-0000-0000-000000000003"
	subID   = "22222222-2222-2222-2222-222222222222"
	sub     = "/subscriptions/" + subID
	second  = "/subscriptions/33333333-3333-3333-3333-333333333333"
	rg      = sub + "/resourceGroups/rg"
	vaults  = rg + "/providers/Microsoft.KeyVault/vaults/"
	deleted = sub + "/providers/Microsoft.KeyVault/locations/eastus/deletedVaults/"

	ownerRole  = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
	readerRole = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
	version    = "2024-11-01"
)

// world is Resource Manager with this provider, and a group in each of two subscriptions.
type world struct {
	testing.TB
	resources   *resource.Service
	vaults      *vault.Service
	assignments *assignments.Service
	clock       *clock.Fake
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{TB: t, clock: clock.NewFake(time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC))}
	s := storetest.Memory(t)
	groups := func(context.Context, string) ([]string, error) { return nil, nil }
	var err error
	w.assignments, err = assignments.Open(t.Context(), assignments.Config{
		Store: s, Clock: w.clock, TenantID: tenant, Groups: groups,
		PrincipalType: func(context.Context, string) (rbac.PrincipalType, bool, error) { return rbac.User, true, nil },
	})
	w.check(err)
	door := audit.New(audit.Config{Decider: w.assignments, Store: s, Clock: w.clock})
	t.Cleanup(func() {
		if err := door.Close(); err != nil && !errors.Is(err, store.ErrClosed) {
			t.Error(err)
		}
	})
	public, err := cloud.ByName("AzureCloud")
	w.check(err)
	w.vaults, err = vault.New(vault.Config{
		Store: s, Door: door, Clock: w.clock, Rand: rand.Reader, Root: bytes.Repeat([]byte{7}, vault.RootSize), Groups: groups,
	})
	w.check(err)
	w.resources, err = resource.New(resource.Config{
		Store: s, Door: door, Clock: w.clock, Rand: rand.Reader, Cloud: public, TenantID: tenant,
		Providers: []resource.Provider{keyvault.Provider(keyvault.Config{Vaults: w.vaults, Cloud: public, TenantID: tenant})},
		Deleted:   w.assignments.DeleteBelow, Visible: w.assignments.Visible,
	})
	w.check(err)
	w.check(s.Update(t.Context(), func(tx store.Tx) error {
		for _, id := range []string{sub, second} {
			if err := w.resources.CreateSubscription(tx, strings.TrimPrefix(id, "/subscriptions/"), "Test"); err != nil {
				return err
			}
			if err := w.assign(tx, owner, ownerRole, id); err != nil {
				return err
			}
		}
		return w.assign(tx, reader, readerRole, sub)
	}))
	w.as(owner, "PUT", rg, "2021-04-01", `{"location":"eastus"}`).ok(201)
	w.as(owner, "PUT", sub+"/resourceGroups/rg2", "2021-04-01", `{"location":"eastus"}`).ok(201)
	w.as(owner, "PUT", second+"/resourceGroups/rg", "2021-04-01", `{"location":"eastus"}`).ok(201)
	return w
}

func (w *world) assign(tx store.Tx, who, role, scope string) error {
	return w.assignments.Assign(tx, rbac.Assignment{
		Scope: rbac.NewScope(scope), RoleName: role, PrincipalID: who, PrincipalType: rbac.User,
	})
}

func (w *world) check(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// outcome is an answer or a refusal.
type outcome struct {
	w       *world
	request string
	status  int
	err     error
	body    map[string]any
	text    string
}

// as makes a request; the path may have a query.
func (w *world) as(who, method, path, version, body string) outcome {
	w.Helper()
	path, query, _ := strings.Cut(path, "?")
	values, err := url.ParseQuery(query)
	w.check(err)
	r := &resource.Request{
		Caller: caller.Caller{Kind: caller.User, TenantID: tenant, ObjectID: who}, Method: method, Path: path, APIVersion: version,
		Query: values, Body: []byte(body), BaseURL: "https://management.azure.com",
	}
	out := outcome{w: w, request: method + " " + path + " " + body}
	answer, err := w.resources.Do(w.Context(), r)
	if err != nil {
		out.err, out.text = err, err.Error()
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

func (o outcome) ok(status int) outcome {
	o.w.Helper()
	if o.status != status {
		o.w.Fatalf("%s: %d, want %d: %s", o.request, o.status, status, o.text)
	}
	return o
}

// refused wants a fault of a kind, with Azure's code and a part of the message.
func (o outcome) refused(kind fault.Kind, code, message string) {
	o.w.Helper()
	if o.err == nil || fault.KindOf(o.err) != kind || fault.ReasonOf(o.err) != code || !strings.Contains(o.text, message) {
		o.w.Errorf("%s: %d %v %s, want %v %s %q", o.request, o.status, fault.KindOf(o.err), o.text, kind, code, message)
	}
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

func (o outcome) len(path string) int {
	v, _ := o.at(path).([]any)
	return len(v)
}

// want checks members of a body.
func (o outcome) want(members map[string]any) outcome {
	o.w.Helper()
	for path, want := range members {
		if n, ok := want.(int); ok {
			want = float64(n)
		}
		if got := o.at(path); got != want {
			o.w.Errorf("%s: %s is %v, want %v: %s", o.request, path, got, want, o.text)
		}
	}
	return o
}

// definition is the body of a PUT of a vault, with more properties.
func definition(more ...string) string {
	return `{"location":"East US","properties":{` + strings.Join(append([]string{
		`"tenantId":"` + tenant + `"`, `"sku":{"family":"A","name":"standard"}`, `"accessPolicies":[]`,
	}, more...), ",") + `}}`
}
