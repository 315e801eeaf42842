package sqldb

import "testing"

// story is what one session asks, and what it is answered.
type story struct {
	name  string
	batch string
	want  []string
}

func (k *talk) tell(t *testing.T, list []story) {
	t.Helper()
	for _, c := range list {
		t.Run(c.name, func(t *testing.T) {
			k.t = t
			k.want(c.batch, c.want...)
		})
	}
	k.t = t
}

// TestSequenceNumbers: all that a row names of one sequence is one number.
func TestSequenceNumbers(t *testing.T) {
	w := newWorld(t)
	k := w.as(boss())
	k.want("CREATE SEQUENCE s START WITH 1; CREATE SEQUENCE r START WITH 100; CREATE TABLE t (a int DEFAULT NEXT VALUE FOR s, b int DEFAULT NEXT VALUE FOR s, c int)")
	k.tell(t, []story{
		{"a row of SELECT", "SELECT NEXT VALUE FOR s, NEXT VALUE FOR s + 10, NEXT VALUE FOR r, NEXT VALUE FOR s", []string{"1|11|100|1"}},
		{"each row has its own", "SELECT NEXT VALUE FOR s, NEXT VALUE FOR s FROM (VALUES (1),(2)) x(i)", []string{"2|2", "3|3"}},
		{"variables", "DECLARE @a int, @b int; SELECT @a = NEXT VALUE FOR s, @b = NEXT VALUE FOR s; SELECT @a, @b", []string{"4|4"}},
		{"rows of VALUES", "INSERT t (a, b) VALUES (NEXT VALUE FOR s, NEXT VALUE FOR s), (NEXT VALUE FOR s, NEXT VALUE FOR s); SELECT a, b FROM t; DELETE t", []string{"5|5", "6|6"}},
		{"defaults", "INSERT t (c) VALUES (1), (2); INSERT t (c) SELECT 3; SELECT a, b FROM t", []string{"7|7", "8|8", "9|9"}},
		{"UPDATE", "UPDATE t SET a = NEXT VALUE FOR s, b = NEXT VALUE FOR s + 1; SELECT a, b FROM t; DELETE t", []string{"10|11", "11|12", "12|13"}},
		{"not where it is chosen", "SELECT ISNULL(NULL, NEXT VALUE FOR s)", []string{"Msg 11741: …"}},
		{"nor in CASE", "SELECT CASE WHEN 1 = 1 THEN 1 + NEXT VALUE FOR s END", []string{"Msg 11741: …"}},
		{"once is once", "SELECT NEXT VALUE FOR s", []string{"13"}},
	})
}

// TestDateFormat holds SET DATEFORMAT to how each type reads dates.
func TestDateFormat(t *testing.T) {
	w := newWorld(t)
	k := w.as(boss())
	k.want("CREATE TABLE t (d datetime, e date)")
	k.want("CREATE PROCEDURE p @d datetime AS SELECT MONTH(@d)")
	k.tell(t, []story{
		{"by default", "SELECT MONTH(CAST('01/02/2026' AS date)), MONTH('01/02/2026'), ISDATE('13/02/2026')", []string{"1|1|0"}},
		{"dmy", "SET DATEFORMAT dmy; SELECT MONTH(CAST('01/02/2026' AS date)), MONTH('01/02/2026'), ISDATE('13/02/2026'), DATEADD(day, 1, CAST('13.02.26' AS date))", []string{"2|2|1|2026-02-14"}},
		{"a plan of another order is not taken", "SELECT MONTH(CAST('01/02/2026' AS date)), MONTH('01/02/2026'), ISDATE('13/02/2026')", []string{"2|2|1"}},
		{"the year first", "SELECT MONTH(CAST('2026-02-01' AS date)), MONTH(CAST('2026-02-01' AS datetime2)), MONTH(CAST('2026-02-01' AS datetime)), MONTH(CAST('2026-02-01T00:00:00' AS datetime)), MONTH(CAST('20260201' AS datetime))", []string{"2|2|1|2|2"}},
		{"the year first, out of range", "SELECT CAST('2026-02-13' AS datetime)", []string{"Msg 242: …"}},
		{"a style has its own order", "SELECT MONTH(CONVERT(date, '01/02/2026', 101)), MONTH(CONVERT(date, '01/02/2026', 103)), MONTH(CONVERT(date, '01/02/2026'))", []string{"1|2|2"}},
		{"columns, variables, parameters", "DECLARE @v varchar(10) = '13/02/2026', @d datetime; SET @d = @v; INSERT t VALUES ('13/02/2026', '13/02/2026'), (@v, @v); SELECT @d, d, e FROM t WHERE d = @v AND e = '13/02/2026'; EXEC p @v; DELETE t", []string{"Feb 13 2026 12:00AM|Feb 13 2026 12:00AM|2026-02-13", "Feb 13 2026 12:00AM|Feb 13 2026 12:00AM|2026-02-13", "2"}},
		{"not converted", "SELECT CAST('02/13/2026' AS date)", []string{"Msg 241: …"}},
		{"ymd", "SET DATEFORMAT ymd; SELECT CAST('26/02/13' AS date), CAST('02/13/2026' AS date)", []string{"2026-02-13|2026-02-13"}},
		{"ydm", "SET DATEFORMAT ydm; SELECT CAST('26/13/02' AS datetime), CAST('2026/13/02' AS datetime)", []string{"Feb 13 2026 12:00AM|Feb 13 2026 12:00AM"}},
		{"myd and dym", "SET DATEFORMAT myd; SELECT CAST('02/26/13' AS datetime); SET DATEFORMAT dym; SELECT CAST('13/26/02' AS datetime)", []string{"Feb 13 2026 12:00AM", "Feb 13 2026 12:00AM"}},
		{"a month's name", "SELECT CAST('13 Feb 2026' AS date), CAST('Feb 13, 2026' AS datetime)", []string{"2026-02-13|Feb 13 2026 12:00AM"}},
		{"SET LANGUAGE", "SET LANGUAGE British; SELECT CAST('13/02/2026' AS date), @@DATEFIRST, DATEPART(weekday, '20260216')", []string{"Msg 5703: …", "2026-02-13|1|1"}},
		{"not an order", "SET DATEFORMAT xyz", []string{"Msg 2741: …"}},
	})
}

