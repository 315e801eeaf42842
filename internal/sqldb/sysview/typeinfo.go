package sysview

import "github.com/alcedo-cloud/alcedo/internal/sqldb/value"

const typeInfoColumns = `TYPE_NAME sysname, DATA_TYPE smallint, PRECISION int null, LITERAL_PREFIX varchar(32) null, LITERAL_SUFFIX varchar(32) null,
	CREATE_PARAMS varchar(32) null, NULLABLE smallint, CASE_SENSITIVE smallint, SEARCHABLE smallint, UNSIGNED_ATTRIBUTE smallint null,
	MONEY smallint, AUTO_INCREMENT smallint null, LOCAL_TYPE_NAME sysname null, MINIMUM_SCALE smallint null, MAXIMUM_SCALE smallint null,
	SQL_DATA_TYPE smallint, SQL_DATETIME_SUB smallint null, NUM_PREC_RADIX int null, INTERVAL_PRECISION smallint null, USERTYPE smallint null`

// typeFact is what sp_datatype_info says of a type beyond what odbcOf does.
type typeFact struct {
	name           string
	t              value.Type
	prefix, suffix any
	params         any
	user           int
}

var typeFacts = []typeFact{
	{"bit", value.Type{ID: value.Bit}, nil, nil, nil, 16},
	{"tinyint", value.Type{ID: value.TinyInt}, nil, nil, nil, 5},
	{"smallint", value.Type{ID: value.SmallInt}, nil, nil, nil, 6},
	{"int", value.Type{ID: value.Int}, nil, nil, nil, 7},
	{"bigint", value.Type{ID: value.BigInt}, nil, nil, nil, 0},
	{"decimal", value.Type{ID: value.Decimal, Precision: 38, Scale: 38}, nil, nil, "precision,scale", 24},
	{"numeric", value.Type{ID: value.Decimal, Precision: 38, Scale: 38}, nil, nil, "precision,scale", 10},
	{"money", value.Type{ID: value.Money}, "$", nil, nil, 11},
	{"smallmoney", value.Type{ID: value.SmallMoney}, "$", nil, nil, 21},
	{"real", value.Type{ID: value.Real}, nil, nil, nil, 23},
	{"float", value.Type{ID: value.Float}, nil, nil, nil, 8},
	{"date", value.Type{ID: value.Date}, "'", "'", nil, 0},
	{"time", value.Type{ID: value.Time, Scale: 7}, "'", "'", "scale", 0},
	{"smalldatetime", value.Type{ID: value.SmallDateTime}, "'", "'", nil, 22},
	{"datetime", value.Type{ID: value.DateTime}, "'", "'", nil, 12},
	{"datetime2", value.Type{ID: value.DateTime2, Scale: 7}, "'", "'", "scale", 0},
	{"datetimeoffset", value.Type{ID: value.DateTimeOffset, Scale: 7}, "'", "'", "scale", 0},
	{"char", value.Type{ID: value.Char, Length: 8000}, "'", "'", "length", 1},
	{"varchar", value.Type{ID: value.VarChar, Length: 8000}, "'", "'", "max length", 2},
	{"text", value.Type{ID: value.Text}, "'", "'", nil, 19},
	{"nchar", value.Type{ID: value.NChar, Length: 4000}, "N'", "'", "length", 0},
	{"nvarchar", value.Type{ID: value.NVarChar, Length: 4000}, "N'", "'", "max length", 0},
	{"sysname", value.Type{ID: value.NVarChar, Length: 128}, "N'", "'", nil, 18},
	{"ntext", value.Type{ID: value.NText}, "N'", "'", nil, 0},
	{"binary", value.Type{ID: value.Binary, Length: 8000}, "0x", nil, "length", 3},
	{"varbinary", value.Type{ID: value.VarBinary, Length: 8000}, "0x", nil, "max length", 4},
	{"timestamp", value.Type{ID: value.RowVersion}, "0x", nil, nil, 80},
	{"image", value.Type{ID: value.Image}, "0x", nil, nil, 20},
	{"uniqueidentifier", value.Type{ID: value.UniqueIdentifier}, "'", "'", nil, 0},
	{"xml", value.Type{ID: value.XML}, "N'", "'", nil, 0},
	{"sql_variant", value.Type{ID: value.Variant}, nil, nil, nil, 0},
}

// How a type can be searched, as ODBC numbers it.
const (
	searchedNever = iota
	searchedByLike
	searchedButLike
	searched
)

func typeInfo(r *rows) {
	for _, f := range typeFacts {
		o := odbcOf(f.t)
		search, unsigned, increment := searchedButLike, any(nil), any(nil)
		switch {
		case f.t.ID == value.XML || f.t.ID == value.Image:
			search = searchedNever
		case f.t.ID == value.Text || f.t.ID == value.NText:
			search = searchedByLike
		case f.t.IsString():
			search = searched
		}
		if f.t.IsNumeric() && f.t.ID != value.Bit {
			unsigned, increment = number(f.t.ID == value.TinyInt), 0
		}
		low, high := any(nil), any(nil)
		switch {
		case f.t.ID == value.Decimal:
			low, high = 0, 38
		case f.t.ID == value.Time || f.t.ID == value.DateTime2 || f.t.ID == value.DateTimeOffset:
			low, high = 0, 7
		case o.scale != nil:
			low, high = o.scale, o.scale
		}
		code := o.code
		if f.name == "numeric" {
			code = 2
		}
		verbose := o.verbose
		if f.name == "numeric" {
			verbose = 2
		}
		nullable := number(f.name != "sysname" && f.name != "timestamp")
		r.add(f.name, code, o.size, f.prefix, f.suffix, f.params, nullable, 0, search, unsigned, number(f.t.IsMoney()), increment, f.name, low, high, verbose,
			o.sub, o.radix, nil, f.user)
	}
}
