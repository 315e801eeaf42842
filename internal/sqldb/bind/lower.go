package bind

import (
	"slices"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// lowerer makes operators of relations. Columns become slots: frames are the rows around the one at hand, the nearest
// last.
type lowerer struct {
	b      *binder
	frames []*frame
}

// frame is a row that what is being lowered is evaluated once for.
type frame struct {
	cols []*column
	used bool // something within refers to it, or to a row around it
}

// lowered is an operator and the columns that its slots hold.
type lowered struct {
	node plan.Node
	cols []*column
	// order is how its rows come, as far as that is known. fixed columns have one value in all rows; single says that
	// there is one row at most.
	order  []ordered
	fixed  columnSet
	single bool
	whole  bool // no two rows are alike in all columns of order
}

type ordered struct {
	c    *column
	desc bool
}

// wish is what the consumer would like of a relation: an order, and how many rows it will look at (0: all).
type wish struct {
	order []ordered
	limit float64
	first []*column // the columns that it wants in front
}

func (b *binder) lowerer() *lowerer { return &lowerer{b: b} }

// expr lowers an expression over a row of cols.
func (l *lowerer) expr(e plan.Expr, cols []*column) (plan.Expr, error) {
	var err error
	out := rewrite(e, func(x plan.Expr) (plan.Expr, bool) {
		switch x := x.(type) {
		case *ref:
			slot, bad := l.slot(x, cols)
			if bad != nil {
				err = bad
				return x, true
			}
			return slot, true
		case *subquery:
			sub, bad := l.subquery(x, cols)
			if bad != nil {
				err = bad
				return x, true
			}
			return sub, true
		}
		return nil, false
	})
	return out, err
}

// slot finds a column in the row at hand, or in the rows around it.
func (l *lowerer) slot(r *ref, cols []*column) (*plan.Slot, error) {
	if i := slices.Index(cols, r.c); i >= 0 {
		return &plan.Slot{Typed: r.Typed, Index: i}, nil
	}
	for k := len(l.frames) - 1; k >= 0; k-- {
		if i := slices.Index(l.frames[k].cols, r.c); i >= 0 {
			for _, f := range l.frames[k:] {
				f.used = true
			}
			return &plan.Slot{Typed: r.Typed, Level: len(l.frames) - k, Index: i}, nil
		}
	}
	return nil, value.Errorf(8624, 16, 1, "Internal Query Processor Error: The query processor could not produce a query plan (column '%s').", r.c.name)
}

func (l *lowerer) push(cols []*column) *frame {
	f := &frame{cols: cols}
	l.frames = append(l.frames, f)
	return f
}

func (l *lowerer) pop() { l.frames = l.frames[:len(l.frames)-1] }

func (l *lowerer) subquery(s *subquery, cols []*column) (plan.Expr, error) {
	out := &plan.Subquery{Typed: s.Typed, Kind: s.kind, Op: s.op, Negate: s.negate, Collation: s.collation}
	if s.x != nil {
		x, err := l.expr(s.x, cols)
		if err != nil {
			return nil, err
		}
		out.X = x
	}
	f := l.push(cols)
	defer l.pop()
	var err error
	if s.col == nil {
		var low lowered
		low, err = l.relation(s.rel, &wish{limit: 1})
		out.Node = low.node
	} else {
		out.Node, err = l.exact(s.rel, []*column{s.col})
	}
	out.Correlated = f.used
	return out, err
}

// exact lowers a relation so that its slots are just cols.
func (l *lowerer) exact(r relation, cols []*column) (plan.Node, error) {
	low, err := l.relation(r, &wish{first: cols})
	if err != nil {
		return nil, err
	}
	return only(low, cols), nil
}

// only puts a projection over an operator whose slots are others.
func only(low lowered, cols []*column) plan.Node {
	if slices.Equal(low.cols, cols) {
		return low.node
	}
	p := &plan.Project{Input: low.node, Exprs: make([]plan.Expr, len(cols))}
	for i, c := range cols {
		p.Exprs[i] = &plan.Slot{Typed: plan.Typed{T: c.t}, Index: slices.Index(low.cols, c)}
	}
	return p
}

// relation lowers r. It gives at least those of its columns that are wanted.
func (l *lowerer) relation(r relation, w *wish) (lowered, error) {
	if w == nil {
		w = &wish{}
	}
	switch r := r.(type) {
	case *get:
		return l.get(r, w)
	case *values:
		return l.values(r)
	case *virtual:
		return l.virtual(r)
	case *filter:
		return l.filter(r, w)
	case *project:
		return l.project(r, w)
	case *join:
		return l.join(r, w)
	case *aggregate:
		return l.aggregate(r)
	case *window:
		return l.window(r)
	case *distinct:
		return l.distinct(r)
	case *sorted:
		return l.sorted(r, w, nil)
	case *top:
		return l.top(r, w)
	case *set:
		return l.set(r)
	case *recursive:
		return l.recursive(r)
	case *working:
		return lowered{node: &plan.Working{ID: r.id, Types: typesOf(r.cols)}, cols: r.cols}, nil
	}
	return lowered{}, value.Errorf(8624, 16, 1, "Internal Query Processor Error: The query processor could not produce a query plan.")
}

func typesOf(cols []*column) []value.Type {
	out := make([]value.Type, len(cols))
	for i, c := range cols {
		out[i] = shown(c.t)
	}
	return out
}

func (l *lowerer) values(r *values) (lowered, error) {
	out := &plan.Values{Rows: make([][]plan.Expr, len(r.rows)), Types: typesOf(r.cols)}
	for i, row := range r.rows {
		list, err := l.list(row, nil)
		if err != nil {
			return lowered{}, err
		}
		out.Rows[i] = list
	}
	return lowered{node: out, cols: r.cols, single: len(r.rows) < 2}, nil
}

func (l *lowerer) list(in []plan.Expr, cols []*column) ([]plan.Expr, error) {
	out := make([]plan.Expr, len(in))
	for i, e := range in {
		x, err := l.expr(e, cols)
		if err != nil {
			return nil, err
		}
		out[i] = x
	}
	return out, nil
}

func (l *lowerer) keys(in []plan.SortKey, cols []*column) ([]plan.SortKey, error) {
	out := make([]plan.SortKey, len(in))
	for i, k := range in {
		x, err := l.expr(k.X, cols)
		if err != nil {
			return nil, err
		}
		out[i] = plan.SortKey{X: x, Descending: k.Descending}
	}
	return out, nil
}

func (l *lowerer) virtual(r *virtual) (lowered, error) {
	args, err := l.list(r.args, nil)
	if err != nil {
		return lowered{}, err
	}
	v := *r.v
	if r.args != nil {
		v.Args = args
	}
	return lowered{node: &v, cols: r.cols}, nil
}

// nothing is an operator without rows, for what can have none.
func nothing(cols []*column) lowered {
	return lowered{node: &plan.Values{Types: typesOf(cols)}, cols: cols, single: true}
}

func (l *lowerer) filter(r *filter, w *wish) (lowered, error) {
	if slices.ContainsFunc(r.conds, isNever) {
		return nothing(r.columns()), nil
	}
	low, err := l.relation(r.in, &wish{order: w.order, first: w.first})
	if err != nil {
		return low, err
	}
	e, err := l.expr(allOf(r.conds), low.cols)
	if err != nil {
		return low, err
	}
	low.node = &plan.Filter{Input: low.node, If: e}
	return low, nil
}
