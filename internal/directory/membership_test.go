package directory

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

func (w *world) groups(t testing.TB, id string) []string {
	t.Helper()
	got, err := w.Groups(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func ids(groups ...Group) []string {
	var out []string
	for _, g := range groups {
		out = append(out, g.ObjectID)
	}
	slices.Sort(out)
	return out
}

func TestGroupsAreTransitive(t *testing.T) {
	w := newWorld(t)
	u := w.user(t, "anna")
	a := w.group(t, "a", u.ObjectID)
	b := w.group(t, "b", a.ObjectID)
	c := w.group(t, "c", b.ObjectID)
	d := w.group(t, "d", a.ObjectID, c.ObjectID) // a diamond
	aside := w.group(t, "aside", w.user(t, "berta").ObjectID)
	if got := w.groups(t, u.ObjectID); !slices.Equal(got, ids(a, b, c, d)) {
		t.Errorf("groups %v", got)
	}
	if got := w.groups(t, c.ObjectID); !slices.Equal(got, ids(d)) {
		t.Errorf("groups of a group %v", got)
	}
	if got := w.groups(t, d.ObjectID); len(got) != 0 {
		t.Errorf("groups of the top %v", got)
	}
	if slices.Contains(w.groups(t, u.ObjectID), aside.ObjectID) {
		t.Error("in a group that is not the user's")
	}
	// A cached answer must not outlive a membership.
	w.update(t, func(tx store.Tx) error { return w.RemoveMember(tx, b.ObjectID, a.ObjectID) })
	if got := w.groups(t, u.ObjectID); !slices.Equal(got, ids(a, d)) {
		t.Errorf("groups %v after leaving one", got)
	}
	w.update(t, func(tx store.Tx) error { return w.DeletePrincipal(tx, a.ObjectID) })
	if got := w.groups(t, u.ObjectID); len(got) != 0 {
		t.Errorf("groups %v after the group's deletion", got)
	}
	if got := w.groups(t, c.ObjectID); !slices.Equal(got, ids(d)) {
		t.Errorf("groups of c %v", got)
	}
}

func TestGroupCycleEnds(t *testing.T) {
	w := newWorld(t)
	u := w.user(t, "anna")
	a := w.group(t, "a", u.ObjectID)
	b := w.group(t, "b", a.ObjectID)
	w.update(t, func(tx store.Tx) error { return w.AddMember(tx, a.ObjectID, b.ObjectID) })
	done := make(chan []string, 1)
	go func() {
		got, _ := w.Groups(t.Context(), u.ObjectID)
		done <- got
	}()
	select {
	case got := <-done:
		if !slices.Equal(got, ids(a, b)) {
			t.Errorf("groups %v", got)
		}
	case <-time.After(30 * time.Second): // a hang, not a race with the machine
		t.Fatal("a cycle of groups hangs")
	}
	if list, err := w.ReadMembers(t.Context(), w.admin, a.ObjectID, true); err != nil || len(list) != 3 {
		t.Errorf("transitive members %v, %v", list, err)
	}
}

func TestMembershipRefusals(t *testing.T) {
	w := newWorld(t)
	u := w.user(t, "anna")
	g := w.group(t, "g", u.ObjectID)
	for _, x := range []struct {
		name, group, member string
		want                fault.Kind
	}{
		{"again", g.ObjectID, u.ObjectID, fault.Exists},
		{"itself", g.ObjectID, g.ObjectID, fault.Invalid},
		{"nobody", g.ObjectID, testTenant, fault.NotFound},
		{"empty", g.ObjectID, "", fault.NotFound},
		{"into a user", u.ObjectID, g.ObjectID, fault.NotFound},
		{"a key of two parts", g.ObjectID, "a\x00b", fault.NotFound},
	} {
		wantKind(t, x.name, w.try(t, func(tx store.Tx) error { return w.AddMember(tx, x.group, x.member) }), x.want)
	}
	for _, member := range []string{testTenant, "", "a\x00b"} {
		wantKind(t, "remove", w.try(t, func(tx store.Tx) error { return w.RemoveMember(tx, g.ObjectID, member) }), fault.NotFound)
	}
}

func TestGroupsCachedAllocatesNothing(t *testing.T) {
	w := newWorld(t)
	u := w.user(t, "anna")
	w.group(t, "a", u.ObjectID)
	w.groups(t, u.ObjectID)
	ctx := t.Context()
	if n := testing.AllocsPerRun(100, func() { _, _ = w.Groups(ctx, u.ObjectID) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
	if n := testing.AllocsPerRun(100, func() { _, _ = w.Active(ctx, u.ObjectID) }); n != 0 {
		t.Errorf("Active: %v allocations", n)
	}
}

func TestGroupsOfStrangersAreNotCached(t *testing.T) {
	w := newWorld(t)
	st, err := w.mirror.View(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i := range 1000 {
		w.groups(t, fmt.Sprintf("stranger-%d", i))
	}
	if n := len(st.transitive); n != 0 {
		t.Errorf("%d made-up ids are cached", n)
	}
}

func BenchmarkGroupsCached(b *testing.B) {
	w := newWorld(b)
	u := w.user(b, "anna")
	id := u.ObjectID
	for i := range 5 {
		id = w.group(b, fmt.Sprint(i), id).ObjectID
	}
	b.ReportAllocs()
	for b.Loop() {
		if got, err := w.Groups(b.Context(), u.ObjectID); err != nil || len(got) != 5 {
			b.Fatal(got, err)
		}
	}
}

func BenchmarkActive(b *testing.B) {
	w := newWorld(b)
	u := w.user(b, "anna")
	for b.Loop() {
		if ok, err := w.Active(b.Context(), u.ObjectID); !ok || err != nil {
			b.Fatal(err)
		}
	}
}
