package audit

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/caller"
	"github.com/alcedo-cloud/alcedo/internal/clock"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/rbac"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// Bounds of the record.
const (
	ringSize  = 4096        // decisions in memory; a power of two
	keptSize  = 10_000      // decisions in the store
	keptSlack = 2000        // how far above keptSize the store may grow before it is trimmed
	perWrite  = 1000        // decisions written at once, the newest
	pause     = time.Second // between writes
	maxText   = 2048        // bytes kept of an action or a scope
)

// Config is what a Log stands on. Decider, Store and Clock are required.
type Config struct {
	Decider rbac.Decider
	Store   store.Store
	Clock   clock.Clock
	Log     *slog.Logger // told when decisions could not be written; nil tells nobody

	// For explanations; each may be nil.
	Name      func(ctx context.Context, objectID string) string                  // display name of a principal, "" where unknown
	Narrowest func(action string, data bool, most int) []*rbac.Role              // built-in roles that grant it, the narrowest first
	Exists    func(ctx context.Context, scope rbac.Scope) (exists bool, e error) // whether a resource is there, for the scope to suggest
}

// Log is the door and its record. Every decision is kept in a ring in memory; a writer in the background puts the newest
// of them into the store, so that a restart does not lose them. It is safe for concurrent use.
type Log struct {
	Config
	next atomic.Uint64 // decisions recorded since New
	ring [ringSize]slot

	wake chan struct{} // something was recorded
	stop chan struct{}
	done chan struct{}
	once sync.Once

	writing sync.Mutex // guards the rest
	written uint64     // decisions that were written or passed over
	base    uint64     // sequence of the last decision of earlier runs
	stored  int        // decisions in the store, about
	started bool       // base and stored are known
}

// slot is a place in the ring. Each has a lock of its own, so that decisions made at the same time do not wait for each
// other.
type slot struct {
	mu     sync.Mutex
	number uint64 // 1 for the first decision since New; 0 while empty
	record record
}

// record is a decision as it was made. Turning it into an Entry is left to who reads it.
type record struct {
	time     time.Time
	caller   caller.Caller
	action   string
	data     bool
	scope    string
	decision rbac.Decision
}

// New returns a log and starts its writer. Close stops it.
func New(c Config) *Log {
	l := &Log{Config: c, wake: make(chan struct{}, 1), stop: make(chan struct{}), done: make(chan struct{})}
	go l.write()
	return l
}

// Close writes what has not been written and stops the writer. Decisions made later are kept in memory only.
func (l *Log) Close() error {
	l.once.Do(func() { close(l.stop) })
	<-l.done
	return l.flush(context.Background(), ringSize)
}

// Authorize decides and records.
func (l *Log) Authorize(ctx context.Context, c caller.Caller, r rbac.Request) error {
	d, err := l.Decider.Decide(ctx, c, r)
	if err != nil {
		return fault.Wrap("audit.Authorize", err)
	}
	l.record(c, &r, d)
	if d.Allowed {
		return nil
	}
	denial := &rbac.Denial{Caller: c, Action: r.Action, Scope: r.Scope, Condition: d.Condition}
	return &fault.Error{Kind: fault.Denied, Op: "audit.Authorize", Reason: "AuthorizationFailed", Cause: denial}
}

// Record takes a decision that was made elsewhere.
func (l *Log) Record(c caller.Caller, r rbac.Request, d rbac.Decision) { l.record(c, &r, d) }

// Permits decides without recording.
func (l *Log) Permits(ctx context.Context, c caller.Caller, r rbac.Request) (bool, error) {
	d, err := l.Decider.Decide(ctx, c, r)
	return d.Allowed, fault.Wrap("audit.Permits", err)
}

func (l *Log) record(c caller.Caller, r *rbac.Request, d rbac.Decision) {
	now := l.Clock.Now()
	number := l.next.Add(1)
	s := &l.ring[number%ringSize]
	s.mu.Lock()
	if s.number < number {
		s.number = number
		s.record = record{now, c, short(r.Action), r.Data, short(r.Scope.String()), d}
	}
	s.mu.Unlock()
	select {
	case l.wake <- struct{}{}:
	default: // the writer knows already
	}
}

// short keeps a text that a client made long from filling the memory.
func short(s string) string {
	if len(s) <= maxText {
		return s
	}
	return strings.Clone(s[:maxText])
}

// write puts decisions into the store, at most once a pause.
func (l *Log) write() {
	defer close(l.done)
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-l.stop:
			return
		case <-l.wake:
		}
		if err := l.flush(context.Background(), perWrite); err != nil && l.Log != nil {
			l.Log.Error("decisions could not be written", "error", err)
		}
		timer.Reset(pause)
		select {
		case <-l.stop:
			return
		case <-timer.C:
		}
	}
}

// entry is what is recorded under a number; ok is false where the ring has moved on.
func (l *Log) entry(number uint64) (e Entry, ok bool) {
	s := &l.ring[number%ringSize]
	s.mu.Lock()
	r, found := s.record, s.number
	s.mu.Unlock()
	if found != number {
		return Entry{}, false
	}
	e = Entry{
		Sequence: l.base + number, Time: r.time, RequestID: r.caller.RequestID, Caller: r.caller,
		Action: r.action, Data: r.data, Scope: r.scope,
		Allowed: r.decision.Allowed, Condition: r.decision.Condition, Deny: r.decision.Deny,
		Rule: r.decision.Rule,
	}
	if a := r.decision.Assignment; a != nil {
		e.Assignment, e.RoleScope, e.AssignedTo = a.ID(), a.Scope.String(), a.PrincipalID
	}
	if r.decision.Role != nil {
		e.Role = r.decision.Role.RoleName
	}
	return e, true
}

// errDamaged is met only where something else wrote into the record.
var errDamaged = errors.New("the record of decisions is damaged")
