package exec

import (
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

func (c *compiler) distinct(n *plan.Distinct) (operator, error) {
	input, err := c.node(n.Input)
	if err != nil {
		return nil, err
	}
	k := keyingOf(rowTypes(n.Input))
	return func(r *run, yield func(Row) error) error {
		seen := &distinctValues{rows: rowStore{width: len(k.hashers)}}
		var taken int64
		defer func() { r.shrink(taken) }()
		return input(r, func(row Row) error {
			if err := r.tick(); err != nil {
				return err
			}
			before := r.memory
			fresh, err := seen.first(r, k, row)
			taken += r.memory - before
			if err != nil || !fresh {
				return err
			}
			return yield(row)
		})
	}, nil
}

// setOperation is INTERSECT, or else EXCEPT.
func (c *compiler) setOperation(left, right plan.Node, intersect bool) (operator, error) {
	l, err := c.node(left)
	if err != nil {
		return nil, err
	}
	r, err := c.node(right)
	if err != nil {
		return nil, err
	}
	k := keyingOf(rowTypes(left))
	return func(run *run, yield func(Row) error) error {
		before := run.memory
		rights := &distinctValues{rows: rowStore{width: len(k.hashers)}}
		err := r(run, func(row Row) error {
			if err := run.tick(); err != nil {
				return err
			}
			_, err := rights.first(run, k, row)
			return err
		})
		taken := run.memory - before
		defer func() { run.shrink(taken) }()
		if err != nil {
			return err
		}
		lefts := &distinctValues{rows: rowStore{width: len(k.hashers)}}
		return l(run, func(row Row) error {
			if err := run.tick(); err != nil {
				return err
			}
			if rights.has(k, row) != intersect {
				return nil
			}
			before := run.memory
			fresh, err := lefts.first(run, k, row)
			taken += run.memory - before
			if err != nil || !fresh {
				return err
			}
			return yield(row)
		})
	}, nil
}

func (d *distinctValues) has(k *keying, row Row) bool {
	hash := k.hash(row)
	for e := d.table.first(hash); e >= 0; e = d.table.after(e) {
		if k.equal(row, d.rows.get(e)) {
			return true
		}
	}
	return false
}

// rowTypes are the static types of a node's slots, as far as comparing them goes.
func rowTypes(n plan.Node) []value.Type {
	switch n := n.(type) {
	case *plan.Scan:
		return scanTypes(n)
	case *plan.Values:
		return n.Types
	case *plan.Virtual:
		out := make([]value.Type, len(n.Columns))
		for i, c := range n.Columns {
			out[i] = c.Type
		}
		return out
	case *plan.Filter:
		return rowTypes(n.Input)
	case *plan.Project:
		return exprTypes(n.Exprs)
	case *plan.Join:
		left := rowTypes(n.Left)
		if n.Kind == plan.SemiJoin || n.Kind == plan.AntiJoin {
			return left
		}
		return append(append([]value.Type(nil), left...), rowTypes(n.Right)...)
	case *plan.Aggregate:
		out := exprTypes(n.Groups)
		for _, c := range n.Calls {
			out = append(out, c.T)
		}
		if n.Sets != nil {
			for range n.Groups {
				out = append(out, value.Of(value.Bit))
			}
		}
		return out
	case *plan.Window:
		out := append([]value.Type(nil), rowTypes(n.Input)...)
		for _, c := range n.Calls {
			out = append(out, c.T)
		}
		return out
	case *plan.Distinct:
		return rowTypes(n.Input)
	case *plan.Sort:
		return rowTypes(n.Input)
	case *plan.Top:
		return rowTypes(n.Input)
	case *plan.Union:
		return rowTypes(n.Left)
	case *plan.Intersect:
		return rowTypes(n.Left)
	case *plan.Except:
		return rowTypes(n.Left)
	case *plan.Recursive:
		return rowTypes(n.Anchor)
	case *plan.Working:
		return n.Types
	}
	return nil
}

func scanTypes(n *plan.Scan) []value.Type {
	out := make([]value.Type, 0, len(n.Columns)+1)
	for _, o := range n.Columns {
		out = append(out, n.Table.Columns[o].Type)
	}
	if n.Locators {
		out = append(out, value.Sized(value.VarBinary, value.Max))
	}
	return out
}

func exprTypes(list []plan.Expr) []value.Type {
	out := make([]value.Type, len(list))
	for i, x := range list {
		out[i] = x.Type()
	}
	return out
}
