package e2e

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf16"

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
	t.Run("idle", d.sqlIdle)
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
	accepts(t, db, map[string]int32{"ALTER VIEW dbo.view0 AS SELECT a FROM dbo.view0": 0})
	accepts(t, db, map[string]int32{"SELECT * FROM dbo.view0": 217, "SELECT * FROM dbo.view9": 217})
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

// rawSession is a connection in TDS 8.0: packets written by hand within TLS.
type rawSession struct{ *tls.Conn }

func (d *database) raw(t *testing.T) rawSession {
	t.Helper()
	host, port, authority := d.address()
	pem, err := os.ReadFile(authority)
	d.check(err)
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	c, err := tls.Dial("tcp", net.JoinHostPort(host, port), &tls.Config{RootCAs: roots, ServerName: d.host, NextProtos: []string{"tds/8.0"}})
	d.check(err)
	t.Cleanup(func() { _ = c.Close() }) // mostly the server has
	d.check(c.SetDeadline(time.Now().Add(time.Minute)))
	return rawSession{c}
}

// packet is one packet of a type, the last of its message.
func packet(typ byte, payload []byte) []byte {
	return append([]byte{typ, 1, byte((len(payload) + 8) >> 8), byte(len(payload) + 8), 0, 0, 1, 0}, payload...)
}

func utf16Bytes(s string) (out []byte) {
	for _, u := range utf16.Encode([]rune(s)) {
		out = binary.LittleEndian.AppendUint16(out, u)
	}
	return out
}

// login7 is a LOGIN7 whose offsets may be made to lie.
func login7(user, password, database string, change func(fixed []byte)) []byte {
	const size = 94
	fixed := make([]byte, size)
	binary.LittleEndian.PutUint32(fixed[4:], 0x08000000)
	binary.LittleEndian.PutUint32(fixed[8:], 4096)
	var data []byte
	put := func(at int, text string) {
		binary.LittleEndian.PutUint16(fixed[at:], uint16(size+len(data)))
		binary.LittleEndian.PutUint16(fixed[at+2:], uint16(len(text)))
		data = append(data, utf16Bytes(text)...)
	}
	put(36, "host")
	put(40, user)
	begin := len(data)
	put(44, password)
	for i := begin; i < len(data); i++ {
		data[i] = (data[i]<<4 | data[i]>>4) ^ 0xA5
	}
	put(68, database)
	binary.LittleEndian.PutUint32(fixed, uint32(size+len(data)))
	change(fixed)
	return packet(0x10, append(fixed, data...))
}

var prelogin = packet(0x12, []byte{0, 0, 11, 0, 6, 1, 0, 17, 0, 1, 0xFF, 8, 0, 1, 85, 0, 0, 0})

// logIn logs in, and reads the answer.
func (s rawSession) logIn(t *testing.T, message []byte) error {
	t.Helper()
	if _, err := s.Write(prelogin); err != nil {
		return err
	}
	if _, err := s.message(); err != nil {
		return err
	}
	if _, err := s.Write(message); err != nil {
		return err
	}
	answer, err := s.message()
	if err == nil && !bytes.Contains(answer, []byte{0xAD}) {
		return fmt.Errorf("no LOGINACK in %x", answer)
	}
	return err
}

// message reads the payload of a message.
func (s rawSession) message() (out []byte, err error) {
	for header := make([]byte, 8); ; {
		if _, err := io.ReadFull(s, header); err != nil {
			return out, err
		}
		payload := make([]byte, max(8, int(header[2])<<8|int(header[3]))-8)
		if _, err := io.ReadFull(s, payload); err != nil {
			return out, err
		}
		if out = append(out, payload...); header[1]&1 != 0 {
			return out, nil
		}
	}
}

// ends wants the server to close the connection, whatever it says before.
func (s rawSession) ends(t *testing.T, what string) {
	t.Helper()
	_, err := io.Copy(io.Discard, s)
	var late net.Error
	if errors.As(err, &late) && late.Timeout() {
		t.Errorf("%s: the connection stays open", what)
	}
}

