package e2e

import (
	"context"
	"database/sql"
	"fmt"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	mssql "github.com/microsoft/go-mssqldb"
)

// TestSQLBadInput holds one instance to what must never end it, block others or fill its memory.
func TestSQLBadInput(t *testing.T) {
	d := newDatabase(t, start(t, "AzureCloud"))
	db := d.open()
	t.Run("depth", func(t *testing.T) { sqlDepth(t, db) })
	t.Run("growth", func(t *testing.T) { sqlGrowth(t, db) })
	t.Run("names", func(t *testing.T) { sqlNames(t, db) })
	t.Run("text", func(t *testing.T) { sqlText(t, db) })
	t.Run("packets", d.sqlPackets)
	t.Run("dropped", d.sqlDropped)
	t.Run("unread", d.sqlUnread)
	if log := d.i.server.log.String(); strings.Contains(log, "panic") || strings.Contains(log, "a request failed") {
		t.Error("the log tells of what must not happen")
	}
}

// listOf is count texts of f with sep between them.
func listOf(count int, sep string, f func(n int) string) string {
	parts := make([]string, count)
	for n := range parts {
		parts[n] = f(n)
	}
	return strings.Join(parts, sep)
}

// sqlDepth are statements that are too deep, too wide or too long, and some that are just not.
func sqlDepth(t *testing.T, db *sql.DB) {
	nested := func(open, inner, end string, times int) string {
		return strings.Repeat(open, times) + inner + strings.Repeat(end, times)
	}
	plain := func(n int) string { return fmt.Sprint(n) }
	column := func(n int) string { return fmt.Sprintf("%d AS c%d", n, n) }
	declared := func(n int) string { return fmt.Sprintf("c%d int", n) }
	accepts(t, db, map[string]int32{
		"SELECT " + nested("(", "1", ")", 10_000):                                                           191,
		"SELECT " + nested("(", "1", ")", 1_000_000):                                                        191,
		"SELECT " + nested("- ", "1", "", 10_000):                                                           191,
		"SELECT " + listOf(10_000, "+", plain):                                                              8631,
		"SELECT " + nested("CASE WHEN 1 = 1 THEN ", "1", " END", 10_000):                                    191,
		"SELECT " + nested("ABS(", "1", ")", 10_000):                                                        191,
		"SELECT " + nested("(SELECT ", "1", ")", 10_000):                                                    191,
		"SELECT * FROM " + nested("(SELECT * FROM ", "sys.objects", ") AS t", 10_000):                       191,
		nested("BEGIN ", "SELECT 1", " END", 10_000):                                                        191,
		nested("IF 1 = 1 ", "SELECT 1", "", 1_000_000):                                                      191,
		nested("/*", "", "*/", 100_000) + "SELECT 1":                                                        0,
		listOf(1000, " UNION ALL ", func(n int) string { return "SELECT " + plain(n) }):                     0,
		listOf(20_000, " UNION ALL ", func(n int) string { return "SELECT " + plain(n) }):                   8631,
		"SELECT name FROM sys.objects WHERE object_id IN (" + listOf(50_000, ",", plain) + ")":              0,
		"SELECT " + listOf(4096, ",", column):                                                               0,
		"SELECT " + listOf(4097, ",", column):                                                               1056,
		"CREATE TABLE dbo.wide (" + listOf(1024, ",", declared) + ")":                                       0,
		"CREATE TABLE dbo.wider (" + listOf(1025, ",", declared) + ")":                                      1702,
		"SELECT 1 AS [" + strings.Repeat("x", 129) + "]":                                                    103,
		"SELECT 1 FROM " + listOf(300, ",", func(n int) string { return fmt.Sprintf("sys.tables t%d", n) }): 106,
	})
	views := 0
	for ; views < 100; views++ {
		source := fmt.Sprintf("dbo.view%d", views-1)
		if views == 0 {
			source = "(SELECT 1 AS a) AS t"
		}
		if _, err := db.ExecContext(t.Context(), fmt.Sprintf("CREATE VIEW dbo.view%d AS SELECT a FROM %s", views, source)); err != nil {
			if number(err) != 217 {
				t.Errorf("view %d: %v", views, err)
			}
			break
		}
	}
	var one int
	if err := db.QueryRowContext(t.Context(), "SELECT a FROM dbo.view30").Scan(&one); err != nil || one != 1 || views < 32 || views == 100 {
		t.Errorf("of %d views on each other: %d, %v", views, one, err)
	}
	_, err := db.ExecContext(t.Context(), "CREATE PROCEDURE dbo.again AS EXEC dbo.again")
	if err == nil {
		_, err = db.ExecContext(t.Context(), "CREATE FUNCTION dbo.deeper (@n int) RETURNS int AS BEGIN RETURN dbo.deeper(@n + 1) END")
	}
	if err != nil {
		t.Fatal(err)
	}
	accepts(t, db, map[string]int32{
		"EXEC dbo.again": 217, "SELECT dbo.deeper(1)": 217, "DECLARE @s nvarchar(max) = N'EXEC (@s)'; EXEC sp_executesql @s, N'@s nvarchar(max)', @s": 137,
	})
	accepts(t, db, map[string]int32{
		"ALTER VIEW dbo.view0 AS SELECT a FROM dbo.view0": 4429, "ALTER VIEW dbo.view0 AS SELECT a FROM dbo.view9": 4429,
	})
	accepts(t, db, map[string]int32{"SELECT * FROM dbo.view0": 0, "SELECT * FROM dbo.view9": 0})
}

