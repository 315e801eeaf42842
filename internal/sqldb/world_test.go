package sqldb

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/caller"
	"github.com/alcedo-cloud/alcedo/internal/clock"
	"github.com/alcedo-cloud/alcedo/internal/directory"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/store"
	"github.com/alcedo-cloud/alcedo/internal/store/storetest"
)

// Principals of the tests' directory.
const (
	tenant   = "11111111-1111-4111-8111-111111111111"
	bossID   = "22222222-2222-4222-8222-222222222222" // a user, the server's Entra administrator
	webID    = "33333333-3333-4333-8333-333333333333" // a machine's service principal
	webApp   = "44444444-4444-4444-8444-444444444444"
	otherID  = "55555555-5555-4555-8555-555555555555"
	otherApp = "66666666-6666-4666-8666-666666666666"
	groupID  = "77777777-7777-4777-8777-777777777777"
)

// tenantDirectory is a directory in memory.
type tenantDirectory struct {
	all    []directory.Principal
	gone   map[string]bool
	groups map[string][]string
}

func (d *tenantDirectory) find(want func(directory.Principal) bool) []directory.Principal {
	var out []directory.Principal
	for _, p := range d.all {
		if want(p) && !d.gone[p.ObjectID] {
			out = append(out, p)
		}
	}
	return out
}

func first(list []directory.Principal) (directory.Principal, bool, error) {
	if len(list) == 0 {
		return directory.Principal{}, false, nil
	}
	return list[0], true, nil
}

func (d *tenantDirectory) Principal(_ context.Context, id string) (directory.Principal, bool, error) {
	return first(d.find(func(p directory.Principal) bool { return p.ObjectID == id }))
}

func (d *tenantDirectory) PrincipalByAppID(_ context.Context, id string) (directory.Principal, bool, error) {
	return first(d.find(func(p directory.Principal) bool { return p.AppID == id }))
}

func (d *tenantDirectory) PrincipalsByName(_ context.Context, name string) ([]directory.Principal, error) {
	return d.find(func(p directory.Principal) bool { return strings.EqualFold(p.DisplayName, name) }), nil
}

func (d *tenantDirectory) Active(_ context.Context, id string) (bool, error) { return !d.gone[id], nil }

func (d *tenantDirectory) Groups(_ context.Context, id string) ([]string, error) {
	return d.groups[id], nil
}

// world is a server with a database.
type world struct {
	t testing.TB
	*Service
	store     store.Store
	clock     *clock.Fake
	directory *tenantDirectory
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{
		t: t, store: storetest.Memory(t), clock: clock.NewFake(time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)),
		directory: &tenantDirectory{gone: map[string]bool{}, groups: map[string][]string{}, all: []directory.Principal{
			{ObjectID: bossID, Type: directory.TypeUser, DisplayName: "Boss", UserPrincipalName: "boss@alcedo.onmicrosoft.com"},
			{ObjectID: webID, Type: directory.TypeServicePrincipal, DisplayName: "web", AppID: webApp},
			{ObjectID: otherID, Type: directory.TypeServicePrincipal, DisplayName: "other", AppID: otherApp},
			{ObjectID: groupID, Type: directory.TypeGroup, DisplayName: "Readers"},
			{ObjectID: "88888888-8888-4888-8888-888888888881", Type: directory.TypeServicePrincipal, DisplayName: "twin", AppID: "1"},
			{ObjectID: "88888888-8888-4888-8888-888888888882", Type: directory.TypeServicePrincipal, DisplayName: "twin", AppID: "2"},
		}},
	}
	w.open()
	hash, err := w.Hash("Pa55word!x")
	if err != nil {
		t.Fatal(err)
	}
	w.update(func(tx store.Tx) error {
		err := w.PutServer(tx, Server{
			Name: "srv", ResourceID: "/srv", TenantID: tenant, AdminLogin: "sqladmin", AdminPassword: hash, PublicNetwork: true,
			Administrator: &Administrator{Login: "boss", ObjectID: bossID, TenantID: tenant, Type: "User"},
			Firewall:      []FirewallRule{{Name: "azure", Start: netip.IPv4Unspecified(), End: netip.IPv4Unspecified()}},
		})
		if err != nil {
			return err
		}
		_, err = w.CreateDatabase(tx, "srv", "app", DatabaseSettings{Retention: time.Hour})
		return err
	})
	return w
}

