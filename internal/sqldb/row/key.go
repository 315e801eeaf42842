// Package row turns rows into bytes and back: keys whose bytes order as their values do, and records that hold columns
// by their numbers, so that a table may get and lose columns without being written anew. It is pure: it must never know
// of tables or of the store.
package row

import (
	"encoding/binary"
	"math"
	"math/bits"
	"slices"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// KeyColumn is one column of a key.
type KeyColumn struct {
	Type value.Type
	Desc bool
}

// A column of a key begins with a byte that orders NULL before everything. Whole numbers have the count of their bytes
// there, above middle for those that are not negative and below it for the others, so that small numbers are short.
const (
	nullTag    = 0x00
	presentTag = 0x01
	middle     = 0x80

	// Zero bytes of binary are escaped, so that the end of a shorter one sorts first.
	escape    = 0xff
	endOfText = 0x00
	endOfRaw  = 0x01 // after a zero
)

// AppendKey writes the values behind dst, so that keys compare as rows do, column by column: NULL first, and last where
// Desc. Two rows have the same key exactly when all their values are equal. values may be fewer than columns: the key is
// then a prefix of those of all rows that begin with them.
func AppendKey(dst []byte, columns []KeyColumn, values []value.Value) []byte {
	for i := range values {
		start := len(dst)
		dst = appendKeyValue(dst, &columns[i].Type, values[i])
		if columns[i].Desc {
			for j := start; j < len(dst); j++ {
				dst[j] = ^dst[j]
			}
		}
	}
	return dst
}

func appendKeyValue(dst []byte, t *value.Type, v value.Value) []byte {
	switch v.Kind() {
	case value.KindNull:
		return append(dst, nullTag)
	case value.KindInteger, value.KindMoney, value.KindTime, value.KindDateTime, value.KindDateTimeOffset:
		return appendWhole(dst, v.Int64())
	case value.KindDate:
		return appendWhole(dst, v.Days())
	case value.KindFloat:
		return appendFloat(append(dst, presentTag), v.Float64())
	case value.KindDecimal:
		n, scale := v.Decimal()
		n, _ = n.Rescale(scale, t.Scale, false)
		return appendWide(dst, n)
	case value.KindString:
		return append(t.Collate().AppendKey(append(dst, presentTag), v.Text()), endOfText)
	case value.KindBytes:
		return appendRaw(append(dst, presentTag), v.Text())
	case value.KindGUID:
		return appendGUID(append(dst, presentTag), v.GUID())
	}
	return appendVariant(dst, v)
}

// appendWhole writes how many bytes a number has and, highest first, these.
func appendWhole(dst []byte, n int64) []byte {
	u := uint64(n)
	if n < 0 {
		u = ^u
	}
	size := (bits.Len64(u) + 7) / 8
	if n >= 0 {
		dst = append(dst, byte(middle+size))
	} else {
		dst = append(dst, byte(middle-1-size))
	}
	u = uint64(n) << (64 - 8*size)
	for range size {
		dst = append(dst, byte(u>>56))
		u <<= 8
	}
	return dst
}

// appendWide is appendWhole for 128 bits; what fits 64 is the same.
func appendWide(dst []byte, n value.Int128) []byte {
	if small, ok := n.IsInt64(); ok {
		return appendWhole(dst, small)
	}
	if n.Hi >= 0 {
		dst = append(dst, middle+16)
	} else {
		dst = append(dst, middle-1-16)
	}
	dst = binary.BigEndian.AppendUint64(dst, uint64(n.Hi))
	return binary.BigEndian.AppendUint64(dst, n.Lo)
}

func appendFloat(dst []byte, f float64) []byte {
	if f == 0 {
		f = 0 // not the negative one
	}
	u := math.Float64bits(f)
	if u>>63 == 1 {
		u = ^u
	} else {
		u |= 1 << 63
	}
	return binary.BigEndian.AppendUint64(dst, u)
}

// appendRaw writes binary without the zeros at its end, which do not count when binary is compared.
func appendRaw(dst []byte, s string) []byte {
	end := len(s)
	for end > 0 && s[end-1] == 0 {
		end--
	}
	for i := range end {
		if s[i] == 0 {
			dst = append(dst, 0, escape)
			continue
		}
		dst = append(dst, s[i])
	}
	return append(dst, 0, endOfRaw)
}

// guidOrder has the bytes of a uniqueidentifier in the order in which SQL Server compares them.
var guidOrder = [16]int{10, 11, 12, 13, 14, 15, 8, 9, 6, 7, 4, 5, 0, 1, 2, 3}

func appendGUID(dst []byte, b [16]byte) []byte {
	for _, i := range guidOrder {
		dst = append(dst, b[i])
	}
	return dst
}

// appendVariant writes the family of what a sql_variant holds and a form in which all of the family meet.
func appendVariant(dst []byte, v value.Value) []byte {
	in, t := v.Variant()
	switch {
	case t.IsDateTime():
		utc, err := value.Convert(in, t, value.Scaled(value.DateTimeOffset, 7), value.NoStyle)
		if err != nil {
			utc = in
		}
		return appendWhole(append(dst, 6), utc.Ticks())
	case t.IsFloat():
		return appendFloat(append(dst, 5), in.Float64())
	case t.IsNumeric():
		return appendExact(append(dst, 4), in)
	case t.IsString():
		dst = binary.BigEndian.AppendUint64(append(dst, 3), t.Collate().Number())
		return append(t.Collate().AppendKey(dst, in.Text()), endOfText)
	case t.IsBinary():
		return appendRaw(append(dst, 2), in.Text())
	}
	return appendGUID(append(dst, 1), in.GUID())
}

// appendExact writes the whole part of a number, rounded down, and its fraction in 38 digits.
func appendExact(dst []byte, v value.Value) []byte {
	n, scale := value.Int128Of(v.Int64()), uint8(0)
	switch v.Kind() {
	case value.KindMoney:
		scale = 4
	case value.KindDecimal:
		n, scale = v.Decimal()
	}
	whole, _ := n.Rescale(scale, 0, true)
	back, _ := whole.Rescale(0, scale, true)
	fraction := n.Sub(back)
	if fraction.Sign() < 0 {
		whole = whole.Sub(value.Int128{Lo: 1})
		fraction = fraction.Add(value.Pow10(int(scale)))
	}
	fraction, _ = fraction.Rescale(scale, 38, true)
	return appendWide(appendWide(dst, whole), fraction)
}

// Reversible reports whether DecodeKey gives values of a type back. Strings, datetimeoffset, varbinary and sql_variant
// leave in a key only how they compare.
func Reversible(t value.Type) bool {
	return t.IsNumeric() || t.IsDateTime() && t.ID != value.DateTimeOffset || t.ID == value.UniqueIdentifier ||
		t.ID == value.Binary || t.ID == value.RowVersion
}

// errKey is given for bytes that AppendKey did not write.
var errKey = corrupt("row.DecodeKey", "the key is cut short or has a byte that no key has")

// DecodeKey reads the columns of a key into values, and gives the bytes behind them. A value of a type that is not
// Reversible is passed over and left as it is, but for NULL.
func DecodeKey(key []byte, columns []KeyColumn, values []value.Value) (rest []byte, err error) {
	for i := range columns {
		var scratch []byte
		if columns[i].Desc {
			scratch = slices.Clone(key)
			for j := range scratch {
				scratch[j] = ^scratch[j]
			}
		} else {
			scratch = key
		}
		n, err := decodeKeyValue(scratch, &columns[i].Type, &values[i])
		if err != nil {
			return nil, err
		}
		key = key[n:]
	}
	return key, nil
}

func decodeKeyValue(key []byte, t *value.Type, v *value.Value) (int, error) {
	if len(key) == 0 {
		return 0, errKey
	}
	if key[0] == nullTag {
		*v = value.Null()
		return 1, nil
	}
	switch {
	case t.ID == value.Variant:
		return skipVariant(key)
	case t.IsFloat():
		if len(key) < 9 || key[0] != presentTag {
			return 0, errKey
		}
		f := decodeFloat(key[1:])
		if math.IsNaN(f) || f == 0 && math.Signbit(f) {
			return 0, errKey
		}
		*v = value.OfFloat(f)
		return 9, nil
	case t.IsNumeric() || t.IsDateTime():
		return decodeNumber(key, t, v)
	case key[0] != presentTag:
		return 0, errKey
	case t.ID == value.UniqueIdentifier:
		if len(key) < 17 {
			return 0, errKey
		}
		var b [16]byte
		for i, at := range guidOrder {
			b[at] = key[1+i]
		}
		*v = value.OfGUID(b)
		return 17, nil
	case t.IsBinary():
		return decodeRaw(key, t, v)
	}
	return skipText(key)
}
