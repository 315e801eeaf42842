package rsabatch

import (
	"bytes"
	"math/big"
	"math/rand/v2"
	"testing"
)

// montgomery are moduli and factors, one for each lane, with what belongs to them.
type montgomery struct {
	m, a, b numbers
	k0      lanes
}

// sample draws what a lane may hold: a modulus of 1024 bits, factors below four times that, and now and then the ends.
func sample(r *rand.Rand) *montgomery {
	out := new(montgomery)
	for lane := range width {
		m := draw(r)
		m[0] |= 1
		m[digits-1] = m[digits-1]&(1<<36-1) | 1<<35
		a, b := draw(r), draw(r)
		a[digits-1] &= 1<<36 - 1
		b[digits-1] &= 1<<37 - 1
		out.put(lane, &m, &a, &b)
	}
	return out
}

func (s *montgomery) put(lane int, m, a, b *number) {
	s.m.set(lane, m)
	s.a.set(lane, a)
	s.b.set(lane, b)
	inverse := new(big.Int).ModInverse(new(big.Int).SetUint64(m[0]), big.NewInt(1<<digitBits))
	s.k0[lane] = 1<<digitBits - inverse.Uint64()
}

func draw(r *rand.Rand) (n number) {
	kind := r.IntN(8)
	for i := range n {
		switch {
		case kind == 0:
			n[i] = 0
		case kind == 1:
			n[i] = digitMask
		case kind == 2 && r.IntN(2) == 0:
			n[i] = digitMask
		case kind == 2:
			n[i] = 0
		default:
			n[i] = r.Uint64() & digitMask
		}
	}
	return n
}

func (n *numbers) big(lane int) *big.Int {
	var one number
	for i := range n {
		one[i] = n[i][lane]
	}
	return one.big()
}

// used are the lanes that a kernel works on.
func used(narrow bool) int {
	if narrow {
		return width / 2
	}
	return width
}

// verify holds a product against math/big, and against the bounds that callers rely on.
func (s *montgomery) verify(t *testing.T, what string, got, b *numbers, narrow bool) {
	t.Helper()
	r := new(big.Int).Lsh(big.NewInt(1), digits*digitBits)
	for lane := range used(narrow) {
		m := s.m.big(lane)
		product := new(big.Int).Mul(s.a.big(lane), b.big(lane))
		limit := new(big.Int).Add(new(big.Int).Div(product, r), m)
		want := new(big.Int).Mul(product, new(big.Int).ModInverse(r, m))
		g := got.big(lane)
		if want.Sub(want, g).Mod(want, m).Sign() != 0 || g.Cmp(limit) > 0 {
			t.Fatalf("%s, lane %d: %x * %x mod %x is %x, at most %x", what, lane, s.a.big(lane), b.big(lane), m, g, limit)
		}
		for i := range got {
			if got[i][lane] > digitMask {
				t.Fatalf("%s, lane %d: digit %d is %x", what, lane, i, got[i][lane])
			}
		}
	}
}

// all tries each way to multiply.
func (s *montgomery) all(t *testing.T) {
	t.Helper()
	var columns [2 * digits]lanes
	for _, narrow := range []bool{false, true} {
		var got, same numbers
		mul(&got, &s.a, &s.b, &s.m, &s.k0, narrow)
		s.verify(t, "mul", &got, &s.b, narrow)
		mulPortable(&same, &s.a, &s.b, &s.m, &s.k0)
		agree(t, "mul", &got, &same, narrow)
		got = numbers{}
		sqr(&got, &s.a, &s.m, &s.k0, &columns, 1, narrow)
		s.verify(t, "sqr", &got, &s.a, narrow)
		mulPortable(&same, &s.a, &s.a, &s.m, &s.k0)
		agree(t, "sqr", &got, &same, narrow)
		into := s.a
		mul(&into, &into, &s.b, &s.m, &s.k0, narrow)
		s.verify(t, "mul into its first factor", &into, &s.b, narrow)
		into = s.b
		mul(&into, &s.a, &into, &s.m, &s.k0, narrow)
		s.verify(t, "mul into its second factor", &into, &s.b, narrow)
		into = s.a
		sqr(&into, &into, &s.m, &s.k0, &columns, 1, narrow)
		s.verify(t, "sqr in place", &into, &s.a, narrow)
		sqr(&got, &s.a, &s.m, &s.k0, &columns, 5, narrow)
		same = s.a
		for range 5 {
			mulPortable(&same, &same, &same, &s.m, &s.k0)
		}
		agree(t, "sqr five times", &got, &same, narrow)
	}
}

