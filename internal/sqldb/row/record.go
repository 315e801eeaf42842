package row

import (
	"cmp"
	"encoding/binary"
	"math"
	"slices"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// Column is one column of a record.
type Column struct {
	ID      uint32 // its number in the table, from 1, which no other column ever has
	Type    value.Type
	Missing value.Value // what a record has that was written before there was the column
}

// A record is: the version, the highest number of a column that the table had when it was written, and for each column
// that is not NULL, in the order of their numbers, the distance from the number before with the form of the value in the
// lower four bits, and the value. A column that is not there is NULL up to the highest number, and Missing above it.
const version = 1

// The forms of values.
const (
	formSmall  = iota // a whole number, zigzag, in one byte or several
	formFixed         // a whole number in eight bytes
	formFloat         // eight bytes
	formWide          // a decimal of 16 bytes, after its scale
	formScaled        // a decimal of eight bytes at most, zigzag, after its scale
	formText          // length and bytes: strings, binary, uniqueidentifier
	formOffset        // a datetimeoffset: eight bytes and two of the offset
	formVariant
)

// Encoder writes the records of one table.
type Encoder struct {
	columns []Column
	order   []int // positions in columns by ascending ID
	highest uint32
}

// NewEncoder makes an Encoder of all columns of a table. Values come to Append in the order of columns.
func NewEncoder(columns []Column) *Encoder {
	e := &Encoder{columns: columns, order: make([]int, len(columns))}
	for i, c := range columns {
		e.order[i] = i
		e.highest = max(e.highest, c.ID)
	}
	slices.SortFunc(e.order, func(a, b int) int { return cmp.Compare(columns[a].ID, columns[b].ID) })
	return e
}

// Append writes the record of a row behind dst.
func (e *Encoder) Append(dst []byte, values []value.Value) []byte {
	dst = append(dst, version)
	dst = binary.AppendUvarint(dst, uint64(e.highest))
	last := uint32(0)
	for _, i := range e.order {
		if values[i].IsNull() {
			continue
		}
		id := e.columns[i].ID
		dst = appendValue(dst, uint64(id-last)<<4, values[i])
		last = id
	}
	return dst
}

// appendValue writes the head, with the form put into it, and the value.
func appendValue(dst []byte, head uint64, v value.Value) []byte {
	switch v.Kind() {
	case value.KindDate:
		return appendNumber(dst, head, v.Days())
	case value.KindFloat:
		dst = binary.AppendUvarint(dst, head|formFloat)
		return binary.LittleEndian.AppendUint64(dst, math.Float64bits(v.Float64()))
	case value.KindDecimal:
		return appendDecimal(dst, head, v)
	case value.KindDateTimeOffset:
		dst = binary.AppendUvarint(dst, head|formOffset)
		dst = binary.LittleEndian.AppendUint64(dst, uint64(v.Ticks()))
		return binary.LittleEndian.AppendUint16(dst, uint16(v.Offset()))
	case value.KindString, value.KindBytes, value.KindGUID:
		dst = binary.AppendUvarint(dst, head|formText)
		dst = binary.AppendUvarint(dst, uint64(len(v.Text())))
		return append(dst, v.Text()...)
	case value.KindVariant:
		in, t := v.Variant()
		dst = binary.AppendUvarint(dst, head|formVariant)
		dst = append(dst, byte(t.ID), t.Precision, t.Scale)
		dst = binary.LittleEndian.AppendUint16(dst, uint16(t.Length))
		if t.IsString() {
			dst = binary.AppendUvarint(dst, t.Collate().Number())
		}
		return appendValue(dst, 0, in)
	}
	return appendNumber(dst, head, v.Int64())
}

func appendNumber(dst []byte, head uint64, n int64) []byte {
	z := uint64(n<<1) ^ uint64(n>>63)
	if z < 1<<35 {
		return binary.AppendUvarint(binary.AppendUvarint(dst, head+formSmall), z)
	}
	return binary.LittleEndian.AppendUint64(binary.AppendUvarint(dst, head|formFixed), uint64(n))
}

func appendDecimal(dst []byte, head uint64, v value.Value) []byte {
	n, scale := v.Decimal()
	if small, ok := n.IsInt64(); ok {
		dst = append(binary.AppendUvarint(dst, head|formScaled), scale)
		return binary.AppendUvarint(dst, uint64(small<<1)^uint64(small>>63))
	}
	dst = append(binary.AppendUvarint(dst, head|formWide), scale)
	dst = binary.LittleEndian.AppendUint64(dst, n.Lo)
	return binary.LittleEndian.AppendUint64(dst, uint64(n.Hi))
}
