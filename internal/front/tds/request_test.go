package tds

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/sqldb"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	wire "github.com/alcedo-cloud/alcedo/internal/wire/tds"
)

// TestValues sends a value of each type as a column, and reads it back as the type's parameter is read.
func TestValues(t *testing.T) {
	c := newWorld(t, nil).connect()
	columns, want := all()
	for _, q := range []string{"types x", "nullable x"} {
		got := c.run(q)
		metadata, rows := got.of(0x81), got.of(0xD1)
		if len(metadata) != 1 || len(rows) != 1 || len(metadata[0].columns) != len(columns) {
			t.Fatalf("%s: %+v", q, got)
		}
		for i := range columns {
			m, cell := metadata[0].columns[i], rows[0].cells[i]
			if nullable := m.Flags&wire.ColumnNullable != 0; nullable != (q == "nullable x") || m.Name != columns[i].Name {
				t.Errorf("%s: %+v", q, m)
			}
			typ, decode, err := typeOf(&m.Type)
			if err != nil {
				t.Fatal(err)
			}
			v, err := decode(cell)
			if err != nil || !same(v, want[i]) {
				t.Errorf("%s: %s is %+v from % x, want %+v, %v", q, m.Name, v, cell, want[i], err)
			}
			id := columns[i].Type.ID
			if id == value.RowVersion {
				id = value.Binary
			}
			if typ.ID != id || id == value.Decimal && (typ.Precision != columns[i].Type.Precision || typ.Scale != columns[i].Type.Scale) {
				t.Errorf("%s: %s reads as %v", q, m.Name, typ)
			}
		}
		if last := got.last(); last.status != wire.DoneCount || last.count != 1 || last.number != 0xC1 {
			t.Errorf("%s ends with %+v", q, last)
		}
	}
	for i, cell := range c.run("nulls x").of(0xD1)[0].cells {
		if cell != nil {
			t.Errorf("%s is % x, not NULL", columns[i].Name, cell)
		}
	}
}

// same compares what values hold; the collation that a variant carries is the wire's.
func same(a, b value.Value) bool {
	if a.Kind() != b.Kind() {
		return false
	}
	switch a.Kind() {
	case value.KindDecimal:
		m, s := a.Decimal()
		n, r := b.Decimal()
		return m == n && s == r
	case value.KindFloat:
		return a.Float64() == b.Float64()
	case value.KindString, value.KindBytes, value.KindGUID:
		return a.Text() == b.Text()
	case value.KindDateTimeOffset:
		return a.Ticks() == b.Ticks() && a.Offset() == b.Offset()
	case value.KindVariant:
		x, s := a.Variant()
		y, r := b.Variant()
		return s.ID == r.ID && same(x, y)
	}
	return a.Int64() == b.Int64()
}

// TestOldClient: before 7.3.B there is no NBCROW, and NULLs stand in the row.
func TestOldClient(t *testing.T) {
	c := newWorld(t, nil).dial()
	c.prelogin(wire.EncryptOn, false)
	if err := c.encrypt(c.tlsConfig()); err != nil {
		t.Fatal(err)
	}
	l := c.usual()
	l.version = wire.Version72
	c.send(wire.PacketLogin7, l.bytes())
	loggedIn(t, c.reply(), wire.Version72)
	for _, cell := range c.run("nulls x").of(0xD1)[0].cells {
		if cell != nil {
			t.Errorf("% x is not NULL", cell)
		}
	}
}

func TestLongValues(t *testing.T) {
	c := newWorld(t, nil).connect()
	const n = 50_000
	row := c.run("long 50000").of(0xD1)[0].cells
	if wire.DecodeText(row[0]) != strings.Repeat("a語😀", n) || row[1] != nil || string(row[2]) != strings.Repeat("\x01\xfe", n) ||
		string(row[3]) != strings.Repeat("\xfc\x80", n) || !bytes.Equal(row[4], []byte{9, 0, 0, 0}) {
		t.Errorf("%d, %d, %d, %d bytes", len(row[0]), len(row[2]), len(row[3]), len(row[4]))
	}
}

