package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
	"github.com/alcedo-cloud/alcedo/internal/store/postgres"
	"github.com/alcedo-cloud/alcedo/internal/store/postgres/postgrestest"
	"github.com/alcedo-cloud/alcedo/internal/store/storetest"
)

func open(t testing.TB, dsn string) store.Store {
	t.Helper()
	backend, err := postgres.Open(t.Context(), dsn)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	s := store.Enforce(backend)
	t.Cleanup(func() {
		if err := s.Close(); err != nil && !errors.Is(err, store.ErrClosed) {
			t.Errorf("Close: %v", err)
		}
	})
	return s
}

func TestPostgres(t *testing.T) {
	server := postgrestest.Start(t)
	t.Run("suite", func(t *testing.T) {
		storetest.Run(t, func(t *testing.T) store.Store { return open(t, server.Database(t)) })
	})
	t.Run("replicas", func(t *testing.T) { replicas(t, server.Database(t)) })
	t.Run("starts at once", func(t *testing.T) { startsAtOnce(t, server.Database(t)) })
	t.Run("newer format", func(t *testing.T) { newerFormat(t, server.Database(t)) })
	t.Run("lost connection", func(t *testing.T) { lostConnection(t, server.Database(t)) })
	t.Run("swallowed conflict", func(t *testing.T) { swallowedConflict(t, server.Database(t)) })
	t.Run("mirror", func(t *testing.T) { mirror(t, server.Database(t)) })
}

// replicas: two processes' stores count together.
func replicas(t *testing.T, dsn string) {
	stores := []store.Store{open(t, dsn), open(t, dsn)}
	if !stores[0].Shared() {
		t.Error("Shared() = false")
	}
	const each = 30
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			for range each {
				if err := stores[i%2].Update(t.Context(), increment); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	for _, s := range stores {
		err := store.View(t.Context(), s, func(r store.Reader) error {
			item, err := r.Get([]byte("n"))
			if string(item.Value) != strconv.Itoa(4*each) {
				t.Errorf("n = %q, want %d", item.Value, 4*each)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
}

func increment(tx store.Tx) error {
	n := 0
	item, err := tx.Get([]byte("n"))
	if err == nil {
		n, err = strconv.Atoi(string(item.Value))
	}
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	return tx.Put([]byte("n"), []byte(strconv.Itoa(n+1)))
}

// startsAtOnce: several processes make the tables at the same time.
func startsAtOnce(t *testing.T, dsn string) {
	var all sync.WaitGroup
	for range 6 {
		all.Go(func() {
			s, err := postgres.Open(t.Context(), dsn)
			if err != nil {
				t.Error(err)
				return
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}

func execute(t *testing.T, dsn, sql string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	_, err = conn.Exec(t.Context(), sql)
	if err = errors.Join(err, conn.Close(t.Context())); err != nil {
		t.Fatal(err)
	}
}

func newerFormat(t *testing.T, dsn string) {
	if err := open(t, dsn).Close(); err != nil {
		t.Fatal(err)
	}
	execute(t, dsn, `UPDATE kv_format SET format = 7`)
	_, err := postgres.Open(t.Context(), dsn)
	if !errors.Is(err, postgres.ErrNewer) || !fault.Is(err, fault.Conflict) {
		t.Errorf("Open: %v", err)
	}
}

// lostConnection: the server ends the connections; updates fail as Unavailable or work again, and none is half done.
func lostConnection(t *testing.T, dsn string) {
	s := open(t, dsn)
	var failed error
	for i := range 20 {
		err := s.Update(t.Context(), func(tx store.Tx) error {
			if err := errors.Join(tx.Put(fmt.Append(nil, "a", i), nil), tx.Put(fmt.Append(nil, "b", i), nil)); err != nil {
				return err
			}
			if i == 10 {
				execute(t, dsn, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND application_name = 'alcedo'`)
			}
			return nil
		})
		if err != nil {
			failed = err
			if !fault.Is(err, fault.Unavailable) {
				t.Errorf("update %d: kind %v of %v", i, fault.KindOf(err), err)
			}
		}
	}
	if failed == nil {
		t.Error("no update failed although its connection was ended")
	}
	err := store.View(t.Context(), s, func(r store.Reader) error {
		for i := range 20 {
			_, errA := r.Get(fmt.Append(nil, "a", i))
			_, errB := r.Get(fmt.Append(nil, "b", i))
			if errors.Is(errA, store.ErrNotFound) != errors.Is(errB, store.ErrNotFound) {
				t.Errorf("update %d is half there: %v, %v", i, errA, errB)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// swallowedConflict: fn that ignores the error of a conflict is run again all the same.
func swallowedConflict(t *testing.T, dsn string) {
	s, other := open(t, dsn), open(t, dsn)
	put := func(key, value string) func(store.Tx) error {
		return func(tx store.Tx) error { return tx.Put([]byte(key), []byte(value)) }
	}
	if err := s.Update(t.Context(), put("n", "0")); err != nil {
		t.Fatal(err)
	}
	attempts := 0
	err := s.Update(t.Context(), func(tx store.Tx) error {
		attempts++
		_, _ = tx.Get([]byte("n"))
		if attempts == 1 {
			if err := other.Update(context.WithoutCancel(t.Context()), put("n", "1")); err != nil {
				return err
			}
		}
		_ = tx.Put([]byte("n"), []byte("2"))
		for range tx.Scan(nil, nil) { // sends the write, which meets the conflict
		}
		return nil
	})
	if err != nil || attempts != 2 {
		t.Errorf("Update: %v after %d attempts, want none after 2", err, attempts)
	}
}

// mirror: what one process changes, another one's mirror shows.
func mirror(t *testing.T, dsn string) {
	storetest.Mirror(t, open(t, dsn), open(t, dsn))
}

// BenchmarkSeek is a seek of a cursor and the item it finds, among 10,000.
func BenchmarkSeek(b *testing.B) {
	s := open(b, postgrestest.Start(b).Database(b))
	err := s.Update(b.Context(), func(tx store.Tx) error {
		for i := range 10_000 {
			if err := tx.Put(fmt.Appendf(nil, "record/%08d", i), make([]byte, 200)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	err = store.View(b.Context(), s, func(r store.Reader) error {
		c, err := r.Cursor(nil, nil)
		if err != nil {
			return err
		}
		for i := range b.N {
			if !c.Seek(fmt.Appendf(nil, "record/%08d", i*7919%10_000)) {
				return c.Err()
			}
		}
		return c.Close()
	})
	if err != nil {
		b.Fatal(err)
	}
}
