package blob

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/content"
	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// local is a source of the world's container, read by the account's key.
func (w *world) local(name string) Source {
	return Source{URL: "https://mystorage.blob.core.windows.net/con/" + name, Local: &LocalSource{Access: key(), Target: blobAt(name)}}
}

func TestCopy(t *testing.T) {
	w := newWorld(t, nil)
	w.container(t, "other", CreateContainer{})
	big := strings.Repeat("0123456789", maxInline/5)
	_, err := w.PutBlob(t.Context(), key(), blobAt("big"), PutBlob{
		Body: strings.NewReader(big), Length: int64(len(big)), Headers: HTTPHeaders{ContentType: "text/plain"},
		Metadata: map[string]string{"a": "1"}, Tags: map[string]string{"t": "1"},
	})
	must(t, err)
	w.pageBlob(t, "disk", 4*pageSize)
	must(t, w.pages(t, "disk", 1, 2, 'a', nil))
	for name, want := range map[string]string{"big": big, "disk": "\x00"} {
		target := Target{Account: testAccount, Container: "other", Blob: name}
		b, err := w.CopyBlob(t.Context(), key(), target, CopyBlob{Source: w.local(name)})
		must(t, err)
		if b.Copy == nil || b.Copy.Status != copySuccess || b.Copy.ID == "" || b.Copy.Copied != b.Size || len(b.Tags) != 0 {
			t.Errorf("%+v", b)
		}
		if got := w.read(t, target); name == "big" && got != want {
			t.Errorf("read %d bytes", len(got))
		}
	}
	copied, err := w.GetBlobProperties(t.Context(), key(), Target{Account: testAccount, Container: "other", Blob: "big"}, Conditions{}, nil)
	if err != nil || copied.ContentType != "text/plain" || copied.Metadata["a"] != "1" {
		t.Errorf("%+v, %v", copied, err)
	}
	// Source and copy are two blobs from now on.
	must(t, w.pages(t, "disk", 0, 2, 'b', nil))
	if got := w.paint(t, Target{Account: testAccount, Container: "other", Blob: "disk"}); got != ".aa." {
		t.Errorf("the copy changed with its source: %s", got)
	}
	if got := w.paint(t, blobAt("disk")); got != "bba." {
		t.Errorf("the source: %s", got)
	}
	_, err = w.DeleteBlob(t.Context(), key(), blobAt("big"), DeleteBlob{})
	must(t, err)
	w.sweepLater(t)
	if got := w.read(t, Target{Account: testAccount, Container: "other", Blob: "big"}); got != big {
		t.Errorf("without its source: %d bytes", len(got))
	}
	w.sound(t)
}

func TestCopyOntoItself(t *testing.T) {
	w := newWorld(t, nil)
	body := strings.Repeat("x", maxInline+1)
	w.put(t, "a", body)
	b, err := w.CopyBlob(t.Context(), key(), blobAt("a"), CopyBlob{Source: w.local("a"), Metadata: map[string]string{"k": "v"}, Tier: "Cool"})
	if err != nil || b.Metadata["k"] != "v" || b.Tier != "Cool" {
		t.Fatalf("%+v, %v", b, err)
	}
	w.sweepLater(t)
	if w.read(t, blobAt("a")) != body {
		t.Error("the content is gone")
	}
	old := w.snapshot(t, "a")
	w.put(t, "a", "new")
	_, err = w.CopyBlob(t.Context(), key(), blobAt("a"), CopyBlob{Source: Source{URL: "x", Local: &LocalSource{key(), old}}})
	if err != nil || w.read(t, blobAt("a")) != body {
		t.Errorf("promoted: %v", err)
	}
}

