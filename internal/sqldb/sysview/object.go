package sysview

import (
	"fmt"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
)

// objectColumns are those that all views of objects begin with.
const objectColumns = `name sysname, object_id int, principal_id int null, schema_id int, parent_object_id int, type char(2) null,
	type_desc nvarchar(60) null, create_date datetime, modify_date datetime, is_ms_shipped bit, is_published bit, is_schema_published bit`

// kindName is type_desc of sys.objects.
func kindName(k catalog.Kind) string {
	switch k {
	case catalog.KindTable:
		return "USER_TABLE"
	case catalog.KindView:
		return "VIEW"
	case catalog.KindProcedure:
		return "SQL_STORED_PROCEDURE"
	case catalog.KindScalarFunction:
		return "SQL_SCALAR_FUNCTION"
	case catalog.KindInlineFunction:
		return "SQL_INLINE_TABLE_VALUED_FUNCTION"
	case catalog.KindTableFunction:
		return "SQL_TABLE_VALUED_FUNCTION"
	case catalog.KindTrigger:
		return "SQL_TRIGGER"
	case catalog.KindPrimaryKey:
		return "PRIMARY_KEY_CONSTRAINT"
	case catalog.KindUnique:
		return "UNIQUE_CONSTRAINT"
	case catalog.KindForeignKey:
		return "FOREIGN_KEY_CONSTRAINT"
	case catalog.KindCheck:
		return "CHECK_CONSTRAINT"
	case catalog.KindDefault:
		return "DEFAULT_CONSTRAINT"
	case catalog.KindSequence:
		return "SEQUENCE_OBJECT"
	case catalog.KindSynonym:
		return "SYNONYM"
	case catalog.KindTableType:
		return "TYPE_TABLE"
	}
	return ""
}

// objectRow is an object's row, of objectColumns.
func objectRow(h *catalog.Header) []any {
	name, schema := h.Name, h.SchemaID
	if h.Kind == catalog.KindTableType { // the object behind a table type has a name of its own, in sys
		name, schema = fmt.Sprintf("TT_%s_%08X", h.Name, uint32(h.ID)), catalog.SchemaSys
	}
	return []any{name, h.ID, nil, schema, h.ParentID, string(h.Kind), kindName(h.Kind), h.Created, h.Modified, false, false, false}
}

// objects yields what the user may see, of the kinds given or of all.
func (r *rows) objects(kinds ...catalog.Kind) func(func(catalog.Object, *catalog.Header) bool) {
	return func(yield func(catalog.Object, *catalog.Header) bool) {
		for _, o := range r.db.Objects() {
			h := o.Head()
			if kindName(h.Kind) == "" || !of1(kinds, h.Kind) || !r.sees(h) {
				continue
			}
			if !yield(o, h) {
				return
			}
		}
	}
}

func of1(kinds []catalog.Kind, k catalog.Kind) bool {
	if len(kinds) == 0 {
		return true
	}
	for _, want := range kinds {
		if want == k {
			return true
		}
	}
	return false
}

func objectViews() []view {
	all := func(r *rows) {
		for _, h := range r.objects() {
			if !r.add(objectRow(h)...) {
				return
			}
		}
	}
	both := func(own, system func(*rows)) func(*rows) {
		return func(r *rows) { own(r); system(r) }
	}
	return []view{
		{"sys", "objects", objectColumns, all},
		{"sys", "all_objects", objectColumns, both(all, systemObjectRows)},
		{"sys", "system_objects", objectColumns, systemObjectRows},
		{"sys", "tables", objectColumns + tableColumns, tables},
		{"sys", "views", objectColumns + viewColumns, views},
		{"sys", "all_views", objectColumns + viewColumns, both(views, systemViewRows)},
		{"sys", "system_views", objectColumns + viewColumns, systemViewRows},
		{"sys", "sequences", objectColumns + sequenceColumns, sequences},
		{"sys", "synonyms", objectColumns + ", base_object_name nvarchar(1035) null", synonyms},
		{"sys", "schemas", "name sysname, schema_id int, principal_id int null", schemas},
		{"sys", "extended_properties", "class tinyint, class_desc nvarchar(60) null, major_id int, minor_id int, name sysname, value sql_variant null", properties},
	}
}

