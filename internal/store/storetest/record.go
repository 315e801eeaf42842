package storetest

import (
	"bytes"
	"fmt"

	"github.com/alcedo-cloud/alcedo/internal/store"
)

// recordCases are about one key at a time.
func recordCases() []testCase {
	return []testCase{
		{"absent", func(w *world) { w.wantNow("a", "") }},
		{"put and get", func(w *world) {
			w.put("a", "1", "b", "2")
			w.wantNow("a", "1")
			w.wantNow("b", "2")
			w.wantNow("ab", "")
		}},
		{"overwrite", func(w *world) {
			w.put("a", "1")
			w.put("a", "2")
			w.wantNow("a", "2")
		}},
		{"delete", func(w *world) {
			w.put("a", "1", "b", "2")
			w.remove("a", "never there")
			w.wantNow("a", "")
			w.wantNow("b", "2")
		}},
		{"an empty value is a value", func(w *world) {
			w.put("a", "")
			w.view(func(r store.Reader) {
				item, err := r.Get([]byte("a"))
				if err != nil || item.Value == nil || len(item.Value) != 0 {
					w.Errorf("Get = %#v, %v, want an empty value", item.Value, err)
				}
			})
		}},
		{"binary keys and values", binaryRecords},
		{"big values", bigValues},
		{"slices are the caller's", ownSlices},
	}
}

func binaryRecords(w *world) {
	keys := [][]byte{{0}, {0, 0}, {0, 1}, {0xff}, {0xff, 0}, {0xff, 0xff}, {'d'}, {'m'}, []byte("ä\x00ö")}
	w.update(func(tx store.Tx) error {
		for i, k := range keys {
			if err := tx.Put(k, []byte{byte(i), 0, 0xff, byte(i)}); err != nil {
				return err
			}
		}
		return nil
	})
	w.view(func(r store.Reader) {
		for i, k := range keys {
			item, err := r.Get(k)
			if err != nil || !bytes.Equal(item.Value, []byte{byte(i), 0, 0xff, byte(i)}) {
				w.Errorf("Get(%q) = %q, %v", k, item.Value, err)
			}
		}
	})
}

func bigValues(w *world) {
	sizes := []int{1 << 10, 1 << 16, 3 << 20, store.MaxValue}
	value := func(n int) []byte { return bytes.Repeat([]byte{byte(n >> 10), 1, 2, 3}, n/4) }
	for _, n := range sizes {
		w.update(func(tx store.Tx) error { return tx.Put(fmt.Append(nil, "big", n), value(n)) })
	}
	w.view(func(r store.Reader) {
		seen := 0
		for item, err := range r.Scan([]byte("big"), nil) {
			if err != nil {
				w.Fatalf("Scan: %v", err)
			}
			if !bytes.Equal(item.Value, value(len(item.Value))) {
				w.Errorf("%s: %d bytes that were not written", item.Key, len(item.Value))
			}
			seen++
		}
		if seen != len(sizes) {
			w.Errorf("Scan yields %d values, want %d", seen, len(sizes))
		}
	})
}

// ownSlices: what was given to Put may change afterwards, and what Get and Scan returned stays as it was.
func ownSlices(w *world) {
	key, value := []byte("key"), []byte("one")
	w.update(func(tx store.Tx) error {
		if err := tx.Put(key, value); err != nil {
			return err
		}
		copy(value, "bad")
		w.want(tx, "key", "one")
		copy(key, "bad")
		return nil
	})
	var kept []store.Item
	w.view(func(r store.Reader) {
		kept = append(kept, w.want(r, "key", "one"))
		for item, err := range r.Scan(nil, nil) {
			if err != nil {
				w.Fatal(err)
			}
			kept = append(kept, item)
		}
	})
	w.put("key", "two")
	for i := range 100 {
		w.put(fmt.Sprint("filler", i), "three")
	}
	for _, item := range kept {
		if string(item.Key) != "key" || string(item.Value) != "one" {
			w.Errorf("what was read has become %q=%q", item.Key, item.Value)
		}
	}
}
