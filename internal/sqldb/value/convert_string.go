package value

import (
	"strconv"
	"strings"
)

func toString(from, to Type, style int) Conversion {
	var text func(v Value) (string, error)
	switch {
	case from.IsString():
		return stringOfString(from, to)
	case from.IsInteger():
		return stringOfInteger(to)
	case from.ID == Decimal:
		text = func(v Value) (string, error) {
			return whole(string(appendDecimal(nil, v.decimal(), v.scale)), from, to)
		}
	case from.IsMoney():
		text = func(v Value) (string, error) {
			s := string(appendMoney(nil, v.lo, style))
			if sizeOver(s, to) {
				return "", Errorf(234, 16, 2, "There is insufficient result space to convert a %s value to %s.", from.Name(), to.Name())
			}
			return s, nil
		}
	case from.IsFloat():
		text = func(v Value) (string, error) {
			f := v.Float64()
			if from.ID == Real && style == 3 {
				return whole(string(appendReal(nil, f)), from, to)
			}
			return whole(string(appendFloat(nil, f, style)), from, to)
		}
	case from.IsDateTime():
		text = dateText(from, style)
	case from.IsBinary():
		return stringOfBytes(from, to, style)
	case from.ID == UniqueIdentifier:
		text = func(v Value) (string, error) {
			s := string(appendGUID(nil, v.text))
			if sizeOver(s, to) {
				return "", Errorf(8170, 16, 2, "Insufficient result space to convert uniqueidentifier value to char.")
			}
			return s, nil
		}
	default: // xml
		return stringOfString(from, to)
	}
	return func(v Value) (Value, error) {
		s, err := text(v)
		if err != nil {
			return Value{}, err
		}
		return shaped(s, to), nil
	}
}

// shaped cuts s to the length of t, and fills it up where t has a fixed length.
func shaped(s string, t Type) Value {
	s = cutTo(s, t)
	if t.IsFixedLength() {
		s = pad(s, t)
	}
	return OfString(s)
}

func sizeOver(s string, to Type) bool {
	return to.Length != Max && to.ID != Text && to.ID != NText && len(s) > int(to.Length)
}

// whole refuses to cut a number.
func whole(s string, from, to Type) (string, error) {
	if sizeOver(s, to) {
		return "", errOverflow(from, to)
	}
	return s, nil
}

func stringOfString(from, to Type) Conversion {
	narrow := !to.IsUnicode() && (from.IsUnicode() || !sameCodePage(from, to))
	return func(v Value) (Value, error) {
		s := v.text
		if narrow {
			s = toCodePage(s, to)
		}
		return shaped(s, to), nil
	}
}

// stringOfInteger writes an asterisk where char and varchar are too short for the number, and refuses nchar and nvarchar.
func stringOfInteger(to Type) Conversion {
	return func(v Value) (Value, error) {
		s := strconv.FormatInt(v.lo, 10)
		if sizeOver(s, to) {
			if to.IsUnicode() {
				return Value{}, errExpression(to)
			}
			s = "*"
		}
		return shaped(s, to), nil
	}
}

// appendReal writes the nine digits that a real needs to be read back.
func appendReal(dst []byte, f float64) []byte {
	s := strconv.FormatFloat(f, 'e', 8, 32)
	i := strings.IndexByte(s, 'e')
	exponent, _ := strconv.Atoi(s[i+2:])
	return appendPadded(append(dst, s[:i+2]...), int64(exponent), 3)
}

func dateText(from Type, style int) func(v Value) (string, error) {
	if style == NoStyle {
		style = 121
		if from.ID == DateTime || from.ID == SmallDateTime {
			style = 0
		}
	}
	return func(v Value) (string, error) {
		b, ok := appendDate(nil, v, from, style)
		if !ok {
			return "", Errorf(281, 16, 1, "%d is not a valid style number when converting from %s to a character string.", style, from.Name())
		}
		return string(b), nil
	}
}

func stringOfBytes(from, to Type, style int) Conversion {
	return func(v Value) (Value, error) {
		switch style {
		case 1:
			return shaped("0x"+hexOf(v.text), to), nil
		case 2:
			return shaped(hexOf(v.text), to), nil
		case 0, NoStyle:
		default:
			return Value{}, Errorf(9809, 16, 1, "The style %d is not supported for conversions from %s to %s.", style, from.Name(), to.Name())
		}
		if to.IsUnicode() {
			return shaped(FromUTF16Bytes(v.text), to), nil
		}
		return shaped(to.Collate().Decode(v.text), to), nil
	}
}

// FromUTF16Bytes reads UTF-16LE; a byte left over counts as a unit of its own.
func FromUTF16Bytes(b string) string {
	u := make([]uint16, 0, len(b)/2+1)
	for ; len(b) >= 2; b = b[2:] {
		u = append(u, uint16(b[0])|uint16(b[1])<<8)
	}
	if b != "" {
		u = append(u, uint16(b[0]))
	}
	return FromUTF16(u)
}

// UTF16Bytes writes UTF-16LE.
func UTF16Bytes(s string) string {
	b := make([]byte, 0, 2*len(s))
	for _, u := range UTF16(s) {
		b = append(b, byte(u), byte(u>>8))
	}
	return string(b)
}

func toXML(from Type) Conversion {
	return func(v Value) (Value, error) {
		s := v.text
		if from.IsBinary() {
			s = strings.ToValidUTF8(s, "\ufffd")
		}
		if err := wellFormed(s); err != nil {
			return Value{}, err
		}
		return OfString(s), nil
	}
}

func toGUID(from Type) Conversion {
	if from.IsBinary() {
		return func(v Value) (Value, error) {
			var b [16]byte
			copy(b[:], v.text)
			return OfGUID(b), nil
		}
	}
	return func(v Value) (Value, error) {
		b, ok := parseGUID(v.text)
		if !ok {
			return Value{}, Errorf(8169, 16, 2, "Conversion failed when converting from a character string to uniqueidentifier.")
		}
		return Value{kind: KindGUID, text: b}, nil
	}
}
