package bind

import (
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// conversion binds CAST, CONVERT and their TRY_ forms.
func (b *binder) conversion(s *scope, span tsql.Span, x tsql.Expr, dt tsql.DataType, style tsql.Expr, try bool) (plan.Expr, error) {
	to, err := b.typeOf(&dt, 30)
	if err != nil {
		return nil, err
	}
	e, err := b.value(s, x)
	if err != nil {
		return nil, err
	}
	n := value.NoStyle
	if style != nil {
		if n, err = b.style(s, style); err != nil {
			return nil, err
		}
	}
	from := e.Type()
	if from.ID == value.Void {
		return constant(value.Null(), to.WithNullable(true)), nil
	}
	if !value.Explicit(from, to) {
		return nil, at(span, value.NotExplicit(from, to))
	}
	to.Nullable = true // as SQL Server's metadata has it, whatever is converted
	if to.IsString() && to.Collation == nil && from.IsString() {
		to.Collation = from.Collation
	}
	return b.fold(&plan.Convert{Typed: plan.Typed{T: to}, X: e, Style: n, Try: try}), nil
}

// style is the third argument of CONVERT: a constant, as alcedo compiles conversions once.
func (b *binder) style(s *scope, x tsql.Expr) (int, error) {
	e, err := b.value(s, x)
	if err != nil {
		return 0, err
	}
	c, ok := e.(*plan.Const)
	if !ok {
		return 0, fail(x.Span(), 8116, 16, 1, "Argument data type %s is invalid for argument 3 of convert function.", e.Type().Name())
	}
	if c.V.IsNull() {
		return value.NoStyle, nil
	}
	v, err := value.Convert(c.V, c.T, value.Of(value.Int), value.NoStyle)
	if err != nil {
		return 0, at(x.Span(), err)
	}
	return int(v.Int64()), nil
}

// typeOf is the type that a DataType declares; length is what strings without one get.
func (b *binder) typeOf(dt *tsql.DataType, length int32) (value.Type, error) {
	return TypeOf(b.env, dt, length)
}

// coerce makes e of another type where that is allowed without CAST.
func (b *binder) coerce(span tsql.Span, e plan.Expr, to value.Type) (plan.Expr, error) {
	from := e.Type()
	if from.ID == value.Void {
		if c, ok := e.(*plan.Const); ok {
			return constant(c.V, to.WithNullable(true)), nil
		}
		return b.fold(&plan.Convert{Typed: plan.Typed{T: to.WithNullable(true)}, X: e, Implicit: true}), nil
	}
	if value.Same(from, to) {
		return e, nil
	}
	if err := implicit(span, from, to); err != nil {
		return nil, err
	}
	to.Nullable = from.Nullable
	if to.IsString() && from.IsString() && to.Collation == nil {
		to.Collation = from.Collation
	}
	return b.fold(&plan.Convert{Typed: plan.Typed{T: to}, X: e, Implicit: true}), nil
}

// implicit says why a value of one type does not become one of the other by itself.
func implicit(span tsql.Span, from, to value.Type) error {
	if value.Implicit(from, to) {
		return nil
	}
	return at(span, value.NotImplicit(from, to))
}

// heldAlike reports whether values of the types compare as they stand: lengths do not matter then.
func heldAlike(a, b value.Type) bool {
	switch {
	case a.IsInteger() && b.IsInteger():
		return true
	case a.IsString() && b.IsString():
		return a.IsComparable() && b.IsComparable()
	case a.IsBinary() && b.IsBinary():
		return a.IsComparable() && b.IsComparable()
	}
	return a.ID == b.ID && value.Same(a, b) && value.Same(b, a) || a.ID == value.Void || b.ID == value.Void
}

// assign makes e a value for a column: strings that are too long are refused when it runs.
func (b *binder) assign(span tsql.Span, e plan.Expr, target *plan.Target, to value.Type) (plan.Expr, error) {
	from := e.Type()
	if from.ID == value.Void {
		return b.coerce(span, e, to)
	}
	if value.Same(from, to) {
		return e, nil
	}
	if err := implicit(span, from, to); err != nil {
		return nil, err
	}
	to.Nullable = from.Nullable
	return b.fold(&plan.Convert{Typed: plan.Typed{T: to}, X: e, Implicit: true, Target: target}), nil
}

// common is the type of several expressions that stand for one another: CASE, COALESCE, UNION, IN.
func (b *binder) common(span tsql.Span, op string, list []plan.Expr) (value.Type, error) {
	t := list[0].Type()
	for _, e := range list[1:] {
		c, err := commonType(span, t, e.Type())
		if err != nil {
			return t, err
		}
		t = c
	}
	if t.IsString() {
		c, err := b.agree(span, op, list...)
		if err != nil {
			return t, err
		}
		t.Collation = c
	}
	return t, nil
}

func commonType(span tsql.Span, x, y value.Type) (value.Type, error) {
	switch {
	case x.ID == value.Void:
		return y.WithNullable(true), nil
	case y.ID == value.Void:
		return x.WithNullable(true), nil
	}
	t, err := value.Common(x, y)
	if err != nil {
		return t, at(span, err)
	}
	t.Nullable = x.Nullable || y.Nullable
	return t, nil
}

// unify makes all of list of their common type.
func (b *binder) unify(span tsql.Span, op string, list []plan.Expr) (value.Type, error) {
	t, err := b.common(span, op, list)
	if err != nil {
		return t, err
	}
	for i, e := range list {
		if list[i], err = b.coerce(span, e, t); err != nil {
			return t, err
		}
	}
	return t, nil
}
