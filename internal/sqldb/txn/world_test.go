package txn

import (
	"context"
	"fmt"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/store"
	"github.com/alcedo-cloud/alcedo/internal/store/storetest"
)

var (
	accounts = NewIndex(Table{Database: 1, ID: 100}, 1)
	others   = NewIndex(Table{Database: 1, ID: 200}, 1)
	scratch  = NewIndex(Table{Database: 1, ID: 300, Space: Temporary}, 1)
	variable = NewIndex(Table{Database: 1, ID: 400, Space: Variable}, 1)
)

func newEngine(t testing.TB) *Engine {
	t.Helper()
	return engineOn(t, storetest.Memory(t))
}

func engineOn(t testing.TB, s store.Store) *Engine {
	t.Helper()
	e, err := New(Config{Store: s})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func begin(t testing.TB, e *Engine, o Options) *Tx {
	t.Helper()
	if o.Timeout == 0 {
		o.Timeout = Forever
	}
	tx := e.Begin(o)
	t.Cleanup(func() {
		if err := tx.Rollback(); err != nil {
			t.Errorf("roll back: %v", err)
		}
	})
	return tx
}

func key(x *Index, n int) []byte {
	return fmt.Appendf(append([]byte(nil), x.Prefix()...), "%06d", n)
}

// statement runs f as a statement, again where it is stale.
func statement(t testing.TB, tx *Tx, f func() error) error {
	t.Helper()
	if err := tx.BeginStatement(); err != nil {
		t.Fatalf("begin a statement: %v", err)
	}
	err := f()
	for range 100 {
		if err != ErrStale {
			break
		}
		if err := tx.Restart(); err != nil {
			t.Fatalf("restart: %v", err)
		}
		err = f()
	}
	if end := tx.EndStatement(err); end != nil {
		t.Fatalf("end a statement: %v", end)
	}
	return err
}

// set writes a value under its lock.
func set(tx *Tx, x *Index, n int, value string) error {
	if err := tx.LockRow(context.Background(), x, key(x, n), Exclusive); err != nil {
		return err
	}
	return tx.Put(x, key(x, n), []byte(value))
}

func mustSet(t testing.TB, tx *Tx, x *Index, n int, value string) {
	t.Helper()
	if err := statement(t, tx, func() error { return set(tx, x, n, value) }); err != nil {
		t.Fatalf("set %d: %v", n, err)
	}
}

func commit(t testing.TB, tx *Tx) {
	t.Helper()
	if err := tx.Commit(context.Background()); err != nil {
		t.Fatalf("commit: %v", err)
	}
}

// look is what a statement of tx sees of a key; "-" where it is not there.
func look(t testing.TB, tx *Tx, x *Index, n int) string {
	t.Helper()
	seen := "-"
	err := statement(t, tx, func() error {
		v, found, err := tx.Get(x, key(x, n))
		if found {
			seen = string(v)
		}
		return err
	})
	if err != nil {
		t.Fatalf("get %d: %v", n, err)
	}
	return seen
}

func want(t testing.TB, got, wanted string) {
	t.Helper()
	if got != wanted {
		t.Fatalf("got %q, want %q", got, wanted)
	}
}
