package vault_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/audit"
	"github.com/alcedo-cloud/alcedo/internal/caller"
	"github.com/alcedo-cloud/alcedo/internal/clock"
	"github.com/alcedo-cloud/alcedo/internal/cloud"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	front "github.com/alcedo-cloud/alcedo/internal/front/vault"
	"github.com/alcedo-cloud/alcedo/internal/rbac"
	"github.com/alcedo-cloud/alcedo/internal/rbac/assignments"
	"github.com/alcedo-cloud/alcedo/internal/store"
	"github.com/alcedo-cloud/alcedo/internal/store/storetest"
	"github.com/alcedo-cloud/alcedo/internal/token"
	"github.com/alcedo-cloud/alcedo/internal/vault"
	"github.com/alcedo-cloud/alcedo/internal/vault/rsabatch"
)

const (
	tenant  = "11111111-1111-1111-1111-111111111111"
	other   = "99999999-9999-9999-9999-999999999999"
	subID   = "22222222-2222-2222-2222-222222222222"
	vaultID = "/subscriptions/" + subID + "/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/"

	admin  = "aaaaaaaa-0000-0000-0000-000000000001" // all rights in both vaults
	reader = "bbbbbbbb-0000-0000-0000-000000000002" // whatever a test gives
	member = "cccccccc-0000-0000-0000-000000000003" // in the group staff
	nobody = "dddddddd-0000-0000-0000-000000000004"
	staff  = "eeeeeeee-0000-0000-0000-000000000005"

	adminRole   = "00482a5a-887f-4fb3-b363-3b7fe8e74483" // Key Vault Administrator
	secretsUser = "4633458b-17de-408a-b874-0445c86b69e6"
	kvReader    = "21090545-7ca7-4776-b22c-e363652d74d2"

	app = "12121212-3434-5656-7878-909090909090" // the application of every caller
)

// world is the front over two vaults in the China cloud: "kv", decided by access policies, and "roles", by roles.
type world struct {
	testing.TB
	http.Handler
	vaults      *vault.Service
	assignments *assignments.Service
	store       store.Store
	clock       *clock.Fake
	log         *bytes.Buffer
	from        string // remote address of requests
}

// verifier takes an object id for a token, with "/" and an application where it is not the usual one. Other words are
// refusals.
type verifier struct{}

func (verifier) Verify(_ context.Context, raw string, service cloud.Service) (caller.Caller, error) {
	if service != cloud.KeyVault {
		return caller.Caller{}, errors.New("asked for another service")
	}
	refusal := &token.Refusal{Audience: "https://management.chinacloudapi.cn", Issuer: "https://sts.chinacloudapi.cn/" + other + "/"}
	switch raw {
	case "broken":
		return caller.Caller{}, errors.New("the disk with the secret /path is on fire")
	case "audience":
		refusal.Reason = token.Audience
	case "evil":
		refusal.Reason, refusal.Audience = token.Audience, "\"\r\nX-Evil: 1\u00e9"+strings.Repeat("a", 9000)
	case "tenant":
		refusal.Reason = token.Tenant
	case "issuer":
		refusal.Reason = token.Issuer
	case "expired":
		refusal.Reason = token.Expired
	case "early":
		refusal.Reason = token.NotYetValid
	case "signature":
		refusal.Reason = token.Signature
	case "subject":
		refusal.Reason = token.Subject
	case "malformed":
		refusal.Reason = token.Malformed
	default:
		oid, appID, ok := strings.Cut(raw, "/")
		if !ok {
			appID = app
		}
		return caller.Caller{
			Kind: caller.ServicePrincipal, TenantID: tenant, ObjectID: oid, AppID: appID, Issuer: "https://sts.chinacloudapi.cn/" + tenant + "/",
		}, nil
	}
	return caller.Caller{}, &fault.Error{Kind: fault.Unauthenticated, Reason: refusal.Reason.String(), Message: "no", Cause: refusal}
}

