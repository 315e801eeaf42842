package tds

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"

	wire "github.com/alcedo-cloud/alcedo/internal/wire/tds"
)

const (
	alpn         = "tds/8.0"
	tlsHandshake = 0x16    // the first byte of a TLS connection
	maxPrelogin  = 4 << 10 // options take a few dozen bytes
)

// build is the version that Azure SQL Database tells: 12.0.2000.8.
const (
	buildMajor, buildMinor, buildNumber = 12, 0, 2000
	programName                         = "Microsoft SQL Server"
)

// encrypt tells by the first byte what the client speaks, and has the connection encrypted when it returns. Azure
// requires it of every client.
func (c *connection) encrypt(ctx context.Context) error {
	first := make([]byte, 1)
	if _, err := io.ReadFull(c.socket, first); err != nil {
		return err
	}
	begun := &begunConn{Conn: c.socket, first: first}
	switch first[0] {
	case tlsHandshake:
		return c.encryptStrict(ctx, begun)
	case byte(wire.PacketPrelogin):
		return c.encryptClassic(ctx, begun)
	}
	return violation("a connection begins with byte %#02x", first[0])
}

// encryptStrict is TDS 8.0: TLS first, PRELOGIN within it.
func (c *connection) encryptStrict(ctx context.Context, nc net.Conn) error {
	c.strict = true
	t := tls.Server(nc, c.front.strict)
	if err := t.HandshakeContext(ctx); err != nil {
		return err
	}
	if t.ConnectionState().NegotiatedProtocol != alpn {
		return violation("TLS without the protocol %s", alpn)
	}
	c.begunTLS(t)
	p, err := c.prelogin()
	if err != nil {
		return err
	}
	return c.answerPrelogin(p, p.Encryption) // it is over; clients want their own word back
}

// encryptClassic is TDS 7: PRELOGIN, and TLS's handshake in packets of its type.
func (c *connection) encryptClassic(ctx context.Context, nc net.Conn) error {
	c.socket = nc
	c.packets, c.writer = wire.NewReader(nc), wire.NewWriter(nc, c.front.buffer, c.front.recycle)
	p, err := c.prelogin()
	if err != nil {
		return err
	}
	if !p.HasEncryption {
		return violation("PRELOGIN without encryption")
	}
	answer := wire.EncryptRequired
	if p.Encryption == wire.EncryptOn || p.Encryption == wire.EncryptRequired {
		answer = wire.EncryptOn
	}
	if err := c.answerPrelogin(p, answer); err != nil {
		return err
	}
	// A client that cannot encrypt, or will not, goes here; some that said so come all the same.
	wrapped := &handshakeConn{Conn: nc, packets: c.packets, writer: c.writer}
	t := tls.Server(wrapped, c.front.classic)
	if err := t.HandshakeContext(ctx); err != nil {
		return err
	}
	if err := wrapped.finish(); err != nil {
		return err
	}
	c.begunTLS(t)
	return nil
}

func (c *connection) begunTLS(t *tls.Conn) {
	c.socket, c.sni = t, t.ConnectionState().ServerName
	c.packets, c.writer = wire.NewReader(t), wire.NewWriter(t, c.front.buffer, c.front.recycle)
}

// prelogin reads the client's first message.
func (c *connection) prelogin() (wire.Prelogin, error) {
	payload, err := c.loginMessage(wire.PacketPrelogin, maxPrelogin)
	if err != nil {
		return wire.Prelogin{}, err
	}
	p, err := wire.DecodePrelogin(payload)
	c.required = p.FedAuthRequired
	return p, err
}

func (c *connection) answerPrelogin(p wire.Prelogin, e wire.Encryption) error {
	out := wire.AppendPrelogin(c.writer.Buffer(), wire.Prelogin{
		Version:    [6]byte{buildMajor, buildMinor, buildNumber >> 8, buildNumber & 0xFF},
		Encryption: e, HasFedAuth: p.HasFedAuth, FedAuthRequired: p.FedAuthRequired,
	})
	if err := c.writer.Commit(out); err != nil {
		return err
	}
	return c.writer.End()
}

// loginMessage reads a message of the login, which must be of that type.
func (c *connection) loginMessage(t wire.PacketType, limit int) ([]byte, error) {
	h, payload, err := c.packets.Next()
	if err != nil {
		return nil, err
	}
	if h.Type != t {
		return nil, violation("a message of type %#02x where %#02x belongs", uint8(h.Type), uint8(t))
	}
	return wire.NewMessage(c.packets, h, payload).Payload(wire.AtMost(limit))
}

// begunConn gives the byte that was read to tell the protocol.
type begunConn struct {
	net.Conn
	first []byte
}

// Read gives the first byte first.
func (c *begunConn) Read(p []byte) (int, error) {
	if len(c.first) > 0 && len(p) > 0 {
		n := copy(p, c.first)
		c.first = c.first[n:]
		return n, nil
	}
	return c.Conn.Read(p)
}

// handshakeConn carries TLS's records in packets until the handshake is over, and bare from then on.
type handshakeConn struct {
	net.Conn
	packets *wire.Reader
	writer  *wire.Writer
	rest    []byte
	over    bool
}

// Read gives the records of the client's packets.
func (c *handshakeConn) Read(p []byte) (int, error) {
	if c.over {
		return c.Conn.Read(p)
	}
	for len(c.rest) == 0 {
		h, payload, err := c.packets.Next()
		if err != nil {
			return 0, err
		}
		if h.Type != wire.PacketPrelogin {
			return 0, violation("a message of type %#02x within the TLS handshake", uint8(h.Type))
		}
		c.rest = payload
	}
	n := copy(p, c.rest)
	c.rest = c.rest[n:]
	return n, nil
}

// Write wraps a flight of the handshake.
func (c *handshakeConn) Write(p []byte) (int, error) {
	if c.over {
		return c.Conn.Write(p)
	}
	c.writer.Begin(wire.PacketPrelogin)
	if err := c.writer.Commit(append(c.writer.Buffer(), p...)); err != nil {
		return 0, err
	}
	if err := c.writer.End(); err != nil {
		return 0, err
	}
	return len(p), nil
}

// errLeftOver: what comes behind the handshake comes bare, so that nothing can stand in its packets.
var errLeftOver = errors.New("front/tds: bytes behind the TLS handshake in its packet")

// finish ends the wrapping.
func (c *handshakeConn) finish() error {
	c.over = true
	if len(c.rest) > 0 || !c.packets.Idle() {
		return errLeftOver
	}
	return nil
}
