package sysview

import (
	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

const (
	specificName   = "SPECIFIC_CATALOG nvarchar(128) null, SPECIFIC_SCHEMA nvarchar(128) null, SPECIFIC_NAME sysname"
	routineColumns = specificName + `, ROUTINE_CATALOG nvarchar(128) null, ROUTINE_SCHEMA nvarchar(128) null, ROUTINE_NAME sysname,
		ROUTINE_TYPE nvarchar(20) null, MODULE_CATALOG sysname null, MODULE_SCHEMA sysname null, MODULE_NAME sysname null,
		UDT_CATALOG sysname null, UDT_SCHEMA sysname null, UDT_NAME sysname null, DATA_TYPE nvarchar(128) null,
		CHARACTER_MAXIMUM_LENGTH int null, CHARACTER_OCTET_LENGTH int null, COLLATION_CATALOG sysname null, COLLATION_SCHEMA sysname null,
		COLLATION_NAME sysname null, CHARACTER_SET_CATALOG sysname null, CHARACTER_SET_SCHEMA sysname null, CHARACTER_SET_NAME sysname null,
		NUMERIC_PRECISION tinyint null, NUMERIC_PRECISION_RADIX smallint null, NUMERIC_SCALE int null, DATETIME_PRECISION smallint null,
		INTERVAL_TYPE nvarchar(30) null, INTERVAL_PRECISION smallint null, TYPE_UDT_CATALOG sysname null, TYPE_UDT_SCHEMA sysname null,
		TYPE_UDT_NAME sysname null, SCOPE_CATALOG sysname null, SCOPE_SCHEMA sysname null, SCOPE_NAME sysname null,
		MAXIMUM_CARDINALITY bigint null, DTD_IDENTIFIER sysname null, ROUTINE_BODY nvarchar(30) null, ROUTINE_DEFINITION nvarchar(4000) null,
		EXTERNAL_NAME sysname null, EXTERNAL_LANGUAGE nvarchar(30) null, PARAMETER_STYLE nvarchar(30) null, IS_DETERMINISTIC nvarchar(10) null,
		SQL_DATA_ACCESS nvarchar(30) null, IS_NULL_CALL nvarchar(10) null, SQL_PATH sysname null, SCHEMA_LEVEL_ROUTINE nvarchar(10) null,
		MAX_DYNAMIC_RESULT_SETS smallint null, IS_USER_DEFINED_CAST nvarchar(10) null, IS_IMPLICITLY_INVOCABLE nvarchar(10) null,
		CREATED datetime, LAST_ALTERED datetime`
	routineParameters = specificName + `, ORDINAL_POSITION int, PARAMETER_MODE nvarchar(10) null, IS_RESULT nvarchar(10) null,
		AS_LOCATOR nvarchar(10) null, PARAMETER_NAME sysname null, DATA_TYPE nvarchar(128) null, CHARACTER_MAXIMUM_LENGTH int null,
		CHARACTER_OCTET_LENGTH int null, COLLATION_CATALOG sysname null, COLLATION_SCHEMA sysname null, COLLATION_NAME sysname null,
		CHARACTER_SET_CATALOG sysname null, CHARACTER_SET_SCHEMA sysname null, CHARACTER_SET_NAME sysname null,
		NUMERIC_PRECISION tinyint null, NUMERIC_PRECISION_RADIX smallint null, NUMERIC_SCALE int null, DATETIME_PRECISION smallint null,
		INTERVAL_TYPE nvarchar(30) null, INTERVAL_PRECISION smallint null, USER_DEFINED_TYPE_CATALOG sysname null,
		USER_DEFINED_TYPE_SCHEMA sysname null, USER_DEFINED_TYPE_NAME sysname null, SCOPE_CATALOG sysname null, SCOPE_SCHEMA sysname null,
		SCOPE_NAME sysname null`
	sequenceNames = `SEQUENCE_CATALOG nvarchar(128) null, SEQUENCE_SCHEMA nvarchar(128) null, SEQUENCE_NAME sysname, DATA_TYPE sysname null,
		NUMERIC_PRECISION tinyint, NUMERIC_PRECISION_RADIX smallint null, NUMERIC_SCALE int null, START_VALUE sql_variant,
		MINIMUM_VALUE sql_variant null, MAXIMUM_VALUE sql_variant null, INCREMENT sql_variant, CYCLE_OPTION bit null,
		DECLARED_DATA_TYPE nvarchar(128) null, DECLARED_NUMERIC_PRECISION tinyint null, DECLARED_NUMERIC_SCALE tinyint null`
	privileges = "GRANTOR nvarchar(128) null, GRANTEE nvarchar(128) null, TABLE_CATALOG nvarchar(128) null, TABLE_SCHEMA nvarchar(128) null, TABLE_NAME sysname"
)

func routineViews() []view {
	return []view{
		{information, "ROUTINES", routineColumns, routines},
		{information, "PARAMETERS", routineParameters, routineParameterRows},
		{information, "SEQUENCES", sequenceNames, informationSequences},
		{information, "DOMAINS", "DOMAIN_CATALOG nvarchar(128) null, DOMAIN_SCHEMA nvarchar(128) null, DOMAIN_NAME sysname, " + typeFacets + ", " + characterSet + ", DOMAIN_DEFAULT nvarchar(4000) null", domains},
		{information, "TABLE_PRIVILEGES", privileges + ", PRIVILEGE_TYPE varchar(10) null, IS_GRANTABLE varchar(3) null", tablePrivileges},
		{information, "COLUMN_PRIVILEGES", privileges + ", COLUMN_NAME nvarchar(128) null, PRIVILEGE_TYPE varchar(10) null, IS_GRANTABLE varchar(3) null", columnPrivileges},
		{information, "VIEW_TABLE_USAGE", "VIEW_CATALOG nvarchar(128) null, VIEW_SCHEMA nvarchar(128) null, VIEW_NAME sysname, " + tableNames, func(*rows) {}},
		{information, "VIEW_COLUMN_USAGE", "VIEW_CATALOG nvarchar(128) null, VIEW_SCHEMA nvarchar(128) null, VIEW_NAME sysname, " + tableNames + ", COLUMN_NAME nvarchar(128) null", func(*rows) {}},
	}
}

// returned is what a function gives, as ROUTINES writes it.
func (r *rows) returned(m *catalog.Module) []any {
	switch m.Kind {
	case catalog.KindScalarFunction:
		f, c := facets(m.Returns), r.characters(m.Returns)
		row := append(f[:3:3], c[3:]...)
		row = append(row, c[:3]...)
		return append(row, f[3:]...)
	case catalog.KindInlineFunction, catalog.KindTableFunction:
		return []any{"TABLE", nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil}
	}
	return make([]any, 13)
}

func routines(r *rows) {
	for o, h := range r.objects(catalog.KindProcedure, catalog.KindScalarFunction, catalog.KindInlineFunction, catalog.KindTableFunction) {
		m, ok := o.(*catalog.Module)
		if !ok {
			continue
		}
		kind, access := "FUNCTION", "READS"
		if h.Kind == catalog.KindProcedure {
			kind, access = "PROCEDURE", "MODIFIES"
		}
		text := r.definition(m)
		if whole, ok := text.(string); ok {
			if cut := []rune(whole); len(cut) > commentSize {
				text = string(cut[:commentSize])
			}
		}
		row := append(r.qualified(h), r.qualified(h)...)
		row = append(row, kind, nil, nil, nil, nil, nil, nil)
		row = append(row, r.returned(m)...)
		row = append(row, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, "SQL", text, nil, nil, nil, "NO", access, nil, nil, "YES", number(h.Kind == catalog.KindProcedure)*-1,
			"NO", "NO", h.Created, h.Modified)
		if !r.add(row...) {
			return
		}
	}
}

func routineParameterRows(r *rows) {
	r.eachModule(func(h *catalog.Header, m *catalog.Module) bool {
		add := func(place int, mode, result, name string, t value.Type) bool {
			f, c := facets(t), r.characters(t)
			row := append(r.qualified(h), place, mode, result, "NO", name)
			row = append(append(row, f[:3]...), c[3:]...)
			return r.add(append(append(row, c[:3]...), f[3:]...)...)
		}
		if m.Kind == catalog.KindScalarFunction && !add(0, "OUT", "YES", "", m.Returns) {
			return false
		}
		for i, p := range m.Parameters {
			mode := "IN"
			if p.Output {
				mode = "INOUT"
			}
			if !add(i+1, mode, "NO", p.Name, p.Type) {
				return false
			}
		}
		return true
	})
}

func informationSequences(r *rows) {
	for o, h := range r.objects(catalog.KindSequence) {
		s, ok := o.(*catalog.Sequence)
		if !ok {
			continue
		}
		number := func(n int64) any { return variant(n, s.Type) }
		r.add(append(r.qualified(h), s.Type.Name(), s.Type.DisplayPrecision(), 10, s.Type.DisplayScale(), number(s.Start), number(s.Min), number(s.Max),
			number(s.Increment), s.Cycle)...)
	}
}

func domains(r *rows) {
	for _, o := range r.db.Objects() {
		if t, ok := o.(*catalog.AliasType); ok {
			r.add(append(append(r.qualified(&t.Header), facets(t.Type)...), r.characters(t.Type)...)...)
		}
	}
}

// granted goes over the permissions on tables and views that INFORMATION_SCHEMA knows.
func (r *rows) granted(visit func(names []any, t *catalog.Table, p *catalog.Permission)) {
	for _, p := range r.db.Permissions() {
		if p.Class != catalog.ClassObject || p.State == catalog.Denied || !r.env.Visible(p.Major) {
			continue
		}
		switch p.Name {
		case "SELECT", "INSERT", "UPDATE", "DELETE", "REFERENCES":
		default:
			continue
		}
		o, ok := r.db.ObjectByID(p.Major)
		if !ok {
			continue
		}
		grantor, _ := r.db.PrincipalByID(p.Grantor)
		grantee, _ := r.db.PrincipalByID(p.Grantee)
		if grantor == nil || grantee == nil {
			continue
		}
		t, _ := r.db.Table(p.Major)
		visit(append([]any{grantor.Name, grantee.Name}, r.qualified(o.Head())...), t, p)
	}
}

func tablePrivileges(r *rows) {
	r.granted(func(names []any, _ *catalog.Table, p *catalog.Permission) {
		if p.Minor == 0 {
			r.add(append(names, p.Name, yesNo(p.State == catalog.GrantedWithGrant))...)
		}
	})
}

func columnPrivileges(r *rows) {
	r.granted(func(names []any, t *catalog.Table, p *catalog.Permission) {
		if t == nil || p.Name == "DELETE" {
			return
		}
		for _, c := range t.Columns {
			if p.Minor == 0 || p.Minor == c.ID {
				r.add(append(names[:len(names):len(names)], c.Name, p.Name, yesNo(p.State == catalog.GrantedWithGrant))...)
			}
		}
	})
}
