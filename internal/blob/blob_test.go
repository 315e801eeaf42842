package blob

import (
	"bytes"
	"crypto/md5"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/content"
	"github.com/alcedo-cloud/alcedo/internal/fault"
)

func TestPutAndGet(t *testing.T) {
	w := newWorld(t, nil)
	for _, size := range []int{0, 1, 4096, maxInline, maxInline + 1, 3 << 20} {
		body := strings.Repeat("0123456789abcdef", size/16+1)[:size]
		b := w.put(t, "a/b c.txt", body)
		sum := md5.Sum([]byte(body))
		if b.Size != int64(size) || !bytes.Equal(b.ContentMD5, sum[:]) || b.ContentType != "application/octet-stream" {
			t.Errorf("%d: %+v", size, b)
		}
		if got := w.read(t, blobAt("a/b c.txt")); got != body {
			t.Errorf("%d: read %d bytes that differ", size, len(got))
		}
		if size == 0 {
			continue
		}
		got, err := w.tryRead(t, key(), blobAt("a/b c.txt"), GetBlob{Range: &Range{Start: int64(size) / 2, End: -1}})
		if err != nil || got != body[size/2:] {
			t.Errorf("%d: half of it: %d bytes, %v", size, len(got), err)
		}
		got, err = w.tryRead(t, key(), blobAt("a/b c.txt"), GetBlob{Range: &Range{Start: 0, End: int64(size) + 100}})
		if err != nil || got != body {
			t.Errorf("%d: past the end: %d bytes, %v", size, len(got), err)
		}
	}
	if n := w.contents(t); n != 1 {
		t.Errorf("%d contents are left, want the last one's", n)
	}
	_, err := w.tryRead(t, key(), blobAt("a/b c.txt"), GetBlob{Range: &Range{Start: 3 << 20, End: -1}})
	refused(t, err, fault.Invalid, "InvalidRange")
	_, err = w.tryRead(t, key(), blobAt("absent"), GetBlob{})
	refused(t, err, fault.NotFound, "BlobNotFound")
	_, err = w.tryRead(t, key(), Target{Account: testAccount, Container: "absent", Blob: "x"}, GetBlob{})
	refused(t, err, fault.NotFound, "ContainerNotFound")
}

