package bind

import (
	"slices"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
)

// equalExpr reports whether two expressions are the same in all but place: an item of GROUP BY and of the select list.
// Subqueries are only equal to themselves.
func equalExpr(a, b plan.Expr) bool {
	if a == b {
		return true
	}
	if !sameNode(a, b) {
		return false
	}
	var left, right []plan.Expr
	children(a, func(p *plan.Expr) { left = append(left, *p) })
	children(b, func(p *plan.Expr) { right = append(right, *p) })
	return slices.EqualFunc(left, right, equalExpr)
}

// sameNode compares all but operands.
func sameNode(a, b plan.Expr) bool {
	switch a := a.(type) {
	case *ref:
		b, ok := b.(*ref)
		return ok && a.c == b.c
	case *plan.Const:
		b, ok := b.(*plan.Const)
		return ok && a.V == b.V && a.T == b.T
	case *plan.Variable:
		b, ok := b.(*plan.Variable)
		return ok && a.Index == b.Index
	case *plan.Call:
		b, ok := b.(*plan.Call)
		return ok && a.Function == b.Function && a.Function.Deterministic
	case *plan.UserCall:
		b, ok := b.(*plan.UserCall)
		return ok && a.Module == b.Module
	case *plan.Convert:
		b, ok := b.(*plan.Convert)
		return ok && a.T == b.T && a.Style == b.Style && a.Try == b.Try
	case *plan.Binary:
		b, ok := b.(*plan.Binary)
		return ok && a.Op == b.Op
	case *plan.Unary:
		b, ok := b.(*plan.Unary)
		return ok && a.Op == b.Op
	}
	return samePredicate(a, b)
}

func samePredicate(a, b plan.Expr) bool {
	switch a := a.(type) {
	case *plan.Compare:
		b, ok := b.(*plan.Compare)
		return ok && a.Op == b.Op && a.Collation == b.Collation && a.Distinct == b.Distinct
	case *plan.And:
		_, ok := b.(*plan.And)
		return ok
	case *plan.Or:
		_, ok := b.(*plan.Or)
		return ok
	case *plan.Not:
		_, ok := b.(*plan.Not)
		return ok
	case *plan.IsNull:
		b, ok := b.(*plan.IsNull)
		return ok && a.Negate == b.Negate
	case *plan.Like:
		b, ok := b.(*plan.Like)
		return ok && a.Negate == b.Negate && (a.Escape == nil) == (b.Escape == nil)
	case *plan.In:
		b, ok := b.(*plan.In)
		return ok && a.Negate == b.Negate
	case *plan.Case:
		b, ok := b.(*plan.Case)
		return ok && len(a.When) == len(b.When) && (a.Else == nil) == (b.Else == nil)
	}
	return false
}
