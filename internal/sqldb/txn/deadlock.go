package txn

// breakCycles looks for transactions that wait for one another because of w's request, and ends the wait of one of
// each circle. m is locked.
func (m *locks) breakCycles(w *waiter) {
	for {
		circle := m.circle(w)
		if circle == nil {
			return
		}
		victim := circle[0]
		for _, other := range circle[1:] {
			if other.tx.lesser(victim.tx) {
				victim = other
			}
		}
		m.leave(victim)
		victim.done <- errVictim(victim.tx.session)
		if victim == w {
			return
		}
		if w.tx.waiting != w {
			return // it was served
		}
	}
}

// lesser reports whether t is the better victim: its session said so (SET DEADLOCK_PRIORITY), or it has written less.
func (t *Tx) lesser(other *Tx) bool {
	if p, q := t.priority.Load(), other.priority.Load(); p != q {
		return p < q
	}
	return t.written.Load() < other.written.Load()
}

// circle is a chain of waiters that begins with w and whose last one waits for w's transaction; nil where there is none.
func (m *locks) circle(w *waiter) []*waiter {
	seen := map[*Tx]bool{}
	var path []*waiter
	var visit func(at *waiter) bool
	visit = func(at *waiter) bool {
		path = append(path, at)
		for _, blocker := range m.blockers(at) {
			if blocker == w.tx {
				return true
			}
			if seen[blocker] || blocker.waiting == nil {
				continue
			}
			seen[blocker] = true
			if visit(blocker.waiting) {
				return true
			}
		}
		path = path[:len(path)-1]
		return false
	}
	if visit(w) {
		return path
	}
	return nil
}

// blockers are the transactions that a waiter waits for: holders in its way, and whoever stands before it.
func (m *locks) blockers(w *waiter) []*Tx {
	l := m.held[w.on]
	var txs []*Tx
	for _, h := range l.holders {
		if h.tx != w.tx && h.modes.conflicts(w.mode) {
			txs = append(txs, h.tx)
		}
	}
	for _, ahead := range l.queue {
		if ahead == w {
			break
		}
		txs = append(txs, ahead.tx)
	}
	return txs
}
