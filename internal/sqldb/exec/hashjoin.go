package exec

import (
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// hashed is a join that finds partners by equal keys.
type hashed struct {
	*joined
	leftKeys, rightKeys []evaluator
	keys                *keying
}

// built is the right side: its rows behind their keys. Rows with a NULL in the key have no entry in the table.
type built struct {
	rows    rowStore // keys, then the row
	table   hashTable
	entries []int32 // of the table: which row
	matched []bool
	size    int64
}

func (c *compiler) hashJoin(n *plan.Join, j *joined) (operator, error) {
	h := &hashed{joined: j}
	var err error
	if h.leftKeys, err = c.exprs(n.LeftKeys); err != nil {
		return nil, err
	}
	if h.rightKeys, err = c.exprs(n.RightKeys); err != nil {
		return nil, err
	}
	types := make([]value.Type, len(n.LeftKeys))
	for i, k := range n.LeftKeys {
		types[i] = comparable(k.Type(), n.RightKeys[i].Type(), nil)
	}
	h.keys = keyingOf(types)
	return h.run, nil
}

func (h *hashed) run(r *run, yield func(Row) error) error {
	b, err := h.build(r)
	defer func() { r.shrink(b.size) }()
	if err != nil {
		return err
	}
	row := r.buffer(h.buffer, h.widths[0]+h.widths[1])
	key := make(Row, len(h.leftKeys))
	err = h.left(r, func(left Row) error {
		if err := r.tick(); err != nil {
			return err
		}
		null, err := keyOf(r, h.leftKeys, left, key)
		if err != nil {
			return err
		}
		found := false
		if !null {
			if found, err = h.probe(r, b, key, left, row, yield); err != nil {
				return err
			}
		}
		if !found {
			return h.alone(row, left, yield)
		}
		if h.kind == plan.SemiJoin {
			return yield(left)
		}
		return nil
	})
	if err != nil || b.matched == nil {
		return err
	}
	return h.unmatched(r, b, row, yield)
}

func (h *hashed) build(r *run) (*built, error) {
	n := len(h.rightKeys)
	b := &built{rows: rowStore{width: n + h.widths[1]}}
	kept := make(Row, b.rows.width)
	outer := h.kind == plan.RightJoin || h.kind == plan.FullJoin
	before := r.memory
	err := h.right(r, func(right Row) error {
		if err := r.tick(); err != nil {
			return err
		}
		null, err := keyOf(r, h.rightKeys, right, kept)
		if err != nil || null && !outer {
			return err
		}
		copy(kept[n:], right)
		if err := r.grow(rowSize(kept) + entrySize); err != nil {
			return err
		}
		at := b.rows.add(kept)
		if outer {
			b.matched = append(b.matched, false)
		}
		if !null {
			b.table.add(h.keys.hash(kept[:n]))
			b.entries = append(b.entries, int32(at))
		}
		return nil
	})
	b.size = r.memory - before
	b.table.settle()
	return b, err
}

// probe gives the partners of a left row.
func (h *hashed) probe(r *run, b *built, key, left, row Row, yield func(Row) error) (found bool, err error) {
	n := len(h.rightKeys)
	copied := false
	for e := b.table.first(h.keys.hash(key)); e >= 0; e = b.table.after(e) {
		if err := r.tick(); err != nil {
			return found, err
		}
		at := int(b.entries[e])
		kept := b.rows.get(at)
		if !h.keys.equal(key, kept) {
			continue
		}
		if !copied {
			copy(row, left)
			copied = true
		}
		copy(row[h.widths[0]:], kept[n:])
		ok, err := h.matches(r, row)
		if err != nil {
			return found, err
		}
		if !ok {
			continue
		}
		found = true
		if b.matched != nil {
			b.matched[at] = true
		}
		if h.semi() {
			return true, nil
		}
		if err := yield(row); err != nil {
			return true, err
		}
	}
	return found, nil
}

// unmatched gives the right rows without a partner.
func (h *hashed) unmatched(r *run, b *built, row Row, yield func(Row) error) error {
	n := len(h.rightKeys)
	for at, found := range b.matched {
		if found {
			continue
		}
		if err := r.tick(); err != nil {
			return err
		}
		clear(row[:h.widths[0]])
		copy(row[h.widths[0]:], b.rows.get(at)[n:])
		if err := yield(row); err != nil {
			return err
		}
	}
	return nil
}
