package bind

import (
	"slices"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

func (l *lowerer) aggregate(r *aggregate) (lowered, error) {
	in := l.end(r)
	low, err := l.relation(in, nil)
	if err != nil {
		return low, err
	}
	out := &plan.Aggregate{Input: low.node, Sets: r.sets, Calls: slices.Clone(r.calls)}
	if out.Groups, err = l.list(r.groups, low.cols); err != nil {
		return low, err
	}
	for i := range out.Calls {
		if out.Calls[i].Args, err = l.list(r.calls[i].Args, low.cols); err != nil {
			return low, err
		}
		if out.Calls[i].Order, err = l.keys(r.calls[i].Order, low.cols); err != nil {
			return low, err
		}
	}
	if len(out.Groups) == 0 {
		out.Groups = nil
	}
	single := len(r.groups) == 0 && r.sets == nil
	return lowered{node: out, cols: r.columns(), single: single}, nil
}

// end turns the one MIN or MAX of a table's column that leads an index into the first row at that end of the index.
func (l *lowerer) end(r *aggregate) relation {
	g, ok := r.in.(*get)
	if !ok || len(r.groups) > 0 || r.sets != nil || len(r.calls) != 1 || len(r.calls[0].Args) != 1 {
		return r.in
	}
	call := r.calls[0]
	q, ok := call.Args[0].(*ref)
	if !ok || q.c.base != g || call.Function.Name != "MIN" && call.Function.Name != "MAX" {
		return r.in
	}
	key := plan.SortKey{X: refTo(q.c), Descending: call.Function.Name == "MAX"}
	c := l.b.choose(g, &wish{order: []ordered{{q.c, key.Descending}}, limit: 1})
	if c.index == nil || !c.ordered {
		return r.in
	}
	if q.c.t.Nullable && !key.Descending {
		g.conds = append(g.conds, &plan.IsNull{Typed: bit(), X: refTo(q.c), Negate: true})
	}
	one := constant(value.OfInt(1), typed(value.BigInt))
	return &top{in: &sorted{in: g, keys: []plan.SortKey{key}}, count: one}
}
