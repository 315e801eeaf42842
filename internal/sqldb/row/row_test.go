package row

import (
	"bytes"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/collate"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

func collation(t testing.TB, name string) *collate.Collation {
	t.Helper()
	c, ok := collate.Lookup(name)
	if !ok {
		t.Fatalf("no collation %s", name)
	}
	return c
}

func types(t testing.TB) []value.Type {
	str := func(id value.ID, n int32, name string) value.Type {
		return value.Type{ID: id, Length: n, Nullable: true, Collation: collation(t, name)}
	}
	return []value.Type{
		value.Of(value.Bit), value.Of(value.TinyInt), value.Of(value.SmallInt), value.Of(value.Int), value.Of(value.BigInt),
		value.DecimalOf(9, 2), value.DecimalOf(38, 10), value.Of(value.Money), value.Of(value.Float),
		value.Of(value.Date), value.Scaled(value.Time, 7), value.Of(value.DateTime), value.Scaled(value.DateTime2, 7),
		value.Scaled(value.DateTimeOffset, 7), value.Of(value.UniqueIdentifier), value.Sized(value.Binary, 8),
		value.Sized(value.VarBinary, 40),
		str(value.NVarChar, 40, collate.DefaultName), str(value.VarChar, 40, "Latin1_General_100_CS_AS"),
		str(value.NVarChar, 40, "Latin1_General_BIN2"), str(value.NVarChar, 40, "Latin1_General_CI_AI"),
		str(value.NVarChar, 40, "Turkish_CI_AS"), str(value.NVarChar, 40, "Finnish_Swedish_CI_AS"),
		str(value.NVarChar, 40, "Japanese_XJIS_140_CS_AS_KS_WS"),
		value.Of(value.Variant),
	}
}

var letters = []string{"a", "A", "b", "B", "é", "É", "e\u0301", "e", "z", "Z", " ", "  ", "\t", "-", "'", "_", "1", "2", "ß", "ss", "ñ", "ö", "Ö", "å", "i", "I", "ı", "İ", "日", "ア", "あ", "ｱ", "Ａ", "😀", "\x00", "\x1f", "\xed\xa0\xbd", "я", "Я"}

func randomString(r *rand.Rand) string {
	s := ""
	for range r.IntN(5) {
		s += letters[r.IntN(len(letters))]
	}
	return s
}

func randomValue(r *rand.Rand, t value.Type) value.Value {
	if r.IntN(12) == 0 {
		return value.Null()
	}
	small := func(n int64) int64 { return r.Int64N(n) }
	maxTicks := int64(3652059) * value.TicksPerDay
	switch {
	case t.ID == value.Bit:
		return value.OfInt(small(2))
	case t.ID == value.TinyInt:
		return value.OfInt(small(256))
	case t.IsInteger():
		n := r.Int64() >> r.IntN(64)
		if t.ID == value.SmallInt {
			n = int64(int16(n))
		}
		if t.ID == value.Int {
			n = int64(int32(n))
		}
		if r.IntN(2) == 0 {
			n = -n - 1
		}
		return value.OfInt(n)
	case t.ID == value.Decimal && t.Precision < 19:
		return value.OfDecimal(value.Int128Of(small(2000)-1000), t.Scale)
	case t.ID == value.Decimal:
		n := value.Int128{Hi: r.Int64N(1<<62) >> r.IntN(63), Lo: r.Uint64()}
		if r.IntN(2) == 0 {
			n = n.Neg()
		}
		return value.OfDecimal(n, t.Scale)
	case t.IsMoney():
		return value.OfMoney(small(200000) - 100000)
	case t.IsFloat():
		return value.OfFloat([]float64{0, math.Copysign(0, -1), 1.5, -1.5, 1e300, -1e300, math.SmallestNonzeroFloat64, r.NormFloat64()}[r.IntN(8)])
	case t.ID == value.Date:
		return value.OfDate(small(3652059))
	case t.ID == value.Time:
		return value.OfTime(small(value.TicksPerDay))
	case t.ID == value.DateTimeOffset:
		return value.OfDateTimeOffset(small(50)*value.TicksPerDay+maxTicks/2, int16(small(1681)-840))
	case t.IsDateTime():
		return value.OfDateTime(small(maxTicks))
	case t.ID == value.UniqueIdentifier:
		var b [16]byte
		for i := range b {
			b[i] = byte(r.IntN(3))
		}
		return value.OfGUID(b)
	case t.ID == value.Binary:
		b := make([]byte, t.Length)
		for i := range b {
			b[i] = byte(r.IntN(3)) * 127
		}
		return value.OfByteSlice(b)
	case t.IsBinary():
		b := make([]byte, r.IntN(6))
		for i := range b {
			b[i] = []byte{0, 1, 0xff}[r.IntN(3)]
		}
		return value.OfByteSlice(b)
	case t.ID == value.Variant:
		return randomVariant(r)
	}
	return value.OfString(randomString(r))
}

func randomVariant(r *rand.Rand) value.Value {
	inner := []value.Type{
		value.Of(value.Int), value.DecimalOf(9, 2), value.Of(value.Money), value.Of(value.Float), value.Of(value.Date),
		value.Scaled(value.DateTime2, 3), value.Scaled(value.DateTimeOffset, 7), value.Of(value.UniqueIdentifier),
		value.Sized(value.VarBinary, 40),
		{ID: value.NVarChar, Length: 40, Collation: collate.Default()},
	}[r.IntN(10)]
	v := randomValue(r, inner)
	return value.OfVariant(v, inner)
}

func sign(n int) int { return max(-1, min(1, n)) }

// The order of keys is that of values, in both directions, and equal keys are those of equal values.
func TestKeyOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, typ := range types(t) {
		compare, hash := value.Comparer(typ), value.Hasher(typ)
		for range 3000 {
			a, b := randomValue(r, typ), randomValue(r, typ)
			want := sign(compare(a, b))
			if back := sign(compare(b, a)); back != -want {
				t.Fatalf("%s: Comparer(%q, %q) = %d, the other way %d", typ, a.Text(), b.Text(), want, back)
			}
			if want == 0 && !a.IsNull() && hash(a) != hash(b) {
				t.Fatalf("%s: %q and %q are equal and hash differently", typ, a.Text(), b.Text())
			}
			up, down := []KeyColumn{{Type: typ}}, []KeyColumn{{Type: typ, Desc: true}}
			ka, kb := AppendKey(nil, up, []value.Value{a}), AppendKey(nil, up, []value.Value{b})
			if got := bytes.Compare(ka, kb); got != want {
				t.Fatalf("%s %v: %+v (%q) and %+v (%q): keys %x and %x give %d, Comparer %d", typ, typ.Collate().Name(), a, a.Text(), b, b.Text(), ka, kb, got, want)
			}
			ka, kb = AppendKey(nil, down, []value.Value{a}), AppendKey(nil, down, []value.Value{b})
			if got := bytes.Compare(ka, kb); got != -want {
				t.Fatalf("%s: descending keys of %+v and %+v give %d, Comparer %d", typ, a, b, got, want)
			}
		}
	}
}

