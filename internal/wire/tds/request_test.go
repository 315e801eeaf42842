package tds

import (
	"bytes"
	"encoding/binary"
	"io"
	"strings"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// noHeaders are ALL_HEADERS without any.
const noHeaders = "\x04\x00\x00\x00"

func TestHeaderBlocks(t *testing.T) {
	transaction := "\x16\x00\x00\x00\x12\x00\x00\x00\x02\x00\x05\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00"
	h, text, err := DecodeSQLBatch([]byte(transaction + "a\x00"))
	if err != nil || text != "a" || h.Transaction != 5 || h.Outstanding != 1 {
		t.Errorf("%+v %q, %v", h, text, err)
	}
	for name, b := range map[string]string{
		"empty": "", "cut off": "\x16\x00\x00", "too short": "\x03\x00\x00\x00", "beyond": "\x20\x00\x00\x00a\x00",
		"header of 0":         "\x0a\x00\x00\x00\x00\x00\x00\x00\x02\x00",
		"header beyond":       "\x0a\x00\x00\x00\x07\x00\x00\x00\x02\x00a\x00",
		"transaction cut off": "\x0c\x00\x00\x00\x08\x00\x00\x00\x02\x00\x05\x00",
		"half a unit":         noHeaders + "abc",
	} {
		if h, text, err := DecodeSQLBatch([]byte(b)); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %+v %q, %v", name, h, text, err)
		}
	}
}

// call is a call by name without its parameters.
func call(name string) []byte {
	b := appendUSVarChar([]byte(noHeaders), name, 1000)
	return append(b, 0, 0)
}

func TestCalls(t *testing.T) {
	b := call("p")
	b = append(appendBVarChar(b, "@a"), 1, byte(TypeIntN), 4, 4, 7, 0, 0, 0)
	b = append(append(b, batchFlag), call("q")[4:]...)
	b = append(append(b, noExecFlag), call("r")[4:]...)
	got := calls(t, b)
	if len(got) != 3 || got[0].Procedure != "p" || got[1].Procedure != "q" || got[2].Procedure != "r" || len(got[0].Parameters) != 1 || !got[0].Parameters[0].Output {
		t.Errorf("%+v", got)
	}
	if got := calls(t, append([]byte(noHeaders), 0xFF, 0xFF, 10, 0, 3, 0)); got[0].Number != ProcExecuteSQL || !got[0].Recompile || !got[0].NoMetadata {
		t.Errorf("%+v", got)
	}
}

func TestCallRefusals(t *testing.T) {
	many := call("p")
	for range MaxParameters + 1 {
		many = append(many, 0, 0, byte(TypeBitN), 1, 1, 1)
	}
	for _, x := range []struct {
		name, reason string
		b            []byte
	}{
		{"no call", ReasonTruncated, []byte(noHeaders)},
		{"number 99", ReasonMalformed, append([]byte(noHeaders), 0xFF, 0xFF, 99, 0, 0, 0)},
		{"name cut off", ReasonTruncated, append([]byte(noHeaders), 9, 0, 'a', 0)},
		{"too many", ReasonTooMany, many},
		{"encrypted", ReasonUnsupported, append(call("p"), 0, 8, byte(TypeIntN), 4, 0)},
		{"unknown type", ReasonUnsupported, append(call("p"), 0, 0, 0x99)},
		{"value of a wrong size", ReasonMalformed, append(call("p"), 0, 0, byte(TypeIntN), 4, 3, 0, 0, 0)},
		{"longer than its type", ReasonMalformed, append(call("p"), 0, 0, byte(TypeBigVarBinary), 2, 0, 3, 0, 1, 2, 3)},
		{"odd text", ReasonMalformed, append(call("p"), 0, 0, byte(TypeNVarChar), 8, 0, 0, 0, 0, 0, 0, 3, 0, 1, 2, 3)},
		{"table of 2000 columns", ReasonMalformed, append(call("p"), 0, 0, byte(TypeTable), 0, 0, 0, 0xD0, 7)},
		{"rows of no columns", ReasonMalformed, append(call("p"), 0, 0, byte(TypeTable), 0, 0, 0, 0, 0, 0, 1, 1)},
		{"rows of a null table", ReasonMalformed, append(call("p"), 0, 0, byte(TypeTable), 0, 0, 0, 0xFF, 0xFF, 0, 1)},
		{"token in a table", ReasonMalformed, append(call("p"), 0, 0, byte(TypeTable), 0, 0, 0, 0xFF, 0xFF, 9)},
	} {
		r, err := DecodeRPC(x.b)
		for err == nil && r.More() {
			_, err = r.Next()
		}
		if fault.ReasonOf(err) != x.reason || !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", x.name, err)
		}
	}
}

