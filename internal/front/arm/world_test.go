package arm_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/caller"
	"github.com/alcedo-cloud/alcedo/internal/clock"
	"github.com/alcedo-cloud/alcedo/internal/cloud"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/front/arm"
	"github.com/alcedo-cloud/alcedo/internal/rbac"
	"github.com/alcedo-cloud/alcedo/internal/resource"
	"github.com/alcedo-cloud/alcedo/internal/store"
	"github.com/alcedo-cloud/alcedo/internal/store/storetest"
	"github.com/alcedo-cloud/alcedo/internal/token"
)

const (
	subID    = "22222222-2222-2222-2222-222222222222"
	tenantID = "11111111-1111-1111-1111-111111111111"
	other    = "99999999-9999-9999-9999-999999999999"
	sub      = "/subscriptions/" + subID
	rg       = sub + "/resourceGroups/rg"
	boxes    = rg + "/providers/Toy.Box/boxes"
)

// door lets the owner do everything, and the others what their names say.
type door struct {
	conditional bool
	seen        string // correlation id of the last decision
}

func (d *door) Authorize(_ context.Context, c caller.Caller, r rbac.Request) error {
	d.seen = c.RequestID
	if ok, err := d.Permits(context.Background(), c, r); ok || err != nil {
		return err
	}
	return &fault.Error{
		Kind: fault.Denied, Reason: "AuthorizationFailed", Message: "denied",
		Cause: &rbac.Denial{Caller: c, Action: r.Action, Scope: r.Scope, Condition: d.conditional},
	}
}

func (d *door) Permits(_ context.Context, c caller.Caller, r rbac.Request) (bool, error) {
	switch c.ObjectID {
	case "owner":
		return true, nil
	case "boxer":
		return strings.HasPrefix(r.Action, "Toy.Box/boxes/"), nil
	}
	return false, nil
}

// verifier takes the token for the caller's object id, and refuses as the token's name says.
type verifier struct{ now time.Time }

func (v verifier) Verify(_ context.Context, raw string, service cloud.Service) (caller.Caller, error) {
	if service != cloud.ResourceManager {
		return caller.Caller{}, errors.New("asked for another service")
	}
	refusal := &token.Refusal{
		Audience: "https://vault.azure.cn", Issuer: "https://sts.chinacloudapi.cn/" + other + "/", ObjectID: "x",
		Now: v.now, Expires: v.now.Add(-time.Hour),
	}
	switch raw {
	case "owner", "boxer", "eve":
		return caller.Caller{Kind: caller.User, TenantID: tenantID, ObjectID: raw, Name: raw + "@contoso.cn"}, nil
	case "app":
		return caller.Caller{Kind: caller.ServicePrincipal, TenantID: tenantID, ObjectID: "app-oid", AppID: "app-id"}, nil
	case "broken":
		return caller.Caller{}, errors.New("the disk with the secret /path is on fire")
	case "expired":
		refusal.Reason = token.Expired
	case "audience":
		refusal.Reason = token.Audience
	case "tenant":
		refusal.Reason = token.Tenant
	case "subject":
		refusal.Reason = token.Subject
	case "early":
		refusal.Reason = token.NotYetValid
	case "noid":
		refusal.Reason, refusal.ObjectID = token.Malformed, ""
	case "evil":
		refusal.Reason, refusal.Audience = token.Audience, "\"\r\nX-Evil: 1\u00e9"+strings.Repeat("a", 9000)
	case "signature":
		refusal.Reason = token.Signature
	default:
		refusal.Reason, refusal.Audience = token.Malformed, ""
	}
	return caller.Caller{}, &fault.Error{Kind: fault.Unauthenticated, Reason: refusal.Reason.String(), Message: "no", Cause: refusal}
}

type world struct {
	testing.TB
	http.Handler
	door *door
	svc  *resource.Service
}

