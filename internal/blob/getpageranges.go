package blob

import (
	"context"
	"slices"
	"strconv"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// maxPageRanges is how many ranges an answer has at most.
const maxPageRanges = 10_000

// GetPageRanges is Get Page Ranges, of a blob or of what differs from a snapshot.
type GetPageRanges struct {
	Range      *Range // nil for all of it
	Previous   Ticks  // prevsnapshot; 0 where nothing is compared
	Marker     string
	MaxResults int // 0 for as many as there may be
	Conditions Conditions
}

// PageRangePage is an answer's part of the ranges.
type PageRangePage struct {
	Blob   *Blob
	Ranges []PageRange
	Next   string // the marker of the rest; "" where there is none
}

// GetPageRanges lists the ranges of pages that have been written, or that were written or cleared since a snapshot.
func (s *Service) GetPageRanges(ctx context.Context, a Access, t Target, r GetPageRanges) (PageRangePage, error) {
	g, err := s.permitBlob(ctx, a, OpGetPageRanges, t)
	if err != nil {
		return PageRangePage{}, err
	}
	if r.MaxResults < 0 {
		return PageRangePage{}, refuse(fault.Invalid, "OutOfRangeQueryParameterValue")
	}
	limit := maxPageRanges
	if r.MaxResults > 0 {
		limit = min(r.MaxResults, limit)
	}
	now := TicksOf(s.Clock.Now())
	var page PageRangePage
	err = store.View(ctx, s.Store, func(v store.Reader) error {
		c, b, err := readTarget(v, t, now)
		if err != nil {
			return err
		}
		if b.Type != PageBlob {
			return refuse(fault.Conflict, "InvalidBlobType")
		}
		if err := r.Conditions.leaseForRead(b.Lease, now); err != nil {
			return err
		}
		if err := r.Conditions.read(b.state()); err != nil {
			return err
		}
		start, end, err := r.bounds(b.Size)
		if err != nil {
			return err
		}
		chain, err := layers(v, b.Content.ID)
		if err != nil {
			return err
		}
		if r.Previous != 0 {
			if chain, err = since(v, c.instance, b, chain, r.Previous); err != nil {
				return err
			}
		}
		ranges := pageRanges{limit: limit}
		if _, err := visitExtents(v, chain, start, end, ranges.visitor(r.Previous != 0)); err != nil {
			return err
		}
		page = PageRangePage{Blob: b.shown(g.account, now), Ranges: ranges.ranges}
		if ranges.full {
			page.Next = strconv.FormatInt(ranges.ranges[limit-1].End+1, 10)
		}
		return nil
	})
	return page, fault.Wrap("blob.GetPageRanges", err)
}

// visitor takes extents in. Cleared runs only show in a comparison.
func (p *pageRanges) visitor(compared bool) func(extent) bool {
	return func(e extent) bool {
		if e.form == NoContent && !compared {
			return true
		}
		return p.add(e.start, e.end, e.form == NoContent)
	}
}

// bounds works out where to look: whole pages.
func (r *GetPageRanges) bounds(size int64) (start, end int64, err error) {
	end = size
	if r.Range != nil {
		if r.Range.Start < 0 || r.Range.End != -1 && r.Range.End < r.Range.Start {
			return 0, 0, refuse(fault.Invalid, "InvalidRange")
		}
		if start = r.Range.Start / pageSize * pageSize; start >= size && size > 0 {
			return 0, 0, refuse(fault.Invalid, "InvalidRange")
		}
		if r.Range.End != -1 && r.Range.End < size {
			end = (r.Range.End/pageSize + 1) * pageSize
		}
	}
	if r.Marker != "" {
		from, err := strconv.ParseInt(r.Marker, 10, 64)
		if err != nil || from < 0 || from%pageSize != 0 || from > maxPageBlob {
			return 0, 0, invalidQuery("marker", r.Marker)
		}
		start = max(start, from)
	}
	return start, end, nil
}

// since cuts a chain down to the layers that were written after a snapshot of the blob was taken.
func since(r store.Reader, i instance, b *Blob, chain []layerID, previous Ticks) ([]layerID, error) {
	if b.Snapshot != 0 && previous > b.Snapshot {
		return nil, refuse(fault.Invalid, "PreviousSnapshotCannotBeNewer")
	}
	old, err := readHistory(r, i, b.Name, previous, snapshotKind)
	if err != nil {
		return nil, err
	}
	if old == nil || old.Deleted != 0 {
		return nil, refuse(fault.Conflict, "PreviousSnapshotNotFound")
	}
	at := slices.Index(chain, old.Content.ID)
	if at < 0 {
		return nil, refuse(fault.Conflict, "BlobOverwritten") // it was put anew since
	}
	return chain[:at], nil
}
