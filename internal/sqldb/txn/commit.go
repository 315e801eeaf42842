package txn

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"slices"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// Commit makes the transaction's writes durable, all or none, and ends it. With an error it was rolled back.
func (t *Tx) Commit(ctx context.Context) error {
	if t.ended {
		return ErrEnded
	}
	if len(t.rows.lists) > 0 || len(t.onCommit) > 0 {
		if err := t.engine.store.Update(ctx, t.apply); err != nil {
			return errors.Join(commitError(err), t.Rollback())
		}
	}
	return t.end(t.afterCommit)
}

// commitError says what the store's refusal is called in SQL.
func commitError(err error) error {
	var own *value.Error
	var f *fault.Error
	if !errors.As(err, &own) && errors.As(err, &f) && f.Kind == fault.TooLarge {
		return errLogFull()
	}
	return err
}

// apply writes the transaction into an update of the store. It may be called again for another attempt.
func (t *Tx) apply(tx store.Tx) error {
	if err := t.verify(tx); err != nil {
		return err
	}
	lists := slices.Clone(t.rows.lists)
	slices.SortFunc(lists, func(a, b *listOf) int { return bytes.Compare(a.index.prefix, b.index.prefix) })
	touched := make([]touch, 0, 4)
	for _, l := range lists {
		if err := l.apply(tx); err != nil {
			return err
		}
		var err error
		if touched, err = t.touch(tx, touched, l); err != nil {
			return err
		}
	}
	for _, hook := range t.onCommit {
		if err := hook(tx); err != nil {
			return err
		}
	}
	tx.OnCommit(func(v store.Version) {
		for _, c := range touched {
			if !t.engine.shared {
				c.state.rows.Store(c.rows)
				c.state.read.Store(c.read)
			}
			c.state.last.Store(uint64(v))
		}
		t.noteDefinitions(uint64(v))
		if v > 0 {
			t.engine.last.Store(uint64(v))
		}
	})
	return nil
}

// noteDefinitions remembers which tables the transaction has defined anew: those that it has locked for it.
func (t *Tx) noteDefinitions(version uint64) {
	e := t.engine
	for i := range t.held.tables {
		if h := &t.held.tables[i]; h.modes.has(SchemaModification) {
			e.mu.Lock()
			e.defined[h.on] = version
			e.mu.Unlock()
		}
	}
}

// Redefined reports whether a table's definition has changed since the snapshot of a snapshot transaction was taken, so
// that its rows cannot be read as they were: message 3961. In other transactions it is false.
func (t *Tx) Redefined(x Table) (bool, error) {
	if t.isolation != Snapshot || x.Space != Stored {
		return false, nil
	}
	if len(t.frames) == 0 {
		return false, ErrEnded
	}
	v, err := t.view()
	if err != nil {
		return false, err
	}
	e := t.engine
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.defined[resource{x.Database, x.ID, 0}] > v.seq, nil
}

// verify asks whether what was locked is still what it was, where other processes write to the store.
func (t *Tx) verify(tx store.Tx) error {
	for key, version := range t.seen {
		item, err := tx.Get([]byte(key))
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		if item.Version != version {
			return errVictim(t.session)
		}
	}
	return nil
}

func (l *listOf) apply(tx store.Tx) error {
	for n := l.next(0, 0); n != 0; n = l.next(n, 0) {
		at := &l.nodes[n]
		var err error
		switch at.state {
		case present:
			err = tx.Put(at.key, at.value)
		case deleted:
			err = tx.Delete(at.key)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// touch is what a commit changes of what the engine remembers of a table.
type touch struct {
	state *tableState
	rows  int64
	read  bool
}

// touch notes that a table is written to, and writes its number of rows where that changes.
func (t *Tx) touch(tx store.Tx, touched []touch, l *listOf) ([]touch, error) {
	s := t.engine.table(l.index.Table)
	at := slices.IndexFunc(touched, func(c touch) bool { return c.state == s })
	if at < 0 {
		at = len(touched)
		touched = append(touched, touch{state: s})
		if !t.engine.shared {
			touched[at].read = s.read.Load()
			touched[at].rows = s.rows.Load()
		}
	}
	if l.delta == 0 {
		return touched, nil
	}
	c := &touched[at]
	if !c.read {
		n, err := readCount(tx, l.index.Table)
		if err != nil {
			return nil, err
		}
		c.rows, c.read = n, true
	}
	c.rows += l.delta
	var buf [8]byte
	binary.BigEndian.PutUint64(buf[:], uint64(c.rows))
	return touched, tx.Put(l.index.Table.prefix(countPrefix), buf[:])
}

// readCount reads a table's number of rows.
func readCount(r store.Reader, x Table) (int64, error) {
	item, err := r.Get(x.prefix(countPrefix))
	if errors.Is(err, store.ErrNotFound) {
		return 0, nil
	}
	if err == nil && len(item.Value) != 8 {
		err = fault.Newf(fault.Internal, "txn.Rows", "", "a count of %d bytes", len(item.Value))
	}
	if err != nil {
		return 0, err
	}
	return int64(binary.BigEndian.Uint64(item.Value)), nil
}

// Rows is the number of rows of a table as the transaction sees it.
func (t *Tx) Rows(x Table) (int64, error) {
	if t.ended {
		return 0, ErrEnded
	}
	var n int64
	g := &t.rows
	switch x.Space {
	case Temporary:
		g = &t.local.temporary
	case Variable:
		g = &t.local.variable
	default:
		v := t.opened()
		if v == nil {
			taken, err := t.engine.view()
			if err != nil {
				return 0, err
			}
			defer func() { _ = taken.close() }() // a snapshot has nothing to lose
			v = taken
		}
		var err error
		if n, err = readCount(v, x); err != nil {
			return 0, err
		}
	}
	for _, l := range g.lists {
		if l.index.Table == x {
			n += l.delta
		}
	}
	return n, nil
}

// Rows is the number of rows of a table in the store as of some recent commit: for whoever chooses a plan. -1 is that of
// a table in memory, which only its session can count.
func (e *Engine) Rows(ctx context.Context, x Table) (int64, error) {
	if x.Space != Stored {
		return -1, nil
	}
	if s := e.table(x); s.read.Load() {
		return s.rows.Load(), nil
	}
	var n int64
	err := store.View(ctx, e.store, func(r store.Reader) (err error) {
		n, err = readCount(r, x)
		return err
	})
	return n, err
}
