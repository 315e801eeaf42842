package value

import (
	"errors"
	"math"
	"math/big"
	"strconv"
	"strings"
)

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
			return Value{}, NotConverted(from, to)
		}
		f, err := strconv.ParseFloat(s, 64)
		if errors.Is(err, strconv.ErrRange) {
			return Value{}, errOverflow(from, to)
		}
		if err != nil {
			return Value{}, NotConverted(from, to)
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
				return Value{}, NotConverted(from, to)
			}
			return finish(n, scale)
		}
	}
	return func(v Value) (Value, error) {
		n, scale, ok := decimalOfBytes(v.text)
		if !ok {
			return Value{}, NotConverted(from, to)
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