// buffer is a log that handlers of several goroutines may write to.
type buffer struct {
	mu sync.Mutex
	b  *bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{
		TB: t, clock: clock.NewFake(time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)), store: storetest.Memory(t),
		log: new(bytes.Buffer), from: "192.0.2.7:5000",
	}
	groups := func(_ context.Context, id string) ([]string, error) {
		if id == member {
			return []string{staff}, nil
		}
		return nil, nil
	}
	var err error
	w.assignments, err = assignments.Open(t.Context(), assignments.Config{
		Store: w.store, Clock: w.clock, TenantID: tenant, Groups: groups,
		PrincipalType: func(context.Context, string) (rbac.PrincipalType, bool, error) {
			return rbac.ServicePrincipal, true, nil
		},
	})
	w.check(err)
	door := audit.New(audit.Config{Decider: w.assignments, Store: w.store, Clock: w.clock})
	t.Cleanup(func() {
		if err := door.Close(); err != nil && !errors.Is(err, store.ErrClosed) {
			t.Error(err)
		}
	})
	signatures, err := rsabatch.Open(2)
	if !errors.Is(err, errors.ErrUnsupported) { // where it is, crypto/rsa signs
		w.check(err)
		t.Cleanup(func() { w.check(signatures.Close()) })
	}
	w.vaults, err = vault.New(vault.Config{
		Signatures: signatures,
		Store:      w.store, Door: door, Clock: w.clock, Rand: rand.Reader, Root: bytes.Repeat([]byte{7}, vault.RootSize), Groups: groups,
	})
	w.check(err)
	china, err := cloud.ByName("AzureChinaCloud")
	w.check(err)
	w.Handler = front.New(front.Config{
		Vaults: w.vaults, Verifier: verifier{}, Cloud: china, TenantID: tenant, Rand: rand.Reader,
		Log: slog.New(slog.NewJSONHandler(&buffer{b: w.log}, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	all := []string{"all", "purge"}
	kv := definition("kv")
	kv.AccessPolicies = []vault.AccessPolicy{{TenantID: tenant, ObjectID: admin, Permissions: vault.Permissions{Keys: all, Secrets: all, Certificates: all}}}
	roles := definition("roles")
	roles.EnableRBAC = true
	w.define(kv)
	w.define(roles)
	w.grant(admin, adminRole, roles.ResourceID)
	return w
}

func definition(name string) vault.Vault {
	return vault.Vault{
		Name: name, ResourceID: vaultID + name, Location: "chinanorth", Geography: "China", TenantID: tenant, SKU: "standard",
		URI: "https://" + name + ".vault.azure.cn/", RetentionDays: 90, PublicNetworkAccess: "Enabled",
	}
}

func (w *world) check(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// define makes or changes a vault.
func (w *world) define(v vault.Vault) {
	w.Helper()
	w.check(w.store.Update(w.Context(), func(tx store.Tx) error { return w.vaults.PutVault(tx, v) }))
}

// policy gives reader's permissions on secrets in kv, beside admin's.
func (w *world) policies(more ...vault.AccessPolicy) {
	w.Helper()
	kv := definition("kv")
	all := []string{"all", "purge"}
	kv.AccessPolicies = append([]vault.AccessPolicy{
		{TenantID: tenant, ObjectID: admin, Permissions: vault.Permissions{Keys: all, Secrets: all, Certificates: all}},
	}, more...)
	w.define(kv)
}

// grant assigns a role.
func (w *world) grant(principal, role, scope string) {
	w.Helper()
	w.check(w.store.Update(w.Context(), func(tx store.Tx) error {
		return w.assignments.Assign(tx, rbac.Assignment{
			Scope: rbac.NewScope(scope), RoleName: role, PrincipalID: principal, PrincipalType: rbac.ServicePrincipal,
		})
	}))
}

// answer is what came back.
type answer struct {
	w      *world
	what   string
	status int
	header http.Header
	body   map[string]any
	text   string
}

// send makes a request; the path has a query with an api-version, 7.4 where none is written.
func (w *world) send(as, method, host, path, body string) *answer {
	w.Helper()
	if !strings.Contains(path, "api-version") {
		if strings.Contains(path, "?") {
			path += "&api-version=7.4"
		} else {
			path += "?api-version=7.4"
		}
	}
	return w.raw(as, method, host, path, body)
}

func (w *world) raw(as, method, host, path, body string) *answer {
	w.Helper()
	if !strings.Contains(host, ".") {
		host += ".vault.azure.cn"
	}
	r := httptest.NewRequest(method, "https://"+host+path, strings.NewReader(body))
	r.RemoteAddr = w.from
	if as != "" {
		r.Header.Set("Authorization", "Bearer "+as)
	}
	rec := httptest.NewRecorder()
	w.ServeHTTP(rec, r)
	a := &answer{w: w, what: method + " " + host + path, status: rec.Code, header: rec.Header(), text: rec.Body.String()}
	if a.text != "" {
		if err := json.Unmarshal(rec.Body.Bytes(), &a.body); err != nil {
			w.Fatalf("%s: %v: %s", a.what, err, a.text)
		}
	}
	return a
}

// ok wants success.
func (a *answer) ok(status int) *answer {
	a.w.Helper()
	if a.status != status {
		a.w.Fatalf("%s: %d, want %d: %s", a.what, a.status, status, a.text)
	}
	return a
}

// refused wants an error: code, inner code, and a message that is message, or contains it where it begins with "…".
func (a *answer) refused(status int, code, inner, message string) *answer {
	a.w.Helper()
	gotInner, _ := a.at("error.innererror.code").(string)
	text, _ := a.at("error.message").(string)
	fits := text == message
	if part, ok := strings.CutPrefix(message, "…"); ok {
		fits = strings.Contains(text, part)
	}
	if a.status != status || a.at("error.code") != code || gotInner != inner || !fits {
		a.w.Errorf("%s: %d %s\nwant %d %s/%s %q", a.what, a.status, a.text, status, code, inner, message)
	}
	return a
}

// at walks into a body: "attributes.enabled", "value.0.id".
func (a *answer) at(path string) any {
	var v any = a.body
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

// str is at as text.
func (a *answer) str(path string) string {
	s, _ := a.at(path).(string)
	return s
}

func (a *answer) len() int {
	v, _ := a.at("value").([]any)
	return len(v)
}

// want checks members of a body.
func (a *answer) want(members map[string]any) *answer {
	a.w.Helper()
	for path, want := range members {
		if n, ok := want.(int); ok {
			want = float64(n)
		}
		if got := a.at(path); got != want {
			a.w.Errorf("%s: %s is %v, want %v: %s", a.what, path, got, want, a.text)
		}
	}
	return a
}
