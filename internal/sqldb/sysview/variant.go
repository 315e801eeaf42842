package sysview

import (
	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// variant is a whole number of a type, as sql_variant.
func variant(n int64, t value.Type) any {
	v := value.OfInt(n)
	if t.ID == value.Decimal {
		converted, err := value.Convert(v, value.Type{ID: value.BigInt}, t, value.NoStyle)
		if err != nil {
			return nil
		}
		v = converted
	}
	return value.OfVariant(v, t)
}

// propertyValue is the value of an extended property.
func propertyValue(p *catalog.ExtendedProperty) any {
	if p.ValueIsNull {
		return nil
	}
	return value.OfVariant(value.OfString(p.Value), value.Type{ID: value.NVarChar, Length: 3750})
}

// counters are the last values that identity columns and sequences gave, by object; without an entry none was given.
func (r *rows) counters() map[int32]int64 {
	last := map[int32]int64{}
	for _, row := range r.env.Server("counters") {
		if len(row) == 2 && !row[1].IsNull() {
			last[int32(row[0].Int64())] = row[1].Int64()
		}
	}
	return last
}
