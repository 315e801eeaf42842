package bind

import (
	"github.com/alcedo-cloud/alcedo/internal/sqldb/collate"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// any binds a value or a condition.
func (b *binder) any(s *scope, x tsql.Expr) (plan.Expr, error) {
	if tsql.IsPredicate(x) {
		return b.condition(s, x)
	}
	return b.value(s, x)
}

// value binds an expression that has a value.
func (b *binder) value(s *scope, x tsql.Expr) (plan.Expr, error) {
	switch x := x.(type) {
	case *tsql.Literal:
		return b.literal(x, false)
	case *tsql.Column:
		return b.columnRef(s, x)
	case *tsql.Variable:
		return b.variable(x)
	case *tsql.Unary:
		return b.unary(s, x)
	case *tsql.Binary:
		return b.binary(s, x)
	case *tsql.Cast:
		return b.conversion(s, x.At, x.X, x.Type, nil, x.Try)
	case *tsql.Convert:
		return b.conversion(s, x.At, x.X, x.Type, x.Style, x.Try)
	case *tsql.Case:
		return b.caseExpr(s, x)
	case *tsql.Call:
		return b.call(s, x)
	case *tsql.Collate:
		return b.collate(s, x)
	case *tsql.Subquery:
		return b.scalarSubquery(s, x)
	}
	return b.special(s, x)
}

// special binds the syntax that stands for a function.
func (b *binder) special(s *scope, x tsql.Expr) (plan.Expr, error) {
	switch x := x.(type) {
	case *tsql.DatePart:
		return constant(value.OfString(x.Name), value.Type{ID: value.VarChar, Length: length(len(x.Name), maxBytes)}), nil
	case *tsql.Trim:
		return b.trim(s, x)
	case *tsql.AtTimeZone:
		return b.apply(s, x.At, "AT TIME ZONE", x.X, x.Zone)
	case *tsql.ParseValue:
		return b.parseValue(s, x)
	case *tsql.NextValue:
		return b.nextValue(s, x)
	case *tsql.RowPlace:
		return rowPlace(s, x)
	case *tsql.Default:
		return nil, fail(x.At, 156, 15, 1, "Incorrect syntax near the keyword 'DEFAULT'.")
	case *tsql.Method:
		return b.method(s, x)
	case *tsql.Pair:
		return nil, fail(x.At, 102, 15, 1, "Incorrect syntax near ':'.")
	}
	if tsql.IsPredicate(x) {
		return nil, fail(x.Span(), 156, 15, 1, "Incorrect syntax: a condition stands where a value is expected.")
	}
	return nil, unsupported(x.Span(), "this expression")
}

func (b *binder) columnRef(s *scope, x *tsql.Column) (plan.Expr, error) {
	r, at, err := b.resolve(s, x)
	if err != nil {
		return nil, err
	}
	if err := b.atNodeOnly(x.At, r.c); err != nil {
		return nil, err
	}
	if b.touched != nil {
		b.touched[at] = true
	}
	return r, nil
}

func (b *binder) variable(x *tsql.Variable) (plan.Expr, error) {
	if x.System {
		return b.systemVariable(x)
	}
	if b.params != nil {
		if e, ok := b.params[fold(x.Name)]; ok {
			return e, nil
		}
	}
	if !b.inside && b.env.Variable != nil {
		if i, t, ok := b.env.Variable(x.Name); ok {
			return &plan.Variable{Typed: plan.Typed{T: t.WithNullable(true)}, Index: i}, nil
		}
	}
	return nil, fail(x.At, 137, 15, 2, "Must declare the scalar variable \"%s\".", x.Name)
}

// binaryOps are the operators of two values.
func binaryOp(op tsql.Operator) (plan.Operator, value.Op) {
	switch op {
	case tsql.Subtract:
		return plan.Subtract, value.OpSub
	case tsql.Multiply:
		return plan.Multiply, value.OpMul
	case tsql.Divide:
		return plan.Divide, value.OpDiv
	case tsql.Modulo:
		return plan.Modulo, value.OpMod
	case tsql.BitAnd:
		return plan.BitAnd, value.OpAnd
	case tsql.BitOr:
		return plan.BitOr, value.OpOr
	case tsql.BitXor:
		return plan.BitXor, value.OpXor
	case tsql.ShiftLeft:
		return plan.ShiftLeft, value.OpShl
	case tsql.ShiftRight:
		return plan.ShiftRight, value.OpShr
	}
	return plan.Add, value.OpAdd
}

func (b *binder) binary(s *scope, x *tsql.Binary) (plan.Expr, error) {
	l, err := b.value(s, x.Left)
	if err != nil {
		return nil, err
	}
	r, err := b.value(s, x.Right)
	if err != nil {
		return nil, err
	}
	return b.operate(x.At, x.Op, l, r)
}

// operate makes l op r.
func (b *binder) operate(span tsql.Span, op tsql.Operator, l, r plan.Expr) (plan.Expr, error) {
	if op == tsql.Concat {
		return b.concat(span, l, r)
	}
	po, vo := binaryOp(op)
	t, err := value.Arithmetic(vo, l.Type(), r.Type())
	if err != nil {
		return nil, at(span, err)
	}
	if t.IsString() || t.IsBinary() {
		if po == plan.Add {
			po = plan.Concat
		}
	}
	t.Nullable = l.Type().Nullable || r.Type().Nullable
	if t.IsString() {
		c, err := b.agree(span, "add operator", l, r)
		if err != nil {
			return nil, err
		}
		t.Collation = c
	}
	return b.fold(&plan.Binary{Typed: plan.Typed{T: t}, Op: po, L: l, R: r}), nil
}

// concat is ||: + of strings, whose operands become strings where they are none.
func (b *binder) concat(span tsql.Span, l, r plan.Expr) (plan.Expr, error) {
	for _, e := range []*plan.Expr{&l, &r} {
		t := (*e).Type()
		if t.IsString() || t.IsBinary() || t.ID == value.Void {
			continue
		}
		c, err := b.coerce(span, *e, value.Sized(value.VarChar, maxBytes))
		if err != nil {
			return nil, err
		}
		*e = c
	}
	return b.operate(span, tsql.Add, l, r)
}

func (b *binder) unary(s *scope, x *tsql.Unary) (plan.Expr, error) {
	if lit, ok := x.X.(*tsql.Literal); ok && x.Op == tsql.Minus {
		switch lit.Kind {
		case tsql.IntegerLiteral, tsql.DecimalLiteral, tsql.FloatLiteral, tsql.MoneyLiteral:
			return b.literal(lit, true)
		}
	}
	e, err := b.value(s, x.X)
	if err != nil {
		return nil, err
	}
	op := plan.Negate
	var t value.Type
	switch x.Op {
	case tsql.Plus:
		if e.Type().IsDateTime() || e.Type().ID == value.UniqueIdentifier {
			return nil, fail(x.At, 8117, 16, 1, "Operand data type %s is invalid for plus operator.", e.Type().Name())
		}
		return e, nil
	case tsql.BitNot:
		op = plan.BitNot
		_, t, err = value.Complement(e.Type())
	default:
		_, t, err = value.Negate(e.Type())
	}
	if err != nil {
		return nil, at(x.At, err)
	}
	t.Nullable = e.Type().Nullable
	return b.fold(&plan.Unary{Typed: plan.Typed{T: t}, Op: op, X: e}), nil
}

// collate binds x COLLATE name: the value stays, its collation is another.
func (b *binder) collate(s *scope, x *tsql.Collate) (plan.Expr, error) {
	e, err := b.value(s, x.X)
	if err != nil {
		return nil, err
	}
	c, ok := collate.Lookup(x.Name.Name)
	switch {
	case fold(x.Name.Name) == "database_default" || fold(x.Name.Name) == "catalog_default":
		c = b.collation()
	case !ok:
		return nil, fail(x.At, 448, 16, 4, "Invalid collation '%s'.", x.Name.Name)
	}
	t := e.Type()
	if t.ID == value.Void {
		t = value.Sized(value.VarChar, 1)
	}
	if !t.IsString() {
		return nil, fail(x.At, 447, 16, 0, "Expression type %s is invalid for COLLATE clause.", t.Name())
	}
	t.Collation = c
	out := &plan.Convert{Typed: plan.Typed{T: t}, X: e, Implicit: true}
	if b.explicit == nil {
		b.explicit = map[plan.Expr]bool{}
	}
	b.explicit[out] = true
	return out, nil
}
