package value

import (
	"errors"
	"testing"
)

// literal makes a value of a type from text, through varchar.
func literal(t *testing.T, text string, to Type) Value {
	t.Helper()
	v, err := Convert(OfString(text), Sized(VarChar, Max), to, NoStyle)
	if err != nil {
		t.Fatalf("%q as %s: %v", text, to, err)
	}
	return v
}

// Each row is CONVERT(to, CAST(text AS from), style) and what SQL Server answers, as text or as message.
func TestConvert(t *testing.T) {
	vc := Sized(VarChar, 30)
	for _, c := range []struct {
		text  string
		from  Type
		to    Type
		style int
		want  string
	}{
		{"abc", vc, Of(Int), NoStyle, "245: Conversion failed when converting the varchar value 'abc' to data type int."},
		{"abc", Sized(NVarChar, 10), Of(Int), NoStyle, "245: Conversion failed when converting the nvarchar value 'abc' to data type int."},
		{"1.5", vc, Of(Int), NoStyle, "245: Conversion failed when converting the varchar value '1.5' to data type int."},
		{" -12 ", vc, Of(Int), NoStyle, "-12"},
		{"", vc, Of(Int), NoStyle, "0"},
		{"99999999999", vc, Of(Int), NoStyle, "248: The conversion of the varchar value '99999999999' overflowed an int column."},
		{"300", vc, Of(TinyInt), NoStyle, "244: The conversion of the varchar value '300' overflowed an INT1 column. Use a larger integer column."},
		{"40000", vc, Of(SmallInt), NoStyle, "244: The conversion of the varchar value '40000' overflowed an INT2 column. Use a larger integer column."},
		{"-9223372036854775808", vc, Of(BigInt), NoStyle, "-9223372036854775808"},
		{"9223372036854775808", vc, Of(BigInt), NoStyle, "8115: Arithmetic overflow error converting expression to data type bigint."},
		{"x", vc, Of(BigInt), NoStyle, "8114: Error converting data type varchar to bigint."},
		{"300", Of(Int), Of(TinyInt), NoStyle, "220: Arithmetic overflow error for data type tinyint, value = 300."},
		{"70000", Of(Int), Of(SmallInt), NoStyle, "220: Arithmetic overflow error for data type smallint, value = 70000."},
		{"5000000000", Of(BigInt), Of(Int), NoStyle, "8115: Arithmetic overflow error converting expression to data type int."},
		{"true", vc, Of(Bit), NoStyle, "1"},
		{"0", vc, Of(Bit), NoStyle, "0"},
		{"yes", vc, Of(Bit), NoStyle, "245: Conversion failed when converting the varchar value 'yes' to data type bit."},
		{"7", Of(Int), Of(Bit), NoStyle, "1"},
		{"1.55", vc, DecimalOf(5, 1), NoStyle, "1.6"},
		{"-1.55", vc, DecimalOf(5, 1), NoStyle, "-1.6"},
		{"a", vc, DecimalOf(5, 1), NoStyle, "8114: Error converting data type varchar to numeric."},
		{"123456", vc, DecimalOf(5, 1), NoStyle, "8115: Arithmetic overflow error converting varchar to data type numeric."},
		{"123456", Of(Int), DecimalOf(5, 1), NoStyle, "8115: Arithmetic overflow error converting int to data type numeric."},
		{"10.6496", DecimalOf(10, 4), Of(Int), NoStyle, "10"},
		{"-10.6496", DecimalOf(10, 4), Of(Int), NoStyle, "-10"},
		{"10.6496", Of(Money), Of(Int), NoStyle, "11"},
		{"10.3496847", DecimalOf(20, 7), Of(Money), NoStyle, "10.35"},
		{"10.3496847", DecimalOf(20, 7), DecimalOf(6, 5), NoStyle, "8115: Arithmetic overflow error converting numeric to data type numeric."},
		{"10.6496", Of(Float), Of(Int), NoStyle, "10"},
		{"1e12", Of(Float), Of(Int), NoStyle, "232: Arithmetic overflow error for type int, value = 1000000000000.000000."},
		{"$1,234.5678", vc, Of(Money), NoStyle, "1234.57"},
		{"12abc", vc, Of(Money), NoStyle, "235: Cannot convert a char value to money. The char value has incorrect syntax."},
		{"1234.5678", Of(Money), vc, 1, "1,234.57"},
		{"1234.5678", Of(Money), vc, 2, "1234.5678"},
		{"-1234567.891", Of(Money), vc, 1, "-1,234,567.89"},
		{"1e10", Of(Float), vc, NoStyle, "1e+010"},
		{"1234567", Of(Float), vc, NoStyle, "1.23457e+006"},
		{"100000", Of(Float), vc, NoStyle, "100000"},
		{"0.00001", Of(Float), vc, NoStyle, "1e-005"},
		{"0.5", Of(Float), vc, NoStyle, "0.5"},
		{"1234567.891", Of(Float), vc, 1, "1.2345679e+006"},
		{"1234567.891", Of(Float), vc, 2, "1.234567891000000e+006"},
		{".", vc, Of(Float), NoStyle, "8114: Error converting data type varchar to float."},
		{"1e400", vc, Of(Float), NoStyle, "8115: Arithmetic overflow error converting varchar to data type float."},
		{"NaN", vc, Of(Float), NoStyle, "8114: Error converting data type varchar to float."},
		{"", vc, DecimalOf(5, 1), NoStyle, "8114: Error converting data type varchar to numeric."},
		{"", vc, Of(Money), NoStyle, "0.00"},
		{"12345", Of(Int), Sized(VarChar, 3), NoStyle, "*"},
		{"12345", Of(Int), Sized(NVarChar, 3), NoStyle, "8115: Arithmetic overflow error converting expression to data type nvarchar."},
		{"123.45", DecimalOf(5, 2), Sized(VarChar, 3), NoStyle, "8115: Arithmetic overflow error converting numeric to data type varchar."},
		{"0.05", DecimalOf(5, 2), vc, NoStyle, "0.05"},
		{"-0.05", DecimalOf(5, 2), vc, NoStyle, "-0.05"},
		{"abcdef", vc, Sized(VarChar, 3), NoStyle, "abc"},
		{"ab", vc, Sized(Char, 4), NoStyle, "ab  "},
		{"héllo", Sized(NVarChar, 10), Sized(VarChar, 10), NoStyle, "héllo"},
		{"日本", Sized(NVarChar, 10), Sized(VarChar, 10), NoStyle, "??"},
		{"6F9619FF-8B86-D011-B42D-00C04FC964FF", Of(UniqueIdentifier), vc, NoStyle, "8170: Insufficient result space to convert uniqueidentifier value to char."},
		{"6F9619ff-8b86-d011-b42d-00c04fc964ff", Of(UniqueIdentifier), Sized(Char, 36), NoStyle, "6F9619FF-8B86-D011-B42D-00C04FC964FF"},
		{"nonsense", vc, Of(UniqueIdentifier), NoStyle, "8169: Conversion failed when converting from a character string to uniqueidentifier."},
		{"1", Of(Int), Sized(VarBinary, 30), NoStyle, "0x00000001"},
		{"1", Of(Int), Sized(Binary, 8), NoStyle, "0x0000000000000001"},
		{"258", Of(Int), Sized(VarBinary, 1), NoStyle, "0x02"},
		{"1.5", DecimalOf(2, 1), Sized(VarBinary, 30), NoStyle, "0x020100010F000000"},
		{"abc", vc, Sized(VarBinary, 30), NoStyle, "0x616263"},
		{"abc", Sized(NVarChar, 3), Sized(VarBinary, 30), NoStyle, "0x610062006300"},
		{"0xAb01", vc, Sized(VarBinary, 30), 1, "0xAB01"},
		{"Ab0", vc, Sized(VarBinary, 30), 2, "8114: Error converting data type varchar to varbinary."},
		{"1", Of(Int), Of(Date), NoStyle, "529: Explicit conversion from data type int to date is not allowed."},
		{"1", Of(Int), Of(DateTime), 121, "1900-01-02 00:00:00.000"},
	} {
		from := literal(t, c.text, c.from)
		got := textOf(from, c.from, c.to, c.style)
		if got != c.want {
			t.Errorf("CONVERT(%s, %s %q, %d) = %q, want %q", c.to, c.from, c.text, c.style, got, c.want)
		}
	}
}

