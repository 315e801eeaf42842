package sqldb

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/function"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// TestBatches holds what the interpreter does with errors, transactions, variables and modules to SQL Server's answers.
func TestBatches(t *testing.T) {
	w := newWorld(t)
	k := w.as(boss())
	k.want("CREATE TABLE a (id int PRIMARY KEY, v varchar(5) CHECK (v <> 'bad'))")
	for _, c := range []struct {
		name  string
		batch string
		want  []string
	}{
		{"a statement's error ends the statement", "INSERT a VALUES (1,'x'); INSERT a VALUES (1,'y'); SELECT @@ERROR, COUNT(*) FROM a; DELETE a", []string{"Msg 2627: …", "2627|1"}},
		{"a conversion's ends the batch", "SELECT CONVERT(int,'abc'); SELECT 1", []string{"Msg 245: Conversion failed when converting the varchar value 'abc' to data type int."}},
		{"a conversion's rolls back", "BEGIN TRAN; INSERT a VALUES (1,'x'); SELECT CONVERT(int,'abc')", []string{"Msg 245: …"}},
		{"rolled back", "SELECT @@TRANCOUNT, COUNT(*) FROM a", []string{"0|0"}},
		{"a name that is not there ends the batch", "PRINT 'a'; SELECT * FROM nowhere; PRINT 'b'", []string{"Msg 0: a", "Msg 208: Invalid object name 'nowhere'."}},
		{"syntax, before anything runs", "PRINT 'a'; SELEC 1", []string{"Msg 102: …"}},
		{"an undeclared variable", "SELECT @x", []string{`Msg 137: Must declare the scalar variable "@x".`}},
		{"a variable twice", "DECLARE @x int; DECLARE @X int", []string{"Msg 134: …"}},
		{"caught", "BEGIN TRY SELECT 1/0; PRINT 'no' END TRY BEGIN CATCH SELECT ERROR_NUMBER(), ERROR_SEVERITY(), ERROR_STATE(), ERROR_LINE() END CATCH", []string{"8134|16|1|1"}},
		{"caught, and the batch goes on", "BEGIN TRY INSERT a VALUES (1,'bad') END TRY BEGIN CATCH PRINT ERROR_MESSAGE() END CATCH; SELECT 'on'", []string{"Msg 0: The INSERT statement conflicted…", "on"}},
		{"not caught where it could not be bound", "BEGIN TRY SELECT * FROM nowhere END TRY BEGIN CATCH PRINT 'no' END CATCH", []string{"Msg 208: …"}},
		{"caught one level up", "BEGIN TRY EXEC ('SELECT * FROM nowhere') END TRY BEGIN CATCH PRINT ERROR_MESSAGE() END CATCH", []string{"Msg 0: Invalid object name 'nowhere'."}},
		{"THROW again", "BEGIN TRY SELECT 1/0 END TRY BEGIN CATCH THROW END CATCH; PRINT 'no'", []string{"Msg 8134: …"}},
		{"THROW ends the batch", "THROW 50001, 'thrown', 3; PRINT 'no'", []string{"Msg 50001: thrown"}},
		{"RAISERROR does not", "RAISERROR('raised %s %d', 16, 1, 'a', 5); PRINT 'yes'", []string{"Msg 50000: raised a 5", "Msg 0: yes"}},
		{"XACT_ABORT", "SET XACT_ABORT ON; BEGIN TRAN; INSERT a VALUES (1,'x'); INSERT a VALUES (1,'y'); PRINT 'no'", []string{"Msg 2627: …"}},
		{"XACT_ABORT, after", "SELECT @@TRANCOUNT, COUNT(*) FROM a; SET XACT_ABORT OFF", []string{"0|0"}},
		{"a doomed transaction", "SET XACT_ABORT ON; BEGIN TRY BEGIN TRAN; SELECT 1/0 END TRY BEGIN CATCH SELECT XACT_STATE(); INSERT a VALUES (1,'x') END CATCH", []string{"-1", "Msg 3930: …"}},
		{"a doomed transaction at the end of the batch", "SET XACT_ABORT ON; BEGIN TRY BEGIN TRAN; SELECT 1/0 END TRY BEGIN CATCH SELECT XACT_STATE() END CATCH", []string{"-1", "Msg 3998: …"}},
		{"a doomed transaction, after", "SELECT @@TRANCOUNT; SET XACT_ABORT OFF", []string{"0"}},
		{"savepoints", "BEGIN TRAN; INSERT a VALUES (1,'x'); SAVE TRAN s; INSERT a VALUES (2,'y'); ROLLBACK TRAN s; COMMIT; SELECT COUNT(*) FROM a; DELETE a", []string{"1"}},
		{"nested transactions", "BEGIN TRAN; BEGIN TRAN; COMMIT; SELECT @@TRANCOUNT; ROLLBACK; SELECT @@TRANCOUNT", []string{"1", "0"}},
		{"no transaction", "COMMIT", []string{"Msg 3902: …"}},
		{"no transaction to roll back", "ROLLBACK", []string{"Msg 3903: …"}},
		{"definitions are rolled back", "BEGIN TRAN; CREATE TABLE gone (i int); INSERT gone VALUES (1); SELECT COUNT(*) FROM gone; ROLLBACK; SELECT OBJECT_ID('gone')", []string{"1", "NULL"}},
		{"definitions, to a savepoint", "BEGIN TRAN; CREATE TABLE kept (i int); SAVE TRAN s; ALTER TABLE kept ADD j int; ROLLBACK TRAN s; COMMIT; SELECT COUNT(*) FROM sys.columns WHERE object_id = OBJECT_ID('kept'); DROP TABLE kept", []string{"1"}},
		{
			"SELECT INTO keeps an identity of one table", "CREATE TABLE src (id int IDENTITY(5,1), v int); INSERT src VALUES (1); SELECT id, v INTO #one FROM src; SELECT src.id, x.v INTO #two FROM src LEFT JOIN src AS x ON 1 = 0; SELECT id, id AS again INTO #three FROM src; SELECT id INTO #four FROM src UNION ALL SELECT id FROM src; " +
				"INSERT #one VALUES (2); INSERT #two VALUES (8, 2); INSERT #three VALUES (9, 9); INSERT #four VALUES (7); SELECT MAX(id) FROM #one; SELECT MAX(id) FROM #two; DROP TABLE #one, #two, #three, #four, src",
			[]string{"6", "8"},
		},
		{
			"a condition's only column", "CREATE TABLE con (a int, b int, CONSTRAINT con_a CHECK (a > 0 AND A < 9), CONSTRAINT con_ab CHECK (a <> b), CONSTRAINT con_0 CHECK (1 = 1)); ALTER TABLE con ADD CONSTRAINT con_b CHECK (b > 0); SELECT name, COL_NAME(parent_object_id, parent_column_id) FROM sys.check_constraints WHERE parent_object_id = OBJECT_ID('con') ORDER BY name; DROP TABLE con",
			[]string{"con_0|NULL", "con_a|a", "con_ab|NULL", "con_b|b"},
		},
		{"a column's condition on another", "CREATE TABLE con (a int, b int CHECK (a <> b))", []string{"Msg 8141: Column CHECK constraint for column 'b' references another column, table 'con'.", "Msg 1750: …"}},
		{
			"sp_rename with the database", "CREATE TABLE ren (a int DEFAULT 0 CHECK (a IN (1, 2)), k int CONSTRAINT ren_k PRIMARY KEY); EXEC sp_rename 'app.dbo.ren.ren_k', 'ren_key'; EXEC sp_rename 'app.dbo.ren.a', 'b'; EXEC sp_rename 'dbo.ren.b', 'c', 'COLUMN'; EXEC sp_rename 'app.dbo.ren', 'ren2'; EXEC sp_rename 'dbo.ren2.nothing', 'd'; SELECT c.name, k.name FROM sys.columns AS c CROSS JOIN sys.key_constraints AS k WHERE c.object_id = OBJECT_ID('ren2') AND k.parent_object_id = c.object_id AND c.column_id = 1; DROP TABLE ren2",
			[]string{"Msg 15477: …", "Msg 15477: …", "Msg 15477: …", "Msg 15477: …", "Msg 15225: …", "c|ren_key"},
		},
		{
			"names of keys are free again", "CREATE TABLE k (i int CONSTRAINT k_i PRIMARY KEY, j int CONSTRAINT k_j UNIQUE, l int CONSTRAINT k_l DEFAULT 1 CONSTRAINT k_c CHECK (l > 0)); ALTER TABLE k DROP CONSTRAINT k_j; ALTER TABLE k ADD CONSTRAINT k_j UNIQUE (l); EXEC sp_rename 'k', 'k2'; DROP TABLE k2; " +
				"CREATE TABLE k (i int CONSTRAINT k_i PRIMARY KEY, j int CONSTRAINT k_j UNIQUE, l int CONSTRAINT k_l DEFAULT 1 CONSTRAINT k_c CHECK (l > 0)); SELECT COUNT(*) FROM sys.objects WHERE name LIKE 'k[_]_'; DROP TABLE k",
			[]string{"Msg 15477: …", "4"},
		},
		{"identity survives rollback", "CREATE TABLE n (i int IDENTITY, j int); BEGIN TRAN; INSERT n VALUES (1); ROLLBACK; INSERT n VALUES (2); SELECT i FROM n; DROP TABLE n", []string{"2"}},
		{"loops", "DECLARE @i int = 0, @s int = 0; WHILE 1 = 1 BEGIN SET @i += 1; IF @i % 2 = 0 CONTINUE; IF @i > 7 BREAK; SET @s += @i END; SELECT @s", []string{"16"}},
		{"GOTO", "DECLARE @i int = 0; again: SET @i += 1; IF @i < 3 GOTO again; SELECT @i", []string{"3"}},
		{"RETURN", "PRINT 'a'; RETURN; PRINT 'b'", []string{"Msg 0: a"}},
		{"variables from rows", "DECLARE @s varchar(20) = ''; SELECT @s = @s + c FROM (VALUES ('a'),('b')) x(c); SELECT @s, @@ROWCOUNT", []string{"ab|2"}},
		{"dynamic parameters", "DECLARE @o int; EXEC sp_executesql N'SET @o = @i * 2; SELECT @i', N'@i int, @o int OUTPUT', @i = 21, @o = @o OUTPUT; SELECT @o", []string{"21", "42"}},
		{"a temporary table of a procedure's", "CREATE TABLE #t (i int); INSERT #t VALUES (1),(2); EXEC ('SELECT COUNT(*) FROM #t; CREATE TABLE #u (i int)'); SELECT COUNT(*) FROM #u", []string{"2", "Msg 208: Invalid object name '#u'."}},
		{"nesting", "EXEC ('EXEC (''SELECT @@NESTLEVEL'')')", []string{"2"}},
		{"INSERT EXEC", "DECLARE @t TABLE (i int, s varchar(5)); INSERT @t EXEC ('SELECT 1, ''a''; SELECT 2, ''b'''); SELECT * FROM @t", []string{"1|a", "2|b"}},
		{"a table variable stays after rollback", "DECLARE @t TABLE (i int); BEGIN TRAN; INSERT @t VALUES (1); ROLLBACK; SELECT COUNT(*) FROM @t", []string{"1"}},
		{"SET NOCOUNT and ROWCOUNT", "SET ROWCOUNT 2; SELECT value FROM GENERATE_SERIES(1,5); SET ROWCOUNT 0", []string{"1", "2"}},
		{"FMTONLY and PARSEONLY", "SET FMTONLY ON; SELECT 1; DELETE a; SET FMTONLY OFF; SET PARSEONLY ON; SELECT * FROM nowhere; SET PARSEONLY OFF; SELECT 2", []string{"2"}},
		{"USE", "USE app; USE other", []string{"Msg 5701: …", "Msg 40508: …"}},
		{"session context", "EXEC sp_set_session_context 'tenant', 'a', 1; SELECT SESSION_CONTEXT(N'tenant'); EXEC sp_set_session_context 'tenant', 'b'", []string{"a", "Msg 15664: …"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			k.t = t
			k.want(c.batch, c.want...)
		})
	}
}

