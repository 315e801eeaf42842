package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// commitCases are about the end of an update: hooks, contexts, misuse.
func commitCases() []testCase {
	return []testCase{
		{"hooks", hooks},
		{"hooks of what was given up", hooksGivenUp},
		{"hooks in the order of commits", hookOrder},
		{"hook that panics", hookPanics},
		{"context ended before", contextBefore},
		{"context ended inside", contextInside},
		{"context ended while waiting", contextWaiting},
		{"nested", nested},
		{"nested in a hook", nestedInHook},
	}
}

func hooks(w *world) {
	var calls []string
	w.update(func(tx store.Tx) error {
		calls = nil
		for _, name := range []string{"first", "second"} {
			tx.OnCommit(func(v store.Version) { calls = append(calls, name) })
		}
		tx.OnCommit(nil)
		if len(calls) > 0 {
			w.Error("a hook ran before the commit")
		}
		return tx.Put([]byte("a"), []byte("1"))
	})
	if fmt.Sprint(calls) != "[first second]" {
		w.Errorf("hooks called: %v", calls)
	}
	read := 0
	w.update(func(tx store.Tx) error {
		tx.OnCommit(func(v store.Version) {
			read++
			if v != 0 {
				w.Errorf("version %d of an update without writes", v)
			}
		})
		return nil
	})
	if read != 1 {
		w.Errorf("hook of an update without writes called %d times", read)
	}
}

func hooksGivenUp(w *world) {
	err := w.Store.Update(w.ctx(), func(tx store.Tx) error {
		tx.OnCommit(func(store.Version) { w.Error("hook of an update that was given up") })
		return errors.Join(tx.Put([]byte("a"), nil), errGivenUp)
	})
	w.wantErr("Update", err, errGivenUp)
}

// hookOrder: where the store is not shared, hooks run one after another and by version.
func hookOrder(w *world) {
	if w.Shared() {
		w.Skip("the order holds for stores that one process has for itself")
	}
	var last store.Version // the hooks' order is what guards it: the race detector would object otherwise
	w.together(8, func(i int) error {
		for j := range 25 {
			err := w.Store.Update(w.ctx(), func(tx store.Tx) error {
				tx.OnCommit(func(v store.Version) {
					if v <= last {
						w.Errorf("hook of version %d after that of %d", v, last)
					}
					last = v
				})
				return tx.Put(fmt.Appendf(nil, "%d-%d", i, j), nil)
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func hookPanics(w *world) {
	func() {
		defer func() {
			if p := recover(); p != "oops" {
				w.Errorf("recovered %v", p)
			}
		}()
		_ = w.Store.Update(w.ctx(), func(tx store.Tx) error {
			tx.OnCommit(func(store.Version) { panic("oops") })
			return tx.Put([]byte("a"), []byte("1"))
		})
	}()
	w.put("b", "2")
	w.wantNow("a", "1")
	w.wantNow("b", "2")
}

func contextBefore(w *world) {
	ctx, cancel := context.WithCancel(w.ctx())
	cancel()
	err := w.Store.Update(ctx, func(store.Tx) error {
		w.Error("fn was called")
		return nil
	})
	w.wantErr("Update", err, context.Canceled)
	if !fault.Is(err, fault.Canceled) {
		w.Errorf("kind %v", fault.KindOf(err))
	}
}

func contextInside(w *world) {
	ctx, cancel := context.WithCancel(w.ctx())
	err := w.Store.Update(ctx, func(tx store.Tx) error {
		err := tx.Put([]byte("a"), []byte("1"))
		cancel()
		return err
	})
	w.wantErr("Update", err, context.Canceled)
	w.wantNow("a", "")
}

// contextWaiting: an update that waits for another one leaves when its context ends. Where updates do not wait for each
// other, it simply commits.
func contextWaiting(w *world) {
	if w.Shared() {
		w.Skip("updates of shared stores do not wait for each other")
	}
	inside, goOn, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		done <- w.Store.Update(w.ctx(), func(tx store.Tx) error {
			close(inside)
			<-goOn
			return tx.Put([]byte("a"), []byte("1"))
		})
	}()
	<-inside
	ctx, cancel := context.WithTimeout(w.ctx(), 10*time.Millisecond)
	defer cancel()
	err := w.Store.Update(ctx, func(store.Tx) error {
		w.Error("two updates at once")
		return nil
	})
	w.wantErr("Update", err, context.DeadlineExceeded)
	if !fault.Is(err, fault.Unavailable) {
		w.Errorf("kind %v", fault.KindOf(err))
	}
	close(goOn)
	if err := <-done; err != nil {
		w.Fatal(err)
	}
	w.wantNow("a", "1")
}

func nested(w *world) {
	w.update(func(tx store.Tx) error {
		_, err := w.Store.Snapshot(w.ctx())
		w.wantErr("Snapshot", err, store.ErrNested)
		err = w.Store.Update(w.ctx(), func(store.Tx) error { return nil })
		w.wantErr("Update", err, store.ErrNested)
		w.wantErr("Close", w.Store.Close(), store.ErrNested)
		return tx.Put([]byte("a"), []byte("1"))
	})
	w.wantNow("a", "1")

	// Another goroutine's update is nobody's nest.
	inside, goOn := make(chan struct{}), make(chan struct{})
	var all sync.WaitGroup
	all.Go(func() {
		err := w.Store.Update(w.ctx(), func(store.Tx) error { close(inside); <-goOn; return nil })
		if err != nil {
			w.Error(err)
		}
	})
	<-inside
	w.wantNow("a", "1")
	close(goOn)
	all.Wait()
}

func nestedInHook(w *world) {
	var err error
	w.update(func(tx store.Tx) error {
		tx.OnCommit(func(store.Version) {
			err = w.Store.Update(w.ctx(), func(store.Tx) error { return nil })
		})
		return nil
	})
	w.wantErr("Update in a hook", err, store.ErrNested)
}
