package pebble

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/cockroachdb/pebble/v2"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// view is a snapshot of Pebble's, which all share who look between two commits: to take one and to close it costs more
// than many a look-up.
type view struct {
	*pebble.Snapshot
	holders atomic.Int64 // the store itself included, while the view is the latest
}

// views has the latest view.
type views struct {
	mu     sync.Mutex
	latest *view  // nil where nobody has looked since the last commit
	commit uint64 // how many there were
}

// hold is the latest view, once more held; nil where there is none. commit is what offer wants to know.
func (v *views) hold() (held *view, commit uint64) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.latest != nil {
		v.latest.holders.Add(1)
	}
	return v.latest, v.commit
}

// offer makes a view the latest that was taken since hold gave commit, unless another commit has come between.
func (v *views) offer(taken *view, commit uint64) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.commit == commit && v.latest == nil {
		taken.holders.Add(1)
		v.latest = taken
	}
}

// retire has the next who looks take a view anew. It gives the one that was the latest, which is to be released.
func (v *views) retire() *view {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.commit++
	old := v.latest
	v.latest = nil
	return old
}

// release is the end of one holder; the last one closes.
func (s *Store) release(v *view) error {
	if v == nil || v.holders.Add(-1) > 0 {
		return nil
	}
	if s.fence.cause() != nil {
		return nil // the database is given up, its locks may be held for good
	}
	return fault.Wrap("pebble.Close", v.Close())
}

// snapshot is a held view.
type snapshot struct {
	reader
	view *view
}

// Snapshot takes a view of all that is committed. It never waits for writers.
func (s *Store) Snapshot(ctx context.Context) (store.Snapshot, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := s.use(); err != nil {
		return nil, err
	}
	held, commit := s.views.hold()
	if held == nil {
		held = &view{Snapshot: s.db.NewSnapshot()}
		held.holders.Add(1)
		s.views.offer(held, commit)
	}
	out := &snapshot{reader: reader{store: s, from: held}, view: held}
	out.key = out.short[:0]
	return out, nil
}

func (s *snapshot) Close() error {
	if s.from == nil {
		return store.ErrClosed
	}
	s.from = nil
	defer s.store.unuse()
	return s.store.release(s.view)
}
