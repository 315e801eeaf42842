package tsql

// CreateTable is CREATE TABLE, of temporary tables too. Where rows are put (ON filegroup) is read and dropped, as
// Azure does.
type CreateTable struct {
	Node
	Name    ObjectName
	Table   TableDefinition
	Options []Option // SYSTEM_VERSIONING, DATA_COMPRESSION, LEDGER, MEMORY_OPTIMIZED, …
}

// ColumnDefinition is one column. Type is nil for a computed column and for one that is named timestamp and has none.
type ColumnDefinition struct {
	Node
	Name        Ident
	Type        *DataType
	Computed    Expr
	Persisted   bool
	Null        Toggle
	Identity    *Identity
	Default     *Constraint  // of kind DefaultConstraint
	Constraints []Constraint // keys, checks and references that are written at the column
	Index       *IndexDefinition
	Collation   Ident
	RowGUIDCol  bool
	Sparse      bool
	ColumnSet   bool // xml COLUMN_SET FOR ALL_SPARSE_COLUMNS
	Hidden      bool
	Generated   string  // ROW START, ROW END, TRANSACTION_ID START, …; "": not generated
	Mask        *string // MASKED WITH (FUNCTION = '…')
	FileStream  bool
	Encrypted   []Option // ENCRYPTED WITH (…)
}

// Identity is IDENTITY(seed, increment). The texts are integers with their sign; "" where both were left out.
type Identity struct {
	Node
	Seed, Increment   string
	NotForReplication bool
}

// ConstraintKind is the sort of a Constraint.
type ConstraintKind uint8

// The kinds.
const (
	PrimaryKey ConstraintKind = iota
	Unique
	Check
	ForeignKey
	DefaultConstraint
)

// ReferentialAction is what happens to rows that refer to one that goes away or changes.
type ReferentialAction uint8

// The actions.
const (
	NoAction ReferentialAction = iota
	Cascade
	SetNull
	SetDefault
)

// Constraint is one of a table or column. At a column, Columns is empty.
type Constraint struct {
	Node
	Name              Ident // "": the name is made up
	Kind              ConstraintKind
	Clustered         Toggle        // of keys
	Columns           []IndexColumn // of keys and foreign keys
	Expr              Expr          // of Check and DefaultConstraint
	Text              Span          // of Expr, with the parentheses around it
	References        ObjectName
	RefColumns        []Ident
	OnDelete          ReferentialAction
	OnUpdate          ReferentialAction
	NotForReplication bool
	For               Ident // the column of a DefaultConstraint that ALTER TABLE adds
	WithValues        bool
	Options           []Option
}

// IndexColumn is a key column.
type IndexColumn struct {
	Node
	Name Ident
	Desc bool
}

// IndexDefinition is an index, inline or of CREATE INDEX.
type IndexDefinition struct {
	Node
	Name        Ident
	Unique      bool
	Clustered   Toggle
	ColumnStore bool
	Hash        bool
	Kind        string // XML, SPATIAL, JSON, VECTOR, FULLTEXT; "": an ordinary one
	Columns     []IndexColumn
	Include     []Ident
	Where       Expr
	WhereText   Span
	Options     []Option
}

// Period is PERIOD FOR SYSTEM_TIME (start, end).
type Period struct {
	Node
	Start, End Ident
}

// AlterTable is ALTER TABLE with its one action.
type AlterTable struct {
	Node
	Name   ObjectName
	Action TableAction
}

// TableAction is one of the types below.
type TableAction interface {
	Span() Span
	tableAction()
}

// AddElements is [WITH CHECK | NOCHECK] ADD columns, constraints, indexes.
type AddElements struct {
	Node
	WithCheck Toggle
	Table     TableDefinition
}

// AlterColumn is ALTER COLUMN with a new type, or (Type nil) with ADD or DROP of a property.
type AlterColumn struct {
	Node
	Column   ColumnDefinition // Name, Type, Collation, Null, Mask, Sparse
	Property string           // ROWGUIDCOL, PERSISTED, NOT FOR REPLICATION, SPARSE, HIDDEN, MASKED; "": none
	Drop     bool
	Options  []Option
}

// DropKind is what a DropElement names.
type DropKind uint8

// The kinds. DropConstraint is also what a bare name means.
const (
	DropConstraint DropKind = iota
	DropColumn
	DropPeriod
	DropTableIndex
)

// DropElements is DROP of columns and constraints.
type DropElements struct {
	Node
	Elements []DropElement
}

// DropElement is one of them.
type DropElement struct {
	Node
	Kind     DropKind
	IfExists bool
	Name     Ident
	Options  []Option
}

// CheckConstraints is [WITH CHECK | NOCHECK] CHECK | NOCHECK CONSTRAINT names or ALL.
type CheckConstraints struct {
	Node
	WithCheck Toggle
	Enable    bool
	All       bool
	Names     []Ident
}

// TableTriggers is ENABLE | DISABLE TRIGGER names or ALL.
type TableTriggers struct {
	Node
	Enable bool
	All    bool
	Names  []Ident
}

// TableOptions is SET (…), REBUILD WITH (…) or ENABLE | DISABLE CHANGE_TRACKING: Verb says which.
type TableOptions struct {
	Node
	Verb    string // SET, REBUILD, ENABLE CHANGE_TRACKING, DISABLE CHANGE_TRACKING
	Options []Option
}

// SwitchPartition is SWITCH [PARTITION n] TO table [PARTITION m].
type SwitchPartition struct {
	Node
	From, To Expr
	Target   ObjectName
	Options  []Option
}

func (*AddElements) tableAction()      {}
func (*AlterColumn) tableAction()      {}
func (*DropElements) tableAction()     {}
func (*CheckConstraints) tableAction() {}
func (*TableTriggers) tableAction()    {}
func (*TableOptions) tableAction()     {}
func (*SwitchPartition) tableAction()  {}

// CreateIndex is CREATE INDEX.
type CreateIndex struct {
	Node
	Index IndexDefinition
	Table ObjectName
}

// AlterIndex is ALTER INDEX name | ALL ON table verb.
type AlterIndex struct {
	Node
	Name    Ident
	All     bool
	Table   ObjectName
	Verb    string // REBUILD, REORGANIZE, DISABLE, SET, RESUME, PAUSE, ABORT
	Options []Option
}

// DropIndex is DROP INDEX [IF EXISTS] name ON table, …; the old form table.name is read into it.
type DropIndex struct {
	Node
	IfExists bool
	Indexes  []DroppedIndex
}

// DroppedIndex is one of them.
type DroppedIndex struct {
	Node
	Name    Ident
	Table   ObjectName
	Options []Option
}

// CreateStatistics is CREATE STATISTICS.
type CreateStatistics struct {
	Node
	Name    Ident
	Table   ObjectName
	Columns []Ident
	Where   Expr
	Options []Option
}

// UpdateStatistics is UPDATE STATISTICS table [names].
type UpdateStatistics struct {
	Node
	Table   ObjectName
	Names   []Ident
	Options []Option
}

func (*CreateTable) statement()      {}
func (*AlterTable) statement()       {}
func (*CreateIndex) statement()      {}
func (*AlterIndex) statement()       {}
func (*DropIndex) statement()        {}
func (*CreateStatistics) statement() {}
func (*UpdateStatistics) statement() {}
