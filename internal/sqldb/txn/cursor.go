package txn

import (
	"bytes"

	"github.com/alcedo-cloud/alcedo/internal/store"
)

// Cursor goes through an index in ascending order of keys: what the statement's snapshot has, under the transaction's
// own writes. It may be moved to other ranges, which costs less than another cursor. Close it before its statement
// ends.
type Cursor struct {
	base     store.Cursor // nil for tables in memory
	list     *listOf      // nil where the transaction has written nothing
	start    []byte
	end      []byte
	key      []byte
	value    []byte
	baseAt   bool   // base stands on an item not yet given
	listAt   uint32 // the next node to give, 0 for none
	started  bool
	bounded  bool // end must be looked at: the base was opened for more
	fromList bool
}

// Cursor opens one over the keys of an index with start <= key < end; nil means the index's own bounds.
func (t *Tx) Cursor(x *Index, start, end []byte) (*Cursor, error) {
	v, err := t.readView(x)
	if err != nil {
		return nil, err
	}
	return t.cursor(v, x, start, end)
}

// NewestCursor is Cursor as of the latest commit, as Newest is Get.
func (t *Tx) NewestCursor(x *Index, start, end []byte) (*Cursor, error) {
	if x.Table.Space != Stored {
		return t.cursor(nil, x, start, end)
	}
	v, err := t.fresh(t.engine.table(x.Table))
	if err != nil {
		return nil, err
	}
	return t.cursor(v, x, start, end)
}

func (t *Tx) readView(x *Index) (*view, error) {
	if x.Table.Space != Stored {
		return nil, nil
	}
	return t.view()
}

func (t *Tx) cursor(v *view, x *Index, start, end []byte) (*Cursor, error) {
	if start == nil {
		start = x.prefix
	}
	if end == nil {
		end = x.end
	}
	c := &Cursor{start: start, end: end, list: t.log(x).of(x)}
	if c.list != nil && len(c.list.nodes) == 1 {
		c.list = nil
	}
	if v != nil {
		base, err := v.Cursor(start, end)
		if err != nil {
			return nil, err
		}
		c.base = base
	}
	return c, nil
}

// Range moves the cursor before start, to end at end. Both must lie within what the cursor was opened for, and stay
// unchanged until it is moved again.
func (c *Cursor) Range(start, end []byte) {
	c.start, c.end, c.bounded = start, end, true
	c.started, c.baseAt, c.listAt = false, false, 0
}

// Next steps to the next item. It is false at the end, and after an error.
func (c *Cursor) Next() bool {
	if c.list == nil {
		return c.nextBase()
	}
	if !c.started {
		c.begin()
	} else {
		c.step()
	}
	for {
		base, own := c.baseAt, c.listAt != 0
		if !base && !own {
			return false
		}
		order := -1
		if base && own {
			order = bytes.Compare(c.base.Item().Key, c.list.nodes[c.listAt].key)
		} else if own {
			order = 1
		}
		if order < 0 {
			item := c.base.Item()
			c.key, c.value, c.fromList = item.Key, item.Value, false
			return true
		}
		n := c.listAt
		at := &c.list.nodes[n]
		if at.state == absent {
			c.advanceList()
			continue
		}
		if order == 0 {
			c.advanceBase()
		}
		if at.state == deleted {
			c.advanceList()
			continue
		}
		c.key, c.value, c.fromList = at.key, at.value, true
		return true
	}
}

// nextBase is Next where the transaction has written nothing.
func (c *Cursor) nextBase() bool {
	if c.base == nil {
		return false
	}
	ok := false
	switch {
	case !c.started && c.bounded:
		ok = c.base.Seek(c.start)
	default:
		ok = c.base.Next()
	}
	c.started = true
	if !ok {
		return false
	}
	item := c.base.Item()
	if c.bounded && bytes.Compare(item.Key, c.end) >= 0 {
		return false
	}
	c.key, c.value = item.Key, item.Value
	return true
}

// begin finds the first item of both sides.
func (c *Cursor) begin() {
	c.started = true
	if c.base != nil {
		if c.bounded {
			c.baseAt = c.base.Seek(c.start)
		} else {
			c.baseAt = c.base.Next()
		}
		c.limitBase()
	}
	c.listAt = c.list.find(c.start, nil)
	c.limitList()
}

// step goes past the item that was given.
func (c *Cursor) step() {
	if c.fromList {
		c.advanceList()
	} else {
		c.advanceBase()
	}
}

func (c *Cursor) advanceBase() {
	c.baseAt = c.base.Next()
	c.limitBase()
}

func (c *Cursor) limitBase() {
	if c.baseAt && c.bounded && bytes.Compare(c.base.Item().Key, c.end) >= 0 {
		c.baseAt = false
	}
}

func (c *Cursor) advanceList() {
	if c.listAt != 0 {
		c.listAt = c.list.next(c.listAt, 0)
	}
	c.limitList()
}

func (c *Cursor) limitList() {
	if c.listAt != 0 && bytes.Compare(c.list.nodes[c.listAt].key, c.end) >= 0 {
		c.listAt = 0
	}
}

// Key is where the cursor stands. It holds until the next step.
func (c *Cursor) Key() []byte { return c.key }

// Value is the value there. It holds until the next step.
func (c *Cursor) Value() []byte { return c.value }

// Close ends the cursor and returns the error that it has met.
func (c *Cursor) Close() error {
	if c == nil || c.base == nil {
		return nil
	}
	base := c.base
	c.base, c.list = nil, nil
	return base.Close()
}

// Err is the error that the cursor has met.
func (c *Cursor) Err() error {
	if c.base == nil {
		return nil
	}
	return c.base.Err()
}
