package e2e

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
	"testing"
	"time"

	mssql "github.com/microsoft/go-mssqldb"
)

// crash is a load of writers of four kinds, and what they know of their rows. Each group of rows is one transaction.
type crash struct {
	*database
	round int

	mu    sync.Mutex
	acked map[string]map[[2]int]int // kind → worker and n → rows
	ids   map[int64]bool            // every value of IDENTITY that a client has seen, committed or not
	twice []int64
}

// rolledBack is the size that a transaction gives its rows when it will not commit.
const rolledBack = -1

// TestSQLPowerCutOfEverySort kills the process under 16 writers: single statements, transactions of three rows, bulk
// loads, and tables made with their rows and an index in one transaction. What was acknowledged is there when it comes
// back; what was not is there whole or not at all; indexes have their tables' rows; IDENTITY gives no value again.
func TestSQLPowerCutOfEverySort(t *testing.T) {
	c := &crash{database: newDatabase(t, start(t, "AzureCloud")), ids: map[int64]bool{}}
	_, err := c.open().ExecContext(t.Context(), `CREATE TABLE dbo.acts (id int IDENTITY PRIMARY KEY, worker int NOT NULL, n int NOT NULL, part int NOT NULL,
		size int NOT NULL, text nvarchar(100) NOT NULL, CONSTRAINT once UNIQUE (worker, n, part)); CREATE INDEX byPart ON dbo.acts (part) INCLUDE (size)`)
	c.check(err)
	for c.round = range 2 {
		c.acked = map[string]map[[2]int]int{"single": {}, "transaction": {}, "bulk": {}, "table": {}}
		c.load(t)
		c.i.server = c.i.up(t)
		db := c.open()
		c.checkGroups(t, db)
		c.checkTables(t, db)
		c.checkIndexes(t, db)
		if len(c.twice) > 0 {
			t.Errorf("IDENTITY gave %v twice", c.twice)
		}
		t.Logf("round %d: acknowledged %d single statements, %d transactions, %d bulk loads, %d tables", c.round,
			len(c.acked["single"]), len(c.acked["transaction"]), len(c.acked["bulk"]), len(c.acked["table"]))
	}
}

// load writes until each kind has been acknowledged often enough, and cuts the power.
func (c *crash) load(t *testing.T) {
	t.Helper()
	db := c.open()
	kinds := map[string]func(ctx context.Context, db *sql.DB, worker, n int) (int, error){
		"single": c.single, "transaction": c.transaction, "bulk": c.bulk, "table": c.table,
	}
	var all sync.WaitGroup
	for w, kind := range []string{
		"single", "single", "single", "single", "single", "single", "transaction", "transaction", "transaction", "transaction",
		"transaction", "transaction", "bulk", "bulk", "table", "table",
	} {
		all.Go(func() {
			for n := range 20_000 {
				worker := 100*c.round + w
				size, err := kinds[kind](t.Context(), db, worker, n)
				if err != nil {
					if number(err) != 0 {
						t.Errorf("%s: %v", kind, err)
					}
					return // the power is off
				}
				c.mu.Lock()
				c.acked[kind][[2]int{worker, n}] = size
				c.mu.Unlock()
			}
		})
	}
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline) && !c.enough(); {
		time.Sleep(10 * time.Millisecond)
	}
	c.i.server.kill()
	all.Wait()
	for kind, acked := range c.acked {
		if len(acked) == 0 {
			t.Fatalf("%s: nothing was acknowledged before the cut: the test proves nothing", kind)
		}
	}
}

func (c *crash) enough() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.acked["single"]) >= 200 && len(c.acked["transaction"]) >= 100 && len(c.acked["bulk"]) >= 10 && len(c.acked["table"]) >= 4
}

const insertAct = "INSERT dbo.acts (worker, n, part, size, text) OUTPUT inserted.id VALUES (@p1, @p2, @p3, @p4, REPLICATE(N'é', @p2 % 100))"

// querier is a database or a transaction.
type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// insert inserts a row and remembers the value of its IDENTITY.
func (c *crash) insert(ctx context.Context, q querier, worker, n, part, size int) error {
	var id int64
	if err := q.QueryRowContext(ctx, insertAct, worker, n, part, size).Scan(&id); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ids[id] {
		c.twice = append(c.twice, id)
	}
	c.ids[id] = true
	return nil
}

func (c *crash) single(ctx context.Context, db *sql.DB, worker, n int) (int, error) {
	return 1, c.insert(ctx, db, worker, n, 0, 1)
}

// transaction inserts three rows. Each fifth time it rolls them back.
func (c *crash) transaction(ctx context.Context, db *sql.DB, worker, n int) (int, error) {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return 0, err
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	size := 3
	if n%5 == 4 {
		size = rolledBack
	}
	for part := range 3 {
		if err := c.insert(ctx, tx, worker, n, part, size); err != nil {
			return 0, err
		}
	}
	if size == rolledBack {
		return 0, tx.Rollback()
	}
	return 3, tx.Commit()
}

