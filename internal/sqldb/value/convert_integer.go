package value

import (
	"math"
	"strconv"
	"strings"
)

// limits are the least and the greatest integer of a type.
func limits(id ID) (least, greatest int64) {
	switch id {
	case Bit:
		return 0, 1
	case TinyInt:
		return 0, math.MaxUint8
	case SmallInt:
		return math.MinInt16, math.MaxInt16
	case Int:
		return math.MinInt32, math.MaxInt32
	case SmallMoney:
		return math.MinInt32, math.MaxInt32
	}
	return math.MinInt64, math.MaxInt64
}

func toInteger(from, to Type) Conversion {
	least, greatest := limits(to.ID)
	if to.ID == Bit {
		return toBit(from)
	}
	switch {
	case from.IsInteger():
		return func(v Value) (Value, error) {
			if v.lo < least || v.lo > greatest {
				return Value{}, errInteger(to, v.lo)
			}
			return v, nil
		}
	case from.IsString():
		return func(v Value) (Value, error) { return parseInteger(v.text, from, to) }
	case from.ID == Decimal:
		return func(v Value) (Value, error) {
			n, ok := v.decimal().divPower(int(v.scale), true).IsInt64()
			if !ok || n < least || n > greatest {
				return Value{}, Errorf(8115, 16, 1, "Arithmetic overflow error converting numeric to data type %s.", to.Name())
			}
			return OfInt(n), nil
		}
	case from.IsMoney():
		return func(v Value) (Value, error) { // money is rounded, decimal is cut
			n := Int128Of(v.lo).divPower(4, false).Lo
			if int64(n) < least || int64(n) > greatest {
				return Value{}, Errorf(8115, 16, 1, "Arithmetic overflow error converting %s to data type %s.", from.Name(), to.Name())
			}
			return OfInt(int64(n)), nil
		}
	case from.IsFloat():
		return func(v Value) (Value, error) {
			f := math.Trunc(v.Float64())
			if !(f >= float64(least) && f <= float64(greatest)) || f == 1<<63 {
				return Value{}, errFloatRange(to, v.Float64())
			}
			return OfInt(int64(f)), nil
		}
	case from.IsDateTime():
		return func(v Value) (Value, error) { // days since 1900, rounded at noon
			n := (v.lo+TicksPerDay/2)/TicksPerDay - daysTo1900
			if n < least || n > greatest {
				return Value{}, errInteger(to, n)
			}
			return OfInt(n), nil
		}
	}
	return func(v Value) (Value, error) { return OfInt(integerOfBytes(v.text, to)), nil }
}

// errInteger is for an integer that a smaller type cannot hold.
func errInteger(to Type, n int64) *Error {
	switch to.ID {
	case TinyInt:
		return Errorf(220, 16, 2, "Arithmetic overflow error for data type tinyint, value = %d.", n)
	case SmallInt:
		return Errorf(220, 16, 1, "Arithmetic overflow error for data type smallint, value = %d.", n)
	}
	return errExpression(to)
}

func errFloatRange(to Type, f float64) *Error {
	if math.Abs(f) < 1e15 {
		return Errorf(232, 16, 3, "Arithmetic overflow error for type %s, value = %.6f.", to.Name(), f)
	}
	return Errorf(232, 16, 3, "Arithmetic overflow error for type %s, value = %s.", to.Name(), strconv.FormatFloat(f, 'f', 6, 64))
}

func toBit(from Type) Conversion {
	switch {
	case from.IsString():
		return func(v Value) (Value, error) { return parseBit(v.text, from) }
	case from.ID == Decimal:
		return func(v Value) (Value, error) { return OfBool(v.decimal().Sign() != 0), nil }
	case from.IsFloat():
		return func(v Value) (Value, error) { return OfBool(v.Float64() != 0), nil }
	case from.IsDateTime():
		return func(v Value) (Value, error) { return OfBool(v.lo != daysTo1900*TicksPerDay), nil }
	case from.IsBinary():
		return func(v Value) (Value, error) { return OfBool(strings.Trim(v.text, "\x00") != ""), nil }
	}
	return func(v Value) (Value, error) { return OfBool(v.lo != 0), nil }
}

func parseBit(s string, from Type) (Value, error) {
	t := strings.Trim(s, " ")
	switch {
	case strings.EqualFold(t, "true"):
		return OfInt(1), nil
	case strings.EqualFold(t, "false"), t == "":
		return OfInt(0), nil
	}
	digits := strings.TrimLeft(t, "+-")
	if len(t)-len(digits) > 1 || digits == "" {
		return Value{}, errFailed(from, Of(Bit), s)
	}
	one := false
	for i := range len(digits) {
		if !isDigit(digits[i]) {
			return Value{}, errFailed(from, Of(Bit), s)
		}
		one = one || digits[i] != '0'
	}
	return OfBool(one), nil
}

// parseInteger reads what T-SQL takes for an integer: blanks around it, a sign, digits; nothing is 0.
func parseInteger(s string, from, to Type) (Value, error) {
	t := strings.Trim(s, " \t\r\n")
	negative := false
	if t != "" && (t[0] == '-' || t[0] == '+') {
		negative = t[0] == '-'
		t = strings.TrimLeft(t[1:], " ")
	}
	n, ok, overflow := int64(0), true, false
	for i := range len(t) {
		d := int64(t[i]) - '0'
		if d < 0 || d > 9 {
			ok = false
			break
		}
		if n > (math.MaxInt64-d)/10 {
			overflow = !negative || n > math.MaxInt64/10 || d != 8 || i != len(t)-1
			if !overflow {
				return inRange(math.MinInt64, s, from, to)
			}
			continue
		}
		n = n*10 + d
	}
	switch {
	case !ok && to.ID == BigInt:
		return Value{}, NotConverted(from, to)
	case !ok:
		return Value{}, errFailed(from, to, s)
	case overflow:
		return Value{}, errStringRange(s, from, to)
	}
	if negative {
		n = -n
	}
	return inRange(n, s, from, to)
}

func inRange(n int64, s string, from, to Type) (Value, error) {
	if least, greatest := limits(to.ID); n < least || n > greatest {
		return Value{}, errStringRange(s, from, to)
	}
	return OfInt(n), nil
}

// errStringRange is for digits that are too many for an integer type.
func errStringRange(s string, from, to Type) *Error {
	switch to.ID {
	case TinyInt:
		return Errorf(244, 16, 1, "The conversion of the %s value '%s' overflowed an INT1 column. Use a larger integer column.", from.Name(), excerpt(s))
	case SmallInt:
		return Errorf(244, 16, 2, "The conversion of the %s value '%s' overflowed an INT2 column. Use a larger integer column.", from.Name(), excerpt(s))
	case Int:
		return Errorf(248, 16, 1, "The conversion of the %s value '%s' overflowed an int column.", from.Name(), excerpt(s))
	}
	return Errorf(8115, 16, 2, "Arithmetic overflow error converting expression to data type %s.", to.Name())
}
