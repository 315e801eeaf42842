package rsabatch

import (
	"encoding/binary"
	"math/bits"
)

const (
	digits    = 20 // of a number: 20 * 52 = 1040 bits, and R = 2^1040
	digitBits = 52
	digitMask = 1<<digitBits - 1

	primeLimbs = 16 // 64 bits each, the lowest first
	limbs      = 2 * primeLimbs
	// Size is the bytes of a modulus, of what is signed and of a signature.
	Size = 8 * limbs

	perBatch = 4            // signatures
	width    = 2 * perBatch // lanes: a signature's two primes lie side by side
)

type (
	number  [digits]uint64 // the lowest digit first
	lanes   [width]uint64
	numbers [digits]lanes // eight numbers: digit by digit, side by side

	half  [primeLimbs]uint64
	whole [limbs]uint64
)

// digit is digit i of a number in limbs; beyond the last limb all is zero.
func digit(v []uint64, i int) uint64 {
	at, shift := i*digitBits/64, i*digitBits%64
	if at >= len(v) {
		return 0
	}
	d := v[at] >> shift
	if at+1 < len(v) && shift > 64-digitBits {
		d |= v[at+1] << (64 - shift)
	}
	return d & digitMask
}

// number is h in digits.
func (h *half) number() (n number) {
	for i := range n {
		n[i] = digit(h[:], i)
	}
	return n
}

// half is one lane's number in limbs. It must be below 2^1024.
func (n *numbers) half(lane int) (h half) {
	for i := range n {
		at, shift := i*digitBits/64, i*digitBits%64
		h[at] |= n[i][lane] << shift
		if shift > 64-digitBits && at+1 < len(h) {
			h[at+1] |= n[i][lane] >> (64 - shift)
		}
	}
	return h
}

// set writes one lane.
func (n *numbers) set(lane int, v *number) {
	for i := range n {
		n[i][lane] = v[i]
	}
}

// add adds lane by lane. The sums must be below R.
func (n *numbers) add(m *numbers) {
	for lane := range width {
		carry := uint64(0)
		for i := range n {
			sum := n[i][lane] + m[i][lane] + carry
			n[i][lane], carry = sum&digitMask, sum>>digitBits
		}
	}
}

// settle brings numbers below 2m to below m, lane by lane.
func (n *numbers) settle(m *numbers) {
	for lane := range width {
		var less number
		borrow := uint64(0)
		for i := range n {
			d := n[i][lane] - m[i][lane] - borrow
			less[i], borrow = d&digitMask, d>>63
		}
		keep := -borrow // all ones where n is below m already
		for i := range n {
			n[i][lane] = n[i][lane]&keep | less[i]&^keep
		}
	}
}

// difference is a - b + 2m, in digits, for numbers below 2^1024 and an m of 1024 bits: it is between 0 and 3m.
func difference(a, b, m *half) (n number) {
	an, bn, mn := a.number(), b.number(), m.number()
	carry := uint64(0) // of the sum, in two's complement: at least -1
	for i := range n {
		sum := an[i] + 2*mn[i] - bn[i] + carry
		n[i], carry = sum&digitMask, uint64(int64(sum)>>digitBits)
	}
	return n
}

// double sets h to 2h mod m, for h below m.
func (h *half) double(m *half) {
	var twice, less half
	var carry, borrow uint64
	for i := range h {
		twice[i], carry = h[i]<<1|carry, h[i]>>63
		less[i], borrow = bits.Sub64(twice[i], m[i], borrow)
	}
	keep := -(borrow &^ carry) // all ones where 2h is below m already
	for i := range h {
		h[i] = twice[i]&keep | less[i]&^keep
	}
}

// shift is h * 2^times mod m, for h below m.
func (h half) shift(times int, m *half) half {
	for range times {
		h.double(m)
	}
	return h
}

// multiplyAdd is a*b + c.
func multiplyAdd(a, b, c *half) (out whole) {
	copy(out[:], c[:])
	for i := range a {
		carry := uint64(0)
		for j := range b {
			hi, lo := bits.Mul64(a[i], b[j])
			var c uint64
			lo, c = bits.Add64(lo, carry, 0)
			hi += c
			out[i+j], c = bits.Add64(out[i+j], lo, 0)
			carry = hi + c
		}
		out[i+primeLimbs] = carry
	}
	return out
}

// equal is all ones where a is b, and zero where it is not.
func equal(a, b uint64) uint64 {
	x := a ^ b
	return (x|-x)>>63 - 1
}

// readLimbs reads a number of 8*len(into) bytes, the highest first.
func readLimbs(into []uint64, from []byte) {
	for i := range into {
		into[i] = binary.BigEndian.Uint64(from[len(from)-8*(i+1):])
	}
}

// bytes is the number with its highest byte first.
func (w *whole) bytes() []byte {
	out := make([]byte, Size)
	for i, limb := range w {
		binary.BigEndian.PutUint64(out[Size-8*(i+1):], limb)
	}
	return out
}

// below reports whether w is less than v. Both are public.
func (w *whole) below(v *whole) bool {
	var borrow uint64
	for i := range w {
		_, borrow = bits.Sub64(w[i], v[i], borrow)
	}
	return borrow == 1
}
