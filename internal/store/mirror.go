package store

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
)

// Mirror keeps in memory what a part of the store says, for reads that must not cost a look-up: assignments, principals,
// signing keys. State is a pointer type that guards itself; load builds it, changes are applied to it as they commit.
// Where the store is shared with other processes, each View asks whether somebody else has written, and loads anew.
type Mirror[State any] struct {
	store Store
	key   []byte // its version is that of the mirrored records
	load  func(Reader) (State, error)

	mu    sync.Mutex // serialises loads
	state atomic.Pointer[mirrored[State]]
}

type mirrored[State any] struct {
	mu      sync.Mutex
	state   State
	version Version
	stale   bool
}

// NewMirror returns a mirror of the records that load reads. name must be unique in the store.
func NewMirror[State any](s Store, name string, load func(Reader) (State, error)) *Mirror[State] {
	return &Mirror[State]{store: s, key: Key("mirror", name), load: load}
}

// View is the state as of the latest commit.
func (m *Mirror[State]) View(ctx context.Context) (State, error) {
	cur := m.state.Load()
	if cur != nil && !m.store.Shared() {
		return cur.state, nil
	}
	if cur != nil {
		var now Version
		err := View(ctx, m.store, func(r Reader) (err error) {
			now, err = m.version(r)
			return err
		})
		if err != nil {
			var zero State
			return zero, err
		}
		if cur.at(now) {
			return cur.state, nil
		}
	}
	return m.reload(ctx, cur)
}

func (s *mirrored[State]) at(v Version) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.stale && s.version == v
}

// reload loads the state unless another goroutine has replaced seen meanwhile.
func (m *Mirror[State]) reload(ctx context.Context, seen *mirrored[State]) (State, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if cur := m.state.Load(); cur != seen && cur != nil && !m.store.Shared() {
		return cur.state, nil
	}
	next := &mirrored[State]{}
	// Inside a transaction, no commit can slip between reading the records and publishing what they say: the first
	// load of an unshared store must not miss a change that commits meanwhile.
	err := m.store.Update(ctx, func(tx Tx) error {
		state, err := m.load(tx)
		if err != nil {
			return err
		}
		version, err := m.version(tx)
		if err != nil {
			return err
		}
		next.state, next.version = state, version
		tx.OnCommit(func(Version) { m.state.Store(next) })
		return nil
	})
	if err != nil {
		var zero State
		return zero, err
	}
	return next.state, nil
}

func (m *Mirror[State]) version(r Reader) (Version, error) {
	item, err := r.Get(m.key)
	if errors.Is(err, ErrNotFound) {
		return 0, nil
	}
	return item.Version, err
}

// Change marks the mirrored records as changed by tx and has apply bring the state up to date when tx commits.
func (m *Mirror[State]) Change(tx Tx, apply func(State)) error {
	before, err := m.version(tx)
	if err != nil {
		return err
	}
	if err := tx.Put(m.key, []byte{1}); err != nil {
		return err
	}
	tx.OnCommit(func(v Version) {
		cur := m.state.Load()
		if cur == nil {
			return // nobody has looked yet; the first View loads
		}
		cur.mu.Lock()
		defer cur.mu.Unlock()
		// Two changes of one transaction share its version. Anything else means that another process wrote between.
		if cur.version != before && cur.version != v {
			cur.stale = true
			return
		}
		apply(cur.state)
		cur.version = v
	})
	return nil
}
