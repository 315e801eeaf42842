package storage_test

import (
	"context"
	"encoding/json"
	"errors"
	"math/rand"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/audit"
	"github.com/alcedo-cloud/alcedo/internal/blob"
	"github.com/alcedo-cloud/alcedo/internal/caller"
	"github.com/alcedo-cloud/alcedo/internal/clock"
	"github.com/alcedo-cloud/alcedo/internal/cloud"
	"github.com/alcedo-cloud/alcedo/internal/content/files"
	"github.com/alcedo-cloud/alcedo/internal/directory"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/identity"
	"github.com/alcedo-cloud/alcedo/internal/provider/storage"
	"github.com/alcedo-cloud/alcedo/internal/rbac"
	"github.com/alcedo-cloud/alcedo/internal/rbac/assignments"
	"github.com/alcedo-cloud/alcedo/internal/resource"
	"github.com/alcedo-cloud/alcedo/internal/store"
	"github.com/alcedo-cloud/alcedo/internal/store/storetest"
)

const (
	subscription = "11111111-1111-1111-1111-111111111111"
	tenant       = "22222222-2222-2222-2222-222222222222"
	group        = "/subscriptions/" + subscription + "/resourceGroups/rg"
	accounts     = group + "/providers/Microsoft.Storage/storageAccounts/"
	latest       = "2024-01-01"
	minimal      = `{"location":"chinanorth","sku":{"name":"Standard_LRS"},"kind":"StorageV2"}`
)

// people are named by the built-in role that each has on the subscription.
func people() map[string][2]string {
	return map[string][2]string{ // object id, role
		"owner":          {"aaaaaaaa-0000-0000-0000-000000000001", "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"},
		"contributor":    {"aaaaaaaa-0000-0000-0000-000000000002", "b24988ac-6180-42a0-ab88-20f7382dd24c"},
		"reader":         {"aaaaaaaa-0000-0000-0000-000000000003", "acdd72a7-3385-48ef-bd42-f606fba81ae7"},
		"storage":        {"aaaaaaaa-0000-0000-0000-000000000004", "17d1049b-9a84-46fb-8f53-869881c3d3ab"}, // Storage Account Contributor
		"readerAndData":  {"aaaaaaaa-0000-0000-0000-000000000005", "c12c1c16-33a1-487b-954d-41c89c60f349"},
		"blobData":       {"aaaaaaaa-0000-0000-0000-000000000006", "ba92f5b4-2d11-453d-a403-e96b0029c9fe"}, // Storage Blob Data Contributor
		"keyOperator":    {"aaaaaaaa-0000-0000-0000-000000000007", "81a9662b-bebf-436f-a333-f67b29880f12"},
		"nobody":         {"aaaaaaaa-0000-0000-0000-000000000008", ""},
		"blobDataReader": {"aaaaaaaa-0000-0000-0000-000000000009", "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"},
	}
}