// accepts runs batches and wants the number of the message that each ends with, 0 for none.
func accepts(t *testing.T, db *sql.DB, batches map[string]int32) {
	t.Helper()
	for batch, want := range batches {
		_, err := db.ExecContext(t.Context(), batch) // reads all
		if got := number(err); got != want || want == 0 && err != nil {
			t.Errorf("%.80s… (%d bytes): %v, want %d", batch, len(batch), err, want)
		}
	}
}

// sqlGrowth are values that double in a loop.
func sqlGrowth(t *testing.T, db *sql.DB) {
	accepts(t, db, map[string]int32{
		"DECLARE @s varchar(max) = 'x'; DECLARE @i int = 0; WHILE @i < 28 SELECT @i += 1, @s = @s + @s":        7119,
		"DECLARE @s varchar(max) = 'x'; DECLARE @i int = 0; WHILE @i < 28 SELECT @i += 1, @s += @s":            7119,
		"DECLARE @s varchar(max) = 'x'; DECLARE @i int = 0; WHILE @i < 28 SELECT @i += 1, @s = CONCAT(@s, @s)": 7119,
		"DECLARE @b varbinary(max) = 0x00; DECLARE @i int = 0; WHILE @i < 28 SELECT @i += 1, @b = @b + @b":     7119,
		"SELECT REPLICATE(CAST('x' AS varchar(max)), 2147483647)":                                              7119,
		"DECLARE @s varchar(max) = REPLICATE(CAST('x' AS varchar(max)), 100000); SELECT REPLACE(@s, 'x', @s)":  7119,
	})
	big := strings.Repeat("é", 4<<20)
	var length, size int
	var back string
	err := db.QueryRowContext(t.Context(), "DECLARE @s nvarchar(max) = N'"+big+"'; SELECT LEN(@s), DATALENGTH(@s), @s").Scan(&length, &size, &back)
	if err != nil || length != 4<<20 || size != 8<<20 || back != big {
		t.Errorf("8 MB of text: %d, %d, %d bytes back, %v", length, size, len(back), err)
	}
}

// sqlNames are names that would be statements, did anybody put them into one.
func sqlNames(t *testing.T, db *sql.DB) {
	ctx := t.Context()
	if _, err := db.ExecContext(ctx, "CREATE TABLE dbo.kept (id int)"); err != nil {
		t.Fatal(err)
	}
	for n, name := range []string{
		"x]; DROP TABLE dbo.kept--", `x"; DROP TABLE dbo.kept--`, "x'; DROP TABLE dbo.kept--", "new\nline", "tab\tand\x01control", "日本語 😀",
		"'']]\"\"[[", "%_[a]", strings.Repeat("é", 128), "a.b.c", " leading", "SELECT", "@@version", "#",
	} {
		bracketed, quoted := "["+strings.ReplaceAll(name, "]", "]]")+"]", `"`+strings.ReplaceAll(name, `"`, `""`)+`"`
		for _, batch := range []string{
			"CREATE USER " + bracketed + " WITHOUT LOGIN", "CREATE ROLE [role " + name[:1] + fmt.Sprint(n) + "]",
			"CREATE SCHEMA " + quoted + " AUTHORIZATION " + bracketed,
			"CREATE TABLE " + bracketed + "." + quoted + " (" + bracketed + " int PRIMARY KEY)",
			"INSERT " + quoted + "." + bracketed + " (" + quoted + ") VALUES (7)",
			"GRANT SELECT ON " + bracketed + "." + bracketed + " TO " + quoted,
		} {
			if name == "#" && strings.Contains(batch, ".") {
				continue // a temporary table's
			}
			if _, err := db.ExecContext(ctx, batch); err != nil {
				t.Fatalf("%s: %v", batch, err)
			}
		}
		var got string
		var rows int
		if err := db.QueryRowContext(ctx, "SELECT name, (SELECT COUNT(*) FROM dbo.kept) FROM sys.database_principals WHERE name = @p1", name).Scan(&got, &rows); err != nil || got != name || rows != 0 {
			t.Errorf("%q is %q, %v", name, got, err)
		}
		if name == "#" {
			continue
		}
		quotedText := strings.ReplaceAll(bracketed+"."+bracketed, "'", "''")
		err := db.QueryRowContext(ctx, "DECLARE @q nvarchar(max) = N'SELECT * FROM ' + QUOTENAME(@p1) + N'.' + QUOTENAME(@p1, '\"'); EXEC (@q)", name).Scan(&rows)
		if err != nil || rows != 7 {
			t.Errorf("%q by QUOTENAME: %d, %v", name, rows, err)
		}
		if err := db.QueryRowContext(ctx, "EXECUTE AS USER = @p1; SELECT USER_NAME(), OBJECT_ID(N'"+quotedText+"'); REVERT", name).Scan(&got, &rows); err != nil || got != name {
			t.Errorf("%q as a user is %q, %v", name, got, err)
		}
	}
	long := strings.Repeat("é", 129)
	accepts(t, db, map[string]int32{"CREATE USER [" + long + "] WITHOUT LOGIN": 103, "CREATE TABLE \"" + long + "\" (id int)": 103})
}

// sqlText are lone surrogates and other text that is none, there and back.
func sqlText(t *testing.T, db *sql.DB) {
	if _, err := db.ExecContext(t.Context(), "CREATE TABLE dbo.texts (id int IDENTITY PRIMARY KEY, t nvarchar(100), v varchar(100))"); err != nil {
		t.Fatal(err)
	}
	for _, units := range []string{"0xD83D", "0x00DE", "0x3DD8", "0x610000D86200", "0x000061000000", "0xFFFFFEFF", "0x3DD800DE3DD8"} {
		var there, length int
		var back []byte
		err := db.QueryRowContext(t.Context(), "DECLARE @t nvarchar(100) = CAST("+units+" AS nvarchar(100)); INSERT dbo.texts (t, v) VALUES (@t, @t); "+
			"SELECT COUNT(*), MAX(LEN(t)), MAX(CAST(t AS varbinary(100))) FROM dbo.texts WHERE t = @t COLLATE Latin1_General_BIN2").Scan(&there, &length, &back)
		if err != nil || there != 1 || fmt.Sprintf("0x%X", back) != units || length != len(back)/2 {
			t.Errorf("%s: %d there, length %d, %X, %v", units, there, length, back, err)
		}
	}
}

// cuttable is a dialer whose connections can be cut.
type cuttable struct {
	mu   sync.Mutex
	open []net.Conn
}

func (c *cuttable) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	nc, err := (&net.Dialer{}).DialContext(ctx, network, address)
	if err == nil {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.open = append(c.open, nc)
	}
	return nc, err
}

func (c *cuttable) cut() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, nc := range c.open {
		_ = nc.Close() // the driver may have
	}
	c.open = nil
}

// pool is a pool whose connections can be cut.
func (d *database) pool(t *testing.T) (*sql.DB, *cuttable) {
	t.Helper()
	connector, err := mssql.NewConnector(d.outside())
	d.check(err)
	c := &cuttable{}
	connector.Dialer = c
	db := sql.OpenDB(connector)
	t.Cleanup(func() { _ = db.Close() }) // its connections are cut
	return db, c
}

