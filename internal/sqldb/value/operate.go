package value

import "math/bits"

// Op is an operator of arithmetic or of bits.
type Op uint8

// The operators. Add of strings and of binary concatenates.
const (
	OpAdd Op = iota
	OpSub
	OpMul
	OpDiv
	OpMod
	OpAnd // &
	OpOr  // |
	OpXor // ^
	OpShl // <<
	OpShr // >>
)

// String is the operator as T-SQL writes it.
func (o Op) String() string {
	return [...]string{"+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>"}[o]
}

// Name is the operator as SQL Server's messages call it: "add", "subtract".
func (o Op) Name() string {
	return [...]string{"add", "subtract", "multiply", "divide", "modulo", "'&'", "'|'", "'^'", "'<<'", "'>>'"}[o]
}

// Operation computes with two values; NULL with anything is NULL.
type Operation = func(x, y Value) (Value, error)

// Operator compiles a op b and gives its type. Operands come as they are; what conversion they need is part of it.
func Operator(op Op, a, b Type) (Operation, Type, error) {
	t, err := Arithmetic(op, a, b)
	if err != nil {
		return nil, Type{}, err
	}
	return operation(op, a, b, t), t, nil
}

// operation is of values either of which may be NULL: then the result is.
func operation(op Op, a, b, t Type) Operation {
	switch {
	case op == OpShl || op == OpShr:
		return shift(op, t)
	case t.IsString():
		return concatenation(a, b, t)
	case t.IsBinary():
		return func(x, y Value) (Value, error) {
			if x.kind == KindNull || y.kind == KindNull {
				return Value{}, nil
			}
			if err := joinable(x, y); err != nil {
				return Value{}, err
			}
			return shapedBytes(x.text+y.text, t), nil
		}
	case t.ID == Decimal:
		return converted(decimalOperation(op, t), a, b, Type{ID: Decimal})
	case t.IsInteger():
		return converted(integerOperation(op, t), a, b, t)
	case t.IsMoney():
		return converted(moneyOperation(op, t), a, b, t)
	case t.IsFloat():
		return converted(floatOperation(op, t), a, b, t)
	}
	return converted(dateOperation(op, t), a, b, t)
}

// converted brings operands to the type in which f computes. Decimals come with the scales they have.
func converted(f Operation, a, b, t Type) Operation {
	left, right := operand(a, b, t), operand(b, a, t)
	if left == nil && right == nil {
		return f
	}
	return func(x, y Value) (Value, error) {
		if x.kind == KindNull || y.kind == KindNull {
			return Value{}, nil
		}
		var err error
		if left != nil {
			if x, err = left(x); err != nil {
				return Value{}, err
			}
		}
		if right != nil {
			if y, err = right(y); err != nil {
				return Value{}, err
			}
		}
		return f(x, y)
	}
}

func operand(a, other, t Type) Conversion {
	if t.ID == Decimal {
		switch {
		case a.ID == Decimal || a.ID == Void:
			return nil
		case a.IsNumeric():
			return Converter(a, AsDecimal(ForVariable(a)))
		}
		return Converter(a, AsDecimal(other)) // a string takes the form of the number beside it
	}
	if Same(a, t) {
		return nil
	}
	return Converter(a, t)
}

// MaxLarge is the largest value that an expression makes, in bytes. SQL Server's is 2 GB, which one process that keeps
// values in memory cannot give to everybody.
const MaxLarge = 128 << 20

func joinable(x, y Value) error {
	if len(x.text)+len(y.text) > MaxLarge {
		return Errorf(7119, 16, 1, "Attempting to grow LOB beyond maximum allowed size of %d bytes.", MaxLarge)
	}
	return nil
}

func concatenation(a, b, t Type) Operation {
	limit := t.Length
	narrow := t.ID == Char || t.ID == VarChar
	return func(x, y Value) (Value, error) {
		if x.kind == KindNull || y.kind == KindNull {
			return Value{}, nil
		}
		if err := joinable(x, y); err != nil {
			return Value{}, err
		}
		s := x.text + y.text
		if limit != Max && (len(s) > int(limit) || narrow && len(s) > 8000) {
			s = cutTo(s, t)
		}
		return OfString(s), nil
	}
}

func shapedBytes(s string, t Type) Value {
	if t.Length != Max && len(s) > int(t.Length) {
		s = s[:t.Length]
	}
	return OfBytes(s)
}

