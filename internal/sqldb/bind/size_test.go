package bind

import (
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
)

// TestSizes holds joins to what tables' sizes make of them: few rows seek, many are read and hashed, and the smaller
// side is the right one, which is kept in memory.
func TestSizes(t *testing.T) {
	w := newWorld(t)
	sizes := map[string]int64{"customers": 10, "orders": 100_000, "lines": 1_000_000, "heap": -1}
	w.env.Rows = func(t *catalog.Table) int64 { return sizes[t.Name] }
	for _, c := range []struct{ text, want string }{
		{
			"SELECT c.name FROM customers c JOIN lines l ON l.quantity = c.id",
			"project $2 {inner hash $0=$0 {scan lines.pk_lines(quantity)} {scan customers.pk_customers(id name)}}",
		},
		{
			"SELECT c.name FROM customers c LEFT JOIN lines l ON l.quantity = c.id",
			"project $2 {right hash $0=$0 {scan lines.pk_lines(quantity)} {scan customers.pk_customers(id name)}}",
		},
		{
			"SELECT c.name FROM lines l LEFT JOIN customers c ON l.quantity = c.id",
			"project $2 {left hash $0=$0 {scan lines.pk_lines(quantity)} {scan customers.pk_customers(id name)}}",
		},
		{
			"SELECT o.note FROM customers c JOIN orders o ON o.id = c.id",
			"project $2 {inner apply {scan customers.pk_customers(id)} {scan orders.pk_orders(id note) =^1.0}}",
		},
		{
			"SELECT l.product FROM orders o JOIN lines l ON l.orderid = o.id",
			"project $1 {inner hash $0=$0 {scan lines.pk_lines(orderid product)} {scan orders.pk_orders(id)}}",
		},
	} {
		if have := shape(w.must(c.text).Node); have != c.want {
			t.Errorf("%s:\n have %s\n want %s", c.text, have, c.want)
		}
	}
}
