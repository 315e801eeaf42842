package bind

import (
	"fmt"
	"strings"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

func benchmark(b *testing.B, text string) {
	w := newWorld(b)
	parsed, err := tsql.Parse(text, tsql.Options{QuotedIdentifier: true})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Statement(w.env, parsed.Statements[0]); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPointSelect(b *testing.B) {
	benchmark(b, "SELECT name, city FROM customers WHERE id = @b")
}

func BenchmarkJoin(b *testing.B) {
	benchmark(b, `SELECT c.name, o.total, l.product FROM customers c JOIN orders o ON o.customer = c.id JOIN lines l ON l.orderid = o.id
		WHERE c.city = 'Bern' AND o.total > 5 ORDER BY o.placed DESC`)
}

// BenchmarkInsert binds 1,000 rows of four columns.
func BenchmarkInsert(b *testing.B) {
	var text strings.Builder
	text.WriteString("INSERT INTO orders (id, customer, placed, note) VALUES ")
	for i := range 1000 {
		if i > 0 {
			text.WriteString(", ")
		}
		fmt.Fprintf(&text, "(%d, %d, '2024-01-01T00:00:00', 'note %d')", i, i%10, i)
	}
	benchmark(b, text.String())
}

// BenchmarkValues binds 1,000 rows that need no conversion.
func BenchmarkValues(b *testing.B) {
	var text strings.Builder
	text.WriteString("INSERT INTO heap (a, b) VALUES ")
	for i := range 1000 {
		if i > 0 {
			text.WriteString(", ")
		}
		fmt.Fprintf(&text, "(%d, N'n%d')", i, i)
	}
	benchmark(b, text.String())
}
