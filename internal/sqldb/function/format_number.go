package function

import (
	"math"
	"strconv"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// decimalDigits is a number as digits: 0.digits times ten to the power of point.
type decimalDigits struct {
	negative bool
	digits   string // no zero at either end; "" is zero
	point    int
}

type numberKind uint8

const (
	kindInteger numberKind = iota
	kindDecimal
	kindFloat
)

func normalized(negative bool, digits string, point int) decimalDigits {
	trimmed := strings.TrimLeft(digits, "0")
	point -= len(digits) - len(trimmed)
	trimmed = strings.TrimRight(trimmed, "0")
	if trimmed == "" {
		return decimalDigits{}
	}
	return decimalDigits{negative: negative, digits: trimmed, point: point}
}

func digitsOf(n value.Int128, scale uint8) decimalDigits {
	s := n.String()
	digits, negative := strings.CutPrefix(s, "-")
	return normalized(negative, digits, len(digits)-int(scale))
}

func digitsOfFloat(f float64) decimalDigits {
	s := strconv.FormatFloat(math.Abs(f), 'e', 14, 64) // .NET shows fifteen digits
	mantissa, exponent, _ := strings.Cut(s, "e")
	e, _ := strconv.Atoi(exponent)
	return normalized(f < 0, strings.Replace(mantissa, ".", "", 1), e+1)
}

// rounded has at most n digits after the point, halves away from zero.
func (d decimalDigits) rounded(n int) decimalDigits {
	keep := d.point + n
	switch {
	case keep >= len(d.digits):
		return d
	case keep < 0:
		return decimalDigits{}
	}
	up := d.digits[keep] >= '5'
	b := []byte(d.digits[:keep])
	for i := keep - 1; up && i >= 0; i-- {
		if up = b[i] == '9'; up {
			b[i] = '0'
		} else {
			b[i]++
		}
	}
	if up {
		return normalized(d.negative, "1"+string(b), d.point+1)
	}
	return normalized(d.negative, string(b), d.point)
}

// parts are the digits before the point, at least one, and exactly n after it.
func (d decimalDigits) parts(n int) (whole, fraction string) {
	if d.point > 0 {
		whole = d.digits[:min(d.point, len(d.digits))]
		whole += strings.Repeat("0", d.point-len(whole))
	}
	for i := range n {
		at := d.point + i
		if at >= 0 && at < len(d.digits) {
			fraction += d.digits[at : at+1]
		} else {
			fraction += "0"
		}
	}
	if whole == "" {
		whole = "0"
	}
	return whole, fraction
}

// grouped puts commas between thousands.
func grouped(whole string) string {
	var b strings.Builder
	for i := range len(whole) {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteByte(whole[i])
	}
	return b.String()
}

// formatDigits writes a number by a standard pattern (a letter and a precision) or a custom one.
func formatDigits(d decimalDigits, pattern string, kind numberKind) (string, bool) {
	if pattern == "" {
		pattern = "G"
	}
	letter := pattern[0] | 0x20
	precision, err := strconv.Atoi(pattern[1:])
	standard := letter >= 'a' && letter <= 'z' && (len(pattern) == 1 || err == nil && len(pattern) <= 3)
	if !standard {
		return customNumber(d, pattern), true
	}
	if len(pattern) == 1 {
		precision = -1
	}
	return standardNumber(d, pattern[0], precision, kind)
}

func standardNumber(d decimalDigits, letter byte, precision int, kind numberKind) (string, bool) {
	fixed := func(n int, group bool) string {
		whole, fraction := d.rounded(n).parts(n)
		if group {
			whole = grouped(whole)
		}
		if n > 0 {
			whole += "." + fraction
		}
		return whole
	}
	either := func(n, otherwise int) int {
		if n < 0 {
			return otherwise
		}
		return n
	}
	signed := func(s string) string {
		if d.negative && strings.Trim(s, "0.,%") != "" {
			return "-" + s
		}
		return s
	}
	switch letter | 0x20 {
	case 'c':
		s := "$" + fixed(either(precision, 2), true)
		if d.negative && strings.Trim(s, "$0.,") != "" {
			return "-" + s, true
		}
		return s, true
	case 'n':
		return signed(fixed(either(precision, 2), true)), true
	case 'f':
		return signed(fixed(either(precision, 2), false)), true
	case 'p':
		d.point += 2 * b2i(d.digits != "")
		return signed(fixed(either(precision, 2), true) + "%"), true
	case 'd':
		if kind != kindInteger {
			return "", false
		}
		whole, _ := d.parts(0)
		return signed(strings.Repeat("0", max(0, precision-len(whole))) + whole), true
	case 'e':
		return signed(d.exponential(either(precision, 6), letter, 3)), true
	case 'g', 'r':
		return signed(d.general(precision, kind)), true
	case 'x':
		if kind != kindInteger {
			return "", false
		}
		return hexadecimal(d, letter, precision), true
	}
	return "", false
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// exponential is d.dddE+xxx.
func (d decimalDigits) exponential(n int, letter byte, width int) string {
	e := decimalDigits{digits: d.digits, point: 1}
	r := e.rounded(n)
	exponent := d.point - 1 + r.point - 1
	if d.digits == "" {
		exponent = 0
	}
	r.point = 1
	whole, fraction := r.parts(n)
	if n > 0 {
		whole += "." + fraction
	}
	sign := "+"
	if exponent < 0 {
		sign, exponent = "-", -exponent
	}
	s := strconv.Itoa(exponent)
	return whole + string(letter) + sign + strings.Repeat("0", max(0, width-len(s))) + s
}

// general is the shorter of the two; decimals and integers have an exponent only where a precision forces it.
func (d decimalDigits) general(precision int, kind numberKind) string {
	most := precision
	if most <= 0 {
		most = map[numberKind]int{kindInteger: 19, kindDecimal: 38, kindFloat: 15}[kind]
	}
	if d.point > most || d.point < -4 && (kind == kindFloat || precision > 0) {
		r := decimalDigits{digits: d.digits, point: 1}.rounded(most - 1)
		return d.exponential(max(0, len(r.digits)-1), 'E', 2)
	}
	r := d.rounded(most - d.point)
	whole, fraction := r.parts(max(0, len(r.digits)-r.point))
	if fraction != "" {
		whole += "." + fraction
	}
	return whole
}

func hexadecimal(d decimalDigits, letter byte, precision int) string {
	whole, _ := d.parts(0)
	n, err := strconv.ParseUint(whole, 10, 64)
	if err != nil {
		n = math.MaxUint64
	}
	if d.negative {
		n = -n
		if n>>31 == 1<<33-1 {
			n &= math.MaxUint32
		}
	}
	s := strconv.FormatUint(n, 16)
	if letter == 'X' {
		s = strings.ToUpper(s)
	}
	return strings.Repeat("0", max(0, precision-len(s))) + s
}
