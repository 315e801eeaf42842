package files

import (
	"errors"
	"os"
	"path/filepath"
	"sync"

	"github.com/alcedo-cloud/alcedo/internal/content"
)

// askAfter is how many bytes of a content are written before the disk is asked for room again.
const askAfter = 1 << 20

// writer streams into a file while the digest looks on.
type writer struct {
	store  *Store
	file   *os.File // nil after the end
	id     content.ID
	digest *content.Digest
	failed error // of an earlier Write: half a content must not be committed
	asked  int   // bytes since the disk was asked for room
}

func (w *writer) ID() content.ID { return w.id }

func (w *writer) Write(p []byte) (int, error) {
	if w.file == nil {
		return 0, content.ErrClosed
	}
	if w.failed != nil {
		return 0, w.failed
	}
	if w.asked += len(p); w.asked >= askAfter {
		w.asked = 0
		if w.failed = w.store.look(); w.failed != nil {
			return 0, w.failed
		}
	}
	n, err := w.file.Write(p)
	_, _ = w.digest.Write(p[:n]) // a digest never fails
	if err != nil {
		w.failed = failure("files.Write", err)
	}
	return n, w.failed
}

// Commit syncs the file, then the folder that names it.
func (w *writer) Commit() (content.Ref, error) {
	if w.file == nil {
		return content.Ref{}, content.ErrClosed
	}
	f := w.file
	err := w.failed
	if err == nil {
		err = f.Sync()
	}
	w.file = nil
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = syncFolder(filepath.Dir(f.Name()))
	}
	if err != nil {
		return content.Ref{}, failure("files.Commit", errors.Join(err, os.Remove(f.Name())))
	}
	return w.digest.Ref(w.id), nil
}

func (w *writer) Abort() error {
	if w.file == nil {
		return nil
	}
	f := w.file
	w.file = nil
	return failure("files.Abort", errors.Join(f.Close(), os.Remove(f.Name())))
}

// reader is an open file.
type reader struct {
	file *os.File
	size int64

	mu     sync.Mutex
	closed bool
}

func (r *reader) ReadAt(p []byte, off int64) (int, error) { return r.file.ReadAt(p, off) }
func (r *reader) Size() int64                             { return r.size }
func (r *reader) File() (*os.File, bool)                  { return r.file, true }

func (r *reader) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return content.ErrClosed
	}
	r.closed = true
	return failure("files.Close", r.file.Close())
}
