package rsabatch

import (
	"bytes"
	"crypto/rsa"
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"
)

// inputs are the ends of what a key may be asked, what its primes divide, and a few drawn ones.
func inputs(r *rand.Rand, k *rsa.PrivateKey) []*big.Int {
	one := big.NewInt(1)
	most := new(big.Int).Sub(k.N, one)
	out := []*big.Int{
		big.NewInt(0), one, big.NewInt(2), most, new(big.Int).Sub(most, one),
		k.Primes[0], k.Primes[1], new(big.Int).Sub(k.N, k.Primes[0]), new(big.Int).Sub(k.N, k.Primes[1]),
		new(big.Int).Add(k.Primes[0], one), new(big.Int).Rsh(most, 1),
		new(big.Int).Lsh(one, 1040), new(big.Int).Sub(new(big.Int).Lsh(one, 1040), one), new(big.Int).Lsh(one, 2046),
	}
	for range 3 {
		raw := make([]byte, Size)
		for i := range raw {
			raw[i] = byte(r.Uint32())
		}
		v := new(big.Int).SetBytes(raw)
		out = append(out, v.Mod(v, k.N))
	}
	return out
}

func newJob(key *Key, input *big.Int) *job {
	j := &job{key: key}
	readLimbs(j.in[:], input.FillBytes(make([]byte, Size)))
	return j
}

// right holds a job's result against math/big.
func (j *job) isRight(t *testing.T, k *rsa.PrivateKey, input *big.Int) {
	t.Helper()
	got, want := new(big.Int).SetBytes(j.out.bytes()), new(big.Int).Exp(input, k.D, k.N)
	if !j.right || got.Cmp(want) != 0 {
		t.Errorf("%x to the power of %x modulo %x: %x (right: %v), want %x", input, k.D, k.N, got, j.right, want)
	}
}

// TestBatch signs every input alone, by keys of all sorts.
func TestBatch(t *testing.T) {
	needsVectors(t)
	r := rand.New(rand.NewPCG(8, 9))
	w := new(workspace)
	for _, k := range slices.Concat(extreme(), generated()) {
		key := prepared(t, k)
		for _, input := range inputs(r, k) {
			j := newJob(key, input)
			w.sign([]*job{j})
			j.isRight(t, k, input)
		}
		if *w != (workspace{}) {
			t.Fatal("something stays in the workspace")
		}
	}
}

// TestMixedBatch has up to four keys in a batch, each in each place.
func TestMixedBatch(t *testing.T) {
	needsVectors(t)
	r := rand.New(rand.NewPCG(10, 11))
	keys := slices.Concat(extreme(), generated())
	w := new(workspace)
	for n := range 24 {
		jobs := make([]*job, 1+n%perBatch)
		used := make([]*rsa.PrivateKey, len(jobs))
		asked := make([]*big.Int, len(jobs))
		for i := range jobs {
			used[i] = keys[r.IntN(len(keys))]
			all := inputs(r, used[i])
			asked[i] = all[r.IntN(len(all))]
			jobs[i] = newJob(prepared(t, used[i]), asked[i])
		}
		w.sign(jobs)
		for i, j := range jobs {
			j.isRight(t, used[i], asked[i])
		}
	}
}

