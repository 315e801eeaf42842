package storetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/store"
)

// names is a mirrored state: the keys under "name".
type names struct {
	mu  sync.Mutex
	set map[string]bool
}

func (n *names) has(name string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.set[name]
}

func (n *names) set1(name string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.set[name] = true
}

func loadNames(r store.Reader) (*names, error) {
	n := &names{set: map[string]bool{}}
	prefix := store.Prefix("name")
	for item, err := range r.Scan(prefix, store.End(prefix)) {
		if err != nil {
			return nil, err
		}
		n.set[strings.Join(store.Parts(item.Key)[1:], "/")] = true
	}
	return n, nil
}

type namesMirror = store.Mirror[*names]

func addName(ctx context.Context, s store.Store, m *namesMirror, name string) error {
	return s.Update(ctx, func(tx store.Tx) error {
		if err := tx.Put(store.Key("name", name), nil); err != nil {
			return err
		}
		return m.Change(tx, func(n *names) { n.set1(name) })
	})
}

// Mirror checks that mirrors of the stores, which must be of the same data, show each change to whoever looks after it
// was made, wherever it was made.
func Mirror(t *testing.T, stores ...store.Store) {
	mirrors := make([]*namesMirror, len(stores))
	for i, s := range stores {
		mirrors[i] = store.NewMirror(s, "names", loadNames)
	}
	sees := func(name string) {
		t.Helper()
		for i, m := range mirrors {
			state, err := m.View(t.Context())
			if err != nil {
				t.Errorf("mirror %d: %v", i, err)
			} else if !state.has(name) {
				t.Errorf("mirror %d does not show %q", i, name)
			}
		}
	}
	add := func(i int, name string) {
		t.Helper()
		if err := addName(t.Context(), stores[i], mirrors[i], name); err != nil {
			t.Fatal(err)
		}
		sees(name)
	}
	add(0, "before anybody has looked")
	for i := range 3 * len(stores) {
		add(i%len(stores), fmt.Sprint("in turn", i))
	}
	err := stores[0].Update(t.Context(), func(tx store.Tx) error {
		return errors.Join(
			mirrors[0].Change(tx, func(n *names) { t.Error("a change was applied that was given up") }),
			tx.Put(store.Key("name", "given up"), nil), errGivenUp)
	})
	if !errors.Is(err, errGivenUp) {
		t.Errorf("Update: %v", err)
	}
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			for j := range 10 {
				at, name := (i+j)%len(stores), fmt.Sprint("at once", i, j)
				if err := addName(t.Context(), stores[at], mirrors[at], name); err != nil {
					t.Error(err)
					return
				}
				sees(name)
			}
		})
	}
	all.Wait()
	for _, m := range mirrors {
		state, err := m.View(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if want := 1 + 3*len(stores) + 40; len(state.set) != want || state.has("given up") {
			t.Errorf("%d names, want %d", len(state.set), want)
		}
	}
}
