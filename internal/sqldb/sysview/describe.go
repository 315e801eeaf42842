package sysview

import (
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

const resultSetColumns = `is_hidden bit, column_ordinal int, name sysname null, is_nullable bit, system_type_id int, system_type_name nvarchar(256) null,
	max_length smallint, precision tinyint, scale tinyint, collation_name sysname null, user_type_id int null,
	user_type_database sysname null, user_type_schema sysname null, user_type_name sysname null, assembly_qualified_type_name nvarchar(4000) null,
	xml_collection_id int null, xml_collection_database sysname null, xml_collection_schema sysname null, xml_collection_name sysname null,
	is_xml_document bit, is_case_sensitive bit, is_fixed_length_clr_type bit, source_server sysname null, source_database sysname null,
	source_schema sysname null, source_table sysname null, source_column sysname null, is_identity_column bit null, is_part_of_unique_key bit null,
	is_updateable bit null, is_computed_column bit null, is_sparse_column_set bit null, ordinal_in_order_by_list smallint null,
	order_by_is_descending smallint null, order_by_list_length smallint null, tds_type_id int, tds_length int, tds_collation_id int null,
	tds_collation_sort_id tinyint null`

// ResultSetColumns are the columns of sp_describe_first_result_set.
func ResultSetColumns() []plan.Column { return columnsOf(resultSetColumns) }

// DescribeColumn is the row of sp_describe_first_result_set for the column at a place, counted from 1.
func DescribeColumn(place int, c plan.Column) []value.Value {
	t := c.Type
	text := func(s string) value.Value {
		if s == "" {
			return value.Null()
		}
		return value.OfString(s)
	}
	collation := ""
	if t.IsString() {
		collation = t.Collate().Name()
	}
	null := value.Null()
	row := []value.Value{
		value.OfBool(false), value.OfInt(int64(place)), text(c.Name), value.OfBool(t.Nullable), value.OfInt(int64(t.SystemTypeID())), text(t.String()),
		value.OfInt(int64(t.MaxLength())), value.OfInt(int64(t.DisplayPrecision())), value.OfInt(int64(t.DisplayScale())), text(collation), null,
		null, null, null, null,
		null, null, null, null,
		value.OfBool(false), value.OfBool(false), value.OfBool(false), null, null,
		null, null, null, value.OfBool(c.Identity), null,
		value.OfBool(c.Source != nil && !c.Identity && !c.Computed), value.OfBool(c.Computed), value.OfBool(false), null,
		null, null, value.OfInt(int64(t.SystemTypeID())), value.OfInt(int64(t.MaxLength())), null,
		null,
	}
	if t.IsString() {
		row[37] = value.OfInt(int64(t.Collate().LCID()))
		row[38] = value.OfInt(int64(t.Collate().SortID()))
	}
	return row
}
