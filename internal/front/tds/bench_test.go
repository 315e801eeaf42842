package tds

import (
	"testing"

	wire "github.com/alcedo-cloud/alcedo/internal/wire/tds"
)

// BenchmarkCall is a call with a parameter and a row for an answer, over TLS.
func BenchmarkCall(b *testing.B) {
	c := newWorld(b, nil).connect()
	request := parameter(rpc("p"), "@i", 0, byte(wire.TypeIntN), 4, 4, 7, 0, 0, 0)
	b.ReportAllocs()
	for b.Loop() {
		c.send(wire.PacketRPC, request)
		if _, err := c.message(); err != nil {
			b.Fatal(err)
		}
		c.world.sessions.last().calls = nil
	}
}

// BenchmarkRows sends rows of four columns, over TLS, to a client that does not look at them.
func BenchmarkRows(b *testing.B) {
	const rows = 100_000
	c := newWorld(b, nil).connect()
	for b.Loop() {
		c.send(wire.PacketSQLBatch, batch("rows 100000"))
		for last := false; !last; {
			h, _, err := c.packets.Next()
			if err != nil {
				b.Fatal(err)
			}
			last = h.Last()
		}
	}
	b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

// BenchmarkLogin connects, encrypts and logs in.
func BenchmarkLogin(b *testing.B) {
	w := newWorld(b, nil)
	for b.Loop() {
		c := w.connect()
		if err := c.conn.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