func TestModules(t *testing.T) {
	w := newWorld(t)
	k := w.as(boss())
	k.want("CREATE TABLE a (id int IDENTITY PRIMARY KEY, v int)")
	k.want("CREATE PROCEDURE p @x int, @y int = 5, @z int OUTPUT AS BEGIN SET @z = @x + @y; IF @x < 0 RETURN -1; RETURN 7 END")
	k.want("DECLARE @z int, @r int; EXEC @r = p 1, @z = @z OUTPUT; SELECT @z, @r", "6|7")
	k.want("DECLARE @z int, @r int; EXEC @r = p @x = -1, @y = 1, @z = @z OUTPUT; SELECT @z, @r", "0|-1")
	k.want("EXEC p", "Msg 201: Procedure or function 'p' expects parameter '@x', which was not supplied.")
	k.want("EXEC p 1, 2, 3, 4", "Msg 8144: …")
	k.want("EXEC p @nope = 1", "Msg 8145: …")
	k.want("EXEC nowhere", "Msg 2812: Could not find stored procedure 'nowhere'.")
	k.want("CREATE FUNCTION dbo.twice(@x int) RETURNS int AS BEGIN RETURN @x * 2 END")
	k.want("INSERT a VALUES (1),(2); SELECT dbo.twice(v) FROM a ORDER BY v", "2", "4")
	k.want("CREATE FUNCTION dbo.above(@n int) RETURNS TABLE AS RETURN (SELECT v FROM a WHERE v > @n)")
	k.want("SELECT * FROM dbo.above(1)", "2")
	k.want("CREATE FUNCTION dbo.steps(@n int) RETURNS @t TABLE (i int PRIMARY KEY, s varchar(9)) AS BEGIN WHILE @n > 0 BEGIN INSERT @t VALUES (@n, REPLICATE('x', @n)); SET @n -= 1 END; RETURN END")
	k.want("SELECT s FROM dbo.steps(3) WHERE i > 1 ORDER BY i", "xx", "xxx")
	k.want("SELECT a.v, COUNT(*) FROM a CROSS APPLY dbo.steps(a.v) x GROUP BY a.v ORDER BY 1", "1|1", "2|2")
	k.want("SELECT TOP 1 i FROM dbo.steps(5)", "1")
	k.want("DBCC CHECKIDENT ('a', RESEED, 40); INSERT a VALUES (9); SELECT MAX(id) FROM a; DELETE a WHERE v = 9", "Msg 7998: …", "Msg 2528: …", "41")
	k.want("CREATE TABLE log (what varchar(9), n int)")
	k.want("CREATE TRIGGER tr ON a AFTER INSERT, DELETE AS BEGIN INSERT log SELECT 'in', v FROM inserted; INSERT log SELECT 'out', v FROM deleted; IF EXISTS (SELECT * FROM inserted WHERE v = 13) BEGIN ROLLBACK; THROW 50013, 'unlucky', 1 END END")
	k.want("INSERT a VALUES (3); DELETE a WHERE v = 1; SELECT * FROM log", "in|3", "out|1")
	k.want("INSERT a VALUES (13)", "Msg 50013: unlucky")
	k.want("SELECT COUNT(*) FROM a WHERE v = 13; SELECT @@TRANCOUNT", "0", "0")
	k.want("CREATE TABLE u (a int, b int)")
	k.want("CREATE TRIGGER tu ON u AFTER INSERT, UPDATE AS SELECT CASE WHEN UPDATE(a) THEN 'a' ELSE '' END + CASE WHEN UPDATE(b) THEN 'b' ELSE '' END")
	k.want("INSERT u VALUES (1, 1); UPDATE u SET b = b; UPDATE u SET a = 2", "ab", "b", "a")
	k.want("CREATE VIEW vw AS SELECT v + 1 AS w FROM a")
	k.want("SELECT MAX(w) FROM vw", "4")
	k.want("CREATE PROCEDURE deep @n int AS IF @n > 0 BEGIN SET @n -= 1; EXEC deep @n END ELSE SELECT @@NESTLEVEL")
	k.want("EXEC deep 5", "6")
	k.want("EXEC deep 100", "Msg 217: …")
}

