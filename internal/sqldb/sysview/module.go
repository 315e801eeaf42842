package sysview

import (
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// checksOption reports whether a view was made WITH CHECK OPTION. The text says so.
func checksOption(m *catalog.Module) bool {
	b, err := tsql.Parse(m.Text, tsql.Options{QuotedIdentifier: m.QuotedIdentifier})
	if err != nil || len(b.Statements) == 0 {
		return false
	}
	v, ok := b.Statements[0].(*tsql.CreateView)
	return ok && v.CheckOption
}

const (
	procedureColumns = ", is_auto_executed bit, is_execution_replicated bit null, is_repl_serializable_only bit null, skips_repl_constraints bit null"
	moduleColumns    = `object_id int, definition nvarchar(max) null, uses_ansi_nulls bit null, uses_quoted_identifier bit null, is_schema_bound bit null,
		uses_database_collation bit null, is_recompiled bit null, null_on_null_input bit null, execute_as_principal_id int null,
		uses_native_compilation bit null, inline_type bit null, is_inlineable bit null`
	parameterColumns = `object_id int, name sysname null, parameter_id int, system_type_id tinyint, user_type_id int, max_length smallint,
		precision tinyint, scale tinyint, is_output bit, is_cursor_ref bit, has_default_value bit, is_xml_document bit,
		default_value sql_variant null, xml_collection_id int, is_readonly bit, is_nullable bit null, encryption_type int null,
		encryption_type_desc nvarchar(64) null, encryption_algorithm_name sysname null, column_encryption_key_id int null,
		column_encryption_key_database_name sysname null, vector_dimensions int null, vector_base_type tinyint null,
		vector_base_type_desc nvarchar(10) null`
)

func moduleViews() []view {
	none := func(*rows) {}
	return []view{
		{"sys", "procedures", objectColumns + procedureColumns, procedures},
		{"sys", "sql_modules", moduleColumns, modules},
		{"sys", "all_sql_modules", moduleColumns, modules},
		{"sys", "system_sql_modules", moduleColumns, none},
		{"sys", "parameters", parameterColumns, parameters},
		{"sys", "all_parameters", parameterColumns, parameters},
		{"sys", "system_parameters", parameterColumns, none},
		{"sys", "triggers", `name sysname, object_id int, parent_class tinyint, parent_class_desc nvarchar(60) null, parent_id int, type char(2),
			type_desc nvarchar(60) null, create_date datetime, modify_date datetime, is_ms_shipped bit, is_disabled bit,
			is_not_for_replication bit, is_instead_of_trigger bit`, triggers},
		{"sys", "trigger_events", `object_id int, type int, type_desc nvarchar(60) null, is_first bit null, is_last bit null, event_group_type int null,
			event_group_type_desc nvarchar(60) null, is_trigger_event bit null`, triggerEvents},
	}
}

func procedures(r *rows) {
	for _, h := range r.objects(catalog.KindProcedure) {
		if !r.add(append(objectRow(h), false, false, false, false)...) {
			return
		}
	}
}

// eachModule goes over the views, procedures, functions and triggers that the user may see.
func (r *rows) eachModule(visit func(h *catalog.Header, m *catalog.Module) bool) {
	for o, h := range r.objects() {
		if m, ok := o.(*catalog.Module); ok && !visit(h, m) {
			return
		}
	}
}

func modules(r *rows) {
	r.eachModule(func(h *catalog.Header, m *catalog.Module) bool {
		executeAs := any(nil)
		switch {
		case m.ExecuteAs == "":
		case strings.EqualFold(m.ExecuteAs, "OWNER"):
			executeAs = -2
		default:
			if p, ok := r.db.Principal(m.ExecuteAs); ok {
				executeAs = p.ID
			}
		}
		return r.add(h.ID, r.definition(m), true, m.QuotedIdentifier, m.SchemaBound, false, false, false, executeAs, false, false, false)
	})
}

// parameterRow is a parameter's row; number 0 is what a function returns.
func parameterRow(object int32, number int, p catalog.Parameter) []any {
	t := p.Type
	return []any{
		object, p.Name, number, t.SystemTypeID(), userType(t, p.TypeID), t.MaxLength(), t.DisplayPrecision(), t.DisplayScale(),
		p.Output, false, false, false, nil, 0, p.ReadOnly, true,
	}
}

func parameters(r *rows) {
	r.eachModule(func(h *catalog.Header, m *catalog.Module) bool {
		if m.Kind == catalog.KindScalarFunction && !r.add(parameterRow(h.ID, 0, catalog.Parameter{Type: m.Returns, Output: true})...) {
			return false
		}
		for i, p := range m.Parameters {
			if !r.add(parameterRow(h.ID, i+1, p)...) {
				return false
			}
		}
		return true
	})
}

func triggers(r *rows) {
	for o, h := range r.objects(catalog.KindTrigger) {
		m, ok := o.(*catalog.Module)
		if !ok {
			continue
		}
		if !r.add(h.Name, h.ID, 1, "OBJECT_OR_COLUMN", h.ParentID, string(h.Kind), kindName(h.Kind), h.Created, h.Modified, false, m.Disabled, false, m.InsteadOf) {
			return
		}
	}
}

func triggerEvents(r *rows) {
	number := map[string]int{"INSERT": 1, "UPDATE": 2, "DELETE": 3}
	for o, h := range r.objects(catalog.KindTrigger) {
		m, ok := o.(*catalog.Module)
		if !ok {
			continue
		}
		for _, event := range m.Events {
			if !r.add(h.ID, number[strings.ToUpper(event)], strings.ToUpper(event), false, false, nil, nil, true) {
				return
			}
		}
	}
}

// definition is a module's text, for who may see definitions; for others it is nil, as what is there is known and what
// it says is not.
func (r *rows) definition(m *catalog.Module) any {
	v, err := r.env.Ask("OBJECT_DEFINITION", []value.Value{value.OfInt(int64(m.ID))})
	if err != nil {
		r.fail(err)
		return nil
	}
	if v.IsNull() {
		return nil
	}
	return m.Text
}
