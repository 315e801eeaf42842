// The kernel, written for registers V0 to V31 of any width: kernel_amd64.s gives them.
//
// Numbers side by side: a number is 20 digits of 52 bits, and a register holds the same digit of eight or four numbers, one
// in each lane of 64 bits. VPMADD52LUQ and VPMADD52HUQ add the lower and the upper 52 bits of a product of two digits.
//
// Why nothing overflows a lane: digits that go in are below 2^52, so that each product's half is below 2^52. In mul an
// accumulator receives four halves a round and lives for at most 20 rounds: 80 * 2^52, and one carry, which is below 2^7:
// less than 2^59. In sqr a column is at most 20 halves, doubled, and a half of a square: 41 * 2^52; the reduction
// adds two halves a round in at most 20 rounds: 81 * 2^52 and a carry, less than 2^59.
//
// Nothing here depends on the values: no branch, no address, and no instruction whose time does.
//
// DI is the result, SI and BX are the factors, DX is the modulus, R8 is k0, CX counts rounds down.
// V0 to V19 are the accumulators, V20 is a factor's digit, V21 the round's multiple of the modulus, V22 is k0, V23 a digit's
// mask, and V24 to V31 are digits of the modulus.

// LOAD_MODULUS keeps the lowest eight digits of the modulus in registers. The others come from memory.
#define LOAD_MODULUS \
	VMOVDQU64 (0*64)(DX), V24 \
	VMOVDQU64 (1*64)(DX), V25 \
	VMOVDQU64 (2*64)(DX), V26 \
	VMOVDQU64 (3*64)(DX), V27 \
	VMOVDQU64 (4*64)(DX), V28 \
	VMOVDQU64 (5*64)(DX), V29 \
	VMOVDQU64 (6*64)(DX), V30 \
	VMOVDQU64 (7*64)(DX), V31 

// LOAD_CONSTANTS sets k0 and the mask of a digit, 2^52-1.
#define LOAD_CONSTANTS \
	VMOVDQU64 (R8), V22 \
	VPTERNLOGQ $0xFF, V23, V23, V23 \
	VPSRLQ $12, V23, V23

// MULTIPLE takes the y that makes the lowest accumulator divisible by 2^52 when y times the modulus is added, adds the
// lower halves, and moves all accumulators one digit down. Of the lowest one, only the carry is wanted: it is rounded up,
// since what would be added is below 2^52. The top one is left to be set.
#define MULTIPLE \
	VPXORQ V21, V21, V21 \
	VPMADD52LUQ V22, V0, V21 \
	VPADDQ V23, V0, V0 \
	VPSRLQ $52, V0, V0 \
	VPADDQ V1, V0, V0 \
	VPMADD52LUQ V25, V21, V0 \
	VMOVDQA64 V2, V1 \
	VPMADD52LUQ V26, V21, V1 \
	VMOVDQA64 V3, V2 \
	VPMADD52LUQ V27, V21, V2 \
	VMOVDQA64 V4, V3 \
	VPMADD52LUQ V28, V21, V3 \
	VMOVDQA64 V5, V4 \
	VPMADD52LUQ V29, V21, V4 \
	VMOVDQA64 V6, V5 \
	VPMADD52LUQ V30, V21, V5 \
	VMOVDQA64 V7, V6 \
	VPMADD52LUQ V31, V21, V6 \
	VMOVDQA64 V8, V7 \
	VPMADD52LUQ (8*64)(DX), V21, V7 \
	VMOVDQA64 V9, V8 \
	VPMADD52LUQ (9*64)(DX), V21, V8 \
	VMOVDQA64 V10, V9 \
	VPMADD52LUQ (10*64)(DX), V21, V9 \
	VMOVDQA64 V11, V10 \
	VPMADD52LUQ (11*64)(DX), V21, V10 \
	VMOVDQA64 V12, V11 \
	VPMADD52LUQ (12*64)(DX), V21, V11 \
	VMOVDQA64 V13, V12 \
	VPMADD52LUQ (13*64)(DX), V21, V12 \
	VMOVDQA64 V14, V13 \
	VPMADD52LUQ (14*64)(DX), V21, V13 \
	VMOVDQA64 V15, V14 \
	VPMADD52LUQ (15*64)(DX), V21, V14 \
	VMOVDQA64 V16, V15 \
	VPMADD52LUQ (16*64)(DX), V21, V15 \
	VMOVDQA64 V17, V16 \
	VPMADD52LUQ (17*64)(DX), V21, V16 \
	VMOVDQA64 V18, V17 \
	VPMADD52LUQ (18*64)(DX), V21, V17 \
	VMOVDQA64 V19, V18 \
	VPMADD52LUQ (19*64)(DX), V21, V18 

