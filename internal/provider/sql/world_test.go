package sql_test

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

	"github.com/alcedo-cloud/alcedo/internal/audit"
	"github.com/alcedo-cloud/alcedo/internal/caller"
	"github.com/alcedo-cloud/alcedo/internal/clock"
	"github.com/alcedo-cloud/alcedo/internal/cloud"
	"github.com/alcedo-cloud/alcedo/internal/directory"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/identity"
	"github.com/alcedo-cloud/alcedo/internal/provider/sql"
	"github.com/alcedo-cloud/alcedo/internal/rbac"
	"github.com/alcedo-cloud/alcedo/internal/rbac/assignments"
	"github.com/alcedo-cloud/alcedo/internal/resource"
	"github.com/alcedo-cloud/alcedo/internal/sqldb"
	"github.com/alcedo-cloud/alcedo/internal/store"
	"github.com/alcedo-cloud/alcedo/internal/store/storetest"
)

const (
	subscription = "11111111-1111-1111-1111-111111111111"
	tenant       = "22222222-2222-2222-2222-222222222222"
	group        = "/subscriptions/" + subscription + "/resourceGroups/rg"
	servers      = group + "/providers/Microsoft.Sql/servers/"
	srv          = servers + "srv"
	location     = "/subscriptions/" + subscription + "/providers/Microsoft.Sql/locations/chinanorth/"
	latest       = "2021-11-01"
	minimal      = `{"location":"chinanorth","properties":{"administratorLogin":"boss","administratorLoginPassword":"Correct-Horse-9"}}`
	someone      = "33333333-3333-3333-3333-333333333333"
)

// people are named by the built-in role that each has on the subscription.
func people() map[string][2]string {
	return map[string][2]string{ // object id, role
		"owner":    {"aaaaaaaa-0000-0000-0000-000000000001", "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"},
		"reader":   {"aaaaaaaa-0000-0000-0000-000000000002", "acdd72a7-3385-48ef-bd42-f606fba81ae7"},
		"database": {"aaaaaaaa-0000-0000-0000-000000000003", "9b7fa17d-e63e-47b0-bb0a-15c516ac86ec"}, // SQL DB Contributor
		"security": {"aaaaaaaa-0000-0000-0000-000000000004", "056cd41c-7e88-42e1-933e-88ba6a50c9c3"}, // SQL Security Manager
		"server":   {"aaaaaaaa-0000-0000-0000-000000000005", "6d8ee4ec-f05a-4a1d-8b00-a9b17e38b437"}, // SQL Server Contributor
		"nobody":   {"aaaaaaaa-0000-0000-0000-000000000006", ""},
	}
}

// world is Resource Manager with this provider, a real directory and real decisions.
type world struct {
	testing.TB
	rm       *resource.Service
	roles    *assignments.Service
	store    store.Store
	registry *registry
	clock    *clock.Fake
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{TB: t, clock: clock.NewFake(time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC))}
	s := storetest.Memory(t)
	china, err := cloud.ByName("AzureChinaCloud")
	w.must(err)
	random := rand.New(rand.NewSource(1))
	dir, err := directory.Open(t.Context(), directory.Config{Store: s, Clock: w.clock, Rand: random, Cloud: china, TenantID: tenant})
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
	w.roles, w.store = decider, s
	w.registry = &registry{store: s, clock: w.clock}
	w.rm, err = resource.New(resource.Config{
		Store: s, Door: door, Clock: w.clock, Rand: random, Cloud: china, TenantID: tenant, Deleted: decider.DeleteBelow,
		Providers: []resource.Provider{sql.Provider(sql.Config{
			Registry: w.registry, Identities: identity.New(identity.Config{Store: s, Directory: dir, TenantID: tenant}),
			Cloud: china, Rand: random, TenantID: tenant,
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
	for _, name := range []string{"rg", "rg2"} {
		w.do("PUT", "/subscriptions/"+subscription+"/resourceGroups/"+name+"?api-version=2021-04-01", `{"location":"chinanorth"}`).ok(201)
	}
	return w
}

// withServer has the server srv.
func withServer(t testing.TB) *world {
	t.Helper()
	w := newWorld(t)
	w.do("PUT", srv, minimal).ok(201)
	return w
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// grant gives one of the people a role at a scope.
func (w *world) grant(who, scope, role string) {
	w.Helper()
	w.must(w.store.Update(w.Context(), func(tx store.Tx) error {
		return w.roles.Assign(tx, rbac.Assignment{
			Scope: rbac.NewScope(scope), RoleName: role, PrincipalID: people()[who][0], PrincipalType: rbac.User,
		})
	}))
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

func (w *world) do(method, path, body string) outcome {
	w.Helper()
	return w.as("owner", method, path, body)
}

// as sends a request as one of the people; the path may have a query.
func (w *world) as(who, method, path, body string) outcome {
	w.Helper()
	path, raw, _ := strings.Cut(path, "?")
	query, err := url.ParseQuery(raw)
	w.must(err)
	version := query.Get("api-version")
	if version == "" {
		version = latest
	}
	query.Del("api-version")
	answer, err := w.rm.Do(w.Context(), &resource.Request{
		Caller: caller.Caller{Kind: caller.User, ObjectID: people()[who][0], TenantID: tenant, Name: who + "@x"},
		Method: method, Path: path, APIVersion: version, Query: query, Body: []byte(body), BaseURL: "https://management.chinacloudapi.cn",
	})
	out := outcome{w: w, request: method + " " + path + " " + body, err: err}
	if err != nil {
		out.text = err.Error()
		return out
	}
	if out.status = answer.Status; out.status == 0 {
		out.status = 200
	}
	text, err := json.Marshal(answer.Body)
	w.must(err)
	if out.text = string(text); answer.Body != nil {
		w.must(json.Unmarshal(text, &out.body))
	}
	if strings.Contains(out.text, "Correct-Horse") || strings.Contains(out.text, "hash of") {
		w.Errorf("%s: the answer shows a password: %s", out.request, out.text)
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
		switch n := want.(type) {
		case int:
			want = float64(n)
		case int64:
			want = float64(n)
		}
		if got := o.at(path); got != want {
			o.w.Errorf("%s: %s is %v, want %v: %s", o.request, path, got, want, o.text)
		}
	}
	return o
}

// server is what logins obey.
func (w *world) server() *sqldb.Server {
	w.Helper()
	s, ok, err := w.registry.Server(w.Context(), "srv")
	w.must(err)
	if !ok {
		w.Fatal("the service has no server srv")
	}
	return s
}

// databases are those that the service has, by name.
func (w *world) databases() map[string]sqldb.Database {
	w.Helper()
	all, err := w.registry.Databases(w.Context(), "srv")
	w.must(err)
	out := map[string]sqldb.Database{}
	for _, d := range all {
		out[d.Name] = d
	}
	return out
}
