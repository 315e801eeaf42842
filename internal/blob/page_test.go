package blob

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

func (w *world) pageBlob(t testing.TB, name string, size int64) {
	t.Helper()
	if _, err := w.PutPageBlob(t.Context(), key(), blobAt(name), CreateBlob{Size: size}); err != nil {
		t.Fatal(err)
	}
}

// pages writes n pages of a letter from page first on; of letter 0, clears them.
func (w *world) pages(t testing.TB, name string, first, n int64, letter byte, change func(*PutPages)) error {
	t.Helper()
	r := PutPages{Start: first * pageSize, End: (first+n)*pageSize - 1, Clear: letter == 0}
	if letter != 0 {
		r.Length = n * pageSize
		r.Body = bytes.NewReader(bytes.Repeat([]byte{letter}, int(r.Length)))
	}
	if change != nil {
		change(&r)
	}
	_, err := w.PutPages(t.Context(), key(), blobAt(name), r)
	return err
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// paint is what a blob has, a letter for each page.
func (w *world) paint(t testing.TB, target Target) string {
	t.Helper()
	text := w.read(t, target)
	var b strings.Builder
	for i := 0; i < len(text); i += pageSize {
		page := text[i : i+pageSize]
		if strings.Count(page, page[:1]) != pageSize {
			t.Fatalf("page %d is not of one letter", i/pageSize)
		}
		if page[0] == 0 {
			b.WriteByte('.')
		} else {
			b.WriteByte(page[0])
		}
	}
	return b.String()
}

func (w *world) ranges(t testing.TB, target Target, r GetPageRanges) []PageRange {
	t.Helper()
	var all []PageRange
	for {
		page, err := w.GetPageRanges(t.Context(), key(), target, r)
		must(t, err)
		if r.MaxResults > 0 && len(page.Ranges) > r.MaxResults {
			t.Fatalf("a page of %d has %d ranges", r.MaxResults, len(page.Ranges))
		}
		all = append(all, page.Ranges...)
		if page.Next == "" {
			break
		}
		r.Marker = page.Next
	}
	for i := range all { // in pages
		all[i].Start, all[i].End = all[i].Start/pageSize, (all[i].End+1)/pageSize
	}
	return all
}

func TestPages(t *testing.T) {
	w := newWorld(t, nil)
	w.pageBlob(t, "disk", 16*pageSize)
	if got := w.paint(t, blobAt("disk")); got != "................" {
		t.Errorf("a new blob: %s", got)
	}
	must(t, w.pages(t, "disk", 2, 3, 'a', nil))
	must(t, w.pages(t, "disk", 5, 1, 'b', nil))
	must(t, w.pages(t, "disk", 10, 6, 'c', nil))
	must(t, w.pages(t, "disk", 3, 1, 0, nil))
	must(t, w.pages(t, "disk", 12, 2, 'd', nil))
	if got := w.paint(t, blobAt("disk")); got != "..a.ab....ccddcc" {
		t.Errorf("%s", got)
	}
	want := []PageRange{{2, 3, false}, {4, 6, false}, {10, 16, false}}
	if got := w.ranges(t, blobAt("disk"), GetPageRanges{}); !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
	if got := w.ranges(t, blobAt("disk"), GetPageRanges{MaxResults: 1}); !slices.Equal(got, want) {
		t.Errorf("one a page: %v", got)
	}
	got := w.ranges(t, blobAt("disk"), GetPageRanges{Range: &Range{Start: 5*pageSize + 3, End: 11*pageSize + 1}})
	if want := []PageRange{{5, 6, false}, {10, 12, false}}; !slices.Equal(got, want) {
		t.Errorf("of a range: %v", got)
	}
	part, err := w.tryRead(t, key(), blobAt("disk"), GetBlob{Range: &Range{Start: 5*pageSize - 1, End: 6 * pageSize}})
	if err != nil || part != "a"+strings.Repeat("b", pageSize)+"\x00" {
		t.Errorf("%d bytes, %v", len(part), err)
	}
	w.sound(t)
}

func TestBigPages(t *testing.T) {
	w := newWorld(t, nil)
	const n = 2 * maxInline / pageSize
	w.pageBlob(t, "disk", 1<<40)
	must(t, w.pages(t, "disk", 1<<30, n, 'x', nil))
	must(t, w.pages(t, "disk", 1<<30+10, 5, 'y', nil))
	got, err := w.tryRead(t, key(), blobAt("disk"), GetBlob{Range: &Range{Start: (1<<30 + 9) * pageSize, End: (1<<30+16)*pageSize - 1}})
	want := strings.Repeat("x", pageSize) + strings.Repeat("y", 5*pageSize) + strings.Repeat("x", pageSize)
	if err != nil || got != want {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	w.sound(t)
}

func TestPageDifferences(t *testing.T) {
	w := newWorld(t, nil)
	w.pageBlob(t, "disk", 8*pageSize)
	must(t, w.pages(t, "disk", 0, 4, 'a', nil))
	first := w.snapshot(t, "disk")
	must(t, w.pages(t, "disk", 1, 1, 'b', nil))
	must(t, w.pages(t, "disk", 3, 2, 0, nil))
	second := w.snapshot(t, "disk")
	must(t, w.pages(t, "disk", 6, 1, 'c', nil))
	for target, want := range map[Target]string{blobAt("disk"): "aba...c.", first: "aaaa....", second: "aba....."} {
		if got := w.paint(t, target); got != want {
			t.Errorf("%v shows %s, want %s", target.Snapshot, got, want)
		}
	}
	for _, c := range []struct {
		of   Target
		from Target
		want []PageRange
	}{
		{blobAt("disk"), second, []PageRange{{6, 7, false}}},
		{second, first, []PageRange{{1, 2, false}, {3, 5, true}}},
		{blobAt("disk"), first, []PageRange{{1, 2, false}, {3, 5, true}, {6, 7, false}}},
		{first, first, nil},
	} {
		if got := w.ranges(t, c.of, GetPageRanges{Previous: c.from.Snapshot}); !slices.Equal(got, c.want) {
			t.Errorf("%v since %v: %v, want %v", c.of.Snapshot, c.from.Snapshot, got, c.want)
		}
	}
	_, err := w.GetPageRanges(t.Context(), key(), first, GetPageRanges{Previous: second.Snapshot})
	refused(t, err, fault.Invalid, "PreviousSnapshotCannotBeNewer")
	_, err = w.GetPageRanges(t.Context(), key(), blobAt("disk"), GetPageRanges{Previous: 5})
	refused(t, err, fault.Conflict, "PreviousSnapshotNotFound")
	// A snapshot goes; what stands on it stays.
	_, err = w.DeleteBlob(t.Context(), key(), first, DeleteBlob{})
	must(t, err)
	w.sweepLater(t)
	if got := w.paint(t, blobAt("disk")); got != "aba...c." {
		t.Errorf("without its first snapshot: %s", got)
	}
	w.pageBlob(t, "disk", 8*pageSize)
	_, err = w.GetPageRanges(t.Context(), key(), blobAt("disk"), GetPageRanges{Previous: second.Snapshot})
	refused(t, err, fault.Conflict, "BlobOverwritten")
	w.sound(t)
}

func (w *world) snapshot(t testing.TB, name string) Target {
	t.Helper()
	b, err := w.SnapshotBlob(t.Context(), key(), blobAt(name), SetMetadata{})
	must(t, err)
	target := blobAt(name)
	target.Snapshot = b.Snapshot
	return target
}

func TestResize(t *testing.T) {
	w := newWorld(t, nil)
	w.pageBlob(t, "disk", 8*pageSize)
	must(t, w.pages(t, "disk", 2, 4, 'a', nil))
	old := w.snapshot(t, "disk")
	for _, size := range []int64{4, 6} {
		b, err := w.SetPageProperties(t.Context(), key(), blobAt("disk"), PageProperties{Size: to(size * pageSize)})
		if err != nil || b.Size != size*pageSize {
			t.Fatal(err)
		}
	}
	if got := w.paint(t, blobAt("disk")); got != "..aa.." {
		t.Errorf("%s", got)
	}
	if got := w.paint(t, old); got != "..aaaa.." {
		t.Errorf("the snapshot: %s", got)
	}
	for _, size := range []int64{-512, 100, maxPageBlob + 512} {
		_, err := w.SetPageProperties(t.Context(), key(), blobAt("disk"), PageProperties{Size: &size})
		refused(t, err, fault.Invalid, "InvalidHeaderValue")
	}
}

func TestSequenceNumbers(t *testing.T) {
	w := newWorld(t, nil)
	w.pageBlob(t, "disk", 4*pageSize)
	for _, step := range []struct {
		action string
		number *uint64
		want   uint64
		reason string
	}{
		{"update", to(uint64(5)), 5, ""},
		{"max", to(uint64(3)), 5, ""},
		{"max", to(uint64(9)), 9, ""},
		{"increment", nil, 10, ""},
		{"increment", to(uint64(1)), 0, "InvalidHeaderValue"},
		{"update", nil, 0, "MissingRequiredHeader"},
		{"other", nil, 0, "InvalidHeaderValue"},
		{"update", to(uint64(1 << 63)), 0, "InvalidHeaderValue"},
	} {
		b, err := w.SetPageProperties(t.Context(), key(), blobAt("disk"), PageProperties{SequenceAction: step.action, SequenceNumber: step.number})
		if fault.ReasonOf(err) != step.reason || err == nil && b.SequenceNumber != step.want {
			t.Errorf("%+v: %v", step, err)
		}
	}
	for _, c := range []struct {
		conditions SequenceConditions
		ok         bool
	}{
		{SequenceConditions{LessOrEqual: to(uint64(10))}, true},
		{SequenceConditions{LessOrEqual: to(uint64(9))}, false},
		{SequenceConditions{Less: to(uint64(11))}, true},
		{SequenceConditions{Less: to(uint64(10))}, false},
		{SequenceConditions{Equal: to(uint64(10))}, true},
		{SequenceConditions{Equal: to(uint64(11))}, false},
	} {
		err := w.pages(t, "disk", 0, 1, 'a', func(r *PutPages) { r.Sequence = c.conditions })
		if (err == nil) != c.ok {
			t.Errorf("%+v: %v", c, err)
		}
		if !c.ok {
			refused(t, err, fault.Precondition, "SequenceNumberConditionNotMet")
		}
	}
}

func TestPagesRefused(t *testing.T) {
	w := newWorld(t, nil)
	w.pageBlob(t, "disk", 4*pageSize)
	w.put(t, "block", "x")
	refused(t, w.pages(t, "disk", 0, 1, 'a', func(r *PutPages) { r.Start++ }), fault.Invalid, "InvalidPageRange")
	refused(t, w.pages(t, "disk", 0, 1, 'a', func(r *PutPages) { r.End-- }), fault.Invalid, "InvalidPageRange")
	refused(t, w.pages(t, "disk", 0, 1, 'a', func(r *PutPages) { r.Length = 511 }), fault.Invalid, "InvalidHeaderValue")
	refused(t, w.pages(t, "disk", 0, maxPutPages/pageSize+1, 'a', nil), fault.TooLarge, "RequestBodyTooLarge")
	refused(t, w.pages(t, "disk", 0, 1, 0, func(r *PutPages) { r.Length = 512 }), fault.Invalid, "InvalidHeaderValue")
	refused(t, w.pages(t, "disk", 3, 2, 'a', nil), fault.Invalid, "InvalidRange")
	refused(t, w.pages(t, "block", 0, 1, 'a', nil), fault.Conflict, "InvalidBlobType")
	refused(t, w.pages(t, "absent", 0, 1, 'a', nil), fault.NotFound, "BlobNotFound")
	_, err := w.GetPageRanges(t.Context(), key(), blobAt("block"), GetPageRanges{})
	refused(t, err, fault.Conflict, "InvalidBlobType")
	for _, size := range []int64{-1, 511, maxPageBlob + pageSize} {
		_, err := w.PutPageBlob(t.Context(), key(), blobAt("other"), CreateBlob{Size: size})
		refused(t, err, fault.Invalid, "InvalidHeaderValue")
	}
	if got := w.paint(t, blobAt("disk")); got != "...." {
		t.Errorf("refused writes left %s", got)
	}
}

func TestPagesWithKey(t *testing.T) {
	w := newWorld(t, nil)
	mine := testKey("mine")
	_, err := w.PutPageBlob(t.Context(), key(), blobAt("disk"), CreateBlob{Size: 1 << 20, Key: mine})
	must(t, err)
	withKey := func(r *PutPages) { r.Key = mine }
	must(t, w.pages(t, "disk", 0, 2*maxInline/pageSize, 'a', withKey))
	must(t, w.pages(t, "disk", 5, 4, 'b', withKey))
	must(t, w.pages(t, "disk", 6, 1, 0, withKey))
	refused(t, w.pages(t, "disk", 0, 1, 'x', nil), fault.Conflict, "BlobUsesCustomerSpecifiedEncryption")
	got, err := w.tryRead(t, key(), blobAt("disk"), GetBlob{Key: mine, Range: &Range{Start: 4 * pageSize, End: 10*pageSize - 1}})
	want := strings.Repeat("a", 512) + strings.Repeat("b", 512) + strings.Repeat("\x00", 512) + strings.Repeat("b", 1024) + strings.Repeat("a", 512)
	if err != nil || got != want {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	w.sound(t)
}
