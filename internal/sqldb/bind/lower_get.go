package bind

import (
	"slices"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
)

// get lowers a table to a scan of the index that was chosen.
func (l *lowerer) get(g *get, w *wish) (lowered, error) {
	cols := g.wanted(w.first)
	if slices.ContainsFunc(g.conds, isNever) {
		return nothing(cols), nil
	}
	c := l.b.choose(g, w)
	out := &plan.Scan{Table: g.table, Index: c.index, Reverse: c.reverse, Locators: g.locator != nil, Lock: g.lock}
	slots := cols
	if g.locator != nil {
		slots = cols[:len(cols)-1]
	}
	for _, col := range slots {
		out.Columns = append(out.Columns, col.ordinal)
	}
	done := map[plan.Expr]bool{}
	if err := l.bounds(g, &c, out, done); err != nil {
		return lowered{}, err
	}
	var rest []plan.Expr
	for _, cond := range g.conds {
		if !done[cond] && !isTrue(cond) {
			rest = append(rest, cond)
		}
	}
	if len(rest) > 0 {
		e, err := l.expr(allOf(rest), slots)
		if err != nil {
			return lowered{}, err
		}
		out.Filter = e
	}
	low := lowered{node: out, cols: cols, single: c.single, fixed: columnSet{}}
	if c.index == nil {
		return low, nil
	}
	for _, t := range c.prefix {
		low.fixed[g.cols[t.ordinal]] = true
	}
	if c.in == nil {
		for _, k := range c.index.Keys {
			low.order = append(low.order, ordered{g.cols[g.table.Ordinal(k.Column)], k.Descending != c.reverse})
		}
		low.whole = c.index.Unique
	}
	return low, nil
}

// wanted are the columns that are asked for, those that the consumer wants in front first; the locator is last.
func (g *get) wanted(first []*column) []*column {
	var out []*column
	seen := columnSet{}
	for _, c := range first {
		if c.base == g && c.used && !seen[c] && c.ordinal < len(g.cols) && g.cols[c.ordinal] == c {
			out = append(out, c)
			seen[c] = true
		}
	}
	for _, c := range g.cols {
		if c.used && !seen[c] {
			out = append(out, c)
		}
	}
	if g.locator != nil {
		out = append(out, g.locator)
	}
	return out
}

// bounds lowers what the index is asked for. What it answers wholly need not be asked of rows again.
func (l *lowerer) bounds(g *get, c *choice, out *plan.Scan, done map[plan.Expr]bool) error {
	for _, t := range c.prefix {
		e, err := l.expr(t.x, nil)
		if err != nil {
			return err
		}
		out.Prefix = append(out.Prefix, e)
		done[t.cond] = t.exact
	}
	for _, end := range []struct {
		t  *term
		to **plan.Bound
	}{{c.low, &out.Low}, {c.high, &out.High}} {
		if end.t == nil {
			continue
		}
		e, err := l.expr(end.t.x, nil)
		if err != nil {
			return err
		}
		*end.to = &plan.Bound{X: e, Inclusive: end.t.inclusive}
		// Below a bound there are the NULLs too, which the condition turns away.
		nulls := end.t.kind == termHigh && c.low == nil && g.cols[end.t.ordinal].t.Nullable
		done[end.t.cond] = end.t.exact && !nulls
	}
	if c.in != nil {
		list, err := l.list(c.in.in, nil)
		if err != nil {
			return err
		}
		out.In = list
		done[c.in.cond] = c.in.exact
	}
	return nil
}
