// Package txn has the transactions of Azure SQL: what a session has written and not yet committed, over a snapshot of
// the store; locks of tables and keys with waiting, timeouts and deadlock victims; savepoints and the undoing of a
// statement; commits that are one update of the store. Keys and values are bytes to it: it must never know of types,
// of columns or of statements.
package txn

import (
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// Space says where a table's rows live.
type Space uint8

// The spaces. Rows of Temporary and Variable tables are in the session's memory; those of Variable ones stay as they
// are when a transaction or a savepoint is rolled back, and only a failed statement is undone in them.
const (
	Stored Space = iota
	Temporary
	Variable
)

// First bytes of the keys in the store. All of a table's keys begin with one of them, the database, and the table.
const (
	rowsPrefix    = 'q'
	countPrefix   = 'r'
	counterPrefix = 's'
)

// keySpace stands before all keys of this package, so that they are nobody else's; store.Key makes no key that begins so.
const keySpace = "q"

// Table identifies a table's rows. Generation is how often it was truncated: rows of earlier generations are nobody's.
type Table struct {
	Database, ID, Generation int32
	Space                    Space
}

// Index identifies the entries of one index of a table, or a heap's rows. It does not change.
type Index struct {
	Table  Table
	ID     int32
	prefix []byte
	end    []byte
}

// NewIndex names the entries of an index.
func NewIndex(t Table, id int32) *Index {
	prefix := appendNumber(t.prefix(rowsPrefix), id)
	return &Index{Table: t, ID: id, prefix: prefix, end: store.End(prefix)}
}

// Prefix is what each key of the index begins with. It must not be changed.
func (x *Index) Prefix() []byte { return x.prefix }

// End is the first key after those of the index. It must not be changed.
func (x *Index) End() []byte { return x.end }

// prefix is the start of the keys of all of a table's entries of that sort.
func (t Table) prefix(sort byte) []byte {
	key := append([]byte(keySpace), sort)
	return appendNumber(appendNumber(appendNumber(key, t.Database), t.ID), t.Generation)
}

// DatabaseRanges are the ranges of keys, start and end, that hold all rows, counts and counters of a database. Who
// drops the database deletes them.
func DatabaseRanges(database int32) [][2][]byte {
	var ranges [][2][]byte
	for _, sort := range []byte{rowsPrefix, countPrefix, counterPrefix} {
		start := appendNumber(append([]byte(keySpace), sort), database)
		ranges = append(ranges, [2][]byte{start, store.End(start)})
	}
	return ranges
}

// TableRanges are the ranges of keys that hold the rows and counts of all generations of a table, and its counters.
func TableRanges(database, table int32) [][2][]byte {
	var ranges [][2][]byte
	for _, sort := range []byte{rowsPrefix, countPrefix, counterPrefix} {
		start := appendNumber(appendNumber(append([]byte(keySpace), sort), database), table)
		ranges = append(ranges, [2][]byte{start, store.End(start)})
	}
	return ranges
}

// GenerationRange is the range of keys that holds the rows of one generation of a table.
func GenerationRange(t Table) (start, end []byte) {
	start = t.prefix(rowsPrefix)
	return start, store.End(start)
}

// IndexRange is the range of keys that holds an index's entries.
func IndexRange(x *Index) (start, end []byte) { return x.prefix, x.end }

// appendNumber writes n so that greater numbers have greater bytes and none is another one's prefix. Negative numbers
// come last.
func appendNumber(dst []byte, n int32) []byte {
	v := uint32(n)
	switch {
	case v < 0xf0:
		return append(dst, byte(v))
	case v < 1<<8:
		return append(dst, 0xf0, byte(v))
	case v < 1<<16:
		return append(dst, 0xf1, byte(v>>8), byte(v))
	case v < 1<<24:
		return append(dst, 0xf2, byte(v>>16), byte(v>>8), byte(v))
	}
	return append(dst, 0xf3, byte(v>>24), byte(v>>16), byte(v>>8), byte(v))
}
