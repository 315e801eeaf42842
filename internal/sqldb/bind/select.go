package bind

import (
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// selection is one query specification while it is being bound.
type selection struct {
	b     *binder
	s     *scope
	x     *tsql.Select
	mode  queryMode
	in    relation
	items []item
	keys  []plan.SortKey
	// filter is HAVING.
	filter plan.Expr
	// assign is set where the select list gives variables values.
	assign bool
}

// item is one column of the select list.
type item struct {
	x        plan.Expr
	name     string
	span     tsql.Span
	variable int // of an assignment
	t        value.Type
}

// selectQuery binds a query specification with the ORDER BY and OFFSET that q has.
func (b *binder) selectQuery(parent *scope, x *tsql.Select, q *tsql.Query, mode queryMode) (*bound, error) {
	if err := b.enter(x.At); err != nil {
		return nil, err
	}
	defer b.leave()
	if x.Into != nil && mode != queryTop {
		return nil, fail(x.At, 156, 15, 1, "Incorrect syntax near the keyword 'INTO'.")
	}
	l := &selection{b: b, x: x, mode: mode, s: &scope{parent: parent, named: x.Windows}}
	for _, step := range []func() error{l.from, l.where, l.group, l.list, l.having, func() error { return l.order(q.OrderBy) }, l.regroup} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return l.finish(q)
}

func (l *selection) from() error {
	l.s.clause = clauseFrom
	in, err := l.b.from(l.s, l.x.From)
	l.in = in
	return err
}

func (l *selection) where() error {
	if l.x.Where == nil {
		return nil
	}
	l.s.clause = clauseWhere
	e, err := l.b.condition(l.s, l.x.Where)
	if err != nil {
		return err
	}
	l.in = filtered(l.in, e)
	return nil
}

// filtered puts the conjuncts of a condition over a relation.
func filtered(in relation, e plan.Expr) relation {
	if e == nil {
		return in
	}
	return &filter{in: in, conds: conjuncts(e, nil)}
}

// conjuncts takes ANDs apart.
func conjuncts(e plan.Expr, out []plan.Expr) []plan.Expr {
	if a, ok := e.(*plan.And); ok {
		return conjuncts(a.R, conjuncts(a.L, out))
	}
	return append(out, e)
}

func (l *selection) list() error {
	l.s.clause = clauseSelect
	l.s.windows = &windows{}
	for i := range l.x.Items {
		if err := l.item(&l.x.Items[i]); err != nil {
			return err
		}
		if len(l.items) > maxColumns {
			return fail(l.x.At, 1056, 15, 1, "The number of elements in the select list exceeds the maximum allowed number of %d elements.", maxColumns)
		}
	}
	data := 0
	for _, it := range l.items {
		if it.variable < 0 {
			data++
		}
	}
	l.assign = data < len(l.items)
	switch {
	case l.assign && data > 0:
		return fail(l.x.At, 141, 15, 1, "A SELECT statement that assigns a value to a variable must not be combined with data-retrieval operations.")
	case l.assign && l.mode != queryTop:
		return fail(l.x.At, 102, 15, 1, "Incorrect syntax near '='.")
	}
	return nil
}

// finish puts windows, order, DISTINCT and TOP over the rows and projects the list.
func (l *selection) finish(q *tsql.Query) (*bound, error) {
	l.in = l.s.windows.over(l.in)
	if l.assign {
		return l.assigned(q)
	}
	if l.x.Distinct {
		return l.distinct(q)
	}
	if !l.direct() {
		return l.computed(q)
	}
	if len(l.keys) > 0 {
		l.in = &sorted{in: l.in, keys: l.keys}
	}
	in, err := l.b.limited(l.s, l.in, l.x.Top, q, l.keys)
	if err != nil {
		return nil, err
	}
	return &bound{rel: l.project(in)}, nil
}

// direct reports whether the order is that of columns as they come, so that it can be made before the list is computed.
func (l *selection) direct() bool {
	for _, k := range l.keys {
		if _, ok := k.X.(*ref); !ok {
			return false
		}
	}
	return true
}

func (l *selection) project(in relation) *project {
	p := &project{in: in, list: make([]plan.Expr, len(l.items)), cols: make([]*column, len(l.items))}
	for i, it := range l.items {
		p.list[i], p.cols[i] = it.x, derive(it.name, it.x)
	}
	return p
}

func (l *selection) assigned(q *tsql.Query) (*bound, error) {
	if len(l.keys) > 0 {
		l.in = &sorted{in: l.in, keys: l.keys}
	}
	in, err := l.b.limited(l.s, l.in, l.x.Top, q, l.keys)
	if err != nil {
		return nil, err
	}
	out := &bound{rel: in, assign: make([]assigned, len(l.items))}
	for i, it := range l.items {
		out.assign[i] = assigned{it.variable, it.t, it.x}
	}
	return out, nil
}

// computed sorts by expressions: they are computed beside the list, once for each row.
func (l *selection) computed(q *tsql.Query) (*bound, error) {
	p := l.project(l.in)
	visible := p.cols
	keys := make([]plan.SortKey, len(l.keys))
	for i, k := range l.keys {
		keys[i] = plan.SortKey{X: refTo(p.show(k.X)), Descending: k.Descending}
	}
	p.cols = p.cols[:len(p.cols):len(p.cols)]
	in, err := l.b.limited(l.s, &sorted{in: p, keys: keys}, l.x.Top, q, keys)
	if err != nil {
		return nil, err
	}
	out := &project{in: in, cols: make([]*column, len(visible)), list: make([]plan.Expr, len(visible))}
	for i, c := range visible {
		out.list[i] = refTo(c)
		out.cols[i] = derive(c.name, out.list[i])
	}
	return &bound{rel: out}, nil
}

// show gives the column of p that has the value e; it adds one where there is none.
func (p *project) show(e plan.Expr) *column {
	for i, x := range p.list {
		if x == e || equalExpr(x, e) {
			return p.cols[i]
		}
	}
	c := derive("", e)
	p.list, p.cols = append(p.list, e), append(p.cols, c)
	return c
}

// distinct drops duplicates of the list; the order can only be by what is in it.
func (l *selection) distinct(q *tsql.Query) (*bound, error) {
	p := l.project(l.in)
	if err := distinctable(l.x.At, p.cols, "DISTINCT"); err != nil {
		return nil, err
	}
	keys := make([]plan.SortKey, len(l.keys))
	for i, k := range l.keys {
		c := p.find(k.X)
		if c == nil {
			return nil, fail(q.OrderBy[min(i, len(q.OrderBy)-1)].At, 145, 15, 1, "ORDER BY items must appear in the select list if SELECT DISTINCT is specified.")
		}
		keys[i] = plan.SortKey{X: refTo(c), Descending: k.Descending}
	}
	var in relation = &distinct{p}
	if len(keys) > 0 {
		in = &sorted{in: in, keys: keys}
	}
	in, err := l.b.limited(l.s, in, l.x.Top, q, keys)
	return &bound{rel: in}, err
}

func (p *project) find(e plan.Expr) *column {
	for i, x := range p.list {
		if x == e || equalExpr(x, e) {
			return p.cols[i]
		}
	}
	return nil
}
