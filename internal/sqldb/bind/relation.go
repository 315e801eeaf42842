package bind

import (
	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/collate"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// column is one column of a relation while a statement is bound. Two columns are the same exactly when their pointers
// are.
type column struct {
	name     string
	t        value.Type
	used     bool // somebody asks for it; set by mark
	asked    bool // of a table: a condition of the table itself asks for it
	identity bool
	computed bool
	source   *plan.Source // of a table's column shown unchanged
	base     *get         // of a table's column
	ordinal  int          // in the base table
	// label is the collation's label where it is no column of a table: that of the expression it stands for.
	label label
	// document says that it shows the text of FOR JSON.
	document bool
	node     bool // of nodes(): only methods of xml take it
}

// ref is a column in an expression. Lowering makes it a Slot.
type ref struct {
	plan.Typed
	c *column
}

func refTo(c *column) *ref { return &ref{plan.Typed{T: c.t}, c} }

// subquery is a query in an expression until it is lowered to a plan.Subquery.
type subquery struct {
	plan.Typed
	kind      plan.SubqueryKind
	rel       relation
	col       *column // its one column; nil for EXISTS
	x         plan.Expr
	op        plan.CompareOp
	negate    bool
	collation *collate.Collation
	optimized bool
	made      bool // by the binder, and not written: see once
}

// relation is a set of rows whose columns are known by identity.
type relation interface {
	columns() []*column
	// inputs calls f with the place of each relation below.
	inputs(f func(*relation))
	// exprs calls f with the place of each expression that is the relation's own.
	exprs(f func(*plan.Expr))
}

// get is a base table.
type get struct {
	table   *catalog.Table
	cols    []*column // one for each of the table's
	locator *column   // nil where nobody will change the rows
	at      plan.Expr // the place of the one row that is meant; nil for all
	conds   []plan.Expr
	lock    plan.LockHint
	index   int32 // INDEX(…) hint: an index's id; 0 for none
}

// values is rows of expressions. With no column it is the one row of a SELECT without FROM.
type values struct {
	rows [][]plan.Expr
	cols []*column
}

// virtual is a system view, or a function that gives rows.
type virtual struct {
	v    *plan.Virtual
	args []plan.Expr
	cols []*column
}

// filter lets rows through for which all of conds are true.
type filter struct {
	in    relation
	conds []plan.Expr
}

// project computes columns.
type project struct {
	in   relation
	list []plan.Expr
	cols []*column
}

// join is two relations. The right one may refer to the left one's columns; then it is an apply. There is no right
// join: its sides were changed.
type join struct {
	kind        plan.JoinKind
	left, right relation
	on          []plan.Expr
	hint        string // LOOP, HASH or MERGE
}

// aggregate groups.
type aggregate struct {
	in        relation
	groups    []plan.Expr
	groupCols []*column
	sets      [][]int
	bits      []*column // with sets: one for each group
	calls     []plan.AggregateCall
	callCols  []*column
}

// window computes functions over one partition and order.
type window struct {
	in        relation
	partition []plan.Expr
	order     []plan.SortKey
	calls     []plan.WindowCall
	cols      []*column
}

// distinct drops duplicates.
type distinct struct{ in relation }

// sorted orders.
type sorted struct {
	in   relation
	keys []plan.SortKey
}

// top is TOP and OFFSET … FETCH.
type top struct {
	in            relation
	count, offset plan.Expr
	percent       bool
	ties          []plan.SortKey
}

// setOperator is what a set joins its sides by.
type setOperator uint8

const (
	unionAll setOperator = iota
	intersect
	except
)

// set is UNION ALL, INTERSECT and EXCEPT; UNION is a distinct of the first.
type set struct {
	op                  setOperator
	left, right         relation
	leftCols, rightCols []*column
	cols                []*column
}

// recursive is a recursive common table expression.
type recursive struct {
	id                   int
	anchor, step         relation
	anchorCols, stepCols []*column
	cols                 []*column
	limit                int
}

// working is the last round's rows of a recursive.
type working struct {
	id   int
	cols []*column
}

// newGet makes a table's relation.
func newGet(table *catalog.Table) *get {
	g := &get{table: table, cols: make([]*column, len(table.Columns))}
	all := make([]column, len(table.Columns))
	for i, c := range table.Columns {
		all[i] = column{
			name: c.Name, t: c.Type, identity: c.Identity != nil, computed: c.Computed != nil,
			source: &plan.Source{Table: table, Column: c}, base: g, ordinal: i, label: labelImplicit,
		}
		g.cols[i] = &all[i]
	}
	return g
}

// derive makes a column that shows an expression under a name.
func derive(name string, e plan.Expr) *column {
	c := &column{name: name, t: value.ForVariable(e.Type()), label: labelOf(e)}
	if r, ok := e.(*ref); ok {
		c.source, c.identity, c.computed = r.c.source, r.c.identity, r.c.computed
	}
	return c
}

// describe is what a client is told of columns.
func describe(cols []*column) []plan.Column {
	out := make([]plan.Column, len(cols))
	for i, c := range cols {
		out[i] = plan.Column{Name: c.name, Type: shown(c.t), Identity: c.identity, Computed: c.computed, Source: c.source}
	}
	return out
}

// shown is the type that a client sees: a bare NULL is an int.
func shown(t value.Type) value.Type {
	if t.ID == value.Void {
		return value.Of(value.Int)
	}
	return t
}
