package pebble

import (
	"context"

	"github.com/cockroachdb/pebble/v2"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// cursor is Pebble's iterator with the store's keys.
type cursor struct {
	reader  *reader
	it      *pebble.Iterator
	options pebble.IterOptions
	started bool
	writes  int    // of the transaction, when the view was taken
	target  []byte // room for the key of a Seek
	item    store.Item
	err     error
}

func (r *reader) Cursor(start, end []byte) (store.Cursor, error) {
	c, err := r.open(start, end)
	if err != nil {
		return nil, err
	}
	return c, nil
}

func (r *reader) open(start, end []byte) (*cursor, error) {
	if r.from == nil {
		return nil, store.ErrClosed
	}
	if err := r.store.use(); err != nil {
		return nil, err
	}
	c := &cursor{reader: r, writes: r.writes, options: pebble.IterOptions{LowerBound: dataKey(nil, start), UpperBound: []byte{dataEnd}}}
	if end != nil {
		c.options.UpperBound = dataKey(nil, end)
	}
	it, err := r.from.NewIterWithContext(context.Background(), &c.options)
	if err != nil {
		r.store.unuse()
		return nil, fault.Wrap("pebble.Cursor", err)
	}
	c.it = it
	return c, nil
}

func (c *cursor) Next() bool {
	switch {
	case !c.usable():
		return false
	case !c.started:
		c.refresh()
		return c.at(c.it.First())
	}
	return c.at(c.it.Next())
}

func (c *cursor) Seek(key []byte) bool {
	if !c.usable() {
		return false
	}
	c.refresh()
	c.target = dataKey(c.target, key)
	return c.at(c.it.SeekGE(c.target))
}

func (c *cursor) usable() bool {
	if c.err == nil && (c.it == nil || c.reader.from == nil) {
		c.err = store.ErrClosed
	}
	return c.err == nil
}

// refresh lets an iterator see what the transaction has written since. Where it has written nothing, Pebble may still
// find the next key from where the iterator stands.
func (c *cursor) refresh() {
	if c.writes != c.reader.writes {
		c.writes = c.reader.writes
		c.it.SetOptions(&c.options)
	}
}

// at takes the item that the iterator has come to, where there is one.
func (c *cursor) at(found bool) bool {
	c.started = true
	if !found {
		c.item, c.err = store.Item{}, fault.Wrap("pebble.Cursor", c.it.Error())
		return false
	}
	raw, err := c.it.ValueAndErr()
	if err == nil {
		c.item, err = decodeItem(c.it.Key()[1:], raw)
	}
	c.err = fault.Wrap("pebble.Cursor", err)
	return err == nil
}

func (c *cursor) Item() store.Item { return c.item }
func (c *cursor) Err() error       { return c.err }

func (c *cursor) Close() error {
	if c.it == nil {
		return store.ErrClosed
	}
	defer c.reader.store.unuse()
	closed := fault.Wrap("pebble.Cursor", c.it.Close())
	c.it, c.item = nil, store.Item{}
	if c.err != nil {
		return c.err // closed would say the same again
	}
	return closed
}
