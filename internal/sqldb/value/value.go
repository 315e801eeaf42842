// Package value has the types and values of Transact-SQL: what a value is, how it converts, compares and computes, and
// the messages that SQL Server gives when it cannot. It is pure: it must never know of tables, of statements or of the
// wire, and it never asks for the time.
package value

import "math"

// Kind says how a Value is held. Several types share a kind: all of bit to bigint are KindInteger.
type Kind uint8

// The kinds of values. The zero Kind is NULL.
const (
	KindNull           Kind = iota
	KindInteger             // bit, tinyint, smallint, int, bigint
	KindMoney               // smallmoney, money, in units of 0.0001
	KindDecimal             // decimal: a 128 bit integer and the number of digits after the point
	KindFloat               // real, float
	KindDate                // date, as ticks of its midnight
	KindTime                // time, in ticks since midnight
	KindDateTime            // smalldatetime, datetime, datetime2, in ticks since 0001-01-01
	KindDateTimeOffset      // datetimeoffset, in ticks of UTC since 0001-01-01, and an offset in minutes
	KindGUID                // uniqueidentifier: 16 bytes in SQL Server's order of the wire
	KindString              // char to ntext and xml: UTF-8, in which a lone surrogate takes three bytes (WTF-8)
	KindBytes               // binary, varbinary, image, rowversion
	KindVariant             // sql_variant: one of the others, with its type
)

// Value is one value of Transact-SQL. The zero Value is NULL. It does not say which type it has (the plan's static
// types do), but for a sql_variant, which carries its own. Values are compared by Comparer and not by ==.
type Value struct {
	kind      Kind
	scale     uint8 // of a decimal
	offset    int16 // of a datetimeoffset, in minutes
	base      ID    // of a sql_variant: the type within; 0 otherwise
	precision uint8 // of a sql_variant's base type
	length    int16 // of a sql_variant's base type
	lo, hi    int64 // hi also holds the collation of a string within a sql_variant
	text      string
}

// Null is NULL of every type.
func Null() Value { return Value{} }

// OfInt makes a value of bit, tinyint, smallint, int or bigint.
func OfInt(n int64) Value { return Value{kind: KindInteger, lo: n} }

// OfBool makes a bit.
func OfBool(b bool) Value {
	if b {
		return OfInt(1)
	}
	return OfInt(0)
}

// OfFloat makes a real or a float. A real must have been rounded to 32 bits by its maker.
func OfFloat(f float64) Value { return Value{kind: KindFloat, lo: int64(math.Float64bits(f))} }

// OfString makes a character value of s, which is WTF-8: UTF-8 in which a lone surrogate takes three bytes.
func OfString(s string) Value { return Value{kind: KindString, text: s} }

// OfBytes makes a binary value; b holds its bytes.
func OfBytes(b string) Value { return Value{kind: KindBytes, text: b} }

// OfByteSlice makes a binary value of a copy of b.
func OfByteSlice(b []byte) Value { return Value{kind: KindBytes, text: string(b)} }

// OfGUID makes a uniqueidentifier of 16 bytes in the order of the wire (the first three groups little-endian).
func OfGUID(b [16]byte) Value { return Value{kind: KindGUID, text: string(b[:])} }

// OfMoney makes a money or smallmoney of n units of 0.0001.
func OfMoney(n int64) Value { return Value{kind: KindMoney, lo: n} }

// OfDecimal makes a decimal with the given number of digits after the point.
func OfDecimal(n Int128, scale uint8) Value {
	return Value{kind: KindDecimal, scale: scale, hi: n.Hi, lo: int64(n.Lo)}
}

// OfDate makes a date of the number of days since 0001-01-01.
func OfDate(days int64) Value { return Value{kind: KindDate, lo: days * TicksPerDay} }

// OfTime makes a time of ticks of 100 ns since midnight.
func OfTime(ticks int64) Value { return Value{kind: KindTime, lo: ticks} }

