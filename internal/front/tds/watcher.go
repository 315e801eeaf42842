package tds

import (
	"context"
	"errors"
	"os"
	"sync"
	"sync/atomic"
	"time"

	wire "github.com/alcedo-cloud/alcedo/internal/wire/tds"
)

// watchAfter is how long a request runs, at least, before somebody reads the wire beside it; twice that at most. Most are
// over by then, and cost no goroutine.
const watchAfter = 3 * time.Millisecond

// watcher reads the wire while a request runs: an attention cancels the request, and so does the client's going away.
// Any other packet is the next request of a client that does not wait for the answer; it is kept.
//
// One timer looks after any number of requests: it is set once, and where it finds that another request runs than when
// it was set, it is set again. Requests that follow each other closely do not pay for setting it and taking it back.
type watcher struct {
	packets  *wire.Reader
	deadline func(time.Time) error // of reading
	done     chan struct{}         // a value for each look that has ended
	late     atomic.Bool           // a look has begun: the request takes long

	mu      sync.Mutex
	timer   *time.Timer
	turn    uint64             // counts the requests
	set     uint64             // the turn at which the timer was set; 0 where it is not
	running bool               // a request is
	looking bool               // at the wire, for the request that runs
	cancel  context.CancelFunc // of the request

	header  wire.Header
	payload []byte
	err     error
}

func newWatcher(packets *wire.Reader, deadline func(time.Time) error) *watcher {
	return &watcher{packets: packets, deadline: deadline, done: make(chan struct{}, 1)}
}

// begin starts watching for a request.
func (w *watcher) begin(cancel context.CancelFunc) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.late.Store(false)
	w.turn++
	w.running, w.cancel = true, cancel
	switch {
	case w.set != 0:
		return
	case w.timer == nil:
		w.timer = time.AfterFunc(watchAfter, w.ring)
	default:
		w.timer.Reset(watchAfter)
	}
	w.set = w.turn
}

// ring is the timer's: it looks at the wire for a request that ran already when the timer was set.
func (w *watcher) ring() {
	if !w.due() {
		return
	}
	w.header, w.payload, w.err = w.packets.Next()
	if w.err == nil && w.header.Type == wire.PacketAttention || w.err != nil && !errors.Is(w.err, os.ErrDeadlineExceeded) {
		w.cancel()
	}
	w.done <- struct{}{}
}

func (w *watcher) due() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case !w.running:
		w.set = 0
		return false
	case w.set != w.turn:
		w.set = w.turn
		w.timer.Reset(watchAfter)
		return false
	}
	w.set, w.looking = 0, true
	w.late.Store(true)
	return true
}

// end stops watching. It returns the packet that came, if one did.
func (w *watcher) end() (h wire.Header, payload []byte, came bool, err error) {
	w.mu.Lock()
	looking := w.looking
	w.running, w.looking = false, false
	w.mu.Unlock()
	if !looking {
		return h, nil, false, nil
	}
	// What has come of a packet stays with the reader.
	if err := w.deadline(past()); err != nil {
		return h, nil, false, err
	}
	<-w.done
	if err := w.deadline(time.Time{}); err != nil {
		return h, nil, false, err
	}
	if errors.Is(w.err, os.ErrDeadlineExceeded) {
		return h, nil, false, nil
	}
	return w.header, w.payload, w.err == nil, w.err
}
