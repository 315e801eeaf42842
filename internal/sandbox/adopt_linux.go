package sandbox

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// sockets are a sandbox's listeners in the server's hands, and the connections that came in on them.
type sockets struct {
	listeners map[endpoint]*listener
	packets   net.PacketConn

	mu     sync.Mutex
	closed bool
	conns  map[*trackedConn]struct{}
}

// adopt makes listeners of the descriptors. Each must be the very socket that its name promises: an IPv4 socket that
// listens at the endpoint's place. On error what was made so far is returned as well, to be closed.
func adopt(h header, files []*os.File) (*sockets, error) {
	s := &sockets{listeners: map[endpoint]*listener{}, conns: map[*trackedConn]struct{}{}}
	if len(files) != len(h.Listeners) {
		return s, fmt.Errorf("%d descriptors came for %d listeners", len(files), len(h.Listeners))
	}
	for i, e := range h.Listeners {
		_, _, packet, _ := e.place()
		if err := checkSocket(int(files[i].Fd()), e); err != nil {
			return s, fmt.Errorf("listener %s: %w", e, err)
		}
		if packet {
			pc, err := net.FilePacketConn(files[i])
			if err != nil {
				return s, err
			}
			s.packets = pc
			continue
		}
		l, err := net.FileListener(files[i])
		if err != nil {
			return s, err
		}
		s.listeners[e] = &listener{Listener: l, sockets: s}
	}
	return s, nil
}

func checkSocket(fd int, e endpoint) error {
	address, port, packet, _ := e.place()
	domain, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_DOMAIN)
	if err != nil {
		return fmt.Errorf("is no socket: %w", err)
	}
	kind, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TYPE)
	if err != nil {
		return err
	}
	protocol, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_PROTOCOL)
	if err != nil {
		return err
	}
	accepts, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ACCEPTCONN)
	if err != nil {
		return err
	}
	stream := domain == unix.AF_INET && kind == unix.SOCK_STREAM && protocol == unix.IPPROTO_TCP && accepts == 1
	datagram := domain == unix.AF_INET && kind == unix.SOCK_DGRAM && protocol == unix.IPPROTO_UDP
	if packet && !datagram || !packet && !stream {
		return errors.New("is a socket of another kind")
	}
	name, err := unix.Getsockname(fd)
	if err != nil {
		return err
	}
	at, ok := name.(*unix.SockaddrInet4)
	if !ok || netip.AddrFrom4(at.Addr).String() != address || at.Port != port {
		return fmt.Errorf("is not bound to %s:%d", address, port)
	}
	return nil
}

// serve starts the handlers. The group ends when they all have returned.
func (s *sockets) serve(h Handlers, log *slog.Logger) *sync.WaitGroup {
	var running sync.WaitGroup
	start := func(e endpoint, run func() error) {
		running.Go(func() {
			if err := run(); err != nil && !s.isClosed() && !errors.Is(err, net.ErrClosed) {
				log.Error("a sandbox's listener is no longer served", "listener", string(e), "error", err)
			}
		})
	}
	for e, handler := range map[endpoint]func(net.Listener) error{
		endpointIMDS: h.IMDS, endpointHTTPS: h.HTTPS, endpointHTTP: h.HTTP, endpointSQL: h.SQL, endpointDNS: h.DNS,
	} {
		l, ok := s.listeners[e]
		switch {
		case !ok:
		case handler == nil:
			_ = l.Close() // clients are refused from now on
		default:
			start(e, func() error { return handler(l) })
		}
	}
	if h.DNSPacket != nil {
		start(endpointDNSPacket, func() error { return h.DNSPacket(s.packets) })
	} else {
		_ = s.packets.Close()
	}
	return &running
}

func (s *sockets) isClosed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closed
}

// close ends the listeners and cuts their connections. It may be called again.
func (s *sockets) close() {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return
	}
	s.closed = true
	conns := s.conns
	s.conns = nil
	s.mu.Unlock()
	// Closing says nothing that anybody could act on: the other end is gone or about to be.
	for _, l := range s.listeners {
		wake(l.Listener)
		_ = l.Close()
	}
	if s.packets != nil {
		wake(s.packets)
		_ = s.packets.Close()
	}
	for c := range conns {
		_ = c.TCPConn.Close()
	}
}

// wake ends what waits on a socket. A descriptor that came from elsewhere is shared with whoever kept a copy, who can
// make it a blocking one; then Close alone would wait for an accept that never ends.
func wake(socket any) {
	s, ok := socket.(syscall.Conn)
	if !ok {
		return
	}
	raw, err := s.SyscallConn()
	if err != nil {
		return // it is closed
	}
	_ = raw.Control(func(fd uintptr) {
		_ = unix.Shutdown(int(fd), unix.SHUT_RDWR) // a UDP socket answers ENOTCONN, and wakes all the same
	})
}

// listener remembers the connections that it accepts, so that they end with the sandbox.
type listener struct {
	net.Listener
	sockets *sockets
}

// Accept waits for a connection.
func (l *listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	tcp, ok := c.(*net.TCPConn)
	if !ok { // adopt took TCP sockets alone
		return nil, errors.Join(errors.New("a TCP listener gave another connection"), c.Close())
	}
	tracked := &trackedConn{TCPConn: tcp, sockets: l.sockets}
	l.sockets.mu.Lock()
	defer l.sockets.mu.Unlock()
	if l.sockets.closed {
		_ = tcp.Close()
		return nil, net.ErrClosed
	}
	l.sockets.conns[tracked] = struct{}{}
	return tracked, nil
}

// trackedConn is a connection that its sandbox's end cuts. It stays a TCPConn, so that sendfile still serves it.
type trackedConn struct {
	*net.TCPConn
	sockets *sockets
}

// Close forgets the connection.
func (c *trackedConn) Close() error {
	c.sockets.mu.Lock()
	delete(c.sockets.conns, c)
	c.sockets.mu.Unlock()
	return c.TCPConn.Close()
}