// textOf converts and writes the result as SQL Server's text, or number and message of the error.
func textOf(v Value, from, to Type, style int) string {
	got, err := Convert(v, from, to, style)
	if err == nil && !to.IsString() {
		show := NoStyle
		if to.IsBinary() {
			show = 1
		}
		if to.IsDateTime() {
			show = 121
		}
		got, err = Convert(got, to, Sized(NVarChar, Max), show)
	}
	var e *Error
	switch {
	case errors.As(err, &e):
		return Int128Of(int64(e.Number)).String() + ": " + e.Text
	case err != nil:
		return err.Error()
	case got.IsNull():
		return "NULL"
	}
	return got.Text()
}

func TestConvertDates(t *testing.T) {
	vc, long := Sized(VarChar, 40), Sized(VarChar, 40)
	at := "2026-01-05 15:04:05.123"
	for _, c := range []struct {
		text  string
		from  Type
		style int
		want  string
	}{
		{at, Of(DateTime), NoStyle, "Jan  5 2026  3:04PM"},
		{at, Of(DateTime), 1, "01/05/26"},
		{at, Of(DateTime), 101, "01/05/2026"},
		{at, Of(DateTime), 102, "2026.01.05"},
		{at, Of(DateTime), 103, "05/01/2026"},
		{at, Of(DateTime), 4, "05.01.26"},
		{at, Of(DateTime), 105, "05-01-2026"},
		{at, Of(DateTime), 106, "05 Jan 2026"},
		{at, Of(DateTime), 107, "Jan 05, 2026"},
		{at, Of(DateTime), 108, "15:04:05"},
		{at, Of(DateTime), 109, "Jan  5 2026  3:04:05:123PM"},
		{at, Of(DateTime), 110, "01-05-2026"},
		{at, Of(DateTime), 111, "2026/01/05"},
		{at, Of(DateTime), 12, "260105"},
		{at, Of(DateTime), 112, "20260105"},
		{at, Of(DateTime), 113, "05 Jan 2026 15:04:05:123"},
		{at, Of(DateTime), 114, "15:04:05:123"},
		{at, Of(DateTime), 120, "2026-01-05 15:04:05"},
		{at, Of(DateTime), 121, "2026-01-05 15:04:05.123"},
		{at, Of(DateTime), 22, "01/05/26  3:04:05 PM"},
		{at, Of(DateTime), 23, "2026-01-05"},
		{at, Of(DateTime), 126, "2026-01-05T15:04:05.123"},
		{"2026-01-05 15:04:05", Of(DateTime), 126, "2026-01-05T15:04:05"},
		{at, Of(DateTime), 127, "2026-01-05T15:04:05.123Z"},
		{at, Of(DateTime), 99, "281: 99 is not a valid style number when converting from datetime to a character string."},
		{at, Of(SmallDateTime), NoStyle, "Jan  5 2026  3:04PM"},
		{"2026-01-05 15:04:30", Of(SmallDateTime), 121, "2026-01-05 15:05:00.000"},
		{at, Of(Date), NoStyle, "2026-01-05"},
		{at, Of(Date), 101, "01/05/2026"},
		{at, Of(Date), 126, "2026-01-05"},
		{at, Scaled(Time, 7), NoStyle, "15:04:05.1230000"},
		{at, Scaled(Time, 0), NoStyle, "15:04:05"},
		{at, Scaled(Time, 0), 100, "3:04PM"},
		{at, Scaled(Time, 3), 109, "3:04:05.123PM"},
		{at, Scaled(DateTime2, 3), 109, "Jan  5 2026  3:04:05.123PM"},
		{at, Scaled(DateTime2, 3), 114, "15:04:05.123"},
		{at, Scaled(Time, 3), 101, "281: 101 is not a valid style number when converting from time to a character string."},
		{at, Scaled(DateTime2, 7), NoStyle, "2026-01-05 15:04:05.1230000"},
		{at, Scaled(DateTime2, 3), 126, "2026-01-05T15:04:05.123"},
		{"2026-01-05 15:04:05.5", Scaled(DateTime2, 0), NoStyle, "2026-01-05 15:04:06"},
		{"2026-01-05 15:04:05 +05:30", Scaled(DateTimeOffset, 0), NoStyle, "2026-01-05 15:04:05 +05:30"},
		{"2026-01-05 15:04:05 -08:00", Scaled(DateTimeOffset, 7), 126, "2026-01-05T15:04:05-08:00"},
		{"2026-01-05 15:04:05 -08:00", Scaled(DateTimeOffset, 0), 127, "2026-01-05T23:04:05Z"},
		{"12:34:56.998", Of(DateTime), 121, "1900-01-01 12:34:56.997"},
		{"12:34:56.999", Of(DateTime), 121, "1900-01-01 12:34:57.000"},
		{"12:34:56.995", Of(DateTime), 121, "1900-01-01 12:34:56.997"},
		{"20260228", Of(Date), NoStyle, "2026-02-28"},
		{"2/28/2026", Of(Date), NoStyle, "2026-02-28"},
		{"Feb 28, 2026 1:02:03 PM", Of(DateTime), 121, "2026-02-28 13:02:03.000"},
		{"28 February 26 12 am", Of(DateTime), 121, "2026-02-28 00:00:00.000"},
		{"2026-02-28T01:02:03.004Z", Scaled(DateTimeOffset, 3), NoStyle, "2026-02-28 01:02:03.004 +00:00"},
		{"", Of(DateTime), 121, "1900-01-01 00:00:00.000"},
		{"2026", Of(Date), NoStyle, "2026-01-01"},
	} {
		if got := textOf(literal(t, c.text, c.from), c.from, long, c.style); got != c.want {
			t.Errorf("CONVERT(varchar, %s %q, %d) = %q, want %q", c.from, c.text, c.style, got, c.want)
		}
	}
	for _, c := range []struct {
		text  string
		to    Type
		style int
		want  string
	}{
		{"2026-13-01", Of(DateTime), NoStyle, "242: The conversion of a varchar data type to a datetime data type resulted in an out-of-range value."},
		{"2026-02-29", Of(Date), NoStyle, "241: Conversion failed when converting date and/or time from character string."},
		{"tomorrow", Of(DateTime), NoStyle, "241: Conversion failed when converting date and/or time from character string."},
		{"tomorrow", Of(SmallDateTime), NoStyle, "295: Conversion failed when converting character string to smalldatetime data type."},
		{"1752-12-31", Of(DateTime), NoStyle, "242: The conversion of a varchar data type to a datetime data type resulted in an out-of-range value."},
		{"2026-01-01 10:00:00.1234", Of(DateTime), NoStyle, "241: Conversion failed when converting date and/or time from character string."},
		{"28/02/2026", Of(Date), 103, "2026-02-28"},
		{"28/02/2026", Of(Date), 101, "241: Conversion failed when converting date and/or time from character string."},
		{"01/02/26", Of(Date), 3, "2026-02-01"},
		{"25:00", Scaled(Time, 0), NoStyle, "241: Conversion failed when converting date and/or time from character string."},
	} {
		if got := textOf(OfString(c.text), vc, c.to, c.style); got != c.want {
			t.Errorf("CONVERT(%s, %q, %d) = %q, want %q", c.to, c.text, c.style, got, c.want)
		}
	}
}
