package bind

import (
	"github.com/alcedo-cloud/alcedo/internal/sqldb/collate"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// truth is the type of conditions: a bit, NULL where unknown.
func truth() plan.Typed { return plan.Typed{T: value.Of(value.Bit)} }

// condition binds a search condition.
func (b *binder) condition(s *scope, x tsql.Expr) (plan.Expr, error) {
	switch x := x.(type) {
	case *tsql.Compare:
		return b.compare(s, x)
	case *tsql.Logical:
		return b.logical(s, x)
	case *tsql.Not:
		e, err := b.condition(s, x.X)
		if err != nil {
			return nil, err
		}
		return negate(e), nil
	case *tsql.IsNull:
		e, err := b.nodeOr(s, x.X)
		if err != nil {
			return nil, err
		}
		return b.fold(&plan.IsNull{Typed: bit(), X: e, Negate: x.Not}), nil
	case *tsql.Distinct:
		return b.distinctFrom(s, x)
	case *tsql.Between:
		return b.between(s, x)
	case *tsql.In:
		return b.in(s, x)
	case *tsql.Like:
		return b.like(s, x)
	case *tsql.Exists:
		return b.exists(s, x)
	case *tsql.Quantified:
		return b.quantified(s, x)
	case *tsql.Call:
		if fold(x.Name.Name.Name) == "update" {
			return b.updated(x)
		}
		if fold(x.Name.Name.Name) == "regexp_like" {
			return b.regexpLike(s, x)
		}
		return nil, unsupported(x.At, x.Name.Name.Name)
	}
	return nil, fail(x.Span(), 4145, 15, 1, "An expression of non-boolean type specified in a context where a condition is expected, near '%s'.", near(x))
}

// near is a word of x for message 4145.
func near(x tsql.Expr) string {
	switch x := x.(type) {
	case *tsql.Column:
		return x.Name.Name
	case *tsql.Variable:
		return x.Name
	case *tsql.Literal:
		return x.Text
	}
	return ")"
}

func bit() plan.Typed { return plan.Typed{T: value.Of(value.Bit).WithNullable(false)} }

// negate is NOT e, moved into what has its own negation.
func negate(e plan.Expr) plan.Expr {
	switch e := e.(type) {
	case *plan.Not:
		return e.X
	case *plan.IsNull:
		c := *e
		c.Negate = !c.Negate
		return &c
	case *plan.In:
		c := *e
		c.Negate = !c.Negate
		return &c
	case *plan.Like:
		c := *e
		c.Negate = !c.Negate
		return &c
	case *subquery:
		if e.kind == plan.ExistsSubquery || e.kind == plan.InSubquery {
			c := *e
			c.negate = !c.negate
			return &c
		}
	case *plan.Const:
		if !e.V.IsNull() {
			return constant(value.OfBool(!e.V.Bool()), e.T)
		}
		return e
	}
	return &plan.Not{Typed: truth(), X: e}
}

func (b *binder) logical(s *scope, x *tsql.Logical) (plan.Expr, error) {
	list := make([]plan.Expr, len(x.Operands))
	for i, o := range x.Operands {
		e, err := b.condition(s, o)
		if err != nil {
			return nil, err
		}
		list[i] = e
	}
	if x.Op == tsql.Or {
		return anyOf(list), nil
	}
	return allOf(list), nil
}

// allOf joins conditions by AND as a balanced tree, so that a long chain is no deep one. None is nil.
func allOf(list []plan.Expr) plan.Expr {
	switch len(list) {
	case 0:
		return nil
	case 1:
		return list[0]
	}
	half := len(list) / 2
	return &plan.And{Typed: truth(), L: allOf(list[:half]), R: allOf(list[half:])}
}

func anyOf(list []plan.Expr) plan.Expr {
	if len(list) == 1 {
		return list[0]
	}
	half := len(list) / 2
	return &plan.Or{Typed: truth(), L: anyOf(list[:half]), R: anyOf(list[half:])}
}

func compareOp(op tsql.Operator) plan.CompareOp {
	switch op {
	case tsql.NotEqual:
		return plan.NotEqual
	case tsql.Less:
		return plan.Less
	case tsql.LessEqual:
		return plan.LessEqual
	case tsql.Greater:
		return plan.Greater
	case tsql.GreaterEqual:
		return plan.GreaterEqual
	}
	return plan.Equal
}

func opName(op plan.CompareOp) string {
	return [...]string{"equal to", "not equal to", "less than", "less than or equal to", "greater than", "greater than or equal to"}[op]
}

func (b *binder) compare(s *scope, x *tsql.Compare) (plan.Expr, error) {
	l, err := b.value(s, x.Left)
	if err != nil {
		return nil, err
	}
	r, err := b.value(s, x.Right)
	if err != nil {
		return nil, err
	}
	op := compareOp(x.Op)
	if b.env.ANSINullsOff && (op == plan.Equal || op == plan.NotEqual) {
		if e := nullTest(op, l, r); e != nil {
			return e, nil
		}
	}
	return b.compared(x.At, op, l, r, false)
}

// nullTest is = NULL without ANSI_NULLS, which asks whether the value is NULL.
func nullTest(op plan.CompareOp, l, r plan.Expr) plan.Expr {
	if isNull(l) {
		l, r = r, l
	}
	if !isNull(r) {
		return nil
	}
	return &plan.IsNull{Typed: bit(), X: l, Negate: op == plan.NotEqual}
}

func isNull(e plan.Expr) bool {
	c, ok := e.(*plan.Const)
	return ok && c.V.IsNull()
}

// compared makes a comparison of operands that are converted to their common type.
func (b *binder) compared(span tsql.Span, op plan.CompareOp, l, r plan.Expr, distinct bool) (plan.Expr, error) {
	l, r, c, err := b.pair(span, opName(op), l, r)
	if err != nil {
		return nil, err
	}
	t := truth()
	t.T.Nullable = !distinct && (l.Type().Nullable || r.Type().Nullable)
	return b.fold(&plan.Compare{Typed: t, Op: op, L: l, R: r, Collation: c, Distinct: distinct}), nil
}

// pair makes two operands comparable and finds the collation of strings.
func (b *binder) pair(span tsql.Span, op string, l, r plan.Expr) (plan.Expr, plan.Expr, *collate.Collation, error) {
	for _, e := range []plan.Expr{l, r} {
		if t := e.Type(); !t.IsComparable() {
			if t.ID == value.XML {
				return nil, nil, nil, fail(span, 305, 16, 1, "The XML data type cannot be compared or sorted, except when using the IS NULL operator.")
			}
			return nil, nil, nil, fail(span, 402, 16, 1, "The data types %s and %s are incompatible in the %s operator.", l.Type().Name(), r.Type().Name(), op)
		}
	}
	lt, rt := l.Type(), r.Type()
	if lt.ID == value.Date && rt.ID == value.Time || lt.ID == value.Time && rt.ID == value.Date {
		return nil, nil, nil, at(span, value.Incompatible(lt, rt, op))
	}
	t, err := commonType(span, lt, rt)
	if err != nil {
		return nil, nil, nil, err
	}
	var c *collate.Collation
	if t.IsString() {
		if c, err = b.agree(span, op, l, r); err != nil {
			return nil, nil, nil, err
		}
		t.Collation = c
	}
	if heldAlike(lt, rt) {
		return l, r, c, nil
	}
	if l, err = b.operand(span, op, l, rt, t); err != nil {
		return nil, nil, nil, err
	}
	if r, err = b.operand(span, op, r, lt, t); err != nil {
		return nil, nil, nil, err
	}
	return l, r, c, nil
}

// operand converts one side of a comparison; what cannot be compared at all is error 402.
func (b *binder) operand(span tsql.Span, op string, e plan.Expr, other, to value.Type) (plan.Expr, error) {
	if heldAlike(e.Type(), to) {
		return e, nil
	}
	return b.coerce(span, e, to)
}

func (b *binder) distinctFrom(s *scope, x *tsql.Distinct) (plan.Expr, error) {
	l, err := b.value(s, x.Left)
	if err != nil {
		return nil, err
	}
	r, err := b.value(s, x.Right)
	if err != nil {
		return nil, err
	}
	op := plan.NotEqual
	if x.Not {
		op = plan.Equal
	}
	return b.compared(x.At, op, l, r, true)
}

func (b *binder) between(s *scope, x *tsql.Between) (plan.Expr, error) {
	v, err := b.value(s, x.X)
	if err != nil {
		return nil, err
	}
	low, err := b.value(s, x.Low)
	if err != nil {
		return nil, err
	}
	high, err := b.value(s, x.High)
	if err != nil {
		return nil, err
	}
	e, err := onceTrue(v, func(v plan.Expr) (plan.Expr, error) {
		from, err := b.compared(x.At, plan.GreaterEqual, v, low, false)
		if err != nil {
			return nil, err
		}
		to, err := b.compared(x.At, plan.LessEqual, v, high, false)
		if err != nil {
			return nil, err
		}
		return allOf([]plan.Expr{from, to}), nil
	})
	if err != nil {
		return nil, err
	}
	if x.Not {
		return negate(e), nil
	}
	return e, nil
}
