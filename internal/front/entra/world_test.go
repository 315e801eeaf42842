package entra_test

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/alcedo-cloud/alcedo/internal/clock"
	"github.com/alcedo-cloud/alcedo/internal/cloud"
	"github.com/alcedo-cloud/alcedo/internal/directory"
	"github.com/alcedo-cloud/alcedo/internal/front/entra"
	"github.com/alcedo-cloud/alcedo/internal/store"
	"github.com/alcedo-cloud/alcedo/internal/store/storetest"
	"github.com/alcedo-cloud/alcedo/internal/sts"
	"github.com/alcedo-cloud/alcedo/internal/token"
)

const (
	tenantID = "11111111-1111-1111-1111-111111111111"
	azClient = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"
	psClient = "1950a258-227b-4e31-a9cf-717495945fc2"
	password = "Correct-Horse-42"
)

type jsonText = json.RawMessage

// world is a tenant with an application that has a secret, and a user who administers it.
type world struct {
	t         testing.TB
	cloud     cloud.Cloud
	clock     *clock.Fake
	store     store.Store
	directory *directory.Service
	tokens    *token.Service
	sts       *sts.Service
	handler   http.Handler

	app       directory.Application
	principal directory.Principal
	secret    string
	user      directory.User
}

func newWorld(t testing.TB, name string) *world {
	t.Helper()
	c, err := cloud.ByName(name)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, cloud: c, clock: clock.NewFake(time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)), store: storetest.Memory(t)}
	ctx := context.Background()
	w.directory, err = directory.Open(ctx, directory.Config{
		Store: w.store, Clock: w.clock, Rand: rand.Reader, Cloud: c, TenantID: tenantID,
	})
	if err != nil {
		t.Fatal(err)
	}
	w.tokens, err = token.Open(ctx, token.Config{Store: w.store, Clock: w.clock, Rand: rand.Reader, Cloud: c, TenantID: tenantID})
	if err != nil {
		t.Fatal(err)
	}
	w.update(func(tx store.Tx) error {
		w.app, w.principal, w.secret = w.application(tx, directory.Application{DisplayName: "robot"})
		w.user, err = w.directory.CreateUser(tx, directory.User{
			UserPrincipalName: "ada@" + w.directory.Domain(), DisplayName: "Ada Lovelace", Administrator: true,
			Password: password, Generated: true,
			Properties: map[string]json.RawMessage{"givenName": json.RawMessage(`"Ada"`), "surname": json.RawMessage(`"Lovelace"`)},
		})
		return err
	})
	w.serve(nil)
	return w
}