// sqlPackets are packets that break the protocol, before and after a login. The connection closes, and nothing else.
func (d *database) sqlPackets(t *testing.T) {
	db := d.open()
	good := login7(boss+"@"+d.server, bossPassword, d.name, func([]byte) {})
	for at := range 94 {
		s := d.raw(t)
		err := s.logIn(t, login7(boss+"@"+d.server, bossPassword, d.name, func(fixed []byte) { fixed[at] ^= 0xFF }))
		if err == nil {
			if _, err := s.Write(packet(1, []byte{1, 2})); err == nil {
				s.ends(t, fmt.Sprintf("garbage after a login with byte %d changed", at))
			}
		}
		d.check(closed(s))
	}
	headers := append(binary.LittleEndian.AppendUint32(nil, 22), 18, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0)
	call := append(bytes.Clone(headers), 0xFF, 0xFF, 10, 0, 0, 0) // sp_executesql
	plp := append(bytes.Clone(call), 0, 0, 0xE7, 0xFF, 0xFF, 9, 4, 0xD0, 0, 0x34)
	plp = binary.LittleEndian.AppendUint64(plp, 1<<30)
	for what, bad := range map[string][]byte{
		"garbage":                  bytes.Repeat([]byte("garbage!"), 100),
		"a length below 8":         {1, 1, 0, 7, 0, 0, 1, 0},
		"a packet of 65,535 bytes": append([]byte{1, 1, 0xFF, 0xFF, 0, 0, 1, 0}, make([]byte, 70_000)...),
		"an unknown type":          packet(0x33, []byte("x")),
		"headers that lie":         packet(1, []byte{0xFF, 0xFF, 0xFF, 0x7F, 1, 2, 3}),
		"half a character":         packet(1, append(bytes.Clone(headers), 'S')),
		"a call that ends":         packet(3, call[:len(call)-3]),
		"1 GB declared":            packet(3, binary.LittleEndian.AppendUint32(plp, 1<<30)),
		"another login":            good,
		"an unknown request":       packet(14, append(bytes.Clone(headers), 0x77, 0x77)),
		"a load that nobody began": packet(7, []byte{0x81, 0xFF, 0xFF}),
	} {
		s := d.raw(t)
		d.check(s.logIn(t, good))
		if _, err := s.Write(bad); err == nil {
			_ = s.CloseWrite() // the server may have closed already
		}
		s.ends(t, what)
		var one int
		if err := db.QueryRowContext(t.Context(), "SELECT 1").Scan(&one); err != nil || one != 1 {
			t.Fatalf("after %s: %v", what, err)
		}
	}
	host, port, _ := d.address()
	for _, bad := range [][]byte{prelogin[:5], prelogin[:12], bytes.Repeat([]byte{0x12}, 9000), {0x16, 3, 1, 0xFF, 0xFF, 1}, []byte("GET / HTTP/1.1\r\n\r\n"), {}} {
		c, err := net.Dial("tcp", net.JoinHostPort(host, port))
		d.check(err)
		d.check(c.SetDeadline(time.Now().Add(time.Minute)))
		if _, err := c.Write(bad); err == nil {
			_ = c.(*net.TCPConn).CloseWrite() // the server may have closed already
		}
		_, err = io.Copy(io.Discard, c)
		var late net.Error
		if errors.As(err, &late) && late.Timeout() {
			t.Errorf("%q keeps the connection open", bad)
		}
		d.check(c.Close())
	}
}

