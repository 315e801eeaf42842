package function

import (
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// world answers what functions ask, at 2026-11-23 16:05:06.1234567.
type world struct{ first int64 }

func (w world) Now() int64 {
	return value.Days(2026, 11, 23)*value.TicksPerDay + 16*value.TicksPerHour + 5*value.TicksPerMinute + 6*value.TicksPerSecond + 1234567
}

func (w world) Random() io.Reader { return rand.NewChaCha8([32]byte{1}) }

func (w world) Ask(name string, args []value.Value) (value.Value, error) {
	switch name {
	case "@@DATEFIRST":
		return value.OfInt(w.first), nil
	case "DB_NAME":
		return value.OfString("shop"), nil
	case "SCOPE_IDENTITY":
		return value.OfInt(41), nil
	case "SERVERPROPERTY":
		return value.OfString("SQL Azure"), nil
	case "OBJECT_ID":
		return value.OfInt(int64(len(args))), nil
	}
	return value.Null(), nil
}

// argument is a value with its type.
type argument struct {
	v value.Value
	t value.Type
}

func s(text string) argument {
	return argument{value.OfString(text), value.Sized(value.VarChar, int32(max(1, len(text))))}
}

func u(text string) argument {
	return argument{value.OfString(text), value.Sized(value.NVarChar, int32(max(1, value.UTF16Len(text))))}
}
func i(n int64) argument   { return argument{value.OfInt(n), value.Of(value.Int)} }
func f(x float64) argument { return argument{value.OfFloat(x), value.Of(value.Float)} }
func null() argument       { return argument{value.Null(), value.Type{Nullable: true}} }

func cast(text string, t value.Type) argument {
	v, err := value.Convert(value.OfString(text), value.Sized(value.VarChar, value.Max), t, value.NoStyle)
	if err != nil {
		panic(err)
	}
	return argument{v, t}
}
func dec(text string, p, sc uint8) argument { return cast(text, value.DecimalOf(p, sc)) }
func money(text string) argument            { return cast(text, value.Of(value.Money)) }
func dt(text string) argument               { return cast(text, value.Of(value.DateTime)) }
func d2(text string) argument               { return cast(text, value.Of(value.DateTime2)) }
func date(text string) argument             { return cast(text, value.Of(value.Date)) }
func dto(text string) argument              { return cast(text, value.Of(value.DateTimeOffset)) }
func bin(b string) argument {
	return argument{value.OfBytes(b), value.Sized(value.VarBinary, int32(max(1, len(b))))}
}

// evaluate calls a function as a statement would, and writes the result as text: "NULL", "0x…", or number and text of
// the error. The type is written before it where want says one.
func evaluate(t *testing.T, name string, args ...argument) (text, typeName string) {
	t.Helper()
	fn, ok := Lookup(name)
	if !ok {
		t.Fatalf("no function %s", name)
	}
	if len(args) < fn.Min || fn.Max >= 0 && len(args) > fn.Max {
		t.Fatalf("%s takes %d to %d arguments, not %d", name, fn.Min, fn.Max, len(args))
	}
	var values []value.Value
	var types []value.Type
	for _, a := range args {
		values, types = append(values, a.v), append(types, a.t)
	}
	result, err := fn.Result(types)
	if err != nil {
		return errorText(err), ""
	}
	v, err := fn.Eval(world{first: 7}, values, types)
	if err != nil {
		return errorText(err), result.String()
	}
	return show(t, v, result), result.String()
}

func errorText(err error) string {
	var e *value.Error
	if errors.As(err, &e) {
		return value.Int128Of(int64(e.Number)).String() + ": " + e.Text
	}
	return err.Error()
}

func show(t *testing.T, v value.Value, typ value.Type) string {
	t.Helper()
	if v.IsNull() {
		return "NULL"
	}
	style := value.NoStyle
	switch {
	case typ.IsBinary():
		style = 1
	case typ.IsDateTime():
		style = 121
	case typ.IsMoney():
		style = 2
	case typ.ID == value.Variant:
		v, typ = v.Variant()
	}
	out, err := value.Convert(v, typ, value.Sized(value.NVarChar, value.Max), style)
	if err != nil {
		t.Fatalf("%s: %v", typ, err)
	}
	return out.Text()
}

type example struct {
	name string
	args []argument
	want string
}

func check(t *testing.T, list []example) {
	t.Helper()
	for _, c := range list {
		want, wantType, typed := strings.Cut(c.want, " :: ")
		got, gotType := evaluate(t, c.name, c.args...)
		if got != want || typed && gotType != wantType {
			t.Errorf("%s%v = %q (%s), want %q", c.name, texts(t, c.args), got, gotType, c.want)
		}
	}
}

func texts(t *testing.T, args []argument) []string {
	var list []string
	for _, a := range args {
		list = append(list, show(t, a.v, a.t))
	}
	return list
}

func with(args ...argument) []argument { return args }

// Every function of the table has what a function must have.
func TestTable(t *testing.T) {
	seen := map[string]bool{}
	for name, fn := range scalars() {
		if fn.Name != name || strings.ToUpper(name) != name || fn.Result == nil || fn.Eval == nil || fn.Max >= 0 && fn.Max < fn.Min {
			t.Errorf("%s: %+v", name, fn)
		}
	}
	for _, q := range Questions() {
		if seen[q.Name] {
			t.Errorf("%s is asked twice", q.Name)
		}
		seen[q.Name] = true
		if q.Min > q.Max || q.Max != len(q.Params) {
			t.Errorf("%s: %d to %d arguments, %d types", q.Name, q.Min, q.Max, len(q.Params))
		}
	}
	for _, name := range []string{"len", "@@rowcount", "getdate", "AT TIME ZONE"} {
		if _, ok := Lookup(name); !ok {
			t.Errorf("no function %s", name)
		}
	}
	if _, ok := Lookup("NO_SUCH"); ok {
		t.Error("NO_SUCH is a function")
	}
}

// NULL in gives NULL out, for all functions that do not say otherwise, and none of them panics at NULL or at text.
func TestNullAndNonsense(t *testing.T) {
	nonsense := []argument{null(), s(""), s("x"), u("\U0001F600"), i(0), i(-1), i(1 << 31), f(1e300), dec("0.5", 2, 1), bin(""), dt("1753-01-01"), {value.Null(), value.Of(value.Int)}}
	r := rand.New(rand.NewPCG(1, 2))
	for name, fn := range scalars() {
		for range 200 {
			n := fn.Min
			if most := min(max(fn.Max, fn.Min+2), fn.Min+3); fn.Max != fn.Min {
				n = fn.Min + r.IntN(most-fn.Min+1)
			}
			if fn.Max >= 0 {
				n = min(n, fn.Max)
			}
			var values []value.Value
			var types []value.Type
			for range n {
				a := nonsense[r.IntN(len(nonsense))]
				values, types = append(values, a.v), append(types, a.t)
			}
			result, err := fn.Result(types)
			if err != nil {
				continue
			}
			v, err := fn.Eval(world{first: 7}, values, types)
			if err != nil || v.IsNull() {
				var e *value.Error
				if err != nil && !errors.As(err, &e) {
					t.Errorf("%s: %v is no message", name, err)
				}
				continue
			}
			if got := v.Kind(); got != kindOf(result) {
				t.Errorf("%s%v: a value of kind %d for %s", name, values, got, result)
			}
		}
	}
}

// kindOf is how a value of the type is held.
func kindOf(t value.Type) value.Kind {
	switch {
	case t.IsInteger():
		return value.KindInteger
	case t.ID == value.Decimal:
		return value.KindDecimal
	case t.IsMoney():
		return value.KindMoney
	case t.IsFloat():
		return value.KindFloat
	case t.ID == value.Date:
		return value.KindDate
	case t.ID == value.Time:
		return value.KindTime
	case t.ID == value.DateTimeOffset:
		return value.KindDateTimeOffset
	case t.IsDateTime():
		return value.KindDateTime
	case t.IsBinary():
		return value.KindBytes
	case t.ID == value.UniqueIdentifier:
		return value.KindGUID
	case t.ID == value.Variant:
		return value.KindVariant
	case t.ID == value.Void:
		return value.KindNull
	}
	return value.KindString
}
