package exec

import (
	"slices"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// ordering compares rows by sort keys, which stand before them.
type ordering struct {
	keys       []evaluator
	comparers  []func(a, b value.Value) int
	descending []bool
}

func (c *compiler) ordering(keys []plan.SortKey) (*ordering, error) {
	o := &ordering{}
	for _, k := range keys {
		x, err := c.expr(k.X)
		if err != nil {
			return nil, err
		}
		o.keys = append(o.keys, x)
		o.comparers = append(o.comparers, value.Comparer(k.X.Type()))
		o.descending = append(o.descending, k.Descending)
	}
	return o, nil
}

// compare compares rows that begin with their keys.
func (o *ordering) compare(a, b Row) int {
	for i, f := range o.comparers {
		if n := f(a[i], b[i]); n != 0 {
			if o.descending[i] {
				return -n
			}
			return n
		}
	}
	return 0
}

func (c *compiler) sort(n *plan.Sort) (operator, error) {
	input, err := c.node(n.Input)
	if err != nil {
		return nil, err
	}
	o, err := c.ordering(n.Keys)
	if err != nil {
		return nil, err
	}
	var limit evaluator
	if n.Limit != nil {
		if limit, err = c.expr(n.Limit); err != nil {
			return nil, err
		}
	}
	width := n.Input.Width()
	return func(r *run, yield func(Row) error) error {
		s := &sorter{ordering: o, run: r, width: width, limit: -1}
		if limit != nil {
			v, err := limit(r, nil)
			if err != nil {
				return err
			}
			if !v.IsNull() && v.Kind() == value.KindInteger {
				s.limit = v.Int64()
			}
		}
		defer s.close()
		if err := input(r, s.add); err != nil {
			return err
		}
		return s.give(yield)
	}, nil
}

// sortRow is a row behind its keys, and its place among those that came.
type sortRow struct {
	row   Row
	place int
}

// inOrder compares so that equal rows stay as they came.
func (o *ordering) inOrder(a, b sortRow) int {
	if n := o.compare(a.row, b.row); n != 0 {
		return n
	}
	return a.place - b.place
}

// sorter keeps rows behind their keys, and gives them in order. With a limit, it keeps no more than twice as many.
type sorter struct {
	*ordering
	run   *run
	width int
	limit int64 // -1 for none
	rows  []sortRow
	worst Row // the last of those that mattered when rows were cut; what is not before it does not matter
	count int
	size  int64
	spill *spill
	block []value.Value // room for the next rows
}

func (s *sorter) add(row Row) error {
	r := s.run
	if err := r.tick(); err != nil {
		return err
	}
	n := len(s.keys)
	if len(s.block) < n+s.width {
		s.block = make([]value.Value, max(1, min(64, 1+len(s.rows)))*(n+s.width))
	}
	kept := s.block[: n+s.width : n+s.width]
	for i, k := range s.keys {
		v, err := k(r, row)
		if err != nil {
			return err
		}
		kept[i] = v
	}
	copy(kept[n:], row)
	if s.limit == 0 || s.worst != nil && s.compare(kept, s.worst) >= 0 {
		return nil
	}
	s.block = s.block[n+s.width:]
	size := rowSize(kept)
	if err := r.grow(size); err != nil {
		if err = s.toDisk(err); err != nil {
			return err
		}
		if err = r.grow(size); err != nil {
			return err
		}
	}
	s.size += size
	s.rows = append(s.rows, sortRow{kept, s.count})
	s.count++
	if s.limit > 0 && int64(len(s.rows)) >= 2*s.limit+1024 {
		s.cut()
	}
	return nil
}

// order sorts the rows. Once the request is cancelled, all rows count as equal, which ends the sort at once; who goes on
// then meets the cancellation.
func (s *sorter) order() {
	compared, cancelled := 0, false
	slices.SortFunc(s.rows, func(a, b sortRow) int {
		if compared++; compared&1023 == 0 {
			cancelled = cancelled || s.run.Err() != nil
		}
		if cancelled {
			return 0
		}
		return s.inOrder(a, b)
	})
}

// cut drops what lies beyond the limit.
func (s *sorter) cut() {
	s.order()
	clear(s.rows[s.limit:])
	s.rows = s.rows[:s.limit]
	s.worst = s.rows[s.limit-1].row
	size := int64(0)
	for _, kept := range s.rows {
		size += rowSize(kept.row)
	}
	s.run.shrink(s.size - size)
	s.size = size
}

// toDisk writes the rows away in order; memory is the error that asked for it.
func (s *sorter) toDisk(memory error) error {
	if s.run.Spill == "" || len(s.rows) == 0 {
		return memory
	}
	if s.spill == nil {
		s.spill = &spill{folder: s.run.Spill, width: len(s.keys) + s.width}
	}
	s.order()
	if err := s.spill.write(s.rows); err != nil {
		return err
	}
	s.run.shrink(s.size)
	s.rows, s.size, s.block, s.limit, s.worst = nil, 0, nil, -1, nil
	return nil
}

// give yields the rows in order.
func (s *sorter) give(yield func(Row) error) error {
	s.order()
	if err := s.run.Err(); err != nil {
		return err
	}
	n := len(s.keys)
	if s.spill != nil {
		return s.spill.merge(s.run, s.rows, s.compare, func(row Row) error { return yield(row[n:]) })
	}
	if s.limit >= 0 && int64(len(s.rows)) > s.limit {
		s.rows = s.rows[:s.limit]
	}
	for _, kept := range s.rows {
		if err := s.run.tick(); err != nil {
			return err
		}
		if err := yield(kept.row[n:]); err != nil {
			return err
		}
	}
	return nil
}

func (s *sorter) close() {
	s.run.shrink(s.size)
	s.size = 0
	s.spill.close()
}
