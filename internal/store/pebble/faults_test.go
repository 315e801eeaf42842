package pebble_test

import (
	"bytes"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
	"github.com/alcedo-cloud/alcedo/internal/store/pebble"
)

// disk is a disk in memory of which the n-th operation fails: that one alone, or it and all that follow.
type disk struct {
	*vfs.MemFS
	fail    int64 // 0: none
	forGood bool
	seen    atomic.Int64
	tripped atomic.Bool
}

func (d *disk) fs() vfs.FS {
	return errorfs.Wrap(d.MemFS, errorfs.InjectorFunc(func(op errorfs.Op) error {
		if op.Kind == errorfs.OpGetDiskUsage {
			return nil
		}
		n := d.seen.Add(1)
		if d.fail == 0 || n < d.fail || n > d.fail && !d.forGood {
			return nil
		}
		d.tripped.Store(true)
		return errorfs.ErrInjected
	}))
}

// load is a workload that rotates logs and flushes memtables. Each update writes two records alike; acknowledged holds
// those that the store said are there.
type load struct {
	mu           sync.Mutex
	texts        map[string][]byte
	acknowledged map[string]bool
	failed       int
}

const (
	loadWriters = 3
	loadUpdates = 8
	loadValue   = 6 << 10
	loadTable   = 80 << 10 // full after a few
)

func loadText(key string) []byte {
	value := make([]byte, loadValue)
	for i := range value {
		value[i] = key[i%len(key)] ^ byte(i*i>>5)
	}
	return value
}

func loadTexts() map[string][]byte {
	texts := map[string][]byte{}
	for w := range loadWriters {
		for i := range loadUpdates {
			key := fmt.Sprintf("%d-%d", w, i)
			texts[key] = loadText(key)
		}
	}
	return texts
}

func (l *load) run(t *testing.T, s store.Store) {
	var all sync.WaitGroup
	for w := range loadWriters {
		all.Go(func() {
			for i := range loadUpdates {
				key := fmt.Sprintf("%d-%d", w, i)
				value := l.texts[key]
				err := s.Update(t.Context(), func(tx store.Tx) error {
					return errors.Join(tx.Put([]byte("a"+key), value), tx.Put([]byte("b"+key), value))
				})
				l.mu.Lock()
				if err == nil {
					l.acknowledged[key] = true
				} else {
					l.failed++
					if k := fault.KindOf(err); k != fault.Unavailable {
						t.Errorf("update: kind %v of %v", k, err)
					}
				}
				l.mu.Unlock()
			}
		})
	}
	all.Wait()
}

// check finds in a store all that was acknowledged, and nothing that is half there.
func (l *load) check(t *testing.T, s store.Store) {
	t.Helper()
	found := map[string][]byte{}
	err := store.View(t.Context(), s, func(r store.Reader) error {
		for item, err := range r.Scan(nil, nil) {
			if err != nil {
				return err
			}
			found[string(item.Key)] = item.Value
		}
		return nil
	})
	if err != nil {
		t.Fatalf("Scan after reopening: %v", err)
	}
	for w := range loadWriters {
		for i := range loadUpdates {
			key := fmt.Sprintf("%d-%d", w, i)
			a, hasA := found["a"+key]
			b, hasB := found["b"+key]
			switch {
			case hasA != hasB:
				t.Errorf("update %s is half there", key)
			case l.acknowledged[key] && !hasA:
				t.Errorf("update %s was acknowledged and is gone", key)
			case hasA && (!bytes.Equal(a, l.texts[key]) || !bytes.Equal(b, l.texts[key])):
				t.Errorf("update %s is damaged", key)
			}
		}
	}
}

// TestFaults makes the i-th operation of the disk fail, for every i, once alone and once with all that follow. Whatever
// the store then answers, what it has acknowledged is there after a crash, and nothing is half there.
func TestFaults(t *testing.T) {
	step := int64(1)
	if testing.Short() {
		step = 17
	}
	texts := loadTexts()
	for _, forGood := range []bool{false, true} {
		name := "once"
		if forGood {
			name = "for good"
		}
		t.Run(name, func(t *testing.T) {
			for i := int64(1); ; i += step {
				if !faultAt(t, i, forGood, texts) || t.Failed() {
					t.Logf("the load has about %d operations", i)
					return
				}
			}
		})
	}
}

// faultAt reports whether the load came as far as operation i.
func faultAt(t *testing.T, i int64, forGood bool, texts map[string][]byte) bool {
	t.Helper()
	d := &disk{MemFS: vfs.NewCrashableMem(), fail: i, forGood: forGood}
	l := &load{texts: texts, acknowledged: map[string]bool{}}
	backend, err := pebble.Open(pebble.Options{Dir: "store", FS: d.fs(), MemTable: loadTable})
	if err == nil {
		s := store.Enforce(backend)
		l.run(t, s)
		if err := s.Close(); err != nil && !d.tripped.Load() {
			t.Errorf("operation %d: Close: %v", i, err)
		}
	} else if !d.tripped.Load() {
		t.Errorf("operation %d: Open: %v", i, err)
	}
	if !d.tripped.Load() && len(l.acknowledged) != loadWriters*loadUpdates {
		t.Errorf("operation %d: %d updates failed on a sound disk", i, l.failed)
	}
	// What a crash leaves: only what was synced is sure to be there.
	survived := d.CrashClone(vfs.CrashCloneCfg{})
	again, err := pebble.Open(pebble.Options{Dir: "store", FS: survived})
	if err != nil {
		t.Fatalf("operation %d: reopen: %v", i, err)
	}
	s := store.Enforce(again)
	l.check(t, s)
	put(t, s, "after", "all")
	if err := s.Close(); err != nil {
		t.Errorf("operation %d: close the reopened store: %v", i, err)
	}
	if t.Failed() {
		t.Logf("with operation %d failing", i)
	}
	return d.tripped.Load()
}

// TestStopped: after a failed write nothing is read or written any more, and the folder can be opened anew.
func TestStopped(t *testing.T) {
	d := &disk{MemFS: vfs.NewCrashableMem(), forGood: true}
	backend, err := pebble.Open(pebble.Options{Dir: "store", FS: d.fs(), MemTable: loadTable})
	if err != nil {
		t.Fatal(err)
	}
	s := store.Enforce(backend)
	put(t, s, "a", "1")
	held, err := s.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	d.fail = d.seen.Load() + 1
	for range 3 {
		err = s.Update(t.Context(), func(tx store.Tx) error { return tx.Put([]byte("a"), []byte("2")) })
		if !fault.Is(err, fault.Unavailable) || !errors.Is(err, errorfs.ErrInjected) {
			t.Errorf("Update: %v", err)
		}
	}
	if _, err := s.Snapshot(t.Context()); !fault.Is(err, fault.Unavailable) {
		t.Errorf("Snapshot: %v", err)
	}
	if _, err := held.Get([]byte("a")); !fault.Is(err, fault.Unavailable) {
		t.Errorf("Get: %v", err)
	}
	if err := held.Close(); err != nil {
		t.Errorf("close the snapshot: %v", err)
	}
	if err := s.Close(); !fault.Is(err, fault.Unavailable) {
		t.Errorf("Close: %v", err)
	}
	d.fail = 0
	again := open(t, pebble.Options{Dir: "store", FS: d.MemFS})
	if item, err := get(t, again, "a"); err != nil || string(item.Value) == "" {
		t.Errorf("Get after reopening: %q, %v", item.Value, err)
	}
	put(t, again, "a", "3")
}
