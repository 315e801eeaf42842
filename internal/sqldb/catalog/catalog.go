// Package catalog is what a database knows of itself: schemas, tables with their columns, indexes and constraints,
// modules, principals and permissions. A Database is never changed once others can see it; whoever defines something
// edits a copy and installs it when the transaction commits. It must never know how rows are read, what a statement
// looks like, or who is asking.
package catalog

import (
	"strings"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/collate"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// Database is the catalog of one database as of one commit.
type Database struct {
	ID        int32
	Name      string
	Version   uint64 // grows with each commit that changed a definition
	Collation *collate.Collation
	Created   time.Time
	Settings  Settings

	objects    map[int32]Object
	names      map[name]Object // by schema and folded name
	schemas    map[int32]*Schema
	principals map[int32]*Principal
	members    map[Member]bool
	grants     map[grantKey]*Permission
	properties map[propertyKey]*ExtendedProperty
	logins     map[string]*Login // in master, by folded name
	nextID     int32             // of objects; the last given
}

// Settings are what ALTER DATABASE … SET changes and a statement obeys.
type Settings struct {
	AllowSnapshot         bool
	ReadCommittedSnapshot bool
	CompatibilityLevel    int
	ReadOnly              bool
}

type name struct {
	schema int32
	folded string
}

// nameOf is the key of an object's name. Types have names of their own: a table and a type may share one.
func nameOf(o Object) name {
	h := o.Head()
	switch o.(type) {
	case *TableType, *AliasType:
		return name{h.SchemaID, "type " + Fold(h.Name)}
	}
	return name{h.SchemaID, Fold(h.Name)}
}

// Type finds an alias type or a table type by schema and name.
func (d *Database) Type(schema int32, n string) (Object, bool) {
	o, ok := d.names[name{schema, "type " + Fold(n)}]
	return o, ok
}

// Kind is the type of an object as sys.objects spells it.
type Kind string

// The kinds of objects, with the codes of sys.objects.type.
const (
	KindTable          Kind = "U"
	KindView           Kind = "V"
	KindProcedure      Kind = "P"
	KindScalarFunction Kind = "FN"
	KindInlineFunction Kind = "IF"
	KindTableFunction  Kind = "TF"
	KindTrigger        Kind = "TR"
	KindPrimaryKey     Kind = "PK"
	KindUnique         Kind = "UQ"
	KindForeignKey     Kind = "F"
	KindCheck          Kind = "C"
	KindDefault        Kind = "D"
	KindSequence       Kind = "SO"
	KindSynonym        Kind = "SN"
	KindTableType      Kind = "TT"
)

// Header is what every object has.
type Header struct {
	ID       int32
	SchemaID int32
	ParentID int32 // the table of a constraint or trigger; 0 for what stands alone
	Name     string
	Kind     Kind
	Created  time.Time
	Modified time.Time
	System   bool // given by the server: a name that the user did not choose
}

// Head returns the header itself, so that every object is one by embedding it.
func (h *Header) Head() *Header { return h }

// Object is anything with a row in sys.objects: *Table, *Module, *Constraint, *Sequence, *Synonym, *TableType.
type Object interface{ Head() *Header }

// Schema is a namespace of objects.
type Schema struct {
	ID    int32
	Name  string
	Owner int32 // a principal
}

// The schemas that every database has.
const (
	SchemaDBO         int32 = 1
	SchemaGuest       int32 = 2
	SchemaInformation int32 = 3
	SchemaSys         int32 = 4
	// SchemaGlobal is where ## tables are: their names and those of their constraints are not among the database's own.
	SchemaGlobal int32 = -1
)

// Fold is how names are compared: without regard to case, as the default collation of Azure SQL does.
func Fold(s string) string { return strings.ToLower(s) }

// Schema finds a schema by name.
func (d *Database) Schema(name string) (*Schema, bool) {
	for _, s := range d.schemas {
		if strings.EqualFold(s.Name, name) {
			return s, true
		}
	}
	return nil, false
}

// SchemaByID finds a schema.
func (d *Database) SchemaByID(id int32) (*Schema, bool) {
	if id == SchemaGlobal {
		return &Schema{ID: SchemaGlobal, Name: "dbo", Owner: DBOID}, true
	}
	s, ok := d.schemas[id]
	return s, ok
}

// Object finds an object by schema and name.
func (d *Database) Object(schema int32, n string) (Object, bool) {
	o, ok := d.names[name{schema, Fold(n)}]
	return o, ok
}

// ObjectByID finds an object.
func (d *Database) ObjectByID(id int32) (Object, bool) {
	o, ok := d.objects[id]
	return o, ok
}

// Table finds a table by its id.
func (d *Database) Table(id int32) (*Table, bool) {
	t, ok := d.objects[id].(*Table)
	return t, ok
}

// Parameter is a parameter of a procedure or function.
type Parameter struct {
	Name     string // with its @
	Type     value.Type
	Output   bool
	ReadOnly bool   // a table-valued parameter
	TypeID   int32  // the table type of a table-valued parameter
	Default  string // its text; empty for none
}

// Module is a view, procedure, function or trigger: its text is what counts, and is parsed anew where it is used.
type Module struct {
	Header
	Text             string // from CREATE, as written
	QuotedIdentifier bool
	SchemaBound      bool
	Parameters       []Parameter
	Returns          value.Type // of a scalar function
	Columns          []*Column  // of a view or table-valued function, as they were when it was defined
	ExecuteAs        string     // "", OWNER, SELF or a user's name
	Events           []string   // INSERT, UPDATE, DELETE, of a trigger
	InsteadOf        bool
	Disabled         bool
}

// Sequence is a source of numbers.
type Sequence struct {
	Header
	Type                       value.Type
	Start, Increment, Min, Max int64
	Cycle                      bool
	Cache                      int64
}

// Synonym is another name for an object.
type Synonym struct {
	Header
	Base string // as written: up to four parts
}

// TableType is a type for table-valued parameters and table variables.
type TableType struct {
	Header
	TypeID int32
	Table  *Table
}

// AliasType is CREATE TYPE … FROM.
type AliasType struct {
	Header
	TypeID int32
	Type   value.Type
}

// ExtendedProperty is a row of sys.extended_properties.
type ExtendedProperty struct {
	Class       uint8 // 0 database, 1 object or column, 3 schema, 7 index
	MajorID     int32
	MinorID     int32
	Name        string
	Value       string // as nvarchar; what sp_addextendedproperty was given
	ValueIsNull bool
}

type propertyKey struct {
	class        uint8
	major, minor int32
	name         string
}