// serve builds the service and its front, with a client for foreign issuers.
func (w *world) serve(issuers *http.Client) {
	w.sts = sts.New(sts.Config{
		Store: w.store, Directory: w.directory, Tokens: w.tokens, Clock: w.clock, Rand: rand.Reader, Cloud: w.cloud,
		TenantID: tenantID, HTTP: issuers,
	})
	w.handler = entra.New(entra.Config{
		STS: w.sts, Tokens: w.tokens, Directory: w.directory, Cloud: w.cloud, TenantID: tenantID, Clock: w.clock,
		Rand: rand.Reader, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
}

func (w *world) update(fn func(store.Tx) error) {
	w.t.Helper()
	if err := w.store.Update(context.Background(), fn); err != nil {
		w.t.Fatal(err)
	}
}

// application adds an application with its service principal and a secret.
func (w *world) application(tx store.Tx, a directory.Application) (directory.Application, directory.Principal, string) {
	w.t.Helper()
	app, err := w.directory.CreateApplication(tx, a)
	if err != nil {
		w.t.Fatal(err)
	}
	principal, err := w.directory.CreateServicePrincipal(tx, app.AppID)
	if err != nil {
		w.t.Fatal(err)
	}
	secret, err := w.directory.AddPassword(tx, app.ObjectID, "", time.Time{})
	if err != nil {
		w.t.Fatal(err)
	}
	return app, principal, secret.SecretText
}

// do sends a request to the cloud's login host, or to the host that the target names.
func (w *world) do(method, target string, header http.Header, body string) *http.Response {
	w.t.Helper()
	if !strings.HasPrefix(target, "https://") {
		target = "https://" + w.cloud.Login + target
	}
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.TLS = &tls.ConnectionState{}
	for name, values := range header {
		r.Header[name] = values
	}
	recorder := httptest.NewRecorder()
	w.handler.ServeHTTP(recorder, r)
	return recorder.Result()
}

// answer is what a token endpoint answered.
type answer struct {
	status int
	header http.Header
	body   map[string]any
}

func (w *world) decode(resp *http.Response) answer {
	w.t.Helper()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	out := answer{status: resp.StatusCode, header: resp.Header}
	if err := json.Unmarshal(data, &out.body); err != nil {
		w.t.Fatalf("status %d, body %q: %v", resp.StatusCode, data, err)
	}
	return out
}

// post sends a form: pairs of name and value.
func (w *world) post(path string, pairs ...string) answer {
	w.t.Helper()
	form := url.Values{}
	for n := 0; n+1 < len(pairs); n += 2 {
		form.Set(pairs[n], pairs[n+1])
	}
	header := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
	return w.decode(w.do(http.MethodPost, path, header, form.Encode()))
}

func (w *world) get(target string) answer {
	w.t.Helper()
	return w.decode(w.do(http.MethodGet, target, nil, ""))
}

// refused checks an error's status, OAuth code, AADSTS number, a part of its text, and the shape that all errors have.
func (a answer) refused(t testing.TB, status int, name string, code int, part string) {
	t.Helper()
	text, _ := a.body["error_description"].(string)
	codes, _ := a.body["error_codes"].([]any)
	if a.status != status || a.body["error"] != name || len(codes) != 1 || codes[0] != float64(code) {
		t.Fatalf("got %d %v %v %q; want %d %s %d", a.status, a.body["error"], codes, text, status, name, code)
	}
	if !strings.Contains(text, part) {
		t.Errorf("description %q does not contain %q", text, part)
	}
	trace, _ := a.body["trace_id"].(string)
	correlation, _ := a.body["correlation_id"].(string)
	when, _ := a.body["timestamp"].(string)
	if want := "\r\nTrace ID: " + trace + "\r\nCorrelation ID: " + correlation + "\r\nTimestamp: " + when; !strings.HasSuffix(text, want) {
		t.Errorf("description %q does not end with %q", text, want)
	}
	if _, err := time.Parse("2006-01-02 15:04:05Z", when); err != nil || len(trace) != 36 || len(correlation) != 36 {
		t.Errorf("timestamp %q, trace %q, correlation %q", when, trace, correlation)
	}
}

func (a answer) text(t testing.TB, name string) string {
	t.Helper()
	text, ok := a.body[name].(string)
	if !ok {
		t.Fatalf("%d: no %s in %v", a.status, name, a.body)
	}
	return text
}

// claims checks a token's signature against the published keys and returns its claims.
func (w *world) claims(raw string) map[string]any {
	w.t.Helper()
	parsed, err := jwt.ParseSigned(raw, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		w.t.Fatalf("token %q: %v", raw, err)
	}
	resp := w.do(http.MethodGet, "/common/discovery/v2.0/keys", nil, "")
	var set jose.JSONWebKeySet
	if err := json.NewDecoder(resp.Body).Decode(&set); err != nil {
		w.t.Fatal(err)
	}
	var claims map[string]any
	if err := parsed.Claims(&set, &claims); err != nil {
		w.t.Fatal(err)
	}
	return claims
}

// hold checks that claims have these values; nil means that the claim must not be there.
func (w *world) hold(claims, want map[string]any) {
	w.t.Helper()
	for name, value := range want {
		if got, ok := claims[name]; value == nil && ok || value != nil && got != value {
			w.t.Errorf("claim %s is %v, want %v", name, got, value)
		}
	}
}

const (
	v1 = "/" + tenantID + "/oauth2/token"
	v2 = "/" + tenantID + "/oauth2/v2.0/token"
)
