package bind

import "github.com/alcedo-cloud/alcedo/internal/sqldb/plan"

// children calls f with the place of each operand of e. A subquery's relation is not among them; its X is.
func children(e plan.Expr, f func(*plan.Expr)) {
	switch e := e.(type) {
	case *plan.Call:
		each(e.Args, f)
	case *plan.UserCall:
		each(e.Args, f)
	case *plan.Convert:
		f(&e.X)
	case *plan.Binary:
		f(&e.L)
		f(&e.R)
	case *plan.Unary:
		f(&e.X)
	case *plan.Compare:
		f(&e.L)
		f(&e.R)
	case *plan.And:
		f(&e.L)
		f(&e.R)
	case *plan.Or:
		f(&e.L)
		f(&e.R)
	case *plan.Not:
		f(&e.X)
	case *plan.IsNull:
		f(&e.X)
	case *plan.Like:
		f(&e.X)
		f(&e.Pattern)
		if e.Escape != nil {
			f(&e.Escape)
		}
	case *plan.In:
		f(&e.X)
		each(e.List, f)
	case *plan.Case:
		for i := range e.When {
			f(&e.When[i].If)
			f(&e.When[i].Then)
		}
		if e.Else != nil {
			f(&e.Else)
		}
	case *subquery:
		if e.x != nil {
			f(&e.x)
		}
	}
}

// copyExpr is e with its operands in places of their own, so that they can be changed. Operands themselves are shared.
func copyExpr(e plan.Expr) plan.Expr {
	switch e := e.(type) {
	case *plan.Call:
		c := *e
		c.Args = append([]plan.Expr(nil), e.Args...)
		return &c
	case *plan.UserCall:
		c := *e
		c.Args = append([]plan.Expr(nil), e.Args...)
		return &c
	case *plan.Convert:
		c := *e
		return &c
	case *plan.Binary:
		c := *e
		return &c
	case *plan.Unary:
		c := *e
		return &c
	case *plan.Compare:
		c := *e
		return &c
	case *plan.And:
		c := *e
		return &c
	case *plan.Or:
		c := *e
		return &c
	case *plan.Not:
		c := *e
		return &c
	case *plan.IsNull:
		c := *e
		return &c
	case *plan.Like:
		c := *e
		return &c
	case *plan.In:
		c := *e
		c.List = append([]plan.Expr(nil), e.List...)
		return &c
	case *plan.Case:
		c := *e
		c.When = append([]plan.When(nil), e.When...)
		return &c
	case *subquery:
		c := *e
		return &c
	}
	return e
}

// rewrite replaces from the top down: where f gives an expression it stands for the whole, else the operands are
// looked at. Expressions are copied where they change; relations of subqueries are changed in place.
func rewrite(e plan.Expr, f func(plan.Expr) (plan.Expr, bool)) plan.Expr {
	if out, ok := f(e); ok {
		return out
	}
	copied := false
	place := 0
	var out plan.Expr = e
	children(e, func(p *plan.Expr) {
		place++
		changed := rewrite(*p, f)
		if changed == *p {
			return
		}
		if !copied {
			out, copied = copyExpr(e), true
		}
		n := 0
		children(out, func(q *plan.Expr) {
			if n++; n == place {
				*q = changed
			}
		})
	})
	if s, ok := e.(*subquery); ok {
		rewriteRelation(s.rel, f)
	}
	return out
}

// rewriteRelation rewrites all expressions of r and of what lies below.
func rewriteRelation(r relation, f func(plan.Expr) (plan.Expr, bool)) {
	r.exprs(func(p *plan.Expr) { *p = rewrite(*p, f) })
	r.inputs(func(in *relation) { rewriteRelation(*in, f) })
}

// visit calls f for e and all below it, relations of subqueries included.
func visit(e plan.Expr, f func(plan.Expr)) {
	f(e)
	children(e, func(p *plan.Expr) { visit(*p, f) })
	if s, ok := e.(*subquery); ok {
		visitRelation(s.rel, f)
	}
}

func visitRelation(r relation, f func(plan.Expr)) {
	r.exprs(func(p *plan.Expr) { visit(*p, f) })
	r.inputs(func(in *relation) { visitRelation(*in, f) })
}

// columnSet is a set of columns.
type columnSet map[*column]bool

func setOf(cols []*column) columnSet {
	s := make(columnSet, len(cols))
	for _, c := range cols {
		s[c] = true
	}
	return s
}

// refs adds the columns that e mentions to out, those that subqueries make themselves too.
func refs(e plan.Expr, out columnSet) {
	visit(e, func(x plan.Expr) {
		if r, ok := x.(*ref); ok {
			out[r.c] = true
		}
	})
}

// free are the columns that r refers to and does not make: those of the rows around it.
func free(r relation) columnSet {
	used := columnSet{}
	visitRelation(r, func(x plan.Expr) {
		if q, ok := x.(*ref); ok {
			used[q.c] = true
		}
	})
	made(r, func(c *column) { delete(used, c) })
	return used
}

// made calls f for each column that r or what lies below it makes, subqueries in its expressions too.
func made(r relation, f func(*column)) {
	for _, c := range r.columns() {
		f(c)
	}
	if a, ok := r.(*join); ok {
		// A semi join does not show the right side's columns, but its conditions mention them.
		for _, c := range a.right.columns() {
			f(c)
		}
	}
	r.exprs(func(p *plan.Expr) {
		subqueries(*p, func(s *subquery) { made(s.rel, f) })
	})
	r.inputs(func(in *relation) { made(*in, f) })
}

// subqueries calls f for the subqueries in e, but not for those within them.
func subqueries(e plan.Expr, f func(*subquery)) {
	if s, ok := e.(*subquery); ok {
		f(s)
	}
	children(e, func(p *plan.Expr) { subqueries(*p, f) })
}

// freeOf are the columns that an expression needs from the row at hand and from rows around it.
func freeOf(e plan.Expr) columnSet {
	used := columnSet{}
	refs(e, used)
	subqueries(e, func(s *subquery) {
		made(s.rel, func(c *column) { delete(used, c) })
	})
	return used
}
