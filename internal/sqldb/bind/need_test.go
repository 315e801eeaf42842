package bind

import (
	"fmt"
	"slices"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// needsOf is what a statement needs, as "PERMISSION object columns through".
func needsOf(w *world, text string) []string {
	w.t.Helper()
	p := w.must(text)
	var out []string
	for _, n := range p.Needs {
		o, _ := w.env.Catalog.ObjectByID(n.Object)
		s := n.Permission + " " + o.Head().Name
		if n.Columns != nil {
			s += fmt.Sprint(" ", n.Columns)
		}
		if n.Through != 0 {
			s += fmt.Sprint(" through ", n.Through)
		}
		out = append(out, s)
	}
	slices.Sort(out)
	return out
}

func TestNeeds(t *testing.T) {
	w := newWorld(t)
	w.module(catalog.KindView, "names", "CREATE VIEW names AS SELECT id, name FROM customers WHERE city IS NOT NULL")
	w.module(catalog.KindInlineFunction, "ordersOf", "CREATE FUNCTION ordersOf (@c int) RETURNS TABLE AS RETURN SELECT id FROM orders WHERE customer = @c",
		catalog.Parameter{Name: "@c", Type: value.Of(value.Int)})
	w.env.Catalog = w.edit.Database()
	for _, c := range []struct {
		text string
		want []string
	}{
		{"SELECT 1", nil},
		{"SELECT name FROM customers WHERE id = 1", []string{"SELECT customers [1 2]"}},
		{"SELECT * FROM customers", []string{"SELECT customers [1 2 3 4]"}},
		{"SELECT COUNT(*) FROM customers", []string{"SELECT customers"}},
		{"SELECT c.name FROM customers c WHERE EXISTS (SELECT * FROM orders o WHERE o.customer = c.id)", []string{"SELECT customers [1 2]", "SELECT orders [2]"}},
		{"SELECT name FROM names", []string{"SELECT customers [1 2 3] through 1", "SELECT names [2]"}},
		{"SELECT id FROM dbo.ordersOf(1)", []string{"SELECT orders [1 2] through 1", "SELECT ordersOf"}},
		{"INSERT INTO orders (id, customer) VALUES (1, 1)", []string{"INSERT orders"}},
		{"INSERT INTO orders (id, customer) SELECT id, 1 FROM customers", []string{"INSERT orders", "SELECT customers [1]"}},
		{"UPDATE customers SET name = 'x'", []string{"UPDATE customers [2]"}},
		{"UPDATE customers SET name = city WHERE id = 1", []string{"SELECT customers [1 3]", "UPDATE customers [2]"}},
		{"DELETE FROM customers", []string{"DELETE customers"}},
		{"DELETE FROM customers WHERE id = 1", []string{"DELETE customers", "SELECT customers [1]"}},
		{"DELETE FROM customers OUTPUT deleted.name", []string{"DELETE customers", "SELECT customers [2]"}},
	} {
		if have := needsOf(w, c.text); !slices.Equal(have, c.want) {
			t.Errorf("%s:\n have %q\n want %q", c.text, have, c.want)
		}
	}
}
