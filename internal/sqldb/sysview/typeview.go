package sysview

import (
	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// systemType is a row of sys.types that each database has.
type systemType struct {
	name             string
	system, user     int
	length           int
	precision, scale int
	text             bool // has a collation
}

// systemTypes are sorted as SQL Server gives them, by user_type_id.
var systemTypes = []systemType{
	{"image", 34, 34, 16, 0, 0, false},
	{"text", 35, 35, 16, 0, 0, true},
	{"uniqueidentifier", 36, 36, 16, 0, 0, false},
	{"date", 40, 40, 3, 10, 0, false},
	{"time", 41, 41, 5, 16, 7, false},
	{"datetime2", 42, 42, 8, 27, 7, false},
	{"datetimeoffset", 43, 43, 10, 34, 7, false},
	{"tinyint", 48, 48, 1, 3, 0, false},
	{"smallint", 52, 52, 2, 5, 0, false},
	{"int", 56, 56, 4, 10, 0, false},
	{"smalldatetime", 58, 58, 4, 16, 0, false},
	{"real", 59, 59, 4, 24, 0, false},
	{"money", 60, 60, 8, 19, 4, false},
	{"datetime", 61, 61, 8, 23, 3, false},
	{"float", 62, 62, 8, 53, 0, false},
	{"sql_variant", 98, 98, 8016, 0, 0, false},
	{"ntext", 99, 99, 16, 0, 0, true},
	{"bit", 104, 104, 1, 1, 0, false},
	{"decimal", 106, 106, 17, 38, 38, false},
	{"numeric", 108, 108, 17, 38, 38, false},
	{"smallmoney", 122, 122, 4, 10, 4, false},
	{"bigint", 127, 127, 8, 19, 0, false},
	{"hierarchyid", 240, 128, 892, 0, 0, false},
	{"geometry", 240, 129, -1, 0, 0, false},
	{"geography", 240, 130, -1, 0, 0, false},
	{"varbinary", 165, 165, 8000, 0, 0, false},
	{"varchar", 167, 167, 8000, 0, 0, true},
	{"binary", 173, 173, 8000, 0, 0, false},
	{"char", 175, 175, 8000, 0, 0, true},
	{"timestamp", 189, 189, 8, 0, 0, false},
	{"nvarchar", 231, 231, 8000, 0, 0, true},
	{"nchar", 239, 239, 8000, 0, 0, true},
	{"xml", 241, 241, -1, 0, 0, false},
	{"sysname", 231, 256, 256, 0, 0, true},
}

const typeColumns = `name sysname, system_type_id tinyint, user_type_id int, schema_id int, principal_id int null, max_length smallint,
	precision tinyint, scale tinyint, collation_name sysname null, is_nullable bit null, is_user_defined bit, is_assembly_type bit,
	default_object_id int, rule_object_id int, is_table_type bit`

func typeViews() []view {
	return []view{
		{"sys", "types", typeColumns, types},
		{"sys", "table_types", typeColumns + ", type_table_object_id int, is_memory_optimized bit null", tableTypes},
		{"sys", "assembly_types", typeColumns + ", assembly_id int, assembly_class sysname null, is_binary_ordered bit null, is_fixed_length bit null, prog_id nvarchar(40) null, assembly_qualified_name nvarchar(4000) null", func(*rows) {}},
	}
}

func types(r *rows) {
	for _, t := range systemTypes {
		collation := any(nil)
		if t.text {
			collation = r.collation(value.Type{ID: value.NVarChar})
		}
		assembly := t.system == 240
		if !r.add(t.name, t.system, t.user, catalog.SchemaSys, nil, t.length, t.precision, t.scale, collation, t.name != "sysname", false, assembly, 0, 0, false) {
			return
		}
	}
	for _, o := range r.db.Objects() {
		switch o := o.(type) {
		case *catalog.AliasType:
			t := o.Type
			if !r.add(o.Name, t.SystemTypeID(), o.TypeID, o.SchemaID, nil, t.MaxLength(), t.DisplayPrecision(), t.DisplayScale(), r.collation(t), t.Nullable,
				true, false, 0, 0, false) {
				return
			}
		case *catalog.TableType:
			if !r.add(tableTypeRow(o)...) {
				return
			}
		}
	}
}

func tableTypeRow(o *catalog.TableType) []any {
	return []any{o.Name, 243, o.TypeID, o.SchemaID, nil, -1, 0, 0, nil, false, true, false, 0, 0, true}
}

func tableTypes(r *rows) {
	for _, o := range r.db.Objects() {
		if t, ok := o.(*catalog.TableType); ok && !r.add(append(tableTypeRow(t), t.ID, false)...) {
			return
		}
	}
}
