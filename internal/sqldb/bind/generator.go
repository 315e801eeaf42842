package bind

import (
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/function"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// generator binds STRING_SPLIT, GENERATE_SERIES and OPENJSON; nil for another name.
func (b *binder) generator(x *tsql.TableFunction, args []plan.Expr) (relation, error) {
	if x.Name.Schema.Name != "" {
		return nil, nil
	}
	switch strings.ToUpper(x.Name.Name.Name) {
	case "STRING_SPLIT":
		return b.stringSplit(x, args)
	case "GENERATE_SERIES":
		return b.generateSeries(x, args)
	case "OPENJSON":
		return b.openJSON(x, args)
	}
	return nil, nil
}

// generated is a function's rows as a virtual table.
func generated(name string, cols []plan.Column, args []plan.Expr, rows func(args []value.Value, yield function.Yield) error) relation {
	v := &plan.Virtual{Name: name, Columns: cols}
	v.Rows = func(_ plan.VirtualEnvironment, args []value.Value, yield func([]value.Value) bool) error {
		return rows(args, yield)
	}
	return newVirtual(v, args)
}

// stringSplit is STRING_SPLIT(string, separator [, enable_ordinal]).
func (b *binder) stringSplit(x *tsql.TableFunction, args []plan.Expr) (relation, error) {
	if len(args) < 2 || len(args) > 3 {
		return nil, countError(x.At, "string_split", 2, 3)
	}
	ordinal := false
	if len(args) == 3 {
		c, ok := args[2].(*plan.Const)
		if !ok || !c.T.IsInteger() && c.T.ID != value.Void || c.V.Int64() != 0 && c.V.Int64() != 1 {
			return nil, fail(x.At, 8748, 16, 1, "The enable_ordinal argument for string_split only supports constant values (not variables or columns).")
		}
		ordinal = c.V.Int64() == 1
	}
	for i := range 2 {
		if args[i].Type().IsString() {
			continue
		}
		e, err := b.coerce(x.At, args[i], value.Sized(value.VarChar, maxBytes))
		if err != nil {
			return nil, fail(x.At, 8116, 16, 1, "Argument data type %s is invalid for argument %d of string_split function.", args[i].Type().Name(), i+1)
		}
		args[i] = e
	}
	t := args[0].Type()
	id := value.VarChar
	if t.IsUnicode() || args[1].Type().IsUnicode() {
		id = value.NVarChar
	}
	out := value.Type{ID: id, Length: t.Length, Nullable: true, Collation: b.collationOf(t)}
	if t.ID == value.Text || t.ID == value.NText {
		out.Length = value.Max
	}
	cols := []plan.Column{{Name: "value", Type: out}}
	if ordinal {
		cols = append(cols, plan.Column{Name: "ordinal", Type: value.Of(value.BigInt)})
	}
	return generated("STRING_SPLIT", cols, args[:2], func(args []value.Value, yield function.Yield) error {
		return function.StringSplit(args[0], args[1], out, func(row []value.Value) bool { return yield(row[:len(cols)]) })
	}), nil
}

// generateSeries is GENERATE_SERIES(start, stop [, step]), all of one numeric type.
func (b *binder) generateSeries(x *tsql.TableFunction, args []plan.Expr) (relation, error) {
	if len(args) < 2 || len(args) > 3 {
		return nil, countError(x.At, "generate_series", 2, 3)
	}
	for _, a := range args {
		if t := a.Type(); !t.IsInteger() && t.ID != value.Decimal && t.ID != value.Void || t.ID == value.Bit {
			return nil, fail(x.At, 5373, 16, 1, "All numerical input parameters should be of the same type.")
		}
	}
	t, err := b.unify(x.At, "generate_series", args)
	if err != nil {
		return nil, err
	}
	t = value.ForVariable(t)
	return generated("GENERATE_SERIES", []plan.Column{{Name: "value", Type: t}}, args, func(args []value.Value, yield function.Yield) error {
		step := value.Null()
		if len(args) == 3 {
			if step = args[2]; step.IsNull() {
				return nil
			}
		}
		return function.GenerateSeries(args[0], args[1], step, t, yield)
	}), nil
}

// openJSON is OPENJSON(text [, path]) [WITH (…)].
func (b *binder) openJSON(x *tsql.TableFunction, args []plan.Expr) (relation, error) {
	if len(args) < 1 || len(args) > 2 {
		return nil, countError(x.At, "openjson", 1, 2)
	}
	for i := range args {
		e, err := b.coerce(x.At, args[i], value.Sized(value.NVarChar, value.Max))
		if err != nil {
			return nil, err
		}
		args[i] = e
	}
	path := func(args []value.Value) value.Value {
		if len(args) == 2 {
			return args[1]
		}
		return value.Null()
	}
	if len(x.Schema) == 0 {
		return generated("OPENJSON", []plan.Column{
			{Name: "key", Type: value.Sized(value.NVarChar, maxUnits).WithNullable(false)},
			{Name: "value", Type: value.Sized(value.NVarChar, value.Max)},
			{Name: "type", Type: typed(value.TinyInt)},
		}, args, func(args []value.Value, yield function.Yield) error {
			return function.OpenJSON(args[0], path(args), yield)
		}), nil
	}
	cols, shape, err := b.jsonColumns(x.Schema)
	if err != nil {
		return nil, err
	}
	return generated("OPENJSON", cols, args, func(args []value.Value, yield function.Yield) error {
		return function.OpenJSONWith(args[0], path(args), shape, yield)
	}), nil
}

func (b *binder) jsonColumns(list []tsql.SchemaColumn) ([]plan.Column, []function.JSONColumn, error) {
	cols := make([]plan.Column, len(list))
	shape := make([]function.JSONColumn, len(list))
	for i := range list {
		x := &list[i]
		t, err := b.typeOf(&x.Type, 1)
		if err != nil {
			return nil, nil, err
		}
		if x.AsJSON && (t.ID != value.NVarChar || t.Length != value.Max) {
			return nil, nil, fail(x.At, 13618, 16, 1, "AS JSON in WITH clause can be specified only for column of type nvarchar(max).")
		}
		cols[i] = plan.Column{Name: x.Name.Name, Type: t}
		shape[i] = function.JSONColumn{Name: x.Name.Name, Type: t, AsIs: x.AsJSON}
		if x.Path != nil {
			shape[i].Path = *x.Path
		}
	}
	return cols, shape, nil
}
