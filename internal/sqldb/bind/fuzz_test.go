package bind

import (
	"errors"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/exec"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// FuzzStatement binds whatever parses. It must come to a plan that compiles, or to a message of SQL Server's.
func FuzzStatement(f *testing.F) {
	for _, s := range []string{
		"SELECT * FROM customers c JOIN orders o ON c.id = o.customer WHERE o.total > 5 ORDER BY c.name DESC",
		"SELECT city, COUNT(*) FROM customers GROUP BY ROLLUP (city) HAVING COUNT(*) > 1 ORDER BY 2",
		"SELECT id, ROW_NUMBER() OVER (PARTITION BY customer ORDER BY placed) FROM orders",
		"WITH t AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM t WHERE n < 10) SELECT n FROM t OPTION (MAXRECURSION 5)",
		"SELECT c.id, x.total FROM customers c OUTER APPLY (SELECT TOP 1 total FROM orders o WHERE o.customer = c.id ORDER BY placed DESC) x",
		"SELECT name FROM customers c WHERE id NOT IN (SELECT customer FROM orders WHERE c.city LIKE note)",
		"SELECT * FROM (SELECT city, id FROM customers) s PIVOT (COUNT(id) FOR city IN ([Bern], [Rome])) p",
		"SELECT u.k FROM (SELECT 1 AS a, 2 AS b) s UNPIVOT (v FOR k IN (a, b)) u",
		"INSERT INTO customers (name, city) OUTPUT inserted.id VALUES (N'a', DEFAULT), ('b', NULL)",
		"UPDATE o SET total += 1 OUTPUT deleted.total FROM orders o JOIN customers c ON c.id = o.customer WHERE c.id = @i",
		"DELETE TOP (3) FROM lines WHERE orderid IN (1, 2) OR line BETWEEN 3 AND 4",
		"MERGE heap t USING (VALUES (1)) s(a) ON t.a = s.a WHEN MATCHED THEN UPDATE SET b = 'x' WHEN NOT MATCHED THEN INSERT (a) VALUES (s.a);",
		"SELECT CASE id WHEN 1 THEN 'a' ELSE NULL END, IIF(1 = 1, 2, 3.5), COALESCE(city, name), ISNULL(born, GETDATE()) FROM customers",
		"SELECT a FROM heap WHERE a > 5 INTERSECT SELECT id FROM orders WHERE id < @b EXCEPT SELECT 3",
		"SELECT * FROM STRING_SPLIT(@s, ',') FOR JSON PATH",
		"SELECT GROUPING_ID(city, name), MAX(id) FROM customers GROUP BY CUBE (city, name)",
	} {
		f.Add(s)
	}
	w := newWorld(f)
	f.Fuzz(func(t *testing.T, text string) {
		parsed, err := tsql.Parse(text, tsql.Options{QuotedIdentifier: true})
		if err != nil {
			return
		}
		for _, s := range parsed.Statements {
			switch s.(type) {
			case *tsql.SelectStatement, *tsql.Insert, *tsql.Update, *tsql.Delete, *tsql.Merge:
			default:
				continue
			}
			p, err := Statement(w.env, s)
			if err != nil {
				var e *value.Error
				if !errors.As(err, &e) || e.Number == 0 || e.Number == 8624 {
					t.Fatalf("%q: %v", text, err)
				}
				continue
			}
			if _, err := exec.Compile(p); err != nil {
				t.Fatalf("%q: %v", text, err)
			}
		}
	})
}
