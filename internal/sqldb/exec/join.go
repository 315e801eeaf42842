package exec

import (
	"errors"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// joined is a compiled join.
type joined struct {
	kind        plan.JoinKind
	left, right operator
	widths      [2]int
	on          predicate // nil for none
	buffer      int
}

func (c *compiler) join(n *plan.Join) (operator, error) {
	j := &joined{kind: n.Kind, widths: [2]int{n.Left.Width(), n.Right.Width()}, buffer: c.state()}
	var err error
	if j.left, err = c.node(n.Left); err != nil {
		return nil, err
	}
	if j.right, err = c.node(n.Right); err != nil {
		return nil, err
	}
	if n.On != nil {
		if j.on, err = c.predicate(n.On); err != nil {
			return nil, err
		}
	}
	switch {
	case n.Apply && (n.Kind == plan.RightJoin || n.Kind == plan.FullJoin):
		return nil, errors.New("exec: no right or full join applies its right side")
	case n.Apply:
		return j.apply, nil
	case len(n.LeftKeys) > 0:
		return c.hashJoin(n, j)
	}
	return j.loop, nil
}

// pair fills the row of both sides.
func (j *joined) pair(row, left, right Row) {
	copy(row, left)
	copy(row[j.widths[0]:], right)
}

// matches asks what remains of a pair.
func (j *joined) matches(r *run, row Row) (bool, error) {
	if j.on == nil {
		return true, nil
	}
	t, err := j.on(r, row)
	return t == yes, err
}

// semi reports whether only the left row matters.
func (j *joined) semi() bool { return j.kind == plan.SemiJoin || j.kind == plan.AntiJoin }

// alone gives a left row that found no partner, where the kind wants that.
func (j *joined) alone(row, left Row, yield func(Row) error) error {
	switch j.kind {
	case plan.AntiJoin:
		return yield(left)
	case plan.LeftJoin, plan.FullJoin:
		copy(row, left)
		clear(row[j.widths[0]:])
		return yield(row)
	}
	return nil
}

// apply runs the right side for each left row.
func (j *joined) apply(r *run, yield func(Row) error) error {
	row := r.buffer(j.buffer, j.widths[0]+j.widths[1])
	base := r.outer
	return j.left(r, func(left Row) error {
		if err := r.tick(); err != nil {
			return err
		}
		found := false
		copy(row, left)
		err := r.within(left, func() error {
			return j.right(r, func(right Row) error {
				copy(row[j.widths[0]:], right)
				// What follows does not see the left row as an enclosing one.
				r.outer = base
				ok, err := j.matches(r, row)
				if err == nil && ok {
					found = true
					if j.semi() {
						return errStop
					}
					err = yield(row)
				}
				r.outer = append(base, left)
				return err
			})
		})
		if j.semi() && found && err == errStop {
			err = nil
			if j.kind == plan.SemiJoin {
				return yield(left)
			}
			return err
		}
		if err != nil || found {
			return err
		}
		return j.alone(row, left, yield)
	})
}

// loop compares each left row with each right one; the right ones are kept.
func (j *joined) loop(r *run, yield func(Row) error) error {
	rights, size, err := collect(r, j.right)
	defer func() { r.shrink(size) }()
	if err != nil {
		return err
	}
	row := r.buffer(j.buffer, j.widths[0]+j.widths[1])
	var matched []bool
	if j.kind == plan.RightJoin || j.kind == plan.FullJoin {
		matched = make([]bool, len(rights))
	}
	err = j.left(r, func(left Row) error {
		found := false
		for i, right := range rights {
			if err := r.tick(); err != nil {
				return err
			}
			j.pair(row, left, right)
			ok, err := j.matches(r, row)
			if err != nil {
				return err
			}
			if !ok {
				continue
			}
			found = true
			if matched != nil {
				matched[i] = true
			}
			if j.semi() {
				break
			}
			if err := yield(row); err != nil {
				return err
			}
		}
		if found {
			if j.kind == plan.SemiJoin {
				return yield(left)
			}
			return nil
		}
		return j.alone(row, left, yield)
	})
	if err != nil || matched == nil {
		return err
	}
	return j.rest(row, rights, matched, yield)
}

// rest gives the right rows that found no partner.
func (j *joined) rest(row Row, rights []Row, matched []bool, yield func(Row) error) error {
	for i, right := range rights {
		if matched[i] {
			continue
		}
		clear(row[:j.widths[0]])
		copy(row[j.widths[0]:], right)
		if err := yield(row); err != nil {
			return err
		}
	}
	return nil
}

// keyOf evaluates the keys of a row; null says that one of them is NULL, which equals nothing.
func keyOf(r *run, keys []evaluator, row Row, out []value.Value) (null bool, err error) {
	for i, k := range keys {
		if out[i], err = k(r, row); err != nil {
			return false, err
		}
		null = null || out[i].IsNull()
	}
	return null, nil
}
