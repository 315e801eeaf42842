// Package dns is the cloud's name server: it gives the cloud's names the one address at which the gateway listens, and
// denies all others. It asks nobody. It must never know who serves the names.
package dns

import (
	"errors"
	"net"
	"net/netip"
	"time"

	mdns "github.com/miekg/dns"

	"github.com/alcedo-cloud/alcedo/internal/cloud"
	"github.com/alcedo-cloud/alcedo/internal/fault"
)

const (
	// ttl is in seconds. The address never changes, yet a cache that outlives the cloud must forget it.
	ttl = 5
	// udpSize is what a question may have, and what we say that an answer may have (RFC 9715 asks for no more).
	udpSize = 1232
	// packetWait is how long one read of the UDP socket waits before it is begun again. Nothing hangs on it.
	packetWait = time.Hour
)

// Server answers questions about one cloud. It is safe for concurrent use and may serve any number of sockets.
type Server struct {
	cloud   cloud.Cloud
	address netip.Addr
}

// New returns a server that gives address for the cloud's names. localhost is the asker's own machine, and
// metadata.azure.internal is 169.254.169.254, as in Azure.
func New(c cloud.Cloud, address netip.Addr) *Server {
	return &Server{cloud: c, address: address.Unmap()}
}

// ServePacket answers over UDP until the socket is closed, and closes it. That it was closed is no error.
func (s *Server) ServePacket(pc net.PacketConn) error {
	server := &mdns.Server{PacketConn: pc, Handler: mdns.HandlerFunc(s.serve), UDPSize: udpSize, ReadTimeout: packetWait}
	return ended("dns.ServePacket", server.ActivateAndServe())
}

// ServeListener answers over TCP until the listener is closed, and closes it. That it was closed is no error.
func (s *Server) ServeListener(l net.Listener) error {
	server := &mdns.Server{Listener: l, Handler: mdns.HandlerFunc(s.serve)}
	return ended("dns.ServeListener", server.ActivateAndServe())
}

func ended(op string, err error) error {
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return fault.Wrap(op, err)
}

func (s *Server) serve(w mdns.ResponseWriter, question *mdns.Msg) {
	// Who asked is gone where this fails, and asks again where he is not.
	_ = w.WriteMsg(s.Answer(question))
}
