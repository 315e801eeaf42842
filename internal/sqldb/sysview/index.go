package sysview

import (
	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

func indexViews() []view {
	return []view{
		{"sys", "indexes", `object_id int, name sysname null, index_id int, type tinyint, type_desc nvarchar(60) null, is_unique bit null,
			data_space_id int, ignore_dup_key bit null, is_primary_key bit null, is_unique_constraint bit null, fill_factor tinyint,
			is_padded bit null, is_disabled bit null, is_hypothetical bit null, is_ignored_in_optimization bit null, allow_row_locks bit null,
			allow_page_locks bit null, has_filter bit null, filter_definition nvarchar(max) null, compression_delay int null,
			suppress_dup_key_messages bit null, auto_created bit null, optimize_for_sequential_key bit null`, indexes},
		{"sys", "index_columns", `object_id int, index_id int, index_column_id int, column_id int, key_ordinal tinyint, partition_ordinal tinyint,
			is_descending_key bit null, is_included_column bit null, column_store_order_ordinal tinyint, data_clustering_ordinal tinyint`, indexColumns},
		{"sys", "stats", `object_id int, name sysname null, stats_id int, auto_created bit null, user_created bit null, no_recompute bit null,
			has_filter bit null, filter_definition nvarchar(max) null, is_temporary bit null, is_incremental bit null,
			has_persisted_sample bit null, stats_generation_method int, stats_generation_method_desc varchar(80), auto_drop bit null`, statistics},
		{"sys", "stats_columns", "object_id int, stats_id int, stats_column_id int, column_id int null", statisticsColumns},
	}
}

// eachTable goes over the tables, those behind table types too, that the user may see.
func (r *rows) eachTable(visit func(h *catalog.Header, t *catalog.Table) bool) {
	for o := range r.owners() {
		if o.table != nil && !visit(o.header, o.table) {
			return
		}
	}
}

func indexes(r *rows) {
	r.eachTable(func(h *catalog.Header, t *catalog.Table) bool {
		if t.Clustered() == nil && !r.add(h.ID, nil, 0, 0, "HEAP", false, 1, false, false, false, 0, false, false, false, false, true, true, false, nil, nil, false, false, false) {
			return false
		}
		for _, x := range t.Indexes {
			kind, kindName := 2, "NONCLUSTERED"
			if x.Clustered {
				kind, kindName = 1, "CLUSTERED"
			}
			unique := x.Constraint != nil && !x.PrimaryKey
			if !r.add(h.ID, x.Name, x.ID, kind, kindName, x.Unique, 1, x.IgnoreDup, x.PrimaryKey, unique, 0, false, x.Disabled, false, false, true, true,
				x.Filter != "", filterText(x), nil, false, false, false) {
				return false
			}
		}
		return true
	})
}

func indexColumns(r *rows) {
	r.eachTable(func(h *catalog.Header, t *catalog.Table) bool {
		for _, x := range t.Indexes {
			n := 0
			for _, k := range x.Keys {
				n++
				if !r.add(h.ID, x.ID, n, k.Column, n, 0, k.Descending, false, 0, 0) {
					return false
				}
			}
			for _, column := range x.Included {
				n++
				if !r.add(h.ID, x.ID, n, column, 0, 0, false, true, 0, 0) {
					return false
				}
			}
		}
		return true
	})
}

// statistics: each index has one; there are no others.
func statistics(r *rows) {
	r.eachTable(func(h *catalog.Header, t *catalog.Table) bool {
		for _, x := range t.Indexes {
			if !r.add(h.ID, x.Name, x.ID, false, false, false, x.Filter != "", filterText(x), false, false, false, 0, "Sort based statistics", false) {
				return false
			}
		}
		return true
	})
}

func statisticsColumns(r *rows) {
	r.eachTable(func(h *catalog.Header, t *catalog.Table) bool {
		for _, x := range t.Indexes {
			for i, k := range x.Keys {
				if !r.add(h.ID, x.ID, i+1, k.Column) {
					return false
				}
			}
		}
		return true
	})
}

// filterText is the condition of a filtered index; nil for any other.
func filterText(x *catalog.Index) any {
	if x.Filter == "" {
		return nil
	}
	return tsql.NormalCondition(x.Filter)
}
