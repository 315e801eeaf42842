package bind

import (
	"slices"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
)

// perSeek is what a seek costs, in rows read one after the other.
const perSeek = 4

// join lowers a join: an apply where the right side refers to the left one, or where seeking in it by each left row
// costs less than reading it whole; a hash join for other equalities; and else every pair of rows.
func (l *lowerer) join(r *join, w *wish) (lowered, error) {
	outer := setOf(r.left.columns())
	applied := reaches(r.right, outer)
	if !applied && r.kind != plan.FullJoin && l.seeks(r, outer, w) {
		r.right = l.b.push(r.right, r.on)
		r.on = nil
		applied = true
	}
	applied = applied || l.reverse(r, outer)
	if applied {
		return l.apply(r, w)
	}
	return l.hash(r, outer)
}

// seeks decides whether the right side is read by an index for each left row.
func (l *lowerer) seeks(r *join, outer columnSet, w *wish) bool {
	if r.hint == "HASH" || r.hint == "MERGE" || len(r.on) == 0 {
		return false
	}
	g := tableOf(r.right)
	if g == nil || slices.ContainsFunc(r.on, hasSubquery) {
		return false
	}
	conds, ok := throughAll(r.right, r.on)
	if !ok {
		return false
	}
	if !l.b.keyed(g, conds, outer) {
		return false
	}
	if r.hint == "LOOP" {
		return true
	}
	left := l.b.estimate(r.left)
	if w.limit > 0 && w.limit < left && len(w.order) > 0 {
		left = w.limit
	}
	per := l.b.matched(g, append(conds, g.conds...))
	return left*(perSeek+per) < left+1.5*l.b.estimate(r.right)
}

// throughAll puts conditions on the columns of r over the table that r filters and renames.
func throughAll(r relation, conds []plan.Expr) ([]plan.Expr, bool) {
	switch r := r.(type) {
	case *filter:
		return throughAll(r.in, conds)
	case *project:
		out := make([]plan.Expr, len(conds))
		for i, c := range conds {
			moved, ok := r.through(c)
			if !ok {
				return nil, false
			}
			out[i] = moved
		}
		return throughAll(r.in, out)
	}
	return slices.Clone(conds), true
}

// apply lowers a join whose right side is evaluated for each left row.
func (l *lowerer) apply(r *join, w *wish) (lowered, error) {
	left, err := l.relation(r.left, &wish{order: w.order, limit: w.limit})
	if err != nil {
		return left, err
	}
	l.push(left.cols)
	in := &wish{}
	if r.kind == plan.SemiJoin || r.kind == plan.AntiJoin {
		in.limit = 1
	}
	right, err := l.relation(r.right, in)
	l.pop()
	if err != nil {
		return left, err
	}
	out := lowered{cols: left.cols, order: left.order, fixed: left.fixed}
	both := append(left.cols[:len(left.cols):len(left.cols)], right.cols...)
	out.single = left.single && right.single
	if r.kind == plan.InnerJoin || r.kind == plan.LeftJoin {
		out.cols = both
	} else {
		out.single = left.single
	}
	node := &plan.Join{Kind: r.kind, Left: left.node, Right: right.node, Apply: true}
	out.node = node
	if len(r.on) > 0 {
		node.On, err = l.expr(allOf(r.on), both)
	}
	return out, err
}

// hash lowers a join of two sides that stand alone.
func (l *lowerer) hash(r *join, outer columnSet) (lowered, error) {
	inner := setOf(r.right.columns())
	kind, first, second := r.kind, r.left, r.right
	if turned, ok := l.turned(r); ok {
		kind, first, second, outer, inner = turned, second, first, inner, outer
	}
	left, err := l.relation(first, nil)
	if err != nil {
		return left, err
	}
	right, err := l.relation(second, nil)
	if err != nil {
		return right, err
	}
	node := &plan.Join{Kind: kind, Left: left.node, Right: right.node}
	both := append(left.cols[:len(left.cols):len(left.cols)], right.cols...)
	var rest []plan.Expr
	for _, c := range r.on {
		a, b, ok := keyPair(c, outer, inner)
		if !ok {
			rest = append(rest, c)
			continue
		}
		x, err := l.expr(a, left.cols)
		if err != nil {
			return left, err
		}
		y, err := l.expr(b, right.cols)
		if err != nil {
			return left, err
		}
		node.LeftKeys, node.RightKeys = append(node.LeftKeys, x), append(node.RightKeys, y)
	}
	if len(rest) > 0 {
		if node.On, err = l.expr(allOf(rest), both); err != nil {
			return left, err
		}
	}
	out := lowered{node: node, cols: both}
	if r.kind == plan.SemiJoin || r.kind == plan.AntiJoin {
		out.cols, out.single = left.cols, left.single
	}
	return out, nil
}

// turned is the kind of join with its sides changed, where that is better: the right side is the one that is kept in
// memory.
func (l *lowerer) turned(r *join) (plan.JoinKind, bool) {
	kind := r.kind
	switch kind {
	case plan.LeftJoin:
		kind = plan.RightJoin
	case plan.InnerJoin, plan.FullJoin:
	default:
		return kind, false
	}
	return kind, l.b.estimate(r.left)*1.5 < l.b.estimate(r.right)
}

// keyPair takes an equality of something of the left row with something of the right one apart.
func keyPair(e plan.Expr, left, right columnSet) (l, r plan.Expr, ok bool) {
	c, ok := e.(*plan.Compare)
	if !ok || c.Op != plan.Equal || c.Distinct || hasSubquery(c) {
		return nil, nil, false
	}
	if c.Collation != nil && (c.L.Type().Collation != c.Collation || c.R.Type().Collation != c.Collation) {
		c = collated(c)
	}
	switch {
	case sides(c.L, left, right) && sides(c.R, right, left):
		return c.L, c.R, true
	case sides(c.R, left, right) && sides(c.L, right, left):
		return c.R, c.L, true
	}
	return nil, nil, false
}

// collated gives both operands the type with the comparison's collation, by which they are hashed.
func collated(c *plan.Compare) *plan.Compare {
	out := *c
	for _, p := range []*plan.Expr{&out.L, &out.R} {
		t := (*p).Type()
		if t.IsString() && t.Collation != c.Collation {
			t.Collation = c.Collation
			*p = &plan.Convert{Typed: plan.Typed{T: t}, X: *p, Implicit: true}
		}
	}
	return &out
}

// sides reports whether an expression needs some columns, and none of others.
func sides(e plan.Expr, some, others columnSet) bool {
	any := false
	for c := range freeOf(e) {
		if others[c] {
			return false
		}
		any = any || some[c]
	}
	return any
}
