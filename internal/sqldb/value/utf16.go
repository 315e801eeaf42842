package value

import (
	"strings"
	"unicode/utf8"
)

// UTF16Len is how many UTF-16 units a WTF-8 string has, which is what LEN and nvarchar(n) count.
func UTF16Len(s string) int {
	n := 0
	for i := range len(s) {
		switch b := s[i]; {
		case b < 0x80 || b >= 0xc0 && b < 0xf0:
			n++
		case b >= 0xf0:
			n += 2
		}
	}
	return n
}

// IsASCII reports whether a string has one byte for each character.
func IsASCII(s string) bool {
	for len(s) >= 8 {
		if (s[0]|s[1]|s[2]|s[3]|s[4]|s[5]|s[6]|s[7])&0x80 != 0 {
			return false
		}
		s = s[8:]
	}
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// CutUTF16 gives the part of s that starts at a UTF-16 unit and has at most n of them. A cut through a surrogate pair
// leaves lone surrogates, as SQL Server does.
func CutUTF16(s string, start, n int) string {
	if n <= 0 || start >= len(s) {
		return ""
	}
	if start <= 0 && n >= len(s) { // there are never more units than bytes
		return s
	}
	if IsASCII(s) {
		return s[start:min(len(s), start+n)]
	}
	u := UTF16(s)
	if start >= len(u) {
		return ""
	}
	return FromUTF16(u[start:min(len(u), start+n)])
}

// UTF16 gives the UTF-16 units of a WTF-8 string.
func UTF16(s string) []uint16 {
	u := make([]uint16, 0, len(s))
	for len(s) > 0 {
		r, n := decodeWTF8(s)
		s = s[n:]
		if r < 0x10000 {
			u = append(u, uint16(r))
			continue
		}
		r -= 0x10000
		u = append(u, 0xd800|uint16(r>>10), 0xdc00|uint16(r&0x3ff))
	}
	return u
}

// FromUTF16 makes a WTF-8 string of UTF-16 units: pairs become one character, lone surrogates take three bytes.
func FromUTF16(u []uint16) string {
	b := make([]byte, 0, len(u)+8)
	for i := 0; i < len(u); i++ {
		r := rune(u[i])
		if r >= 0xd800 && r < 0xdc00 && i+1 < len(u) && u[i+1]&0xfc00 == 0xdc00 {
			r = 0x10000 + (r&0x3ff)<<10 + rune(u[i+1]&0x3ff)
			i++
		}
		b = AppendWTF8(b, r)
	}
	return string(b)
}

// AppendWTF8 writes a code point, which may be a lone surrogate.
func AppendWTF8(b []byte, r rune) []byte {
	if r >= 0xd800 && r <= 0xdfff {
		return append(b, 0xed, byte(r>>6)&0x3f|0x80, byte(r)&0x3f|0x80)
	}
	return utf8.AppendRune(b, r)
}

func decodeWTF8(s string) (rune, int) {
	r, n := utf8.DecodeRuneInString(s)
	if r == utf8.RuneError && n == 1 && len(s) >= 3 && s[0] == 0xed {
		return 0xd000 | rune(s[1]&0x3f)<<6 | rune(s[2]&0x3f), 3
	}
	return r, n
}

// Runes gives the code points of s; a lone surrogate is one.
func Runes(s string) []rune {
	out := make([]rune, 0, len(s))
	for len(s) > 0 {
		r, n := decodeWTF8(s)
		out = append(out, r)
		s = s[n:]
	}
	return out
}

// cutTo cuts s to the length of t: UTF-16 units of nchar and nvarchar, bytes of the code page of char and varchar.
func cutTo(s string, t Type) string {
	if t.Length == Max || !t.IsString() || t.ID == Text || t.ID == NText || len(s) <= int(t.Length) {
		return s
	}
	if t.IsUnicode() {
		return CutUTF16(s, 0, int(t.Length))
	}
	return t.Collate().Cut(s, int(t.Length))
}

// sizeIn is the length of s as t counts it.
func sizeIn(s string, t Type) int {
	if t.IsUnicode() {
		return UTF16Len(s)
	}
	return t.Collate().EncodedLen(s)
}

const blanks = "                                                                "

// pad fills s with spaces up to the length of a char or nchar.
func pad(s string, t Type) string {
	n := int(t.Length) - sizeIn(s, t)
	if n <= 0 {
		return s
	}
	if n <= len(blanks) {
		return s + blanks[:n]
	}
	return s + strings.Repeat(" ", n)
}

// toCodePage replaces what the code page of t lacks, as going through it would.
func toCodePage(s string, t Type) string {
	if IsASCII(s) {
		return s
	}
	return t.Collate().Narrow(s)
}
