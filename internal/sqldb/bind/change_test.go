package bind

import (
	"slices"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
)

// TestChanges runs statements that change rows, each on a stock of its own, and looks at what they left.
func TestChanges(t *testing.T) {
	for _, c := range []struct {
		change string
		count  int64
		output []string
		look   string
		rows   []string
	}{
		{
			`UPDATE customers SET name = name + N'x' OUTPUT deleted.name, inserted.name WHERE id = 3`, 1,
			[]string{"Cy|Cyx"},
			`SELECT name FROM customers WHERE id = 3`,
			[]string{"Cyx"},
		},
		{
			`UPDATE o SET total = total * 2 OUTPUT inserted.total, c.name FROM orders o JOIN customers c ON c.id = o.customer WHERE c.name = 'bob' OR o.id = 13`,
			2,
			[]string{"NULL|Bob", "200.00|Dee"},
			`SELECT id, total FROM orders ORDER BY id`,
			[]string{"10|5.50", "11|7.25", "12|NULL", "13|200.00"},
		},
		{`UPDATE orders SET id = id + 1`, 4, nil, `SELECT id FROM orders ORDER BY id`, []string{"11", "12", "13", "14"}},
		{`UPDATE customers SET city = name, name = city WHERE id = 1`, 1, nil, `SELECT name, city FROM customers WHERE id = 1`, []string{"Bern|Ada"}},
		{`UPDATE TOP (1) customers SET city = 'Oslo' OUTPUT inserted.id WHERE city = 'Rome'`, 1, []string{"2"}, `SELECT id FROM customers WHERE city = 'oslo'`, []string{"2"}},
		{`UPDATE customers SET @i = id, name = N'q' WHERE id = 2`, 1, nil, `SELECT @i, name FROM customers WHERE id = 2`, []string{"2|q"}},
		{`UPDATE customers SET name += N'r', city = DEFAULT WHERE id = 2`, 1, nil, `SELECT name, city FROM customers WHERE id = 2`, []string{"Bobr|NULL"}},
		{
			`UPDATE customers SET city = (SELECT MAX(note) FROM orders o WHERE o.customer = customers.id)`, 4, nil,
			`SELECT city FROM customers ORDER BY id`,
			[]string{"first", "none", "NULL", "big"},
		},
		{`UPDATE heap SET b = N'z' FROM heap WHERE a IS NULL`, 1, nil, `SELECT a, b FROM heap WHERE b = 'z'`, []string{"NULL|z"}},
		{`UPDATE heap SET a = x.n FROM (VALUES (1, 7), (2, 8)) x(a, n) WHERE heap.a = x.a`, 2, nil, `SELECT a FROM heap ORDER BY a`, []string{"NULL", "4", "7", "8"}},
		{`DELETE FROM lines OUTPUT deleted.product, deleted.amount WHERE orderid = 13`, 1, []string{"desk|100.00"}, `SELECT COUNT(*) FROM lines`, []string{"3"}},
		{`DELETE o FROM orders o WHERE total IS NULL`, 1, nil, `SELECT COUNT(*) FROM orders`, []string{"3"}},
		{`DELETE FROM lines WHERE EXISTS (SELECT 1 FROM orders o WHERE o.id = lines.orderid AND o.customer = 1)`, 3, nil, `SELECT product FROM lines`, []string{"desk"}},
		{`DELETE FROM lines WHERE orderid IN (SELECT id FROM orders WHERE total > 50)`, 1, nil, `SELECT COUNT(*) FROM lines`, []string{"3"}},
		{`DELETE TOP (2) FROM lines`, 2, nil, `SELECT COUNT(*) FROM lines`, []string{"2"}},
		{`WITH t AS (SELECT id FROM orders WHERE total > 50) DELETE FROM lines WHERE orderid IN (SELECT id FROM t)`, 1, nil, `SELECT COUNT(*) FROM lines`, []string{"3"}},
		{
			`MERGE customers AS t USING (VALUES (1, N'Ann'), (9, N'Zed')) AS s (id, name) ON t.id = s.id WHEN MATCHED THEN UPDATE SET name = s.name
			WHEN NOT MATCHED THEN INSERT (name) VALUES (s.name) OUTPUT $action, inserted.id, inserted.name, deleted.name, s.id;`,
			2,
			[]string{"UPDATE|1|Ann|Ada|1", "INSERT|5|Zed|NULL|9"},
			`SELECT name FROM customers ORDER BY id`,
			[]string{"Ann", "Bob", "Cy", "Dee", "Zed"},
		},
		{
			`MERGE INTO heap USING (SELECT 1 AS a UNION SELECT 9) s ON heap.a = s.a WHEN MATCHED AND heap.b = 'one' THEN DELETE
			WHEN NOT MATCHED BY TARGET THEN INSERT (a, b) VALUES (s.a, DEFAULT) WHEN NOT MATCHED BY SOURCE AND heap.a IS NULL THEN UPDATE SET b = N'gone';`,
			3, nil, `SELECT a, b FROM heap ORDER BY a`,
			[]string{"NULL|gone", "2|two", "4|NULL", "9|x"},
		},
		{
			`INSERT INTO customers (name, city) OUTPUT inserted.id, inserted.name SELECT name + N'2', city FROM customers WHERE id < 3 ORDER BY id`, 2,
			[]string{"5|Ada2", "6|Bob2"},
			`SELECT COUNT(*) FROM customers`,
			[]string{"6"},
		},
		// By another name: a common table expression, and views.
		{
			`WITH x AS (SELECT *, ROW_NUMBER() OVER (PARTITION BY product ORDER BY orderid) AS rn FROM lines) DELETE FROM x WHERE rn > 1`, 1, nil,
			`SELECT product, orderid FROM lines ORDER BY product`,
			[]string{"desk|13", "ink|10", "pen|10"},
		},
		{
			`WITH x AS (SELECT TOP 2 id, total AS t FROM orders ORDER BY total DESC) UPDATE x SET t = t + 1 OUTPUT inserted.id`, 2,
			[]string{"13", "11"},
			`SELECT total FROM orders ORDER BY id`,
			[]string{"5.50", "8.25", "NULL", "101.00"},
		},
		{
			`UPDATE bernese SET title = UPPER(title) WHERE number > 1`, 1, nil,
			`SELECT name FROM customers ORDER BY id`,
			[]string{"Ada", "Bob", "Cy", "DEE"},
		},
		{`DELETE v FROM bernese v JOIN orders o ON o.customer = v.number WHERE o.total < 6 AND v.number = 4`, 0, nil, `SELECT COUNT(*) FROM customers`, []string{"4"}},
		{`UPDATE v SET title = o.note FROM bernese v JOIN orders o ON o.customer = v.number WHERE o.total > 50`, 1, nil, `SELECT name FROM customers WHERE id = 4`, []string{"big"}},
		{`INSERT INTO bernese (title) VALUES (N'Eve')`, 1, nil, `SELECT id, name, city FROM customers WHERE id > 4`, []string{"5|Eve|NULL"}},
		{`INSERT INTO bernese VALUES (N'Eve', 'Bern')`, 1, nil, `SELECT number, title FROM bernese WHERE number > 4`, []string{"5|Eve"}},
		{`INSERT INTO heap DEFAULT VALUES`, 1, nil, `SELECT 1`, []string{"1"}},
		{`INSERT INTO heap (a) VALUES (DEFAULT), (77)`, 2, nil, `SELECT a, b FROM heap WHERE a = 77`, []string{"77|x"}},
		{`INSERT TOP (1) INTO heap (a) SELECT 50 UNION ALL SELECT 51`, 1, nil, `SELECT a FROM heap WHERE a >= 50`, []string{"50"}},
		{`INSERT INTO heap (a, b) OUTPUT inserted.a, inserted.b INTO heap (b, a) VALUES (60, N'61')`, 1, nil, `SELECT a, b FROM heap WHERE a > 50 ORDER BY a`, []string{"60|61", "61|60"}},
	} {
		d := stocked(t)
		d.module(catalog.KindView, "bernese", "CREATE VIEW bernese (number, title, place) AS SELECT id, name, city FROM customers WHERE city = 'Bern'")
		if c.change == `INSERT INTO heap DEFAULT VALUES` {
			if _, _, err := d.run(`DELETE FROM heap WHERE a IS NULL`); err != nil {
				t.Fatal(describeError(err))
			}
		}
		if c.change == `INSERT INTO heap (a) VALUES (DEFAULT), (77)` {
			if _, _, err := d.run(`DELETE FROM heap`); err != nil {
				t.Fatal(describeError(err))
			}
		}
		output, count, err := d.run(c.change)
		if err != nil {
			t.Errorf("%s: %s", c.change, describeError(err))
			continue
		}
		if count != c.count || !slices.Equal(output, c.output) {
			t.Errorf("%s:\n have %d %q\n want %d %q", c.change, count, output, c.count, c.output)
		}
		rows, _, err := d.run(c.look)
		if err != nil {
			t.Errorf("%s: %s", c.look, describeError(err))
		} else if !slices.Equal(rows, c.rows) {
			t.Errorf("after %s:\n have %q\n want %q", c.change, rows, c.rows)
		}
	}
}
