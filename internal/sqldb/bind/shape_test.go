package bind

import "testing"

// TestShapes holds plans to the indexes, joins and orders that they should have. Slots are $index, or ^level.index for
// rows around; try: is a conversion that gives NULL instead of an error.
func TestShapes(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct{ text, want string }{
		{"SELECT 1 + 2", "values (3)"},
		{"SELECT * FROM customers", "scan customers.pk_customers(id name city born)"},
		{"SELECT name, id FROM customers WHERE id = 5", "scan customers.pk_customers(name id) =5"},
		{"SELECT name FROM customers WHERE 5 = id", "scan customers.pk_customers(name) =5"},
		// A bigint parameter leads into an index on int, and what int cannot hold equals nothing.
		{"SELECT name FROM customers WHERE id = @b", "scan customers.pk_customers(name) =try:int(@1)"},
		{"SELECT name FROM customers WHERE id = 3000000000", "values "},
		{"SELECT id FROM customers WHERE id = 1.5", "scan customers.pk_customers(id) =1 where numeric(11,1)($0)=1.5"},
		// An nvarchar parameter leads into an index on nvarchar as it is.
		{"SELECT b FROM heap WHERE b = @s", "scan heap.ix_b(b) =@2"},
		{"SELECT id FROM customers WHERE id > @i AND id <= 10", "scan customers.pk_customers(id) >@0 <=10"},
		{"SELECT id FROM customers WHERE id BETWEEN 2 AND 3", "scan customers.pk_customers(id) >=2 <=3"},
		{"SELECT id FROM customers WHERE id IN (1, 2)", "scan customers.pk_customers(id) in 1,2"},
		{"SELECT id FROM customers WHERE id = 1 OR id = 2", "scan customers.pk_customers(id) in 1,2"},
		{"SELECT note FROM orders WHERE customer = 3 AND placed > @d", "scan orders.ix_customer(note) =3 >@3"},
		{"SELECT line FROM lines WHERE orderid = 1 AND line = 2", "scan lines.pk_lines(line) =1,2"},
		{"SELECT a FROM heap WHERE b LIKE N'ab%'", "project $0 {scan heap.ix_b(a b) >='ab' <'ac' where $1 like 'ab%'}"},
		{"SELECT id FROM customers WHERE 1 = 0", "values "},
		{"SELECT id FROM customers WHERE id = NULL", "values "},
		// Orders that an index has are not sorted.
		{"SELECT id FROM customers ORDER BY id DESC", "scan customers.pk_customers(id) reverse"},
		{"SELECT TOP 10 id FROM orders WHERE customer = 3 ORDER BY placed DESC", "project $0 {top 10 {scan orders.ix_customer(id placed) =3}}"},
		{"SELECT TOP 10 id FROM orders WHERE customer = 3 ORDER BY placed", "project $0 {top 10 {scan orders.ix_customer(id placed) =3 reverse}}"},
		{"SELECT id FROM customers ORDER BY id, name", "project $0 {scan customers.pk_customers(id name)}"},
		{"SELECT id FROM customers ORDER BY name", "project $0 {sort $1 {scan customers.pk_customers(id name)}}"},
		{"SELECT TOP 5 id FROM customers ORDER BY name", "project $0 {top 5 {sort $1 limit 5 {scan customers.pk_customers(id name)}}}"},
		{"SELECT id FROM customers ORDER BY name OFFSET 10 ROWS FETCH NEXT 5 ROWS ONLY", "project $0 {top 5 offset 10 {sort $1 limit 15 {scan customers.pk_customers(id name)}}}"},
		{"SELECT MAX(id) FROM customers", "aggregate by  MAX($0) {top 1 {scan customers.pk_customers(id) reverse}}"},
		{"SELECT COUNT(*) FROM customers", "aggregate by  COUNT() {scan customers.pk_customers()}"},
		// Few rows seek in the other table; many are hashed.
		{
			"SELECT c.name, o.total FROM customers c JOIN orders o ON o.customer = c.id WHERE c.id = 5",
			"project $1,$3 {inner apply {scan customers.pk_customers(id name) =5} {scan orders.ix_customer(customer total) =^1.0}}",
		},
		{
			"SELECT c.name, o.total FROM orders o JOIN customers c ON o.customer = c.id WHERE c.id = 5",
			"project $1,$3 {inner apply {scan customers.pk_customers(id name) =5} {scan orders.ix_customer(customer total) =^1.0}}",
		},
		{
			"SELECT c.name, o.total FROM customers c LEFT JOIN orders o ON o.customer = c.id",
			"project $1,$3 {left hash $0=$0 {scan customers.pk_customers(id name)} {scan orders.pk_orders(customer total)}}",
		},
		// A condition that no missing row meets makes an inner join.
		{
			"SELECT c.name FROM customers c LEFT JOIN orders o ON o.customer = c.id WHERE o.id = 7",
			"project $2 {inner apply {scan orders.pk_orders(customer) =7} {scan customers.pk_customers(id name) =^1.0}}",
		},
		{
			"SELECT c.name FROM customers c LEFT JOIN orders o ON o.customer = c.id WHERE o.id IS NULL",
			"project $1 {filter $2 is null {left hash $0=$1 {scan customers.pk_customers(id name)} {scan orders.pk_orders(id customer)}}}",
		},
		// EXISTS and IN are semi joins; NOT IN is an anti join where nothing can be NULL.
		{
			"SELECT name FROM customers c WHERE EXISTS (SELECT * FROM orders WHERE customer = c.id AND total > 5)",
			"project $1 {semi hash $0=$0 {scan customers.pk_customers(id name)} {scan orders.pk_orders(customer total) where $1>5.00}}",
		},
		{
			"SELECT name FROM customers WHERE id NOT IN (SELECT customer FROM orders)",
			"project $1 {anti hash $0=$0 {scan customers.pk_customers(id name)} {scan orders.pk_orders(customer)}}",
		},
		{
			"SELECT id FROM orders WHERE id NOT IN (SELECT a FROM heap)",
			"scan orders.pk_orders(id) where in not $0 {scan heap(a)}",
		},
		{
			"SELECT id FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer = c.id) AND id = 3",
			"semi apply {scan customers.pk_customers(id) =3} {scan orders.ix_customer(customer) =^1.0}",
		},
		{
			"SELECT name, (SELECT MAX(total) FROM orders o WHERE o.customer = c.id) FROM customers c",
			"project $0,scalar* {aggregate by  MAX($0) {scan orders.ix_customer(total) =^1.1}} {scan customers.pk_customers(name id)}",
		},
		// A small list of keys seeks in the table that it is a condition of.
		{
			"SELECT note FROM orders WHERE id IN (SELECT TOP 3 id FROM customers ORDER BY name)",
			"project $2 {inner apply {distinct {project $0 {top 3 {sort $1 limit 3 {scan customers.pk_customers(id name)}}}}} {scan orders.pk_orders(id note) =^1.0}}",
		},
		// Conditions move below projections, groupings and unions.
		{
			"SELECT * FROM (SELECT city, COUNT(*) AS n FROM customers GROUP BY city) t WHERE city = 'x' AND n > 1",
			"filter $1>1 {aggregate by $0 COUNT() {scan customers.pk_customers(city) where $0='x'}}",
		},
		{
			"SELECT * FROM (SELECT id FROM customers UNION ALL SELECT customer FROM orders) t WHERE id = 3",
			"union {scan customers.pk_customers(id) =3} {scan orders.ix_customer(customer) =3}",
		},
		// One from outside stays above a union in which nothing could be found by it, and joins.
		{
			"SELECT name FROM customers c WHERE NOT EXISTS (SELECT * FROM (SELECT 1 AS n UNION ALL SELECT 2) u WHERE u.n = c.id)",
			"project $1 {anti hash $0=$0 {scan customers.pk_customers(id name)} {union {values (1)} {values (2)}}}",
		},
		{
			"WITH t AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM t WHERE n < 10) SELECT n FROM t",
			"recursive {values (1)} {project ($0+1) {filter $0<10 {working}}}",
		},
		{
			"UPDATE customers SET name = name + N'x' WHERE id = 3",
			"update customers 1=to:nvarchar(50)(($1||'x')) {scan customers.pk_customers(id name city born) =3 locators lock1}",
		},
		{
			"UPDATE o SET total = total * 2 FROM orders o JOIN customers c ON c.id = o.customer WHERE c.id = 7",
			"update orders 3=to:decimal(10,2)(($3*2)) {project $1,$2,$3,$4,$5,$6 {inner apply {scan customers.pk_customers(id) =7} {scan orders.ix_customer(id customer placed total note) =^1.0 locators lock1}}}",
		},
		{"DELETE FROM orders WHERE id IN (1, 2)", "delete orders {scan orders.pk_orders(id customer placed total note) in 1,2 locators lock1}"},
		{"INSERT INTO customers (name, city) VALUES (N'a', 'b'), ('c', DEFAULT)", "insert customers[1 2] {values ('a','b') ('c',null)}"},
	} {
		p := w.must(c.text)
		if have := shape(p.Node); have != c.want {
			t.Errorf("%s:\n have %s\n want %s", c.text, have, c.want)
		}
	}
}
