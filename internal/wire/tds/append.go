package tds

import (
	"encoding/binary"
	"math"
)

// The functions below append one value, with the length before it that its type asks for. What is called N is nullable:
// AppendNull appends NULL of any type.

// AppendNull appends NULL of type t in a row or an output parameter.
func AppendNull(dst []byte, t *TypeInfo) []byte {
	switch t.class() {
	case classShort:
		return append(dst, 0xFF, 0xFF)
	case classPLP:
		return append(dst, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF)
	case classVariant:
		return append(dst, 0, 0, 0, 0)
	case classFixed:
		return dst // there is none; TypeNull has no bytes
	}
	return append(dst, 0)
}

// AppendInt appends an integer of size bytes without a length.
func AppendInt(dst []byte, v int64, size int32) []byte {
	switch size {
	case 1:
		return append(dst, byte(v))
	case 2:
		return append(dst, byte(v), byte(v>>8))
	case 4:
		return append(dst, byte(v), byte(v>>8), byte(v>>16), byte(v>>24))
	}
	return binary.LittleEndian.AppendUint64(dst, uint64(v))
}

// AppendIntN appends an integer of size bytes; bit too.
func AppendIntN(dst []byte, v int64, size int32) []byte {
	return AppendInt(append(dst, byte(size)), v, size)
}

// AppendFloat appends a float of 4 or 8 bytes without a length.
func AppendFloat(dst []byte, v float64, size int32) []byte {
	if size == 4 {
		return binary.LittleEndian.AppendUint32(dst, math.Float32bits(float32(v)))
	}
	return binary.LittleEndian.AppendUint64(dst, math.Float64bits(v))
}

// AppendFloatN appends a float of 4 or 8 bytes.
func AppendFloatN(dst []byte, v float64, size int32) []byte {
	return AppendFloat(append(dst, byte(size)), v, size)
}

// AppendMoney appends ten-thousandths without a length; of eight bytes the high half goes first.
func AppendMoney(dst []byte, v int64, size int32) []byte {
	if size == 4 {
		return binary.LittleEndian.AppendUint32(dst, uint32(v))
	}
	dst = binary.LittleEndian.AppendUint32(dst, uint32(v>>32))
	return binary.LittleEndian.AppendUint32(dst, uint32(v))
}

// AppendMoneyN appends ten-thousandths.
func AppendMoneyN(dst []byte, v int64, size int32) []byte {
	return AppendMoney(append(dst, byte(size)), v, size)
}

// AppendDecimalN appends a decimal of 128 bits in size bytes, the sign's included (DecimalSize).
func AppendDecimalN(dst []byte, hi, lo uint64, negative bool, size int32) []byte {
	sign := byte(1)
	if negative {
		sign = 0
	}
	dst = binary.LittleEndian.AppendUint64(append(dst, byte(size), sign), lo)
	dst = binary.LittleEndian.AppendUint64(dst, hi)
	return dst[:len(dst)-16+int(size)-1]
}

// AppendDateN appends days since 0001-01-01.
func AppendDateN(dst []byte, days int32) []byte {
	return append(dst, 3, byte(days), byte(days>>8), byte(days>>16))
}

// ticks scaled down to a time's scale; what is below it has been rounded away before.
func scaled(ticks int64, scale uint8) int64 {
	for range 7 - min(scale, 7) {
		ticks /= 10
	}
	return ticks
}

func appendTicks(dst []byte, ticks int64, scale uint8) []byte {
	n := scaled(ticks, scale)
	dst = append(dst, byte(n), byte(n>>8), byte(n>>16))
	if scale >= 3 {
		dst = append(dst, byte(n>>24))
	}
	if scale >= 5 {
		dst = append(dst, byte(n>>32))
	}
	return dst
}

// sized puts the length of what follows at before it.
func sized(dst []byte, at int) []byte {
	dst[at] = byte(len(dst) - at - 1)
	return dst
}

// AppendTimeN appends hundreds of nanoseconds since midnight.
func AppendTimeN(dst []byte, ticks int64, scale uint8) []byte {
	return sized(appendTicks(append(dst, 0), ticks, scale), len(dst))
}

// AppendDateTime2N appends days since 0001-01-01 and hundreds of nanoseconds since midnight.
func AppendDateTime2N(dst []byte, days int32, ticks int64, scale uint8) []byte {
	at := len(dst)
	dst = appendTicks(append(dst, 0), ticks, scale)
	return sized(append(dst, byte(days), byte(days>>8), byte(days>>16)), at)
}

// AppendDateTimeOffsetN appends days and ticks of UTC, and the offset in minutes.
func AppendDateTimeOffsetN(dst []byte, days int32, ticks int64, offset int16, scale uint8) []byte {
	at := len(dst)
	dst = appendTicks(append(dst, 0), ticks, scale)
	return sized(append(dst, byte(days), byte(days>>8), byte(days>>16), byte(offset), byte(offset>>8)), at)
}

// AppendDateTime appends days since 1900-01-01 and 300ths of a second, without a length. Of four bytes, smalldatetime,
// the time counts minutes.
func AppendDateTime(dst []byte, days, thirds int32, size int32) []byte {
	if size == 4 {
		minutes := thirds / (60 * 300)
		return append(dst, byte(days), byte(days>>8), byte(minutes), byte(minutes>>8))
	}
	dst = binary.LittleEndian.AppendUint32(dst, uint32(days))
	return binary.LittleEndian.AppendUint32(dst, uint32(thirds))
}

