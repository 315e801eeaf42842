package exec

import (
	"encoding/binary"
	"slices"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/row"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/txn"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// heapID is the index under which the rows of a heap lie.
const heapID = 0

// layout says how a table's rows and the entries of its indexes lie in the store.
//
// A row lies under the columns of the clustered index, after which stands a number where those are not unique, or under
// a number alone in a heap. What follows the index's prefix is the row's locator. An entry of another index lies under
// its columns, after which stands the locator unless the index is unique. The value of an entry is the length of the
// locator, the locator where it is not in the key, and a record of the columns of the index's key, of the clustered
// index's, and of those included.
type layout struct {
	table   *catalog.Table
	base    *entries
	indexes []*entries // but the base's; disabled ones are left out
	parts   *txn.Index // of rows too large for one value
	encoder *row.Encoder
	all     []row.Column
}

// entries is one index, or the heap.
type entries struct {
	index    *catalog.Index // nil for a heap
	position int            // in Table.Indexes, -1 for a heap
	at       *txn.Index
	keys     []row.KeyColumn
	ordinals []int // of keys in the table
	unique   bool  // the columns of the key tell entries apart
	covers   []int // ordinals of the columns in the record
	encoder  *row.Encoder
	limit    int // bytes of the key's columns that a row may have; 0 where their types bound them
}

// What SQL Server lets a key have, in bytes of its columns.
const (
	mostClustered    = 900
	mostNonclustered = 1700
)

func newLayout(database int32, t *catalog.Table) *layout {
	l := &layout{table: t}
	for _, c := range t.Columns {
		l.all = append(l.all, row.Column{ID: uint32(c.ID), Type: c.Type, Missing: c.Added})
	}
	l.encoder = row.NewEncoder(l.all)
	where := txn.Table{Database: database, ID: t.ID, Generation: t.Truncated, Space: space(t.Temporary, t.Variable)}
	l.parts = txn.NewIndex(where, partsID)
	clustered := t.Clustered()
	if clustered == nil {
		l.base = &entries{position: -1, at: txn.NewIndex(where, heapID)}
	}
	for i, x := range t.Indexes {
		if x.Disabled && !x.Clustered {
			continue
		}
		e := l.entries(where, i, x, clustered)
		if x.Clustered {
			l.base = e
		} else {
			l.indexes = append(l.indexes, e)
		}
	}
	return l
}

func (l *layout) entries(where txn.Table, position int, x, clustered *catalog.Index) *entries {
	e := &entries{index: x, position: position, at: txn.NewIndex(where, x.ID), unique: x.Unique}
	for _, k := range x.Keys {
		o := l.table.Ordinal(k.Column)
		e.ordinals = append(e.ordinals, o)
		e.keys = append(e.keys, row.KeyColumn{Type: l.table.Columns[o].Type, Desc: k.Descending})
	}
	e.limit = e.bound()
	if x.Clustered {
		return e
	}
	e.covers = slices.Clone(e.ordinals)
	for _, id := range x.Included {
		e.covers = append(e.covers, l.table.Ordinal(id))
	}
	if clustered != nil {
		for _, k := range clustered.Keys {
			e.covers = append(e.covers, l.table.Ordinal(k.Column))
		}
	}
	slices.Sort(e.covers)
	e.covers = slices.Compact(e.covers)
	e.encoder = row.NewEncoder(l.columns(e.covers))
	return e
}

// bound is the limit of a key's length, 0 where no row can reach it.
func (e *entries) bound() int {
	limit := mostNonclustered
	if e.index.Clustered {
		limit = mostClustered
	}
	declared := 0
	for _, k := range e.keys {
		n := k.Type.MaxLength()
		if n < 0 {
			return limit
		}
		declared += n
	}
	if declared <= limit {
		return 0
	}
	return limit
}

// tooLong is the length of a row's key where it is beyond the limit, else 0.
func (e *entries) tooLong(values Row) int {
	if e.limit == 0 {
		return 0
	}
	n := 0
	for i, o := range e.ordinals {
		t := e.keys[i].Type
		switch {
		case values[o].IsNull():
		case t.IsUnicode():
			n += 2 * value.UTF16Len(values[o].Text())
		case t.IsString(), t.IsBinary():
			n += len(values[o].Text())
		default:
			n += t.MaxLength()
		}
	}
	if n <= e.limit {
		return 0
	}
	return n
}

// columns are those with some ordinals, as records know them.
func (l *layout) columns(ordinals []int) []row.Column {
	out := make([]row.Column, len(ordinals))
	for i, o := range ordinals {
		out[i] = l.all[o]
	}
	return out
}

// find is where an index's entries are; nil is the rows themselves.
func (l *layout) find(x *catalog.Index) *entries {
	if x == nil || x.Clustered {
		return l.base
	}
	for _, e := range l.indexes {
		if e.index.ID == x.ID {
			return e
		}
	}
	return nil
}

// covered reports whether an index has all of some columns.
func (e *entries) covered(ordinals []int) bool {
	for _, o := range ordinals {
		if _, ok := slices.BinarySearch(e.covers, o); !ok {
			return false
		}
	}
	return true
}

// appendKey writes the key of a row's entry but for what makes it unique. values and scratch have the table's columns
// and room for the key's.
func (e *entries) appendKey(dst []byte, values Row, scratch *Row) []byte {
	s := (*scratch)[:0]
	for _, o := range e.ordinals {
		s = append(s, values[o])
	}
	*scratch = s
	return row.AppendKey(append(dst, e.at.Prefix()...), e.keys, s)
}

// appendValue writes the value of an entry of an index other than the base.
func (e *entries) appendValue(dst []byte, values Row, locator []byte, scratch *Row) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(locator)))
	if e.unique {
		dst = append(dst, locator...)
	}
	s := (*scratch)[:0]
	for _, o := range e.covers {
		s = append(s, values[o])
	}
	*scratch = s
	return e.encoder.Append(dst, s)
}

// split takes an entry apart into the locator of its row and its record.
func (e *entries) split(key, val []byte) (locator, record []byte, err error) {
	n, used := binary.Uvarint(val)
	if used <= 0 || n > uint64(len(val)) && n > uint64(len(key)) {
		return nil, nil, errEntry()
	}
	val = val[used:]
	if !e.unique {
		if n > uint64(len(key)) {
			return nil, nil, errEntry()
		}
		return key[len(key)-int(n):], val, nil
	}
	if n > uint64(len(val)) {
		return nil, nil, errEntry()
	}
	return val[:n], val[n:], nil
}

func errEntry() error {
	return fault.New(fault.Internal, "exec.split", "", "an index entry is corrupt")
}

// baseKey is the key of the row with a locator.
func (l *layout) baseKey(dst, locator []byte) []byte {
	return append(append(dst, l.base.at.Prefix()...), locator...)
}
