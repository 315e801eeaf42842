package blob

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/content"
	"github.com/alcedo-cloud/alcedo/internal/content/files"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// TestFiles: reads from files, by the kernel into what can take it, while the blob is overwritten and deleted.
func TestFiles(t *testing.T) {
	w := newWorld(t, nil)
	contents, err := files.Open(t.TempDir(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	w.Content = contents
	w.pins = newPins(contents)
	body := strings.Repeat("0123456789", maxInline)
	w.put(t, "b", body)
	w.block(t, "m", "1", body)
	w.block(t, "m", "2", body[:50])
	if _, err := w.PutBlockList(t.Context(), key(), blobAt("m"), PutBlockList{Blocks: []BlockRef{{ID: b64("2")}, {ID: b64("1")}}}); err != nil {
		t.Fatal(err)
	}
	if got := w.read(t, blobAt("m")); got != body[:50]+body {
		t.Errorf("a list of blocks: %d bytes", len(got))
	}
	d, err := w.GetBlob(t.Context(), key(), blobAt("b"), GetBlob{Range: &Range{Start: 5, End: 100}})
	if err != nil {
		t.Fatal(err)
	}
	w.put(t, "b", "new")
	if _, err := w.DeleteBlob(t.Context(), key(), blobAt("b"), DeleteBlob{}); err != nil {
		t.Fatal(err)
	}
	out, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.WriteTo(out); err != nil {
		t.Errorf("a download whose blob is deleted: %v", err)
	}
	if n := w.contents(t); n != 2 {
		t.Errorf("%d contents while it is read, want 2", n)
	}
	if err := errors.Join(d.Close(), d.Close()); err != nil {
		t.Error(err)
	}
	if n := w.contents(t); n != 1 {
		t.Errorf("%d contents after it, want the block's", n)
	}
	got, err := os.ReadFile(out.Name())
	if err != nil || string(got) != body[5:101] {
		t.Errorf("read %q, %v", got, err)
	}
	if err := out.Close(); err != nil {
		t.Error(err)
	}
}

// failingContent fails the nth call of Write or Commit.
type failingContent struct {
	content.Store
	at, calls int
}

func (f *failingContent) fails() error {
	if f.calls++; f.calls == f.at {
		return fault.New(fault.Unavailable, "test", "", "the disk is full")
	}
	return nil
}

func (f *failingContent) Create(ctx context.Context, o content.Options) (content.Writer, error) {
	w, err := f.Store.Create(ctx, o)
	return &failingWriter{w, f}, err
}

type failingWriter struct {
	content.Writer
	to *failingContent
}

func (f *failingWriter) Write(p []byte) (int, error) {
	if err := f.to.fails(); err != nil {
		return 0, err
	}
	return f.Writer.Write(p)
}

func (f *failingWriter) Commit() (content.Ref, error) {
	if err := f.to.fails(); err != nil {
		return content.Ref{}, errors.Join(err, f.Abort())
	}
	return f.Writer.Commit()
}

// TestDiskFull: wherever the disk is full, nothing is half visible, nothing is left, and the next try succeeds.
func TestDiskFull(t *testing.T) {
	body := strings.Repeat("x", 600<<10)
	for at := 1; ; at++ {
		w := newWorld(t, nil)
		w.put(t, "b", "old")
		w.Content = &failingContent{Store: w.Content, at: at}
		_, err := w.tryPut(t, key(), "b", body)
		if err == nil {
			if at < 4 {
				t.Errorf("only %d calls could fail", at-1)
			}
			return
		}
		if !fault.Is(err, fault.Unavailable) {
			t.Errorf("call %d: %v", at, err)
		}
		if got := w.read(t, blobAt("b")); got != "old" || w.contents(t) != 0 {
			t.Errorf("call %d: %q is read, %d contents are left", at, got, w.contents(t))
		}
		w.put(t, "b", body)
		if w.read(t, blobAt("b")) != body {
			t.Errorf("call %d: the next try reads something else", at)
		}
	}
}

// failingStore fails the commit.
type failingStore struct {
	store.Store
	kind fault.Kind
}

func (f failingStore) Update(context.Context, func(store.Tx) error) error {
	return fault.New(f.kind, "test", "", "no")
}

// TestFailedCommit: a content whose commit may have happened stays for the sweep; one whose commit surely did not goes.
func TestFailedCommit(t *testing.T) {
	for kind, left := range map[fault.Kind]int{fault.Unavailable: 1, fault.Internal: 1, fault.TooLarge: 0} {
		w := newWorld(t, nil)
		good := w.Store
		w.Store = failingStore{good, kind}
		if _, err := w.tryPut(t, key(), "b", strings.Repeat("x", maxInline+1)); !fault.Is(err, kind) {
			t.Errorf("%v: %v", kind, err)
		}
		w.Store = good
		if n := w.contents(t); n != left {
			t.Errorf("%v: %d contents are left, want %d", kind, n, left)
		}
	}
}

// TestConcurrentWriters: of writers that all say If-None-Match: *, one succeeds, and what is read is one of the bodies.
func TestConcurrentWriters(t *testing.T) {
	w := newWorld(t, nil)
	var wait sync.WaitGroup
	var mu sync.Mutex
	made := 0
	for i := range 8 {
		wait.Go(func() {
			body := strings.Repeat(string(rune('a'+i)), maxInline+i)
			_, err := w.PutBlob(t.Context(), key(), blobAt("b"), PutBlob{
				Body: strings.NewReader(body), Length: int64(len(body)), Conditions: Conditions{IfNoneMatch: []Match{{Any: true}}},
			})
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				made++
			} else if fault.ReasonOf(err) != "BlobAlreadyExists" {
				t.Error(err)
			}
			d, err := w.GetBlob(t.Context(), key(), blobAt("b"), GetBlob{})
			if err != nil {
				return // not there yet
			}
			var buf bytes.Buffer
			if _, err := d.WriteTo(&buf); err != nil || strings.Trim(buf.String(), buf.String()[:1]) != "" {
				t.Errorf("read a mixture: %v", err)
			}
			if err := d.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if made != 1 {
		t.Errorf("%d writers made the blob", made)
	}
	if n := w.contents(t); n > 1 {
		t.Errorf("%d contents are left", n)
	}
}

// TestShortWriter: a client that goes away in the middle of a download ends it.
func TestShortWriter(t *testing.T) {
	w := newWorld(t, nil)
	w.put(t, "b", strings.Repeat("x", 1<<20))
	d, err := w.GetBlob(t.Context(), key(), blobAt("b"), GetBlob{})
	if err != nil {
		t.Fatal(err)
	}
	r, out := io.Pipe()
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := d.WriteTo(out); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("%v", err)
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
}
