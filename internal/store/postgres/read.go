package postgres

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/jackc/pgx/v5"

	"github.com/alcedo-cloud/alcedo/internal/store"
)

const (
	getSQL = `SELECT value, version FROM kv WHERE key = $1`

	// The view is taken by a transaction's first statement, not by BEGIN.
	snapshotSQL = `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT 1`

	// Pages of a scan grow from few items to many, as long as they are of few bytes.
	firstPage = 8
	maxPage   = 512
	pageBytes = 1 << 20
)

// reader reads from a transaction of the database.
type reader struct {
	ctx     context.Context
	tx      pgx.Tx // nil once closed
	cursors int    // gives cursors their names
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

// Scan reads page by page through a cursor, so that its memory is bounded and other statements can run between. A
// cursor of PostgreSQL sees what was there when it was declared.
func (r *reader) Scan(start, end []byte) iter.Seq2[store.Item, error] {
	return func(yield func(store.Item, error) bool) {
		if r.tx == nil {
			yield(store.Item{}, store.ErrClosed)
			return
		}
		r.cursors++
		name := fmt.Sprintf("scan_%d", r.cursors)
		if err := r.declare(name, start, end); err != nil {
			yield(store.Item{}, convert("postgres.Scan", err))
			return
		}
		defer r.undeclare(name)
		for page := firstPage; ; {
			items, err := r.fetch(name, page)
			if err != nil {
				yield(store.Item{}, convert("postgres.Scan", err))
				return
			}
			for _, item := range items {
				if !yield(item, nil) {
					return
				}
				if r.tx == nil {
					yield(store.Item{}, store.ErrClosed)
					return
				}
			}
			if len(items) < page {
				return
			}
			page = nextPage(page, items)
		}
	}
}

// nextPage is twice the page, unless its items were so large that fewer will do.
func nextPage(page int, items []store.Item) int {
	size := 1
	for _, item := range items {
		size += len(item.Key) + len(item.Value)
	}
	fit := pageBytes * len(items) / size
	return max(1, min(2*page, fit, maxPage))
}

func (r *reader) declare(name string, start, end []byte) error {
	if start == nil {
		start = []byte{}
	}
	sql := `DECLARE ` + name + ` NO SCROLL CURSOR FOR SELECT key, value, version FROM kv WHERE key >= $1`
	args := []any{pgx.QueryExecModeExec, start}
	if end != nil {
		sql += ` AND key < $2`
		args = append(args, end)
	}
	_, err := r.tx.Exec(r.ctx, sql+` ORDER BY key`, args...)
	return err
}

// undeclare frees the cursor early; the end of the transaction would too, so an error here is met there.
func (r *reader) undeclare(name string) {
	if r.tx != nil {
		_, _ = r.tx.Exec(r.ctx, `CLOSE `+name, pgx.QueryExecModeExec)
	}
}

func (r *reader) fetch(name string, n int) ([]store.Item, error) {
	rows, err := r.tx.Query(r.ctx, fmt.Sprintf(`FETCH %d FROM %s`, n, name), pgx.QueryExecModeExec)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (item store.Item, err error) {
		err = row.Scan(&item.Key, &item.Value, &item.Version)
		return item, err
	})
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
	return &snapshot{reader: reader{ctx: ctx, tx: tx}, done: done}, nil
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
