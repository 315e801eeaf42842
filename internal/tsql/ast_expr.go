package tsql

// LiteralKind is the lexical sort of a Literal.
type LiteralKind uint8

// The kinds of literals. What type an integer has depends on its size: int, then numeric.
const (
	NullLiteral    LiteralKind = iota
	IntegerLiteral             // Text is its digits
	DecimalLiteral             // digits with a point
	FloatLiteral               // with an exponent
	MoneyLiteral               // Text without the currency sign
	StringLiteral              // Text is the value, escapes undone
	NStringLiteral             // N'…'
	BinaryLiteral              // Text is the hexadecimal digits after 0x
)

// Literal is a constant. Signs are Unary nodes around it.
type Literal struct {
	Text string
	Node
	Kind LiteralKind
}

// Variable is @name or, where System is set, a function spelled @@name.
type Variable struct {
	Node
	Name   string // with its @ or @@, as written
	System bool
}

// Column is a column's name with its table's, alias's or nothing before it; pseudo columns ($action, $identity) too.
type Column struct {
	Node
	Qualifier *ObjectName // nil: none
	Name      Ident
}

// Default is the word DEFAULT in place of a value.
type Default struct{ Node }

// Operator is one of those that take one or two operands.
type Operator uint8

// The operators.
const (
	NoOperator Operator = iota
	Add
	Subtract
	Multiply
	Divide
	Modulo
	BitAnd
	BitOr
	BitXor
	BitNot
	ShiftLeft
	ShiftRight
	Concat // ||
	Plus   // sign
	Minus  // sign
	Equal
	NotEqual
	Less
	LessEqual // and !>
	Greater
	GreaterEqual // and !<
	And
	Or
)

// Unary is Plus, Minus or BitNot.
type Unary struct {
	Node
	Op Operator
	X  Expr
}

// Binary is an arithmetic, bit or concatenating operator.
type Binary struct {
	Node
	Op          Operator
	Left, Right Expr
}

// Compare is Equal to GreaterEqual.
type Compare struct {
	Node
	Op          Operator
	Left, Right Expr
}

// Logical is And or Or over two or more predicates; a chain of the same operator is one node.
type Logical struct {
	Node
	Op       Operator
	Operands []Expr
}

// Not negates a predicate.
type Not struct {
	Node
	X Expr
}

// IsNull is x IS [NOT] NULL.
type IsNull struct {
	Node
	X   Expr
	Not bool
}

// Distinct is x IS [NOT] DISTINCT FROM y.
type Distinct struct {
	Node
	Left, Right Expr
	Not         bool
}

// Between is x [NOT] BETWEEN low AND high.
type Between struct {
	Node
	X, Low, High Expr
	Not          bool
}

// In is x [NOT] IN over a list or, where Query is set, over its rows.
type In struct {
	Node
	X     Expr
	List  []Expr
	Query *Query
	Not   bool
}

// Like is x [NOT] LIKE pattern [ESCAPE escape].
type Like struct {
	Node
	X, Pattern, Escape Expr
	Not                bool
}

// Exists is EXISTS (query).
type Exists struct {
	Node
	Query *Query
}

// Quantified is x op ALL (query) or x op ANY (query); SOME is ANY.
type Quantified struct {
	Node
	Op    Operator
	X     Expr
	All   bool
	Query *Query
}

// Subquery is a query in place of a value.
type Subquery struct {
	Node
	Query *Query
}

// Case is CASE with an operand that is compared, or (Operand nil) with predicates.
type Case struct {
	Node
	Operand Expr
	Whens   []When
	Else    Expr // nil: NULL
}

// When is one branch of Case.
type When struct {
	Node
	If, Then Expr
}

// Cast is CAST(x AS type) and TRY_CAST.
type Cast struct {
	Node
	X    Expr
	Type DataType
	Try  bool
}

// Convert is CONVERT(type, x [, style]) and TRY_CONVERT.
type Convert struct {
	Node
	Type     DataType
	X, Style Expr // Style nil: the default
	Try      bool
}

// ParseValue is PARSE(x AS type [USING culture]) and TRY_PARSE.
type ParseValue struct {
	Node
	X, Culture Expr
	Type       DataType
	Try        bool
}

