// Package exec runs plans: it turns their trees into compiled programs once, and runs those over the rows of a
// transaction. It holds what T-SQL says of operators, of changes to tables and of the constraints that are checked at
// their end. It must never know the text of a statement, who asks, or the wire.
package exec

import (
	"context"
	"sync/atomic"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/function"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/txn"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// Context is what a program runs in: the request's context, the transaction, and the session's part. It is for one run
// at a time; runs within a run (triggers, functions) have Contexts of their own.
type Context struct {
	context.Context
	Tx           *txn.Tx
	Database     int32
	DatabaseName string // in messages
	// Frame has the variables. Assignments change it.
	Frame       []value.Value
	Environment function.Environment
	Virtual     plan.VirtualEnvironment
	// Session is whose statement it is; nil where there is none: then nothing is called or fired, every schema is "dbo",
	// and the plan's catalog is the one in force.
	Session Session
	// Memory bounds what sorts, hashes and changes keep; nil has no bound.
	Memory *Budget
	// Spill is a folder for sorts that outgrow Memory; empty makes them fail with message 701.
	Spill string
	// RowLimit is SET ROWCOUNT, 0 for none.
	RowLimit int64
}

// Session is what a program asks of the session that runs it.
type Session interface {
	// SchemaName names a schema in messages.
	SchemaName(id int32) string
	// CallFunction runs a scalar function's body.
	CallFunction(m *catalog.Module, args []value.Value) (value.Value, error)
	// Fire runs a trigger's body; the rows have all the table's columns.
	Fire(m *catalog.Module, inserted, deleted [][]value.Value) error
	// Firing reports whether the statement is one of a trigger's own: a trigger does not fire itself.
	Firing(m *catalog.Module) bool
	// CatalogVersion is the version of the catalog in force once the tables are locked; where it is not the plan's, Run
	// returns ErrStale and nothing has happened.
	CatalogVersion() uint64
	// GaveIdentity is told the last IDENTITY value that an INSERT gave (SCOPE_IDENTITY).
	GaveIdentity(v value.Value)
	// Warn is told what the client is told without an error: 8153, 3604.
	Warn(m *value.Error)
}

// Budget bounds the memory that the programs of a session may use at one time, in bytes.
type Budget struct {
	limit int64
	used  atomic.Int64
}

// NewBudget makes a budget of so many bytes.
func NewBudget(limit int64) *Budget { return &Budget{limit: limit} }

// Used is how much is in use.
func (b *Budget) Used() int64 { return b.used.Load() }

// Take counts n bytes that the session keeps outside of a program, as an open cursor's rows, or fails with message 701.
// Give takes them back.
func (b *Budget) Take(n int64) error { return b.grow(n) }

// Give gives bytes back that were taken.
func (b *Budget) Give(n int64) { b.shrink(n) }

// grow takes n bytes, or fails with message 701.
func (b *Budget) grow(n int64) error {
	if b == nil {
		return nil
	}
	if b.used.Add(n) > b.limit {
		b.used.Add(-n)
		return errMemory()
	}
	return nil
}

func (b *Budget) shrink(n int64) {
	if b != nil {
		b.used.Add(-n)
	}
}

func (c *Context) schema(id int32) string {
	if c.Session == nil {
		return "dbo"
	}
	return c.Session.SchemaName(id)
}

// object is a table's name as messages have it: schema.table.
func (c *Context) object(t *catalog.Table) string { return c.schema(t.SchemaID) + "." + t.Name }

// full is a table's name with its database.
func (c *Context) full(t *catalog.Table) string {
	if t.Temporary && t.Variable {
		return t.Name
	}
	if !t.Guarded() {
		return "tempdb.dbo." + t.Name
	}
	return c.DatabaseName + "." + c.object(t)
}
