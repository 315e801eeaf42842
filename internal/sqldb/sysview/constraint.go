package sysview

import (
	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

func constraintViews() []view {
	return []view{
		{"sys", "key_constraints", objectColumns + ", unique_index_id int null, is_system_named bit, is_enforced bit null", keyConstraints},
		{"sys", "foreign_keys", objectColumns + `, referenced_object_id int null, key_index_id int null, is_disabled bit, is_not_for_replication bit,
			is_not_trusted bit, delete_referential_action tinyint null, delete_referential_action_desc nvarchar(60) null,
			update_referential_action tinyint null, update_referential_action_desc nvarchar(60) null, is_system_named bit`, foreignKeys},
		{"sys", "foreign_key_columns", `constraint_object_id int, constraint_column_id int, parent_object_id int, parent_column_id int,
			referenced_object_id int, referenced_column_id int`, foreignKeyColumns},
		{"sys", "check_constraints", objectColumns + `, is_disabled bit, is_not_for_replication bit, is_not_trusted bit, parent_column_id int,
			definition nvarchar(max) null, uses_database_collation bit null, is_system_named bit`, checkConstraints},
		{"sys", "default_constraints", objectColumns + ", parent_column_id int, definition nvarchar(max) null, is_system_named bit", defaultConstraints},
	}
}

func keyConstraints(r *rows) {
	for o, h := range r.objects(catalog.KindPrimaryKey, catalog.KindUnique) {
		if k, ok := o.(*catalog.KeyConstraint); ok && !r.add(append(objectRow(h), k.Index.ID, h.System, true)...) {
			return
		}
	}
}

// actionName is the name of what a foreign key does, as sys.foreign_keys writes it.
func actionName(a catalog.Action) string {
	switch a {
	case catalog.Cascade:
		return "CASCADE"
	case catalog.SetNull:
		return "SET_NULL"
	case catalog.SetDefault:
		return "SET_DEFAULT"
	}
	return "NO_ACTION"
}

func foreignKeys(r *rows) {
	for o, h := range r.objects(catalog.KindForeignKey) {
		k, ok := o.(*catalog.ForeignKey)
		if !ok {
			continue
		}
		if !r.add(append(objectRow(h), k.Referenced, k.ReferencedIndex, k.Disabled, false, k.Untrusted, uint8(k.OnDelete), actionName(k.OnDelete),
			uint8(k.OnUpdate), actionName(k.OnUpdate), h.System)...) {
			return
		}
	}
}

func foreignKeyColumns(r *rows) {
	for o, h := range r.objects(catalog.KindForeignKey) {
		k, ok := o.(*catalog.ForeignKey)
		if !ok {
			continue
		}
		for i, column := range k.Columns {
			if i < len(k.ReferencedColumns) && !r.add(h.ID, i+1, h.ParentID, column, k.Referenced, k.ReferencedColumns[i]) {
				return
			}
		}
	}
}

func checkConstraints(r *rows) {
	for o, h := range r.objects(catalog.KindCheck) {
		if c, ok := o.(*catalog.Check); ok &&
			!r.add(append(objectRow(h), c.Disabled, false, c.Untrusted, c.Column, tsql.NormalCondition(c.Text), true, h.System)...) {
			return
		}
	}
}

func defaultConstraints(r *rows) {
	for t := range r.db.Tables() {
		if !r.env.Visible(t.ID) {
			continue
		}
		for _, c := range t.Columns {
			if c.Default != nil && !r.add(append(objectRow(&c.Default.Header), c.ID, tsql.NormalExpr(c.Default.Text), c.Default.System)...) {
				return
			}
		}
	}
}