// OfDateTime makes a smalldatetime, datetime or datetime2 of ticks of 100 ns since 0001-01-01. The maker has rounded
// them to what the type can hold.
func OfDateTime(ticks int64) Value { return Value{kind: KindDateTime, lo: ticks} }

// OfDateTimeOffset makes a datetimeoffset of ticks of UTC and an offset in minutes.
func OfDateTimeOffset(utc int64, minutes int16) Value {
	return Value{kind: KindDateTimeOffset, lo: utc, offset: minutes}
}

// OfVariant makes a sql_variant of v, which has the type t. NULL stays NULL.
func OfVariant(v Value, t Type) Value {
	if v.kind == KindNull || v.base != 0 {
		return v
	}
	v.base, v.precision, v.length = t.ID, t.Precision, int16(t.Length)
	switch {
	case t.IsString():
		v.hi = 0
		if t.Collation != nil {
			v.hi = int64(t.Collation.Number())
		}
	case t.ID == Time || t.ID == DateTime2 || t.ID == DateTimeOffset:
		v.scale = t.Scale
	}
	return v
}

// Kind says how the value is held.
func (v Value) Kind() Kind {
	if v.base != 0 {
		return KindVariant
	}
	return v.kind
}

// IsNull reports whether the value is NULL.
func (v Value) IsNull() bool { return v.kind == KindNull }

// Int64 is the number of a KindInteger.
func (v Value) Int64() int64 { return v.lo }

// Bool reports whether a bit is 1.
func (v Value) Bool() bool { return v.lo != 0 }

// Float64 is the number of a KindFloat.
func (v Value) Float64() float64 { return math.Float64frombits(uint64(v.lo)) }

// Text is the string of a KindString, the bytes of a KindBytes, the 16 bytes of a KindGUID.
func (v Value) Text() string { return v.text }

// Money is the number of units of 0.0001 of a KindMoney.
func (v Value) Money() int64 { return v.lo }

// Decimal is the number of a KindDecimal without its point, and how many digits stand after the point.
func (v Value) Decimal() (Int128, uint8) { return Int128{Hi: v.hi, Lo: uint64(v.lo)}, v.scale }

// Days is the number of days since 0001-01-01 of a KindDate, KindDateTime or KindDateTimeOffset (in UTC).
func (v Value) Days() int64 { return v.lo / TicksPerDay }

// Ticks is the number of 100 ns since 0001-01-01, or since midnight for a KindTime. Of a datetimeoffset it is in UTC.
func (v Value) Ticks() int64 { return v.lo }

// LocalTicks is Ticks with the offset of a datetimeoffset added.
func (v Value) LocalTicks() int64 { return v.lo + int64(v.offset)*TicksPerMinute }

// Offset is the offset of a datetimeoffset in minutes.
func (v Value) Offset() int { return int(v.offset) }

// GUID gives the 16 bytes of a uniqueidentifier in the order of the wire.
func (v Value) GUID() (b [16]byte) {
	copy(b[:], v.text)
	return b
}

// Variant gives what a sql_variant holds and its type. Of any other value it gives the value and the zero Type.
func (v Value) Variant() (Value, Type) {
	if v.base == 0 {
		return v, Type{}
	}
	t := Type{ID: v.base, Precision: v.precision, Length: int32(v.length), Nullable: true}
	in := v
	in.base, in.precision, in.length = 0, 0, 0
	switch {
	case t.IsString():
		t.Collation = collationOf(uint64(v.hi))
		in.hi = 0
	case t.ID == Decimal:
		t.Scale = v.scale
	case t.ID == Time || t.ID == DateTime2 || t.ID == DateTimeOffset:
		t.Scale, in.scale = v.scale, 0
	}
	return in, t
}

// OfGUIDText is OfGUID of a string, which must have 16 bytes.
func OfGUIDText(b string) Value { return Value{kind: KindGUID, text: b} }
