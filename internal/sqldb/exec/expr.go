package exec

import (
	"fmt"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/function"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// evaluator computes an expression over a row.
type evaluator func(r *run, row Row) (value.Value, error)

// compiler turns a plan into operators and evaluators, and numbers their states.
type compiler struct {
	states   int
	database int32
	tables   []*tableUse // what is locked before the first row is read
	working  map[int]int // Recursive.ID → number of its state
	locks    bool        // some scan locks rows
	targets  map[*plan.Rules]*target
	scans    map[int32]int // how many there are of each table
	calls    int           // of functions with bodies
	// sequences are those of which all mentions give one number, with the number of its state.
	sequences map[int64]int
}

func (c *compiler) state() int {
	c.states++
	return c.states - 1
}

// exprs compiles several.
func (c *compiler) exprs(list []plan.Expr) ([]evaluator, error) {
	out := make([]evaluator, len(list))
	for i, x := range list {
		var err error
		if out[i], err = c.expr(x); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// expr compiles one; nil is NULL.
func (c *compiler) expr(x plan.Expr) (evaluator, error) {
	switch x := x.(type) {
	case nil:
		return constant(value.Null()), nil
	case *plan.Const:
		return constant(x.V), nil
	case *plan.Slot:
		return slot(x), nil
	case *plan.Variable:
		return variable(x.Index), nil
	case *plan.Call:
		return c.call(x)
	case *plan.UserCall:
		return c.userCall(x)
	case *plan.Convert:
		return c.convert(x)
	case *plan.Binary:
		return c.binary(x)
	case *plan.Unary:
		return c.unary(x)
	case *plan.Case:
		return c.caseOf(x)
	case *plan.Subquery:
		return c.subquery(x)
	case *plan.Compare, *plan.And, *plan.Or, *plan.Not, *plan.IsNull, *plan.Like, *plan.In:
		p, err := c.predicate(x)
		if err != nil {
			return nil, err
		}
		return asBit(p), nil
	}
	return nil, fmt.Errorf("exec: no expression %T", x)
}

func constant(v value.Value) evaluator {
	return func(*run, Row) (value.Value, error) { return v, nil }
}

func slot(x *plan.Slot) evaluator {
	i := x.Index
	if x.Level == 0 {
		return func(_ *run, row Row) (value.Value, error) { return row[i], nil }
	}
	level := x.Level
	return func(r *run, _ Row) (value.Value, error) { return r.outer[len(r.outer)-level][i], nil }
}

func variable(i int) evaluator {
	return func(r *run, _ Row) (value.Value, error) { return r.Frame[i], nil }
}

func asBit(p predicate) evaluator {
	return func(r *run, row Row) (value.Value, error) {
		t, err := p(r, row)
		if err != nil || t == unknown {
			return value.Null(), err
		}
		return value.OfBool(t == yes), nil
	}
}

func (c *compiler) call(x *plan.Call) (evaluator, error) {
	args, err := c.exprs(x.Args)
	if err != nil {
		return nil, err
	}
	eval, types, number := x.Function.Eval, x.Types, c.state()
	return c.numbered(x, func(r *run, row Row) (value.Value, error) {
		values := r.buffer(number, len(args))
		for i, arg := range args {
			v, err := arg(r, row)
			if err != nil {
				return v, err
			}
			values[i] = v
		}
		return eval(r.environment(), values, types)
	}), nil
}

func (r *run) environment() function.Environment { return r.Context.Environment }

func (c *compiler) userCall(x *plan.UserCall) (evaluator, error) {
	args, err := c.exprs(x.Args)
	if err != nil {
		return nil, err
	}
	module := x.Module
	c.calls++
	return func(r *run, row Row) (value.Value, error) {
		if err := r.tick(); err != nil {
			return value.Null(), err
		}
		values := make([]value.Value, len(args)) // the body keeps them
		for i, arg := range args {
			v, err := arg(r, row)
			if err != nil {
				return v, err
			}
			values[i] = v
		}
		return r.Session.CallFunction(module, values)
	}, nil
}

func (c *compiler) convert(x *plan.Convert) (evaluator, error) {
	in, err := c.expr(x.X)
	if err != nil {
		return nil, err
	}
	from, to := x.X.Type(), x.T
	if x.Target != nil && x.Order == 0 {
		return assign(in, from, to, x.Target), nil
	}
	if from.ID == value.Void || value.Same(from, to) {
		return in, nil
	}
	style := x.Style
	if x.Implicit {
		style = value.NoStyle
	}
	if x.Order != 0 {
		style = x.DateStyle()
	}
	f := value.StyledConverter(from, to, style)
	if !x.Try {
		return func(r *run, row Row) (value.Value, error) {
			v, err := in(r, row)
			if err != nil {
				return v, err
			}
			return f(v)
		}, nil
	}
	return func(r *run, row Row) (value.Value, error) {
		v, err := in(r, row)
		if err != nil {
			return v, err
		}
		if v, err = f(v); err != nil {
			return value.Null(), nil // TRY_CAST: what does not convert is NULL
		}
		return v, nil
	}, nil
}

// assign converts into a column: what is too long for it is an error that names it.
func assign(in evaluator, from, to value.Type, target *plan.Target) evaluator {
	f := value.Assigner(from, to)
	return func(r *run, row Row) (value.Value, error) {
		v, err := in(r, row)
		if err != nil {
			return v, err
		}
		out, err := f(v)
		if isNumber(err, 8152) {
			return out, truncated(r.Context, target, v, from, to)
		}
		return out, err
	}
}

// operatorOf is the operator as package value knows it.
func operatorOf(o plan.Operator) (value.Op, bool) {
	list := [...]value.Op{
		plan.Add: value.OpAdd, plan.Subtract: value.OpSub, plan.Multiply: value.OpMul, plan.Divide: value.OpDiv,
		plan.Modulo: value.OpMod, plan.Concat: value.OpAdd, plan.BitAnd: value.OpAnd, plan.BitOr: value.OpOr,
		plan.BitXor: value.OpXor, plan.ShiftLeft: value.OpShl, plan.ShiftRight: value.OpShr,
	}
	if int(o) >= len(list) || o == plan.Negate || o == plan.BitNot {
		return 0, false
	}
	return list[o], true
}

func (c *compiler) binary(x *plan.Binary) (evaluator, error) {
	l, err := c.expr(x.L)
	if err != nil {
		return nil, err
	}
	r, err := c.expr(x.R)
	if err != nil {
		return nil, err
	}
	op, ok := operatorOf(x.Op)
	if !ok {
		return nil, fmt.Errorf("exec: no operator %d", x.Op)
	}
	f, t, err := value.Operator(op, x.L.Type(), x.R.Type())
	if err != nil {
		return nil, err
	}
	f = shaped(f, t, x.T)
	return func(run *run, row Row) (value.Value, error) {
		a, err := l(run, row)
		if err != nil {
			return a, err
		}
		b, err := r(run, row)
		if err != nil {
			return b, err
		}
		return f(a, b)
	}, nil
}

// shaped makes an operation give what the plan says where value would give another type.
func shaped(f value.Operation, has, wants value.Type) value.Operation {
	if wants.ID == value.Void || has.ID == wants.ID && has.Scale == wants.Scale && has.Precision == wants.Precision || has.IsString() && wants.IsString() {
		return f
	}
	convert := value.Converter(has, wants)
	return func(a, b value.Value) (value.Value, error) {
		v, err := f(a, b)
		if err != nil {
			return v, err
		}
		return convert(v)
	}
}

func (c *compiler) unary(x *plan.Unary) (evaluator, error) {
	in, err := c.expr(x.X)
	if err != nil {
		return nil, err
	}
	f, _, err := value.Negate(x.X.Type())
	if x.Op == plan.BitNot {
		f, _, err = value.Complement(x.X.Type())
	}
	if err != nil {
		return nil, err
	}
	return func(r *run, row Row) (value.Value, error) {
		v, err := in(r, row)
		if err != nil || v.IsNull() {
			return v, err
		}
		return f(v)
	}, nil
}

func (c *compiler) caseOf(x *plan.Case) (evaluator, error) {
	ifs := make([]predicate, len(x.When))
	thens := make([]evaluator, len(x.When))
	for i, w := range x.When {
		var err error
		if ifs[i], err = c.predicate(w.If); err != nil {
			return nil, err
		}
		if thens[i], err = c.expr(w.Then); err != nil {
			return nil, err
		}
	}
	otherwise, err := c.expr(x.Else)
	if err != nil {
		return nil, err
	}
	return func(r *run, row Row) (value.Value, error) {
		for i, p := range ifs {
			t, err := p(r, row)
			if err != nil {
				return value.Null(), err
			}
			if t == yes {
				return thens[i](r, row)
			}
		}
		return otherwise(r, row)
	}, nil
}
