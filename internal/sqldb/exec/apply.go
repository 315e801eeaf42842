package exec

import "bytes"

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
	if err := g.dropParts(r, c.old, c.locator); err != nil {
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
