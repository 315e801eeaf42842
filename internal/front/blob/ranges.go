package blob

import (
	"strconv"
	"strings"
)

// byteRange is a range of bytes, both ends inclusive. last is -1 where it is open.
type byteRange struct {
	first, last int64
}

// parseRange reads "bytes=first-last" or "bytes=first-". ok is false for anything else: Azure ignores a Range that it
// cannot read, as RFC 9110 wants, and knows no suffixes and no lists. Source: "Specifying the range header" of the REST
// reference.
func parseRange(text string) (r byteRange, ok bool) {
	text, ok = strings.CutPrefix(strings.TrimSpace(text), "bytes=")
	if !ok {
		return r, false
	}
	from, to, ok := strings.Cut(text, "-")
	if !ok {
		return r, false
	}
	var err error
	if r.first, err = position(from); err != nil {
		return r, false
	}
	r.last = -1
	if strings.TrimSpace(to) == "" {
		return r, true
	}
	if r.last, err = position(to); err != nil || r.last < r.first {
		return r, false
	}
	return r, true
}

// position is a decimal number without a sign.
func position(text string) (int64, error) {
	n, err := strconv.ParseUint(strings.TrimSpace(text), 10, 63)
	return int64(n), err
}

// contentRange is the header of an answer with a part: bytes 0-9/100.
func contentRange(start, length, size int64) string {
	return "bytes " + strconv.FormatInt(start, 10) + "-" + strconv.FormatInt(start+length-1, 10) + "/" + strconv.FormatInt(size, 10)
}

// rangeHeader is x-ms-range, which wins, or Range.
func (x *exchange) rangeHeader() string {
	if v := x.in("X-Ms-Range"); v != "" {
		return v
	}
	return x.in("Range")
}
