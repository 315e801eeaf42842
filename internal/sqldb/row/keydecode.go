package row

import (
	"bytes"
	"encoding/binary"
	"math"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// corrupt is the fault of bytes that this package did not write.
func corrupt(op, message string) error {
	return &fault.Error{Kind: fault.Internal, Op: op, Message: message}
}

func decodeFloat(b []byte) float64 {
	u := binary.BigEndian.Uint64(b)
	if u>>63 == 1 {
		u &^= 1 << 63
	} else {
		u = ^u
	}
	return math.Float64frombits(u)
}

// whole reads what appendWide writes.
func whole(key []byte) (n value.Int128, size int, err error) {
	tag := int(key[0])
	size = tag - middle
	if tag < middle {
		size = middle - 1 - tag
		n = value.Int128{Hi: -1, Lo: math.MaxUint64}
	}
	if size > 8 && size != 16 || len(key) < 1+size {
		return n, 0, errKey
	}
	for _, b := range key[1 : 1+size] {
		n.Hi = n.Hi<<8 | int64(n.Lo>>56)
		n.Lo = n.Lo<<8 | uint64(b)
	}
	if (n.Hi < 0) != (tag < middle) {
		return n, 0, errKey
	}
	return n, 1 + size, nil
}

func decodeNumber(key []byte, t *value.Type, v *value.Value) (int, error) {
	n, size, err := whole(key)
	if err != nil {
		return 0, err
	}
	if t.ID == value.Decimal {
		*v = value.OfDecimal(n, t.Scale)
		return size, nil
	}
	small, ok := n.IsInt64()
	if !ok {
		return 0, errKey
	}
	switch {
	case t.IsMoney():
		*v = value.OfMoney(small)
	case t.IsInteger():
		*v = value.OfInt(small)
	case small < 0 || small > maxTicks:
		return 0, errKey
	case t.ID == value.Date:
		if small > maxDays {
			return 0, errKey
		}
		*v = value.OfDate(small)
	case t.ID == value.Time:
		*v = value.OfTime(small)
	case t.ID == value.DateTimeOffset: // the offset is not in the key
	default:
		*v = value.OfDateTime(small)
	}
	return size, nil
}

const (
	maxDays  = 3652058 // 9999-12-31
	maxTicks = (maxDays+1)*value.TicksPerDay - 1
)

func decodeRaw(key []byte, t *value.Type, v *value.Value) (int, error) {
	var out []byte
	for i := 1; i+1 < len(key); i++ {
		if key[i] != 0 {
			out = append(out, key[i])
			continue
		}
		i++
		switch key[i] {
		case escape:
			out = append(out, 0)
		case endOfRaw:
			if !Reversible(*t) {
				return i + 1, nil
			}
			size := t.MaxLength()
			if len(out) > size {
				return 0, errKey
			}
			*v = value.OfByteSlice(append(out, make([]byte, size-len(out))...))
			return i + 1, nil
		default:
			return 0, errKey
		}
	}
	return 0, errKey
}

func skipText(key []byte) (int, error) {
	end := bytes.IndexByte(key[1:], endOfText)
	if end < 0 {
		return 0, errKey
	}
	return end + 2, nil
}

// skipVariant passes over a sql_variant.
func skipVariant(key []byte) (int, error) {
	rest := key[1:]
	if len(rest) == 0 {
		return 0, errKey
	}
	switch key[0] {
	case 6:
		_, n, err := whole(rest)
		return 1 + n, err
	case 5:
		if len(rest) < 8 {
			return 0, errKey
		}
		return 9, nil
	case 4:
		_, n, err := whole(rest)
		if err != nil || len(rest) == n {
			return 0, errKey
		}
		_, m, err := whole(rest[n:])
		return 1 + n + m, err
	case 3:
		if len(rest) < 9 {
			return 0, errKey
		}
		n, err := skipText(rest[7:])
		return 8 + n, err
	case 2:
		var v value.Value
		return decodeRaw(key, &value.Type{ID: value.VarBinary}, &v)
	case 1:
		if len(rest) < 16 {
			return 0, errKey
		}
		return 17, nil
	}
	return 0, errKey
}
