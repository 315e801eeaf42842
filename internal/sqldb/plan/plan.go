// Package plan is what a statement means once every name is resolved and every expression has a type: trees of typed
// expressions and of relational operators. The binder makes them and the executor runs them; a plan is never changed
// once made, so that any number of sessions may run one at the same time. It must never know the text it came from.
package plan

import (
	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// Statement is one statement, ready to run.
type Statement struct {
	Kind    Kind
	Node    Node         // of a query, or the DML node
	Columns []Column     // what goes to the client: the query's columns or those of OUTPUT; nil for none
	Assign  []Assignment // SELECT @v = …: the rows go to variables, not to the client
	Needs   []Need       // what the user must be permitted
	Catalog uint64       // version of the catalog that it was bound with
	Command uint16       // CurCmd of the DONE token: 0xC1 SELECT, 0xC3 INSERT, 0xC4 DELETE, 0xC5 UPDATE, 0x117 MERGE
}

// Kind says what a statement does.
type Kind uint8

// The kinds of statements with a plan.
const (
	Select Kind = iota
	InsertStatement
	UpdateStatement
	DeleteStatement
	MergeStatement
)

// Column describes a column of a result.
type Column struct {
	Name     string
	Type     value.Type
	Identity bool
	Computed bool
	Hidden   bool // it is the server's own, of a cursor's rows
	// Source is the column of a table that it shows unchanged; nil for expressions.
	Source *Source
}

// Source is where a result's column comes from.
type Source struct {
	Table  *catalog.Table
	Column *catalog.Column
}

// Assignment gives a variable a value.
type Assignment struct {
	Variable int
	Type     value.Type // of the variable
	X        Expr       // already converted to Type
}

// Need is a permission without which the statement is refused.
type Need struct {
	Permission string // SELECT, INSERT, UPDATE, DELETE, EXECUTE, REFERENCES
	Object     int32
	Columns    []int32 // ids; nil for the whole object
	// Owner is the owner of the view or procedure through which the object is reached, 0 for none: where it owns the
	// object too, the need falls away (ownership chaining).
	Through int32
}

// Node is a relational operator. Its rows are slices whose length is Width(); a consumer may keep no row beyond the
// next one unless it copies it.
type Node interface {
	Width() int
	node()
}

// Expr is a typed expression.
type Expr interface {
	Type() value.Type
	expr()
}

// SortKey is one key of an order.
type SortKey struct {
	X          Expr
	Descending bool
}