const tableColumns = `, lob_data_space_id int, filestream_data_space_id int null, max_column_id_used int, lock_on_bulk_load bit,
	uses_ansi_nulls bit null, is_replicated bit null, has_replication_filter bit null, is_merge_published bit null,
	is_sync_tran_subscribed bit null, has_unchecked_assembly_data bit, text_in_row_limit int null, large_value_types_out_of_row bit null,
	is_tracked_by_cdc bit null, lock_escalation tinyint null, lock_escalation_desc nvarchar(60) null, is_filetable bit null,
	is_memory_optimized bit null, durability tinyint null, durability_desc nvarchar(60) null, temporal_type tinyint null,
	temporal_type_desc nvarchar(60) null, history_table_id int null, is_remote_data_archive_enabled bit null, is_external bit,
	history_retention_period int null, history_retention_period_unit int null, history_retention_period_unit_desc nvarchar(10) null,
	is_node bit null, is_edge bit null, data_retention_period int null, data_retention_period_unit int null,
	data_retention_period_unit_desc nvarchar(10) null, ledger_type tinyint null, ledger_type_desc nvarchar(60) null,
	ledger_view_id int null, is_dropped_ledger_table bit null`

func tables(r *rows) {
	for o, h := range r.objects(catalog.KindTable) {
		t, ok := o.(*catalog.Table)
		if !ok {
			continue
		}
		lob := 0
		for _, c := range t.Columns {
			if c.Type.IsLarge() {
				lob = 1
			}
		}
		row := append(objectRow(h), lob, nil, t.NextColumn-1, false, true, false, false, false, false, false, 0, false, false, 0, "TABLE",
			false, false, 0, "SCHEMA_AND_DATA", 0, "NON_TEMPORAL_TABLE", nil, false, false, nil, nil, nil, false, false, -1, -1, "INFINITE",
			0, "NON_LEDGER_TABLE", nil, false)
		if !r.add(row...) {
			return
		}
	}
}

const viewColumns = `, is_replicated bit null, has_replication_filter bit null, has_opaque_metadata bit, has_unchecked_assembly_data bit,
	with_check_option bit, is_date_correlation_view bit, is_tracked_by_cdc bit null, has_snapshot bit null, ledger_view_type tinyint null,
	ledger_view_type_desc nvarchar(60) null, is_dropped_ledger_view bit null`

func views(r *rows) {
	for o, h := range r.objects(catalog.KindView) {
		m, ok := o.(*catalog.Module)
		if !ok {
			continue
		}
		if !r.add(append(objectRow(h), false, false, false, false, checksOption(m), false, false, false, 0, "NON_LEDGER_VIEW", false)...) {
			return
		}
	}
}

const sequenceColumns = `, start_value sql_variant, increment sql_variant, minimum_value sql_variant null, maximum_value sql_variant null,
	is_cycling bit null, is_cached bit null, cache_size int null, system_type_id tinyint, user_type_id int, precision tinyint,
	scale tinyint null, current_value sql_variant, is_exhausted bit, last_used_value sql_variant null`

func sequences(r *rows) {
	counters := r.counters()
	for o, h := range r.objects(catalog.KindSequence) {
		s, ok := o.(*catalog.Sequence)
		if !ok {
			continue
		}
		number := func(n int64) any { return variant(n, s.Type) }
		current, last := number(s.Start), any(nil)
		if n, given := counters[s.ID]; given {
			current, last = number(n), number(n)
		}
		if !r.add(append(objectRow(h), number(s.Start), number(s.Increment), number(s.Min), number(s.Max), s.Cycle, s.Cache != 1, orNull(int32(s.Cache)),
			s.Type.SystemTypeID(), s.Type.UserTypeID(), s.Type.DisplayPrecision(), s.Type.DisplayScale(), current, false, last)...) {
			return
		}
	}
}

func synonyms(r *rows) {
	for o, h := range r.objects(catalog.KindSynonym) {
		if s, ok := o.(*catalog.Synonym); ok && !r.add(append(objectRow(h), s.Base)...) {
			return
		}
	}
}

func schemas(r *rows) {
	for _, s := range r.db.Schemas() {
		r.add(s.Name, s.ID, s.Owner)
	}
	for _, p := range r.db.Principals() { // each fixed role has a schema of its name
		if p.Fixed {
			if _, taken := r.db.SchemaByID(p.ID); !taken {
				r.add(p.Name, p.ID, p.ID)
			}
		}
	}
}

// classNames are class_desc of extended properties and of permissions.
func className(class uint8) string {
	switch class {
	case 0:
		return "DATABASE"
	case 1:
		return "OBJECT_OR_COLUMN"
	case 3:
		return "SCHEMA"
	case 4:
		return "DATABASE_PRINCIPAL"
	case 6:
		return "TYPE"
	case 7:
		return "INDEX"
	}
	return ""
}

func properties(r *rows) {
	for _, p := range r.db.Properties() {
		if (p.Class == 1 || p.Class == 7) && !r.env.Visible(p.MajorID) {
			continue
		}
		if !r.add(p.Class, className(p.Class), p.MajorID, p.MinorID, p.Name, propertyValue(p)) {
			return
		}
	}
}
