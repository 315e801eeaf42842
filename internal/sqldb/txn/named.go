package txn

import "context"

// Named locks are those that a program takes by names of its own. Each is counted: it goes when it has been released as
// often as it was taken, or with its transaction.

// LockNamed is LockTable of such a lock.
func (t *Tx) LockNamed(ctx context.Context, x Table, mode Mode) (waited bool, err error) {
	if waited, err = t.LockTable(ctx, x, mode); err == nil {
		t.held.table(resource{x.Database, x.ID, 0}).taken++
	}
	return waited, err
}

// ReleaseNamed gives one taking of a lock back; false where it is not held.
func (t *Tx) ReleaseNamed(x Table) bool {
	if t.ended {
		return false
	}
	h := t.held.table(resource{x.Database, x.ID, 0})
	if h.taken == 0 {
		return false
	}
	if h.taken--; h.taken == 0 {
		m := t.engine.locks
		m.mu.Lock()
		defer m.mu.Unlock()
		m.release(t, h.on, h.modes)
		h.modes = 0
	}
	return true
}

// HoldsNamed reports whether any named lock is held.
func (t *Tx) HoldsNamed() bool {
	for i := range t.held.tables {
		if t.held.tables[i].taken > 0 {
			return true
		}
	}
	return false
}

// Held are the modes in which the transaction holds a table, the weakest first.
func (t *Tx) Held(x Table) []Mode {
	var list []Mode
	for i := range t.held.tables {
		if h := &t.held.tables[i]; h.on == (resource{x.Database, x.ID, 0}) {
			for m := range modes {
				if h.modes.has(m) {
					list = append(list, m)
				}
			}
		}
	}
	return list
}

// Grantable reports whether a transaction would get a lock now; nil is one that holds nothing.
func (e *Engine) Grantable(t *Tx, x Table, mode Mode) bool {
	m := e.locks
	m.mu.Lock()
	defer m.mu.Unlock()
	l := m.held[resource{x.Database, x.ID, 0}]
	return l == nil || l.grantable(t, mode, len(l.queue))
}
