package tds

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	wire "github.com/alcedo-cloud/alcedo/internal/wire/tds"
)

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