// TestApplicationLocks holds the locks that programs name to sp_getapplock's page.
func TestApplicationLocks(t *testing.T) {
	w := newWorld(t)
	a, b := w.as(boss()), w.as(boss())
	take := func(resource, mode, owner string) string {
		return "DECLARE @r int; EXEC @r = sp_getapplock @Resource = '" + resource + "', @LockMode = '" + mode + "', @LockOwner = '" + owner + "', @LockTimeout = 0; SELECT @r"
	}
	mode := func(resource, owner string) string {
		return "SELECT APPLOCK_MODE('public', '" + resource + "', '" + owner + "')"
	}
	a.want(mode("x", "Transaction"), "NoLock")
	a.want(mode("x", "Session"), "NoLock")
	a.want(take("x", "Exclusive", "Session"), "0")
	a.want(mode("x", "Session"), "Exclusive")
	b.want(take("y", "Exclusive", "Session"), "0") // another name
	b.want(take("X", "Exclusive", "Session"), "0") // names are bytes
	b.want(take("x", "Shared", "Session"), "-1")
	b.want("SELECT APPLOCK_TEST('public', 'x', 'Shared', 'Session'), APPLOCK_TEST('public', 'z', 'Exclusive', 'Session')", "0|1")
	b.want("BEGIN TRAN; EXEC sp_getapplock 'z', 'Shared'; "+mode("z", "Transaction"), "Shared")
	a.want("SELECT APPLOCK_TEST('public', 'z', 'Shared', 'Session'), APPLOCK_TEST('public', 'z', 'Exclusive', 'Session'), APPLOCK_TEST('guest', 'z', 'Exclusive', 'Session')", "1|0|1")
	b.want("EXEC sp_getapplock 'z', 'IntentExclusive'; "+mode("z", "Transaction"), "SharedIntentExclusive")
	b.want("EXEC sp_releaseapplock 'z'; "+mode("z", "Transaction")+"; EXEC sp_releaseapplock 'z'; "+mode("z", "Transaction"), "SharedIntentExclusive", "NoLock")
	b.want("EXEC sp_releaseapplock 'z'; ROLLBACK", "Msg 1223: …")
	a.want(take("x", "Shared", "Session"), "0")
	a.want("EXEC sp_releaseapplock 'x', 'Session'; "+mode("x", "Session")+"; EXEC sp_releaseapplock 'x', 'Session'; "+mode("x", "Session"), "Exclusive", "NoLock")
	b.want(take("x", "Update", "Session"), "0")
	b.want("SELECT APPLOCK_TEST('public', 'x', 'None', 'Session')", "Msg 15625: …")
}

