package blob

import (
	"strconv"
	"strings"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// Ticks is a moment in units of 100 ns since the year 1, as Azure writes snapshots, versions and ETags. 0 is no moment.
type Ticks uint64

const (
	ticksToUnix   = 621355968000000000 // of 1970-01-01
	ticksASecond  = 10_000_000
	ticksADay     = 24 * 60 * 60 * ticksASecond
	snapshotStyle = "2006-01-02T15:04:05.0000000Z"
)

// TicksOf is t as ticks; 0 for the zero time.
func TicksOf(t time.Time) Ticks {
	if t.IsZero() {
		return 0
	}
	return Ticks(t.Unix()*ticksASecond + int64(t.Nanosecond())/100 + ticksToUnix)
}

// Time is the moment in UTC; the zero time for 0.
func (t Ticks) Time() time.Time {
	if t == 0 {
		return time.Time{}
	}
	unix := int64(t) - ticksToUnix
	return time.Unix(unix/ticksASecond, unix%ticksASecond*100).UTC()
}

// Seconds is the moment cut to the second, as Last-Modified has it.
func (t Ticks) Seconds() time.Time { return t.Time().Truncate(time.Second) }

// String is the moment as x-ms-snapshot and x-ms-version-id spell it: 2024-01-01T00:00:00.0000000Z. "" for 0.
func (t Ticks) String() string {
	if t == 0 {
		return ""
	}
	return t.Time().Format(snapshotStyle)
}

// ParseTicks reads a snapshot or version. Up to seven decimals are taken, none may be missing the Z.
func ParseTicks(text string) (Ticks, error) {
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil || !strings.HasSuffix(text, "Z") || t.Year() < 1601 {
		return 0, fault.Newf(fault.Invalid, "blob.ParseTicks", "InvalidQueryParameterValue", "%q is no point in time", text)
	}
	return TicksOf(t), nil
}

// ETag is a blob's or container's state: it grows with each change.
type ETag Ticks

// String is the tag as headers have it, with quotes: "0x8DC0123456789AB".
func (e ETag) String() string {
	var buf [20]byte
	return string(append(e.AppendBare(append(buf[:0], '"')), '"'))
}

// Bare is the tag without quotes, as lists in XML have it.
func (e ETag) Bare() string { return string(e.AppendBare(nil)) }

// AppendBare writes what Bare gives behind dst.
func (e ETag) AppendBare(dst []byte) []byte {
	dst = append(dst, "0x"...)
	from := len(dst)
	dst = strconv.AppendUint(dst, uint64(e), 16)
	for i, c := range dst[from:] {
		if c >= 'a' {
			dst[from+i] = c - 'a' + 'A'
		}
	}
	return dst
}

// tick is the present, later than anything tick gave before and later than after.
func (s *Service) tick(after Ticks) Ticks {
	now := uint64(TicksOf(s.Clock.Now()))
	for {
		last := s.last.Load()
		next := max(now, last+1, uint64(after)+1)
		if s.last.CompareAndSwap(last, next) {
			return Ticks(next)
		}
	}
}

// ParseETag reads one entity tag of a header: *, or a tag with or without quotes. What is no tag of ours matches nothing.
func ParseETag(text string) Match {
	text = strings.TrimSpace(text)
	if text == "*" {
		return Match{Any: true}
	}
	text = strings.Trim(strings.TrimPrefix(text, "W/"), `"`)
	digits, ok := strings.CutPrefix(text, "0x")
	if !ok {
		return Match{}
	}
	v, err := strconv.ParseUint(digits, 16, 64)
	if err != nil {
		return Match{}
	}
	return Match{ETag: ETag(v)}
}
