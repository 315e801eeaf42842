package tds

import (
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/collate"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	wire "github.com/alcedo-cloud/alcedo/internal/wire/tds"
)

// TestTypes: what a type is sent as, it is read as, whether it may be NULL or not.
func TestTypes(t *testing.T) {
	columns, _ := all()
	for _, c := range columns {
		for _, nullable := range []bool{false, true} {
			c.Type.Nullable = nullable
			sent, made := describe(&c, collate.Default())
			got, _, err := typeOf(&sent.Type)
			if err != nil {
				t.Fatal(err)
			}
			want := c.Type
			if want.ID == value.RowVersion {
				want.ID, want.Length = value.Binary, 8
			}
			if got.ID != want.ID || got.Length != want.Length || got.Precision != want.Precision || got.Scale != want.Scale {
				t.Errorf("%v is read as %v", c.Type, got)
			}
			if made.never && nullable {
				t.Errorf("%v cannot be NULL", c.Type)
			}
		}
	}
	if sent, _ := describe(&plan.Column{Type: value.Type{ID: value.VarChar}}, collate.Default()); sent.Type.Size != 1 {
		t.Errorf("varchar of nothing has %d bytes", sent.Type.Size)
	}
	if sent, made := describe(&plan.Column{}, collate.Default()); sent.Type.ID != wire.TypeIntN || sent.Flags&wire.ColumnNullable == 0 || made.never {
		t.Errorf("a bare NULL is %+v", sent)
	}
}

// TestNullAgainstType: an answer that cannot be read is never sent.
func TestNullAgainstType(t *testing.T) {
	c := &connection{version: wire.Version72, writer: wire.NewWriter(nil, nil, nil)}
	a := &answer{connection: c}
	if err := a.Columns([]plan.Column{{Name: "i", Type: value.Type{ID: value.Int}}}); err != nil {
		t.Fatal(err)
	}
	if err := a.Row([]value.Value{value.Null()}); !fault.Is(err, fault.Internal) {
		t.Errorf("NULL in a column that has none: %v", err)
	}
}

func TestXML(t *testing.T) {
	for _, x := range []struct{ b, want string }{
		{"<\x00a\x00/\x00>\x00", "<a/>"}, {"\xff\xfe<\x00a\x00/\x00>\x00", "<a/>"}, {"<a>é</a>", "<a>é</a>"}, {"<a/> ", "<a/> "}, {"", ""},
	} {
		if v, err := decodeXML([]byte(x.b)); err != nil || v.Text() != x.want {
			t.Errorf("% x is read as %q, %v", x.b, v.Text(), err)
		}
	}
}

func TestCut(t *testing.T) {
	for _, x := range []struct {
		s    string
		n    int
		want int
	}{{"abc", 5, 3}, {"abcdef", 3, 3}, {"aé", 2, 1}, {"a語b", 3, 1}, {"a語b", 4, 4}, {"a😀", 4, 1}, {"\x80\x80\x80\x80\x80\x80", 4, 4}} {
		if got := cut(x.s, x.n); got != x.want {
			t.Errorf("%q is cut at %d", x.s, got)
		}
	}
}

func FuzzArguments(f *testing.F) {
	b := parameter(rpc("p"), "@i", 1, byte(wire.TypeIntN), 4, 4, 7, 0, 0, 0)
	b = parameter(b, "@n", 1, byte(wire.TypeNVarChar), 20, 0, 9, 4, 0xD0, 0, 0x34, 2, 0, 0xE9, 0)
	f.Add(b)
	f.Add(parameter(rpc("p"), "@v", 0, byte(wire.TypeVariant), 0x49, 0x1F, 0, 0, 6, 0, 0, 0, 0x38, 0, 7, 0, 0, 0))
	f.Add(parameter(rpc("p"), "@d", 0, byte(wire.TypeDateTimeOffsetN), 7, 10, 1, 2, 3, 4, 5, 1, 2, 3, 60, 0))
	f.Add(parameter(rpc("p"), "@d", 0, byte(wire.TypeDecimalN), 17, 38, 10, 17, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16))
	f.Add(parameter(rpc("p"), "@x", 0, byte(wire.TypeXML), 0, 4, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, '<', 0, 'a', 0, 0, 0, 0, 0))
	f.Add(parameter(rpc("p"), "@t", 0, byte(wire.TypeTable), 0, 0, 1, 'T', 0, 1, 0, 0, 0, 0, 0, 1, 0, byte(wire.TypeIntN), 4, 1, 'i', 0, 0, 1, 4, 7, 0, 0, 0, 0))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := wire.DecodeRPC(b)
		if err != nil {
			return
		}
		a := &answer{connection: &connection{version: wire.Version74, writer: wire.NewWriter(discard{}, nil, nil)}}
		for r.More() {
			c, err := r.Next()
			if err != nil {
				return
			}
			for i := range c.Parameters {
				made, err := argument(&c.Parameters[i], i)
				if err != nil || made.Table != nil {
					continue
				}
				// Whatever is taken can be sent.
				if err := a.Columns([]plan.Column{{Type: made.Type}}); err != nil {
					t.Fatal(err)
				}
				if err := a.Row([]value.Value{made.Value}); err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }
