package e2e

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	mssql "github.com/microsoft/go-mssqldb"
)

// open opens a pool with the SQL administrator's login.
func (d *database) open() *sql.DB {
	d.Helper()
	db, err := sql.Open("sqlserver", d.outside())
	d.check(err)
	d.Cleanup(func() {
		if err := db.Close(); err != nil {
			d.Error(err)
		}
	})
	return db
}

// number is the number of a message, 0 for another error.
func number(err error) int32 {
	var m mssql.Error
	if errors.As(err, &m) {
		return m.Number
	}
	return 0
}

// TestSQLWithGo drives a database with go-mssqldb: every type in and out, OUTPUT parameters, transactions, cancellation,
// bulk copy and many connections.
func TestSQLWithGo(t *testing.T) {
	d := newDatabase(t, start(t, "AzureChinaCloud"))
	db := d.open()
	t.Run("refusals", d.sqlRefusals)
	t.Run("types", func(t *testing.T) { sqlTypes(t, db) })
	t.Run("parameters", func(t *testing.T) { sqlParameters(t, db) })
	t.Run("transactions", func(t *testing.T) { sqlTransactions(t, db) })
	t.Run("cancel", func(t *testing.T) { sqlCancel(t, db) })
	t.Run("bulk", func(t *testing.T) { sqlBulk(t, db) })
	t.Run("many", func(t *testing.T) { sqlMany(t, db) })
}

// sqlRefusals are logins that fail, told as Azure tells them.
func (d *database) sqlRefusals(t *testing.T) {
	for change, want := range map[[2]string]int32{
		{"password=" + bossPassword, "password=wrong"}: 18456,
		{"user id=" + boss, "user id=nobody"}:          18456,
		{"database=" + d.name, "database=nowhere"}:     4060,
		{"@" + d.server, "@nosuchserver"}:              40532,
		{"encrypt=true", "encrypt=strict"}:             0,
		{"database=" + d.name, "database=master"}:      0,
	} {
		db, err := sql.Open("sqlserver", strings.Replace(d.outside(), change[0], change[1], 1))
		if err != nil {
			t.Fatal(err)
		}
		err = db.PingContext(t.Context())
		var m mssql.Error
		got := int32(0)
		if errors.As(err, &m) {
			got = m.All[0].Number
		}
		if got != want || err != nil && want == 0 {
			t.Errorf("%v: %v, want %d", change, err, want)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}
}

func sqlTypes(t *testing.T, db *sql.DB) {
	at := time.Date(2024, 2, 29, 23, 59, 58, 123456700, time.FixedZone("", -(5*60+30)*60))
	for _, x := range []struct {
		declared string
		in, want any
	}{
		{"bit", true, true},
		{"tinyint", int64(255), int64(255)},
		{"smallint", int64(-32768), int64(-32768)},
		{"int", int64(-2147483648), int64(-2147483648)},
		{"bigint", int64(-9223372036854775808), int64(-9223372036854775808)},
		{"decimal(38,10)", "1234567890123456789012345678.0123456789", []byte("1234567890123456789012345678.0123456789")},
		{"money", "-922337203685477.5808", []byte("-922337203685477.5808")},
		{"real", 0.5, 0.5},
		{"float", -1e300, -1e300},
		{"date", at, time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC)},
		{"time(7)", "23:59:58.1234567", time.Date(1, 1, 1, 23, 59, 58, 123456700, time.UTC)},
		{"smalldatetime", "2024-02-29 12:30:00", time.Date(2024, 2, 29, 12, 30, 0, 0, time.UTC)},
		{"datetime", "2024-02-29 12:30:00.123", time.Date(2024, 2, 29, 12, 30, 0, 123000000, time.UTC)},
		{"datetime2(7)", "9999-12-31 23:59:59.9999999", time.Date(9999, 12, 31, 23, 59, 59, 999999900, time.UTC)},
		{"datetimeoffset(7)", at, at},
		{"char(5)", "ab", "ab   "},
		{"varchar(20)", "Zürich €", "Zürich €"},
		{"varchar(max)", strings.Repeat("ü", 9000), strings.Repeat("ü", 9000)},
		{"nchar(3)", "日本", "日本 "},
		{"nvarchar(50)", "naïve 😀", "naïve 😀"},
		{"nvarchar(max)", strings.Repeat("語", 100_000), strings.Repeat("語", 100_000)},
		{"binary(4)", []byte{1, 2}, []byte{1, 2, 0, 0}},
		{"varbinary(10)", []byte{0, 255}, []byte{0, 255}},
		{"varbinary(max)", []byte(strings.Repeat("x", 100_000)), []byte(strings.Repeat("x", 100_000))},
		{"uniqueidentifier", "00112233-4455-6677-8899-AABBCCDDEEFF", []byte{0x33, 0x22, 0x11, 0, 0x55, 0x44, 0x77, 0x66, 0x88, 0x99, 0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF}},
		{"nvarchar(10)", nil, nil},
		{"int", nil, nil},
	} {
		var got any
		err := db.QueryRowContext(t.Context(), "DECLARE @t TABLE (c "+x.declared+"); INSERT @t VALUES (@p1); SELECT c FROM @t", x.in).Scan(&got)
		switch want := x.want.(type) {
		case time.Time:
			if at, ok := got.(time.Time); err != nil || !ok || !at.Equal(want) {
				t.Errorf("%s: %v, %v; want %v", x.declared, got, err, want)
			}
		case []byte:
			if b, ok := got.([]byte); err != nil || !ok || string(b) != string(want) {
				t.Errorf("%s: %.60v, %v", x.declared, got, err)
			}
		default:
			if err != nil || got != want {
				t.Errorf("%s: %.60v, %v", x.declared, got, err)
			}
		}
	}
}

