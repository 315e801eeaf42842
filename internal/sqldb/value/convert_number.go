package value

import (
	"errors"
	"math"
	"math/big"
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
		return Value{}, errConverting(from, to)
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

func toFloat(from, to Type) Conversion {
	finish := func(f float64, s string) (Value, error) { return narrowFloat(f, from, to) }
	switch {
	case from.IsInteger():
		return func(v Value) (Value, error) { return finish(float64(v.lo), "") }
	case from.IsMoney():
		return func(v Value) (Value, error) { return finish(float64(v.lo)/10000, "") }
	case from.ID == Decimal:
		return func(v Value) (Value, error) { return finish(v.decimal().Float(v.scale), "") }
	case from.IsDateTime():
		return func(v Value) (Value, error) {
			return finish(float64(v.lo-daysTo1900*TicksPerDay)/float64(TicksPerDay), "")
		}
	case from.IsFloat():
		return func(v Value) (Value, error) { return finish(v.Float64(), "") }
	}
	return func(v Value) (Value, error) {
		s := strings.Trim(v.text, " ")
		if s == "" {
			return OfFloat(0), nil
		}
		if !floatSyntax(s) {
			return Value{}, errConverting(from, to)
		}
		f, err := strconv.ParseFloat(s, 64)
		if errors.Is(err, strconv.ErrRange) {
			return Value{}, errOverflow(from, to)
		}
		if err != nil {
			return Value{}, errConverting(from, to)
		}
		return finish(f, s)
	}
}

// floatSyntax keeps out what strconv reads and T-SQL does not: hexadecimal, Inf, NaN, underscores.
func floatSyntax(s string) bool {
	for i := range len(s) {
		switch b := s[i]; {
		case isDigit(b), b == '.', b == 'e', b == 'E', b == '+', b == '-':
		default:
			return false
		}
	}
	return true
}

func narrowFloat(f float64, from, to Type) (Value, error) {
	if to.ID == Float {
		return OfFloat(f), nil
	}
	r := float32(f)
	if math.IsInf(float64(r), 0) {
		return Value{}, Errorf(232, 16, 2, "Arithmetic overflow error for type real, value = %s.", strconv.FormatFloat(f, 'f', 6, 64))
	}
	return OfFloat(float64(r)), nil
}

func toMoney(from, to Type) Conversion {
	least, greatest := limits(to.ID)
	finish := func(n Int128, ok bool) (Value, error) {
		m, fits := n.IsInt64()
		if !ok || !fits || m < least || m > greatest {
			return Value{}, Errorf(8115, 16, 4, "Arithmetic overflow error converting %s to data type %s.", from.inMessage(), to.Name())
		}
		return OfMoney(m), nil
	}
	switch {
	case from.IsInteger():
		return func(v Value) (Value, error) { return finish(Int128Of(v.lo).Rescale(0, 4, false)) }
	case from.IsMoney():
		return func(v Value) (Value, error) { return finish(Int128Of(v.lo), true) }
	case from.ID == Decimal:
		return func(v Value) (Value, error) { return finish(v.decimal().Rescale(v.scale, 4, false)) }
	case from.IsFloat():
		return func(v Value) (Value, error) {
			n, ok := decimalOfFloat(v.Float64(), 4)
			return finish(n, ok)
		}
	case from.IsDateTime():
		return func(v Value) (Value, error) {
			days := float64(v.lo-daysTo1900*TicksPerDay) / float64(TicksPerDay)
			n, ok := decimalOfFloat(days, 4)
			return finish(n, ok)
		}
	case from.IsString():
		return func(v Value) (Value, error) { return parseMoney(v.text, to) }
	}
	return func(v Value) (Value, error) {
		return finish(Int128Of(integerOfBytes(v.text, to)), true)
	}
}

// parseMoney reads an amount with commas, a sign of currency and a sign before or after, or in parentheses.
func parseMoney(s string, to Type) (Value, error) {
	t := strings.Trim(s, " ")
	negative := false
	if strings.HasPrefix(t, "(") && strings.HasSuffix(t, ")") {
		negative, t = true, t[1:len(t)-1]
	}
	for range 2 { // the signs come in either order
		for _, sign := range []string{"-", "+", "$", "£", "€", "¥", "¢", "₹", "₩"} {
			if rest, ok := strings.CutPrefix(t, sign); ok {
				t = strings.TrimLeft(rest, " ")
				negative = negative != (sign == "-")
			}
		}
	}
	t = strings.ReplaceAll(t, ",", "")
	n, scale, ok := parseDigits(t)
	if t != "" && !ok {
		if to.ID == SmallMoney {
			return Value{}, Errorf(293, 16, 0, "Cannot convert char value to smallmoney. The char value has incorrect syntax.")
		}
		return Value{}, Errorf(235, 16, 0, "Cannot convert a char value to money. The char value has incorrect syntax.")
	}
	if negative {
		n = n.Neg()
	}
	n, ok = n.Rescale(scale, 4, false)
	m, fits := n.IsInt64()
	if least, greatest := limits(to.ID); !ok || !fits || m < least || m > greatest {
		if to.ID == SmallMoney {
			return Value{}, Errorf(294, 16, 0, "The conversion from char data type to smallmoney data type resulted in a smallmoney overflow error.")
		}
		return Value{}, Errorf(236, 16, 0, "The conversion from char data type to money resulted in a money overflow error.")
	}
	return OfMoney(m), nil
}

func toDecimal(from, to Type) Conversion {
	finish := func(n Int128, scale uint8) (Value, error) {
		n, ok := n.Rescale(scale, to.Scale, false)
		if !ok || !n.fits(to.Precision) {
			return Value{}, errOverflow(from, to)
		}
		return OfDecimal(n, to.Scale), nil
	}
	switch {
	case from.IsInteger():
		return func(v Value) (Value, error) { return finish(Int128Of(v.lo), 0) }
	case from.IsMoney():
		return func(v Value) (Value, error) { return finish(Int128Of(v.lo), 4) }
	case from.ID == Decimal:
		return func(v Value) (Value, error) { return finish(v.decimal(), v.scale) }
	case from.IsFloat():
		return func(v Value) (Value, error) {
			n, ok := decimalOfFloat(v.Float64(), to.Scale)
			if !ok {
				return Value{}, errOverflow(from, to)
			}
			return finish(n, to.Scale)
		}
	case from.IsDateTime():
		return func(v Value) (Value, error) {
			n, _ := decimalOfFloat(float64(v.lo-daysTo1900*TicksPerDay)/float64(TicksPerDay), to.Scale)
			return finish(n, to.Scale)
		}
	case from.IsString():
		return func(v Value) (Value, error) {
			n, scale, ok := parseDigits(strings.Trim(v.text, " "))
			if !ok {
				return Value{}, errConverting(from, to)
			}
			return finish(n, scale)
		}
	}
	return func(v Value) (Value, error) {
		n, scale, ok := decimalOfBytes(v.text)
		if !ok {
			return Value{}, errConverting(from, to)
		}
		return finish(n, scale)
	}
}

// decimalOfFloat rounds f to that many digits after the point. SQL Server takes 17 significant digits of a float.
func decimalOfFloat(f float64, scale uint8) (Int128, bool) {
	if math.IsNaN(f) || math.Abs(f) >= 1e39 {
		return Int128{}, false
	}
	r, ok := new(big.Rat).SetString(strconv.FormatFloat(f, 'e', 16, 64))
	if !ok {
		return Int128{}, false
	}
	num := new(big.Int).Mul(r.Num(), powers[scale].Big())
	q, rest := new(big.Int).QuoRem(num, r.Denom(), new(big.Int))
	if rest.Abs(rest).Lsh(rest, 1).Cmp(r.Denom()) >= 0 {
		q.Add(q, big.NewInt(int64(num.Sign())))
	}
	return Int128OfBig(q)
}

// parseDigits reads a sign, digits and a point; an exponent is no decimal. Digits beyond 38 after the point are cut.
func parseDigits(s string) (n Int128, scale uint8, ok bool) {
	negative := false
	if s != "" && (s[0] == '-' || s[0] == '+') {
		negative, s = s[0] == '-', strings.TrimLeft(s[1:], " ")
	}
	whole, fraction, _ := strings.Cut(s, ".")
	if whole == "" && fraction == "" {
		return Int128{}, 0, false
	}
	if strings.Trim(whole, "0123456789") != "" || strings.Trim(fraction, "0123456789") != "" {
		return Int128{}, 0, false
	}
	if whole = strings.TrimLeft(whole, "0"); len(whole) > 38 {
		return powers[38], 0, true // which no decimal holds
	}
	if room := 38 - len(whole); len(fraction) > room {
		fraction = fraction[:max(room, 0)]
	}
	n, ok = ParseInt128("0" + whole + fraction)
	if !ok {
		return Int128{}, 0, false
	}
	if negative {
		n = n.Neg()
	}
	return n, uint8(len(fraction)), true
}

func (v Value) decimal() Int128 { return Int128{Hi: v.hi, Lo: uint64(v.lo)} }
