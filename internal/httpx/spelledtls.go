package httpx

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"sync"
)

// SpellingTLS ends TLS on l, so that Spelled knows the requests of its connections over HTTP/1.1. The handshakes are made
// beside Accept, and bounded by HeaderTime. The server must be one of NewServer, with config for its TLSConfig.
func SpellingTLS(l net.Listener, config *tls.Config) net.Listener {
	return &tlsListener{Listener: l, config: config, accepted: make(chan accepted), done: make(chan struct{})}
}

type tlsListener struct {
	net.Listener
	config   *tls.Config
	begin    sync.Once
	accepted chan accepted
	close    sync.Once
	done     chan struct{}
}

type accepted struct {
	conn net.Conn
	err  error
}

// Accept waits for a connection whose handshake has ended, well or badly.
func (l *tlsListener) Accept() (net.Conn, error) {
	l.begin.Do(func() { go l.run() })
	select {
	case a := <-l.accepted:
		return a.conn, a.err
	case <-l.done:
		return nil, net.ErrClosed
	}
}

// Close ends Accept.
func (l *tlsListener) Close() error {
	l.close.Do(func() { close(l.done) })
	return l.Listener.Close()
}

// run accepts until the listener is closed.
func (l *tlsListener) run() {
	for {
		c, err := l.Listener.Accept()
		if err == nil {
			go l.handshake(tls.Server(c, l.config))
			continue
		}
		if !l.give(accepted{err: err}) || errors.Is(err, net.ErrClosed) {
			return
		}
	}
}

func (l *tlsListener) give(a accepted) bool {
	select {
	case l.accepted <- a:
		return true
	case <-l.done:
		if a.conn != nil {
			_ = a.conn.Close() // nobody serves it any more
		}
		return false
	}
}

// handshake hands a connection on. Of a handshake that failed the server learns by asking for it again, and says so to
// the log, and to a client that speaks no TLS.
func (l *tlsListener) handshake(c *tls.Conn) {
	ctx, cancel := context.WithTimeout(context.Background(), HeaderTime)
	defer cancel()
	err := c.HandshakeContext(ctx)
	state := c.ConnectionState()
	if err != nil || state.NegotiatedProtocol == "h2" {
		l.give(accepted{conn: c})
		return
	}
	l.give(accepted{conn: &spelledTLS{Conn: c, state: &state}})
}

// spelledTLS is a connection inside TLS that keeps the heads of its requests. net/http takes it for one without TLS:
// withTLS tells its requests.
type spelledTLS struct {
	*tls.Conn
	state *tls.ConnectionState
	head  head
}

func (c *spelledTLS) spelled() *head { return &c.head }

// Read reads, and looks at what it read.
func (c *spelledTLS) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.head.saw(p[:n])
	return n, err
}

// withTLS tells the requests of connections that ended TLS before the server what was agreed.
func withTLS(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c, ok := r.Context().Value(spelledKey{}).(*spelledTLS); ok && r.TLS == nil {
			r.TLS = c.state
		}
		h.ServeHTTP(w, r)
	})
}