// world is Resource Manager with this provider, over a real Blob service, a real directory and real decisions.
type world struct {
	t     testing.TB
	rm    *resource.Service
	blobs *blob.Service
	dir   *directory.Service
	clock *clock.Fake
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{t: t, clock: clock.NewFake(time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC))}
	s := storetest.Memory(t)
	china, err := cloud.ByName("AzureChinaCloud")
	w.must(err)
	random := rand.New(rand.NewSource(1))
	w.dir, err = directory.Open(t.Context(), directory.Config{Store: s, Clock: w.clock, Rand: random, Cloud: china, TenantID: tenant})
	w.must(err)
	decider, err := assignments.Open(t.Context(), assignments.Config{
		Store: s, Clock: w.clock, TenantID: tenant,
		Groups:        func(context.Context, string) ([]string, error) { return nil, nil },
		PrincipalType: func(context.Context, string) (rbac.PrincipalType, bool, error) { return rbac.User, true, nil },
	})
	w.must(err)
	door := audit.New(audit.Config{Decider: decider, Store: s, Clock: w.clock})
	t.Cleanup(func() {
		if err := door.Close(); err != nil && !errors.Is(err, store.ErrClosed) {
			t.Error(err)
		}
	})
	w.blobs, err = blob.New(blob.Config{
		Store: s, Content: files.NewMemory(random, w.clock.Now), Door: door, Clock: w.clock, Rand: random, TenantID: tenant,
	})
	w.must(err)
	w.rm, err = resource.New(resource.Config{
		Store: s, Door: door, Clock: w.clock, Rand: random, Cloud: china, TenantID: tenant, Deleted: decider.DeleteBelow,
		Providers: []resource.Provider{storage.Provider(storage.Config{
			Store: s, Accounts: w.blobs, Containers: w.blobs, Cloud: china, Rand: random, TenantID: tenant,
			Identities: identity.New(identity.Config{Store: s, Directory: w.dir, TenantID: tenant}),
		})},
	})
	w.must(err)
	w.must(s.Update(t.Context(), func(tx store.Tx) error {
		for _, p := range people() {
			if p[1] == "" {
				continue
			}
			if err := decider.Assign(tx, rbac.Assignment{
				Scope: rbac.NewScope("/subscriptions/" + subscription), RoleName: p[1], PrincipalID: p[0], PrincipalType: rbac.User,
			}); err != nil {
				return err
			}
		}
		return w.rm.CreateSubscription(tx, subscription, "test")
	}))
	w.ok("PUT", group+"?api-version=2021-04-01", `{"location":"chinanorth"}`)
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// as sends a request as one of the people.
func (w *world) as(who, method, path, body string, match ...string) (int, map[string]any, error) {
	w.t.Helper()
	path, raw, _ := strings.Cut(path, "?")
	query, err := url.ParseQuery(raw)
	w.must(err)
	version := query.Get("api-version")
	if version == "" {
		version = latest
	}
	query.Del("api-version")
	request := &resource.Request{
		Caller: caller.Caller{Kind: caller.User, ObjectID: people()[who][0], TenantID: tenant, Name: who + "@x"},
		Method: method, Path: path, APIVersion: version, Query: query, Body: []byte(body), BaseURL: "https://management.chinacloudapi.cn",
	}
	if len(match) > 0 {
		request.IfMatch = match[0]
	}
	answer, err := w.rm.Do(w.t.Context(), request)
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

func (w *world) ok(method, path, body string, match ...string) map[string]any {
	w.t.Helper()
	status, out, err := w.as("owner", method, path, body, match...)
	if err != nil || status >= 300 {
		w.t.Fatalf("%s %s: %d %v", method, path, status, err)
	}
	return out
}

func (w *world) status(want int, method, path, body string) map[string]any {
	w.t.Helper()
	status, out, err := w.as("owner", method, path, body)
	if err != nil || status != want {
		w.t.Errorf("%s %s: %d %v, want %d", method, path, status, err, want)
	}
	return out
}

// fails asserts kind, reason and a part of the message.
func (w *world) fails(method, path, body string, kind fault.Kind, reason, message string) {
	w.t.Helper()
	status, out, err := w.as("owner", method, path, body)
	var f *fault.Error
	if !errors.As(err, &f) {
		w.t.Errorf("%s %s %s: %d %v %v, want %s", method, path, body, status, out, err, reason)
		return
	}
	if f.Kind != kind || f.Reason != reason || !strings.Contains(f.Message, message) {
		w.t.Errorf("%s %s %s: %v %s %q, want %v %s %q", method, path, body, f.Kind, f.Reason, f.Message, kind, reason, message)
	}
}

func (w *world) account(name string) *blob.Account {
	w.t.Helper()
	a, ok, err := w.blobs.Account(w.t.Context(), name)
	w.must(err)
	if !ok {
		w.t.Fatalf("no account %s in the data plane", name)
	}
	return a
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

func rows(v map[string]any) []any {
	list, ok := v["value"].([]any)
	if !ok {
		return nil
	}
	return list
}
