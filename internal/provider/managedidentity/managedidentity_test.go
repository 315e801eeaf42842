package managedidentity_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/caller"
	"github.com/alcedo-cloud/alcedo/internal/clock"
	"github.com/alcedo-cloud/alcedo/internal/cloud"
	"github.com/alcedo-cloud/alcedo/internal/directory"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/identity"
	"github.com/alcedo-cloud/alcedo/internal/provider/compute"
	"github.com/alcedo-cloud/alcedo/internal/provider/managedidentity"
	"github.com/alcedo-cloud/alcedo/internal/rbac"
	"github.com/alcedo-cloud/alcedo/internal/resource"
	"github.com/alcedo-cloud/alcedo/internal/store"
	"github.com/alcedo-cloud/alcedo/internal/store/storetest"
)

const (
	subscription = "11111111-1111-1111-1111-111111111111"
	tenant       = "22222222-2222-2222-2222-222222222222"
	group        = "/subscriptions/" + subscription + "/resourceGroups/rg"
	identities   = group + "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/"
	machines     = group + "/providers/Microsoft.Compute/virtualMachines/"
	latest       = "2024-11-30"
)

type door struct{ denied string }

func (d *door) Authorize(_ context.Context, c caller.Caller, r rbac.Request) error {
	if r.Action != d.denied {
		return nil
	}
	return &fault.Error{Kind: fault.Denied, Reason: "AuthorizationFailed", Cause: &rbac.Denial{Caller: c, Action: r.Action, Scope: r.Scope}}
}

func (d *door) Permits(_ context.Context, _ caller.Caller, r rbac.Request) (bool, error) {
	return r.Action != d.denied, nil
}

type world struct {
	t    *testing.T
	rm   *resource.Service
	dir  *directory.Service
	door *door
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, door: &door{}}
	s := storetest.Memory(t)
	china, err := cloud.ByName("AzureChinaCloud")
	w.must(err)
	now := clock.NewFake(time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC))
	random := rand.New(rand.NewSource(1))
	w.dir, err = directory.Open(t.Context(), directory.Config{Store: s, Clock: now, Rand: random, Cloud: china, TenantID: tenant})
	w.must(err)
	ids := identity.New(identity.Config{Store: s, Directory: w.dir, TenantID: tenant})
	w.rm, err = resource.New(resource.Config{
		Store: s, Door: w.door, Clock: now, Rand: random, Cloud: china, TenantID: tenant,
		Providers: []resource.Provider{
			compute.Provider(compute.Config{Identities: ids, Cloud: china, Rand: random}),
			managedidentity.Provider(managedidentity.Config{Directory: w.dir, Systems: ids, Cloud: china, TenantID: tenant}),
		},
	})
	w.must(err)
	w.must(s.Update(t.Context(), func(tx store.Tx) error { return w.rm.CreateSubscription(tx, subscription, "test") }))
	w.do("PUT", group, "2021-04-01", `{"location":"chinanorth"}`)
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) try(method, path, version, body string) (int, map[string]any, error) {
	w.t.Helper()
	answer, err := w.rm.Do(w.t.Context(), &resource.Request{
		Caller: caller.Caller{Kind: caller.User, ObjectID: "o", TenantID: tenant}, Method: method, Path: path,
		APIVersion: version, Query: url.Values{}, Body: []byte(body),
	})
	if err != nil {
		return 0, nil, err
	}
	var out map[string]any
	if answer.Body != nil {
		text, err := json.Marshal(answer.Body)
		w.must(err)
		w.must(json.Unmarshal(text, &out))
	}
	return answer.Status, out, nil
}

func (w *world) do(method, path, version, body string) map[string]any {
	w.t.Helper()
	status, out, err := w.try(method, path, version, body)
	if err != nil || status >= 300 {
		w.t.Fatalf("%s %s: %d %v", method, path, status, err)
	}
	return out
}

func (w *world) fails(method, path, body string, kind fault.Kind, reason, message string) {
	w.t.Helper()
	_, out, err := w.try(method, path, latest, body)
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind != kind || f.Reason != reason || !strings.Contains(f.Message, message) {
		w.t.Errorf("%s %s: %v %v, want %v %s %q", method, path, out, err, kind, reason, message)
	}
}

