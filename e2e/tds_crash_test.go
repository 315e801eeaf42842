package e2e

import (
	"database/sql"
	"errors"
	"sync"
	"testing"
	"time"
)

// TestSQLPowerCut kills the process under load. Rows whose commit was acknowledged are there when it comes back; rows of
// transactions that never committed are not; an index says the same as its table.
func TestSQLPowerCut(t *testing.T) {
	d := newDatabase(t, start(t, "AzureCloud"))
	db := d.open()
	if _, err := db.ExecContext(t.Context(), "CREATE TABLE dbo.acts (id int IDENTITY PRIMARY KEY, worker int, n int, CONSTRAINT once UNIQUE (worker, n))"); err != nil {
		t.Fatal(err)
	}
	for round := range 2 {
		db := d.open() // the address changes with each start
		var (
			mu    sync.Mutex
			acked [][2]int
			all   sync.WaitGroup
		)
		for w := range 6 {
			all.Go(func() {
				for n := range 100_000 {
					worker := round*10 + w
					tx, err := db.BeginTx(t.Context(), nil)
					if err != nil {
						return // the power is off
					}
					_, err = tx.ExecContext(t.Context(), "INSERT dbo.acts (worker, n) VALUES (@p1, @p2)", worker, n)
					if err != nil {
						return
					}
					if n%5 == 4 {
						err = tx.Rollback()
					} else if err = tx.Commit(); err == nil {
						mu.Lock()
						acked = append(acked, [2]int{worker, n})
						mu.Unlock()
					}
					if err != nil {
						return
					}
				}
			})
		}
		for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
			mu.Lock()
			enough := len(acked) >= 100
			mu.Unlock()
			if enough {
				break
			}
		}
		d.i.server.kill()
		all.Wait()
		if len(acked) == 0 {
			t.Fatal("nothing was acknowledged before the cut: the test proves nothing")
		}
		d.i.server = d.i.up(t)
		d.checkActs(t, d.open(), acked)
		t.Logf("round %d: %d acknowledged, all there", round, len(acked))
	}
}

// checkActs looks for each acknowledged row by the unique index, and counts rows by table and index.
func (d *database) checkActs(t *testing.T, db *sql.DB, acked [][2]int) {
	t.Helper()
	find, err := db.PrepareContext(t.Context(), "SELECT n FROM dbo.acts WHERE worker = @p1 AND n = @p2")
	d.check(err)
	for _, row := range acked {
		var n int
		if err := find.QueryRowContext(t.Context(), row[0], row[1]).Scan(&n); err != nil {
			t.Fatalf("%v was acknowledged and is gone: %v", row, err)
		}
	}
	d.check(find.Close())
	var rolledBack, byTable, byIndex int
	d.check(db.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM dbo.acts WHERE n % 5 = 4").Scan(&rolledBack))
	d.check(db.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM dbo.acts WHERE id > 0").Scan(&byTable))
	d.check(db.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM dbo.acts WHERE worker >= 0").Scan(&byIndex))
	if rolledBack != 0 || byTable != byIndex || byTable < len(acked) {
		t.Errorf("%d rows that were rolled back; %d by the table, %d by the index, %d acknowledged", rolledBack, byTable, byIndex, len(acked))
	}
	if _, err := db.ExecContext(t.Context(), "INSERT dbo.acts (worker, n) VALUES (@p1, @p2)", acked[0][0], acked[0][1]); number(err) != 2627 {
		d.check(errors.Join(errors.New("a row that is there could be inserted again"), err))
	}
}
