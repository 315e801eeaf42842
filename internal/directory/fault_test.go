package directory

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/store"
)

var errInjected = errors.New("injected")

// failing is a store whose transactions fail at their n-th operation; n counts down.
type failing struct {
	store.Store
	n *int
}

func (f failing) Update(ctx context.Context, fn func(store.Tx) error) error {
	return f.Store.Update(ctx, func(tx store.Tx) error { return fn(failingTx{tx, f.n}) })
}

type failingTx struct {
	store.Tx
	n *int
}

func (f failingTx) fail() error {
	*f.n--
	if *f.n == 0 {
		return errInjected
	}
	return nil
}

func (f failingTx) Get(key []byte) (store.Item, error) {
	if err := f.fail(); err != nil {
		return store.Item{}, err
	}
	return f.Tx.Get(key)
}

func (f failingTx) Put(key, value []byte) error {
	if err := f.fail(); err != nil {
		return err
	}
	return f.Tx.Put(key, value)
}

func (f failingTx) Delete(key []byte) error {
	if err := f.fail(); err != nil {
		return err
	}
	return f.Tx.Delete(key)
}

func (f failingTx) Scan(start, end []byte) iter.Seq2[store.Item, error] {
	if err := f.fail(); err != nil {
		return func(yield func(store.Item, error) bool) { yield(store.Item{}, err) }
	}
	return f.Tx.Scan(start, end)
}

// TestEveryOperationMayFail fails each operation of each change in turn: the change must tell, and leave nothing.
func TestEveryOperationMayFail(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	a, p := w.app(t, "job")
	m := w.identity(t, "vm")
	g := w.group(t, "g", p.ObjectID)
	f := FederatedCredential{Name: "f", Issuer: "https://issuer", Subject: "s", Audiences: []string{"x"}}
	w.update(t, func(tx store.Tx) error { return w.PutFederatedCredential(tx, a.ObjectID, f) })
	count := 0
	broken := &Service{
		store: failing{w.store, &count}, clock: w.clock, cloud: w.cloud, tenant: w.tenant, rand: w.rand,
		mirror: w.mirror, hashes: w.hashes,
	}
	f.Name, f.Subject = "g", "s2"
	for name, change := range map[string]func() error{
		"user": func() error {
			_, err := broken.AddUser(ctx, w.admin, User{UserPrincipalName: "x@" + w.Domain()})
			return err
		},
		"group": func() error {
			_, err := broken.AddGroup(ctx, w.admin, Group{DisplayName: "x"}, []string{m.ObjectID})
			return err
		},
		"application": func() error { return broken.RemoveApplication(ctx, w.admin, a.ObjectID) },
		"secret":      func() error { _, err := broken.AddSecret(ctx, w.admin, a.ObjectID, PasswordCredential{}); return err },
		"federation":  func() error { _, err := broken.AddFederatedCredential(ctx, w.admin, a.ObjectID, f); return err },
		"member":      func() error { return broken.RemoveGroupMember(ctx, w.admin, g.ObjectID, p.ObjectID) },
		"rename": func() error {
			return broken.ModifyApplication(ctx, w.admin, a.ObjectID, func(a *Application) error { a.DisplayName = "other"; return nil })
		},
		"identity": func() error {
			return broken.store.Update(ctx, func(tx store.Tx) error { return broken.DeletePrincipal(tx, m.ObjectID) })
		},
	} {
		before := w.dump(t)
		for i := 1; ; i++ {
			if i > 200 {
				t.Fatalf("%s: no end", name)
			}
			count = i
			err := change()
			if count > 0 { // it needed fewer operations than i
				if err != nil {
					t.Errorf("%s without a fault: %v", name, err)
				}
				break
			}
			if !errors.Is(err, errInjected) {
				t.Errorf("%s: the fault at operation %d is not told: %v", name, i, err)
			}
			if after := w.dump(t); after != before {
				t.Fatalf("%s: the fault at operation %d left a trace:\n%s\nbefore:\n%s", name, i, after, before)
			}
		}
		if after, loaded := w.dump(t), w.reload(t); after != loaded {
			t.Errorf("%s: memory\n%s\nstore\n%s", name, after, loaded)
		}
		a, p = w.restore(t, a, p)
		g, m = w.group(t, "g", p.ObjectID), w.identity(t, "vm")
	}
}

// restore makes the application again if it is gone.
func (w *world) restore(t *testing.T, a Application, p Principal) (Application, Principal) {
	t.Helper()
	if _, ok, _ := w.ApplicationByAppID(t.Context(), a.AppID); ok {
		return a, p
	}
	return w.app(t, "job")
}

// dump is all that memory has.
func (w *world) dump(t *testing.T) string {
	t.Helper()
	st, err := w.mirror.View(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return st.dump()
}

func (w *world) reload(t *testing.T) string {
	t.Helper()
	var out string
	err := store.View(t.Context(), w.store, func(r store.Reader) error {
		st, err := loadState(r)
		if err == nil {
			out = st.dump()
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// dump is a text of the state; fmt sorts the keys of maps.
func (st *state) dump() string {
	st.mu.RLock()
	defer st.mu.RUnlock()
	out := fmt.Sprint(st.names, st.members, st.memberOf)
	for _, id := range sorted(st.users) {
		out += fmt.Sprintf("\n%+v", *st.users[id])
	}
	for _, id := range sorted(st.groups) {
		out += fmt.Sprintf("\n%+v", *st.groups[id])
	}
	for _, id := range sorted(st.applications) {
		out += fmt.Sprintf("\n%+v", *st.applications[id])
	}
	for _, id := range sorted(st.servicePrincipals) {
		out += fmt.Sprintf("\n%+v", *st.servicePrincipals[id])
	}
	for _, owner := range sorted(st.federated) {
		for _, name := range sorted(st.federated[owner]) {
			out += fmt.Sprintf("\n%s %+v", owner, *st.federated[owner][name])
		}
	}
	return out
}
