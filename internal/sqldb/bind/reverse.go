package bind

import (
	"slices"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
)

// reverse turns a semi join round where its right side is small and the left one has an index for it: the distinct keys
// of the right side seek in the left one. It reports whether it has.
func (l *lowerer) reverse(r *join, outer columnSet) bool {
	g := tableOf(r.left)
	if g == nil || r.kind != plan.SemiJoin || len(r.on) == 0 {
		return false
	}
	inner := setOf(r.right.columns())
	keys := &project{in: r.right}
	var conds []plan.Expr
	for _, c := range r.on {
		left, right, ok := keyPair(c, outer, inner)
		if !ok || !right.Type().IsComparable() {
			return false
		}
		same := *c.(*plan.Compare)
		if same.Collation != nil && l.b.collationOf(right.Type()) != same.Collation {
			return false
		}
		key := derive("", right)
		key.used = true
		keys.list, keys.cols = append(keys.list, right), append(keys.cols, key)
		same.L, same.R = left, refTo(key)
		conds = append(conds, &same)
	}
	moved, ok := throughAll(r.left, conds)
	if !ok || slices.ContainsFunc(moved, hasSubquery) || !l.b.keyed(g, moved, setOf(keys.cols)) {
		return false
	}
	right := l.b.estimate(r.right)
	per := l.b.matched(g, append(moved, g.conds...))
	if right*(perSeek+per) >= l.b.estimate(r.left) {
		return false
	}
	r.kind, r.on = plan.InnerJoin, nil
	r.left, r.right = &distinct{keys}, l.b.push(r.left, conds)
	return true
}

// keyed reports whether conditions lead into an index of a table by an equality with some other columns.
func (b *binder) keyed(g *get, conds []plan.Expr, others columnSet) bool {
	terms := b.terms(g, append(conds[:len(conds):len(conds)], g.conds...))
	for _, x := range g.table.Indexes {
		n := terms.equals(g.table, x)
		for _, k := range x.Keys[:n] {
			if touches(terms.equal(g.table.Ordinal(k.Column)).x, others) {
				return true
			}
		}
	}
	return false
}
