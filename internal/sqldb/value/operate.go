package value

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
	return [...]string{"add", "subtract", "multiply", "divide", "modulo", "'&'", "'|'", "'^'", "<<", ">>"}[o]
}
