package function

import (
	"math"
	"math/big"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// roundFunctions keep the type of a number.
func roundFunctions() []Function {
	of := func(name, lower string, n, most int, rule resultRule, f func(c *call) value.Value) Function {
		return Function{Name: name, Min: n, Max: most, Result: wants(lower, rule, double, double, integer), Eval: strict(f), Deterministic: true}
	}
	return []Function{
		of("ABS", "abs", 1, 1, sameNumber, abs),
		of("SIGN", "sign", 1, 1, sameNumber, signOf),
		of("CEILING", "ceiling", 1, 1, wholeNumber, toWhole(true)),
		of("FLOOR", "floor", 1, 1, wholeNumber, toWhole(false)),
		of("ROUND", "round", 2, 3, sameNumber, round),
		of("POWER", "power", 2, 2, powered, power),
		of("DEGREES", "degrees", 1, 1, powered, scaledBy(180/math.Pi)),
		of("RADIANS", "radians", 1, 1, powered, scaledBy(math.Pi/180)),
	}
}

// numberType is the type in which these functions compute: int at least, money, float for real, bit and strings.
func numberType(t value.Type) value.Type {
	switch {
	case t.ID == value.Decimal || t.ID == value.BigInt:
		return t
	case t.IsInteger() && t.ID != value.Bit:
		return integer
	case t.IsMoney():
		return value.Of(value.Money)
	}
	return double
}

func sameNumber(args []value.Type) (value.Type, error) {
	return value.ForVariable(numberType(args[0])).WithNullable(anyNullable(args)), nil
}

// wholeNumber has no digits after the point.
func wholeNumber(args []value.Type) (value.Type, error) {
	t := value.ForVariable(numberType(args[0]))
	t.Scale = 0
	return t.WithNullable(anyNullable(args)), nil
}

// powered: decimals get all the digits there are.
func powered(args []value.Type) (value.Type, error) {
	t := value.ForVariable(numberType(args[0]))
	if t.ID == value.Decimal {
		t.Precision = 38
	}
	return t.WithNullable(anyNullable(args)), nil
}

// number is the first argument in the type in which the function computes.
func (c *call) number() (value.Value, value.Type) {
	t := numberType(c.types[0])
	return c.as(0, t), t
}

func abs(c *call) value.Value {
	v, t := c.number()
	switch {
	case c.err != nil:
		return value.Null()
	case t.ID == value.Float:
		return value.OfFloat(math.Abs(v.Float64()))
	case t.ID == value.Decimal:
		n, scale := v.Decimal()
		if n.Sign() < 0 {
			n = n.Neg()
		}
		return value.OfDecimal(n, scale)
	case v.Int64() >= 0:
		return v
	case v.Int64() == math.MinInt64 || t.ID == value.Int && v.Int64() == math.MinInt32:
		return c.fail(overflow(t.ID))
	case t.IsMoney():
		return value.OfMoney(-v.Int64())
	}
	return value.OfInt(-v.Int64())
}

func signOf(c *call) value.Value {
	v, t := c.number()
	s := int64(0)
	switch {
	case t.ID == value.Float:
		f := v.Float64()
		if f > 0 {
			s = 1
		} else if f < 0 {
			s = -1
		}
		return value.OfFloat(float64(s))
	case t.ID == value.Decimal:
		n, scale := v.Decimal()
		return c.made(value.Int128Of(int64(n.Sign())), 0, value.DecimalOf(t.Precision, scale))
	case v.Int64() > 0:
		s = 1
	case v.Int64() < 0:
		s = -1
	}
	if t.IsMoney() {
		return value.OfMoney(s * 10_000)
	}
	return value.OfInt(s)
}

// made is a decimal of type t; 8115 where it does not fit.
func (c *call) made(n value.Int128, scale uint8, t value.Type) value.Value {
	m, ok := n.Rescale(scale, t.Scale, false)
	p := value.Pow10(int(t.Precision))
	if !ok || m.Cmp(p) >= 0 || m.Cmp(p.Neg()) <= 0 {
		return c.fail(value.Errorf(8115, 16, 2, "Arithmetic overflow error converting expression to data type numeric."))
	}
	return value.OfDecimal(m, t.Scale)
}

// toWhole is CEILING where up, else FLOOR.
func toWhole(up bool) func(c *call) value.Value {
	return func(c *call) value.Value {
		v, t := c.number()
		switch {
		case t.ID == value.Float && up:
			return value.OfFloat(math.Ceil(v.Float64()))
		case t.ID == value.Float:
			return value.OfFloat(math.Floor(v.Float64()))
		case t.IsMoney():
			n := whole(value.Int128Of(v.Int64()), 4, up)
			m, _ := n.IsInt64()
			if m > math.MaxInt64/10_000 || m < math.MinInt64/10_000 {
				return c.fail(overflow(value.Money))
			}
			return value.OfMoney(m * 10_000)
		case t.ID == value.Decimal:
			n, scale := v.Decimal()
			return c.made(whole(n, scale, up), 0, value.DecimalOf(t.Precision, 0))
		}
		return v
	}
}

// whole rounds up or down.
func whole(n value.Int128, scale uint8, up bool) value.Int128 {
	cut, _ := n.Rescale(scale, 0, true)
	back, _ := cut.Rescale(0, scale, true)
	switch {
	case up && back.Cmp(n) < 0:
		cut = cut.Add(value.Int128{Lo: 1})
	case !up && back.Cmp(n) > 0:
		cut = cut.Sub(value.Int128{Lo: 1})
	}
	return cut
}

func round(c *call) value.Value {
	v, t := c.number()
	digits, truncate := int(c.int(1)), false
	if c.has(2) {
		truncate = c.int(2) != 0
	}
	if c.err != nil {
		return value.Null()
	}
	switch {
	case t.ID == value.Float:
		return c.real(roundFloat(v.Float64(), digits, truncate))
	case t.ID == value.Decimal:
		n, scale := v.Decimal()
		return c.made(roundTo(n, int(scale), digits, truncate), scale, t)
	case t.IsMoney():
		m, ok := roundTo(value.Int128Of(v.Int64()), 4, digits, truncate).IsInt64()
		if !ok {
			return c.fail(overflow(value.Money))
		}
		return value.OfMoney(m)
	}
	m, ok := roundTo(value.Int128Of(v.Int64()), 0, digits, truncate).IsInt64()
	if !ok || t.ID == value.Int && int64(int32(m)) != m {
		return c.fail(overflow(t.ID))
	}
	return value.OfInt(m)
}

// roundTo rounds n, which has scale digits after the point, to digits of them, or before the point where negative.
func roundTo(n value.Int128, scale, digits int, truncate bool) value.Int128 {
	drop := scale - digits
	switch {
	case drop <= 0:
		return n
	case drop > 38:
		return value.Int128{}
	}
	cut, _ := n.Rescale(uint8(drop), 0, truncate)
	back, ok := value.Int128OfBig(new(big.Int).Mul(cut.Big(), value.Pow10(drop).Big()))
	if !ok {
		return value.Pow10(38)
	}
	return back
}

func roundFloat(f float64, digits int, truncate bool) float64 {
	digits = max(-400, min(400, digits))
	switch {
	case digits > 22 || f == 0:
		return f
	case digits < -308:
		return 0
	case !truncate:
		return roundHalfAway(f, digits)
	}
	p := math.Pow10(digits)
	if r := math.Trunc(f*p) / p; !math.IsInf(r, 0) && !math.IsNaN(r) {
		return r
	}
	return f
}

func power(c *call) value.Value {
	v, t := c.number()
	x, y := c.float(0), c.float(1)
	if c.err != nil {
		return value.Null()
	}
	if x == 0 && y < 0 {
		return c.fail(value.Errorf(8134, 16, 1, "Divide by zero error encountered."))
	}
	if n, ok := exactPower(v, t, y); ok {
		if t.ID == value.Int && int64(int32(n)) != n {
			return c.fail(value.Errorf(232, 16, 3, "Arithmetic overflow error for type int, value = %.6f.", float64(n)))
		}
		return value.OfInt(n)
	}
	return c.fromFloat(math.Pow(x, y), t, c.types[0])
}

// exactPower raises integers without a float between.
func exactPower(v value.Value, t value.Type, y float64) (int64, bool) {
	if !t.IsInteger() || y < 0 || y > 64 || y != math.Trunc(y) {
		return 0, false
	}
	n := new(big.Int).Exp(big.NewInt(v.Int64()), big.NewInt(int64(y)), nil)
	return n.Int64(), n.IsInt64()
}

// fromFloat brings a result back to the type of the function.
func (c *call) fromFloat(f float64, t, from value.Type) value.Value {
	if v := c.real(f); t.ID == value.Float || c.err != nil {
		return v
	}
	if t.ID == value.Decimal {
		t = value.DecimalOf(38, from.Scale)
	}
	v, err := value.Convert(value.OfFloat(f), double, t, value.NoStyle)
	if err != nil {
		return c.fail(err)
	}
	return v
}

func scaledBy(factor float64) func(c *call) value.Value {
	return func(c *call) value.Value {
		f := c.float(0) * factor
		if c.err != nil {
			return value.Null()
		}
		return c.fromFloat(f, numberType(c.types[0]), c.types[0])
	}
}
