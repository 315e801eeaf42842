package exec

import (
	"github.com/alcedo-cloud/alcedo/internal/sqldb/collate"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// truth is the third of T-SQL's logics.
type truth uint8

const (
	no truth = iota
	yes
	unknown
)

func truthOf(b bool) truth {
	if b {
		return yes
	}
	return no
}

func (t truth) not() truth {
	switch t {
	case yes:
		return no
	case no:
		return yes
	}
	return unknown
}

// predicate computes a condition over a row.
type predicate func(r *run, row Row) (truth, error)

// predicate compiles a condition.
func (c *compiler) predicate(x plan.Expr) (predicate, error) {
	switch x := x.(type) {
	case *plan.Compare:
		return c.compare(x)
	case *plan.And:
		return c.and(x)
	case *plan.Or:
		return c.or(x)
	case *plan.Not:
		p, err := c.predicate(x.X)
		if err != nil {
			return nil, err
		}
		return func(r *run, row Row) (truth, error) {
			t, err := p(r, row)
			return t.not(), err
		}, nil
	case *plan.IsNull:
		return c.isNull(x)
	case *plan.Like:
		return c.like(x)
	case *plan.In:
		return c.in(x)
	}
	e, err := c.expr(x)
	if err != nil {
		return nil, err
	}
	return func(r *run, row Row) (truth, error) {
		v, err := e(r, row)
		if err != nil || v.IsNull() {
			return unknown, err
		}
		return truthOf(v.Bool()), nil
	}, nil
}

func (c *compiler) and(x *plan.And) (predicate, error) {
	l, err := c.predicate(x.L)
	if err != nil {
		return nil, err
	}
	r, err := c.predicate(x.R)
	if err != nil {
		return nil, err
	}
	return func(run *run, row Row) (truth, error) {
		a, err := l(run, row)
		if err != nil || a == no {
			return no, err
		}
		b, err := r(run, row)
		if err != nil || b == no || a == yes {
			return b, err
		}
		return unknown, nil
	}, nil
}

func (c *compiler) or(x *plan.Or) (predicate, error) {
	l, err := c.predicate(x.L)
	if err != nil {
		return nil, err
	}
	r, err := c.predicate(x.R)
	if err != nil {
		return nil, err
	}
	return func(run *run, row Row) (truth, error) {
		a, err := l(run, row)
		if err != nil || a == yes {
			return a, err
		}
		b, err := r(run, row)
		if err != nil || b == yes || a == no {
			return b, err
		}
		return unknown, nil
	}, nil
}

func (c *compiler) isNull(x *plan.IsNull) (predicate, error) {
	e, err := c.expr(x.X)
	if err != nil {
		return nil, err
	}
	negate := x.Negate
	return func(r *run, row Row) (truth, error) {
		v, err := e(r, row)
		return truthOf(v.IsNull() != negate), err
	}, nil
}

// holds reports whether an order of two values satisfies a comparison.
func holds(op plan.CompareOp, order int) bool {
	switch op {
	case plan.Equal:
		return order == 0
	case plan.NotEqual:
		return order != 0
	case plan.Less:
		return order < 0
	case plan.LessEqual:
		return order <= 0
	case plan.Greater:
		return order > 0
	}
	return order >= 0
}

// comparable is the type under which two operands compare: that of the left one, unless it is a bare NULL.
func comparable(l, r value.Type, collation *collate.Collation) value.Type {
	t := l
	if t.ID == value.Void {
		t = r
	}
	if collation != nil {
		t.Collation = collation
	}
	return t
}

func (c *compiler) compare(x *plan.Compare) (predicate, error) {
	l, err := c.expr(x.L)
	if err != nil {
		return nil, err
	}
	r, err := c.expr(x.R)
	if err != nil {
		return nil, err
	}
	t := comparable(x.L.Type(), x.R.Type(), x.Collation)
	op, compare := x.Op, value.Comparer(t)
	if x.Distinct {
		return func(run *run, row Row) (truth, error) {
			a, err := l(run, row)
			if err != nil {
				return no, err
			}
			b, err := r(run, row)
			if err != nil {
				return no, err
			}
			return truthOf(holds(op, compare(a, b))), nil
		}, nil
	}
	if t.IsInteger() {
		return compareIntegers(op, l, r), nil
	}
	return func(run *run, row Row) (truth, error) {
		a, err := l(run, row)
		if err != nil {
			return no, err
		}
		b, err := r(run, row)
		if err != nil {
			return no, err
		}
		if a.IsNull() || b.IsNull() {
			return unknown, nil
		}
		return truthOf(holds(op, compare(a, b))), nil
	}, nil
}

func compareIntegers(op plan.CompareOp, l, r evaluator) predicate {
	return func(run *run, row Row) (truth, error) {
		a, err := l(run, row)
		if err != nil {
			return no, err
		}
		b, err := r(run, row)
		if err != nil {
			return no, err
		}
		if a.IsNull() || b.IsNull() {
			return unknown, nil
		}
		m, n := a.Int64(), b.Int64()
		switch op {
		case plan.Equal:
			return truthOf(m == n), nil
		case plan.NotEqual:
			return truthOf(m != n), nil
		case plan.Less:
			return truthOf(m < n), nil
		case plan.LessEqual:
			return truthOf(m <= n), nil
		case plan.Greater:
			return truthOf(m > n), nil
		}
		return truthOf(m >= n), nil
	}
}

// like compiles LIKE. A pattern that does not change is taken apart once for each run.
func (c *compiler) like(x *plan.Like) (predicate, error) {
	parts, err := c.exprs([]plan.Expr{x.X, x.Pattern, x.Escape})
	if err != nil {
		return nil, err
	}
	collation := x.Collation
	if collation == nil {
		collation = x.X.Type().Collate()
	}
	unicode := x.X.Type().IsUnicode() || x.Pattern.Type().IsUnicode()
	escaped, negate, number := x.Escape != nil, x.Negate, c.state()
	return func(r *run, row Row) (truth, error) {
		var v [3]value.Value
		for i, e := range parts {
			var err error
			if v[i], err = e(r, row); err != nil {
				return no, err
			}
			if v[i].IsNull() && (i < 2 || escaped) {
				return unknown, nil
			}
		}
		p := state(r, number, func() *likePattern { return &likePattern{} })
		if err := p.prepare(collation, v[1].Text(), v[2].Text(), escaped, unicode); err != nil {
			return no, err
		}
		return truthOf(p.compiled.Match(v[0].Text()) != negate), nil
	}, nil
}
