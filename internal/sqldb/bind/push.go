package bind

import (
	"slices"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
)

// optimize moves predicates to where they cost least, puts joins in an order, and makes joins of EXISTS and IN.
func optimize(b *binder, r relation) relation { return b.push(r, nil) }

// optimizeIn does so for the subqueries in an expression.
func (b *binder) optimizeIn(p *plan.Expr) {
	subqueries(*p, func(s *subquery) {
		if !s.optimized {
			s.optimized = true
			s.rel = b.push(s.rel, nil)
		}
	})
}

// push gives r with conditions that all of its rows must meet, as far down as they may go.
func (b *binder) push(r relation, conds []plan.Expr) relation {
	switch r := r.(type) {
	case *filter:
		b.inner(r)
		return b.push(r.in, append(r.conds[:len(r.conds):len(r.conds)], conds...))
	case *project:
		b.inner(r)
		return b.pushProject(r, conds)
	case *join:
		b.inner(r)
		return b.pushJoin(r, conds)
	case *get:
		return b.settle(r, conds)
	case *distinct:
		r.in = b.push(r.in, conds)
		return r
	case *sorted:
		b.inner(r)
		r.in = b.push(r.in, conds)
		return r
	case *aggregate:
		b.inner(r)
		return b.pushAggregate(r, conds)
	case *window:
		b.inner(r)
		return b.pushWindow(r, conds)
	case *set:
		return b.pushSet(r, conds)
	}
	b.inner(r)
	r.inputs(func(in *relation) { *in = b.push(*in, nil) })
	return b.settle(r, conds)
}

// inner optimizes the subqueries of a relation's own expressions.
func (b *binder) inner(r relation) {
	r.exprs(func(p *plan.Expr) { b.optimizeIn(p) })
}

// settle puts conditions right over r: EXISTS and IN as joins, the others as a filter.
func (b *binder) settle(r relation, conds []plan.Expr) relation {
	var plain []plan.Expr
	var subs []*subquery
	for _, c := range conds {
		if isTrue(c) {
			continue
		}
		if s, ok := c.(*subquery); ok && joins(s) {
			subs = append(subs, s)
			continue
		}
		plain = append(plain, c)
	}
	if len(plain) > 0 {
		if g, ok := r.(*get); ok {
			g.conds = append(g.conds, plain...)
		} else {
			r = &filter{in: r, conds: plain}
		}
	}
	for _, s := range subs {
		r = b.semi(r, s)
	}
	return r
}

func isTrue(e plan.Expr) bool {
	c, ok := e.(*plan.Const)
	return ok && !c.V.IsNull() && c.V.Bool()
}

// isNever reports a condition that no row meets.
func isNever(e plan.Expr) bool {
	c, ok := e.(*plan.Const)
	return ok && (c.V.IsNull() || !c.V.Bool())
}

// pushProject moves conditions below a projection by putting the expressions in for its columns.
func (b *binder) pushProject(r *project, conds []plan.Expr) relation {
	var below, above []plan.Expr
	for _, c := range conds {
		if moved, ok := r.through(c); ok {
			below = append(below, moved)
		} else {
			above = append(above, c)
		}
	}
	r.in = b.push(r.in, below)
	return b.settle(r, above)
}

// through is a condition over what lies below the projection; false where that would compute something costly twice.
// A subquery stays: another expression may have it too (BETWEEN has its operand twice).
func (r *project) through(c plan.Expr) (plan.Expr, bool) {
	if hasSubquery(c) {
		return nil, false
	}
	used := columnSet{}
	refs(c, used)
	for i, col := range r.cols {
		if used[col] && !cheap(r.list[i]) {
			return nil, false
		}
	}
	return rewrite(c, func(e plan.Expr) (plan.Expr, bool) {
		if q, ok := e.(*ref); ok {
			if i := slices.Index(r.cols, q.c); i >= 0 {
				return r.list[i], true
			}
		}
		return nil, false
	}), true
}

// cheap reports whether an expression may be computed again with the same outcome.
func cheap(e plan.Expr) bool {
	ok := true
	visit(e, func(x plan.Expr) {
		switch x := x.(type) {
		case *subquery, *plan.UserCall:
			ok = false
		case *plan.Call:
			ok = ok && x.Function.Deterministic
		}
	})
	return ok
}

// pushAggregate moves conditions on what is grouped by below the grouping.
func (b *binder) pushAggregate(r *aggregate, conds []plan.Expr) relation {
	p := &project{list: r.groups, cols: r.groupCols}
	keys := setOf(r.groupCols)
	made := setOf(r.columns())
	var below, above []plan.Expr
	for _, c := range conds {
		if r.sets == nil && len(r.groups) > 0 && within(c, made, keys) {
			if moved, ok := p.through(c); ok {
				below = append(below, moved)
				continue
			}
		}
		above = append(above, c)
	}
	r.in = b.push(r.in, below)
	return b.settle(r, above)
}

// within reports whether those of an expression's columns that are in all are in some, and that there are any.
func within(e plan.Expr, all, some columnSet) bool {
	any := false
	for c := range freeOf(e) {
		if all[c] {
			if !some[c] {
				return false
			}
			any = true
		}
	}
	return any
}

// pushWindow moves conditions on what is partitioned by below the window: they take away whole partitions.
func (b *binder) pushWindow(r *window, conds []plan.Expr) relation {
	keys := columnSet{}
	for _, e := range r.partition {
		if q, ok := e.(*ref); ok {
			keys[q.c] = true
		}
	}
	made := setOf(r.columns())
	var below, above []plan.Expr
	for _, c := range conds {
		if within(c, made, keys) {
			below = append(below, c)
		} else {
			above = append(above, c)
		}
	}
	r.in = b.push(r.in, below)
	return b.settle(r, above)
}

// pushSet asks the conditions of both sides. One that names columns from outside stays where the sides have no tables in
// which rows could be found by it: above, it can become a join's.
func (b *binder) pushSet(r *set, conds []plan.Expr) relation {
	var left, right, above []plan.Expr
	sought, made := seekable(r.left) && seekable(r.right), setOf(r.cols)
	for _, c := range conds {
		stays := !sought && reachesOut(c, made)
		subqueries(c, func(*subquery) { stays = true })
		if stays {
			above = append(above, c)
			continue
		}
		left = append(left, replaced(c, r.cols, r.leftCols))
		right = append(right, replaced(c, r.cols, r.rightCols))
	}
	r.left, r.right = b.push(r.left, left), b.push(r.right, right)
	return b.settle(r, above)
}

// seekable reports whether there are tables below r.
func seekable(r relation) bool {
	if _, ok := r.(*get); ok {
		return true
	}
	found := false
	r.inputs(func(in *relation) { found = found || seekable(*in) })
	return found
}

// reachesOut reports whether an expression names a column that is not among those made.
func reachesOut(e plan.Expr, made columnSet) bool {
	for c := range freeOf(e) {
		if !made[c] {
			return true
		}
	}
	return false
}

// replaced is e with columns in the place of others.
func replaced(e plan.Expr, from, to []*column) plan.Expr {
	return rewrite(e, func(x plan.Expr) (plan.Expr, bool) {
		if q, ok := x.(*ref); ok {
			if i := slices.Index(from, q.c); i >= 0 {
				return refTo(to[i]), true
			}
		}
		return nil, false
	})
}
