package exec

import (
	"fmt"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// windowing computes functions OVER windows: the rows are sorted by partition and order, and each partition is gone
// through once for each call.
type windowing struct {
	input     operator
	order     *ordering // of partition and order together
	partition int       // how many keys are the partition's
	width     int       // of the input
	calls     []*windowCall
	buffer    int
}

type windowCall struct {
	ranking string
	*aggregateCall
	frame   *plan.Frame
	ordered bool
	skip    bool // IGNORE NULLS
	args    []evaluator
}

func (c *compiler) window(n *plan.Window) (operator, error) {
	w := &windowing{partition: len(n.Partition), width: n.Input.Width(), buffer: c.state()}
	var err error
	if w.input, err = c.node(n.Input); err != nil {
		return nil, err
	}
	keys := make([]plan.SortKey, 0, len(n.Partition)+len(n.Order))
	for _, x := range n.Partition {
		keys = append(keys, plan.SortKey{X: x})
	}
	if w.order, err = c.ordering(append(keys, n.Order...)); err != nil {
		return nil, err
	}
	for i := range n.Calls {
		call := &n.Calls[i]
		k := &windowCall{ranking: call.Ranking, frame: call.Frame, ordered: len(n.Order) > 0, skip: call.SkipNulls}
		if k.args, err = c.exprs(call.Args); err != nil {
			return nil, err
		}
		if call.Aggregate != nil {
			if k.aggregateCall, err = c.aggregateCall(call.Aggregate, call.Args, nil); err != nil {
				return nil, err
			}
		} else if _, ok := rankings(call.Ranking); !ok {
			return nil, fmt.Errorf("exec: no window function %s", call.Ranking)
		}
		w.calls = append(w.calls, k)
	}
	return w.run, nil
}

func (w *windowing) run(r *run, yield func(Row) error) error {
	s := &sorter{ordering: w.order, run: r, width: w.width, limit: -1}
	defer s.close()
	if err := w.input(r, s.add); err != nil {
		return err
	}
	s.order()
	if err := r.Err(); err != nil {
		return err
	}
	if s.spill != nil {
		return errMemory() // a partition must be in memory
	}
	out := r.buffer(w.buffer, w.width+len(w.calls))
	for start := 0; start < len(s.rows); {
		end := start + 1
		for end < len(s.rows) && w.same(s.rows[start].row, s.rows[end].row, 0, w.partition) {
			end++
		}
		if err := w.emit(r, s.rows[start:end], out, yield); err != nil {
			return err
		}
		start = end
	}
	return nil
}

// same reports whether two rows have equal keys from one place to another.
func (w *windowing) same(a, b Row, from, to int) bool {
	for i := from; i < to; i++ {
		if w.order.comparers[i](a[i], b[i]) != 0 {
			return false
		}
	}
	return true
}

// partitioned is one partition: its rows in order, and where each one's peers begin and end.
type partitioned struct {
	rows         []sortRow
	keys         int // that stand before each row
	first, after []int
}

func (p *partitioned) row(i int) Row { return p.rows[i].row[p.keys:] }

func (w *windowing) emit(r *run, rows []sortRow, out Row, yield func(Row) error) error {
	p := w.peers(rows)
	results := make([][]value.Value, len(w.calls))
	for i, call := range w.calls {
		results[i] = make([]value.Value, len(rows))
		if err := call.compute(r, p, results[i]); err != nil {
			return err
		}
	}
	for i := range rows {
		if err := r.tick(); err != nil {
			return err
		}
		copy(out, p.row(i))
		for k := range results {
			out[w.width+k] = results[k][i]
		}
		if err := yield(out); err != nil {
			return err
		}
	}
	return nil
}

func (w *windowing) peers(rows []sortRow) *partitioned {
	n, keys := len(rows), len(w.order.keys)
	p := &partitioned{rows: rows, keys: keys, first: make([]int, n), after: make([]int, n)}
	for start := 0; start < n; {
		end := start + 1
		for end < n && w.same(rows[start].row, rows[end].row, w.partition, keys) {
			end++
		}
		for i := start; i < end; i++ {
			p.first[i], p.after[i] = start, end
		}
		start = end
	}
	return p
}

func (k *windowCall) compute(r *run, p *partitioned, out []value.Value) error {
	if k.aggregateCall != nil {
		return k.framed(r, p, out)
	}
	f, _ := rankings(k.ranking)
	return f(k, r, p, out)
}

// extent is the frame of row i: from the first to before the last.
func (k *windowCall) extent(p *partitioned, i int) (from, to int) {
	n := len(p.rows)
	switch {
	case k.frame == nil && !k.ordered:
		return 0, n
	case k.frame == nil:
		return 0, p.after[i]
	case k.frame.Rows:
		from, to = 0, n
		if !k.frame.Start.Unbounded {
			from = clamp(int64(i)+k.frame.Start.Offset, n)
		}
		if !k.frame.End.Unbounded {
			to = clamp(int64(i)+k.frame.End.Offset+1, n)
		}
		return from, max(from, to)
	}
	from, to = 0, n
	if !k.frame.Start.Unbounded {
		from = p.first[i]
	}
	if !k.frame.End.Unbounded {
		to = p.after[i]
	}
	return from, to
}

func clamp(i int64, n int) int { return int(min(max(i, 0), int64(n))) }

// framed computes an aggregate over frames. A frame that only grows at its end is gone through once.
func (k *windowCall) framed(r *run, p *partitioned, out []value.Value) error {
	state := k.function.New(k.aggregateCall.types)
	args := make(Row, len(k.args))
	began, done := 0, 0
	for i := range out {
		from, to := k.extent(p, i)
		if from != began || to < done {
			state, began, done = k.function.New(k.aggregateCall.types), from, from
		}
		for ; done < to; done++ {
			if err := r.tick(); err != nil {
				return err
			}
			if _, err := keyOf(r, k.args, p.row(done), args); err != nil {
				return err
			}
			if err := state.Add(args); err != nil {
				return err
			}
		}
		var err error
		if out[i], err = state.Result(); err != nil {
			return err
		}
	}
	return nil
}
