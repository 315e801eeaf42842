// Package row turns rows into bytes and back: keys whose bytes order as their values do, and records that hold columns
// by their numbers, so that a table may get and lose columns without being written anew. It is pure: it must never know
// of tables or of the store.
package row

import "github.com/alcedo-cloud/alcedo/internal/sqldb/value"

// KeyColumn is one column of a key.
type KeyColumn struct {
	Type value.Type
	Desc bool
}

// AppendKey writes the values behind dst; NULL sorts first (last where Desc).
func AppendKey(dst []byte, columns []KeyColumn, values []value.Value) []byte { return dst }

// Column is one column of a record: ID is its number in the table, which is never used again for another.
type Column struct {
	ID   uint32
	Type value.Type
}
