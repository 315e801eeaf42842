package txn

import (
	"context"
	"hash/maphash"
	"sync"
	"time"
)

// resource is what is locked: a table (hash 0) or a key of it. Keys are known by their hash, as SQL Server's are: two
// with the same one lock each other out, which costs time and no truth.
type resource struct {
	database, table int32
	hash            uint64
}

// locks are those of all transactions.
type locks struct {
	seed maphash.Seed

	mu   sync.Mutex
	held map[resource]*lock
	free []*lock
}

// lock is one resource that is held or waited for.
type lock struct {
	holders []holder
	queue   []*waiter
}

type holder struct {
	tx    *Tx
	modes modeSet
}

// waiter is a request that could not be granted at once.
type waiter struct {
	tx   *Tx
	mode Mode
	on   resource
	done chan error // one answer: granted, or chosen as a victim
}

func newLocks() *locks {
	return &locks{seed: maphash.MakeSeed(), held: map[resource]*lock{}}
}

// key names a key of a table. 0 is the table itself.
func (m *locks) key(t Table, key []byte) resource {
	h := maphash.Bytes(m.seed, key)
	if h == 0 {
		h = 1
	}
	return resource{t.Database, t.ID, h}
}

// acquire gets a lock, and waits for it if it must. limit below 0 is no limit; 0 does not wait. waited says that the
// request stood in a queue: the world may have changed meanwhile.
func (m *locks) acquire(ctx context.Context, tx *Tx, on resource, mode Mode, limit time.Duration) (waited bool, err error) {
	m.mu.Lock()
	l := m.held[on]
	if l == nil {
		l = m.make(on)
	}
	if l.grantable(tx, mode, len(l.queue)) {
		l.grant(tx, mode)
		m.mu.Unlock()
		return false, nil
	}
	if limit == 0 {
		m.drop(on, l)
		m.mu.Unlock()
		return false, errTimeout()
	}
	w := &waiter{tx: tx, mode: mode, on: on, done: make(chan error, 1)}
	l.enqueue(w)
	tx.waiting = w
	m.breakCycles(w)
	m.mu.Unlock()
	return true, m.wait(ctx, w, limit)
}

// try gets a lock if nobody is in the way.
func (m *locks) try(tx *Tx, on resource, mode Mode) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	l := m.held[on]
	if l == nil {
		l = m.make(on)
	}
	if l.grantable(tx, mode, len(l.queue)) {
		l.grant(tx, mode)
		return true
	}
	m.drop(on, l)
	return false
}

func (m *locks) wait(ctx context.Context, w *waiter, limit time.Duration) error {
	var expired <-chan time.Time
	if limit > 0 {
		timer := time.NewTimer(limit)
		defer timer.Stop()
		expired = timer.C
	}
	var err error
	select {
	case err = <-w.done:
		return err
	case <-expired:
		err = errTimeout()
	case <-ctx.Done():
		err = ctx.Err()
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	select {
	case late := <-w.done:
		return late // the answer came first
	default:
	}
	m.leave(w)
	return err
}

// leave takes a waiter out of its queue; those behind it may be served.
func (m *locks) leave(w *waiter) {
	w.tx.waiting = nil
	l := m.held[w.on]
	for i, other := range l.queue {
		if other == w {
			l.queue = append(l.queue[:i], l.queue[i+1:]...)
			break
		}
	}
	m.serve(w.on, l)
}

// release gives back the modes of one resource.
func (m *locks) release(tx *Tx, on resource, modes modeSet) {
	l := m.held[on]
	if l == nil {
		return
	}
	for i := range l.holders {
		if l.holders[i].tx != tx {
			continue
		}
		if l.holders[i].modes &^= modes; l.holders[i].modes == 0 {
			last := len(l.holders) - 1
			l.holders[i] = l.holders[last]
			l.holders[last] = holder{}
			l.holders = l.holders[:last]
		}
		break
	}
	m.serve(on, l)
}

// serve grants what can be granted, in the order of the queue.
func (m *locks) serve(on resource, l *lock) {
	for len(l.queue) > 0 {
		w := l.queue[0]
		if !l.grantable(w.tx, w.mode, 0) {
			return
		}
		l.queue = append(l.queue[:0], l.queue[1:]...)
		w.tx.waiting = nil
		l.grant(w.tx, w.mode)
		w.done <- nil
	}
	m.drop(on, l)
}

func (m *locks) make(on resource) *lock {
	var l *lock
	if n := len(m.free); n > 0 {
		l, m.free = m.free[n-1], m.free[:n-1]
	} else {
		l = &lock{}
	}
	m.held[on] = l
	return l
}

// drop forgets a lock that nobody has or wants.
func (m *locks) drop(on resource, l *lock) {
	if len(l.holders) > 0 || len(l.queue) > 0 {
		return
	}
	delete(m.held, on)
	if len(m.free) < 1024 {
		m.free = append(m.free, l)
	}
}

// grantable reports whether no other holder is in the way, and nobody stands ahead in the queue. Who holds the lock
// already and wants more goes before those who hold nothing of it.
func (l *lock) grantable(tx *Tx, mode Mode, ahead int) bool {
	holds := false
	for _, h := range l.holders {
		if h.tx == tx {
			holds = true
		} else if h.modes.conflicts(mode) {
			return false
		}
	}
	if holds || ahead == 0 {
		return true
	}
	for _, w := range l.queue[:ahead] {
		if setOf(w.mode).conflicts(mode) {
			return false
		}
	}
	return true
}

func (l *lock) grant(tx *Tx, mode Mode) {
	for i := range l.holders {
		if l.holders[i].tx == tx {
			l.holders[i].modes |= 1 << mode
			return
		}
	}
	l.holders = append(l.holders, holder{tx, 1 << mode})
}

// enqueue puts conversions before new requests.
func (l *lock) enqueue(w *waiter) {
	at := len(l.queue)
	if l.holds(w.tx) {
		at = 0
		for at < len(l.queue) && l.holds(l.queue[at].tx) {
			at++
		}
	}
	l.queue = append(l.queue, nil)
	copy(l.queue[at+1:], l.queue[at:])
	l.queue[at] = w
}

func (l *lock) holds(tx *Tx) bool {
	for _, h := range l.holders {
		if h.tx == tx {
			return true
		}
	}
	return false
}
