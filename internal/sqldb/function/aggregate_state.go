package function

import (
	"math"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// skips notes that a NULL was passed over.
type skips struct{ skipped bool }

func (s *skips) Skipped() bool { return s.skipped }

// skip reports whether the argument is NULL.
func (s *skips) skip(args []value.Value) bool {
	if args[0].IsNull() {
		s.skipped = true
		return true
	}
	return false
}

type count struct {
	skips
	n    int64
	most int64
	id   value.ID
}

func newCount(id value.ID) func([]value.Type) State {
	most := int64(math.MaxInt64)
	if id == value.Int {
		most = math.MaxInt32
	}
	return func([]value.Type) State { return &count{most: most, id: id} }
}

func (s *count) Add(args []value.Value) error {
	if len(args) == 0 || !s.skip(args) {
		s.n++
	}
	return nil
}

func (s *count) Result() (value.Value, error) {
	if s.n > s.most {
		return value.Null(), overflow(s.id)
	}
	return value.OfInt(s.n), nil
}

func overflow(id value.ID) error {
	return value.Errorf(8115, 16, 2, "Arithmetic overflow error converting expression to data type %s.", value.Of(id))
}

// sum adds in the type of its result.
type sum struct {
	skips
	total value.Value
	n     int64
	add   value.Operation
	to    value.Conversion // nil where the values are added as they are
	t     value.Type
}

func newSum(args []value.Type) State { return makeSum(args) }

func makeSum(args []value.Type) *sum {
	t, err := widened(args[0], "sum")
	if err != nil {
		t = value.Of(value.Float)
	}
	s := &sum{t: t}
	if !value.Same(args[0], t) {
		s.to = value.Converter(args[0], t)
	}
	wide := t
	if t.ID == value.Decimal {
		wide.Precision = 37 // so that the sum of two is not given fewer digits after the point
		if t.Scale == 38 {
			wide.Precision = 38
		}
	}
	s.add, _, _ = value.Operator(value.OpAdd, wide, wide)
	return s
}

func (s *sum) Add(args []value.Value) error {
	if s.skip(args) {
		return nil
	}
	v := args[0]
	var err error
	if s.to != nil {
		if v, err = s.to(v); err != nil {
			return err
		}
	}
	s.n++
	if s.n == 1 {
		s.total = v
		return nil
	}
	s.total, err = s.add(s.total, v)
	return err
}

func (s *sum) Result() (value.Value, error) { return s.total, nil }

// newProduct is a sum that multiplies.
func newProduct(args []value.Type) State {
	t, err := multiplied(args)
	if err != nil {
		t = value.Of(value.Float)
	}
	s := &sum{t: t}
	if !value.Same(args[0], t) {
		s.to = value.Converter(args[0], t)
	}
	s.add, _, _ = value.Operator(value.OpMul, t, t)
	return s
}

// average is a sum that does not overflow for integers, divided.
type average struct {
	*sum
	whole value.Int128 // the sum of integers and of money
	to    value.Type
}

func newAverage(args []value.Type) State {
	t, err := averaged(args)
	if err != nil {
		t = value.Of(value.Float)
	}
	return &average{sum: makeSum(args), to: t}
}

func (s *average) Add(args []value.Value) error {
	if !s.to.IsInteger() && !s.to.IsMoney() {
		return s.sum.Add(args)
	}
	if !s.skip(args) {
		s.n++
		s.whole = s.whole.Add(value.Int128Of(args[0].Int64()))
	}
	return nil
}

func (s *average) Result() (value.Value, error) {
	if s.n == 0 {
		return value.Null(), nil
	}
	switch {
	case s.to.IsInteger() || s.to.IsMoney(): // cut, as a division is
		b := s.whole.Big()
		n, _ := value.Int128OfBig(b.Quo(b, value.Int128Of(s.n).Big()))
		mean, _ := n.IsInt64()
		if s.to.IsMoney() {
			return value.OfMoney(mean), nil
		}
		if s.to.ID == value.Int && int64(int32(mean)) != mean {
			return value.Null(), overflow(value.Int)
		}
		return value.OfInt(mean), nil
	case s.to.IsFloat():
		return value.OfFloat(s.total.Float64() / float64(s.n)), nil
	}
	n, scale := s.total.Decimal()
	b := n.Big()
	b.Mul(b, value.Pow10(int(s.to.Scale-scale)).Big())
	mean, ok := value.Int128OfBig(b.Quo(b, value.Int128Of(s.n).Big()))
	if !ok {
		return value.Null(), overflow(value.Decimal)
	}
	return value.OfDecimal(mean, s.to.Scale), nil
}

// best keeps the least or the greatest.
type best struct {
	skips
	v       value.Value
	compare func(a, b value.Value) int
	sign    int
}

func newExtreme(sign int) func([]value.Type) State {
	return func(args []value.Type) State { return &best{compare: value.Comparer(args[0]), sign: sign} }
}

func (s *best) Add(args []value.Value) error {
	if !s.skip(args) && (s.v.IsNull() || s.compare(args[0], s.v)*s.sign > 0) {
		s.v = args[0]
	}
	return nil
}

func (s *best) Result() (value.Value, error) { return s.v, nil }

// deviation follows Welford: mean and the sum of squared distances from it.
type deviation struct {
	skips
	n                float64
	mean, squares    float64
	root, population bool
	to               value.Conversion
}

func newSpread(root, population bool) func([]value.Type) State {
	return func(args []value.Type) State {
		return &deviation{root: root, population: population, to: value.Converter(args[0], value.Of(value.Float))}
	}
}

func (s *deviation) Add(args []value.Value) error {
	if s.skip(args) {
		return nil
	}
	v, err := s.to(args[0])
	if err != nil {
		return err
	}
	s.n++
	d := v.Float64() - s.mean
	s.mean += d / s.n
	s.squares += d * (v.Float64() - s.mean)
	return nil
}

func (s *deviation) Result() (value.Value, error) {
	by := s.n
	if !s.population {
		by--
	}
	if by <= 0 {
		return value.Null(), nil
	}
	f := s.squares / by
	if s.root {
		f = math.Sqrt(f)
	}
	return value.OfFloat(f), nil
}

// join is STRING_AGG. Of the separators the last but first count: SQL Server wants a constant.
type join struct {
	skips
	b     strings.Builder
	some  bool
	to    value.Conversion
	limit int
}

func newJoin(args []value.Type) State {
	t, err := joined(args)
	if err != nil {
		t = unlimited
	}
	limit := most
	if !t.IsMax() {
		limit = 8000
	}
	to := t
	to.Length = value.Max
	return &join{to: value.Converter(args[0], to), limit: limit}
}

func (s *join) Add(args []value.Value) error {
	if s.skip(args) {
		return nil
	}
	v, err := s.to(args[0])
	if err != nil {
		return err
	}
	if s.some {
		s.b.WriteString(args[1].Text())
	}
	s.some = true
	s.b.WriteString(v.Text())
	if s.b.Len() > s.limit {
		return value.Errorf(9829, 16, 1, "STRING_AGG aggregation result exceeded the limit of 8000 bytes. Use LOB types to avoid result truncation.")
	}
	return nil
}

func (s *join) Result() (value.Value, error) {
	if !s.some {
		return value.Null(), nil
	}
	return value.OfString(s.b.String()), nil
}

// checksum is CHECKSUM_AGG: the order of rows does not matter.
type checksum struct {
	skips
	some bool
	n    int32
}

func newChecksum([]value.Type) State { return &checksum{} }

func (s *checksum) Add(args []value.Value) error {
	if !s.skip(args) {
		s.some = true
		s.n ^= int32(args[0].Int64())
	}
	return nil
}

func (s *checksum) Result() (value.Value, error) {
	if !s.some {
		return value.Null(), nil
	}
	return value.OfInt(int64(s.n)), nil
}