func TestMessages(t *testing.T) {
	c := newWorld(t, nil).connect()
	got := c.run("error it does not fit")
	if m := got.message(547); m == nil || m.text != "it does not fit" || m.class != 16 || m.line != 7 || m.proc != "proc" || m.name != "srv1" || m.id != 0xAA {
		t.Errorf("%+v", got)
	}
	if got.last().status != wire.DoneError {
		t.Errorf("ends with %+v", got.last())
	}
	got = c.run("fail here")
	if m := got.message(102); m == nil || m.text != "Incorrect syntax near 'here'." || m.line != 1 || len(got) != 2 || got.last().status != wire.DoneError {
		t.Errorf("%+v", got)
	}
	got = c.run("print hello")
	if m := got.message(0); m == nil || m.id != 0xAB || m.text != "hello" || got.last().status != 0 {
		t.Errorf("%+v", got)
	}
	if got = c.run("silent"); len(got) != 1 || got[0].id != 0xFD || got[0].status != 0 {
		t.Errorf("%+v", got)
	}
	got = c.run("use db2")
	if e := got.env(wire.EnvDatabase); e == nil || string(e.data) != "\x03d\x00b\x002\x00\x03d\x00b\x001\x00" {
		t.Errorf("%+v", got)
	}
	c.alive()
}

// TestFatal: a message of class 20 or above is told, and the connection ends with it; so it does with a panic.
func TestFatal(t *testing.T) {
	w := newWorld(t, nil)
	other := w.connect()
	c := w.connect()
	if m := c.run("fatal").message(596); m == nil || m.class != 21 {
		t.Errorf("%+v", m)
	}
	c.closed()
	c = w.connect()
	got := c.run("internal")
	if m := got.message(40197); m == nil || strings.Contains(m.text, "secret") || len(got.of(0xAA)) != 1 {
		t.Errorf("%+v", got)
	}
	c.closed()
	c = w.connect()
	c.send(wire.PacketSQLBatch, batch("panic"))
	c.closed()
	other.alive()
	w.stop()
	if w.sessions.closed != 4 {
		t.Errorf("%d of 4 sessions are closed", w.sessions.closed)
	}
}

// acknowledged checks the answer to an attention.
func (c *client) acknowledged(descriptor bool) {
	c.t.Helper()
	want := wire.DoneAttention
	if descriptor {
		want |= wire.DoneInTransaction
	}
	if got := c.reply(); len(got) != 1 || got[0].id != 0xFD || got[0].status != want {
		c.t.Errorf("an attention is answered by %+v", got)
	}
}

func TestAttention(t *testing.T) {
	c := newWorld(t, nil).connect()
	for _, q := range []string{"wait", "wait quiet"} {
		c.send(wire.PacketSQLBatch, batch(q))
		c.send(wire.PacketAttention, nil)
		if got := c.reply(); len(got) != 1 || got[0].status != wire.DoneError {
			t.Errorf("%s is ended by %+v", q, got)
		}
		c.acknowledged(false)
		c.alive()
	}
	// At rest.
	c.send(wire.PacketAttention, nil)
	c.acknowledged(false)
	// While rows are sent that nobody reads.
	c.send(wire.PacketSQLBatch, batch("rows 100000000"))
	time.Sleep(20 * time.Millisecond)
	c.send(wire.PacketAttention, nil)
	if last := c.reply().last(); last.status != wire.DoneError {
		t.Errorf("ends with %+v", last)
	}
	c.acknowledged(false)
	// Within a transaction.
	c.run("begin")
	c.send(wire.PacketSQLBatch, batch("wait"))
	c.send(wire.PacketAttention, nil)
	c.reply()
	c.acknowledged(true)
	// Within a message.
	c.packet(wire.PacketSQLBatch, 0, batch("never "))
	c.send(wire.PacketAttention, nil)
	c.acknowledged(true)
	c.alive()
}