func sqlParameters(t *testing.T, db *sql.DB) {
	ctx := t.Context()
	exec := func(batch string) {
		t.Helper()
		if _, err := db.ExecContext(ctx, batch); err != nil {
			t.Fatal(err)
		}
	}
	exec("CREATE PROCEDURE dbo.twice @n int OUTPUT, @text nvarchar(50) OUTPUT AS BEGIN SET @n = @n * 2; SET @text = @text + @text; RETURN 7 END")
	n, text, status := int64(21), "ab", mssql.ReturnStatus(0)
	if _, err := db.ExecContext(ctx, "dbo.twice", sql.Named("n", sql.Out{Dest: &n, In: true}), sql.Named("text", sql.Out{Dest: &text, In: true}), &status); err != nil {
		t.Fatal(err)
	}
	if n != 42 || text != "abab" || status != 7 {
		t.Errorf("%d, %q, %d", n, text, status)
	}
	_, err := db.ExecContext(ctx, "dbo.nosuch", 1)
	if number(err) != 2812 {
		t.Errorf("a procedure that there is not: %v", err)
	}
	many := make([]any, 2101)
	for i := range many {
		many[i] = i
	}
	if _, err := db.ExecContext(ctx, "SELECT 1 AS one", many...); number(err) != 8003 {
		t.Errorf("too many parameters: %v", err)
	}
	var line mssql.Error
	if _, err := db.ExecContext(ctx, "SELECT 1\n\nSELECT 1/0"); !errors.As(err, &line) || line.Number != 8134 || line.LineNo != 3 {
		t.Errorf("line: %+v", err)
	}
	statement, err := db.PrepareContext(ctx, "SELECT @p1 + 1")
	if err != nil {
		t.Fatal(err)
	}
	for i := range 10 {
		if err := statement.QueryRowContext(ctx, i).Scan(&n); err != nil || n != int64(i)+1 {
			t.Fatal(n, err)
		}
	}
	if err := statement.Close(); err != nil {
		t.Error(err)
	}
}

