package sqldb

import (
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// nowhere is a client that reads nothing.
type nowhere struct{ rows int }

func (n *nowhere) Columns([]plan.Column) error { return nil }
func (n *nowhere) Row([]value.Value) error     { n.rows++; return nil }
func (n *nowhere) Message(m *value.Error) error {
	return m
}
func (n *nowhere) Done(Done) error     { return nil }
func (n *nowhere) Change(Change) error { return nil }
func (n *nowhere) Status(int32) error  { return nil }
func (n *nowhere) Output(Output) error { return nil }

// BenchmarkPointSelect is one prepared select by key, from the request to the last token.
func BenchmarkPointSelect(b *testing.B) {
	w := newWorld(b)
	k := w.as(boss())
	k.want("CREATE TABLE keyed (id int NOT NULL PRIMARY KEY, name varchar(40) NOT NULL, amount decimal(10,2) NOT NULL)")
	k.want("INSERT keyed SELECT value, CONCAT('name of row ', value), value FROM GENERATE_SERIES(0, 9999)")
	integer, text := value.Type{ID: value.BigInt, Nullable: true}, value.Type{ID: value.NVarChar, Length: 100, Nullable: true}
	prepare := &recorder{}
	if err := k.session.Call(b.Context(), Call{Number: 11, Arguments: []Argument{
		{Type: integer, Output: true},
		{Type: text, Value: value.OfString("@p1 bigint")},
		{Type: text, Value: value.OfString("SELECT name, amount FROM keyed WHERE id = @p1")},
	}}, prepare); err != nil {
		b.Fatal(err)
	}
	handle, out := prepare.outputs[0].Value, &nowhere{}
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		call := Call{Number: 12, Arguments: []Argument{{Type: integer, Value: handle}, {Name: "@p1", Type: integer, Value: value.OfInt(int64(i*31) % 10000)}}}
		if err := k.session.Call(b.Context(), call, out); err != nil {
			b.Fatal(err)
		}
	}
	if out.rows != b.N {
		b.Fatalf("%d rows of %d", out.rows, b.N)
	}
}