// closed closes a connection that the server may have closed already.
func closed(s rawSession) error {
	_ = s.Close()
	return nil
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

// sqlIdle opens 1,000 connections that rest. They take little, and end with the instance.
func (d *database) sqlIdle(t *testing.T) {
	ctx := t.Context()
	before := d.i.server.resident()
	other, _ := d.pool(t)
	other.SetMaxIdleConns(1000)
	good := login7(boss+"@"+d.server, bossPassword, d.name, func([]byte) {})
	sessions := make([]rawSession, 1000)
	var all sync.WaitGroup
	next := make(chan int)
	for range 8 {
		all.Go(func() {
			for n := range next {
				if err := sessions[n].logIn(t, good); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for n := range sessions {
		sessions[n] = d.raw(t)
		next <- n
	}
	close(next)
	all.Wait()
	var count int
	d.check(other.QueryRowContext(ctx, "SELECT COUNT(*) FROM sys.dm_exec_sessions WHERE is_user_process = 1").Scan(&count))
	after := d.i.server.resident()
	t.Logf("1,000 idle sessions take %d KB", after-before)
	if count < 1000 || before > 0 && after-before > 150<<10 {
		t.Errorf("%d sessions take %d KB", count, after-before)
	}
	d.i.server.stop(t)
	for _, s := range sessions {
		d.check(s.SetDeadline(time.Now().Add(time.Minute)))
		s.ends(t, "an idle session at the instance's end")
	}
}

// TestSQLFullDisk fills the disk under a database. What cannot be kept is refused, what is there stays, and once there is
// room the work goes on.
func TestSQLFullDisk(t *testing.T) {
	unshare := program(t, "unshare")
	needNamespaces(t)
	i := start(t, "AzureCloud")
	d := newDatabase(t, i)
	d.check(exhausted(d.open(), t, "CREATE TABLE dbo.rows (id int IDENTITY PRIMARY KEY, text varchar(8000) NOT NULL)"))
	i.server.stop(t)
	small := t.TempDir()
	s := &server{exited: make(chan struct{})}
	s.process = exec.Command(unshare, "--user", "--map-root-user", "--mount", "sh", "-c",
		`mount -t tmpfs -o size=200m none "$1" && cp -a "$2/." "$1" && exec "$3" up --data "$1" --listen 127.0.0.1:0`, "sh", small, i.data, alcedo)
	s.process.Env, s.process.Stdout, s.process.Stderr = cleanEnvironment(), &s.log, &s.log
	d.check(s.process.Start())
	go func() {
		_ = s.process.Wait() // its status is in ProcessState
		close(s.exited)
	}()
	t.Cleanup(func() { s.stop(t) })
	inside := filepath.Join(fmt.Sprintf("/proc/%d/root", s.process.Process.Pid), small)
	var r running
	for deadline := time.Now().Add(30 * time.Second); r.SQL == "" && time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		text, err := os.ReadFile(filepath.Join(inside, "instance.json"))
		if err == nil && !strings.Contains(string(text), fmt.Sprintf(`"pid": %d,`, i.server.process.Process.Pid)) {
			d.check(json.Unmarshal(text, &r))
		}
	}
	host, port, err := net.SplitHostPort(r.SQL)
	if err != nil {
		t.Fatalf("nobody answers:\n%s", s.log.String())
	}
	db, err := sql.Open("sqlserver", strings.Join([]string{
		"server=" + host, "port=" + port, "database=" + d.name, "user id=" + boss + "@" + d.server,
		"password=" + bossPassword, "encrypt=true", "certificate=" + filepath.Join(i.data, "ca.pem"), "hostNameInCertificate=" + d.host,
	}, ";"))
	d.check(err)
	t.Cleanup(func() { _ = db.Close() })
	insert := func() error {
		return exhausted(db, t, "INSERT dbo.rows (text) SELECT REPLICATE('kingfisher', 700) FROM GENERATE_SERIES(1, 100)")
	}
	for deadline := time.Now().Add(30 * time.Second); db.PingContext(t.Context()) != nil && time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
	}
	d.check(insert())
	filler, err := os.Create(filepath.Join(inside, "filler"))
	d.check(err)
	for block := make([]byte, 64<<10); err == nil; {
		_, err = filler.Write(block)
	}
	d.check(filler.Close())
	acked := 1
	for ; acked < 1000; acked++ {
		if err = insert(); err != nil {
			break
		}
	}
	if number(err) == 0 {
		t.Fatalf("the disk is full, and the client is told %v", err)
	}
	t.Logf("after %d statements: %v", acked, err)
	count := func() (rows int) {
		d.check(db.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM dbo.rows WHERE text = REPLICATE('kingfisher', 700)").Scan(&rows))
		return rows
	}
	if rows := count(); rows != 100*acked {
		t.Errorf("%d rows, %d were acknowledged", rows, 100*acked)
	}
	d.check(os.Remove(filepath.Join(inside, "filler")))
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		if err = insert(); err == nil || time.Now().After(deadline) {
			break
		}
	}
	if rows := count(); err != nil || rows != 100*acked+100 {
		t.Errorf("with room again: %d rows of %d, %v", rows, 100*acked+100, err)
	}
}

// exhausted runs a batch and reads all of its answer.
func exhausted(db *sql.DB, t *testing.T, batch string) error {
	t.Helper()
	_, err := db.ExecContext(t.Context(), batch)
	return err
}
