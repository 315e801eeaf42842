package function

import (
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// aggregate runs an aggregate over rows of one or two arguments.
func aggregate(t *testing.T, name string, rows ...[]argument) (text, typeName string, skipped bool) {
	t.Helper()
	a, ok := LookupAggregate(name)
	if !ok {
		t.Fatalf("no aggregate %s", name)
	}
	var types []value.Type
	for _, arg := range rows[0] {
		types = append(types, arg.t)
	}
	typ, err := a.Result(types)
	if err != nil {
		return errorText(err), "", false
	}
	state := a.New(types)
	for _, row := range rows {
		var values []value.Value
		for _, arg := range row {
			values = append(values, arg.v)
		}
		if err := state.Add(values); err != nil {
			return errorText(err), typ.String(), state.Skipped()
		}
	}
	v, err := state.Result()
	if err != nil {
		return errorText(err), typ.String(), state.Skipped()
	}
	if v.Kind() != value.KindNull && v.Kind() != kindOf(typ) {
		t.Errorf("%s gives a value of kind %d for %s", name, v.Kind(), typ)
	}
	return show(t, v, typ), typ.String(), state.Skipped()
}

func column(args ...argument) [][]argument {
	var rows [][]argument
	for _, a := range args {
		rows = append(rows, with(a))
	}
	return rows
}

func missing(t value.Type) argument { return argument{value.Null(), t} }

func TestAggregates(t *testing.T) {
	ints := column(i(1), i(2), missing(value.Of(value.Int)), i(4))
	for _, c := range []struct {
		name       string
		rows       [][]argument
		want, kind string
	}{
		{"COUNT", ints, "3", "int"},
		{"COUNT", [][]argument{{}, {}}, "2", "int"},
		{"COUNT_BIG", ints, "3", "bigint"},
		{"SUM", ints, "7", "int"},
		{"AVG", ints, "2", "int"},
		{"AVG", column(i(-1), i(-2)), "-1", "int"},
		{"SUM", column(i(2147483647), i(1)), "8115: Arithmetic overflow error converting expression to data type int.", "int"},
		{"AVG", column(i(2147483647), i(2147483645)), "2147483646", "int"},
		{"SUM", column(argument{value.OfInt(200), value.Of(value.TinyInt)}, argument{value.OfInt(200), value.Of(value.TinyInt)}), "400", "int"},
		{"SUM", column(dec("1.50", 5, 2), dec("2.25", 5, 2)), "3.75", "decimal(38,2)"},
		{"AVG", column(dec("1.50", 5, 2), dec("2.25", 5, 2)), "1.875000", "decimal(38,6)"},
		{"AVG", column(dec("1", 5, 0), dec("1", 5, 0), dec("2", 5, 0)), "1.333333", "decimal(38,6)"},
		{"SUM", column(money("1.50"), money("2.25")), "3.7500", "money"},
		{"AVG", column(money("1.00"), money("2.00"), money("2.00")), "1.6666", "money"},
		{"SUM", column(f(0.5), f(0.25)), "0.75", "float"},
		{"AVG", column(f(1), f(2)), "1.5", "float"},
		{"SUM", column(missing(value.Of(value.Int))), "NULL", "int"},
		{"AVG", column(missing(value.Of(value.Int))), "NULL", "int"},
		{"MIN", column(s("b"), s("A"), s("c")), "A", "varchar(1)"},
		{"MAX", column(s("b"), s("A"), s("c")), "c", "varchar(1)"},
		{"MIN", ints, "1", "int"},
		{"MAX", column(date("2026-01-01"), date("2026-01-02")), "2026-01-02", "date"},
		{"STDEV", column(i(2), i(4), i(4), i(4), i(5), i(5), i(7), i(9)), "2.13809", "float"},
		{"STDEVP", column(i(2), i(4), i(4), i(4), i(5), i(5), i(7), i(9)), "2", "float"},
		{"VAR", column(i(1), i(2), i(3), i(4)), "1.66667", "float"},
		{"VARP", column(i(1), i(2), i(3), i(4)), "1.25", "float"},
		{"STDEV", column(i(1)), "NULL", "float"},
		{"STDEVP", column(i(1)), "0", "float"},
		{"CHECKSUM_AGG", column(i(5), i(3)), "6", "int"},
		{"STRING_AGG", [][]argument{{s("a"), s(", ")}, {missing(value.Sized(value.VarChar, 1)), s(", ")}, {s("b"), s(", ")}}, "a, b", "varchar(8000)"},
		{"STRING_AGG", [][]argument{{i(1), s(",")}, {i(2), s(",")}}, "1,2", "nvarchar(4000)"},
		{"JSON_ARRAYAGG", column(i(1), missing(integer), i(2)), "[1,2]", "nvarchar(max)"},
		{"JSON_OBJECTAGG", [][]argument{{s("a"), i(1)}, {s("b"), missing(integer)}}, `{"a":1,"b":null}`, "nvarchar(max)"},
		{"APPROX_COUNT_DISTINCT", column(s("a"), s("A"), s("b")), "2", "bigint"},
		{"SUM", column(s("1")), "8117: Operand data type varchar is invalid for sum operator.", ""},
		{"AVG", column(date("2026-01-01")), "8117: Operand data type date is invalid for avg operator.", ""},
		{"MAX", column(argument{value.OfInt(1), value.Of(value.Bit)}), "8117: Operand data type bit is invalid for max operator.", ""},
	} {
		if got, kind, _ := aggregate(t, c.name, c.rows...); got != c.want || kind != c.kind {
			t.Errorf("%s: %s (%s), want %s (%s)", c.name, got, kind, c.want, c.kind)
		}
	}
	if _, _, skipped := aggregate(t, "SUM", ints...); !skipped {
		t.Error("SUM does not tell of the NULL")
	}
	if _, _, skipped := aggregate(t, "COUNT", [][]argument{{}, {}}...); skipped {
		t.Error("COUNT(*) tells of a NULL")
	}
}

func TestGenerators(t *testing.T) {
	gather := func(run func(Yield) error) (out string) {
		err := run(func(row []value.Value) bool {
			for _, v := range row {
				switch v.Kind() {
				case value.KindNull:
					out += "NULL,"
				case value.KindString:
					out += v.Text() + ","
				case value.KindDecimal:
					n, scale := v.Decimal()
					out += n.String() + "e-" + value.Int128Of(int64(scale)).String() + ","
				default:
					out += value.Int128Of(v.Int64()).String() + ","
				}
			}
			out += ";"
			return len(out) < 200
		})
		if err != nil {
			out += errorText(err)
		}
		return out
	}
	null := value.Null()
	split := func(text, by string) string {
		return gather(func(y Yield) error {
			return StringSplit(value.OfString(text), value.OfString(by), value.Sized(value.VarChar, 50), y)
		})
	}
	series := func(t value.Type, start, stop, step value.Value) string {
		return gather(func(y Yield) error { return GenerateSeries(start, stop, step, t, y) })
	}
	open := func(text string, path value.Value) string {
		return gather(func(y Yield) error { return OpenJSON(value.OfString(text), path, y) })
	}
	columns := []JSONColumn{{Name: "id", Type: value.Of(value.Int)}, {Name: "n", Type: value.Sized(value.NVarChar, 10), Path: "$.in.name"}, {Name: "o", Type: unlimited, Path: "$.in", AsIs: true}}
	d := func(n int64) value.Value { return value.OfDecimal(value.Int128Of(n), 1) }
	for _, c := range []struct{ got, want string }{
		{split("a,b,,c", ","), "a,1,;b,2,;,3,;c,4,;"},
		{split("", ","), ",1,;"},
		{split("a", ", "), "214: Procedure expects parameter 'separator' of type 'nchar(1)/nvarchar(1)'."},
		{series(integer, value.OfInt(1), value.OfInt(3), null), "1,;2,;3,;"},
		{series(integer, value.OfInt(3), value.OfInt(1), null), "3,;2,;1,;"},
		{series(integer, value.OfInt(1), value.OfInt(10), value.OfInt(4)), "1,;5,;9,;"},
		{series(integer, value.OfInt(1), value.OfInt(3), value.OfInt(-1)), ""},
		{series(integer, value.OfInt(2147483646), value.OfInt(2147483647), value.OfInt(1)), "2147483646,;2147483647,;"},
		{series(integer, value.OfInt(1), value.OfInt(3), value.OfInt(0)), "4199: Argument value 0 is invalid for argument 3 of generate_series function."},
		{series(value.DecimalOf(2, 1), d(0), d(10), d(5)), "0e-1,;5e-1,;10e-1,;"},
		{open(`{"a":1,"b":[1,2],"c":null,"d":"x","e":true}`, null), "a,1,2,;b,[1,2],4,;c,NULL,0,;d,x,1,;e,true,3,;"},
		{open(`{"p":[10,{"x":1}]}`, value.OfString("$.p")), `0,10,2,;1,{"x":1},5,;`},
		{open(`{"p":1}`, value.OfString("$.q")), ""},
		{open(`{"p":1}`, value.OfString("strict $.q")), "13608: Property cannot be found on the specified JSON path."},
		{open(`nope`, null), "13609: JSON text is not properly formatted. Unexpected character 'n' is found at position 0."},
		{gather(func(y Yield) error {
			return OpenJSONWith(value.OfString(`[{"id":2,"in":{"name":"John"}},{"id":"5"},{"in":[1]}]`), null, columns, y)
		}), `2,John,{"name":"John"},;5,NULL,NULL,;NULL,NULL,[1],;`},
		{gather(func(y Yield) error {
			return OpenJSONWith(value.OfString(`{"id":"x"}`), null, columns, y)
		}), "245: Conversion failed when converting the nvarchar value 'x' to data type int."},
	} {
		if c.got != c.want {
			t.Errorf("got  %q\nwant %q", c.got, c.want)
		}
	}
}

// The estimate of APPROX_COUNT_DISTINCT is within 2%, of few and of many.
func TestApproximate(t *testing.T) {
	a, _ := LookupAggregate("APPROX_COUNT_DISTINCT")
	for _, n := range []int64{0, 10, 1000, 50_000, 300_000} {
		state := a.New([]value.Type{bigint})
		for i := range n {
			for range 2 {
				if err := state.Add([]value.Value{value.OfInt(i * 7)}); err != nil {
					t.Fatal(err)
				}
			}
		}
		v, err := state.Result()
		if err != nil {
			t.Fatal(err)
		}
		if off := v.Int64() - n; off*50 > n || off*50 < -n {
			t.Errorf("%d values: %d", n, v.Int64())
		}
	}
}