// TestCalls are the requests of drivers: prepared statements, OUTPUT parameters, statuses.
func TestCalls(t *testing.T) {
	w := newWorld(t)
	k := w.as(boss())
	k.want("CREATE PROCEDURE p @a int, @b nvarchar(10) OUTPUT AS BEGIN SET @b = @b + N'!'; SELECT @a; RETURN 3 END")
	integer, text := value.Type{ID: value.Int, Nullable: true}, value.Type{ID: value.NVarChar, Length: 100, Nullable: true}
	call := func(c Call) *recorder {
		t.Helper()
		out := &recorder{}
		if err := k.session.Call(t.Context(), c, out); err != nil {
			t.Fatal(err)
		}
		return out
	}
	out := call(Call{Procedure: "dbo.p", Arguments: []Argument{{Name: "@a", Type: integer, Value: value.OfInt(5)}, {Name: "@b", Type: text, Value: value.OfString("x"), Output: true}}})
	if len(out.lines) != 1 || out.lines[0] != "5" || len(out.status) != 1 || out.status[0] != 3 || len(out.outputs) != 1 || out.outputs[0].Value.Text() != "x!" {
		t.Errorf("%+v", out)
	}
	out = call(Call{Number: 13, Arguments: []Argument{
		{Type: integer, Output: true}, {Type: text, Value: value.OfString("@n int")}, {Type: text, Value: value.OfString("SELECT @n + 1")}, {Type: integer, Value: value.OfInt(1)},
	}})
	if len(out.lines) != 1 || out.lines[0] != "2" || len(out.outputs) != 1 {
		t.Fatalf("sp_prepexec: %+v", out)
	}
	handle := out.outputs[0].Value
	out = call(Call{Number: 12, Arguments: []Argument{{Type: integer, Value: handle}, {Type: integer, Value: value.OfInt(41)}}})
	if len(out.lines) != 1 || out.lines[0] != "42" {
		t.Errorf("sp_execute: %+v", out)
	}
	call(Call{Number: 15, Arguments: []Argument{{Type: integer, Value: handle}}})
	if out = call(Call{Number: 12, Arguments: []Argument{{Type: integer, Value: handle}}}); !strings.HasPrefix(strings.Join(out.lines, ""), "Msg 8179") {
		t.Errorf("after sp_unprepare: %+v", out)
	}
	if out = call(Call{Number: 10, Arguments: []Argument{{Type: text, Value: value.OfString("SELECT @n")}, {Type: text, Value: value.OfString("@n int")}}}); !strings.HasPrefix(strings.Join(out.lines, ""), "Msg 8178") {
		t.Errorf("without its parameter: %+v", out)
	}
}

