package tds

import (
	"io"
	"testing"
	"time"

	wire "github.com/alcedo-cloud/alcedo/internal/wire/tds"
)

// TestClientGoes: a client's going away cancels its request and closes its session.
func TestClientGoes(t *testing.T) {
	w := newWorld(t, nil)
	c := w.connect()
	c.send(wire.PacketSQLBatch, batch("wait"))
	_ = c.conn.Close()
	until(t, func() bool {
		w.sessions.mu.Lock()
		defer w.sessions.mu.Unlock()
		return w.sessions.closed == 1
	})
}

// until waits for what must come.
func until(t *testing.T, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(testPatience); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it does not come")
		}
	}
}

// TestShutdown ends sessions that rest, run and write to a client that does not read.
func TestShutdown(t *testing.T) {
	w := newWorld(t, nil)
	resting, running, writing := w.connect(), w.connect(), w.connect()
	running.send(wire.PacketSQLBatch, batch("wait"))
	writing.send(wire.PacketSQLBatch, batch("rows 1000000000"))
	half := w.dial()
	_ = half
	time.Sleep(10 * time.Millisecond) // let them get under way; the test holds without it too
	w.stop()
	resting.closed()
	if w.sessions.closed != 3 || w.front.open != 0 || len(w.front.byServer) != 0 {
		t.Errorf("%d sessions closed, %d connections open, %v", w.sessions.closed, w.front.open, w.front.byServer)
	}
}

// TestServerEndsSession: KILL and the deletion of a principal close the connection.
func TestServerEndsSession(t *testing.T) {
	w := newWorld(t, nil)
	resting, running := w.connect(), w.connect()
	running.send(wire.PacketSQLBatch, batch("wait"))
	for _, s := range w.sessions.open {
		close(s.ended)
	}
	resting.closed()
	if _, err := io.Copy(io.Discard, running.conn); err != nil && !gone(err) {
		t.Error(err) // it may still say that its request is over
	}
	told := w.connect()
	if m := told.run("goodbye").message(18456); m == nil || m.class != 20 {
		t.Errorf("%+v", m)
	}
	told.closed()
}
