package pebble_test

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	pebbledb "github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
	"github.com/alcedo-cloud/alcedo/internal/store/pebble"
	"github.com/alcedo-cloud/alcedo/internal/store/storetest"
)

func put(t testing.TB, s store.Store, key, value string) store.Version {
	t.Helper()
	var version store.Version
	err := s.Update(t.Context(), func(tx store.Tx) error {
		tx.OnCommit(func(v store.Version) { version = v })
		return tx.Put([]byte(key), []byte(value))
	})
	if err != nil {
		t.Fatalf("Update: %v", err)
	}
	return version
}

func get(t testing.TB, s store.Store, key string) (item store.Item, err error) {
	t.Helper()
	err = store.View(t.Context(), s, func(r store.Reader) (err error) {
		item, err = r.Get([]byte(key))
		return err
	})
	return item, err
}

func TestReopen(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "folder")
	var last store.Version
	for round := range 4 {
		s := open(t, pebble.Options{Dir: dir})
		if round > 0 {
			item, err := get(t, s, "a")
			if err != nil || item.Version != last {
				t.Fatalf("round %d: version %d, %v, want %d", round, item.Version, err, last)
			}
		}
		for range 3 {
			if v := put(t, s, "a", "1"); v <= last {
				t.Fatalf("round %d: version %d after %d", round, v, last)
			} else {
				last = v
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	info, err := os.Stat(dir)
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm() != 0o700 {
		t.Errorf("the folder's mode is %v", info.Mode())
	}
}

func TestMemoryForgets(t *testing.T) {
	for range 2 {
		s := open(t, pebble.Options{InMemory: true})
		if _, err := get(t, s, "a"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("Get: %v", err)
		}
		put(t, s, "a", "1")
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func wantConflict(t *testing.T, err, cause error, words ...string) {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind != fault.Conflict || cause != nil && !errors.Is(err, cause) {
		t.Fatalf("Open: %v, want a conflict because of %v", err, cause)
	}
	for _, word := range words {
		if !strings.Contains(f.Message, word) {
			t.Errorf("message %q does not say %q", f.Message, word)
		}
	}
}

func TestFolderInUse(t *testing.T) {
	dir := t.TempDir()
	s := open(t, pebble.Options{Dir: dir})
	put(t, s, "a", "1")
	_, err := pebble.Open(pebble.Options{Dir: dir})
	wantConflict(t, err, pebble.ErrLocked, dir)
	put(t, s, "a", "2") // the holder did not notice
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	open(t, pebble.Options{Dir: dir})
}

func TestNewerFormat(t *testing.T) {
	dir := t.TempDir()
	for text, cause := range map[string]error{"2": pebble.ErrNewer, "0": nil, "": nil, "x": nil} {
		writeRaw(t, dir, "mformat", text)
		for range 2 { // the first refusal gives the folder back
			_, err := pebble.Open(pebble.Options{Dir: dir})
			wantConflict(t, err, cause, dir)
		}
	}
	writeRaw(t, dir, "mformat", "1")
	open(t, pebble.Options{Dir: dir})
}

func TestForeignFolder(t *testing.T) {
	dir := t.TempDir()
	writeRaw(t, dir, "somebody", "else's")
	_, err := pebble.Open(pebble.Options{Dir: dir})
	wantConflict(t, err, nil, dir)
}

type silent struct{ testing.TB }

func (silent) Infof(string, ...any)              {}
func (s silent) Errorf(text string, args ...any) { s.TB.Errorf(text, args...) }

// writeRaw writes a record without the store.
func writeRaw(t *testing.T, dir, key, value string) {
	t.Helper()
	db, err := pebbledb.Open(dir, &pebbledb.Options{FormatMajorVersion: pebbledb.FormatMinSupported, Logger: silent{t}})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(db.Set([]byte(key), []byte(value), pebbledb.Sync), db.Close()); err != nil {
		t.Fatal(err)
	}
}

func TestDamagedValue(t *testing.T) {
	dir := t.TempDir()
	s := open(t, pebble.Options{Dir: dir})
	put(t, s, "a", "1")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	writeRaw(t, dir, "db", "short") // "b" of the store, without a version
	s = open(t, pebble.Options{Dir: dir})
	if _, err := get(t, s, "b"); !fault.Is(err, fault.Internal) || errors.Is(err, store.ErrNotFound) {
		t.Errorf("Get: %v", err)
	}
	err := store.View(t.Context(), s, func(r store.Reader) (err error) {
		for _, err = range r.Scan(nil, nil) {
		}
		return err
	})
	if !fault.Is(err, fault.Internal) || err == nil {
		t.Errorf("Scan: %v", err)
	}
	if item, err := get(t, s, "a"); err != nil || string(item.Value) != "1" {
		t.Errorf("Get: %q, %v", item.Value, err)
	}
}

func TestNoFolder(t *testing.T) {
	if _, err := pebble.Open(pebble.Options{}); !fault.Is(err, fault.Invalid) {
		t.Errorf("Open: %v", err)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := pebble.Open(pebble.Options{Dir: file}); !fault.Is(err, fault.Unavailable) || !strings.Contains(err.Error(), file) {
		t.Errorf("Open: %v", err)
	}
}

// TestDiskFull: while there is no room, updates are refused and reads go on; when there is again, so do updates.
func TestDiskFull(t *testing.T) {
	disk := vfs.NewMem()
	disk.TestingSetDiskUsage(vfs.DiskUsage{AvailBytes: 1 << 30, TotalBytes: 1 << 30})
	s := open(t, pebble.Options{Dir: "store", FS: disk})
	put(t, s, "a", "1")
	disk.TestingSetDiskUsage(vfs.DiskUsage{AvailBytes: 1 << 20, TotalBytes: 1 << 30})
	err := s.Update(t.Context(), func(tx store.Tx) error {
		tx.OnCommit(func(store.Version) { t.Error("hook of an update that had no room") })
		return tx.Put([]byte("a"), []byte("2"))
	})
	if !fault.Is(err, fault.Unavailable) || !strings.Contains(err.Error(), "disk is full") {
		t.Errorf("Update: %v", err)
	}
	if item, err := get(t, s, "a"); err != nil || string(item.Value) != "1" {
		t.Errorf("Get: %q, %v", item.Value, err)
	}
	if err := s.Update(t.Context(), func(store.Tx) error { return nil }); err != nil {
		t.Errorf("an update without writes: %v", err)
	}
	disk.TestingSetDiskUsage(vfs.DiskUsage{AvailBytes: 1 << 30, TotalBytes: 1 << 30})
	put(t, s, "a", "3")
}

func TestMirror(t *testing.T) {
	storetest.Mirror(t, open(t, pebble.Options{InMemory: true}))
}
