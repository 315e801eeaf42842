// Package pebble is the embedded backend of the store: one process, one folder, or nothing but memory. Writers run one
// after another and share the fsync of the write-ahead log. It must never know what keys and values mean, and is used
// through store.Enforce.
//
// It stops at the first failure to write: what the log holds is then unknown, so nothing more is read, acknowledged or
// written until the folder is opened anew. A full disk is noticed before it comes to that, and passes.
package pebble

import (
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/bloom"
	"github.com/cockroachdb/pebble/v2/sstable"
	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// Sizes that keep an idle process small: both grow with use. A batch over half of a memtable goes to disk beside it.
const (
	cacheSize    = 48 << 20 // filled only by what is read
	memTableSize = 16 << 20 // begins with a fraction; what a start after a crash reads again
	maxOpenFiles = 256
	filterBits   = 10 // of a key: one look-up of an absent key in a hundred reads a block for nothing
	blockSize    = 16 << 10
	indexSize    = 256 << 10 // of a table's index: one block of it, so that a look-up does not go through two
)

// ErrLocked is the cause of the Conflict that Open returns for a folder that somebody has open.
var ErrLocked = errors.New("pebble: folder is in use")

// ErrNewer is the cause of the Conflict that Open returns for a folder that a newer alcedo has written.
var ErrNewer = errors.New("pebble: folder has a newer format")

// Options say where the records live.
type Options struct {
	Dir      string // created (0700) where missing; with InMemory, only a name
	InMemory bool   // nothing survives Close
	FS       vfs.FS // nil: the machine's, or memory where InMemory is set
	MemTable int    // bytes of writes kept in memory before they go to a table on disk; 0: 16 MiB

	// Apart are prefixes whose keys share no table with others. Where new keys come behind all earlier ones, a table of
	// them overlaps no other, and is moved down as it is, rather than read and written again.
	Apart [][]byte
}

// Store is the backend. See store.Store for what its methods promise.
type Store struct {
	db       *pebble.DB
	fence    *fence
	lock     *pebble.Lock
	dir      string
	memTable uint64
	borders  [][]byte // no table has keys on both sides of one; in order
	volatile bool     // no log: there is nothing to sync

	writer  chan struct{} // holds one token; who has it writes
	closing chan struct{} // closed by Close
	commits chan *commit
	syncs   chan *commit
	stopped sync.WaitGroup
	version uint64 // of the latest commit; guarded by writer
	limit   uint64 // versions up to here are reserved on disk; guarded by writer
	unseen  int    // commits that need not look at the disk; guarded by writer
	recent  recent // guarded by writer
	views   views

	closeLogs func() error // gives back what logs are written by, once nobody writes

	waiting atomic.Int64 // updates that write, or wait for the disk

	mu     sync.Mutex
	users  int // open snapshots and scans
	closed bool
}

var _ store.Store = (*Store)(nil)

// Open opens or creates the store. A folder that another process (or this one) has open is a fault of kind Conflict
// with cause ErrLocked; one written by a newer alcedo, a Conflict with cause ErrNewer. Both messages name the folder.
func Open(o Options) (*Store, error) {
	const op = "pebble.Open"
	inner := o.FS
	switch {
	case inner == nil && o.InMemory:
		inner = vfs.NewMem()
	case inner == nil:
		inner = vfs.Default
	}
	if o.MemTable == 0 {
		o.MemTable = memTableSize
	}
	if o.MemTable < 0 {
		return nil, fault.New(fault.Invalid, op, "", "a memtable has a positive size")
	}
	if o.Dir == "" && !o.InMemory {
		return nil, fault.New(fault.Invalid, op, "", "a store needs a folder")
	}
	if err := inner.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, openFault(o.Dir, err)
	}
	fence := newFence(inner)
	lock, err := pebble.LockDirectory(o.Dir, fence)
	if err != nil {
		return nil, lockFault(o.Dir, err)
	}
	closeLogs := noClose
	if o.FS == nil && !o.InMemory {
		fence.FS, closeLogs = directLogs(inner, o.Dir)
	}
	s := &Store{
		fence: fence, lock: lock, closeLogs: closeLogs, dir: o.Dir, memTable: uint64(o.MemTable), borders: borders(o.Apart), volatile: o.InMemory && o.FS == nil,
		writer: make(chan struct{}, 1), closing: make(chan struct{}), commits: make(chan *commit), syncs: make(chan *commit, 1024),
	}
	s.writer <- struct{}{}
	if err := s.open(); err != nil {
		return nil, errors.Join(err, s.abandon())
	}
	s.stopped.Add(2)
	go s.applyLoop()
	go s.syncLoop()
	return s, nil
}

