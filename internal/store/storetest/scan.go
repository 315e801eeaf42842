package storetest

import (
	"errors"
	"fmt"

	"github.com/alcedo-cloud/alcedo/internal/store"
)

// scanCases are about ranges of keys.
func scanCases() []testCase {
	return []testCase{
		{"empty store", func(w *world) { w.view(func(r store.Reader) { w.wantScan(r, nil, nil) }) }},
		{"bounds", scanBounds},
		{"order of bytes", scanOrder},
		{"many pages", scanPages},
		{"stops when the loop does", scanBreak},
		{"inside a scan", scanInside},
		{"while the loop's body writes", scanWrites},
		{"prefix", scanPrefix},
	}
}

func scanBounds(w *world) {
	w.put("a", "1", "b", "2", "ba", "3", "c", "4")
	check := func(r store.Reader) {
		w.wantScan(r, nil, nil, "a=1", "b=2", "ba=3", "c=4")
		w.wantScan(r, []byte{}, nil, "a=1", "b=2", "ba=3", "c=4")
		w.wantScan(r, []byte("b"), nil, "b=2", "ba=3", "c=4")
		w.wantScan(r, []byte("b"), []byte("c"), "b=2", "ba=3")
		w.wantScan(r, []byte("b\x00"), []byte("c\x00"), "ba=3", "c=4")
		w.wantScan(r, nil, []byte("b"), "a=1")
		w.wantScan(r, []byte("b"), []byte("b"))
		w.wantScan(r, []byte("c"), []byte("a"))
		w.wantScan(r, nil, []byte{})
		w.wantScan(r, []byte("d"), nil)
	}
	w.view(check)
	w.update(func(tx store.Tx) error { check(tx); return nil })
}

func scanOrder(w *world) {
	w.put("b", "", "a\xff", "", "a", "", "\xff\xff", "", "\x00", "", "a\x00b", "", "B", "", "\x80", "", "é", "")
	w.view(func(r store.Reader) {
		w.wantScan(r, nil, nil, "\x00=", "B=", "a=", "a\x00b=", "a\xff=", "b=", "\x80=", "é=", "\xff\xff=")
	})
}

// scanPages has more items than any backend reads at once, some of them large.
func scanPages(w *world) {
	const n = 3000
	w.update(func(tx store.Tx) error {
		for i := range n {
			if err := tx.Put(fmt.Appendf(nil, "k%05d", i), make([]byte, i%7*100)); err != nil {
				return err
			}
		}
		return nil
	})
	w.view(func(r store.Reader) {
		i := 0
		for item, err := range r.Scan([]byte("k"), []byte("l")) {
			if err != nil {
				w.Fatal(err)
			}
			if want := fmt.Sprintf("k%05d", i); string(item.Key) != want || len(item.Value) != i%7*100 {
				w.Fatalf("item %d is %q with %d bytes", i, item.Key, len(item.Value))
			}
			i++
		}
		if i != n {
			w.Errorf("%d items, want %d", i, n)
		}
	})
}

func scanBreak(w *world) {
	w.put("a", "1", "b", "2", "c", "3")
	w.view(func(r store.Reader) {
		for range 50 {
			for item, err := range r.Scan(nil, nil) {
				if err != nil || string(item.Key) != "a" {
					w.Fatalf("first item %q, %v", item.Key, err)
				}
				break
			}
		}
		w.wantScan(r, nil, nil, "a=1", "b=2", "c=3")
	})
}

// scanInside: the body of a scan's loop reads from the same view.
func scanInside(w *world) {
	w.put("a", "b", "b", "c", "c", "a")
	check := func(r store.Reader) error {
		pairs := 0
		for item, err := range r.Scan(nil, nil) {
			if err != nil {
				return err
			}
			next, err := r.Get(item.Value)
			if err != nil {
				return err
			}
			for other, err := range r.Scan(next.Key, nil) {
				if err != nil {
					return err
				}
				if string(other.Key) >= string(next.Key) {
					pairs++
				}
			}
		}
		if pairs != 6 {
			w.Errorf("%d pairs, want 6", pairs)
		}
		return nil
	}
	if err := store.View(w.ctx(), w.Store, check); err != nil {
		w.Error(err)
	}
	w.update(func(tx store.Tx) error { return check(tx) })
}

// scanWrites: a scan of a transaction sees what was there when it began.
func scanWrites(w *world) {
	for i := range 100 {
		w.put(fmt.Sprintf("%03d", i), "old")
	}
	w.update(func(tx store.Tx) error {
		if err := tx.Put([]byte("050x"), []byte("own")); err != nil {
			return err
		}
		seen := 0
		for item, err := range tx.Scan(nil, nil) {
			if err != nil {
				return err
			}
			seen++
			err = errors.Join(
				tx.Put(append(item.Key, '+'), []byte("new")),
				tx.Put([]byte("099"), []byte("changed")),
				tx.Delete(item.Key))
			if err != nil {
				return err
			}
			if string(item.Value) != "old" && string(item.Key) != "050x" {
				w.Errorf("the scan meets its own %q=%q", item.Key, item.Value)
			}
		}
		if seen != 101 {
			w.Errorf("%d items, want 101", seen)
		}
		return nil
	})
	w.view(func(r store.Reader) {
		got, err := collect(r, nil, nil)
		if err != nil || len(got) != 101 || got[0] != "000+=new" {
			w.Errorf("%d items from %q, %v", len(got), got[:min(1, len(got))], err)
		}
	})
}

func scanPrefix(w *world) {
	put := func(tx store.Tx, parts ...string) error { return tx.Put(store.Key(parts...), []byte("x")) }
	w.update(func(tx store.Tx) error {
		return errors.Join(
			put(tx, "user"), put(tx, "user", "a"), put(tx, "user", "a", "1"), put(tx, "user", "ab"),
			put(tx, "user\x01", "a"), put(tx, "users", "a"), put(tx, "use", "z"))
	})
	w.view(func(r store.Reader) {
		p := store.Prefix("user")
		w.wantScan(r, p, store.End(p), "user\x00a=x", "user\x00a\x001=x", "user\x00ab=x")
		p = store.Prefix("user", "a")
		w.wantScan(r, p, store.End(p), "user\x00a\x001=x")
	})
}
