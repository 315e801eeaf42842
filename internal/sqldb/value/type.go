package value

import (
	"strconv"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/collate"
)

// ID is a type of Transact-SQL without its length, precision and scale.
type ID uint8

// The types. numeric is Decimal, sysname is NVarChar with length 128, and timestamp is RowVersion. The zero ID is that
// of a bare NULL, which converts to every type.
const (
	Void ID = iota
	Bit
	TinyInt
	SmallInt
	Int
	BigInt
	Decimal
	SmallMoney
	Money
	Real
	Float
	Date
	Time
	SmallDateTime
	DateTime
	DateTime2
	DateTimeOffset
	Char
	VarChar
	NChar
	NVarChar
	Text
	NText
	Binary
	VarBinary
	Image
	UniqueIdentifier
	XML
	Variant
	RowVersion
	idCount
)

// Max is the Length of varchar(max), nvarchar(max) and varbinary(max).
const Max = -1

// Type is a type with its facets, as a column or an expression has it.
type Type struct {
	ID               ID
	Length           int32 // bytes of char and binary types, UTF-16 units of nchar and nvarchar; Max; of decimal see AsNumeric
	Precision, Scale uint8 // of decimal; Scale also of time, datetime2 and datetimeoffset, and see AsDecimal and JSONText
	Nullable         bool
	Collation        *collate.Collation // of strings; nil is the database's default
}

// typeFacts is what sys.types knows of a type.
type typeFacts struct {
	name       string
	system     uint8 // system_type_id
	user       int32 // user_type_id
	size       int16 // max_length in bytes of fixed types, 0 where the length decides
	precision  uint8 // of fixed types
	scale      uint8
	precedence uint8 // of two types, that with the lower number wins
}

var facts = [idCount]typeFacts{
	Void:             {"NULL", 56, 56, 4, 10, 0, 40},
	Bit:              {"bit", 104, 104, 1, 1, 0, 20},
	TinyInt:          {"tinyint", 48, 48, 1, 3, 0, 19},
	SmallInt:         {"smallint", 52, 52, 2, 5, 0, 18},
	Int:              {"int", 56, 56, 4, 10, 0, 17},
	BigInt:           {"bigint", 127, 127, 8, 19, 0, 16},
	Decimal:          {"decimal", 106, 106, 0, 0, 0, 13},
	SmallMoney:       {"smallmoney", 122, 122, 4, 10, 4, 15},
	Money:            {"money", 60, 60, 8, 19, 4, 14},
	Real:             {"real", 59, 59, 4, 24, 0, 12},
	Float:            {"float", 62, 62, 8, 53, 0, 11},
	Date:             {"date", 40, 40, 3, 10, 0, 9},
	Time:             {"time", 41, 41, 0, 0, 0, 10},
	SmallDateTime:    {"smalldatetime", 58, 58, 4, 16, 0, 8},
	DateTime:         {"datetime", 61, 61, 8, 23, 3, 7},
	DateTime2:        {"datetime2", 42, 42, 0, 0, 0, 6},
	DateTimeOffset:   {"datetimeoffset", 43, 43, 0, 0, 0, 5},
	Char:             {"char", 175, 175, 0, 0, 0, 28},
	VarChar:          {"varchar", 167, 167, 0, 0, 0, 27},
	NChar:            {"nchar", 239, 239, 0, 0, 0, 26},
	NVarChar:         {"nvarchar", 231, 231, 0, 0, 0, 25},
	Text:             {"text", 35, 35, 16, 0, 0, 22},
	NText:            {"ntext", 99, 99, 16, 0, 0, 21},
	Binary:           {"binary", 173, 173, 0, 0, 0, 30},
	VarBinary:        {"varbinary", 165, 165, 0, 0, 0, 29},
	Image:            {"image", 34, 34, 16, 0, 0, 23},
	UniqueIdentifier: {"uniqueidentifier", 36, 36, 16, 0, 0, 24},
	XML:              {"xml", 241, 241, -1, 0, 0, 3},
	Variant:          {"sql_variant", 98, 98, 8016, 0, 0, 2},
	RowVersion:       {"timestamp", 189, 189, 8, 0, 0, 24},
}

// String is the name of the type as sys.types has it.
func (id ID) String() string {
	if id < idCount {
		return facts[id].name
	}
	return "type " + strconv.Itoa(int(id))
}

// Name is the name of the type without its facets.
func (t Type) Name() string {
	if t.isNumeric() {
		return "numeric"
	}
	return t.ID.String()
}

// numeric is the type that sys.types has beside decimal, from which nothing but its name and its number differ.
const (
	numericMark = 1
	numericID   = 108
)

// AsNumeric is a decimal as it is where it was declared numeric: Length marks it. The mark changes Name and
// SystemTypeID, and nothing of what values of it do.
func (t Type) AsNumeric() Type {
	if t.ID == Decimal {
		t.Length = numericMark
	}
	return t
}

