// Package storetest has the suite that each backend of the store passes, and the store that tests of other packages
// run on. It must never know a backend's inside: what holds for one only is tested beside it.
package storetest

import (
	"errors"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/store"
	"github.com/alcedo-cloud/alcedo/internal/store/pebble"
)

// Memory returns an empty store that lives as long as the test. It fails the test that leaves a snapshot open.
func Memory(t testing.TB) store.Store {
	t.Helper()
	backend, err := pebble.Open(pebble.Options{InMemory: true})
	if err != nil {
		t.Fatalf("open a store in memory: %v", err)
	}
	s := store.Enforce(backend)
	t.Cleanup(func() {
		if err := s.Close(); err != nil && !errors.Is(err, store.ErrClosed) {
			t.Errorf("close the store: %v", err)
		}
	})
	return s
}
