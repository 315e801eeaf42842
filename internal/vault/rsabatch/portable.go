package rsabatch

import "math/bits"

// What the assembly does, in words of Go: tests hold the one against the other, and other architectures can run them.

// mulPortable is mul.
func mulPortable(dst, a, b, m *numbers, k0 *lanes) {
	for lane := range dst[0] {
		var acc [digits + 1]uint64
		for i := range digits {
			for j := range digits {
				lower, upper := halves(a[j][lane], b[i][lane])
				acc[j] += lower
				acc[j+1] += upper
			}
			y := acc[0] * k0[lane] & digitMask
			for j := range digits {
				lower, upper := halves(m[j][lane], y)
				acc[j] += lower
				acc[j+1] += upper
			}
			acc[1] += acc[0] >> digitBits
			copy(acc[:], acc[1:])
			acc[digits] = 0
		}
		for j := range digits {
			acc[j+1] += acc[j] >> digitBits
		}
		for j := range digits {
			dst[j][lane] = acc[j] & digitMask
		}
	}
}

// halves are the lower and the upper 52 bits of a product of two digits.
func halves(a, b uint64) (lower, upper uint64) {
	hi, lo := bits.Mul64(a&digitMask, b&digitMask)
	return lo & digitMask, hi<<(64-digitBits) | lo>>digitBits
}

// pickPortable is pick.
func pickPortable(dst *numbers, table *[16]numbers, exponent *lanes, shift uint64) {
	var out numbers
	for n := range table {
		for lane := range exponent {
			mask := equal(uint64(n), exponent[lane]>>shift&15)
			for j := range out {
				out[j][lane] |= table[n][j][lane] & mask
			}
		}
	}
	*dst = out
}
