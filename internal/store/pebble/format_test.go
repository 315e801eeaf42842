package pebble

import (
	"bytes"
	"math"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/store"
)

// FuzzDecodeItem: whatever bytes are on disk, decoding them does not panic, what was encoded comes back, and a clone of
// it shares no memory with them.
func FuzzDecodeItem(f *testing.F) {
	f.Add([]byte("key"), []byte("value"), uint64(1))
	f.Add([]byte{}, []byte{}, uint64(math.MaxUint64))
	f.Add([]byte{0, 0xff}, bytes.Repeat([]byte{0}, 9), uint64(0))
	f.Fuzz(func(t *testing.T, key, value []byte, version uint64) {
		raw := make([]byte, versionBytes+len(value))
		encodeValue(raw, version, value)
		item, err := decodeItem(key, raw)
		if err != nil || !bytes.Equal(item.Key, key) || !bytes.Equal(item.Value, value) || item.Version != store.Version(version) {
			t.Fatalf("%q=%q at %d, %v", item.Key, item.Value, item.Version, err)
		}
		if item.Key == nil || item.Value == nil {
			t.Fatal("nothing instead of empty")
		}
		if item = clone(item); !bytes.Equal(item.Key, key) || item.Value == nil {
			t.Fatalf("the clone is %q=%q", item.Key, item.Value)
		}
		clear(raw)
		_ = append(item.Key, 'x')
		if !bytes.Equal(item.Value, value) {
			t.Fatal("the value shares memory")
		}
		if _, err := decodeItem(key, value); (err == nil) != (len(value) >= versionBytes) {
			t.Fatalf("%d bytes: %v", len(value), err)
		}
	})
}
