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
		c.try = func(_ []byte, again func() bool) (int, bool, error) {
			for asked = 1; again(); asked++ {
				if comes {
					return 0, true, io.EOF
				}
			}
			return 0, false, nil
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
		_, _, _ = c.ask(nil)
	}
	if c.pause != mostPassed {
		t.Errorf("%d requests pass", c.pause)
	}
}

// ended is a socket whose client has gone.
type ended struct{ net.Conn }

func (ended) Read([]byte) (int, error) { return 0, io.EOF }

// TestAttempts reads a socket of the system without waiting.
func TestAttempts(t *testing.T) {
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
	try := attempts(server)
	if try == nil {
		t.Skip("this system's sockets cannot be read without waiting")
	}
	room := make([]byte, 8)
	left := 3
	if _, done, _ := try(room, func() bool { left--; return left > 0 }); done || left != 0 {
		t.Errorf("nothing was sent; %d attempts are left", left)
	}
	if _, err := client.Write([]byte("ab")); err != nil {
		t.Fatal(err)
	}
	ever := func() bool { return true }
	if _, done, _ := try(nil, ever); done {
		t.Error("there is no room, and something was read")
	}
	if n, done, err := try(room, ever); !done || err != nil || string(room[:n]) != "ab" {
		t.Errorf("read %q, %v, %v", room[:n], done, err)
	}
	_ = client.Close()
	if n, done, err := try(room, ever); !done || n != 0 || err != io.EOF {
		t.Errorf("the end is %d bytes, %v, %v", n, done, err)
	}
	_ = server.Close()
	if _, done, _ := try(room, ever); done {
		t.Error("a closed socket was read")
	}
	if attempts(ended{}) != nil {
		t.Error("what is no socket can be read")
	}
}
