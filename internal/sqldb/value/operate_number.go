package value

import (
	"math"
	"math/big"
	"math/bits"
)

// The operations are of values of one type, either of which may be NULL: then the result is.

func floatOperation(op Op, t Type) Operation {
	finish := func(f float64) (Value, error) {
		if t.ID == Real {
			f = float64(float32(f))
		}
		if math.IsInf(f, 0) || math.IsNaN(f) {
			return Value{}, errExpression(t)
		}
		return OfFloat(f), nil
	}
	switch op {
	case OpAdd:
		return func(x, y Value) (Value, error) {
			if x.kind == KindNull || y.kind == KindNull {
				return Value{}, nil
			}
			return finish(x.Float64() + y.Float64())
		}
	case OpSub:
		return func(x, y Value) (Value, error) {
			if x.kind == KindNull || y.kind == KindNull {
				return Value{}, nil
			}
			return finish(x.Float64() - y.Float64())
		}
	case OpMul:
		return func(x, y Value) (Value, error) {
			if x.kind == KindNull || y.kind == KindNull {
				return Value{}, nil
			}
			return finish(x.Float64() * y.Float64())
		}
	}
	return func(x, y Value) (Value, error) {
		if x.kind == KindNull || y.kind == KindNull {
			return Value{}, nil
		}
		if y.Float64() == 0 {
			return Value{}, errDivide()
		}
		return finish(x.Float64() / y.Float64())
	}
}

func moneyOperation(op Op, t Type) Operation {
	least, greatest := limits(t.ID)
	return func(x, y Value) (Value, error) {
		if x.kind == KindNull || y.kind == KindNull {
			return Value{}, nil
		}
		a, b := x.lo, y.lo
		var n int64
		ok := true
		switch op {
		case OpAdd:
			n = a + b
			ok = (n > a) == (b > 0)
		case OpSub:
			n = a - b
			ok = (n < a) == (b > 0)
		case OpMul:
			n, ok = mulDiv(a, b, 1, 10_000, true)
		case OpDiv:
			if b == 0 {
				return Value{}, errDivide()
			}
			n, ok = mulDiv(a, 10_000, 1, b, false)
		case OpMod:
			if b == 0 {
				return Value{}, errDivide()
			}
			if b != -1 {
				n = a % b
			}
		}
		if !ok || n < least || n > greatest {
			return Value{}, errExpression(t)
		}
		return OfMoney(n), nil
	}
}

// mulDiv is a*b*c/d in 128 bits, rounded or cut.
func mulDiv(a, b, c, d int64, round bool) (int64, bool) {
	hi, lo := bits.Mul64(abs64(a), abs64(b*c))
	u := abs64(d)
	if hi >= u {
		return 0, false
	}
	q, rest := bits.Div64(hi, lo, u)
	if round && rest >= u-rest {
		q++
	}
	if (a < 0) != (b*c < 0) != (d < 0) {
		return -int64(q), q <= 1<<63
	}
	return int64(q), q < 1<<63
}

// decimalOperation computes with the operands' own scales and brings the result to that of t.
func decimalOperation(op Op, t Type) Operation {
	finish := func(n Int128, scale uint8, ok bool) (Value, error) {
		if ok && scale != t.Scale {
			n, ok = n.Rescale(scale, t.Scale, false)
		}
		if !ok || !n.fits(t.Precision) {
			return Value{}, errExpression(t)
		}
		return OfDecimal(n, t.Scale), nil
	}
	switch op {
	case OpAdd, OpSub:
		return func(x, y Value) (Value, error) {
			if x.kind == KindNull || y.kind == KindNull {
				return Value{}, nil
			}
			n, m, scale, ok := aligned(x, y)
			if !ok {
				return bigDecimal(op, x, y, t)
			}
			if op == OpSub {
				m = m.Neg()
			}
			return finish(n.Add(m), scale, true)
		}
	case OpMul:
		return func(x, y Value) (Value, error) {
			if x.kind == KindNull || y.kind == KindNull {
				return Value{}, nil
			}
			a, small := x.decimal().IsInt64()
			b, too := y.decimal().IsInt64()
			if !small || !too {
				return bigDecimal(op, x, y, t)
			}
			hi, lo := bits.Mul64(abs64(a), abs64(b))
			n := Int128{Hi: int64(hi), Lo: lo}
			if (a < 0) != (b < 0) {
				n = n.Neg()
			}
			return finish(n, x.scale+y.scale, true)
		}
	case OpDiv:
		return func(x, y Value) (Value, error) {
			if x.kind == KindNull || y.kind == KindNull {
				return Value{}, nil
			}
			if y.decimal().Sign() == 0 {
				return Value{}, errDivide()
			}
			if n, ok := smallQuotient(x, y, t.Scale); ok {
				return finish(n, t.Scale, true)
			}
			return bigDecimal(op, x, y, t)
		}
	}
	return func(x, y Value) (Value, error) {
		if x.kind == KindNull || y.kind == KindNull {
			return Value{}, nil
		}
		if y.decimal().Sign() == 0 {
			return Value{}, errDivide()
		}
		return bigDecimal(op, x, y, t)
	}
}

