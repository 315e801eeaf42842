package compute_test

import (
	"context"
	"encoding/json"
	"errors"
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
	"github.com/alcedo-cloud/alcedo/internal/sts"
)

const (
	subscription = "11111111-1111-1111-1111-111111111111"
	tenant       = "22222222-2222-2222-2222-222222222222"
	group        = "/subscriptions/" + subscription + "/resourceGroups/rg"
	machines     = group + "/providers/Microsoft.Compute/virtualMachines/"
	scaleSets    = group + "/providers/Microsoft.Compute/virtualMachineScaleSets/"
	identities   = group + "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/"
)

// world is a cloud of the real services, but for the door and the tokens.
type world struct {
	t     testing.TB
	rm    *resource.Service
	ids   *identity.Service
	dir   *directory.Service
	clock *clock.Fake
	door  *door
}

// door allows everything but the listed actions.
type door struct{ denied map[string]bool }

func (d *door) Authorize(_ context.Context, c caller.Caller, r rbac.Request) error {
	if !d.denied[r.Action] {
		return nil
	}
	return &fault.Error{
		Kind: fault.Denied, Reason: "AuthorizationFailed",
		Cause: &rbac.Denial{Caller: c, Action: r.Action, Scope: r.Scope},
	}
}

func (d *door) Permits(_ context.Context, _ caller.Caller, r rbac.Request) (bool, error) {
	return !d.denied[r.Action], nil
}

// tokens names the identity that it was asked for in the token.
type tokens struct{}

func (tokens) ManagedIdentityToken(_ context.Context, m sts.MIRequest) (sts.MIToken, error) {
	return sts.MIToken{AccessToken: m.ObjectID + " " + m.ResourceID + " " + m.AzureResourceID, ClientID: m.AppID}, nil
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{t: t, clock: clock.NewFake(time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)), door: &door{map[string]bool{}}}
	s := storetest.Memory(t)
	china, err := cloud.ByName("AzureChinaCloud")
	w.must(err)
	random := rand.New(rand.NewSource(1))
	w.dir, err = directory.Open(t.Context(), directory.Config{Store: s, Clock: w.clock, Rand: random, Cloud: china, TenantID: tenant})
	w.must(err)
	w.ids = identity.New(identity.Config{Store: s, Directory: w.dir, Tokens: tokens{}, TenantID: tenant})
	w.rm, err = resource.New(resource.Config{
		Store: s, Door: w.door, Clock: w.clock, Rand: random, Cloud: china, TenantID: tenant,
		Providers: []resource.Provider{
			compute.Provider(compute.Config{Identities: w.ids, Cloud: china, Rand: random}),
			managedidentity.Provider(managedidentity.Config{Directory: w.dir, Systems: w.ids, Cloud: china, TenantID: tenant}),
		},
	})
	w.must(err)
	w.must(s.Update(t.Context(), func(tx store.Tx) error { return w.rm.CreateSubscription(tx, subscription, "test") }))
	w.ok("PUT", group, `{"location":"chinanorth"}`)
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// do sends a request; path may have a query. The body of the answer comes back as JSON reads it.
func (w *world) do(method, path, body string) (int, map[string]any, error) {
	w.t.Helper()
	path, raw, _ := strings.Cut(path, "?")
	query, err := url.ParseQuery(raw)
	w.must(err)
	version := query.Get("api-version")
	switch {
	case version != "":
	case strings.Contains(path, "Microsoft.ManagedIdentity"):
		version = "2024-11-30"
	case strings.Contains(path, "Microsoft.Compute/disks"):
		version = "2024-03-02"
	case strings.Contains(path, "Microsoft.Compute/skus"):
		version = "2021-07-01"
	case strings.Contains(path, "Microsoft.Compute"):
		version = "2024-11-01"
	default:
		version = "2021-04-01"
	}
	query.Del("api-version")
	answer, err := w.rm.Do(w.t.Context(), &resource.Request{
		Caller: caller.Caller{Kind: caller.User, ObjectID: "o", TenantID: tenant, Name: "me@x"},
		Method: method, Path: path, APIVersion: version, Query: query, Body: []byte(body), BaseURL: "https://management.chinacloudapi.cn",
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
	status := answer.Status
	if status == 0 {
		status = 200
	}
	return status, out, nil
}

func (w *world) ok(method, path, body string) map[string]any {
	w.t.Helper()
	status, out, err := w.do(method, path, body)
	if err != nil || status >= 300 {
		w.t.Fatalf("%s %s: %d %v", method, path, status, err)
	}
	return out
}

// fails asserts kind, reason and a part of the message.
func (w *world) fails(method, path, body string, kind fault.Kind, reason, message string) {
	w.t.Helper()
	status, out, err := w.do(method, path, body)
	var f *fault.Error
	if !errors.As(err, &f) {
		w.t.Errorf("%s %s: %d %v %v, want %s", method, path, status, out, err, reason)
		return
	}
	if f.Kind != kind || f.Reason != reason || !strings.Contains(f.Message, message) {
		w.t.Errorf("%s %s: %v %s %q, want %v %s %q", method, path, f.Kind, f.Reason, f.Message, kind, reason, message)
	}
}

// machine is the body of a virtual machine with that identity block, "" for none.
func machine(block string) string {
	if block != "" {
		block = `,"identity":` + block
	}
	return `{"location":"chinanorth"` + block + `,"properties":{"hardwareProfile":{"vmSize":"Standard_B1s"},
		"storageProfile":{"imageReference":{"publisher":"Debian","offer":"debian-12","sku":"12","version":"latest"},"osDisk":{"createOption":"FromImage"}},
		"osProfile":{"computerName":"web","adminUsername":"azureuser","adminPassword":"Secret-123"},
		"networkProfile":{"networkInterfaces":[]}}}`
}

// at digs into JSON; absent is nil.
func at(v any, path ...string) any {
	for _, step := range path {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[step]
	}
	return v
}

func str(v any, path ...string) string {
	s, ok := at(v, path...).(string)
	if !ok {
		return ""
	}
	return s
}

func (w *world) active(objectID string) bool {
	w.t.Helper()
	ok, err := w.dir.Active(w.t.Context(), objectID)
	w.must(err)
	return ok
}

func (w *world) id(path string) resource.ID {
	w.t.Helper()
	id, ok := resource.ParseID(path)
	if !ok {
		w.t.Fatalf("%s is no id", path)
	}
	return id
}

// selects asks which identity the machine means, and gives its object id or the text of the refusal.
func (w *world) selects(path string, sel identity.Selector) string {
	w.t.Helper()
	found, err := w.ids.Select(w.t.Context(), w.id(path), sel)
	var f *fault.Error
	if errors.As(err, &f) {
		if f.Kind != fault.Invalid || f.Reason != "invalid_request" {
			w.t.Errorf("refused with %v %s", f.Kind, f.Reason)
		}
		return f.Message
	}
	w.must(err)
	return found.ObjectID
}
