package exec

import (
	"fmt"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// round is what the last round of a recursive query has given.
type round struct{ rows []Row }

func (c *compiler) recursive(n *plan.Recursive) (operator, error) {
	anchor, err := c.node(n.Anchor)
	if err != nil {
		return nil, err
	}
	number := c.state()
	outer, nested := c.working[n.ID]
	c.working[n.ID] = number
	step, err := c.node(n.Step)
	if err != nil {
		return nil, err
	}
	if delete(c.working, n.ID); nested {
		c.working[n.ID] = outer
	}
	limit := n.Limit
	return func(r *run, yield func(Row) error) error {
		w := state(r, number, func() *round { return &round{} })
		w.rows = nil
		rows, size, err := collect(r, anchor)
		defer func() { r.shrink(size) }()
		for rounds := 0; err == nil && len(rows) > 0; rounds++ {
			if limit > 0 && rounds > limit {
				return value.Errorf(530, 16, 1, "The statement terminated. The maximum recursion %d has been exhausted before "+
					"statement completion.", limit)
			}
			for _, row := range rows {
				if err := yield(row); err != nil {
					return err
				}
			}
			w.rows = rows
			var more int64
			rows, more, err = collect(r, step)
			r.shrink(size) // the rows before the last ones are nobody's
			size = more
		}
		return err
	}, nil
}

func (c *compiler) workingRows(n *plan.Working) (operator, error) {
	number, ok := c.working[n.ID]
	if !ok {
		return nil, fmt.Errorf("exec: no recursion %d around its working rows", n.ID)
	}
	return func(r *run, yield func(Row) error) error {
		w := state(r, number, func() *round { return &round{} })
		for _, row := range w.rows {
			if err := r.tick(); err != nil {
				return err
			}
			if err := yield(row); err != nil {
				return err
			}
		}
		return nil
	}, nil
}
