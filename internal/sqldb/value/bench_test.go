package value

import "testing"

func BenchmarkOperators(b *testing.B) {
	d := func(n int64) Value { return OfDecimal(Int128Of(n), 2) }
	for _, c := range []struct {
		name string
		op   Op
		t    Type
		x, y Value
	}{
		{"int+int", OpAdd, Of(Int), OfInt(5), OfInt(7)},
		{"decimal+decimal", OpAdd, DecimalOf(18, 2), d(123456), d(99)},
		{"decimal*decimal", OpMul, DecimalOf(18, 2), d(123456), d(99)},
		{"decimal/decimal", OpDiv, DecimalOf(18, 2), d(123456), d(99)},
		{"float*float", OpMul, Of(Float), OfFloat(1.5), OfFloat(2.5)},
	} {
		f, _, err := Operator(c.op, c.t, c.t)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := f(c.x, c.y); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkComparers(b *testing.B) {
	for _, c := range []struct {
		name string
		t    Type
		x, y Value
	}{
		{"int", Of(Int), OfInt(5), OfInt(7)},
		{"decimal", DecimalOf(18, 2), OfDecimal(Int128Of(5), 2), OfDecimal(Int128Of(6), 2)},
		{"nvarchar", Sized(NVarChar, 50), OfString("some name here"), OfString("Some Name There")},
		{"datetime", Of(DateTime), OfDateTime(5), OfDateTime(6)},
	} {
		f := Comparer(c.t)
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				f(c.x, c.y)
			}
		})
	}
}

func BenchmarkConverters(b *testing.B) {
	for _, c := range []struct {
		name     string
		from, to Type
		v        Value
	}{
		{"varchar to int", Sized(VarChar, 20), Of(Int), OfString("123456")},
		{"int to nvarchar", Of(Int), Sized(NVarChar, 20), OfInt(123456)},
		{"varchar to datetime", Sized(VarChar, 30), Of(DateTime), OfString("2026-01-02 03:04:05.678")},
		{"datetime to varchar", Of(DateTime), Sized(VarChar, 30), OfDateTime(638000000000000000)},
		{"nvarchar to varchar", Sized(NVarChar, 30), Sized(VarChar, 30), OfString("plain text")},
	} {
		f := Converter(c.from, c.to)
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := f(c.v); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
