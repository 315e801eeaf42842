package pebble

import (
	"context"
	"errors"
	"io"
	"iter"

	"github.com/cockroachdb/pebble/v2"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// source is what Pebble reads from: a snapshot, or a batch over the database.
type source interface {
	Get(key []byte) ([]byte, io.Closer, error)
	NewIterWithContext(ctx context.Context, o *pebble.IterOptions) (*pebble.Iterator, error)
}

// reader reads the store's records from a source.
type reader struct {
	store  *Store
	from   source // nil once closed
	view   source // of a transaction: what is there without its writes, which nobody else changes meanwhile
	writes int    // of the transaction, so far
	key    []byte // room for the one that is looked for
	short  [64]byte
}

func (r *reader) Get(key []byte) (store.Item, error) {
	if r.from == nil {
		return store.Item{}, store.ErrClosed
	}
	if err := r.store.fence.fault("pebble.Get"); err != nil {
		return store.Item{}, err
	}
	from := r.from
	if r.view != nil && r.writes == 0 {
		from = r.view // an empty batch would be searched first, and made ready for it
	}
	r.key = dataKey(r.key, key)
	raw, closer, err := from.Get(r.key)
	if errors.Is(err, pebble.ErrNotFound) {
		return store.Item{}, store.ErrNotFound
	}
	if err != nil {
		return store.Item{}, fault.Wrap("pebble.Get", err)
	}
	item, err := decodeItem(key, raw)
	if err == nil {
		item = clone(item)
	}
	if closed := closer.Close(); err != nil || closed != nil {
		return store.Item{}, fault.Wrap("pebble.Get", errors.Join(err, closed))
	}
	return item, nil
}

// Scan is a cursor whose items are copied.
func (r *reader) Scan(start, end []byte) iter.Seq2[store.Item, error] {
	return func(yield func(store.Item, error) bool) {
		c, err := r.open(start, end)
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
			if !yield(clone(c.item), nil) {
				return
			}
		}
		closed = true
		if err := c.Close(); err != nil {
			yield(store.Item{}, err)
		}
	}
}
