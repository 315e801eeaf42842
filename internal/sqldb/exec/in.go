package exec

import (
	"slices"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// longList is from how many values on a list is searched by hash.
const longList = 8

func (c *compiler) in(x *plan.In) (predicate, error) {
	e, err := c.expr(x.X)
	if err != nil {
		return nil, err
	}
	list, err := c.exprs(x.List)
	if err != nil {
		return nil, err
	}
	t := x.X.Type()
	for _, item := range x.List {
		t = comparable(t, item.Type(), x.Collation)
	}
	if len(list) >= longList && !slices.ContainsFunc(x.List, changes) {
		return c.inHash(e, list, t, x.Negate), nil
	}
	compare, negate := value.Comparer(t), x.Negate
	return func(r *run, row Row) (truth, error) {
		v, err := e(r, row)
		if err != nil || v.IsNull() {
			return unknown, err
		}
		found := no
		for _, item := range list {
			w, err := item(r, row)
			if err != nil {
				return no, err
			}
			if w.IsNull() {
				found = unknown
			} else if compare(v, w) == 0 {
				return truthOf(!negate), nil
			}
		}
		if negate {
			return found.not(), nil
		}
		return found, nil
	}, nil
}

// changes reports whether an expression may have another value for another row.
func changes(x plan.Expr) bool {
	switch x := x.(type) {
	case *plan.Const, *plan.Variable:
		return false
	case *plan.Convert:
		return changes(x.X)
	}
	return true
}

// inHash is IN over a long list of values that stay as they are: each run gathers them once.
func (c *compiler) inHash(e evaluator, list []evaluator, t value.Type, negate bool) predicate {
	compare, hash, number := value.Comparer(t), value.Hasher(t), c.state()
	return func(r *run, row Row) (truth, error) {
		v, err := e(r, row)
		if err != nil || v.IsNull() {
			return unknown, err
		}
		m, _ := r.states[number].(*members)
		if m == nil {
			m = &members{places: map[uint64][]int32{}}
			for _, item := range list {
				w, err := item(r, nil)
				if err != nil {
					return no, err
				}
				m.add(w, hash)
			}
			r.states[number] = m
		}
		found := m.compare(v, plan.Equal, false, compare, hash)
		if negate {
			return found.not(), nil
		}
		return found, nil
	}
}
