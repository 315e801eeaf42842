package bind

import (
	"strings"
	"testing"
)

// TestColumns holds the names, types and nullability of results to what SQL Server tells a client.
func TestColumns(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct{ text, want string }{
		{"SELECT 1", " int"},
		{"SELECT 'x' AS a, '' b, c = N'xyz'", "a varchar(1), b varchar(1), c nvarchar(3)"},
		{"SELECT 1.50, 0.5, 3000000000, 1e3, $1.5, 0x0102", " numeric(3,2),  numeric(1,1),  numeric(10,0),  float,  money,  varbinary(2)"},
		{"SELECT -2147483648, 2147483648, -5", " int,  numeric(10,0),  int"},
		{"SELECT NULL", " int null"},
		{"SELECT id, name, city FROM customers", "id int, name nvarchar(50), city varchar(20) null"},
		{"SELECT c.ID FROM customers c", "ID int"},
		{"SELECT id + 1, city + 'x', name + city FROM customers", " int,  varchar(21) null,  nvarchar(70) null"},
		{"SELECT COUNT(*), COUNT_BIG(*), SUM(id), AVG(total), MAX(note) FROM orders", " int,  bigint,  int null,  decimal(38,6) null,  varchar(max) null"},
		{"SELECT o.id, c.id FROM customers c LEFT JOIN orders o ON o.customer = c.id", "id int null, id int"},
		{"SELECT o.id, c.id FROM customers c FULL JOIN orders o ON o.customer = c.id", "id int null, id int null"},
		{"SELECT ISNULL(city, 'none'), COALESCE(city, name), NULLIF(id, 1) FROM customers", " varchar(20),  nvarchar(50),  int null"},
		{"SELECT CASE WHEN id > 1 THEN 'a' ELSE 'bcd' END, CASE WHEN id > 1 THEN 1 END FROM customers", " varchar(3),  int null"},
		{
			"SELECT CAST(id AS bigint), CAST(name AS varchar(10)), TRY_CAST(name AS int), CONVERT(char, id) FROM customers",
			" bigint null,  varchar(10) null,  int null,  char(30) null",
		},
		{"SELECT id FROM customers UNION ALL SELECT NULL", "id int null"},
		{"SELECT id FROM customers UNION ALL SELECT total FROM orders", "id decimal(12,2) null"},
		{"SELECT 'a' AS x UNION SELECT N'bcd'", "x nvarchar(3)"},
		{"SELECT ROW_NUMBER() OVER (ORDER BY id) AS n, LAG(name) OVER (ORDER BY id) FROM customers", "n bigint,  nvarchar(50) null"},
		{"SELECT (SELECT id FROM customers WHERE id = 1) AS x", "x int null"},
		{"SELECT quantity * price FROM lines", " money"},
		{"SELECT amount FROM lines", "amount money"},
		{"SELECT total / 3, total * total FROM orders", " decimal(14,6) null,  decimal(21,4) null"},
		{"SELECT @i, @s", " int null,  nvarchar(4000) null"},
		{"INSERT INTO customers (name) OUTPUT inserted.id, inserted.name AS n VALUES ('x')", "id int, n nvarchar(50)"},
		{"SELECT t.x FROM (VALUES (1), (NULL)) t(x)", "x int null"},
	} {
		p := w.must(c.text)
		var have []string
		for _, col := range p.Columns {
			s := col.Name + " " + col.Type.String()
			if col.Type.Nullable {
				s += " null"
			}
			have = append(have, s)
		}
		if h := strings.Join(have, ", "); h != c.want {
			t.Errorf("%s:\n have %s\n want %s", c.text, h, c.want)
		}
	}
	p := w.must("SELECT id AS x, amount FROM customers, (SELECT amount FROM lines) l")
	if c := p.Columns[0]; !c.Identity || c.Source == nil || c.Source.Column.Name != "id" {
		t.Errorf("identity is not told: %+v", c)
	}
	if c := p.Columns[1]; !c.Computed {
		t.Errorf("computed is not told: %+v", c)
	}
}
