package sqldb

import (
	"strings"
	"testing"
)

// TestLeftInModules holds what a module or a dynamic batch changes of its session: it ends with it.
func TestLeftInModules(t *testing.T) {
	w := newWorld(t)
	k := w.as(boss())
	k.want("CREATE USER puppet WITHOUT LOGIN; CREATE TABLE secret (i int); INSERT secret VALUES (1)")
	k.want("CREATE PROCEDURE leaky WITH EXECUTE AS OWNER AS EXECUTE AS USER = 'puppet'")
	k.want("CREATE PROCEDURE plain AS EXECUTE AS USER = 'puppet'")
	k.want("CREATE PROCEDURE reverting AS BEGIN REVERT; SELECT USER_NAME() END")
	k.want("GRANT EXECUTE TO puppet")
	k.want("CREATE PROCEDURE fails WITH EXECUTE AS OWNER AS BEGIN EXECUTE AS USER = 'puppet'; THROW 50001, 'x', 1 END")
	k.want("CREATE PROCEDURE sets AS BEGIN SET NOCOUNT ON; SET XACT_ABORT ON; SET DATEFIRST 3; SET TRANSACTION ISOLATION LEVEL SERIALIZABLE END")
	for _, c := range []struct {
		name  string
		batch string
		want  []string
	}{
		{"EXECUTE AS ends with its procedure", "EXEC plain; SELECT USER_NAME()", []string{"dbo"}},
		{"the module's own too", "EXECUTE AS USER = 'puppet'; EXEC leaky; SELECT USER_NAME(); REVERT", []string{"puppet"}},
		{"where it fails too", "EXECUTE AS USER = 'puppet'; BEGIN TRY EXEC fails END TRY BEGIN CATCH SELECT USER_NAME() END CATCH; REVERT", []string{"puppet"}},
		{"REVERT does not reach out of a procedure", "EXECUTE AS USER = 'puppet'; EXEC reverting; REVERT; SELECT USER_NAME()", []string{"puppet", "dbo"}},
		{"nor out of a string", "EXECUTE AS USER = 'puppet'; EXEC ('REVERT; SELECT USER_NAME(); SELECT * FROM secret'); REVERT", []string{"puppet", "Msg 229: …"}},
		{"nor out of sp_executesql", "EXECUTE AS USER = 'puppet'; EXEC sp_executesql N'REVERT; SELECT USER_NAME()'; REVERT", []string{"puppet"}},
		{"nor out of a string of another user", "EXEC ('REVERT; SELECT USER_NAME()') AS USER = 'puppet'; SELECT USER_NAME()", []string{"puppet", "dbo"}},
		{"a later batch reverts", "EXECUTE AS USER = 'puppet'", nil},
		{"a later batch reverts, after", "SELECT USER_NAME(); REVERT; SELECT USER_NAME()", []string{"puppet", "dbo"}},
		{"with a cookie", "DECLARE @c varbinary(100); EXECUTE AS USER = 'puppet' WITH COOKIE INTO @c; REVERT; SELECT USER_NAME(); REVERT WITH COOKIE = @c; SELECT USER_NAME()", []string{"Msg 15591: …", "puppet", "dbo"}},
		{"SET ends with a procedure", "EXEC sets; SELECT @@DATEFIRST, @@OPTIONS & 16384, @@OPTIONS & 512", []string{"7|0|0"}},
		{"SET ends with a string", "EXEC ('SET DATEFIRST 2; SELECT @@DATEFIRST'); SELECT @@DATEFIRST", []string{"2", "7"}},
		{"SET ends with sp_executesql", "EXEC sp_executesql N'SET XACT_ABORT ON'; SELECT @@OPTIONS & 16384", []string{"0"}},
		{"not to be reverted", "EXECUTE AS USER = 'puppet' WITH NO REVERT; REVERT; SELECT USER_NAME()", []string{"Msg 15591: …", "puppet"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			k.t = t
			k.want(c.batch, c.want...)
		})
	}
	if err := k.session.Reset(t.Context(), false, &recorder{}); err != nil {
		t.Fatal(err)
	}
	k.t = t
	k.want("SELECT USER_NAME()", "dbo")
}

