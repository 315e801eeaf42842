package tds

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/fault"
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
	got := c.run("fatal")
	if m := got.message(596); m == nil || m.class != 21 || got.last().status != wire.DoneServerError {
		t.Errorf("%+v", got)
	}
	c.closed()
	c = w.connect()
	got = c.run("internal")
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
