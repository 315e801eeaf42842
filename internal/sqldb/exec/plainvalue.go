package exec

import (
	"encoding/binary"
	"math"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/collate"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// plainValue reads what appendPlain has written.
func plainValue(b []byte) (value.Value, []byte, error) {
	if len(b) == 0 {
		return value.Null(), nil, errSpill(nil)
	}
	kind := value.Kind(b[0])
	b = b[1:]
	switch kind {
	case value.KindNull:
		return value.Null(), b, nil
	case value.KindString, value.KindBytes, value.KindGUID:
		return plainText(kind, b)
	case value.KindVariant:
		return plainVariant(b)
	case value.KindDecimal:
		if len(b) < 17 {
			return value.Null(), nil, errSpill(nil)
		}
		n := value.Int128{Lo: binary.LittleEndian.Uint64(b[1:]), Hi: int64(binary.LittleEndian.Uint64(b[9:]))}
		return value.OfDecimal(n, b[0]), b[17:], nil
	case value.KindDateTimeOffset:
		if len(b) < 10 {
			return value.Null(), nil, errSpill(nil)
		}
		return value.OfDateTimeOffset(int64(binary.LittleEndian.Uint64(b[2:])), int16(binary.LittleEndian.Uint16(b))), b[10:], nil
	}
	if len(b) < 8 {
		return value.Null(), nil, errSpill(nil)
	}
	v, err := plainNumber(kind, int64(binary.LittleEndian.Uint64(b)))
	return v, b[8:], err
}

func plainText(kind value.Kind, b []byte) (value.Value, []byte, error) {
	n, used := binary.Uvarint(b)
	if used <= 0 || n > uint64(len(b)-used) {
		return value.Null(), nil, errSpill(nil)
	}
	text, rest := b[used:used+int(n)], b[used+int(n):]
	switch {
	case kind == value.KindString:
		return value.OfString(string(text)), rest, nil
	case kind == value.KindBytes:
		return value.OfByteSlice(text), rest, nil
	case n != 16:
		return value.Null(), nil, errSpill(nil)
	}
	return value.OfGUID([16]byte(text)), rest, nil
}

func plainNumber(kind value.Kind, n int64) (value.Value, error) {
	switch kind {
	case value.KindInteger:
		return value.OfInt(n), nil
	case value.KindMoney:
		return value.OfMoney(n), nil
	case value.KindFloat:
		return value.OfFloat(math.Float64frombits(uint64(n))), nil
	case value.KindDate:
		return value.OfDate(n / value.TicksPerDay), nil
	case value.KindTime:
		return value.OfTime(n), nil
	case value.KindDateTime:
		return value.OfDateTime(n), nil
	}
	return value.Null(), errSpill(nil)
}

func plainVariant(b []byte) (value.Value, []byte, error) {
	if len(b) < 16 || value.Kind(b[15]) == value.KindVariant {
		return value.Null(), nil, errSpill(nil)
	}
	t := value.Type{
		ID: value.ID(b[0]), Precision: b[1], Scale: b[2], Length: int32(binary.LittleEndian.Uint32(b[3:])), Nullable: true,
	}
	if number := binary.LittleEndian.Uint64(b[7:]); number != 0 {
		t.Collation, _ = collate.ByNumber(number)
	}
	in, rest, err := plainValue(b[15:])
	return value.OfVariant(in, t), rest, err
}
