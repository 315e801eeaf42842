package tds

import (
	"context"
	"errors"
	"os"
	"sync/atomic"
	"time"

	wire "github.com/alcedo-cloud/alcedo/internal/wire/tds"
)

// watchAfter is how long a request runs before somebody reads the wire beside it. Most are over by then, and cost no
// goroutine.
const watchAfter = 3 * time.Millisecond

// watcher reads the wire while a request runs: an attention cancels the request, and so does the client's going away.
// Any other packet is the next request of a client that does not wait for the answer; it is kept.
type watcher struct {
	packets  *wire.Reader
	deadline func(time.Time) error // of reading
	timer    *time.Timer
	cancel   context.CancelFunc // of the request
	done     chan struct{}      // a value for each look that has ended
	late     atomic.Bool        // a look has begun: the request takes long
	header   wire.Header
	payload  []byte
	err      error
}

// begin starts watching for a request.
func (w *watcher) begin(cancel context.CancelFunc) {
	w.cancel = cancel
	w.late.Store(false)
	if w.timer == nil {
		w.done = make(chan struct{}, 1)
		w.timer = time.AfterFunc(watchAfter, w.look)
		return
	}
	w.timer.Reset(watchAfter)
}

// look waits for one packet.
func (w *watcher) look() {
	w.late.Store(true)
	w.header, w.payload, w.err = w.packets.Next()
	if w.err == nil && w.header.Type == wire.PacketAttention || w.err != nil && !errors.Is(w.err, os.ErrDeadlineExceeded) {
		w.cancel()
	}
	w.done <- struct{}{}
}

// end stops watching. It returns the packet that came, if one did.
func (w *watcher) end() (h wire.Header, payload []byte, came bool, err error) {
	if w.timer.Stop() {
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
