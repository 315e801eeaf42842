package bind

import (
	"slices"
	"testing"
)

// TestResults runs queries over the sample. The rows are what SQL Server gives.
func TestResults(t *testing.T) {
	d := stocked(t)
	for _, c := range []struct {
		query string
		rows  []string
	}{
		{`SELECT * FROM customers`, []string{"1|Ada|Bern|1815-12-10", "2|Bob|Rome|NULL", "3|Cy|NULL|2000-02-29", "4|Dee|Bern|1999-01-01"}},
		{`SELECT name, id FROM customers WHERE id = 2`, []string{"Bob|2"}},
		{`SELECT c.name, o.total FROM customers c JOIN orders o ON o.customer = c.id ORDER BY o.id`, []string{"Ada|5.50", "Ada|7.25", "Bob|NULL", "Dee|100.00"}},
		{`SELECT c.name, o.total FROM customers c LEFT JOIN orders o ON o.customer = c.id ORDER BY c.id, o.id`, []string{"Ada|5.50", "Ada|7.25", "Bob|NULL", "Cy|NULL", "Dee|100.00"}},
		{`SELECT o.id, c.name FROM orders o RIGHT JOIN customers c ON o.customer = c.id WHERE o.id IS NULL`, []string{"NULL|Cy"}},
		{`SELECT city, COUNT(*) AS n, SUM(id) FROM customers GROUP BY city ORDER BY n DESC, city`, []string{"Bern|2|5", "NULL|1|3", "Rome|1|2"}},
		{`SELECT COUNT(*) FROM customers`, []string{"4"}},
		{`SELECT MAX(id), MIN(id), COUNT(city), AVG(id) FROM customers`, []string{"4|1|3|2"}},
		{`SELECT MAX(id) FROM customers`, []string{"4"}},
		{`SELECT MIN(a) FROM heap`, []string{"1"}},
		{`SELECT MAX(a) FROM heap WHERE a > 100`, []string{"NULL"}},
		{`SELECT name FROM customers c WHERE EXISTS (SELECT * FROM orders WHERE customer = c.id AND total > 5)`, []string{"Ada", "Dee"}},
		{`SELECT name FROM customers WHERE id IN (SELECT customer FROM orders)`, []string{"Ada", "Bob", "Dee"}},
		{`SELECT name FROM customers WHERE id NOT IN (SELECT customer FROM orders)`, []string{"Cy"}},
		{`SELECT a FROM heap WHERE a NOT IN (SELECT a FROM heap WHERE a <> 1)`, []string{"1"}},
		{`SELECT id FROM orders WHERE 5 NOT IN (SELECT a FROM heap)`, []string{}},
		{`SELECT name, (SELECT MAX(total) FROM orders o WHERE o.customer = c.id) FROM customers c`, []string{"Ada|7.25", "Bob|NULL", "Cy|NULL", "Dee|100.00"}},
		{`SELECT DISTINCT city FROM customers ORDER BY city`, []string{"NULL", "Bern", "Rome"}},
		{`SELECT id, ROW_NUMBER() OVER (PARTITION BY customer ORDER BY placed) rn, SUM(total) OVER (PARTITION BY customer) FROM orders ORDER BY id`, []string{"10|1|12.75", "11|2|12.75", "12|1|NULL", "13|1|100.00"}},
		{`SELECT id FROM customers UNION SELECT customer FROM orders ORDER BY 1`, []string{"1", "2", "3", "4"}},
		{`WITH t AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM t WHERE n < 5) SELECT n FROM t`, []string{"1", "2", "3", "4", "5"}},
		{`SELECT c.id, x.total FROM customers c OUTER APPLY (SELECT TOP 1 total FROM orders o WHERE o.customer = c.id ORDER BY placed DESC) x`, []string{"1|7.25", "2|NULL", "3|NULL", "4|100.00"}},
		{`SELECT id FROM customers ORDER BY id OFFSET 1 ROWS FETCH NEXT 2 ROWS ONLY`, []string{"2", "3"}},
		{`SELECT city, name, GROUPING(city), COUNT(*) FROM customers GROUP BY ROLLUP (city, name) ORDER BY 3, 1, 2`, []string{"NULL|NULL|0|1", "NULL|Cy|0|1", "Bern|NULL|0|2", "Bern|Ada|0|1", "Bern|Dee|0|1", "Rome|NULL|0|1", "Rome|Bob|0|1", "NULL|NULL|1|4"}},
		{`SELECT * FROM (SELECT city, id FROM customers) s PIVOT (COUNT(id) FOR city IN ([Bern], [Rome])) p`, []string{"2|1"}},
		{`SELECT value FROM STRING_SPLIT('a,b,c', ',')`, []string{"a", "b", "c"}},
		{`SELECT * FROM OPENJSON('[{"a":1,"b":"x"},{"a":2}]') WITH (a int, b varchar(10))`, []string{"1|x", "2|NULL"}},
		{`SELECT id FROM customers WHERE name LIKE '%e%' OR city = 'rome'`, []string{"2", "4"}},
		{`SELECT c.name, l.product FROM customers c JOIN orders o ON o.customer = c.id JOIN lines l ON l.orderid = o.id WHERE l.product = 'PEN'`, []string{"Ada|pen", "Ada|pen"}},
		{`SELECT TOP 1 WITH TIES city FROM customers WHERE city IS NOT NULL ORDER BY city`, []string{"Bern", "Bern"}},
		{`SELECT name FROM customers WHERE id > ALL (SELECT customer FROM orders WHERE id < 13)`, []string{"Cy", "Dee"}},
		{`SELECT name FROM customers WHERE id = ANY (SELECT customer FROM orders WHERE id < 12)`, []string{"Ada"}},
		{`SELECT id FROM customers WHERE id IN (1, 3, 1) ORDER BY id DESC`, []string{"3", "1"}},
		{`SELECT o.id FROM orders o WHERE o.total = (SELECT MAX(total) FROM orders)`, []string{"13"}},
		{`SELECT x.n, y.n FROM (VALUES (1), (2)) x(n) FULL JOIN (VALUES (2), (3)) y(n) ON x.n = y.n`, []string{"1|NULL", "2|2", "NULL|3"}},
		{`SELECT 'a' + NULL, COALESCE(NULL, 3), NULLIF(1, 1), ISNULL(NULL, 'x'), IIF(1 = 1, 'y', 'n'), CASE 3 WHEN 3 THEN 'three' END`, []string{"NULL|3|NULL|x|y|three"}},
		{`SELECT city FROM customers EXCEPT SELECT 'Bern'`, []string{"Rome", "NULL"}},
		{`SELECT city FROM customers INTERSECT SELECT 'bern'`, []string{"Bern"}},
		{`SELECT id FROM orders WHERE total > 6 AND note LIKE 'b%'`, []string{"13"}},
		{`SELECT TOP 2 * FROM (SELECT c.id AS cid, o.id AS oid, ROW_NUMBER() OVER (PARTITION BY c.id ORDER BY o.placed DESC) AS rn FROM customers c LEFT JOIN orders o ON o.customer = c.id) t WHERE t.rn <= 1 ORDER BY cid`, []string{"1|11|1", "2|12|1"}},
		{`SELECT [c].[Id], [t].[total] FROM [customers] AS [c] LEFT JOIN (SELECT [o].[customer], [o].[total], [o].[id] FROM [orders] AS [o] WHERE [o].[total] > 1) AS [t] ON [c].[id] = [t].[customer] WHERE [c].[name] = N'Ada' ORDER BY [c].[id], [t].[id]`, []string{"1|5.50", "1|7.25"}},
		{`SELECT c.name, (SELECT COUNT(*) FROM orders o WHERE o.customer = c.id AND EXISTS (SELECT 1 FROM lines l WHERE l.orderid = o.id AND l.quantity > c.id)) FROM customers c ORDER BY c.name`, []string{"Ada|2", "Bob|0", "Cy|0", "Dee|0"}},
		{`SELECT city, (SELECT COUNT(*) FROM orders o WHERE o.customer = MAX(c.id)) FROM customers c GROUP BY city ORDER BY 1`, []string{"NULL|0", "Bern|1", "Rome|1"}},
		{`SELECT city FROM customers c GROUP BY city HAVING EXISTS (SELECT 1 FROM orders o WHERE o.customer = MIN(c.id)) ORDER BY city`, []string{"Bern", "Rome"}},
		{`SELECT COUNT(DISTINCT city), COUNT(*) FROM customers`, []string{"2|4"}},
		{`SELECT SUM(COUNT(*)) OVER (), city FROM customers GROUP BY city ORDER BY city`, []string{"4|NULL", "4|Bern", "4|Rome"}},
		{`SELECT id, LAG(id) OVER (ORDER BY id), LEAD(id, 1, 0) OVER (ORDER BY id), SUM(id) OVER (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) FROM customers ORDER BY id`, []string{"1|NULL|2|1", "2|1|3|3", "3|2|4|6", "4|3|0|10"}},
		{`SELECT STRING_AGG(name, ',') WITHIN GROUP (ORDER BY name DESC) FROM customers`, []string{"Dee,Cy,Bob,Ada"}},
		{`SELECT x.city, COUNT(*) FROM (SELECT city FROM customers UNION ALL SELECT 'Bern') x GROUP BY x.city HAVING x.city = 'Bern'`, []string{"Bern|3"}},
		{`WITH a AS (SELECT id, name FROM customers), b AS (SELECT a.id FROM a WHERE a.id > 1) SELECT a.name FROM a JOIN b ON a.id = b.id ORDER BY 1`, []string{"Bob", "Cy", "Dee"}},
		{`WITH r (id, lvl) AS (SELECT id, 0 FROM customers WHERE id = 1 UNION ALL SELECT c.id, r.lvl + 1 FROM customers c JOIN r ON c.id = r.id + 1) SELECT * FROM r ORDER BY lvl`, []string{"1|0", "2|1", "3|2", "4|3"}},
		{`SELECT DISTINCT TOP 2 city FROM customers ORDER BY city DESC`, []string{"Rome", "Bern"}},
		{`SELECT UPPER(name) AS n FROM customers ORDER BY n DESC`, []string{"DEE", "CY", "BOB", "ADA"}},
		{`SELECT name FROM customers ORDER BY LEN(name), name`, []string{"Cy", "Ada", "Bob", "Dee"}},
		{`SELECT name AS id FROM customers ORDER BY id`, []string{"Ada", "Bob", "Cy", "Dee"}},
		{`SELECT id FROM customers WHERE (city = 'Bern' OR city = 'Rome') AND NOT (id = 1)`, []string{"2", "4"}},
		{`SELECT id FROM customers WHERE born BETWEEN '1999-01-01' AND '2001-01-01'`, []string{"3", "4"}},
		{`SELECT id FROM customers WHERE city IS NULL OR born IS NULL`, []string{"2", "3"}},
		{`SELECT c1.id, c2.id FROM customers c1, customers c2 WHERE c1.city = c2.city AND c1.id < c2.id`, []string{"1|4"}},
		{`SELECT c.id FROM customers c CROSS JOIN (VALUES (1),(2)) v(n) WHERE v.n = c.id`, []string{"1", "2"}},
		{`SELECT o.id, l.n FROM orders o CROSS APPLY (SELECT COUNT(*) AS n FROM lines l WHERE l.orderid = o.id) l ORDER BY o.id`, []string{"10|2", "11|1", "12|0", "13|1"}},
		{`SELECT id, city FROM customers ORDER BY id`, []string{"1|Bern", "2|Rome", "3|NULL", "4|Bern"}},
		{`SELECT name, city FROM customers WHERE id = 2`, []string{"Bob|Rome"}},
		{`SELECT CAST(id AS varchar(10)) + '!' FROM customers WHERE id = 1`, []string{"1!"}},
		{`SELECT CONVERT(varchar(10), CAST('2024-03-05' AS date), 104)`, []string{"05.03.2024"}},
		{`SELECT TRY_CAST('x' AS int), TRY_CONVERT(date, '2024-13-01')`, []string{"NULL|NULL"}},
		{`SELECT 5 / 2, 5.0 / 2, 7 % 3, -7 / 2, 1 + '2'`, []string{"2|2.500000|1|-3|3"}},
		{`SELECT N'a' + 'b', 'x' COLLATE Latin1_General_BIN`, []string{"ab|x"}},
		{`SELECT name FROM customers WHERE name COLLATE Latin1_General_BIN = 'ada'`, []string{}},
		{`SELECT CASE WHEN EXISTS (SELECT 1 FROM customers WHERE id = 1) THEN CAST(1 AS bit) ELSE CAST(0 AS bit) END`, []string{"1"}},
		{`SELECT * FROM customers WHERE 1 = 0`, []string{}},
		{`SELECT id FROM customers WHERE id = 1 AND 1 = 1`, []string{"1"}},
		{`SELECT * FROM GENERATE_SERIES(1, 5, 2)`, []string{"1", "3", "5"}},
		{`SELECT u.k, u.v FROM (SELECT 1 AS a, 2 AS b) s UNPIVOT (v FOR k IN (a, b)) u`, []string{"a|1", "b|2"}},
		{`SELECT o.customer, SUM(l.quantity * l.price) FROM orders o INNER JOIN lines l ON l.orderid = o.id GROUP BY o.customer ORDER BY 2 DESC`, []string{"4|100.00", "1|10.00"}},
		{`SELECT CONCAT(name, '-', id) FROM customers WHERE id = 1`, []string{"Ada-1"}},
		{`SELECT a, b FROM heap WHERE b = N'ONE '`, []string{"1|one"}},
		{`SELECT a FROM heap WHERE a IN (SELECT a FROM heap WHERE a > 1)`, []string{"2", "4"}},
		{`SELECT id FROM customers WHERE id = 1.5`, []string{}},
		{`SELECT id FROM customers WHERE id < 2.5 ORDER BY id`, []string{"1", "2"}},
		{`SELECT id FROM customers WHERE id < 3000000000 ORDER BY id`, []string{"1", "2", "3", "4"}},
		{`SELECT id FROM customers WHERE id = '2'`, []string{"2"}},
		{`SELECT GROUPING_ID(city, name), COUNT(*) FROM customers GROUP BY CUBE (city, name) HAVING GROUPING_ID(city, name) = 3`, []string{"3|4"}},
		{`SELECT id, name, city, born AS [d.born] FROM customers FOR JSON PATH`, []string{`[{"id":1,"name":"Ada","city":"Bern","d":{"born":"1815-12-10"}},{"id":2,"name":"Bob","city":"Rome"},{"id":3,"name":"Cy","d":{"born":"2000-02-29"}},{"id":4,"name":"Dee","city":"Bern","d":{"born":"1999-01-01"}}]`}},
		{`SELECT id, city AS [x.city], 1.5 AS [x.n] FROM customers ORDER BY id DESC FOR JSON PATH, ROOT('r'), INCLUDE_NULL_VALUES`, []string{`{"r":[{"id":4,"x":{"city":"Bern","n":1.5}},{"id":3,"x":{"city":null,"n":1.5}},{"id":2,"x":{"city":"Rome","n":1.5}},{"id":1,"x":{"city":"Bern","n":1.5}}]}`}},
		{`SELECT TOP 1 id, CAST(1 AS bit) b, 'a/"b' s FROM customers FOR JSON PATH, WITHOUT_ARRAY_WRAPPER`, []string{`{"id":1,"b":true,"s":"a\/\"b"}`}},
		{`SELECT c.id, (SELECT o.id, o.total FROM orders o WHERE o.customer = c.id FOR JSON PATH) AS orders FROM customers c ORDER BY c.id FOR JSON PATH`, []string{`[{"id":1,"orders":[{"id":11,"total":7.25},{"id":10,"total":5.50}]},{"id":2,"orders":[{"id":12}]},{"id":3},{"id":4,"orders":[{"id":13,"total":100.00}]}]`}},
		{`SELECT * FROM customers WHERE id = 99 FOR JSON AUTO`, []string{}},
		{`SELECT id, name FROM customers WHERE id < 3 FOR JSON AUTO`, []string{`[{"id":1,"name":"Ada"},{"id":2,"name":"Bob"}]`}},
		{`SELECT STUFF((SELECT ',' + name FROM customers ORDER BY id FOR XML PATH('')), 1, 1, '')`, []string{"Ada,Bob,Cy,Dee"}},
		{`SELECT (SELECT id FROM customers WHERE id = 1 FOR XML RAW) AS a, (SELECT id FROM customers WHERE id = 1 FOR XML RAW, TYPE) AS b FOR XML PATH('')`, []string{`<a>&lt;row id="1"/&gt;</a><b><row id="1"/></b>`}},
		{`SELECT (SELECT id FROM customers WHERE id = 1 FOR XML RAW, TYPE) AS a, (SELECT id FROM customers WHERE id = 1 FOR JSON PATH) AS b FOR XML PATH('r')`, []string{`<r><a><row id="1"/></a><b>[{"id":1}]</b></r>`}},
		{`SELECT 1 AS [@i], 'a"<b' AS [a/@x], 'q"' AS [a/b], 2 AS [a/c], 3 AS a, '' AS e, 4 AS [e], 'r' AS [*], 5 AS [data()], 6 AS [data()] FOR XML PATH('r')`, []string{`<r i="1"><a x="a&quot;&lt;b"><b>q"</b><c>2</c>3</a><e>4</e>r5 6</r>`}},
		{`SELECT '' AS e, NULL AS n FOR XML PATH`, []string{`<row><e></e></row>`}},
		{`SELECT 1 AS td, '', 2 AS td FOR XML PATH('tr')`, []string{`<tr><td>1</td><td>2</td></tr>`}},
		{`SELECT NULL AS n, 1 AS [a/b] FOR XML PATH, ELEMENTS XSINIL`, []string{`<row xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><n xsi:nil="true"/><a><b>1</b></a></row>`}},
		{`SELECT 1 AS [a b], 2 AS [_x] FOR XML RAW`, []string{`<row a_x0020_b="1" _x005F_x="2"/>`}},
		{`SELECT 1 AS a, 2 AS a FOR XML RAW('r'), ELEMENTS`, []string{`<r><a>1</a><a>2</a></r>`}},
		{`SELECT id, name FROM customers WHERE id = 1 FOR XML RAW`, []string{`<row id="1" name="Ada"/>`}},
		{`SELECT CAST('2024-01-02T03:04:05.120' AS datetime2) d, CAST(1.5 AS float) f, CAST(2 AS money) m FOR JSON PATH`, []string{`[{"d":"2024-01-02T03:04:05.12","f":1.500000000000000e+000,"m":2.0000}]`}},
		{`SELECT JSON_OBJECT('a':1, 'b':NULL), JSON_ARRAY(1, NULL, 'x'), JSON_OBJECT('a':JSON_ARRAY(2) ABSENT ON NULL)`, []string{`{"a":1,"b":null}|[1,"x"]|{"a":[2]}`}},
		{`SELECT JSON_ARRAYAGG(name) FROM customers`, []string{`["Ada","Bob","Cy","Dee"]`}},
		{`SELECT JSON_OBJECTAGG(name:id) FROM customers WHERE id < 3`, []string{`{"Ada":1,"Bob":2}`}},
	} {
		rows, _, err := d.run(c.query)
		if err != nil {
			t.Errorf("%s: %s", c.query, describeError(err))
			continue
		}
		if !slices.Equal(rows, c.rows) {
			t.Errorf("%s:\n have %q\n want %q", c.query, rows, c.rows)
		}
	}
}
