package collate

import (
	"bytes"
	"strings"
	"testing"
)

func named(t testing.TB, name string) *Collation {
	t.Helper()
	c, ok := Lookup(name)
	if !ok {
		t.Fatalf("no collation %s", name)
	}
	return c
}

func TestNames(t *testing.T) {
	d := Default()
	if got := d.TDS(); got != [5]byte{0x09, 0x04, 0xd0, 0x00, 0x34} {
		t.Errorf("TDS of the default: % x", got)
	}
	for _, c := range []struct {
		name     string
		tds      [5]byte
		codePage int
	}{
		{"Latin1_General_CI_AS", [5]byte{0x09, 0x04, 0xd0, 0x00, 0}, 1252},
		{"Latin1_General_BIN2", [5]byte{0x09, 0x04, 0x00, 0x02, 0}, 1252},
		{"Latin1_General_BIN", [5]byte{0x09, 0x04, 0x00, 0x01, 0}, 1252},
		{"Latin1_General_100_CI_AS_SC_UTF8", [5]byte{0x09, 0x04, 0xd0, 0x24, 0}, 65001},
		{"Latin1_General_100_BIN2_UTF8", [5]byte{0x09, 0x04, 0x00, 0x26, 0}, 65001},
		{"japanese_ci_as", [5]byte{0x11, 0x04, 0xd0, 0x00, 0}, 932},
		{"SQL_Latin1_General_CP1_CS_AS", [5]byte{0x09, 0x04, 0xc0, 0x00, 0x33}, 1252},
		{"Turkish_CI_AS", [5]byte{0x1f, 0x04, 0xd0, 0x00, 0}, 1254},
		{"Cyrillic_General_CI_AI", [5]byte{0x19, 0x04, 0xf0, 0x00, 0}, 1251},
		{"Korean_90_CI_AI", [5]byte{0x12, 0x04, 0xf0, 0x10, 0}, 949},
		{"Chinese_Hong_Kong_Stroke_90_CI_AI", [5]byte{0x04, 0x0c, 0xf0, 0x10, 0}, 950},
		{"Chinese_Traditional_Stroke_Order_100_BIN2", [5]byte{0x04, 0x14, 0x02, 0x22, 0}, 950},
		{"Persian_100_CI_AS", [5]byte{0x29, 0x04, 0xd0, 0x20, 0}, 1256},
	} {
		got := named(t, c.name)
		if got.TDS() != c.tds || got.CodePage() != c.codePage {
			t.Errorf("%s: % x, code page %d", c.name, got.TDS(), got.CodePage())
		}
		if back, ok := ByTDS(c.tds); !ok || back.TDS() != c.tds {
			t.Errorf("ByTDS(% x): %v", c.tds, ok)
		}
	}
	if _, ok := Lookup("Klingon_CI_AS"); ok {
		t.Error("Klingon_CI_AS is a collation")
	}
	seen := map[uint64]string{}
	for _, name := range Names() {
		c := named(t, name)
		if other := seen[c.Number()]; other != "" {
			t.Errorf("%s and %s have one number", name, other)
		}
		seen[c.Number()] = name
		if back, _ := ByNumber(c.Number()); back != c {
			t.Errorf("%s: not found by its number", name)
		}
	}
}

// Each row orders two strings under a collation.
func TestCompare(t *testing.T) {
	const ci, cs, ai = "SQL_Latin1_General_CP1_CI_AS", "Latin1_General_CS_AS", "Latin1_General_CI_AI"
	const bin, tr, sv = "Latin1_General_BIN2", "Turkish_CI_AS", "Finnish_Swedish_CI_AS"
	for _, c := range []struct {
		name, a, b string
		want       int
	}{
		{ci, "a", "A", 0},
		{ci, "abc", "ABC  ", 0},
		{ci, "a", "a\u00a0", -1},
		{ci, "", "   ", 0},
		{ci, "e", "é", -1},
		{ci, "é", "É", 0},
		{ci, "é", "e\u0301", 0},
		{ci, "éa", "eb", -1},
		{ci, "ß", "ss", 0},
		{ci, "æ", "ae", 0},
		{ci, "a b", "ab", -1},
		{ci, "a_b", "ab", -1},
		{ci, "10", "9", -1},
		{ci, "9", "a", -1},
		{ci, "z", "я", -1},
		{ci, "😀", "", 0},
		{"Latin1_General_100_CI_AS_SC", "😀", "😁", -1},
		{ci, "Ａ", "a", 0},
		{ci, "カ", "か", 0},
		{"Japanese_XJIS_140_CI_AS_KS", "カ", "か", 1},
		{cs, "a", "A", -1},
		{cs, "A", "b", -1},
		{cs, "ab", "Aa", 1},
		{ai, "e", "É", 0},
		{ai, "o", "Ø", 0},
		{bin, "a", "A", 1},
		{bin, "a", "a  ", 0},
		{bin, "a", "a\t", 1},
		{bin, "a", "a  \t", 1},
		{bin, "a", "a  b", -1},
		{bin, "z", "é", -1},
		{tr, "i", "I", 1},
		{tr, "ı", "I", 0},
		{tr, "i", "İ", 0},
		{sv, "z", "å", -1},
		{sv, "å", "ä", -1},
		{sv, "ä", "ö", -1},
		{ci, "ä", "b", -1},
	} {
		col := named(t, c.name)
		if got := col.Compare(c.a, c.b); got != c.want {
			t.Errorf("%s: Compare(%q, %q) = %d, want %d", c.name, c.a, c.b, got, c.want)
		}
		ka, kb := col.AppendKey(nil, c.a), col.AppendKey(nil, c.b)
		if got := bytes.Compare(ka, kb); got != c.want {
			t.Errorf("%s: keys of %q and %q give %d, want %d", c.name, c.a, c.b, got, c.want)
		}
	}
	if key := named(t, ci).AppendKey(nil, "Hello, World"); len(key) != len("Hello, World") {
		t.Errorf("the key of an ASCII string has %d bytes", len(key))
	}
}