func newWorld(t testing.TB, name string) *world {
	t.Helper()
	c, err := cloud.ByName(name)
	if err != nil {
		t.Fatal(err)
	}
	now := clock.NewFake(time.Date(2026, 11, 23, 10, 11, 12, 0, time.UTC))
	db, d := storetest.Memory(t), &door{}
	put := func(_ context.Context, ch *resource.Change) error {
		if ch.New.Properties["panic"] == true {
			panic("a hook of the toy")
		}
		return nil
	}
	svc, err := resource.New(resource.Config{
		Store: db, Door: d, Clock: now, Rand: rand.Reader, Cloud: c, TenantID: tenantID,
		Providers: []resource.Provider{{Namespace: "Toy.Box", Types: []resource.Type{{
			Name: "boxes", APIVersions: []string{"2024-01-01", "2021-04-01"}, Stored: &resource.Stored{Tracked: true, Put: put},
			Actions: map[string]resource.Handler{"link": func(_ context.Context, call *resource.Call) (*resource.Answer, error) {
				return &resource.Answer{Status: 200}, call.Authorize("Toy.Sky/join/action", rbac.NewScope(sub+"/resourceGroups/sky"))
			}},
		}}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(context.Background(), func(tx store.Tx) error { return svc.CreateSubscription(tx, subID, "Toys") })
	if err != nil {
		t.Fatal(err)
	}
	w := &world{TB: t, door: d, svc: svc, Handler: arm.New(arm.Config{
		Resources: svc, Verifier: verifier{now.Now()}, Cloud: c, TenantID: tenantID, Clock: now, Rand: rand.Reader,
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	})}
	location := c.Locations[0].Name
	w.want(201, "PUT", rg+"?api-version=2021-04-01", `{"location":"`+location+`"}`)
	w.want(201, "PUT", boxes+"/b?api-version=2024-01-01", `{"location":"`+location+`"}`)
	return w
}

// answer is what came back.
type answer struct {
	*httptest.ResponseRecorder
	body map[string]any
}

func (a *answer) errorAt(name string) string {
	e, _ := a.body["error"].(map[string]any)
	s, _ := e[name].(string)
	return s
}

// do makes a request. Headers are "Name: value"; without an Authorization among them it is the owner's. One with an
// empty value is left out.
func (w *world) do(method, target, body string, headers ...string) *answer {
	w.Helper()
	var reader io.Reader
	if body != "" {
		reader = strings.NewReader(body)
	}
	r := httptest.NewRequest(method, "https://management.chinacloudapi.cn"+target, reader)
	r.Header.Set("Authorization", "Bearer owner")
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ":")
		if value = strings.TrimSpace(value); value == "" {
			r.Header.Del(name)
		} else {
			r.Header.Set(name, value)
		}
	}
	rec := httptest.NewRecorder()
	w.ServeHTTP(rec, r)
	a := &answer{ResponseRecorder: rec}
	if rec.Body.Len() > 0 {
		if got := rec.Header().Get("Content-Type"); got != "application/json; charset=utf-8" {
			w.Fatalf("%s %s: Content-Type %q", method, target, got)
		}
		if !json.Valid(rec.Body.Bytes()) {
			w.Fatalf("%s %s: no JSON: %s", method, target, rec.Body)
		}
		_ = json.Unmarshal(rec.Body.Bytes(), &a.body) // a list of clouds is no object
	}
	return a
}

func (w *world) want(status int, method, target, body string, headers ...string) *answer {
	w.Helper()
	a := w.do(method, target, body, headers...)
	if a.Code != status {
		w.Fatalf("%s %s: %d, want %d\n%s", method, target, a.Code, status, a.Body)
	}
	return a
}

// refuse wants an error with this code and exactly this message, where one is given.
func (w *world) refuse(status int, code, message, method, target, body string, headers ...string) *answer {
	w.Helper()
	a := w.want(status, method, target, body, headers...)
	if method == "HEAD" {
		return a
	}
	if got := a.errorAt("code"); got != code {
		w.Errorf("%s %s: code %s, want %s (%s)", method, target, got, code, a.errorAt("message"))
	}
	if got := a.errorAt("message"); message != "" && got != message {
		w.Errorf("%s %s: message\n%s\nwant\n%s", method, target, got, message)
	}
	return a
}
