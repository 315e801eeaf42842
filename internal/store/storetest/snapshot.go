package storetest

import (
	"context"
	"errors"
	"fmt"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// snapshotCases are about views that are held.
func snapshotCases() []testCase {
	return []testCase{
		{"held while writers go on", heldSnapshot},
		{"scan held while writers go on", heldScan},
		{"does not see what is not committed", uncommitted},
		{"several at once", severalSnapshots},
		{"closed", closedSnapshot},
		{"closed inside its own scan", closedInScan},
		{"context", snapshotContext},
	}
}

func heldSnapshot(w *world) {
	w.put("a", "1", "b", "2")
	held := w.snapshot()
	for i := range 20 {
		w.put("a", fmt.Sprint("x", i), "c", "new")
	}
	w.remove("b")
	w.want(held, "a", "1")
	w.want(held, "b", "2")
	w.want(held, "c", "")
	w.wantScan(held, nil, nil, "a=1", "b=2")
	w.wantNow("a", "x19")
	w.wantNow("b", "")
}

func heldScan(w *world) {
	for i := range 40 {
		w.put(fmt.Sprintf("k%02d", i), "old")
	}
	held := w.snapshot()
	i := 0
	for item, err := range held.Scan(nil, nil) {
		if err != nil {
			w.Fatal(err)
		}
		if want := fmt.Sprintf("k%02d", i); string(item.Key) != want || string(item.Value) != "old" {
			w.Errorf("item %d is %q=%q", i, item.Key, item.Value)
		}
		w.put("k39", "new", fmt.Sprintf("k%02dx", i), "new")
		i++
	}
	if i != 40 {
		w.Errorf("%d items, want 40", i)
	}
}

func uncommitted(w *world) {
	w.put("a", "1")
	wrote, goOn, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		done <- w.Store.Update(w.ctx(), func(tx store.Tx) error {
			if err := tx.Put([]byte("a"), []byte("2")); err != nil {
				return err
			}
			select {
			case <-wrote: // another attempt
			default:
				close(wrote)
			}
			<-goOn
			return nil
		})
	}()
	<-wrote
	w.wantNow("a", "1") // and a reader does not wait for the writer
	held := w.snapshot()
	close(goOn)
	if err := <-done; err != nil {
		w.Fatal(err)
	}
	w.want(held, "a", "1")
	w.wantNow("a", "2")
}

func severalSnapshots(w *world) {
	var held []store.Snapshot
	for i := range 10 {
		w.put("n", fmt.Sprint(i))
		held = append(held, w.snapshot())
	}
	for i, s := range held {
		w.want(s, "n", fmt.Sprint(i))
	}
	for i, s := range held {
		if i%2 == 0 {
			if err := s.Close(); err != nil {
				w.Error(err)
			}
		}
	}
	for i, s := range held {
		if i%2 == 1 {
			w.want(s, "n", fmt.Sprint(i))
		}
	}
}

func closedSnapshot(w *world) {
	w.put("a", "1")
	s := w.snapshot()
	if err := s.Close(); err != nil {
		w.Fatal(err)
	}
	_, err := s.Get([]byte("a"))
	w.wantErr("Get", err, store.ErrClosed)
	_, err = collect(s, nil, nil)
	w.wantErr("Scan", err, store.ErrClosed)
	w.wantErr("Close", s.Close(), store.ErrClosed)
}

func closedInScan(w *world) {
	w.put("a", "1", "b", "2")
	s := w.snapshot()
	var err error
	n := 0
	for _, err = range s.Scan(nil, nil) {
		if n == 0 {
			if err := s.Close(); err != nil {
				w.Error(err)
			}
		}
		n++
	}
	w.wantErr("Scan", err, store.ErrClosed)
	if n != 2 {
		w.Errorf("the loop ran %d times, want once and once more with the error", n)
	}
}

func snapshotContext(w *world) {
	w.put("a", "1", "b", "2")
	ctx, cancel := context.WithCancel(w.ctx())
	defer cancel()
	s, err := w.Store.Snapshot(ctx)
	if err != nil {
		w.Fatal(err)
	}
	defer func() { _ = s.Close() }() // its transaction may be gone with its context
	for range s.Scan(nil, nil) {
		cancel()
	}
	_, err = s.Get([]byte("a"))
	w.wantErr("Get", err, context.Canceled)
	if !fault.Is(err, fault.Canceled) {
		w.Errorf("kind %v of %v", fault.KindOf(err), err)
	}
	_, err = w.Store.Snapshot(ctx)
	w.wantErr("Snapshot", err, context.Canceled)
	_, err = collect(s, nil, nil)
	if !errors.Is(err, context.Canceled) {
		w.Errorf("Scan: %v", err)
	}
	w.wantNow("a", "1")
}
