package value

import (
	"math/big"
	"math/rand/v2"
	"testing"
)

func randomInt128(r *rand.Rand) Int128 {
	n := Int128{Hi: r.Int64(), Lo: r.Uint64()}
	switch r.IntN(4) {
	case 0:
		n = Int128Of(r.Int64())
	case 1:
		n = Int128Of(int64(r.IntN(2000)))
	case 2:
		n = Int128{Hi: n.Hi >> r.IntN(64), Lo: n.Lo}
	}
	if r.IntN(2) == 0 {
		n = n.Neg()
	}
	return n
}

// Every operation on 128 bits is held against math/big.
func TestInt128(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 20000 {
		n, m := randomInt128(r), randomInt128(r)
		if got := n.String(); got != n.Big().String() {
			t.Fatalf("String of %x %x: %s, want %s", n.Hi, n.Lo, got, n.Big())
		}
		back, ok := ParseInt128(n.String())
		if !ok || back != n {
			t.Fatalf("ParseInt128(%s) = %v, %v", n, back, ok)
		}
		if n.Cmp(m) != n.Big().Cmp(m.Big()) {
			t.Fatalf("Cmp(%s, %s)", n, m)
		}
		sum, fits := Int128OfBig(new(big.Int).Add(n.Big(), m.Big()))
		if fits && n.Add(m) != sum {
			t.Fatalf("%s + %s = %s", n, m, n.Add(m))
		}
		from, to := uint8(r.IntN(39)), uint8(r.IntN(39))
		got, ok := n.Rescale(from, to, false)
		want, fine := bigRescale(n.Big(), int(from), int(to))
		if ok != fine || ok && got.Big().Cmp(want) != 0 {
			t.Fatalf("Rescale(%s, %d, %d) = %s %v, want %s %v", n, from, to, got, ok, want, fine)
		}
	}
}

func bigRescale(n *big.Int, from, to int) (*big.Int, bool) {
	ten := big.NewInt(10)
	if to >= from {
		n = new(big.Int).Mul(n, new(big.Int).Exp(ten, big.NewInt(int64(to-from)), nil))
	} else {
		p := new(big.Int).Exp(ten, big.NewInt(int64(from-to)), nil)
		q, rest := new(big.Int).QuoRem(n, p, new(big.Int))
		if new(big.Int).Abs(new(big.Int).Lsh(rest, 1)).Cmp(p) >= 0 {
			q.Add(q, big.NewInt(int64(n.Sign())))
		}
		return q, true
	}
	return n, new(big.Int).Abs(n).Cmp(new(big.Int).Exp(ten, big.NewInt(38), nil)) < 0
}
