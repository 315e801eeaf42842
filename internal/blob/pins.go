package blob

import (
	"context"
	"sync"

	"github.com/alcedo-cloud/alcedo/internal/content"
)

// pins keeps contents from being removed while somebody may still read them: whoever reads takes a pin before looking
// at the record, and what is dropped goes when all who were reading then have ended.
type pins struct {
	content content.Store

	mu      sync.Mutex
	next    uint64
	active  map[uint64]struct{}
	pending []pending // in the order of their numbers
}

type pending struct {
	after uint64 // readers up to this number may hold it
	ids   []content.ID
}

func newPins(c content.Store) *pins { return &pins{content: c, active: map[uint64]struct{}{}} }

// pin is one reader.
func (p *pins) pin() uint64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.next++
	p.active[p.next] = struct{}{}
	return p.next
}

// unpin ends a reader, and removes what waited for it.
func (p *pins) unpin(n uint64) {
	p.mu.Lock()
	delete(p.active, n)
	free := p.free()
	p.mu.Unlock()
	p.remove(free)
}

// free takes what nobody can be reading out of pending. It wants p.mu to be held.
func (p *pins) free() (ids []content.ID) {
	if len(p.pending) == 0 {
		return nil
	}
	oldest := p.next + 1
	for n := range p.active {
		oldest = min(oldest, n)
	}
	done := 0
	for done < len(p.pending) && p.pending[done].after < oldest {
		ids = append(ids, p.pending[done].ids...)
		done++
	}
	p.pending = p.pending[done:]
	return ids
}

// drop has contents removed that no record references any more.
func (p *pins) drop(ids []content.ID) {
	if len(ids) == 0 {
		return
	}
	p.mu.Lock()
	p.pending = append(p.pending, pending{after: p.next, ids: ids})
	free := p.free()
	p.mu.Unlock()
	p.remove(free)
}

func (p *pins) remove(ids []content.ID) {
	for _, id := range ids {
		// The client that happened to come by is done. What cannot be removed now is an orphan, and the sweep finds it.
		_ = p.content.Remove(context.Background(), id)
	}
}
