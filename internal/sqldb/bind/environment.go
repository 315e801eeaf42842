package bind

import (
	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/function"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// Environment is what a statement is bound in. Functions that are nil answer as if nothing were there.
type Environment struct {
	Catalog       *catalog.Database
	DefaultSchema int32 // of the user; 0 is dbo
	// Table finds #t and @t by that name; nil is none.
	Table func(name string) *catalog.Table
	// Variable finds a local variable or parameter by its name, with its @: its place in the frame, and its type.
	Variable func(name string) (index int, t value.Type, ok bool)
	// Virtual makes the system view or server function of that name. schema is "sys", "INFORMATION_SCHEMA" or what
	// was written; "" where the name had none.
	Virtual func(schema, name string) (*plan.Virtual, bool)
	// Function makes the rows of a table-valued function of several statements.
	Function func(m *catalog.Module) (*plan.Virtual, bool)
	// Rows estimates how many rows a table has; a negative number is a guess not made.
	Rows func(t *catalog.Table) int64
	// IdentityInsert reports SET IDENTITY_INSERT ON for a table.
	IdentityInsert func(table int32) bool
	// Rules gives the rules of a table that the session keeps; nil makes them anew.
	Rules func(t *catalog.Table) (*plan.Rules, error)
	// Pseudo gives the tables inserted and deleted of a trigger.
	Pseudo func(name string) *catalog.Table

	// Firing reports whether the statement is one of a trigger's own; nil is never.
	Firing func(m *catalog.Module) bool

	QuotedIdentifier bool
	// ANSINullsOff is SET ANSI_NULLS OFF: = NULL is IS NULL where the NULL is written.
	ANSINullsOff bool
	// DateOrder is SET DATEFORMAT.
	DateOrder value.DateOrder
	// Owner is the owner of the module whose body is bound, 0 outside of one: ownership chains begin there.
	Owner int32
	// Defining is the view or function whose query is bound, 0 for none: it may not name itself.
	Defining int32
	// Functions evaluates what is constant; nil leaves calls to the executor.
	Functions function.Environment
}

// Statement binds a SELECT, INSERT, UPDATE, DELETE or MERGE.
func Statement(env *Environment, s tsql.Statement) (*plan.Statement, error) {
	b := newBinder(env)
	var (
		p   *plan.Statement
		err error
	)
	switch s := s.(type) {
	case *tsql.SelectStatement:
		p, err = b.selectStatement(s)
	case *tsql.Insert:
		p, err = b.insertStatement(s)
	case *tsql.Update:
		p, err = b.updateStatement(s)
	case *tsql.Delete:
		p, err = b.deleteStatement(s)
	case *tsql.Merge:
		p, err = b.mergeStatement(s)
	default:
		err = unsupported(s.Span(), "this statement")
	}
	if err != nil {
		return nil, err
	}
	p.Needs = b.needs()
	p.Catalog = env.Catalog.Version
	return p, nil
}

// Expression binds an expression that sees no row: the value of SET, the condition of IF, an argument, a default. A
// condition has the type bit.
func Expression(env *Environment, x tsql.Expr) (plan.Expr, error) {
	e, _, err := ExpressionNeeds(env, x)
	return e, err
}

// ExpressionNeeds is Expression, and tells what its subqueries and functions need.
func ExpressionNeeds(env *Environment, x tsql.Expr) (plan.Expr, []plan.Need, error) {
	b := newBinder(env)
	s := &scope{clause: clauseNone}
	e, err := b.any(s, x)
	if err != nil {
		return nil, nil, err
	}
	l := b.lowerer()
	b.optimizeIn(&e)
	markExpr(e)
	out, err := l.expr(e, nil)
	return out, b.needs(), err
}

// Columns describes what a query yields: for CREATE VIEW, SELECT INTO and sp_describe_first_result_set.
func Columns(env *Environment, q *tsql.Query) ([]plan.Column, error) {
	b := newBinder(env)
	bound, err := b.query(nil, q, queryTop)
	if err != nil {
		return nil, err
	}
	return describe(bound.rel.columns()), nil
}

// TableExpression binds an expression over a row of all columns of a table: CHECK, a computed column, the filter of an
// index. Column i is Slot{Level: 0, Index: i}.
func TableExpression(env *Environment, table *catalog.Table, x tsql.Expr) (plan.Expr, error) {
	b := newBinder(env)
	g := newGet(table)
	s := &scope{clause: clauseTable}
	s.add(sourceOf(g, table.Name))
	e, err := b.any(s, x)
	if err != nil {
		return nil, err
	}
	b.optimizeIn(&e)
	markExpr(e)
	return b.lowerer().expr(e, g.cols)
}
