package store

import (
	"bytes"
	"context"
	"iter"
	"sync"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// guardedSnapshot is a snapshot whose end is known.
type guardedSnapshot struct {
	store *enforcer
	ctx   context.Context // of Snapshot: it bounds the reads
	inner Snapshot

	mu     sync.Mutex // held while the backend works, not while the body of a scan's loop does
	scans  int
	closed bool
	orphan bool // the store closed first; the last scan or cursor closes inner
	open   cursors
}

func (s *guardedSnapshot) Get(key []byte) (Item, error) {
	const op = "store.Get"
	if err := checkKey(op, key); err != nil {
		return Item{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.usable(); err != nil {
		return Item{}, err
	}
	item, err := s.inner.Get(key)
	return item, contextFault(op, err)
}

func (s *guardedSnapshot) usable() error {
	if s.closed {
		return ErrClosed
	}
	return contextFault("store.Snapshot", s.ctx.Err())
}

func (s *guardedSnapshot) Scan(start, end []byte) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		s.mu.Lock()
		defer s.mu.Unlock()
		unlocked := func(i Item, err error) bool {
			s.mu.Unlock()
			defer s.mu.Lock()
			return yield(i, err)
		}
		if err := s.usable(); err != nil {
			unlocked(Item{}, err)
			return
		}
		s.scans++
		defer s.scanned()
		guardScan(s.inner, start, end, s.usable, unlocked)
	}
}

func (s *guardedSnapshot) Cursor(start, end []byte) (Cursor, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.open.add(s.inner, s, start, end)
}

func (s *guardedSnapshot) lock()   { s.mu.Lock() }
func (s *guardedSnapshot) unlock() { s.mu.Unlock() }

// scanned counts a scan out.
func (s *guardedSnapshot) scanned() {
	s.scans--
	s.released()
}

// released closes an orphan when nothing goes through it any more.
func (s *guardedSnapshot) released() {
	if s.orphan && s.scans == 0 && len(s.open) == 0 {
		s.orphan = false
		_ = s.inner.Close() // Close of the store has reported the leak already
	}
}

func (s *guardedSnapshot) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return ErrClosed
	}
	s.closed = true
	s.open.end()
	s.store.forget(s)
	return s.inner.Close()
}

// abandon is Close by the store. A scan or cursor that another goroutine is in the middle of ends at its next step.
func (s *guardedSnapshot) abandon() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	if s.scans > 0 || len(s.open) > 0 {
		s.orphan = true
		return nil
	}
	return s.inner.Close()
}

// guardedTx is a transaction that ends with the function it was made for.
type guardedTx struct {
	store *enforcer
	ctx   context.Context
	inner Tx
	ended bool
	bytes int // of keys and values written
	open  cursors
}

func (t *guardedTx) end() {
	t.ended = true
	t.open.end()
}

func (t *guardedTx) lock()     {}
func (t *guardedTx) unlock()   {}
func (t *guardedTx) released() {}

func (t *guardedTx) usable() error {
	if t.ended {
		return ErrClosed
	}
	return contextFault("store.Update", t.ctx.Err())
}

func (t *guardedTx) Get(key []byte) (Item, error) {
	const op = "store.Get"
	if err := t.usable(); err != nil {
		return Item{}, err
	}
	if err := checkKey(op, key); err != nil {
		return Item{}, err
	}
	item, err := t.inner.Get(key)
	return item, contextFault(op, err)
}

func (t *guardedTx) Scan(start, end []byte) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		if err := t.usable(); err != nil {
			yield(Item{}, err)
			return
		}
		guardScan(t.inner, start, end, t.usable, yield)
	}
}

func (t *guardedTx) Cursor(start, end []byte) (Cursor, error) {
	return t.open.add(t.inner, t, start, end)
}

func (t *guardedTx) Put(key, value []byte) error {
	const op = "store.Put"
	if len(value) > MaxValue {
		return fault.Newf(fault.TooLarge, op, "", "a value of %d bytes is over the limit of %d", len(value), MaxValue)
	}
	if err := t.grow(op, key, len(value)); err != nil {
		return err
	}
	return contextFault(op, t.inner.Put(key, value))
}

func (t *guardedTx) Delete(key []byte) error {
	const op = "store.Delete"
	if err := t.grow(op, key, 0); err != nil {
		return err
	}
	return contextFault(op, t.inner.Delete(key))
}

// grow counts a write, so that no transaction outgrows the memory.
func (t *guardedTx) grow(op string, key []byte, value int) error {
	if err := t.usable(); err != nil {
		return err
	}
	if err := checkKey(op, key); err != nil {
		return err
	}
	if t.bytes+len(key)+value > MaxUpdate {
		return fault.Newf(fault.TooLarge, op, "", "a transaction may write %d bytes", MaxUpdate)
	}
	t.bytes += len(key) + value
	return nil
}

func (t *guardedTx) OnCommit(f func(Version)) {
	if f == nil || t.ended {
		return
	}
	t.inner.OnCommit(func(v Version) {
		t.store.updating.Add(1)
		defer t.store.updating.Add(-1)
		f(v)
	})
}

func checkKey(op string, key []byte) error {
	switch {
	case len(key) == 0:
		return fault.New(fault.Invalid, op, "", "a key has at least one byte")
	case len(key) > MaxKey:
		return fault.Newf(fault.TooLarge, op, "", "a key of %d bytes is over the limit of %d", len(key), MaxKey)
	}
	return nil
}

// guardScan yields what the backend does for as long as it is in order, within bounds, and usable says so.
func guardScan(r Reader, start, end []byte, usable func() error, yield func(Item, error) bool) {
	const op = "store.Scan"
	if end != nil && bytes.Compare(start, end) >= 0 {
		return
	}
	var last []byte
	for item, err := range r.Scan(start, end) {
		if err == nil {
			err = checkOrder(item.Key, last, start, end)
		}
		if err != nil {
			yield(Item{}, contextFault(op, err))
			return
		}
		last = item.Key
		if !yield(item, nil) {
			return
		}
		if err := usable(); err != nil {
			yield(Item{}, err)
			return
		}
	}
}

func checkOrder(key, last, start, end []byte) error {
	if last != nil && bytes.Compare(key, last) <= 0 ||
		bytes.Compare(key, start) < 0 || end != nil && bytes.Compare(key, end) >= 0 {
		return fault.Newf(fault.Internal, "store.Scan", "", "backend yields %q after %q in [%q, %q)", key, last, start, end)
	}
	return nil
}