func sqlTransactions(t *testing.T, db *sql.DB) {
	ctx := t.Context()
	if _, err := db.ExecContext(ctx, "CREATE TABLE dbo.acts (id int PRIMARY KEY)"); err != nil {
		t.Fatal(err)
	}
	count := func(q interface {
		QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	},
	) (n int) {
		t.Helper()
		if err := q.QueryRowContext(ctx, "SELECT COUNT(*) FROM dbo.acts").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	for _, x := range []struct {
		level  sql.IsolationLevel
		commit bool
		want   int
	}{{sql.LevelDefault, true, 1}, {sql.LevelReadCommitted, false, 1}, {sql.LevelSnapshot, true, 2}, {sql.LevelSerializable, false, 2}, {sql.LevelRepeatableRead, true, 3}} {
		tx, err := db.BeginTx(ctx, &sql.TxOptions{Isolation: x.level})
		if err != nil {
			t.Fatal(x.level, err)
		}
		if _, err := tx.ExecContext(ctx, "INSERT dbo.acts VALUES (@p1)", x.want*10+int(x.level)); err != nil {
			t.Fatal(x.level, err)
		}
		inside, outside := count(tx), 0
		if x.level != sql.LevelSerializable && x.level != sql.LevelRepeatableRead {
			outside = count(db) // it reads what is committed, and does not wait
			if inside != outside+1 {
				t.Errorf("%v: %d inside, %d outside", x.level, inside, outside)
			}
		}
		if x.commit {
			err = tx.Commit()
		} else {
			err = tx.Rollback()
		}
		if got := count(db); err != nil || got != x.want {
			t.Errorf("%v: %d rows, want %d, %v", x.level, got, x.want, err)
		}
	}
	// An error undoes its statement, not the transaction.
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = tx.ExecContext(ctx, "INSERT dbo.acts VALUES (1000)")
	_, again := tx.ExecContext(ctx, "INSERT dbo.acts VALUES (1001), (1000)")
	if err != nil || number(again) != 2627 {
		t.Errorf("%v, %v", err, again)
	}
	if err := tx.Commit(); err != nil || count(db) != 4 {
		t.Errorf("%d rows, %v", count(db), err)
	}
}

func sqlCancel(t *testing.T, db *sql.DB) {
	one, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer one.Close()
	for _, batch := range []string{"WAITFOR DELAY '00:01:00'", "WHILE 1 = 1 SET NOCOUNT ON", "WITH n AS (SELECT 1 AS i UNION ALL SELECT i FROM n) SELECT COUNT(*) FROM n OPTION (MAXRECURSION 0)"} {
		ctx, cancel := context.WithCancel(t.Context())
		timer := time.AfterFunc(100*time.Millisecond, cancel)
		_, err := one.ExecContext(ctx, batch)
		timer.Stop()
		cancel()
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", batch, err)
		}
		var n int
		if err := one.QueryRowContext(t.Context(), "SELECT @@SPID").Scan(&n); err != nil || n == 0 {
			t.Errorf("after %s: %d, %v", batch, n, err)
		}
	}
}

func sqlBulk(t *testing.T, db *sql.DB) {
	ctx := t.Context()
	if _, err := db.ExecContext(ctx, "CREATE TABLE dbo.loaded (id int NOT NULL PRIMARY KEY, name nvarchar(50) NULL, price decimal(10,2) NULL, at datetime2(3) NOT NULL, data varbinary(max) NULL)"); err != nil {
		t.Fatal(err)
	}
	load := func(from, to int) (int64, error) {
		tx, err := db.BeginTx(ctx, nil)
		if err != nil {
			return 0, err
		}
		defer func() { _ = tx.Rollback() }() // after a commit it does nothing
		statement, err := tx.PrepareContext(ctx, mssql.CopyIn("dbo.loaded", mssql.BulkOptions{}, "id", "name", "price", "at", "data"))
		if err != nil {
			return 0, err
		}
		for i := from; i < to; i++ {
			var name any = fmt.Sprintf("name %d é", i)
			if i%3 == 0 {
				name = nil
			}
			if _, err := statement.ExecContext(ctx, i, name, "12.34", time.Date(2024, 1, 1, 0, 0, 0, i*1e6%1e9, time.UTC), []byte{byte(i)}); err != nil {
				return 0, err
			}
		}
		r, err := statement.ExecContext(ctx)
		if err != nil {
			return 0, err
		}
		n, err := r.RowsAffected()
		return n, errors.Join(err, tx.Commit())
	}
	if n, err := load(0, 10_000); err != nil || n != 10_000 {
		t.Fatal(n, err)
	}
	if _, err := load(9_990, 10_010); number(err) != 2627 {
		t.Errorf("keys that are there: %v", err)
	}
	var n, named int
	var price string
	err := db.QueryRowContext(ctx, "SELECT COUNT(*), COUNT(name), SUM(price) FROM dbo.loaded").Scan(&n, &named, &price)
	if err != nil || n != 10_000 || named != 6666 || price != "123400.00" {
		t.Errorf("%d rows, %d named, %s, %v", n, named, price, err)
	}
}

// sqlMany inserts and reads on many connections at once.
func sqlMany(t *testing.T, db *sql.DB) {
	if _, err := db.ExecContext(t.Context(), "CREATE TABLE dbo.many (id int IDENTITY PRIMARY KEY, who int)"); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for who := range 16 {
		all.Go(func() {
			for range 20 {
				if _, err := db.ExecContext(t.Context(), "INSERT dbo.many (who) VALUES (@p1)", who); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	var n, ids int
	if err := db.QueryRowContext(t.Context(), "SELECT COUNT(*), COUNT(DISTINCT id) FROM dbo.many").Scan(&n, &ids); err != nil || n != 320 || ids != 320 {
		t.Errorf("%d rows with %d ids, %v", n, ids, err)
	}
}
