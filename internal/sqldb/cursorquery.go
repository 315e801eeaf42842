package sqldb

import (
	"errors"
	"fmt"
	"slices"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/exec"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/txn"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// again reads a cursor's rows again, each by the places of the rows of tables that it was made of.
type again struct {
	module   *catalog.Module // in which the cursor was opened
	compiled *compiled
	read     *tsql.SelectStatement
	lock     *tsql.SelectStatement // the same, with update locks
	frame    []value.Value         // the variables when the cursor was opened, then the places
	first    int                   // of the places in frame
	tables   []*catalog.Table      // by place
}

// placeName is the variable with the place of a source's row: a name that no text can say.
func placeName(source int) string { return fmt.Sprintf("@place %d", source) }

// withPlaces is a layout that has the variables for so many places too.
func (l *layout) withPlaces(count int) *layout {
	out := newLayout()
	if l != nil {
		for name, i := range l.index {
			out.index[name] = i
		}
		out.names, out.types = slices.Clone(l.names), slices.Clone(l.types)
		out.declared, out.parameters = l.declared, l.parameters
	}
	for i := range count {
		out.declare(placeName(i), value.Sized(value.VarBinary, value.Max).WithNullable(true))
	}
	return out
}

// openQuery runs a cursor's query and keeps its rows or, where they can be found again, their places. The kind and
// concurrency become what the query permits.
func (r *run) openQuery(c *cursor, q *tsql.Query) error {
	var local bool
	b, err := compile(r.environment(&local), &tsql.SelectStatement{Node: q.Node, Query: q})
	if err != nil {
		return err
	}
	if b.plan.Columns == nil {
		return errNoCursor()
	}
	if err := r.permitBound(b); err != nil {
		return err
	}
	c.columns, c.again = b.plan.Columns, nil
	width, skip := len(c.columns), 0
	located, a := b, (*again)(nil)
	if c.kind != staticCursor && c.kind != fastCursor && keyable(b.plan.Node) {
		located, a = r.located(q, c.concurrency == cursorLocks)
	}
	c.settle(a, sorts(b.plan.Node))
	if c.kind == staticCursor || c.kind == fastCursor {
		a = nil // what they show does not change
	}
	if a != nil {
		b, c.again = located, a
		skip, width = width, len(a.tables)
	}
	c.kept = exec.NewRowFile(r.session.memory, r.session.service.Spill, width)
	c.first, c.after, c.buffer, c.open = 0, 1, nil, true
	return r.within(func(tx *txn.Tx) error {
		_, err := b.program.Run(r.execution(tx), func(row []value.Value) error { return c.kept.Append(row[skip:]) })
		return err
	})
}

func errNoCursor() error {
	return value.Errorf(16937, 16, 1, "A server cursor cannot be opened on the given statement or statements. Use a default result set or client cursor.")
}

// settle makes of the kind and concurrency that were asked for what the query permits: rows that are no table's are
// kept as they are, without a unique index there is no keyset, in an order that no index gives no dynamic cursor.
func (c *cursor) settle(a *again, sorted bool) {
	if c.kind == dynamicCursor && (a == nil || sorted) {
		c.kind = keysetCursor
	}
	if c.kind == keysetCursor && (a == nil || !slices.ContainsFunc(a.tables, hasUnique)) {
		c.kind = staticCursor
	}
	if a == nil || c.kind == staticCursor || c.kind == fastCursor {
		c.concurrency = cursorReadOnly
	}
}

func hasUnique(t *catalog.Table) bool {
	return slices.ContainsFunc(t.Indexes, func(x *catalog.Index) bool { return x.Unique && !x.Disabled && x.Filter == "" })
}

// keyable reports whether each row of a query is made of one row of each of its tables.
func keyable(n plan.Node) bool {
	switch n := n.(type) {
	case *plan.Scan:
		return true
	case *plan.Project:
		return keyable(n.Input)
	case *plan.Filter:
		return keyable(n.Input)
	case *plan.Sort:
		return keyable(n.Input)
	case *plan.Top:
		return keyable(n.Input)
	case *plan.Values:
		return len(n.Rows) == 0
	case *plan.Join:
		switch n.Kind {
		case plan.InnerJoin:
			return keyable(n.Left) && keyable(n.Right)
		case plan.SemiJoin, plan.AntiJoin:
			return keyable(n.Left)
		}
	}
	return false
}

// sorts reports whether a query's order is none that its tables are read in.
func sorts(n plan.Node) bool {
	switch n := n.(type) {
	case *plan.Sort:
		return true
	case *plan.Project:
		return sorts(n.Input)
	case *plan.Filter:
		return sorts(n.Input)
	case *plan.Top:
		return sorts(n.Input)
	}
	return false
}

// located is a query that gives the places of its tables' rows behind its own columns, and how each of its rows is read
// again; nil for one that has no such places.
func (r *run) located(q *tsql.Query, locks bool) (*bound, *again) {
	s, ok := q.Body.(*tsql.Select)
	if !ok || q.With != nil || q.For != nil || s.Distinct || s.GroupBy != nil || s.Having != nil || s.Into != nil {
		return nil, nil
	}
	count := 0
	again := &again{module: r.scope.module}
	var plain, locked []tsql.TableSource
	for _, x := range s.From {
		from := count
		one, ok := placed(x, &count, false)
		if !ok {
			return nil, nil
		}
		two, _ := placed(x, &from, true)
		plain, locked = append(plain, one), append(locked, two)
	}
	if count == 0 {
		return nil, nil
	}
	with := *s
	with.Items = slices.Clone(s.Items)
	for i := range count {
		with.Items = append(with.Items, tsql.SelectItem{Node: s.Node, Expr: &tsql.RowPlace{Node: s.Node, Source: i}})
	}
	open := *q
	open.Body = &with
	var local bool
	b, err := compile(r.environment(&local), &tsql.SelectStatement{Node: q.Node, Query: &open})
	if err != nil {
		return nil, nil // the query itself has been bound: a source is no table
	}
	for _, c := range b.plan.Columns[len(b.plan.Columns)-count:] {
		if c.Source.Table.Variable { // it goes with its scope, the cursor need not
			return nil, nil
		}
		again.tables = append(again.tables, c.Source.Table)
	}
	again.read, again.lock = readAgain(q, s, plain), readAgain(q, s, locked)
	if locks {
		again.read = again.lock
	}
	l := r.scope.layout.withPlaces(count)
	again.first = len(l.names) - count
	again.frame = append(slices.Clone(r.scope.frame[:again.first]), make([]value.Value, count)...)
	again.compiled = newCompiled(planKey{}, &tsql.Batch{Text: r.scope.batch.Text}, l)
	return b, again
}

// readAgain is a query's one row of sources that have been placed.
func readAgain(q *tsql.Query, s *tsql.Select, from []tsql.TableSource) *tsql.SelectStatement {
	one := *s
	one.From, one.Where, one.Top = from, nil, nil
	return &tsql.SelectStatement{Node: q.Node, Query: &tsql.Query{Node: q.Node, Body: &one}}
}

// placed is a source whose tables are held to one row each. It is false for a source that has other than tables.
func placed(x tsql.TableSource, next *int, lock bool) (tsql.TableSource, bool) {
	switch x := x.(type) {
	case *tsql.Table:
		one := *x
		one.Row = &tsql.Variable{Node: x.Node, Name: placeName(*next)}
		if lock {
			one.Hints = append(slices.Clone(x.Hints), tsql.Option{Node: x.Node, Name: "UPDLOCK"})
		}
		*next++
		return &one, true
	case *tsql.Join:
		if x.Kind != tsql.InnerJoin && x.Kind != tsql.CrossJoin {
			return nil, false
		}
		both := *x
		var left, right bool
		both.Left, left = placed(x.Left, next, lock)
		both.Right, right = placed(x.Right, next, lock)
		return &both, left && right
	}
	return nil, false
}

// rowReader gives the cursor's row of a number, from 1; found is false for one that is no more. The row is good until
// the next call.
type rowReader func(number int64) (row []value.Value, found bool, err error)

// reading has fn read rows of an open cursor.
func (r *run) reading(c *cursor, fn func(read rowReader) error) error {
	if c.again == nil {
		return fn(func(number int64) ([]value.Value, bool, error) {
			row, err := c.kept.At(number - 1)
			return row, true, err
		})
	}
	return r.readingWith(c, c.again.read, fn)
}

func (r *run) readingWith(c *cursor, read *tsql.SelectStatement, fn func(read rowReader) error) error {
	a := c.again
	sc := &scope{batch: a.compiled.batch, compiled: a.compiled, layout: a.compiled.layout, module: a.module}
	return r.enter(sc, func(sc *scope) error {
		copy(sc.frame, a.frame)
		return fn(func(number int64) ([]value.Value, bool, error) {
			places, err := c.kept.At(number - 1)
			if err != nil {
				return nil, false, err
			}
			copy(sc.frame[a.first:], places)
			return r.one(read)
		})
	})
}

// one is the row of a query that has at most one.
func (r *run) one(st *tsql.SelectStatement) (row []value.Value, found bool, err error) {
	for range mostRebound {
		var b *bound
		if b, err = r.program(st); err != nil {
			return nil, false, err
		}
		if err = r.permitBound(b); err != nil {
			return nil, false, err
		}
		err = r.within(func(tx *txn.Tx) error {
			_, err := b.program.Run(r.execution(tx), func(one []value.Value) error {
				row, found = slices.Clone(one), true
				return nil
			})
			return err
		})
		if !errors.Is(err, exec.ErrStale) {
			break
		}
	}
	return row, found, err
}
