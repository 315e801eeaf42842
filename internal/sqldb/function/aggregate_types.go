package function

import (
	"strings"
	"sync"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

var aggregates = sync.OnceValue(func() map[string]*Aggregate {
	list := []Aggregate{
		{Name: "COUNT", Min: 0, Max: 1, Result: counted("count", value.Int), New: newCount(value.Int)},
		{Name: "COUNT_BIG", Min: 0, Max: 1, Result: counted("count_big", value.BigInt), New: newCount(value.BigInt)},
		{Name: "APPROX_COUNT_DISTINCT", Min: 1, Max: 1, Result: counted("approx_count_distinct", value.BigInt), New: newDistinct},
		{Name: "SUM", Min: 1, Max: 1, Result: summed, New: newSum},
		{Name: "PRODUCT", Min: 1, Max: 1, Result: multiplied, New: newProduct},
		{Name: "AVG", Min: 1, Max: 1, Result: averaged, New: newAverage},
		{Name: "MIN", Min: 1, Max: 1, Result: extreme("min"), New: newExtreme(-1)},
		{Name: "MAX", Min: 1, Max: 1, Result: extreme("max"), New: newExtreme(1)},
		{Name: "STDEV", Min: 1, Max: 1, Result: spread("stdev"), New: newSpread(true, false)},
		{Name: "STDEVP", Min: 1, Max: 1, Result: spread("stdevp"), New: newSpread(true, true)},
		{Name: "VAR", Min: 1, Max: 1, Result: spread("var"), New: newSpread(false, false)},
		{Name: "VARP", Min: 1, Max: 1, Result: spread("varp"), New: newSpread(false, true)},
		{Name: "STRING_AGG", Min: 2, Max: 2, Result: joined, New: newJoin},
		{Name: "JSON_ARRAYAGG", Min: 1, Max: 1, Result: jsonGrouped, New: newJSONGroup},
		{Name: "JSON_OBJECTAGG", Min: 2, Max: 2, Result: jsonGrouped, New: newJSONGroup},
		{Name: "CHECKSUM_AGG", Min: 1, Max: 1, Result: checksummed, New: newChecksum},
	}
	m := map[string]*Aggregate{}
	for i := range list {
		m[list[i].Name] = &list[i]
	}
	return m
})

func counted(name string, id value.ID) resultRule {
	return func(args []value.Type) (value.Type, error) {
		if len(args) == 1 && (args[0].ID == value.Text || args[0].ID == value.NText || args[0].ID == value.Image) {
			return value.Type{}, value.Invalid(args[0], name)
		}
		return value.Of(id).WithNullable(false), nil
	}
}

// widened is the type in which a sum of t is: int at least, decimal(38), money, float.
func widened(t value.Type, name string) (value.Type, error) {
	switch {
	case t.ID == value.Void:
		return value.Type{}, value.Invalid(t, name)
	case t.ID == value.BigInt:
		return value.Of(value.BigInt), nil
	case t.IsInteger() && t.ID != value.Bit:
		return value.Of(value.Int), nil
	case t.ID == value.Decimal:
		return value.DecimalOf(38, t.Scale), nil
	case t.IsMoney():
		return value.Of(value.Money), nil
	case t.IsFloat():
		return value.Of(value.Float), nil
	}
	return value.Type{}, value.Invalid(t, name)
}

func summed(args []value.Type) (value.Type, error) { return widened(args[0], "sum") }

// multiplied: the product of decimals has six digits after the point, or none where they have none.
func multiplied(args []value.Type) (value.Type, error) {
	t, err := widened(args[0], "product")
	if t.ID == value.Decimal && t.Scale != 0 {
		t.Scale = 6
	}
	return t, err
}

// averaged: the average of decimals has six digits after the point at least.
func averaged(args []value.Type) (value.Type, error) {
	t, err := widened(args[0], "avg")
	if t.ID == value.Decimal {
		t.Scale = max(t.Scale, 6)
	}
	return t, err
}

func extreme(name string) resultRule {
	return func(args []value.Type) (value.Type, error) {
		t := args[0]
		if !t.IsComparable() || t.ID == value.Bit || t.ID == value.Void {
			return value.Type{}, value.Invalid(t, name)
		}
		return value.ForVariable(t).WithNullable(true), nil
	}
}

func spread(name string) resultRule {
	return func(args []value.Type) (value.Type, error) {
		if !args[0].IsNumeric() {
			return value.Type{}, value.Invalid(args[0], name)
		}
		return value.Of(value.Float), nil
	}
}

func joined(args []value.Type) (value.Type, error) {
	if err := isText(args[0], 1, "string_agg"); err != nil {
		return value.Type{}, err
	}
	if !args[1].IsString() && args[1].ID != value.Void {
		return value.Type{}, badArgument(args[1], 2, "string_agg")
	}
	unicode := args[0].IsUnicode() || !args[0].IsString()
	length := int32(8000)
	if args[0].IsLarge() {
		length = value.Max
	}
	return stringOf(unicode, length), nil
}

func checksummed(args []value.Type) (value.Type, error) {
	if !args[0].IsInteger() {
		return value.Type{}, value.Invalid(args[0], strings.ToLower("CHECKSUM_AGG"))
	}
	return value.Of(value.Int), nil
}
