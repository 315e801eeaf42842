//go:build !amd64

package rsabatch

// supported is false: the portable kernel is right, but slower than crypto/rsa.
func supported() bool { return false }

func mul(dst, a, b, m *numbers, k0 *lanes, _ bool) { mulPortable(dst, a, b, m, k0) }

func sqr(dst, a, m *numbers, k0 *lanes, _ *[2 * digits]lanes, times uint64, _ bool) {
	for from := a; times > 0; times-- {
		mulPortable(dst, from, from, m, k0)
		from = dst
	}
}

func pick(dst *numbers, table *[16]numbers, exponent *lanes, shift uint64, _ bool) {
	pickPortable(dst, table, exponent, shift)
}
