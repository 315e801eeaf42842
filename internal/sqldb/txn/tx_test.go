package txn

import (
	"context"
	"errors"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/store"
)

func TestReadCommittedSeesCommitsBetweenStatements(t *testing.T) {
	e := newEngine(t)
	reader, writer := begin(t, e, Options{}), begin(t, e, Options{})
	mustSet(t, writer, accounts, 1, "a")
	want(t, look(t, writer, accounts, 1), "a")
	want(t, look(t, reader, accounts, 1), "-")
	commit(t, writer)
	want(t, look(t, reader, accounts, 1), "a")
}

func TestSnapshotStaysAndConflicts(t *testing.T) {
	e := newEngine(t)
	first := begin(t, e, Options{})
	mustSet(t, first, accounts, 1, "a")
	commit(t, first)
	old := begin(t, e, Options{Isolation: Snapshot})
	want(t, look(t, old, accounts, 1), "a")
	second := begin(t, e, Options{})
	mustSet(t, second, accounts, 1, "b")
	mustSet(t, second, accounts, 2, "b")
	commit(t, second)
	want(t, look(t, old, accounts, 1), "a")
	want(t, look(t, old, accounts, 2), "-")
	if err := statement(t, old, func() error { return set(old, accounts, 1, "c") }); !errors.Is(err, ErrConflict) {
		t.Fatalf("a change of a row that has changed since: %v", err)
	}
	mustSet(t, old, accounts, 3, "c") // a row that nobody has touched may be written
}

func TestStaleStatementIsRunAgain(t *testing.T) {
	e := newEngine(t)
	first := begin(t, e, Options{})
	mustSet(t, first, accounts, 1, "1")
	commit(t, first)

	tx, runs := begin(t, e, Options{}), 0
	err := statement(t, tx, func() error {
		runs++
		v, _, err := tx.Get(accounts, key(accounts, 1))
		if err != nil {
			return err
		}
		if runs == 1 { // another commits between reading and locking
			other := begin(t, e, Options{})
			mustSet(t, other, accounts, 1, "2")
			commit(t, other)
		}
		return set(tx, accounts, 1, string(v)+"+")
	})
	if err != nil || runs != 2 {
		t.Fatalf("%d runs, %v", runs, err)
	}
	want(t, look(t, tx, accounts, 1), "2+")
}

func TestStatementAndSavepointUndo(t *testing.T) {
	e := newEngine(t)
	tx := begin(t, e, Options{})
	mustSet(t, tx, accounts, 1, "a")
	tx.Savepoint("s")
	mustSet(t, tx, accounts, 1, "b")
	mustSet(t, tx, accounts, 2, "b")
	mustSet(t, tx, scratch, 1, "temporary")
	mustSet(t, tx, variable, 1, "variable")
	failed := errors.New("failed")
	err := statement(t, tx, func() error {
		for _, x := range []*Index{accounts, others, scratch, variable} {
			if err := set(tx, x, 1, "lost"); err != nil {
				return err
			}
		}
		return failed
	})
	if !errors.Is(err, failed) {
		t.Fatal(err)
	}
	want(t, look(t, tx, accounts, 1), "b")
	want(t, look(t, tx, others, 1), "-")
	want(t, look(t, tx, scratch, 1), "temporary")
	want(t, look(t, tx, variable, 1), "variable")
	if tx.RollbackTo("x") || !tx.RollbackTo("S") {
		t.Fatal("savepoints are found by name, whatever its case")
	}
	want(t, look(t, tx, accounts, 1), "a")
	want(t, look(t, tx, accounts, 2), "-")
	want(t, look(t, tx, scratch, 1), "-")
	want(t, look(t, tx, variable, 1), "variable")
}

