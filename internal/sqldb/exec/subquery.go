package exec

import (
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// subquery compiles a query in an expression.
func (c *compiler) subquery(x *plan.Subquery) (evaluator, error) {
	node, err := c.node(x.Node)
	if err != nil {
		return nil, err
	}
	var e evaluator
	switch x.Kind {
	case plan.ScalarSubquery:
		e = scalar(node)
	case plan.ExistsSubquery:
		e = exists(node, x.Negate)
	default:
		return c.quantified(x, node)
	}
	if x.Correlated {
		return e, nil
	}
	number := c.state()
	return func(r *run, row Row) (value.Value, error) {
		if known, ok := r.states[number].(*value.Value); ok {
			return *known, nil
		}
		v, err := e(r, row)
		if err == nil {
			r.states[number] = &v
		}
		return v, err
	}, nil
}

func scalar(node operator) evaluator {
	return func(r *run, row Row) (value.Value, error) {
		var v value.Value
		rows := 0
		err := r.within(row, func() error {
			return node(r, func(inner Row) error {
				if rows++; rows > 1 {
					return errScalarRows()
				}
				v = inner[0]
				return nil
			})
		})
		return v, err
	}
}

func exists(node operator, negate bool) evaluator {
	return func(r *run, row Row) (value.Value, error) {
		found := false
		err := r.within(row, func() error {
			return node(r, func(Row) error {
				found = true
				return errStop
			})
		})
		if err == errStop && found {
			err = nil
		}
		return value.OfBool(found != negate), err
	}
}

// members are the values of a subquery's column.
type members struct {
	values []value.Value
	places map[uint64][]int32 // by hash
	null   bool
	size   int64
}

// quantified compiles IN, ANY and ALL.
func (c *compiler) quantified(x *plan.Subquery, node operator) (evaluator, error) {
	e, err := c.expr(x.X)
	if err != nil {
		return nil, err
	}
	t := comparable(x.X.Type(), value.Type{}, x.Collation)
	op, all := x.Op, x.Kind == plan.AllSubquery
	if x.Kind == plan.InSubquery {
		op = plan.Equal
	}
	compare, hash := value.Comparer(t), value.Hasher(t)
	number, negate, once := c.state(), x.Negate, !x.Correlated
	return asBit(func(r *run, row Row) (truth, error) {
		v, err := e(r, row)
		if err != nil {
			return no, err
		}
		m, _ := r.states[number].(*members)
		if m == nil || !once {
			if m != nil {
				r.shrink(m.size)
			}
			if m, err = membersOf(r, node, row, hash); err != nil {
				return no, err
			}
			r.states[number] = m
		}
		t := m.compare(v, op, all, compare, hash)
		if negate {
			return t.not(), nil
		}
		return t, nil
	}), nil
}

func membersOf(r *run, node operator, row Row, hash func(value.Value) uint64) (*members, error) {
	m := &members{places: map[uint64][]int32{}}
	err := r.within(row, func() error {
		return node(r, func(inner Row) error {
			m.add(inner[0], hash)
			n := int64(96 + len(inner[0].Text()))
			m.size += n
			return r.grow(n)
		})
	})
	return m, err
}

func (m *members) add(v value.Value, hash func(value.Value) uint64) {
	if v.IsNull() {
		m.null = true
		return
	}
	h := hash(v)
	m.places[h] = append(m.places[h], int32(len(m.values)))
	m.values = append(m.values, v)
}

// compare is v op ANY (or ALL) of the values.
func (m *members) compare(v value.Value, op plan.CompareOp, all bool, compare func(a, b value.Value) int, hash func(value.Value) uint64) truth {
	empty := len(m.values) == 0 && !m.null
	switch {
	case empty:
		return truthOf(all)
	case v.IsNull():
		return unknown
	case op == plan.Equal && !all:
		for _, i := range m.places[hash(v)] {
			if compare(v, m.values[i]) == 0 {
				return yes
			}
		}
	default:
		for _, w := range m.values {
			if holds(op, compare(v, w)) != all {
				return truthOf(!all)
			}
		}
	}
	if m.null {
		return unknown
	}
	return truthOf(all)
}