// TestFaultsAreFound: whatever number of a key is damaged, the result is not taken for right, and those beside it are.
func TestFaultsAreFound(t *testing.T) {
	needsVectors(t)
	k := generated()[0]
	input := new(big.Int).Rsh(k.N, 1)
	w := new(workspace)
	for name, damage := range map[string]func(*Key){
		"p":            func(k *Key) { k.p.m[3] ^= 1 << 7 },
		"q":            func(k *Key) { k.q.m[0] ^= 1 << 51 },
		"q in limbs":   func(k *Key) { k.q.limbs[5] ^= 1 },
		"p in limbs":   func(k *Key) { k.p.limbs[15] ^= 1 << 3 },
		"dp":           func(k *Key) { k.p.exponent[0] ^= 2 },
		"dq":           func(k *Key) { k.q.exponent[15] ^= 1 << 62 },
		"the inverse":  func(k *Key) { k.inverse[19] ^= 1 },
		"R of p":       func(k *Key) { k.p.one[1] ^= 1 },
		"R^2 of q":     func(k *Key) { k.q.r2[2] ^= 4 },
		"R^3 of p":     func(k *Key) { k.p.r3[2] ^= 4 },
		"k0 of q":      func(k *Key) { k.q.k0 ^= 1 << 9 },
		"primes apart": func(k *Key) { k.p, k.q = k.q, k.p },
	} {
		damaged, whole := prepared(t, k), prepared(t, k)
		damage(damaged)
		jobs := []*job{newJob(whole, input), newJob(damaged, input), newJob(whole, input)}
		w.sign(jobs)
		if jobs[1].right {
			t.Errorf("%s damaged: the result is taken for right", name)
		}
		jobs[0].isRight(t, k, input)
		jobs[2].isRight(t, k, input)
	}
}

// TestArithmetic holds the numbers' own operations against math/big, at the ends too.
func TestArithmetic(t *testing.T) {
	r := rand.New(rand.NewPCG(12, 13))
	value := func(h *half) *big.Int { n := h.number(); return n.big() }
	for n := range 500 {
		var a, b, m half
		for i := range a {
			a[i], b[i], m[i] = r.Uint64(), r.Uint64(), r.Uint64()
		}
		switch n {
		case 0:
			a, b = half{}, half{}
		case 1:
			for i := range a {
				a[i], b[i] = ^uint64(0), ^uint64(0)
			}
		case 2:
			a, b = half{}, m
		}
		m[primeLimbs-1] |= 1 << 63
		product := multiplyAdd(&a, &b, &m)
		want := new(big.Int).Mul(value(&a), value(&b))
		if want.Add(want, value(&m)); new(big.Int).SetBytes(product.bytes()).Cmp(want) != 0 {
			t.Fatalf("%x * %x + %x is %x, want %x", a, b, m, product, want)
		}
		apart := difference(&a, &b, &m)
		want = new(big.Int).Sub(value(&a), value(&b))
		if want.Add(want, value(&m)).Add(want, value(&m)); apart.big().Cmp(want) != 0 {
			t.Fatalf("%x - %x + 2*%x is %x, want %x", a, b, m, apart, want)
		}
		a[primeLimbs-1] &= 1<<63 - 1 // below m
		want = new(big.Int).Lsh(value(&a), 1)
		want.Mod(want, value(&m))
		if a.double(&m); value(&a).Cmp(want) != 0 {
			t.Fatalf("doubled modulo %x: %x, want %x", m, a, want)
		}
	}
}

// FuzzSign holds results against math/big: any input, for one of the keys.
func FuzzSign(f *testing.F) {
	for n := range byte(8) {
		f.Add(bytes.Repeat([]byte{0xFF}, Size), n)
		f.Add([]byte{n}, n)
	}
	keys := slices.Concat(extreme(), generated())
	w := new(workspace)
	f.Fuzz(func(t *testing.T, raw []byte, which byte) {
		needsVectors(t)
		k := keys[int(which)%len(keys)]
		input := new(big.Int).SetBytes(raw[:min(len(raw), 2*Size)])
		input.Mod(input, k.N)
		j := newJob(prepared(t, k), input)
		w.sign([]*job{j})
		j.isRight(t, k, input)
	})
}

func BenchmarkBatch(b *testing.B) {
	needsVectors(b)
	k := generated()[0]
	key := prepared(b, k)
	for n := 1; n <= perBatch; n++ {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			w := new(workspace)
			jobs := make([]*job, n)
			for i := range jobs {
				jobs[i] = newJob(key, new(big.Int).Rsh(k.N, 1))
			}
			b.ResetTimer()
			for range b.N {
				w.sign(jobs)
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(n*b.N), "us/signature")
		})
	}
}

// BenchmarkNewKey is what a key costs once.
func BenchmarkNewKey(b *testing.B) {
	k := generated()[0]
	b.ResetTimer()
	for range b.N {
		prepared(b, k)
	}
}
