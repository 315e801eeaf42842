package tds

import (
	"bytes"
	"encoding/binary"
	"io"
	"math"
	"runtime"
	"strings"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

var latin = Collation{9, 4, 0xD0, 0, 0x34}

// sample is a value as an Append function writes it, and as it is read again.
type sample struct {
	name     string
	t        TypeInfo
	appended []byte
	raw      []byte // nil: NULL
}

func samples() []sample {
	nvarchar := func(size int32) TypeInfo { return TypeInfo{ID: TypeNVarChar, Size: size, Collation: latin} }
	return []sample{
		{"bit", TypeInfo{ID: TypeBitN, Size: 1}, AppendIntN(nil, 1, 1), []byte{1}},
		{"tinyint", TypeInfo{ID: TypeIntN, Size: 1}, AppendIntN(nil, 255, 1), []byte{255}},
		{"smallint", TypeInfo{ID: TypeIntN, Size: 2}, AppendIntN(nil, -2, 2), []byte{0xFE, 0xFF}},
		{"int", TypeInfo{ID: TypeIntN, Size: 4}, AppendIntN(nil, -2, 4), []byte{0xFE, 0xFF, 0xFF, 0xFF}},
		{"int not null", TypeInfo{ID: TypeInt4, Size: 4}, AppendInt(nil, 7, 4), []byte{7, 0, 0, 0}},
		{"int null", TypeInfo{ID: TypeIntN, Size: 4}, AppendNull(nil, &TypeInfo{ID: TypeIntN, Size: 4}), nil},
		{"float", TypeInfo{ID: TypeFloatN, Size: 8}, AppendFloatN(nil, 1.5, 8), []byte{0, 0, 0, 0, 0, 0, 0xF8, 0x3F}},
		{"real", TypeInfo{ID: TypeFloatN, Size: 4}, AppendFloatN(nil, 1.5, 4), []byte{0, 0, 0xC0, 0x3F}},
		{"money", TypeInfo{ID: TypeMoneyN, Size: 8}, AppendMoneyN(nil, 1<<32+5, 8), []byte{1, 0, 0, 0, 5, 0, 0, 0}},
		{"decimal", TypeInfo{ID: TypeDecimalN, Size: 5, Precision: 9, Scale: 2}, AppendDecimalN(nil, 0, 1250, true, 5), []byte{0, 0xE2, 4, 0, 0}},
		{"decimal(38)", TypeInfo{ID: TypeDecimalN, Size: 17, Precision: 38, Scale: 0}, AppendDecimalN(nil, 1, 2, false, 17), []byte{1, 2, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0}},
		{"date", TypeInfo{ID: TypeDateN, Size: 3}, AppendDateN(nil, 3652058), []byte{0xDA, 0xB9, 0x37}},
		{"time(0)", TypeInfo{ID: TypeTimeN, Size: 3}, AppendTimeN(nil, 86399*1e7, 0), []byte{0x7F, 0x51, 1}},
		{"time(7)", TypeInfo{ID: TypeTimeN, Size: 5, Scale: 7}, AppendTimeN(nil, 1, 7), []byte{1, 0, 0, 0, 0}},
		{"datetime2(3)", TypeInfo{ID: TypeDateTime2N, Size: 7, Scale: 3}, AppendDateTime2N(nil, 1, 2e4, 3), []byte{2, 0, 0, 0, 1, 0, 0}},
		{"datetimeoffset(7)", TypeInfo{ID: TypeDateTimeOffsetN, Size: 10, Scale: 7}, AppendDateTimeOffsetN(nil, 1, 2, -330, 7), []byte{2, 0, 0, 0, 0, 1, 0, 0, 0xB6, 0xFE}},
		{"datetime", TypeInfo{ID: TypeDateTimeN, Size: 8}, AppendDateTimeN(nil, -1, 300, 8), []byte{0xFF, 0xFF, 0xFF, 0xFF, 0x2C, 1, 0, 0}},
		{"smalldatetime", TypeInfo{ID: TypeDateTimeN, Size: 4}, AppendDateTimeN(nil, 2, 2*60*300, 4), []byte{2, 0, 2, 0}},
		{"uniqueidentifier", TypeInfo{ID: TypeGUID, Size: 16}, AppendGUID(nil, "0123456789abcdef"), []byte("0123456789abcdef")},
		{"varchar", TypeInfo{ID: TypeBigVarChar, Size: 10, Collation: latin}, AppendBytes(nil, "abc"), []byte("abc")},
		{"varchar null", TypeInfo{ID: TypeBigVarChar, Size: 10, Collation: latin}, AppendNull(nil, &TypeInfo{ID: TypeBigVarChar, Size: 10}), nil},
		{"varchar empty", TypeInfo{ID: TypeBigVarChar, Size: 10, Collation: latin}, AppendBytes(nil, ""), []byte{}},
		{"nvarchar", nvarchar(20), AppendNVarChar(nil, "aé"), []byte{'a', 0, 0xE9, 0}},
		{"nvarchar(max)", nvarchar(Max), AppendPLPText(nil, "aé"), []byte{'a', 0, 0xE9, 0}},
		{"nvarchar(max) empty", nvarchar(Max), AppendPLPText(nil, ""), []byte{}},
		{"nvarchar(max) null", nvarchar(Max), AppendNull(nil, &TypeInfo{ID: TypeNVarChar, Size: Max}), nil},
		{"varbinary(max)", TypeInfo{ID: TypeBigVarBinary, Size: Max}, AppendPLP(nil, "xyz"), []byte("xyz")},
		{"varbinary(max) in chunks", TypeInfo{ID: TypeBigVarBinary, Size: Max}, AppendPLPEnd(AppendPLPChunk(AppendPLPChunk(AppendPLPChunk(AppendPLPStart(nil, 5), "abc"), ""), "de")), []byte("abcde")},
		{"nvarchar(max) in chunks", nvarchar(Max), AppendPLPEnd(AppendPLPChunkText(AppendPLPChunkText(AppendPLPStart(nil, 4), "a"), "b")), []byte("a\x00b\x00")},
		{"xml", TypeInfo{ID: TypeXML, Size: Max}, AppendPLPText(nil, "<a/>"), []byte("<\x00a\x00/\x00>\x00")},
		{"text", TypeInfo{ID: TypeText, Size: math.MaxInt32, Collation: latin}, AppendLong(nil, "abc"), []byte("abc")},
		{"ntext", TypeInfo{ID: TypeNText, Size: math.MaxInt32, Collation: latin}, AppendLongText(nil, "é"), []byte{0xE9, 0}},
		{"image null", TypeInfo{ID: TypeImage, Size: math.MaxInt32}, AppendNull(nil, &TypeInfo{ID: TypeImage}), nil},
		{"sql_variant", TypeInfo{ID: TypeVariant, Size: 8009}, AppendVariant(nil, &TypeInfo{ID: TypeInt4, Size: 4}, AppendInt(nil, 7, 4)), []byte{0x38, 0, 7, 0, 0, 0}},
		{"sql_variant null", TypeInfo{ID: TypeVariant, Size: 8009}, AppendNull(nil, &TypeInfo{ID: TypeVariant}), nil},
	}
}

// TestValues reads each sample as a row's value, from bytes at hand and from a source that gives one at a time.
func TestValues(t *testing.T) {
	for _, s := range samples() {
		d := newDecoder("test", AppendTypeInfo(nil, &s.t))
		if got := d.typeInfo(); d.err != nil || got != s.t || d.left() != 0 {
			t.Errorf("%s: type %+v, want %+v, %v", s.name, got, s.t, d.err)
		}
		for _, d := range []*decoder{newDecoder("test", s.appended), streamed(s.appended)} {
			raw, null := d.value(&s.t, inRow)
			if d.err != nil || null != (s.raw == nil) || !bytes.Equal(raw, s.raw) || d.more() {
				t.Errorf("%s: % x of % x, %v, %v", s.name, raw, s.appended, null, d.err)
			}
		}
		for n := range len(s.appended) {
			d := newDecoder("test", s.appended[:n])
			if d.value(&s.t, inRow); fault.ReasonOf(d.err) != ReasonTruncated {
				t.Errorf("%s cut at %d: %v", s.name, n, d.err)
			}
		}
	}
}

// oneByOne is a source that gives a byte at a time.
type oneByOne struct{ b []byte }

func (o *oneByOne) Read(p []byte) (int, error) {
	if len(o.b) == 0 {
		return 0, io.EOF
	}
	p[0] = o.b[0]
	o.b = o.b[1:]
	return 1, nil
}

func streamed(b []byte) *decoder {
	d := newDecoder("test", nil)
	d.src = &oneByOne{b}
	return d
}

func TestAccessors(t *testing.T) {
	if Signed([]byte{0xFF}) != 255 || Signed([]byte{0xFF, 0xFF}) != -1 || Signed([]byte{1, 0, 0, 0x80}) != -0x7FFFFFFF || Signed(nil) != 0 {
		t.Error("integers")
	}
	if Money([]byte{0xFF, 0xFF, 0xFF, 0xFF}) != -1 || Money([]byte{0xFF, 0xFF, 0xFF, 0xFF, 0xFE, 0xFF, 0xFF, 0xFF}) != -2 || Money(nil) != 0 {
		t.Error("money")
	}
	for scale := uint8(0); scale <= 7; scale++ {
		ticks := int64(1)
		for range 7 - scale {
			ticks *= 10
		}
		b := AppendTimeN(nil, 5*ticks, scale)
		if got := Ticks(b[1:], scale); got != 5*ticks || int(b[0]) != len(b)-1 {
			t.Errorf("time(%d): %d of % x", scale, got, b)
		}
	}
	if days, thirds := DateTime([]byte{0xFF, 0xFF, 1, 0}); days != 65535 || thirds != 18000 {
		t.Error("smalldatetime", days, thirds)
	}
	if hi, lo, negative := Decimal(nil); hi != 0 || lo != 0 || negative {
		t.Error("empty decimal")
	}
}

func TestVariants(t *testing.T) {
	for _, x := range []struct {
		t     TypeInfo
		value []byte
		raw   string
	}{
		{TypeInfo{ID: TypeInt4, Size: 4}, AppendInt(nil, 7, 4), "\x07\x00\x00\x00"},
		{TypeInfo{ID: TypeBit, Size: 1}, AppendInt(nil, 1, 1), "\x01"},
		{TypeInfo{ID: TypeNVarChar, Size: 20, Collation: latin}, AppendNVarChar(nil, "ab"), "a\x00b\x00"},
		{TypeInfo{ID: TypeBigVarBinary, Size: 8000}, AppendBytes(nil, "ab"), "ab"},
		{TypeInfo{ID: TypeDecimalN, Size: 5, Precision: 9, Scale: 2}, AppendDecimalN(nil, 0, 7, false, 5), "\x01\x07\x00\x00\x00"},
		{TypeInfo{ID: TypeDateTime2N, Size: 8, Scale: 7}, AppendDateTime2N(nil, 1, 2, 7), "\x02\x00\x00\x00\x00\x01\x00\x00"},
		{TypeInfo{ID: TypeGUID, Size: 16}, AppendGUID(nil, "0123456789abcdef"), "0123456789abcdef"},
		{TypeInfo{ID: TypeDateN, Size: 3}, AppendDateN(nil, 1), "\x01\x00\x00"},
	} {
		b := AppendVariant(nil, &x.t, x.value)
		if int(binary.LittleEndian.Uint32(b)) != len(b)-4 {
			t.Errorf("%+v: % x", x.t, b)
		}
		got, raw, err := DecodeVariant(b[4:])
		if err != nil || got != x.t || string(raw) != x.raw {
			t.Errorf("%+v %q, %v; want %+v %q", got, raw, err, x.t, x.raw)
		}
	}
	for _, b := range []string{"", "\x38", "\x38\x00", "\x38\x00\x01", "\x62\x00\x01", "\xe7\x02\x00\x00", "\x29\x01\x09", "\x6a\x02\x27\x00\x01\x00", "\xa5\x02\x01\x00ab"} {
		if _, _, err := DecodeVariant([]byte(b)); !fault.Is(err, fault.Invalid) {
			t.Errorf("% x: %v", b, err)
		}
	}
}

func TestTypeRefusals(t *testing.T) {
	for _, x := range []struct{ b, reason string }{
		{"", ReasonTruncated},
		{"\x26", ReasonTruncated},
		{"\x26\x03", ReasonMalformed},
		{"\x68\x02", ReasonMalformed},
		{"\x6d\x05", ReasonMalformed},
		{"\x29\x08", ReasonMalformed},
		{"\x6a\x11\x27\x00", ReasonMalformed},
		{"\x6a\x11\x05\x06", ReasonMalformed},
		{"\x24\x0f", ReasonMalformed},
		{"\xe7\x41\x1f\x00\x00\x00\x00\x00", ReasonMalformed},
		{"\xf3", ReasonUnsupported},
		{"\x99", ReasonUnsupported},
		{"\x23\x01\x00\x00", ReasonTruncated},
	} {
		d := newDecoder("test", []byte(x.b))
		if got := d.typeInfo(); fault.ReasonOf(d.err) != x.reason {
			t.Errorf("% x: %+v, %v; want %s", x.b, got, d.err, x.reason)
		}
	}
}

// TestDeclaredLengths: what a client announces is not allocated before it is there.
func TestDeclaredLengths(t *testing.T) {
	plp := TypeInfo{ID: TypeBigVarBinary, Size: Max}
	long := TypeInfo{ID: TypeImage, Size: math.MaxInt32}
	gigabyte := []byte{0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0, 0x40, 'x', 'y'}
	for _, x := range []struct {
		name   string
		t      TypeInfo
		b      []byte
		reason string
	}{
		{"PLP of 1 GB in one chunk", plp, gigabyte, ReasonTooLarge},
		{"PLP of 200 MB in one chunk", plp, []byte{0, 0, 0, 0x0C, 0, 0, 0, 0, 0, 0, 0, 0x0C, 'x'}, ReasonTruncated},
		{"PLP of 8 EB", plp, []byte{0, 0, 0, 0, 0, 0, 0, 0x70, 1, 0, 0, 0, 'x'}, ReasonMalformed},
		{"PLP whose length lies", plp, []byte{9, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 'x', 0, 0, 0, 0}, ReasonMalformed},
		{"image of 1 GB", long, append(append([]byte{16}, make([]byte, 24)...), 0, 0, 0, 0x40), ReasonTooLarge},
		{"image of -2 bytes", long, append(append([]byte{16}, make([]byte, 24)...), 0xFE, 0xFF, 0xFF, 0xFF), ReasonMalformed},
	} {
		for _, d := range []*decoder{newDecoder("test", x.b), streamed(x.b)} {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			d.value(&x.t, inRow)
			runtime.ReadMemStats(&after)
			if fault.ReasonOf(d.err) != x.reason {
				t.Errorf("%s: %v, want %s", x.name, d.err, x.reason)
			}
			if n := after.TotalAlloc - before.TotalAlloc; n > 1<<20 {
				t.Errorf("%s: allocated %d bytes", x.name, n)
			}
		}
	}
}

// TestUnknownLength joins the chunks of a value whose sender does not know its length.
func TestUnknownLength(t *testing.T) {
	want := strings.Repeat("0123456789abcdef", 10_000)
	for _, chunk := range []int{1000, 40_000, len(want)} {
		b := AppendPLPStart(nil, plpUnknown)
		for at := 0; at < len(want); at += chunk {
			b = AppendPLPChunk(b, want[at:min(at+chunk, len(want))])
		}
		b = AppendPLPEnd(b)
		for _, d := range []*decoder{newDecoder("test", b), streamed(b)} {
			raw, null := d.value(&TypeInfo{ID: TypeBigVarBinary, Size: Max}, inParameter)
			if d.err != nil || null || string(raw) != want {
				t.Errorf("chunks of %d: %d bytes, %v, %v", chunk, len(raw), null, d.err)
			}
		}
	}
}