// open has Pebble open the folder and checks what is in it. It runs aside, since a write that fails never returns.
func (s *Store) open() error {
	opened := make(chan error, 1)
	go func() {
		var err error
		s.db, err = pebble.Open(s.dir, s.pebbleOptions())
		if err == nil {
			err = s.readFormat()
		}
		opened <- err
	}()
	select {
	case err := <-opened:
		if err == nil {
			return nil
		}
		if s.db != nil {
			err = errors.Join(err, s.db.Close())
		}
		return openFault(s.dir, err)
	case <-s.fence.failed:
		return openFault(s.dir, s.fence.cause())
	}
}

func (s *Store) pebbleOptions() *pebble.Options {
	o := &pebble.Options{
		FS:           s.fence,
		Lock:         s.lock,
		CacheSize:    cacheSize,
		MemTableSize: s.memTable,
		MaxOpenFiles: maxOpenFiles,
		DisableWAL:   s.volatile,
		// Each later format costs an fsync of a new folder, and nothing here needs what they brought. Before Pebble
		// stops reading this one, a release must raise it.
		FormatMajorVersion: pebble.FormatMinSupported,
		Logger:             quiet{s.fence},
		EventListener:      s.fence.listener(),
	}
	o.Experimental.SpanPolicyFunc = s.nextBorder
	// What was just written is about to be written again, further down.
	o.Levels[0].Compression = func() *sstable.CompressionProfile { return sstable.NoCompression }
	for level := range o.Levels {
		o.Levels[level].FilterPolicy = bloom.FilterPolicy(filterBits)
		o.Levels[level].BlockSize = blockSize
		o.Levels[level].IndexBlockSize = indexSize
	}
	return o
}

// Shared is false: the folder is locked to this process.
func (s *Store) Shared() bool { return false }

// Close waits for the update in progress and closes the folder. Snapshots that are still open are an error, and what
// they see is then gone; nothing that was acknowledged is. A second Close returns store.ErrClosed.
func (s *Store) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return store.ErrClosed
	}
	s.closed = true
	close(s.closing)
	s.mu.Unlock()

	<-s.writer // never given back: nobody writes any more
	close(s.commits)
	s.mu.Lock()
	users := s.users
	s.mu.Unlock()
	if users > 0 {
		// Pebble cannot be closed under its readers. Whatever was acknowledged is in the log already.
		leak := fmt.Errorf("pebble: %d snapshots or scans are open", users)
		return errors.Join(fault.Wrap("pebble.Close", leak), s.abandon())
	}
	closed := make(chan error, 1)
	go func() {
		s.stopped.Wait()
		closed <- errors.Join(s.release(s.views.retire()), s.db.Close())
	}()
	select {
	case err := <-closed:
		return fault.Wrap("pebble.Close", errors.Join(err, s.lock.Close(), s.closeLogs()))
	case <-s.fence.failed:
		return errors.Join(s.fence.fault("pebble.Close"), s.abandon())
	}
}

// abandon gives the folder back, whatever Pebble is in the middle of.
func (s *Store) abandon() error { return errors.Join(s.fence.abandon(), s.closeLogs()) }

func noClose() error { return nil }

// use counts a reader in, so that Close does not pull the data away under it.
func (s *Store) use() error {
	if err := s.fence.fault("pebble.Read"); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return store.ErrClosed
	}
	s.users++
	return nil
}

func (s *Store) unuse() {
	s.mu.Lock()
	s.users--
	s.mu.Unlock()
}

func openFault(dir string, err error) error {
	var f *fault.Error
	if errors.As(err, &f) {
		return err
	}
	return &fault.Error{
		Kind: fault.Unavailable, Op: "pebble.Open", Cause: err,
		Message: fmt.Sprintf("the store in %q cannot be opened", dir),
	}
}

// lockFault tells a folder that is taken from one that cannot be written.
func lockFault(dir string, err error) error {
	var path *fs.PathError
	if errors.As(err, &path) || runtime.GOOS == "windows" && errors.Is(err, fs.ErrPermission) {
		return openFault(dir, err)
	}
	return &fault.Error{
		Kind: fault.Conflict, Op: "pebble.Open", Cause: fmt.Errorf("%w: %w", ErrLocked, err),
		Message: fmt.Sprintf("the folder %q is in use by another process", dir),
	}
}
