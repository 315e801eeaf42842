package postgres

import (
	"context"
	"errors"
	"iter"

	"github.com/jackc/pgx/v5"

	"github.com/alcedo-cloud/alcedo/internal/store"
)

const (
	getSQL = `SELECT value, version FROM kv WHERE key = $1`

	// The view is taken by a transaction's first statement, not by BEGIN.
	snapshotSQL = `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT 1`
)

// reader reads from a transaction of the database.
type reader struct {
	ctx      context.Context
	tx       pgx.Tx               // nil once closed
	cursors  int                  // gives cursors their names
	walking  map[*cursor]struct{} // of a transaction: those that have read a page
	writes   int                  // of the transaction, so far
	flush    func() error         // sends the writes that are kept
	conflict error                // the database has given the attempt up, whatever the caller makes of it
}

// note remembers a conflict, so that the function of an update cannot lose it.
func (r *reader) note(err error) error {
	if errors.Is(err, store.ErrRetry) {
		r.conflict = err
	}
	return err
}

// walk counts a cursor in that has read a page. What a snapshot sees never changes, so nobody need know its cursors.
func (r *reader) walk(c *cursor) {
	if r.walking != nil {
		r.walking[c] = struct{}{}
	}
}

func (r *reader) leave(c *cursor) { delete(r.walking, c) }

// declare has the database keep what all cursors see, before something is written.
func (r *reader) declare() error {
	for c := range r.walking {
		if err := c.declare(); err != nil {
			return r.note(convert("postgres.Cursor", err))
		}
	}
	return nil
}

func (r *reader) Get(key []byte) (store.Item, error) {
	if r.tx == nil {
		return store.Item{}, store.ErrClosed
	}
	item := store.Item{Key: append([]byte{}, key...)}
	err := r.tx.QueryRow(r.ctx, getSQL, key).Scan(&item.Value, &item.Version)
	if errors.Is(err, pgx.ErrNoRows) {
		return store.Item{}, store.ErrNotFound
	}
	if err != nil {
		return store.Item{}, convert("postgres.Get", err)
	}
	return item, nil
}

// Scan is a cursor; its items are nobody else's already.
func (r *reader) Scan(start, end []byte) iter.Seq2[store.Item, error] {
	return func(yield func(store.Item, error) bool) {
		c, err := r.Cursor(start, end)
		if err != nil {
			yield(store.Item{}, err)
			return
		}
		closed := false
		defer func() {
			if !closed {
				_ = c.Close() // the caller has stopped or panicked; an error would reach nobody
			}
		}()
		for c.Next() {
			if !yield(c.Item(), nil) {
				return
			}
		}
		closed = true
		if err := c.Close(); err != nil {
			yield(store.Item{}, err)
		}
	}
}

// snapshot is a held view: a transaction that only reads, on a connection of its own.
type snapshot struct {
	reader
	done func()
}

// Snapshot takes a view of all that is committed.
func (s *Store) Snapshot(ctx context.Context) (store.Snapshot, error) {
	tx, done, err := s.begin(ctx, "postgres.Snapshot", pgx.TxOptions{BeginQuery: snapshotSQL})
	if err != nil {
		return nil, err
	}
	return &snapshot{reader: reader{ctx: ctx, tx: tx, flush: func() error { return nil }}, done: done}, nil
}

func (s *snapshot) Close() error {
	if s.tx == nil {
		return store.ErrClosed
	}
	rollback(s.tx)
	s.tx = nil
	s.done()
	return nil
}
