package rsabatch

// job is one private operation.
type job struct {
	key   *Key
	in    whole // below the modulus
	out   whole
	right bool // out is what it should be
	done  chan struct{}
}

// workspace is the memory of one batch. It is larger than the allocator's size classes, and so begins on a page: no digit
// of eight numbers crosses a cache line.
type workspace struct {
	table                   [1 << windowBits]numbers // powers of x
	columns                 [2 * digits]lanes
	m, one, r2, r3, inverse numbers
	unit                    numbers // 1 in each lane
	x, y, low, high         numbers
	exponent                [primeLimbs]lanes
	k0                      lanes
	inputs                  [perBatch]whole
	narrow                  bool // only the first four lanes are used
}

const (
	windowBits = 4 // a table of 16 entries stays in the first cache
	windows    = 64 * primeLimbs / windowBits
	perLimb    = 64 / windowBits
)

// sign computes up to four jobs.
func (w *workspace) sign(jobs []*job) {
	w.narrow = len(jobs) <= perBatch/2
	w.load(jobs)
	w.residues(&w.x)
	w.power()
	w.leave(&w.y)
	w.recombine(jobs)
	w.check(jobs)
	*w = workspace{} // of the secrets nothing stays
}

// load brings the keys and inputs of jobs side by side. Lanes without a job repeat the last one.
func (w *workspace) load(jobs []*job) {
	for lane := range width {
		j := jobs[min(lane/2, len(jobs)-1)]
		p := &j.key.p
		if lane%2 == 1 {
			p = &j.key.q
		} else {
			w.inverse.set(lane, &j.key.inverse)
			w.inputs[lane/2] = j.in
		}
		w.m.set(lane, &p.m)
		w.one.set(lane, &p.one)
		w.r2.set(lane, &p.r2)
		w.r3.set(lane, &p.r3)
		w.k0[lane], w.unit[0][lane] = p.k0, 1
		for i := range p.exponent {
			w.exponent[i][lane] = p.exponent[i]
		}
	}
}

func (w *workspace) mul(dst, a, b *numbers) { mul(dst, a, b, &w.m, &w.k0, w.narrow) }

func (w *workspace) sqr(dst, a *numbers, times uint64) {
	sqr(dst, a, &w.m, &w.k0, &w.columns, times, w.narrow)
}

// residues sets dst to the inputs modulo each prime in Montgomery's form, times R. An input is high*R + low, and
// high*R^3/R + low*R^2/R is that: below 4m.
func (w *workspace) residues(dst *numbers) {
	for n := range w.inputs {
		for i := range digits {
			low, high := digit(w.inputs[n][:], i), digit(w.inputs[n][:], digits+i)
			w.low[i][2*n], w.low[i][2*n+1] = low, low
			w.high[i][2*n], w.high[i][2*n+1] = high, high
		}
	}
	w.mul(&w.low, &w.low, &w.r2)
	w.mul(dst, &w.high, &w.r3)
	dst.add(&w.low)
}

// power sets y to x to the power of the private exponents. What is multiplied stays below 4m, and 16m^2/R is much less
// than m.
func (w *workspace) power() {
	w.table[0], w.table[1] = w.one, w.x
	for i := 2; i < len(w.table); i += 2 {
		w.sqr(&w.table[i], &w.table[i/2], 1)
		w.mul(&w.table[i+1], &w.table[i], &w.x)
	}
	w.window(windows-1, &w.y)
	for n := windows - 2; n >= 0; n-- {
		w.sqr(&w.y, &w.y, windowBits)
		w.window(n, &w.low)
		w.mul(&w.y, &w.y, &w.low)
	}
}

// window sets dst to the power of x that window n of each lane's exponent says.
func (w *workspace) window(n int, dst *numbers) {
	pick(dst, &w.table, &w.exponent[n/perLimb], uint64(n%perLimb*windowBits), w.narrow)
}

// leave takes numbers out of Montgomery's form, to below m.
func (w *workspace) leave(n *numbers) {
	w.mul(n, n, &w.unit)
	n.settle(&w.m)
}

// recombine makes of y modulo p and modulo q the result modulo p*q, by Garner's formula.
func (w *workspace) recombine(jobs []*job) {
	w.low = numbers{}
	for i, j := range jobs {
		yp, yq := w.y.half(2*i), w.y.half(2*i+1)
		d := difference(&yp, &yq, &j.key.p.limbs)
		w.low.set(2*i, &d)
	}
	w.mul(&w.low, &w.low, &w.inverse)
	w.low.settle(&w.m)
	for i, j := range jobs {
		h, yq := w.low.half(2*i), w.y.half(2*i+1)
		j.out = multiplyAdd(&h, &j.key.q.limbs, &yq)
	}
}

// check raises the results, reduced anew, to the public exponent and compares with the inputs modulo both primes, which is
// to compare modulo their product. A fault in anything, the key's own numbers included, makes that differ.
func (w *workspace) check(jobs []*job) {
	for i, j := range jobs {
		w.inputs[i] = j.out
	}
	w.residues(&w.y)
	w.high = w.y
	w.sqr(&w.y, &w.y, publicExponentBits)
	w.mul(&w.y, &w.y, &w.high)
	w.leave(&w.y)
	w.leave(&w.x)
	for n, j := range jobs {
		same := ^uint64(0)
		for i := range digits {
			same &= equal(w.x[i][2*n], w.y[i][2*n]) & equal(w.x[i][2*n+1], w.y[i][2*n+1])
		}
		j.right = same != 0
	}
}