// bulk loads fifty rows.
func (c *crash) bulk(ctx context.Context, db *sql.DB, worker, n int) (int, error) {
	const rows = 50
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return 0, err
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	load, err := tx.PrepareContext(ctx, mssql.CopyIn("dbo.acts", mssql.BulkOptions{}, "worker", "n", "part", "size", "text"))
	if err != nil {
		return 0, err
	}
	for part := range rows {
		if _, err := load.ExecContext(ctx, worker, n, part, rows, "loaded"); err != nil {
			return 0, err
		}
	}
	if _, err := load.ExecContext(ctx); err != nil {
		return 0, err
	}
	return rows, tx.Commit()
}

// table makes a table of five rows and an index.
func (c *crash) table(ctx context.Context, db *sql.DB, worker, n int) (int, error) {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return 0, err
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	name := fmt.Sprintf("dbo.made_%d_%d", worker, n)
	for _, batch := range []string{
		"CREATE TABLE " + name + " (id int PRIMARY KEY, v int)",
		"INSERT " + name + " VALUES (1, 10), (2, 20), (3, 30), (4, 40), (5, 50)",
		"CREATE INDEX byV ON " + name + " (v)",
	} {
		if _, err := tx.ExecContext(ctx, batch); err != nil {
			return 0, err
		}
	}
	return 5, tx.Commit()
}

// checkGroups wants every group of rows whole, and those that were acknowledged there.
func (c *crash) checkGroups(t *testing.T, db *sql.DB) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), "SELECT worker, n, COUNT(*), MIN(size), MAX(size) FROM dbo.acts WHERE worker >= @p1 GROUP BY worker, n", 100*c.round)
	c.check(err)
	found := map[[2]int]int{}
	for rows.Next() {
		var worker, n, count, least, greatest int
		c.check(rows.Scan(&worker, &n, &count, &least, &greatest))
		if count != least || count != greatest {
			t.Errorf("group %d-%d has %d rows of %d", worker, n, count, least)
		}
		found[[2]int{worker, n}] = count
	}
	c.check(rows.Err())
	for kind, groups := range c.acked {
		for group, size := range groups {
			if kind != "table" && found[group] != size {
				t.Errorf("%s %v was acknowledged with %d rows and has %d", kind, group, size, found[group])
			}
		}
	}
}

// checkTables wants every table with its five rows, by its key and by its index, and those that were acknowledged there.
func (c *crash) checkTables(t *testing.T, db *sql.DB) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), "SELECT name FROM sys.tables WHERE name LIKE 'made[_]%'")
	c.check(err)
	found := map[string]bool{}
	for rows.Next() {
		var name string
		c.check(rows.Scan(&name))
		found[name] = true
	}
	c.check(rows.Err())
	for name := range found {
		var byKey, byIndex, indexes int
		err := db.QueryRowContext(t.Context(), "SELECT (SELECT SUM(v) FROM dbo."+name+" WHERE id > 0), (SELECT SUM(v) FROM dbo."+name+
			" WHERE v > 0), (SELECT COUNT(*) FROM sys.indexes WHERE object_id = OBJECT_ID(N'dbo."+name+"'))").Scan(&byKey, &byIndex, &indexes)
		if err != nil || byKey != 150 || byIndex != 150 || indexes != 2 {
			t.Errorf("%s: %d by key, %d by index, %d indexes, %v", name, byKey, byIndex, indexes, err)
		}
	}
	for group := range c.acked["table"] {
		if name := fmt.Sprintf("made_%d_%d", group[0], group[1]); !found[name] {
			t.Errorf("%s was acknowledged and is gone", name)
		}
	}
}

// checkIndexes wants the same rows by each index.
func (c *crash) checkIndexes(t *testing.T, db *sql.DB) {
	t.Helper()
	var first [2]int64
	for i, where := range []string{"id > 0", "worker >= 0", "part >= 0", "text >= N''"} {
		var got [2]int64
		c.check(db.QueryRowContext(t.Context(), "SELECT COUNT_BIG(*), SUM(CAST(id AS bigint)) FROM dbo.acts WHERE "+where).Scan(&got[0], &got[1]))
		if i == 0 {
			first = got
		}
		if got != first {
			t.Errorf("WHERE %s gives %d rows (%d), the table %d (%d)", where, got[0], got[1], first[0], first[1])
		}
	}
	_, err := db.ExecContext(t.Context(), "INSERT dbo.acts (worker, n, part, size, text) SELECT TOP (1) worker, n, part, size, text FROM dbo.acts")
	if number(err) != 2627 {
		t.Errorf("a row that is there could be inserted again: %v", err)
	}
}
