package pebble

import (
	"io/fs"
	"os"
	"sync"
	"unsafe"

	"github.com/cockroachdb/pebble/v2/vfs"
	"golang.org/x/sys/unix"
)

const (
	logCategory = "pebble-wal"
	sector      = 4096      // direct writes begin and end at multiples of it
	logBuffer   = 256 << 10 // bytes that wait for a sync at most
	probeName   = "direct.probe"
)

// directFS writes logs past the page cache and waits for the disk without holding a thread: a sync is one write of the
// sectors that are new, in place where the log's file is used again. All other files are the machine's own.
type directFS struct {
	vfs.FS
	queue *aio
}

// directLogs gives inner with such logs where the kernel and the file system of dir have what it takes.
func directLogs(inner vfs.FS, dir string) (vfs.FS, func() error) {
	queue, err := newAIO()
	if err != nil {
		return inner, noClose
	}
	d := &directFS{FS: inner, queue: queue}
	if err := d.probe(inner.PathJoin(dir, probeName)); err != nil {
		_ = queue.close() // nothing has come of it
		return inner, noClose
	}
	return d, queue.close
}

// probe writes a sector.
func (d *directFS) probe(name string) error {
	file, err := d.Create(name, logCategory)
	if err != nil {
		return err
	}
	defer d.Remove(name)
	_, err = file.Write([]byte{1})
	if err == nil {
		err = file.Sync()
	}
	if err == nil {
		var info vfs.FileInfo
		if info, err = file.Stat(); err == nil && info.Size() != sector {
			err = fs.ErrInvalid
		}
	}
	if failed := file.Close(); err == nil {
		err = failed
	}
	return err
}

func (d *directFS) Create(name string, c vfs.DiskWriteCategory) (vfs.File, error) {
	file, err := d.FS.Create(name, c)
	return d.direct(name, c, file, err)
}

func (d *directFS) ReuseForWrite(old, name string, c vfs.DiskWriteCategory) (vfs.File, error) {
	file, err := d.FS.ReuseForWrite(old, name, c)
	return d.direct(name, c, file, err)
}

// direct opens a log a second time, for its writes.
func (d *directFS) direct(name string, c vfs.DiskWriteCategory, file vfs.File, err error) (vfs.File, error) {
	if err != nil || c != logCategory {
		return file, err
	}
	fd, err := unix.Open(name, unix.O_WRONLY|unix.O_DIRECT|unix.O_DSYNC|unix.O_CLOEXEC, 0)
	if err != nil {
		_ = file.Close() // nothing is written yet
		return nil, &os.PathError{Op: "open", Path: name, Err: err}
	}
	return &directLog{File: file, queue: d.queue, fd: fd, buf: aligned(logBuffer)}, nil
}

// aligned gives memory that begins at a multiple of a sector.
func aligned(size int) []byte {
	b := make([]byte, size+sector)
	skip := -int(uintptr(unsafe.Pointer(&b[0]))) & (sector - 1)
	return b[skip : skip+size : skip+size]
}

// directLog is a log that is written from its beginning to its end.
type directLog struct {
	vfs.File
	queue *aio
	fd    int

	mu    sync.Mutex
	buf   []byte // the bytes from base on
	n     int    // how many there are
	base  int64  // offset in the file, a multiple of a sector
	dirty bool   // some of them are not on disk
}

// Write keeps p until the next sync, or until there is much of it.
func (l *directLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	written := len(p)
	for len(p) > 0 {
		n := copy(l.buf[l.n:], p)
		p, l.n, l.dirty = p[n:], l.n+n, true
		if l.n == len(l.buf) {
			if err := l.flush(); err != nil {
				return 0, err
			}
		}
	}
	return written, nil
}

// flush writes what is kept. Of the last sector, unless it is full, the bytes stay, to be written again with what follows.
func (l *directLog) flush() error {
	if !l.dirty {
		return nil
	}
	end := (l.n + sector - 1) &^ (sector - 1)
	clear(l.buf[l.n:end]) // a reader takes zeros for the end
	if err := l.queue.write(l.fd, l.buf[:end], l.base); err != nil {
		return err
	}
	full := l.n &^ (sector - 1)
	copy(l.buf, l.buf[full:l.n])
	l.n, l.base, l.dirty = l.n-full, l.base+int64(full), false
	return nil
}

// SyncData returns once all that was written is on disk.
func (l *directLog) SyncData() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.flush()
}

// Sync is SyncData: the descriptor's writes bring the file's size along.
func (l *directLog) Sync() error { return l.SyncData() }

// SyncTo is Sync.
func (l *directLog) SyncTo(int64) (bool, error) { return true, l.SyncData() }

// WriteAt is not how a log is written.
func (l *directLog) WriteAt([]byte, int64) (int, error) { return 0, fs.ErrInvalid }

// Close writes what is kept, and closes.
func (l *directLog) Close() error {
	err := l.SyncData()
	if failed := unix.Close(l.fd); err == nil {
		err = failed
	}
	if failed := l.File.Close(); err == nil {
		err = failed
	}
	return err
}
