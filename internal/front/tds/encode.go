package tds

import (
	"encoding/binary"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/collate"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	wire "github.com/alcedo-cloud/alcedo/internal/wire/tds"
)

// encoder appends a value that is not NULL in the form of its column's type.
type encoder func(dst []byte, v *value.Value) []byte

// encoderOf compiles the encoder of a type, once for a result and not for each value.
func encoderOf(t value.Type, info wire.TypeInfo) encoder {
	size := info.Size
	switch info.ID {
	case wire.TypeInt4:
		return func(dst []byte, v *value.Value) []byte {
			return binary.LittleEndian.AppendUint32(dst, uint32(v.Int64()))
		}
	case wire.TypeBit, wire.TypeInt1, wire.TypeInt2, wire.TypeInt8:
		return func(dst []byte, v *value.Value) []byte { return wire.AppendInt(dst, v.Int64(), size) }
	case wire.TypeBitN, wire.TypeIntN:
		return func(dst []byte, v *value.Value) []byte { return wire.AppendIntN(dst, v.Int64(), size) }
	case wire.TypeFloat4, wire.TypeFloat8:
		return func(dst []byte, v *value.Value) []byte { return wire.AppendFloat(dst, v.Float64(), size) }
	case wire.TypeFloatN:
		return func(dst []byte, v *value.Value) []byte { return wire.AppendFloatN(dst, v.Float64(), size) }
	case wire.TypeMoney4, wire.TypeMoney:
		return func(dst []byte, v *value.Value) []byte { return wire.AppendMoney(dst, v.Money(), size) }
	case wire.TypeMoneyN:
		return func(dst []byte, v *value.Value) []byte { return wire.AppendMoneyN(dst, v.Money(), size) }
	case wire.TypeDecimalN, wire.TypeNumericN:
		return decimalEncoder(info)
	case wire.TypeGUID:
		return func(dst []byte, v *value.Value) []byte { return wire.AppendGUID(dst, v.Text()) }
	case wire.TypeVariant:
		return appendVariant
	}
	if t.IsString() || t.ID == value.XML {
		return textEncoder(t.Collation, info)
	}
	if e := timeEncoder(info); e != nil {
		return e
	}
	return bytesEncoder(info)
}

// timeEncoder compiles the encoder of a date or a time, nil for other types.
func timeEncoder(info wire.TypeInfo) encoder {
	size, scale := info.Size, info.Scale
	switch info.ID {
	case wire.TypeDateTime4, wire.TypeDateTime:
		return func(dst []byte, v *value.Value) []byte {
			days, thirds := v.DateTimeUnits()
			return wire.AppendDateTime(dst, int32(days), int32(thirds), size)
		}
	case wire.TypeDateTimeN:
		return func(dst []byte, v *value.Value) []byte {
			days, thirds := v.DateTimeUnits()
			return wire.AppendDateTimeN(dst, int32(days), int32(thirds), size)
		}
	case wire.TypeDateN:
		return func(dst []byte, v *value.Value) []byte { return wire.AppendDateN(dst, int32(v.Days())) }
	case wire.TypeTimeN:
		return func(dst []byte, v *value.Value) []byte { return wire.AppendTimeN(dst, v.Ticks(), scale) }
	case wire.TypeDateTime2N:
		return func(dst []byte, v *value.Value) []byte {
			return wire.AppendDateTime2N(dst, int32(v.Days()), v.Ticks()%value.TicksPerDay, scale)
		}
	case wire.TypeDateTimeOffsetN:
		return func(dst []byte, v *value.Value) []byte {
			return wire.AppendDateTimeOffsetN(dst, int32(v.Days()), v.Ticks()%value.TicksPerDay, int16(v.Offset()), scale)
		}
	}
	return nil
}

// decimalEncoder brings values to the column's scale where theirs is another.
func decimalEncoder(info wire.TypeInfo) encoder {
	return func(dst []byte, v *value.Value) []byte {
		n, scale := v.Decimal()
		if scale != info.Scale {
			if m, ok := n.Rescale(scale, info.Scale, false); ok {
				n = m
			}
		}
		hi, lo := n.Abs()
		return wire.AppendDecimalN(dst, hi, lo, n.Sign() < 0, info.Size)
	}
}

// textEncoder compiles the encoder of characters. char, varchar and text go in the code page of their collation.
func textEncoder(c *collate.Collation, info wire.TypeInfo) encoder {
	switch {
	case info.ID == wire.TypeNText:
		return func(dst []byte, v *value.Value) []byte { return wire.AppendLongText(dst, v.Text()) }
	case info.Unicode() && info.PLP():
		return func(dst []byte, v *value.Value) []byte { return wire.AppendPLPText(dst, v.Text()) }
	case info.Unicode():
		return func(dst []byte, v *value.Value) []byte { return wire.AppendNVarChar(dst, v.Text()) }
	}
	plain := bytesEncoder(info)
	if c.IsUTF8() {
		return plain
	}
	return func(dst []byte, v *value.Value) []byte {
		if ascii(v.Text()) {
			return plain(dst, v)
		}
		encoded := value.OfBytes(string(c.Encode(nil, v.Text())))
		return plain(dst, &encoded)
	}
}

// ascii reports whether s is the same in every code page.
func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

func bytesEncoder(info wire.TypeInfo) encoder {
	switch {
	case isLong(info.ID):
		return func(dst []byte, v *value.Value) []byte { return wire.AppendLong(dst, v.Text()) }
	case info.PLP():
		return func(dst []byte, v *value.Value) []byte { return wire.AppendPLP(dst, v.Text()) }
	}
	return func(dst []byte, v *value.Value) []byte { return wire.AppendBytes(dst, v.Text()) }
}

// appendVariant appends a sql_variant: its base type goes with each value, in the form without NULL.
func appendVariant(dst []byte, v *value.Value) []byte {
	held, t := v.Variant()
	if t.Collation == nil {
		t.Collation = collate.Default()
	}
	t.Nullable = false
	if (t.IsString() || t.ID == value.Binary || t.ID == value.VarBinary) && t.Length == value.Max {
		t.Length = 8000
	}
	info := typeInfo(t)
	var room [64]byte
	return wire.AppendVariant(dst, &info, encoderOf(t, info)(room[:0], &held))
}
