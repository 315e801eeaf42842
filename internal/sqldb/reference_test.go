package sqldb

import "testing"

// TestReference holds statements and functions to what the Transact-SQL reference says of them.
func TestReference(t *testing.T) {
	w := newWorld(t)
	k := w.as(boss())
	k.want("CREATE TABLE t (a int); INSERT t VALUES (1), (2)")
	for _, c := range []struct {
		name  string
		batch string
		want  []string
	}{
		{"an identity for the rows that are there", "ALTER TABLE t ADD id int IDENTITY(10,10) CONSTRAINT pk_t PRIMARY KEY; INSERT t VALUES (3); SELECT a, id FROM t; SELECT SCOPE_IDENTITY()", []string{"1|10", "2|20", "3|30", "30"}},
		{"a value for each row", "ALTER TABLE t ADD g uniqueidentifier NOT NULL DEFAULT NEWID(), d datetime2 NOT NULL DEFAULT SYSDATETIME(); SELECT COUNT(DISTINCT g), COUNT(DISTINCT d) FROM t", []string{"3|1"}},
		{"defaults are for rows to come", "CREATE TABLE d (a int); INSERT d VALUES (1); ALTER TABLE d ADD b int DEFAULT 7, c int NOT NULL DEFAULT 8, e int DEFAULT 9 WITH VALUES, f int IDENTITY, h AS a + f; SELECT * FROM d; DROP TABLE d", []string{"1|NULL|8|9|1|2"}},
		{"of a sequence", "CREATE SEQUENCE s START WITH 5; ALTER TABLE t ADD n int NOT NULL CONSTRAINT df_n DEFAULT NEXT VALUE FOR s; SELECT n FROM t ORDER BY id", []string{"5", "6", "7"}},
		{"undone", "BEGIN TRAN; CREATE TABLE u (a int); INSERT u VALUES (1), (2); ALTER TABLE u ADD i int IDENTITY; SELECT i FROM u; ROLLBACK; SELECT OBJECT_ID('u')", []string{"1", "2", "NULL"}},
		{"numbers of what was rolled back", "CREATE TABLE u (a int, i int IDENTITY(7,1)); INSERT u(a) VALUES (1); SELECT i FROM u; DROP TABLE u; BEGIN TRAN; CREATE SEQUENCE q START WITH 4; SELECT NEXT VALUE FOR q; ROLLBACK; CREATE SEQUENCE q START WITH 6; SELECT NEXT VALUE FOR q; DROP SEQUENCE q", []string{"7", "4", "6"}},
		{"an identity that failed", "CREATE TABLE u (a int); INSERT u VALUES (1), (1); ALTER TABLE u ADD i int IDENTITY, UNIQUE (a)", []string{"Msg 1505: …", "Msg 1750: …"}},
		{"and is made again", "ALTER TABLE u ADD i int IDENTITY; SELECT i FROM u; DROP TABLE u", []string{"1", "2"}},
		{"a temporary table's", "CREATE TABLE #t (a int); INSERT #t VALUES (4); ALTER TABLE #t ADD i int IDENTITY; SELECT * FROM #t; DROP TABLE #t", []string{"4|1"}},
		{"a column in use is not dropped", "ALTER TABLE t DROP COLUMN n", []string{"Msg 5074: The object 'df_n' is dependent on column 'n'.", "Msg 4922: ALTER TABLE DROP COLUMN n failed because one or more objects access this column."}},
		{"nor altered", "ALTER TABLE t ALTER COLUMN n decimal(5,2)", []string{"Msg 5074: The object 'df_n' is dependent on column 'n'.", "Msg 4922: ALTER TABLE ALTER COLUMN n failed because one or more objects access this column."}},
		{"its constraint before it", "ALTER TABLE t DROP CONSTRAINT df_n, COLUMN n", nil},
		{"$IDENTITY and $ROWGUID", "CREATE TABLE r (i int IDENTITY(7,1), g uniqueidentifier ROWGUIDCOL DEFAULT 0x); INSERT r DEFAULT VALUES; SELECT $IDENTITY, $ROWGUID FROM r; SELECT x.$identity FROM r AS x, t WHERE $rowguid = 0x; DROP TABLE r", []string{"7|00000000-0000-0000-0000-000000000000", "7", "7", "7"}},
		{"no $ROWGUID", "SELECT $ROWGUID FROM t", []string{"Msg 207: Invalid column name '$ROWGUID'."}},
		{"the scale of a time made of parts", "SELECT DATETIME2FROMPARTS(2011, 8, 15, 14, 23, 44, 5, 1), DATETIME2FROMPARTS(2011, 8, 15, 14, 23, 44, 500, 3), TIMEFROMPARTS(23, 59, 59, 0, 0), DATETIMEOFFSETFROMPARTS(2010, 12, 31, 14, 23, 23, 0, 12, 0, 7)", []string{"2011-08-15 14:23:44.5|2011-08-15 14:23:44.500|23:59:59|2010-12-31 14:23:23.0000000 +12:00"}},
		{"no scale", "SELECT DATETIME2FROMPARTS(2010, 12, 31, 23, 59, 59, 0, NULL)", []string{"Msg 10760: Scale argument is not valid. Valid expressions for data type datetime2 scale argument are integer constants and integer constant expressions."}},
		{"a scale that is not there", "SELECT TIMEFROMPARTS(1, 2, 3, 0, 8)", []string{"Msg 1002: Line 1: Specified scale 8 is invalid."}},
		{"a scale too large for a type's part", "DECLARE @d datetime2(3) = '2021-12-12 12:12:12.12345'; SELECT DATETRUNC(microsecond, @d)", []string{"Msg 9810: The datepart microsecond is not supported by date function datetrunc for data type datetime2."}},
		{"medians", "CREATE TABLE pay (dept varchar(5), rate money); INSERT pay VALUES ('a', 10), ('a', 20), ('a', 40), ('a', 50), ('b', 7), ('b', NULL), ('c', NULL); SELECT DISTINCT dept, PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY rate) OVER (PARTITION BY dept), PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY rate) OVER (PARTITION BY dept) FROM pay ORDER BY dept", []string{"a|30|20.00", "b|7|7.00", "c|NULL|NULL"}},
		{"percentiles downwards, and of all", "SELECT DISTINCT PERCENTILE_CONT(0.25) WITHIN GROUP (ORDER BY rate DESC) OVER (), PERCENTILE_DISC(0) WITHIN GROUP (ORDER BY rate DESC) OVER (), PERCENTILE_DISC(1) WITHIN GROUP (ORDER BY rate) OVER (), PERCENTILE_DISC(0.2) WITHIN GROUP (ORDER BY dept) OVER () FROM pay", []string{"40|50.00|50.00|a"}},
		{"percentiles without an order", "SELECT PERCENTILE_CONT(0.5) OVER () FROM pay", []string{"Msg 10754: The function 'percentile_cont' must have a WITHIN GROUP clause."}},
		{"percentiles without a window", "SELECT PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY rate) FROM pay", []string{"Msg 10753: …"}},
		{"percentiles of two orders", "SELECT PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY rate) OVER (ORDER BY dept) FROM pay", []string{"Msg 10758: …"}},
		{"a percentile of texts", "SELECT PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY dept) OVER () FROM pay", []string{"Msg 402: …"}},
		{"frames that are not", "SELECT PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY rate) OVER (ROWS UNBOUNDED PRECEDING) FROM pay", []string{"Msg 4106: The function 'percentile_disc' may not have a window frame."}},
		{"nor of a rank", "SELECT RANK() OVER (ORDER BY rate ROWS UNBOUNDED PRECEDING) FROM pay", []string{"Msg 4106: The function 'rank' may not have a window frame."}},
		{"no percentile", "SELECT PERCENTILE_CONT(1.5) WITHIN GROUP (ORDER BY rate) OVER () FROM pay", []string{"Msg 10761: …"}},
		{"a group's order for another function", "SELECT RANK() WITHIN GROUP (ORDER BY rate) OVER (ORDER BY rate) FROM pay", []string{"Msg 10757: …"}},
		{"rows without a value", "SELECT a, FIRST_VALUE(c) IGNORE NULLS OVER (ORDER BY a DESC), LAST_VALUE(c) IGNORE NULLS OVER (ORDER BY a), LAG(c) IGNORE NULLS OVER (ORDER BY a), LEAD(c, 2, -1) IGNORE NULLS OVER (ORDER BY a), LAST_VALUE(c) RESPECT NULLS OVER (ORDER BY a) FROM (VALUES (1,-3),(2,4),(3,NULL),(4,1),(5,NULL),(6,5)) AS t(a, c) ORDER BY a", []string{"1|5|-3|NULL|1|-3", "2|5|4|-3|5|4", "3|5|4|4|5|NULL", "4|5|1|4|-1|1", "5|5|1|1|-1|NULL", "6|5|5|1|-1|5"}},
		{"within a frame", "SELECT a, FIRST_VALUE(c) IGNORE NULLS OVER (ORDER BY a ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM (VALUES (1,NULL),(2,4),(3,NULL),(4,NULL)) AS t(a, c)", []string{"1|NULL", "2|4", "3|4", "4|NULL"}},
		{"not of an aggregate", "SELECT SUM(rate) IGNORE NULLS OVER () FROM pay", []string{"Msg 102: Incorrect syntax near 'IGNORE'."}},
		{"a part is replaced", "CREATE TABLE doc (t nvarchar(max), b varbinary(max), v varchar(max), s varchar(9)); INSERT doc VALUES (N'the old components are here', 0x010203, 'abc', 'x'); UPDATE doc SET t.WRITE(N'features', 8, 10) OUTPUT deleted.t, inserted.t", []string{"the old components are here|the old features are here"}},
		{"appended, cut off, removed", "UPDATE doc SET t.WRITE(N'!', NULL, NULL), b.WRITE(0xFF, 1, 1), v .WRITE('', 0, 2); SELECT t, CONVERT(varchar(20), b, 1), v FROM doc; UPDATE doc SET t.WRITE(NULL, 3, 1), b.WRITE(0x0A0B, 2, NULL), v.WRITE('xyz', 1, 50); SELECT t, CONVERT(varchar(20), b, 1), v FROM doc", []string{"the old features are here!|0x01FF03|c", "the|0x01FF0A0B|cxyz"}},
		{"with a row's own values", "UPDATE d SET t.WRITE(x.w, x.n, 0) FROM doc AS d CROSS JOIN (SELECT N'>' AS w, 1 AS n) AS x; SELECT t FROM doc", []string{"t>he"}},
		{"beyond the end", "UPDATE doc SET t.WRITE(N'a', 99, 1)", []string{"Msg 7116: Offset 99 is not in the range of available LOB data."}},
		{"a length below zero", "UPDATE doc SET t.WRITE(N'a', 1, -1)", []string{"Msg 7135: …"}},
		{"not of a short column", "UPDATE doc SET s.WRITE('a', 0, 1)", []string{"Msg 258: Cannot call methods on varchar."}},
		{"not of NULL", "UPDATE doc SET t = NULL; UPDATE doc SET t.WRITE(N'a', 0, 1)", []string{"Msg 5302: Mutator 'WRITE()' on 't' cannot be called on a null value."}},
		{"no other method", "UPDATE doc SET t.modify('x')", []string{"Msg 40517: …"}},
		{"no transaction of several servers", "BEGIN DISTRIBUTED TRAN; SELECT @@TRANCOUNT", []string{"Msg 40510: Statement 'BEGIN DISTRIBUTED TRANSACTION' is not supported in this version of SQL Server.", "0"}},
		{"no tracking of changes", "ALTER TABLE t ENABLE CHANGE_TRACKING", []string{"Msg 40510: Statement 'ALTER TABLE ENABLE CHANGE_TRACKING' is not supported in this version of SQL Server."}},
		{"TYPEPROPERTY", "SELECT TYPEPROPERTY('tinyint', 'PRECISION'), TYPEPROPERTY('decimal', 'PRECISION'), TYPEPROPERTY('money', 'PRECISION'), TYPEPROPERTY('nowhere', 'PRECISION')", []string{"3|18|19|NULL"}},
		{"TYPEPROPERTY of strings", "SELECT TYPEPROPERTY('nvarchar', 'PRECISION'), TYPEPROPERTY('varchar', 'PRECISION'), TYPEPROPERTY('binary', 'PRECISION'), TYPEPROPERTY('sysname', 'PRECISION'), TYPEPROPERTY('char', 'SCALE'), TYPEPROPERTY('money', 'SCALE')", []string{"4000|8000|8000|128|NULL|4"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			k.t = t
			k.want(c.batch, c.want...)
		})
	}
}