// open makes the service anew over the same store, as a restart does.
func (w *world) open() {
	w.t.Helper()
	var err error
	w.Service, err = New(Config{
		Store: w.store, Clock: w.clock, Rand: rand.Reader, Directory: w.directory, Suffix: "database.windows.net", TenantID: tenant,
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) update(fn func(store.Tx) error) {
	w.t.Helper()
	if err := w.store.Update(w.t.Context(), fn); err != nil {
		w.t.Fatal(err)
	}
}

func machineCaller(object, app string) *caller.Caller {
	return &caller.Caller{Kind: caller.ManagedIdentity, TenantID: tenant, ObjectID: object, AppID: app}
}

func boss() *caller.Caller {
	return &caller.Caller{Kind: caller.User, TenantID: tenant, ObjectID: bossID, Name: "boss@alcedo.onmicrosoft.com"}
}

// login fills in what tests leave out.
func (w *world) login(l Login) (Session, error) {
	if l.Server == "" {
		l.Server = "srv"
	}
	if l.Database == "" {
		l.Database = "app"
	}
	if !l.Client.IsValid() {
		l.Client = netip.MustParseAddr("127.0.0.1")
	}
	return w.Login(w.t.Context(), l)
}

// as opens a session that must be let in.
func (w *world) as(c *caller.Caller) *talk {
	w.t.Helper()
	s, err := w.login(Login{Caller: c})
	if err != nil {
		w.t.Fatal(err)
	}
	return w.talk(s)
}

func (w *world) talk(s Session) *talk {
	w.t.Cleanup(func() {
		if err := s.Close(); err != nil {
			w.t.Error(err)
		}
	})
	return &talk{t: w.t, session: s}
}

// talk asks a session.
type talk struct {
	t       testing.TB
	session Session
}

// ask runs a batch and gives what came back: rows with | between the cells, and "Msg n: text" for messages.
func (k *talk) ask(batch string) string {
	k.t.Helper()
	out := &recorder{}
	if err := k.session.Batch(k.t.Context(), batch, out); err != nil {
		out.lines = append(out.lines, "ended: "+err.Error())
	}
	return strings.Join(out.lines, "\n")
}

// want asks and compares; want's lines may be cut short with "…".
func (k *talk) want(batch string, lines ...string) {
	k.t.Helper()
	got := strings.Split(k.ask(batch), "\n")
	if len(got) == 1 && got[0] == "" {
		got = nil
	}
	ok := len(got) == len(lines)
	for i := range lines {
		if !ok {
			break
		}
		if head, cut := strings.CutSuffix(lines[i], "…"); cut {
			ok = strings.HasPrefix(got[i], head)
		} else {
			ok = got[i] == lines[i]
		}
	}
	if !ok {
		k.t.Errorf("%s\ngot:\n  %s\nwant:\n  %s", batch, strings.Join(got, "\n  "), strings.Join(lines, "\n  "))
	}
}

// recorder writes an answer down.
type recorder struct {
	columns []plan.Column
	lines   []string
	done    []Done
	outputs []Output
	status  []int32
	changes []Change
}

func (r *recorder) Columns(c []plan.Column) error { r.columns = c; return nil }

func (r *recorder) Row(row []value.Value) error {
	cells := make([]string, len(row))
	for i, v := range row {
		cells[i] = cell(v, r.columns[i].Type)
	}
	r.lines = append(r.lines, strings.Join(cells, "|"))
	return nil
}

func cell(v value.Value, t value.Type) string {
	if v.IsNull() {
		return "NULL"
	}
	if t.ID == value.Variant {
		v, t = v.Variant()
	}
	text, err := value.Convert(v, t, value.Type{ID: value.NVarChar, Length: value.Max}, value.NoStyle)
	if err != nil {
		return err.Error()
	}
	return text.Text()
}

func (r *recorder) Message(m *value.Error) error {
	if m.Number == 3621 {
		return nil // follows each statement that was undone
	}
	r.lines = append(r.lines, fmt.Sprintf("Msg %d: %s", m.Number, m.Text))
	return nil
}

func (r *recorder) Done(d Done) error     { r.done = append(r.done, d); return nil }
func (r *recorder) Change(c Change) error { r.changes = append(r.changes, c); return nil }
func (r *recorder) Status(n int32) error  { r.status = append(r.status, n); return nil }
func (r *recorder) Output(o Output) error { r.outputs = append(r.outputs, o); return nil }