func TestLike(t *testing.T) {
	const ci, cs, ai = "SQL_Latin1_General_CP1_CI_AS", "Latin1_General_CS_AS", "Latin1_General_CI_AI"
	for _, c := range []struct {
		name, s, pattern string
		escape           rune
		want             bool
	}{
		{ci, "abc", "ABC", 0, true},
		{ci, "abc", "a%", 0, true},
		{ci, "abc", "%C", 0, true},
		{ci, "abc", "_b_", 0, true},
		{ci, "abc", "_b", 0, false},
		{ci, "", "%", 0, true},
		{ci, "", "_", 0, false},
		{ci, "abc", "[a-c]%", 0, true},
		{ci, "dbc", "[a-c]%", 0, false},
		{ci, "dbc", "[^a-c]%", 0, true},
		{ci, "5%", "5[%]", 0, true},
		{ci, "5x", "5[%]", 0, false},
		{ci, "a]b", "a]b", 0, true},
		{ci, "50%", "50!%", '!', true},
		{ci, "500", "50!%", '!', false},
		{ci, "a-b", "a[-]b", 0, true},
		{ci, "b", "[a-", 0, false},
		{ci, "[x", "[[]x", 0, true},
		{ci, "aXbXc", "a%x%c", 0, true},
		{ci, "é", "e", 0, false},
		{ai, "é", "e", 0, true},
		{ai, "É", "[a-f]", 0, true},
		{cs, "abc", "ABC", 0, false},
		{cs, "B", "[A-C]", 0, true},
		{ci, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaab", "%a%a%a%a%a%a%a%c", 0, false},
		{ci, "日本語", "日_語", 0, true},
		{ci, "abc ", "abc", 0, false},
	} {
		p := named(t, c.name).Like(c.pattern, c.escape, true)
		if got := p.Match(c.s); got != c.want {
			t.Errorf("%s: %q LIKE %q is %v, want %v", c.name, c.s, c.pattern, got, c.want)
		}
	}
	if !Default().Like("abc", 0, false).Match("abc  ") {
		t.Error("blanks at the end of a varchar count in LIKE")
	}
	for _, c := range []struct {
		s, pattern string
		want       int
	}{
		{"interesting", "%ter%", 2},
		{"abc", "%", 0},
		{"abc", "abc", 0},
		{"abc", "b", -1},
		{"xabc", "%abc", 1},
		{"xabcabc", "%abc", 4},
		{"xabcd", "%abc", -1},
		{"a1b2", "%[0-9]b%", 1},
		{"aXbY", "%x%y%", 1},
		{"aYbX", "%x%y%", -1},
		{"abc  ", "%c", 2},
		{"", "%a%", -1},
		{"日本", "%本%", 3},
	} {
		if got := Default().Like(c.pattern, 0, false).Index(c.s); got != c.want {
			t.Errorf("Index of %q in %q: %d, want %d", c.pattern, c.s, got, c.want)
		}
	}
	for _, c := range []struct {
		s, pattern string
		want       bool
	}{{"abc  ", "%c", true}, {"abc  ", "abc _", true}, {"abc  ", "abc   ", false}, {"  ", "", true}, {"a  ", "a%b", false}, {"a b  ", "% b", true}} {
		if got := Default().Like(c.pattern, 0, false).Match(c.s); got != c.want {
			t.Errorf("varchar %q LIKE %q: %v", c.s, c.pattern, got)
		}
	}
	// Long strings take time in proportion to their length, not to its square.
	long := strings.Repeat("a", 1<<20) + strings.Repeat(" ", 1<<20)
	if Default().Like("%a%b%c%", 0, false).Index(long) != -1 || Default().Like("%b", 0, false).Match(long) {
		t.Error("found what is not there")
	}
	for _, c := range []struct {
		pattern, text string
		rest, whole   bool
	}{{"abc%", "abc", true, false}, {"abc", "abc", false, true}, {"a_c%", "a", false, false}, {"a%c", "a", false, false}, {"", "", false, true}} {
		text, rest, whole := Default().Like(c.pattern, 0, true).Prefix()
		if text != c.text || rest != c.rest || whole != c.whole {
			t.Errorf("Prefix of %q: %q %v %v", c.pattern, text, rest, whole)
		}
	}
}

func TestSearch(t *testing.T) {
	d := Default()
	if at, n := d.Index("Hello Wörld", "WÖR", 0); at != 6 || n != 4 {
		t.Errorf("Index: %d, %d", at, n)
	}
	if at, _ := d.Index("aaa", "", 0); at != -1 {
		t.Errorf("Index of nothing: %d", at)
	}
	if got, ok := d.Replace("aBcabc", "B", "xy", -1); got != "axycaxyc" || !ok {
		t.Errorf("Replace: %q", got)
	}
	if _, ok := d.Replace("aaaa", "a", "bbbb", 8); ok {
		t.Error("Replace passes its limit")
	}
	if got := named(t, "Turkish_CI_AS").Upper("istanbulß"); got != "İSTANBULß" {
		t.Errorf("Upper: %q", got)
	}
}

func TestCodePages(t *testing.T) {
	for _, c := range []struct{ name, s, bytes string }{
		{"Latin1_General_CI_AS", "é€", "\xe9\x80"},
		{"Latin1_General_CI_AS", "Ж日😀", "????"},
		{"Latin1_General_CI_AS", "Ａ", "A"},
		{"Cyrillic_General_CI_AS", "Ж", "\xc6"},
		{"Japanese_CI_AS", "日本", "\x93\xfa\x96\x7b"},
		{"Latin1_General_100_CI_AS_SC_UTF8", "日", "日"},
	} {
		col := named(t, c.name)
		if got := string(col.Encode(nil, c.s)); got != c.bytes {
			t.Errorf("%s: Encode(%q) = %x, want %x", c.name, c.s, got, c.bytes)
		}
		if got := col.EncodedLen(c.s); got != len(c.bytes) {
			t.Errorf("%s: EncodedLen(%q) = %d", c.name, c.s, got)
		}
		if narrow := col.Narrow(c.s); col.Narrow(narrow) != narrow {
			t.Errorf("%s: Narrow(%q) = %q does not stay", c.name, c.s, narrow)
		}
	}
	if got := named(t, "Japanese_CI_AS").Cut("日本", 3); got != "日" {
		t.Errorf("Cut: %q", got)
	}
}

func FuzzKey(f *testing.F) {
	f.Add("abc", "ABC", uint16(0))
	f.Add("a \x01", "a", uint16(3))
	f.Add("e\u0301x", "éX", uint16(9))
	f.Add("\xed\xa0\x80", "\xff", uint16(100))
	names := Names()
	f.Fuzz(func(t *testing.T, a, b string, pick uint16) {
		c, _ := Lookup(names[int(pick)%len(names)])
		ka, kb := c.AppendKey(nil, a), c.AppendKey(nil, b)
		if bytes.IndexByte(ka, 0) >= 0 {
			t.Fatalf("%s: the key of %q has a zero: %x", c.Name(), a, ka)
		}
		want := c.Compare(a, b)
		if got := bytes.Compare(ka, kb); got != want {
			t.Fatalf("%s: keys %x and %x of %q and %q give %d, Compare %d", c.Name(), ka, kb, a, b, got, want)
		}
		if want == 0 && c.Hash(a) != c.Hash(b) {
			t.Fatalf("%s: %q and %q hash differently", c.Name(), a, b)
		}
		c.Like(b, 0, true).Match(a)
		c.Decode(a)
		c.Cut(a, len(b))
		c.Index(a, b, 0)
	})
}

func BenchmarkCompare(b *testing.B) {
	c := Default()
	for b.Loop() {
		c.Compare("The quick brown fox", "The Quick Brown Fog")
	}
}

func BenchmarkKey(b *testing.B) {
	c := Default()
	var key []byte
	for b.Loop() {
		key = c.AppendKey(key[:0], "The quick brown fox")
	}
}
