package sandbox

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"os"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// Supported says whether this system has what sandboxes are made of. A machine may still forbid it.
const Supported = true

const (
	attachTime  = 10 * time.Second // from a connection to its header
	maxSessions = 512              // each holds six descriptors and what its clients hold
)

// Server gives sandboxes their listeners' handlers. Its socket must have mode 0600: who can connect may be any machine.
type Server struct {
	attach Attach
	log    *slog.Logger
	ctx    context.Context // ends with Close
	cancel context.CancelFunc

	mu       sync.Mutex
	closed   bool
	serving  map[net.Listener]struct{}
	sessions map[*net.UnixConn]struct{}
	ended    sync.WaitGroup
}

// NewServer returns a server that asks attach about each sandbox.
func NewServer(attach Attach, log *slog.Logger) *Server {
	ctx, cancel := context.WithCancel(context.Background())
	return &Server{
		attach: attach, log: log, ctx: ctx, cancel: cancel,
		serving: map[net.Listener]struct{}{}, sessions: map[*net.UnixConn]struct{}{},
	}
}

// Serve serves l by a Server of its own until l is closed, and then ends the sandboxes.
func Serve(l net.Listener, attach Attach, log *slog.Logger) error {
	s := NewServer(attach, log)
	return errors.Join(s.Serve(l), s.Close())
}

// Serve takes sandboxes from l, a Unix socket, until l or the server is closed, and closes l. Neither is an error.
func (s *Server) Serve(l net.Listener) error {
	const op = "sandbox.Serve"
	if !s.track(l) {
		return fault.Wrap(op, closing(l.Close()))
	}
	defer s.untrack(l)
	for {
		c, err := l.Accept()
		switch {
		case errors.Is(err, net.ErrClosed):
			return nil
		case errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE), errors.Is(err, syscall.ECONNABORTED):
			s.log.Error("cannot take a sandbox", "error", err)
			select {
			case <-time.After(100 * time.Millisecond): // until a descriptor is free
			case <-s.ctx.Done():
			}
			continue
		case err != nil:
			return errors.Join(fault.Wrap(op, err), l.Close())
		}
		conn, ok := c.(*net.UnixConn)
		if !ok {
			return errors.Join(fault.New(fault.Internal, op, "", "sandboxes come over a Unix socket"), c.Close(), l.Close())
		}
		s.begin(conn)
	}
}

// Close ends all sandboxes, closes the listeners and waits for the handlers.
func (s *Server) Close() error {
	s.mu.Lock()
	s.closed = true
	var err error
	for l := range s.serving {
		err = errors.Join(err, l.Close())
	}
	for c := range s.sessions {
		err = errors.Join(err, closing(c.Close()))
	}
	s.mu.Unlock()
	s.cancel()
	s.ended.Wait()
	return fault.Wrap("sandbox.Close", err)
}

func (s *Server) track(l net.Listener) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.serving[l] = struct{}{}
	return true
}

func (s *Server) untrack(l net.Listener) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.serving, l)
}

// begin serves conn in a goroutine of its own, unless the server is closed or full.
func (s *Server) begin(conn *net.UnixConn) {
	s.mu.Lock()
	if s.closed || len(s.sessions) >= maxSessions {
		full := !s.closed
		s.mu.Unlock()
		if full {
			s.refuse(conn, "too many sandboxes run on this cloud: end some")
		}
		s.drop(conn)
		return
	}
	s.sessions[conn] = struct{}{}
	s.ended.Add(1)
	s.mu.Unlock()
	go func() {
		defer s.ended.Done()
		s.session(conn)
		s.mu.Lock()
		delete(s.sessions, conn)
		s.mu.Unlock()
		s.drop(conn)
	}()
}

// session is one sandbox, from its header to its end.
func (s *Server) session(conn *net.UnixConn) {
	ctx, cancel := context.WithCancel(s.ctx)
	defer cancel()
	timer := time.AfterFunc(attachTime, func() { s.drop(conn) })
	defer timer.Stop()
	if err := sameUser(conn); err != nil {
		s.log.Warn("refused a sandbox", "error", err)
		return
	}
	head, files, err := receive(conn)
	defer func() { closeFiles(files) }()
	if err != nil {
		if !errors.Is(err, io.EOF) && !errors.Is(err, net.ErrClosed) {
			s.log.Warn("refused a sandbox", "error", err)
			s.refuse(conn, err.Error())
		}
		return
	}
	sockets, err := adopt(head, files)
	files = closeFiles(files)
	defer sockets.close()
	if err != nil {
		s.log.Warn("refused a sandbox", "machine", head.Machine, "error", err)
		s.refuse(conn, err.Error())
		return
	}
	handlers, err := s.attach(ctx, Request{Machine: head.Machine})
	if err != nil {
		s.log.Info("refused a sandbox", "machine", head.Machine, "error", err)
		s.refuse(conn, publicMessage(err))
		return
	}
	timer.Stop()
	s.log.Debug("a sandbox begins", "machine", head.Machine)
	done := sockets.serve(handlers, s.log)
	if err := send(conn, reply{CA: string(handlers.CA)}); err == nil {
		untilEnd(conn)
	}
	cancel()
	sockets.close()
	done.Wait()
	s.log.Debug("a sandbox ended", "machine", head.Machine)
}

// untilEnd returns when the client is gone. It has nothing more to say, and what it says is dropped.
func untilEnd(conn *net.UnixConn) {
	var waste [512]byte
	for {
		if _, err := conn.Read(waste[:]); err != nil {
			return
		}
	}
}

// publicMessage is what of an attach's error the user is shown.
func publicMessage(err error) string {
	var f *fault.Error
	if errors.As(err, &f) && f.Kind != fault.Internal && f.Message != "" {
		return f.Message
	}
	return "the cloud could not attach the sandbox: its log says why"
}

func (s *Server) refuse(conn *net.UnixConn, message string) {
	if err := send(conn, reply{Refused: message}); err != nil {
		s.log.Debug("a sandbox went away before its refusal", "error", err)
	}
}

func (s *Server) drop(conn *net.UnixConn) {
	if err := closing(conn.Close()); err != nil {
		s.log.Warn("cannot close a sandbox's connection", "error", err)
	}
}

// closing is err, unless it says that the thing was closed already.
func closing(err error) error {
	if errors.Is(err, net.ErrClosed) || errors.Is(err, os.ErrClosed) {
		return nil
	}
	return err
}

// sameUser refuses clients of another user than the server's own; root may come too. The socket's mode says the same,
// but not on every file system.
func sameUser(conn *net.UnixConn) error {
	raw, err := conn.SyscallConn()
	if err != nil {
		return err
	}
	var peer *unix.Ucred
	var peerErr error
	if err := raw.Control(func(fd uintptr) {
		peer, peerErr = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED)
	}); err != nil {
		return err
	}
	if peerErr != nil {
		return peerErr
	}
	if peer.Uid != 0 && int(peer.Uid) != os.Geteuid() {
		return fault.Newf(fault.Denied, "sandbox.Serve", "", "user %d may not attach a sandbox to the cloud of user %d", peer.Uid, os.Geteuid())
	}
	return nil
}
