package tsql

// ModuleMode tells CREATE from ALTER.
type ModuleMode uint8

// The modes.
const (
	Create ModuleMode = iota
	Alter
	CreateOrAlter
)

// ModuleOptions are the WITH options of views, procedures, functions and triggers.
type ModuleOptions struct {
	SchemaBinding bool
	Encryption    bool
	Recompile     bool
	ViewMetadata  bool
	Native        bool   // NATIVE_COMPILATION
	NullOnNull    bool   // RETURNS NULL ON NULL INPUT
	Inline        Toggle // of scalar functions
	ExecuteAs     string // CALLER, SELF, OWNER, USER; "": not given
	ExecuteAsUser string // of USER
}

// CreateView is CREATE, ALTER or CREATE OR ALTER VIEW. The statement's span is the text that sys.sql_modules shows.
type CreateView struct {
	Node
	Mode        ModuleMode
	Name        ObjectName
	Columns     []Ident
	Options     ModuleOptions
	Query       *Query
	CheckOption bool
}

// CreateProcedure is CREATE, ALTER or CREATE OR ALTER PROCEDURE.
type CreateProcedure struct {
	Node
	Mode           ModuleMode
	Name           ObjectName
	Number         int64 // of name;number; 0: none
	Parameters     []Parameter
	Options        ModuleOptions
	ForReplication bool
	Body           []Statement
}

// CreateFunction is CREATE, ALTER or CREATE OR ALTER FUNCTION. One of Returns (scalar, with Body), Query (inline) and
// Table (of several statements, with Body) is set.
type CreateFunction struct {
	Node
	Mode       ModuleMode
	Name       ObjectName
	Parameters []Parameter
	Options    ModuleOptions
	Returns    *DataType
	Query      *Query
	Variable   string // of Table, with its @
	Table      *TableDefinition
	Body       []Statement
}

// CreateTrigger is CREATE, ALTER or CREATE OR ALTER TRIGGER, on a table or view, or on DATABASE or ALL SERVER.
type CreateTrigger struct {
	Node
	Mode              ModuleMode
	Name              ObjectName
	Table             ObjectName
	Scope             string // "", DATABASE, ALL SERVER
	InsteadOf         bool
	Events            []string // in upper case: INSERT, UPDATE, DELETE; those of DDL
	Append            bool
	NotForReplication bool
	Options           ModuleOptions
	Body              []Statement
}

// TriggerState is ENABLE or DISABLE TRIGGER.
type TriggerState struct {
	Node
	Enable bool
	All    bool
	Names  []ObjectName
	Table  ObjectName
	Scope  string // as of CreateTrigger
}

// CreateSchema is CREATE SCHEMA; Elements are its CREATE and GRANT statements.
type CreateSchema struct {
	Node
	Name     Ident
	Owner    Ident
	Elements []Statement
}

// TransferObject is ALTER SCHEMA schema TRANSFER [class::]name.
type TransferObject struct {
	Node
	Schema Ident
	Class  string // OBJECT, TYPE, XML SCHEMA COLLECTION; OBJECT where none is given
	Object ObjectName
}

// CreateSequence is CREATE or ALTER SEQUENCE. A literal that is nil was not given.
type CreateSequence struct {
	Node
	Alter                      bool
	Name                       ObjectName
	Type                       *DataType
	Start, Increment, Min, Max Expr
	Restart                    bool // ALTER … RESTART; Start is its value, if any
	NoMin, NoMax               bool
	Cycle                      Toggle
	Cache                      Toggle
	CacheSize                  Expr
}

// CreateType is CREATE TYPE: an alias of From, or a table.
type CreateType struct {
	Node
	Name    ObjectName
	From    *DataType
	Null    Toggle
	Table   *TableDefinition
	Options []Option
}

// CreateSynonym is CREATE SYNONYM.
type CreateSynonym struct {
	Node
	Name, For ObjectName
}

// ObjectKind is what DROP drops.
type ObjectKind uint8

// The kinds.
const (
	TableObject ObjectKind = iota
	ViewObject
	ProcedureObject
	FunctionObject
	TriggerObject
	SchemaObject
	SequenceObject
	TypeObject
	SynonymObject
	StatisticsObject
	DefaultObject
	RuleObject
	DatabaseObject
	UserObject
	RoleObject
	ServerRoleObject
	LoginObject
	ApplicationRoleObject
	SecurityPolicyObject
)

// Drop is DROP kind [IF EXISTS] names.
type Drop struct {
	Node
	Kind     ObjectKind
	IfExists bool
	Names    []ObjectName // of StatisticsObject: table.name
	Scope    string       // of TriggerObject: "", DATABASE, ALL SERVER
}

// CreateDatabase is CREATE DATABASE, with Azure's options.
type CreateDatabase struct {
	Node
	Name      Ident
	Collation Ident
	CopyOf    *ObjectName // AS COPY OF [server.]database
	Options   []Option    // EDITION, SERVICE_OBJECTIVE, MAXSIZE, BACKUP_STORAGE_REDUNDANCY, LEDGER, CATALOG_COLLATION
}

// AlterDatabase is ALTER DATABASE name | CURRENT.
type AlterDatabase struct {
	Node
	Name    Ident
	Current bool
	Verb    string // MODIFY, MODIFY NAME, COLLATE, SET, ADD SECONDARY, REMOVE SECONDARY, FAILOVER, FORCE_FAILOVER_ALLOW_DATA_LOSS
	NewName Ident  // of MODIFY NAME; the collation of COLLATE; the server of the others
	Options []Option
}

// DatabaseConfiguration is ALTER DATABASE SCOPED CONFIGURATION.
type DatabaseConfiguration struct {
	Node
	Secondary bool
	Clear     bool // CLEAR PROCEDURE_CACHE
	Setting   Option
}

func (*CreateView) statement()            {}
func (*CreateProcedure) statement()       {}
func (*CreateFunction) statement()        {}
func (*CreateTrigger) statement()         {}
func (*TriggerState) statement()          {}
func (*CreateSchema) statement()          {}
func (*TransferObject) statement()        {}
func (*CreateSequence) statement()        {}
func (*CreateType) statement()            {}
func (*CreateSynonym) statement()         {}
func (*Drop) statement()                  {}
func (*CreateDatabase) statement()        {}
func (*AlterDatabase) statement()         {}
func (*DatabaseConfiguration) statement() {}