func TestTransactionRefusals(t *testing.T) {
	for name, b := range map[string]string{
		"unknown": "\x63\x00", "level 9": "\x05\x00\x09\x00", "name cut off": "\x09\x00\x08a\x00", "empty": "", "no flags": "\x07\x00\x00",
	} {
		if r, err := DecodeTransactionRequest([]byte(noHeaders + b)); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
	}
	r, err := DecodeTransactionRequest([]byte(noHeaders + "\x07\x00\x02a\x00\x01\x04\x02b\x00"))
	if err != nil || r.Name != "a" || !r.BeginsNext || r.NextName != "b" || r.NextIsolation != IsolationSerializable {
		t.Errorf("%+v, %v", r, err)
	}
	// go-mssqldb counts units.
	if r, err := DecodeTransactionRequest([]byte(noHeaders + "\x05\x00\x00\x02a\x00b\x00")); err != nil || r.Name != "ab" {
		t.Errorf("%+v, %v", r, err)
	}
}

func bulk(columns []Column, rows string) []byte {
	return append(AppendColMetadata(nil, columns), rows...)
}

func TestBulkLoad(t *testing.T) {
	columns := []Column{
		{Name: "a", Flags: ColumnNullable, Type: TypeInfo{ID: TypeIntN, Size: 4}},
		{Name: "b", Flags: ColumnNullable, Type: TypeInfo{ID: TypeBigVarChar, Size: 100, Collation: latin}},
	}
	rows := "\xd1\x04\x01\x00\x00\x00\x02\x00hi" + "\xd2\x02\x04\x02\x00\x00\x00" + "\xd2\x01\x00\x00"
	done := "\xfd\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
	if load, err := NewBulkLoad(strings.NewReader(done), MaxValue); err != nil || len(load.Columns) != 0 {
		t.Errorf("DONE alone: %+v, %v", load, err)
	} else if more, err := load.Next(nil); more || err != nil {
		t.Errorf("a row behind DONE: %v, %v", more, err)
	}
	for name, src := range map[string]io.Reader{
		"with DONE":  bytes.NewReader(bulk(columns, rows+done)),
		"without":    bytes.NewReader(bulk(columns, rows)),
		"one by one": &oneByOne{bulk(columns, rows+done)},
	} {
		load, err := NewBulkLoad(src, MaxValue)
		if err != nil || len(load.Columns) != 2 || load.Columns[1].Name != "b" {
			t.Fatalf("%s: %+v, %v", name, load, err)
		}
		cells := make([]Cell, 2)
		var got []string
		for {
			more, err := load.Next(cells)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if !more {
				break
			}
			line := "null"
			if !cells[0].Null {
				line = string('0' + cells[0].Data[0])
			}
			if !cells[1].Null {
				line += string(cells[1].Data)
			}
			got = append(got, line)
		}
		if s := strings.Join(got, " "); s != "1hi 2 null" {
			t.Errorf("%s: %s", name, s)
		}
		if more, err := load.Next(cells); more || err != nil {
			t.Errorf("%s: behind the end: %v, %v", name, more, err)
		}
	}
}

