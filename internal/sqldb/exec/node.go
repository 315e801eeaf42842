package exec

import (
	"fmt"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// operator gives its rows to yield, one after the other. A row is good until yield returns. An error of yield ends it
// and is returned; errStop among them means that the consumer has enough.
type operator func(r *run, yield func(Row) error) error

// node compiles a relational node.
func (c *compiler) node(n plan.Node) (operator, error) {
	switch n := n.(type) {
	case *plan.Scan:
		return c.scan(n)
	case *plan.Values:
		return c.values(n)
	case *plan.Virtual:
		return c.virtual(n)
	case *plan.Filter:
		return c.filter(n)
	case *plan.Project:
		return c.project(n)
	case *plan.Join:
		return c.join(n)
	case *plan.Aggregate:
		return c.aggregate(n)
	case *plan.Window:
		return c.window(n)
	case *plan.Distinct:
		return c.distinct(n)
	case *plan.Sort:
		return c.sort(n)
	case *plan.Top:
		return c.top(n)
	case *plan.Union:
		return c.union(n)
	case *plan.Intersect:
		return c.setOperation(n.Left, n.Right, true)
	case *plan.Except:
		return c.setOperation(n.Left, n.Right, false)
	case *plan.Recursive:
		return c.recursive(n)
	case *plan.Working:
		return c.workingRows(n)
	}
	return nil, fmt.Errorf("exec: no node %T", n)
}

func (c *compiler) values(n *plan.Values) (operator, error) {
	rows := make([][]evaluator, len(n.Rows))
	for i, row := range n.Rows {
		var err error
		if rows[i], err = c.row(row); err != nil {
			return nil, err
		}
	}
	number, width := c.state(), len(n.Types)
	return func(r *run, yield func(Row) error) error {
		row := r.buffer(number, width)
		for _, exprs := range rows {
			if err := r.tick(); err != nil {
				return err
			}
			for i, e := range exprs {
				v, err := e(r, nil)
				if err != nil {
					return err
				}
				row[i] = v
			}
			if err := yield(row); err != nil {
				return err
			}
		}
		return nil
	}, nil
}

func (c *compiler) virtual(n *plan.Virtual) (operator, error) {
	args, err := c.exprs(n.Args)
	if err != nil {
		return nil, err
	}
	rows := n.Rows
	return func(r *run, yield func(Row) error) error {
		values := make([]value.Value, len(args))
		for i, arg := range args {
			var err error
			if values[i], err = arg(r, nil); err != nil {
				return err
			}
		}
		var failed error
		err := rows(r.Virtual, values, func(row []value.Value) bool {
			if failed = r.tick(); failed == nil {
				failed = yield(row)
			}
			return failed == nil
		})
		if failed != nil {
			return failed
		}
		return err
	}, nil
}

func (c *compiler) filter(n *plan.Filter) (operator, error) {
	input, err := c.node(n.Input)
	if err != nil {
		return nil, err
	}
	p, err := c.predicate(n.If)
	if err != nil {
		return nil, err
	}
	return func(r *run, yield func(Row) error) error {
		return input(r, func(row Row) error {
			t, err := p(r, row)
			if err != nil || t != yes {
				return err
			}
			return yield(row)
		})
	}, nil
}

func (c *compiler) project(n *plan.Project) (operator, error) {
	input, err := c.node(n.Input)
	if err != nil {
		return nil, err
	}
	exprs, err := c.row(n.Exprs)
	if err != nil {
		return nil, err
	}
	number, width := c.state(), len(exprs)
	return func(r *run, yield func(Row) error) error {
		out := r.buffer(number, width)
		return input(r, func(row Row) error {
			for i, e := range exprs {
				v, err := e(r, row)
				if err != nil {
					return err
				}
				out[i] = v
			}
			return yield(out)
		})
	}, nil
}

func (c *compiler) union(n *plan.Union) (operator, error) {
	left, err := c.node(n.Left)
	if err != nil {
		return nil, err
	}
	right, err := c.node(n.Right)
	if err != nil {
		return nil, err
	}
	return func(r *run, yield func(Row) error) error {
		if err := left(r, yield); err != nil {
			return err
		}
		return right(r, yield)
	}, nil
}

// collect keeps all rows of an operator; size is the memory that was taken for them, also with an error.
func collect(r *run, input operator) (rows []Row, size int64, err error) {
	before := r.memory
	err = input(r, func(row Row) error {
		kept, err := r.keep(row)
		rows = append(rows, kept)
		return err
	})
	return rows, r.memory - before, err
}

// within evaluates with row as the nearest enclosing one.
func (r *run) within(row Row, f func() error) error {
	base := r.outer
	r.outer = append(base, row)
	err := f()
	r.outer = base
	return err
}
