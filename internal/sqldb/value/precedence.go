package value

// Precedence orders the types: where two meet, the one with the lower number wins.
func (t Type) Precedence() int { return int(facts[t.ID].precedence) }

// AsDecimal is the decimal that holds every value of a numeric type but real and float. An integer literal has in
// Precision how many digits it has, and takes no more than these.
func AsDecimal(t Type) Type {
	if t.ID == Decimal {
		return t
	}
	p := facts[t.ID].precision
	if t.IsInteger() && t.Precision > 0 {
		p = t.Precision
	}
	return Type{ID: Decimal, Precision: p, Scale: facts[t.ID].scale, Nullable: t.Nullable}
}

// Common is the type to which a and b both convert for CASE, UNION, COALESCE and comparison: that of higher precedence,
// wide enough for both. It is 206 or 257 where one of them does not convert by itself.
func Common(a, b Type) (Type, error) {
	nullable := a.Nullable || b.Nullable
	if a.ID == Void {
		return ForVariable(b).WithNullable(true), nil
	}
	if b.ID == Void {
		return ForVariable(a).WithNullable(true), nil
	}
	low, high := a, b
	if a.Precedence() < b.Precedence() {
		low, high = b, a
	}
	if !Implicit(low, high) {
		return Type{}, NotImplicit(low, high)
	}
	t := widen(high, low)
	if !a.IsJSON() || !b.IsJSON() {
		t = ForVariable(t)
	}
	return t.WithNullable(nullable), nil
}

// widen gives t, the type of higher precedence, the length or the digits that values of other need too.
func widen(t, other Type) Type {
	switch {
	case t.IsString() && other.IsString():
		t.Length = longest(t, other)
		if t.Collation == nil {
			t.Collation = other.Collation
		}
	case t.IsBinary() && other.IsBinary():
		t.Length = longest(t, other)
	case t.ID == Decimal && other.ID >= Bit && other.ID <= Money:
		o := AsDecimal(other)
		scale := max(t.Scale, o.Scale)
		whole := max(t.Precision-t.Scale, o.Precision-o.Scale)
		t.Precision, t.Scale = min(whole+scale, 38), min(scale, 38-min(whole, 38))
	case t.ID == other.ID && t.IsDateTime():
		t.Scale = max(t.Scale, other.Scale)
	case t.ID == DateTime2 || t.ID == DateTimeOffset:
		t.Scale = max(t.Scale, fractionDigits(other))
	}
	return t
}

// fractionDigits is how many digits of a second a type of dates has.
func fractionDigits(t Type) uint8 {
	if t.ID == DateTime {
		return 3
	}
	if t.ID == Time || t.ID == DateTime2 || t.ID == DateTimeOffset {
		return t.Scale
	}
	return 0
}

func longest(a, b Type) int32 {
	if a.IsMax() || b.IsMax() {
		return Max
	}
	if n := max(a.Length, b.Length); !a.IsUnicode() || n <= 4000 {
		return n
	}
	return 4000
}

// ForVariable is the type that a value of t has when SELECT INTO, UNION or a function gives it to a column: an integer
// literal loses its count of digits, JSON its mark.
func ForVariable(t Type) Type {
	if t.IsInteger() {
		t.Precision = 0
	}
	if t.IsString() {
		t.Scale = 0
	}
	return t
}

// Arithmetic is the type of a op b, or why there is none: 402, 8117, 206.
func Arithmetic(op Op, a, b Type) (Type, error) {
	nullable := a.Nullable || b.Nullable
	t, err := arithmetic(op, a, b)
	return t.WithNullable(nullable), err
}

func arithmetic(op Op, a, b Type) (Type, error) {
	switch {
	case a.ID == Void && b.ID == Void:
		return Of(Int), nil
	case a.ID == Void:
		return arithmetic(op, ForVariable(b), b)
	case b.ID == Void:
		return arithmetic(op, a, ForVariable(a))
	case op >= OpAnd:
		return bitwise(op, a, b)
	case op == OpAdd && a.IsString() && b.IsString():
		return concatenated(a, b)
	case op == OpAdd && a.IsBinary() && b.IsBinary():
		return concatenated(a, b)
	case a.IsDateTime() || b.IsDateTime():
		return dateArithmetic(op, a, b)
	case !a.IsNumeric() || !b.IsNumeric():
		return mixedArithmetic(op, a, b)
	}
	high, low := a, b
	if b.Precedence() < a.Precedence() {
		high, low = b, a
	}
	switch {
	case high.ID == Bit:
		return Type{}, Invalid(high, op.Name())
	case high.IsFloat() && op == OpMod:
		return Type{}, Incompatible(a, b, op.Name())
	case high.ID == Decimal:
		return decimalResult(op, AsDecimal(a), AsDecimal(b)), nil
	case high.ID == SmallMoney && low.IsMoney():
		return Of(SmallMoney), nil
	}
	return Of(high.ID), nil
}