func TestBulkLoadRefusals(t *testing.T) {
	int4 := []Column{{Name: "a", Type: TypeInfo{ID: TypeInt4, Size: 4}}}
	for name, b := range map[string][]byte{
		"empty": {}, "another token": {0xD1}, "columns cut off": AppendColMetadata(nil, int4)[:8],
		"too many columns": {0x81, 0xFE, 0xFF}, "row cut off": bulk(int4, "\xd1\x01"), "token among rows": bulk(int4, "\xaa"),
		"bitmap cut off": bulk(int4, "\xd2"), "done cut off": bulk(int4, "\xfd\x00"),
		"encrypted": AppendColMetadata(nil, []Column{{Flags: ColumnEncrypted, Type: TypeInfo{ID: TypeInt4, Size: 4}}}),
	} {
		load, err := NewBulkLoad(bytes.NewReader(b), MaxValue)
		for more := err == nil; more; {
			more, err = load.Next(make([]Cell, 1))
		}
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	wide := []Column{{Name: "a", Type: TypeInfo{ID: TypeBigVarBinary, Size: Max}}}
	row := AppendPLP([]byte{tokenRow}, strings.Repeat("x", 5000))
	load, err := NewBulkLoad(bytes.NewReader(bulk(wide, string(row))), 1000)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := load.Next(make([]Cell, 1)); fault.ReasonOf(err) != ReasonTooLarge {
		t.Errorf("over the limit: %v", err)
	}
}

// TestBulkLoadRowLimit: the limit is on the whole row too, and a row below it passes after one below it.
func TestBulkLoadRowLimit(t *testing.T) {
	columns := make([]Column, 10)
	for i := range columns {
		columns[i] = Column{Name: "c", Type: TypeInfo{ID: TypeBigVarBinary, Size: Max}}
	}
	row := func(size int) string {
		b := []byte{tokenRow}
		for i := range columns {
			b = AppendPLP(b, strings.Repeat(string(rune('a'+i)), size))
		}
		return string(b)
	}
	load, err := NewBulkLoad(bytes.NewReader(bulk(columns, row(9000)+row(9000)+row(11_000))), 100_000)
	if err != nil {
		t.Fatal(err)
	}
	cells := make([]Cell, len(columns))
	for range 2 {
		if more, err := load.Next(cells); !more || err != nil {
			t.Fatal(more, err)
		}
		for i, c := range cells {
			if len(c.Data) != 9000 || c.Data[0] != byte('a'+i) || c.Data[8999] != byte('a'+i) {
				t.Errorf("column %d has %d bytes", i, len(c.Data))
			}
		}
	}
	if more, err := load.Next(cells); more || fault.ReasonOf(err) != ReasonTooLarge {
		t.Errorf("over the limit: %v, %v", more, err)
	}
}

// TestBulkLoadMemory: the buffer of a load that runs on does not grow with it.
func TestBulkLoadMemory(t *testing.T) {
	columns := []Column{{Name: "a", Type: TypeInfo{ID: TypeBigVarBinary, Size: 8000}}}
	row := AppendBytes([]byte{tokenRow}, strings.Repeat("x", 7000))
	load, err := NewBulkLoad(bytes.NewReader(bulk(columns, strings.Repeat(string(row), 2000))), MaxValue)
	if err != nil {
		t.Fatal(err)
	}
	cells := make([]Cell, 1)
	n := 0
	for {
		more, err := load.Next(cells)
		if err != nil {
			t.Fatal(err)
		}
		if !more {
			break
		}
		n++
		if cap(load.d.b) > 4*readStep {
			t.Fatalf("the buffer has %d bytes", cap(load.d.b))
		}
	}
	if n != 2000 {
		t.Errorf("%d rows", n)
	}
}

func BenchmarkBulkLoad(b *testing.B) {
	columns := []Column{
		{Name: "a", Type: TypeInfo{ID: TypeIntN, Size: 4}},
		{Name: "b", Type: TypeInfo{ID: TypeNVarChar, Size: 100, Collation: latin}},
		{Name: "c", Type: TypeInfo{ID: TypeDecimalN, Size: 9, Precision: 18, Scale: 2}},
		{Name: "d", Type: TypeInfo{ID: TypeDateTime2N, Size: 8, Scale: 7}},
	}
	row := AppendIntN([]byte{tokenRow}, 7, 4)
	row = AppendDateTime2N(AppendDecimalN(AppendNVarChar(row, "a name of a row"), 0, 1234, false, 9), 700000, 1e9, 7)
	src := &endless{head: AppendColMetadata(nil, columns), row: row}
	load, err := NewBulkLoad(src, MaxValue)
	if err != nil {
		b.Fatal(err)
	}
	cells := make([]Cell, 4)
	b.ReportAllocs()
	for b.Loop() {
		if more, err := load.Next(cells); !more || err != nil {
			b.Fatal(more, err)
		}
	}
}

// endless gives a head and then the same row for ever.
type endless struct {
	head, row []byte
	at        int
}

func (e *endless) Read(p []byte) (int, error) {
	n := copy(p, e.head)
	e.head = e.head[n:]
	for n < len(p) {
		m := copy(p[n:], e.row[e.at:])
		n += m
		e.at = (e.at + m) % len(e.row)
	}
	return n, nil
}

func FuzzRPC(f *testing.F) {
	for _, client := range clients() {
		for _, b := range recorded(f, client)[PacketRPC] {
			f.Add(b)
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := DecodeRPC(b)
		for n := 0; err == nil && r.More(); n++ {
			if n > len(b) {
				t.Fatal("more calls than bytes")
			}
			var c Call
			if c, err = r.Next(); err != nil {
				break
			}
			for _, p := range c.Parameters {
				if p.Type.ID == TypeVariant && !p.Null {
					_, _, _ = DecodeVariant(p.Data)
				}
			}
		}
		if err != nil && !fault.Is(err, fault.Invalid) {
			t.Fatalf("%v", err)
		}
	})
}

func FuzzSQLBatch(f *testing.F) {
	for _, client := range clients() {
		for _, b := range recorded(f, client)[PacketSQLBatch] {
			f.Add(b)
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		_, text, err := DecodeSQLBatch(b)
		if err == nil && 2*Units(text) > len(b) || err != nil && !fault.Is(err, fault.Invalid) {
			t.Fatalf("%q, %v", text, err)
		}
	})
}

func FuzzTransactionRequest(f *testing.F) {
	for _, client := range clients() {
		for _, b := range recorded(f, client)[PacketTransactionManager] {
			f.Add(b)
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, err := DecodeTransactionRequest(b); err != nil && !fault.Is(err, fault.Invalid) {
			t.Fatal(err)
		}
	})
}

func FuzzBulkLoad(f *testing.F) {
	for _, client := range clients() {
		for _, b := range recorded(f, client)[PacketBulkLoad] {
			f.Add(b)
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		load, err := NewBulkLoad(bytes.NewReader(b), 1<<20)
		if err != nil {
			return
		}
		cells := make([]Cell, len(load.Columns))
		for n := 0; ; n++ {
			more, err := load.Next(cells)
			if err != nil && !fault.Is(err, fault.Invalid) {
				t.Fatal(err)
			}
			if !more {
				return
			}
			if n > len(b) {
				t.Fatal("more rows than bytes")
			}
		}
	})
}

func FuzzVariant(f *testing.F) {
	f.Add(binary.LittleEndian.AppendUint32([]byte{0x38, 0}, 7))
	f.Add([]byte{0xE7, 7, 9, 4, 0xD0, 0, 0x34, 20, 0, 'a', 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, raw, err := DecodeVariant(b); err == nil && len(raw) > len(b) || err != nil && !fault.Is(err, fault.Invalid) {
			t.Fatal(raw, err)
		}
	})
}