// contents counts the files.
func (w *world) contents(t testing.TB) int {
	t.Helper()
	n := 0
	for _, err := range w.Content.List(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	return n
}

func TestPutBlobRefusals(t *testing.T) {
	w := newWorld(t, nil)
	wrong := uint64(7)
	big := strings.Repeat("x", maxInline+10)
	for _, c := range []struct {
		name   string
		r      PutBlob
		kind   fault.Kind
		reason string
	}{
		{"short body", PutBlob{Body: strings.NewReader("abc"), Length: 10}, fault.Invalid, "InvalidInput"},
		{"short long body", PutBlob{Body: strings.NewReader(big), Length: maxInline + 11}, fault.Invalid, "InvalidInput"},
		{"md5", PutBlob{Body: strings.NewReader("abc"), Length: 3, MD5: make([]byte, 16)}, fault.Invalid, "Md5Mismatch"},
		{"md5 of a file", PutBlob{Body: strings.NewReader(big), Length: maxInline + 10, MD5: make([]byte, 16)}, fault.Invalid, "Md5Mismatch"},
		{"crc", PutBlob{Body: strings.NewReader("abc"), Length: 3, CRC64: &wrong}, fault.Invalid, "Crc64Mismatch"},
		{"no length", PutBlob{Body: strings.NewReader("abc"), Length: -1}, fault.Invalid, "MissingContentLengthHeader"},
		{"too long", PutBlob{Length: maxPutBlob + 1}, fault.TooLarge, "RequestBodyTooLarge"},
		{"metadata", PutBlob{Metadata: map[string]string{"a-b": "c"}}, fault.Invalid, "InvalidMetadata"},
		{"empty metadata", PutBlob{Metadata: map[string]string{"": "c"}}, fault.Invalid, "EmptyMetadataKey"},
		{"much metadata", PutBlob{Metadata: map[string]string{"a": strings.Repeat("x", 9000)}}, fault.Invalid, "MetadataTooLarge"},
		{"tier", PutBlob{Tier: "hot"}, fault.Invalid, "InvalidHeaderValue"},
		{"if-match", PutBlob{Conditions: Conditions{IfMatch: []Match{{Any: true}}}}, fault.Precondition, "ConditionNotMet"},
		{"lease", PutBlob{Conditions: Conditions{LeaseID: robot}}, fault.Precondition, "LeaseNotPresentWithBlobOperation"},
		{"disconnect", PutBlob{Body: io.MultiReader(strings.NewReader(big), failing{}), Length: 1 << 20}, fault.Canceled, "InvalidInput"},
	} {
		_, err := w.PutBlob(t.Context(), key(), blobAt("b"), c.r)
		t.Run(c.name, func(t *testing.T) { refused(t, err, c.kind, c.reason) })
	}
	if got := w.names(t, ListBlobs{}); len(got) != 0 {
		t.Errorf("half visible: %v", got)
	}
	if n := w.contents(t); n != 0 {
		t.Errorf("%d contents are left behind", n)
	}
	sum := md5.Sum([]byte("abc"))
	crc := content.CRC64([]byte("abc"))
	if _, err := w.PutBlob(t.Context(), key(), blobAt("b"), PutBlob{Body: strings.NewReader("abc"), Length: 3, MD5: sum[:], CRC64: &crc}); err != nil {
		t.Errorf("right checksums: %v", err)
	}
	_, err := w.PutBlob(t.Context(), key(), blobAt("b"), PutBlob{Conditions: Conditions{IfNoneMatch: []Match{{Any: true}}}})
	refused(t, err, fault.Exists, "BlobAlreadyExists")
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("connection reset") }

func TestNames(t *testing.T) {
	w := newWorld(t, nil)
	for _, name := range []string{
		"a", "ü/日本語", "%2F", "..", "a/../b", " ", "emoji 🦜", strings.Repeat("x", 1024), strings.Repeat("日", 1024),
		strings.Repeat("🦜", 512), "trailing.", "back\\slash", "q?#&", strings.Repeat("日", 1023) + "月",
	} {
		w.put(t, name, name)
		if got := w.read(t, blobAt(name)); got != name {
			t.Errorf("%q: read %q", name, got)
		}
	}
	if got := w.names(t, ListBlobs{MaxResults: 1}); len(got) != 14 {
		t.Errorf("%d names are listed: %q", len(got), got)
	}
	if got := w.names(t, ListBlobs{Prefix: strings.Repeat("日", 1023) + "月"}); len(got) != 1 {
		t.Errorf("a long prefix finds %d", len(got))
	}
	for name, reason := range map[string]string{
		"": "InvalidResourceName", "\xff": "InvalidResourceName", "a\x00b": "InvalidResourceName",
		strings.Repeat("x", 1025): "OutOfRangeInput", strings.Repeat("日", 1025): "OutOfRangeInput",
		strings.Repeat("a/", 300): "InvalidResourceName",
	} {
		_, err := w.tryPut(t, key(), name, "")
		refused(t, err, fault.Invalid, reason)
	}
	for _, name := range []string{"$root", "$web", "abc", "a-b-c", "123"} {
		if err := checkContainerName(name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, name := range []string{"ab", "Abc", "a--b", "-ab", "ab-", "a_b", "$other", strings.Repeat("a", 64), ""} {
		if err := checkContainerName(name); err == nil {
			t.Errorf("%s is a container's name", name)
		}
	}
}

func TestMetadataAndProperties(t *testing.T) {
	w := newWorld(t, nil)
	first := w.put(t, "b", "text")
	w.clock.Advance(time.Minute)
	b, err := w.SetBlobMetadata(t.Context(), key(), blobAt("b"), SetMetadata{Metadata: map[string]string{"Color": "blue"}})
	if err != nil || b.ETag <= first.ETag || b.Metadata["Color"] != "blue" || b.Created != first.Created {
		t.Errorf("metadata: %+v, %v", b, err)
	}
	b, err = w.SetBlobProperties(t.Context(), key(), blobAt("b"), HTTPHeaders{ContentType: "text/plain", CacheControl: "no-store"}, Conditions{IfMatch: []Match{{ETag: b.ETag}}})
	if err != nil || b.ContentType != "text/plain" || b.ContentMD5 != nil || b.Metadata["Color"] != "blue" {
		t.Errorf("properties: %+v, %v", b, err)
	}
	got, err := w.GetBlobProperties(t.Context(), key(), blobAt("b"), Conditions{}, nil)
	if err != nil || got.ETag != b.ETag || got.Tier != "Hot" || !got.TierInferred || got.LeaseStatus.State != LeaseAvailable {
		t.Errorf("read: %+v, %v", got, err)
	}
	if w.read(t, blobAt("b")) != "text" {
		t.Error("the text is lost")
	}
}

func TestSnapshots(t *testing.T) {
	w := newWorld(t, nil)
	w.put(t, "b", "one")
	s, err := w.SnapshotBlob(t.Context(), key(), blobAt("b"), SetMetadata{})
	if err != nil {
		t.Fatal(err)
	}
	w.put(t, "b", "two")
	old := blobAt("b")
	old.Snapshot = s.Snapshot
	if w.read(t, old) != "one" || w.read(t, blobAt("b")) != "two" {
		t.Error("a snapshot changes with its blob")
	}
	_, err = w.DeleteBlob(t.Context(), key(), blobAt("b"), DeleteBlob{})
	refused(t, err, fault.Conflict, "SnapshotsPresent")
	if _, err := w.DeleteBlob(t.Context(), key(), blobAt("b"), DeleteBlob{Snapshots: OnlySnapshots}); err != nil {
		t.Fatal(err)
	}
	_, err = w.tryRead(t, key(), old, GetBlob{})
	refused(t, err, fault.NotFound, "BlobNotFound")
	if permanent, err := w.DeleteBlob(t.Context(), key(), blobAt("b"), DeleteBlob{}); err != nil || !permanent {
		t.Errorf("delete: %v %v", permanent, err)
	}
	_, err = w.DeleteBlob(t.Context(), key(), blobAt("b"), DeleteBlob{})
	refused(t, err, fault.NotFound, "BlobNotFound")
}

func TestBlocks(t *testing.T) {
	w := newWorld(t, nil)
	long := strings.Repeat("L", maxInline+5)
	w.block(t, "b", "003", "three")
	w.block(t, "b", "001", "one")
	w.block(t, "b", "002", long)
	w.block(t, "b", "001", "uno")
	if got := w.names(t, ListBlobs{}); len(got) != 0 {
		t.Errorf("uncommitted blocks are listed: %v", got)
	}
	if got := w.names(t, ListBlobs{Include: Include{Uncommitted: true}}); len(got) != 1 || got[0] != "b uncommitted" {
		t.Errorf("uncommitted: %v", got)
	}
	_, err := w.tryRead(t, key(), blobAt("b"), GetBlob{})
	refused(t, err, fault.NotFound, "BlobNotFound")
	_, err = w.PutBlock(t.Context(), key(), blobAt("b"), PutBlock{ID: b64("0004"), Body: strings.NewReader("x"), Length: 1})
	refused(t, err, fault.Invalid, "InvalidBlobOrBlock")
	for _, id := range []string{"", "%%%", b64(strings.Repeat("x", 65))} {
		_, err = w.PutBlock(t.Context(), key(), blobAt("b"), PutBlock{ID: id, Body: strings.NewReader("x"), Length: 1})
		refused(t, err, fault.Invalid, "InvalidQueryParameterValue")
	}
	list := func(refs ...BlockRef) error {
		_, err := w.PutBlockList(t.Context(), key(), blobAt("b"), PutBlockList{Blocks: refs})
		return err
	}
	refused(t, list(BlockRef{ID: b64("009")}), fault.Invalid, "InvalidBlockList")
	refused(t, list(BlockRef{ID: b64("001"), From: Committed}), fault.Invalid, "InvalidBlockList")
	if err := list(BlockRef{ID: b64("001")}, BlockRef{ID: b64("002"), From: Uncommitted}, BlockRef{ID: b64("001")}); err != nil {
		t.Fatal(err)
	}
	if got := w.read(t, blobAt("b")); got != "uno"+long+"uno" {
		t.Errorf("read %d bytes", len(got))
	}
	w.block(t, "b", "002", "new")
	got, err := w.GetBlockList(t.Context(), key(), blobAt("b"), Conditions{})
	if err != nil || len(got.Committed) != 3 || len(got.Uncommitted) != 1 || got.Committed[1] != (BlockEntry{"002", maxInline + 5}) {
		t.Errorf("list: %+v, %v", got, err)
	}
	// The long block is reused while the old list goes.
	if err := list(BlockRef{ID: b64("002"), From: Committed}, BlockRef{ID: b64("002"), From: Latest}); err != nil {
		t.Fatal(err)
	}
	if got := w.read(t, blobAt("b")); got != long+"new" {
		t.Errorf("read %d bytes", len(got))
	}
	text, err := w.tryRead(t, key(), blobAt("b"), GetBlob{Range: &Range{Start: maxInline + 3, End: maxInline + 6}})
	if err != nil || text != "LLne" {
		t.Errorf("across blocks: %q, %v", text, err)
	}
	if err := list(); err != nil {
		t.Fatal(err)
	}
	if got := w.read(t, blobAt("b")); got != "" {
		t.Errorf("an empty list: %q", got)
	}
}

func TestManyBlocks(t *testing.T) {
	w := newWorld(t, nil)
	var refs []BlockRef
	var want strings.Builder
	for i := range 1000 {
		id := string([]byte{byte(i >> 8), byte(i), 0})
		w.block(t, "b", id, id)
		refs = append(refs, BlockRef{ID: b64(id)})
		want.WriteString(id)
	}
	if _, err := w.PutBlockList(t.Context(), key(), blobAt("b"), PutBlockList{Blocks: refs}); err != nil {
		t.Fatal(err)
	}
	if w.read(t, blobAt("b")) != want.String() {
		t.Error("the blocks are not in order")
	}
	for _, from := range []int64{0, 383, 384, 385, 2999} {
		got, err := w.tryRead(t, key(), blobAt("b"), GetBlob{Range: &Range{Start: from, End: from + 10}})
		if err != nil || got != want.String()[from:min(from+11, 3000)] {
			t.Errorf("from %d: %q, %v", from, got, err)
		}
	}
}