func TestCopyRefused(t *testing.T) {
	w := newWorld(t, nil)
	w.put(t, "a", "x")
	w.appendBlob(t, "log")
	src := w.local("a")
	src.Local.Access = Access{}
	_, err := w.CopyBlob(t.Context(), key(), blobAt("b"), CopyBlob{Source: src})
	refused(t, err, fault.Unauthenticated, "CannotVerifyCopySource")
	src.Local.Access = bearer()
	_, err = w.CopyBlob(t.Context(), key(), blobAt("b"), CopyBlob{Source: src})
	refused(t, err, fault.Denied, "CannotVerifyCopySource")
	w.assign(t, roleBlobReader, testID, "")
	_, err = w.CopyBlob(t.Context(), bearer(), blobAt("b"), CopyBlob{Source: src})
	refused(t, err, fault.Denied, "AuthorizationPermissionMismatch")
	_, err = w.CopyBlob(t.Context(), key(), blobAt("b"), CopyBlob{Source: w.local("absent")})
	refused(t, err, fault.NotFound, "CannotVerifyCopySource")
	_, err = w.CopyBlob(t.Context(), key(), blobAt("log"), CopyBlob{Source: w.local("a")})
	refused(t, err, fault.Conflict, "InvalidBlobType")
	src = w.local("a")
	src.Conditions.IfMatch = []Match{{ETag: 1}}
	_, err = w.CopyBlob(t.Context(), key(), blobAt("b"), CopyBlob{Source: src})
	refused(t, err, fault.Precondition, "SourceConditionNotMet")
	_, err = w.CopyBlob(t.Context(), key(), blobAt("b"), CopyBlob{Source: Source{URL: "https://example.org/x"}})
	refused(t, err, fault.NotFound, "CannotVerifyCopySource")
	_, err = w.CopyBlob(t.Context(), key(), blobAt("b"), CopyBlob{Source: w.local("a"), CopyTags: true, Tags: map[string]string{"a": "b"}})
	refused(t, err, fault.Invalid, "BothUserTagsAndSourceTagsCopyPresentException")
	if got := strings.Join(w.names(t, ListBlobs{}), " "); got != "a log" {
		t.Errorf("%s", got)
	}
}

func TestFromURL(t *testing.T) {
	w := newWorld(t, nil)
	body := strings.Repeat("0123456789", maxInline/5)
	w.put(t, "src", body)
	crc := content.CRC64([]byte(body[100:90_000]))
	part := w.local("src")
	part.Range, part.CRC64 = &Range{Start: 100, End: 89_999}, &crc
	put, err := w.PutBlobFromURL(t.Context(), key(), blobAt("put"), PutBlobFromURL{Source: part})
	if err != nil || put.BodyCRC != crc || w.read(t, blobAt("put")) != body[100:90_000] {
		t.Errorf("put: %v", err)
	}
	_, err = w.PutBlockFromURL(t.Context(), key(), blobAt("blocks"), PutBlock{ID: b64("1")}, part)
	must(t, err)
	_, err = w.PutBlockList(t.Context(), key(), blobAt("blocks"), PutBlockList{Blocks: []BlockRef{{ID: b64("1")}}})
	if err != nil || w.read(t, blobAt("blocks")) != body[100:90_000] {
		t.Errorf("block: %v", err)
	}
	w.appendBlob(t, "log")
	_, err = w.tryAppend(t, key(), "log", "", func(r *AppendBlock) { r.Source = &part })
	if err != nil || w.read(t, blobAt("log")) != body[100:90_000] {
		t.Errorf("append: %v", err)
	}
	w.pageBlob(t, "disk", 4*pageSize)
	pages := w.local("src")
	pages.Range = &Range{Start: 0, End: 2*pageSize - 1}
	must(t, w.pages(t, "disk", 1, 2, 'x', func(r *PutPages) { r.Body, r.Length, r.Source = nil, 0, &pages }))
	if got := w.read(t, blobAt("disk")); got[pageSize:3*pageSize] != body[:2*pageSize] {
		t.Error("pages differ")
	}
	err = w.pages(t, "disk", 1, 1, 'x', func(r *PutPages) { r.Body, r.Length, r.Source = nil, 0, &pages })
	refused(t, err, fault.Invalid, "InvalidPageRange")
	whole, err := w.CopyFromURL(t.Context(), key(), blobAt("sync"), CopyBlob{Source: w.local("src")})
	if err != nil || whole.Copy.Status != copySuccess || w.read(t, blobAt("sync")) != body {
		t.Errorf("copy: %v", err)
	}
	wrong := w.local("src")
	wrong.MD5 = make([]byte, 16)
	_, err = w.CopyFromURL(t.Context(), key(), blobAt("bad"), CopyBlob{Source: wrong})
	refused(t, err, fault.Invalid, "Md5Mismatch")
	if n := len(w.names(t, ListBlobs{Prefix: "bad"})); n != 0 {
		t.Error("a copy that failed is there")
	}
	w.sound(t)
}

