package exec

import (
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// output is OUTPUT: its rows are made as rows change, and given when the statement has succeeded.
type output struct {
	exprs   []evaluator
	into    *target
	targets []int
}

// outputs are the rows of a run.
type outputs struct {
	rows []Row
	seen Row
}

// output compiles OUTPUT; nil where there is none.
func (c *compiler) output(n *plan.Output) (*output, error) {
	if n == nil {
		return nil, nil
	}
	o := &output{targets: n.Targets}
	var err error
	if o.exprs, err = c.exprs(n.Exprs); err != nil {
		return nil, err
	}
	if n.Into != nil {
		o.into, err = c.target(n.Into, n.Rules)
	}
	return o, err
}

func (o *output) begin(*run) *outputs {
	if o == nil {
		return nil
	}
	return &outputs{}
}

// row makes the output of one changed row: inserted, deleted (NULLs where there is none), the source row, the action.
func (o *output) row(r *run, out *outputs, inserted, deleted, source Row, action value.Value) error {
	if o == nil {
		return nil
	}
	n := max(len(inserted), len(deleted))
	seen := out.seen[:0]
	for _, part := range []Row{inserted, deleted} {
		if part == nil {
			part = make(Row, n)
		}
		seen = append(seen, part...)
	}
	seen = append(append(seen, source...), action)
	out.seen = seen
	made := make(Row, len(o.exprs))
	if _, err := keyOf(r, o.exprs, seen, made); err != nil {
		return err
	}
	out.rows = append(out.rows, made)
	return r.grow(rowSize(made))
}

// end gives the rows to the client, or puts them into the table.
func (o *output) end(r *run, out *outputs, emit func(Row) error) error {
	if o == nil {
		return nil
	}
	if o.into == nil {
		for _, row := range out.rows {
			if err := emit(row); err != nil {
				return err
			}
		}
		return nil
	}
	ins := &inserting{target: o.into, columns: o.targets, given: make([]bool, len(o.into.table.Columns)), known: int64(len(out.rows))}
	for _, t := range o.targets {
		ins.given[t] = true
	}
	ins.explicit = o.into.identity >= 0 && ins.given[o.into.identity]
	w := o.into.writing(r)
	row := make(Row, len(o.into.table.Columns))
	for _, source := range out.rows {
		if err := ins.whole(r, w, row, source); err != nil {
			return err
		}
		if err := o.into.check(r, row, "INSERT"); err != nil {
			return err
		}
		if _, err := o.into.insertRow(r, w, row); err != nil {
			return err
		}
	}
	return o.into.finish(r, w, "INSERT")
}
