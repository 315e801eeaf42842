package txn

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

func number(err error) int32 {
	var m *value.Error
	if errors.As(err, &m) {
		return m.Number
	}
	return 0
}

// waits reports once a transaction stands in a queue.
func waits(t *testing.T, tx *Tx) {
	t.Helper()
	for {
		tx.engine.locks.mu.Lock()
		waiting := tx.waiting != nil
		tx.engine.locks.mu.Unlock()
		if waiting {
			return
		}
		runtime.Gosched()
	}
}

func TestModes(t *testing.T) {
	// From the table of SQL Server's documentation, "Lock compatibility".
	compatible := map[[2]Mode]bool{
		{IntentShared, IntentShared}: true, {IntentShared, Shared}: true, {IntentShared, Update}: true,
		{IntentShared, IntentExclusive}: true, {IntentShared, SharedIntentExclusive}: true, {Shared, Shared}: true,
		{Shared, Update}: true, {IntentExclusive, IntentExclusive}: true,
	}
	for a := range SchemaStability {
		for b := range SchemaStability {
			want := compatible[[2]Mode{a, b}] || compatible[[2]Mode{b, a}]
			if got := !setOf(a).conflicts(b); got != want {
				t.Errorf("%v with %v: %v", a, b, got)
			}
		}
	}
	for m := range modes {
		if setOf(SchemaStability).conflicts(m) != (m == SchemaModification) {
			t.Errorf("Sch-S with %v", m)
		}
		if !setOf(SchemaModification).conflicts(m) {
			t.Errorf("Sch-M with %v", m)
		}
		if !setOf(m).covers(m) {
			t.Errorf("%v does not cover itself", m)
		}
	}
}

func TestTimeout(t *testing.T) {
	e := newEngine(t)
	holder := begin(t, e, Options{})
	mustSet(t, holder, accounts, 1, "a")
	// 0 does not wait; begin makes Forever of it, so it is set afterwards.
	hasty := begin(t, e, Options{})
	hasty.SetTimeout(0)
	if err := statement(t, hasty, func() error { return set(hasty, accounts, 1, "b") }); number(err) != 1222 {
		t.Errorf("without waiting: %v", err)
	}
	hasty.SetTimeout(time.Millisecond)
	if err := statement(t, hasty, func() error { return set(hasty, accounts, 1, "b") }); number(err) != 1222 {
		t.Errorf("after a while: %v", err)
	}
	if _, err := hasty.LockTable(context.Background(), accounts.Table, Shared); number(err) != 1222 {
		t.Errorf("a table whose rows are locked: %v", err)
	}
	mustSet(t, hasty, accounts, 2, "b") // the failure was that statement's only
	commit(t, hasty)
}

func TestWaiterGoesOn(t *testing.T) {
	e := newEngine(t)
	first, second := begin(t, e, Options{}), begin(t, e, Options{})
	mustSet(t, first, accounts, 1, "a")
	done := make(chan error, 1)
	go func() {
		err := second.BeginStatement()
		if err == nil {
			err = set(second, accounts, 1, "b")
		}
		if ended := second.EndStatement(err); err == nil {
			err = ended
		}
		done <- err
	}()
	waits(t, second)
	commit(t, first)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	commit(t, second)
	want(t, look(t, begin(t, e, Options{}), accounts, 1), "b")
}

func TestCancelledWait(t *testing.T) {
	e := newEngine(t)
	first, second := begin(t, e, Options{}), begin(t, e, Options{})
	mustSet(t, first, accounts, 1, "a")
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- second.LockKey(ctx, accounts, key(accounts, 1), Shared) }()
	waits(t, second)
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	commit(t, first)
}

func TestDeadlock(t *testing.T) {
	e := newEngine(t)
	first, second := begin(t, e, Options{Session: 51}), begin(t, e, Options{Session: 52})
	first.SetPriority(5) // so that the other one is the victim, whoever closes the circle
	mustSet(t, first, accounts, 1, "a")
	mustSet(t, second, accounts, 2, "b")
	done := make(chan error, 1)
	go func() { done <- second.LockKey(context.Background(), accounts, key(accounts, 1), Exclusive) }()
	waits(t, second)
	closing := make(chan error, 1)
	go func() { closing <- first.LockKey(context.Background(), accounts, key(accounts, 2), Exclusive) }()
	err := <-done
	if number(err) != 1205 {
		t.Fatal(err)
	}
	if err.Error() != "Transaction (Process ID 52) was deadlocked on lock resources with another process and has been chosen as the deadlock victim. Rerun the transaction." {
		t.Error(err)
	}
	if err := second.Rollback(); err != nil {
		t.Fatal(err)
	}
	if err := <-closing; err != nil {
		t.Fatal(err)
	}
	commit(t, first)
}

