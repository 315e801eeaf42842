package tsql

import (
	"errors"
	"strings"
	"testing"
)

// rejected are texts with the first error that SQL Server gives for them.
var rejected = []struct {
	text   string
	number int32
	line   int32
	says   string
}{
	{"SELECT * FORM t", 102, 1, "Incorrect syntax near 'FORM'."},
	{"SELECT 1 +", 102, 1, "Incorrect syntax near '+'."},
	{"SELECT * FROM", 102, 1, "Incorrect syntax near 'FROM'."},
	{"SELECT *\nFROM\n\n", 102, 2, "Incorrect syntax near 'FROM'."},
	{"SELECT", 102, 1, "Incorrect syntax near 'SELECT'."},
	{"SELECT a,\n  b,\nFROM t", 156, 3, "Incorrect syntax near the keyword 'FROM'."},
	{"selec 1, 2; select (", 102, 1, "Incorrect syntax near '('."},
	{"SELECT 1; foo bar", 102, 1, "Incorrect syntax near 'foo'."},
	{"CREATE TABLE t (a INT,, b int)", 102, 1, "Incorrect syntax near ','."},
	{"SELECT a b c FROM t", 102, 1, "Incorrect syntax near 'c'."},
	{"SELECT [a b] [c d] 'e'", 102, 1, "Incorrect syntax near 'e'."},
	{"SELECT * FROM t WHERE a == 1", 102, 1, "Incorrect syntax near '='."},
	{"SELECT * FROM t WHERE a = 1 AND", 102, 1, "Incorrect syntax near 'AND'."},
	{"SELECT a = 1 = 2", 102, 1, "Incorrect syntax near '='."},
	{"SELECT (1 = 1)", 102, 1, "Incorrect syntax near '='."},
	{"SELECT * FROM t LIMIT 5", 102, 1, "Incorrect syntax near '5'."},
	{"SELECT ?", 102, 1, "Incorrect syntax near '?'."},
	{"SELECT 1 GO", 0, 0, ""},
	{"SELECT 1\nGO\nSELECT 2\nGO 5 6", 102, 4, "Incorrect syntax near '5'."},
	{"INSERT INTO t VALUES (1", 102, 1, "Incorrect syntax near '1'."},
	{"DECLARE @a", 102, 1, "Incorrect syntax near '@a'."},
	{"SELECT TOP @n * FROM t", 102, 1, "Incorrect syntax near '@n'."},
	{"BEGIN\nEND", 156, 2, "Incorrect syntax near the keyword 'END'."},
	{"IF 1 = 1", 102, 1, "Incorrect syntax near '1'."},
	{"UPDATE t SET", 102, 1, "Incorrect syntax near 'SET'."},
	{"SELECT * FROM (SELECT 1)", 102, 1, "Incorrect syntax near ')'."},
	{"SELECT count(*) FROM t GROUP a", 102, 1, "Incorrect syntax near 'a'."},
	{"SELECT * FROM t ORDER a", 102, 1, "Incorrect syntax near 'a'."},
	{"DROP INDEX i", 159, 1, "Must specify the table name and index name for the DROP INDEX statement."},
	{"SELECT user.table", 102, 1, "Incorrect syntax near '.'."},
	{"SELECT select", 156, 1, "Incorrect syntax near the keyword 'select'."},
	{"SELECT 'abc", 105, 1, "Unclosed quotation mark after the character string 'abc'."},
	{"SELECT 1\nSELECT N'it''s", 105, 2, "Unclosed quotation mark after the character string 'it''s'."},
	{"SELECT [abc", 105, 1, "Unclosed quotation mark after the character string 'abc'."},
	{"SELECT 1\n/* never /* ends */", 113, 2, "Missing end comment mark '*/'."},
	{"SELECT []", 1038, 1, "An object or column name is missing or empty."},
	{"SELECT 1 AS " + strings.Repeat("x", 129), 103, 1, "The identifier that starts with '" + strings.Repeat("x", 128) + "' is too long. Maximum length is 128."},
	{"SELECT * FROM a.b.c.d.e", 117, 1, "The object name 'a.b.c.d.e' contains more than the maximum number of prefixes. The maximum is 3."},
	{"SELECT 1 WITH c AS (SELECT 2) SELECT * FROM c", 319, 1, "Incorrect syntax near the keyword 'WITH'. If this statement is a common table expression"},
	{"DECLARE @a int\nWITH c AS (SELECT 2 x) SELECT * FROM c", 319, 2, "Incorrect syntax near the keyword 'WITH'."},
	{"SELECT * FROM t\nWITH c AS (SELECT 2 x) SELECT * FROM c", 336, 2, "Incorrect syntax near 'c'. If this is intended to be a common table expression"},
	{"SELECT * FROM (WITH c AS (SELECT 1 x) SELECT * FROM c) d", 156, 1, "Incorrect syntax near the keyword 'WITH'."},
	{"SELECT * FROM t WITH (FOO)", 321, 1, `"FOO" is not a recognized table hints option.`},
	{"SELECT 1 WHERE 1", 4145, 1, "An expression of non-boolean type specified in a context where a condition is expected, near '1'."},
	{"SELECT 1 FROM t WHERE a AND b = 1", 4145, 1, "near 'AND'."},
	{"SELECT CASE WHEN a THEN 1 END", 4145, 1, "near 'THEN'."},
	{"IF (@a) SELECT 1", 4145, 1, "near 'SELECT'."},
	{"SELECT 1; CREATE VIEW v AS SELECT 1", 111, 1, "'CREATE VIEW' must be the first statement in a query batch."},
	{"DECLARE @a int\nCREATE PROCEDURE p AS SELECT 1", 111, 2, "'CREATE/ALTER PROCEDURE' must be the first statement in a query batch."},
	{"SELECT 1 CREATE SCHEMA s", 111, 1, "'CREATE SCHEMA' must be the first statement in a query batch."},
	{"IF 1 = 1 CREATE VIEW v AS SELECT 1", 156, 1, "Incorrect syntax near the keyword 'VIEW'."},
	{"CREATE VIEW v AS SELECT 1; SELECT 2", 156, 1, "Incorrect syntax near the keyword 'SELECT'."},
	{"CREATE VIEW v AS SELECT a FROM t ORDER BY a", 1033, 1, "The ORDER BY clause is invalid in views"},
	{"SELECT * FROM (SELECT a FROM t ORDER BY a) x", 1033, 1, "The ORDER BY clause is invalid in views"},
	{"CREATE PROCEDURE db.dbo.p AS SELECT 1", 166, 1, "'CREATE/ALTER PROCEDURE' does not allow specifying the database name as a prefix to the object name."},
	{"CREATE FUNCTION f () RETURNS int AS BEGIN SELECT 1 END", 455, 1, "The last statement included within a function must be a return statement."},
	{"a: SELECT 1; A: SELECT 2", 132, 1, "The label 'A' has already been declared."},
	{"SELECT 1\nGOTO nowhere", 133, 2, "A GOTO statement references the label 'nowhere' but the label has not been declared."},
	{"BREAK", 135, 1, "Cannot use a BREAK statement outside the scope of a WHILE statement."},
	{"CONTINUE", 136, 1, "Cannot use a CONTINUE statement outside the scope of a WHILE statement."},
	{"RETURN 5", 178, 1, "A RETURN statement with a return value cannot be used in this context."},
	{"EXEC p 1 OUTPUT", 179, 1, "Cannot use the OUTPUT option when passing a constant to a stored procedure."},
	{"EXEC p @a = 1, 2", 119, 1, "Must pass parameter number 2 and subsequent parameters as '@name = value'."},
	{"SELECT @a = 1, b FROM t", 141, 1, "A SELECT statement that assigns a value to a variable must not be combined with data-retrieval operations."},
	{"SELECT 1 UNION SELECT 2 INTO t", 196, 1, "SELECT INTO must be the first query"},
	{"SELECT 1 EXCEPT ALL SELECT 2", 324, 1, "The 'ALL' version of the EXCEPT operator is not supported."},
	{"INSERT INTO t (a, b) VALUES (1)", 109, 1, "There are more columns in the INSERT statement than values"},
	{"INSERT INTO t (a) VALUES (1, 2)", 110, 1, "There are fewer columns in the INSERT statement than values"},
	{"INSERT INTO t VALUES (1), (1, 2)", 10709, 1, "The number of columns for each row in a table value constructor must be the same."},
	{"INSERT INTO t VALUES (1)" + strings.Repeat(", (1)", 1000), 10738, 1, "maximum allowed number of 1000 row values"},
	{"MERGE t USING s ON 1=1 WHEN MATCHED THEN DELETE", 10713, 1, "A MERGE statement must be terminated by a semi-colon (;)."},
	{"MERGE t USING s ON 1=1 WHEN MATCHED THEN INSERT VALUES (1);", 10710, 1, "An action of type 'INSERT' is not allowed in the 'WHEN MATCHED' clause of a MERGE statement."},
	{"MERGE t USING s ON 1=1 WHEN MATCHED THEN DELETE WHEN MATCHED AND 1=1 THEN UPDATE SET a=1;", 5324, 1, "In a MERGE statement, a 'WHEN MATCHED' clause with a search condition"},
	{"MERGE t USING s ON 1=1 WHEN MATCHED AND 1=1 THEN DELETE WHEN MATCHED THEN DELETE;", 10714, 1, "An action of type 'DELETE' cannot appear more than once"},
	{"SELECT CAST(1 int)", 1035, 1, "Incorrect syntax near 'CAST', expected 'AS'."},
	{"SELECT CAST(1)", 1035, 1, "Incorrect syntax near 'CAST', expected 'AS'."},
	{"CREATE TABLE t (a)", 173, 1, "The definition for column 'a' must include a data type."},
	{"CREATE TABLE t (a int NULL NOT NULL)", 8150, 1, "Multiple NULL constraints were specified for column 'a', table 't'."},
	{"DECLARE @a varchar(99999999999)", 1001, 1, "Length or precision specification 99999999999 is invalid."},
	{"SET FOO ON", 195, 1, "'FOO' is not a recognized SET option."},
	{"CREATE FOO x", 343, 1, "Unknown object type 'FOO' used in a CREATE, DROP, or ALTER statement."},
	{"CREATE MASTER KEY ENCRYPTION BY PASSWORD = 'x'", 40510, 1, "Statement 'CREATE MASTER KEY' is not supported in this version of SQL Server."},
	{"BACKUP DATABASE d TO DISK = 'x'", 40510, 1, "Statement 'BACKUP' is not supported in this version of SQL Server."},
	{"CREATE TABLE t (a int CONSTRAINT x DEFAULT 1 DEFAULT 2)", 8148, 1, "More than one column DEFAULT constraint specified for column 'a', table 't'."},
	{"SELECT DEFAULT", 156, 1, "Incorrect syntax near the keyword 'DEFAULT'."},
	{"SELECT 1 FROM t WHERE a IN ()", 102, 1, "Incorrect syntax near ')'."},
	{"SELECT a FROM t PIVOT (b FOR c IN ([1])) p", 102, 1, "Incorrect syntax near 'FOR'."},
	{"SELECT \x00", 102, 1, "Incorrect syntax near"},
	{"SELECT 1 \u2026", 102, 1, "Incorrect syntax near '\u2026'."},
	{"SELECT \xff\xfe", 102, 1, "Incorrect syntax near"},
	{"SELECT {fn TIMESTAMPADD(x, 1, d)}", 155, 1, "'x' is not a recognized TIMESTAMPADD option."},
	{"SELECT {fn CONVERT(1, int)}", 102, 1, "Incorrect syntax near 'int'."},
	{"THROW 1", 102, 1, "Incorrect syntax near '1'."},
	{"PRINT 'x' THROW", 102, 1, "Incorrect syntax near 'THROW'."},
	{"CREATE FUNCTION f (@a int OUTPUT) RETURNS int AS BEGIN RETURN 1 END", 181, 1, "Cannot use the OUTPUT option in a DECLARE"},
	{"SELECT 1 FROM a JOIN b", 102, 1, "Incorrect syntax near 'b'."},
	{"GRANT SELECT ON t", 102, 1, "Incorrect syntax near 't'."},
	{"ALTER ROLE r ADD x", 102, 1, "Incorrect syntax near 'x'."},
	{"SELECT * FROM t OPTION (FOO)", 102, 1, "Incorrect syntax near ')'."},
	{"SELECT a.* + 1 FROM t", 102, 1, "Incorrect syntax near '+'."},
	{"SELECT 1 + t.* FROM t", 102, 1, "Incorrect syntax near '*'."},
	{"SELECT 1" + strings.Repeat(",1", 4096), 1056, 1, "exceeds the maximum allowed number of 4096 elements"},
	{"SELECT 1 WHERE 1 IN (1" + strings.Repeat(",1", 65535) + ")", 8632, 1, "An expression services limit has been reached."},
	{"SELECT 1" + strings.Repeat(" ", maxBatch), 701, 1, "There is insufficient system memory"},
	{"SELECT * FROM " + strings.Repeat("t,", 300) + "t", 106, 1, "Too many table names in the query. The maximum allowable is 256."},
}

