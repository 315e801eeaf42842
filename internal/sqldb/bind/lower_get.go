package bind

import (
	"slices"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
)

// get lowers a table to a scan of the index that was chosen.
func (l *lowerer) get(g *get, w *wish) (lowered, error) {
	if slices.ContainsFunc(g.conds, isNever) {
		return nothing(g.wanted(w.first, nil)), nil
	}
	if g.at != nil {
		return l.place(g, w)
	}
	c := l.b.choose(g, w)
	if c.empty() {
		return nothing(g.wanted(w.first, nil)), nil
	}
	cols := g.wanted(w.first, g.rest(&c))
	out := &plan.Scan{Table: g.table, Index: c.index, Reverse: c.reverse, Locators: g.locator != nil, Lock: g.lock}
	slots := cols
	if g.locator != nil {
		slots = cols[:len(cols)-1]
	}
	for _, col := range slots {
		out.Columns = append(out.Columns, col.ordinal)
	}
	if err := l.bounds(&c, out); err != nil {
		return lowered{}, err
	}
	rest := g.rest(&c)
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

// place lowers a table of which one row is meant.
func (l *lowerer) place(g *get, w *wish) (lowered, error) {
	cols := g.wanted(w.first, g.conds)
	out := &plan.Scan{Table: g.table, Index: g.table.Clustered(), Locators: g.locator != nil, Lock: g.lock}
	slots := cols
	if g.locator != nil {
		slots = cols[:len(cols)-1]
	}
	for _, col := range slots {
		out.Columns = append(out.Columns, col.ordinal)
	}
	var err error
	if out.At, err = l.expr(g.at, nil); err != nil {
		return lowered{}, err
	}
	if len(g.conds) > 0 {
		if out.Filter, err = l.expr(allOf(g.conds), slots); err != nil {
			return lowered{}, err
		}
	}
	return lowered{node: out, cols: cols, single: true, fixed: columnSet{}}, nil
}

// rest are the conditions that the index does not answer wholly.
func (g *get) rest(c *choice) []plan.Expr {
	done := map[plan.Expr]bool{}
	for _, t := range c.prefix {
		done[t.cond] = t.exact
	}
	for _, t := range []*term{c.low, c.high, c.in} {
		if t == nil {
			continue
		}
		// Below a bound there are the NULLs too, which the condition turns away.
		nulls := t == c.high && c.low == nil && g.cols[t.ordinal].t.Nullable
		done[t.cond] = t.exact && !nulls
	}
	var rest []plan.Expr
	for _, cond := range g.conds {
		if !done[cond] && !isTrue(cond) {
			rest = append(rest, cond)
		}
	}
	return rest
}

// wanted are the columns that are asked for, those that the consumer wants in front first, and those of the conditions
// that rows are held to; the locator is last.
func (g *get) wanted(first []*column, rest []plan.Expr) []*column {
	var out []*column
	seen := columnSet{}
	add := func(c *column) {
		if c.base == g && !seen[c] && c.ordinal < len(g.cols) && g.cols[c.ordinal] == c {
			out = append(out, c)
			seen[c] = true
		}
	}
	for _, c := range first {
		if c.used {
			add(c)
		}
	}
	for _, c := range g.cols {
		if c.used {
			add(c)
		}
	}
	asked := columnSet{}
	for _, e := range rest {
		refs(e, asked)
	}
	for _, c := range g.cols {
		if asked[c] {
			add(c)
		}
	}
	if g.locator != nil {
		out = append(out, g.locator)
	}
	return out
}

// bounds lowers what the index is asked for.
func (l *lowerer) bounds(c *choice, out *plan.Scan) error {
	for _, t := range c.prefix {
		e, err := l.expr(t.x, nil)
		if err != nil {
			return err
		}
		out.Prefix = append(out.Prefix, e)
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
	}
	if c.in == nil {
		return nil
	}
	var err error
	out.In, err = l.list(c.in.in, nil)
	return err
}
