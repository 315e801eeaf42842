package value

import (
	"errors"
	"math/big"
	"math/rand/v2"
	"testing"
)

// operate computes a op b from texts and shows result and type.
func operate(t *testing.T, op Op, a string, ta Type, b string, tb Type) string {
	t.Helper()
	f, typ, err := Operator(op, ta, tb)
	if err == nil {
		var v Value
		if v, err = f(literal(t, a, ta), literal(t, b, tb)); err == nil {
			return textOf(v, typ, Sized(NVarChar, Max), 121) + " " + typ.String()
		}
	}
	var e *Error
	if errors.As(err, &e) {
		return Int128Of(int64(e.Number)).String() + ": " + e.Text
	}
	return err.Error()
}

func TestOperators(t *testing.T) {
	vc := Sized(VarChar, 10)
	d := DecimalOf
	for _, c := range []struct {
		op   Op
		a    string
		ta   Type
		b    string
		tb   Type
		want string
	}{
		{OpDiv, "7", Of(Int), "2", Of(Int), "3 int"},
		{OpDiv, "-7", Of(Int), "2", Of(Int), "-3 int"},
		{OpMod, "-7", Of(Int), "2", Of(Int), "-1 int"},
		{OpDiv, "1", Of(Int), "0", Of(Int), "8134: Divide by zero error encountered."},
		{OpAdd, "2147483647", Of(Int), "1", Of(Int), "8115: Arithmetic overflow error converting expression to data type int."},
		{OpAdd, "255", Of(TinyInt), "1", Of(TinyInt), "8115: Arithmetic overflow error converting expression to data type tinyint."},
		{OpAdd, "255", Of(TinyInt), "1", Of(SmallInt), "256 smallint"},
		{OpMul, "9223372036854775807", Of(BigInt), "2", Of(BigInt), "8115: Arithmetic overflow error converting expression to data type bigint."},
		{OpMul, "-9223372036854775808", Of(BigInt), "1", Of(Int), "-9223372036854775808 bigint"},
		{OpDiv, "-9223372036854775808", Of(BigInt), "-1", Of(Int), "8115: Arithmetic overflow error converting expression to data type bigint."},
		{OpMod, "-9223372036854775808", Of(BigInt), "-1", Of(Int), "0 bigint"},
		{OpSub, "0", Of(BigInt), "-9223372036854775808", Of(BigInt), "8115: Arithmetic overflow error converting expression to data type bigint."},
		{OpAdd, "1", vc, "1", Of(Int), "2 int"},
		{OpAdd, "x", vc, "1", Of(Int), "245: Conversion failed when converting the varchar value 'x' to data type int."},
		{OpAdd, "a", vc, "b", vc, "ab varchar(20)"},
		{OpAdd, "a", vc, "b", Sized(NVarChar, 5), "ab nvarchar(15)"},
		{OpSub, "a", vc, "b", vc, "8117: Operand data type varchar is invalid for subtract operator."},
		{OpAdd, "1.10", d(5, 2), "2.255", d(5, 3), "3.355 decimal(7,3)"},
		{OpMul, "1.10", d(5, 2), "2.255", d(5, 3), "2.48050 decimal(11,5)"},
		{OpDiv, "1", d(3, 0), "3", d(3, 0), "0.333333 decimal(9,6)"},
		{OpDiv, "1.0", d(3, 1), "3", Of(Int), "0.333333333333 decimal(14,12)"},
		{OpMod, "5.5", d(3, 1), "2", d(3, 0), "1.5 decimal(3,1)"},
		{OpDiv, "1", d(38, 10), "3", d(38, 10), "0.333333 decimal(38,6)"},
		{OpMul, "1.5", d(38, 20), "2.5", d(38, 20), "3.750000 decimal(38,6)"},
		{OpAdd, "1.5", d(38, 20), "2.5", d(38, 4), "4.0000 decimal(38,4)"},
		{OpDiv, "1.5", d(3, 1), "0", d(3, 1), "8134: Divide by zero error encountered."},
		{OpMul, "99999999999999999999999999999999999999", d(38, 0), "10", Of(Int), "8115: Arithmetic overflow error converting expression to data type numeric."},
		{OpMul, "1.5", Of(Money), "2", Of(Int), "3.00 money"},
		{OpDiv, "1", Of(Money), "3", Of(Money), "0.33 money"},
		{OpAdd, "1.5", Of(Money), "2.25", d(5, 2), "3.7500 decimal(20,4)"},
		{OpAdd, "1.5", Of(Float), "2", Of(Int), "3.5 float"},
		{OpMod, "1.5", Of(Float), "2", Of(Float), "402: The data types float and float are incompatible in the modulo operator."},
		{OpDiv, "1.5", Of(Float), "0", Of(Float), "8134: Divide by zero error encountered."},
		{OpMul, "1e300", Of(Float), "1e300", Of(Float), "8115: Arithmetic overflow error converting expression to data type float."},
		{OpAdd, "1", Of(Bit), "1", Of(Bit), "8117: Operand data type bit is invalid for add operator."},
		{OpAdd, "1", Of(Bit), "1", Of(Int), "2 int"},
		{OpAnd, "6", Of(Int), "3", Of(TinyInt), "2 int"},
		{OpOr, "6", Of(Int), "3", Of(Int), "7 int"},
		{OpXor, "6", Of(Int), "3", Of(Int), "5 int"},
		{OpAnd, "6", d(3, 0), "3", Of(Int), "402: The data types numeric and int are incompatible in the '&' operator."},
		{OpShl, "1", Of(Int), "31", Of(Int), "-2147483648 int"},
		{OpShr, "-1", Of(Int), "1", Of(Int), "2147483647 int"},
		{OpAdd, "2026-01-01", Of(DateTime), "1", Of(Int), "2026-01-02 00:00:00.000 datetime"},
		{OpSub, "2026-01-02", Of(DateTime), "2026-01-01", Of(DateTime), "1900-01-02 00:00:00.000 datetime"},
		{OpAdd, "2026-01-01", Of(DateTime), "0.5", d(3, 1), "2026-01-01 12:00:00.000 datetime"},
		{OpAdd, "2026-01-01", Of(Date), "1", Of(Int), "206: Operand type clash: date is incompatible with int"},
		{OpAdd, "2026-01-01", Of(Date), "2026-01-01", Of(Date), "8117: Operand data type date is invalid for add operator."},
		{OpMul, "2026-01-01", Of(DateTime), "2", Of(Int), "8117: Operand data type datetime is invalid for multiply operator."},
	} {
		if got := operate(t, c.op, c.a, c.ta, c.b, c.tb); got != c.want {
			t.Errorf("%s %s %s (%s, %s) = %q, want %q", c.a, c.op, c.b, c.ta, c.tb, got, c.want)
		}
	}
}

