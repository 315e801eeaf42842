package bind

import (
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// caseExpr binds CASE. With an operand each WHEN is a comparison with it.
func (b *binder) caseExpr(s *scope, x *tsql.Case) (plan.Expr, error) {
	defer b.amongOthers()()
	if x.Operand == nil {
		return b.caseOf(s, x, nil)
	}
	operand, err := b.value(s, x.Operand)
	if err != nil {
		return nil, err
	}
	return once(operand, func(operand plan.Expr) (plan.Expr, error) { return b.caseOf(s, x, operand) })
}

func (b *binder) caseOf(s *scope, x *tsql.Case, operand plan.Expr) (plan.Expr, error) {
	out := &plan.Case{When: make([]plan.When, len(x.Whens))}
	results := make([]plan.Expr, 0, len(x.Whens)+1)
	for i, w := range x.Whens {
		var err error
		if operand == nil {
			out.When[i].If, err = b.condition(s, w.If)
		} else {
			var e plan.Expr
			if e, err = b.value(s, w.If); err == nil {
				out.When[i].If, err = b.compared(w.At, plan.Equal, operand, e, false)
			}
		}
		if err != nil {
			return nil, err
		}
		then, err := b.value(s, w.Then)
		if err != nil {
			return nil, err
		}
		results = append(results, then)
	}
	if x.Else != nil {
		e, err := b.value(s, x.Else)
		if err != nil {
			return nil, err
		}
		results = append(results, e)
	}
	return b.cased(x.At, out, results, x.Else != nil)
}

// cased fills the results in; the last one is ELSE where there is one.
func (b *binder) cased(span tsql.Span, out *plan.Case, results []plan.Expr, hasElse bool) (plan.Expr, error) {
	bare := true
	for _, e := range results {
		bare = bare && e.Type().ID == value.Void
	}
	if bare {
		return nil, fail(span, 8133, 16, 1, "At least one of the result expressions in a CASE specification must be an expression other than the NULL constant.")
	}
	t, err := b.unify(span, "CASE", results)
	if err != nil {
		return nil, err
	}
	for i := range out.When {
		out.When[i].Then = results[i]
	}
	if hasElse {
		out.Else = results[len(results)-1]
	} else {
		t.Nullable = true
	}
	out.T = t
	return b.fold(out), nil
}

// iif is IIF(condition, a, b).
func (b *binder) iif(s *scope, x *tsql.Call) (plan.Expr, error) {
	if len(x.Args) != 3 {
		return nil, arguments(x, 3)
	}
	c, err := b.condition(s, x.Args[0])
	if err != nil {
		return nil, err
	}
	list, err := b.values(s, x.Args[1:])
	if err != nil {
		return nil, err
	}
	return b.cased(x.At, &plan.Case{When: []plan.When{{If: c}}}, list, true)
}

// coalesce is COALESCE: the first that is not NULL.
func (b *binder) coalesce(s *scope, x *tsql.Call) (plan.Expr, error) {
	if len(x.Args) < 2 {
		return nil, arguments(x, 2)
	}
	list, err := b.values(s, x.Args)
	if err != nil {
		return nil, err
	}
	bare, nullable := true, true
	for _, e := range list {
		bare = bare && e.Type().ID == value.Void
		nullable = nullable && e.Type().Nullable
	}
	if bare {
		return nil, fail(x.At, 4127, 16, 1, "At least one of the arguments to COALESCE must be an expression that is not the NULL constant.")
	}
	t, err := b.unify(x.At, "COALESCE", list)
	if err != nil {
		return nil, err
	}
	t.Nullable = nullable
	for _, e := range list {
		if large(e) {
			return firstOf(t, list)
		}
	}
	out := &plan.Case{Typed: plan.Typed{T: t}, Else: list[len(list)-1]}
	for _, e := range list[:len(list)-1] {
		out.When = append(out.When, plan.When{If: &plan.IsNull{Typed: bit(), X: e, Negate: true}, Then: e})
	}
	return b.fold(out), nil
}

// firstOf is COALESCE of operands that are computed once.
func firstOf(t value.Type, list []plan.Expr) (plan.Expr, error) {
	if len(list) == 1 {
		return list[0], nil
	}
	return once(list[0], func(x plan.Expr) (plan.Expr, error) {
		rest, err := firstOf(t, list[1:])
		if err != nil {
			return nil, err
		}
		out := &plan.Case{Typed: plan.Typed{T: t}, Else: rest}
		out.When = []plan.When{{If: &plan.IsNull{Typed: bit(), X: x, Negate: true}, Then: x}}
		return out, nil
	})
}

// nullif is NULLIF(a, b): a, but NULL where they are equal. Its type is that of a.
func (b *binder) nullif(s *scope, x *tsql.Call) (plan.Expr, error) {
	if len(x.Args) != 2 {
		return nil, arguments(x, 2)
	}
	list, err := b.values(s, x.Args)
	if err != nil {
		return nil, err
	}
	if isNull(list[0]) && list[0].Type().ID == value.Void {
		return nil, fail(x.At, 4151, 16, 1, "The type of the first argument to NULLIF cannot be the NULL constant because the type of the first argument has to be known.")
	}
	t := list[0].Type().WithNullable(true)
	return once(list[0], func(first plan.Expr) (plan.Expr, error) {
		equal, err := b.compared(x.At, plan.Equal, first, list[1], false)
		if err != nil {
			return nil, err
		}
		out := &plan.Case{Typed: plan.Typed{T: t}, When: []plan.When{{If: equal, Then: constant(value.Null(), t)}}, Else: first}
		return b.fold(out), nil
	})
}

// values binds a list.
func (b *binder) values(s *scope, list []tsql.Expr) ([]plan.Expr, error) {
	out := make([]plan.Expr, len(list))
	for i, x := range list {
		e, err := b.value(s, x)
		if err != nil {
			return nil, err
		}
		out[i] = e
	}
	return out, nil
}
