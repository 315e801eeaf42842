package tds

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"
)

func TestText(t *testing.T) {
	for _, x := range []struct {
		s     string
		units []uint16
	}{
		{"", nil},
		{"a", []uint16{'a'}},
		{"12345678", utf16.Encode([]rune("12345678"))},
		{"a long text, all of it ASCII, and not a multiple of eight", utf16.Encode([]rune("a long text, all of it ASCII, and not a multiple of eight"))},
		{"12345678é12345678語😀x", utf16.Encode([]rune("12345678é12345678語😀x"))},
		{"\xed\xa0\xbd", []uint16{0xD83D}}, // a high surrogate alone
		{"x\xed\xb8\x80", []uint16{'x', 0xDE00}},
		{"\xff", []uint16{0xFFFD}},
		{"\xed\x7f", []uint16{0xFFFD, 0x7F}},
	} {
		got := AppendText(nil, x.s)
		want := []byte{}
		for _, u := range x.units {
			want = binary.LittleEndian.AppendUint16(want, u)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%q: % x, want % x", x.s, got, want)
		}
		if n := Units(x.s); n != len(x.units) {
			t.Errorf("%q has %d units", x.s, n)
		}
		if back := DecodeText(got); !strings.Contains(x.s, "\xff") && !strings.Contains(x.s, "\x7f") && back != x.s {
			t.Errorf("%q comes back as %q", x.s, back)
		}
	}
	// Halves that meet are one character again.
	if s := DecodeText(AppendText(nil, "\xed\xa0\xbd\xed\xb8\x80")); s != "😀" {
		t.Errorf("two halves give %q", s)
	}
}

func TestBoundedText(t *testing.T) {
	if got := appendBVarChar(nil, strings.Repeat("x", 300)); got[0] != 255 || len(got) != 1+510 {
		t.Errorf("%d units in %d bytes", got[0], len(got))
	}
	// The 255th unit is half a character; it goes with its other half.
	if got := appendBVarChar(nil, strings.Repeat("x", 254)+"😀"); got[0] != 254 || len(got) != 1+508 {
		t.Errorf("%d units in %d bytes", got[0], len(got))
	}
	if got := appendUSVarChar(nil, strings.Repeat("語", 100), 10); got[0] != 10 || got[1] != 0 || len(got) != 22 {
		t.Errorf("%d bytes", len(got))
	}
}

func FuzzText(f *testing.F) {
	f.Add([]byte("a\x00b\x00"))
	f.Add([]byte{0x3D, 0xD8, 0x00, 0xDE, 0x3D, 0xD8})
	f.Add([]byte{0x00, 0xDE, 0x3D, 0xD8, 0xFF, 0xFF})
	f.Fuzz(func(t *testing.T, b []byte) {
		s := DecodeText(b)
		if got := AppendText(nil, s); !bytes.Equal(got, b[:len(b)/2*2]) {
			t.Fatalf("% x comes back as % x", b, got)
		}
		if Units(s) != len(b)/2 {
			t.Fatalf("%q: %d units of %d", s, Units(s), len(b)/2)
		}
		if text := string(b); utf8.ValidString(text) && DecodeText(AppendText(nil, text)) != text {
			t.Fatalf("%q does not come back", text)
		}
	})
}

func BenchmarkText(b *testing.B) {
	s := strings.Repeat("a plain text ", 10)
	var buf []byte
	b.SetBytes(int64(len(s)))
	for b.Loop() {
		buf = AppendText(buf[:0], s)
	}
}