// Keys of several columns compare column by column, and what is reversible comes back.
func TestKeyOfColumns(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	all := types(t)
	for range 3000 {
		columns := make([]KeyColumn, 1+r.IntN(4))
		a, b := make([]value.Value, len(columns)), make([]value.Value, len(columns))
		want := 0
		for i := range columns {
			columns[i] = KeyColumn{Type: all[r.IntN(len(all))], Desc: r.IntN(2) == 0}
			a[i], b[i] = randomValue(r, columns[i].Type), randomValue(r, columns[i].Type)
			if r.IntN(2) == 0 {
				b[i] = a[i]
			}
			if c := sign(value.Comparer(columns[i].Type)(a[i], b[i])); want == 0 && c != 0 {
				if want = c; columns[i].Desc {
					want = -c
				}
			}
		}
		ka, kb := AppendKey(nil, columns, a), AppendKey(nil, columns, b)
		if got := bytes.Compare(ka, kb); got != want {
			t.Fatalf("%v %v: got %d, want %d", a, b, got, want)
		}
		back := make([]value.Value, len(columns))
		rest, err := DecodeKey(append(ka, "tail"...), columns, back)
		if err != nil || string(rest) != "tail" {
			t.Fatalf("DecodeKey of %+v: %q, %v", a, rest, err)
		}
		for i, c := range columns {
			if Reversible(c.Type) && value.Comparer(c.Type)(a[i], back[i]) != 0 {
				t.Fatalf("%s: %+v came back as %+v", c.Type, a[i], back[i])
			}
		}
	}
}

// A record gives back the very values, in any choice and order of columns.
func TestRecord(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	all := types(t)
	for range 2000 {
		columns := make([]Column, 1+r.IntN(8))
		values := make([]value.Value, len(columns))
		for i := range columns {
			columns[i] = Column{ID: uint32(1 + i*(1+r.IntN(40)) + i), Type: all[r.IntN(len(all))]}
			values[i] = randomValue(r, columns[i].Type)
		}
		if hasTwice(columns) {
			continue
		}
		record := NewEncoder(columns).Append(nil, values)
		order := r.Perm(len(columns))[:r.IntN(len(columns)+1)]
		wanted := make([]Column, len(order))
		for i, at := range order {
			wanted[i] = columns[at]
		}
		got := make([]value.Value, len(order))
		if err := NewDecoder(wanted).Decode(record, got, r.IntN(2) == 0); err != nil {
			t.Fatalf("Decode: %v", err)
		}
		for i, at := range order {
			if !same(got[i], values[at]) {
				t.Fatalf("%s: %+v came back as %+v", columns[at].Type, values[at], got[i])
			}
		}
	}
}

