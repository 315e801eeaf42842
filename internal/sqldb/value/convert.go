package value

// Conversion turns a value of one type into one of another. NULL stays NULL.
type Conversion = func(Value) (Value, error)

// NoStyle is the style of CAST and of CONVERT without a style: each type has its own.
const NoStyle = -1

// Same reports whether every value of type from is one of type to as it stands, so that no Conversion is needed.
func Same(from, to Type) bool {
	if from.ID == Void {
		return true
	}
	if from.ID != to.ID {
		switch {
		case from.ID == VarChar && to.ID == NVarChar, from.ID == Char && to.ID == NVarChar:
			return to.Length == Max || from.Length != Max && from.Length <= to.Length
		case from.ID == NChar && to.ID == NVarChar, from.ID == Binary && to.ID == VarBinary, from.ID == Char && to.ID == VarChar:
			return (to.Length == Max || from.Length <= to.Length) && sameCodePage(from, to)
		case from.IsInteger() && to.IsInteger():
			return from.ID < to.ID && from.ID != Void
		}
		return from.ID == Real && to.ID == Float || from.ID == SmallMoney && to.ID == Money ||
			(from.ID == Date || from.ID == SmallDateTime || from.ID == DateTime) && to.ID == DateTime2 && to.Scale == 7 && from.ID != Date
	}
	switch to.ID {
	case Char, NChar, Binary:
		return from.Length == to.Length && sameCodePage(from, to)
	case VarChar, NVarChar, VarBinary:
		return (to.Length == Max || from.Length != Max && from.Length <= to.Length) && sameCodePage(from, to)
	case Decimal:
		return from.Scale == to.Scale && from.Precision <= to.Precision
	case Time, DateTime2, DateTimeOffset:
		return from.Scale <= to.Scale
	}
	return true
}

func sameCodePage(from, to Type) bool {
	return to.IsUnicode() || !to.IsString() || from.Collate().CodePage() == to.Collate().CodePage()
}

// Converter compiles the conversion of CAST: strings that are too long are cut. It is also the implicit conversion of
// operands. Where the chart has no conversion, the result refuses every value but NULL.
func Converter(from, to Type) Conversion { return StyledConverter(from, to, NoStyle) }

// StyledConverter is Converter with a style, as CONVERT's third argument gives it.
func StyledConverter(from, to Type, style int) Conversion {
	if Same(from, to) {
		return func(v Value) (Value, error) { return v, nil }
	}
	f := conversion(from, to, style)
	return func(v Value) (Value, error) {
		if v.kind == KindNull {
			return v, nil
		}
		return f(v)
	}
}

// Convert is CONVERT(to, v, style).
func Convert(v Value, from, to Type, style int) (Value, error) {
	if v.kind == KindNull || Same(from, to) {
		return v, nil
	}
	return conversion(from, to, style)(v)
}

// conversion compiles for values that are not NULL.
func conversion(from, to Type, style int) Conversion {
	if from.ID == Variant && to.ID != Variant {
		return func(v Value) (Value, error) {
			in, t := v.Variant()
			if !Explicit(t, to) {
				return Value{}, NotExplicit(t, to)
			}
			return Convert(in, t, to, style)
		}
	}
	if !Explicit(from, to) {
		err := NotExplicit(from, to)
		return func(Value) (Value, error) { return Value{}, err }
	}
	switch {
	case to.ID == Variant:
		return func(v Value) (Value, error) { return OfVariant(v, from), nil }
	case to.IsInteger():
		return toInteger(from, to)
	case to.ID == Decimal:
		return toDecimal(from, to)
	case to.IsMoney():
		return toMoney(from, to)
	case to.IsFloat():
		return toFloat(from, to)
	case to.IsDateTime():
		return toDate(from, to, style)
	case to.IsString():
		return toString(from, to, style)
	case to.IsBinary():
		return toBinary(from, to, style)
	case to.ID == UniqueIdentifier:
		return toGUID(from)
	}
	return toXML(from)
}

// Assigner compiles the conversion of INSERT and UPDATE: a string or binary that is too long for to is an error (8152;
// the caller, who knows the column, says Truncated instead), unless only blanks would go.
func Assigner(from, to Type) Conversion {
	if Same(from, to) {
		return func(v Value) (Value, error) { return v, nil }
	}
	long := to
	if to.IsString() && to.Length != Max || to.ID == Binary || to.ID == VarBinary {
		long.Length = Max
		if to.ID == Char {
			long.ID = VarChar
		}
		if to.ID == NChar {
			long.ID = NVarChar
		}
		if to.ID == Binary {
			long.ID = VarBinary
		}
	}
	if long == to {
		return StyledConverter(from, to, NoStyle)
	}
	if from.IsNumeric() || from.IsDateTime() || from.ID == UniqueIdentifier {
		return StyledConverter(from, to, NoStyle) // they have errors of their own where they do not fit
	}
	widen := StyledConverter(from, long, NoStyle)
	return func(v Value) (Value, error) {
		v, err := widen(v)
		if err != nil || v.kind == KindNull {
			return v, err
		}
		return fit(v, to)
	}
}

// fit cuts nothing but blanks (zeros of binary), and fills up what has a fixed length.
func fit(v Value, to Type) (Value, error) {
	if v.kind == KindBytes {
		for n := len(v.text); n > int(to.Length); n-- {
			if v.text[n-1] != 0 {
				return Value{}, errTooLong()
			}
		}
		return OfBytes(fitBytes(v.text, to)), nil
	}
	s := v.text
	if len(s) > int(to.Length) {
		cut := cutTo(s, to)
		for _, b := range []byte(s[len(cut):]) {
			if b != ' ' {
				return Value{}, errTooLong()
			}
		}
		s = cut
	}
	if to.IsFixedLength() {
		s = pad(s, to)
	}
	return OfString(s), nil
}
