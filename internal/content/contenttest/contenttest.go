// Package contenttest has the suite that each backend of the content contract passes. It must never know a backend's
// inside: what holds for one only is tested beside it.
package contenttest

import (
	"bytes"
	"context"
	"crypto/md5"
	"errors"
	"io"
	"sync"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/content"
	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// Run asks a backend for all that the contract says. open returns an empty store; closing it is the suite's.
func Run(t *testing.T, open func(t *testing.T) content.Store) {
	for name, test := range map[string]func(*testing.T, content.Store){
		"WriteAndRead": writeAndRead, "Abort": abort, "Remove": remove, "List": list, "Ends": ends, "Concurrent": concurrent,
		"Canceled": canceled,
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			test(t, s)
			if err := s.Close(); err != nil && !errors.Is(err, content.ErrClosed) {
				t.Errorf("close: %v", err)
			}
		})
	}
}

func write(t *testing.T, s content.Store, o content.Options, parts ...[]byte) content.Ref {
	t.Helper()
	w, err := s.Create(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range parts {
		if n, err := w.Write(p); err != nil || n != len(p) {
			t.Fatalf("write: %d, %v", n, err)
		}
	}
	ref, err := w.Commit()
	if err != nil {
		t.Fatal(err)
	}
	if ref.ID != w.ID() {
		t.Errorf("the content is named %x, its writer %x", ref.ID, w.ID())
	}
	if err := w.Abort(); err != nil {
		t.Errorf("abort after commit: %v", err)
	}
	return ref
}

func read(t *testing.T, s content.Store, ref content.Ref) []byte {
	t.Helper()
	r, err := s.Open(t.Context(), ref.ID)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if r.Size() != ref.Size {
		t.Errorf("size %d, want %d", r.Size(), ref.Size)
	}
	data, err := io.ReadAll(io.NewSectionReader(r, 0, r.Size()))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func writeAndRead(t *testing.T, s content.Store) {
	long := bytes.Repeat([]byte("0123456789"), 100_000)
	for _, parts := range [][][]byte{nil, {[]byte("a")}, {[]byte("ab"), nil, []byte("cd")}, {long, long[:7]}} {
		whole := bytes.Join(parts, nil)
		ref := write(t, s, content.Options{MD5: true}, parts...)
		if got := read(t, s, ref); !bytes.Equal(got, whole) {
			t.Errorf("%d bytes come back as %d", len(whole), len(got))
		}
		if ref.Size != int64(len(whole)) || ref.CRC64 != content.CRC64(whole) || !ref.HasMD5 || ref.MD5 != md5.Sum(whole) {
			t.Errorf("%d bytes: %+v", len(whole), ref)
		}
	}
	if ref := write(t, s, content.Options{}, []byte("x")); ref.HasMD5 {
		t.Error("an MD5 that nobody asked for")
	}
	r, err := s.Open(t.Context(), write(t, s, content.Options{}, []byte("0123456789")).ID)
	if err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 4)
	if n, err := r.ReadAt(buf, 3); n != 4 || err != nil || string(buf) != "3456" {
		t.Errorf("in the middle: %d %v %q", n, err, buf)
	}
	if n, err := r.ReadAt(buf, 8); n != 2 || !errors.Is(err, io.EOF) {
		t.Errorf("across the end: %d %v", n, err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if err := r.Close(); !errors.Is(err, content.ErrClosed) {
		t.Errorf("closed twice: %v", err)
	}
	if _, err := s.Open(t.Context(), content.ID{1}); !errors.Is(err, content.ErrNotFound) {
		t.Errorf("nothing opens: %v", err)
	}
}

func abort(t *testing.T, s content.Store) {
	w, err := s.Create(t.Context(), content.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte("half")); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := w.Abort(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.Write([]byte("more")); !errors.Is(err, content.ErrClosed) {
		t.Errorf("write after abort: %v", err)
	}
	if _, err := w.Commit(); !errors.Is(err, content.ErrClosed) {
		t.Errorf("commit after abort: %v", err)
	}
	if _, err := s.Open(t.Context(), w.ID()); !errors.Is(err, content.ErrNotFound) {
		t.Errorf("what was given up opens: %v", err)
	}
	if n := len(all(t, s)); n != 0 {
		t.Errorf("%d contents are left", n)
	}
}

func remove(t *testing.T, s content.Store) {
	ref := write(t, s, content.Options{}, []byte("gone"))
	r, err := s.Open(t.Context(), ref.ID)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := s.Remove(t.Context(), ref.ID); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Open(t.Context(), ref.ID); !errors.Is(err, content.ErrNotFound) {
		t.Errorf("a removed content opens: %v", err)
	}
	buf := make([]byte, 4)
	if _, err := r.ReadAt(buf, 0); err != nil || string(buf) != "gone" {
		t.Errorf("whoever had it open reads %q, %v", buf, err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}

func all(t *testing.T, s content.Store) map[content.ID]content.Info {
	t.Helper()
	found := map[content.ID]content.Info{}
	for i, err := range s.List(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		found[i.ID] = i
	}
	return found
}

func list(t *testing.T, s content.Store) {
	want := map[content.ID]int64{}
	for i := range 20 {
		ref := write(t, s, content.Options{}, make([]byte, i))
		want[ref.ID] = ref.Size
	}
	found := all(t, s)
	if len(found) != len(want) {
		t.Errorf("%d contents, want %d", len(found), len(want))
	}
	for id, size := range want {
		if i := found[id]; i.Size != size || i.Modified.IsZero() {
			t.Errorf("%x: %+v, want %d bytes", id, i, size)
		}
	}
	n := 0
	for range s.List(t.Context()) {
		n++
		break
	}
	if n != 1 {
		t.Errorf("a list that was left yielded %d", n)
	}
}

func ends(t *testing.T, s content.Store) {
	ref := write(t, s, content.Options{}, []byte("x"))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); !errors.Is(err, content.ErrClosed) {
		t.Errorf("closed twice: %v", err)
	}
	if _, err := s.Create(t.Context(), content.Options{}); !errors.Is(err, content.ErrClosed) {
		t.Errorf("create: %v", err)
	}
	if _, err := s.Open(t.Context(), ref.ID); !errors.Is(err, content.ErrClosed) {
		t.Errorf("open: %v", err)
	}
	if err := s.Remove(t.Context(), ref.ID); !errors.Is(err, content.ErrClosed) {
		t.Errorf("remove: %v", err)
	}
	for _, err := range s.List(t.Context()) {
		if !errors.Is(err, content.ErrClosed) {
			t.Errorf("list: %v", err)
		}
	}
}

func canceled(t *testing.T, s content.Store) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Create(ctx, content.Options{}); !fault.Is(err, fault.Canceled) {
		t.Errorf("create: %v", err)
	}
	if _, err := s.Open(ctx, content.ID{}); !fault.Is(err, fault.Canceled) {
		t.Errorf("open: %v", err)
	}
}

func concurrent(t *testing.T, s content.Store) {
	var wait sync.WaitGroup
	for i := range 8 {
		wait.Go(func() {
			for j := range 10 {
				data := bytes.Repeat([]byte{byte(i), byte(j)}, 1000)
				w, err := s.Create(t.Context(), content.Options{})
				if err != nil {
					t.Error(err)
					return
				}
				if _, err := w.Write(data); err != nil {
					t.Error(err)
				}
				ref, err := w.Commit()
				if err != nil || ref.CRC64 != content.CRC64(data) {
					t.Errorf("%v, %v", ref, err)
				}
			}
		})
	}
	wait.Wait()
	if n := len(all(t, s)); n != 80 {
		t.Errorf("%d contents, want 80", n)
	}
}
