package tds

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"testing"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/sqldb"
	wire "github.com/alcedo-cloud/alcedo/internal/wire/tds"
)

// recordedConn is a client that has said everything, and reads what it is told.
type recordedConn struct {
	net.Conn
	in *bytes.Reader
}

func (c *recordedConn) Read(p []byte) (int, error)      { return c.in.Read(p) }
func (c *recordedConn) Write(p []byte) (int, error)     { return len(p), nil }
func (c *recordedConn) SetReadDeadline(time.Time) error { return nil }

// echoSession answers every batch with its text.
type echoSession struct{ *fakeSession }

func (echoSession) Batch(_ context.Context, text string, out sqldb.Sink) error {
	return echo(text, out)
}

// FuzzRequests sends packets of a client that has logged in. Whatever they are, the connection answers or ends.
func FuzzRequests(f *testing.F) {
	packet := func(kind wire.PacketType, status wire.Status, body []byte) []byte {
		return append(wire.AppendHeader(nil, wire.Header{Type: kind, Status: status, Length: wire.HeaderSize + len(body)}), body...)
	}
	f.Add(packet(wire.PacketSQLBatch, wire.StatusEndOfMessage, batch("select 1")))
	f.Add(append(packet(wire.PacketSQLBatch, 0, batch("select ")), packet(wire.PacketSQLBatch, wire.StatusEndOfMessage|wire.StatusResetSession, []byte("1\x00"))...))
	f.Add(packet(wire.PacketRPC, wire.StatusEndOfMessage, parameter(rpc("p"), "@i", 1, byte(wire.TypeIntN), 4, 4, 7, 0, 0, 0)))
	f.Add(packet(wire.PacketTransactionManager, wire.StatusEndOfMessage, request(5, 0, 5, 2, 'n', 0)))
	f.Add(packet(wire.PacketAttention, wire.StatusEndOfMessage, nil))
	load := wire.AppendColMetadata(nil, []wire.Column{{Name: "i", Type: wire.TypeInfo{ID: wire.TypeInt4, Size: 4}}})
	f.Add(packet(wire.PacketBulkLoad, wire.StatusEndOfMessage, wire.AppendInt(wire.AppendRow(load), 1, 4)))
	f.Add(append(packet(wire.PacketBulkLoad, 0, load), packet(wire.PacketAttention, wire.StatusEndOfMessage, nil)...))
	f.Fuzz(func(t *testing.T, b []byte) {
		conn := &recordedConn{in: bytes.NewReader(b)}
		c := &connection{
			front: &Front{Config: Config{MaxMessage: 1 << 20, MaxInFlight: 1 << 20}}, log: slog.New(slog.DiscardHandler), socket: conn,
			packets: wire.NewReader(conn), writer: wire.NewWriter(conn, nil, nil), version: wire.Version74,
			session: echoSession{&fakeSession{sessions: &fakeSessions{}, ended: make(chan struct{})}},
		}
		c.wire = c.front.turns.conn(conn)
		if err := c.requests(t.Context()); err == nil {
			t.Fatal("a connection ended without a reason")
		}
		if n := c.front.inFlight.Load(); n != 0 {
			t.Fatalf("%d bytes are still claimed", n)
		}
	})
}