// web is a source outside of this cloud: it gives what it has once it may.
type web struct {
	body string
	may  chan struct{}
	err  error
}

func (f *web) Fetch(ctx context.Context, s Source) (Fetched, error) {
	if f.err != nil {
		return Fetched{}, f.err
	}
	r, w := io.Pipe()
	go func() {
		select {
		case <-f.may:
			_, err := io.WriteString(w, f.body)
			w.CloseWithError(err)
		case <-ctx.Done():
			w.CloseWithError(ctx.Err())
		}
	}()
	return Fetched{Body: r, Length: int64(len(f.body)), Headers: HTTPHeaders{ContentType: "text/css"}}, nil
}

// settled waits for a copy to end.
func (w *world) settled(t testing.TB, name string) *Blob {
	t.Helper()
	for range 500 {
		b, err := w.GetBlobProperties(t.Context(), key(), blobAt(name), Conditions{}, nil)
		must(t, err)
		if b.Copy.Status != copyPending {
			return b
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("the copy does not end")
	return nil
}

func TestPendingCopy(t *testing.T) {
	w := newWorld(t, nil)
	source := &web{body: strings.Repeat("x", maxInline+10), may: make(chan struct{})}
	w.Fetch = source
	t.Cleanup(w.copies.close)
	from := Source{URL: "https://example.org/x?sig=secret&se=1"}
	b, err := w.CopyBlob(t.Context(), key(), blobAt("a"), CopyBlob{Source: from})
	must(t, err)
	if b.Copy.Status != copyPending || b.Size != 0 || strings.Contains(b.Copy.Source, "secret") {
		t.Errorf("%+v", b.Copy)
	}
	_, err = w.tryPut(t, key(), "a", "other")
	refused(t, err, fault.Conflict, "PendingCopyOperation")
	_, err = w.CopyBlob(t.Context(), key(), blobAt("b"), CopyBlob{Source: w.local("a")})
	refused(t, err, fault.Conflict, "PendingCopyOperation")
	refused(t, w.AbortCopy(t.Context(), key(), blobAt("a"), "other", Conditions{}), fault.Conflict, "CopyIdMismatch")
	close(source.may)
	b = w.settled(t, "a")
	if b.Copy.Status != copySuccess || b.Copy.Copied != int64(len(source.body)) || b.ContentType != "text/css" || w.read(t, blobAt("a")) != source.body {
		t.Errorf("%+v", b.Copy)
	}
	refused(t, w.AbortCopy(t.Context(), key(), blobAt("a"), b.Copy.ID, Conditions{}), fault.Conflict, "NoPendingCopyOperation")
}

func TestAbortCopy(t *testing.T) {
	w := newWorld(t, nil)
	w.Fetch = &web{body: "x", may: make(chan struct{})}
	b, err := w.CopyBlob(t.Context(), key(), blobAt("a"), CopyBlob{Source: Source{URL: "https://example.org/x"}})
	must(t, err)
	must(t, w.AbortCopy(t.Context(), key(), blobAt("a"), b.Copy.ID, Conditions{}))
	if b = w.settled(t, "a"); b.Copy.Status != copyAborted || b.Size != 0 {
		t.Errorf("%+v", b.Copy)
	}
	w.copies.close() // returns only when the job has ended
	w.put(t, "a", "free again")
}

// TestCopyTakenUp has a process end in the middle of a copy, and the next one finish it.
func TestCopyTakenUp(t *testing.T) {
	w := newWorld(t, nil)
	w.Fetch = &web{body: "content", may: make(chan struct{})}
	_, err := w.CopyBlob(t.Context(), key(), blobAt("a"), CopyBlob{Source: Source{URL: "https://example.org/x"}})
	must(t, err)
	w.copies.close()
	open := make(chan struct{})
	close(open)
	config := w.Config
	config.Fetch = &web{body: "content", may: open}
	if w.Service, err = New(config); err != nil {
		t.Fatal(err)
	}
	_, err = w.Sweep(t.Context())
	must(t, err)
	if b := w.settled(t, "a"); b.Copy.Status != copySuccess || w.read(t, blobAt("a")) != "content" {
		t.Errorf("%+v", b.Copy)
	}
	w.copies.close()
}

func TestCopyFails(t *testing.T) {
	w := newWorld(t, nil)
	source := &web{body: "content", may: make(chan struct{})}
	w.Fetch = source
	_, err := w.CopyBlob(t.Context(), key(), blobAt("a"), CopyBlob{Source: Source{URL: "https://example.org/x"}})
	must(t, err)
	w.copies.close()
	config := w.Config
	config.Fetch = &web{err: fault.New(fault.Denied, "web", "", "no")}
	if w.Service, err = New(config); err != nil {
		t.Fatal(err)
	}
	_, err = w.Sweep(t.Context())
	must(t, err)
	if b := w.settled(t, "a"); b.Copy.Status != copyFailed || b.Copy.Description == "" {
		t.Errorf("%+v", b.Copy)
	}
	_, err = w.CopyBlob(t.Context(), key(), blobAt("b"), CopyBlob{Source: Source{URL: "https://example.org/x"}})
	refused(t, err, fault.Denied, "CannotVerifyCopySource")
}

func TestIncrementalCopy(t *testing.T) {
	w := newWorld(t, nil)
	w.pageBlob(t, "disk", 8*pageSize)
	must(t, w.pages(t, "disk", 0, 2, 'a', nil))
	first := w.snapshot(t, "disk")
	must(t, w.pages(t, "disk", 1, 2, 'b', nil))
	second := w.snapshot(t, "disk")
	source := func(at Target) Source {
		return Source{URL: "https://mystorage.blob.core.windows.net/con/disk?snapshot=" + at.Snapshot.String(), Local: &LocalSource{key(), at}}
	}
	one, err := w.IncrementalCopy(t.Context(), key(), blobAt("copy"), source(first), Conditions{})
	must(t, err)
	two, err := w.IncrementalCopy(t.Context(), key(), blobAt("copy"), source(second), Conditions{})
	must(t, err)
	old, now := blobAt("copy"), blobAt("copy")
	old.Snapshot, now.Snapshot = one.Copy.Destination, two.Copy.Destination
	if a, b := w.paint(t, old), w.paint(t, now); a != "aa......" || b != "abb....." {
		t.Errorf("%s, %s", a, b)
	}
	if got := w.ranges(t, now, GetPageRanges{Previous: old.Snapshot}); len(got) != 1 || got[0] != (PageRange{1, 3, false}) {
		t.Errorf("%v", got)
	}
	_, err = w.IncrementalCopy(t.Context(), key(), blobAt("copy"), source(first), Conditions{})
	refused(t, err, fault.Conflict, "IncrementalCopyOfEarlierSnapshotNotAllowed")
	refused(t, w.pages(t, "copy", 0, 1, 'x', nil), fault.Conflict, "OperationNotAllowedOnIncrementalCopyBlob")
	_, err = w.IncrementalCopy(t.Context(), key(), blobAt("new"), source(blobAt("disk")), Conditions{})
	refused(t, err, fault.Conflict, "IncrementalCopySourceMustBeSnapshot")
	_, err = w.IncrementalCopy(t.Context(), key(), blobAt("disk"), source(second), Conditions{})
	refused(t, err, fault.Conflict, "IncrementalCopyBlobMismatch")
	must(t, w.pages(t, "disk", 7, 1, 'c', nil))
	w.sweepLater(t)
	w.sound(t)
}
