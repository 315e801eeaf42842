package exec

import (
	"bytes"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/txn"
)

// How many entries are read at a time where an index is read backwards: few at first, since often the last one is all
// that is wanted.
const (
	firstBatch = 8
	mostBatch  = 2048
)

// backwards reads a range of an index in descending order. The store reads forwards only, so the end of the range is
// found by bisection of the space of keys, and given in batches turned round.
type backwards struct {
	cursor *txn.Cursor
	start  []byte
	end    []byte // what lies at or after it has been given
	size   int
	bytes  []byte
	items  []batchItem
}

// batchItem is an entry as it lies in bytes: its key, then its value.
type batchItem struct{ key, value, end int }

// next reads the batch before the last one. It is false where nothing is left.
func (b *backwards) next(r *run) (bool, error) {
	b.size = min(max(2*b.size, firstBatch), mostBatch)
	low, found, err := b.from(b.start, b.end)
	if err != nil || !found {
		return false, err
	}
	high := b.end
	for {
		if err := r.tick(); err != nil {
			return false, err
		}
		whole, err := b.read(low, high)
		if err != nil || whole {
			b.end = low
			return err == nil, err
		}
		middle := between(low, high)
		at, found, err := b.from(middle, high)
		if err != nil {
			return false, err
		}
		if found {
			low = at
		} else {
			high = middle
		}
	}
}

// from is the first key at or after start, before end.
func (b *backwards) from(start, end []byte) ([]byte, bool, error) {
	if bytes.Compare(start, end) >= 0 {
		return nil, false, nil
	}
	b.cursor.Range(start, end)
	if !b.cursor.Next() {
		return nil, false, b.cursor.Err()
	}
	return bytes.Clone(b.cursor.Key()), true, nil
}

// read fills the batch with what lies between two keys; it is false where that is too much.
func (b *backwards) read(low, high []byte) (bool, error) {
	b.bytes, b.items = b.bytes[:0], b.items[:0]
	b.cursor.Range(low, high)
	for b.cursor.Next() {
		if len(b.items) == b.size {
			return false, nil
		}
		at := batchItem{key: len(b.bytes)}
		b.bytes = append(b.bytes, b.cursor.Key()...)
		at.value = len(b.bytes)
		b.bytes = append(b.bytes, b.cursor.Value()...)
		at.end = len(b.bytes)
		b.items = append(b.items, at)
	}
	return true, b.cursor.Err()
}

// between is a key halfway between two: greater than low, at most high. Keys are read as fractions in base 256.
func between(low, high []byte) []byte {
	n := max(len(low), len(high)) + 1
	sum := make([]byte, n)
	carry := 0
	for i := n - 1; i >= 0; i-- {
		d := carry
		if i < len(low) {
			d += int(low[i])
		}
		if i < len(high) {
			d += int(high[i])
		}
		sum[i], carry = byte(d), d>>8
	}
	for i := range sum {
		d := carry<<8 | int(sum[i])
		sum[i], carry = byte(d>>1), d&1
	}
	return sum
}

// reversed gives the rows of ranges from the last to the first.
func (s *scan) reversed(r *run, st *scanState, spans []span, yield func(Row) error) (err error) {
	out := r.buffer(s.buffer, s.width)
	for i := len(spans) - 1; i >= 0; i-- {
		at := spans[i]
		if at.end == nil {
			if err := s.point(r, st, at.start, out, yield); err != nil {
				return err
			}
			continue
		}
		if st.cursor == nil {
			if st.cursor, err = r.Tx.Cursor(s.entries.at, nil, nil); err != nil {
				return err
			}
		}
		b := &st.backwards
		b.cursor, b.start, b.end, b.size = st.cursor, at.start, at.end, 0
		for {
			more, err := b.next(r)
			if err != nil {
				return err
			}
			if !more {
				break
			}
			if err := s.giveBatch(r, st, out, yield); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *scan) giveBatch(r *run, st *scanState, out Row, yield func(Row) error) error {
	b := &st.backwards
	for i := len(b.items) - 1; i >= 0; i-- {
		if err := r.tick(); err != nil {
			return err
		}
		at := b.items[i]
		if err := s.entry(r, st, b.bytes[at.key:at.value], b.bytes[at.value:at.end], false, out, yield); err != nil {
			return err
		}
	}
	return nil
}
