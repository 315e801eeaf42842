// Package store is the ordered, transactional key-value contract that all of alcedo's records live in, and the wrapper
// that enforces it. It must never know what the records mean. Backends are in the packages below it; storetest is the
// suite that each of them passes.
package store

import (
	"context"
	"errors"
	"iter"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// Limits that Enforce holds, whatever the backend.
const (
	MaxKey    = 2560      // bytes of a key, at least one; what an index page of PostgreSQL holds
	MaxValue  = 8 << 20   // bytes of a value; larger contents live in package content
	MaxUpdate = 256 << 20 // bytes of all keys and values that one update writes
)

// ErrNotFound is what Get returns for a key that is not there.
var ErrNotFound = fault.New(fault.NotFound, "store.Get", "", "not found")

// ErrClosed is what a closed store, snapshot or transaction returns.
var ErrClosed = errors.New("store: closed")

// Version orders changes of one key: it grows with every Put of the key, and no two commits share one.
type Version uint64

// Item is a key with its value.
type Item struct {
	Key, Value []byte
	Version    Version
}

// Reader reads a consistent view. Slices that it returns are the caller's to keep, and not to change.
type Reader interface {
	// Get returns the value of key, or ErrNotFound.
	Get(key []byte) (Item, error)
	// Scan yields the items with start <= key < end in ascending order of bytes; a nil end has no bound. It stops at
	// the first error, which it yields with a zero Item. It sees what was there when its loop began: the body of the
	// loop may Put and Delete without meeting its own writes.
	Scan(start, end []byte) iter.Seq2[Item, error]
	// Cursor opens a cursor over the items with start <= key < end. It costs less than Scan: its items are copied by
	// nobody, and it can be moved. It must be closed; the end of its view closes it too.
	Cursor(start, end []byte) (Cursor, error)
}

// Cursor goes through a range in ascending order of bytes, without copying. It is for the goroutine that has the view:
//
//	for c.Next() {
//		use(c.Item())
//	}
//	return c.Close()
//
// In a Tx, the first step and each Seek see all writes made before them, and Next goes on in what they saw: as in Scan,
// the body of the loop may write without meeting its own writes.
type Cursor interface {
	// Next steps to the next item, at first to the range's first one. It is false at the end, and after an error.
	Next() bool
	// Seek goes to the first item at or after key, forwards or back, within the range; an end that Next has met does not
	// hinder it. It is false where no such item is, and after an error.
	Seek(key []byte) bool
	// Item is where the cursor stands, after a Next or Seek that was true. Its slices are the cursor's: they must not be
	// changed, and hold only until the next step, Seek or Close.
	Item() Item
	// Err is the error that the cursor has met, nil at the plain end of the range.
	Err() error
	// Close ends the cursor and returns the error that it has met, so that a loop that ends in it need not ask Err. What
	// the end of the view has closed returns ErrClosed.
	Close() error
}

// Snapshot is a view of all that was committed when it was taken. It can be held open while writers go on, and must be
// closed. It is for one goroutine at a time.
type Snapshot interface {
	Reader
	Close() error
}

// Tx is an update in progress. It reads its own writes. It is for one goroutine, and invalid once the function that
// got it has returned.
type Tx interface {
	Reader
	// Put writes a copy of value. An empty value is not the same as none.
	Put(key, value []byte) error
	Delete(key []byte) error // deleting what is not there is no error
	// OnCommit has f called once when this attempt has been committed, before Update returns, and never for an attempt
	// that was given up. Where Shared is false, the calls of all transactions are made one after another in the order of
	// their commits, before any reader sees a later one. f must be quick and must not use the store. The version is
	// that of the items written, 0 where none were.
	OnCommit(f func(Version))
}

// Store is an ordered key-value store with serializable transactions. It is safe for concurrent use.
type Store interface {
	// Snapshot takes a view. ctx bounds the taking of it and the reads from it.
	Snapshot(ctx context.Context) (Snapshot, error)
	// Update runs fn in a transaction and commits when fn returns nil. What was committed survives kill -9 and power
	// loss by the time Update returns nil. fn may be called again after a conflict and must have no other effects; it
	// must not call the store itself. An error of fn comes back unchanged, and nothing is written.
	Update(ctx context.Context, fn func(Tx) error) error
	// Shared reports whether other processes write to the same data.
	Shared() bool
	Close() error
}

// View runs fn on a snapshot of its own.
func View(ctx context.Context, s Store, fn func(Reader) error) (err error) {
	snap, err := s.Snapshot(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, snap.Close()) }()
	return fn(snap)
}
