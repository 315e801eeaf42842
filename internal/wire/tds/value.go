package tds

import (
	"encoding/binary"
	"math"
)

// plpUnknown is the length of a PLP value whose sender does not know it; plpNull stands for NULL.
const (
	plpNull    = math.MaxUint64
	plpUnknown = math.MaxUint64 - 1
)

// place says where a value stands: in rows, text, ntext and image have a text pointer before their length.
type place bool

const (
	inParameter place = false
	inRow       place = true
)

// value reads one value of type t. Its bytes are checked to be as many as the type allows.
func (d *decoder) value(t *TypeInfo, at place) (data []byte, null bool) {
	switch t.class() {
	case classFixed:
		return d.take(int(t.Size)), t.ID == TypeNull
	case classByte:
		n := int(d.u8())
		if n == 0 {
			return nil, true
		}
		if !t.fits(n) {
			d.fail(ReasonMalformed, "a value of type %#02x cannot have %d bytes", uint8(t.ID), n)
		}
		return d.take(n), false
	case classShort:
		n := int(d.u16())
		if n == 0xFFFF {
			return nil, true
		}
		if n > int(t.Size) || t.Unicode() && n%2 != 0 {
			d.fail(ReasonMalformed, "a value of type %#02x cannot have %d bytes", uint8(t.ID), n)
		}
		return d.take(n), false
	case classLong:
		return d.longValue(t, at)
	case classVariant:
		n := d.u32()
		if n == 0 {
			return nil, true
		}
		if n > 8016 {
			d.fail(ReasonMalformed, "a sql_variant cannot have %d bytes", n)
			return nil, true
		}
		return d.take(int(n)), false
	case classPLP:
		return d.plp(t)
	}
	d.fail(ReasonUnsupported, "data type 0x%02X is unknown", uint8(t.ID))
	return nil, true
}

// fits reports whether a value of a byte-length type can have n bytes.
func (t *TypeInfo) fits(n int) bool {
	switch t.ID {
	case TypeGUID:
		return n == 16
	case TypeIntN:
		return n == 1 || n == 2 || n == 4 || n == 8
	case TypeFloatN, TypeMoneyN, TypeDateTimeN:
		return n == 4 || n == 8
	case TypeDateN, TypeTimeN, TypeDateTime2N, TypeDateTimeOffsetN:
		return n == t.timeOrDateSize()
	case TypeDecimal, TypeNumeric, TypeDecimalN, TypeNumericN:
		return n >= 2 && n <= 17
	}
	return n <= int(t.Size)
}

func (t *TypeInfo) timeOrDateSize() int {
	if t.ID == TypeDateN {
		return 3
	}
	return t.timeSize()
}

// longValue reads a value of text, ntext or image.
func (d *decoder) longValue(t *TypeInfo, at place) (data []byte, null bool) {
	if at == inRow {
		pointer := int(d.u8())
		if pointer == 0 {
			return nil, true
		}
		d.take(pointer + 8) // and a timestamp; they mean nothing to a server that keeps no pages
	}
	n := int32(d.u32())
	if n == -1 {
		return nil, true
	}
	if n < 0 || t.ID == TypeNText && n%2 != 0 {
		d.fail(ReasonMalformed, "a value of type %#02x cannot have %d bytes", uint8(t.ID), uint32(n))
		return nil, true
	}
	return d.take(int(n)), false
}

// plp reads a partially length-prefixed value. The length it announces is believed only once it is there.
func (d *decoder) plp(t *TypeInfo) (data []byte, null bool) {
	total := d.u64()
	if d.err != nil || total == plpNull {
		return nil, true
	}
	if total != plpUnknown && total > math.MaxInt32 {
		d.fail(ReasonMalformed, "a value cannot have %d bytes", total)
		return nil, true
	}
	joined := false
	for {
		n := int64(d.u32())
		if d.err != nil {
			return nil, true
		}
		if n == 0 {
			break
		}
		if int64(len(data))+n > int64(d.max) {
			d.fail(ReasonTooLarge, "a value is over the limit of %d bytes", d.max)
			return nil, true
		}
		if data, joined = d.chunk(data, int(n), joined); d.err != nil {
			return nil, true
		}
	}
	if total != plpUnknown && total != uint64(len(data)) {
		d.fail(ReasonMalformed, "a value of %d bytes announces %d", len(data), total)
	} else if t.Unicode() && t.ID != TypeXML && len(data)%2 != 0 {
		d.fail(ReasonMalformed, "a text of %d bytes", len(data))
	}
	if data == nil {
		data = []byte{}
	}
	return data, false
}

// chunk reads n more bytes of a PLP value: the first chunk aliases the buffer, where there are more they are joined.
func (d *decoder) chunk(data []byte, n int, joined bool) ([]byte, bool) {
	if data == nil && n <= readStep {
		return d.take(n), false
	}
	if !joined {
		data = append(make([]byte, 0, len(data)+min(n, d.left()+readStep)), data...)
	}
	for n > 0 && d.err == nil {
		part := d.take(min(n, readStep))
		data = append(data, part...)
		n -= len(part)
	}
	return data, true
}

