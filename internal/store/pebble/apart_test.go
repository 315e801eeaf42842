package pebble_test

import (
	"bytes"
	"context"
	"fmt"
	"testing"

	pebbledb "github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/alcedo-cloud/alcedo/internal/store"
	"github.com/alcedo-cloud/alcedo/internal/store/pebble"
)

// TestApart looks at the tables of a store whose contents have tables of their own.
func TestApart(t *testing.T) {
	const rows = 600
	disk := vfs.NewMem()
	value := bytes.Repeat([]byte("v"), 4096)
	s := open(t, pebble.Options{Dir: "store", FS: disk, MemTable: 256 << 10, Apart: [][]byte{[]byte("m"), []byte("p")}})
	for n := range rows {
		err := s.Update(context.Background(), func(tx store.Tx) error {
			for _, table := range []string{"a", "m", "n", "p", "q"} {
				if err := tx.Put(fmt.Appendf(nil, "%s%04d", table, n), value); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}

	db, err := pebbledb.Open("store", &pebbledb.Options{FS: disk, Logger: silent{t}, ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	levels, err := db.SSTables()
	if err != nil {
		t.Fatal(err)
	}
	tables := map[string]int{}
	for _, level := range levels {
		for _, table := range level {
			first, last := table.Smallest.UserKey, table.Largest.UserKey
			tables[string(first[1:2])]++ // behind what the store puts before all keys
			for _, border := range []string{"m", "n", "p", "q"} {
				if string(first[1:]) < border && string(last[1:]) >= border {
					t.Errorf("a table is from %q to %q", first, last)
				}
			}
		}
	}
	if tables["m"] < 2 || tables["p"] < 2 {
		t.Errorf("tables by the first letter of their keys: %v", tables)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}

	s = open(t, pebble.Options{Dir: "store", FS: disk}) // whoever does not know of it reads the same
	err = store.View(context.Background(), s, func(r store.Reader) error {
		for n := range rows {
			for _, table := range []string{"a", "m", "n", "p", "q"} {
				item, err := r.Get(fmt.Appendf(nil, "%s%04d", table, n))
				if err != nil || !bytes.Equal(item.Value, value) {
					return fmt.Errorf("%s%04d: %d bytes, %w", table, n, len(item.Value), err)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