// TestRegexpLike: the predicate stands wherever a condition does, and collations do not matter to it.
func TestRegexpLike(t *testing.T) {
	w := newWorld(t)
	k := w.as(boss())
	k.want("CREATE TABLE t (mail varchar(90) CHECK (REGEXP_LIKE(mail, '^[^@]+@[^@]+$')), pattern varchar(20), n AS REGEXP_COUNT(mail, '[0-9]'))")
	k.tell(t, []story{
		{"a CHECK", "INSERT t (mail) VALUES ('none')", []string{"Msg 547: …"}},
		{"rows with patterns of their own", "INSERT t VALUES ('a1@b2', 'A'), ('c@d', 'c'), (NULL, 'x'); SELECT mail, n FROM t WHERE REGEXP_LIKE(mail, pattern)", []string{"c@d|0"}},
		{"its negation knows NULL", "SELECT mail, n FROM t WHERE NOT REGEXP_LIKE(mail, 'D', 'c') ORDER BY mail", []string{"a1@b2|2", "c@d|0"}},
		{"within others", "SELECT CASE WHEN REGEXP_LIKE('x', 'X', 'i') AND 1 = 1 THEN 'yes' END; IF REGEXP_LIKE('ab', 'b$') PRINT 'end'", []string{"yes", "Msg 0: end"}},
		{"a bad pattern", "SELECT 1 FROM t WHERE REGEXP_LIKE(mail, '(')", []string{"Msg 19308: …"}},
		{"no value", "SELECT REGEXP_LIKE('a', 'a')", []string{"Msg 102: …"}},
	})
}

// TestProduct holds PRODUCT to the types that its page names.
func TestProduct(t *testing.T) {
	w := newWorld(t)
	k := w.as(boss())
	k.tell(t, []story{
		{"integers", "SELECT PRODUCT(v), PRODUCT(DISTINCT v), SQL_VARIANT_PROPERTY(PRODUCT(v), 'BaseType') FROM (VALUES (CAST(2 AS tinyint)), (3), (3), (NULL)) x(v)", []string{"18|6|int", "Msg 8153: …"}},
		{"decimals", "SELECT PRODUCT(v), SQL_VARIANT_PROPERTY(PRODUCT(v), 'Scale') FROM (VALUES (CAST(1.5 AS decimal(9,1))), (-2.5)) x(v)", []string{"-3.750000|6"}},
		{"whole decimals", "SELECT PRODUCT(v) FROM (VALUES (CAST(4 AS decimal(9,0))), (5)) x(v)", []string{"20"}},
		{"floats and money", "SELECT PRODUCT(CAST(v AS float)), PRODUCT(CAST(v AS money)) FROM (VALUES (0.5), (3)) x(v)", []string{"1.5|1.50"}},
		{"over rows", "SELECT PRODUCT(v) OVER (ORDER BY v) FROM (VALUES (2), (3), (4)) x(v)", []string{"2", "6", "24"}},
		{"nothing", "SELECT PRODUCT(v) FROM (VALUES (1)) x(v) WHERE 1 = 0", []string{"NULL"}},
		{"too much", "SELECT PRODUCT(v) FROM (VALUES (2000000000), (2)) x(v)", []string{"Msg 8115: …"}},
		{"no numbers", "SELECT PRODUCT(v) FROM (VALUES ('a')) x(v)", []string{"Msg 8117: Operand data type varchar is invalid for product operator."}},
	})
}

// TestIsJSON: what ISJSON looks for is said by a word.
func TestIsJSON(t *testing.T) {
	w := newWorld(t)
	k := w.as(boss())
	k.tell(t, []story{
		{"words", "SELECT ISJSON('1', SCALAR), ISJSON('[1]', scalar), ISJSON('[1]', ARRAY), ISJSON('{}', ARRAY), ISJSON('{}', OBJECT), ISJSON('true', VALUE), ISJSON('x', VALUE)", []string{"1|0|1|0|1|1|0"}},
		{"without", "SELECT ISJSON('1'), ISJSON('[1]'), ISJSON(NULL)", []string{"0|1|NULL"}},
		{"a column of that name is none", "SELECT ISJSON(v, array) FROM (VALUES ('[]', 'object')) x(v, array)", []string{"1"}},
		{"no such word", "SELECT ISJSON('1', number)", []string{"Msg 102: Incorrect syntax near 'number'."}},
	})
}

// TestNames: what has no name is refused, wherever it stands.
func TestNames(t *testing.T) {
	w := newWorld(t)
	k := w.as(boss())
	k.tell(t, []story{
		{"a table's", "CREATE TABLE dbo.[] (i int)", []string{"Msg 1038: …"}},
		{"in quotes", `CREATE TABLE dbo."" (i int)`, []string{"Msg 1038: …"}},
		{"an alias", "SELECT 1 AS []", []string{"Msg 1038: …"}},
		{"a column's", "CREATE TABLE t ([] int)", []string{"Msg 1038: …"}},
	})
}
