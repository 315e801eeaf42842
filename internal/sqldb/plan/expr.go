package plan

import (
	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/collate"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/function"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// Typed carries the static type of an expression; every expression embeds it.
type Typed struct{ T value.Type }

// Type is the static type.
func (t Typed) Type() value.Type { return t.T }

func (Typed) expr() {}

// Const is a value known when the statement was bound.
type Const struct {
	Typed
	V value.Value
}

// Slot is a column of a row. Level 0 is the row at hand; 1 is the row of the nearest enclosing operator that evaluates
// this one once for each of its rows (Apply, a loop join, a subquery), 2 the next one out, and so on.
type Slot struct {
	Typed
	Level, Index int
}

// Variable is a local variable or parameter, by its place in the frame.
type Variable struct {
	Typed
	Index int
}

// Call is a scalar function of the table of functions; @@variables are calls too.
type Call struct {
	Typed
	Function *function.Function
	Args     []Expr
	Types    []value.Type // static types of Args
}

// UserCall is a call of a user-defined scalar function; the session runs its body.
type UserCall struct {
	Typed
	Module *catalog.Module
	Args   []Expr // converted to the parameters' types; defaults filled in
}

// Convert is a conversion, explicit or implied.
type Convert struct {
	Typed
	X        Expr
	Style    int
	Try      bool // NULL instead of an error
	Implicit bool // the error is that of an implicit conversion
	// Order is how the session reads dates in texts.
	Order value.DateOrder
	// Target is set where a column is given the value: then a string that is too long is error 2628, and is not cut.
	Target *Target
}

// DateStyle is the style of a text that becomes a date.
func (e *Convert) DateStyle() int {
	if e.Implicit {
		return value.Ordered(value.NoStyle, e.Order)
	}
	return value.Ordered(e.Style, e.Order)
}

// Target is a column that is given a value, as error 2628 names it.
type Target struct{ Table, Column string }

// Operator is an arithmetic, bit or string operator.
type Operator uint8

// The operators.
const (
	Add Operator = iota // numbers, and datetime + number
	Subtract
	Multiply
	Divide
	Modulo
	Concat // + of strings and of binary
	BitAnd
	BitOr
	BitXor
	Negate
	BitNot
	ShiftLeft
	ShiftRight
)

// Binary applies an operator; the operands have been converted to what value.Operation wants.
type Binary struct {
	Typed
	Op   Operator
	L, R Expr
}

// Unary is Negate or BitNot.
type Unary struct {
	Typed
	Op Operator
	X  Expr
}

// CompareOp is a comparison.
type CompareOp uint8

// The comparisons.
const (
	Equal CompareOp = iota
	NotEqual
	Less
	LessEqual
	Greater
	GreaterEqual
)

// Compare is a comparison of two operands of one type; its own type is a bit that may be NULL (unknown).
type Compare struct {
	Typed
	Op        CompareOp
	L, R      Expr
	Collation *collate.Collation // of strings
	Distinct  bool               // IS [NOT] DISTINCT FROM: NULLs are equal
}

// And, Or and Not are three-valued.
type (
	And struct {
		Typed
		L, R Expr
	}
	Or struct {
		Typed
		L, R Expr
	}
	Not struct {
		Typed
		X Expr
	}
)

// IsNull is X IS [NOT] NULL.
type IsNull struct {
	Typed
	X      Expr
	Negate bool
}

// Like is X [NOT] LIKE Pattern [ESCAPE Escape].
type Like struct {
	Typed
	X, Pattern, Escape Expr // Escape may be nil
	Negate             bool
	Collation          *collate.Collation
}

// In is X [NOT] IN (list); all of one type.
type In struct {
	Typed
	X         Expr
	List      []Expr
	Negate    bool
	Collation *collate.Collation
}

// Case is CASE, IIF, COALESCE and NULLIF; every Then has the type of the whole.
type Case struct {
	Typed
	When []When
	Else Expr // nil is NULL
}

// When is one arm.
type When struct{ If, Then Expr }

// SubqueryKind says what is asked of a subquery.
type SubqueryKind uint8

// The kinds of subqueries.
const (
	ScalarSubquery SubqueryKind = iota // one column; more than one row is error 512
	ExistsSubquery
	InSubquery  // X IN (…)
	AnySubquery // X op ANY (…)
	AllSubquery
)

// Subquery is a query in an expression. Its nodes see the row at hand as Level 1. Where it is not Correlated it is run
// once for each execution of the statement.
type Subquery struct {
	Typed
	Kind       SubqueryKind
	Node       Node
	X          Expr // for In, Any, All: converted as the column is
	Op         CompareOp
	Negate     bool
	Correlated bool
	Collation  *collate.Collation
}
