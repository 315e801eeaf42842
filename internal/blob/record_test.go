package blob

import (
	"bytes"
	"encoding/binary"
	"reflect"
	"testing"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/content"
)

// filled sets every stored field of a struct to something, so that a field that the codec forgets is noticed.
func filled(v reflect.Value, n *int) {
	*n++
	switch v.Kind() {
	case reflect.String:
		v.SetString("text" + string(rune('a'+*n%26)))
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(*n))
	case reflect.Uint8, reflect.Uint64:
		v.SetUint(uint64(*n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Array:
		for i := range v.Len() {
			v.Index(i).SetUint(uint64(*n + i))
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range 2 {
			filled(v.Index(i), n)
		}
	case reflect.Map:
		v.Set(reflect.ValueOf(map[string]string{"a": "b", "c": ""}))
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		filled(v.Elem(), n)
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).CanSet() {
				filled(v.Field(i), n)
			}
		}
	}
}

func TestBlobRecord(t *testing.T) {
	var b Blob
	n := 0
	filled(reflect.ValueOf(&b).Elem(), &n)
	b.Content.Form, b.Lease.Duration = File, 30*time.Second
	b.LeaseStatus, b.Current, b.RemainingDays, b.Uncommitted, b.VersionsOnly, b.TierInferred = LeaseStatus{}, false, 0, false, false, false
	got, err := decodeBlob(b.encode())
	if err != nil || !reflect.DeepEqual(*got, b) {
		t.Errorf("written and read:\n%+v\n%+v, %v", b, got, err)
	}
	if got, err := decodeBlob((&Blob{}).encode()); err != nil || !reflect.DeepEqual(*got, Blob{}) {
		t.Errorf("nothing: %+v, %v", got, err)
	}
}

func TestContainerRecord(t *testing.T) {
	var c Container
	n := 0
	filled(reflect.ValueOf(&c).Elem(), &n)
	c.Lease.Duration, c.instance = 15*time.Second, instance{1, 2, 3}
	c.LeaseStatus, c.RemainingDays, c.Version = LeaseStatus{}, 0, ""
	got, err := decodeContainer(c.encode())
	if err != nil || !reflect.DeepEqual(*got, c) {
		t.Errorf("written and read:\n%+v\n%+v, %v", c, got, err)
	}
}

// FuzzBlobRecord: whatever the store gives is read or refused, and what is read is written the same.
func FuzzBlobRecord(f *testing.F) {
	f.Add((&Blob{Name: "b", Type: BlockBlob, ETag: 5, Metadata: map[string]string{"a": "b"}, Copy: &Copy{ID: "x"}}).encode())
	f.Add([]byte{recordFormat, bName, 0xff, 0xff})
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, record []byte) {
		b, err := decodeBlob(record)
		if err != nil {
			return
		}
		again, err := decodeBlob(b.encode())
		if err != nil {
			t.Fatalf("what was written cannot be read: %v", err)
		}
		if !bytes.Equal(again.encode(), b.encode()) {
			t.Errorf("%+v is written differently", b)
		}
	})
}

func FuzzContainerRecord(f *testing.F) {
	f.Add((&Container{Name: "con", Policies: []AccessPolicy{{ID: "p", Start: "s"}}, Lease: Lease{ID: "l"}}).encode())
	f.Add([]byte{recordFormat, cPolicyStart, 1, 'x'})
	f.Fuzz(func(t *testing.T, record []byte) {
		c, err := decodeContainer(record)
		if err != nil {
			return
		}
		if _, err := decodeContainer(c.encode()); err != nil {
			t.Fatalf("what was written cannot be read: %v", err)
		}
	})
}

func FuzzPieces(f *testing.F) {
	f.Add(encodePieces([]piece{{id: "1", start: 7, content: Content{Form: File, ID: content.ID{1}, Size: 9, Shared: true}}}))
	f.Add([]byte{recordFormat, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f})
	f.Fuzz(func(t *testing.T, row []byte) {
		pieces, err := decodePieces(row)
		if err != nil || len(pieces) == 0 {
			return
		}
		at := pieces[0].start
		for _, p := range pieces {
			if p.start != at || p.content.Size < 0 || p.end() < at {
				t.Fatalf("pieces do not follow one another: %+v", pieces)
			}
			at = p.end()
		}
		again, err := decodePieces(encodePieces(pieces))
		if err != nil || !reflect.DeepEqual(again, pieces) {
			t.Errorf("%+v comes back as %+v, %v", pieces, again, err)
		}
	})
}

func FuzzStagedRecord(f *testing.F) {
	f.Add(stagedBlocks{name: "b", idSize: 3, count: 2, since: 9}.encode())
	f.Fuzz(func(t *testing.T, record []byte) {
		h, err := decodeStaged(record)
		if err != nil {
			return
		}
		if again, err := decodeStaged(h.encode()); err != nil || !reflect.DeepEqual(again, h) {
			t.Errorf("%+v comes back as %+v, %v", h, again, err)
		}
	})
}

// FuzzTexts: what clients send as text never panics, and what is read is written the same.
func FuzzTexts(f *testing.F) {
	for _, s := range []string{"2024-01-01T00:00:00.0000000Z", `"0x8DC"`, marker("a", 5), "01" + hex16(9), leaseA, b64("id"), "*"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if at, err := ParseTicks(s); err == nil {
			if again, err := ParseTicks(at.String()); err != nil || again != at {
				t.Errorf("%q: %v, %v", s, at, err)
			}
		}
		if m := ParseETag(s); m.ETag != 0 && ParseETag(m.ETag.String()) != m {
			t.Errorf("%q: %v", s, m)
		}
		if name, at, err := parseMarker(s); err == nil && (len(name) > maxKeyName+64 || marker(name, at) == "") {
			t.Errorf("%q: %q", s, name)
		}
		if id, err := normalLeaseID(s, "x"); err == nil && len(id) != 36 {
			t.Errorf("%q: %q", s, id)
		}
		if id, err := blockID(s); err == nil && (len(id) == 0 || len(id) > maxBlockID) {
			t.Errorf("%q: %q", s, id)
		}
		if v, err := ParseContainerVersion(s); err == nil && containerVersion(v) != s && len(s) != 18 {
			t.Errorf("%q: %v", s, v)
		}
		if checkContainerName(s) == nil && len(s) > 63 {
			t.Errorf("%q is a container's name", s)
		}
		if checkBlobName("con", s) == nil && len(keyHistory(instance{}, s, 0, versionKind)) > 2560 {
			t.Errorf("a key of %d bytes", len(keyHistory(instance{}, s, 0, versionKind)))
		}
	})
}

// TestLongestKeys: the longest name and block ID stay within the store's bounds.
func TestLongestKeys(t *testing.T) {
	name := string(bytes.Repeat([]byte("日"), maxBlobName))
	id := string(bytes.Repeat([]byte{0xff}, maxBlockID))
	for _, k := range [][]byte{keyBlock(instance{}, name, id), keyHistory(instance{}, name, 1<<63, versionKind)} {
		if len(k) > 2560 {
			t.Errorf("a key of %d bytes", len(k))
		}
	}
	if !bytes.HasPrefix(keyManifest(content.ID{1}, 5), prefixManifest(content.ID{1})) || binary.BigEndian.Uint64(keyManifest(content.ID{1}, 5)[len(prefixManifest(content.ID{1})):]) != 5 {
		t.Error("a manifest's key")
	}
}