// TestSharedPlans: what one session binds under its settings is not another's.
func TestSharedPlans(t *testing.T) {
	w := newWorld(t)
	a, b := w.as(boss()), w.as(boss())
	a.want("CREATE TABLE t (i int IDENTITY, v int); INSERT t VALUES (NULL)")
	a.want("CREATE PROCEDURE put AS INSERT t (i, v) VALUES (7, 7)")
	a.want("SET IDENTITY_INSERT t ON; EXEC put; SET IDENTITY_INSERT t OFF")
	b.want("EXEC put", "Msg 544: …")
	const nulls = "SELECT COUNT(*) FROM t WHERE v = NULL"
	a.want("SET ANSI_NULLS OFF; "+nulls, "1")
	a.want(nulls, "1")
	b.want(nulls, "0")
	b.want("SET ANSI_NULLS ON; "+nulls, "0")
}

// TestReset: a pooled connection begins anew.
func TestReset(t *testing.T) {
	w := newWorld(t)
	a, b := w.as(boss()), w.as(boss())
	reset := func(keep bool) {
		t.Helper()
		if err := a.session.Reset(t.Context(), keep, &recorder{}); err != nil {
			t.Fatal(err)
		}
	}
	const lock = "DECLARE @r int; EXEC @r = sp_getapplock @Resource = 'm', @LockMode = 'Exclusive', @LockOwner = 'Session', @LockTimeout = 0; SELECT @r"
	a.want(lock, "0")
	b.want(lock, "-1")
	reset(false)
	b.want(lock, "0")
	b.want("EXEC sp_releaseapplock @Resource = 'other', @LockOwner = 'Session'", "Msg 1223: …")
	b.want("EXEC sp_releaseapplock @Resource = 'm', @LockOwner = 'Session'")
	a.want(lock, "0")
	if err := a.session.Close(); err != nil {
		t.Fatal(err)
	}
	b.want(lock, "0")
	a = w.as(boss())
	a.want("CREATE USER puppet WITHOUT LOGIN; CREATE TABLE s (i int)")
	a.want("BEGIN TRAN; CREATE TABLE #mine (i int); SELECT COUNT(*) FROM s; EXECUTE AS USER = 'puppet'", "0")
	reset(true)
	a.want("SELECT USER_NAME(), @@TRANCOUNT; SELECT * FROM #mine", "dbo|1", "Msg 208: …")
	a.want("ROLLBACK")
}

// TestInsertExecute holds INSERT … EXEC, whose results may differ from one another.
func TestInsertExecute(t *testing.T) {
	w := newWorld(t)
	k := w.as(boss())
	k.want("CREATE TABLE t (a int, b varchar(9)); CREATE TABLE n (i int IDENTITY, v int)")
	k.want("INSERT t EXEC ('SELECT 1; SELECT 1, ''x''')", "Msg 213: …")
	k.want("INSERT t EXEC ('SELECT 1, ''x''; SELECT 2.9, 5'); SELECT * FROM t ORDER BY a", "1|x", "2|5")
	k.want("INSERT n (i, v) EXEC ('SELECT 5, 5')", "Msg 544: …")
	k.want("SET IDENTITY_INSERT n ON; INSERT n (i, v) EXEC ('SELECT 5, 5'); SET IDENTITY_INSERT n OFF; SELECT * FROM n", "5|5")
	k.want("CREATE USER [web] FROM EXTERNAL PROVIDER; CREATE TABLE ran (i int)")
	k.want("CREATE PROCEDURE p AS BEGIN INSERT ran VALUES (1); SELECT 1, 'x' END")
	k.want("GRANT EXECUTE ON p TO web")
	w.as(machineCaller(webID, webApp)).want("INSERT t EXEC p", "Msg 229: …")
	k.want("SELECT COUNT(*) FROM ran", "0")
}