// An integer literal counts as a decimal of the digits it has.
func TestLiteralPrecision(t *testing.T) {
	two := Type{ID: Int, Precision: 1}
	if got, err := Arithmetic(OpMul, DecimalOf(2, 1), two); err != nil || got.String() != "decimal(4,1)" {
		t.Errorf("1.5 * 2 is %s, %v", got, err)
	}
	if got, err := Common(two, Of(Int)); err != nil || got.Precision != 0 {
		t.Errorf("the common type of 2 and an int is %+v, %v", got, err)
	}
	if got, err := Common(two, DecimalOf(2, 1)); err != nil || got.String() != "decimal(2,1)" {
		t.Errorf("the common type of 2 and 1.5 is %s, %v", got, err)
	}
	if got := ForVariable(two); got.Precision != 0 {
		t.Errorf("a variable keeps %+v", got)
	}
}

// Decimal arithmetic is held against rationals: the result is the exact one, rounded (of a quotient, cut).
func TestDecimalsAgainstRationals(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 9))
	random := func() (Value, Type) {
		p := 1 + r.IntN(38)
		s := r.IntN(p + 1)
		digits := 1 + r.IntN(p)
		n := new(big.Int).Rand(newRand(r), powers[digits].Big())
		if r.IntN(2) == 0 {
			n.Neg(n)
		}
		m, _ := Int128OfBig(n)
		return OfDecimal(m, uint8(s)), DecimalOf(uint8(p), uint8(s))
	}
	for range 20000 {
		x, a := random()
		y, b := random()
		op := Op(r.IntN(4))
		f, typ, err := Operator(op, a, b)
		if err != nil {
			t.Fatal(err)
		}
		got, err := f(x, y)
		p, q := rational(x), rational(y)
		if op == OpDiv && q.Sign() == 0 {
			continue
		}
		want := new(big.Rat)
		switch op {
		case OpAdd:
			want.Add(p, q)
		case OpSub:
			want.Sub(p, q)
		case OpMul:
			want.Mul(p, q)
		case OpDiv:
			want.Quo(p, q)
		}
		scaled := new(big.Rat).Mul(want, new(big.Rat).SetInt(powers[typ.Scale].Big()))
		n := new(big.Int).Quo(scaled.Num(), scaled.Denom())
		if op != OpDiv {
			twice := new(big.Rat).Mul(new(big.Rat).Sub(scaled, new(big.Rat).SetInt(n)), big.NewRat(2, 1))
			if twice.Abs(twice).Cmp(big.NewRat(1, 1)) >= 0 {
				n.Add(n, big.NewInt(int64(scaled.Sign())))
			}
		}
		fits := new(big.Int).Abs(n).Cmp(powers[typ.Precision].Big()) < 0
		if (err == nil) != fits {
			t.Fatalf("%s %s %s as %s: %v, want fits=%v (%s)", p, op, q, typ, err, fits, n)
		}
		if m, _ := got.Decimal(); err == nil && m.Big().Cmp(n) != 0 {
			t.Fatalf("%s %s %s as %s: %s, want %s", p, op, q, typ, m, n)
		}
	}
}

