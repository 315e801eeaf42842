package bind

import (
	"errors"
	"slices"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// TestBehaviour is what other engines do otherwise: division by zero, comparison of strings, exact decimals, NULL in a
// unique index, constraints at the end of a statement, what a failed statement leaves, numbers of IDENTITY.
func TestBehaviour(t *testing.T) {
	d := stocked(t)
	fails := func(number int32, text string) {
		t.Helper()
		_, _, err := d.run(text)
		var e *value.Error
		if !errors.As(err, &e) || e.Number != number {
			t.Errorf("%s: %v, want %d", text, err, number)
		}
	}
	gives := func(text string, want ...string) {
		t.Helper()
		rows, _, err := d.run(text)
		if err != nil {
			t.Errorf("%s: %s", text, describeError(err))
		} else if !slices.Equal(rows, want) {
			t.Errorf("%s:\n have %q\n want %q", text, rows, want)
		}
	}
	fails(8134, `SELECT 1 / 0`)
	fails(8134, `SELECT 1 / (id - 1) FROM customers`)
	gives(`SELECT 1 WHERE 'a' = 'A  '`, "1")
	gives(`SELECT name FROM customers WHERE name = N'ADA ' AND name LIKE 'a_a'`, "Ada")
	gives(`SELECT 0.1 + 0.2, CAST(0.1 AS decimal(5,2)) * 3`, "0.3|0.30")
	gives(`SELECT 7 / 2, AVG(x) FROM (VALUES (1), (2)) v(x)`, "3|1")
	fails(2601, `INSERT INTO heap (a) VALUES (NULL)`)
	gives(`UPDATE orders SET id = 23 - id OUTPUT inserted.id WHERE id IN (10, 13)`, "13", "10")
	fails(2627, `UPDATE orders SET id = 11`)
	gives(`SELECT id FROM orders ORDER BY id`, "10", "11", "12", "13")
	fails(547, `INSERT INTO lines (orderid, line, product, quantity, price) VALUES (1, 1, 'a', 1, 1), (1, 2, 'b', 0, 1)`)
	gives(`SELECT COUNT(*) FROM lines WHERE orderid = 1`, "0")
	fails(547, `DELETE FROM customers WHERE id = 1`)
	fails(515, `INSERT INTO customers (name) VALUES (NULL)`)
	gives(`INSERT INTO customers (name) OUTPUT inserted.id VALUES ('after')`, "6")
	fails(512, `SELECT (SELECT id FROM customers)`)
	fails(245, `SELECT * FROM customers WHERE name = 5`)
	fails(2628, `UPDATE customers SET city = 'a name that is longer than twenty'`)
	fails(8115, `INSERT INTO lines (orderid, line, product, quantity, price) VALUES (1, 1, 'a', 3000000000, 1)`)
	fails(530, `WITH t AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM t) SELECT n FROM t`)
	gives(`WITH t AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM t WHERE n < 200) SELECT COUNT(*) FROM t OPTION (MAXRECURSION 0)`, "200")
}
