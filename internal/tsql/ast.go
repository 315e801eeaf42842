package tsql

// Span is where a node stands in its batch.
type Span struct {
	Start, End int32 // bytes from the batch's first; End is exclusive
	Line       int32 // of the first token; the batch's first line is 1
}

// Node is the part that all nodes of the tree share.
type Node struct{ At Span }

// Span gives the node's place.
func (n *Node) Span() Span { return n.At }

// Batch is what one request asks for: statements that are compiled together.
type Batch struct {
	Text       string // as it came; the spans of all nodes point into it
	Statements []Statement
}

// Slice gives the source text of a span.
func (b *Batch) Slice(s Span) string { return b.Text[s.Start:s.End] }

// Statement is one statement; its type says which.
type Statement interface {
	Span() Span
	statement()
}

// Expr is a scalar expression or a predicate: Transact-SQL has no Boolean type, so IsPredicate tells them apart.
type Expr interface {
	Span() Span
	expr()
}

// Ident is one part of a name. Name is free of its quotes; "" says that there is none.
type Ident struct {
	Name string
	Node
	Quoted bool // by [] or ""
}

// ObjectName is a name of up to four parts. A part that was left out, as the schema of db..t, has an empty Name.
type ObjectName struct {
	Node
	Server, Database, Schema, Name Ident
}

// DataType is a type as written: the name, and its arguments in parentheses. Names of several words are folded into
// the one that they stand for (CHARACTER VARYING is varchar, DOUBLE PRECISION float); other names are as written.
type DataType struct {
	Node
	Name   ObjectName
	Args   []int64 // length, or precision and scale; -1 is MAX
	Schema *ObjectName
	// Schema is the schema collection of xml(…).
}

// Max stands for MAX among the arguments of a DataType.
const Max = -1

// Toggle is a choice that may be left to the default.
type Toggle uint8

// The choices: NULL and NOT NULL, ON and OFF, CLUSTERED and NONCLUSTERED, CHECK and NOCHECK.
const (
	Unspecified Toggle = iota
	Yes
	No
)

// Option is one NAME or NAME = VALUE of a WITH, SET or OPTION list.
type Option struct {
	Node
	Name    string      // in upper case, words joined by one blank: "STATISTICS_NORECOMPUTE", "DEFAULT_SCHEMA"
	Word    string      // a value that is a word, as written: ON, PAGE, a schema's name
	Value   Expr        // a value that is a literal, a variable or an expression; nil if there is none
	Object  *ObjectName // a value that is a name of several parts
	Options []Option    // a parenthesised list below it
}

// On reports whether the option reads NAME, or NAME = ON.
func (o *Option) On() bool {
	return o.Value == nil && (o.Word == "" || fold(o.Word, "ON"))
}

// TableDefinition is what stands between the parentheses of CREATE TABLE, of a table variable and of a table type.
type TableDefinition struct {
	Node
	Columns     []ColumnDefinition
	Constraints []Constraint
	Indexes     []IndexDefinition
	Period      *Period
}

// Parameter is one of a procedure or function.
type Parameter struct {
	Node
	Name     string // with its @
	Type     DataType
	Default  Expr // nil: must be given
	Output   bool
	ReadOnly bool
	Varying  bool // of a cursor
	Null     Toggle
}
