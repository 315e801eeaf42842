package exec

import (
	"bytes"
	"slices"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/row"
)

// Populate makes the entries of an index for the rows that are there: CREATE INDEX, and the constraints that have one.
// Two rows with one key in a unique index are message 1505.
func Populate(c *Context, t *catalog.Table, x *catalog.Index, rules *plan.Rules) error {
	if x.Clustered {
		return fault.New(fault.Internal, "exec.Populate", "", "a clustered index is made by Rewrite")
	}
	return definition(c, t, rules, func(r *run, g *target) error {
		e := g.find(x)
		if e == nil {
			return nil // disabled
		}
		w := g.writing(r)
		made := &madeEntries{}
		err := g.each(r, func(locator []byte, row Row) error {
			in, err := g.holds(r, e, row)
			if err != nil || !in {
				return err
			}
			key := g.entryKey(w, w.keys[0][:0], e, row, locator)
			w.keys[0] = key
			if err := g.fits(e, key, row); err != nil {
				return err
			}
			w.value = e.appendValue(w.value[:0], row, locator, &w.scratch)
			return made.add(r, key, w.value)
		})
		if err != nil {
			return err
		}
		return g.putAll(r, e, made)
	})
}

// madeEntries are those of a new index. Sorted, they cost the transaction no search.
type madeEntries struct {
	bytes []byte
	items []batchItem
}

func (m *madeEntries) add(r *run, key, val []byte) error {
	if len(m.bytes)+len(key)+len(val) > mostMade {
		return errLogFull(r.Context)
	}
	at := batchItem{key: len(m.bytes)}
	m.bytes = append(m.bytes, key...)
	at.value = len(m.bytes)
	m.bytes = append(m.bytes, val...)
	at.end = len(m.bytes)
	m.items = append(m.items, at)
	return r.grow(int64(len(key) + len(val) + 24))
}

// mostMade is about what a transaction can write, in bytes.
const mostMade = 240 << 20

func (m *madeEntries) key(i int) []byte { return m.bytes[m.items[i].key:m.items[i].value] }

func (g *target) putAll(r *run, e *entries, m *madeEntries) error {
	slices.SortFunc(m.items, func(a, b batchItem) int {
		return bytes.Compare(m.bytes[a.key:a.value], m.bytes[b.key:b.value])
	})
	for i, at := range m.items {
		if err := r.tick(); err != nil {
			return err
		}
		if e.unique && i > 0 && bytes.Equal(m.key(i-1), m.key(i)) {
			locator, _, err := e.split(m.key(i), m.bytes[at.value:at.end])
			if err != nil {
				return err
			}
			row, err := g.read(r, locator)
			if err != nil {
				return err
			}
			return errDuplicateIndex(r.Context, g.table, e, row)
		}
		if err := r.Tx.Put(e.at, m.key(i), m.bytes[at.value:at.end]); err != nil {
			return err
		}
	}
	return nil
}

// read is the row with a locator, as the statement sees it.
func (l *layout) read(r *run, locator []byte) (Row, error) {
	val, found, err := r.Tx.Get(l.base.at, l.baseKey(nil, locator))
	if err == nil && !found {
		err = errEntry()
	}
	if err == nil {
		val, err = l.whole(locator, val, r.Tx.Get)
	}
	if err != nil {
		return nil, err
	}
	out := make(Row, len(l.all))
	return out, row.NewDecoder(l.all).Decode(val, out, true)
}