// mixedArithmetic is for an operand that must become a number first: a string does, and binary beside an integer.
func mixedArithmetic(op Op, a, b Type) (Type, error) {
	for _, t := range [2]Type{a, b} {
		if t.ID == Variant || t.ID == UniqueIdentifier || t.ID == XML || t.ID == Image || t.ID == Text || t.ID == NText {
			if a.ID == b.ID || t.IsLarge() || t.ID == Variant {
				return Type{}, Invalid(t, op.Name())
			}
			return Type{}, Incompatible(a, b, op.Name())
		}
	}
	number := a
	switch {
	case a.IsNumeric():
	case b.IsNumeric():
		number = b
	case a.ID == b.ID:
		return Type{}, Invalid(a, op.Name())
	default:
		return Type{}, Incompatible(a, b, op.Name())
	}
	other := b
	if number == b {
		other = a
	}
	if !Implicit(other, number) {
		return Type{}, NotImplicit(other, number)
	}
	if other.IsBinary() && number.ID != Decimal && !number.IsFloat() && !number.IsMoney() || other.IsString() {
		return arithmetic(op, ForVariable(number), ForVariable(number))
	}
	return Type{}, Incompatible(a, b, op.Name())
}

// dateArithmetic: datetime and smalldatetime take part as days since 1900; the newer types do not.
func dateArithmetic(op Op, a, b Type) (Type, error) {
	for _, t := range [2]Type{a, b} {
		if t.IsDateTime() && t.ID != DateTime && t.ID != SmallDateTime {
			other := a
			if t == a {
				other = b
			}
			switch {
			case other.IsNumeric():
				return Type{}, Errorf(206, 16, 2, "Operand type clash: %s is incompatible with %s", a.inMessage(), b.inMessage())
			case a.ID == b.ID:
				return Type{}, Invalid(t, op.Name())
			}
			return Type{}, Incompatible(a, b, op.Name())
		}
	}
	if op != OpAdd && op != OpSub {
		if a.IsDateTime() {
			return Type{}, Invalid(a, op.Name())
		}
		return Type{}, Invalid(b, op.Name())
	}
	if _, err := Common(a, b); err != nil {
		return Type{}, err
	}
	high := a
	if b.Precedence() < a.Precedence() {
		high = b
	}
	return Of(high.ID), nil
}

func bitwise(op Op, a, b Type) (Type, error) {
	wordy := op.Name()
	switch {
	case op == OpShl || op == OpShr:
		if !a.IsInteger() && !a.IsBinary() || !b.IsInteger() {
			return Type{}, Incompatible(a, b, wordy)
		}
		return ForVariable(a), nil
	case a.IsInteger() && b.IsInteger():
		if b.Precedence() < a.Precedence() {
			a = b
		}
		return Of(a.ID), nil
	case a.IsInteger() && b.IsBinary():
		return Of(a.ID), nil
	case a.IsBinary() && b.IsInteger():
		return Of(b.ID), nil
	case a.IsString() && b.IsInteger():
		return Of(b.ID), nil
	case a.IsInteger() && b.IsString():
		return Of(a.ID), nil
	case a.ID == b.ID:
		return Type{}, Invalid(a, wordy)
	}
	return Type{}, Incompatible(a, b, wordy)
}

// concatenated is the type of a + b of strings or of binary.
func concatenated(a, b Type) (Type, error) {
	for _, t := range [2]Type{a, b} {
		if t.ID == Text || t.ID == NText || t.ID == Image {
			if a.ID == b.ID {
				return Type{}, Invalid(t, "add")
			}
			return Type{}, Incompatible(a, b, "add")
		}
	}
	t, err := Common(a, b)
	if err != nil {
		return Type{}, err
	}
	most := int32(8000)
	if t.IsUnicode() {
		most = 4000
	}
	if t.Length = a.Length + b.Length; t.Length > most {
		t.Length = most
	}
	if a.IsMax() || b.IsMax() {
		t.Length = Max
	}
	if t.ID == RowVersion {
		t.ID = VarBinary
	}
	return t, nil
}

// decimalResult has the rules of "Precision, scale, and length (Transact-SQL)".
func decimalResult(op Op, a, b Type) Type {
	p1, s1, p2, s2 := int(a.Precision), int(a.Scale), int(b.Precision), int(b.Scale)
	var p, s int
	switch op {
	case OpMul:
		p, s = reduced(p1+p2+1, s1+s2)
	case OpDiv:
		s = max(6, s1+p2+1)
		p, s = reduced(p1-s1+s2+s, s)
	case OpMod:
		s = max(s1, s2)
		p = min(p1-s1, p2-s2) + s
	default:
		whole := max(p1-s1, p2-s2)
		s = max(s1, s2)
		p = whole + s + 1
		if p > 38 {
			p = 38
			if whole > p-s {
				s = p - whole
			}
		}
	}
	return DecimalOf(uint8(max(p, 1)), uint8(s))
}

// reduced brings the precision of a product or quotient to 38, at the cost of digits after the point, of which six stay.
func reduced(p, s int) (int, int) {
	if p <= 38 {
		return p, s
	}
	whole := p - s
	if whole < 32 {
		return 38, min(s, 38-whole)
	}
	return 38, min(s, 6)
}
