package tsql

import (
	"errors"
	"testing"
)

func TestParseName(t *testing.T) {
	for _, c := range []struct {
		text                           string
		server, database, schema, name string
		number                         int32
	}{
		{"t", "", "", "", "t", 0},
		{" [a b].\"c\"\"d\" ", "", "", "a b", `c"d`, 0},
		{"db..t", "", "db", "", "t", 0},
		{"s.db.dbo.[x]]y]", "s", "db", "dbo", "x]y", 0},
		{"user", "", "", "", "user", 0},
		{"#t", "", "", "", "#t", 0},
		{"", "", "", "", "", 102},
		{"a b", "", "", "", "", 102},
		{"a.b.c.d.e", "", "", "", "", 117},
		{"[a", "", "", "", "", 105},
		{"a.", "", "", "", "", 102},
		{"'a'", "", "", "", "", 102},
	} {
		n, err := ParseName(c.text)
		if c.number != 0 {
			var e *Error
			if !errors.As(err, &e) || e.Number != c.number {
				t.Errorf("%q: %v, want Msg %d", c.text, err, c.number)
			}
			continue
		}
		if err != nil || n.Server.Name != c.server || n.Database.Name != c.database || n.Schema.Name != c.schema || n.Name.Name != c.name {
			t.Errorf("%q: %+v, %v", c.text, n, err)
		}
	}
}

func TestParseParameters(t *testing.T) {
	list, err := ParseParameters("@a int, @b nvarchar(max) = N'x' OUTPUT, @c decimal(18,2) = -1.5, @d dbo.tt READONLY", Options{})
	if err != nil || len(list) != 4 {
		t.Fatal(list, err)
	}
	if b := list[1]; b.Name != "@b" || !b.Output || b.Type.Args[0] != Max || b.Default.(*Literal).Text != "x" {
		t.Errorf("%+v", b)
	}
	if d := list[3]; !d.ReadOnly || d.Type.Name.Schema.Name != "dbo" {
		t.Errorf("%+v", d)
	}
	for _, text := range []string{"", " ", "()"} {
		if list, err := ParseParameters(text, Options{}); err != nil || list != nil {
			t.Errorf("%q: %v, %v", text, list, err)
		}
	}
	for _, text := range []string{"@a", "a int", "@a int,", "@a int; select 1", "@a int @b int", "(@a int"} {
		if _, err := ParseParameters(text, Options{}); err == nil {
			t.Errorf("%q is accepted", text)
		}
	}
}

func TestNames(t *testing.T) {
	got := Names(`([a] > 1 AND "b c" IN (a, dbo.f(d)) OR e LIKE 'x'`)
	want := []string{"a", "b c", "dbo", "f", "d", "e"}
	if len(got) != len(want) {
		t.Fatal(got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%d: %q, want %q", i, got[i], want[i])
		}
	}
}
