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
	b.want("EXEC sp_releaseapplock @Resource = 'M', @LockOwner = 'Session'")
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
