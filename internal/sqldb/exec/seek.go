package exec

import (
	"bytes"
	"slices"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/row"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// seek is which part of an index a scan reads.
type seek struct {
	entries   *entries
	at        evaluator   // the locator of the one row; nil where columns say what is read
	in        []evaluator // alternatives for the first column; the prefix then begins with the second
	prefix    []evaluator
	low, high *bound
	first     int  // position of the first prefix column in the key
	next      int  // position in the key of the column that low and high bound
	point     bool // all columns of a unique key are given
	whole     bool // nothing is given
}

type bound struct {
	x         evaluator
	inclusive bool
}

// span is a range of keys: start <= key < end.
type span struct{ start, end []byte }

func (c *compiler) seek(n *plan.Scan, e *entries) (*seek, error) {
	s := &seek{entries: e}
	var err error
	if n.At != nil {
		s.point = true
		s.at, err = c.expr(n.At)
		return s, err
	}
	if s.in, err = c.exprs(n.In); err != nil {
		return nil, err
	}
	if s.prefix, err = c.exprs(n.Prefix); err != nil {
		return nil, err
	}
	if s.low, err = c.bound(n.Low); err != nil {
		return nil, err
	}
	if s.high, err = c.bound(n.High); err != nil {
		return nil, err
	}
	if n.In != nil {
		s.first = 1
	}
	s.next = s.first + len(s.prefix)
	s.point = e.unique && len(e.keys) > 0 && s.next == len(e.keys)
	s.whole = s.next == 0 && s.low == nil && s.high == nil
	return s, nil
}

func (c *compiler) bound(b *plan.Bound) (*bound, error) {
	if b == nil {
		return nil, nil
	}
	x, err := c.expr(b.X)
	return &bound{x, b.Inclusive}, err
}

// spans are the ranges that a scan reads, in the order of the index. Of a point, start is the key. The bytes are good
// until the next call.
func (s *seek) spans(r *run, room *seekRoom) ([]span, error) {
	room.bytes, room.spans = room.bytes[:0], room.spans[:0]
	if s.at != nil {
		v, err := s.at(r, nil)
		if err != nil || v.IsNull() {
			return nil, err
		}
		room.bytes = append(append(room.bytes, s.entries.at.Prefix()...), v.Text()...)
		return append(room.spans, span{start: room.bytes}), nil
	}
	if s.whole {
		return append(room.spans, span{s.entries.at.Prefix(), s.entries.at.End()}), nil
	}
	prefix := room.values[:0]
	for _, e := range s.prefix {
		v, err := e(r, nil)
		if err != nil || v.IsNull() {
			return nil, err // what equals NULL is nothing
		}
		prefix = append(prefix, v)
	}
	room.values = prefix
	low, high, none, err := s.bounds(r)
	if err != nil || none {
		return nil, err
	}
	if s.first == 0 {
		room.spans = append(room.spans, s.span(room, nil, prefix, low, high))
		return room.spans, nil
	}
	for _, e := range s.in {
		v, err := e(r, nil)
		if err != nil {
			return nil, err
		}
		if !v.IsNull() {
			room.spans = append(room.spans, s.span(room, []value.Value{v}, prefix, low, high))
		}
	}
	slices.SortFunc(room.spans, func(a, b span) int { return bytes.Compare(a.start, b.start) })
	room.spans = slices.CompactFunc(room.spans, func(a, b span) bool { return bytes.Equal(a.start, b.start) })
	return room.spans, nil
}

type seekRoom struct {
	bytes  []byte
	spans  []span
	values []value.Value
	one    struct { // where a seek for one key finds place
		bytes  [64]byte
		spans  [1]span
		values [2]value.Value
	}
}

func newSeekRoom(r *seekRoom) {
	r.bytes, r.spans, r.values = r.one.bytes[:0], r.one.spans[:0], r.one.values[:0]
}

// bounds evaluates low and high; none says that one is NULL, and nothing lies between.
func (s *seek) bounds(r *run) (low, high value.Value, none bool, err error) {
	if s.low != nil {
		if low, err = s.low.x(r, nil); err != nil || low.IsNull() {
			return low, high, true, err
		}
	}
	if s.high != nil {
		if high, err = s.high.x(r, nil); err != nil || high.IsNull() {
			return low, high, true, err
		}
	}
	return low, high, false, nil
}

// span is the range for one value of the first column and the prefix.
func (s *seek) span(room *seekRoom, first, prefix []value.Value, low, high value.Value) span {
	e := s.entries
	stem := append([]byte(nil), e.at.Prefix()...)
	if room.bytes != nil && len(first) == 0 {
		stem = append(room.bytes, e.at.Prefix()...)
	}
	stem = row.AppendKey(stem, e.keys, first)
	stem = row.AppendKey(stem, e.keys[len(first):], prefix)
	if len(first) == 0 {
		room.bytes = stem
	}
	if s.low == nil && s.high == nil {
		if s.point {
			return span{start: stem}
		}
		return span{stem, after(stem)}
	}
	column := e.keys[s.next : s.next+1]
	edge := func(v value.Value) []byte {
		return row.AppendKey(slices.Clone(stem), column, []value.Value{v})
	}
	least, most := edge(value.Null()), []byte(nil)
	least = after(least) // NULL is in no range
	if most = after(stem); column[0].Desc {
		least, most = stem, edge(value.Null())
	}
	from, to, fromIn, toIn := s.low, s.high, low, high
	if column[0].Desc {
		from, to, fromIn, toIn = s.high, s.low, high, low
	}
	if from != nil {
		if least = edge(fromIn); !from.inclusive {
			least = after(least)
		}
	}
	if to != nil {
		if most = edge(toIn); to.inclusive {
			most = after(most)
		}
	}
	return span{least, most}
}

// after is the first key behind all that begin with prefix. The prefix of a table makes sure that there is one.
func after(prefix []byte) []byte {
	end := slices.Clone(prefix)
	for i := len(end) - 1; i >= 0; i-- {
		if end[i] != 0xff {
			end[i]++
			return end[:i+1]
		}
	}
	return end
}
