package txn

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/store"
	"github.com/alcedo-cloud/alcedo/internal/store/pebble"
)

// Two who each look whether the other is on call before they go home: under serializable, not both may go.
func TestWriteSkew(t *testing.T) {
	e := newEngine(t)
	setup := begin(t, e, Options{})
	mustSet(t, setup, accounts, 1, "on")
	mustSet(t, setup, accounts, 2, "on")
	commit(t, setup)
	leave := func(n, other int) error {
		for {
			tx := e.Begin(Options{Isolation: Serializable, Timeout: Forever})
			if err := tx.BeginStatement(); err != nil {
				return err
			}
			_, err := tx.LockTable(context.Background(), accounts.Table, Shared)
			var v []byte
			if err == nil {
				v, _, err = tx.Get(accounts, key(accounts, other))
			}
			if err == nil && string(v) == "on" {
				err = set(tx, accounts, n, "off")
			}
			if ended := tx.EndStatement(err); err == nil {
				err = ended
			}
			if err == nil {
				return tx.Commit(context.Background())
			}
			if rolled := tx.Rollback(); rolled != nil || number(err) != 1205 {
				return errors.Join(err, rolled)
			}
		}
	}
	var wg sync.WaitGroup
	errs := make([]error, 2)
	for i := range 2 {
		wg.Go(func() { errs[i] = leave(i+1, 2-i) })
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	last := begin(t, e, Options{})
	if look(t, last, accounts, 1) == "off" && look(t, last, accounts, 2) == "off" {
		t.Error("both went")
	}
}

// shared is a store that other processes write to, as far as an engine knows.
type shared struct{ store.Store }

func (shared) Shared() bool { return true }

// Money moves between accounts in random transactions, some of which are undone: none is made or lost. The last round
// has two engines on one store, as two processes have: they know nothing of each other's locks.
func TestTransfers(t *testing.T) {
	for _, level := range []Isolation{ReadCommitted, RepeatableRead, Snapshot, Serializable} {
		e := newEngine(t)
		moveAround(t, level, e)
	}
	s := shared{newEngine(t).store}
	moveAround(t, ReadCommitted, engineOn(t, s), engineOn(t, s))
	s = shared{newEngine(t).store}
	moveAround(t, Snapshot, engineOn(t, s), engineOn(t, s))
}

func moveAround(t *testing.T, level Isolation, engines ...*Engine) {
	t.Helper()
	const people, each, movers, moves = 8, 100, 6, 60
	setup := begin(t, engines[0], Options{})
	for n := range people {
		mustSet(t, setup, accounts, n, strconv.Itoa(each))
	}
	commit(t, setup)
	var wg sync.WaitGroup
	errs := make([]error, movers)
	for i := range movers {
		r := rand.New(rand.NewPCG(uint64(i), uint64(level)))
		wg.Go(func() {
			for done := 0; done < moves && errs[i] == nil; {
				err := transfer(engines[i%len(engines)], level, r.IntN(people), r.IntN(people), r.IntN(10), r.IntN(4) == 0)
				switch {
				case err == nil:
					done++
				case number(err) == 1205, errors.Is(err, ErrConflict):
				default:
					errs[i] = err
				}
			}
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	sum := 0
	last := begin(t, engines[0], Options{})
	for n := range people {
		v, err := strconv.Atoi(look(t, last, accounts, n))
		if err != nil {
			t.Fatal(err)
		}
		sum += v
	}
	if sum != people*each {
		t.Errorf("level %d, %d engines: %d in all, want %d", level, len(engines), sum, people*each)
	}
	for _, e := range engines {
		if n := len(e.locks.held); n != 0 {
			t.Errorf("level %d: %d locks are left", level, n)
		}
	}
}

func transfer(e *Engine, level Isolation, from, to, amount int, undo bool) (err error) {
	tx := e.Begin(Options{Isolation: level, Timeout: Forever})
	defer func() {
		if err != nil || undo {
			err = errors.Join(err, tx.Rollback())
		} else {
			err = tx.Commit(context.Background())
		}
	}()
	for _, step := range []struct{ account, by int }{{from, -amount}, {to, amount}} {
		if err := tx.BeginStatement(); err != nil {
			return err
		}
		err := adjust(tx, step.account, step.by)
		for errors.Is(err, ErrStale) {
			if err = tx.Restart(); err == nil {
				err = adjust(tx, step.account, step.by)
			}
		}
		if ended := tx.EndStatement(err); err == nil {
			err = ended
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// adjust reads a balance, then locks and writes it, as an UPDATE does.
func adjust(tx *Tx, account, by int) error {
	v, _, err := tx.Get(accounts, key(accounts, account))
	if err != nil {
		return err
	}
	if tx.Isolation() == Serializable {
		if err := tx.LockKey(context.Background(), accounts, key(accounts, account), Exclusive); err != nil {
			return err
		}
	}
	n, err := strconv.Atoi(string(v))
	if err != nil {
		return err
	}
	return set(tx, accounts, account, strconv.Itoa(n+by))
}

// What a cursor gives over snapshot and own writes is what a sorted map would, whatever was written, undone and sought.
func TestCursorAgainstModel(t *testing.T) {
	for seed := range uint64(30) {
		r := rand.New(rand.NewPCG(seed, 1))
		e := newEngine(t)
		model := map[string]string{}
		base := begin(t, e, Options{})
		if err := base.BeginStatement(); err != nil {
			t.Fatal(err)
		}
		for range r.IntN(60) {
			k, v := key(accounts, r.IntN(100)), fmt.Sprint(r.IntN(1000))
			model[string(k)] = v
			if err := base.Put(accounts, k, []byte(v)); err != nil {
				t.Fatal(err)
			}
		}
		commit(t, base)
		tx := begin(t, e, Options{})
		for range 12 {
			before := cloneOf(model)
			err := statement(t, tx, func() error {
				for range r.IntN(20) {
					k, v := key(accounts, r.IntN(100)), fmt.Sprint(r.IntN(1000))
					if r.IntN(3) == 0 {
						delete(model, string(k))
						if err := tx.Delete(accounts, k); err != nil {
							return err
						}
						continue
					}
					model[string(k)] = v
					if err := tx.Put(accounts, k, []byte(v)); err != nil {
						return err
					}
				}
				if r.IntN(3) == 0 {
					return errors.New("undone")
				}
				return nil
			})
			if err != nil {
				model = before
			}
			compareWithModel(t, tx, model, r)
		}
	}
}

func cloneOf(m map[string]string) map[string]string {
	out := map[string]string{}
	for k, v := range m {
		out[k] = v
	}
	return out
}

func compareWithModel(t *testing.T, tx *Tx, model map[string]string, r *rand.Rand) {
	t.Helper()
	var keys []string
	for k := range model {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	start, end := key(accounts, r.IntN(100)), key(accounts, r.IntN(110))
	err := statement(t, tx, func() error {
		c, err := tx.Cursor(accounts, nil, nil)
		if err != nil {
			return err
		}
		expect(t, c, keys, model, accounts.Prefix(), accounts.End())
		if bytes.Compare(start, end) < 0 {
			c.Range(start, end)
			expect(t, c, keys, model, start, end)
		}
		if err := c.Close(); err != nil || bytes.Compare(start, end) >= 0 {
			return err
		}
		if c, err = tx.Cursor(accounts, start, end); err != nil {
			return err
		}
		expect(t, c, keys, model, start, end)
		return c.Close()
	})
	if err != nil {
		t.Fatal(err)
	}
}

func expect(t *testing.T, c *Cursor, keys []string, model map[string]string, start, end []byte) {
	t.Helper()
	for _, k := range keys {
		if k < string(start) || k >= string(end) {
			continue
		}
		if !c.Next() || string(c.Key()) != k || string(c.Value()) != model[k] {
			t.Fatalf("at %q=%q, want %q=%q", c.Key(), c.Value(), k, model[k])
		}
	}
	if c.Next() {
		t.Fatalf("%q beyond the end", c.Key())
	}
}

// What was committed is there after the store was opened anew; what was not is not.
func TestReopen(t *testing.T) {
	dir := t.TempDir()
	open := func() (*Engine, store.Store) {
		backend, err := pebble.Open(pebble.Options{Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		s := store.Enforce(backend)
		return engineOn(t, s), s
	}
	e, s := open()
	kept, lost := e.Begin(Options{Timeout: Forever}), e.Begin(Options{Timeout: Forever})
	mustSet(t, kept, accounts, 1, "kept")
	mustSet(t, lost, accounts, 2, "lost")
	commit(t, kept)
	if err := s.Close(); err != nil { // with lost still open
		t.Fatal(err)
	}
	e, s = open()
	tx := e.Begin(Options{})
	want(t, look(t, tx, accounts, 1), "kept")
	want(t, look(t, tx, accounts, 2), "-")
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestLogIsFull(t *testing.T) {
	e := newEngine(t)
	tx := begin(t, e, Options{})
	big := make([]byte, 7<<20)
	err := statement(t, tx, func() error {
		for n := range 60 {
			if err := tx.Put(accounts, key(accounts, n), big); err != nil {
				return err
			}
		}
		return nil
	})
	if number(err) != 9002 {
		t.Fatal(err)
	}
}

func TestRedefinedTable(t *testing.T) {
	e := newEngine(t)
	old := begin(t, e, Options{Isolation: Snapshot})
	want(t, look(t, old, accounts, 1), "-")
	definer := begin(t, e, Options{})
	if _, err := definer.LockTable(context.Background(), accounts.Table, SchemaModification); err != nil {
		t.Fatal(err)
	}
	definer.OnCommit(func(tx store.Tx) error { return tx.Put([]byte("definition"), []byte("new")) })
	commit(t, definer)
	redefined := func(tx *Tx, x Table) (is bool) {
		t.Helper()
		if err := statement(t, tx, func() (err error) { is, err = tx.Redefined(x); return err }); err != nil {
			t.Fatal(err)
		}
		return is
	}
	if !redefined(old, accounts.Table) {
		t.Error("a snapshot from before the definition may read the table")
	}
	if redefined(old, others.Table) || redefined(begin(t, e, Options{Isolation: Snapshot}), accounts.Table) ||
		redefined(begin(t, e, Options{}), accounts.Table) {
		t.Error("others may not")
	}
}

func TestLocalTablesAreBounded(t *testing.T) {
	e := newEngine(t)
	tx := begin(t, e, Options{})
	big := make([]byte, 16<<20)
	err := statement(t, tx, func() error {
		for n := range 64 {
			if err := tx.Put(scratch, key(scratch, n), big); err != nil {
				return err
			}
		}
		return nil
	})
	if number(err) != 1105 {
		t.Fatal(err)
	}
}

func TestVacant(t *testing.T) {
	e := newEngine(t)
	setup := begin(t, e, Options{})
	for n := range 50 {
		mustSet(t, setup, accounts, 4*n, "a")
	}
	commit(t, setup)
	for _, order := range []string{"up", "down", "mixed"} {
		tx := begin(t, e, Options{})
		r := rand.New(rand.NewPCG(1, 2))
		err := statement(t, tx, func() error {
			for i := range 200 {
				n := i
				switch order {
				case "down":
					n = 199 - i
				case "mixed":
					n = r.IntN(200)
				}
				free, err := tx.Vacant(accounts, key(accounts, n))
				if err != nil {
					return err
				}
				_, taken, err := tx.Newest(accounts, key(accounts, n))
				if err != nil {
					return err
				}
				if free == taken {
					t.Errorf("%s: key %d: vacant %v, there %v", order, n, free, taken)
				}
				if free && n%3 == 0 {
					if err := tx.Put(accounts, key(accounts, n), nil); err != nil {
						return err
					}
				}
				if !free && n%8 == 0 {
					if err := tx.Delete(accounts, key(accounts, n)); err != nil {
						return err
					}
				}
				if i == 100 { // somebody commits into a gap that is known
					other := begin(t, e, Options{})
					mustSet(t, other, accounts, 101, "b")
					commit(t, other)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := tx.Rollback(); err != nil {
			t.Fatal(err)
		}
	}
}
