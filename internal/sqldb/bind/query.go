package bind

import (
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// queryMode is where a query stands.
type queryMode uint8

const (
	queryTop    queryMode = iota // the statement itself, and the source of INSERT
	queryInner                   // a subquery, derived table, view or common table expression
	queryExists                  // of EXISTS: what it selects does not matter
	queryNamed                   // as queryInner, and all columns need names
)

// bound is a query that has been bound.
type bound struct {
	rel relation // its columns are just those of the result
	// assign are the variables that the select list gives values, over any column of rel.
	assign []assigned
}

type assigned struct {
	variable int
	t        value.Type
	x        plan.Expr
}

// query binds a query expression. parent is the scope of the query around it, nil for none.
func (b *binder) query(parent *scope, q *tsql.Query, mode queryMode) (*bound, error) {
	if err := b.enter(q.At); err != nil {
		return nil, err
	}
	defer b.leave()
	defer func(c *commons, touched map[*scope]bool, in bool) {
		b.commons, b.touched, b.inWindow = c, touched, in
	}(b.commons, b.touched, b.inWindow)
	b.touched, b.inWindow = nil, false
	if err := b.with(q.With); err != nil {
		return nil, err
	}
	if err := b.hints(q.Hints); err != nil {
		return nil, err
	}
	if mode != queryTop && len(q.OrderBy) > 0 && q.Offset == nil && q.For == nil && !hasTop(q.Body) {
		return nil, fail(q.OrderBy[0].At, 1033, 15, 1, "The ORDER BY clause is invalid in views, inline functions, derived tables, subqueries, and common table expressions, unless TOP, OFFSET or FOR XML is also specified.")
	}
	var (
		out *bound
		err error
	)
	if sel, ok := q.Body.(*tsql.Select); ok {
		out, err = b.selectQuery(parent, sel, q, mode)
	} else {
		out, err = b.ordered(parent, q)
	}
	if err != nil {
		return nil, err
	}
	if q.For != nil && q.For.Kind != tsql.ForBrowse {
		return b.forClause(q.For, q.Body, out)
	}
	return out, nil
}

func hasTop(body tsql.QueryBody) bool {
	s, ok := body.(*tsql.Select)
	return ok && s.Top != nil
}

// body binds the body of a query that has no order of its own.
func (b *binder) body(parent *scope, body tsql.QueryBody, mode queryMode) (*bound, error) {
	switch body := body.(type) {
	case *tsql.Select:
		return b.selectQuery(parent, body, &tsql.Query{Node: body.Node, Body: body}, mode)
	case *tsql.SetOperation:
		rel, err := b.setOperation(parent, body)
		return &bound{rel: rel}, err
	case *tsql.Values:
		rel, err := b.valuesBody(parent, body)
		return &bound{rel: rel}, err
	}
	return nil, unsupported(body.Span(), "this query")
}

// ordered binds a set operation or VALUES with its ORDER BY and OFFSET, which see the result's columns only.
func (b *binder) ordered(parent *scope, q *tsql.Query) (*bound, error) {
	out, err := b.body(parent, q.Body, queryInner)
	if err != nil || len(q.OrderBy) == 0 {
		return out, err
	}
	cols := out.rel.columns()
	s := &scope{parent: parent, clause: clauseOrder}
	s.add(&source{cols: cols})
	keys := make([]plan.SortKey, 0, len(q.OrderBy))
	for _, item := range q.OrderBy {
		c, err := position(item.Expr, cols)
		if err != nil {
			return nil, err
		}
		if c == nil {
			name, ok := item.Expr.(*tsql.Column)
			if !ok {
				return nil, orderInSet(item)
			}
			r, _, err := b.resolve(s, &tsql.Column{Node: name.Node, Name: name.Name})
			if err != nil {
				return nil, err
			}
			c = r.c
		}
		keys = append(keys, plan.SortKey{X: refTo(c), Descending: item.Desc})
	}
	out.rel = &sorted{in: out.rel, keys: keys}
	return out, b.limit(s, out, nil, q, keys)
}

func orderInSet(item tsql.OrderItem) error {
	return fail(item.At, 104, 16, 1, "ORDER BY items must appear in the select list if the statement contains a UNION, INTERSECT or EXCEPT operator.")
}

// position is the column that ORDER BY n means; nil where the item is no number.
func position(x tsql.Expr, cols []*column) (*column, error) {
	n, ok, err := ordinal(x, len(cols))
	if err != nil || !ok {
		return nil, err
	}
	return cols[n-1], nil
}

func ordinal(x tsql.Expr, most int) (int, bool, error) {
	lit, ok := x.(*tsql.Literal)
	if !ok || lit.Kind != tsql.IntegerLiteral {
		return 0, false, nil
	}
	n := 0
	for _, c := range lit.Text {
		if n = n*10 + int(c-'0'); n > most {
			break
		}
	}
	if n < 1 || n > most {
		return 0, false, fail(lit.At, 108, 16, 1, "The ORDER BY position number %s is out of range of the number of items in the select list.", lit.Text)
	}
	return n, true, nil
}

// limit puts TOP or OFFSET … FETCH over a relation that has its order.
func (b *binder) limit(s *scope, out *bound, t *tsql.Top, q *tsql.Query, keys []plan.SortKey) error {
	rel, err := b.limited(s, out.rel, t, q, keys)
	if err == nil {
		out.rel = rel
	}
	return err
}

func (b *binder) limited(s *scope, in relation, t *tsql.Top, q *tsql.Query, keys []plan.SortKey) (relation, error) {
	outside := &scope{parent: s.parent, clause: clauseNone}
	if t != nil {
		if q.Offset != nil {
			return nil, fail(t.At, 10741, 15, 2, "A TOP can not be used in the same query or sub-query as a OFFSET.")
		}
		return b.topOf(outside, in, t, keys)
	}
	if q.Offset == nil {
		return in, nil
	}
	out := &top{in: in}
	var err error
	if out.offset, err = b.rowCount(outside, q.Offset, 10742, "The offset specified in a OFFSET clause may not be negative."); err != nil {
		return nil, err
	}
	if q.Fetch != nil {
		if out.count, err = b.rowCount(outside, q.Fetch, 10744, "The number of rows provided for a FETCH clause must be greater then zero."); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// rowCount binds a number of rows.
func (b *binder) rowCount(s *scope, x tsql.Expr, number int32, negative string) (plan.Expr, error) {
	e, err := b.value(s, x)
	if err != nil {
		return nil, err
	}
	if !e.Type().IsNumeric() && e.Type().ID != value.Void {
		return nil, fail(x.Span(), 1060, 15, 1, "The number of rows provided for a TOP or FETCH clauses row count parameter must be an integer.")
	}
	if e, err = b.coerce(x.Span(), e, value.Of(value.BigInt)); err != nil {
		return nil, err
	}
	if c, ok := e.(*plan.Const); ok && !c.V.IsNull() && (c.V.Int64() < 0 || number == 10744 && c.V.Int64() == 0) {
		return nil, fail(x.Span(), number, 15, 1, "%s", negative)
	}
	return e, nil
}

func (b *binder) topOf(s *scope, in relation, t *tsql.Top, keys []plan.SortKey) (relation, error) {
	out := &top{in: in, percent: t.Percent}
	var err error
	if t.Percent {
		if out.count, err = b.value(s, t.Count); err == nil {
			out.count, err = b.coerce(t.At, out.count, value.Of(value.Float))
		}
		if c, ok := out.count.(*plan.Const); err == nil && ok && (c.V.Float64() < 0 || c.V.Float64() > 100) {
			err = fail(t.At, 1031, 15, 1, "Percent values must be between 0 and 100.")
		}
	} else {
		out.count, err = b.rowCount(s, t.Count, 1060, "The number of rows provided for a TOP or FETCH clauses row count parameter must be an integer.")
	}
	if err != nil {
		return nil, err
	}
	if t.WithTies {
		if keys == nil {
			return nil, fail(t.At, 1062, 15, 1, "The TOP N WITH TIES clause is not allowed without a corresponding ORDER BY clause.")
		}
		out.ties = keys
	}
	return out, nil
}

// hints reads OPTION: MAXRECURSION counts; what only guides a planner is read and dropped.
func (b *binder) hints(list []tsql.Option) error {
	for _, h := range list {
		if h.Name != "MAXRECURSION" {
			continue
		}
		lit, ok := h.Value.(*tsql.Literal)
		if !ok || lit.Kind != tsql.IntegerLiteral {
			return fail(h.At, 102, 15, 1, "Incorrect syntax near 'MAXRECURSION'.")
		}
		n := 0
		for _, c := range lit.Text {
			if n = n*10 + int(c-'0'); n > 32767 {
				return fail(h.At, 310, 15, 1, "The value %s specified for the MAXRECURSION option exceeds the allowed maximum of 32767.", lit.Text)
			}
		}
		b.maxRecursion = n
	}
	return nil
}
