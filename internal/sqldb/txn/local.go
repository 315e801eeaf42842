package txn

import "github.com/alcedo-cloud/alcedo/internal/sqldb/value"

// mostLocal bounds what the tables of one session hold in memory, in bytes.
const mostLocal = 512 << 20

// Local is a session's own storage: temporary tables and table variables. It lives in memory and ends with the session.
// It is for one goroutine at a time.
type Local struct {
	temporary, variable log
	next                map[Counter]int64
	written             int // bytes, since the tables were last counted
}

// NewLocal makes an empty one.
func NewLocal() *Local { return &Local{} }

// Drop forgets a table's rows. It cannot be undone: call it after commit.
func (l *Local) Drop(t Table) {
	g := &l.temporary
	if t.Space == Variable {
		g = &l.variable
	}
	kept := g.lists[:0]
	for _, x := range g.lists {
		if x.index.Table != t {
			kept = append(kept, x)
		}
	}
	clear(g.lists[len(kept):])
	g.lists = kept
}

// Bytes is roughly how much memory the tables take.
func (l *Local) Bytes() int { return l.temporary.bytes() + l.variable.bytes() }

// room fails with message 1105 where the tables have outgrown their bound. Counting takes time, so it is done after each
// further part of the bound.
func (l *Local) room(n int) error {
	if l.written += n; l.written < mostLocal/64 {
		return nil
	}
	l.written = 0
	if l.Bytes() < mostLocal {
		return nil
	}
	return value.Errorf(1105, 17, 2, "Could not allocate space for object 'temporary table' in database 'tempdb' "+
		"because the 'PRIMARY' filegroup is full due to lack of storage space or database files reaching the maximum allowed size.")
}

// Clear forgets everything: the session was reset.
func (l *Local) Clear() { *l = Local{} }

// settle ends what could be undone, and gives back the memory of lists that are mostly dead.
func (g *log) settle() {
	clear(g.changes)
	g.changes = g.changes[:0]
	for _, l := range g.lists {
		if dead := len(l.nodes) - 1 - l.live; dead > 1024 && dead > l.live {
			l.compact()
		}
	}
}

// compact copies what is alive into a new list. There must be no marks and no cursors.
func (l *listOf) compact() {
	fresh := newList(l.skip)
	for n := l.next(0, 0); n != 0; n = l.next(n, 0) {
		if at := l.nodes[n]; at.state == present {
			n, _ := fresh.put(at.key)
			fresh.set(n, fresh.keep(at.value), present)
		}
	}
	l.list = *fresh
}

// Take gives n numbers of a counter of a table in memory.
func (l *Local) Take(c Counter, n int64) int64 {
	if l.next == nil {
		l.next = map[Counter]int64{}
	}
	first, ok := l.next[c]
	if !ok {
		first = c.Seed
	}
	l.next[c] = first + n*c.Increment
	return first
}

// Raise notes that a number was used that was not taken.
func (l *Local) Raise(c Counter, n int64) {
	first, ok := l.next[c]
	if !ok {
		first = c.Seed
	}
	if c.Increment > 0 && n >= first || c.Increment < 0 && n <= first {
		if l.next == nil {
			l.next = map[Counter]int64{}
		}
		l.next[c] = n + c.Increment
	}
}
