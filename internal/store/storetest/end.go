package storetest

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// limitCases are about sizes.
func limitCases() []testCase {
	return []testCase{
		{"keys", keyLimits},
		{"values", valueLimits},
	}
}

func keyLimits(w *world) {
	longest := make([]byte, store.MaxKey)
	for i := range longest {
		longest[i] = byte(i*i>>3 ^ i*7) // nothing that compresses
	}
	w.put(string(longest), "1")
	w.wantNow(string(longest), "1")
	for _, bad := range []struct {
		key  []byte
		kind fault.Kind
	}{{nil, fault.Invalid}, {[]byte{}, fault.Invalid}, {append(longest, 0), fault.TooLarge}} {
		w.update(func(tx store.Tx) error {
			_, err := tx.Get(bad.key)
			for op, err := range map[string]error{"Get": err, "Put": tx.Put(bad.key, nil), "Delete": tx.Delete(bad.key)} {
				if !fault.Is(err, bad.kind) {
					w.Errorf("%s of a key of %d bytes: %v", op, len(bad.key), err)
				}
			}
			return nil
		})
		w.view(func(r store.Reader) {
			if _, err := r.Get(bad.key); !fault.Is(err, bad.kind) {
				w.Errorf("Get of a key of %d bytes: %v", len(bad.key), err)
			}
		})
	}
}

func valueLimits(w *world) {
	w.update(func(tx store.Tx) error {
		if err := tx.Put([]byte("a"), make([]byte, store.MaxValue+1)); !fault.Is(err, fault.TooLarge) {
			w.Errorf("Put of %d bytes: %v", store.MaxValue+1, err)
		}
		return nil
	})
	w.wantNow("a", "")
	if testing.Short() || w.Shared() {
		return // the bound is the wrapper's; once is enough
	}
	err := w.Store.Update(w.ctx(), func(tx store.Tx) error {
		value := make([]byte, store.MaxValue)
		for range store.MaxUpdate/store.MaxValue + 1 {
			if err := tx.Put([]byte("a"), value); err != nil {
				return err
			}
		}
		return nil
	})
	if !fault.Is(err, fault.TooLarge) {
		w.Errorf("an update of over %d bytes: %v", store.MaxUpdate, err)
	}
	w.wantNow("a", "")
}

// endCases are about what is used after its end.
func endCases() []testCase {
	return []testCase{
		{"transaction", endedTx},
		{"store", closedStore},
		{"leaked snapshots", leaked},
		{"leaked scan", leakedScan},
		{"close waits for updates", closeWaits},
		{"close ends waiting updates", closeEndsWaiting},
	}
}

func endedTx(w *world) {
	w.put("a", "1")
	var kept store.Tx
	w.update(func(tx store.Tx) error { kept = tx; return nil })
	_, err := kept.Get([]byte("a"))
	w.wantErr("Get", err, store.ErrClosed)
	w.wantErr("Put", kept.Put([]byte("a"), nil), store.ErrClosed)
	w.wantErr("Delete", kept.Delete([]byte("a")), store.ErrClosed)
	_, err = collect(kept, nil, nil)
	w.wantErr("Scan", err, store.ErrClosed)
	kept.OnCommit(func(store.Version) { w.Error("hook of an update that has ended") })
	w.put("b", "2")
	w.wantNow("a", "1")
}

func closedStore(w *world) {
	w.put("a", "1")
	if err := w.Store.Close(); err != nil {
		w.Fatal(err)
	}
	_, err := w.Store.Snapshot(w.ctx())
	w.wantErr("Snapshot", err, store.ErrClosed)
	w.wantErr("Update", w.Store.Update(w.ctx(), func(store.Tx) error { return nil }), store.ErrClosed)
	w.wantErr("Close", w.Store.Close(), store.ErrClosed)
}

func leaked(w *world) {
	w.put("a", "1")
	var snaps []store.Snapshot
	for range 3 {
		s, err := w.Store.Snapshot(w.ctx())
		if err != nil {
			w.Fatal(err)
		}
		snaps = append(snaps, s)
	}
	w.wantErr("Close", w.Store.Close(), store.ErrLeaked)
	for _, s := range snaps {
		_, err := s.Get([]byte("a"))
		w.wantErr("Get", err, store.ErrClosed)
		w.wantErr("Close", s.Close(), store.ErrClosed)
	}
}

// leakedScan: the store is closed while the body of a scan's loop runs.
func leakedScan(w *world) {
	w.put("a", "1", "b", "2", "c", "3")
	s, err := w.Store.Snapshot(w.ctx())
	if err != nil {
		w.Fatal(err)
	}
	inLoop, goOn, result := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		var last error
		for item, err := range s.Scan(nil, nil) {
			if last = err; err == nil && string(item.Key) == "a" {
				close(inLoop)
				<-goOn
			}
		}
		result <- last
	}()
	<-inLoop
	closed := make(chan error, 1)
	go func() { closed <- w.Store.Close() }()
	// A backend may wait for the scan, or go without it; the scan must end either way.
	for {
		if _, err := w.Store.Snapshot(context.Background()); errors.Is(err, store.ErrClosed) {
			break
		}
	}
	close(goOn)
	if err := <-closed; !errors.Is(err, store.ErrLeaked) {
		w.Errorf("Close: %v", err)
	}
	if err := <-result; err != nil && !errors.Is(err, store.ErrClosed) {
		w.Errorf("Scan ends with %v", err)
	}
}

func closeWaits(w *world) {
	inside, goOn := make(chan struct{}), make(chan struct{})
	var all sync.WaitGroup
	var updated, closed error
	all.Go(func() {
		updated = w.Store.Update(w.ctx(), func(tx store.Tx) error {
			close(inside)
			<-goOn
			return tx.Put([]byte("a"), []byte("1"))
		})
	})
	<-inside
	all.Go(func() { closed = w.Store.Close() })
	close(goOn)
	all.Wait()
	if closed != nil {
		w.Errorf("Close: %v", closed)
	}
	if updated != nil && !errors.Is(updated, store.ErrClosed) {
		w.Errorf("Update: %v", updated)
	}
}

// closeEndsWaiting: updates that wait for another one while the store is closed end, with or without having run.
func closeEndsWaiting(w *world) {
	const waiting = 5
	inside, goOn := make(chan struct{}), make(chan struct{})
	var all sync.WaitGroup
	all.Go(func() {
		err := w.Store.Update(w.ctx(), func(store.Tx) error { close(inside); <-goOn; return nil })
		if err != nil && !errors.Is(err, store.ErrClosed) {
			w.Errorf("Update: %v", err)
		}
	})
	<-inside
	for i := range waiting {
		all.Go(func() {
			err := w.Store.Update(w.ctx(), func(tx store.Tx) error { return tx.Put([]byte{byte('a' + i)}, nil) })
			if err != nil && !errors.Is(err, store.ErrClosed) {
				w.Errorf("Update: %v", err)
			}
		})
	}
	all.Go(func() {
		if err := w.Store.Close(); err != nil && !errors.Is(err, store.ErrLeaked) { // the view below may be open
			w.Errorf("Close: %v", err)
		}
	})
	for {
		err := store.View(w.ctx(), w.Store, func(store.Reader) error { return nil })
		if errors.Is(err, store.ErrClosed) {
			break
		}
	}
	close(goOn)
	all.Wait()
}