// UPPER adds the upper halves of y times the modulus, which belong one digit higher: to the moved accumulators.
#define UPPER \
	VPMADD52HUQ V24, V21, V0 \
	VPMADD52HUQ V25, V21, V1 \
	VPMADD52HUQ V26, V21, V2 \
	VPMADD52HUQ V27, V21, V3 \
	VPMADD52HUQ V28, V21, V4 \
	VPMADD52HUQ V29, V21, V5 \
	VPMADD52HUQ V30, V21, V6 \
	VPMADD52HUQ V31, V21, V7 \
	VPMADD52HUQ (8*64)(DX), V21, V8 \
	VPMADD52HUQ (9*64)(DX), V21, V9 \
	VPMADD52HUQ (10*64)(DX), V21, V10 \
	VPMADD52HUQ (11*64)(DX), V21, V11 \
	VPMADD52HUQ (12*64)(DX), V21, V12 \
	VPMADD52HUQ (13*64)(DX), V21, V13 \
	VPMADD52HUQ (14*64)(DX), V21, V14 \
	VPMADD52HUQ (15*64)(DX), V21, V15 \
	VPMADD52HUQ (16*64)(DX), V21, V16 \
	VPMADD52HUQ (17*64)(DX), V21, V17 \
	VPMADD52HUQ (18*64)(DX), V21, V18 \
	VPMADD52HUQ (19*64)(DX), V21, V19 

// CARRY hands what exceeds 52 bits to the next digit.
#define CARRY(from, to) \
	VPSRLQ $52, from, V21 \
	VPANDQ V23, from, from \
	VPADDQ V21, to, to

// NORMALISE carries from the lowest digit to the highest. The result is below 2^1040, so that the last keeps to 52 bits.
#define NORMALISE \
	CARRY(V0, V1) \
	CARRY(V1, V2) \
	CARRY(V2, V3) \
	CARRY(V3, V4) \
	CARRY(V4, V5) \
	CARRY(V5, V6) \
	CARRY(V6, V7) \
	CARRY(V7, V8) \
	CARRY(V8, V9) \
	CARRY(V9, V10) \
	CARRY(V10, V11) \
	CARRY(V11, V12) \
	CARRY(V12, V13) \
	CARRY(V13, V14) \
	CARRY(V14, V15) \
	CARRY(V15, V16) \
	CARRY(V16, V17) \
	CARRY(V17, V18) \
	CARRY(V18, V19) 

#define STORE \
	VMOVDQU64 V0, (0*64)(DI) \
	VMOVDQU64 V1, (1*64)(DI) \
	VMOVDQU64 V2, (2*64)(DI) \
	VMOVDQU64 V3, (3*64)(DI) \
	VMOVDQU64 V4, (4*64)(DI) \
	VMOVDQU64 V5, (5*64)(DI) \
	VMOVDQU64 V6, (6*64)(DI) \
	VMOVDQU64 V7, (7*64)(DI) \
	VMOVDQU64 V8, (8*64)(DI) \
	VMOVDQU64 V9, (9*64)(DI) \
	VMOVDQU64 V10, (10*64)(DI) \
	VMOVDQU64 V11, (11*64)(DI) \
	VMOVDQU64 V12, (12*64)(DI) \
	VMOVDQU64 V13, (13*64)(DI) \
	VMOVDQU64 V14, (14*64)(DI) \
	VMOVDQU64 V15, (15*64)(DI) \
	VMOVDQU64 V16, (16*64)(DI) \
	VMOVDQU64 V17, (17*64)(DI) \
	VMOVDQU64 V18, (18*64)(DI) \
	VMOVDQU64 V19, (19*64)(DI) 

// A square's 40 columns are made first: column k has the lower halves of the products of digits i and j where i+j = k, and
// the upper ones where i+j = k-1. Each product of two different digits counts twice. Two pairs of registers take turns, so
// that an addition need not wait for the one before: V20 and V21 are this column, V22 and V23 the next.
#define PAIR(x, y) \
	VPMADD52LUQ x, y, V20 \
	VPMADD52HUQ x, y, V22

#define TURN(x, y) \
	VPMADD52LUQ x, y, V21 \
	VPMADD52HUQ x, y, V23

#define DOUBLE \
	VPADDQ V21, V20, V20 \
	VPADDQ V20, V20, V20

#define KEEP(k) \
	VMOVDQU64 V20, (k*64)(R9) \
	VMOVDQA64 V22, V20 \
	VMOVDQA64 V23, V21 \
	VPXORQ V22, V22, V22 \
	VPXORQ V23, V23, V23

// EVEN ends column 2t with the lower half of the square of digit t, ODD column 2t+1 with the upper one.
#define EVEN(k, x) \
	DOUBLE \
	VPMADD52LUQ x, x, V20 \
	KEEP(k)

#define ODD(k, x) \
	DOUBLE \
	VPMADD52HUQ x, x, V20 \
	KEEP(k)
