package bind

import (
	"slices"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
)

// project lowers a projection to what is wanted of it. One that only passes columns on needs no operator.
func (l *lowerer) project(r *project, w *wish) (lowered, error) {
	var list []plan.Expr
	var cols []*column
	for i, c := range r.cols {
		if c.used {
			list, cols = append(list, r.list[i]), append(cols, c)
		}
	}
	if v, ok := r.in.(*values); ok && len(v.cols) == 0 && len(v.rows) == 1 {
		return l.values(&values{rows: [][]plan.Expr{list}, cols: cols})
	}
	low, err := l.relation(r.in, r.below(w, list))
	if err != nil {
		return low, err
	}
	out := lowered{cols: cols, single: low.single}
	out.order, out.fixed = shownOrder(low, list, cols)
	out.whole = low.whole && len(out.order) == len(low.order)
	if passes(list, low.cols) {
		out.node = low.node
		return out, nil
	}
	exprs, err := l.list(list, low.cols)
	out.node = &plan.Project{Input: low.node, Exprs: exprs}
	return out, err
}

// below is what a wish means for what a projection projects.
func (r *project) below(w *wish, list []plan.Expr) *wish {
	out := &wish{limit: w.limit}
	for _, o := range w.order {
		i := slices.Index(r.cols, o.c)
		if i < 0 {
			break
		}
		q, ok := r.list[i].(*ref)
		if !ok {
			break
		}
		out.order = append(out.order, ordered{q.c, o.desc})
	}
	for _, e := range list {
		if q, ok := e.(*ref); ok {
			out.first = append(out.first, q.c)
		}
	}
	return out
}

// passes reports whether expressions are just the columns, in their order.
func passes(list []plan.Expr, cols []*column) bool {
	return slices.EqualFunc(list, cols, func(e plan.Expr, c *column) bool {
		q, ok := e.(*ref)
		return ok && q.c == c
	})
}

// shownOrder is the order and the fixed columns of an operator under the names of a projection over it.
func shownOrder(low lowered, list []plan.Expr, cols []*column) ([]ordered, columnSet) {
	names := make(map[*column]*column, len(list))
	fixed := columnSet{}
	for i, e := range list {
		switch e := e.(type) {
		case *ref:
			if names[e.c] == nil {
				names[e.c] = cols[i]
			}
			if low.fixed[e.c] {
				fixed[cols[i]] = true
			}
		case *plan.Const:
			fixed[cols[i]] = true
		}
	}
	var order []ordered
	for _, o := range low.order {
		c := names[o.c]
		if c == nil {
			break
		}
		order = append(order, ordered{c, o.desc})
	}
	return order, fixed
}

// satisfies reports whether rows come in an order.
func (low *lowered) satisfies(want []ordered) bool {
	if low.single {
		return true
	}
	have := low.order
	for _, o := range want {
		if low.fixed[o.c] {
			continue
		}
		for len(have) > 0 && low.fixed[have[0].c] {
			have = have[1:]
		}
		if len(have) == 0 {
			return low.whole
		}
		if have[0] != o {
			return false
		}
		have = have[1:]
	}
	return true
}

// orderOf is the order by keys, if all are columns.
func orderOf(keys []plan.SortKey) ([]ordered, bool) {
	out := make([]ordered, 0, len(keys))
	for _, k := range keys {
		q, ok := k.X.(*ref)
		if !ok {
			return nil, false
		}
		out = append(out, ordered{q.c, k.Descending})
	}
	return out, true
}

// sorted lowers an order, with how many rows of it matter, if that is known. Rows that come in order are not sorted.
func (l *lowerer) sorted(r *sorted, w *wish, t *top) (lowered, error) {
	want, plain := orderOf(r.keys)
	in := &wish{first: w.first, limit: w.limit}
	if plain {
		in.order = want
	} else {
		in.limit = 0
	}
	low, err := l.relation(r.in, in)
	if err != nil || plain && low.satisfies(want) {
		return low, err
	}
	out := &plan.Sort{Input: low.node}
	if out.Keys, err = l.keys(r.keys, low.cols); err != nil {
		return low, err
	}
	if t != nil && !t.percent && t.ties == nil && t.count != nil {
		if out.Limit, err = l.limit(t); err != nil {
			return low, err
		}
	}
	low.node, low.order, low.fixed = out, want, nil
	return low, nil
}