// TestQuestions asks all that functions may ask: each is answered, if with NULL, and none with an unknown name.
func TestQuestions(t *testing.T) {
	w := newWorld(t)
	k := w.as(boss())
	r := &run{ctx: t.Context(), session: k.session.(*session), out: &answer{out: &recorder{}, session: k.session.(*session)}, scope: &scope{}}
	for _, q := range function.Questions() {
		if q.Name == "NEXT VALUE FOR" {
			continue // of a sequence that is not there, which is an error
		}
		for _, n := range []int{q.Min, len(q.Params)} {
			if n > len(q.Params) {
				continue
			}
			if _, err := r.functions().Ask(q.Name, make([]value.Value, n)); err != nil {
				t.Errorf("%s with %d arguments: %v", q.Name, n, err)
			}
		}
	}
}

// TestTableParameters are table-valued parameters, from a client and from a table variable.
func TestTableParameters(t *testing.T) {
	w := newWorld(t)
	k := w.as(boss())
	k.want("CREATE TYPE dbo.Pairs AS TABLE (id int PRIMARY KEY, name nvarchar(10) NOT NULL)")
	k.want("CREATE PROCEDURE p @rows dbo.Pairs READONLY, @n int AS SELECT COUNT(*), MAX(name) FROM @rows WHERE id > @n")
	k.want("DECLARE @t dbo.Pairs; INSERT @t VALUES (1, 'a'), (2, 'b'); EXEC p @t, 1; EXEC p @rows = @t, @n = 0", "1|b", "2|b")
	k.want("EXEC p @n = 0", "0|NULL")
	table := func(rows ...[]value.Value) *TableArgument {
		return &TableArgument{Schema: "dbo", Type: "Pairs", Rows: rows, Columns: []plan.Column{
			{Type: value.Type{ID: value.Int}}, {Type: value.Type{ID: value.NVarChar, Length: 20}},
		}}
	}
	call := func(want string, rows ...[]value.Value) {
		t.Helper()
		out := &recorder{}
		err := k.session.Call(t.Context(), Call{Procedure: "p", Arguments: []Argument{
			{Name: "@rows", Table: table(rows...)}, {Name: "@n", Type: value.Type{ID: value.Int}, Value: value.OfInt(0)},
		}}, out)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(out.lines, "; "); !strings.HasPrefix(got, want) {
			t.Errorf("%s, want %s", got, want)
		}
	}
	call("2|y", []value.Value{value.OfInt(1), value.OfString("x")}, []value.Value{value.OfInt(2), value.OfString("y")})
	call("Msg 2627: ", []value.Value{value.OfInt(1), value.OfString("x")}, []value.Value{value.OfInt(1), value.OfString("y")})
	call("Msg 515: ", []value.Value{value.OfInt(1), value.Null()})
	call("Msg 8152: ", []value.Value{value.OfInt(1), value.OfString("longer than ten")})
	k.want("SELECT 1", "1")
}

