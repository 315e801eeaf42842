package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// How often an update is tried before its caller is told to come back later.
const (
	maxAttempts = 32
	crowded     = 3 // after so many conflicts, updates of this process that meet them go one after another
	minBackoff  = time.Millisecond
	maxBackoff  = 64 * time.Millisecond
)

// ErrRetry is what a backend's Update returns for an attempt that met a conflict and wrote nothing. Enforce tries again.
var ErrRetry = errors.New("store: conflict, try again")

// ErrNested is the cause of the fault that using a store inside one of its own updates gets.
var ErrNested = errors.New("store: used inside its own Update")

// ErrLeaked is the cause of what Close returns where snapshots were not closed.
var ErrLeaked = errors.New("store: snapshots left open")

// enforcer is what Enforce returns.
type enforcer struct {
	backend Store
	crowd   chan struct{} // one token, for updates that keep meeting conflicts

	mu        sync.Mutex
	closed    bool
	snapshots map[*guardedSnapshot]struct{}

	updating atomic.Int64 // goroutines inside an update's function or a hook of it; those that wait for the disk do not count
	inside   uintptr      // where each of them has come by; see within
}

// Enforce wraps a backend so that the contract holds whatever the backend does: limits of keys and values, ErrClosed
// for what is used after its end, order of scans, a bounded number of attempts, and snapshots that were never closed
// reported by Close.
//
// Using the store inside an update (in fn, or in a hook of OnCommit) is refused with a fault whose cause is ErrNested. It
// is noticed by the stack of the goroutine: fn that has another goroutine use the store and waits for it goes unnoticed,
// and waits for ever; and while a store is being updated, it cannot be used inside an update of another one either.
func Enforce(backend Store) Store {
	e := &enforcer{
		backend: backend, crowd: make(chan struct{}, 1),
		snapshots: map[*guardedSnapshot]struct{}{}, inside: placeWithin(),
	}
	e.crowd <- struct{}{}
	return e
}

func (e *enforcer) Shared() bool { return e.backend.Shared() }

func (e *enforcer) Snapshot(ctx context.Context) (Snapshot, error) {
	const op = "store.Snapshot"
	if err := e.enter(op); err != nil {
		return nil, err
	}
	inner, err := e.backend.Snapshot(ctx)
	if err != nil {
		return nil, contextFault(op, err)
	}
	s := &guardedSnapshot{store: e, ctx: ctx, inner: inner}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return nil, errors.Join(ErrClosed, inner.Close())
	}
	e.snapshots[s] = struct{}{}
	return s, nil
}

// enter refuses a closed store, and a goroutine that is inside an update.
func (e *enforcer) enter(op string) error {
	e.mu.Lock()
	closed := e.closed
	e.mu.Unlock()
	switch {
	case closed:
		return ErrClosed
	case e.updating.Load() > 0 && calledFrom(e.inside):
		return &fault.Error{Kind: fault.Internal, Op: op, Cause: ErrNested}
	}
	return nil
}

func (e *enforcer) Update(ctx context.Context, fn func(Tx) error) error {
	const op = "store.Update"
	if err := e.enter(op); err != nil {
		return err
	}
	for attempt := 1; ; attempt++ {
		own, err := e.attempt(ctx, fn)
		switch {
		case err == nil || own && !errors.Is(err, ErrRetry):
			return err
		case !errors.Is(err, ErrRetry):
			return contextFault(op, err)
		case attempt == maxAttempts:
			return &fault.Error{
				Kind: fault.Unavailable, Op: op, Message: "the store is busy", Cause: fmt.Errorf("%d attempts: %w", attempt, err),
			}
		case attempt == crowded:
			select {
			case <-e.crowd:
				defer func() { e.crowd <- struct{}{} }()
			case <-ctx.Done():
				return contextFault(op, ctx.Err())
			}
		}
		if err := backOff(ctx, attempt); err != nil {
			return contextFault(op, err)
		}
	}
}

// attempt runs fn once. own says that the error is fn's.
func (e *enforcer) attempt(ctx context.Context, fn func(Tx) error) (own bool, err error) {
	err = within(func() error {
		return e.backend.Update(ctx, func(inner Tx) error {
			e.updating.Add(1)
			defer e.updating.Add(-1)
			tx := &guardedTx{store: e, ctx: ctx, inner: inner}
			defer tx.end()
			err := fn(tx)
			own = err != nil
			return err
		})
	})
	return own, err
}

// backOff waits twice as long after each attempt, spread so that those who met do not meet again.
func backOff(ctx context.Context, attempt int) error {
	wait := maxBackoff
	if attempt < 7 {
		wait = minBackoff << (attempt - 1)
	}
	timer := time.NewTimer(wait/2 + rand.N(wait))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Close ends all snapshots that were left open, names how many there were, and closes the backend.
func (e *enforcer) Close() error {
	if err := e.enter("store.Close"); err != nil {
		return err
	}
	e.mu.Lock()
	if e.closed {
		e.mu.Unlock()
		return ErrClosed
	}
	e.closed = true
	left := make([]*guardedSnapshot, 0, len(e.snapshots))
	for s := range e.snapshots {
		left = append(left, s)
	}
	clear(e.snapshots)
	e.mu.Unlock()

	var errs []error
	if len(left) > 0 {
		errs = append(errs, &fault.Error{
			Kind: fault.Internal, Op: "store.Close", Cause: fmt.Errorf("%w: %d", ErrLeaked, len(left)),
		})
	}
	for _, s := range left {
		errs = append(errs, s.abandon())
	}
	return errors.Join(append(errs, e.backend.Close())...)
}

func (e *enforcer) forget(s *guardedSnapshot) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.snapshots, s)
}

// contextFault gives the end of a context its kind. Other errors stay as they are.
func contextFault(op string, err error) error {
	if err == nil {
		return nil // the common way, without an allocation
	}
	canceled := errors.Is(err, context.Canceled)
	if !canceled && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	var f *fault.Error
	switch {
	case errors.As(err, &f):
		return err
	case canceled:
		return &fault.Error{Kind: fault.Canceled, Op: op, Message: "canceled", Cause: err}
	}
	return &fault.Error{Kind: fault.Unavailable, Op: op, Message: "the store did not answer in time", Cause: err}
}
