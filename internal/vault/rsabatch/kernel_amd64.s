//go:build amd64

#include "textflag.h"
#include "kernel_amd64.h"

// The kernel twice: on eight numbers, and on the first four of them. Processors that have 256 bits wide units take half the
// time for those.

#define V0 Z0
#define V1 Z1
#define V2 Z2
#define V3 Z3
#define V4 Z4
#define V5 Z5
#define V6 Z6
#define V7 Z7
#define V8 Z8
#define V9 Z9
#define V10 Z10
#define V11 Z11
#define V12 Z12
#define V13 Z13
#define V14 Z14
#define V15 Z15
#define V16 Z16
#define V17 Z17
#define V18 Z18
#define V19 Z19
#define V20 Z20
#define V21 Z21
#define V22 Z22
#define V23 Z23
#define V24 Z24
#define V25 Z25
#define V26 Z26
#define V27 Z27
#define V28 Z28
#define V29 Z29
#define V30 Z30
#define V31 Z31

// func mul8(dst, a, b, m *numbers, k0 *lanes)
TEXT ·mul8(SB), NOSPLIT, $0-40
	MOVQ dst+0(FP), DI
	MOVQ a+8(FP), SI
	MOVQ b+16(FP), BX
	MOVQ m+24(FP), DX
	MOVQ k0+32(FP), R8
#include "mul_amd64.h"

// func sqr8(dst, a, m *numbers, k0 *lanes, columns *[2*digits]lanes, times uint64)
TEXT ·sqr8(SB), NOSPLIT, $0-48
	MOVQ dst+0(FP), DI
	MOVQ a+8(FP), SI
	MOVQ m+16(FP), DX
	MOVQ k0+24(FP), R8
	MOVQ columns+32(FP), R9
	MOVQ times+40(FP), R10
#include "sqr_amd64.h"

// func pick8(dst *numbers, table *[16]numbers, exponent *lanes, shift uint64)
TEXT ·pick8(SB), NOSPLIT, $0-32
	MOVQ dst+0(FP), DI
	MOVQ table+8(FP), SI
	MOVQ exponent+16(FP), BX
	VMOVQ shift+24(FP), X0
#include "pick_amd64.h"

#undef V0
#define V0 Y0
#undef V1
#define V1 Y1
#undef V2
#define V2 Y2
#undef V3
#define V3 Y3
#undef V4
#define V4 Y4
#undef V5
#define V5 Y5
#undef V6
#define V6 Y6
#undef V7
#define V7 Y7
#undef V8
#define V8 Y8
#undef V9
#define V9 Y9
#undef V10
#define V10 Y10
#undef V11
#define V11 Y11
#undef V12
#define V12 Y12
#undef V13
#define V13 Y13
#undef V14
#define V14 Y14
#undef V15
#define V15 Y15
#undef V16
#define V16 Y16
#undef V17
#define V17 Y17
#undef V18
#define V18 Y18
#undef V19
#define V19 Y19
#undef V20
#define V20 Y20
#undef V21
#define V21 Y21
#undef V22
#define V22 Y22
#undef V23
#define V23 Y23
#undef V24
#define V24 Y24
#undef V25
#define V25 Y25
#undef V26
#define V26 Y26
#undef V27
#define V27 Y27
#undef V28
#define V28 Y28
#undef V29
#define V29 Y29
#undef V30
#define V30 Y30
#undef V31
#define V31 Y31

// func mul4(dst, a, b, m *numbers, k0 *lanes)
TEXT ·mul4(SB), NOSPLIT, $0-40
	MOVQ dst+0(FP), DI
	MOVQ a+8(FP), SI
	MOVQ b+16(FP), BX
	MOVQ m+24(FP), DX
	MOVQ k0+32(FP), R8
#include "mul_amd64.h"

// func sqr4(dst, a, m *numbers, k0 *lanes, columns *[2*digits]lanes, times uint64)
TEXT ·sqr4(SB), NOSPLIT, $0-48
	MOVQ dst+0(FP), DI
	MOVQ a+8(FP), SI
	MOVQ m+16(FP), DX
	MOVQ k0+24(FP), R8
	MOVQ columns+32(FP), R9
	MOVQ times+40(FP), R10
#include "sqr_amd64.h"

// func pick4(dst *numbers, table *[16]numbers, exponent *lanes, shift uint64)
TEXT ·pick4(SB), NOSPLIT, $0-32
	MOVQ dst+0(FP), DI
	MOVQ table+8(FP), SI
	MOVQ exponent+16(FP), BX
	VMOVQ shift+24(FP), X0
#include "pick_amd64.h"
