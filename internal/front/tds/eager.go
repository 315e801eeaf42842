package tds

import (
	"net"
	"runtime"
	"sync/atomic"
)

// A client that runs statement after statement on one connection sends the next one within some 100 µs, and to put a
// thread to sleep and wake it costs as much as a statement does. While one connection alone is busy, it therefore asks
// for its next request a while before it waits for it. Others that come, and a client that takes its time, end that.
const (
	mostAsks   = 500 // for one request; each takes some 400 ns
	mostPassed = 255 // requests that are waited for between two attempts, where the attempts find nothing
)

// turns tells whether one connection alone is busy.
type turns struct{ last atomic.Pointer[eagerConn] }

// attempt reads what has come, again and again until something has, or again says no. Where it is false, or the error is
// nothing but the end, Read is to tell.
type attempt func(p []byte, again func() bool) (n int, done bool, err error)

// eagerConn is the socket of a connection.
type eagerConn struct {
	net.Conn
	turns *turns
	try   attempt // nil: cannot tell

	soon   bool // the next Read asks first
	alone  bool // this connection's was also the request before the last
	asked  int
	passed int // requests since the last attempt
	pause  int // how many there are to be
}

func (t *turns) conn(nc net.Conn) *eagerConn {
	c := &eagerConn{Conn: nc, turns: t}
	if runtime.GOMAXPROCS(0) > 1 { // the client needs a processor too
		c.try = attempts(nc)
	}
	return c
}

// take notes that a request has come.
func (c *eagerConn) take() {
	c.soon = false // it may have come with the one before
	c.alone = c.turns.last.Swap(c) == c
}

// expect is for who is about to read the first bytes of a request.
func (c *eagerConn) expect() {
	if c.try == nil || !c.alone {
		return
	}
	c.passed++
	c.soon = c.passed > c.pause
}

// Read waits for bytes, eagerly where they are expected.
func (c *eagerConn) Read(p []byte) (int, error) {
	if c.soon {
		c.soon = false
		if n, done, err := c.ask(p); done {
			return n, err
		}
	}
	return c.Conn.Read(p)
}

// ask attempts it once. Each attempt in vain makes the next one wait for twice as many requests.
func (c *eagerConn) ask(p []byte) (n int, done bool, err error) {
	c.asked, c.passed = 0, 0
	if n, done, err = c.try(p, c.again); done {
		c.pause = 0
	} else {
		c.pause = min(2*c.pause+1, mostPassed)
	}
	return n, done, err
}

func (c *eagerConn) again() bool {
	c.asked++
	return c.asked < mostAsks && c.turns.last.Load() == c
}
