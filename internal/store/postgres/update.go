package postgres

import (
	"bytes"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/alcedo-cloud/alcedo/internal/store"
)

const (
	putSQL = `INSERT INTO kv (key, value, version) VALUES ($1, $2, $3)
		ON CONFLICT (key) DO UPDATE SET value = excluded.value, version = excluded.version`
	deleteSQL  = `DELETE FROM kv WHERE key = $1`
	versionSQL = `SELECT nextval('kv_version')`

	rollbackTimeout = 5 * time.Second
	batchBytes      = 4 << 20 // of writes that are sent at once
)

// tx is an update in progress. Writes are kept here until something must see them: a scan, or the commit. That makes
// one round trip of many.
type tx struct {
	reader
	version store.Version // 0 until asked for
	kept    map[string]write
	hooks   []func(store.Version)
}

type write struct {
	value  []byte
	delete bool
}

// Update runs fn in one transaction, once. A conflict comes back as store.ErrRetry; store.Enforce tries again.
func (s *Store) Update(ctx context.Context, fn func(store.Tx) error) error {
	const op = "postgres.Update"
	if err := ctx.Err(); err != nil {
		return err
	}
	db, done, err := s.begin(ctx, op, pgx.TxOptions{IsoLevel: pgx.Serializable})
	if err != nil {
		return err
	}
	defer done()
	defer rollback(db) // does nothing after the commit
	t := &tx{reader: reader{ctx: ctx, tx: db, walking: map[*cursor]struct{}{}}, kept: map[string]write{}}
	t.reader.flush = t.flush
	defer func() { t.tx = nil }()
	err = fn(t)
	if t.conflict != nil {
		return t.conflict
	}
	if err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := t.flush(); err != nil {
		return err
	}
	// Once COMMIT is under way, breaking it off would leave nobody knowing.
	if err := db.Commit(context.WithoutCancel(ctx)); err != nil {
		return convert(op, err)
	}
	for _, hook := range t.hooks {
		hook(t.version)
	}
	return nil
}

// rollback gives a transaction up, whatever its context says by now. Where even that fails, pgx drops the connection.
func rollback(db pgx.Tx) {
	ctx, cancel := context.WithTimeout(context.Background(), rollbackTimeout)
	defer cancel()
	_ = db.Rollback(ctx)
}

func (t *tx) Get(key []byte) (store.Item, error) {
	if t.tx == nil {
		return store.Item{}, store.ErrClosed
	}
	w, written := t.kept[string(key)]
	switch {
	case written && w.delete:
		return store.Item{}, store.ErrNotFound
	case written:
		return store.Item{Key: bytes.Clone(key), Value: w.value, Version: t.version}, nil
	}
	item, err := t.reader.Get(key)
	return item, t.note(err)
}

func (t *tx) Put(key, value []byte) error {
	if err := t.number(); err != nil {
		return err
	}
	t.writes++
	t.kept[string(key)] = write{value: append([]byte{}, value...)}
	return nil
}

func (t *tx) Delete(key []byte) error {
	if err := t.number(); err != nil {
		return err
	}
	t.writes++
	t.kept[string(key)] = write{delete: true}
	return nil
}

// number gets the version of the transaction. It must not be had before the database has taken the transaction's view:
// then whoever committed a key before has a smaller one, and whoever does meanwhile makes this commit fail. The
// statement that asks for the number takes the view.
func (t *tx) number() error {
	if t.tx == nil {
		return store.ErrClosed
	}
	if t.version != 0 {
		return nil
	}
	return t.note(convert("postgres.Update", t.tx.QueryRow(t.ctx, versionSQL).Scan(&t.version)))
}

// flush sends the writes that are kept, in the order of their keys: two updates then rarely wait for each other in turn.
func (t *tx) flush() error {
	if len(t.kept) == 0 {
		return nil
	}
	if err := t.declare(); err != nil {
		return err
	}
	var batch pgx.Batch
	size := 0
	for _, key := range slices.Sorted(maps.Keys(t.kept)) {
		w := t.kept[key]
		if w.delete {
			batch.Queue(deleteSQL, []byte(key))
		} else {
			batch.Queue(putSQL, []byte(key), w.value, t.version)
		}
		if size += len(key) + len(w.value); size > batchBytes {
			if err := t.send(&batch); err != nil {
				return err
			}
			batch, size = pgx.Batch{}, 0
		}
	}
	if batch.Len() > 0 {
		if err := t.send(&batch); err != nil {
			return err
		}
	}
	clear(t.kept)
	return nil
}

func (t *tx) send(batch *pgx.Batch) error {
	return t.note(convert("postgres.Update", t.tx.SendBatch(t.ctx, batch).Close()))
}

func (t *tx) OnCommit(f func(store.Version)) { t.hooks = append(t.hooks, f) }
