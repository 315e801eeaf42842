package rsabatch

import "golang.org/x/sys/cpu"

// supported reports whether the processor has what the assembly is written in, and the system keeps its registers.
func supported() bool {
	return cpu.X86.HasAVX512F && cpu.X86.HasAVX512DQ && cpu.X86.HasAVX512VL && cpu.X86.HasAVX512IFMA
}

func mul(dst, a, b, m *numbers, k0 *lanes, narrow bool) {
	if narrow {
		mul4(dst, a, b, m, k0)
		return
	}
	mul8(dst, a, b, m, k0)
}

func sqr(dst, a, m *numbers, k0 *lanes, columns *[2 * digits]lanes, times uint64, narrow bool) {
	if narrow {
		sqr4(dst, a, m, k0, columns, times)
		return
	}
	sqr8(dst, a, m, k0, columns, times)
}

func pick(dst *numbers, table *[16]numbers, exponent *lanes, shift uint64, narrow bool) {
	if narrow {
		pick4(dst, table, exponent, shift)
		return
	}
	pick8(dst, table, exponent, shift)
}

// mul8 sets dst to a*b/R mod m in each lane, for R = 2^1040 and k0 = -1/m mod 2^52: below a*b/R + m, which must be below R.
// All digits are below 2^52 before and after. dst may be a or b.
//
//go:noescape
func mul8(dst, a, b, m *numbers, k0 *lanes)

// mul4 is mul8 in the first four lanes; the others stay as they are.
//
//go:noescape
func mul4(dst, a, b, m *numbers, k0 *lanes)

// sqr8 is mul8 where both factors are the same, in three quarters of the time, so many times over: at least once. columns
// is room to work in.
//
//go:noescape
func sqr8(dst, a, m *numbers, k0 *lanes, columns *[2 * digits]lanes, times uint64)

//go:noescape
func sqr4(dst, a, m *numbers, k0 *lanes, columns *[2 * digits]lanes, times uint64)

// pick8 sets each lane of dst to that of the table's entry which four bits of the lane's exponent name, from bit shift on.
//
//go:noescape
func pick8(dst *numbers, table *[16]numbers, exponent *lanes, shift uint64)

//go:noescape
func pick4(dst *numbers, table *[16]numbers, exponent *lanes, shift uint64)
