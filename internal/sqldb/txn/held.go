package txn

import (
	"context"

	"github.com/alcedo-cloud/alcedo/internal/store"
)

// escalation is how many keys of a table a transaction locks before it tries to lock the table instead, and tries again
// after each further so many.
const (
	escalation      = 5000
	escalationAgain = 1250
)

// heldLocks are the locks of one transaction.
type heldLocks struct {
	tables []tableLocks
}

// tableLocks are those of one table.
type tableLocks struct {
	on    resource
	modes modeSet
	keys  map[uint64]modeSet
	all   modeSet // the union of keys
	next  int     // number of keys at which escalation is tried
	taken int     // of a named lock: how often it was taken
}

func (h *heldLocks) table(on resource) *tableLocks {
	for i := range h.tables {
		if h.tables[i].on == on {
			return &h.tables[i]
		}
	}
	h.tables = append(h.tables, tableLocks{on: on, next: escalation})
	return &h.tables[len(h.tables)-1]
}

// LockTable locks a whole table until the transaction ends. It fails with message 1222 after the lock timeout, and with
// 1205 where the transaction is a deadlock's victim: it must then be rolled back. waited says that somebody else had
// the table in between, so that its definition may have changed.
func (t *Tx) LockTable(ctx context.Context, x Table, mode Mode) (waited bool, err error) {
	if t.ended {
		return false, ErrEnded
	}
	if x.Space != Stored {
		return false, nil
	}
	h := t.held.table(resource{x.Database, x.ID, 0})
	if mode == SchemaStability {
		return t.lockSchema(ctx, h)
	}
	if h.modes.covers(mode) {
		return false, nil
	}
	waited, err = t.engine.locks.acquire(ctx, t, h.on, mode, t.timeout)
	if err == nil {
		h.modes |= 1 << mode
	}
	return waited, err
}

// lockSchema locks a table's definition for the statement.
func (t *Tx) lockSchema(ctx context.Context, h *tableLocks) (waited bool, err error) {
	if h.modes != 0 || len(t.frames) == 0 {
		return false, nil // any other lock of the table keeps its definition too
	}
	waited, err = t.engine.locks.acquire(ctx, t, h.on, SchemaStability, t.timeout)
	if err == nil {
		h.modes |= 1 << SchemaStability
		f := &t.frames[len(t.frames)-1]
		if f.schema == nil {
			f.schema = f.one[:0]
		}
		f.schema = append(f.schema, h.on)
	}
	return waited, err
}

// LockKey locks a key until the transaction ends: Shared, Update or Exclusive, and the table for the like intent. What
// the key has now, Newest says.
func (t *Tx) LockKey(ctx context.Context, x *Index, key []byte, mode Mode) error {
	if t.ended {
		return ErrEnded
	}
	if x.Table.Space != Stored {
		return nil
	}
	return t.lock(ctx, x, key, t.engine.locks.key(x.Table, key), mode)
}

// LockReference locks the existence of a key rather than what lies under it: Shared by whoever refers to it, Exclusive
// by whoever takes it away. Changes of the row that leave its key alone are in nobody's way.
func (t *Tx) LockReference(ctx context.Context, x *Index, key []byte, mode Mode) error {
	if t.ended {
		return ErrEnded
	}
	if x.Table.Space != Stored {
		return nil
	}
	on := t.engine.locks.key(x.Table, key)
	on.hash = ^on.hash
	if on.hash == 0 {
		on.hash = 1
	}
	return t.lock(ctx, x, key, on, mode)
}

func (t *Tx) lock(ctx context.Context, x *Index, key []byte, on resource, mode Mode) error {
	intent := IntentExclusive
	if mode == Shared {
		intent = IntentShared
	}
	if _, err := t.LockTable(ctx, x.Table, intent); err != nil {
		return err
	}
	h := t.held.table(resource{x.Table.Database, x.Table.ID, 0})
	if h.modes.covers(mode) && mode != Update || h.modes.has(Exclusive) {
		return t.observe(x, key)
	}
	if h.keys[on.hash].covers(mode) {
		return nil
	}
	if _, err := t.engine.locks.acquire(ctx, t, on, mode, t.timeout); err != nil {
		return err
	}
	if h.keys == nil {
		h.keys = map[uint64]modeSet{}
	}
	h.keys[on.hash] |= 1 << mode
	h.all |= 1 << mode
	if len(h.keys) >= h.next {
		t.escalate(h)
	}
	return t.observe(x, key)
}

// LockRow is LockKey for a row that the statement has read: where it has changed since, the error is ErrStale, or
// ErrConflict in a snapshot transaction. The lock is kept either way.
func (t *Tx) LockRow(ctx context.Context, x *Index, key []byte, mode Mode) error {
	if err := t.LockKey(ctx, x, key, mode); err != nil {
		return err
	}
	if x.Table.Space != Stored {
		return nil
	}
	same, err := t.unchanged(x, key)
	switch {
	case err != nil || same:
		return err
	case t.isolation == Snapshot:
		return ErrConflict
	}
	return ErrStale
}

// observe remembers what a key was when it was locked, where other processes write to the same store: they know
// nothing of this one's locks, so the commit looks again.
func (t *Tx) observe(x *Index, key []byte) error {
	if !t.engine.shared {
		return nil
	}
	if _, known := t.seen[string(key)]; known {
		return nil
	}
	v, err := t.fresh(t.engine.table(x.Table))
	if err != nil {
		return err
	}
	version, err := v.version(key)
	if err != nil {
		return err
	}
	if t.seen == nil {
		t.seen = map[string]store.Version{}
	}
	t.seen[string(key)] = version
	return nil
}

// escalate locks the table instead of its keys, if nobody is in the way.
func (t *Tx) escalate(h *tableLocks) {
	mode := Exclusive
	if h.all == 1<<Shared {
		mode = Shared
	}
	if !t.engine.locks.try(t, h.on, mode) {
		h.next = len(h.keys) + escalationAgain
		return
	}
	h.modes |= 1 << mode
	m := t.engine.locks
	m.mu.Lock()
	defer m.mu.Unlock()
	m.releaseKeys(t, h)
}

func (m *locks) releaseKeys(t *Tx, h *tableLocks) {
	for hash, modes := range h.keys {
		m.release(t, resource{h.on.database, h.on.table, hash}, modes)
	}
	h.keys, h.all = nil, 0
}

func (t *Tx) releaseSchema(list []resource) {
	if len(list) == 0 {
		return
	}
	m := t.engine.locks
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, on := range list {
		t.held.table(on).modes &^= 1 << SchemaStability
		m.release(t, on, 1<<SchemaStability)
	}
}

// releaseAll gives up all locks.
func (t *Tx) releaseAll() {
	if len(t.held.tables) == 0 {
		return
	}
	m := t.engine.locks
	m.mu.Lock()
	defer m.mu.Unlock()
	for i := range t.held.tables {
		h := &t.held.tables[i]
		m.releaseKeys(t, h)
		if h.modes != 0 {
			m.release(t, h.on, h.modes)
		}
	}
	t.held.tables = nil
}

// TryTable is LockTable that does not wait; it reports whether the table is locked now.
func (t *Tx) TryTable(x Table, mode Mode) bool {
	if t.ended {
		return false
	}
	if x.Space != Stored {
		return true
	}
	h := t.held.table(resource{x.Database, x.ID, 0})
	if h.modes.covers(mode) {
		return true
	}
	if !t.engine.locks.try(t, h.on, mode) {
		return false
	}
	h.modes |= 1 << mode
	return true
}