// sqlDropped cuts a connection within a transaction, at rest and while it waits for a lock: what it did is undone, and
// what it held is free.
func (d *database) sqlDropped(t *testing.T) {
	ctx, db := t.Context(), d.open()
	_, err := db.ExecContext(ctx, "CREATE TABLE dbo.held (id int PRIMARY KEY, v int); INSERT dbo.held VALUES (1, 0), (2, 0)")
	d.check(err)
	for _, waits := range []bool{false, true} {
		other, cut := d.pool(t)
		tx, err := other.BeginTx(ctx, nil)
		d.check(err)
		_, err = tx.ExecContext(ctx, "UPDATE dbo.held SET v = 9 WHERE id = 1; CREATE TABLE dbo.never (id int)")
		d.check(err)
		if _, err := db.ExecContext(ctx, "SET LOCK_TIMEOUT 50; UPDATE dbo.held SET v = 1 WHERE id = 1"); number(err) != 1222 {
			t.Errorf("the row is not held: %v", err)
		}
		var waiting sync.WaitGroup
		if waits {
			holder, err := db.BeginTx(ctx, nil)
			d.check(err)
			_, err = holder.ExecContext(ctx, "UPDATE dbo.held SET v = 2 WHERE id = 2")
			d.check(err)
			defer func() { _ = holder.Rollback() }() // only its lock matters
			waiting.Go(func() {
				if _, err := tx.ExecContext(ctx, "UPDATE dbo.held SET v = 9 WHERE id = 2"); err == nil {
					t.Error("a row that is held was changed")
				}
			})
			time.Sleep(200 * time.Millisecond) // so that it waits; where it does not yet, the test proves less, and does not fail
		}
		cut.cut()
		waiting.Wait()
		if _, err := db.ExecContext(ctx, "SET LOCK_TIMEOUT 30000; UPDATE dbo.held SET v = v + 1 WHERE id = 1; CREATE TABLE dbo.never (id int); DROP TABLE dbo.never"); err != nil {
			t.Errorf("after the cut (waiting: %t): %v", waits, err)
		}
	}
	var v int
	if err := db.QueryRowContext(ctx, "SELECT v FROM dbo.held WHERE id = 1").Scan(&v); err != nil || v != 2 {
		t.Errorf("v = %d, %v", v, err)
	}
}

// resident is the memory of the process in KB; 0 where the system does not tell.
func (s *server) resident() (kb int) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.process.Process.Pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(text), "VmRSS:")
	_, _ = fmt.Sscan(rest, &kb) // 0 then
	return kb
}

// sqlUnread begins large results on several connections and reads nothing of them. Nobody waits for them, memory does
// not take what they do not read, and they end with their clients.
func (d *database) sqlUnread(t *testing.T) {
	ctx, db := t.Context(), d.open()
	_, err := db.ExecContext(ctx, "CREATE TABLE dbo.endless (id int PRIMARY KEY, text char(2000)); INSERT dbo.endless SELECT value, 'x' FROM GENERATE_SERIES(1, 20000)")
	d.check(err)
	before := d.i.server.resident()
	other, cut := d.pool(t)
	for range 20 {
		rows, err := other.QueryContext(ctx, "SELECT a.* FROM dbo.endless a CROSS JOIN dbo.endless b")
		d.check(err)
		if !rows.Next() {
			t.Fatal(rows.Err())
		}
	}
	for n := range 20 {
		_, err := db.ExecContext(ctx, "UPDATE dbo.endless SET text = 'y' WHERE id = @p1", n+1)
		d.check(err)
	}
	var readers int
	const count = "SELECT COUNT(*) FROM sys.dm_exec_sessions WHERE is_user_process = 1"
	d.check(db.QueryRowContext(ctx, count).Scan(&readers))
	if after := d.i.server.resident(); after-before > 200<<10 {
		t.Errorf("20 results that nobody reads take %d KB", after-before)
	}
	if readers < 20 {
		t.Errorf("%d sessions, want 20 that wait", readers)
	}
	cut.cut()
	for deadline := time.Now().Add(time.Minute); readers > 10 && time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		d.check(db.QueryRowContext(ctx, count).Scan(&readers))
	}
	if readers > 10 {
		t.Errorf("%d sessions are there after their clients have gone", readers)
	}
}
