package function

import (
	"math"
	"math/bits"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// distinct is APPROX_COUNT_DISTINCT: a HyperLogLog of 16384 registers, which errs by less than 2% and takes 16 KiB
// whatever it counts (Flajolet and others, 2007).
type distinct struct {
	skips
	hash      func(value.Value) uint64
	registers [1 << registerBits]uint8
}

const registerBits = 14

func newDistinct(args []value.Type) State { return &distinct{hash: value.Hasher(args[0])} }

func (s *distinct) Add(args []value.Value) error {
	if s.skip(args) {
		return nil
	}
	h := spreadBits(s.hash(args[0]))
	at := h >> (64 - registerBits)
	rank := uint8(bits.LeadingZeros64(h<<registerBits|1<<(registerBits-1))) + 1
	s.registers[at] = max(s.registers[at], rank)
	return nil
}

// spreadBits makes every bit of a hash depend on all of it: that of short strings leaves its upper bits alike.
func spreadBits(h uint64) uint64 {
	h = (h ^ h>>33) * 0xff51afd7ed558ccd
	h = (h ^ h>>33) * 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}

func (s *distinct) Result() (value.Value, error) {
	const m = 1 << registerBits
	sum, empty := 0.0, 0
	for _, r := range s.registers {
		sum += math.Ldexp(1, -int(r))
		if r == 0 {
			empty++
		}
	}
	estimate := 0.7213 / (1 + 1.079/m) * m * m / sum
	if estimate <= 2.5*m && empty > 0 { // few values: count the registers that none has met
		estimate = m * math.Log(float64(m)/float64(empty))
	}
	return value.OfInt(int64(math.Round(estimate))), nil
}
