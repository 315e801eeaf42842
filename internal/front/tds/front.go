// Package tds speaks the Tabular Data Stream protocol: it encrypts, reads the login, turns its credential into a caller
// or leaves a password to the service, hands each request to the session and writes the answer while the session makes
// it. It holds no rule about who may log in or what a statement means, and it must never know a plan or a store.
package tds

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/caller"
	"github.com/alcedo-cloud/alcedo/internal/cloud"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/sqldb"
	wire "github.com/alcedo-cloud/alcedo/internal/wire/tds"
)

// Verifier says whose a token is; token.Verifier does. Its refusals are faults Unauthenticated.
type Verifier interface {
	Verify(ctx context.Context, raw string, service cloud.Service) (caller.Caller, error)
}

// Certificates gives the certificate for the server name that a client asks for, or a fault NotFound for a name of no
// endpoint. *pki.Authority is one.
type Certificates interface {
	Certificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error)
}

// Config is what the front is made of. The limits may be left 0 for what Default… says.
type Config struct {
	Sessions     sqldb.Sessions
	Verifier     Verifier
	Certificates Certificates
	Cloud        cloud.Cloud
	TenantID     string    // GUID: whose authority clients are sent to for a token
	Rand         io.Reader // of request ids
	Log          *slog.Logger

	MaxConnections int           // in all
	MaxPerServer   int           // logged in to one server
	LoginTimeout   time.Duration // from the first byte to the answer of the login
	MaxMessage     int           // bytes of one request, and of one row of a bulk load
	MaxInFlight    int64         // bytes of all requests of more than one packet that are under way
}

// The limits where Config says none.
const (
	DefaultMaxConnections = 10_000
	DefaultMaxPerServer   = 3_000
	DefaultLoginTimeout   = 30 * time.Second
	DefaultMaxMessage     = wire.MaxValue
	DefaultMaxInFlight    = int64(1) << 30
)

// Front serves any number of listeners at once.
type Front struct {
	Config
	strict, classic *tls.Config
	buffers         sync.Pool // of *[]byte, for answers under way

	inFlight atomic.Int64
	turns    turns

	mu       sync.Mutex
	open     int
	byServer map[string]int
}

// bufferSize is what a writer starts with: more than it gathers before it writes, and a row beyond.
const bufferSize = 40 << 10

// New returns the front. Nothing listens yet.
func New(c Config) (*Front, error) {
	if c.Sessions == nil || c.Verifier == nil || c.Certificates == nil || c.Rand == nil || c.Log == nil || c.Cloud.SQLSuffix == "" {
		return nil, fault.New(fault.Internal, "front/tds.New", "", "the front needs sessions, a verifier, certificates, a cloud, randomness and a log")
	}
	c.MaxConnections = orDefault(c.MaxConnections, DefaultMaxConnections)
	c.MaxPerServer = orDefault(c.MaxPerServer, DefaultMaxPerServer)
	c.LoginTimeout = orDefault(c.LoginTimeout, DefaultLoginTimeout)
	c.MaxInFlight = orDefault(c.MaxInFlight, DefaultMaxInFlight)
	c.MaxMessage = min(orDefault(c.MaxMessage, DefaultMaxMessage), wire.MaxValue)
	f := &Front{Config: c, byServer: make(map[string]int)}
	f.buffers.New = func() any {
		b := make([]byte, 0, bufferSize)
		return &b
	}
	f.strict = &tls.Config{
		MinVersion: tls.VersionTLS12, NextProtos: []string{alpn}, GetCertificate: f.certificate, DynamicRecordSizingDisabled: true,
	}
	// Microsoft's clients do not take TLS 1.3 within TDS 7: what follows its handshake does not fit.
	f.classic = f.strict.Clone()
	f.classic.MaxVersion, f.classic.NextProtos = tls.VersionTLS12, nil
	return f, nil
}

func orDefault[T int | int64 | time.Duration](v, standard T) T {
	if v > 0 {
		return v
	}
	return standard
}

// certificate answers a client without a server name, or with an address for one, with that of the SQL endpoints: some
// drivers send none. A foreign name gets none, and with it the alert unrecognized_name.
func (f *Front) certificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	if hello.ServerName == "" || net.ParseIP(hello.ServerName) != nil {
		named := *hello
		named.ServerName = "server." + f.Cloud.SQLSuffix
		hello = &named
	}
	cert, err := f.Certificates.Certificate(hello)
	if fault.Is(err, fault.NotFound) {
		f.Log.Info("refused a name that is not the cloud's", "name", hello.ServerName, "from", hello.Conn.RemoteAddr())
		return nil, nil
	}
	return cert, err
}

// Serve accepts connections on l until ctx ends or l is closed; neither is an error. It closes l, ends the connections
// that came by it and waits for them.
func (f *Front) Serve(ctx context.Context, l net.Listener) error {
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	defer running.Wait()
	defer cancel()
	stop := context.AfterFunc(ctx, func() { _ = l.Close() }) // Accept's error tells
	defer stop()
	defer func() { _ = l.Close() }()
	for {
		nc, err := l.Accept()
		if err != nil {
			if ctx.Err() != nil || errors.Is(err, net.ErrClosed) {
				return nil
			}
			if passes(err) {
				f.Log.Warn("could not accept a connection", "error", err)
				if !pause(ctx, acceptPause) {
					return nil
				}
				continue
			}
			return fault.Wrap("front/tds.Serve", err)
		}
		if !f.enter() {
			f.Log.Warn("refused a connection: too many are open", "from", nc.RemoteAddr(), "limit", f.MaxConnections)
			_ = nc.Close() // nothing was promised
			continue
		}
		running.Add(1)
		go func() {
			defer running.Done()
			defer f.leave()
			f.serve(ctx, nc)
		}()
	}
}

// acceptPause is how long Serve waits when the process has no file for another connection.
const acceptPause = 50 * time.Millisecond

// passes reports whether an error of Accept is one that goes away: a connection that was reset before it was accepted,
// or too many open files.
func passes(err error) bool {
	var temporary interface{ Temporary() bool }
	return errors.As(err, &temporary) && temporary.Temporary()
}

func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

func (f *Front) enter() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.open >= f.MaxConnections {
		return false
	}
	f.open++
	return true
}

func (f *Front) leave() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.open--
}

// enterServer counts a session of a server, unless there are too many.
func (f *Front) enterServer(name string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.byServer[name] >= f.MaxPerServer {
		return false
	}
	f.byServer[name]++
	return true
}

func (f *Front) leaveServer(name string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.byServer[name]--; f.byServer[name] == 0 {
		delete(f.byServer, name)
	}
}

func (f *Front) buffer() []byte { return *f.buffers.Get().(*[]byte) }

// recycle keeps buffers of the usual size only: one long row must not stay.
func (f *Front) recycle(b []byte) {
	if cap(b) <= 4*bufferSize {
		f.buffers.Put(&b)
	}
}