// limit is how many rows of a sort a Top over it looks at.
func (l *lowerer) limit(t *top) (plan.Expr, error) {
	count, err := l.expr(t.count, nil)
	if err != nil || t.offset == nil {
		return count, err
	}
	offset, err := l.expr(t.offset, nil)
	if err != nil {
		return nil, err
	}
	sum := plan.Typed{T: count.Type()}
	sum.T.Nullable = true
	return l.b.fold(&plan.Binary{Typed: sum, Op: plan.Add, L: count, R: offset}), nil
}

func (l *lowerer) top(r *top, w *wish) (lowered, error) {
	in := &wish{order: w.order, first: w.first}
	if !r.percent {
		in.limit = constantOf(r.count) + constantOf(r.offset)
	}
	var (
		low lowered
		err error
	)
	if s, ok := r.in.(*sorted); ok {
		low, err = l.sorted(s, in, r)
	} else {
		low, err = l.relation(r.in, in)
	}
	if err != nil {
		return low, err
	}
	out := &plan.Top{Input: low.node, Percent: r.percent}
	for _, p := range []struct {
		from plan.Expr
		to   *plan.Expr
	}{{r.count, &out.Count}, {r.offset, &out.Offset}} {
		if p.from != nil {
			if *p.to, err = l.expr(p.from, nil); err != nil {
				return low, err
			}
		}
	}
	if out.Ties, err = l.keys(r.ties, low.cols); err != nil {
		return low, err
	}
	if len(out.Ties) == 0 {
		out.Ties = nil
	}
	low.node = out
	return low, nil
}

// constantOf guesses a number of rows: that of a constant, a page for what is not known yet, 0 for none.
func constantOf(e plan.Expr) float64 {
	switch e := e.(type) {
	case nil:
		return 0
	case *plan.Const:
		return max(float64(e.V.Int64()), 1)
	}
	return 50
}

func (l *lowerer) distinct(r *distinct) (lowered, error) {
	cols := r.in.columns()
	low, err := l.relation(r.in, &wish{first: cols})
	if err != nil {
		return low, err
	}
	out := lowered{cols: cols, single: low.single}
	node := only(low, cols)
	if low.single {
		out.node = node
		return out, nil
	}
	out.node = &plan.Distinct{Input: node}
	return out, nil
}

func (l *lowerer) set(r *set) (lowered, error) {
	left, err := l.exact(r.left, r.leftCols)
	if err != nil {
		return lowered{}, err
	}
	right, err := l.exact(r.right, r.rightCols)
	if err != nil {
		return lowered{}, err
	}
	out := lowered{cols: r.cols}
	switch r.op {
	case intersect:
		out.node = &plan.Intersect{Left: left, Right: right}
	case except:
		out.node = &plan.Except{Left: left, Right: right}
	default:
		out.node = &plan.Union{Left: left, Right: right}
	}
	return out, nil
}

func (l *lowerer) recursive(r *recursive) (lowered, error) {
	anchor, err := l.exact(r.anchor, r.anchorCols)
	if err != nil {
		return lowered{}, err
	}
	step, err := l.exact(r.step, r.stepCols)
	if err != nil {
		return lowered{}, err
	}
	return lowered{node: &plan.Recursive{ID: r.id, Anchor: anchor, Step: step, Limit: r.limit}, cols: r.cols}, nil
}

func (l *lowerer) window(r *window) (lowered, error) {
	low, err := l.relation(r.in, nil)
	if err != nil || len(r.calls) == 0 {
		return low, err
	}
	out := &plan.Window{Input: low.node, Calls: slices.Clone(r.calls)}
	if out.Partition, err = l.list(r.partition, low.cols); err != nil {
		return low, err
	}
	if out.Order, err = l.keys(r.order, low.cols); err != nil {
		return low, err
	}
	for i := range out.Calls {
		if out.Calls[i].Args, err = l.list(r.calls[i].Args, low.cols); err != nil {
			return low, err
		}
	}
	cols := append(low.cols[:len(low.cols):len(low.cols)], r.cols...)
	return lowered{node: out, cols: cols}, nil
}