// smallQuotient divides by what fits 64 bits, digit by digit as one does on paper, eighteen at a time.
func smallQuotient(x, y Value, scale uint8) (Int128, bool) {
	m, ok := y.decimal().IsInt64()
	move := int(scale) - int(x.scale) + int(y.scale)
	if !ok || move < 0 || m == 0 {
		return Int128{}, false
	}
	d := abs64(m)
	hi, lo := x.decimal().Abs()
	hi, lo, rest := divSmall(hi, lo, d)
	q := Int128{Hi: int64(hi), Lo: lo}
	for ; move > 0 && ok; move -= 18 {
		p := powers[min(move, 18)].Lo
		over, low := bits.Mul64(rest, p)
		var digits uint64
		digits, rest = bits.Div64(over, low, d)
		if q, ok = q.mulSmall(p); ok {
			q = q.Add(Int128{Lo: digits})
		}
	}
	if (x.hi < 0) != (m < 0) {
		q = q.Neg()
	}
	return q, ok && q.fits(38)
}

// aligned brings two decimals to one scale; ok is false where that does not fit.
func aligned(x, y Value) (n, m Int128, scale uint8, ok bool) {
	n, m, scale = x.decimal(), y.decimal(), x.scale
	okN, okM := true, true
	switch {
	case x.scale < y.scale:
		scale = y.scale
		n, okN = n.Rescale(x.scale, scale, false)
	case x.scale > y.scale:
		m, okM = m.Rescale(y.scale, scale, false)
	}
	return n, m, scale, okN && okM && n.Hi>>60 == n.Hi>>63 && m.Hi>>60 == m.Hi>>63
}

// bigDecimal computes with integers of any size.
func bigDecimal(op Op, x, y Value, t Type) (Value, error) {
	n, m := x.decimal().Big(), y.decimal().Big()
	scale := max(x.scale, y.scale)
	if op != OpMul && op != OpDiv {
		n.Mul(n, bigPower(int(scale-x.scale)))
		m.Mul(m, bigPower(int(scale-y.scale)))
	}
	switch op {
	case OpAdd:
		n.Add(n, m)
	case OpSub:
		n.Sub(n, m)
	case OpMul:
		n.Mul(n, m)
		scale = x.scale + y.scale
	case OpMod:
		n.Rem(n, m)
	case OpDiv: // the quotient is cut at the scale of the result
		if move := int(t.Scale) - int(x.scale) + int(y.scale); move >= 0 {
			n.Mul(n, bigPower(move))
		} else {
			m.Mul(m, bigPower(-move))
		}
		n.Quo(n, m)
		scale = t.Scale
	}
	if scale > t.Scale {
		n = roundBig(n, bigPower(int(scale-t.Scale)))
	} else {
		n.Mul(n, bigPower(int(t.Scale-scale)))
	}
	out, ok := Int128OfBig(n)
	if !ok || !out.fits(t.Precision) {
		return Value{}, errExpression(t)
	}
	return OfDecimal(out, t.Scale), nil
}

func bigPower(n int) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil) }

func roundBig(n, by *big.Int) *big.Int {
	sign := int64(n.Sign())
	q, rest := new(big.Int).QuoRem(n, by, new(big.Int))
	if rest.Abs(rest).Lsh(rest, 1).Cmp(by) >= 0 {
		q.Add(q, big.NewInt(sign))
	}
	return q
}

// dateOperation adds or subtracts datetimes as durations since 1900.
func dateOperation(op Op, t Type) Operation {
	return func(x, y Value) (Value, error) {
		if x.kind == KindNull || y.kind == KindNull {
			return Value{}, nil
		}
		by := y.lo - daysTo1900*TicksPerDay
		if op == OpSub {
			by = -by
		}
		ticks := x.lo + by
		if ticks < 0 {
			return Value{}, errExpression(t)
		}
		ticks, ok := roundDate(ticks, t)
		if !ok {
			return Value{}, errExpression(t)
		}
		return OfDateTime(ticks), nil
	}
}
