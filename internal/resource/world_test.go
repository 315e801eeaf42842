package resource_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/caller"
	"github.com/alcedo-cloud/alcedo/internal/clock"
	"github.com/alcedo-cloud/alcedo/internal/cloud"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/rbac"
	"github.com/alcedo-cloud/alcedo/internal/resource"
	"github.com/alcedo-cloud/alcedo/internal/store"
	"github.com/alcedo-cloud/alcedo/internal/store/storetest"
)

const (
	subID    = "22222222-2222-2222-2222-222222222222"
	tenantID = "11111111-1111-1111-1111-111111111111"
	sub      = "/subscriptions/" + subID
	base     = "https://management.chinacloudapi.cn"
)

// grant lets a caller take actions at a scope and below: "*", "*/read" or one action.
type grant struct{ who, action, scope string }

// door is a small decider: deny by default.
type door struct {
	grants  []grant
	asked   []rbac.Request // by Authorize
	allowed []bool
	quiet   bool // keeps no list: several goroutines ask
}

func (d *door) permits(c caller.Caller, r rbac.Request) bool {
	for _, g := range d.grants {
		if g.who != c.ObjectID || !rbac.NewScope(g.scope).Contains(r.Scope) {
			continue
		}
		action := strings.ToLower(r.Action)
		want := strings.ToLower(g.action)
		if want == "*" || want == action || strings.HasPrefix(want, "*/") && strings.HasSuffix(action, want[1:]) {
			return true
		}
	}
	return false
}

func (d *door) Authorize(_ context.Context, c caller.Caller, r rbac.Request) error {
	ok := d.permits(c, r)
	if !d.quiet {
		d.asked, d.allowed = append(d.asked, r), append(d.allowed, ok)
	}
	if ok {
		return nil
	}
	return &fault.Error{
		Kind: fault.Denied, Reason: "AuthorizationFailed", Message: "denied",
		Cause: &rbac.Denial{Caller: c, Action: r.Action, Scope: r.Scope},
	}
}

func (d *door) Permits(_ context.Context, c caller.Caller, r rbac.Request) (bool, error) {
	return d.permits(c, r), nil
}

// last is the request that was decided last.
func (d *door) last() rbac.Request { return d.asked[len(d.asked)-1] }

// world is a cloud with one subscription, the group "rg" and the toy provider.
type world struct {
	*testing.T
	svc     *resource.Service
	door    *door
	clock   *clock.Fake
	store   store.Store
	deleted []string // scopes that Config.Deleted was told
	removed []string // names that the toy's Delete hook saw, with "+" in a cascade
}