func TestCancel(t *testing.T) {
	w := newWorld(t)
	k := w.as(boss())
	for _, batch := range []string{"WHILE 1 = 1 BEGIN DECLARE @i int END", "WAITFOR DELAY '01:00:00'", "SELECT COUNT_BIG(*) FROM GENERATE_SERIES(1, 2000000000)"} {
		ctx, cancel := context.WithCancel(t.Context())
		stop := time.AfterFunc(20*time.Millisecond, cancel)
		out := &recorder{}
		err := k.session.Batch(ctx, batch, out)
		stop.Stop()
		if err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", batch, err)
		}
		if n := len(out.done); n == 0 || !out.done[n-1].Attention {
			t.Errorf("%s: %+v", batch, out.done)
		}
	}
	k.want("SELECT 1", "1")
}

// TestRestart: what was acknowledged is there when the service is made anew, and what was not is gone.
func TestRestart(t *testing.T) {
	w := newWorld(t)
	k := w.as(boss())
	k.want("CREATE TABLE a (id int IDENTITY PRIMARY KEY, v nvarchar(20)); INSERT a VALUES (N'kept'); CREATE USER [web] FROM EXTERNAL PROVIDER; GRANT SELECT ON a TO web")
	k.want("CREATE VIEW vw AS SELECT v FROM a")
	k.want("BEGIN TRAN; INSERT a VALUES (N'lost'); CREATE TABLE lost (i int)")
	w.open()
	again := w.as(machineCaller(webID, webApp))
	again.want("SELECT id, v FROM a", "1|kept")
	owner := w.as(boss())
	owner.want("SELECT * FROM vw; SELECT OBJECT_ID('lost')", "kept", "NULL")
	owner.want("INSERT a VALUES (N'more'); SELECT COUNT(*), MIN(CASE WHEN id > 1 THEN 1 ELSE 0 END) FROM a WHERE v = 'more'", "1|1")
}

