package directory

import (
	"slices"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/store"
)

// shared is a store that other processes write to.
type shared struct{ store.Store }

func (shared) Shared() bool { return true }

// TestReplicasAgree has two directories on one store, as two processes on one database are.
func TestReplicasAgree(t *testing.T) {
	one := newWorld(t)
	both := shared{one.store}
	one.open(t, both)
	two := &world{clock: one.clock, admin: one.admin}
	two.open(t, both)
	u := one.user(t, "anna")
	if ok, err := two.Active(t.Context(), u.ObjectID); err != nil || !ok {
		t.Errorf("the other replica does not see a new user: %v", err)
	}
	g := two.group(t, "g", u.ObjectID)
	if got := one.groups(t, u.ObjectID); !slices.Equal(got, []string{g.ObjectID}) {
		t.Errorf("groups %v", got)
	}
	one.user(t, "berta")
	two.update(t, func(tx store.Tx) error { return two.DeletePrincipal(tx, u.ObjectID) })
	if ok, err := one.Active(t.Context(), u.ObjectID); err != nil || ok {
		t.Errorf("a deleted user is still active on the other replica: %v", err)
	}
	if got := one.groups(t, u.ObjectID); len(got) != 0 {
		t.Errorf("groups %v", got)
	}
}
