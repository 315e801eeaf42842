package tsql

// SelectStatement is a query that stands as a statement.
type SelectStatement struct {
	Node
	Query *Query
}

// Insert is INSERT: from Query (whose body may be Values), from Execute, or of DEFAULT VALUES.
type Insert struct {
	Node
	With          *With
	Top           *Top
	Target        TableSource // *Table or *TableVariable; *Rowset is refused by the binder
	Columns       []Ident
	Output        []Output
	Query         *Query
	Execute       *Execute
	DefaultValues bool
}

// Output is OUTPUT items [INTO target [(columns)]]. A statement may have one that goes into a table and one that does not.
type Output struct {
	Node
	Items   []SelectItem
	Into    TableSource // *Table, *TableVariable or nil
	Columns []Ident
}

// Assignment is one of UPDATE's SET: column = value, @v = value, @v = column = value, or column.method(…).
type Assignment struct {
	Node
	Variable string // with its @; ""
	Column   *Column
	Op       Operator // of a compound assignment; NoOperator for =
	Value    Expr
	Method   *Method // .WRITE(…), .modify(…); then there is no Value
}

// Update is UPDATE. Target may name an alias of From.
type Update struct {
	Node
	With      *With
	Top       *Top
	Target    TableSource
	Set       []Assignment
	Output    []Output
	From      []TableSource
	Where     Expr
	CurrentOf *Cursor
	Hints     []Option
}

// Delete is DELETE. Target may name an alias of From.
type Delete struct {
	Node
	With      *With
	Top       *Top
	Target    TableSource
	Output    []Output
	From      []TableSource
	Where     Expr
	CurrentOf *Cursor
	Hints     []Option
}

// Merge is MERGE.
type Merge struct {
	Node
	With    *With
	Top     *Top
	Target  TableSource // its alias stands in it
	Using   TableSource
	On      Expr
	Clauses []MergeClause
	Output  []Output
	Hints   []Option
}

// MergeMatch is the rows that a MergeClause is for.
type MergeMatch uint8

// The rows.
const (
	Matched MergeMatch = iota
	NotMatchedByTarget
	NotMatchedBySource
)

// MergeAction is what a MergeClause does.
type MergeAction uint8

// The actions.
const (
	MergeUpdate MergeAction = iota
	MergeDelete
	MergeInsert
)

// MergeClause is one WHEN … THEN ….
type MergeClause struct {
	Node
	Match         MergeMatch
	And           Expr
	Action        MergeAction
	Set           []Assignment // of MergeUpdate
	Columns       []Ident      // of MergeInsert
	Values        []Expr       // of MergeInsert
	DefaultValues bool
}

// InsertBulk is INSERT BULK: the announcement of rows that follow as a bulk load message.
type InsertBulk struct {
	Node
	Table   ObjectName
	Columns []BulkColumn
	Options []Option // TABLOCK, CHECK_CONSTRAINTS, FIRE_TRIGGERS, KEEP_NULLS, ROWS_PER_BATCH, ORDER, …
}

// BulkColumn is one column that will come.
type BulkColumn struct {
	Node
	Name      Ident
	Type      DataType
	Collation Ident
	Null      Toggle
}

// BulkInsert is BULK INSERT table FROM 'file'.
type BulkInsert struct {
	Node
	Table   ObjectName
	From    string
	Options []Option
}

// Truncate is TRUNCATE TABLE.
type Truncate struct {
	Node
	Table   ObjectName
	Options []Option
}

func (*SelectStatement) statement() {}
func (*Insert) statement()          {}
func (*Update) statement()          {}
func (*Delete) statement()          {}
func (*Merge) statement()           {}
func (*InsertBulk) statement()      {}
func (*BulkInsert) statement()      {}
func (*Truncate) statement()        {}
