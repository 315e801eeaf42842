package tds

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"runtime/debug"
	"sync"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/sqldb"
	wire "github.com/alcedo-cloud/alcedo/internal/wire/tds"
)

// connection is one client's. Its goroutine reads a request, runs it and writes the answer. Only while a request takes
// long does a second goroutine read, for an attention or for the client's going away.
type connection struct {
	front   *Front
	log     *slog.Logger
	wire    *eagerConn // below TLS
	socket  net.Conn   // the outermost: TLS's once it is there
	client  netip.Addr
	sni     string // what TLS was asked for
	strict  bool   // TDS 8.0
	packets *wire.Reader
	writer  *wire.Writer

	required bool   // FEDAUTHREQUIRED, as both sides have said it
	version  uint32 // of the protocol
	server   string // the first label of its name; what messages call it

	session sqldb.Session
	known   uint64 // the transaction that there was when the request came
	answer  *answer
	watcher *watcher
	under   context.Context    // of the request under way, and of the next unless it is cancelled
	cancel  context.CancelFunc // of under
	scratch []byte             // the request under way, where it is one packet
	claimed int64              // bytes of the request under way, where it is more
}

// serve is the life of a connection.
func (f *Front) serve(ctx context.Context, nc net.Conn) {
	c := &connection{front: f, wire: f.turns.conn(nc), client: address(nc), log: f.Log.With("from", nc.RemoteAddr())}
	c.socket = c.wire
	ctx, cancel := context.WithCancel(ctx)
	// Whoever ends the context ends what waits for the client too.
	stop := context.AfterFunc(ctx, func() { _ = nc.Close() })
	defer func() {
		if p := recover(); p != nil {
			c.log.Error("a connection panicked", "panic", p, "stack", string(debug.Stack()))
		}
		cancel()
		stop()
		_ = nc.Close() // the client has what it gets
	}()
	if err := c.begin(ctx); err != nil {
		if !gone(err) && ctx.Err() == nil {
			c.log.Info("refused a connection", "reason", err)
		}
		return
	}
	c.live(ctx, cancel)
}

// grace is how long a session that the server has ended may still write what it was about to say.
const grace = 2 * time.Second

// live is the connection's life between login and end.
func (c *connection) live(ctx context.Context, cancel context.CancelFunc) {
	var guard sync.WaitGroup
	defer func() {
		cancel()
		guard.Wait()
		if err := c.session.Close(); err != nil {
			c.log.Error("could not close a session", "error", err)
		}
		c.front.leaveServer(c.server)
	}()
	running, stop := context.WithCancel(ctx)
	defer stop()
	guard.Go(func() { c.guard(ctx, stop, cancel) })
	if err := c.requests(running); !gone(err) {
		c.log.Info("ended a connection", "reason", err)
	}
}

// guard waits for the server to end the session. The request that runs is cancelled and may still be answered; a
// connection that waits for its client stops waiting; and one that can do neither is closed after a while.
func (c *connection) guard(ctx context.Context, stop, cancel context.CancelFunc) {
	select {
	case <-ctx.Done():
		return
	case <-c.session.Ended():
	}
	c.log.Info("the server ended the session")
	stop()
	if err := c.socket.SetReadDeadline(past()); err != nil {
		cancel()
		return
	}
	late := time.NewTimer(grace)
	defer late.Stop()
	select {
	case <-ctx.Done():
	case <-late.C:
		cancel()
	}
}

// past is a deadline that is over: it ends a read that waits.
func past() time.Time { return time.Unix(1, 0) }

// begin encrypts and logs in, within the time for it.
func (c *connection) begin(ctx context.Context) error {
	socket := c.socket // encrypt puts TLS's in its place
	late := time.AfterFunc(c.front.LoginTimeout, func() { _ = socket.Close() })
	defer late.Stop()
	if err := c.encrypt(ctx); err != nil {
		return err
	}
	return c.login(ctx)
}

// gone reports whether an error only says that the client or the instance has ended the connection.
func gone(err error) bool {
	var broken *net.OpError
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, context.Canceled) || errors.Is(err, os.ErrDeadlineExceeded) || errors.As(err, &broken)
}

// address is where a connection comes from, as far as it tells.
func address(nc net.Conn) netip.Addr {
	at, err := netip.ParseAddrPort(nc.RemoteAddr().String())
	if err != nil {
		return netip.Addr{}
	}
	return at.Addr().Unmap()
}

// violation is a client that breaks the protocol: the connection is closed, and that is all.
func violation(format string, args ...any) error {
	return fault.Newf(fault.Invalid, "front/tds", wire.ReasonMalformed, format, args...)
}