func (t Type) isNumeric() bool { return t.ID == Decimal && t.Length == numericMark }

// String is the type as one declares it: "nvarchar(50)", "decimal(10,2)", "varchar(max)".
func (t Type) String() string {
	name := t.Name()
	switch t.ID {
	case Char, VarChar, NChar, NVarChar, Binary, VarBinary:
		if t.Length == Max {
			return name + "(max)"
		}
		return name + "(" + strconv.Itoa(int(t.Length)) + ")"
	case Decimal:
		return name + "(" + strconv.Itoa(int(t.Precision)) + "," + strconv.Itoa(int(t.Scale)) + ")"
	case Time, DateTime2, DateTimeOffset:
		return name + "(" + strconv.Itoa(int(t.Scale)) + ")"
	}
	return name
}

// SystemTypeID is system_type_id of sys.types and sys.columns.
func (t Type) SystemTypeID() int {
	if t.isNumeric() {
		return numericID
	}
	return int(facts[t.ID].system)
}

// UserTypeID is user_type_id; of sysname, which is no ID of its own, the catalog says 256 itself.
func (t Type) UserTypeID() int {
	if t.isNumeric() {
		return numericID
	}
	return int(facts[t.ID].user)
}

// MaxLength is max_length of sys.columns: bytes, -1 for max.
func (t Type) MaxLength() int {
	switch t.ID {
	case Char, VarChar, Binary, VarBinary:
		return int(t.Length)
	case NChar, NVarChar:
		if t.Length == Max {
			return -1
		}
		return 2 * int(t.Length)
	case Decimal:
		return decimalSize(t.Precision)
	case Time:
		return timeSize(t.Scale)
	case DateTime2:
		return timeSize(t.Scale) + 3
	case DateTimeOffset:
		return timeSize(t.Scale) + 5
	}
	return int(facts[t.ID].size)
}

func decimalSize(precision uint8) int {
	switch {
	case precision <= 9:
		return 5
	case precision <= 19:
		return 9
	case precision <= 28:
		return 13
	}
	return 17
}

func timeSize(scale uint8) int {
	switch {
	case scale <= 2:
		return 3
	case scale <= 4:
		return 4
	}
	return 5
}

// DisplayPrecision is the column precision of sys.columns: digits of numbers, characters of dates, 0 of the rest.
func (t Type) DisplayPrecision() int {
	point := 0
	if t.Scale > 0 {
		point = 1
	}
	switch t.ID {
	case Decimal:
		return int(t.Precision)
	case Time:
		return 8 + point + int(t.Scale)
	case DateTime2:
		return 19 + point + int(t.Scale)
	case DateTimeOffset:
		return 26 + point + int(t.Scale)
	}
	return int(facts[t.ID].precision)
}

// DisplayScale is the column scale of sys.columns.
func (t Type) DisplayScale() int {
	switch t.ID {
	case Decimal, Time, DateTime2, DateTimeOffset:
		return int(t.Scale)
	}
	return int(facts[t.ID].scale)
}

// WithNullable is t with Nullable set.
func (t Type) WithNullable(nullable bool) Type {
	t.Nullable = nullable
	return t
}

// Collate is the collation of a string type: its own or the default.
func (t Type) Collate() *collate.Collation {
	if t.Collation != nil {
		return t.Collation
	}
	return collate.Default()
}

// Of makes a type without facets that is nullable: Of(Int), Of(DateTime). The variable ones get their largest facets.
func Of(id ID) Type {
	t := Type{ID: id, Nullable: true}
	switch id {
	case Char, VarChar, Binary, VarBinary:
		t.Length = 8000
	case NChar, NVarChar:
		t.Length = 4000
	case Decimal:
		t.Precision, t.Scale = 18, 0
	case Time, DateTime2, DateTimeOffset:
		t.Scale = 7
	}
	return t
}

// Sized makes a nullable string or binary type of that length.
func Sized(id ID, length int32) Type { return Type{ID: id, Length: length, Nullable: true} }

// DecimalOf makes a nullable decimal.
func DecimalOf(precision, scale uint8) Type {
	return Type{ID: Decimal, Precision: precision, Scale: scale, Nullable: true}
}

// Scaled makes a nullable time, datetime2 or datetimeoffset with that many digits of a second.
func Scaled(id ID, scale uint8) Type { return Type{ID: id, Scale: scale, Nullable: true} }

// Known reports whether id is one of the types.
func (id ID) Known() bool { return id < idCount }

// JSONText is nvarchar(max) of which is known that it is JSON, as JSON_QUERY gives it: functions that write JSON put it
// in as it stands, where other text is quoted. It is a mark on an expression; ForVariable takes it away.
func JSONText() Type { return Type{ID: NVarChar, Length: Max, Scale: 1, Nullable: true} }

// IsJSON reports the mark of JSONText.
func (t Type) IsJSON() bool { return t.ID == NVarChar && t.Scale == 1 }
