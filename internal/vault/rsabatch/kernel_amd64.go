package rsabatch

import "golang.org/x/sys/cpu"

// supported reports whether the processor has what the assembly is written in, and the system keeps its registers.
func supported() bool {
	return cpu.X86.HasAVX512F && cpu.X86.HasAVX512DQ && cpu.X86.HasAVX512IFMA
}

// mul sets dst to a*b/R mod m in each lane, for R = 2^1040 and k0 = -1/m mod 2^52: below a*b/R + m. All digits are below
// 2^52 before and after. dst may be a or b.
//
//go:noescape
func mul(dst, a, b, m *numbers, k0 *lanes)

// sqr is mul where both factors are the same, in three quarters of the time. columns is room to work in.
//
//go:noescape
func sqr(dst, a, m *numbers, k0 *lanes, columns *[2 * digits]lanes)

// pick sets each lane of dst to that of the table's entry which four bits of the lane's exponent name, from bit shift on.
//
//go:noescape
func pick(dst *numbers, table *[16]numbers, exponent *lanes, shift uint64)
