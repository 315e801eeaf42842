package value

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	oldrand "math/rand"
)

// newRand gives math/big the generator that it takes.
func newRand(r *rand.Rand) *oldrand.Rand { return oldrand.New(oldrand.NewSource(r.Int64())) }

func TestTypeOf(t *testing.T) {
	for _, c := range []struct {
		name string
		args []int
		want string
	}{
		{"INT", nil, "int 4 10 0"},
		{"integer", nil, "int 4 10 0"},
		{"varchar", nil, "varchar(30) 30 0 0"},
		{"nvarchar", []int{50}, "nvarchar(50) 100 0 0"},
		{"nvarchar", []int{Max}, "nvarchar(max) -1 0 0"},
		{"sysname", nil, "nvarchar(128) 256 0 0"},
		{"decimal", nil, "decimal(18,0) 9 18 0"},
		{"numeric", []int{38, 10}, "numeric(38,10) 17 38 10"},
		{"float", nil, "float 8 53 0"},
		{"float", []int{24}, "real 4 24 0"},
		{"datetime2", nil, "datetime2(7) 8 27 7"},
		{"datetime2", []int{0}, "datetime2(0) 6 19 0"},
		{"time", []int{3}, "time(3) 4 12 3"},
		{"datetimeoffset", nil, "datetimeoffset(7) 10 34 7"},
		{"datetime", nil, "datetime 8 23 3"},
		{"money", nil, "money 8 19 4"},
		{"uniqueidentifier", nil, "uniqueidentifier 16 0 0"},
		{"rowversion", nil, "timestamp 8 0 0"},
		{"character varying", []int{5}, "varchar(5) 5 0 0"},
		{"nonsense", nil, "2715: Column, parameter, or variable #1: Cannot find data type nonsense."},
		{"varchar", []int{8001}, "131: The size (8001) given to the type 'varchar' exceeds the maximum allowed for any data type (8000)."},
		{"nvarchar", []int{4001}, "2717: The size (4001) given to the type 'nvarchar' exceeds the maximum allowed (4000)."},
		{"varchar", []int{0}, "1001: Line 1: Length or precision specification 0 is invalid."},
		{"char", []int{Max}, "1001: Line 1: Length or precision specification -1 is invalid."},
		{"int", []int{4}, "2716: Column, parameter, or variable #1: Cannot specify a column width on data type int."},
		{"decimal", []int{39}, "2750: Column or parameter #1: Specified column precision 39 is greater than the maximum precision of 38."},
		{"decimal", []int{5, 6}, "2751: Column or parameter #1: Specified column scale 6 is greater than the specified precision of 5."},
		{"time", []int{8}, "1002: Line 1: Specified scale 8 is invalid."},
	} {
		got, err := TypeOf(c.name, 30, c.args...)
		text := ""
		var e *Error
		if errors.As(err, &e) {
			text = Int128Of(int64(e.Number)).String() + ": " + e.Text
		} else {
			text = got.String()
			for _, n := range []int{got.MaxLength(), got.DisplayPrecision(), got.DisplayScale()} {
				text += " " + Int128Of(int64(n)).String()
			}
		}
		if text != c.want {
			t.Errorf("TypeOf(%s, %v) = %q, want %q", c.name, c.args, text, c.want)
		}
	}
	if n, _ := TypeOf("numeric", 1, 5, 2); n.SystemTypeID() != 108 || n.UserTypeID() != 108 || !Same(n, DecimalOf(5, 2)) || !Same(DecimalOf(5, 2), n) {
		t.Errorf("numeric is %+v", n)
	}
	for id := Bit; id < idCount; id++ {
		if back, ok := IDOf(strings.ToUpper(id.String())); !ok || back != id {
			t.Errorf("IDOf(%s) = %v", id, back)
		}
	}
}

