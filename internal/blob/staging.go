package blob

import (
	"bytes"
	"context"
	"crypto/md5"
	"errors"
	"io"
	"sync"

	"github.com/alcedo-cloud/alcedo/internal/content"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// maxInline is how many bytes of a content are kept in the store. Larger ones are files.
const maxInline = 64 << 10

// copyBuffers are what bodies stream through.
var copyBuffers = sync.Pool{New: func() any { b := make([]byte, 256<<10); return &b }}

// smallBodies are what bodies of at most smallBody bytes are read into.
const smallBody = 16 << 10

var smallBodies = sync.Pool{New: func() any { return new([smallBody]byte) }}

// upload is a body on its way in.
type upload struct {
	body   io.Reader
	length int64  // bytes that the body must have; -1 where nobody knows
	most   int64  // more is refused where length is -1
	md5    []byte // what the client says it is; nil where it says nothing
	crc    *uint64
	sum    bool // work out the MD5 even where the client says nothing
}

// staged is a body that has arrived: a durable file, or bytes for the transaction. It is not referenced yet.
type staged struct {
	content Content
	data    []byte // of Inline
	md5     []byte // nil where nobody asked
}

// stage takes a body in. What it returns is either written by put and committed, or given to discard.
func (s *Service) stage(ctx context.Context, u upload) (*staged, error) {
	if u.length > maxInline {
		return s.stageFile(ctx, u, u.body)
	}
	limit := u.length
	if limit < 0 {
		limit = maxInline + 1
	}
	data, err := readSmall(u.body, limit, u.length >= 0)
	if err != nil {
		return nil, err
	}
	if len(data) > maxInline {
		return s.stageFile(ctx, u, io.MultiReader(bytes.NewReader(data), u.body))
	}
	st := &staged{data: data}
	if len(data) > 0 {
		st.content = Content{Form: Inline, Size: int64(len(data))}
		if st.content.ID, err = s.newContentID(); err != nil {
			return nil, err
		}
	}
	st.content.CRC64 = content.CRC64(data)
	if u.sum || u.md5 != nil {
		sum := md5.Sum(data)
		st.md5 = sum[:]
	}
	return st, u.check(st)
}

// readSmall reads what stays in memory; exact says that the body must have limit bytes.
func readSmall(body io.Reader, limit int64, exact bool) ([]byte, error) {
	if body == nil {
		body = bytes.NewReader(nil)
	}
	if exact {
		data := room(limit)
		_, err := io.ReadFull(body, data)
		return data, bodyFault(err)
	}
	data, err := io.ReadAll(io.LimitReader(body, limit))
	return data, bodyFault(err)
}

func room(size int64) []byte {
	if size > smallBody {
		return make([]byte, size)
	}
	return smallBodies.Get().(*[smallBody]byte)[:size]
}

// recycle is for whoever no longer needs what was staged: the transaction has its own copy.
func (st *staged) recycle() {
	if cap(st.data) == smallBody {
		smallBodies.Put((*[smallBody]byte)(st.data[:smallBody]))
	}
	st.data = nil
}

// bodyFault is the fault of a body that could not be read: the client's, not ours.
func bodyFault(err error) error {
	var f *fault.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &f):
		return err
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return &fault.Error{Kind: fault.Invalid, Op: "blob.stage", Reason: "InvalidInput", Message: "The request ended before its content did.", Cause: err}
	}
	return &fault.Error{Kind: fault.Canceled, Op: "blob.stage", Reason: "InvalidInput", Message: "the body could not be read", Cause: err}
}

func (s *Service) stageFile(ctx context.Context, u upload, body io.Reader) (*staged, error) {
	w, err := s.Content.Create(ctx, content.Options{MD5: u.sum || u.md5 != nil})
	if err != nil {
		return nil, fault.Wrap("blob.stage", err)
	}
	n, err := stream(w, body, u)
	switch {
	case err != nil:
	case u.length >= 0 && n < u.length:
		err = bodyFault(io.ErrUnexpectedEOF)
	case u.length < 0 && n > u.most:
		err = refuse(fault.TooLarge, "RequestBodyTooLarge")
	}
	if err != nil {
		return nil, errors.Join(err, w.Abort())
	}
	ref, err := w.Commit()
	if err != nil {
		return nil, fault.Wrap("blob.stage", err)
	}
	st := &staged{content: Content{Form: File, ID: ref.ID, Size: ref.Size, CRC64: ref.CRC64}}
	if ref.HasMD5 {
		st.md5 = ref.MD5[:]
	}
	if err := u.check(st); err != nil {
		s.discard(st)
		return nil, err
	}
	return st, nil
}

// stream copies the body into the writer, and tells whose fault it is where that fails.
func stream(w io.Writer, body io.Reader, u upload) (int64, error) {
	limit := u.length
	if limit < 0 {
		limit = u.most + 1
	}
	buf := copyBuffers.Get().(*[]byte)
	defer copyBuffers.Put(buf)
	var total int64
	for total < limit {
		n, err := io.ReadAtLeast(io.LimitReader(body, limit-total), *buf, int(min(int64(len(*buf)), limit-total)))
		if _, failed := w.Write((*buf)[:n]); failed != nil {
			return total, fault.Wrap("blob.stage", failed)
		}
		total += int64(n)
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return total, nil
		}
		if err != nil {
			return total, bodyFault(err)
		}
	}
	return total, nil
}

// check compares what arrived with what the client says it sent.
func (u upload) check(st *staged) error {
	switch {
	case u.md5 != nil && !bytes.Equal(u.md5, st.md5):
		return refuse(fault.Invalid, "Md5Mismatch")
	case u.crc != nil && *u.crc != st.content.CRC64:
		return refuse(fault.Invalid, "Crc64Mismatch")
	}
	return nil
}

// put writes what the transaction has to carry.
func (st *staged) put(tx store.Tx) error {
	if st.content.Form != Inline {
		return nil
	}
	return tx.Put(keyData(st.content.ID), st.data)
}

// discard removes a body that was not committed after all. It may have been committed where the store could not tell:
// then the record references a content that must stay, so only what surely failed is discarded.
func (s *Service) discard(st *staged) {
	if st != nil && st.content.Form == File {
		s.pins.drop([]content.ID{st.content.ID})
	}
}

// surelyFailed reports whether an error of Update means that nothing was written. Where the disk or the connection
// failed in the middle, nobody can tell.
func surelyFailed(err error) bool {
	switch fault.KindOf(err) {
	case fault.Internal, fault.Unavailable, fault.Canceled:
		return false
	}
	return err != nil
}