func integerOperation(op Op, t Type) Operation {
	least, greatest := limits(t.ID)
	check := func(n int64, ok bool) (Value, error) {
		if !ok || n < least || n > greatest {
			return Value{}, errExpression(t)
		}
		return OfInt(n), nil
	}
	switch op {
	case OpAdd:
		return func(x, y Value) (Value, error) {
			if x.kind == KindNull || y.kind == KindNull {
				return Value{}, nil
			}
			n := x.lo + y.lo
			return check(n, (n > x.lo) == (y.lo > 0))
		}
	case OpSub:
		return func(x, y Value) (Value, error) {
			if x.kind == KindNull || y.kind == KindNull {
				return Value{}, nil
			}
			n := x.lo - y.lo
			return check(n, (n < x.lo) == (y.lo > 0))
		}
	case OpMul:
		return func(x, y Value) (Value, error) {
			if x.kind == KindNull || y.kind == KindNull {
				return Value{}, nil
			}
			return check(multiply(x.lo, y.lo))
		}
	case OpDiv:
		return func(x, y Value) (Value, error) {
			if x.kind == KindNull || y.kind == KindNull {
				return Value{}, nil
			}
			if y.lo == 0 {
				return Value{}, errDivide()
			}
			return check(x.lo/y.lo, y.lo != -1 || x.lo != -1<<63)
		}
	case OpMod:
		return func(x, y Value) (Value, error) {
			if x.kind == KindNull || y.kind == KindNull {
				return Value{}, nil
			}
			if y.lo == 0 {
				return Value{}, errDivide()
			}
			if y.lo == -1 {
				return OfInt(0), nil
			}
			return OfInt(x.lo % y.lo), nil
		}
	case OpAnd:
		return func(x, y Value) (Value, error) {
			if x.kind == KindNull || y.kind == KindNull {
				return Value{}, nil
			}
			return OfInt(x.lo & y.lo), nil
		}
	case OpOr:
		return func(x, y Value) (Value, error) {
			if x.kind == KindNull || y.kind == KindNull {
				return Value{}, nil
			}
			return OfInt(x.lo | y.lo), nil
		}
	}
	return func(x, y Value) (Value, error) {
		if x.kind == KindNull || y.kind == KindNull {
			return Value{}, nil
		}
		return OfInt(x.lo ^ y.lo), nil
	}
}

func multiply(x, y int64) (int64, bool) {
	hi, lo := bits.Mul64(abs64(x), abs64(y))
	if x < 0 != (y < 0) {
		return -int64(lo), hi == 0 && lo <= 1<<63
	}
	return int64(lo), hi == 0 && lo < 1<<63
}

func shift(op Op, t Type) Operation {
	size := uint(facts[t.ID].size) * 8
	if t.ID == Bit {
		size = 1
	}
	return func(x, y Value) (Value, error) {
		if x.kind == KindNull || y.kind == KindNull {
			return Value{}, nil
		}
		if t.IsBinary() {
			return shiftBytes(x.text, op, y.lo), nil
		}
		n, left := y.lo, op == OpShl
		if n < 0 {
			n, left = -n, !left
		}
		if n >= int64(size) || n < 0 {
			return OfInt(0), nil
		}
		u := uint64(x.lo) & (1<<size - 1)
		if size == 64 {
			u = uint64(x.lo)
		}
		if left {
			u <<= uint(n)
		} else {
			u >>= uint(n)
		}
		return OfInt(signed(u, t.ID)), nil
	}
}

// signed reads the low bits of u as an integer of the type.
func signed(u uint64, id ID) int64 {
	switch id {
	case Bit:
		return int64(u & 1)
	case TinyInt:
		return int64(uint8(u))
	case SmallInt:
		return int64(int16(u))
	case Int:
		return int64(int32(u))
	}
	return int64(u)
}

func shiftBytes(s string, op Op, n int64) Value {
	left := op == OpShl
	if n < 0 {
		n, left = -n, !left
	}
	b := make([]byte, len(s))
	if n >= 0 && n < int64(len(s))*8 {
		whole, part := int(n/8), uint(n%8)
		for i := range b {
			if left {
				b[i] = at(s, i+whole)<<part | byte(uint(at(s, i+whole+1))>>(8-part))
			} else {
				b[i] = at(s, i-whole)>>part | byte(uint(at(s, i-whole-1))<<(8-part))
			}
		}
	}
	return OfByteSlice(b)
}

func at(s string, i int) byte {
	if i < 0 || i >= len(s) {
		return 0
	}
	return s[i]
}
