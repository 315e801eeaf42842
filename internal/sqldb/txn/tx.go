package txn

import (
	"errors"
	"strings"
	"sync/atomic"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/store"
)

// Tx is a transaction: what it has written, its locks, and the snapshots it reads. It is for one goroutine at a time.
// Reading and writing are done within a statement, which BeginStatement opens.
type Tx struct {
	engine    *Engine
	isolation Isolation
	local     *Local
	session   int
	timeout   time.Duration
	number    uint64

	rows      log // written to tables of the store
	localMark mark
	frames    []frame
	snapshot  *view // of a snapshot transaction
	newest    *view
	saved     []savepoint
	held      heldLocks
	seen      map[string]store.Version // where the store is shared: what rows were when they were locked

	onCommit      []func(store.Tx) error
	afterCommit   []func()
	afterRollback []func()
	ended         bool

	waiting  *waiter // guarded by the engine's locks
	priority atomic.Int32
	written  atomic.Int64

	first struct { // room for what most transactions have one of
		frame  [1]frame
		tables [1]tableLocks
	}
}

// frame is one statement in progress. A trigger's statements lie within that which fired it.
type frame struct {
	view     *view
	rows     mark
	temp     mark
	variable mark
	hooks    [3]int
	schema   []resource // locked for the statement only
	one      [1]resource
}

type savepoint struct {
	name  string
	rows  mark
	temp  mark
	hooks [3]int
}

// Number tells transactions of an engine apart; it is never 0.
func (t *Tx) Number() uint64 { return t.number }

// Isolation is the level in force.
func (t *Tx) Isolation() Isolation { return t.isolation }

// SetIsolation changes the level for the statements to come. Into Snapshot it can only be set before anything was read;
// the session refuses that with message 3951 and its sisters.
func (t *Tx) SetIsolation(level Isolation) {
	t.isolation = level
}

// SetTimeout is SET LOCK_TIMEOUT.
func (t *Tx) SetTimeout(d time.Duration) { t.timeout = d }

// SetPriority is SET DEADLOCK_PRIORITY: -10 to 10.
func (t *Tx) SetPriority(p int) { t.priority.Store(int32(p)) }

// Dirty reports whether there is anything to commit.
func (t *Tx) Dirty() bool { return len(t.rows.lists) > 0 || len(t.onCommit) > 0 }

// OnCommit has f called in the update that commits the transaction; its error undoes the transaction. Undoing a
// statement or going back to a savepoint takes away what was asked for since. f may be called more than once.
func (t *Tx) OnCommit(f func(store.Tx) error) { t.onCommit = append(t.onCommit, f) }

// AfterCommit has f called once the transaction is committed.
func (t *Tx) AfterCommit(f func()) { t.afterCommit = append(t.afterCommit, f) }

// AfterRollback has f called once the transaction is rolled back. It stays also where the statement is undone that
// asked for it, so that f can clean up after what was not to be undone.
func (t *Tx) AfterRollback(f func()) { t.afterRollback = append(t.afterRollback, f) }

func (t *Tx) hooks() [3]int { return [3]int{len(t.onCommit), len(t.afterCommit)} }

func (t *Tx) dropHooks(h [3]int) {
	t.onCommit, t.afterCommit = t.onCommit[:h[0]], t.afterCommit[:h[1]]
}

// Savepoint is SAVE TRANSACTION. A name may be used again: the latest one counts.
func (t *Tx) Savepoint(name string) {
	t.saved = append(t.saved, savepoint{name, t.rows.mark(), t.local.temporary.mark(), t.hooks()})
}

// RollbackTo goes back to a savepoint, which stays; later ones are gone. Locks are kept. It is false where there is no
// such savepoint.
func (t *Tx) RollbackTo(name string) bool {
	for i := len(t.saved) - 1; i >= 0; i-- {
		s := t.saved[i]
		if !strings.EqualFold(s.name, name) {
			continue
		}
		t.rows.back(s.rows)
		t.local.temporary.back(s.temp)
		t.dropHooks(s.hooks)
		t.saved = t.saved[:i+1]
		return true
	}
	return false
}

// Rollback undoes everything and ends the transaction. A second end is no error.
func (t *Tx) Rollback() error {
	if t.ended {
		return nil
	}
	t.local.temporary.back(t.localMark)
	err := t.end(nil)
	for i := len(t.afterRollback) - 1; i >= 0; i-- {
		t.afterRollback[i]()
	}
	return err
}

// end closes what is open, calls last, and gives up the locks.
func (t *Tx) end(last []func()) error {
	t.ended = true
	var err error
	for len(t.frames) > 0 {
		err = errors.Join(err, t.closeFrame())
	}
	err = errors.Join(err, t.snapshot.close(), t.newest.close())
	t.snapshot, t.newest = nil, nil
	t.local.temporary.settle()
	t.local.variable.settle()
	for _, f := range last {
		f() // before the locks go: who waits for them must find what these install
	}
	t.releaseAll()
	t.rows, t.saved = log{}, nil
	return err
}

func (v *view) close() error {
	if v == nil {
		return nil
	}
	return v.Snapshot.Close()
}

// Engine is the engine that the transaction belongs to.
func (t *Tx) Engine() *Engine { return t.engine }

// Local is the session's storage.
func (t *Tx) Local() *Local { return t.local }