func (w *world) active(objectID string) bool {
	w.t.Helper()
	ok, err := w.dir.Active(w.t.Context(), objectID)
	w.must(err)
	return ok
}

func text(v any, path ...string) string {
	for _, step := range path {
		m, ok := v.(map[string]any)
		if !ok {
			return ""
		}
		v = m[step]
	}
	s, ok := v.(string)
	if !ok {
		return ""
	}
	return s
}

const created = `{"location":"chinanorth"}`

// TestIdentity follows a user-assigned identity from its creation to its end.
func TestIdentity(t *testing.T) {
	w := newWorld(t)
	id := identities + "ID1"
	status, out, err := w.try("PUT", id, latest, `{"location":"China North","tags":{"a":"b"},"properties":{"principalId":"made up","clientId":"x"}}`)
	if err != nil || status != 201 {
		t.Fatalf("%d %v", status, err)
	}
	principal, client := text(out, "properties", "principalId"), text(out, "properties", "clientId")
	p, ok, err := w.dir.Principal(t.Context(), principal)
	if err != nil || !ok || p.AppID != client || p.DisplayName != "ID1" || p.ResourceID != id {
		t.Errorf("principal %+v %v", p, err)
	}
	if text(out, "properties", "tenantId") != tenant || text(out, "type") != "Microsoft.ManagedIdentity/userAssignedIdentities" ||
		text(out, "location") != "chinanorth" || text(out, "properties", "clientSecretUrl") != "" {
		t.Errorf("shown: %v", out)
	}
	status, again, err := w.try("PUT", id, latest, created)
	if err != nil || status != 200 || text(again, "properties", "principalId") != principal {
		t.Errorf("again: %d %v %v", status, again, err)
	}
	patched := w.do("PATCH", id, latest, `{"tags":{"c":"d"}}`)
	if text(patched, "tags", "c") != "d" || text(patched, "properties", "clientId") != client {
		t.Errorf("patched: %v", patched)
	}
	old := w.do("GET", id, "2015-08-31-preview", "")
	want := "https://control-chinanorth.identity.chinacloudapi.cn/subscriptions/" + subscription + "/resourcegroups/rg/providers/" +
		"Microsoft.ManagedIdentity/userAssignedIdentities/ID1/credentials?tid=" + tenant + "&oid=" + principal + "&aid=" + client
	if got := text(old, "properties", "clientSecretUrl"); got != want {
		t.Errorf("clientSecretUrl %s, want %s", got, want)
	}
	for _, scope := range []string{group, "/subscriptions/" + subscription} {
		list, ok := w.do("GET", scope+"/providers/Microsoft.ManagedIdentity/userAssignedIdentities", latest, "")["value"].([]any)
		if !ok || len(list) != 1 || text(list[0], "name") != "ID1" {
			t.Errorf("%s: %v", scope, list)
		}
	}
	if status, _, err = w.try("DELETE", id, latest, ""); err != nil || status != 200 || w.active(principal) {
		t.Errorf("delete: %d %v, active %v", status, err, w.active(principal))
	}
	if status, _, err = w.try("DELETE", id, latest, ""); err != nil || status != 204 {
		t.Errorf("delete again: %d %v", status, err)
	}
	if now := w.do("PUT", id, latest, created); text(now, "properties", "principalId") == principal {
		t.Error("a new identity has the old one's principal")
	}
}

func TestIsolationScope(t *testing.T) {
	w := newWorld(t)
	out := w.do("PUT", identities+"id1", "2025-01-31-preview", `{"location":"chinanorth","properties":{"isolationScope":"regional"}}`)
	if text(out, "properties", "isolationScope") != "Regional" {
		t.Errorf("%v", out)
	}
	if out = w.do("GET", identities+"id1", latest, ""); text(out, "properties", "isolationScope") != "" {
		t.Errorf("an older version shows it: %v", out)
	}
	w.fails("PUT", identities+"id1", `{"location":"chinanorth","properties":{"isolationScope":"World"}}`, fault.Invalid, "BadRequest", "isolationScope")
}

