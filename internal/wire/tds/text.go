package tds

import (
	"encoding/binary"
	"unicode/utf8"
	"unsafe"
)

// AppendText appends s, which is WTF-8, as UTF-16LE. Three bytes that stand for a lone surrogate become it again; a byte
// that is no part of a character becomes U+FFFD.
func AppendText(dst []byte, s string) []byte {
	i := 0
	for i < len(s) {
		// Texts are mostly ASCII: eight bytes at a time.
		for i+8 <= len(s) {
			w := binary.LittleEndian.Uint64(unsafe.Slice(unsafe.StringData(s[i:]), 8))
			if w&0x8080808080808080 != 0 {
				break
			}
			lo, hi := spread(uint32(w)), spread(uint32(w>>32))
			dst = binary.LittleEndian.AppendUint64(dst, lo)
			dst = binary.LittleEndian.AppendUint64(dst, hi)
			i += 8
		}
		for i < len(s) && s[i] < utf8.RuneSelf {
			dst = append(dst, s[i], 0)
			i++
		}
		if i < len(s) {
			var n int
			dst, n = appendRune(dst, s[i:])
			i += n
		}
	}
	return dst
}

// spread puts a zero byte behind each of four.
func spread(w uint32) uint64 {
	x := uint64(w)
	x = (x | x<<16) & 0x0000FFFF0000FFFF
	return (x | x<<8) & 0x00FF00FF00FF00FF
}

// appendRune appends the first character of s, which is not ASCII, and tells how many bytes of s it takes.
func appendRune(dst []byte, s string) ([]byte, int) {
	r, n := utf8.DecodeRuneInString(s)
	if r == utf8.RuneError && n <= 1 {
		if unit, ok := surrogate(s); ok {
			return binary.LittleEndian.AppendUint16(dst, unit), 3
		}
		return binary.LittleEndian.AppendUint16(dst, utf8.RuneError), 1
	}
	if r < 0x10000 {
		return binary.LittleEndian.AppendUint16(dst, uint16(r)), n
	}
	r -= 0x10000
	dst = binary.LittleEndian.AppendUint16(dst, 0xD800|uint16(r>>10))
	return binary.LittleEndian.AppendUint16(dst, 0xDC00|uint16(r&0x3FF)), n
}

// surrogate reads a lone surrogate at the beginning of s.
func surrogate(s string) (uint16, bool) {
	if len(s) < 3 || s[0] != 0xED || s[1] < 0xA0 || s[1] > 0xBF || s[2]&0xC0 != 0x80 {
		return 0, false
	}
	return 0xD000 | uint16(s[1]&0x3F)<<6 | uint16(s[2]&0x3F), true
}

// DecodeText reads UTF-16LE into WTF-8. An odd byte at the end is left out.
func DecodeText(b []byte) string {
	units := len(b) / 2
	if units == 0 {
		return ""
	}
	ascii := ASCIIUnits(b)
	size := units
	if !ascii {
		size = units + units/2
	}
	out := make([]byte, 0, size)
	if ascii {
		for i := 0; i < 2*units; i += 2 {
			out = append(out, b[i])
		}
		return unsafe.String(unsafe.SliceData(out), len(out))
	}
	out = AppendWTF8(out, b)
	return unsafe.String(unsafe.SliceData(out), len(out))
}

// ASCIIUnits reports whether all units of b are below U+0080.
func ASCIIUnits(b []byte) bool {
	i := 0
	for ; i+8 <= len(b); i += 8 {
		if binary.LittleEndian.Uint64(b[i:])&0xFF80FF80FF80FF80 != 0 {
			return false
		}
	}
	for ; i+2 <= len(b); i += 2 {
		if b[i+1] != 0 || b[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// AppendWTF8 appends the UTF-16LE of b as WTF-8.
func AppendWTF8(dst, b []byte) []byte {
	for i := 0; i+2 <= len(b); i += 2 {
		u := rune(binary.LittleEndian.Uint16(b[i:]))
		switch {
		case u < utf8.RuneSelf:
			dst = append(dst, byte(u))
			continue
		case u >= 0xD800 && u < 0xDC00 && i+4 <= len(b):
			if low := rune(binary.LittleEndian.Uint16(b[i+2:])); low >= 0xDC00 && low < 0xE000 {
				u = 0x10000 + (u-0xD800)<<10 + (low - 0xDC00)
				i += 2
			}
		}
		if u >= 0xD800 && u < 0xE000 {
			dst = append(dst, 0xED, 0x80|byte(u>>6)&0x3F, 0x80|byte(u)&0x3F)
			continue
		}
		dst = utf8.AppendRune(dst, u)
	}
	return dst
}

// Units is the number of UTF-16 units that s takes.
func Units(s string) int {
	n := 0
	for i := 0; i < len(s); {
		if s[i] < utf8.RuneSelf {
			i, n = i+1, n+1
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size <= 1 {
			if _, ok := surrogate(s[i:]); ok {
				size = 3
			}
		}
		if n++; r >= 0x10000 {
			n++
		}
		i += size
	}
	return n
}

// appendBVarChar appends B_VARCHAR, at most 255 units.
func appendBVarChar(dst []byte, s string) []byte {
	at := len(dst)
	dst = appendBounded(append(dst, 0), s, 255)
	dst[at] = byte((len(dst) - at - 1) / 2)
	return dst
}

// appendUSVarChar appends US_VARCHAR, at most limit units.
func appendUSVarChar(dst []byte, s string, limit int) []byte {
	at := len(dst)
	dst = appendBounded(append(dst, 0, 0), s, limit)
	binary.LittleEndian.PutUint16(dst[at:], uint16((len(dst)-at-2)/2))
	return dst
}

// appendBounded appends s as UTF-16 and cuts it at limit units, not between two that belong together.
func appendBounded(dst []byte, s string, limit int) []byte {
	if len(s) > 3*limit {
		s = s[:3*limit] // a unit takes at most three bytes
	}
	at := len(dst)
	dst = AppendText(dst, s)
	if len(dst)-at <= 2*limit {
		return dst
	}
	dst = dst[:at+2*limit]
	if last := binary.LittleEndian.Uint16(dst[len(dst)-2:]); last >= 0xD800 && last < 0xDC00 {
		dst = dst[:len(dst)-2]
	}
	return dst
}
