package value

import (
	"encoding/hex"
	"math"
	"strconv"
)

// appendDecimal writes a decimal with its point.
func appendDecimal(dst []byte, n Int128, scale uint8) []byte {
	start := len(dst)
	dst = n.appendDigits(dst)
	if scale == 0 {
		return dst
	}
	if n.Hi < 0 {
		start++
	}
	for len(dst)-start <= int(scale) {
		dst = append(dst, 0)
		copy(dst[start+1:], dst[start:])
		dst[start] = '0'
	}
	at := len(dst) - int(scale)
	dst = append(dst, 0)
	copy(dst[at+1:], dst[at:])
	dst[at] = '.'
	return dst
}

// appendMoney writes money: style 0 has two digits after the point, 1 also commas, 2 and 126 four digits.
func appendMoney(dst []byte, n int64, style int) []byte {
	negative := n < 0
	u := abs64(n)
	digits := 4
	if style != 2 && style != 126 {
		u, digits = (u+50)/100, 2
		negative = negative && u != 0
	}
	unit := uint64(100)
	if digits == 4 {
		unit = 10000
	}
	if negative {
		dst = append(dst, '-')
	}
	whole := strconv.FormatUint(u/unit, 10)
	for i := range len(whole) {
		if style == 1 && i > 0 && (len(whole)-i)%3 == 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, whole[i])
	}
	dst = append(dst, '.')
	return appendPadded(dst, int64(u%unit), digits)
}

// appendPadded writes n with zeros before it.
func appendPadded(dst []byte, n int64, digits int) []byte {
	start := len(dst)
	dst = strconv.AppendInt(dst, n, 10)
	for len(dst)-start < digits {
		dst = append(dst, 0)
		copy(dst[start+1:], dst[start:])
		dst[start] = '0'
	}
	return dst
}

// appendFloat writes a float as CONVERT does: style 0 has up to six digits, 1 eight and 2 sixteen with an exponent, 3
// seventeen, all that is needed to read the same number back.
func appendFloat(dst []byte, f float64, style int) []byte {
	format, precision := byte('g'), 6
	switch style {
	case 1:
		format, precision = 'e', 7
	case 2:
		format, precision = 'e', 15
	case 3:
		format, precision = 'e', 16
	}
	if f == 0 {
		f = math.Abs(f)
	}
	s := strconv.FormatFloat(f, format, precision, 64)
	// Exponents have three digits, as in the C library of Windows.
	for i := range len(s) {
		if s[i] == 'e' {
			dst = append(dst, s[:i+2]...)
			exponent, _ := strconv.Atoi(s[i+2:])
			return appendPadded(dst, int64(exponent), 3)
		}
	}
	return append(dst, s...)
}

// appendGUID writes a uniqueidentifier in capitals with hyphens.
func appendGUID(dst []byte, b string) []byte {
	order := [16]int{3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15}
	const digits = "0123456789ABCDEF"
	for i, at := range order {
		if i == 4 || i == 6 || i == 8 || i == 10 {
			dst = append(dst, '-')
		}
		dst = append(dst, digits[b[at]>>4], digits[b[at]&15])
	}
	return dst
}

// parseGUID reads the 36 characters of a uniqueidentifier, in braces or not; what follows them is ignored, as SQL
// Server does.
func parseGUID(s string) (string, bool) {
	if len(s) >= 38 && s[0] == '{' && s[37] == '}' {
		s = s[1:]
	}
	if len(s) < 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return "", false
	}
	b, err := hex.DecodeString(s[:8] + s[9:13] + s[14:18] + s[19:23] + s[24:36])
	if err != nil {
		return "", false
	}
	b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7] = b[3], b[2], b[1], b[0], b[5], b[4], b[7], b[6]
	return string(b), true
}
