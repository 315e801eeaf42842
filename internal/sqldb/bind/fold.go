package bind

import (
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// fold computes what is constant. What fails is left as it is, so that it fails when it runs, or never.
func (b *binder) fold(e plan.Expr) plan.Expr {
	switch e := e.(type) {
	case *plan.Convert:
		if b.readsDate(e.X.Type(), e.T) {
			e.Order = b.env.DateOrder
		}
		return foldConvert(e)
	case *plan.Binary:
		return foldBinary(e)
	case *plan.Unary:
		return foldUnary(e)
	case *plan.Compare:
		return foldCompare(e)
	case *plan.IsNull:
		if c, ok := e.X.(*plan.Const); ok {
			return constant(value.OfBool(c.V.IsNull() != e.Negate), e.T)
		}
	case *plan.Case:
		return foldCase(e)
	case *plan.Call:
		return b.foldCall(e)
	}
	return e
}

// readsDate reports whether a conversion reads a date in the order that the session has set.
func (b *binder) readsDate(from, to value.Type) bool {
	return b.env.DateOrder != 0 && to.IsDateTime() && from.IsString()
}

func foldConvert(e *plan.Convert) plan.Expr {
	c, ok := e.X.(*plan.Const)
	if !ok {
		return e
	}
	var f func(value.Value) (value.Value, error)
	switch {
	case e.Order != 0:
		f = value.StyledConverter(c.T, e.T, e.DateStyle())
	case e.Target != nil:
		f = value.Assigner(c.T, e.T)
	case e.Implicit:
		f = value.Converter(c.T, e.T)
	default:
		f = value.StyledConverter(c.T, e.T, e.Style)
	}
	v, err := f(c.V)
	switch {
	case err == nil:
		return constant(v, e.T)
	case e.Try:
		return constant(value.Null(), e.T)
	}
	return e
}

// operators are those of package value, by those of package plan.
func valueOp(op plan.Operator) (value.Op, bool) {
	switch op {
	case plan.Add, plan.Concat:
		return value.OpAdd, true
	case plan.Subtract:
		return value.OpSub, true
	case plan.Multiply:
		return value.OpMul, true
	case plan.Divide:
		return value.OpDiv, true
	case plan.Modulo:
		return value.OpMod, true
	case plan.BitAnd:
		return value.OpAnd, true
	case plan.BitOr:
		return value.OpOr, true
	case plan.BitXor:
		return value.OpXor, true
	case plan.ShiftLeft:
		return value.OpShl, true
	case plan.ShiftRight:
		return value.OpShr, true
	}
	return 0, false
}

func foldBinary(e *plan.Binary) plan.Expr {
	l, ok := e.L.(*plan.Const)
	if !ok {
		return e
	}
	r, ok := e.R.(*plan.Const)
	if !ok {
		return e
	}
	op, ok := valueOp(e.Op)
	if !ok {
		return e
	}
	f, _, err := value.Operator(op, l.T, r.T)
	if err != nil || f == nil {
		return e
	}
	v, err := f(l.V, r.V)
	if err != nil {
		return e
	}
	return constant(v, e.T)
}

func foldUnary(e *plan.Unary) plan.Expr {
	c, ok := e.X.(*plan.Const)
	if !ok {
		return e
	}
	compile := value.Negate
	if e.Op == plan.BitNot {
		compile = value.Complement
	}
	f, _, err := compile(c.T)
	if err != nil || f == nil {
		return e
	}
	v, err := f(c.V)
	if err != nil {
		return e
	}
	return constant(v, e.T)
}

func foldCompare(e *plan.Compare) plan.Expr {
	l, ok := e.L.(*plan.Const)
	if !ok {
		return e
	}
	r, ok := e.R.(*plan.Const)
	if !ok {
		return e
	}
	if l.V.IsNull() || r.V.IsNull() {
		if !e.Distinct {
			return constant(value.Null(), e.T)
		}
		same := l.V.IsNull() && r.V.IsNull()
		return constant(value.OfBool(same == (e.Op == plan.Equal)), e.T)
	}
	t := l.T
	if e.Collation != nil {
		t.Collation = e.Collation
	}
	f := value.Comparer(t)
	if f == nil {
		return e
	}
	return constant(value.OfBool(holds(e.Op, f(l.V, r.V))), e.T)
}

// holds says whether a comparison is true for the outcome -1, 0 or 1.
func holds(op plan.CompareOp, c int) bool {
	switch op {
	case plan.Equal:
		return c == 0
	case plan.NotEqual:
		return c != 0
	case plan.Less:
		return c < 0
	case plan.LessEqual:
		return c <= 0
	case plan.Greater:
		return c > 0
	}
	return c >= 0
}

// foldCase drops branches that are never taken, and all behind one that always is.
func foldCase(e *plan.Case) plan.Expr {
	kept := e.When[:0:0]
	for _, w := range e.When {
		c, ok := w.If.(*plan.Const)
		if !ok {
			kept = append(kept, w)
			continue
		}
		if !c.V.IsNull() && c.V.Bool() {
			if len(kept) == 0 {
				return typedAs(w.Then, e.T)
			}
			out := *e
			out.When, out.Else = kept, w.Then
			return &out
		}
	}
	if len(kept) == len(e.When) {
		return e
	}
	if len(kept) == 0 {
		if e.Else == nil {
			return constant(value.Null(), e.T)
		}
		return typedAs(e.Else, e.T)
	}
	out := *e
	out.When = kept
	return &out
}

// typedAs is x with the type of the whole, where x alone says less.
func typedAs(x plan.Expr, t value.Type) plan.Expr {
	if c, ok := x.(*plan.Const); ok {
		return constant(c.V, t)
	}
	have := x.Type()
	have.Nullable, have.Collation = t.Nullable, t.Collation
	if have == t {
		return x
	}
	return &plan.Convert{Typed: plan.Typed{T: t}, X: x, Implicit: true}
}

func (b *binder) foldCall(e *plan.Call) plan.Expr {
	if !e.Function.Deterministic || b.env.Functions == nil || e.Function.Eval == nil {
		return e
	}
	args := make([]value.Value, len(e.Args))
	for i, a := range e.Args {
		c, ok := a.(*plan.Const)
		if !ok {
			return e
		}
		args[i] = c.V
	}
	v, err := e.Function.Eval(b.env.Functions, args, e.Types)
	if err != nil {
		return e
	}
	return constant(v, e.T)
}
