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
