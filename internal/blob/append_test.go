package blob

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"strings"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/content"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/rbac"
)

func (w *world) appendBlob(t testing.TB, name string) *Blob {
	t.Helper()
	b, err := w.PutAppendBlob(t.Context(), key(), blobAt(name), CreateBlob{})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (w *world) tryAppend(t testing.TB, a Access, name, body string, change func(*AppendBlock)) (AppendResult, error) {
	t.Helper()
	r := AppendBlock{Body: strings.NewReader(body), Length: int64(len(body))}
	if change != nil {
		change(&r)
	}
	return w.AppendBlock(t.Context(), a, blobAt(name), r)
}

func to[T any](v T) *T { return &v }

func TestAppend(t *testing.T) {
	w := newWorld(t, nil)
	first := w.appendBlob(t, "log")
	want := ""
	for i, size := range []int{1, 100, maxInline + 7, 5} {
		part := strings.Repeat(string(rune('a'+i)), size)
		crc := content.CRC64([]byte(part))
		r, err := w.tryAppend(t, key(), "log", part, func(r *AppendBlock) {
			r.Position, r.MaxSize, r.CRC64 = to(int64(len(want))), to(int64(len(want)+size)), &crc
		})
		if err != nil {
			t.Fatal(err)
		}
		if r.Offset != int64(len(want)) || r.CRC64 != crc || len(r.MD5) != 16 || r.Blob.AppendedBlocks != uint64(i+1) {
			t.Errorf("%+v", r)
		}
		want += part
		if r.Blob.Size != int64(len(want)) || r.Blob.ETag <= first.ETag {
			t.Errorf("%+v", r.Blob)
		}
	}
	if got := w.read(t, blobAt("log")); got != want {
		t.Errorf("read %d bytes that differ", len(got))
	}
	got, err := w.tryRead(t, key(), blobAt("log"), GetBlob{Range: &Range{Start: 50, End: maxInline + 20}})
	if err != nil || got != want[50:maxInline+21] {
		t.Errorf("a range: %d bytes, %v", len(got), err)
	}
}

func TestAppendRefused(t *testing.T) {
	w := newWorld(t, nil)
	w.appendBlob(t, "log")
	w.put(t, "block", "x")
	_, err := w.tryAppend(t, key(), "log", "x", func(r *AppendBlock) { r.Position = to(int64(1)) })
	refused(t, err, fault.Precondition, "AppendPositionConditionNotMet")
	_, err = w.tryAppend(t, key(), "log", "xy", func(r *AppendBlock) { r.MaxSize = to(int64(1)) })
	refused(t, err, fault.Precondition, "MaxBlobSizeConditionNotMet")
	_, err = w.tryAppend(t, key(), "log", "x", func(r *AppendBlock) { r.MD5 = make([]byte, 16) })
	refused(t, err, fault.Invalid, "Md5Mismatch")
	_, err = w.tryAppend(t, key(), "log", "x", func(r *AppendBlock) { r.Length = 2 })
	refused(t, err, fault.Invalid, "InvalidInput")
	_, err = w.tryAppend(t, key(), "log", "", nil)
	refused(t, err, fault.Invalid, "InvalidHeaderValue")
	_, err = w.tryAppend(t, key(), "block", "x", nil)
	refused(t, err, fault.Conflict, "InvalidBlobType")
	_, err = w.tryAppend(t, key(), "absent", "x", nil)
	refused(t, err, fault.NotFound, "BlobNotFound")
	_, err = w.PutAppendBlob(t.Context(), key(), blobAt("log"), CreateBlob{Conditions: Conditions{IfNoneMatch: []Match{{Any: true}}}})
	refused(t, err, fault.Exists, "BlobAlreadyExists")
	if got := w.read(t, blobAt("log")); got != "" {
		t.Errorf("refused appends left %q", got)
	}
}

func TestSeal(t *testing.T) {
	w := newWorld(t, nil)
	w.appendBlob(t, "log")
	if _, err := w.tryAppend(t, key(), "log", "ab", nil); err != nil {
		t.Fatal(err)
	}
	_, err := w.SealAppendBlob(t.Context(), key(), blobAt("log"), to(int64(1)), Conditions{})
	refused(t, err, fault.Precondition, "AppendPositionConditionNotMet")
	for range 2 {
		b, err := w.SealAppendBlob(t.Context(), key(), blobAt("log"), to(int64(2)), Conditions{})
		if err != nil || !b.Sealed {
			t.Fatal(err)
		}
	}
	_, err = w.tryAppend(t, key(), "log", "x", nil)
	refused(t, err, fault.Conflict, "BlobIsSealed")
}

// TestAppendBehindHolders wants snapshots and copies to keep what they had while the blob grows.
func TestAppendBehindHolders(t *testing.T) {
	w := newWorld(t, nil)
	w.appendBlob(t, "log")
	if _, err := w.tryAppend(t, key(), "log", "one.", nil); err != nil {
		t.Fatal(err)
	}
	snap, err := w.SnapshotBlob(t.Context(), key(), blobAt("log"), SetMetadata{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.CopyBlob(t.Context(), key(), blobAt("copy"), CopyBlob{Source: w.local("log")}); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"log", "copy"} {
		if _, err := w.tryAppend(t, key(), name, "two of "+name, nil); err != nil {
			t.Fatal(err)
		}
	}
	old := blobAt("log")
	old.Snapshot = snap.Snapshot
	for target, want := range map[Target]string{blobAt("log"): "one.two of log", blobAt("copy"): "one.two of copy", old: "one."} {
		if got := w.read(t, target); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if _, err := w.DeleteBlob(t.Context(), key(), blobAt("log"), DeleteBlob{Snapshots: IncludeSnapshots}); err != nil {
		t.Fatal(err)
	}
	if got := w.read(t, blobAt("copy")); got != "one.two of copy" {
		t.Errorf("without its source: %q", got)
	}
}

func TestAppendByToken(t *testing.T) {
	w := newWorld(t, nil)
	w.appendBlob(t, "log")
	_, err := w.tryAppend(t, bearer(), "log", "x", nil)
	refused(t, err, fault.Denied, "AuthorizationPermissionMismatch")
	var denial *rbac.Denial
	if !errors.As(err, &denial) || !strings.HasSuffix(denial.Action, "blobs/write") {
		t.Errorf("the refusal quotes %v", denial)
	}
	w.assign(t, roleOwner, testID, "")
	_, err = w.tryAppend(t, bearer(), "log", "x", nil)
	refused(t, err, fault.Denied, "AuthorizationPermissionMismatch")
	w.assign(t, roleBlobReader, testID, "")
	_, err = w.tryAppend(t, bearer(), "log", "x", nil)
	refused(t, err, fault.Denied, "AuthorizationPermissionMismatch")
	w.assign(t, roleBlobContributor, testID+"/blobServices/default/containers/con", "")
	if _, err = w.tryAppend(t, bearer(), "log", "x", nil); err != nil {
		t.Error(err)
	}
	sas := Access{By: ServiceSAS, SAS: &SAS{Resource: "c", Container: "con", Permissions: "r"}}
	_, err = w.tryAppend(t, sas, "log", "x", nil)
	refused(t, err, fault.Denied, "AuthorizationPermissionMismatch")
	sas.SAS.Permissions = "a"
	if _, err = w.tryAppend(t, sas, "log", "x", nil); err != nil {
		t.Error(err)
	}
}

func testKey(seed string) *CustomerKey {
	k := sha256.Sum256([]byte(seed))
	sum := sha256.Sum256(k[:])
	return &CustomerKey{Key: k[:], SHA256: sum[:]}
}

func TestCustomerKey(t *testing.T) {
	w := newWorld(t, nil)
	mine, other := testKey("mine"), testKey("other")
	if _, err := w.PutAppendBlob(t.Context(), key(), blobAt("log"), CreateBlob{Key: mine}); err != nil {
		t.Fatal(err)
	}
	want := ""
	for _, size := range []int{10, maxInline + 33, 17} {
		part := strings.Repeat("plain text ", size/11+1)[:size]
		want += part
		crc := content.CRC64([]byte(part))
		r, err := w.tryAppend(t, key(), "log", part, func(r *AppendBlock) { r.Key, r.CRC64 = mine, &crc })
		if err != nil || r.CRC64 != crc {
			t.Fatal(r.CRC64, err)
		}
	}
	for reason, k := range map[string]*CustomerKey{
		"BlobUsesCustomerSpecifiedEncryption": nil, "BlobCustomerSpecifiedEncryptionMismatch": other,
	} {
		_, err := w.tryAppend(t, key(), "log", "x", func(r *AppendBlock) { r.Key = k })
		refused(t, err, fault.Conflict, reason)
		_, err = w.tryRead(t, key(), blobAt("log"), GetBlob{Key: k})
		refused(t, err, fault.Conflict, reason)
		_, err = w.GetBlobProperties(t.Context(), key(), blobAt("log"), Conditions{}, k)
		refused(t, err, fault.Conflict, reason)
		_, err = w.SetBlobMetadata(t.Context(), key(), blobAt("log"), SetMetadata{Key: k})
		refused(t, err, fault.Conflict, reason)
		_, err = w.SnapshotBlob(t.Context(), key(), blobAt("log"), SetMetadata{Key: k})
		refused(t, err, fault.Conflict, reason)
	}
	_, err := w.tryRead(t, key(), blobAt("log"), GetBlob{Key: &CustomerKey{Key: mine.Key, SHA256: other.SHA256}})
	refused(t, err, fault.Invalid, "InvalidHeaderValue")
	for _, r := range []*Range{nil, {Start: 3, End: 12}, {Start: 9, End: maxInline + 20}, {Start: 1003, End: -1}} {
		got, err := w.tryRead(t, key(), blobAt("log"), GetBlob{Key: mine, Range: r})
		plain := want
		if r != nil && r.End == -1 {
			plain = want[r.Start:]
		} else if r != nil {
			plain = want[r.Start : r.End+1]
		}
		if err != nil || got != plain {
			t.Errorf("%+v: %d bytes, %v", r, len(got), err)
		}
	}
	for info, err := range w.Content.List(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		c, err := w.Content.Open(t.Context(), info.ID)
		if err != nil {
			t.Fatal(err)
		}
		data := make([]byte, c.Size())
		if _, err := c.ReadAt(data, 0); err != nil || bytes.Contains(data, []byte("plain")) {
			t.Errorf("the file has the plain text (%v)", err)
		}
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
	}
	w.sound(t)
}

// TestKeyStream reads a key stream at every offset, across the place where its counter runs over.
func TestKeyStream(t *testing.T) {
	k := testKey("k")
	for _, id := range []content.ID{{1, 2, 3}, {0: 9, 8: 0xff, 9: 0xff, 10: 0xff, 11: 0xff, 12: 0xff, 13: 0xff, 14: 0xff, 15: 0xfe}} {
		whole := make([]byte, 200)
		if err := k.apply(id, 0, whole); err != nil {
			t.Fatal(err)
		}
		for off := range len(whole) {
			part := make([]byte, len(whole)-off)
			if err := k.apply(id, int64(off), part); err != nil || !bytes.Equal(part, whole[off:]) {
				t.Fatalf("%x at %d differs (%v)", id, off, err)
			}
		}
	}
}
