package exec

import (
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// drawn is the number that a sequence gave the row at hand.
type drawn struct {
	v     value.Value
	known bool
}

// row compiles the expressions of one row, in which all mentions of a sequence give one number. The first of them
// begins the row.
func (c *compiler) row(list []plan.Expr) ([]evaluator, error) {
	begin, end := c.sameNumbers(list)
	defer end()
	out, err := c.exprs(list)
	if err == nil && begin != nil {
		out[0] = beginning(begin, out[0])
	}
	return out, err
}

func beginning(begin func(*run), x evaluator) evaluator {
	return func(r *run, row Row) (value.Value, error) {
		begin(r)
		return x(r, row)
	}
}

// sameNumbers is asked before the expressions of a row are compiled, and end is called behind. begin forgets the
// numbers of the row before; it is nil where no sequence is named twice.
func (c *compiler) sameNumbers(list []plan.Expr) (begin func(*run), end func()) {
	count := map[int64]int{}
	for _, x := range list {
		countSequences(x, count)
	}
	outer := c.sequences
	end = func() { c.sequences = outer }
	c.sequences = nil
	var states []int
	for id, n := range count {
		if n < 2 {
			continue
		}
		if c.sequences == nil {
			c.sequences = map[int64]int{}
		}
		c.sequences[id] = c.state()
		states = append(states, c.sequences[id])
	}
	if states == nil {
		return nil, end
	}
	return func(r *run) {
		for _, number := range states {
			*state(r, number, func() *drawn { return &drawn{} }) = drawn{}
		}
	}, end
}

// countSequences counts what an expression names of sequences. They stand in no condition and in no subquery.
func countSequences(x plan.Expr, count map[int64]int) {
	switch x := x.(type) {
	case *plan.Call:
		if id, ok := sequenceOf(x); ok {
			count[id]++
			return
		}
		for _, a := range x.Args {
			countSequences(a, count)
		}
	case *plan.UserCall:
		for _, a := range x.Args {
			countSequences(a, count)
		}
	case *plan.Convert:
		countSequences(x.X, count)
	case *plan.Binary:
		countSequences(x.L, count)
		countSequences(x.R, count)
	case *plan.Unary:
		countSequences(x.X, count)
	}
}

// sequenceOf is the sequence of NEXT VALUE FOR.
func sequenceOf(x *plan.Call) (int64, bool) {
	if x.Function.Name != "NEXT VALUE FOR" || len(x.Args) != 1 {
		return 0, false
	}
	id, ok := x.Args[0].(*plan.Const)
	if !ok {
		return 0, false
	}
	return id.V.Int64(), true
}

// numbered gives a call of NEXT VALUE FOR the number that the row has of its sequence already.
func (c *compiler) numbered(x *plan.Call, take evaluator) evaluator {
	id, ok := sequenceOf(x)
	if !ok {
		return take
	}
	number, shared := c.sequences[id]
	if !shared {
		return take
	}
	return func(r *run, row Row) (value.Value, error) {
		d := state(r, number, func() *drawn { return &drawn{} })
		if d.known {
			return d.v, nil
		}
		v, err := take(r, row)
		if err == nil {
			*d = drawn{v, true}
		}
		return v, err
	}
}
