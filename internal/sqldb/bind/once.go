package bind

import (
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// Some forms mention an operand twice: BETWEEN, CASE with an operand, COALESCE, NULLIF. Within one another they would
// double what is computed with every level, so that a large operand is computed once, as the row of a subquery.

// mostTwice is how many nodes an operand may have that is mentioned twice.
const mostTwice = 200

// large reports whether an operand is to be computed once.
func large(e plan.Expr) bool {
	if hasSubquery(e) {
		return true
	}
	n := 0
	var walk func(plan.Expr)
	walk = func(e plan.Expr) {
		if n++; n <= mostTwice {
			children(e, func(p *plan.Expr) { walk(*p) })
		}
	}
	walk(e)
	return n > mostTwice
}

// once gives f its operand: e itself, or where e is large the column of a row that has it.
func once(e plan.Expr, f func(x plan.Expr) (plan.Expr, error)) (plan.Expr, error) {
	if !large(e) {
		return f(e)
	}
	c := derive("", e)
	c.t = e.Type()
	out, err := f(refTo(c))
	if err != nil {
		return nil, err
	}
	p := &project{in: &values{rows: [][]plan.Expr{{e}}, cols: []*column{c}}, list: []plan.Expr{out}, cols: []*column{derive("", out)}}
	return &subquery{Typed: plan.Typed{T: out.Type()}, kind: plan.ScalarSubquery, rel: p, col: p.cols[0], made: true}, nil
}

// onceTrue is once for a condition, which becomes a bit in between.
func onceTrue(e plan.Expr, f func(x plan.Expr) (plan.Expr, error)) (plan.Expr, error) {
	if !large(e) {
		return f(e)
	}
	t := value.Of(value.Bit)
	yes, no := constant(value.OfBool(true), t), constant(value.OfBool(false), t)
	out, err := once(e, func(x plan.Expr) (plan.Expr, error) {
		c, err := f(x)
		if err != nil {
			return nil, err
		}
		return &plan.Case{Typed: plan.Typed{T: t}, When: []plan.When{{If: c, Then: yes}, {If: negate(c), Then: no}}}, nil
	})
	if err != nil {
		return nil, err
	}
	return &plan.Compare{Typed: truth(), Op: plan.Equal, L: out, R: yes}, nil
}
