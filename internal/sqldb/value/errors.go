package value

import (
	"strings"
	"unicode/utf8"
)

// In messages of conversions decimal is called numeric.
func (t Type) inMessage() string {
	if t.ID == Decimal {
		return "numeric"
	}
	return t.Name()
}

func errFailed(from, to Type, s string) *Error {
	return Errorf(245, 16, 1, "Conversion failed when converting the %s value '%s' to data type %s.", from.inMessage(), excerpt(s), to.Name())
}

// NotConverted is message 8114: a value of a type is none of another.
func NotConverted(from, to Type) *Error {
	return Errorf(8114, 16, 5, "Error converting data type %s to %s.", from.inMessage(), to.inMessage())
}

// errOverflow is for a value of a type that another type cannot hold.
func errOverflow(from, to Type) *Error {
	return Errorf(8115, 16, 8, "Arithmetic overflow error converting %s to data type %s.", from.inMessage(), to.inMessage())
}

// errExpression is for a result of arithmetic.
func errExpression(to Type) *Error {
	return Errorf(8115, 16, 2, "Arithmetic overflow error converting expression to data type %s.", to.inMessage())
}

func errDateRange(from, to Type) *Error {
	return Errorf(242, 16, 3, "The conversion of a %s data type to a %s data type resulted in an out-of-range value.", from.Name(), to.Name())
}

func errDateText() *Error {
	return Errorf(241, 16, 1, "Conversion failed when converting date and/or time from character string.")
}

func errDivide() *Error { return Errorf(8134, 16, 1, "Divide by zero error encountered.") }

// NotExplicit is the error of a CAST that no style allows.
func NotExplicit(from, to Type) *Error {
	return Errorf(529, 16, 2, "Explicit conversion from data type %s to %s is not allowed.", from.Name(), to.Name())
}

// NotImplicit is the error of an implicit conversion that is not allowed: 257 where CAST would do, 206 where nothing does.
func NotImplicit(from, to Type) *Error {
	if Explicit(from, to) {
		return Errorf(257, 16, 3, "Implicit conversion from data type %s to %s is not allowed. Use the CONVERT function to run this query.", from.Name(), to.Name())
	}
	return Errorf(206, 16, 2, "Operand type clash: %s is incompatible with %s", from.Name(), to.Name())
}

// Invalid is message 8117: an operator, named as SQL Server's messages do ("add", "sum"), has no meaning for the type.
func Invalid(t Type, operator string) *Error {
	return Errorf(8117, 16, 1, "Operand data type %s is invalid for %s operator.", t.inMessage(), operator)
}

// Incompatible is message 402: an operator ("equal to", "add") has no meaning for the two types.
func Incompatible(a, b Type, operator string) *Error {
	return Errorf(402, 16, 1, "The data types %s and %s are incompatible in the %s operator.", a.inMessage(), b.inMessage(), operator)
}

// errTooLong is what an Assigner says; who knows the column says Truncated instead.
func errTooLong() *Error {
	return Errorf(8152, 16, 10, "String or binary data would be truncated.")
}

// Truncated is message 2628 for the value v of a column; table is as the message has it, "database.schema.table".
func Truncated(table, column string, v Value, t Type) *Error {
	s := v.text
	if v.kind == KindBytes {
		s = "0x" + hexOf(s)
	}
	shown := s
	if t.Length > 0 && t.IsString() {
		shown = cutTo(s, t)
	}
	if UTF16Len(shown) > 128 {
		shown = CutUTF16(shown, 0, 128)
	}
	return Errorf(2628, 16, 1, "String or binary data would be truncated in table '%s', column '%s'. Truncated value: '%s'.", table, column, shown)
}

// excerpt is a value within a message, which SQL Server cuts.
func excerpt(s string) string {
	const most = 2000
	if len(s) > most {
		s = s[:most]
	}
	return strings.ToValidUTF8(s, string(utf8.RuneError))
}

func hexOf(s string) string {
	const digits = "0123456789ABCDEF"
	b := make([]byte, 0, 2*len(s))
	for i := range len(s) {
		b = append(b, digits[s[i]>>4], digits[s[i]&15])
	}
	return string(b)
}