// TestMessagesAreSentAtOnce: what a long request says does not wait for its end.
func TestMessagesAreSentAtOnce(t *testing.T) {
	c := newWorld(t, nil).connect()
	c.send(wire.PacketSQLBatch, batch("late x"))
	h, payload, err := c.packets.Next()
	if err != nil || h.Last() || !bytes.Contains(payload, wire.AppendText(nil, "a word")) {
		t.Fatalf("%+v % x, %v", h, payload, err)
	}
	c.send(wire.PacketAttention, nil)
	c.reply()
	c.acknowledged(false)
}

func TestReset(t *testing.T) {
	w := newWorld(t, nil)
	c := w.connect()
	for _, status := range []wire.Status{wire.StatusResetSession, wire.StatusResetKeepingChange} {
		c.packet(wire.PacketSQLBatch, status|wire.StatusEndOfMessage, batch("x y"))
		if got := c.reply(); got.env(wire.EnvResetSession) == nil || len(got.of(0xD1)) != 1 {
			t.Errorf("%+v", got)
		}
	}
	if got := w.sessions.last().resets; len(got) != 2 || got[0] || !got[1] {
		t.Errorf("resets keep %v", got)
	}
}

// TestIgnored: the client takes a message back before its end.
func TestIgnored(t *testing.T) {
	c := newWorld(t, nil).connect()
	c.packet(wire.PacketSQLBatch, 0, batch("fatal "))
	c.packet(wire.PacketSQLBatch, wire.StatusEndOfMessage|wire.StatusIgnore, wire.AppendText(nil, "or not"))
	if got := c.reply(); len(got) != 1 || got[0].status != wire.DoneError {
		t.Errorf("%+v", got)
	}
	c.alive()
}

// TestImpatience: a client that does not wait is answered in turn.
func TestImpatience(t *testing.T) {
	c := newWorld(t, nil).connect()
	c.send(wire.PacketSQLBatch, batch("rows 30000"))
	c.send(wire.PacketSQLBatch, batch("second one"))
	c.send(wire.PacketSQLBatch, batch("third one"))
	if got := c.reply(); len(got.of(0xD1)) != 30000 {
		t.Errorf("%d rows", len(got.of(0xD1)))
	}
	for _, want := range []string{"second one", "third one"} {
		if got := c.reply(); len(got.of(0xD1)) != 1 || wire.DecodeText(got.of(0xD1)[0].cells[0]) != want {
			t.Errorf("%+v, want %s", got, want)
		}
	}
}

func TestRequestOverTheLimit(t *testing.T) {
	c := newWorld(t, func(c *Config) { c.MaxMessage = 10_000 }).connect()
	got := c.run(strings.Repeat("x", 20_000))
	if m := got.message(701); m == nil || m.class != 17 || got.message(0) == nil || got.last().status != wire.DoneError {
		t.Errorf("%+v", got)
	}
	c.alive()
}

// TestRoomForRequests: large requests of all connections share a limit, and give back what they had.
func TestRoomForRequests(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.MaxInFlight = 50_000 })
	first, second := w.connect(), w.connect()
	first.packet(wire.PacketSQLBatch, 0, batch("x"))
	first.packet(wire.PacketSQLBatch, 0, make([]byte, 30_000))
	until(t, func() bool { return w.front.inFlight.Load() > 30_000 })
	if got := second.run(strings.Repeat("x", 15_000)); got.message(701) == nil {
		t.Errorf("%+v", got)
	}
	second.alive()
	first.packet(wire.PacketSQLBatch, wire.StatusEndOfMessage, nil)
	first.reply()
	if got := second.run(strings.Repeat("x", 15_000)); got.message(701) != nil || len(got.of(0xD1)) != 1 {
		t.Errorf("%+v", got)
	}
	if n := w.front.inFlight.Load(); n != 0 {
		t.Errorf("%d bytes are still claimed", n)
	}
}

