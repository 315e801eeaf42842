package value

// Negate compiles -a. A tinyint becomes a smallint.
func Negate(a Type) (Conversion, Type, error) {
	t := ForVariable(a)
	switch {
	case a.ID == Void:
		t = Of(Int)
	case a.ID == Bit || !a.IsNumeric():
		return nil, Type{}, Invalid(a, "minus")
	case a.ID == TinyInt:
		t.ID = SmallInt
	case a.IsInteger():
		t.Precision = a.Precision
	}
	zero, f := Value{kind: KindInteger}, Operation(nil)
	switch {
	case t.ID == Decimal:
		return func(v Value) (Value, error) {
			if v.kind == KindNull {
				return v, nil
			}
			return OfDecimal(v.decimal().Neg(), v.scale), nil
		}, t, nil
	case t.IsFloat():
		return func(v Value) (Value, error) {
			if v.kind == KindNull {
				return v, nil
			}
			return OfFloat(-v.Float64()), nil
		}, t, nil
	case t.IsMoney():
		zero, f = OfMoney(0), moneyOperation(OpSub, t)
	default:
		f = integerOperation(OpSub, t)
	}
	return func(v Value) (Value, error) {
		if v.kind == KindNull {
			return v, nil
		}
		return f(zero, v)
	}, t, nil
}

// Complement compiles ~a.
func Complement(a Type) (Conversion, Type, error) {
	if a.ID == Void {
		a = Of(Int)
	}
	if !a.IsInteger() {
		return nil, Type{}, Invalid(a, "'~'")
	}
	return func(v Value) (Value, error) {
		if v.kind == KindNull {
			return v, nil
		}
		return OfInt(signed(^uint64(v.lo), a.ID)), nil
	}, ForVariable(a), nil
}
