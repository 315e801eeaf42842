package pebble_test

import (
	"errors"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/store"
	"github.com/alcedo-cloud/alcedo/internal/store/pebble"
	"github.com/alcedo-cloud/alcedo/internal/store/storetest"
)

func open(t testing.TB, o pebble.Options) store.Store {
	t.Helper()
	backend, err := pebble.Open(o)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	s := store.Enforce(backend)
	t.Cleanup(func() {
		if err := s.Close(); err != nil && !errors.Is(err, store.ErrClosed) {
			t.Errorf("Close: %v", err)
		}
	})
	return s
}

func TestFolder(t *testing.T) {
	storetest.Run(t, func(t *testing.T) store.Store { return open(t, pebble.Options{Dir: t.TempDir()}) })
}

func TestMemory(t *testing.T) {
	storetest.Run(t, func(t *testing.T) store.Store { return open(t, pebble.Options{InMemory: true}) })
}
