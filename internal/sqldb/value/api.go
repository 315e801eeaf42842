package value

// Implicit reports whether a value of type from becomes one of type to without CAST.
func Implicit(from, to Type) bool { return false }

// Explicit reports whether CAST and CONVERT can turn from into to at all.
func Explicit(from, to Type) bool { return false }

// Converter compiles the conversion of CAST: strings that are too long are cut. It is also the implicit conversion of
// operands. The type pair must be allowed (Implicit, Explicit).
func Converter(from, to Type) func(Value) (Value, error) { return nil }

// StyledConverter is Converter with a style, as CONVERT's third argument gives it.
func StyledConverter(from, to Type, style int) func(Value) (Value, error) { return nil }

// Assigner compiles the conversion of INSERT, UPDATE: a string that is too long for to is an error (8152; the caller
// that knows the column makes it 2628 with Truncated).
func Assigner(from, to Type) func(Value) (Value, error) { return nil }

// Convert is CONVERT(to, v, style).
func Convert(v Value, from, to Type, style int) (Value, error) {
	return StyledConverter(from, to, style)(v)
}

// Common is the type to which a and b both convert for CASE, UNION, COALESCE and comparison: that of higher precedence.
func Common(a, b Type) (Type, error) { return a, nil }

// Arithmetic is the type of a op b.
func Arithmetic(op Op, a, b Type) (Type, error) { return a, nil }

// Operator compiles a op b for operands of these types; no conversion is needed before. NULL gives NULL.
func Operator(op Op, a, b Type) (func(x, y Value) (Value, error), Type, error) { return nil, a, nil }

// Negate compiles -a. Complement compiles ~a.
func Negate(a Type) (func(Value) (Value, error), Type, error)     { return nil, a, nil }
func Complement(a Type) (func(Value) (Value, error), Type, error) { return nil, a, nil }

// Comparer compiles the comparison of two values of the type t, neither NULL: -1, 0 or 1. With NULL, NULL is the least.
func Comparer(t Type) func(a, b Value) int { return nil }

// Hasher compiles a hash that is the same for values that Comparer finds equal.
func Hasher(t Type) func(v Value) uint64 { return nil }

// TypeOf is the type that a name and its arguments declare: TypeOf("decimal", 10, 2); Max stands for max. length is
// what a string type without length gets: 1 in declarations, 30 in CAST and CONVERT.
func TypeOf(name string, length int, args ...int) (Type, error) { return Type{}, nil }