// TestTriggersAndTransactions holds what errors and ends of transactions in triggers do.
func TestTriggersAndTransactions(t *testing.T) {
	w := newWorld(t)
	k := w.as(boss())
	k.want("CREATE TABLE t (i int CHECK (i < 100)); CREATE TABLE log (i int PRIMARY KEY)")
	k.want(`CREATE TRIGGER tr ON t AFTER INSERT AS
		IF EXISTS (SELECT * FROM inserted WHERE i = 1) RAISERROR('noted', 16, 1)
		IF EXISTS (SELECT * FROM inserted WHERE i = 2) BEGIN RAISERROR('no', 16, 1); ROLLBACK; RETURN END
		IF EXISTS (SELECT * FROM inserted WHERE i = 3) BEGIN INSERT log VALUES (1); INSERT log VALUES (1) END
		IF EXISTS (SELECT * FROM inserted WHERE i = 4) BEGIN ROLLBACK; BEGIN TRAN; INSERT log VALUES (4) END`)
	k.want("INSERT t VALUES (1); SELECT COUNT(*) FROM t", "Msg 50000: noted", "1")
	k.want("BEGIN TRY INSERT t VALUES (1) END TRY BEGIN CATCH PRINT ERROR_MESSAGE() END CATCH", "Msg 0: noted")
	k.want("BEGIN TRAN; INSERT t VALUES (2); PRINT 'no'", "Msg 50000: no", "Msg 3609: …")
	k.want("SELECT @@TRANCOUNT", "0")
	k.want("BEGIN TRAN; INSERT t VALUES (3); PRINT 'no'", "Msg 2627: …")
	k.want("SELECT @@TRANCOUNT, (SELECT COUNT(*) FROM log)", "0|0")
	k.want("INSERT t VALUES (4)", "Msg 3609: …")
	k.want("SELECT @@TRANCOUNT, (SELECT COUNT(*) FROM log)", "0|0")
	w.as(boss()).want("SET LOCK_TIMEOUT 0; INSERT log VALUES (4)")
}

// TestScopeIdentity: a scope sees what it has itself inserted.
func TestScopeIdentity(t *testing.T) {
	k := newWorld(t).as(boss())
	k.want("CREATE TABLE n (i int IDENTITY(10,1), v int)")
	k.want("INSERT n VALUES (1)")
	k.want("SELECT SCOPE_IDENTITY()", "10")
	k.want("EXEC ('SELECT SCOPE_IDENTITY(), @@IDENTITY')", "NULL|10")
	k.want("EXEC ('INSERT n VALUES (2); SELECT SCOPE_IDENTITY()'); SELECT SCOPE_IDENTITY(), @@IDENTITY", "11", "10|11")
}

// TestKilled: a session that was ended runs nothing more.
func TestKilled(t *testing.T) {
	w := newWorld(t)
	owner := w.as(boss())
	owner.want("CREATE USER [web] FROM EXTERNAL PROVIDER; GRANT VIEW DEFINITION TO web")
	web := w.as(machineCaller(webID, webApp))
	owner.want("DROP USER [web]")
	if got := web.ask("SELECT COUNT(*) FROM sys.tables"); !strings.Contains(got, "kill state") {
		t.Errorf("after DROP USER: %s", got)
	}
}

// TestRowCounts holds @@ROWCOUNT and @@ERROR after each kind of statement.
func TestRowCounts(t *testing.T) {
	k := newWorld(t).as(boss())
	k.want("CREATE TABLE t (i int); INSERT t VALUES (1),(2),(3)")
	k.want("CREATE FUNCTION dbo.f() RETURNS int AS BEGIN DECLARE @x int; SET @x = 1; RETURN @x END")
	k.want("CREATE PROCEDURE two AS UPDATE t SET i = i WHERE i < 3")
	for before, want := range map[string]string{
		"SELECT * FROM t WHERE i < 0":                 "0",
		"UPDATE t SET i = i":                          "3",
		"DECLARE @a int; SET @a = 5":                  "1",
		"DECLARE @a int = 5":                          "1",
		"UPDATE t SET i = i; DECLARE @a int":          "3",
		"UPDATE t SET i = i; PRINT ''":                "0",
		"UPDATE t SET i = i; SET NOCOUNT ON":          "0",
		"UPDATE t SET i = i; IF 1 = 2 SET NOCOUNT ON": "0",
		"UPDATE t SET i = i; BEGIN TRAN; COMMIT":      "0",
		"UPDATE t SET i = i WHERE dbo.f() = 1":        "3",
		"EXEC two":                                    "2",
		"UPDATE t SET i = i; CREATE TABLE #x (i int)": "0",
	} {
		got := k.ask(before + "; SELECT 'n', @@ROWCOUNT; SET NOCOUNT OFF; IF OBJECT_ID('#x') IS NOT NULL DROP TABLE #x")
		if got != "n|"+want && got != "Msg 0: \nn|"+want {
			t.Errorf("%s: %s, want %s", before, got, want)
		}
	}
	k.want("BEGIN TRY SELECT 1/0 END TRY BEGIN CATCH SELECT @@ROWCOUNT END CATCH", "0")
	k.want("RAISERROR('x', 16, 1); IF @@ERROR <> 0 SELECT @@ERROR", "Msg 50000: x", "0")
}

