package pebble

import (
	"bytes"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
	"golang.org/x/sys/unix"
)

// direct gives a folder whose logs are written directly; where the kernel or the file system refuses, the test is skipped.
func direct(t *testing.T) (d *directFS, dir string) {
	t.Helper()
	dir = t.TempDir()
	inner, closeLogs := directLogs(vfs.Default, dir)
	t.Cleanup(func() {
		if err := closeLogs(); err != nil {
			t.Error(err)
		}
	})
	d, ok := inner.(*directFS)
	if !ok {
		t.Skip("no direct writes here")
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Fatalf("the probe left %v, %v", left, err)
	}
	return d, dir
}

// TestDirectLog writes pieces of all sizes, syncs now and then, and finds after each sync what it wrote, with zeros up to
// the end of the sector: in a new file, and in one whose sectors hold something else.
func TestDirectLog(t *testing.T) {
	d, dir := direct(t)
	old, name := filepath.Join(dir, "old"), filepath.Join(dir, "log")
	for _, reuse := range []bool{false, true} {
		random := rand.New(rand.NewPCG(1, 2))
		log, err := d.Create(name, logCategory)
		if reuse {
			if err = errors.Join(err, log.Close(), os.WriteFile(old, bytes.Repeat([]byte{'o'}, 3*logBuffer), 0o600)); err != nil {
				t.Fatal(err)
			}
			log, err = d.ReuseForWrite(old, name, logCategory)
		}
		if err != nil {
			t.Fatal(err)
		}
		var want []byte
		for i := range 60 {
			size := random.IntN(3 * sector)
			if i%20 == 10 {
				size = logBuffer + random.IntN(logBuffer)
			}
			piece := make([]byte, size)
			for i := range piece {
				piece[i] = byte(random.Uint32())
			}
			want = append(want, piece...)
			if n, err := log.Write(piece); n != size || err != nil {
				t.Fatalf("%d of %d, %v", n, size, err)
			}
			if i%3 > 0 {
				continue
			}
			if err := log.Sync(); err != nil {
				t.Fatal(err)
			}
			holds(t, name, want)
		}
		if err := log.Close(); err != nil {
			t.Fatal(err)
		}
		holds(t, name, want)
	}
}

func holds(t *testing.T, name string, want []byte) {
	t.Helper()
	got, err := os.ReadFile(name)
	if err != nil || !bytes.HasPrefix(got, want) {
		t.Fatalf("%d bytes are not the %d that were synced; %v", len(got), len(want), err)
	}
	tail := got[len(want):]
	tail = tail[:min(len(tail), -len(want)&(sector-1))]
	if len(bytes.Trim(tail, "\x00")) > 0 {
		t.Fatal("what follows in the last sector is not zero")
	}
}

// TestDirectLogFails: a write that the disk refuses is the sync's error, and the next sync tries again.
func TestDirectLogFails(t *testing.T) {
	d, dir := direct(t)
	file, err := d.Create(filepath.Join(dir, "log"), logCategory)
	if err != nil {
		t.Fatal(err)
	}
	log := file.(*directLog)
	writable := log.fd
	if log.fd, err = unix.Open(filepath.Join(dir, "log"), unix.O_RDONLY|unix.O_CLOEXEC, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := log.Write([]byte("text")); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := log.Sync(); !errors.Is(err, unix.EBADF) {
			t.Errorf("a file that cannot be written: %v", err)
		}
	}
	if err := unix.Close(log.fd); err != nil {
		t.Fatal(err)
	}
	log.fd = writable
	if err := log.Sync(); err != nil {
		t.Error(err)
	}
	if _, err := log.WriteAt(nil, 0); !errors.Is(err, fs.ErrInvalid) {
		t.Error(err)
	}
	if err := log.Close(); err != nil {
		t.Error(err)
	}
}

// TestDirectLogsRefused: where a probe fails, logs are files like others.
func TestDirectLogsRefused(t *testing.T) {
	inner, closeLogs := directLogs(vfs.Default, filepath.Join(t.TempDir(), "missing"))
	if inner != vfs.Default {
		t.Errorf("%T", inner)
	}
	if err := closeLogs(); err != nil {
		t.Error(err)
	}
}

// TestDirectOnlyLogs: tables are files like others.
func TestDirectOnlyLogs(t *testing.T) {
	d, dir := direct(t)
	file, err := d.Create(filepath.Join(dir, "table"), vfs.WriteCategoryUnspecified)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := file.(*directLog); ok {
		t.Error("a table is written as a log")
	}
	if err := file.Close(); err != nil {
		t.Error(err)
	}
}