func newWorld(t *testing.T) *world {
	t.Helper()
	china, err := cloud.ByName("AzureChinaCloud")
	if err != nil {
		t.Fatal(err)
	}
	w := &world{
		T: t, door: &door{grants: []grant{{"owner", "*", "/"}}}, store: storetest.Memory(t),
		clock: clock.NewFake(time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)),
	}
	w.svc, err = resource.New(resource.Config{
		Store: w.store, Door: w.door, Clock: w.clock, Rand: rand.Reader, Cloud: china, TenantID: tenantID,
		Providers: []resource.Provider{w.toy()},
		Deleted: func(_ store.Tx, scope rbac.Scope) error { // transactions run one after another
			w.deleted = append(w.deleted, scope.String())
			return nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	err = w.store.Update(t.Context(), func(tx store.Tx) error { return w.svc.CreateSubscription(tx, subID, "Toys") })
	if err != nil {
		t.Fatal(err)
	}
	w.must(201, "PUT", sub+"/resourceGroups/rg", `{"location":"chinanorth"}`)
	return w
}

// toy is a provider with a tracked type, its children, an extension and an operation of its own.
func (w *world) toy() resource.Provider {
	versions := []string{"2024-01-01", "2019-01-01"}
	put := func(_ context.Context, ch *resource.Change) error {
		if ch.New.Properties["color"] == "octarine" {
			return fault.New(fault.Invalid, "toy", "ColorNotSupported", "The color 'octarine' is not supported.")
		}
		if ch.New.Hidden == nil {
			ch.New.Hidden = map[string]any{}
		}
		ch.New.Hidden["secret"] = "s3cret"
		return nil
	}
	var mu sync.Mutex
	remove := func(_ context.Context, ch *resource.Change) error {
		mu.Lock()
		defer mu.Unlock()
		name := ch.Old.Name
		if ch.Cascade {
			name += "+"
		}
		w.removed = append(w.removed, name)
		return nil
	}
	return resource.Provider{Namespace: "Toy.Box", Types: []resource.Type{
		{
			Name: "boxes", APIVersions: versions,
			Stored: &resource.Stored{Tracked: true, ETag: true, Put: put, Delete: remove, View: viewBox},
			CheckName: func(name string) error {
				if strings.Contains(name, "_") {
					return fault.New(fault.Invalid, "toy", "BoxNameInvalid", "No underscores.")
				}
				return nil
			},
			Actions: map[string]resource.Handler{"openLid": openLid, "link": link},
		},
		{Name: "boxes/drawers", APIVersions: versions, Stored: &resource.Stored{Put: put, Delete: remove}},
		{Name: "skies", APIVersions: versions, Global: true, Stored: &resource.Stored{Tracked: true, CreatedStatus: 200}},
		{Name: "labels", APIVersions: versions, Extension: true, Global: true, Stored: &resource.Stored{Delete: remove}},
		{
			Name: "checkName", APIVersions: versions,
			Actions: map[string]resource.Handler{"": func(context.Context, *resource.Call) (*resource.Answer, error) {
				return &resource.Answer{Body: json.RawMessage(`{"nameAvailable":true}`)}, nil
			}},
		},
		{
			Name: "open", APIVersions: versions, Extension: true,
			SelfAuthorized: func(c *resource.Call) bool { return c.Method == "GET" },
			Get: func(context.Context, *resource.Call) (*resource.Answer, error) {
				return &resource.Answer{Status: 200}, nil
			},
			Put: func(context.Context, *resource.Call) (*resource.Answer, error) {
				return &resource.Answer{Status: 200}, nil
			},
		},
	}}
}

// viewBox leaves the size out of the old version.
func viewBox(_ context.Context, c *resource.Call, d *resource.Document) (*resource.Document, error) {
	if c.APIVersion == "2019-01-01" {
		delete(d.Properties, "size")
	}
	return d, nil
}

func openLid(ctx context.Context, c *resource.Call) (*resource.Answer, error) {
	doc, err := c.Update(ctx, func(ch *resource.Change) error {
		ch.New.Properties["lid"] = "open"
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &resource.Answer{Status: 200, Body: doc}, nil
}

// link needs a permission on another resource.
func link(_ context.Context, c *resource.Call) (*resource.Answer, error) {
	if err := c.Authorize("Toy.Box/skies/join/action", rbac.NewScope(sub+"/resourceGroups/sky")); err != nil {
		return nil, err
	}
	return &resource.Answer{Status: 200}, nil
}

// answer is what a request came to.
type answer struct {
	status  int
	code    string // of an error
	message string
	header  map[string]string
	text    string
	body    map[string]any
	err     error
}

// options change a request.
type option func(*resource.Request)

func as(who string) option      { return func(r *resource.Request) { r.Caller = person(who) } }
func version(v string) option   { return func(r *resource.Request) { r.APIVersion = v } }
func ifMatch(tag string) option { return func(r *resource.Request) { r.IfMatch = tag } }
func ifNone(tag string) option  { return func(r *resource.Request) { r.IfNoneMatch = tag } }
func query(k, v string) option  { return func(r *resource.Request) { r.Query.Set(k, v) } }
func person(who string) caller.Caller {
	return caller.Caller{Kind: caller.User, TenantID: tenantID, ObjectID: who, Name: who + "@contoso.cn"}
}

// kinds are the statuses that the front gives faults, as far as these tests need them.
func statusOf(err error) int {
	switch fault.KindOf(err) {
	case fault.Invalid:
		return 400
	case fault.Unauthenticated:
		return 401
	case fault.Denied:
		return 403
	case fault.NotFound:
		return 404
	case fault.Unsupported:
		return 405
	case fault.Conflict, fault.Exists:
		return 409
	case fault.Precondition:
		return 412
	}
	return 500
}

// do makes a request as the owner. The version is one that the core and the toy both have, unless an option says other.
func (w *world) do(method, path, body string, options ...option) answer {
	w.Helper()
	r := &resource.Request{
		Caller: person("owner"), Method: method, Path: path, APIVersion: "2021-04-01", Query: url.Values{}, Body: []byte(body), BaseURL: base,
	}
	if strings.Contains(strings.ToLower(path), "toy.box/") && !strings.HasSuffix(path, "tags/default") {
		r.APIVersion = "2024-01-01"
	}
	if strings.Contains(path, "Authorization/locks") {
		r.APIVersion = "2020-05-01"
	}
	for _, o := range options {
		o(r)
	}
	a, err := w.svc.Do(w.Context(), r)
	if err != nil {
		out := answer{status: statusOf(err), code: fault.ReasonOf(err), err: err}
		var f *fault.Error
		if errors.As(err, &f) {
			out.message = f.Message
		}
		return out
	}
	out := answer{status: a.Status, header: a.Header}
	if out.status == 0 {
		out.status = 200
	}
	if a.Body != nil {
		text, err := json.Marshal(a.Body)
		if err != nil {
			w.Fatalf("%s %s: %v", method, path, err)
		}
		out.text = string(text)
		if err := json.Unmarshal(text, &out.body); err != nil {
			w.Fatalf("%s %s answered no object: %s", method, path, text)
		}
	}
	return out
}

// must makes a request and wants a status.
func (w *world) must(status int, method, path, body string, options ...option) answer {
	w.Helper()
	a := w.do(method, path, body, options...)
	if a.status != status {
		w.Fatalf("%s %s: status %d, want %d (%s %s)\n%s", method, path, a.status, status, a.code, a.message, a.text)
	}
	return a
}

// refuse makes a request and wants an error.
func (w *world) refuse(status int, code, message, method, path, body string, options ...option) answer {
	w.Helper()
	a := w.do(method, path, body, options...)
	if a.status != status || a.code != code {
		w.Fatalf("%s %s: %d %s, want %d %s (%s)", method, path, a.status, a.code, status, code, a.message)
	}
	if !strings.Contains(a.message, message) {
		w.Fatalf("%s %s: message %q lacks %q", method, path, a.message, message)
	}
	return a
}

// at digs in a body: at("properties", "color").
func (a answer) at(path ...string) any {
	var v any = a.body
	for _, p := range path {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[p]
	}
	return v
}

// names are the names of a list's rows.
func (a answer) names() string {
	var out []string
	rows, _ := a.body["value"].([]any)
	for _, row := range rows {
		m, _ := row.(map[string]any)
		name, _ := m["name"].(string)
		out = append(out, name)
	}
	return strings.Join(out, " ")
}

const (
	rg    = sub + "/resourceGroups/rg"
	boxes = rg + "/providers/Toy.Box/boxes"
	skies = rg + "/providers/Toy.Box/skies"
)
