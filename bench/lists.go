package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/alcedo-cloud/alcedo/internal/config"
	"github.com/alcedo-cloud/alcedo/internal/store"
	"github.com/alcedo-cloud/alcedo/internal/store/pebble"
)

// lists measures pages of a container of 20,000 blobs behind 100 prefixes.
func lists(ctx context.Context, s settings, dir string, t *table) error {
	c, _, end, err := open(ctx, s, dir, t)
	if err != nil {
		return err
	}
	defer end()
	l := blobLoad{container: "listed", blobs: 20_000, prefixes: 100, workers: s.workers, seconds: s.seconds}
	if err := c.prepare(ctx, l); err != nil {
		return err
	}
	for _, row := range []struct {
		what, work string
		items      int
		goal       float64
	}{
		{"list a page of 5,000", "list", 5000, 20},
		{"list by hierarchy, 100 prefixes over 20,000 blobs", "hierarchy", 100, 100},
	} {
		l.work, l.items = row.work, row.items
		ours, _, err := c.meet(ctx, l, nil)
		if err != nil {
			return err
		}
		if c.azurite == "" {
			t.note(row.what, fmt.Sprintf("%.1f/s", ours.PerSecond))
		} else if err := c.besideAzurite(ctx, row.what, ours.PerSecond, row.goal, l); err != nil {
			return err
		}
	}
	return nil
}

// manyBlobs measures pages of a container of a million blobs beside those of one of 5,000, and memory.
func manyBlobs(ctx context.Context, s settings, dir string, t *table) error {
	const few, many = 5_000, 1_000_000
	s.azurite = "no"
	folder := filepath.Join(dir, "storage")
	c, _, end, err := open(ctx, s, dir, &table{})
	if err != nil {
		return err
	}
	const number, name = 99_999_999, "000/0/blob-99999999" // no other container has one of that name
	if err = c.prepare(ctx, blobLoad{container: "many", blobs: 1, first: number}); err == nil {
		err = c.prepare(ctx, blobLoad{container: "few", blobs: few})
	}
	end()
	if err != nil {
		return err
	}
	if err := multiply(ctx, folder, name, many); err != nil {
		return err
	}
	c, i, end, err := open(ctx, s, dir, &table{})
	if err != nil {
		return err
	}
	defer end()
	l := blobLoad{work: "list", container: "many", items: 5000, anywhere: true, workers: s.workers, seconds: s.seconds, blobs: many}
	beside := func(l blobLoad) (outcome, error) {
		l.container, l.anywhere = "few", false
		return c.client.run(ctx, c.ours, l)
	}
	ours, other, err := c.meet(ctx, l, beside)
	if err != nil {
		return err
	}
	t.ratio("a page of 5,000 anywhere among 1,000,000, beside one among 5,000", ours.PerSecond, other.PerSecond, 80)
	if mib, ok := i.resident(); ok {
		t.add("memory after that load", fmt.Sprintf("%.0f MiB", mib), "≤ 200 MiB", mib <= 200)
	}
	return nil
}

// huge measures a blob of 100 GiB: a block of 1 GiB that is sent while it is made, a hundred times in the block list, read
// by ranges. What counts is that memory stays what it is.
func huge(ctx context.Context, s settings, dir string, t *table) error {
	const block, blocks, part = 1 << 30, 100, 16 << 20
	s.azurite = "no"
	c, i, end, err := open(ctx, s, filepath.Join(dir, "huge"), &table{})
	if err != nil {
		return err
	}
	defer end()
	l := blobLoad{work: "huge", workers: 1, size: block, pieces: blocks, unit: block / 1e6}
	o, err := c.client.run(ctx, c.ours, l)
	if err != nil {
		return err
	}
	t.note("put 1 GiB in one block, durable, in MB", fmt.Sprintf("%.0f/s", o.PerSecond))
	l.work, l.workers, l.seconds, l.unit = "ranges", 4, s.seconds, part/1e6
	if o, err = c.client.run(ctx, c.ours, l); err != nil {
		return err
	}
	t.note("ranges of 16 MiB anywhere in 100 GiB, 4 clients, in MB", fmt.Sprintf("%.0f/s", o.PerSecond))
	if mib, ok := i.peak(); ok {
		t.add("peak of memory in these two", fmt.Sprintf("%.0f MiB", mib), "≤ 200 MiB", mib <= 200)
	}
	return nil
}

// multiply writes a blob's record n times, under names that differ from its own in their number, into the store of an
// instance that is down: through the service it would take minutes. The blob has no bytes that all would share.
func multiply(ctx context.Context, folder, name string, n int) (err error) {
	backend, err := pebble.Open(pebble.Options{Dir: filepath.Join(folder, config.StoreFolder)})
	if err != nil {
		return err
	}
	s := store.Enforce(backend)
	defer func() { err = errors.Join(err, s.Close()) }()
	var found []store.Item
	prefix := store.Prefix("blob", "b")
	err = store.View(ctx, s, func(r store.Reader) error {
		for item, err := range r.Scan(prefix, store.End(prefix)) {
			if err != nil {
				return err
			}
			if bytes.HasSuffix(item.Key, []byte(name)) && bytes.Contains(item.Value, []byte(name)) {
				found = append(found, item)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if len(found) != 1 {
		return fmt.Errorf("%d blobs have the name %q", len(found), name)
	}
	const batch = 10_000
	for from := 0; from < n; from += batch {
		err := s.Update(ctx, func(tx store.Tx) error {
			for k := from; k < from+batch; k++ {
				other := fmt.Appendf(nil, "000/0/blob-%08d", k)
				err := tx.Put(bytes.Replace(found[0].Key, []byte(name), other, 1), bytes.Replace(found[0].Value, []byte(name), other, 1))
				if err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
