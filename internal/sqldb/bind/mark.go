package bind

import (
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
)

// Marking goes from the top down: what is above has said which columns it wants before what is below is asked for
// them. Columns that nobody wants are not read.

// markAll wants all columns of a relation.
func markAll(r relation) {
	for _, c := range r.columns() {
		c.used = true
	}
	mark(r)
}

// markExpr wants what an expression mentions.
func markExpr(e plan.Expr) {
	switch e := e.(type) {
	case *ref:
		e.c.used = true
	case *subquery:
		if e.x != nil {
			markExpr(e.x)
		}
		if e.col != nil {
			e.col.used = true
		}
		mark(e.rel)
		return
	}
	children(e, func(p *plan.Expr) { markExpr(*p) })
}

// mark wants of what is below r what r needs for those of its columns that are wanted.
func mark(r relation) {
	switch r := r.(type) {
	case *project:
		for i, c := range r.cols {
			if c.used {
				markExpr(r.list[i])
			}
		}
		mark(r.in)
		return
	case *join:
		// The right side may refer to the left one.
		for _, e := range r.on {
			markExpr(e)
		}
		mark(r.right)
		mark(r.left)
		return
	case *set:
		for i := range r.cols {
			r.leftCols[i].used, r.rightCols[i].used = true, true
		}
	case *recursive:
		for i := range r.cols {
			r.anchorCols[i].used, r.stepCols[i].used = true, true
		}
	case *distinct:
		for _, c := range r.in.columns() {
			c.used = true
		}
	case *get:
		r.mark()
		return
	case *aggregate:
		r.drop()
	case *window:
		r.drop()
	}
	r.exprs(func(p *plan.Expr) { markExpr(*p) })
	r.inputs(func(in *relation) { mark(*in) })
}

// mark asks for the columns of the table's own conditions. They are read only where no index answers the condition.
func (r *get) mark() {
	for _, e := range r.conds {
		for c := range freeOf(e) {
			if c.base == r {
				c.asked = true
			} else {
				c.used = true
			}
		}
		subqueries(e, func(s *subquery) { markExpr(s) })
	}
}

// drop leaves out aggregates that nobody wants.
func (r *aggregate) drop() {
	calls, cols := r.calls[:0:0], r.callCols[:0:0]
	for i, c := range r.callCols {
		if c.used {
			calls, cols = append(calls, r.calls[i]), append(cols, c)
		}
	}
	r.calls, r.callCols = calls, cols
}

func (r *window) drop() {
	calls, cols := r.calls[:0:0], r.cols[:0:0]
	for i, c := range r.cols {
		if c.used {
			calls, cols = append(calls, r.calls[i]), append(cols, c)
		}
	}
	r.calls, r.cols = calls, cols
}