// TestScopedNames: cursors and # tables of a procedure are its own.
func TestScopedNames(t *testing.T) {
	k := newWorld(t).as(boss())
	k.want("CREATE PROCEDURE inner_one AS BEGIN CREATE TABLE #t (j int); INSERT #t VALUES (7); SELECT j FROM #t; DECLARE c CURSOR LOCAL FOR SELECT 9; OPEN c; FETCH c END")
	k.want("CREATE TABLE #t (i int); INSERT #t VALUES (1); DECLARE c CURSOR LOCAL FOR SELECT 5; OPEN c; EXEC inner_one; EXEC inner_one; SELECT i FROM #t; FETCH c; CREATE TABLE #t (i int)",
		"7", "9", "7", "9", "1", "5", "Msg 2714: …")
	k.want("FETCH c", "Msg 16916: …")
	k.want("DECLARE g CURSOR GLOBAL FOR SELECT 3; OPEN g")
	k.want("FETCH g; CLOSE g; DEALLOCATE g", "3")
}

// TestFunctionBodies: what a function may not do.
func TestFunctionBodies(t *testing.T) {
	k := newWorld(t).as(boss())
	k.want("CREATE TABLE t (i int)")
	for _, body := range []string{"INSERT t VALUES (1)", "EXEC ('SELECT 1')", "BEGIN TRAN", "COMMIT", "IF 1 = 1 DELETE t", "TRUNCATE TABLE t", "PRINT 'x'", "CREATE USER u WITHOUT LOGIN", "EXECUTE AS USER = 'dbo'"} {
		k.want("CREATE FUNCTION dbo.f() RETURNS int AS BEGIN "+body+"; RETURN 1 END", "Msg 443: …")
	}
	k.want("CREATE FUNCTION dbo.f() RETURNS int AS BEGIN SELECT 1; RETURN 1 END", "Msg 444: …")
	k.want("CREATE FUNCTION dbo.f() RETURNS int AS BEGIN DECLARE @t TABLE (i int); INSERT @t VALUES (1),(2); DELETE x FROM @t x WHERE i = 1; DECLARE @n int; SELECT @n = COUNT(*) FROM @t; RETURN @n END")
	k.want("SELECT dbo.f()", "1")
}

// TestInsertExecuteIsOne: what INSERT … EXEC runs goes and stays with the rows.
func TestInsertExecuteIsOne(t *testing.T) {
	k := newWorld(t).as(boss())
	k.want("CREATE TABLE t (i int PRIMARY KEY); CREATE TABLE log (i int)")
	k.want("CREATE PROCEDURE p AS BEGIN INSERT log VALUES (@@TRANCOUNT); SELECT 1 UNION ALL SELECT 1 END")
	k.want("INSERT t EXEC p", "Msg 2627: …")
	k.want("SELECT COUNT(*), @@TRANCOUNT FROM log", "0|0")
	k.want("INSERT t EXEC ('SELECT 5; ROLLBACK')", "Msg 3915: …")
	k.want("INSERT t EXEC ('SELECT 6; COMMIT')", "Msg 3916: …")
	k.want("INSERT t EXEC ('INSERT log VALUES (9); SELECT 7'); SELECT COUNT(*), @@TRANCOUNT FROM log", "1|0")
}

// TestImplicitTransactions: a SELECT of a table begins one, a SELECT of nothing does not.
func TestImplicitTransactions(t *testing.T) {
	k := newWorld(t).as(boss())
	k.want("CREATE TABLE t (i int)")
	k.want("SET IMPLICIT_TRANSACTIONS ON; SELECT 1; SELECT @@TRANCOUNT", "1", "0")
	k.want("SELECT COUNT(*) FROM t; SELECT @@TRANCOUNT; ROLLBACK; SELECT @@TRANCOUNT", "0", "1", "0")
}
