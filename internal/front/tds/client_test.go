package tds

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/binary"
	"errors"
	"io"
	"log/slog"
	"math/big"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/cloud"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	wire "github.com/alcedo-cloud/alcedo/internal/wire/tds"
)

// testCertificates answers for the SQL endpoints of one cloud.
type testCertificates struct {
	cloud cloud.Cloud
	leaf  *tls.Certificate
	roots *x509.CertPool
}

func (c *testCertificates) Certificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	if h, ok := c.cloud.Host(hello.ServerName); !ok || h.Kind != cloud.HostSQL {
		return nil, fault.New(fault.NotFound, "test", "", "not the cloud's")
	}
	return c.leaf, nil
}

func newTestCertificates(t testing.TB, in cloud.Cloud) *testCertificates {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, DNSNames: []string{"*." + in.SQLSuffix},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	c := &testCertificates{cloud: in, leaf: &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, roots: x509.NewCertPool()}
	c.roots.AddCert(parsed)
	return c
}

// world is a front with a listener and sessions of a few words.
type world struct {
	t            testing.TB
	front        *Front
	sessions     *fakeSessions
	certificates *testCertificates
	address      string
	stop         func() // ends Serve and waits for it
}

// testPatience bounds what a test waits for that must come; nothing takes part of it where all is well.
const testPatience = 30 * time.Second

func newWorld(t testing.TB, change func(*Config)) *world {
	t.Helper()
	in := cloud.All()[1] // China's
	w := &world{t: t, sessions: &fakeSessions{}, certificates: newTestCertificates(t, in)}
	c := Config{
		Sessions: w.sessions, Verifier: fakeVerifier{}, Certificates: w.certificates, Cloud: in,
		TenantID: "0b0d1c2e-0000-4000-8000-000000000001", Rand: rand.Reader, Log: slog.New(slog.DiscardHandler),
	}
	if change != nil {
		change(&c)
	}
	f, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	w.front = f
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w.address = l.Addr().String()
	ctx, cancel := contextWithCancel()
	served := make(chan error, 1)
	go func() { served <- f.Serve(ctx, l) }()
	w.stop = sync.OnceFunc(func() {
		cancel()
		select {
		case err := <-served:
			if err != nil {
				t.Errorf("Serve: %v", err)
			}
		case <-time.After(testPatience):
			t.Error("Serve does not return")
		}
	})
	t.Cleanup(w.stop)
	return w
}

// client is one that speaks the protocol by the book, as far as a test lets it.
type client struct {
	t       testing.TB
	world   *world
	conn    net.Conn
	packets *wire.Reader
	writer  *wire.Writer
}

func (w *world) dial() *client {
	w.t.Helper()
	conn, err := net.Dial("tcp", w.address)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(testPatience)); err != nil {
		w.t.Fatal(err)
	}
	c := &client{t: w.t, world: w}
	c.use(conn)
	return c
}

func (c *client) use(conn net.Conn) {
	c.conn, c.packets, c.writer = conn, wire.NewReader(conn), wire.NewWriter(conn, nil, nil)
}

// send writes a message.
func (c *client) send(kind wire.PacketType, body []byte) {
	c.t.Helper()
	c.writer.Begin(kind)
	if err := c.writer.Commit(append(c.writer.Buffer(), body...)); err != nil {
		c.t.Fatal(err)
	}
	if err := c.writer.End(); err != nil {
		c.t.Fatal(err)
	}
}

// packet writes one packet with a status of the test's own.
func (c *client) packet(kind wire.PacketType, status wire.Status, body []byte) {
	c.t.Helper()
	p := wire.AppendHeader(nil, wire.Header{Type: kind, Status: status, Length: wire.HeaderSize + len(body), ID: 1})
	if _, err := c.conn.Write(append(p, body...)); err != nil {
		c.t.Fatal(err)
	}
}

// message reads the payload of a message.
func (c *client) message() ([]byte, error) {
	h, payload, err := c.packets.Next()
	if err != nil {
		return nil, err
	}
	if h.Type != wire.PacketReply {
		return nil, errors.New("not a reply")
	}
	return wire.NewMessage(c.packets, h, payload).Payload(wire.AtMost(1 << 30))
}

// prelogin sends PRELOGIN and returns the answer.
func (c *client) prelogin(e wire.Encryption, fedAuth bool) wire.Prelogin {
	c.t.Helper()
	c.send(wire.PacketPrelogin, wire.AppendPrelogin(nil, wire.Prelogin{Encryption: e, HasFedAuth: fedAuth, FedAuthRequired: fedAuth}))
	payload, err := c.message()
	if err != nil {
		c.t.Fatal(err)
	}
	p, err := wire.DecodePrelogin(payload)
	if err != nil {
		c.t.Fatal(err)
	}
	return p
}

