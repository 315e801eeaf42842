package collate

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// single gives the code pages of one byte a character.
func single(page int) *charmap.Charmap {
	switch page {
	case 437:
		return charmap.CodePage437
	case 850:
		return charmap.CodePage850
	case 874:
		return charmap.Windows874
	case 1250:
		return charmap.Windows1250
	case 1251:
		return charmap.Windows1251
	case 1253:
		return charmap.Windows1253
	case 1254:
		return charmap.Windows1254
	case 1255:
		return charmap.Windows1255
	case 1256:
		return charmap.Windows1256
	case 1257:
		return charmap.Windows1257
	case 1258:
		return charmap.Windows1258
	}
	return charmap.Windows1252
}

// double gives the code pages of one or two bytes a character; nil for the others.
func double(page int) encoding.Encoding {
	switch page {
	case 932:
		return japanese.ShiftJIS
	case 936:
		return simplifiedchinese.GBK
	case 949:
		return korean.EUCKR
	case 950:
		return traditionalchinese.Big5
	}
	return nil
}

func plainASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// Encode writes s behind dst in the code page of char and varchar. What the page lacks becomes its nearest relative or
// a question mark.
func (c *Collation) Encode(dst []byte, s string) []byte {
	if c.utf8 || plainASCII(s) {
		return append(dst, s...)
	}
	if d := double(c.codePage); d != nil {
		return encodeDouble(dst, s, d.NewEncoder())
	}
	m := single(c.codePage)
	for len(s) > 0 {
		r, n := decode(s)
		s = s[n:]
		dst = append(dst, encodeRune(m, c.codePage, r))
		if r > 0xffff {
			dst = append(dst, '?') // one for each surrogate
		}
	}
	return dst
}

func encodeRune(m *charmap.Charmap, page int, r rune) byte {
	if b, ok := m.EncodeRune(r); ok {
		return b
	}
	if page == 1252 && r >= 0x80 && r < 0xa0 {
		return byte(r) // Windows maps the five holes of 1252 to the control characters of their numbers
	}
	if r >= 0xff01 && r <= 0xff5e {
		return byte(r - 0xfee0)
	}
	if d := decomposition(r); d != "" && d[0] < utf8.RuneSelf {
		return d[0]
	}
	if b, ok := strokes[r]; ok {
		return b
	}
	return '?'
}

func encodeDouble(dst []byte, s string, e *encoding.Encoder) []byte {
	for len(s) > 0 {
		r, n := decode(s)
		if r < utf8.RuneSelf {
			dst = append(dst, byte(r))
		} else if b, err := e.String(s[:n]); err == nil {
			dst = append(dst, b...)
		} else {
			dst = append(dst, '?')
		}
		s = s[n:]
	}
	return dst
}

// Decode reads bytes of the code page of char and varchar. Every byte sequence has a reading.
func (c *Collation) Decode(b string) string {
	if plainASCII(b) {
		return b
	}
	if c.utf8 {
		return strings.ToValidUTF8(b, "\ufffd")
	}
	if d := double(c.codePage); d != nil {
		s, err := d.NewDecoder().String(b)
		if err != nil {
			return strings.ToValidUTF8(b, "\ufffd")
		}
		return s
	}
	m := single(c.codePage)
	out := make([]byte, 0, len(b)+len(b)/2)
	for i := range len(b) {
		r := m.DecodeByte(b[i])
		if r == utf8.RuneError {
			r = rune(b[i])
		}
		out = utf8.AppendRune(out, r)
	}
	return string(out)
}

// EncodedLen is how many bytes s takes in the code page.
func (c *Collation) EncodedLen(s string) int {
	switch {
	case c.utf8 || plainASCII(s):
		return len(s)
	case double(c.codePage) != nil:
		return len(c.Encode(nil, s))
	}
	n := 0
	for i := range len(s) {
		if s[i] < 0x80 || s[i] >= 0xc0 {
			n++
		}
		if s[i] >= 0xf0 {
			n++ // a question mark for each surrogate
		}
	}
	return n
}

// Narrow is s as it comes back from the code page.
func (c *Collation) Narrow(s string) string {
	if c.utf8 || plainASCII(s) {
		return s
	}
	return c.Decode(string(c.Encode(nil, s)))
}

// Cut gives the longest start of s that takes at most n bytes in the code page.
func (c *Collation) Cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	at, size := 0, 0
	for at < len(s) {
		_, width := decode(s[at:])
		size += c.EncodedLen(s[at : at+width])
		if size > n {
			break
		}
		at += width
	}
	return s[:at]
}
