package bind

import (
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
)

// joins reports whether a condition that is a subquery can be a semi or anti join. NOT IN can where nothing is NULL.
func joins(s *subquery) bool {
	switch s.kind {
	case plan.ExistsSubquery:
		return true
	case plan.InSubquery:
		if hasSubquery(s.x) {
			return false
		}
		return !s.negate || !s.x.Type().Nullable && !s.col.t.Nullable
	}
	return false
}

// semi makes r's rows those with a partner in a subquery, or those without. What the subquery asks of r's rows moves
// into the join's condition, so that partners are found by equality where they can be.
func (b *binder) semi(r relation, s *subquery) relation {
	j := &join{kind: plan.SemiJoin, left: r, right: s.rel}
	if s.negate {
		j.kind = plan.AntiJoin
	}
	if s.kind == plan.InSubquery {
		j.on = append(j.on, &plan.Compare{Typed: truth(), Op: plan.Equal, L: s.x, R: refTo(s.col), Collation: s.collation})
	}
	outer := setOf(r.columns())
	j.bare()
	j.right, j.on = extract(j.right, outer, j.on)
	return j
}

// bare strips from the right side what changes nothing about whether there is a row: projections (their expressions
// move into the condition), orders and DISTINCT.
func (j *join) bare() {
	for {
		switch r := j.right.(type) {
		case *project:
			var on []plan.Expr
			for _, c := range j.on {
				moved, ok := r.through(c)
				if !ok {
					return
				}
				on = append(on, moved)
			}
			j.right, j.on = r.in, on
		case *sorted:
			j.right = r.in
		case *distinct:
			j.right = r.in
		default:
			return
		}
	}
}

// extract takes the conditions that name columns of outer out of r, where they may as well be asked of r's rows.
func extract(r relation, outer columnSet, on []plan.Expr) (relation, []plan.Expr) {
	switch r := r.(type) {
	case *get:
		r.conds, on = split(r.conds, outer, on)
	case *filter:
		r.conds, on = split(r.conds, outer, on)
		r.in, on = extract(r.in, outer, on)
		if len(r.conds) == 0 {
			return r.in, on
		}
	case *join:
		switch r.kind {
		case plan.InnerJoin:
			r.on, on = split(r.on, outer, on)
			r.left, on = extract(r.left, outer, on)
			r.right, on = extract(r.right, outer, on)
		case plan.LeftJoin, plan.SemiJoin, plan.AntiJoin:
			r.left, on = extract(r.left, outer, on)
		}
	}
	return r, on
}

func split(conds []plan.Expr, outer columnSet, out []plan.Expr) (kept, moved []plan.Expr) {
	for _, c := range conds {
		if touches(c, outer) && !hasSubquery(c) {
			out = append(out, c)
		} else {
			kept = append(kept, c)
		}
	}
	return kept, out
}
