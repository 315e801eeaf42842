package blob

import (
	"strconv"

	"github.com/alcedo-cloud/alcedo/internal/blob"
)

// getPageRanges is Get Page Ranges, and with prevsnapshot what differs from a snapshot.
func (f *front) getPageRanges(x *exchange) (*answer, error) {
	conditions, err := x.conditions()
	if err != nil {
		return nil, err
	}
	r := blob.GetPageRanges{Marker: x.param("marker"), Conditions: conditions}
	if got, ok := parseRange(x.rangeHeader()); ok {
		r.Range = &blob.Range{Start: got.first, End: got.last}
	}
	if x.param("maxresults") != "" {
		if r.MaxResults, err = x.results(); err != nil {
			return nil, err
		}
	}
	if text := x.param("prevsnapshot"); text != "" {
		if r.Previous, err = blob.ParseTicks(text); err != nil {
			return nil, invalidQuery("prevsnapshot", text, "The snapshot is not a valid time.")
		}
	} else if u := x.in("X-Ms-Previous-Snapshot-Url"); u != "" {
		if r.Previous, err = f.previousSnapshot(x, u); err != nil {
			return nil, err
		}
	}
	page, err := f.Service.GetPageRanges(x.r.Context(), x.access, x.target, r)
	if err != nil {
		return nil, err
	}
	x.changed(page.Blob.ETag, page.Blob.Modified)
	x.set("x-ms-blob-content-length", strconv.FormatInt(page.Blob.Size, 10))
	var d xmlDocument
	d.start("PageList")
	for _, p := range page.Ranges {
		name := "PageRange"
		if p.Cleared {
			name = "ClearRange"
		}
		d.start(name)
		d.number("Start", p.Start)
		d.number("End", p.End)
		d.end(name)
	}
	if x.param("maxresults") != "" || page.Next != "" {
		d.leaf("NextMarker", page.Next)
	}
	d.end("PageList")
	return document(&d), nil
}

// previousSnapshot reads the snapshot from a URL, which must be of the same blob.
func (f *front) previousSnapshot(x *exchange, text string) (blob.Ticks, error) {
	target, _, err := f.targetOf(x, text)
	if err != nil {
		return 0, invalidHeader("x-ms-previous-snapshot-url", text)
	}
	if target.Account != x.target.Account || target.Container != x.target.Container || target.Blob != x.target.Blob || target.Snapshot == 0 {
		return 0, invalidHeader("x-ms-previous-snapshot-url", text)
	}
	return target.Snapshot, nil
}