func TestLocalTablesOutliveTransactions(t *testing.T) {
	e := newEngine(t)
	local := NewLocal()
	first := begin(t, e, Options{Local: local})
	mustSet(t, first, scratch, 1, "kept")
	mustSet(t, first, variable, 1, "kept")
	commit(t, first)
	second := begin(t, e, Options{Local: local})
	mustSet(t, second, scratch, 1, "undone")
	mustSet(t, second, variable, 1, "stays")
	if err := second.Rollback(); err != nil {
		t.Fatal(err)
	}
	third := begin(t, e, Options{Local: local})
	want(t, look(t, third, scratch, 1), "kept")
	want(t, look(t, third, variable, 1), "stays")
	commit(t, third)
	local.Drop(scratch.Table)
	fourth := begin(t, e, Options{Local: local})
	want(t, look(t, fourth, scratch, 1), "-")
}

func TestHooksTakePart(t *testing.T) {
	e := newEngine(t)
	record := []byte("definition")
	put := func(value string) func(store.Tx) error {
		return func(tx store.Tx) error { return tx.Put(record, []byte(value)) }
	}
	tx := begin(t, e, Options{})
	told := ""
	tx.OnCommit(put("kept"))
	tx.AfterCommit(func() { told += "committed" })
	tx.Savepoint("s")
	tx.OnCommit(put("lost"))
	tx.RollbackTo("s")
	commit(t, tx)
	err := store.View(context.Background(), e.store, func(r store.Reader) error {
		item, err := r.Get(record)
		want(t, string(item.Value), "kept")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	want(t, told, "committed")

	refused := errors.New("refused")
	bad := begin(t, e, Options{})
	mustSet(t, bad, accounts, 1, "a")
	bad.OnCommit(func(store.Tx) error { return refused })
	bad.AfterCommit(func() { t.Error("told of a commit that was none") })
	bad.AfterRollback(func() { told = "undone" })
	if err := bad.Commit(context.Background()); !errors.Is(err, refused) {
		t.Fatalf("commit: %v", err)
	}
	want(t, told, "undone")
	want(t, look(t, begin(t, e, Options{}), accounts, 1), "-")
}

func TestEndedTransactionRefuses(t *testing.T) {
	e := newEngine(t)
	tx := begin(t, e, Options{})
	commit(t, tx)
	if err := tx.BeginStatement(); !errors.Is(err, ErrEnded) {
		t.Errorf("begin a statement: %v", err)
	}
	if err := tx.Put(accounts, key(accounts, 1), nil); !errors.Is(err, ErrEnded) {
		t.Errorf("put: %v", err)
	}
	if err := tx.Commit(context.Background()); !errors.Is(err, ErrEnded) {
		t.Errorf("commit: %v", err)
	}
	if _, err := tx.LockTable(context.Background(), accounts.Table, Exclusive); !errors.Is(err, ErrEnded) {
		t.Errorf("lock: %v", err)
	}
}

func TestRowsAreCounted(t *testing.T) {
	s := newEngine(t).store
	e := engineOn(t, s)
	tx := begin(t, e, Options{})
	for n := range 3 {
		mustSet(t, tx, accounts, n, "a")
		tx.Count(accounts, 1)
	}
	commit(t, tx)
	undone := begin(t, e, Options{})
	undone.Count(accounts, 5)
	if n, err := undone.Rows(accounts.Table); n != 8 || err != nil {
		t.Fatalf("own rows: %d, %v", n, err)
	}
	if err := undone.Rollback(); err != nil {
		t.Fatal(err)
	}
	again := engineOn(t, s)
	more := begin(t, again, Options{})
	more.Count(accounts, -1)
	commit(t, more)
	if n, err := again.Rows(context.Background(), accounts.Table); n != 2 || err != nil {
		t.Fatalf("rows for a plan: %d, %v", n, err)
	}
	if n, err := engineOn(t, s).Rows(context.Background(), accounts.Table); n != 2 || err != nil {
		t.Fatalf("rows for a plan, read from the store: %d, %v", n, err)
	}
	if n, err := begin(t, again, Options{}).Rows(accounts.Table); n != 2 || err != nil {
		t.Fatalf("rows after opening anew: %d, %v", n, err)
	}
}
