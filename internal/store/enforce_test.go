package store_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
	"github.com/alcedo-cloud/alcedo/internal/store/storetest"
)

// broken is a backend that breaks the contract in ways that a test chooses.
type broken struct {
	items     []store.Item
	conflicts atomic.Int64 // attempts that still fail
	attempts  atomic.Int64
	commitErr error
	closes    atomic.Int64
}

type brokenTx struct{ b *broken }

func (t brokenTx) Get(key []byte) (store.Item, error) { return store.Item{}, store.ErrNotFound }

func (t brokenTx) Scan(_, _ []byte) iter.Seq2[store.Item, error] {
	return func(yield func(store.Item, error) bool) {
		for _, item := range t.b.items {
			if !yield(item, nil) {
				return
			}
		}
	}
}

func (t brokenTx) Cursor(_, _ []byte) (store.Cursor, error) {
	return &brokenCursor{items: t.b.items}, nil
}

func (t brokenTx) Put(_, _ []byte) error        { return nil }
func (t brokenTx) Delete([]byte) error          { return nil }
func (t brokenTx) OnCommit(func(store.Version)) {}
func (t brokenTx) Close() error                 { return nil }

// brokenCursor yields items one after another, whatever it is asked.
type brokenCursor struct {
	items []store.Item
	n     int
}

func (c *brokenCursor) Next() bool       { c.n++; return c.n <= len(c.items) }
func (c *brokenCursor) Seek([]byte) bool { return c.Next() }
func (c *brokenCursor) Item() store.Item { return c.items[c.n-1] }
func (c *brokenCursor) Err() error       { return nil }
func (c *brokenCursor) Close() error     { return nil }

func (b *broken) Snapshot(context.Context) (store.Snapshot, error) { return brokenTx{b}, nil }

func (b *broken) Update(_ context.Context, fn func(store.Tx) error) error {
	b.attempts.Add(1)
	if err := fn(brokenTx{b}); err != nil {
		return err
	}
	if b.conflicts.Add(-1) >= 0 {
		return fmt.Errorf("%w: somebody was faster", store.ErrRetry)
	}
	return b.commitErr
}
func (b *broken) Shared() bool { return true }
func (b *broken) Close() error { b.closes.Add(1); return nil }

func TestScanOrder(t *testing.T) {
	item := func(key string) store.Item { return store.Item{Key: []byte(key)} }
	for name, c := range map[string]struct {
		items []store.Item
		sound int // items before the first that is wrong
	}{
		"backwards":    {[]store.Item{item("b"), item("a")}, 1},
		"twice":        {[]store.Item{item("b"), item("b")}, 1},
		"before start": {[]store.Item{item("A")}, 0},
		"at end":       {[]store.Item{item("b"), item("x")}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			s := store.Enforce(&broken{items: c.items})
			err := store.View(t.Context(), s, func(r store.Reader) error {
				n := 0
				for _, err := range r.Scan([]byte("a"), []byte("x")) {
					if err != nil {
						if n != c.sound {
							t.Errorf("the error comes after %d items", n)
						}
						return err
					}
					n++
				}
				return nil
			})
			if !fault.Is(err, fault.Internal) {
				t.Errorf("error %v", err)
			}
			err = store.View(t.Context(), s, func(r store.Reader) error {
				cursor, err := r.Cursor([]byte("a"), []byte("x"))
				n := 0
				for ; err == nil && cursor.Next(); n++ {
				}
				if n != c.sound || cursor.Item().Key != nil {
					t.Errorf("the cursor goes %d steps, to %q", n, cursor.Item().Key)
				}
				return errors.Join(err, cursor.Close())
			})
			if !fault.Is(err, fault.Internal) {
				t.Errorf("error %v of the cursor", err)
			}
		})
	}
}

// TestSeekOrder: a backend that goes elsewhere than it was asked to.
func TestSeekOrder(t *testing.T) {
	s := store.Enforce(&broken{items: []store.Item{{Key: []byte("b")}}})
	err := store.View(t.Context(), s, func(r store.Reader) error {
		c, err := r.Cursor([]byte("a"), nil)
		if err == nil && c.Seek([]byte("c")) {
			t.Errorf("it stands at %q", c.Item().Key)
		}
		return errors.Join(err, c.Close())
	})
	if !fault.Is(err, fault.Internal) {
		t.Errorf("error %v", err)
	}
}

func TestRetry(t *testing.T) {
	b := &broken{}
	b.conflicts.Store(6)
	s := store.Enforce(b)
	var all sync.WaitGroup
	for range 2 { // both meet conflicts, and one waits for the other
		all.Go(func() {
			if err := s.Update(t.Context(), func(store.Tx) error { return nil }); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := b.attempts.Load(); n != 8 {
		t.Errorf("%d attempts, want 8", n)
	}
}

func TestRetryIsBounded(t *testing.T) {
	b := &broken{}
	b.conflicts.Store(1 << 40)
	err := store.Enforce(b).Update(t.Context(), func(store.Tx) error { return nil })
	if !fault.Is(err, fault.Unavailable) || !errors.Is(err, store.ErrRetry) {
		t.Errorf("error %v", err)
	}
	if n := b.attempts.Load(); n < 10 || n > 100 {
		t.Errorf("%d attempts", n)
	}
}

func TestRetryEndsWithContext(t *testing.T) {
	b := &broken{}
	b.conflicts.Store(1 << 40)
	ctx, cancel := context.WithCancel(t.Context())
	err := store.Enforce(b).Update(ctx, func(store.Tx) error {
		if b.attempts.Load() == 2 {
			cancel()
		}
		return nil
	})
	cancel()
	if !fault.Is(err, fault.Canceled) || b.attempts.Load() != 2 {
		t.Errorf("error %v after %d attempts", err, b.attempts.Load())
	}
}

// TestRetryOfFn: a conflict that fn meets and wraps is a conflict.
func TestRetryOfFn(t *testing.T) {
	n := 0
	err := store.Enforce(&broken{}).Update(t.Context(), func(store.Tx) error {
		if n++; n < 3 {
			return fmt.Errorf("while reading: %w", store.ErrRetry)
		}
		return nil
	})
	if err != nil || n != 3 {
		t.Errorf("error %v after %d attempts", err, n)
	}
}

func TestNoRetry(t *testing.T) {
	lost := fault.New(fault.Unavailable, "test", "", "the line is dead")
	b := &broken{commitErr: lost}
	err := store.Enforce(b).Update(t.Context(), func(store.Tx) error { return nil })
	if !errors.Is(err, lost) || b.attempts.Load() != 1 {
		t.Errorf("error %v after %d attempts: who knows whether it was committed?", err, b.attempts.Load())
	}
}

func TestMirror(t *testing.T) {
	storetest.Mirror(t, storetest.Memory(t))
}

// TestMirrorLoadFails: a load that fails is tried again by the next View.
func TestMirrorLoadFails(t *testing.T) {
	s := storetest.Memory(t)
	errLoad := errors.New("unreadable")
	fail := true
	m := store.NewMirror(s, "test", func(store.Reader) (*int, error) {
		if fail {
			return nil, errLoad
		}
		return new(int), nil
	})
	if _, err := m.View(t.Context()); !errors.Is(err, errLoad) {
		t.Errorf("View: %v", err)
	}
	fail = false
	if got, err := m.View(t.Context()); err != nil || got == nil {
		t.Errorf("View: %v", err)
	}
}

func BenchmarkEnforce(b *testing.B) {
	s := store.Enforce(&broken{})
	b.ReportAllocs()
	for range b.N {
		if err := s.Update(context.Background(), func(store.Tx) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
}
