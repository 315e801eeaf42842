package txn

import (
	"bytes"

	"github.com/alcedo-cloud/alcedo/internal/store"
)

// gap is a range of an index that is known to have no key in the store, as one view shows it: rows that come in order
// need not be looked for one by one.
type gap struct {
	view      *view
	cursor    store.Cursor // of the view, which closes it
	low, high []byte       // low <= key < high; without bounded there is no high
	bounded   bool
	asked     int
	hits      int
	last      []byte
}

// Vacant reports whether a key is free: as of the latest commit, under the transaction's own writes. Its lock is held.
func (t *Tx) Vacant(x *Index, key []byte) (bool, error) {
	if _, s := t.own(x, key); s != absent || x.Table.Space != Stored {
		return s != present, nil
	}
	v, err := t.fresh(t.engine.table(x.Table))
	if err != nil {
		return false, err
	}
	g := &t.rows.to(x).gap
	if g.view == v && bytes.Compare(key, g.low) >= 0 && (!g.bounded || bytes.Compare(key, g.high) < 0) {
		g.hits++
		return true, nil
	}
	ascending := g.asked > 0 && bytes.Compare(key, g.last) > 0
	g.asked++
	g.last = append(g.last[:0], key...)
	if !ascending || g.asked > 8 && g.hits < g.asked {
		_, found, err := v.get(key)
		return !found, err
	}
	return g.measure(v, x, key)
}

// measure finds how far the gap after key goes.
func (g *gap) measure(v *view, x *Index, key []byte) (bool, error) {
	if g.view != v {
		c, err := v.Cursor(x.prefix, x.end)
		if err != nil {
			return false, err
		}
		g.view, g.cursor = v, c
	}
	g.low, g.bounded = append(g.low[:0], key...), false
	if g.cursor.Seek(key) {
		g.bounded = true
		g.high = append(g.high[:0], g.cursor.Item().Key...)
	}
	return !g.bounded || !bytes.Equal(g.high, key), g.cursor.Err()
}
