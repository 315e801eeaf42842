package audit

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/caller"
	"github.com/alcedo-cloud/alcedo/internal/clock"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/rbac"
	"github.com/alcedo-cloud/alcedo/internal/store"
	"github.com/alcedo-cloud/alcedo/internal/store/storetest"
)

const (
	robot = "bbbbbbbb-0000-0000-0000-000000000002"
	staff = "cccccccc-0000-0000-0000-000000000003"
	rg    = "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg"
	vm    = rg + "/providers/Microsoft.Compute/virtualMachines/web"
)

var reader = &rbac.Role{Name: "acdd72a7-3385-48ef-bd42-f606fba81ae7", RoleName: "Reader"}

// decider allows reads to all.
type decider struct{ err error }

func (d decider) Decide(_ context.Context, _ caller.Caller, r rbac.Request) (rbac.Decision, error) {
	if d.err != nil || !strings.HasSuffix(r.Action, "/read") {
		return rbac.Decision{Condition: strings.HasSuffix(r.Action, "/conditional")}, d.err
	}
	return rbac.Decision{Allowed: true, Role: reader, Assignment: &rbac.Assignment{Name: "n", Scope: rbac.NewScope(rg), PrincipalID: staff}}, nil
}

func open(t *testing.T, s store.Store, change func(*Config)) (*Log, *clock.Fake) {
	t.Helper()
	fake := clock.NewFake(time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC))
	c := Config{Decider: decider{}, Store: s, Clock: fake}
	if change != nil {
		change(&c)
	}
	l := New(c)
	t.Cleanup(func() {
		if err := l.Close(); err != nil && !errors.Is(err, store.ErrClosed) {
			t.Error(err)
		}
	})
	return l, fake
}

func ask(l *Log, action, scope string) error {
	who := caller.Caller{Kind: caller.ManagedIdentity, ObjectID: robot, AppID: "app", RequestID: "request-" + action}
	return l.Authorize(context.Background(), who, rbac.Request{Action: action, Scope: rbac.NewScope(scope)})
}

func TestAuthorize(t *testing.T) {
	l, _ := open(t, storetest.Memory(t), nil)
	if err := ask(l, "a/read", vm); err != nil {
		t.Fatal(err)
	}
	err := ask(l, "a/conditional", vm)
	var denial *rbac.Denial
	if !fault.Is(err, fault.Denied) || fault.ReasonOf(err) != "AuthorizationFailed" || !errors.As(err, &denial) {
		t.Fatalf("%v", err)
	}
	if denial.Action != "a/conditional" || denial.Scope.String() != vm || denial.Caller.ObjectID != robot || !denial.Condition {
		t.Errorf("%+v", denial)
	}
	entries, err := l.Entries(t.Context(), Filter{})
	if err != nil || len(entries) != 2 {
		t.Fatalf("%v %v", entries, err)
	}
	if e := entries[1]; !e.Allowed || e.Role != "Reader" || e.RoleScope != rg || e.AssignedTo != staff ||
		e.Assignment != rg+"/providers/Microsoft.Authorization/roleAssignments/n" || e.RequestID != "request-a/read" || e.Sequence != 1 {
		t.Errorf("%+v", e)
	}
	if e := entries[0]; e.Allowed || e.Role != "" || !e.Condition || e.Sequence != 2 {
		t.Errorf("%+v", e)
	}
	if ok, err := l.Permits(t.Context(), caller.Caller{ObjectID: robot}, rbac.Request{Action: "a/write", Scope: rbac.Root}); ok || err != nil {
		t.Errorf("permitted: %v %v", ok, err)
	}
	if entries, _ := l.Entries(t.Context(), Filter{}); len(entries) != 2 {
		t.Error("Permits was recorded")
	}
}

func TestFailureIsNoDecision(t *testing.T) {
	away := errors.New("away")
	l, _ := open(t, storetest.Memory(t), func(c *Config) { c.Decider = decider{away} })
	err := ask(l, "a/read", vm)
	if !errors.Is(err, away) || fault.KindOf(err) != fault.Internal {
		t.Errorf("%v", err)
	}
	if entries, err := l.Entries(t.Context(), Filter{}); len(entries) != 0 || err != nil {
		t.Errorf("recorded: %v %v", entries, err)
	}
}

func TestFilter(t *testing.T) {
	l, fake := open(t, storetest.Memory(t), nil)
	for i, a := range []string{"a/read", "a/write", "b/read", "b/write"} {
		if err := ask(l, a, fmt.Sprint(rg, i)); err != nil && !fault.Is(err, fault.Denied) {
			t.Fatal(err)
		}
		fake.Advance(time.Minute)
	}
	for _, c := range []struct {
		f    Filter
		want string
	}{
		{Filter{}, "4321"},
		{Filter{Most: 2}, "43"},
		{Filter{Denied: true}, "42"},
		{Filter{Denied: true, Most: 1}, "4"},
		{Filter{Action: "A/"}, "21"},
		{Filter{Caller: strings.ToUpper(robot)}, "4321"},
		{Filter{Caller: "app", Action: "read"}, "31"},
		{Filter{Caller: "other"}, ""},
		{Filter{Scope: rg}, ""},
		{Filter{Scope: rg + "1"}, "2"},
		{Filter{Scope: "/subscriptions/22222222-2222-2222-2222-222222222222/"}, "4321"},
		{Filter{RequestID: "request-b/read"}, "3"},
		{Filter{Since: fake.Now().Add(-90 * time.Second)}, "4"},
	} {
		entries, err := l.Entries(t.Context(), c.f)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, e := range entries {
			got += fmt.Sprint(e.Sequence)
		}
		if got != c.want {
			t.Errorf("%+v: %s, want %s", c.f, got, c.want)
		}
	}
}

