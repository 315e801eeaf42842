package tsql

// Declare is DECLARE of variables and table variables.
type Declare struct {
	Node
	Variables []DeclaredVariable
}

// DeclaredVariable is one of them: a scalar (Type), a table (Table) or a cursor.
type DeclaredVariable struct {
	Node
	Name   string // with its @
	Type   *DataType
	Value  Expr // nil: NULL
	Table  *TableDefinition
	Cursor bool
	Null   Toggle // NULL or NOT NULL behind the type
}

// SetVariable is SET @name op value, or SET @name = CURSOR ….
type SetVariable struct {
	Node
	Name   string
	Op     Operator // of a compound assignment; NoOperator for =
	Value  Expr
	Cursor *CursorDefinition
	Method *Method // SET @x.modify(…)
}

// SetOption is SET names ON | OFF: ANSI_NULLS, XACT_ABORT, NOCOUNT, …, and STATISTICS IO and its sisters, whose names
// are of two words. Names are in upper case.
type SetOption struct {
	Node
	Names []string
	On    bool
}

// SetValue is SET name value: DATEFORMAT, DATEFIRST, LANGUAGE, LOCK_TIMEOUT, ROWCOUNT, TEXTSIZE, CONTEXT_INFO,
// DEADLOCK_PRIORITY, QUERY_GOVERNOR_COST_LIMIT, FIPS_FLAGGER, OFFSETS. A word is read as a string literal.
type SetValue struct {
	Node
	Name  string // in upper case
	Value Expr
}

// SetIdentityInsert is SET IDENTITY_INSERT table ON | OFF.
type SetIdentityInsert struct {
	Node
	Table ObjectName
	On    bool
}

// IsolationLevel is one of SET TRANSACTION ISOLATION LEVEL, as TDS numbers them.
type IsolationLevel uint8

// The levels.
const (
	ReadUncommitted IsolationLevel = 1 + iota
	ReadCommitted
	RepeatableRead
	Serializable
	Snapshot
)

// SetIsolation is SET TRANSACTION ISOLATION LEVEL.
type SetIsolation struct {
	Node
	Level IsolationLevel
}

// If is IF condition statement [ELSE statement].
type If struct {
	Node
	Condition  Expr
	Then, Else Statement // Else nil: none
}

// While is WHILE condition statement.
type While struct {
	Node
	Condition Expr
	Body      Statement
}

// Block is BEGIN … END. Options are those of BEGIN ATOMIC WITH (…).
type Block struct {
	Node
	Statements []Statement
	Atomic     bool
	Options    []Option
}

// TryCatch is BEGIN TRY … END TRY BEGIN CATCH … END CATCH.
type TryCatch struct {
	Node
	Try, Catch []Statement
}

// Break leaves a WHILE.
type Break struct{ Node }

// Continue begins a WHILE anew.
type Continue struct{ Node }

// Return is RETURN [value].
type Return struct {
	Node
	Value Expr
}

// Goto is GOTO label.
type Goto struct {
	Node
	Label Ident
}

// Label is name:.
type Label struct {
	Node
	Name Ident
}

// Throw is THROW [number, message, state]. All are nil for the one that throws again.
type Throw struct {
	Node
	Number, Message, State Expr
}

// RaiseError is RAISERROR (message, severity, state, arguments) WITH options.
type RaiseError struct {
	Node
	Message, Severity, State Expr
	Args                     []Expr
	Log, NoWait, SetError    bool
}

// Print is PRINT value.
type Print struct {
	Node
	Value Expr
}

// WaitFor is WAITFOR DELAY | TIME value.
type WaitFor struct {
	Node
	Time  bool
	Value Expr
}

// Execute is EXEC of a procedure, of a variable that names one, or of a string. Implicit says that the word was left
// out, as the first statement of a batch may.
type Execute struct {
	Node
	Implicit   bool
	Return     string // @rc of EXEC @rc = p; ""
	Procedure  ObjectName
	Variable   string // EXEC @p; ""
	Number     int64  // of name;number
	Args       []Argument
	Strings    []Expr // EXEC ('…' + @v): the parts in their order; nil: no string
	As         string // USER, LOGIN or "": of a string
	AsName     string
	Server     Ident // AT linked_server
	Recompile  bool
	ResultSets []Option // WITH RESULT SETS …: UNDEFINED, NONE, or one option a set
}

// Argument is [@name =] value [OUTPUT].
type Argument struct {
	Node
	Name   string // with its @; "": by place
	Value  Expr   // *Default for DEFAULT; a bare word is a string literal
	Output bool
}

// TransactionName is a name as written, or a variable that has it.
type TransactionName struct {
	Name     string
	Variable string // with its @
}

// BeginTransaction is BEGIN TRAN.
type BeginTransaction struct {
	Node
	Name        TransactionName
	Distributed bool
	Mark        *string // WITH MARK ['…']
}

// Commit is COMMIT.
type Commit struct {
	Node
	Name    TransactionName
	Options []Option // DELAYED_DURABILITY
}

// Rollback is ROLLBACK; a name may be a savepoint's.
type Rollback struct {
	Node
	Name TransactionName
}

// SaveTransaction is SAVE TRAN name.
type SaveTransaction struct {
	Node
	Name TransactionName
}

// Use is USE database.
type Use struct {
	Node
	Database Ident
}

// Kill is KILL session.
type Kill struct {
	Node
	Session    Expr
	StatusOnly bool
}

// DBCC is DBCC command (arguments) WITH options.
type DBCC struct {
	Node
	Command string // in upper case
	Args    []Expr // a bare name is a Column
	Options []Option
}

// Checkpoint is CHECKPOINT [seconds].
type Checkpoint struct {
	Node
	Seconds Expr
}

func (*Declare) statement()           {}
func (*SetVariable) statement()       {}
func (*SetOption) statement()         {}
func (*SetValue) statement()          {}
func (*SetIdentityInsert) statement() {}
func (*SetIsolation) statement()      {}
func (*If) statement()                {}
func (*While) statement()             {}
func (*Block) statement()             {}
func (*TryCatch) statement()          {}
func (*Break) statement()             {}
func (*Continue) statement()          {}
func (*Return) statement()            {}
func (*Goto) statement()              {}
func (*Label) statement()             {}
func (*Throw) statement()             {}
func (*RaiseError) statement()        {}
func (*Print) statement()             {}
func (*WaitFor) statement()           {}
func (*Execute) statement()           {}
func (*BeginTransaction) statement()  {}
func (*Commit) statement()            {}
func (*Rollback) statement()          {}
func (*SaveTransaction) statement()   {}
func (*Use) statement()               {}
func (*Kill) statement()              {}
func (*DBCC) statement()              {}
func (*Checkpoint) statement()        {}