// TestDatabases: copies, renames, drops and restores keep what belongs to whom apart.
func TestDatabases(t *testing.T) {
	w := newWorld(t)
	k := w.as(boss())
	k.want("CREATE TABLE a (id int); INSERT a VALUES (1)")
	s, err := w.login(Login{Caller: boss(), Database: "master"})
	if err != nil {
		t.Fatal(err)
	}
	home := w.talk(s)
	home.want("CREATE DATABASE twin AS COPY OF app")
	home.want("CREATE DATABASE app", "Msg 1801: Database 'app' already exists. Choose a different database name.")
	twin, err := w.login(Login{Caller: boss(), Database: "twin"})
	if err != nil {
		t.Fatal(err)
	}
	two := w.talk(twin)
	two.want("INSERT a VALUES (2); SELECT COUNT(*), DB_NAME() FROM a", "2|twin")
	k.want("SELECT COUNT(*), DB_NAME() FROM a", "1|app")
	k.want("CREATE DATABASE no", "Msg 262: CREATE DATABASE permission denied in database 'app'.")
	home.want("ALTER DATABASE twin MODIFY NAME = other; SELECT name FROM sys.databases ORDER BY name", "app", "master", "other")
	home.want("DROP DATABASE other; DROP DATABASE IF EXISTS other; DROP DATABASE other", "Msg 3701: …")
	home.want("DROP DATABASE master", "Msg 3708: …")
}
