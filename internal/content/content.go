// Package content is the contract of large immutable byte objects that live beside the store: a blob's bytes, a block's.
// A content is written once, made durable by Commit, and referenced from the store afterwards; what no record
// references is an orphan that may be removed. It must never know what the bytes mean, who owns them or who may read.
package content

import (
	"context"
	"crypto/md5"
	"io"
	"iter"
	"os"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// ErrNotFound is what Open returns for a content that is not there.
var ErrNotFound = fault.New(fault.NotFound, "content.Open", "", "the content is not there")

// ErrClosed is what a store, writer or reader returns after its end.
var ErrClosed = fault.New(fault.Internal, "content", "", "used after its end")

// IDSize is the number of bytes of an ID.
const IDSize = 16

// ID names a content. It is never used twice.
type ID [IDSize]byte

// Ref is a durable content: its name, its size in bytes and its checksums.
type Ref struct {
	ID     ID
	Size   int64
	CRC64  uint64         // see CRC64
	MD5    [md5.Size]byte // where HasMD5
	HasMD5 bool
}

// Info is what List says of a content.
type Info struct {
	ID       ID
	Size     int64
	Modified time.Time // when it was written last, by the clock of the file system
}

// Options say what a writer works out besides the CRC.
type Options struct {
	MD5 bool // costs about as much as everything else together
}

// Store keeps contents. It is safe for concurrent use. Failures for want of room are faults of kind Unavailable.
type Store interface {
	// Create begins a content. The writer must be ended by Commit or Abort.
	Create(ctx context.Context, o Options) (Writer, error)
	// Room is a fault of kind Unavailable where nothing more should be begun: what is left of the disk is for the store
	// beside it, by which contents can be removed again.
	Room() error
	// Open gives a reader, or ErrNotFound. A content that is removed while it is open stays readable.
	Open(ctx context.Context, id ID) (Reader, error)
	// Remove deletes; removing what is not there is no error.
	Remove(ctx context.Context, id ID) error
	// List yields all contents, those that are being written included, in no order. It stops at the first error.
	List(ctx context.Context) iter.Seq2[Info, error]
	Close() error
}

// Writer takes the bytes of one content. It is for one goroutine.
type Writer interface {
	io.Writer
	// ID is the name that the content will have.
	ID() ID
	// Commit makes what was written durable: it survives kill -9 and power loss once Commit has returned nil. After an
	// error nothing is left.
	Commit() (Ref, error)
	// Abort gives up, and leaves nothing. After Commit it does nothing.
	Abort() error
}

// Reader reads one content. It is safe for concurrent use until Close.
type Reader interface {
	io.ReaderAt
	io.Closer
	Size() int64
	// File is the file behind it, for copies inside the kernel; ok is false where there is none. It is closed by Close.
	File() (f *os.File, ok bool)
}
