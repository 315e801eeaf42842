package document

import (
	"errors"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/function"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

func text(t *testing.T, a *function.Aggregate, rows ...[]value.Value) string {
	t.Helper()
	s := a.New(nil)
	for _, r := range rows {
		if err := s.Add(r); err != nil {
			t.Fatal(err)
		}
	}
	v, err := s.Result()
	if err != nil {
		t.Fatal(err)
	}
	if v.IsNull() {
		return "NULL"
	}
	return v.Text()
}

func TestJSON(t *testing.T) {
	cols := []Column{
		{Name: "a", Type: value.Of(value.Int)},
		{Name: "b.c", Type: value.Sized(value.NVarChar, 10)},
		{Name: "b.d", Type: value.Of(value.Bit)},
		{Name: "e", Type: value.Sized(value.NVarChar, value.Max), Raw: true},
	}
	rows := [][]value.Value{
		{value.OfInt(1), value.OfString("x\"/\n\x01"), value.OfBool(true), value.OfString("[1]")},
		{value.Null(), value.Null(), value.Null(), value.Null()},
	}
	root := "r"
	for _, c := range []struct {
		o    JSONOptions
		want string
	}{
		{JSONOptions{}, `[{"a":1,"b":{"c":"x\"\/\n\u0001","d":true},"e":[1]},{}]`},
		{JSONOptions{IncludeNulls: true, Root: &root}, `{"r":[{"a":1,"b":{"c":"x\"\/\n\u0001","d":true},"e":[1]},{"a":null,"b":{"c":null,"d":null},"e":null}]}`},
		{JSONOptions{NoWrapper: true, Flat: true}, `{"a":1,"b.c":"x\"\/\n\u0001","b.d":true,"e":[1]},{}`},
	} {
		a, err := JSON(cols, c.o)
		if err != nil {
			t.Fatal(err)
		}
		if have := text(t, a, rows...); have != c.want {
			t.Errorf("%+v:\n have %s\n want %s", c.o, have, c.want)
		}
		if have := text(t, a); have != "NULL" {
			t.Errorf("no rows give %s", have)
		}
	}
}

func TestConflict(t *testing.T) {
	for _, names := range [][]string{{"a", "a"}, {"a", "a.b"}, {"a.b", "a"}, {"a.b.c", "a.b"}} {
		var cols []Column
		for _, n := range names {
			cols = append(cols, Column{Name: n, Type: value.Of(value.Int)})
		}
		_, err := JSON(cols, JSONOptions{})
		var e *value.Error
		if !errors.As(err, &e) || e.Number != 13601 {
			t.Errorf("%q: %v, want 13601", names, err)
		}
	}
}

func TestXML(t *testing.T) {
	cols := []Column{
		{Name: "@id", Type: value.Of(value.Int)},
		{Name: "a/b", Type: value.Sized(value.NVarChar, 10)},
		{Name: "n", Type: value.Of(value.Int)},
		{Name: "", Type: value.Sized(value.NVarChar, 10)},
	}
	rows := [][]value.Value{{value.OfInt(1), value.OfString("<&>"), value.Null(), value.OfString("t")}}
	root := "all"
	for _, c := range []struct {
		o    XMLOptions
		want string
	}{
		{XMLOptions{Row: "r", Path: true, Elements: true}, `<r id="1"><a><b>&lt;&amp;&gt;</b></a>t</r>`},
		{XMLOptions{Row: "r", Path: true, Elements: true, Root: &root}, `<all><r id="1"><a><b>&lt;&amp;&gt;</b></a>t</r></all>`},
		{XMLOptions{Row: "r", Path: true, Elements: true, Nil: true}, `<r xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="1"><a><b>&lt;&amp;&gt;</b></a><n xsi:nil="true"/>t</r>`},
	} {
		f, err := XML(cols, c.o)
		if err != nil {
			t.Fatal(err)
		}
		if have := text(t, f, rows...); have != c.want {
			t.Errorf("%+v:\n have %s\n want %s", c.o, have, c.want)
		}
	}
}
