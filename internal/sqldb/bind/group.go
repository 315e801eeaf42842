package bind

import (
	"slices"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// grouping is what a query groups by and computes of each group.
type grouping struct {
	explicit bool // GROUP BY or HAVING is there
	groups   []plan.Expr
	cols     []*column
	sets     [][]int
	bits     []*column
	calls    []plan.AggregateCall
	results  []*column
}

// group binds GROUP BY.
func (l *selection) group() error {
	l.s.grouping = &grouping{}
	g := l.x.GroupBy
	if g == nil {
		return nil
	}
	l.s.clause = clauseGroup
	gr := l.s.grouping
	gr.explicit = true
	sets := [][]int{{}}
	plain := true
	for i := range g.Items {
		more, err := l.groupItem(&g.Items[i])
		if err != nil {
			return err
		}
		plain = plain && len(more) == 1 && g.Items[i].Kind == tsql.GroupExpr
		if sets, err = product(g.At, sets, more); err != nil {
			return err
		}
	}
	if !plain {
		gr.sets = sets
	}
	for i, e := range gr.groups {
		c := derive("", e)
		if gr.sets != nil {
			c.t.Nullable = true
			gr.bits = append(gr.bits, &column{t: typed(value.TinyInt)})
		}
		gr.cols = append(gr.cols, c)
		if r, ok := gr.groups[i].(*ref); ok {
			c.name = r.c.name
		}
	}
	return nil
}

// product joins each of some grouping sets with each of others.
func product(span tsql.Span, a, b [][]int) ([][]int, error) {
	if len(a)*len(b) > maxSetItems {
		return nil, fail(span, 10703, 15, 1, "Too many grouping sets. The maximum number is %d.", maxSetItems)
	}
	var out [][]int
	for _, x := range a {
		for _, y := range b {
			set := slices.Clone(x)
			for _, i := range y {
				if !slices.Contains(set, i) {
					set = append(set, i)
				}
			}
			out = append(out, set)
		}
	}
	return out, nil
}

// groupItem gives the grouping sets of an item, by index into the groups.
func (l *selection) groupItem(x *tsql.GroupItem) ([][]int, error) {
	switch x.Kind {
	case tsql.GroupExpr:
		i, err := l.groupExpr(x)
		return [][]int{{i}}, err
	case tsql.GroupSets:
		var out [][]int
		for i := range x.Items {
			more, err := l.groupItem(&x.Items[i])
			if err != nil {
				return nil, err
			}
			out = append(out, more...)
		}
		return out, nil
	}
	parts := make([][]int, len(x.Items))
	for i := range x.Items {
		sets, err := l.groupItem(&x.Items[i])
		if err != nil {
			return nil, err
		}
		for _, s := range sets {
			parts[i] = append(parts[i], s...)
		}
	}
	switch x.Kind {
	case tsql.GroupRollup:
		return rollup(parts), nil
	case tsql.GroupCube:
		return cube(x.At, parts)
	}
	return [][]int{slices.Concat(parts...)}, nil
}

func rollup(parts [][]int) [][]int {
	var out [][]int
	for n := len(parts); n >= 0; n-- {
		out = append(out, slices.Concat(parts[:n]...))
	}
	return out
}

func cube(span tsql.Span, parts [][]int) ([][]int, error) {
	if len(parts) > 12 {
		return nil, fail(span, 10703, 15, 1, "Too many grouping sets. The maximum number is %d.", maxSetItems)
	}
	var out [][]int
	for mask := 1<<len(parts) - 1; mask >= 0; mask-- {
		var set []int
		for i, p := range parts {
			if mask&(1<<(len(parts)-1-i)) != 0 {
				set = append(set, p...)
			}
		}
		out = append(out, set)
	}
	return out, nil
}

func (l *selection) groupExpr(x *tsql.GroupItem) (int, error) {
	e, err := l.b.value(l.s, x.Expr)
	if err != nil {
		return 0, err
	}
	if err := sortable(x.At, e); err != nil {
		return 0, err
	}
	inner := false
	own := l.own()
	visit(e, func(q plan.Expr) {
		switch q := q.(type) {
		case *subquery:
			if q.made {
				break
			}
			err = fail(x.At, 144, 15, 1, "Cannot use an aggregate or a subquery in an expression used for the group by list of a GROUP BY clause.")
		case *ref:
			inner = inner || own[q.c]
		}
	})
	if err == nil && !inner {
		err = fail(x.At, 164, 15, 1, "Each GROUP BY expression must contain at least one column that is not an outer reference.")
	}
	if err != nil {
		return 0, err
	}
	g := l.s.grouping
	for i, have := range g.groups {
		if equalExpr(have, e) {
			return i, nil
		}
	}
	g.groups = append(g.groups, e)
	return len(g.groups) - 1, nil
}

// own are the columns of the query's own sources.
func (l *selection) own() columnSet {
	out := columnSet{}
	for _, src := range l.s.sources {
		for _, c := range src.cols {
			out[c] = true
		}
	}
	return out
}

func (l *selection) having() error {
	if l.x.Having == nil {
		return nil
	}
	l.s.clause = clauseHaving
	l.s.grouping.explicit = true
	e, err := l.b.condition(l.s, l.x.Having)
	l.filter = e
	return err
}

// regroup makes the aggregate, if the query has one, and all that lies above it expressions of its columns.
func (l *selection) regroup() error {
	g := l.s.grouping
	if !g.explicit && len(g.calls) == 0 {
		return nil
	}
	own := l.own()
	l.in = &aggregate{in: l.in, groups: g.groups, groupCols: g.cols, sets: g.sets, bits: g.bits, calls: g.calls, callCols: g.results}
	for i := range l.items {
		e, err := l.above(own, l.items[i].x, l.items[i].span, 8120, "the select list")
		if err != nil {
			return err
		}
		l.items[i].x = e
	}
	for i := range l.keys {
		e, err := l.above(own, l.keys[i].X, l.x.At, 8127, "the ORDER BY clause")
		if err != nil {
			return err
		}
		l.keys[i].X = e
	}
	if err := l.s.windows.rewrite(func(e plan.Expr) (plan.Expr, error) {
		return l.above(own, e, l.x.At, 8120, "the select list")
	}); err != nil {
		return err
	}
	if l.filter != nil {
		e, err := l.above(own, l.filter, l.x.Having.Span(), 8121, "the HAVING clause")
		if err != nil {
			return err
		}
		l.in = filtered(l.in, e)
	}
	return nil
}

// above makes e an expression over the groups. A column that is neither grouped nor aggregated is an error.
func (l *selection) above(own columnSet, e plan.Expr, span tsql.Span, number int32, place string) (plan.Expr, error) {
	var err error
	g := l.s.grouping
	out := rewrite(e, func(x plan.Expr) (plan.Expr, bool) {
		for i, group := range g.groups {
			if equalExpr(group, x) {
				return refTo(g.cols[i]), true
			}
		}
		if r, ok := x.(*ref); ok && own[r.c] && err == nil {
			err = fail(span, number, 16, 1, "Column '%s' is invalid in %s because it is not contained in either an aggregate function or the GROUP BY clause.", l.shown(r.c), place)
		}
		return nil, false
	})
	return out, err
}

// shown is a column as messages call it: with the name of its source as written.
func (l *selection) shown(c *column) string {
	for _, src := range l.s.sources {
		for _, have := range src.cols {
			if have == c {
				return src.shown + "." + c.name
			}
		}
	}
	return c.name
}