// Call is a function with its arguments, an aggregate and a window function too. Functions without parentheses
// (CURRENT_TIMESTAMP, USER) have Bare set.
type Call struct {
	Node
	Name        ObjectName
	Args        []Expr
	Star        bool // COUNT(*)
	Distinct    bool // COUNT(DISTINCT x)
	Bare        bool
	Nulls       NullTreatment
	Over        *Over
	WithinGroup []OrderItem // of STRING_AGG, PERCENTILE_CONT
	Returning   *DataType   // of JSON_VALUE and its sisters
	JSONNulls   Toggle      // Yes: NULL ON NULL; No: ABSENT ON NULL
	Wrapper     bool        // JSON_QUERY … WITH ARRAY WRAPPER
}

// NullTreatment says what a window function makes of NULL.
type NullTreatment uint8

// The treatments.
const (
	DefaultNulls NullTreatment = iota
	RespectNulls
	IgnoreNulls
)

// DatePart is the first argument of DATEADD and its sisters: a word that is no column.
type DatePart struct {
	Node
	Name string // as written: year, yy, DAY
}

// Trim is TRIM([side] [characters FROM] x) in the forms that a Call cannot express.
type Trim struct {
	Node
	Side          TrimSide
	Characters, X Expr // Characters nil: blanks
}

// TrimSide is where TRIM takes away.
type TrimSide uint8

// The sides.
const (
	TrimBoth TrimSide = iota
	TrimLeading
	TrimTrailing
)

// Pair is name:value, an argument of JSON_OBJECT.
type Pair struct {
	Node
	Key, Value Expr
}

// NextValue is NEXT VALUE FOR sequence [OVER (…)].
type NextValue struct {
	Node
	Sequence ObjectName
	Over     *Over
}

// AtTimeZone is x AT TIME ZONE zone.
type AtTimeZone struct {
	Node
	X, Zone Expr
}

// Collate is x COLLATE name.
type Collate struct {
	Node
	X    Expr
	Name Ident
}

// Method is a method of a value, x.value('…', '…'), or of a type, where Type is set: geography::Point(…).
// A property has Bare set.
type Method struct {
	Node
	X    Expr
	Type *ObjectName
	Name Ident
	Args []Expr
	Bare bool
}

// NewIdentity is IDENTITY(type, seed, increment), a column of SELECT INTO.
type NewIdentity struct {
	Node
	Type     DataType
	Identity Identity
}

func (*Literal) expr()     {}
func (*Variable) expr()    {}
func (*Column) expr()      {}
func (*Default) expr()     {}
func (*Unary) expr()       {}
func (*Binary) expr()      {}
func (*Compare) expr()     {}
func (*Logical) expr()     {}
func (*Not) expr()         {}
func (*IsNull) expr()      {}
func (*Distinct) expr()    {}
func (*Between) expr()     {}
func (*In) expr()          {}
func (*Like) expr()        {}
func (*Exists) expr()      {}
func (*Quantified) expr()  {}
func (*Subquery) expr()    {}
func (*Case) expr()        {}
func (*Cast) expr()        {}
func (*Convert) expr()     {}
func (*ParseValue) expr()  {}
func (*Call) expr()        {}
func (*DatePart) expr()    {}
func (*Trim) expr()        {}
func (*Pair) expr()        {}
func (*NextValue) expr()   {}
func (*AtTimeZone) expr()  {}
func (*Collate) expr()     {}
func (*Method) expr()      {}
func (*NewIdentity) expr() {}

// IsPredicate reports whether e is a search condition, and not a value: the two may not stand for one another. The
// calls that are predicates (UPDATE(column) of a trigger, CONTAINS, FREETEXT) are among them.
func IsPredicate(e Expr) bool {
	switch e := e.(type) {
	case *Compare, *Logical, *Not, *IsNull, *Distinct, *Between, *In, *Like, *Exists, *Quantified:
		return true
	case *Call:
		if e.Name.Schema.Name != "" || e.Name.Name.Quoted {
			return false
		}
		for _, name := range predicateCalls {
			if fold(e.Name.Name.Name, name) {
				return true
			}
		}
	}
	return false
}

var predicateCalls = []string{"UPDATE", "CONTAINS", "FREETEXT", "REGEXP_LIKE"}
