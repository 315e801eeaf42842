package value

import (
	"cmp"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/collate"
)

// Comparer compiles the comparison of two values of one type: -1, 0 or 1. NULL is the least and equal to itself, which
// is what ORDER BY and GROUP BY want; for = and < the caller has looked for NULL before.
func Comparer(t Type) func(a, b Value) int {
	f := comparer(t)
	return func(a, b Value) int {
		if a.kind == KindNull || b.kind == KindNull {
			return cmp.Compare(min(a.kind, 1), min(b.kind, 1))
		}
		return f(a, b)
	}
}

// comparer is for values that are not NULL.
func comparer(t Type) func(a, b Value) int {
	switch {
	case t.IsFloat():
		return func(a, b Value) int { return cmp.Compare(a.Float64(), b.Float64()) }
	case t.ID == Decimal:
		return compareDecimals
	case t.IsString() || t.ID == XML:
		c := t.Collate()
		return func(a, b Value) int { return c.Compare(a.text, b.text) }
	case t.IsBinary():
		return func(a, b Value) int { return compareBytes(a.text, b.text) }
	case t.ID == UniqueIdentifier:
		return func(a, b Value) int { return compareGUIDs(a.text, b.text) }
	case t.ID == Variant:
		return compareVariants
	}
	return func(a, b Value) int { return cmp.Compare(a.lo, b.lo) }
}

func compareDecimals(a, b Value) int {
	if a.scale == b.scale {
		return a.decimal().Cmp(b.decimal())
	}
	n, m, _, ok := aligned(a, b)
	if ok {
		return n.Cmp(m)
	}
	scale := max(a.scale, b.scale)
	x, y := a.decimal().Big(), b.decimal().Big()
	return x.Mul(x, bigPower(int(scale-a.scale))).Cmp(y.Mul(y, bigPower(int(scale-b.scale))))
}

// compareBytes pads the shorter with zeros.
func compareBytes(a, b string) int {
	return strings.Compare(strings.TrimRight(a, "\x00"), strings.TrimRight(b, "\x00"))
}

// guidOrder has the bytes of a uniqueidentifier from that which decides first: the last group leads.
var guidOrder = [16]int{10, 11, 12, 13, 14, 15, 8, 9, 6, 7, 4, 5, 0, 1, 2, 3}

func compareGUIDs(a, b string) int {
	if len(a) < 16 || len(b) < 16 {
		return strings.Compare(a, b)
	}
	for _, i := range guidOrder {
		if a[i] != b[i] {
			return cmp.Compare(a[i], b[i])
		}
	}
	return 0
}

// family orders what a sql_variant holds: of two families, values do not meet.
func family(t Type) int {
	switch {
	case t.IsDateTime():
		return 5
	case t.IsFloat():
		return 4
	case t.IsNumeric():
		return 3
	case t.IsString():
		return 2
	case t.IsBinary():
		return 1
	}
	return 0 // uniqueidentifier
}

// compareVariants compares within a family after conversion, and families by their rank.
func compareVariants(a, b Value) int {
	x, s := a.Variant()
	y, t := b.Variant()
	f, g := family(s), family(t)
	if f != g {
		return cmp.Compare(f, g)
	}
	if s.ID == Void || t.ID == Void {
		return cmp.Compare(s.ID, t.ID)
	}
	if f == 2 && s.Collation != t.Collation {
		return cmp.Compare(s.Collate().Number(), t.Collate().Number())
	}
	common := variantCommon(f, s, t)
	x, errX := Convert(x, s, common, NoStyle)
	y, errY := Convert(y, t, common, NoStyle)
	if errX != nil || errY != nil {
		return strings.Compare(x.text, y.text)
	}
	return comparer(common)(x, y)
}

// variantCommon is a type that holds all values of a family, so that keys of different base types meet in it.
func variantCommon(f int, s, t Type) Type {
	switch f {
	case 5:
		return Type{ID: DateTimeOffset, Scale: 7}
	case 4:
		return Of(Float)
	case 3:
		c := widen(AsDecimal(s), AsDecimal(t))
		return c
	case 2:
		return Type{ID: NVarChar, Length: Max, Collation: s.Collation}
	case 1:
		return Type{ID: VarBinary, Length: Max}
	}
	return s
}

// Hasher compiles a hash that is the same for values that Comparer finds equal, in every process.
func Hasher(t Type) func(v Value) uint64 {
	switch {
	case t.IsString() || t.ID == XML:
		c := t.Collate()
		return func(v Value) uint64 { return c.Hash(v.text) }
	case t.IsFloat():
		return func(v Value) uint64 {
			if v.Float64() == 0 {
				return mix(0)
			}
			return mix(uint64(v.lo))
		}
	case t.ID == Decimal:
		return func(v Value) uint64 {
			n, _ := v.normal()
			return mix(n.Lo ^ mix(uint64(n.Hi)))
		}
	case t.IsBinary() || t.ID == UniqueIdentifier:
		return func(v Value) uint64 { return hashBytes(strings.TrimRight(v.text, "\x00")) }
	case t.ID == Variant:
		return hashVariant
	}
	return func(v Value) uint64 { return mix(uint64(v.lo)) }
}

// normal takes zeros at the end of a decimal away, so that 1.50 and 1.5 are one.
func (v Value) normal() (Int128, uint8) {
	n, scale := v.decimal(), v.scale
	for scale > 0 {
		q := n.divPower(1, true)
		if m, _ := q.mulPower(1); m != n {
			break
		}
		n, scale = q, scale-1
	}
	return n, scale
}

func hashVariant(v Value) uint64 {
	in, t := v.Variant()
	if t.ID == Void {
		return 0
	}
	switch f := family(t); f {
	case 2:
		return Hasher(Type{ID: NVarChar, Collation: t.Collate()})(in)
	case 0:
		return hashBytes(in.text)
	default:
		common := variantCommon(f, t, t)
		c, err := Convert(in, t, common, NoStyle)
		if err != nil {
			return 0
		}
		return Hasher(common)(c)
	}
}

func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

func hashBytes(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}

// collationOf is the collation of a number in a sql_variant; the default where it is unknown.
func collationOf(n uint64) *collate.Collation {
	if c, ok := collate.ByNumber(n); ok {
		return c
	}
	return collate.Default()
}