func TestNames(t *testing.T) {
	w := newWorld(t)
	for name, ok := range map[string]bool{
		"abc": true, "1-_": true, strings.Repeat("a", 128): true,
		"ab": false, strings.Repeat("a", 129): false, "-abc": false, "_abc": false, "a b c": false, "a.b": false, "äbc": false,
	} {
		if ok {
			w.do("PUT", identities+name, latest, created)
		} else {
			w.fails("PUT", identities+name, created, fault.Invalid, "BadRequest", "is invalid")
		}
	}
}

func credential(issuer, subject string, audiences ...string) string {
	body, err := json.Marshal(map[string]any{"properties": map[string]any{"issuer": issuer, "subject": subject, "audiences": append([]string{}, audiences...)}})
	if err != nil {
		return ""
	}
	return string(body)
}

const audience = "api://AzureADTokenExchangeChina"

// TestFederatedCredentials holds their rules, and that the token endpoint's directory has what is stored.
func TestFederatedCredentials(t *testing.T) {
	w := newWorld(t)
	owner := w.do("PUT", identities+"id1", latest, created)
	app, path := text(owner, "properties", "clientId"), identities+"id1/federatedIdentityCredentials/"
	count := func() int {
		t.Helper()
		list, err := w.dir.FederatedCredentials(t.Context(), app)
		w.must(err)
		shown, ok := w.do("GET", strings.TrimSuffix(path, "/"), latest, "")["value"].([]any)
		if !ok || len(shown) != len(list) {
			t.Errorf("%d shown, %d in the directory", len(shown), len(list))
		}
		return len(list)
	}
	status, out, err := w.try("PUT", path+"fic01", latest, credential("https://issuer", "s1", audience))
	if err != nil || status != 201 || text(out, "properties", "issuer") != "https://issuer" || text(out, "location") != "" {
		t.Fatalf("%d %v %v", status, out, err)
	}
	if status, _, err = w.try("PUT", path+"fic01", latest, credential("https://issuer", "s2", audience)); err != nil || status != 200 || count() != 1 {
		t.Errorf("replace: %d %v", status, err)
	}
	for _, c := range []struct{ name, body, message string }{
		{"fic02", credential("https://issuer", "s2", audience), "Issuer and subject combination already exists for this Managed Identity."},
		{"fic02", credential("https://issuer", "s3"), "Federated identity credentials must have exactly one audience."},
		{"fic02", credential("https://issuer", "s3", audience, "b"), "Federated identity credentials must have exactly one audience."},
		{"fic02", credential("https://issuer", "s3", ""), "has empty properties"},
		{"fic02", credential("https://issuer", "", audience), "Federated Identity Credential from HTTP body has empty properties"},
		{"fic02", credential("", "s3", audience), "has empty properties"},
		{"fic02", `{}`, "has empty properties"},
		{"fic02", `{"properties":{"issuer":1,"subject":[],"audiences":"x"}}`, "has empty properties"},
		{"fic02", credential("http://issuer", "s3", audience), "https://"},
		{"fic02", credential("https://issuer", strings.Repeat("s", 601), audience), "600"},
		{"ab", credential("https://issuer", "s3", audience), "Federated Identity Credential name 'ab' is invalid."},
		{"-abc", credential("https://issuer", "s3", audience), "is invalid"},
		{strings.Repeat("a", 121), credential("https://issuer", "s3", audience), "is invalid"},
	} {
		w.fails("PUT", path+c.name, c.body, fault.Invalid, "BadRequest", c.message)
	}
	w.fails("PUT", identities+"nosuch/federatedIdentityCredentials/fic01", credential("https://issuer", "s1", audience), fault.NotFound, "ParentResourceNotFound", "nosuch")
	if count() != 1 {
		t.Error("a refused credential was kept")
	}
	for i := 2; i <= 20; i++ {
		w.do("PUT", fmt.Sprintf("%sfic%02d", path, i), latest, credential("https://issuer", fmt.Sprint("n", i), audience))
	}
	w.fails("PUT", path+"fic21", credential("https://issuer", "n21", audience), fault.Invalid, "BadRequest", "20")
	if status, _, err = w.try("DELETE", path+"fic01", latest, ""); err != nil || status != 200 || count() != 19 {
		t.Errorf("delete: %d %v", status, err)
	}
	if status, _, err = w.try("DELETE", path+"fic01", latest, ""); err != nil || status != 204 {
		t.Errorf("delete again: %d %v", status, err)
	}
	w.do("DELETE", identities+"id1", latest, "")
	if list, err := w.dir.FederatedCredentials(t.Context(), app); err != nil || len(list) != 0 {
		t.Errorf("after the identity: %v %v", list, err)
	}
}

