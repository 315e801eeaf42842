package store_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/store"
)

func TestKey(t *testing.T) {
	if got := store.Key("a", "", "b"); string(got) != "a\x00\x00b" {
		t.Errorf("Key = %q", got)
	}
	if got := store.Prefix("a", "b"); string(got) != "a\x00b\x00" {
		t.Errorf("Prefix = %q", got)
	}
	if got := store.Parts([]byte("a\x00\x00b")); !slices.Equal(got, []string{"a", "", "b"}) {
		t.Errorf("Parts = %q", got)
	}
	for prefix, want := range map[string]string{"a": "b", "a\x00": "a\x01", "a\xff": "b", "a\xff\xff": "b", "\xfe\xff": "\xff"} {
		if got := store.End([]byte(prefix)); string(got) != want {
			t.Errorf("End(%q) = %q, want %q", prefix, got, want)
		}
	}
	for _, prefix := range []string{"", "\xff", "\xff\xff"} {
		if got := store.End([]byte(prefix)); got != nil {
			t.Errorf("End(%q) = %q, want no bound", prefix, got)
		}
	}
}

// FuzzEnd: a key starts with prefix just where it lies between prefix and End(prefix).
func FuzzEnd(f *testing.F) {
	f.Add([]byte("a"), []byte("ab"))
	f.Add([]byte{0xff}, []byte{0xff, 1})
	f.Add([]byte{0xff, 0xfe, 0xff}, []byte{0xff, 0xff})
	f.Add([]byte{}, []byte{})
	f.Fuzz(func(t *testing.T, prefix, key []byte) {
		before := bytes.Clone(prefix)
		end := store.End(prefix)
		if !bytes.Equal(before, prefix) {
			t.Fatal("End has changed its argument")
		}
		between := bytes.Compare(key, prefix) >= 0 && (end == nil || bytes.Compare(key, end) < 0)
		if between != bytes.HasPrefix(key, prefix) {
			t.Fatalf("prefix %q, end %q, key %q", prefix, end, key)
		}
	})
}

// FuzzKey: parts come back, and keys sort as their parts do.
func FuzzKey(f *testing.F) {
	f.Add("a", "b", "a", "c")
	f.Add("", "", "a", "")
	f.Fuzz(func(t *testing.T, a1, a2, b1, b2 string) {
		if strings.Contains(a1+a2+b1+b2, "\x00") {
			t.Skip("no part may contain it")
		}
		a, b := []string{a1, a2}, []string{b1, b2}
		if got := store.Parts(store.Key(a...)); !slices.Equal(got, a) {
			t.Fatalf("%q has become %q", a, got)
		}
		if got := bytes.Compare(store.Key(a...), store.Key(b...)); got != slices.Compare(a, b) {
			t.Fatalf("%q and %q sort as %d", a, b, got)
		}
	})
}
