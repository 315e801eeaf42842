package pebble

import (
	"errors"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// maxBackground is how many flushes or compactions may fail in a row before the store gives up. Pebble itself goes on
// trying, without a pause; giveUpPause is the one that it gets then.
const (
	maxBackground = 3
	giveUpPause   = time.Second
)

// fence stands between Pebble and the files. Pebble answers many a failed write by ending the process; the fence lets
// it see none. The first one that fails marks the store as failed, and the goroutine that wrote is parked for good, as
// is each that writes afterwards. So a failed store changes nothing on disk, and the folder can be given to somebody
// else. Reads pass untouched.
type fence struct {
	vfs.FS
	failed     chan struct{} // closed at the first failure
	once       sync.Once
	err        error        // valid once failed is closed
	writes     sync.RWMutex // held for reading by each write in flight
	closed     bool         // guarded by writes
	lock       *onceCloser  // of the folder; nil until it is locked
	background atomic.Int32
}

func newFence(inner vfs.FS) *fence {
	return &fence{FS: inner, failed: make(chan struct{})}
}

// fail marks the store as failed. Only the first error counts.
func (f *fence) fail(err error) {
	f.once.Do(func() {
		f.err = err
		close(f.failed)
	})
}

// cause is the error that failed the store, or nil.
func (f *fence) cause() error {
	select {
	case <-f.failed:
		return f.err
	default:
		return nil
	}
}

// fault is what callers of a failed store get; nil while it works.
func (f *fence) fault(op string) error {
	err := f.cause()
	if err == nil {
		return nil
	}
	message := "the store could not write to its disk and has stopped"
	if vfs.IsNoSpaceError(err) {
		message = "the disk is full and the store has stopped"
	}
	return &fault.Error{Kind: fault.Unavailable, Op: op, Message: message, Cause: err}
}

// abandon waits for the writes in flight, lets none through any more, and gives the folder back, whatever Pebble is in
// the middle of.
func (f *fence) abandon() error {
	f.writes.Lock()
	defer f.writes.Unlock()
	f.closed = true
	if f.lock == nil {
		return nil
	}
	return f.lock.Close()
}

// Lock is Pebble's way to take the folder. Pebble gives it back when it closes in order; abandon when it does not.
func (f *fence) Lock(name string) (io.Closer, error) {
	lock, err := f.FS.Lock(name)
	if err != nil {
		return nil, err
	}
	f.lock = &onceCloser{Closer: lock}
	return f.lock, nil
}

// onceCloser closes once, whoever comes first.
type onceCloser struct {
	io.Closer
	once sync.Once
	err  error
}

func (c *onceCloser) Close() error {
	c.once.Do(func() { c.err = c.Closer.Close() })
	return c.err
}

// write runs a write and returns only where it succeeded, or failed with something that is no failure to Pebble.
func (f *fence) write(do func() error) error {
	f.writes.RLock()
	stopped := f.closed || f.cause() != nil
	var err error
	if !stopped {
		if err = do(); err != nil && !errors.Is(err, os.ErrNotExist) {
			f.fail(err)
			stopped = true
		}
	}
	f.writes.RUnlock()
	if stopped {
		select {} // Pebble must not learn of it
	}
	return err
}

// listener hears of what fails in the background: reads of compactions among them, which the fence does not see.
func (f *fence) listener() *pebble.EventListener {
	settle := func(err error) {
		if err == nil {
			f.background.Store(0)
		}
	}
	return &pebble.EventListener{
		BackgroundError: func(err error) {
			if f.cause() != nil {
				time.Sleep(giveUpPause) // under Pebble's lock, which nobody else needs any more
			} else if f.background.Add(1) >= maxBackground {
				f.fail(err)
			}
		},
		FlushEnd:      func(i pebble.FlushInfo) { settle(i.Err) },
		CompactionEnd: func(i pebble.CompactionInfo) { settle(i.Err) },
	}
}

// quiet keeps Pebble's reports to itself. A fatal one fails the store instead of ending the process.
type quiet struct{ fence *fence }

func (quiet) Infof(string, ...any)  {}
func (quiet) Errorf(string, ...any) {}

func (q quiet) Fatalf(format string, args ...any) {
	q.fence.fail(errorf(format, args...))
	select {}
}

func (f *fence) Create(name string, c vfs.DiskWriteCategory) (file vfs.File, err error) {
	err = f.write(func() (err error) { file, err = f.FS.Create(name, c); return err })
	return f.wrap(file, err)
}

func (f *fence) OpenReadWrite(name string, c vfs.DiskWriteCategory, o ...vfs.OpenOption) (file vfs.File, err error) {
	err = f.write(func() (err error) { file, err = f.FS.OpenReadWrite(name, c, o...); return err })
	return f.wrap(file, err)
}

func (f *fence) ReuseForWrite(old, name string, c vfs.DiskWriteCategory) (file vfs.File, err error) {
	err = f.write(func() (err error) { file, err = f.FS.ReuseForWrite(old, name, c); return err })
	return f.wrap(file, err)
}

func (f *fence) OpenDir(name string) (vfs.File, error) {
	file, err := f.FS.OpenDir(name)
	return f.wrap(file, err)
}

func (f *fence) wrap(file vfs.File, err error) (vfs.File, error) {
	if err != nil {
		return nil, err
	}
	return &fencedFile{File: file, fence: f}, nil
}

func (f *fence) Link(old, name string) error {
	return f.write(func() error { return f.FS.Link(old, name) })
}

func (f *fence) Rename(old, name string) error {
	return f.write(func() error { return f.FS.Rename(old, name) })
}

func (f *fence) MkdirAll(dir string, perm os.FileMode) error {
	return f.write(func() error { return f.FS.MkdirAll(dir, perm) })
}

// Remove may fail: a file that is no longer needed only takes up room.
func (f *fence) Remove(name string) error {
	var failed error
	return errors.Join(f.write(func() error { failed = f.FS.Remove(name); return nil }), failed)
}

// RemoveAll may fail, as Remove may.
func (f *fence) RemoveAll(name string) error {
	var failed error
	return errors.Join(f.write(func() error { failed = f.FS.RemoveAll(name); return nil }), failed)
}

// fencedFile is a file that Pebble writes to.
type fencedFile struct {
	vfs.File
	fence *fence
}

func (f *fencedFile) Write(p []byte) (n int, err error) {
	err = f.fence.write(func() (err error) { n, err = f.File.Write(p); return err })
	return n, err
}

func (f *fencedFile) WriteAt(p []byte, at int64) (n int, err error) {
	err = f.fence.write(func() (err error) { n, err = f.File.WriteAt(p, at); return err })
	return n, err
}

func (f *fencedFile) Sync() error     { return f.fence.write(f.File.Sync) }
func (f *fencedFile) SyncData() error { return f.fence.write(f.File.SyncData) }
func (f *fencedFile) Close() error    { return f.fence.write(f.File.Close) }

func (f *fencedFile) SyncTo(length int64) (full bool, err error) {
	err = f.fence.write(func() (err error) { full, err = f.File.SyncTo(length); return err })
	return full, err
}

// Preallocate is advice; where it cannot be followed, the write itself will tell.
func (f *fencedFile) Preallocate(offset, length int64) error {
	return f.fence.write(func() error {
		_ = f.File.Preallocate(offset, length)
		return nil
	})
}
