package gateway

import (
	"net"
	"sync"
)

// joint is a listener whose connections come from the proxy, not from a socket.
type joint struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func newJoint() *joint {
	return &joint{conns: make(chan net.Conn), done: make(chan struct{})}
}

// pass hands a connection to whoever accepts, or closes it where nobody will.
func (j *joint) pass(c net.Conn) {
	select {
	case j.conns <- c:
	case <-j.done:
		_ = c.Close() // the gateway is shutting down
	}
}

// Accept waits for a connection.
func (j *joint) Accept() (net.Conn, error) {
	select {
	case c := <-j.conns:
		return c, nil
	case <-j.done:
		return nil, net.ErrClosed
	}
}

// Close ends Accept.
func (j *joint) Close() error {
	j.once.Do(func() { close(j.done) })
	return nil
}

// Addr names the joint.
func (j *joint) Addr() net.Addr { return &net.UnixAddr{Name: "proxy", Net: "joint"} }

// joinedConn is a connection with the bytes that came behind the CONNECT request.
type joinedConn struct {
	net.Conn
	early []byte
}

// Read gives the early bytes first.
func (c *joinedConn) Read(p []byte) (int, error) {
	if len(c.early) > 0 {
		n := copy(p, c.early)
		c.early = c.early[n:]
		return n, nil
	}
	return c.Conn.Read(p)
}
