package exec

import (
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
	if len(w.value) > partSize {
		return g.putLarge(r, w.keys[0], w.value)
	}
	return r.Tx.Put(g.base.at, w.keys[0], w.value)
}

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
	if err := g.dropParts(r, row, locator); err != nil {
		return err
	}
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