// AppendDateTimeN is AppendDateTime with the length before it.
func AppendDateTimeN(dst []byte, days, thirds int32, size int32) []byte {
	return AppendDateTime(append(dst, byte(size)), days, thirds, size)
}

// AppendGUID appends 16 bytes in the wire's order.
func AppendGUID(dst []byte, guid string) []byte {
	return append(append(dst, 16), guid...)
}

// AppendBytes appends the bytes of a binary, varbinary, char or varchar of at most 8000.
func AppendBytes(dst []byte, b string) []byte {
	return append(binary.LittleEndian.AppendUint16(dst, uint16(len(b))), b...)
}

// AppendNVarChar appends a text of at most 4000 units.
func AppendNVarChar(dst []byte, s string) []byte {
	at := len(dst)
	dst = AppendText(append(dst, 0, 0), s)
	binary.LittleEndian.PutUint16(dst[at:], uint16(len(dst)-at-2))
	return dst
}

// AppendPLP appends the bytes of a (max) type or of a UDT, in one chunk.
func AppendPLP(dst []byte, b string) []byte {
	dst = binary.LittleEndian.AppendUint64(dst, uint64(len(b)))
	if len(b) > 0 {
		dst = append(binary.LittleEndian.AppendUint32(dst, uint32(len(b))), b...)
	}
	return append(dst, 0, 0, 0, 0)
}

// AppendPLPText appends a text of nvarchar(max) or xml, in one chunk.
func AppendPLPText(dst []byte, s string) []byte {
	at := len(dst)
	dst = AppendText(append(dst, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), s)
	n := len(dst) - at - 12
	binary.LittleEndian.PutUint64(dst[at:], uint64(n))
	if n == 0 {
		return dst // the chunk of length 0 is the end
	}
	binary.LittleEndian.PutUint32(dst[at+8:], uint32(n))
	return append(dst, 0, 0, 0, 0)
}

// AppendLong appends the bytes of a text or image in a row, with the text pointer that clients skip.
func AppendLong(dst []byte, b string) []byte {
	dst = appendPointer(dst)
	return append(binary.LittleEndian.AppendUint32(dst, uint32(len(b))), b...)
}

// AppendLongText appends an ntext in a row.
func AppendLongText(dst []byte, s string) []byte {
	dst = appendPointer(dst)
	at := len(dst)
	dst = AppendText(append(dst, 0, 0, 0, 0), s)
	binary.LittleEndian.PutUint32(dst[at:], uint32(len(dst)-at-4))
	return dst
}

// pointer is what SQL Server sends where no page is behind a value.
const pointer = "\x10dummy textptr\x00\x00\x00dummyTS\x00"

func appendPointer(dst []byte) []byte { return append(dst, pointer...) }

// AppendVariant appends a sql_variant: the base type with its properties, and the value without a length. value is what
// the base type's own function has appended, length included.
func AppendVariant(dst []byte, t *TypeInfo, value []byte) []byte {
	at := len(dst)
	dst = append(dst, 0, 0, 0, 0, byte(t.ID), 0)
	switch t.ID {
	case TypeTimeN, TypeDateTime2N, TypeDateTimeOffsetN:
		dst = append(dst, t.Scale)
	case TypeDecimalN, TypeNumericN:
		dst = append(dst, t.Precision, t.Scale)
	case TypeBigVarBinary, TypeBigBinary:
		dst = append(dst, byte(t.Size), byte(t.Size>>8))
	case TypeBigVarChar, TypeBigChar, TypeNVarChar, TypeNChar:
		dst = append(append(dst, t.Collation[:]...), byte(t.Size), byte(t.Size>>8))
	}
	dst[at+5] = byte(len(dst) - at - 6)
	switch t.class() {
	case classByte:
		value = value[1:]
	case classShort:
		value = value[2:]
	}
	dst = append(dst, value...)
	binary.LittleEndian.PutUint32(dst[at:], uint32(len(dst)-at-4))
	return dst
}

// AppendPLPStart begins a value of a (max) type of that many bytes, which follow in chunks.
func AppendPLPStart(dst []byte, size uint64) []byte {
	return binary.LittleEndian.AppendUint64(dst, size)
}

// AppendPLPChunk appends a chunk of bytes. An empty one would end the value, and is left out.
func AppendPLPChunk(dst []byte, b string) []byte {
	if b == "" {
		return dst
	}
	return append(binary.LittleEndian.AppendUint32(dst, uint32(len(b))), b...)
}

// AppendPLPChunkText appends a chunk of text.
func AppendPLPChunkText(dst []byte, s string) []byte {
	if s == "" {
		return dst
	}
	at := len(dst)
	dst = AppendText(append(dst, 0, 0, 0, 0), s)
	binary.LittleEndian.PutUint32(dst[at:], uint32(len(dst)-at-4))
	return dst
}

// AppendPLPEnd ends a value that AppendPLPStart began.
func AppendPLPEnd(dst []byte) []byte { return append(dst, 0, 0, 0, 0) }
