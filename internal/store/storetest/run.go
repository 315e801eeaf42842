package storetest

import (
	"errors"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/store"
)

func isClosed(err error) bool { return errors.Is(err, store.ErrClosed) }

// Run has a backend pass the suite. open returns a new, empty store.
func Run(t *testing.T, open func(t *testing.T) store.Store) {
	s := open(t)
	_ = s
}