// TestRestart: what was decided is there after a restart, in order, and numbers go on.
func TestRestart(t *testing.T) {
	s := storetest.Memory(t)
	for run := range 3 {
		l, fake := open(t, s, nil)
		fake.Advance(time.Duration(run) * time.Hour)
		if run == 2 {
			entries, err := l.Entries(t.Context(), Filter{Most: 3})
			if err != nil || len(entries) != 3 || entries[0].Sequence != 4 || entries[0].Action != "run1/1/read" || entries[0].Role != "Reader" {
				t.Errorf("%+v %v", entries, err)
			}
			return
		}
		for i := range 2 {
			fake.Advance(time.Second)
			if err := ask(l, fmt.Sprintf("run%d/%d/read", run, i), vm); err != nil {
				t.Fatal(err)
			}
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestRingIsBounded: the newest decisions stay, whatever their number and size.
func TestRingIsBounded(t *testing.T) {
	l, _ := open(t, storetest.Memory(t), nil)
	const extra = 100
	for i := range ringSize + extra {
		if err := ask(l, fmt.Sprintf("a/%d/read", i), vm); err != nil {
			t.Fatal(err)
		}
	}
	if _, ok := l.entry(extra); ok {
		t.Error("the ring kept what it has no place for")
	}
	if e, ok := l.entry(extra + 1); !ok || e.Action != fmt.Sprintf("a/%d/read", extra) {
		t.Errorf("%+v %v", e, ok)
	}
	if err := ask(l, strings.Repeat("x", 100_000)+"/read", "/"+strings.Repeat("y", 100_000)); err != nil {
		t.Fatal(err)
	}
	entries, err := l.Entries(t.Context(), Filter{Most: 1})
	if err != nil || len(entries) != 1 || len(entries[0].Action) != maxText || len(entries[0].Scope) != maxText {
		t.Error("a long text was kept whole")
	}
}

func TestTrim(t *testing.T) {
	s := storetest.Memory(t)
	l, fake := open(t, s, nil)
	count := func() (n int) {
		err := store.View(t.Context(), s, func(r store.Reader) error {
			prefix := store.Prefix("audit", "entry")
			for _, err := range r.Scan(prefix, store.End(prefix)) {
				if err != nil {
					return err
				}
				n++
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	for range 5 {
		for range ringSize {
			fake.Advance(time.Millisecond)
			l.record(caller.Caller{ObjectID: robot}, &rbac.Request{Action: "a/read", Scope: rbac.Root}, rbac.Decision{})
		}
		if err := l.flush(t.Context(), ringSize); err != nil {
			t.Fatal(err)
		}
		if n := count(); n > keptSize+keptSlack {
			t.Errorf("%d decisions are stored", n)
		}
	}
	if n := count(); n < keptSize {
		t.Errorf("only %d decisions are stored", n)
	}
	entries, err := l.Entries(t.Context(), Filter{})
	if err != nil || entries[0].Sequence != 5*ringSize {
		t.Fatal("the newest is gone", err)
	}
	for i := 1; i < len(entries); i++ {
		if entries[i].Sequence != entries[i-1].Sequence-1 {
			t.Fatalf("%d comes after %d", entries[i].Sequence, entries[i-1].Sequence)
		}
	}
}

func TestConcurrentDecisions(t *testing.T) {
	l, _ := open(t, storetest.Memory(t), nil)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 300 {
				if err := ask(l, "a/read", vm); err != nil {
					t.Error(err)
				}
			}
		})
		wg.Go(func() {
			for range 5 {
				if _, err := l.Entries(context.Background(), Filter{Most: 10}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	entries, err := l.Entries(t.Context(), Filter{})
	if err != nil || len(entries) != 1200 {
		t.Errorf("%d entries, %v", len(entries), err)
	}
}

func TestAuthorizeDoesNotAllocate(t *testing.T) {
	l, _ := open(t, storetest.Memory(t), func(c *Config) { c.Decider = fixed{} })
	ctx, who := context.Background(), caller.Caller{ObjectID: robot}
	r := rbac.Request{Action: "a/read", Scope: rbac.NewScope(vm)}
	if err := l.Close(); err != nil { // the writer would count
		t.Fatal(err)
	}
	n := testing.AllocsPerRun(200, func() {
		if err := l.Authorize(ctx, who, r); err != nil {
			t.Fatal(err)
		}
	})
	if n != 0 {
		t.Errorf("%v allocations", n)
	}
}

type fixed struct{}

func (fixed) Decide(context.Context, caller.Caller, rbac.Request) (rbac.Decision, error) {
	return rbac.Decision{Allowed: true, Role: reader}, nil
}

func BenchmarkAuthorize(b *testing.B) {
	l := New(Config{Decider: fixed{}, Store: storetest.Memory(b), Clock: clock.System{}})
	defer l.Close()
	who := caller.Caller{ObjectID: robot}
	r := rbac.Request{Action: "a/read", Scope: rbac.NewScope(vm)}
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := l.Authorize(context.Background(), who, r); err != nil {
				b.Error(err)
			}
		}
	})
}
