package rsabatch

import (
	"crypto/rand"
	"crypto/rsa"
	"math/big"
	"runtime"
	"sync"
	"testing"
)

// needsVectors skips a test where the kernel cannot run: on amd64 without the instructions. Elsewhere the portable one does.
func needsVectors(t testing.TB) {
	t.Helper()
	if runtime.GOARCH == "amd64" && !supported() {
		t.Skip("this processor has no AVX-512 IFMA")
	}
}

// generated are keys as Key Vault makes them.
var generated = sync.OnceValue(func() []*rsa.PrivateKey {
	keys := make([]*rsa.PrivateKey, 3)
	for i := range keys {
		k, err := rsa.GenerateKey(rand.Reader, 8*Size)
		if err != nil {
			panic(err)
		}
		keys[i] = k
	}
	return keys
})

// extreme are keys whose primes are the smallest and the largest that there are, in both orders.
var extreme = sync.OnceValue(func() []*rsa.PrivateKey {
	bit := func(n uint) *big.Int { return new(big.Int).Lsh(big.NewInt(1), n) }
	low := primeFrom(new(big.Int).Add(bit(1023), bit(900)), 2) // so that the product has 2048 bits
	high := primeFrom(new(big.Int).Sub(bit(1024), big.NewInt(1)), -2)
	higher := primeFrom(new(big.Int).Sub(high, bit(940)), -2)      // crypto/rsa wants them apart
	sparse := primeFrom(new(big.Int).Add(bit(1023), bit(1022)), 2) // most digits are 0
	return []*rsa.PrivateKey{keyOf(low, high), keyOf(high, low), keyOf(high, higher), keyOf(sparse, high), keyOf(higher, sparse)}
})

// primeFrom is the first odd number from n on, which e can be the exponent for, that is prime.
func primeFrom(n *big.Int, step int64) *big.Int {
	n = new(big.Int).SetBit(n, 0, 1)
	for e := big.NewInt(publicExponent); ; n.Add(n, big.NewInt(step)) {
		if n.ProbablyPrime(1) && new(big.Int).Mod(new(big.Int).Sub(n, big.NewInt(1)), e).Sign() != 0 {
			return n
		}
	}
}

func keyOf(p, q *big.Int) *rsa.PrivateKey {
	one := big.NewInt(1)
	phi := new(big.Int).Mul(new(big.Int).Sub(p, one), new(big.Int).Sub(q, one))
	k := &rsa.PrivateKey{
		PublicKey: rsa.PublicKey{N: new(big.Int).Mul(p, q), E: publicExponent},
		D:         new(big.Int).ModInverse(big.NewInt(publicExponent), phi), Primes: []*big.Int{p, q},
	}
	k.Precompute()
	if err := k.Validate(); err != nil {
		panic(err)
	}
	return k
}

func prepared(t testing.TB, k *rsa.PrivateKey) *Key {
	t.Helper()
	key, ok := NewKey(k)
	if !ok {
		t.Fatalf("a key of %d bits is not taken", k.N.BitLen())
	}
	return key
}

// TestConstants: what is kept of a prime is what its name says.
func TestConstants(t *testing.T) {
	r := new(big.Int).Lsh(big.NewInt(1), digits*digitBits)
	for _, k := range append(extreme(), generated()[0]) {
		key := prepared(t, k)
		for i, p := range []prime{key.p, key.q} {
			m := k.Primes[i]
			power := big.NewInt(1)
			if p.m.big().Cmp(m) != 0 {
				t.Errorf("the prime is %x, want %x", p.m.big(), m)
			}
			for n, got := range []number{p.one, p.r2, p.r3} {
				power.Mul(power, r).Mod(power, m)
				if got.big().Cmp(power) != 0 {
					t.Errorf("R^%d mod %x is %x, want %x", n+1, m, got.big(), power)
				}
			}
			if got := (p.k0*p.m[0] + 1) & digitMask; got != 0 {
				t.Errorf("k0*m+1 of %x is %x, want 0", m, got)
			}
		}
		want := new(big.Int).ModInverse(k.Primes[1], k.Primes[0])
		want.Mul(want, r).Mod(want, k.Primes[0])
		if key.inverse.big().Cmp(want) != 0 {
			t.Errorf("the inverse is %x, want %x", key.inverse.big(), want)
		}
	}
}

func (n number) big() *big.Int {
	v := new(big.Int)
	for i := digits - 1; i >= 0; i-- {
		v.Lsh(v, digitBits).Add(v, new(big.Int).SetUint64(n[i]))
	}
	return v
}

// TestKeysThatAreNotTaken stay with crypto/rsa.
func TestKeysThatAreNotTaken(t *testing.T) {
	good := generated()[0]
	larger, err := rsa.GenerateKey(rand.Reader, 3072)
	if err != nil {
		t.Fatal(err)
	}
	bit := func(n uint) *big.Int { return new(big.Int).Lsh(big.NewInt(1), n) }
	unequal := keyOf(primeFrom(bit(1030), 2), primeFrom(bit(1017), 2))
	other := *good
	other.E = 3
	plain := *good
	plain.Precomputed = rsa.PrecomputedValues{}
	three := *good
	three.Primes = append(three.Primes[:2:2], big.NewInt(3))
	for name, k := range map[string]*rsa.PrivateKey{
		"3072 bits": larger, "unequal primes": unequal, "exponent 3": &other, "not precomputed": &plain, "three primes": &three,
	} {
		if _, ok := NewKey(k); ok {
			t.Errorf("%s: the key is taken", name)
		}
	}
}
