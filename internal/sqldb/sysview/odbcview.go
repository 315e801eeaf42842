package sysview

import (
	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/collate"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// odbcType is a type as ODBC describes it, in the catalog functions of its version 3.
type odbcType struct {
	code         int // SQL_DATA_TYPE of the column, DATA_TYPE
	verbose, sub any
	size, bytes  int64
	scale        any
	radix        any
}

// odbcOf describes a type. Sizes are those of the ODBC reference's appendix on display and transfer.
func odbcOf(t value.Type) odbcType {
	o := odbcType{size: int64(t.DisplayPrecision()), bytes: int64(t.MaxLength()), scale: t.DisplayScale(), radix: 10}
	switch t.ID {
	case value.Bit:
		o.code, o.scale, o.radix = -7, nil, nil
	case value.TinyInt:
		o.code = -6
	case value.SmallInt:
		o.code = 5
	case value.Int:
		o.code = 4
	case value.BigInt:
		o.code = -5
	case value.Decimal:
		o.code, o.bytes = 3, int64(t.Precision)+2
		if t.Name() == "numeric" {
			o.code = 2
		}
	case value.SmallMoney:
		o.code, o.bytes = 3, 12
	case value.Money:
		o.code, o.bytes = 3, 21
	case value.Real:
		o.code, o.size, o.scale = 7, 7, nil
	case value.Float:
		o.code, o.size, o.scale = 6, 15, nil
	case value.UniqueIdentifier:
		o.code, o.size, o.scale, o.radix = -11, 36, nil, nil
	case value.XML:
		o.code, o.size, o.bytes, o.scale, o.radix = -152, 0, 0, nil, nil
	case value.Variant:
		o.code, o.size, o.bytes, o.scale, o.radix = -150, 8000, 8000, nil, nil
	default:
		if t.IsDateTime() {
			o.date(t)
		} else {
			o.text(t)
		}
	}
	if o.verbose == nil {
		o.verbose = o.code
	}
	return o
}

func (o *odbcType) date(t value.Type) {
	o.radix = nil
	switch t.ID {
	case value.Date:
		o.code, o.verbose, o.sub, o.bytes, o.scale = 91, 9, 1, 6, nil
	case value.Time:
		o.code, o.verbose, o.sub, o.bytes = -154, -154, 0, 12
	case value.DateTimeOffset:
		o.code, o.verbose, o.sub, o.bytes = -155, -155, 0, 20
	default:
		o.code, o.verbose, o.sub, o.bytes = 93, 9, 3, 16
	}
}

func (o *odbcType) text(t value.Type) {
	o.scale, o.radix, o.size = nil, nil, int64(t.Length)
	switch t.ID {
	case value.Char:
		o.code = 1
	case value.VarChar:
		o.code = 12
	case value.NChar:
		o.code = -8
	case value.NVarChar:
		o.code = -9
	case value.Binary:
		o.code = -2
	case value.VarBinary:
		o.code = -3
	case value.RowVersion:
		o.code, o.size, o.bytes = -2, 8, 8
	case value.Text:
		o.code, o.size, o.bytes = -1, 2147483647, 2147483647
	case value.NText:
		o.code, o.size, o.bytes = -10, 1073741823, 2147483646
	case value.Image:
		o.code, o.size, o.bytes = -4, 2147483647, 2147483647
	}
	if t.IsMax() {
		o.size, o.bytes = 0, 0
	}
}

// octets is CHAR_OCTET_LENGTH.
func octets(t value.Type, o odbcType) any {
	if t.IsString() || t.IsBinary() || t.ID == value.XML || t.ID == value.Variant {
		return o.bytes
	}
	return nil
}

// wireType is SS_DATA_TYPE: the type as the wire had it before version 7 of the protocol.
func wireType(t value.Type) int {
	var fixed, nullable int
	switch t.ID {
	case value.Bit:
		return 50
	case value.TinyInt:
		fixed, nullable = 48, 38
	case value.SmallInt:
		fixed, nullable = 52, 38
	case value.Int:
		fixed, nullable = 56, 38
	case value.BigInt:
		fixed, nullable = 63, 108
	case value.Decimal:
		fixed, nullable = 55, 106
	case value.SmallMoney:
		fixed, nullable = 122, 110
	case value.Money:
		fixed, nullable = 60, 110
	case value.Real:
		fixed, nullable = 59, 109
	case value.Float:
		fixed, nullable = 62, 109
	case value.SmallDateTime:
		fixed, nullable = 58, 111
	case value.DateTime:
		fixed, nullable = 61, 111
	case value.VarChar, value.NVarChar, value.Variant:
		return 39
	case value.Char, value.NChar:
		fixed, nullable = 47, 39
	case value.Binary, value.RowVersion:
		fixed, nullable = 45, 37
	case value.VarBinary, value.UniqueIdentifier:
		return 37
	case value.Text, value.NText, value.XML:
		return 35
	case value.Image:
		return 34
	}
	if t.Nullable {
		return nullable
	}
	return fixed
}

const odbcColumns = `DATA_TYPE smallint, TYPE_NAME sysname, PRECISION int null, LENGTH int null, SCALE smallint null, RADIX smallint null,
	NULLABLE smallint, COLUMN_DEF nvarchar(4000) null, SQL_DATA_TYPE smallint, SQL_DATETIME_SUB smallint null, CHAR_OCTET_LENGTH int null,
	ORDINAL_POSITION int, IS_NULLABLE varchar(254) null, SS_DATA_TYPE tinyint null`

// odbcViews are what the catalog procedures of drivers read; they are no views that SQL Server documents.
func odbcViews() []view {
	return []view{
		{"sys", "spt_columns_odbc_view", "object_id int, column_id int, name sysname, is_identity bit, is_computed bit, " + odbcColumns, odbcColumnRows},
		{"sys", "spt_parameters_odbc_view", "object_id int, parameter_id int, name sysname null, COLUMN_TYPE smallint, " + odbcColumns, odbcParameterRows},
		{"sys", "spt_tablecollations_view", "object_id int, colid int, name sysname, tds_collation_28 binary(5) null, collation_28 sysname null, tds_collation_90 binary(5) null, collation_90 sysname null, tds_collation_100 binary(5) null, collation_100 sysname null", tableCollations},
		{"sys", "spt_text_view", "object_id int, line int, text nvarchar(255) null", textLines},
		{"sys", "spt_datatype_info_view", typeInfoColumns, typeInfo},
		{"sys", "messages", "message_id int, language_id smallint, severity tinyint null, is_event_logged bit, text nvarchar(2048)", messageRows},
	}
}

// odbcRow are the columns of odbcColumns.
func (r *rows) odbcRow(t value.Type, alias int32, suffix string, place int, text any) []any {
	o := odbcOf(t)
	name := t.Name()
	if a, ok := r.db.TypeByID(alias); ok && alias != 0 {
		name = a.Head().Name
	}
	scale := o.scale
	if n, ok := scale.(int); ok && t.IsDateTime() && n == 0 {
		scale = 0
	}
	return []any{
		o.code, name + suffix, o.size, o.bytes, scale, o.radix, number(t.Nullable), text, o.verbose, o.sub, octets(t, o), place, yesNo(t.Nullable), wireType(t),
	}
}

func odbcColumnRows(r *rows) {
	for o := range r.owners() {
		for i, c := range o.columns {
			suffix, text := "", any(nil)
			if c.Identity != nil {
				suffix = " identity"
			}
			if c.Default != nil {
				text = tsql.NormalExpr(c.Default.Text)
			}
			row := append([]any{o.header.ID, c.ID, c.Name, c.Identity != nil, c.Computed != nil}, r.odbcRow(c.Type, c.TypeID, suffix, i+1, text)...)
			if !r.add(row...) {
				return
			}
		}
	}
}

// COLUMN_TYPE of sp_sproc_columns.
const (
	inParameter    = 1
	inOutParameter = 2
	resultColumn   = 3
	returnValue    = 5
)

func odbcParameterRows(r *rows) {
	r.eachModule(func(h *catalog.Header, m *catalog.Module) bool {
		returned, kind := value.Type{ID: value.Int}, returnValue
		switch h.Kind {
		case catalog.KindProcedure:
		case catalog.KindScalarFunction:
			returned = m.Returns
		case catalog.KindInlineFunction, catalog.KindTableFunction:
			kind = resultColumn
		default:
			return true
		}
		if kind == returnValue && !r.add(append([]any{h.ID, 0, "@RETURN_VALUE", kind}, r.odbcRow(returned, 0, "", 0, nil)...)...) {
			return false
		}
		for i, p := range m.Parameters {
			kind := inParameter
			if p.Output {
				kind = inOutParameter
			}
			if !r.add(append([]any{h.ID, i + 1, p.Name, kind}, r.odbcRow(p.Type.WithNullable(true), p.TypeID, "", i+1, nil)...)...) {
				return false
			}
		}
		return true
	})
}

func tableCollations(r *rows) {
	r.eachColumn(func(o columnsOwner, _ int, c *catalog.Column) bool {
		if !c.Type.IsString() {
			return r.add(o.header.ID, c.ID, c.Name)
		}
		used := c.Type.Collation
		if used == nil {
			used = r.db.Collation
		}
		if used == nil {
			used = collate.Default()
		}
		tds := used.TDS()
		return r.add(o.header.ID, c.ID, c.Name, tds[:], used.Name(), tds[:], used.Name(), tds[:], used.Name())
	})
}

// lineSize is how many characters of a line sp_helptext gives in one row.
const lineSize = 255

// textLines cuts the texts of modules into lines, each with its end.
func textLines(r *rows) {
	r.eachModule(func(h *catalog.Header, m *catalog.Module) bool {
		line := 0
		rest := []rune(m.Text)
		for len(rest) > 0 {
			n := 0
			for n < len(rest) && n < lineSize {
				n++
				if rest[n-1] == '\n' {
					break
				}
			}
			line++
			if !r.add(h.ID, line, string(rest[:n])) {
				return false
			}
			rest = rest[n:]
		}
		return true
	})
}
