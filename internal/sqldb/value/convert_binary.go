package value

import (
	"encoding/binary"
	"encoding/hex"
	"math"
	"strings"
)

func toBinary(from, to Type, style int) Conversion {
	if to.ID == RowVersion {
		to.Length = 8
	}
	switch {
	case from.IsBinary():
		return func(v Value) (Value, error) { return OfBytes(fitBytes(v.text, to)), nil }
	case from.IsString():
		return func(v Value) (Value, error) { return bytesOfString(v.text, from, to, style) }
	}
	number := from.IsNumeric()
	return func(v Value) (Value, error) {
		b := bytesOf(v, from)
		if number && from.ID != Decimal { // numbers keep their lower bytes
			return OfBytes(fitNumber(b, to)), nil
		}
		return OfBytes(fitBytes(b, to)), nil
	}
}

// fitBytes cuts at the end, and fills up binary with zeros there.
func fitBytes(b string, t Type) string {
	if t.Length == Max || t.ID == Image {
		return b
	}
	n := int(t.Length)
	if len(b) > n {
		return b[:n]
	}
	if (t.ID == Binary || t.ID == RowVersion) && len(b) < n {
		return b + strings.Repeat("\x00", n-len(b))
	}
	return b
}

// fitNumber cuts and fills up at the front.
func fitNumber(b string, t Type) string {
	n := int(t.Length)
	switch {
	case t.Length == Max:
	case len(b) > n:
		return b[len(b)-n:]
	case t.ID == Binary || t.ID == RowVersion:
		return strings.Repeat("\x00", n-len(b)) + b
	}
	return b
}

func bytesOfString(s string, from, to Type, style int) (Value, error) {
	switch style {
	case 1, 2:
		digits := s
		if style == 1 {
			if len(s) < 2 || s[0] != '0' || s[1]|0x20 != 'x' {
				return Value{}, NotConverted(from, to)
			}
			digits = s[2:]
		}
		b, err := hex.DecodeString(digits)
		if err != nil {
			return Value{}, NotConverted(from, to)
		}
		return OfBytes(fitBytes(string(b), to)), nil
	case 0, NoStyle:
		if from.IsUnicode() {
			return OfBytes(fitBytes(UTF16Bytes(s), to)), nil
		}
		return OfBytes(fitBytes(string(from.Collate().Encode(nil, s)), to)), nil
	}
	return Value{}, Errorf(9809, 16, 1, "The style %d is not supported for conversions from %s to %s.", style, from.Name(), to.Name())
}

// bytesOf is the value as SQL Server stores it, which CAST to binary shows: integers and floats with their highest byte
// first, the newer dates with their lowest.
func bytesOf(v Value, t Type) string {
	var b [8]byte
	switch t.ID {
	case Bit, TinyInt:
		return string([]byte{byte(v.lo)})
	case SmallInt:
		return string(binary.BigEndian.AppendUint16(nil, uint16(v.lo)))
	case Int, SmallMoney:
		return string(binary.BigEndian.AppendUint32(nil, uint32(v.lo)))
	case BigInt, Money:
		return string(binary.BigEndian.AppendUint64(nil, uint64(v.lo)))
	case Real:
		return string(binary.BigEndian.AppendUint32(nil, math.Float32bits(float32(v.Float64()))))
	case Float:
		return string(binary.BigEndian.AppendUint64(nil, uint64(v.lo)))
	case Decimal:
		return bytesOfDecimal(v, t.Precision)
	case DateTime:
		days, units := v.DateTimeUnits()
		binary.BigEndian.PutUint32(b[:], uint32(days))
		binary.BigEndian.PutUint32(b[4:], uint32(units))
		return string(b[:])
	case SmallDateTime:
		binary.BigEndian.PutUint16(b[:], uint16(v.lo/TicksPerDay-daysTo1900))
		binary.BigEndian.PutUint16(b[2:], uint16(v.lo%TicksPerDay/TicksPerMinute))
		return string(b[:4])
	case Date:
		return lowBytes(v.lo/TicksPerDay, 3)
	case Time, DateTime2, DateTimeOffset:
		return bytesOfTime(v, t)
	}
	return v.text // uniqueidentifier, xml
}

func lowBytes(n int64, size int) string {
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], uint64(n))
	return string(b[:size])
}

