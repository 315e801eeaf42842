// Package files keeps contents as files below a folder, one each, and in memory where nothing is to outlive the
// process. It must never know what a content means.
//
// A content's file stands at its final place from the start: nothing references it before Commit has synced the file and
// its folder, so a crash leaves an orphan and never half a content.
package files

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"syscall"

	"github.com/alcedo-cloud/alcedo/internal/content"
	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// Store is contents below a folder: {dir}/{two digits}/{32 digits}, the name in lower-case hexadecimal.
type Store struct {
	dir    string
	rand   io.Reader
	free   func(dir string) (bytes uint64, known bool) // of the disk that a folder is on
	unseen atomic.Int32
	closed atomic.Bool
}

// reserve is how many bytes contents leave of a disk. The store beside them takes nothing in, deletions included, when
// less than a quarter of that is left: a disk that contents have filled to the brim could never be emptied again.
const reserve = 64 << 20

// Where more than plenty of bytes is free, so many calls of Room do without looking at the disk.
const (
	plenty     = 1 << 30
	mostUnseen = 15
)

// Open makes the folders where they are missing. rand gives names; it must be safe for concurrent use.
func Open(dir string, rand io.Reader) (*Store, error) {
	const op = "files.Open"
	for i := range 256 {
		if err := os.MkdirAll(filepath.Join(dir, fmt.Sprintf("%02x", i)), 0o700); err != nil {
			return nil, failure(op, err)
		}
	}
	if err := syncFolder(dir); err != nil {
		return nil, failure(op, err)
	}
	return &Store{dir: dir, rand: rand, free: freeBytes}, nil
}

// Close ends the use of the store. Readers that are open stay so.
func (s *Store) Close() error {
	if s.closed.Swap(true) {
		return content.ErrClosed
	}
	return nil
}

func (s *Store) path(id content.ID) string {
	name := hex.EncodeToString(id[:])
	return filepath.Join(s.dir, name[:2], name)
}

func (s *Store) usable(ctx context.Context) error {
	if s.closed.Load() {
		return content.ErrClosed
	}
	if err := ctx.Err(); err != nil {
		return &fault.Error{Kind: fault.Canceled, Op: "files", Message: "canceled", Cause: err}
	}
	return nil
}

// Create begins a content.
func (s *Store) Create(ctx context.Context, o content.Options) (content.Writer, error) {
	const op = "files.Create"
	if err := s.usable(ctx); err != nil {
		return nil, err
	}
	if err := s.look(); err != nil {
		return nil, err
	}
	id, err := newID(s.rand)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	f, err := os.OpenFile(s.path(id), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, failure(op, err)
	}
	return &writer{store: s, file: f, id: id, digest: content.NewDigest(o)}, nil
}

// Room looks at the disk, where there is plenty of room not at each call: what is kept elsewhere is small. Where the
// system cannot tell, the write will.
func (s *Store) Room() error {
	if s.unseen.Add(-1) >= 0 {
		return nil
	}
	return s.look()
}

func (s *Store) look() error {
	free, known := s.free(s.dir)
	if known && free < reserve {
		return &fault.Error{Kind: fault.Unavailable, Op: "files.Room", Message: "the disk is full"}
	}
	if known && free > plenty {
		s.unseen.Store(mostUnseen)
	} else {
		s.unseen.Store(0)
	}
	return nil
}

// Open gives a reader.
func (s *Store) Open(ctx context.Context, id content.ID) (content.Reader, error) {
	const op = "files.Open"
	if err := s.usable(ctx); err != nil {
		return nil, err
	}
	f, err := os.Open(s.path(id))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, content.ErrNotFound
	}
	if err != nil {
		return nil, failure(op, err)
	}
	info, err := f.Stat()
	if err != nil {
		return nil, failure(op, errors.Join(err, f.Close()))
	}
	return &reader{file: f, size: info.Size()}, nil
}

// Remove deletes. On systems that do not let go of open files, it fails and is to be tried again.
func (s *Store) Remove(ctx context.Context, id content.ID) error {
	if err := s.usable(ctx); err != nil {
		return err
	}
	err := os.Remove(s.path(id))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return failure("files.Remove", err)
}

// List yields what is there. Files whose names are not ours are passed over.
func (s *Store) List(ctx context.Context) iter.Seq2[content.Info, error] {
	return func(yield func(content.Info, error) bool) {
		for i := range 256 {
			if !s.listFolder(ctx, filepath.Join(s.dir, fmt.Sprintf("%02x", i)), yield) {
				return
			}
		}
	}
}

// listFolder reports whether to go on.
func (s *Store) listFolder(ctx context.Context, dir string, yield func(content.Info, error) bool) bool {
	const op = "files.List"
	if err := s.usable(ctx); err != nil {
		yield(content.Info{}, err)
		return false
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		yield(content.Info{}, failure(op, err))
		return false
	}
	for _, e := range entries {
		id, ok := parseID(e.Name())
		if !ok {
			continue
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue // removed meanwhile
		}
		if err != nil {
			yield(content.Info{}, failure(op, err))
			return false
		}
		if !yield(content.Info{ID: id, Size: info.Size(), Modified: info.ModTime()}, nil) {
			return false
		}
	}
	return true
}

func newID(rand io.Reader) (id content.ID, err error) {
	_, err = io.ReadFull(rand, id[:])
	return id, err
}

func parseID(name string) (id content.ID, ok bool) {
	if len(name) != 2*content.IDSize {
		return id, false
	}
	_, err := hex.Decode(id[:], []byte(name))
	return id, err == nil && hex.EncodeToString(id[:]) == name
}

// syncFolder makes the names in a folder durable. Windows has no such call, and needs none.
func syncFolder(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// failure gives the error of the file system its kind: want of room passes, anything else is ours.
func failure(op string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT), errors.Is(err, syscall.EFBIG):
		return &fault.Error{Kind: fault.Unavailable, Op: op, Message: "the disk is full", Cause: err}
	case errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE):
		return &fault.Error{Kind: fault.Unavailable, Op: op, Message: "too many files are open", Cause: err}
	}
	return fault.Wrap(op, err)
}
