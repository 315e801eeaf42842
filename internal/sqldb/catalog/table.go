package catalog

import (
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// Table is a base table. Its rows lie under its own ID in the store; each index's entries under the index's ID.
type Table struct {
	Header
	Columns     []*Column // in the order of their definition
	Indexes     []*Index  // the clustered one first if there is one
	Checks      []*Check
	ForeignKeys []*ForeignKey
	NextColumn  int32 // the id that the next column gets; ids are never used twice
	NextIndex   int32
	Temporary   bool  // #t or a table variable: its rows live in the session
	Global      bool  // ##t: every session of the database sees it, and it ends with the one that made it
	Variable    bool  // a table variable: its rows know no transaction
	Truncated   int32 // how many times it was truncated: part of the key of its rows, so that truncation is one write
}

// Column is a column of a table or the result of a view.
type Column struct {
	ID       int32
	Name     string
	Type     value.Type // with Nullable
	TypeID   int32      // of an alias type; 0 for none
	Identity *Identity
	Default  *Default
	Computed *Computed
	RowGUID  bool
	// Added is what rows have that were written before the column was added. The zero Value is NULL.
	Added value.Value
}

// Identity is IDENTITY(seed, increment). The last value given lies in the store, beside the rows.
type Identity struct {
	Seed, Increment   int64
	NotForReplication bool
}

// Default is a DEFAULT constraint: an object of its own.
type Default struct {
	Header
	Text string // the expression, in parentheses as sys.default_constraints shows it
}

// Computed is AS expression.
type Computed struct {
	Text      string
	Persisted bool
}

// Index is a clustered or other index. A table without a clustered one is a heap, whose rows are known by a number.
type Index struct {
	ID         int32 // 1 is clustered
	Name       string
	Clustered  bool
	Unique     bool
	PrimaryKey bool
	Constraint *Header // of PRIMARY KEY or UNIQUE; nil for CREATE INDEX
	Keys       []IndexKey
	Included   []int32 // column ids
	Filter     string  // text of WHERE
	Disabled   bool
	IgnoreDup  bool
}

// IndexKey is one column of an index's key.
type IndexKey struct {
	Column     int32 // id
	Descending bool
}

// Check is a CHECK constraint.
type Check struct {
	Header
	Text      string
	Column    int32 // 0 for a table's
	Disabled  bool
	Untrusted bool
}

// Action is what a foreign key does when the referenced row goes or changes.
type Action uint8

// The actions, with the numbers of sys.foreign_keys.
const (
	NoAction Action = iota
	Cascade
	SetNull
	SetDefault
)

// ForeignKey is a FOREIGN KEY constraint.
type ForeignKey struct {
	Header
	Columns           []int32
	Referenced        int32 // the referenced table
	ReferencedColumns []int32
	ReferencedIndex   int32
	OnDelete          Action
	OnUpdate          Action
	Disabled          bool
	Untrusted         bool
}

// Guarded reports whether permissions are asked for: temporary tables need none.
func (t *Table) Guarded() bool { return !t.Temporary && !t.Global }

// Ordinal is the position of a column in t.Columns, by its id; -1 where there is none.
func (t *Table) Ordinal(id int32) int {
	for i, c := range t.Columns {
		if c.ID == id {
			return i
		}
	}
	return -1
}

// Column finds a column by name.
func (t *Table) Column(name string) (*Column, int) {
	folded := Fold(name)
	for i, c := range t.Columns {
		if Fold(c.Name) == folded {
			return c, i
		}
	}
	return nil, -1
}

// Clustered is the index whose order the rows have, nil for a heap.
func (t *Table) Clustered() *Index {
	for _, x := range t.Indexes {
		if x.Clustered {
			return x
		}
	}
	return nil
}

// Index finds an index by its id.
func (t *Table) Index(id int32) *Index {
	for _, x := range t.Indexes {
		if x.ID == id {
			return x
		}
	}
	return nil
}

// IdentityColumn is the position of the column with IDENTITY, -1 where there is none.
func (t *Table) IdentityColumn() int {
	for i, c := range t.Columns {
		if c.Identity != nil {
			return i
		}
	}
	return -1
}

// RowVersion is the position of the rowversion column, -1 where there is none.
func (t *Table) RowVersion() int {
	for i, c := range t.Columns {
		if c.Type.ID == value.RowVersion {
			return i
		}
	}
	return -1
}
