package graph

import (
	"crypto/rand"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/clock"
	"github.com/alcedo-cloud/alcedo/internal/cloud"
	"github.com/alcedo-cloud/alcedo/internal/directory"
	"github.com/alcedo-cloud/alcedo/internal/store"
	"github.com/alcedo-cloud/alcedo/internal/store/storetest"
	"github.com/alcedo-cloud/alcedo/internal/token"
)

const testTenant = "11111111-1111-1111-1111-111111111111"

// world is a tenant with an administrator, a member, an application and a managed identity, each with a token.
type world struct {
	t                           testing.TB
	store                       store.Store
	clock                       *clock.Fake
	cloud                       cloud.Cloud
	directory                   *directory.Service
	tokens                      *token.Service
	handler                     http.Handler
	adminUser, memberUser       directory.User
	app                         directory.Application
	job, vm                     directory.Principal
	admin, member, client, host string // tokens
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{t: t, store: storetest.Memory(t), clock: clock.NewFake(time.Date(2025, 3, 4, 5, 6, 7, 0, time.UTC))}
	var err error
	if w.cloud, err = cloud.ByName("AzureChinaCloud"); err != nil {
		t.Fatal(err)
	}
	w.directory, err = directory.Open(t.Context(), directory.Config{Store: w.store, Clock: w.clock, Rand: rand.Reader, Cloud: w.cloud, TenantID: testTenant})
	if err != nil {
		t.Fatal(err)
	}
	w.tokens, err = token.Open(t.Context(), token.Config{Store: w.store, Clock: w.clock, Rand: rand.Reader, Cloud: w.cloud, TenantID: testTenant})
	if err != nil {
		t.Fatal(err)
	}
	w.handler = New(Config{
		Directory: w.directory, Verifier: token.NewVerifier(w.tokens, w.directory), Cloud: w.cloud, Clock: w.clock,
		Rand: rand.Reader, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
	w.populate()
	w.admin, w.member = w.userToken(w.adminUser), w.userToken(w.memberUser)
	w.client, w.host = w.appToken(w.job), w.appToken(w.vm)
	return w
}

func (w *world) populate() {
	w.t.Helper()
	err := w.store.Update(w.t.Context(), func(tx store.Tx) (err error) {
		if w.adminUser, err = w.directory.CreateUser(tx, directory.User{UserPrincipalName: "admin@" + w.directory.Domain(), DisplayName: "The Admin", Administrator: true}); err != nil {
			return err
		}
		if w.memberUser, err = w.directory.CreateUser(tx, directory.User{UserPrincipalName: "anna@" + w.directory.Domain(), DisplayName: "Anna O'Hara"}); err != nil {
			return err
		}
		if w.app, err = w.directory.CreateApplication(tx, directory.Application{DisplayName: "job", IdentifierURIs: []string{"api://job"}}); err != nil {
			return err
		}
		if w.job, err = w.directory.CreateServicePrincipal(tx, w.app.AppID); err != nil {
			return err
		}
		w.vm, err = w.directory.CreateManagedIdentity(tx, directory.ManagedIdentity{DisplayName: "vm1", ResourceID: "/subscriptions/s/resourcegroups/g/providers/Microsoft.Compute/virtualMachines/vm1"})
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) mint(c token.Claims) string {
	w.t.Helper()
	if c.Audience == "" {
		c.Audience = "https://" + w.cloud.Graph
	}
	c.Version, c.Expires = token.V1, w.clock.Now().Add(time.Hour).Unix()
	raw, err := w.tokens.Mint(w.t.Context(), c)
	if err != nil {
		w.t.Fatal(err)
	}
	return raw
}

func (w *world) userToken(u directory.User) string {
	return w.mint(token.Claims{AppID: "04b07795-8ddb-461a-bbee-02f9e1bf7b46", ObjectID: u.ObjectID, UPN: u.UserPrincipalName, Scopes: "Directory.AccessAsUser.All", IDType: "user"})
}

func (w *world) appToken(p directory.Principal) string {
	return w.mint(token.Claims{AppID: p.AppID, ObjectID: p.ObjectID, Subject: p.ObjectID, IDType: "app", ManagedIdentity: p.ResourceID})
}

// answer is a response, its body decoded.
type answer struct {
	status int
	header http.Header
	text   string
	body   map[string]any
}

func (w *world) call(bearer, method, path, body string) answer {
	w.t.Helper()
	return w.send(method, path, body, http.Header{"Authorization": {"Bearer " + bearer}})
}

func (w *world) send(method, path, body string, header http.Header) answer {
	w.t.Helper()
	var reader io.Reader
	if body != "" {
		reader = strings.NewReader(body)
	}
	r := httptest.NewRequest(method, "https://"+w.cloud.Graph+path, reader)
	for name, v := range header {
		r.Header[name] = v
	}
	rec := httptest.NewRecorder()
	w.handler.ServeHTTP(rec, r)
	a := answer{status: rec.Code, header: rec.Header(), text: rec.Body.String()}
	if strings.HasPrefix(a.text, "{") {
		if err := json.Unmarshal(rec.Body.Bytes(), &a.body); err != nil {
			w.t.Fatalf("%s %s: %q: %v", method, path, a.text, err)
		}
	}
	return a
}

// get expects a good answer.
func (w *world) get(path string) answer {
	w.t.Helper()
	a := w.call(w.admin, "GET", path, "")
	if a.status != http.StatusOK {
		w.t.Errorf("GET %s: %d %s", path, a.status, a.text)
	}
	return a
}

// values is the member value of a list.
func (a answer) values() []map[string]any {
	list, _ := a.body["value"].([]any)
	out := make([]map[string]any, 0, len(list))
	for _, v := range list {
		o, _ := v.(map[string]any)
		out = append(out, o)
	}
	return out
}

// errorOf is code and message of an error.
func (a answer) errorOf() (code, message string) {
	e, _ := a.body["error"].(map[string]any)
	code, _ = e["code"].(string)
	message, _ = e["message"].(string)
	return code, message
}

func (w *world) want(a answer, what string, status int, code, message string) {
	w.t.Helper()
	gotCode, gotMessage := a.errorOf()
	if a.status != status || gotCode != code || message != "" && gotMessage != message {
		w.t.Errorf("%s: %d %s %q; want %d %s %q", what, a.status, gotCode, gotMessage, status, code, message)
	}
}