// Every conversion that the chart has works or gives a message, on any value, and gives a value of its type; what it
// turns into bytes comes back from them.
func TestConversionsOfAll(t *testing.T) {
	samples := map[ID][]string{
		Bit: {"0", "1"}, TinyInt: {"0", "255"}, SmallInt: {"-32768", "7"}, Int: {"-2147483648", "41"}, BigInt: {"-9223372036854775808", "9"},
		Decimal: {"-1.5", "12345.67"}, SmallMoney: {"-1.5"}, Money: {"922337203685477.5807"}, Real: {"1.5", "-3e38"}, Float: {"1e308", "-0.001"},
		Date: {"0001-01-01", "9999-12-31", "2026-05-06"}, Time: {"00:00", "23:59:59.9999999"}, SmallDateTime: {"1900-01-01", "2079-06-06"},
		DateTime: {"1753-01-01", "9999-12-31 23:59:59.997"}, DateTime2: {"0001-01-01", "9999-12-31 23:59:59.9999999"},
		DateTimeOffset: {"2026-01-01 00:00 -14:00", "9999-12-31 00:00 +14:00"}, Char: {"a", "12"}, VarChar: {"", "x y", "2026-01-01"}, NChar: {"é"},
		NVarChar: {"\U0001F600", "1.5"}, Text: {"t"}, NText: {"n"}, UniqueIdentifier: {"6F9619FF-8B86-D011-B42D-00C04FC964FF"}, XML: {"<a/>"},
	}
	facets := func(id ID) Type {
		t := Of(id)
		if id == Decimal {
			t.Precision, t.Scale = 12, 3
		}
		if id == Char || id == NChar || id == Binary {
			t.Length = 40
		}
		return t
	}
	for from := Bit; from < idCount; from++ {
		for _, text := range append(samples[from], "\x01\x02") {
			a := facets(from)
			v, err := Convert(OfString(text), Sized(VarChar, Max), a, NoStyle)
			if err != nil {
				continue
			}
			for to := Bit; to < idCount; to++ {
				b := facets(to)
				if !Explicit(a, b) {
					if _, err := Convert(v, a, b, NoStyle); err == nil {
						t.Errorf("%s to %s is not in the chart and works", a, b)
					}
					continue
				}
				w, err := Convert(v, a, b, NoStyle)
				var e *Error
				if err != nil && (!errors.As(err, &e) || e.Number == 0 || e.Text == "") {
					t.Errorf("%s %q to %s: %v", a, text, b, err)
				}
				if err == nil && w.Kind() == KindNull {
					t.Errorf("%s %q to %s is NULL", a, text, b)
				}
				if err == nil && (to == VarBinary || to == Variant) && Explicit(b, a) {
					if back, err := Convert(w, b, a, NoStyle); err != nil || Comparer(a)(back, v) != 0 {
						t.Errorf("%s %q through %s: %+v, %v, was %+v", a, text, b, back, err, v)
					}
				}
			}
		}
	}
}

func TestAssign(t *testing.T) {
	for _, c := range []struct {
		text     string
		from, to Type
		want     string
	}{
		{"abcd", Sized(VarChar, 10), Sized(VarChar, 3), "8152: String or binary data would be truncated."},
		{"abc  ", Sized(VarChar, 10), Sized(VarChar, 3), "abc"},
		{"abc", Sized(VarChar, 10), Sized(Char, 5), "abc  "},
		{"éé", Sized(NVarChar, 10), Sized(VarChar, 2), "éé"},
		{"\U0001F600", Sized(NVarChar, 10), Sized(NVarChar, 1), "8152: String or binary data would be truncated."},
		{"12345", Of(Int), Sized(VarChar, 3), "*"},
	} {
		v, err := Assigner(c.from, c.to)(literal(t, c.text, c.from))
		got := v.Text()
		var e *Error
		if errors.As(err, &e) {
			got = Int128Of(int64(e.Number)).String() + ": " + e.Text
		}
		if got != c.want {
			t.Errorf("%q of %s to %s: %q, want %q", c.text, c.from, c.to, got, c.want)
		}
	}
	if got := Truncated("db.dbo.t", "c", OfString("abcd"), Sized(VarChar, 3)).Text; got != "String or binary data would be truncated in table 'db.dbo.t', column 'c'. Truncated value: 'abc'." {
		t.Error(got)
	}
}

