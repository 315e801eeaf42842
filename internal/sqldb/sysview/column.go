package sysview

import (
	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// columnColumns are those of sys.columns.
const columnColumns = `object_id int, name sysname null, column_id int, system_type_id tinyint, user_type_id int, max_length smallint,
	precision tinyint, scale tinyint, collation_name sysname null, is_nullable bit null, is_ansi_padded bit, is_rowguidcol bit,
	is_identity bit, is_computed bit, is_filestream bit, is_replicated bit null, is_non_sql_subscribed bit null,
	is_merge_published bit null, is_dts_replicated bit null, is_xml_document bit, xml_collection_id int, default_object_id int,
	rule_object_id int, is_sparse bit null, is_column_set bit null, generated_always_type tinyint null,
	generated_always_type_desc nvarchar(60) null, encryption_type int null, encryption_type_desc nvarchar(64) null,
	encryption_algorithm_name sysname null, column_encryption_key_id int null, column_encryption_key_database_name sysname null,
	is_hidden bit null, is_masked bit, graph_type int null, graph_type_desc nvarchar(60) null, is_data_deletion_filter_column bit null,
	ledger_view_column_type int null, ledger_view_column_type_desc nvarchar(60) null, is_dropped_ledger_column bit null,
	vector_dimensions int null, vector_base_type tinyint null, vector_base_type_desc nvarchar(10) null`

// userType is user_type_id of a column: that of its alias type where it has one.
func userType(t value.Type, alias int32) int32 {
	if alias != 0 {
		return alias
	}
	return int32(t.UserTypeID())
}

// columnRow is a column's row, of columnColumns.
func (r *rows) columnRow(object int32, c *catalog.Column) []any {
	t := c.Type
	defaultID := int32(0)
	if c.Default != nil {
		defaultID = c.Default.ID
	}
	padded := t.IsString() || t.IsBinary() || t.ID == value.Variant
	return []any{
		object, c.Name, c.ID, t.SystemTypeID(), userType(t, c.TypeID), t.MaxLength(), t.DisplayPrecision(), t.DisplayScale(),
		r.collation(t), t.Nullable, padded, c.RowGUID, c.Identity != nil, c.Computed != nil, false, false, false, false, false, false, 0,
		defaultID, 0, false, false, 0, "NOT_APPLICABLE", nil, nil, nil, nil, nil, false, false, nil, nil, false, nil, nil, false,
	}
}

// columnsOwner is what has columns: a table, a view, a function that gives rows, a table type.
type columnsOwner struct {
	header  *catalog.Header
	columns []*catalog.Column
	table   *catalog.Table // nil for modules
}

// owners yields what has columns and may be seen, by id.
func (r *rows) owners() func(func(columnsOwner) bool) {
	return func(yield func(columnsOwner) bool) {
		for o, h := range r.objects() {
			owner := columnsOwner{header: h}
			switch o := o.(type) {
			case *catalog.Table:
				owner.columns, owner.table = o.Columns, o
			case *catalog.TableType:
				if o.Table != nil {
					owner.columns, owner.table = o.Table.Columns, o.Table
				}
			case *catalog.Module:
				owner.columns = o.Columns
			default:
				continue
			}
			if !yield(owner) {
				return
			}
		}
	}
}

func columnViews() []view {
	all := func(r *rows) {
		r.eachColumn(func(o columnsOwner, _ int, c *catalog.Column) bool { return r.add(r.columnRow(o.header.ID, c)...) })
	}
	return []view{
		{"sys", "columns", columnColumns, all},
		{"sys", "all_columns", columnColumns, func(r *rows) { all(r); systemColumnRows(r) }},
		{"sys", "system_columns", columnColumns, systemColumnRows},
		{"sys", "computed_columns", computedColumns(), computed},
		{"sys", "identity_columns", identityColumns(), identities},
	}
}

// eachColumn goes over all columns that the user may see, with their places, counted from 1.
func (r *rows) eachColumn(visit func(o columnsOwner, place int, c *catalog.Column) bool) {
	for o := range r.owners() {
		for i, c := range o.columns {
			if c.ID == 0 { // a view's columns are numbered by their place
				numbered := *c
				numbered.ID = int32(i) + 1
				c = &numbered
			}
			if !visit(o, i+1, c) {
				return
			}
		}
	}
}

// The views below have the columns of sys.columns up to is_column_set, their own, and the rest.
const ownColumnsAfter = "is_column_set bit null"

func computedColumns() string {
	return insertAfter(columnColumns, ownColumnsAfter, ", definition nvarchar(max) null, uses_database_collation bit, is_persisted bit")
}

func identityColumns() string {
	return insertAfter(columnColumns, ownColumnsAfter, ", seed_value sql_variant null, increment_value sql_variant null, last_value sql_variant null, is_not_for_replication bit null")
}

// columnsBeforeOwn is how many columns stand before those of a view's own.
const columnsBeforeOwn = 25

func insertColumns(row []any, own ...any) []any {
	out := make([]any, 0, len(row)+len(own))
	out = append(out, row[:columnsBeforeOwn]...)
	out = append(out, own...)
	return append(out, row[columnsBeforeOwn:]...)
}

func computed(r *rows) {
	r.eachColumn(func(o columnsOwner, _ int, c *catalog.Column) bool {
		if c.Computed == nil {
			return true
		}
		return r.add(insertColumns(r.columnRow(o.header.ID, c), tsql.NormalExpr(c.Computed.Text), true, c.Computed.Persisted)...)
	})
}

func identities(r *rows) {
	counters := r.counters()
	r.eachColumn(func(o columnsOwner, _ int, c *catalog.Column) bool {
		if c.Identity == nil {
			return true
		}
		last := any(nil)
		if n, given := counters[o.header.ID]; given {
			last = variant(n, c.Type)
		}
		return r.add(insertColumns(r.columnRow(o.header.ID, c), variant(c.Identity.Seed, c.Type), variant(c.Identity.Increment, c.Type), last,
			c.Identity.NotForReplication)...)
	})
}
