package tds

import (
	"io"
	"net"
	"testing"
)

// TestEager counts how often a connection asks for its next request before it waits for it.
func TestEager(t *testing.T) {
	var (
		shared turns
		comes  bool // the next request does, while it is asked for
		asked  int
	)
	conn := func() *eagerConn {
		c := &eagerConn{Conn: ended{}, turns: &shared}
		c.ready = func(again func() bool) bool {
			for asked = 1; again(); asked++ {
				if comes {
					return true
				}
			}
			return false
		}
		return c
	}
	c, other := conn(), conn()
	turn := func(c *eagerConn, want int) {
		t.Helper()
		asked = 0
		c.expect()
		for range 2 { // of the packet's two parts only the first is asked for
			if _, err := c.Read(nil); err != io.EOF {
				t.Fatal(err)
			}
		}
		if asked != want {
			t.Errorf("asked %d times, want %d", asked, want)
		}
		c.take()
	}
	turn(c, 0) // nobody knows it yet
	turn(c, 0)
	comes = true
	turn(c, 1)
	turn(c, 1)
	comes = false
	turn(c, mostAsks)
	turn(c, 0) // an attempt in vain: one request passes, then three, …
	turn(c, mostAsks)
	for range 3 {
		turn(c, 0)
	}
	comes = true
	turn(c, 1)
	turn(c, 1)
	other.take()
	turn(c, 1) // another has come: it stops at once
	turn(c, 0) // and begins again when it is alone
	turn(c, 0)
	turn(c, 1)
	comes = false
	for range 2 * mostPassed {
		c.ask()
	}
	if c.pause != mostPassed {
		t.Errorf("%d requests pass", c.pause)
	}
}

// ended is a socket whose client has gone.
type ended struct{ net.Conn }

func (ended) Read([]byte) (int, error) { return 0, io.EOF }

// TestReadiness asks a socket of the system.
func TestReadiness(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	client, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = client.Close() }()
	server, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = server.Close() }()
	ready := readiness(server)
	if ready == nil {
		t.Skip("this system's sockets cannot be asked")
	}
	left := 3
	if ready(func() bool { left--; return left > 0 }) || left != 0 {
		t.Errorf("nothing was sent; %d attempts are left", left)
	}
	if _, err := client.Write([]byte{1}); err != nil {
		t.Fatal(err)
	}
	if !ready(func() bool { return true }) {
		t.Error("a byte was sent")
	}
	if _, err := server.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	_ = client.Close()
	if !ready(func() bool { return true }) {
		t.Error("the end was sent")
	}
	_ = server.Close()
	if ready(func() bool { return true }) {
		t.Error("a closed socket has bytes")
	}
	if readiness(ended{}) != nil {
		t.Error("what is no socket can be asked")
	}
}
