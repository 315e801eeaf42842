package tsql

import (
	"strings"
	"testing"
)

func BenchmarkSelect(b *testing.B) {
	const text = `SELECT TOP (10) o.OrderID, c.Name AS Customer, SUM(l.Quantity * l.UnitPrice) AS Total
FROM dbo.Orders AS o
INNER JOIN dbo.Customers AS c ON c.CustomerID = o.CustomerID
LEFT JOIN dbo.Lines AS l ON l.OrderID = o.OrderID
WHERE o.OrderDate >= @from AND c.Country IN ('DE', 'FR') AND l.Discount IS NOT NULL
GROUP BY o.OrderID, c.Name
HAVING SUM(l.Quantity * l.UnitPrice) > 100
ORDER BY Total DESC`
	run(b, text)
}

func BenchmarkInsert(b *testing.B) {
	text := "INSERT INTO t (a, b, c, d) VALUES " + strings.TrimSuffix(strings.Repeat("(12345, N'some text', 1.25, NULL),", 1000), ",")
	run(b, text)
	b.ReportMetric(float64(b.N)*4000/b.Elapsed().Seconds(), "literals/s")
}

func BenchmarkTable(b *testing.B) {
	run(b, `CREATE TABLE dbo.t (id int IDENTITY(1,1) NOT NULL CONSTRAINT pk PRIMARY KEY, a nvarchar(50) NULL, b AS (id + 1) PERSISTED,
		c int REFERENCES dbo.u (id), CONSTRAINT ck CHECK (c > 0), UNIQUE (a), INDEX ix (c) WHERE c IS NOT NULL)`)
}

func run(b *testing.B, text string) {
	b.ReportAllocs()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := Parse(text, Options{QuotedIdentifier: true}); err != nil {
			b.Fatal(err)
		}
	}
}
