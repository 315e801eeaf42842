package httpx

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"strings"
	"sync"
)

// maxSpelled is how much of a request's head is kept; what lies behind it is spelled as Go spells it.
const maxSpelled = 64 << 10

// Spelled gives the names of a request's headers that begin with prefix, in any case, by their lower case form. They are
// those that the client sent on a connection of a Spelling listener over HTTP/1.1; elsewhere there are none, since
// net/http keeps no case and HTTP/2 has none.
func Spelled(r *http.Request, prefix string) map[string]string {
	c, ok := r.Context().Value(spelledKey{}).(spelling)
	if !ok || r.ProtoMajor != 1 {
		return nil
	}
	return c.spelled().names(prefix)
}

// Spelling wraps a listener, so that Spelled knows the requests of its connections. They stay TCP connections, to which
// the kernel sends files by itself. The server must be one of NewServer.
func Spelling(l net.Listener) net.Listener { return spellingListener{l} }

type spellingListener struct{ net.Listener }

// Accept waits for a connection.
func (l spellingListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	if t, ok := c.(*net.TCPConn); ok {
		return &spelledTCP{TCPConn: t}, nil
	}
	return &spelledConn{Conn: c}, nil
}

// spelledConn is a connection of another sort that keeps the heads of its requests.
type spelledConn struct {
	net.Conn
	head head
}

func (c *spelledConn) spelled() *head { return &c.head }

// Read reads, and looks at what it read.
func (c *spelledConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.head.saw(p[:n])
	return n, err
}

// spelling is a connection that keeps the heads of its requests.
type spelling interface{ spelled() *head }

type spelledKey struct{}

// spelledTCP is a TCP connection that keeps the heads of its requests.
type spelledTCP struct {
	*net.TCPConn
	head head
}

func (c *spelledTCP) spelled() *head { return &c.head }

// Read reads, and looks at what it read.
func (c *spelledTCP) Read(p []byte) (int, error) {
	n, err := c.TCPConn.Read(p)
	c.head.saw(p[:n])
	return n, err
}

// head is the head of the request that came last over a connection, as it came. A client that sends a request before it
// has the answer to the one before may be read in one piece with that, and is then not known.
type head struct {
	mu    sync.Mutex
	bytes []byte
	whole bool // nothing more is wanted until the next request
}

// begin waits for a request. Nothing reads meanwhile: the server calls it between two of them.
func (h *head) begin() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.bytes, h.whole = h.bytes[:0], false; cap(h.bytes) > maxSpelled/8 {
		h.bytes = nil
	}
}

// saw takes in what was read, up to the end of the head.
func (h *head) saw(p []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.whole {
		return
	}
	from := max(len(h.bytes)-2, 0) // the end may begin in what was there
	h.bytes = append(h.bytes, p[:min(len(p), maxSpelled-len(h.bytes))]...)
	if end := headEnd(h.bytes[from:]); end >= 0 {
		h.bytes, h.whole = h.bytes[:from+end], true
	}
	h.whole = h.whole || len(h.bytes) == maxSpelled
}

// headEnd is where an empty line begins; -1 where there is none.
func headEnd(b []byte) int {
	for at := 0; ; {
		i := bytes.IndexByte(b[at:], '\n')
		if i < 0 {
			return -1
		}
		at += i + 1
		if rest := b[at:]; bytes.HasPrefix(rest, []byte("\n")) || bytes.HasPrefix(rest, []byte("\r\n")) {
			return at
		}
	}
}

func (h *head) names(prefix string) map[string]string {
	h.mu.Lock()
	defer h.mu.Unlock()
	var names map[string]string
	for line := range bytes.Lines(h.bytes) {
		name, _, ok := bytes.Cut(line, []byte(":"))
		if !ok || len(name) < len(prefix) || !strings.EqualFold(string(name[:len(prefix)]), prefix) {
			continue
		}
		if names == nil {
			names = make(map[string]string)
		}
		lower := strings.ToLower(string(name))
		if _, twice := names[lower]; !twice {
			names[lower] = string(name)
		}
	}
	return names
}

// connContext has the requests of a connection know it.
func connContext(ctx context.Context, c net.Conn) context.Context {
	if s, ok := c.(spelling); ok {
		return context.WithValue(ctx, spelledKey{}, s)
	}
	return ctx
}

// connState follows a connection from request to request.
func connState(c net.Conn, state http.ConnState) {
	if s, ok := c.(spelling); ok && (state == http.StateNew || state == http.StateIdle) {
		s.spelled().begin()
	}
}
