package value

import (
	"math/big"
	"math/bits"
	"strings"
)

// Int128 is an integer of 128 bits in two's complement.
type Int128 struct {
	Hi int64
	Lo uint64
}

// Int128Of widens n.
func Int128Of(n int64) Int128 { return Int128{Hi: n >> 63, Lo: uint64(n)} }

// Sign is -1, 0 or 1.
func (n Int128) Sign() int {
	switch {
	case n.Hi < 0:
		return -1
	case n.Hi == 0 && n.Lo == 0:
		return 0
	}
	return 1
}

// Neg is -n.
func (n Int128) Neg() Int128 {
	lo, borrow := bits.Sub64(0, n.Lo, 0)
	hi, _ := bits.Sub64(0, uint64(n.Hi), borrow)
	return Int128{Hi: int64(hi), Lo: lo}
}

// Abs is n without its sign, as two unsigned halves.
func (n Int128) Abs() (hi, lo uint64) {
	if n.Hi < 0 {
		n = n.Neg()
	}
	return uint64(n.Hi), n.Lo
}

// Cmp compares as integers: -1, 0 or 1.
func (n Int128) Cmp(m Int128) int {
	switch {
	case n.Hi < m.Hi:
		return -1
	case n.Hi > m.Hi:
		return 1
	case n.Lo < m.Lo:
		return -1
	case n.Lo > m.Lo:
		return 1
	}
	return 0
}

// IsInt64 reports whether n fits 64 bits, and gives it.
func (n Int128) IsInt64() (int64, bool) { return int64(n.Lo), n.Hi == int64(n.Lo)>>63 }

// Add is n+m, without a look at overflow: decimals have 127 bits at most.
func (n Int128) Add(m Int128) Int128 {
	lo, carry := bits.Add64(n.Lo, m.Lo, 0)
	hi, _ := bits.Add64(uint64(n.Hi), uint64(m.Hi), carry)
	return Int128{Hi: int64(hi), Lo: lo}
}

// Sub is n-m, without a look at overflow.
func (n Int128) Sub(m Int128) Int128 {
	lo, borrow := bits.Sub64(n.Lo, m.Lo, 0)
	hi, _ := bits.Sub64(uint64(n.Hi), uint64(m.Hi), borrow)
	return Int128{Hi: int64(hi), Lo: lo}
}

// Big is n as a big.Int.
func (n Int128) Big() *big.Int {
	hi, lo := n.Abs()
	b := new(big.Int).SetUint64(hi)
	b.Lsh(b, 64).Or(b, new(big.Int).SetUint64(lo))
	if n.Hi < 0 {
		b.Neg(b)
	}
	return b
}

// Int128OfBig narrows b; ok says whether it fits 127 bits and a sign.
func Int128OfBig(b *big.Int) (n Int128, ok bool) {
	if b.BitLen() > 127 {
		return Int128{}, false
	}
	var buf [16]byte
	b.FillBytes(buf[:])
	for i := range 8 {
		n.Hi = n.Hi<<8 | int64(buf[i])
		n.Lo = n.Lo<<8 | uint64(buf[8+i])
	}
	if b.Sign() < 0 {
		n = n.Neg()
	}
	return n, true
}

// String is n in decimal digits.
func (n Int128) String() string { return string(n.appendDigits(nil)) }

// appendDigits writes n in decimal digits, with a sign where it is negative.
func (n Int128) appendDigits(dst []byte) []byte {
	hi, lo := n.Abs()
	if n.Hi < 0 {
		dst = append(dst, '-')
	}
	var buf [40]byte
	i := len(buf)
	for hi != 0 {
		var rest uint64
		hi, rest = hi/1e18, hi%1e18
		lo, rest = bits.Div64(rest, lo, 1e18)
		for range 18 {
			i--
			buf[i] = byte('0' + rest%10)
			rest /= 10
		}
	}
	for lo != 0 || i == len(buf) {
		i--
		buf[i] = byte('0' + lo%10)
		lo /= 10
	}
	return append(dst, buf[i:]...)
}

