package txn

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/store"
)

// Config is what an engine needs.
type Config struct {
	Store store.Store
}

// Engine runs the transactions of all databases of an instance. There is one for each store that a process has open;
// it is safe for concurrent use.
type Engine struct {
	store  store.Store
	shared bool
	locks  *locks
	last   atomic.Uint64 // version of the latest commit that has written rows

	mu       sync.Mutex
	tables   map[Table]*tableState
	counters map[counterKey]*counter
	defined  map[resource]uint64 // by table: version of the latest commit that changed its definition
	closed   bool
	number   atomic.Uint64 // of transactions begun
}

// tableState is what an engine remembers of a table.
type tableState struct {
	last atomic.Uint64 // version of the latest commit that has written to it
	rows atomic.Int64  // as committed; only an unshared store has an order of commits to keep it in
	read atomic.Bool   // rows is known
}

// New makes an engine over a store.
func New(c Config) (*Engine, error) {
	if c.Store == nil {
		return nil, errors.New("txn.New: no store")
	}
	return &Engine{
		store: c.Store, shared: c.Store.Shared(), locks: newLocks(),
		tables: map[Table]*tableState{}, counters: map[counterKey]*counter{}, defined: map[resource]uint64{},
	}, nil
}

// Close gives back the numbers that counters have reserved and not used. Transactions must have ended.
func (e *Engine) Close(ctx context.Context) error {
	e.mu.Lock()
	if e.closed {
		e.mu.Unlock()
		return ErrClosed
	}
	e.closed = true
	e.mu.Unlock()
	return e.returnCounters(ctx)
}

// Isolation is SET TRANSACTION ISOLATION LEVEL, with the numbers of sys.dm_exec_sessions and of the wire.
type Isolation uint8

// The levels. ReadCommitted reads a snapshot for each statement and takes no locks for reading, as Azure SQL's default
// does.
const (
	ReadUncommitted Isolation = iota + 1
	ReadCommitted
	RepeatableRead
	Serializable
	Snapshot
)

// Forever is a lock timeout without end.
const Forever time.Duration = -1

// Options are what a transaction begins with.
type Options struct {
	Isolation Isolation     // 0 is ReadCommitted
	Local     *Local        // the session's tables in memory; nil where it has none
	Session   int           // @@SPID, for the message of deadlock victims
	Timeout   time.Duration // of locks: Forever, or SET LOCK_TIMEOUT; 0 does not wait
}

// Begin begins a transaction. It must end by Commit or Rollback.
func (e *Engine) Begin(o Options) *Tx {
	if o.Isolation == 0 {
		o.Isolation = ReadCommitted
	}
	if o.Local == nil {
		o.Local = NewLocal()
	}
	t := &Tx{
		engine: e, isolation: o.Isolation, local: o.Local, session: o.Session, timeout: o.Timeout,
		number: e.number.Add(1),
	}
	t.frames, t.held.tables = t.first.frame[:0], t.first.tables[:0]
	t.localMark = o.Local.temporary.mark()
	return t
}

// table finds or makes what is remembered of a table.
func (e *Engine) table(t Table) *tableState {
	e.mu.Lock()
	defer e.mu.Unlock()
	s := e.tables[t]
	if s == nil {
		s = &tableState{}
		e.tables[t] = s
	}
	return s
}

// Forget drops what is remembered of a table whose rows are gone: dropped, or truncated into another generation.
func (e *Engine) Forget(t Table) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.tables, t)
}

// view is a snapshot of the store and a version up to which it surely shows all commits.
type view struct {
	store.Snapshot
	seq uint64
}

// view takes a snapshot. It is not bound to a request: whoever reads looks at the request's context.
func (e *Engine) view() (*view, error) {
	seq := e.last.Load() // before the snapshot: it may show more than this says, never less
	s, err := e.store.Snapshot(context.Background())
	if err != nil {
		return nil, err
	}
	return &view{s, seq}, nil
}
