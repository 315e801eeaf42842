package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/store"
)

// Run has a backend pass the suite. open returns a new, empty store behind store.Enforce, and closes it when the test
// ends where the test has not.
func Run(t *testing.T, open func(t *testing.T) store.Store) {
	for _, group := range []struct {
		name  string
		cases []testCase
	}{
		{"record", recordCases()},
		{"scan", scanCases()},
		{"cursor", cursorCases()},
		{"transaction", transactionCases()},
		{"snapshot", snapshotCases()},
		{"concurrency", concurrencyCases()},
		{"commit", commitCases()},
		{"limit", limitCases()},
		{"end", endCases()},
	} {
		t.Run(group.name, func(t *testing.T) {
			for _, c := range group.cases {
				t.Run(c.name, func(t *testing.T) { c.run(&world{T: t, Store: open(t)}) })
			}
		})
	}
}

type testCase struct {
	name string
	run  func(w *world)
}

// world is a store and the short words that the cases are told in. What must not fail fails the test.
type world struct {
	*testing.T
	store.Store
}

func (w *world) ctx() context.Context { return w.T.Context() }

func (w *world) update(fn func(tx store.Tx) error) {
	w.Helper()
	if err := w.Store.Update(w.ctx(), fn); err != nil {
		w.Fatalf("Update: %v", err)
	}
}

func (w *world) put(pairs ...string) {
	w.Helper()
	w.update(func(tx store.Tx) error {
		for i := 0; i < len(pairs); i += 2 {
			if err := tx.Put([]byte(pairs[i]), []byte(pairs[i+1])); err != nil {
				return err
			}
		}
		return nil
	})
}

func (w *world) remove(keys ...string) {
	w.Helper()
	w.update(func(tx store.Tx) error {
		for _, k := range keys {
			if err := tx.Delete([]byte(k)); err != nil {
				return err
			}
		}
		return nil
	})
}

func (w *world) snapshot() store.Snapshot {
	w.Helper()
	s, err := w.Store.Snapshot(w.ctx())
	if err != nil {
		w.Fatalf("Snapshot: %v", err)
	}
	w.Cleanup(func() {
		if err := s.Close(); err != nil && !errors.Is(err, store.ErrClosed) {
			w.Errorf("close a snapshot: %v", err)
		}
	})
	return s
}

// want checks a key's value; "" stands for a key that is not there.
func (w *world) want(r store.Reader, key, value string) store.Item {
	w.Helper()
	item, err := r.Get([]byte(key))
	switch {
	case value == "" && errors.Is(err, store.ErrNotFound):
	case err != nil:
		w.Errorf("Get(%q): %v, want %q", key, err, value)
	case string(item.Value) != value || string(item.Key) != key:
		w.Errorf("Get(%q) = %q at %q, want %q", key, item.Value, item.Key, value)
	}
	return item
}

// wantNow is want of what is committed.
func (w *world) wantNow(key, value string) (item store.Item) {
	w.Helper()
	w.view(func(r store.Reader) { item = w.want(r, key, value) })
	return item
}

func (w *world) view(fn func(r store.Reader)) {
	w.Helper()
	err := store.View(w.ctx(), w.Store, func(r store.Reader) error { fn(r); return nil })
	if err != nil {
		w.Fatalf("View: %v", err)
	}
}

// wantScan checks "key=value" of a scan.
func (w *world) wantScan(r store.Reader, start, end []byte, want ...string) {
	w.Helper()
	got, err := collect(r, start, end)
	if err != nil {
		w.Errorf("Scan(%q, %q): %v", start, end, err)
	}
	if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
		w.Errorf("Scan(%q, %q) = %q, want %q", start, end, got, want)
	}
}

func collect(r store.Reader, start, end []byte) ([]string, error) {
	var got []string
	for item, err := range r.Scan(start, end) {
		if err != nil {
			return got, err
		}
		got = append(got, string(item.Key)+"="+string(item.Value))
	}
	return got, nil
}

// wantErr checks that err is, or has as its cause, the target.
func (w *world) wantErr(what string, err, target error) {
	w.Helper()
	if !errors.Is(err, target) {
		w.Errorf("%s: error %v, want %v", what, err, target)
	}
}
