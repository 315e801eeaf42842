package function

import (
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

func TestMath(t *testing.T) {
	check(t, []example{
		{"ABS", with(dec("-1.5", 2, 1)), "1.5 :: decimal(2,1)"},
		{"ABS", with(i(-2147483648)), "8115: Arithmetic overflow error converting expression to data type int."},
		{"ABS", with(s("-3")), "3 :: float"},
		{"SIGN", with(dec("-1.5", 2, 1)), "-1.0"},
		{"SIGN", with(i(7)), "1 :: int"},
		{"CEILING", with(money("$123.45")), "124.0000"},
		{"CEILING", with(dec("-123.45", 5, 2)), "-123 :: decimal(5,0)"},
		{"FLOOR", with(dec("-123.45", 5, 2)), "-124"},
		{"FLOOR", with(money("$-123.45")), "-124.0000"},
		{"FLOOR", with(f(1.9)), "1"},
		{"ROUND", with(dec("123.9994", 7, 4), i(3)), "123.9990 :: decimal(7,4)"},
		{"ROUND", with(dec("123.9995", 7, 4), i(3)), "124.0000"},
		{"ROUND", with(dec("150.75", 5, 2), i(0), i(1)), "150.00"},
		{"ROUND", with(dec("150.75", 5, 2), i(0)), "151.00"},
		{"ROUND", with(dec("748.58", 5, 2), i(-3)), "8115: Arithmetic overflow error converting expression to data type numeric."},
		{"ROUND", with(dec("748.58", 6, 2), i(-2)), "700.00"},
		{"ROUND", with(dec("748.58", 5, 2), i(-4)), "0.00"},
		{"ROUND", with(i(748), i(-2)), "700 :: int"},
		{"ROUND", with(f(2.5), i(0)), "3"},
		{"ROUND", with(f(-2.345), i(2)), "-2.35"},
		{"POWER", with(i(2), i(10)), "1024 :: int"},
		{"POWER", with(dec("2.5", 2, 1), i(2)), "6.3 :: decimal(38,1)"},
		{"POWER", with(i(2), i(31)), "232: Arithmetic overflow error for type int, value = 2147483648.000000."},
		{"POWER", with(f(2), f(0.5)), "1.41421"},
		{"POWER", with(i(0), i(-1)), "8134: Divide by zero error encountered."},
		{"SQRT", with(i(16)), "4 :: float"},
		{"SQRT", with(i(-1)), "3623: An invalid floating point operation occurred."},
		{"SQUARE", with(i(3)), "9"},
		{"EXP", with(i(1)), "2.71828"},
		{"LOG", with(i(10)), "2.30259"},
		{"LOG", with(i(8), i(2)), "3"},
		{"LOG", with(i(0)), "3623: An invalid floating point operation occurred."},
		{"LOG10", with(i(1000)), "3"},
		{"PI", nil, "3.14159"},
		{"SIN", with(f(0)), "0"},
		{"ATN2", with(f(1), f(1)), "0.785398"},
		{"ACOS", with(f(2)), "3623: An invalid floating point operation occurred."},
		{"DEGREES", with(i(1)), "57"},
		{"RADIANS", with(f(180)), "3.14159"},
		{"EXP", with(f(1000)), "8115: Arithmetic overflow error converting expression to data type float."},
		{"LEFT_SHIFT", with(i(12345), i(5)), "395040"},
		{"RIGHT_SHIFT", with(i(12345), i(5)), "385"},
		{"BIT_COUNT", with(i(17)), "2"},
		{"GET_BIT", with(i(0xabcdef), i(2)), "1"},
		{"SET_BIT", with(i(0), i(3)), "8"},
		{"SQRT", with(dt("2026-01-01")), "8116: Argument data type datetime is invalid for argument 1 of sqrt function."},
	})
}

func TestChoices(t *testing.T) {
	check(t, []example{
		{"ISNULL", with(null(), s("x")), "x"},
		{"ISNULL", with(argument{value.Null(), value.Sized(value.VarChar, 3)}, s("abcdef")), "abc :: varchar(3)"},
		{"ISNULL", with(i(1), s("x")), "1"},
		{"CHOOSE", with(i(3), s("Manager"), s("Director"), s("Developer")), "Developer"},
		{"CHOOSE", with(i(4), s("a"), s("b")), "NULL"},
		{"CHOOSE", with(i(1), i(1), dec("2.5", 2, 1)), "1.0"},
		{"GREATEST", with(s("6.62"), dec("3.1415", 5, 4), i(7)), "7.0000"},
		{"GREATEST", with(null(), i(3)), "3"},
		{"LEAST", with(s("b"), s("A"), null()), "A"},
		{"ISNUMERIC", with(s("1e5")), "1"},
		{"ISNUMERIC", with(s("$1,000")), "1"},
		{"ISNUMERIC", with(s("abc")), "0"},
		{"ISNUMERIC", with(s("-")), "1"},
		{"ISNUMERIC", with(i(1)), "1"},
		{"ISNUMERIC", with(null()), "0"},
		{"SQL_VARIANT_PROPERTY", with(dec("46279.1", 8, 2), s("Precision")), "8"},
		{"SQL_VARIANT_PROPERTY", with(dec("46279.1", 8, 2), s("BaseType")), "decimal"},
	})
}

func TestHashes(t *testing.T) {
	check(t, []example{
		{"HASHBYTES", with(s("SHA2_256"), s("abc")), "0xBA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD"},
		{"HASHBYTES", with(s("MD5"), s("abc")), "0x900150983CD24FB0D6963F7D28E17F72"},
		{"HASHBYTES", with(s("sha1"), u("a")), "0x0A04B971B03DA607CE6C455184037B660CA89F78"},
		{"HASHBYTES", with(s("crc"), s("abc")), "NULL"},
		{"BASE64_ENCODE", with(bin("\xca\xfe\xca\xfe")), "yv7K/g=="},
		{"BASE64_ENCODE", with(bin("\xca\xfe\xca\xfe"), i(1)), "yv7K_g"},
		{"BASE64_DECODE", with(s("yv7K_g")), "0xCAFECAFE"},
		{"BASE64_DECODE", with(s("q!")), "9803: Invalid data for type \"Base64Decode\"."},
		{"CHECKSUM", with(i(5)), "5"},
		{"BINARY_CHECKSUM", with(s("a")), "97"},
	})
	a, _ := evaluate(t, "CHECKSUM", s("Abc"), i(1))
	b, _ := evaluate(t, "CHECKSUM", s("aBC "), i(1))
	if a != b {
		t.Errorf("CHECKSUM of equal strings: %s and %s", a, b)
	}
	small, _ := Lookup("COMPRESS")
	large, _ := Lookup("DECOMPRESS")
	text := bin("some bytes, some bytes, some bytes")
	types := []value.Type{text.t}
	v, err := small.Eval(world{}, []value.Value{text.v}, types)
	if err != nil {
		t.Fatal(err)
	}
	if v, err = large.Eval(world{}, []value.Value{v}, types); err != nil || v.Text() != text.v.Text() {
		t.Errorf("DECOMPRESS: %q, %v", v.Text(), err)
	}
	if got, _ := evaluate(t, "DECOMPRESS", bin("nonsense")); got[:4] != "4887" {
		t.Errorf("DECOMPRESS of nonsense: %s", got)
	}
}