func rational(v Value) *big.Rat {
	n, scale := v.Decimal()
	return new(big.Rat).SetFrac(n.Big(), powers[scale].Big())
}

func TestUnary(t *testing.T) {
	for _, c := range []struct {
		t    Type
		v    Value
		want string
	}{
		{Of(TinyInt), OfInt(255), "-255 smallint"},
		{Of(Int), OfInt(-2147483648), "8115: Arithmetic overflow error converting expression to data type int."},
		{DecimalOf(3, 1), OfDecimal(Int128Of(15), 1), "-1.5 decimal(3,1)"},
		{Of(Money), OfMoney(10000), "-1.00 money"},
		{Of(Bit), OfInt(1), "8117: Operand data type bit is invalid for minus operator."},
		{Sized(VarChar, 3), OfString("1"), "8117: Operand data type varchar is invalid for minus operator."},
	} {
		f, typ, err := Negate(c.t)
		got := ""
		if err == nil {
			var v Value
			if v, err = f(c.v); err == nil {
				got = textOf(v, typ, Sized(NVarChar, Max), NoStyle) + " " + typ.String()
			}
		}
		var e *Error
		if errors.As(err, &e) {
			got = Int128Of(int64(e.Number)).String() + ": " + e.Text
		}
		if got != c.want {
			t.Errorf("-%s: %s, want %s", c.t, got, c.want)
		}
	}
	f, _, err := Complement(Of(TinyInt))
	if err != nil {
		t.Fatal(err)
	}
	if v, _ := f(OfInt(1)); v.Int64() != 254 {
		t.Errorf("~1 of a tinyint: %d", v.Int64())
	}
	if _, _, err := Complement(Of(Float)); err == nil {
		t.Error("~ of a float")
	}
}

func TestCommon(t *testing.T) {
	for _, c := range []struct {
		a, b Type
		want string
	}{
		{Of(Int), Of(BigInt), "bigint"},
		{Of(Int), Sized(VarChar, 5), "int"},
		{Sized(VarChar, 5), Sized(NVarChar, 3), "nvarchar(5)"},
		{Sized(VarChar, 5), Sized(VarChar, Max), "varchar(max)"},
		{DecimalOf(5, 2), DecimalOf(4, 3), "decimal(6,3)"},
		{DecimalOf(5, 2), Of(Int), "decimal(12,2)"},
		{Of(Money), DecimalOf(5, 2), "decimal(19,4)"},
		{Of(Date), Of(DateTime), "datetime"},
		{Of(DateTime), Scaled(DateTime2, 0), "datetime2(3)"},
		{Type{}, Of(Date), "date"},
		{Of(Int), Of(Variant), "sql_variant"},
		{Of(Date), Of(Int), "206: Operand type clash: int is incompatible with date"},
		{Of(Time), Of(Date), "206: Operand type clash: date is incompatible with time"},
		{Of(DateTime), Of(Int), "datetime"},
		{Of(UniqueIdentifier), Of(Int), "206: Operand type clash: int is incompatible with uniqueidentifier"},
		{Sized(VarBinary, 4), Sized(VarChar, 4), "varchar(4)"},
		{Of(XML), Of(Int), "206: Operand type clash: int is incompatible with xml"},
	} {
		for range 2 {
			got, err := Common(c.a, c.b)
			text := got.String()
			var e *Error
			if errors.As(err, &e) {
				text = Int128Of(int64(e.Number)).String() + ": " + e.Text
			}
			if text != c.want && (err == nil || e.Number != 206) {
				t.Errorf("Common(%s, %s) = %s, want %s", c.a, c.b, text, c.want)
			}
			c.a, c.b = c.b, c.a
		}
	}
}

func TestImplicit(t *testing.T) {
	for _, c := range []struct {
		from, to           Type
		implicit, explicit bool
	}{
		{Of(Int), Of(VarChar), true, true},
		{Of(Money), Of(VarChar), false, true},
		{Of(DateTime), Of(Int), false, true},
		{Of(Date), Of(Int), false, false},
		{Of(VarChar), Of(VarBinary), false, true},
		{Of(VarBinary), Of(Int), true, true},
		{Of(Float), Of(RowVersion), false, false},
		{Of(UniqueIdentifier), Of(VarBinary), false, true},
		{Of(Time), Of(Date), false, false},
		{Of(Text), Of(VarChar), true, true},
		{Of(Text), Of(Int), false, false},
		{Of(Variant), Of(Int), false, true},
		{Of(XML), Of(Variant), false, false},
		{Type{}, Of(XML), true, true},
	} {
		if i, e := Implicit(c.from, c.to), Explicit(c.from, c.to); i != c.implicit || e != c.explicit {
			t.Errorf("%s to %s: %v %v", c.from, c.to, i, e)
		}
	}
}