func (c *client) tlsConfig() *tls.Config {
	return &tls.Config{RootCAs: c.world.certificates.roots, ServerName: "srv1." + c.world.front.Cloud.SQLSuffix}
}

// encrypt makes TLS's handshake within packets.
func (c *client) encrypt(config *tls.Config) error {
	wrapped := &handshakeConn{Conn: c.conn, packets: c.packets, writer: c.writer}
	t := tls.Client(wrapped, config)
	if err := t.Handshake(); err != nil {
		return err
	}
	if err := wrapped.finish(); err != nil {
		return err
	}
	c.use(t)
	return nil
}

// encryptStrict makes TLS's handshake first.
func (c *client) encryptStrict(protocols ...string) error {
	config := c.tlsConfig()
	config.NextProtos = protocols
	t := tls.Client(c.conn, config)
	if err := t.Handshake(); err != nil {
		return err
	}
	c.use(t)
	return nil
}

// login is what a LOGIN7 of the tests says.
type login struct {
	version                uint32
	server, user, password string
	database               string
	packetSize             uint32
	integrated             bool
	features               []byte // without the end
}

func (c *client) usual() login {
	return login{
		version: wire.Version74, server: "srv1." + c.world.front.Cloud.SQLSuffix, user: "sa", password: "Pässw0rd!", database: "db1", packetSize: 4096,
	}
}

// bytes makes the message LOGIN7.
func (l login) bytes() []byte {
	head := make([]byte, 94)
	le := binary.LittleEndian
	le.PutUint32(head[4:], l.version)
	le.PutUint32(head[8:], l.packetSize)
	if l.integrated {
		head[25] = 0x80
	}
	body := []byte{}
	put := func(at int, b []byte, units int) {
		le.PutUint16(head[at:], uint16(94+len(body)))
		le.PutUint16(head[at+2:], uint16(units))
		body = append(body, b...)
	}
	text := func(at int, s string) { put(at, wire.AppendText(nil, s), wire.Units(s)) }
	text(36, "host")
	text(40, l.user)
	scrambled := wire.AppendText(nil, l.password)
	for i, b := range scrambled {
		scrambled[i] = (b<<4 | b>>4) ^ 0xA5
	}
	put(44, scrambled, len(scrambled)/2)
	text(48, "app")
	text(52, l.server)
	text(60, "library")
	text(68, l.database)
	if l.features != nil {
		head[27] = 0x10
		put(56, le.AppendUint32(nil, uint32(94+len(body)+4)), 4)
		body = append(append(body, l.features...), 0xFF)
	}
	le.PutUint32(head, uint32(94+len(body)))
	return append(head, body...)
}

// fedAuth is the feature with a token that comes with the login.
func fedAuth(token string, echo bool) []byte {
	options := byte(wire.FedAuthSecurityToken) << 1
	if echo {
		options |= 1
	}
	text := wire.AppendText(nil, token)
	data := binary.LittleEndian.AppendUint32([]byte{options}, uint32(len(text)))
	data = append(data, text...)
	return append(binary.LittleEndian.AppendUint32([]byte{wire.FeatureFedAuth}, uint32(len(data))), data...)
}

// connect logs in as usual.
func (w *world) connect() *client {
	w.t.Helper()
	c := w.dial()
	c.prelogin(wire.EncryptOn, false)
	if err := c.encrypt(c.tlsConfig()); err != nil {
		w.t.Fatal(err)
	}
	c.send(wire.PacketLogin7, c.usual().bytes())
	if tokens := c.reply(); tokens.message(18456) != nil || len(tokens.of(0xAD)) != 1 {
		w.t.Fatalf("not logged in: %+v", tokens)
	}
	return c
}

// batch is SQLBATCH's payload.
func batch(text string) []byte { return wire.AppendText([]byte{4, 0, 0, 0}, text) }

// run sends a batch and returns the answer.
func (c *client) run(text string) tokens {
	c.t.Helper()
	c.send(wire.PacketSQLBatch, batch(text))
	return c.reply()
}

// alive checks that the session answers.
func (c *client) alive() {
	c.t.Helper()
	if got := c.run("still there"); len(got.of(0xD1)) != 1 || !bytes.Equal(got.of(0xD1)[0].cells[0], wire.AppendText(nil, "still there")) {
		c.t.Errorf("the session answers %+v", got)
	}
}

// closed checks that the server closes the connection without another word.
func (c *client) closed() {
	c.t.Helper()
	b, err := io.ReadAll(c.conn)
	var broken *net.OpError
	if err != nil && !errors.As(err, &broken) && !errors.Is(err, io.ErrUnexpectedEOF) {
		c.t.Errorf("the connection ends with %v", err)
	}
	if errors.As(err, &broken) && broken.Timeout() {
		c.t.Error("the connection stays open")
	}
	if len(b) > 0 {
		c.t.Errorf("the server says % x", b)
	}
}