// bytesOfDecimal has precision, scale, a zero, 1 for a positive number, and the number, its lowest byte first.
func bytesOfDecimal(v Value, precision uint8) string {
	hi, lo := v.decimal().Abs()
	sign := byte(1)
	if v.hi < 0 {
		sign = 0
	}
	b := []byte{precision, v.scale, 0, sign}
	b = binary.LittleEndian.AppendUint64(b, lo)
	b = binary.LittleEndian.AppendUint64(b, hi)
	return string(b[:4+decimalSize(precision)-1])
}

func bytesOfTime(v Value, t Type) string {
	unit := int64(1)
	for range 7 - t.Scale {
		unit *= 10
	}
	out := string([]byte{t.Scale}) + lowBytes(v.lo%TicksPerDay/unit, timeSize(t.Scale))
	if t.ID != Time {
		out += lowBytes(v.lo/TicksPerDay, 3)
	}
	if t.ID == DateTimeOffset {
		out += lowBytes(int64(v.offset), 2)
	}
	return out
}

// integerOfBytes takes the lowest bytes that an integer type has.
func integerOfBytes(b string, to Type) int64 {
	size := int(facts[to.ID].size)
	if len(b) > size {
		b = b[len(b)-size:]
	}
	n := int64(0)
	for i := range len(b) {
		n = n<<8 | int64(b[i])
	}
	switch to.ID { // the highest bit is the sign
	case SmallInt:
		return int64(int16(n))
	case Int, SmallMoney:
		return int64(int32(n))
	}
	return n
}

// decimalOfBytes reads what bytesOfDecimal writes.
func decimalOfBytes(b string) (n Int128, scale uint8, ok bool) {
	if len(b) < 5 || b[0] > 38 || b[1] > b[0] || len(b) > 20 {
		return Int128{}, 0, false
	}
	var buf [16]byte
	copy(buf[:], b[4:])
	n = Int128{Hi: int64(binary.LittleEndian.Uint64(buf[8:])), Lo: binary.LittleEndian.Uint64(buf[:])}
	if n.Hi < 0 || !n.fits(38) {
		return Int128{}, 0, false
	}
	if b[3] == 0 {
		n = n.Neg()
	}
	return n, b[1], true
}

// dateOfBytes reads what bytesOf writes of a date or time.
func dateOfBytes(s string, from, to Type) (Value, error) {
	old := to.ID == DateTime || to.ID == SmallDateTime
	if old {
		var b [8]byte
		if len(s) > 8 {
			s = s[len(s)-8:]
		}
		copy(b[8-len(s):], s)
		days, units := int64(int32(binary.BigEndian.Uint32(b[:]))), int64(binary.BigEndian.Uint32(b[4:]))
		if to.ID == SmallDateTime {
			days, units = int64(binary.BigEndian.Uint16(b[4:])), int64(binary.BigEndian.Uint16(b[6:]))*60*300
		}
		ticks := (days+daysTo1900)*TicksPerDay + (units*100_000+1)/3
		if rounded, ok := roundDate(ticks, to); ok && units < 24*3600*300 && days > -daysTo1900 {
			return OfDateTime(rounded), nil
		}
		return Value{}, errExpression(to)
	}
	v, ok := newDateOfBytes([]byte(s), to)
	if !ok {
		return Value{}, NotConverted(from, to)
	}
	return v, nil
}

func newDateOfBytes(b []byte, to Type) (Value, bool) {
	little := func(n int) int64 {
		var buf [8]byte
		copy(buf[:], b[:n])
		b = b[n:]
		return int64(binary.LittleEndian.Uint64(buf[:]))
	}
	if to.ID == Date {
		if len(b) != 3 {
			return Value{}, false
		}
		days := little(3)
		return OfDate(days), days <= maxDays
	}
	if len(b) == 0 || b[0] > 7 || len(b) != 1+Scaled(to.ID, b[0]).MaxLength() {
		return Value{}, false
	}
	scale := b[0]
	b = b[1:]
	ticks := little(timeSize(scale))
	for range 7 - scale {
		ticks *= 10
	}
	if ticks >= TicksPerDay {
		return Value{}, false
	}
	if to.ID == Time {
		return OfTime(roundClock(ticks, to.Scale)), true
	}
	ticks += little(3) * TicksPerDay
	ticks, ok := roundDate(ticks, to)
	if to.ID == DateTime2 || !ok {
		return OfDateTime(ticks), ok
	}
	offset := int16(little(2))
	return OfDateTimeOffset(ticks, offset), offset >= -840 && offset <= 840
}
