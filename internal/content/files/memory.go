package files

import (
	"bytes"
	"context"
	"io"
	"iter"
	"os"
	"sync"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/content"
	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// Memory keeps contents in memory, for an instance that forgets everything at its end.
type Memory struct {
	rand io.Reader
	now  func() time.Time

	mu     sync.Mutex
	closed bool
	held   map[content.ID]held
}

type held struct {
	data    []byte
	created time.Time
}

// NewMemory returns an empty store. rand gives names, now the time of List.
func NewMemory(rand io.Reader, now func() time.Time) *Memory {
	return &Memory{rand: rand, now: now, held: map[content.ID]held{}}
}

// Room always is: memory has no reserve to keep.
func (m *Memory) Room() error { return nil }

// Close forgets everything. Readers that are open stay so.
func (m *Memory) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return content.ErrClosed
	}
	m.closed, m.held = true, nil
	return nil
}

// usable wants m.mu to be held.
func (m *Memory) usable(ctx context.Context) error {
	if m.closed {
		return content.ErrClosed
	}
	if err := ctx.Err(); err != nil {
		return &fault.Error{Kind: fault.Canceled, Op: "files", Message: "canceled", Cause: err}
	}
	return nil
}

// Create begins a content.
func (m *Memory) Create(ctx context.Context, o content.Options) (content.Writer, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.usable(ctx); err != nil {
		return nil, err
	}
	id, err := newID(m.rand)
	if err != nil {
		return nil, fault.Wrap("files.Create", err)
	}
	return &memoryWriter{store: m, id: id, digest: content.NewDigest(o)}, nil
}

// Open gives a reader.
func (m *Memory) Open(ctx context.Context, id content.ID) (content.Reader, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.usable(ctx); err != nil {
		return nil, err
	}
	h, ok := m.held[id]
	if !ok {
		return nil, content.ErrNotFound
	}
	return &memoryReader{data: h.data}, nil
}

// Remove deletes.
func (m *Memory) Remove(ctx context.Context, id content.ID) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.usable(ctx); err != nil {
		return err
	}
	delete(m.held, id)
	return nil
}

// List yields what was there when it began.
func (m *Memory) List(ctx context.Context) iter.Seq2[content.Info, error] {
	return func(yield func(content.Info, error) bool) {
		m.mu.Lock()
		err := m.usable(ctx)
		infos := make([]content.Info, 0, len(m.held))
		for id, h := range m.held {
			infos = append(infos, content.Info{ID: id, Size: int64(len(h.data)), Modified: h.created})
		}
		m.mu.Unlock()
		if err != nil {
			yield(content.Info{}, err)
			return
		}
		for _, i := range infos {
			if !yield(i, nil) {
				return
			}
		}
	}
}

type memoryWriter struct {
	store  *Memory
	id     content.ID
	digest *content.Digest
	buf    bytes.Buffer
	ended  bool
}

func (w *memoryWriter) ID() content.ID { return w.id }

func (w *memoryWriter) Write(p []byte) (int, error) {
	if w.ended {
		return 0, content.ErrClosed
	}
	_, _ = w.digest.Write(p) // a digest never fails
	return w.buf.Write(p)
}

func (w *memoryWriter) Commit() (content.Ref, error) {
	if w.ended {
		return content.Ref{}, content.ErrClosed
	}
	w.ended = true
	w.store.mu.Lock()
	defer w.store.mu.Unlock()
	if w.store.closed {
		return content.Ref{}, content.ErrClosed
	}
	w.store.held[w.id] = held{data: bytes.Clone(w.buf.Bytes()), created: w.store.now()}
	w.buf = bytes.Buffer{}
	return w.digest.Ref(w.id), nil
}

func (w *memoryWriter) Abort() error {
	w.ended, w.buf = true, bytes.Buffer{}
	return nil
}

type memoryReader struct {
	data []byte

	mu     sync.Mutex
	closed bool
}

func (r *memoryReader) ReadAt(p []byte, off int64) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return 0, content.ErrClosed
	}
	return bytes.NewReader(r.data).ReadAt(p, off)
}

func (r *memoryReader) Size() int64            { return int64(len(r.data)) }
func (r *memoryReader) File() (*os.File, bool) { return nil, false }

func (r *memoryReader) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return content.ErrClosed
	}
	r.closed = true
	return nil
}