func TestCompareValues(t *testing.T) {
	guid := func(s string) Value {
		b, ok := parseGUID(s)
		if !ok {
			t.Fatal(s)
		}
		return OfGUIDText(b)
	}
	variant := func(text string, typ Type) Value { return OfVariant(literal(t, text, typ), typ) }
	for _, c := range []struct {
		t    Type
		a, b Value
		want int
	}{
		{Of(Int), Null(), OfInt(-5), -1},
		{Of(Int), Null(), Null(), 0},
		{DecimalOf(5, 2), OfDecimal(Int128Of(150), 2), OfDecimal(Int128Of(15), 1), 0},
		{Sized(VarBinary, 5), OfBytes("a\x00"), OfBytes("a"), 0},
		{Of(UniqueIdentifier), guid("00000000-0000-0000-0000-010000000000"), guid("FFFFFFFF-FFFF-FFFF-FFFF-000000000000"), 1},
		{Of(UniqueIdentifier), guid("01000000-0000-0000-0000-000000000000"), guid("00000001-0000-0000-0000-000000000000"), -1},
		{Of(Variant), variant("1", Of(Int)), variant("1.0", DecimalOf(3, 1)), 0},
		{Of(Variant), variant("9", Of(Int)), variant("1", Sized(VarChar, 1)), 1},
		{Of(Variant), variant("2026-01-01", Of(Date)), variant("9e99", Of(Float)), 1},
		{Of(Variant), variant("abc", Sized(VarChar, 9)), variant("ABC", Sized(NVarChar, 9)), 0},
	} {
		if got := Comparer(c.t)(c.a, c.b); got != c.want {
			t.Errorf("%s: %+v and %+v give %d, want %d", c.t, c.a, c.b, got, c.want)
		}
		if got := Comparer(c.t)(c.b, c.a); got != -c.want {
			t.Errorf("%s: %+v and %+v give %d, want %d", c.t, c.b, c.a, got, -c.want)
		}
	}
}

func FuzzConvertText(f *testing.F) {
	for _, s := range []string{"1", "-1.5e3", "2026-01-02T03:04:05.678+09:00", "Jan 2 26 3pm", "$(1,2)", "<a>", "{6F9619FF-8B86-D011-B42D-00C04FC964FF}", "12:30:99", "\xff", "0x1f"} {
		for id := Bit; id < idCount; id++ {
			f.Add(s, uint8(id), 0)
		}
	}
	f.Fuzz(func(t *testing.T, s string, pick uint8, style int) {
		to := Of(ID(pick%uint8(idCount-1)) + 1)
		from := Sized(NVarChar, Max)
		v, err := Convert(OfString(s), from, to, style)
		if err != nil || !Explicit(to, from) {
			return
		}
		if _, err := Convert(v, to, from, NoStyle); err != nil {
			t.Fatalf("%q as %s cannot be written: %v", s, to, err)
		}
		Comparer(to)(v, v)
		Hasher(to)(v)
	})
}

func FuzzConvertBytes(f *testing.F) {
	f.Add([]byte{1, 2, 3, 4, 5, 6, 7, 8}, uint8(3))
	f.Add([]byte{5, 2, 0, 1, 15, 0, 0, 0}, uint8(6))
	f.Fuzz(func(t *testing.T, b []byte, pick uint8) {
		to := Of(ID(pick%uint8(idCount-1)) + 1)
		from := Sized(VarBinary, Max)
		v, err := Convert(OfByteSlice(b), from, to, NoStyle)
		if err != nil {
			return
		}
		if !Explicit(to, Sized(NVarChar, Max)) {
			return
		}
		if _, err := Convert(v, to, Sized(NVarChar, Max), NoStyle); err != nil {
			t.Fatalf("%x as %s cannot be written: %v", b, to, err)
		}
	})
}