// rpc begins a call by name.
func rpc(name string) []byte {
	b := binary.LittleEndian.AppendUint16([]byte{4, 0, 0, 0}, uint16(len(name)))
	return append(wire.AppendText(b, name), 0, 0)
}

// parameter appends a parameter, with a type and a value as the wire has them.
func parameter(b []byte, name string, status byte, typed ...byte) []byte {
	b = append(append(b, byte(len(name))), wire.AppendText(nil, name)...)
	return append(append(b, status), typed...)
}

func TestCall(t *testing.T) {
	w := newWorld(t, nil)
	c := w.connect()
	b := rpc("dbo.p")
	b = parameter(b, "@i", 1, byte(wire.TypeIntN), 4, 4, 7, 0, 0, 0)
	b = parameter(b, "@n", 1, byte(wire.TypeNVarChar), 20, 0, 9, 4, 0xD0, 0, 0x34, 2, 0, 0xE9, 0)
	b = parameter(b, "@v", 0, byte(wire.TypeBigVarChar), 20, 0, 9, 4, 0xD0, 0, 0x34, 1, 0, 0xFC)
	b = parameter(b, "", 2, byte(wire.TypeIntN), 8, 0)
	c.send(wire.PacketRPC, b)
	got := c.reply()
	if rows := got.of(0xD1); len(rows) != 1 || len(rows[0].cells) != 4 || rows[0].cells[3] != nil {
		t.Errorf("%+v", got)
	}
	if status := got.of(0x79); len(status) != 1 || status[0].number != 3 {
		t.Errorf("status %+v", status)
	}
	outs := got.of(0xAC)
	if len(outs) != 2 || outs[0].name != "@i" || !bytes.Equal(outs[0].cells[0], []byte{7, 0, 0, 0}) || wire.DecodeText(outs[1].cells[0]) != "é" {
		t.Errorf("outputs %+v", outs)
	}
	if in := got.of(0xFF); len(in) != 1 || in[0].status != wire.DoneMore|wire.DoneCount {
		t.Errorf("DONEINPROC %+v", in)
	}
	if last := got.last(); last.id != 0xFE || last.status != 0 {
		t.Errorf("ends with %+v", last)
	}
	call := w.sessions.last().calls[0]
	if call.Procedure != "dbo.p" || len(call.Arguments) != 4 || !call.Arguments[3].Default || !call.Arguments[3].Value.IsNull() ||
		call.Arguments[2].Value.Text() != "ü" || call.Arguments[2].Type.ID != value.VarChar || call.Arguments[2].Type.Length != 20 ||
		call.Arguments[1].Type.Length != 10 || call.Arguments[1].Value.Text() != "é" {
		t.Errorf("%+v", call)
	}
}

// TestCalls: several calls in one request are one answer.
func TestCalls(t *testing.T) {
	w := newWorld(t, nil)
	c := w.connect()
	b := append(parameter(rpc("a"), "@i", 0, byte(wire.TypeIntN), 4, 4, 7, 0, 0, 0), 0xFF)
	b = append(b, 0xFF, 0xFF, 10, 0, 2, 0) // sp_executesql without metadata
	c.send(wire.PacketRPC, b)
	got := c.reply()
	done := got.of(0xFE)
	if len(done) != 2 || done[0].status != wire.DoneMore || done[1].status != 0 || got.last().id != 0xFE {
		t.Errorf("%+v", got)
	}
	if m := got.of(0x81); len(m) != 2 || len(m[0].columns) != 1 || m[1].columns != nil {
		t.Errorf("metadata %+v", m)
	}
	if calls := w.sessions.last().calls; len(calls) != 2 || calls[1].Number != 10 || !calls[1].NoMetadata {
		t.Errorf("%+v", calls)
	}
	c.send(wire.PacketRPC, append(rpc("wait"), 0xFF, 1, 0, 'b', 0, 0, 0))
	c.send(wire.PacketAttention, nil)
	if got := c.reply(); len(got) != 1 || got[0].id != 0xFE || got[0].status != wire.DoneError {
		t.Errorf("%+v", got)
	}
	c.acknowledged(false)
	if n := len(w.sessions.last().calls); n != 3 {
		t.Errorf("%d calls: the one behind the attention was made", n)
	}
}

