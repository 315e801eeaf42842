// Package rsabatch is the private operation of RSA for moduli of 2048 bits, four at a time: it computes on eight numbers
// side by side in the vector registers of processors with AVX-512 IFMA, two for the primes of each of four signatures.
// Where there are no such registers it says so, and crypto/rsa computes.
//
// Everything that touches a secret takes the same time and reads the same addresses whatever the secret is. A result is
// checked with the public exponent before anybody sees it, since a wrong one would give the key away.
//
// It knows numbers and keys. It must never know what is signed, for whom, or how it is encoded.
// Source: RFC 8017 sections 5.1.2 and 5.2.1; S. Gueron and V. Krasnov, "Software Implementation of Modular Exponentiation,
// Using Advanced Vector Instructions Architectures" (2012), for numbers side by side.
package rsabatch

import (
	"crypto/rsa"
	"math/big"
)

// publicExponent is the one that Key Vault's keys have. Others are crypto/rsa's.
const (
	publicExponent     = 1<<publicExponentBits + 1
	publicExponentBits = 16
)

// Key is a private key with what is computed once for it. It is as secret as the key itself, does not change, and is safe
// for concurrent use.
type Key struct {
	p, q    prime
	inverse number // of q modulo p, times R
	modulus whole
}

// prime is one of a key's primes with what belongs to it.
type prime struct {
	limbs       half
	m           number
	one, r2, r3 number // R, R^2 and R^3 modulo m
	k0          uint64 // -1/m modulo 2^52
	exponent    half   // the private one modulo m-1
}

// NewKey prepares a key. ok is false for those that only crypto/rsa computes with: of another size than 2048 bits, of
// other primes than two of 1024 bits, or with another public exponent than 65537. The key must be valid and precomputed.
func NewKey(k *rsa.PrivateKey) (_ *Key, ok bool) {
	if k.N.BitLen() != 8*Size || k.E != publicExponent || len(k.Primes) != 2 {
		return nil, false
	}
	pre := &k.Precomputed
	if pre.Dp == nil || pre.Dq == nil || pre.Qinv == nil {
		return nil, false
	}
	for _, p := range k.Primes {
		if p.BitLen() != 4*Size || p.Bit(0) == 0 {
			return nil, false
		}
	}
	out := &Key{p: newPrime(k.Primes[0], pre.Dp), q: newPrime(k.Primes[1], pre.Dq)}
	inverse := toHalf(pre.Qinv).shift(digits*digitBits, &out.p.limbs)
	out.inverse = inverse.number()
	readLimbs(out.modulus[:], k.N.FillBytes(make([]byte, Size)))
	return out, true
}

func newPrime(p, exponent *big.Int) prime {
	out := prime{limbs: toHalf(p), exponent: toHalf(exponent)}
	// 2^1023 is below any odd number of 1024 bits but itself, and needs no division.
	r := half{primeLimbs - 1: 1 << 63}
	r = r.shift(digits*digitBits-(64*primeLimbs-1), &out.limbs)
	r2 := r.shift(digits*digitBits, &out.limbs)
	r3 := r2.shift(digits*digitBits, &out.limbs)
	out.m, out.one, out.r2, out.r3 = out.limbs.number(), r.number(), r2.number(), r3.number()
	// Newton's iteration doubles the bits that are right: an odd number is its own inverse in the lowest three.
	x := out.m[0]
	for range 5 {
		x *= 2 - out.m[0]*x
	}
	out.k0 = -x & digitMask
	return out
}

// toHalf reads a number of at most 1024 bits.
func toHalf(v *big.Int) (h half) {
	raw := v.FillBytes(make([]byte, 8*primeLimbs))
	readLimbs(h[:], raw)
	clear(raw)
	return h
}
