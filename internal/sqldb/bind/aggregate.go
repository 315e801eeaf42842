package bind

import (
	"slices"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/function"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// aggregateCall binds an aggregate function. It belongs to the query whose columns it names: the one at hand, or one
// around it.
func (b *binder) aggregateCall(s *scope, x *tsql.Call, f *function.Aggregate) (plan.Expr, error) {
	outside := b.touched
	if outside != nil {
		return nil, fail(x.At, 130, 16, 1, "Cannot perform an aggregate function on an expression containing an aggregate or a subquery.")
	}
	b.touched = map[*scope]bool{}
	call, err := b.aggregateArgs(s, x, f)
	touched := b.touched
	b.touched = nil
	if err != nil {
		return nil, err
	}
	owner := s
	if len(touched) > 0 && !touched[s] {
		for owner = s.parent; owner != nil && !touched[owner]; owner = owner.parent {
		}
	}
	if err := mayAggregate(owner, x); err != nil {
		return nil, err
	}
	return refTo(owner.grouping.add(call)), nil
}

func mayAggregate(s *scope, x *tsql.Call) error {
	if s == nil || s.grouping == nil {
		return fail(x.At, 147, 15, 1, "An aggregate may not appear in the WHERE clause unless it is in a subquery contained in a HAVING clause or a select list, and the column being aggregated is an outer reference.")
	}
	switch s.clause {
	case clauseSelect, clauseHaving, clauseOrder:
		return nil
	case clauseGroup:
		return fail(x.At, 144, 15, 1, "Cannot use an aggregate or a subquery in an expression used for the group by list of a GROUP BY clause.")
	}
	return fail(x.At, 147, 15, 1, "An aggregate may not appear in the WHERE clause unless it is in a subquery contained in a HAVING clause or a select list, and the column being aggregated is an outer reference.")
}

// aggregateArgs binds the arguments and the order of an aggregate function.
func (b *binder) aggregateArgs(s *scope, x *tsql.Call, f *function.Aggregate) (plan.AggregateCall, error) {
	call := plan.AggregateCall{Function: f, Distinct: x.Distinct}
	if !x.Star {
		list := flat(x.Args)
		if len(list) < max(f.Min, 1) || f.Max >= 0 && len(list) > f.Max {
			return call, countError(x.At, strings.ToLower(f.Name), max(f.Min, 1), f.Max)
		}
		args, err := b.values(s, list)
		if err != nil {
			return call, err
		}
		call.Args = args
	}
	types := make([]value.Type, len(call.Args))
	for i, a := range call.Args {
		var err error
		visit(a, func(e plan.Expr) {
			if s, ok := e.(*subquery); ok && !s.made {
				err = fail(x.At, 130, 16, 1, "Cannot perform an aggregate function on an expression containing an aggregate or a subquery.")
			}
		})
		if err != nil {
			return call, err
		}
		types[i] = a.Type()
	}
	t, err := f.Result(types)
	if err != nil {
		return call, at(x.At, err)
	}
	if t.IsString() {
		if t.Collation, err = b.agree(x.At, strings.ToLower(f.Name), call.Args...); err != nil {
			return call, err
		}
	}
	call.T = t
	for _, o := range x.WithinGroup {
		e, err := b.value(s, o.Expr)
		if err != nil {
			return call, err
		}
		call.Order = append(call.Order, plan.SortKey{X: e, Descending: o.Desc})
	}
	return call, nil
}

// add gives the column of a call; the same call twice is computed once.
func (g *grouping) add(call plan.AggregateCall) *column {
	for i, have := range g.calls {
		if have.Function == call.Function && have.Distinct == call.Distinct && len(call.Order) == 0 && len(have.Order) == 0 &&
			slices.EqualFunc(have.Args, call.Args, equalExpr) {
			return g.results[i]
		}
	}
	c := &column{t: call.T, label: labelImplicit}
	g.calls, g.results = append(g.calls, call), append(g.results, c)
	return c
}

// groupingCall binds GROUPING(x) and GROUPING_ID(x, …).
func (b *binder) groupingCall(s *scope, x *tsql.Call, name string) (plan.Expr, error) {
	if s.grouping == nil || !s.grouping.explicit || s.clause != clauseSelect && s.clause != clauseHaving && s.clause != clauseOrder {
		return nil, fail(x.At, 8161, 16, 1, "Argument 1 of the %s function does not match any of the expressions in the GROUP BY clause.", name)
	}
	if name == "GROUPING" && len(x.Args) != 1 || len(x.Args) == 0 {
		return nil, arguments(x, 1)
	}
	g := s.grouping
	var out plan.Expr
	for n, arg := range x.Args {
		e, err := b.value(s, arg)
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(g.groups, func(have plan.Expr) bool { return equalExpr(have, e) })
		if i < 0 {
			return nil, fail(x.At, 8161, 16, 1, "Argument %d of the %s function does not match any of the expressions in the GROUP BY clause.", n+1, name)
		}
		var bit plan.Expr = constant(value.OfInt(0), typed(value.TinyInt))
		if g.bits != nil {
			bit = refTo(g.bits[i])
		}
		if name == "GROUPING" {
			return bit, nil
		}
		number := b.as(bit, typed(value.Int))
		if out == nil {
			out = number
			continue
		}
		two := constant(value.OfInt(2), typed(value.Int))
		shifted := &plan.Binary{Typed: plan.Typed{T: typed(value.Int)}, Op: plan.Multiply, L: out, R: two}
		out = b.fold(&plan.Binary{Typed: plan.Typed{T: typed(value.Int)}, Op: plan.Add, L: shifted, R: number})
	}
	return out, nil
}

// as converts to a type for which that always works.
func (b *binder) as(e plan.Expr, t value.Type) plan.Expr {
	return b.fold(&plan.Convert{Typed: plan.Typed{T: t}, X: e, Implicit: true})
}
