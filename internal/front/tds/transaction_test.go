package tds

import (
	"bytes"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/sqldb"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	wire "github.com/alcedo-cloud/alcedo/internal/wire/tds"
)

// request is a request to the transaction manager.
func request(b ...byte) []byte { return append([]byte{4, 0, 0, 0}, b...) }

func TestTransactions(t *testing.T) {
	w := newWorld(t, nil)
	c := w.connect()
	c.send(wire.PacketTransactionManager, request(5, 0, 5, 2, 'n', 0))
	if e := c.reply().env(wire.EnvBegin); e == nil || e.data[0] != 8 || e.data[6] != 1 {
		t.Errorf("%+v", e)
	}
	// A request may name the transaction, and none that is not.
	inTransaction := func(descriptor byte) []byte {
		b := []byte{22, 0, 0, 0, 18, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, descriptor, 0, 0, 1, 0, 0, 0}
		return wire.AppendText(b, "x y")
	}
	c.send(wire.PacketSQLBatch, inTransaction(1))
	if got := c.reply(); len(got.of(0xD1)) != 1 {
		t.Errorf("%+v", got)
	}
	c.send(wire.PacketSQLBatch, inTransaction(2))
	if got := c.reply(); got.message(3989) == nil || got.last().status != wire.DoneError|wire.DoneInTransaction {
		t.Errorf("%+v", got)
	}
	c.send(wire.PacketTransactionManager, request(9, 0, 2, 's', 0))
	c.reply()
	c.send(wire.PacketTransactionManager, request(7, 0, 0, 1, 4, 0))
	if e := c.reply().env(wire.EnvCommit); e == nil {
		t.Error("no ENVCHANGE of the commit")
	}
	c.send(wire.PacketTransactionManager, request(8, 0, 0, 0))
	c.reply()
	want := []sqldb.TransactionRequest{
		{Action: sqldb.Begin, Name: "n", Isolation: 5},
		{Action: sqldb.Save, Name: "s"},
		{Action: sqldb.Commit, BeginNext: true, Isolation: 4},
		{Action: sqldb.Rollback},
	}
	got := w.sessions.last().requests
	if len(got) != len(want) {
		t.Fatalf("%+v", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%+v, want %+v", got[i], want[i])
		}
	}
	c.send(wire.PacketTransactionManager, request(0, 0, 0, 0))
	if m := c.reply().message(40510); m == nil {
		t.Error("distributed transactions are not refused")
	}
	c.alive()
}

func TestBulk(t *testing.T) {
	w := newWorld(t, nil)
	c := w.connect()
	columns := wire.AppendColMetadata(nil, []wire.Column{
		{Name: "i", Type: wire.TypeInfo{ID: wire.TypeInt4, Size: 4}},
		{Name: "s", Flags: wire.ColumnNullable, Type: wire.TypeInfo{ID: wire.TypeNVarChar, Size: 100}},
	})
	load := bytes.Clone(columns)
	for i := range 20_000 {
		load = wire.AppendInt(wire.AppendRow(load), int64(i), 4)
		if i == 1 {
			load = append(load, 0xFF, 0xFF)
			continue
		}
		load = wire.AppendNVarChar(load, "row")
	}
	load = wire.AppendDone(load, wire.Done, 0, 0, 0)
	c.send(wire.PacketBulkLoad, load)
	if last := c.reply().last(); last.count != 20_000 || last.status != wire.DoneCount {
		t.Errorf("ends with %+v", last)
	}
	s := w.sessions.last()
	c.send(wire.PacketBulkLoad, wire.AppendDone(nil, wire.Done, 0, 0, 0))
	if last := c.reply().last(); last.count != 0 || last.status != wire.DoneCount || len(s.columns) != 0 {
		t.Errorf("a load of no rows ends with %+v", last)
	}
	c.send(wire.PacketBulkLoad, load)
	c.reply()
	if len(s.columns) != 2 || s.columns[1].Name != "s" || !s.columns[1].Type.Nullable || s.columns[1].Type.Length != 50 || s.columns[0].Type.Nullable ||
		s.loaded[7][0].Int64() != 7 || s.loaded[7][1].Text() != "row" || !s.loaded[1][1].IsNull() {
		t.Errorf("%+v, %+v", s.columns, s.loaded[:2])
	}
	// The session refuses a row: the rest is taken from the wire and forgotten.
	s.bulkError, s.stopAfter = value.Errorf(515, 16, 2, "Cannot insert the value NULL"), 10
	c.send(wire.PacketBulkLoad, load)
	if got := c.reply(); got.message(515) == nil || got.last().status != wire.DoneError {
		t.Errorf("%+v", got)
	}
	c.alive()
	s.bulkError = nil
	// The client cancels while it sends.
	c.packet(wire.PacketBulkLoad, 0, load[:3000])
	c.send(wire.PacketAttention, nil)
	if last := c.reply().last(); last.status != wire.DoneError {
		t.Errorf("ends with %+v", last)
	}
	c.acknowledged(false)
	// It takes the load back.
	c.packet(wire.PacketBulkLoad, 0, load[:3000])
	c.packet(wire.PacketBulkLoad, wire.StatusEndOfMessage|wire.StatusIgnore, nil)
	if last := c.reply().last(); last.status != wire.DoneError {
		t.Errorf("ends with %+v", last)
	}
	c.alive()
	// What a column cannot have is told; what breaks the protocol ends the connection.
	dates := wire.AppendColMetadata(nil, []wire.Column{{Name: "i", Type: wire.TypeInfo{ID: wire.TypeInt4, Size: 4}}, {Name: "d", Type: wire.TypeInfo{ID: wire.TypeDateN}}})
	c.send(wire.PacketBulkLoad, wire.AppendDateN(wire.AppendInt(wire.AppendRow(dates), 1, 4), 1<<23))
	if m := c.reply().message(4815); m == nil || m.text != "Received an invalid column length from the bcp client for colid 2." {
		t.Errorf("%+v", m)
	}
	udt := []byte{0x81, 1, 0, 0, 0, 0, 0, 0, 0, byte(wire.TypeUDT), 0, 0, 1, 'g', 0, 1, 'u', 0}
	c.send(wire.PacketBulkLoad, udt)
	if m := c.reply().message(4816); m == nil || m.text != "Invalid column type from bcp client for colid 1." {
		t.Errorf("%+v", m)
	}
	c.send(wire.PacketBulkLoad, []byte{0x81, 1, 0, 0, 0, 0, 0, 0, 0, 0x99})
	if m := c.reply().message(4816); m == nil {
		t.Error("a type that there is not is not refused")
	}
	c.alive()
	c.send(wire.PacketBulkLoad, append(bytes.Clone(columns), 0xD1, 1, 2))
	c.closed()
}
