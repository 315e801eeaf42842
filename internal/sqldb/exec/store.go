package exec

import (
	"bytes"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/txn"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// insertRow stores a row that has passed its checks. It is false where an index that ignores duplicates has its key
// already.
func (g *target) insertRow(r *run, w *writing, row Row) (bool, error) {
	if err := g.place(r, w, row); err != nil {
		return false, err
	}
	wanted, err := g.claim(r, w, row)
	if err != nil || !wanted {
		return false, err
	}
	if err := g.putBase(r, w, row); err != nil {
		return false, err
	}
	r.Tx.Count(g.base.at, 1)
	for i, e := range g.indexes {
		if w.keys[i+1] == nil {
			continue
		}
		if err := g.putEntry(r, w, e, w.keys[i+1], row, w.locator); err != nil {
			return false, err
		}
	}
	return true, g.noteForeign(r, w, nil, row)
}

// place writes the keys under which a new row and its entries will lie into w.
func (g *target) place(r *run, w *writing, row Row) error {
	key := g.base.appendKey(w.keys[0][:0], row, &w.scratch)
	if !g.base.unique {
		n, err := g.freshNumber(r)
		if err != nil {
			return err
		}
		key = append(key, n...)
	}
	w.keys[0] = key
	w.locator = append(w.locator[:0], key[len(g.base.at.Prefix()):]...)
	for i, e := range g.indexes {
		if err := g.placeEntry(r, w, i, e, row); err != nil {
			return err
		}
	}
	return g.lengths(w, row)
}

func (g *target) placeEntry(r *run, w *writing, i int, e *entries, row Row) error {
	in, err := g.holds(r, e, row)
	if err != nil {
		return err
	}
	if !in {
		w.keys[i+1] = nil
		return nil
	}
	w.keys[i+1] = g.entryKey(w, w.keys[i+1][:0], e, row, w.locator)
	return nil
}

// entryKey is the key of a row's entry in an index.
func (g *target) entryKey(w *writing, dst []byte, e *entries, row Row, locator []byte) []byte {
	dst = e.appendKey(dst, row, &w.scratch)
	if !e.unique {
		dst = append(dst, locator...)
	}
	return dst
}

// claim locks the unique keys of a new row and asks whether somebody has them.
func (g *target) claim(r *run, w *writing, row Row) (bool, error) {
	for i := range w.keys {
		e := g.base
		if i > 0 {
			e = g.indexes[i-1]
		}
		if !e.unique || w.keys[i] == nil {
			continue
		}
		free, err := g.claimKey(r, e, w.keys[i])
		if err != nil {
			return false, err
		}
		if free {
			continue
		}
		if e.index.IgnoreDup {
			r.warn(value.Errorf(3604, 10, 1, "Duplicate key was ignored."))
			return false, nil
		}
		return false, errDuplicate(r.Context, g.table, e, row)
	}
	return true, nil
}

func (g *target) claimKey(r *run, e *entries, key []byte) (bool, error) {
	if err := r.Tx.LockKey(r, e.at, key, txn.Exclusive); err != nil {
		return false, err
	}
	return r.Tx.Vacant(e.at, key)
}

func (g *target) putBase(r *run, w *writing, row Row) error {
	w.value = g.encoder.Append(w.value[:0], row)
	if len(w.value) > mostRow {
		return value.Errorf(511, 16, 1, "Cannot create a row of size %d which is greater than the allowable maximum row size of %d.",
			len(w.value), mostRow)
	}
	return r.Tx.Put(g.base.at, w.keys[0], w.value)
}

// mostRow is what the store takes as one value, less some room.
const mostRow = 8<<20 - 64

func (g *target) putEntry(r *run, w *writing, e *entries, key []byte, row Row, locator []byte) error {
	w.value = e.appendValue(w.value[:0], row, locator, &w.scratch)
	return r.Tx.Put(e.at, key, w.value)
}

// lengths refuses keys that are longer than SQL Server's, or than the store's.
func (g *target) lengths(w *writing, row Row) error {
	for i, key := range w.keys {
		e := g.base
		if i > 0 {
			e = g.indexes[i-1]
		}
		if err := g.fits(e, key, row); err != nil {
			return err
		}
	}
	return nil
}

func (g *target) fits(e *entries, key []byte, row Row) error {
	if n := e.tooLong(row); n > 0 {
		return errKeyLength(g.table, e, n)
	}
	if len(key) > mostKey {
		return errKeyLength(g.table, e, len(key))
	}
	return nil
}

const mostKey = 2500

// deleteRow takes a row and its entries away. Its key is locked.
func (g *target) deleteRow(r *run, w *writing, row Row, locator []byte) error {
	w.keys[0] = g.baseKey(w.keys[0][:0], locator)
	if err := r.Tx.Delete(g.base.at, w.keys[0]); err != nil {
		return err
	}
	r.Tx.Count(g.base.at, -1)
	for i, e := range g.indexes {
		in, err := g.holds(r, e, row)
		if err != nil {
			return err
		}
		if !in {
			continue
		}
		w.keys[i+1] = g.entryKey(w, w.keys[i+1][:0], e, row, locator)
		if err := g.deleteEntry(r, e, w.keys[i+1]); err != nil {
			return err
		}
	}
	return g.noteRemoved(r, w, row, nil)
}

// deleteEntry takes an entry away; a unique key stays locked, so that nobody takes it before the commit.
func (g *target) deleteEntry(r *run, e *entries, key []byte) error {
	if e.unique {
		if err := r.Tx.LockKey(r, e.at, key, txn.Exclusive); err != nil {
			return err
		}
	}
	return r.Tx.Delete(e.at, key)
}

// change is a row before and after: without old it is new, without new it is gone.
type change struct {
	old, new Row
	locator  []byte // of old
	moved    []byte // the new locator where it is another
}

// apply carries out changes: first everything goes that is no more, then comes what is new, so that keys may change
// hands within one statement.
func (g *target) apply(r *run, w *writing, changes []change) error {
	for i := range changes {
		if err := r.tick(); err != nil {
			return err
		}
		if err := g.takeAway(r, w, &changes[i]); err != nil {
			return err
		}
	}
	for i := range changes {
		if err := r.tick(); err != nil {
			return err
		}
		c := &changes[i]
		var err error
		switch {
		case c.new == nil:
		case c.old == nil:
			_, err = g.insertRow(r, w, c.new)
		default:
			err = g.bring(r, w, c)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// takeAway deletes what a change leaves nothing of: the row, or those keys of it that change.
func (g *target) takeAway(r *run, w *writing, c *change) error {
	switch {
	case c.old == nil:
		return nil
	case c.new == nil:
		return g.deleteRow(r, w, c.old, c.locator)
	}
	if err := g.relocate(r, w, c); err != nil {
		return err
	}
	locator := c.locator
	if c.moved != nil {
		locator = c.moved
		w.keys[0] = g.baseKey(w.keys[0][:0], c.locator)
		if err := r.Tx.Delete(g.base.at, w.keys[0]); err != nil {
			return err
		}
	}
	for _, e := range g.indexes {
		before, err := g.holds(r, e, c.old)
		if err != nil || !before {
			if err != nil {
				return err
			}
			continue
		}
		after, err := g.holds(r, e, c.new)
		if err != nil {
			return err
		}
		old := g.entryKey(w, w.keys[0][:0], e, c.old, c.locator)
		w.keys[0] = old
		if after {
			w.value = g.entryKey(w, w.value[:0], e, c.new, locator)
			if bytes.Equal(old, w.value) {
				continue
			}
		}
		if err := g.deleteEntry(r, e, old); err != nil {
			return err
		}
	}
	return nil
}

// relocate finds out whether a changed row lies elsewhere.
func (g *target) relocate(r *run, w *writing, c *change) error {
	if len(g.base.ordinals) == 0 {
		return nil
	}
	prefix := len(g.base.at.Prefix())
	key := g.base.appendKey(w.keys[0][:0], c.new, &w.scratch)
	w.keys[0] = key
	if g.base.unique {
		if !bytes.Equal(key[prefix:], c.locator) {
			c.moved = append([]byte(nil), key[prefix:]...)
		}
		return nil
	}
	if bytes.Equal(key[prefix:], c.locator[:len(c.locator)-8]) {
		return nil
	}
	n, err := g.freshNumber(r)
	c.moved = append(append([]byte(nil), key[prefix:]...), n...)
	return err
}

// bring stores the new state of a changed row.
func (g *target) bring(r *run, w *writing, c *change) error {
	locator := c.locator
	if c.moved != nil {
		locator = c.moved
	}
	w.keys[0] = g.baseKey(w.keys[0][:0], locator)
	if c.moved != nil {
		if err := g.fits(g.base, w.keys[0], c.new); err != nil {
			return err
		}
		if g.base.unique {
			free, err := g.claimKey(r, g.base, w.keys[0])
			if err != nil {
				return err
			}
			if !free {
				return errDuplicate(r.Context, g.table, g.base, c.new)
			}
		}
	}
	if err := g.putBase(r, w, c.new); err != nil {
		return err
	}
	for _, e := range g.indexes {
		if err := g.bringEntry(r, w, e, c, locator); err != nil {
			return err
		}
	}
	if err := g.noteRemoved(r, w, c.old, c.new); err != nil {
		return err
	}
	return g.noteForeign(r, w, c.old, c.new)
}

func (g *target) bringEntry(r *run, w *writing, e *entries, c *change, locator []byte) error {
	after, err := g.holds(r, e, c.new)
	if err != nil || !after {
		return err
	}
	before, err := g.holds(r, e, c.old)
	if err != nil {
		return err
	}
	key := g.entryKey(w, w.keys[0][:0], e, c.new, locator)
	w.keys[0] = key
	same := false
	if before {
		w.value = g.entryKey(w, w.value[:0], e, c.old, c.locator)
		same = bytes.Equal(w.value, key)
	}
	if same && c.moved == nil && e.untouched(c.old, c.new) {
		return nil
	}
	if err := g.fits(e, key, c.new); err != nil {
		return err
	}
	if e.unique && !same {
		free, err := g.claimKey(r, e, key)
		if err != nil {
			return err
		}
		if !free {
			return errDuplicate(r.Context, g.table, e, c.new)
		}
	}
	return g.putEntry(r, w, e, key, c.new, locator)
}

// untouched reports whether the columns that an index has are as they were.
func (e *entries) untouched(old, new Row) bool {
	for _, o := range e.covers {
		if old[o] != new[o] {
			return false
		}
	}
	return true
}