// TestCallRefusals: what cannot be read is refused, and the session goes on; what breaks the protocol ends it.
func TestCallRefusals(t *testing.T) {
	w := newWorld(t, nil)
	c := w.connect()
	many := rpc("p")
	for range wire.MaxParameters + 1 {
		many = parameter(many, "", 0, byte(wire.TypeBitN), 1, 1, 1)
	}
	geography := append([]byte{byte(wire.TypeUDT), 0, 3}, wire.AppendText(nil, "sys")...)
	geography = append(append(geography, 9), wire.AppendText(nil, "geography")...)
	geography = append(geography, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF)
	nan := append([]byte{byte(wire.TypeFloatN), 8, 8}, 0, 0, 0, 0, 0, 0, 0xF8, 0x7F)
	for _, x := range []struct {
		name   string
		b      []byte
		number int32
		text   string
	}{
		{"too many", many, 8003, "a maximum of 2100 parameters"},
		{"unknown type", parameter(rpc("p"), "@x", 0, 0x99), 8009, "Parameter 1 (\"@x\"): Data type 0x99 is unknown."},
		{"user-defined type", parameter(rpc("p"), "@g", 0, geography...), 8009, "Parameter 1 (\"@g\"): Data type 0xF0 is unknown."},
		{"not a number", parameter(rpc("p"), "@f", 0, nan...), 8023, "valid instance of data type float"},
		{"decimal over its precision", parameter(rpc("p"), "@d", 0, byte(wire.TypeDecimalN), 5, 2, 0, 5, 1, 100, 0, 0, 0), 8023, "numeric"},
		{"date behind 9999", parameter(rpc("p"), "@d", 0, byte(wire.TypeDateN), 3, 0xDB, 0xB9, 0x37), 8023, "type date."},
		{"time behind midnight", parameter(rpc("p"), "@d", 0, byte(wire.TypeTimeN), 0, 3, 0x80, 0x51, 1), 8023, "type time."},
		{"datetime before 1753", parameter(rpc("p"), "@d", 0, byte(wire.TypeDateTimeN), 8, 8, 0x45, 0x2E, 0xFF, 0xFF, 0, 0, 0, 0), 8023, "datetime"},
		{"encrypted", parameter(rpc("p"), "@e", 8, byte(wire.TypeIntN), 4, 0), 8009, "ncrypted"},
	} {
		c.send(wire.PacketRPC, x.b)
		got := c.reply()
		if m := got.message(x.number); m == nil || !strings.Contains(m.text, x.text) || got.last().id != 0xFE || got.last().status != wire.DoneError {
			t.Errorf("%s: %+v", x.name, got)
		}
	}
	if calls := w.sessions.last().calls; len(calls) != 0 {
		t.Errorf("%+v", calls)
	}
	c.alive()
	for name, b := range map[string][]byte{
		"cut off": rpc("p")[:7], "number 99": {4, 0, 0, 0, 0xFF, 0xFF, 99, 0, 0, 0}, "value of 3 bytes": parameter(rpc("p"), "", 0, byte(wire.TypeIntN), 4, 3, 0, 0, 0),
	} {
		broken := w.connect()
		broken.send(wire.PacketRPC, b)
		t.Log(name)
		broken.closed()
	}
	c.alive()
}

