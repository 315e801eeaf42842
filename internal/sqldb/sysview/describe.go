package sysview

import (
	"github.com/alcedo-cloud/alcedo/internal/sqldb/collate"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// resultSetColumns are those of sp_describe_first_result_set.
const resultSetColumns = `is_hidden bit, column_ordinal int, name sysname null, is_nullable bit, system_type_id int,
	system_type_name nvarchar(256) null, max_length smallint, precision tinyint, scale tinyint, collation_name sysname null,
	user_type_id int null, user_type_database sysname null, user_type_schema sysname null, user_type_name sysname null,
	assembly_qualified_type_name nvarchar(4000) null, xml_collection_id int null, xml_collection_database sysname null,
	xml_collection_schema sysname null, xml_collection_name sysname null, is_xml_document bit, is_case_sensitive bit,
	is_fixed_length_clr_type bit, source_server sysname null, source_database sysname null, source_schema sysname null,
	source_table sysname null, source_column sysname null, is_identity_column bit null, is_part_of_unique_key bit null,
	is_updateable bit null, is_computed_column bit null, is_sparse_column_set bit null, ordinal_in_order_by_list smallint null,
	order_by_list_length smallint null, order_by_is_descending smallint null, tds_type_id int, tds_length int,
	tds_collation_id int null, tds_collation_sort_id tinyint null`

// ResultSetColumns are the columns of sp_describe_first_result_set.
func ResultSetColumns() []plan.Column { return columnsOf(resultSetColumns) }

// DescribeColumn is the row of sp_describe_first_result_set for the column at a place, counted from 1.
func DescribeColumn(place int, c plan.Column) []value.Value {
	t := c.Type
	used, collation, collationID, sortID := t.Collation, any(nil), any(nil), any(nil)
	if t.IsString() {
		if used == nil {
			used = collate.Default()
		}
		tds := used.TDS()
		collation, collationID, sortID = used.Name(), int64(tds[0])|int64(tds[1])<<8|int64(tds[2])<<16|int64(tds[3])<<24, tds[4]
	}
	wire, length := wireID(t)
	values := []any{
		false, place, textOrNull(c.Name), t.Nullable, t.SystemTypeID(), t.String(), t.MaxLength(), t.DisplayPrecision(), t.DisplayScale(), collation,
		nil, nil, nil, nil, nil, nil, nil, nil, nil, false, used != nil && t.IsString() && !used.IgnoresCase(), false, nil, nil, nil, nil, nil,
		c.Identity, nil, !c.Identity && !c.Computed && c.Source != nil, c.Computed, false, nil, nil, nil, wire, length, collationID, sortID,
	}
	columns := ResultSetColumns()
	row := make([]value.Value, len(columns))
	for i, v := range values {
		row[i] = of(v, columns[i].Type)
	}
	return row
}

// wireID is a type's number and length in TYPE_INFO of TDS 7.4.
func wireID(t value.Type) (id, length int) {
	length = t.MaxLength()
	switch t.ID {
	case value.Bit:
		return 104, 1
	case value.TinyInt, value.SmallInt, value.Int, value.BigInt:
		return 38, length
	case value.Decimal:
		return 108, 17
	case value.SmallMoney, value.Money:
		return 110, length
	case value.Real, value.Float:
		return 109, length
	case value.SmallDateTime, value.DateTime:
		return 111, length
	case value.Char:
		return 175, length
	case value.VarChar:
		return 167, large(t, length)
	case value.NChar:
		return 239, length
	case value.NVarChar:
		return 231, large(t, length)
	case value.Binary, value.RowVersion:
		return 173, length
	case value.VarBinary:
		return 165, large(t, length)
	case value.Text, value.Image:
		return t.SystemTypeID(), 2147483647
	case value.NText:
		return t.SystemTypeID(), 2147483646
	case value.Variant:
		return 98, 8009
	}
	return t.SystemTypeID(), length
}

// large is the length that stands for MAX.
func large(t value.Type, length int) int {
	if t.IsMax() {
		return 65535
	}
	return length
}
