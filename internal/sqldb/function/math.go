package function

import (
	"math"
	"math/bits"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// mathFunctions compute with floats.
func mathFunctions() []Function {
	one := func(name, lower string, f func(x float64) float64) Function {
		return Function{Name: name, Min: 1, Max: 1, Result: wants(lower, is(double), double), Deterministic: true, Eval: strict(func(c *call) value.Value { return c.real(f(c.float(0))) })}
	}
	two := func(name, lower string, f func(x, y float64) float64) Function {
		return Function{Name: name, Min: 2, Max: 2, Result: wants(lower, is(double), double, double), Deterministic: true, Eval: strict(func(c *call) value.Value { return c.real(f(c.float(0), c.float(1))) })}
	}
	return []Function{
		one("SQRT", "sqrt", math.Sqrt), one("EXP", "exp", math.Exp), one("LOG10", "log10", math.Log10),
		one("SIN", "sin", math.Sin), one("COS", "cos", math.Cos), one("TAN", "tan", math.Tan),
		one("ASIN", "asin", math.Asin), one("ACOS", "acos", math.Acos), one("ATAN", "atan", math.Atan),
		one("COT", "cot", func(x float64) float64 { return 1 / math.Tan(x) }),
		one("SQUARE", "square", func(x float64) float64 { return x * x }),
		two("ATN2", "atn2", math.Atan2),
		{Name: "LOG", Min: 1, Max: 2, Result: wants("log", is(double), double, double), Eval: strict(logarithm), Deterministic: true},
		{Name: "PI", Min: 0, Max: 0, Result: never(double), Eval: strict(func(*call) value.Value { return value.OfFloat(math.Pi) }), Deterministic: true},
		{Name: "BIT_COUNT", Min: 1, Max: 1, Result: is(bigint), Eval: strict(bitCount), Deterministic: true},
		{Name: "GET_BIT", Min: 2, Max: 2, Result: is(value.Of(value.Bit)), Eval: strict(getBit), Deterministic: true},
		{Name: "SET_BIT", Min: 2, Max: 3, Result: sameInteger("set_bit"), Eval: strict(setBit), Deterministic: true},
		{Name: "LEFT_SHIFT", Min: 2, Max: 2, Result: sameInteger("left_shift"), Eval: shifted(value.OpShl), Deterministic: true},
		{Name: "RIGHT_SHIFT", Min: 2, Max: 2, Result: sameInteger("right_shift"), Eval: shifted(value.OpShr), Deterministic: true},
	}
}

// real refuses what is no number: 3623 for the root of a negative one, 8115 for too large.
func (c *call) real(f float64) value.Value {
	switch {
	case c.err != nil:
		return value.Null()
	case math.IsNaN(f), math.IsInf(f, -1):
		return c.fail(value.Errorf(3623, 16, 1, "An invalid floating point operation occurred."))
	case math.IsInf(f, 1):
		return c.fail(overflow(value.Float))
	}
	return value.OfFloat(f)
}

func logarithm(c *call) value.Value {
	x := c.float(0)
	if x <= 0 {
		return c.real(math.NaN())
	}
	if !c.has(1) {
		return c.real(math.Log(x))
	}
	base := c.float(1)
	if base <= 0 || base == 1 {
		return c.real(math.NaN())
	}
	return c.real(math.Log(x) / math.Log(base))
}

func sameInteger(name string) resultRule {
	return func(args []value.Type) (value.Type, error) {
		if !args[0].IsInteger() && !args[0].IsBinary() {
			return value.Type{}, badArgument(args[0], 1, name)
		}
		return value.ForVariable(args[0]).WithNullable(anyNullable(args)), nil
	}
}

func shifted(op value.Op) evaluation {
	return func(_ Environment, args []value.Value, types []value.Type) (value.Value, error) {
		f, _, err := value.Operator(op, types[0], types[1])
		if err != nil {
			return value.Null(), err
		}
		return f(args[0], args[1])
	}
}

// bitsOf gives the bytes of an integer or a binary, the highest first.
func (c *call) bitsOf() []byte {
	if c.types[0].IsBinary() {
		return []byte(c.args[0].Text())
	}
	v := c.as(0, value.Sized(value.VarBinary, 8000))
	return []byte(v.Text())
}

func bitCount(c *call) value.Value {
	n := 0
	for _, b := range c.bitsOf() {
		n += bits.OnesCount8(b)
	}
	return value.OfInt(int64(n))
}

func (c *call) bitAt(b []byte, name string) (int, bool) {
	n := c.bigInt(1)
	if n < 0 || n >= int64(len(b))*8 {
		c.fail(value.Errorf(8116, 16, 1, "Argument value %d is invalid for argument 2 of %s function.", n, name))
		return 0, false
	}
	return int(n), true
}

func getBit(c *call) value.Value {
	b := c.bitsOf()
	n, ok := c.bitAt(b, "get_bit")
	if !ok {
		return value.Null()
	}
	return value.OfBool(b[len(b)-1-n/8]>>(n%8)&1 == 1)
}

func setBit(c *call) value.Value {
	b := c.bitsOf()
	n, ok := c.bitAt(b, "set_bit")
	if !ok {
		return value.Null()
	}
	on := true
	if c.has(2) {
		on = c.int(2) != 0
	}
	at := len(b) - 1 - n/8
	if b[at] &^= 1 << (n % 8); on {
		b[at] |= 1 << (n % 8)
	}
	if c.types[0].IsBinary() {
		return value.OfByteSlice(b)
	}
	v, err := value.Convert(value.OfByteSlice(b), value.Sized(value.VarBinary, 8), c.types[0], value.NoStyle)
	if err != nil {
		return c.fail(err)
	}
	return v
}