func TestRejected(t *testing.T) {
	for _, c := range rejected {
		_, err := Parse(c.text, Options{QuotedIdentifier: true})
		var e *Error
		switch {
		case c.number == 0:
			if err != nil {
				t.Errorf("%s\n\tgot %v", short(c.text), err)
			}
		case !errors.As(err, &e):
			t.Errorf("%s\n\taccepted, want Msg %d", short(c.text), c.number)
		case e.Number != c.number || e.Line != c.line || !strings.Contains(e.Text, c.says):
			t.Errorf("%s\n\tgot Msg %d, Line %d: %s\n\twant Msg %d, Line %d: %s", short(c.text), e.Number, e.Line, e.Text, c.number, c.line, c.says)
		case e.Class < 15 || e.State == 0:
			t.Errorf("%s\n\tclass %d, state %d", short(c.text), e.Class, e.State)
		}
	}
}

func short(s string) string {
	if len(s) > 120 {
		return s[:120] + "…"
	}
	return s
}

// TestDepth: whatever nests deeply is refused with a number, and neither hangs nor ends the process.
func TestDepth(t *testing.T) {
	const n = 10_000
	r := strings.Repeat
	for name, text := range map[string]string{
		"parentheses":  "SELECT " + r("(", n) + "1" + r(")", n),
		"predicates":   "SELECT 1 WHERE " + r("(", n) + "1=1" + r(")", n),
		"sum":          "SELECT 1" + r("+1", n),
		"nested sums":  "SELECT " + r("(", 900) + "1" + r(r("+1", 100)+")", 900),
		"signs":        "SELECT " + r("- ", n) + "1",
		"not":          "SELECT 1 WHERE " + r("NOT ", n) + "1=1",
		"case":         "SELECT " + r("CASE WHEN 1=1 THEN ", n) + "1" + r(" END", n),
		"calls":        "SELECT " + r("f(", n) + "1" + r(")", n),
		"subqueries":   "SELECT " + r("(SELECT ", n) + "1" + r(")", n),
		"derived":      r("SELECT * FROM (", n) + "SELECT 1 a" + r(") x", n),
		"in":           "SELECT 1 WHERE 1 IN (" + r("(", n) + "1" + r(")", n) + ")",
		"exists":       "SELECT 1 WHERE " + r("EXISTS (SELECT 1 WHERE ", n) + "1=1" + r(")", n),
		"joins":        "SELECT * FROM " + r("(", n) + "a" + r(" CROSS JOIN b)", n),
		"open joins":   "SELECT * FROM a " + r("JOIN b ", n) + r("ON 1=1 ", n),
		"unions":       "SELECT 1" + r(" UNION ALL SELECT 1", n),
		"set operands": r("(", n) + "SELECT 1" + r(")", n),
		"blocks":       r("BEGIN ", n) + "SELECT 1" + r(" END", n),
		"if":           r("IF 1=1 ", n) + "SELECT 1",
		"else":         r("IF 1=1 SELECT 1 ELSE ", n) + "SELECT 1",
		"while":        r("WHILE 1=1 ", n) + "SELECT 1",
		"tries":        r("BEGIN TRY ", n),
		"grouping":     "SELECT 1 GROUP BY " + r("ROLLUP(", n) + "a" + r(")", n),
		"group lists":  "SELECT 1 GROUP BY " + r("(", n) + "a" + r(", a)", n),
		"options":      "ALTER DATABASE d MODIFY (" + r("A = (", n) + "B" + r(")", n),
		"collate":      "SELECT a" + r(" COLLATE b", n),
		"zones":        "SELECT a" + r(" AT TIME ZONE 'x'", n),
		"methods":      "SELECT @a" + r(".b()", n),
		"changes":      r("INSERT t SELECT * FROM (", n),
	} {
		_, err := Parse(text, Options{QuotedIdentifier: true})
		var e *Error
		if !errors.As(err, &e) || e.Number != 191 && e.Number != 8631 && e.Number != 106 && e.Number != 102 {
			t.Errorf("%s: %v", name, err)
		} else if e.Number == 102 && name != "open joins" && name != "changes" {
			t.Errorf("%s: Msg %d %v", name, e.Number, err)
		}
	}
	for name, text := range map[string]string{
		"or":     "SELECT 1 WHERE 1=1" + r(" OR 1=1", n),
		"and":    "SELECT 1 WHERE 1=1" + r(" AND 1=1", n),
		"in":     "SELECT 1 WHERE 1 IN (1" + r(",1", n) + ")",
		"depth":  "SELECT " + r("(", 300) + "1" + r(")", 300),
		"concat": "SELECT ''" + r(" + 'x'", 5000),
	} {
		if _, err := Parse(text, Options{}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
