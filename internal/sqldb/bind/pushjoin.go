package bind

import (
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
)

// pushJoin distributes conditions over a join.
func (b *binder) pushJoin(r *join, conds []plan.Expr) relation {
	switch r.kind {
	case plan.InnerJoin:
		return b.pushInner(r, conds)
	case plan.LeftJoin:
		return b.pushLeft(r, conds)
	case plan.FullJoin:
		r.left, r.right = b.push(r.left, nil), b.push(r.right, nil)
		return b.settle(r, conds)
	}
	left := setOf(r.left.columns())
	var on, right []plan.Expr
	for _, c := range r.on {
		if touches(c, left) {
			on = append(on, c)
		} else {
			right = append(right, c)
		}
	}
	r.on = on
	r.left, r.right = b.push(r.left, conds), b.push(r.right, right)
	return r
}

// touches reports whether an expression needs any of some columns.
func touches(e plan.Expr, cols columnSet) bool {
	for c := range freeOf(e) {
		if cols[c] {
			return true
		}
	}
	return false
}

func reaches(r relation, cols columnSet) bool {
	for c := range free(r) {
		if cols[c] {
			return true
		}
	}
	return false
}

// pushLeft distributes conditions over a left join. One that no row without partner meets makes it an inner join.
func (b *binder) pushLeft(r *join, conds []plan.Expr) relation {
	right := setOf(r.right.columns())
	for _, c := range conds {
		if rejects(c, right) {
			r.kind = plan.InnerJoin
			return b.pushInner(r, conds)
		}
	}
	left := setOf(r.left.columns())
	var toLeft, toRight, on, above []plan.Expr
	for _, c := range conds {
		if touches(c, right) {
			above = append(above, c)
		} else {
			toLeft = append(toLeft, c)
		}
	}
	for _, c := range r.on {
		if touches(c, left) || !touches(c, right) {
			on = append(on, c)
		} else {
			toRight = append(toRight, c)
		}
	}
	r.on = on
	r.left, r.right = b.push(r.left, toLeft), b.push(r.right, toRight)
	return b.settle(r, above)
}

// rejects reports whether a condition is not true wherever all of some columns are NULL.
func rejects(e plan.Expr, cols columnSet) bool {
	switch e := e.(type) {
	case *plan.Compare:
		return !e.Distinct && (strict(e.L, cols) || strict(e.R, cols))
	case *plan.In:
		return strict(e.X, cols)
	case *plan.Like:
		return strict(e.X, cols)
	case *plan.IsNull:
		return e.Negate && strict(e.X, cols)
	case *plan.And:
		return rejects(e.L, cols) || rejects(e.R, cols)
	case *plan.Or:
		return rejects(e.L, cols) && rejects(e.R, cols)
	}
	return false
}

// strict reports whether a value is NULL wherever the columns are.
func strict(e plan.Expr, cols columnSet) bool {
	switch e := e.(type) {
	case *ref:
		return cols[e.c]
	case *plan.Convert:
		return strict(e.X, cols)
	case *plan.Unary:
		return strict(e.X, cols)
	case *plan.Binary:
		return strict(e.L, cols) || strict(e.R, cols)
	}
	return false
}

// flatten takes inner joins apart into what they join and all their conditions.
func flatten(r relation, leaves []relation, conds []plan.Expr) ([]relation, []plan.Expr) {
	switch r := r.(type) {
	case *join:
		if r.kind == plan.InnerJoin && r.hint == "" {
			leaves, conds = flatten(r.left, leaves, conds)
			leaves, conds = flatten(r.right, leaves, conds)
			return leaves, append(conds, r.on...)
		}
	case *filter:
		if j, ok := r.in.(*join); ok && j.kind == plan.InnerJoin && j.hint == "" {
			leaves, conds = flatten(r.in, leaves, conds)
			return leaves, append(conds, r.conds...)
		}
	}
	return append(leaves, r), conds
}

// pushInner distributes conditions over what an inner join joins, and puts that in an order.
func (b *binder) pushInner(r *join, conds []plan.Expr) relation {
	hint := r.hint
	r.hint = ""
	leaves, all := flatten(r, nil, nil)
	all = append(all, conds...)
	sets := make([]columnSet, len(leaves))
	for i, leaf := range leaves {
		sets[i] = setOf(leaf.columns())
	}
	own := make([][]plan.Expr, len(leaves))
	var above []plan.Expr
	var between []link
	for _, c := range all {
		b.optimizeIn(&c)
		l := link{x: c}
		need := freeOf(c)
		for i := range leaves {
			for col := range need {
				if sets[i][col] {
					l.leaves = append(l.leaves, i)
					break
				}
			}
		}
		switch {
		case len(l.leaves) == 1:
			own[l.leaves[0]] = append(own[l.leaves[0]], c)
		case len(l.leaves) == 0 || hasSubquery(c):
			above = append(above, c)
		default:
			between = append(between, l)
		}
	}
	for i := range leaves {
		leaves[i] = b.push(leaves[i], own[i])
	}
	out := b.orderJoins(leaves, sets, between, hint)
	return b.settle(out, above)
}

func hasSubquery(e plan.Expr) bool {
	found := false
	subqueries(e, func(*subquery) { found = true })
	return found
}

// link is a condition between leaves of an inner join.
type link struct {
	x      plan.Expr
	leaves []int
	done   bool
}