func TestTableArgument(t *testing.T) {
	w := newWorld(t, nil)
	c := w.connect()
	table := append([]byte{byte(wire.TypeTable), 0, 3}, wire.AppendText(nil, "dbo")...)
	table = append(append(table, 1), wire.AppendText(nil, "T")...)
	table = append(table, 1, 0, 0, 0, 0, 0, 1, 0, byte(wire.TypeIntN), 4, 1, 'i', 0, 0)
	table = append(table, 1, 4, 7, 0, 0, 0, 1, 0, 0)
	c.send(wire.PacketRPC, parameter(rpc("p"), "@t", 0, table...))
	c.reply()
	got := w.sessions.last().calls[0].Arguments[0].Table
	if got == nil || got.Schema != "dbo" || got.Type != "T" || len(got.Columns) != 1 || got.Columns[0].Name != "i" || !got.Columns[0].Type.Nullable ||
		len(got.Rows) != 2 || got.Rows[0][0].Int64() != 7 || !got.Rows[1][0].IsNull() {
		t.Errorf("%+v", got)
	}
	c.alive()
}

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

// TestClientGoes: a client's going away cancels its request and closes its session.
func TestClientGoes(t *testing.T) {
	w := newWorld(t, nil)
	c := w.connect()
	c.send(wire.PacketSQLBatch, batch("wait"))
	_ = c.conn.Close()
	until(t, func() bool {
		w.sessions.mu.Lock()
		defer w.sessions.mu.Unlock()
		return w.sessions.closed == 1
	})
}

// until waits for what must come.
func until(t *testing.T, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(testPatience); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it does not come")
		}
	}
}

// TestShutdown ends sessions that rest, run and write to a client that does not read.
func TestShutdown(t *testing.T) {
	w := newWorld(t, nil)
	resting, running, writing := w.connect(), w.connect(), w.connect()
	running.send(wire.PacketSQLBatch, batch("wait"))
	writing.send(wire.PacketSQLBatch, batch("rows 1000000000"))
	half := w.dial()
	_ = half
	time.Sleep(10 * time.Millisecond) // let them get under way; the test holds without it too
	w.stop()
	resting.closed()
	if w.sessions.closed != 3 || w.front.open != 0 || len(w.front.byServer) != 0 {
		t.Errorf("%d sessions closed, %d connections open, %v", w.sessions.closed, w.front.open, w.front.byServer)
	}
}

// TestServerEndsSession: KILL and the deletion of a principal close the connection.
func TestServerEndsSession(t *testing.T) {
	w := newWorld(t, nil)
	resting, running := w.connect(), w.connect()
	running.send(wire.PacketSQLBatch, batch("wait"))
	for _, s := range w.sessions.open {
		close(s.ended)
	}
	resting.closed()
	if _, err := io.Copy(io.Discard, running.conn); err != nil && !gone(err) {
		t.Error(err) // it may still say that its request is over
	}
	told := w.connect()
	if m := told.run("goodbye").message(18456); m == nil || m.class != 20 {
		t.Errorf("%+v", m)
	}
	told.closed()
}

func TestExplain(t *testing.T) {
	c := &connection{front: newWorld(t, nil).front, log: newWorld(t, nil).front.Log}
	for _, x := range []struct {
		err    error
		number int32
		fatal  bool
	}{
		{nil, 0, false},
		{value.Errorf(208, 16, 1, "x"), 208, false},
		{errors.Join(errors.New("x"), value.Errorf(208, 16, 1, "x")), 208, false},
		{fault.Wrap("op", value.Errorf(208, 16, 1, "x")), 208, false},
		{fault.New(fault.Canceled, "", "", ""), 0, false},
		{fault.New(fault.Invalid, "", wire.ReasonMalformed, ""), 0, true},
		{fault.New(fault.Unavailable, "", "", ""), 40501, false},
		{errors.New("x"), 40197, false},
	} {
		messages, fatal := c.explain(x.err)
		if (fatal != nil) != x.fatal || (len(messages) > 0) != (x.number != 0) || x.number != 0 && messages[0].Number != x.number {
			t.Errorf("%v: %v, %v", x.err, messages, fatal)
		}
	}
}
