package files

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/content"
	"github.com/alcedo-cloud/alcedo/internal/content/contenttest"
	"github.com/alcedo-cloud/alcedo/internal/fault"
)

func TestFiles(t *testing.T) {
	contenttest.Run(t, func(t *testing.T) content.Store {
		s, err := Open(t.TempDir(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		return s
	})
}

func TestMemory(t *testing.T) {
	contenttest.Run(t, func(*testing.T) content.Store { return NewMemory(rand.Reader, time.Now) })
}

// TestReopen: contents outlive the store, and files that are not ours are passed over.
func TestReopen(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(dir, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	w, err := s.Create(t.Context(), content.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte("kept")); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Commit(); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "00", "README"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if s, err = Open(dir, rand.Reader); err != nil {
		t.Fatal(err)
	}
	n := 0
	for i, err := range s.List(t.Context()) {
		if err != nil || i.ID != w.ID() || i.Size != 4 {
			t.Errorf("%+v, %v", i, err)
		}
		n++
	}
	if n != 1 {
		t.Errorf("%d contents", n)
	}
	r, err := s.Open(t.Context(), w.ID())
	if err != nil {
		t.Fatal(err)
	}
	if f, ok := r.File(); !ok || f.Name() != s.path(w.ID()) {
		t.Error("no file is behind it")
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}

// TestFailedWrite: after a failure nothing can be committed, and nothing is left.
func TestFailedWrite(t *testing.T) {
	s, err := Open(t.TempDir(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.Create(t.Context(), content.Options{})
	if err != nil {
		t.Fatal(err)
	}
	w := got.(*writer)
	readOnly, err := os.Open(w.file.Name())
	if err != nil {
		t.Fatal(err)
	}
	if err := w.file.Close(); err != nil {
		t.Fatal(err)
	}
	w.file = readOnly
	if _, err := w.Write([]byte("x")); err == nil {
		t.Error("a file that is open for reading was written")
	}
	if _, err := w.Commit(); err == nil {
		t.Error("half a content was committed")
	}
	if _, err := s.Open(t.Context(), w.ID()); !errors.Is(err, content.ErrNotFound) {
		t.Errorf("what failed is left: %v", err)
	}
}

func TestFailureKinds(t *testing.T) {
	for err, kind := range map[error]fault.Kind{
		syscall.ENOSPC: fault.Unavailable, syscall.EDQUOT: fault.Unavailable, syscall.EMFILE: fault.Unavailable,
		syscall.EIO: fault.Internal,
	} {
		if got := failure("x", fmt.Errorf("wrapped: %w", err)); !fault.Is(got, kind) {
			t.Errorf("%v: %v", err, fault.KindOf(got))
		}
	}
	if failure("x", nil) != nil {
		t.Error("no error became one")
	}
}

func FuzzParseID(f *testing.F) {
	f.Add("00112233445566778899aabbccddeeff")
	f.Add("00112233445566778899AABBCCDDEEFF")
	f.Add("x")
	f.Fuzz(func(t *testing.T, name string) {
		id, ok := parseID(name)
		if ok && fmt.Sprintf("%x", id[:]) != name {
			t.Errorf("%q is read as %x", name, id)
		}
	})
}

func BenchmarkWrite1MiB(b *testing.B) {
	s, err := Open(b.TempDir(), rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	data := make([]byte, 1<<20)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		w, err := s.Create(b.Context(), content.Options{})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := w.Write(data); err != nil {
			b.Fatal(err)
		}
		if _, err := w.Commit(); err != nil {
			b.Fatal(err)
		}
		if err := s.Remove(b.Context(), w.ID()); err != nil {
			b.Fatal(err)
		}
	}
}

// TestRoom: contents leave the last of the disk alone, before they begin and while they grow, and what fails leaves nothing.
func TestRoom(t *testing.T) {
	s, err := Open(t.TempDir(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	free, known := uint64(reserve), true
	s.free = func(string) (uint64, bool) { return free, known }
	w, err := s.Create(t.Context(), content.Options{})
	if err != nil {
		t.Fatal(err)
	}
	part := make([]byte, askAfter/2)
	if _, err := w.Write(part); err != nil {
		t.Fatal(err)
	}
	free--
	for range 2 {
		if _, err := w.Write(part); !fault.Is(err, fault.Unavailable) {
			t.Errorf("a write into the reserve: %v", err)
		}
	}
	if _, err := w.Commit(); !fault.Is(err, fault.Unavailable) {
		t.Errorf("half a content was committed: %v", err)
	}
	if _, err := s.Create(t.Context(), content.Options{}); !fault.Is(err, fault.Unavailable) {
		t.Errorf("a content was begun: %v", err)
	}
	for range s.List(t.Context()) {
		t.Error("something is left")
	}
	known = false
	if err := s.Room(); err != nil {
		t.Errorf("where nobody knows: %v", err)
	}
}

// TestRoomPlenty: a disk that is far from full is not looked at each time, and one that fills is noticed soon.
func TestRoomPlenty(t *testing.T) {
	s, err := Open(t.TempDir(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	free, looks := uint64(plenty+1), 0
	s.free = func(string) (uint64, bool) { looks++; return free, true }
	for range 1 + mostUnseen {
		if err := s.Room(); err != nil {
			t.Fatal(err)
		}
	}
	if looks != 1 {
		t.Errorf("looked %d times", looks)
	}
	if err := s.Room(); err != nil {
		t.Fatal(err)
	}
	free = reserve - 1
	if _, err := s.Create(t.Context(), content.Options{}); !fault.Is(err, fault.Unavailable) {
		t.Errorf("a content was begun: %v", err)
	}
	passed := 0
	for ; passed <= mostUnseen && s.Room() == nil; passed++ {
	}
	if passed > mostUnseen {
		t.Error("the full disk goes unnoticed")
	}
}

// TestFreeBytes asks the real disk.
func TestFreeBytes(t *testing.T) {
	free, known := freeBytes(t.TempDir())
	if known != (runtime.GOOS == "linux" || runtime.GOOS == "darwin") || known && free == 0 {
		t.Errorf("%d, %v", free, known)
	}
	if _, known := freeBytes(t.TempDir() + "/absent"); known {
		t.Error("a folder that is not there has a disk")
	}
}
