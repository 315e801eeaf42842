package sqldb

import (
	"slices"
	"strings"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// TestDriverQuestions holds what the suites of drivers, ORMs and migration tools ask to what Azure SQL answers.
func TestDriverQuestions(t *testing.T) {
	w := newWorld(t)
	k := w.as(boss())
	const previous = "Msg 1750: Could not create constraint or index. See previous errors."
	for _, c := range []struct {
		name  string
		batch string
		want  []string
	}{
		{"DB_ID and DB_NAME", "SELECT DB_NAME(DB_ID('app ')), DB_NAME(DB_ID()), DB_ID('MASTER'), DB_NAME(1), DB_ID('nowhere'), DB_NAME(999), DB_ID(NULL)", []string{"app|app|1|master|NULL|NULL|NULL"}},
		{"@@OPTIONS", "SET ARITHIGNORE ON; SET ANSI_NULL_DFLT_OFF ON; SELECT @@OPTIONS & 128, @@OPTIONS & 2048, @@OPTIONS & 1024; SET ARITHIGNORE OFF; SET ANSI_NULL_DFLT_ON ON; SELECT @@OPTIONS & 128, @@OPTIONS & 2048, @@OPTIONS & 1024", []string{"128|2048|0", "0|0|1024"}},
		{"the session's own settings", "SET TRANSACTION ISOLATION LEVEL SNAPSHOT; SET LOCK_TIMEOUT 7; SET ANSI_WARNINGS OFF; SELECT transaction_isolation_level, lock_timeout, ansi_warnings, quoted_identifier, language FROM sys.dm_exec_sessions WHERE session_id = @@SPID; SET TRANSACTION ISOLATION LEVEL READ COMMITTED; SET LOCK_TIMEOUT -1; SET ANSI_WARNINGS ON", []string{"5|7|0|1|us_english"}},
		{"open transactions", "SELECT COUNT(*) FROM sys.dm_tran_session_transactions; BEGIN TRAN; BEGIN TRAN; SELECT session_id - @@SPID, is_user_transaction, open_transaction_count FROM sys.dm_tran_session_transactions; ROLLBACK", []string{"0", "0|1|2"}},
		{"the metadata of conversions", "SELECT 1 AS a, CAST(1 AS int) AS b, ISNULL(CAST(1 AS int), 0) AS c INTO made; SELECT name, is_nullable FROM sys.columns WHERE object_id = OBJECT_ID('made') ORDER BY column_id; DROP TABLE made", []string{"a|0", "b|1", "c|0"}},
		{"texts of constraints", "CREATE TABLE texts (a int CONSTRAINT da DEFAULT 3, b AS a + 1, CONSTRAINT ca CHECK (a > 1)); SELECT OBJECT_NAME(id), number FROM sys.syscomments WHERE id IN (OBJECT_ID('da'), OBJECT_ID('ca'), OBJECT_ID('texts')) ORDER BY 1; DROP TABLE texts", []string{"ca|0", "da|0", "texts|2"}},

		{"system objects", "SELECT OBJECT_NAME(OBJECT_ID('sys.tables')), OBJECT_SCHEMA_NAME(OBJECT_ID('information_schema.columns')), COL_LENGTH('sys.objects', 'object_id'), COL_NAME(OBJECT_ID('sys.objects'), 1), OBJECTPROPERTY(OBJECT_ID('sys.views'), 'IsMSShipped'), OBJECT_ID('sys.nothing'), OBJECT_ID('tables'), OBJECT_ID('sp_help', 'P') - OBJECT_ID('app.sys.sp_help')", []string{"tables|INFORMATION_SCHEMA|4|name|1|NULL|NULL|0"}},
		{"system columns", "SELECT TOP 1 c.name FROM sys.system_columns AS c JOIN sys.system_objects AS o ON o.object_id = c.object_id WHERE o.name = 'schemas' AND is_ms_shipped = 1 ORDER BY column_id; SELECT COUNT(*) FROM sys.all_columns AS a JOIN sys.all_views AS v ON v.object_id = a.object_id WHERE v.name = 'schemas'; SELECT COUNT(*) FROM sys.objects WHERE object_id < 0", []string{"name", "3", "0"}},

		{"NULL and PRIMARY KEY", "CREATE TABLE bad (a int NULL PRIMARY KEY)", []string{"Msg 8111: Cannot define PRIMARY KEY constraint on nullable column in table 'bad'.", previous}},
		{"NULL and a table's PRIMARY KEY", "CREATE TABLE bad (a int NULL, b int, PRIMARY KEY (b, a))", []string{"Msg 8111: …", previous}},
		{"NULL and IDENTITY", "CREATE TABLE bad (a int NULL IDENTITY)", []string{"Msg 8147: …"}},
		{"a CATCH has the second error", "BEGIN TRY CREATE TABLE #bad (a int NULL PRIMARY KEY) END TRY BEGIN CATCH SELECT ERROR_NUMBER() END CATCH", []string{"1750"}},
		{"a key of no column", "CREATE TYPE bad AS TABLE (a int, PRIMARY KEY (b)); CREATE TABLE bad (a int, PRIMARY KEY (b))", []string{"Msg 1911: Column name 'b' does not exist in the target table or view.", previous, "Msg 1911: …", previous}},
		{"messages by number", "RAISERROR (15097, -1, -1); RAISERROR (15600, -1, -1, 'mine')", []string{"Msg 15097: The size associated with an extended property cannot be more than 7,500 bytes.", "Msg 15600: An invalid parameter or option was specified for procedure 'mine'."}},
		{"OPTION before FOR", "WITH n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 3) SELECT n FROM n ORDER BY n OPTION (MAXRECURSION 3) FOR JSON AUTO; SELECT 1 AS a FOR JSON PATH OPTION (MAXDOP 1)", []string{`[{"n":1},{"n":2},{"n":3}]`, `[{"a":1}]`}},
		{"sp_help of a type", "EXEC sp_help int; EXEC sp_help 'nvarchar'", []string{"int|int|4|10|0|yes|none|none|NULL", "nvarchar|nvarchar|8000|4000|NULL|yes|none|none|SQL_Latin1_General_CP1_CI_AS"}},
		{"two primary keys", "CREATE TABLE one (a int CONSTRAINT pk_one PRIMARY KEY, b int NOT NULL); ALTER TABLE one ADD PRIMARY KEY (b); SELECT @@ERROR", []string{"Msg 1779: …", previous, "1750"}},
		{"the constraint's name is taken", "ALTER TABLE one ADD CONSTRAINT pk_one UNIQUE (b)", []string{"Msg 2714: …", previous}},
		{"the table's name is taken", "CREATE TABLE one (a int)", []string{"Msg 2714: …"}},
		{"duplicates", "INSERT one VALUES (1, 1), (2, 1); ALTER TABLE one ADD CONSTRAINT uq UNIQUE (b); CREATE UNIQUE INDEX uq ON one (b)", []string{"Msg 1505: …", previous, "Msg 1505: …"}},
		{"a reference to nothing", "CREATE TABLE two (a int REFERENCES nowhere (a))", []string{"Msg 1767: …", previous}},

		{"a reference to itself that cascades", "CREATE TABLE two (a int PRIMARY KEY, up int REFERENCES two (a) ON DELETE CASCADE)", []string{"Msg 1785: …", previous}},
		{"two ways to a table", "CREATE TABLE two (a int REFERENCES one (a) ON DELETE CASCADE, b int REFERENCES one (a) ON DELETE SET NULL)", []string{"Msg 1785: …", previous}},
		{"one way on delete, one on update", "CREATE TABLE two (a int PRIMARY KEY REFERENCES one (a) ON DELETE CASCADE, b int REFERENCES one (a) ON UPDATE CASCADE)", nil},
		{"a way round", "CREATE TABLE three (a int REFERENCES two (a) ON DELETE CASCADE, b int CONSTRAINT fk_b REFERENCES one (a))", nil},
		{"closed", "ALTER TABLE three ADD FOREIGN KEY (b) REFERENCES one (a) ON DELETE CASCADE", []string{"Msg 1785: …", previous}},
		{"a cycle", "ALTER TABLE one ADD FOREIGN KEY (b) REFERENCES two (a) ON DELETE CASCADE", []string{"Msg 1785: …", previous}},
	} {
		t.Run(c.name, func(t *testing.T) {
			k.t = t
			k.want(c.batch, c.want...)
		})
	}
	s, err := w.login(Login{Caller: boss(), Database: "master"})
	if err != nil {
		t.Fatal(err)
	}
	w.talk(s).want("SELECT DB_NAME(DB_ID('app')), DB_ID('master')", "app|1")
}

// TestUserOptions: DBCC USEROPTIONS says what SET has set.
func TestUserOptions(t *testing.T) {
	k := newWorld(t).as(boss())
	k.want("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; SET DATEFIRST 3; SET ANSI_PADDING OFF; DBCC USEROPTIONS",
		"textsize|-1", "language|us_english", "dateformat|mdy", "datefirst|3", "lock_timeout|-1", "quoted_identifier|SET", "arithabort|SET",
		"ansi_null_dflt_on|SET", "ansi_warnings|SET", "ansi_nulls|SET", "concat_null_yields_null|SET", "isolation level|serializable", "Msg 2528: …")
	if got := k.ask("SET TRANSACTION ISOLATION LEVEL READ COMMITTED; DBCC USEROPTIONS WITH NO_INFOMSGS"); !slices.Contains(strings.Split(got, "\n"), "isolation level|read committed snapshot") {
		t.Error(got)
	}
}

// TestTemporaryProcedures: a procedure whose name begins with # is the session's, and has no rights but the caller's.
func TestTemporaryProcedures(t *testing.T) {
	w := newWorld(t)
	k, other := w.as(boss()), w.as(boss())
	k.want("CREATE PROCEDURE #half @n int, @out int OUTPUT AS SET @out = @n / 2; RETURN 21")
	k.want("DECLARE @o int, @r int; EXEC @r = #half 10, @o OUTPUT; SELECT @o, @r", "5|21")
	k.want("SELECT COUNT(*) FROM sys.procedures; SELECT COUNT(OBJECT_ID('tempdb..#half'))", "0", "1")
	k.want("CREATE PROCEDURE #half AS SELECT 1", "Msg 2714: There is already an object named '#half' in the database.")
	k.want("CREATE OR ALTER PROCEDURE #half AS SELECT 1")
	k.want("EXEC #half", "1")
	k.want("ALTER PROCEDURE #none AS SELECT 1", "Msg 208: Invalid object name '#none'.")
	k.want("CREATE PROCEDURE ##all AS SELECT 1", "Msg 40516: …")
	k.want("CREATE VIEW #v AS SELECT 1 AS a", "Msg 4103: …")
	k.want("CREATE FUNCTION #f() RETURNS int AS BEGIN RETURN 1 END", "Msg 1074: …")
	other.want("EXEC #half", "Msg 2812: …")
	k.want("BEGIN TRAN; DROP PROCEDURE #half; ROLLBACK; EXEC #half", "1")
	k.want("DROP PROCEDURE #half; DROP PROCEDURE IF EXISTS #half; DROP PROCEDURE #half", "Msg 3701: …")
	k.want("EXEC #half", "Msg 2812: …")

	k.want("CREATE TABLE secret (a int); INSERT secret VALUES (1); CREATE USER poor WITHOUT LOGIN")
	k.want("EXECUTE AS USER = 'poor'; EXEC ('CREATE PROCEDURE #look AS SELECT a FROM secret'); EXEC #look; REVERT", "Msg 229: …")
	k.want("EXEC #look", "1")
	if err := k.session.Reset(t.Context(), false, &recorder{}); err != nil {
		t.Fatal(err)
	}
	k.want("EXEC #look", "Msg 2812: …")
}

// TestOutputsAsDeclared: an OUTPUT parameter goes back in the type that the client has declared, or not at all.
func TestOutputsAsDeclared(t *testing.T) {
	k := newWorld(t).as(boss())
	k.want("CREATE PROCEDURE takes @a int AS SELECT @a")
	k.want("EXEC takes 'abc'; EXEC takes '7'", "Msg 8114: Error converting data type varchar to int.", "7")
	k.want("EXEC sp_executesql N'SELECT @d', N'@d date', 'x'; SELECT 1", "Msg 8114: Error converting data type varchar to date.", "1")
	k.want("CREATE PROCEDURE gives @bit bit OUTPUT, @big bigint OUTPUT, @text nvarchar(20) OUTPUT AS SELECT @bit = 1, @big = 3000000000, @text = N'a long text'")
	argument := func(name string, to value.Type) Argument {
		return Argument{Name: name, Type: to, Value: value.Null(), Output: true}
	}
	out := &recorder{}
	err := k.session.Call(t.Context(), Call{Procedure: "gives", Arguments: []Argument{
		argument("@bit", value.Type{ID: value.BigInt}), argument("@big", value.Type{ID: value.Float}), argument("@text", value.Type{ID: value.VarChar, Length: 6}),
	}}, out)
	if err != nil || len(out.outputs) != 3 || len(out.lines) != 0 {
		t.Fatal(err, out.outputs, out.lines)
	}
	for i, want := range []string{"1", "3e+009", "a long"} {
		if got := cell(out.outputs[i].Value, out.outputs[i].Type); got != want || out.outputs[i].Type.ID != []value.ID{value.BigInt, value.Float, value.VarChar}[i] {
			t.Errorf("%d: %s of %s, want %s", i, got, out.outputs[i].Type, want)
		}
	}
	out = &recorder{}
	err = k.session.Call(t.Context(), Call{Procedure: "gives", Arguments: []Argument{
		argument("@bit", value.Type{ID: value.Bit}), argument("@big", value.Type{ID: value.Int}), argument("@text", value.Type{ID: value.NVarChar, Length: 40}),
	}}, out)
	if err != nil || len(out.outputs) != 0 || !slices.Equal(out.lines, []string{"Msg 8114: Error converting data type bigint to int."}) {
		t.Error(err, out.outputs, out.lines)
	}
}

// TestCheckOption: what is written through a view WITH CHECK OPTION, or through one over it, is what that view shows.
func TestCheckOption(t *testing.T) {
	k := newWorld(t).as(boss())
	const refused = "Msg 550: The attempted insert or update failed because the target view …"
	k.want("CREATE TABLE t (a int PRIMARY KEY, b int); CREATE TABLE other (a int); INSERT other VALUES (1), (2)")
	k.want("CREATE VIEW plain AS SELECT a, b FROM t WHERE b < 100")
	k.want("CREATE VIEW checked AS SELECT a AS x, b AS y FROM plain WHERE b > 10 WITH CHECK OPTION")
	k.want("CREATE VIEW above AS SELECT x, y FROM checked WHERE x < 5")
	k.want("CREATE VIEW known AS SELECT a, b FROM t WHERE EXISTS (SELECT * FROM other AS o WHERE o.a = t.a) WITH CHECK OPTION")
	for _, c := range []struct {
		batch string
		want  []string
	}{
		{"INSERT checked VALUES (1, 11)", nil},
		{"INSERT checked VALUES (2, 10)", []string{refused}},
		{"INSERT checked VALUES (2, 100)", []string{refused}},
		{"INSERT checked (x) VALUES (2)", []string{refused}},
		{"INSERT plain VALUES (2, 200)", nil},
		{"INSERT above VALUES (9, 12)", nil},
		{"INSERT above VALUES (10, 1)", []string{refused}},
		{"UPDATE checked SET y = 5", []string{refused}},
		{"UPDATE checked SET y = y + 1 WHERE x = 1; SELECT b FROM t WHERE a = 1", []string{"12"}},
		{"UPDATE t SET b = 5 WHERE a = 9; SELECT COUNT(*) FROM checked", []string{"1"}},
		{"DELETE checked; SELECT a, b FROM t ORDER BY a", []string{"2|200", "9|5"}},
		{"INSERT known VALUES (1, 1)", nil},
		{"INSERT known VALUES (3, 1)", []string{refused}},
		{"UPDATE known SET a = 7 WHERE a = 1; UPDATE known SET b = 8 WHERE a = 1", []string{refused}},
		{"DECLARE @n int = 3; INSERT checked SELECT @n, 20; SELECT b FROM t WHERE a = 3", []string{"20"}},
		{"UPDATE c SET y = 0 FROM checked AS c JOIN other AS o ON o.a < c.x", []string{refused}},
	} {
		k.want(c.batch, c.want...)
	}
}

// TestSelfReference: a view or a function cannot be changed into one that names itself.
func TestSelfReference(t *testing.T) {
	k := newWorld(t).as(boss())
	const refused = "Msg 4429: View or function '%s' contains a self-reference. Views or functions cannot reference themselves directly or indirectly."
	k.want("CREATE VIEW one AS SELECT 1 AS a")
	k.want("CREATE VIEW two AS SELECT a FROM one")
	k.want("CREATE FUNCTION f() RETURNS TABLE AS RETURN SELECT a FROM two")
	k.want("CREATE VIEW one_more AS SELECT a FROM one_more", "Msg 208: …")
	k.want("ALTER VIEW one AS SELECT a FROM one", strings.Replace(refused, "%s", "one", 1))
	k.want("CREATE OR ALTER VIEW one AS SELECT a FROM two", strings.Replace(refused, "%s", "one", 1))
	k.want("ALTER VIEW one AS SELECT a FROM f()", strings.Replace(refused, "%s", "one", 1))
	k.want("ALTER FUNCTION f() RETURNS TABLE AS RETURN SELECT a FROM f()", strings.Replace(refused, "%s", "f", 1))
	k.want("SELECT a FROM f(); SELECT value FROM STRING_SPLIT('x', ','); SELECT a FROM nothing()", "1", "x", "Msg 208: Invalid object name 'nothing'.")
	k.want("SELECT a FROM f() UNION ALL SELECT x.a FROM one AS x JOIN one AS y ON x.a = y.a", "1", "1")
}