// Two who share a key and both want to change it wait for each other.
func TestConversionDeadlock(t *testing.T) {
	e := newEngine(t)
	first, second := begin(t, e, Options{}), begin(t, e, Options{})
	for _, tx := range []*Tx{first, second} {
		if err := tx.LockKey(context.Background(), accounts, key(accounts, 1), Shared); err != nil {
			t.Fatal(err)
		}
	}
	done := make(chan error, 1)
	go func() { done <- first.LockKey(context.Background(), accounts, key(accounts, 1), Exclusive) }()
	waits(t, first)
	err := second.LockKey(context.Background(), accounts, key(accounts, 1), Exclusive)
	if number(err) != 1205 {
		// The other was chosen, and this one still waits or has the lock.
		if number(<-done) != 1205 {
			t.Fatalf("no victim: %v", err)
		}
		return
	}
	if err := second.Rollback(); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

func TestEscalation(t *testing.T) {
	e := newEngine(t)
	many := begin(t, e, Options{})
	err := statement(t, many, func() error {
		for n := range escalation + 10 {
			if err := set(many, accounts, n, "a"); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(e.locks.held); n > 5 {
		t.Errorf("%d locks after escalation", n)
	}
	other := begin(t, e, Options{})
	other.SetTimeout(0)
	if err := statement(t, other, func() error { return set(other, accounts, 999999, "b") }); number(err) != 1222 {
		t.Errorf("a row of a table that is locked whole: %v", err)
	}
	commit(t, many)
	if n := len(e.locks.held); n != 0 {
		t.Errorf("%d locks after the end", n)
	}
}

// Where somebody else is in the table, keys stay locked one by one.
func TestNoEscalationAgainstOthers(t *testing.T) {
	e := newEngine(t)
	other := begin(t, e, Options{})
	mustSet(t, other, accounts, 999999, "b")
	many := begin(t, e, Options{})
	err := statement(t, many, func() error {
		for n := range escalation + 10 {
			if err := set(many, accounts, n, "a"); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	mustSet(t, other, accounts, 999998, "b")
	commit(t, other)
	commit(t, many)
}

func TestSchemaLocks(t *testing.T) {
	e := newEngine(t)
	reader, definer := begin(t, e, Options{}), begin(t, e, Options{})
	definer.SetTimeout(0)
	modify := func() error {
		_, err := definer.LockTable(context.Background(), accounts.Table, SchemaModification)
		return err
	}
	err := statement(t, reader, func() error {
		if _, err := reader.LockTable(context.Background(), accounts.Table, SchemaStability); err != nil {
			return err
		}
		if err := modify(); number(err) != 1222 {
			t.Errorf("a definition changed under a reader: %v", err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := modify(); err != nil {
		t.Errorf("after the reader's statement: %v", err)
	}
	reader.SetTimeout(0)
	err = statement(t, reader, func() error {
		_, err := reader.LockTable(context.Background(), accounts.Table, SchemaStability)
		return err
	})
	if number(err) != 1222 {
		t.Errorf("a reader under a definition: %v", err)
	}
}

// TestHooksHoldLocks: what follows a commit comes before its locks go, so that who waits for them finds it done.
func TestHooksHoldLocks(t *testing.T) {
	e := newEngine(t)
	first, second := begin(t, e, Options{}), begin(t, e, Options{})
	second.SetTimeout(0)
	define := func(tx *Tx) error {
		_, err := tx.LockTable(context.Background(), accounts.Table, Exclusive)
		return err
	}
	if err := define(first); err != nil {
		t.Fatal(err)
	}
	called := false
	first.AfterCommit(func() {
		called = true
		if err := define(second); number(err) != 1222 {
			t.Errorf("the lock was given up before: %v", err)
		}
	})
	commit(t, first)
	if !called {
		t.Error("nothing followed the commit")
	}
	if err := define(second); err != nil {
		t.Errorf("after the commit: %v", err)
	}
}