// ParseInt128 reads decimal digits with a sign before them; ok is false for anything else and for what does not fit.
func ParseInt128(s string) (n Int128, ok bool) {
	digits := strings.TrimLeft(s, "+-")
	if len(s)-len(digits) > 1 || digits == "" {
		return Int128{}, false
	}
	for i := range len(digits) {
		d := digits[i] - '0'
		if d > 9 {
			return Int128{}, false
		}
		over, low := bits.Mul64(n.Lo, 10)
		top, high := bits.Mul64(uint64(n.Hi), 10)
		low, carry := bits.Add64(low, uint64(d), 0)
		high, carry = bits.Add64(high, over, carry)
		if top+carry != 0 || int64(high) < 0 {
			return Int128{}, false
		}
		n = Int128{Hi: int64(high), Lo: low}
	}
	if s[0] == '-' {
		n = n.Neg()
	}
	return n, true
}

// powers are the powers of ten that 128 bits hold with a sign: 10^0 to 10^38.
var powers = tenPowers()

func tenPowers() (p [39]Int128) {
	p[0] = Int128{Lo: 1}
	for i := 1; i < len(p); i++ {
		over, lo := bits.Mul64(p[i-1].Lo, 10)
		p[i] = Int128{Hi: p[i-1].Hi*10 + int64(over), Lo: lo}
	}
	return p
}

// Pow10 is 10^n for n from 0 to 38.
func Pow10(n int) Int128 { return powers[n] }

// fits reports whether n has at most that many decimal digits.
func (n Int128) fits(precision uint8) bool {
	p := powers[precision]
	if n.Hi < 0 {
		n = n.Neg()
	}
	return n.Cmp(p) < 0
}

// Rescale moves the point of n from one scale to another. Digits that go are rounded, halves away from zero, or cut
// where truncate says so. ok is false where the result does not fit 38 digits.
func (n Int128) Rescale(from, to uint8, truncate bool) (m Int128, ok bool) {
	switch {
	case from == to:
		return n, n.fits(38)
	case from < to:
		return n.mulPower(int(to - from))
	}
	drop := int(from - to)
	if drop > 38 {
		return Int128{}, true
	}
	return n.divPower(drop, truncate), true
}

// mulSmall multiplies n, which is not negative; ok is false where the product has more than 127 bits.
func (n Int128) mulSmall(m uint64) (p Int128, ok bool) {
	over, lo := bits.Mul64(n.Lo, m)
	top, hi := bits.Mul64(uint64(n.Hi), m)
	hi, carry := bits.Add64(hi, over, 0)
	return Int128{Hi: int64(hi), Lo: lo}, top+carry == 0 && int64(hi) >= 0
}

func (n Int128) mulPower(digits int) (Int128, bool) {
	if n.Sign() == 0 {
		return n, true
	}
	if digits > 38 {
		return Int128{}, false
	}
	hi, lo := n.Abs()
	m, ok := Int128{Hi: int64(hi), Lo: lo}, int64(hi) >= 0
	for ; digits > 0 && ok; digits -= 19 {
		m, ok = m.mulSmall(powers[min(digits, 19)].Lo)
	}
	if n.Hi < 0 {
		m = m.Neg()
	}
	return m, ok && m.fits(38)
}

// divSmall divides two unsigned halves.
func divSmall(hi, lo, by uint64) (qHi, qLo, rest uint64) {
	qHi = hi / by
	qLo, rest = bits.Div64(hi%by, lo, by)
	return qHi, qLo, rest
}

func (n Int128) divPower(digits int, truncate bool) Int128 {
	hi, lo := n.Abs()
	if digits > 19 {
		hi, lo, _ = divSmall(hi, lo, powers[19].Lo) // what is cut here is below a half of what is cut next
		digits -= 19
	}
	hi, lo, rest := divSmall(hi, lo, powers[digits].Lo)
	q := Int128{Hi: int64(hi), Lo: lo}
	if p := powers[digits].Lo; !truncate && rest >= p-rest && p > 1 {
		q = q.Add(Int128{Lo: 1})
	}
	if n.Hi < 0 {
		q = q.Neg()
	}
	return q
}

func abs64(n int64) uint64 {
	if n < 0 {
		return uint64(-n)
	}
	return uint64(n)
}

// Float is the nearest float64 of n with its point moved.
func (n Int128) Float(scale uint8) float64 {
	if small, ok := n.IsInt64(); ok && scale <= 22 && small < 1<<53 && small > -1<<53 {
		return float64(small) / pow10Float[scale]
	}
	f, _ := new(big.Rat).SetFrac(n.Big(), powers[scale].Big()).Float64()
	return f
}

// pow10Float are the powers of ten that a float64 holds exactly.
var pow10Float = [...]float64{1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22}
