package store

import (
	"bytes"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// view is what a guarded cursor goes through. It is locked while the backend works: the store may be closed meanwhile.
type view interface {
	lock()
	unlock()
	usable() error
	released() // a cursor was closed
}

// cursors are the open ones of a view, which is locked.
type cursors []*guardedCursor

// add opens a cursor.
func (o *cursors) add(r Reader, v view, start, end []byte) (Cursor, error) {
	const op = "store.Cursor"
	if err := v.usable(); err != nil {
		return nil, err
	}
	c := &guardedCursor{view: v, open: o, place: len(*o), inner: nowhere{}}
	c.start = append(c.buf[:0:len(c.buf)], start...)
	if end != nil {
		c.bounded, c.end = true, append(c.start[len(c.start):], end...)
	}
	if !c.bounded || bytes.Compare(start, end) < 0 {
		inner, err := r.Cursor(c.start, c.upper())
		if err != nil {
			return nil, contextFault(op, err)
		}
		c.inner = inner
	}
	*o = append(*o, c)
	return c, nil
}

// end closes them with their view, in its goroutine.
func (o *cursors) end() {
	for _, c := range *o {
		c.closed = true
		if err := c.inner.Close(); err != nil && c.err == nil {
			c.err = contextFault("store.Cursor", err)
		}
		c.inner = nowhere{}
	}
	*o = nil
}

// remove forgets one.
func (o *cursors) remove(c *guardedCursor) {
	last := len(*o) - 1
	moved := (*o)[last]
	(*o)[c.place], moved.place = moved, c.place
	(*o)[last] = nil
	*o = (*o)[:last]
}

// guardedCursor lets a backend's cursor through for as long as it is in order, within bounds, and its view is open.
type guardedCursor struct {
	view  view
	inner Cursor
	open  *cursors
	place int // in open

	start, end []byte
	bounded    bool
	last       []byte // key of the item it stands on; nil where on none
	lastBuf    []byte
	ended      bool // Next has met the end
	closed     bool
	err        error
	buf        [96]byte // room for the bounds
}

func (c *guardedCursor) upper() []byte {
	if !c.bounded {
		return nil
	}
	return c.end
}

func (c *guardedCursor) Next() bool {
	c.view.lock()
	defer c.view.unlock()
	if !c.usable() || c.ended {
		return false
	}
	return c.at(c.inner.Next(), c.last)
}

func (c *guardedCursor) Seek(key []byte) bool {
	c.view.lock()
	defer c.view.unlock()
	if !c.usable() {
		return false
	}
	if bytes.Compare(key, c.start) < 0 {
		key = c.start
	}
	c.ended = c.bounded && bytes.Compare(key, c.end) >= 0
	if c.ended {
		c.last = nil
		return false
	}
	found := c.at(c.inner.Seek(key), nil)
	if found && bytes.Compare(c.last, key) < 0 {
		c.err = fault.Newf(fault.Internal, "store.Cursor", "", "backend finds %q for %q", c.last, key)
		return false
	}
	return found
}

func (c *guardedCursor) usable() bool {
	if c.err == nil {
		if c.closed {
			c.err = ErrClosed
		} else {
			c.err = c.view.usable()
		}
	}
	return c.err == nil
}

// at checks where the backend's cursor has come to.
func (c *guardedCursor) at(found bool, last []byte) bool {
	if !found {
		c.ended, c.last = true, nil
		c.err = contextFault("store.Cursor", c.inner.Err())
		return false
	}
	key := c.inner.Item().Key
	if c.err = checkOrder(key, last, c.start, c.upper()); c.err != nil {
		return false
	}
	c.lastBuf = append(c.lastBuf[:0], key...)
	c.last = c.lastBuf
	return true
}

func (c *guardedCursor) Item() Item {
	if c.last == nil || c.closed || c.err != nil {
		return Item{}
	}
	return c.inner.Item()
}

func (c *guardedCursor) Err() error {
	c.view.lock()
	defer c.view.unlock()
	return c.err
}

func (c *guardedCursor) Close() error {
	c.view.lock()
	defer c.view.unlock()
	if c.closed {
		return ErrClosed
	}
	c.closed = true
	c.open.remove(c)
	err := c.inner.Close()
	c.view.released()
	if c.err != nil {
		return c.err
	}
	return contextFault("store.Cursor", err)
}

// nowhere is a cursor over nothing.
type nowhere struct{}

func (nowhere) Next() bool       { return false }
func (nowhere) Seek([]byte) bool { return false }
func (nowhere) Item() Item       { return Item{} }
func (nowhere) Err() error       { return nil }
func (nowhere) Close() error     { return nil }