func same(a, b value.Value) bool {
	if a.Kind() == value.KindFloat && b.Kind() == value.KindFloat {
		return math.Float64bits(a.Float64()) == math.Float64bits(b.Float64())
	}
	return a == b
}

func hasTwice(columns []Column) bool {
	seen := map[uint32]bool{}
	for _, c := range columns {
		if seen[c.ID] {
			return true
		}
		seen[c.ID] = true
	}
	return false
}

// A column that came after the record has its Missing value there, a dropped one is passed over.
func TestRecordOfOtherColumns(t *testing.T) {
	old := []Column{{ID: 1, Type: value.Of(value.Int)}, {ID: 2, Type: value.Of(value.Int)}, {ID: 3, Type: value.Of(value.Int)}}
	record := NewEncoder(old).Append(nil, []value.Value{value.OfInt(10), value.OfInt(20), value.Null()})
	now := []Column{old[0], old[2], {ID: 4, Type: value.Of(value.Int), Missing: value.OfInt(7)}}
	got := make([]value.Value, 3)
	if err := NewDecoder(now).Decode(record, got, false); err != nil {
		t.Fatal(err)
	}
	if got[0] != value.OfInt(10) || !got[1].IsNull() || got[2] != value.OfInt(7) {
		t.Errorf("got %+v", got)
	}
	bigger := []Column{{ID: 1, Type: value.Of(value.BigInt)}}
	if err := NewDecoder(bigger).Decode(record, got, false); err != nil || got[0] != value.OfInt(10) {
		t.Errorf("int read as bigint: %+v, %v", got[0], err)
	}
}

func FuzzDecodeKey(f *testing.F) {
	all := types(f)
	r := rand.New(rand.NewPCG(1, 1))
	for i, typ := range all {
		f.Add(AppendKey(nil, []KeyColumn{{Type: typ}}, []value.Value{randomValue(r, typ)}), uint8(i), false)
	}
	f.Fuzz(func(t *testing.T, key []byte, pick uint8, desc bool) {
		column := []KeyColumn{{Type: all[int(pick)%len(all)], Desc: desc}}
		v := make([]value.Value, 1)
		rest, err := DecodeKey(key, column, v)
		if err != nil || !Reversible(column[0].Type) {
			return
		}
		again := AppendKey(nil, column, v)
		back := make([]value.Value, 1)
		if tail, err := DecodeKey(again, column, back); err != nil || len(tail) != 0 || !same(back[0], v[0]) {
			t.Fatalf("%x (rest %x) of %s gives %+v and then %+v, %v", key, rest, column[0].Type, v[0], back[0], err)
		}
	})
}

func FuzzDecodeRecord(f *testing.F) {
	var columns []Column
	r := rand.New(rand.NewPCG(2, 2))
	for i, typ := range types(f) {
		columns = append(columns, Column{ID: uint32(i + 1), Type: typ})
	}
	values := make([]value.Value, len(columns))
	for range 20 {
		for i := range columns {
			values[i] = randomValue(r, columns[i].Type)
		}
		f.Add(NewEncoder(columns).Append(nil, values))
	}
	d := NewDecoder(columns)
	f.Fuzz(func(t *testing.T, record []byte) {
		got := make([]value.Value, len(columns))
		if d.Decode(record, got, true) != nil {
			return
		}
		again := NewEncoder(columns).Append(nil, got)
		back := make([]value.Value, len(columns))
		if err := d.Decode(again, back, false); err != nil {
			t.Fatal(err)
		}
		for i := range got {
			if !same(got[i], back[i]) {
				t.Fatalf("column %d: %+v, then %+v", i, got[i], back[i])
			}
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	columns := []Column{
		{ID: 1, Type: value.Of(value.Int)},
		{ID: 2, Type: value.Sized(value.NVarChar, 50)},
		{ID: 3, Type: value.DecimalOf(18, 2)},
		{ID: 4, Type: value.Of(value.DateTime)},
	}
	values := []value.Value{value.OfInt(123456), value.OfString("some name"), value.OfDecimal(value.Int128Of(1999), 2), value.OfDateTime(638000000000000000)}
	record := NewEncoder(columns).Append(nil, values)
	d := NewDecoder(columns)
	for _, stable := range []bool{true, false} {
		b.Run(map[bool]string{true: "stable", false: "copied"}[stable], func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := d.Decode(record, values, stable); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