// agree holds what a kernel gave against what it is in Go.
func agree(t *testing.T, what string, got, portable *numbers, narrow bool) {
	t.Helper()
	for lane := range used(narrow) {
		if got.big(lane).Cmp(portable.big(lane)) != 0 {
			t.Fatalf("%s, lane %d: %x, in Go %x", what, lane, got.big(lane), portable.big(lane))
		}
	}
}

func TestKernel(t *testing.T) {
	needsVectors(t)
	r := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		sample(r).all(t)
	}
}

// TestLanesAreApart: what is in one lane changes nothing in another.
func TestLanesAreApart(t *testing.T) {
	needsVectors(t)
	r := rand.New(rand.NewPCG(3, 4))
	for changed := range width {
		s := sample(r)
		s.b[0][changed] |= 1 // not zero
		var before, after numbers
		mul(&before, &s.a, &s.b, &s.m, &s.k0, false)
		for i := range s.a {
			s.a[i][changed] = digitMask >> 16
		}
		mul(&after, &s.a, &s.b, &s.m, &s.k0, false)
		for lane := range width {
			if same := before.big(lane).Cmp(after.big(lane)) == 0; same == (lane == changed) {
				t.Errorf("lane %d, where lane %d changed: the same is %v", lane, changed, same)
			}
		}
	}
}

func TestPick(t *testing.T) {
	needsVectors(t)
	r := rand.New(rand.NewPCG(5, 6))
	var table [16]numbers
	for n := range table {
		for lane := range width {
			d := draw(r)
			d[0] = uint64(n<<8 | lane)
			table[n].set(lane, &d)
		}
	}
	for range 50 {
		var exponent lanes
		for lane := range exponent {
			exponent[lane] = r.Uint64()
		}
		for shift := uint64(0); shift < 64; shift += windowBits {
			for _, narrow := range []bool{false, true} {
				var got, same numbers
				pick(&got, &table, &exponent, shift, narrow)
				for lane := range used(narrow) {
					if want := table[exponent[lane]>>shift&15].big(lane); got.big(lane).Cmp(want) != 0 {
						t.Fatalf("lane %d of %x at %d: %x, want %x", lane, exponent[lane], shift, got.big(lane), want)
					}
				}
				pickPortable(&same, &table, &exponent, shift)
				agree(t, "pick", &got, &same, narrow)
			}
		}
	}
}

// FuzzMultiply holds products against math/big, for any modulus and factors that the bounds allow.
func FuzzMultiply(f *testing.F) {
	f.Add([]byte{1}, []byte{0}, []byte{0}, byte(0))
	f.Add(bytes.Repeat([]byte{0xFF}, 128), bytes.Repeat([]byte{0xFF}, 128), bytes.Repeat([]byte{0xFF}, 128), byte(7))
	f.Fuzz(func(t *testing.T, m, a, b []byte, lane byte) {
		needsVectors(t)
		s := sample(rand.New(rand.NewPCG(7, uint64(lane))))
		read := func(b []byte) (n number) {
			if len(b) > 8*primeLimbs {
				b = b[:8*primeLimbs]
			}
			h := toHalf(new(big.Int).SetBytes(b))
			return h.number()
		}
		mn, an, bn := read(m), read(a), read(b)
		mn[0] |= 1
		mn[digits-1] |= 1 << 35
		s.put(int(lane)%width, &mn, &an, &bn)
		s.all(t)
	})
}