const machine = `{"location":"chinanorth","identity":%s,"properties":{"hardwareProfile":{"vmSize":"Standard_B1s"},
	"storageProfile":{"osDisk":{"createOption":"Attach","osType":"Linux"}},"networkProfile":{}}}`

// TestSystemIdentity looks a machine's identity up by the extension resource.
func TestSystemIdentity(t *testing.T) {
	w := newWorld(t)
	vm := w.do("PUT", machines+"web", "2024-11-01", fmt.Sprintf(machine, `{"type":"SystemAssigned"}`))
	path := machines + "web/providers/Microsoft.ManagedIdentity/identities/default"
	out := w.do("GET", path, latest, "")
	principal := text(vm, "identity", "principalId")
	if text(out, "properties", "principalId") != principal || principal == "" || text(out, "id") != path || text(out, "name") != "default" ||
		text(out, "type") != "Microsoft.ManagedIdentity/identities" {
		t.Errorf("%v", out)
	}
	if got := text(out, "properties", "clientSecretUrl"); !strings.HasPrefix(got, "https://control-chinanorth.identity.chinacloudapi.cn/subscriptions/"+
		subscription+"/resourcegroups/rg/providers/Microsoft.Compute/virtualMachines/web/credentials?tid=") {
		t.Errorf("clientSecretUrl %s", got)
	}
	w.door.denied = "Microsoft.ManagedIdentity/identities/read"
	w.fails("GET", path, "", fault.Denied, "AuthorizationFailed", "")
	w.door.denied = ""
	w.fails("GET", strings.Replace(path, "default", "other", 1), "", fault.NotFound, "ResourceNotFound", "other")
	w.do("PATCH", machines+"web", "2024-11-01", `{"identity":{"type":"None"}}`)
	w.fails("GET", path, "", fault.NotFound, "ResourceNotFound", "default")
	w.fails("GET", strings.Replace(path, "web", "nosuch", 1), "", fault.NotFound, "ResourceNotFound", "")
}

// TestAssociatedResources lists who uses an identity, as far as the caller may see.
func TestAssociatedResources(t *testing.T) {
	w := newWorld(t)
	w.do("PUT", identities+"id1", latest, created)
	w.do("PUT", identities+"id2", latest, created)
	w.do("PUT", machines+"web", "2024-11-01", fmt.Sprintf(machine, `{"type":"UserAssigned","userAssignedIdentities":{"`+strings.ToLower(identities)+`id1":{}}}`))
	list := func(name string) int {
		t.Helper()
		out := w.do("POST", identities+name+"/listAssociatedResources", "2022-01-31-preview", "")
		value, ok := out["value"].([]any)
		if !ok || out["totalCount"] != float64(len(value)) {
			t.Fatalf("%v", out)
		}
		if len(value) > 0 && (text(value[0], "id") != machines+"web" || text(value[0], "resourceGroup") != "rg") {
			t.Errorf("%v", value)
		}
		return len(value)
	}
	if list("id1") != 1 || list("id2") != 0 {
		t.Errorf("%d of id1, %d of id2", list("id1"), list("id2"))
	}
	w.door.denied = "Microsoft.Compute/virtualMachines/read"
	if list("id1") != 0 {
		t.Error("a machine is shown that may not be read")
	}
	w.fails("POST", identities+"id1/listAssociatedResources", "", fault.Unsupported, "NoRegisteredProviderFound", "")
}
