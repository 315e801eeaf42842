package bind

import "github.com/alcedo-cloud/alcedo/internal/sqldb/plan"

func (r *get) columns() []*column     { return r.cols }
func (r *values) columns() []*column  { return r.cols }
func (r *virtual) columns() []*column { return r.cols }
func (r *filter) columns() []*column  { return r.in.columns() }
func (r *project) columns() []*column { return r.cols }

func (r *join) columns() []*column {
	if r.kind == plan.SemiJoin || r.kind == plan.AntiJoin {
		return r.left.columns()
	}
	left, right := r.left.columns(), r.right.columns()
	return append(left[:len(left):len(left)], right...)
}

func (r *aggregate) columns() []*column {
	out := append(r.groupCols[:len(r.groupCols):len(r.groupCols)], r.callCols...)
	return append(out, r.bits...)
}

func (r *window) columns() []*column {
	in := r.in.columns()
	return append(in[:len(in):len(in)], r.cols...)
}

func (r *distinct) columns() []*column  { return r.in.columns() }
func (r *sorted) columns() []*column    { return r.in.columns() }
func (r *top) columns() []*column       { return r.in.columns() }
func (r *set) columns() []*column       { return r.cols }
func (r *recursive) columns() []*column { return r.cols }
func (r *working) columns() []*column   { return r.cols }

func (*get) inputs(func(*relation))         {}
func (*values) inputs(func(*relation))      {}
func (*virtual) inputs(func(*relation))     {}
func (*working) inputs(func(*relation))     {}
func (r *filter) inputs(f func(*relation))  { f(&r.in) }
func (r *project) inputs(f func(*relation)) { f(&r.in) }

func (r *join) inputs(f func(*relation)) {
	f(&r.left)
	f(&r.right)
}

func (r *aggregate) inputs(f func(*relation)) { f(&r.in) }
func (r *window) inputs(f func(*relation))    { f(&r.in) }
func (r *distinct) inputs(f func(*relation))  { f(&r.in) }
func (r *sorted) inputs(f func(*relation))    { f(&r.in) }
func (r *top) inputs(f func(*relation))       { f(&r.in) }

func (r *set) inputs(f func(*relation)) {
	f(&r.left)
	f(&r.right)
}

func (r *recursive) inputs(f func(*relation)) {
	f(&r.anchor)
	f(&r.step)
}

func each(list []plan.Expr, f func(*plan.Expr)) {
	for i := range list {
		f(&list[i])
	}
}

func eachKey(keys []plan.SortKey, f func(*plan.Expr)) {
	for i := range keys {
		f(&keys[i].X)
	}
}

func (r *get) exprs(f func(*plan.Expr)) { each(r.conds, f) }

func (r *values) exprs(f func(*plan.Expr)) {
	for _, row := range r.rows {
		each(row, f)
	}
}

func (r *virtual) exprs(f func(*plan.Expr)) { each(r.args, f) }
func (r *filter) exprs(f func(*plan.Expr))  { each(r.conds, f) }
func (r *project) exprs(f func(*plan.Expr)) { each(r.list, f) }
func (r *join) exprs(f func(*plan.Expr))    { each(r.on, f) }

func (r *aggregate) exprs(f func(*plan.Expr)) {
	each(r.groups, f)
	for i := range r.calls {
		each(r.calls[i].Args, f)
		eachKey(r.calls[i].Order, f)
	}
}

func (r *window) exprs(f func(*plan.Expr)) {
	each(r.partition, f)
	eachKey(r.order, f)
	for i := range r.calls {
		each(r.calls[i].Args, f)
	}
}

func (*distinct) exprs(func(*plan.Expr))   {}
func (r *sorted) exprs(f func(*plan.Expr)) { eachKey(r.keys, f) }

func (r *top) exprs(f func(*plan.Expr)) {
	if r.count != nil {
		f(&r.count)
	}
	if r.offset != nil {
		f(&r.offset)
	}
	eachKey(r.ties, f)
}

func (*set) exprs(func(*plan.Expr))       {}
func (*recursive) exprs(func(*plan.Expr)) {}
func (*working) exprs(func(*plan.Expr))   {}
