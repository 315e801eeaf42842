package bind

import (
	"errors"
	"strings"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// TestErrors holds what cannot be bound to SQL Server's numbers, its words and the line where it stands.
func TestErrors(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		text   string
		number int32
		line   int32
		words  string
	}{
		{"SELECT nope FROM customers", 207, 1, "Invalid column name 'nope'."},
		{"SELECT id,\n  nope FROM customers", 207, 2, ""},
		{"SELECT x.id FROM customers", 4104, 1, `The multi-part identifier "x.id" could not be bound.`},
		{"SELECT c.nope FROM customers c", 207, 1, "'nope'"},
		{"SELECT customers.id FROM customers c", 4104, 1, `"customers.id"`},
		{"SELECT id FROM nope", 208, 1, "Invalid object name 'nope'."},
		{"SELECT 1\nFROM dbo.nope", 208, 2, "Invalid object name 'dbo.nope'."},
		{"SELECT * FROM other.dbo.t", 40515, 1, "'other.dbo.t'"},
		{"SELECT id FROM customers, orders", 209, 1, "Ambiguous column name 'id'."},
		{"SELECT * FROM customers, customers", 1013, 1, "same exposed names"},
		{"SELECT * FROM customers a, orders a", 1011, 1, "The correlation name 'a' is specified multiple times in a FROM clause."},
		{"SELECT x.* FROM customers", 107, 1, "The column prefix 'x'"},
		{"SELECT *", 263, 1, "Must specify table to select from."},
		{"SELECT name, COUNT(*) FROM customers", 8120, 1, "Column 'customers.name' is invalid in the select list because it is not contained in either an aggregate function or the GROUP BY clause."},
		{"SELECT c.name FROM customers c GROUP BY c.city", 8120, 1, "'c.name'"},
		{"SELECT city FROM customers GROUP BY city HAVING id > 1", 8121, 1, "the HAVING clause"},
		{"SELECT city FROM customers GROUP BY city ORDER BY id", 8127, 1, "the ORDER BY clause"},
		{"SELECT id FROM customers WHERE COUNT(*) > 1", 147, 1, "An aggregate may not appear in the WHERE clause"},
		{"SELECT SUM(COUNT(*)) FROM customers", 130, 1, "Cannot perform an aggregate function on an expression containing an aggregate or a subquery."},
		{"SELECT SUM((SELECT 1)) FROM customers", 130, 1, ""},
		{"SELECT 1 FROM customers GROUP BY COUNT(*)", 144, 1, ""},
		{"SELECT 1 FROM customers GROUP BY 1", 164, 1, ""},
		{"SELECT id FROM customers WHERE ROW_NUMBER() OVER (ORDER BY id) = 1", 4108, 1, "Windowed functions can only appear in the SELECT or ORDER BY clauses."},
		{"SELECT ROW_NUMBER() OVER (PARTITION BY id) FROM customers", 4112, 1, "ORDER BY"},
		{"SELECT ROW_NUMBER() FROM customers", 10753, 1, "OVER"},
		{"SELECT SUM(id) OVER (ORDER BY ROW_NUMBER() OVER (ORDER BY id)) FROM customers", 4109, 1, ""},
		{"SELECT COUNT(DISTINCT id) OVER () FROM customers", 10759, 1, ""},
		{"SELECT @nope", 137, 1, `Must declare the scalar variable "@nope".`},
		{"SELECT * FROM @t", 1087, 1, `Must declare the table variable "@t".`},
		{"SELECT nosuch(1)", 195, 1, "'nosuch' is not a recognized built-in function name."},
		{"SELECT dbo.nosuch(1)", 4121, 1, `"dbo.nosuch"`},
		{"SELECT LEN()", 174, 1, "The len function requires 1 argument(s)."},
		{"SELECT id FROM customers ORDER BY 2", 108, 1, "position number 2"},
		{"SELECT DISTINCT city FROM customers ORDER BY id", 145, 1, ""},
		{"SELECT id FROM customers UNION SELECT 1, 2", 205, 1, ""},
		{"SELECT id AS a FROM customers UNION SELECT 1 ORDER BY a + 1", 104, 1, ""},
		{"SELECT * FROM (SELECT id FROM customers ORDER BY id) t", 1033, 1, ""},
		{"SELECT * FROM (SELECT 1) t", 8155, 1, "No column name was specified for column 1 of 't'."},
		{"SELECT * FROM (SELECT 1 AS a, 2 AS a) t", 8156, 1, "The column 'a' was specified multiple times for 't'."},
		{"SELECT * FROM (SELECT 1, 2) t(a)", 8158, 1, ""},
		{"SELECT * FROM (SELECT 1) t(a, b)", 8159, 1, ""},
		{"SELECT (SELECT 1, 2)", 116, 1, ""},
		{"SELECT id FROM customers WHERE id IN (SELECT id, name FROM customers)", 116, 1, ""},
		{"WITH a AS (SELECT 1 AS n), a AS (SELECT 2 AS n) SELECT * FROM a", 239, 1, ""},
		{"WITH t AS (SELECT n FROM t) SELECT * FROM t", 252, 1, ""},
		{"WITH t AS (SELECT n FROM t UNION ALL SELECT 1) SELECT * FROM t", 246, 1, ""},
		{"WITH t AS (SELECT 1 AS n UNION ALL SELECT a.n FROM t a JOIN t b ON a.n = b.n) SELECT * FROM t", 253, 1, ""},
		{"WITH t AS (SELECT 1 AS n UNION ALL SELECT n + 1.5 FROM t) SELECT * FROM t", 240, 1, `"n"`},
		{"WITH t AS (SELECT 1 AS n UNION ALL SELECT DISTINCT n FROM t) SELECT * FROM t", 460, 1, ""},
		{"WITH t AS (SELECT 1 AS n UNION ALL SELECT TOP 1 n FROM t) SELECT * FROM t", 461, 1, ""},
		{"WITH t AS (SELECT 1 AS n UNION ALL SELECT MAX(n) FROM t) SELECT * FROM t", 467, 1, ""},
		{"WITH t AS (SELECT 1 AS n UNION ALL SELECT t.n FROM orders LEFT JOIN t ON t.n = id) SELECT * FROM t", 462, 1, ""},
		{"WITH t AS (SELECT 1 AS n UNION ALL SELECT 1 FROM orders WHERE id IN (SELECT n FROM t)) SELECT * FROM t", 465, 1, ""},
		{"SELECT TOP (1) WITH TIES id FROM customers", 1062, 1, ""},
		{"SELECT TOP ('x') id FROM customers", 1060, 1, ""},
		{"SELECT id FROM customers ORDER BY id OFFSET -1 ROWS", 10742, 1, ""},
		{"SELECT @i = id, name FROM customers", 141, 1, ""},
		{"SELECT name FROM customers WHERE born = 5", 206, 1, "Operand type clash: int is incompatible with date"},
		{"SELECT 1 WHERE CAST('2024-01-01' AS date) = CAST('10:00' AS time)", 402, 1, "The data types date and time are incompatible in the equal to operator."},
		{"SELECT name COLLATE nope FROM customers", 448, 1, "Invalid collation 'nope'."},
		{"SELECT id COLLATE Latin1_General_BIN FROM customers", 447, 1, ""},
		{"SELECT 1 WHERE 'a' COLLATE Latin1_General_BIN = 'a' COLLATE Latin1_General_CI_AS", 468, 1, "equal to"},
		{"SELECT CASE WHEN 1 = 1 THEN NULL END", 8133, 1, ""},
		{"SELECT COALESCE(NULL, NULL)", 4127, 1, ""},
		{"SELECT CAST(1 AS nosuch)", 243, 1, "Type nosuch is not a defined system type."},
		{"SELECT CAST(CAST('2024-01-01' AS date) AS int)", 529, 1, "Explicit conversion from data type date to int is not allowed."},
		{"SELECT -N'x'", 8117, 1, ""},
		{"INSERT INTO nope VALUES (1)", 208, 1, ""},
		{"INSERT INTO orders (id, nope) VALUES (1, 2)", 207, 1, "'nope'"},
		{"INSERT INTO orders (id, id) VALUES (1, 2)", 264, 1, ""},
		{"INSERT INTO orders (id, customer) VALUES (1)", 109, 1, ""},
		{"INSERT INTO orders (id) VALUES (1, 2)", 110, 1, ""},
		{"INSERT INTO orders VALUES (1)", 213, 1, ""},
		{"INSERT INTO orders (id, customer) SELECT 1", 120, 1, ""},
		{"INSERT INTO orders (id) SELECT 1, 2", 121, 1, ""},
		{"INSERT INTO customers (id, name) VALUES (1, 'x')", 544, 1, "Cannot insert explicit value for identity column in table 'customers' when IDENTITY_INSERT is set to OFF."},
		{"INSERT INTO customers VALUES (1, 'x', 'y', NULL)", 8101, 1, ""},
		{"INSERT INTO heap (v) VALUES (1)", 273, 1, ""},
		{"INSERT INTO lines (amount) VALUES (1)", 271, 1, `"amount"`},
		{"UPDATE customers SET id = 1", 8102, 1, "Cannot update identity column 'id'."},
		{"UPDATE customers SET name = 'a', name = 'b'", 264, 1, ""},
		{"UPDATE heap SET v = 1", 272, 1, ""},
		{"UPDATE x SET name = 'a' FROM customers c", 208, 1, ""},
		{"DELETE FROM customers WHERE nope = 1", 207, 1, ""},
		{"DELETE FROM customers OUTPUT inserted.id", 4104, 1, `"inserted.id"`},
		{"WITH x AS (SELECT DISTINCT city FROM customers) DELETE FROM x", 4403, 1, "'x'"},
		{"WITH x AS (SELECT o.id FROM orders o JOIN customers c ON c.id = o.customer) DELETE FROM x", 4405, 1, ""},
		{"WITH x AS (SELECT id, total + 1 AS t FROM orders) UPDATE x SET t = 1", 4406, 1, ""},
		{"MERGE customers AS t USING orders AS s ON t.id = s.id WHEN MATCHED THEN DELETE WHEN MATCHED AND t.id = 1 THEN DELETE;", 5324, 1, ""},
	} {
		_, err := w.bind(c.text)
		var e *value.Error
		if !errors.As(err, &e) {
			t.Errorf("%q: %v, want %d", c.text, err, c.number)
			continue
		}
		if e.Number != c.number || e.Line != c.line || !strings.Contains(e.Text, c.words) {
			t.Errorf("%q:\n have %s\n want %d line %d: …%s…", c.text, describeError(err), c.number, c.line, c.words)
		}
	}
}
