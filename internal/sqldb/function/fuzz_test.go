package function

import (
	"errors"
	"slices"
	"testing"
	"unicode/utf8"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// FuzzFunctions calls every function with what a client may send: no text, no number and no date may make one panic, and
// what comes out is a value of the type or a message.
func FuzzFunctions(f *testing.F) {
	names := make([]string, 0, len(scalars()))
	for name := range scalars() {
		names = append(names, name)
	}
	slices.Sort(names)
	for i := range names {
		f.Add(uint8(i), "abc", "%b%", "$.a[1]", int64(3), uint16(0x1234))
		f.Add(uint8(i), "year", "2026-01-02 03:04:05.678 +01:00", "#,##0.0;(0)", int64(-1), uint16(0x2143))
		f.Add(uint8(i), `{"a":[1,{"b":"\u00e9"}]}`, "strict $.a", "[x].y", int64(1)<<40, uint16(0))
	}
	f.Fuzz(func(t *testing.T, pick uint8, a, b, c string, n int64, order uint16) {
		fn := scalars()[names[int(pick)%len(names)]]
		pool := []argument{
			{value.OfString(a), value.Sized(value.NVarChar, value.Max)},
			{value.OfString(b), value.Sized(value.VarChar, 8000)},
			{value.OfString(c), value.Sized(value.VarChar, 50)},
			{value.OfInt(n), bigint},
			{value.OfInt(int64(int32(n))), integer},
			{value.OfDateTime(int64(uint64(n) % uint64(allTicks))), value.Of(value.DateTime2)},
			{value.OfDecimal(value.Int128Of(n), 9), value.DecimalOf(28, 9)},
			{value.OfBytes(a), value.Sized(value.VarBinary, 8000)},
		}
		count := fn.Min
		if fn.Max != fn.Min {
			count += int(order>>12) % 2
		}
		var values []value.Value
		var types []value.Type
		for range count {
			arg := pool[order%8]
			order = order>>3 | order<<13
			values, types = append(values, arg.v), append(types, arg.t)
		}
		typ, err := fn.Result(types)
		if err != nil {
			return
		}
		v, err := fn.Eval(world{first: 7}, values, types)
		var e *value.Error
		switch {
		case err != nil && !errors.As(err, &e):
			t.Fatalf("%s: %v is no message", fn.Name, err)
		case err == nil && !v.IsNull() && v.Kind() != kindOf(typ):
			t.Fatalf("%s gives kind %d for %s", fn.Name, v.Kind(), typ)
		}
	})
}

// FuzzJSON reads and changes texts: a changed text is JSON, and leads to the new value.
func FuzzJSON(f *testing.F) {
	f.Add(`{"a":1}`, "$.a", "x")
	f.Add(`[1,[2,{"b":null}]]`, "append $[1]", "\"")
	f.Add(`{"a":{"b":[]}, "c" : 2 }`, "lax $.a.b[0]", "\\u0000")
	f.Add(`{"a":"\ud83d"}`, `$."a"`, "\x01")
	f.Fuzz(func(t *testing.T, doc, path, text string) {
		if _, bad := checkJSON(doc); bad >= 0 || !utf8.ValidString(text) {
			return
		}
		for _, v := range []value.Value{value.OfString(text), value.Null()} {
			types := []value.Type{unlimited, long, unlimited}
			out, err := scalars()["JSON_MODIFY"].Eval(world{}, []value.Value{value.OfString(doc), value.OfString(path), v}, types)
			if err != nil {
				continue
			}
			if _, bad := checkJSON(out.Text()); bad >= 0 {
				t.Fatalf("%s at %s with %q: %s", doc, path, v.Text(), out.Text())
			}
		}
		if err := OpenJSON(value.OfString(doc), value.OfString(path), func([]value.Value) bool { return true }); err != nil {
			var e *value.Error
			if !errors.As(err, &e) {
				t.Fatal(err)
			}
		}
	})
}

func FuzzFormat(f *testing.F) {
	for _, p := range []string{"N2", "#,##0.00;(0);-", "0.00%", "yyyy-MM-dd'T'HH", "E99", "\\", "'", "X", "D99", "c"} {
		f.Add(p, int64(-12345678), uint8(2))
	}
	f.Fuzz(func(t *testing.T, pattern string, n int64, scale uint8) {
		scale %= 39
		formatDigits(digitsOf(value.Int128Of(n), scale), pattern, kindDecimal)
		formatDigits(digitsOfFloat(float64(n)*1e200), pattern, kindFloat)
		m := moment{ticks: int64(uint64(n) % uint64(allTicks)), offset: 90, t: value.Of(value.DateTimeOffset)}
		formatDate(m, pattern)
		m.t = value.Of(value.Time)
		formatDate(m, pattern)
		if _, err := Message(pattern, []value.Value{value.OfInt(n), value.OfString(pattern)}, []value.Type{bigint, long}); err != nil {
			var e *value.Error
			if !errors.As(err, &e) {
				t.Fatal(err)
			}
		}
	})
}

func BenchmarkEval(b *testing.B) {
	for _, c := range []struct {
		name string
		args []argument
	}{
		{"LEN", with(s("hello world"))},
		{"UPPER", with(s("hello world"))},
		{"GETDATE", nil},
		{"DATEADD", with(s("day"), i(1), dt("2026-01-01"))},
		{"JSON_VALUE", with(s(`{"a":{"b":[1,2,{"c":"x"}]}}`), s("$.a.b[2].c"))},
		{"@@ROWCOUNT", nil},
	} {
		fn, _ := Lookup(c.name)
		var values []value.Value
		var types []value.Type
		for _, a := range c.args {
			values, types = append(values, a.v), append(types, a.t)
		}
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			env := world{}
			for b.Loop() {
				if _, err := fn.Eval(env, values, types); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
