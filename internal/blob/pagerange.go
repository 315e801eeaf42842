package blob

import "github.com/alcedo-cloud/alcedo/internal/fault"

// PageRange is a run of whole pages: from the byte Start to the byte End, the last one included, as Get Page Ranges
// answers. Cleared is of a comparison with a snapshot: the pages were cleared since.
type PageRange struct {
	Start, End int64
	Cleared    bool
}

// pageRanges joins runs that touch into ranges, and stops when there are more than limit.
type pageRanges struct {
	ranges []PageRange
	limit  int
	full   bool // there was one range more than limit
}

// add takes a run that begins at or behind the end of the last one. It reports whether there is room for more.
func (p *pageRanges) add(start, end int64, cleared bool) bool {
	if n := len(p.ranges); n > 0 {
		if last := &p.ranges[n-1]; last.End+1 == start && last.Cleared == cleared {
			last.End = end - 1
			return true
		}
	}
	if len(p.ranges) == p.limit {
		p.full = true
		return false
	}
	p.ranges = append(p.ranges, PageRange{Start: start, End: end - 1, Cleared: cleared})
	return true
}

// checkPageRange says whether a run begins and ends at the bounds of pages, within a blob of size bytes.
func checkPageRange(start, end, size int64) error {
	switch {
	case start < 0 || start >= end || start%pageSize != 0 || end%pageSize != 0:
		return refuse(fault.Invalid, "InvalidPageRange")
	case end > size:
		return refuse(fault.Invalid, "InvalidRange")
	}
	return nil
}