// Signed reads a value of IntN or a fixed integer. tinyint is unsigned.
func Signed(b []byte) int64 {
	switch len(b) {
	case 1:
		return int64(b[0])
	case 2:
		return int64(int16(binary.LittleEndian.Uint16(b)))
	case 4:
		return int64(int32(binary.LittleEndian.Uint32(b)))
	case 8:
		return int64(binary.LittleEndian.Uint64(b))
	}
	return 0
}

// Float reads a value of FloatN, Float4 or Float8.
func Float(b []byte) float64 {
	if len(b) == 4 {
		return float64(math.Float32frombits(binary.LittleEndian.Uint32(b)))
	} else if len(b) == 8 {
		return math.Float64frombits(binary.LittleEndian.Uint64(b))
	}
	return 0
}

// Money reads a value of MoneyN, Money or Money4, in ten-thousandths. Eight bytes have the high half first.
func Money(b []byte) int64 {
	if len(b) == 4 {
		return int64(int32(binary.LittleEndian.Uint32(b)))
	} else if len(b) == 8 {
		return int64(binary.LittleEndian.Uint32(b))<<32 | int64(binary.LittleEndian.Uint32(b[4:]))
	}
	return 0
}

// Decimal reads a decimal's magnitude, 128 bits, and whether it is negative.
func Decimal(b []byte) (hi, lo uint64, negative bool) {
	if len(b) == 0 {
		return 0, 0, false
	}
	var full [16]byte
	copy(full[:], b[1:])
	return binary.LittleEndian.Uint64(full[8:]), binary.LittleEndian.Uint64(full[:]), b[0] == 0
}

// Days reads a date: days since 0001-01-01.
func Days(b []byte) int32 {
	if len(b) < 3 {
		return 0
	}
	return int32(b[0]) | int32(b[1])<<8 | int32(b[2])<<16
}

// Ticks reads a time of that scale: hundreds of nanoseconds since midnight.
func Ticks(b []byte, scale uint8) int64 {
	var n int64
	for i := len(b) - 1; i >= 0; i-- {
		n = n<<8 | int64(b[i])
	}
	for range 7 - min(scale, 7) {
		n *= 10
	}
	return n
}

// DateTime reads a value of DateTimeN: days since 1900-01-01, and 300ths of a second since midnight. Four bytes are a
// smalldatetime, which counts minutes.
func DateTime(b []byte) (days int32, thirds int32) {
	if len(b) == 4 {
		return int32(binary.LittleEndian.Uint16(b)), int32(binary.LittleEndian.Uint16(b[2:])) * 60 * 300
	} else if len(b) == 8 {
		return int32(binary.LittleEndian.Uint32(b)), int32(binary.LittleEndian.Uint32(b[4:]))
	}
	return 0, 0
}

// DecodeVariant takes a sql_variant apart: the type of its value, and the value (MS-TDS 2.2.5.5.4).
func DecodeVariant(b []byte) (TypeInfo, []byte, error) {
	d := newDecoder("DecodeVariant", b)
	t := TypeInfo{ID: TypeID(d.u8())}
	props := newDecoder(d.op, d.take(int(d.u8())))
	if d.err != nil {
		return t, nil, d.err
	}
	n := d.left()
	switch class := t.class(); {
	case class == classFixed && t.ID != TypeNull:
		t.Size, _ = t.ID.fixedSize()
	case t.ID == TypeGUID || t.ID == TypeDateN:
		t.Size = int32(n)
	case t.ID == TypeTimeN || t.ID == TypeDateTime2N || t.ID == TypeDateTimeOffsetN:
		if t.Scale = props.u8(); t.Scale > 7 {
			props.fail(ReasonMalformed, "a time of scale %d", t.Scale)
		}
		t.Size = int32(t.timeSize())
	case t.ID == TypeDecimalN || t.ID == TypeNumericN:
		t.Precision, t.Scale, t.Size = props.u8(), props.u8(), int32(n)
		if t.Precision == 0 || t.Precision > 38 || t.Scale > t.Precision {
			props.fail(ReasonMalformed, "a decimal of precision %d and scale %d", t.Precision, t.Scale)
		}
	case t.ID == TypeBigVarBinary || t.ID == TypeBigBinary:
		t.Size = int32(props.u16())
	case t.ID == TypeBigVarChar || t.ID == TypeBigChar || t.ID == TypeNVarChar || t.ID == TypeNChar:
		copy(t.Collation[:], props.take(5))
		t.Size = int32(props.u16())
	default:
		d.fail(ReasonUnsupported, "a sql_variant cannot hold type %#02x", uint8(t.ID))
	}
	if d.err == nil {
		d.err = props.err
	}
	if d.err == nil && (t.class() == classFixed && n != int(t.Size) || t.class() == classByte && !t.fits(n) ||
		n > int(t.Size) || t.Unicode() && n%2 != 0) {
		d.fail(ReasonMalformed, "a value of type %#02x cannot have %d bytes", uint8(t.ID), n)
	}
	return t, d.take(n), d.err
}
