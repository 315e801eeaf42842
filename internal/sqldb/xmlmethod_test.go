package sqldb

import "testing"

// TestXMLMethods: the methods of xml in statements, the two idioms that old code joins and splits text by among them.
func TestXMLMethods(t *testing.T) {
	w := newWorld(t)
	k := w.as(boss())
	k.want("CREATE TABLE t (id int PRIMARY KEY, n nvarchar(20), x xml); INSERT t VALUES (1, 'a&b', '<r a=\"1\"><i>1</i><i>20</i></r>'), (2, N'<c>', '<r><i>x</i></r>'), (3, NULL, NULL)")
	for _, c := range []struct {
		name  string
		batch string
		want  []string
	}{
		{"text is joined", "SELECT STUFF((SELECT ', ' + n FROM t ORDER BY id FOR XML PATH(''), TYPE).value('.', 'nvarchar(max)'), 1, 2, '')", []string{"a&b, <c>"}},
		{"by its first text", "SELECT (SELECT n AS [text()] FROM t ORDER BY id FOR XML PATH(''), TYPE).value('(./text())[1]', 'varchar(50)')", []string{"a&b<c>"}},
		{"an attribute that comes late", "SELECT 1 AS a, 2 AS [@b] FOR XML PATH", []string{"Msg 6852: …"}},
		{"a name that XML has not", "SELECT 1 AS [a b] FOR XML PATH", []string{"Msg 6850: Column name 'a b' contains an invalid XML identifier as required by FOR XML; ' '(0x0020) is the first character at fault."}},
		{"no name", "SELECT 1 FOR XML RAW", []string{"Msg 6809: …"}},
		{"attributes of no row", "SELECT 1 AS [@b] FOR XML PATH('')", []string{"Msg 6864: …"}},
		{"xml is no text", "DECLARE @s nvarchar(max) = (SELECT id FROM t FOR XML RAW, TYPE)", []string{"Msg 257: …"}},
		{"text is split", "SELECT LTRIM(s.c.value('.', 'varchar(10)')) FROM (SELECT CAST('<i>' + REPLACE('a,b, c', ',', '</i><i>') + '</i>' AS xml) AS d) q CROSS APPLY q.d.nodes('/i') AS s(c)", []string{"a", "b", "c"}},
		{"of a column", "SELECT id, x.value('(/r/i)[1]', 'varchar(5)'), t.x.value('(/r/@a)[1]', 'int'), x.exist('/r/i[.=\"20\"]'), x.query('/r/i[1]') FROM t ORDER BY id", []string{"1|1|1|1|<i>1</i>", "2|x|NULL|0|<i>x</i>", "3|NULL|NULL|NULL|NULL"}},
		{"rows of a column", "SELECT t.id, n.c.value('.', 'varchar(5)'), n.c.value('../../@a', 'int') FROM t CROSS APPLY x.nodes('/r/i') n(c) WHERE n.c.exist('self') = 0 ORDER BY 1, 2", []string{"1|1|NULL", "1|20|NULL", "2|x|NULL"}},
		{"rows of rows", "DECLARE @x xml = '<a><b n=\"1\"><c>x</c><c>y</c></b><b n=\"2\"/></a>'; SELECT b.n.value('@n', 'int'), c.n.value('text()[1]', 'char(1)') FROM @x.nodes('/a/b') b(n) OUTER APPLY b.n.nodes('c') c(n)", []string{"1|x", "1|y", "2|NULL"}},
		{"in a condition", "SELECT id FROM t WHERE x.exist('/r[@a]') = 1", []string{"1"}},
		{"a value that is none", "SELECT x.value('(/r/i)[1]', 'int') FROM t WHERE id = 2", []string{"Msg 245: Conversion failed when converting the nvarchar value 'x' to data type int."}},
		{"several values", "SELECT x.value('/r/i', 'int') FROM t", []string{"Msg 2389: XQuery [value()]: 'value()' requires a singleton (or empty sequence), found operand of type 'xdt:untypedAtomic *'"}},
		{"no XML", "SELECT n.value('.', 'int') FROM t", []string{"Msg 258: Cannot call methods on nvarchar."}},
		{"no literal", "DECLARE @x xml, @p varchar(5); SELECT @x.value(@p, 'int')", []string{"Msg 8172: The argument 1 of the XML data type method \"value\" must be a string literal."}},
		{"no XQuery", "SELECT x.exist('/r[') FROM t", []string{"Msg 2209: XQuery [exist()]: Syntax error near '<eof>'"}},
		{"XQuery that is not known here", "SELECT x.query('for $i in /r return $i') FROM t", []string{"Msg 40517: …"}},
		{"arguments", "SELECT x.value('.') FROM t", []string{"Msg 174: The value function requires 2 argument(s)."}},
		{"a type that value has not", "SELECT x.value('.', 'xml') FROM t", []string{"Msg 9500: The data type 'xml' used in the VALUE method is invalid."}},
		{"no type", "SELECT x.value('.', 'nvarchar(') FROM t", []string{"Msg 102: …"}},
		{"nodes by themselves", "SELECT n.c FROM t CROSS APPLY x.nodes('/r') n(c)", []string{"Msg 493: …"}},
		{"and with the others", "SELECT * FROM t CROSS APPLY x.nodes('/r') n(c)", []string{"Msg 493: …"}},
		{"or NULL", "SELECT COUNT(*) FROM t CROSS APPLY x.nodes('/r') n(c) WHERE n.c IS NOT NULL", []string{"2"}},
		{"too deep", "DECLARE @x xml = REPLICATE('<a>', 129) + REPLICATE('</a>', 129); SELECT @x.exist('/a')", []string{"Msg 6335: …"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			k.t = t
			k.want(c.batch, c.want...)
		})
	}
}
