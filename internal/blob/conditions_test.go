package blob

import (
	"errors"
	"testing"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// TestConditions: every condition against a state, for reads and writes.
func TestConditions(t *testing.T) {
	modified := time.Date(2026, 11, 23, 12, 0, 0, 900_000_000, time.UTC)
	second := modified.Truncate(time.Second)
	s := state{exists: true, etag: 5, modified: TicksOf(modified), tags: map[string]string{"k": "v"}}
	match, other, anything := []Match{{ETag: 5}}, []Match{{ETag: 6}}, []Match{{Any: true}}
	const ok, met, notModified = "", "ConditionNotMet", "NotModified"
	const many = "MultipleConditionHeadersNotSupported"
	for _, c := range []struct {
		name              string
		c                 Conditions
		read, write, none string // none: a write where nothing is
	}{
		{"none", Conditions{}, ok, ok, ok},
		{"match", Conditions{IfMatch: match}, ok, ok, met},
		{"match other", Conditions{IfMatch: other}, met, met, met},
		{"match any", Conditions{IfMatch: anything}, ok, ok, met},
		{"match junk", Conditions{IfMatch: []Match{{}}}, met, met, met},
		{"none match", Conditions{IfNoneMatch: match}, notModified, met, ok},
		{"none match other", Conditions{IfNoneMatch: other}, ok, ok, ok},
		{"none match any", Conditions{IfNoneMatch: anything}, "UnsatisfiableCondition", met, ok},
		{"modified since that second", Conditions{IfModifiedSince: second}, notModified, met, ok},
		{"modified since before", Conditions{IfModifiedSince: second.Add(-time.Second)}, ok, ok, ok},
		{"unmodified since that second", Conditions{IfUnmodifiedSince: second}, ok, ok, ok},
		{"unmodified since before", Conditions{IfUnmodifiedSince: second.Add(-time.Second)}, met, met, ok},
		{"none match or modified", Conditions{IfNoneMatch: match, IfModifiedSince: second.Add(-time.Second)}, ok, met, ok},
		{"none match, not modified", Conditions{IfNoneMatch: match, IfModifiedSince: second}, notModified, met, ok},
		{"other, not modified", Conditions{IfNoneMatch: other, IfModifiedSince: second}, ok, ok, ok},
		{"match and unmodified", Conditions{IfMatch: match, IfUnmodifiedSince: second}, ok, ok, met},
		{"match, modified", Conditions{IfMatch: match, IfUnmodifiedSince: second.Add(-time.Second)}, met, ok, met},
		{"two tags", Conditions{IfMatch: append(match, other...)}, ok, many, many},
		{"two of two kinds", Conditions{IfMatch: match, IfNoneMatch: other}, ok, many, many},
		{"tags", Conditions{IfTags: `"k" = 'v'`}, ok, ok, ok},
		{"other tags", Conditions{IfTags: `"k" = 'w'`}, met, met, ok},
		{"junk of tags", Conditions{IfTags: `k k k`}, "InvalidHeaderValue", "InvalidHeaderValue", "InvalidHeaderValue"},
	} {
		for kind, got := range map[string][2]string{
			"read":  {fault.ReasonOf(c.c.read(s)), c.read},
			"write": {fault.ReasonOf(c.c.write(s)), c.write},
			"none":  {fault.ReasonOf(c.c.write(state{})), c.none},
		} {
			if got[0] != got[1] {
				t.Errorf("%s, %s: %q, want %q", c.name, kind, got[0], got[1])
			}
		}
	}
	if err := (Conditions{IfNoneMatch: match}).read(s); !errors.Is(err, ErrNotModified) {
		t.Errorf("not modified: %v", err)
	}
}

func TestETagsAndTicks(t *testing.T) {
	when := time.Date(2024, 1, 2, 3, 4, 5, 678_901_200, time.UTC)
	ticks := TicksOf(when)
	if got := ticks.String(); got != "2024-01-02T03:04:05.6789012Z" {
		t.Error(got)
	}
	if got, err := ParseTicks(ticks.String()); err != nil || got != ticks {
		t.Error(got, err)
	}
	if got := ETag(ticks).String(); got != `"0x8DC0B3F7B275814"` {
		t.Error(got)
	}
	if !ticks.Time().Equal(when) || !ticks.Seconds().Equal(when.Truncate(time.Second)) || !Ticks(0).Time().IsZero() || TicksOf(time.Time{}) != 0 {
		t.Error(ticks.Time())
	}
	for _, text := range []string{"", "2024", "2024-01-02T03:04:05", "2024-01-02T03:04:05+01:00", "0001-01-01T00:00:00Z"} {
		if _, err := ParseTicks(text); fault.ReasonOf(err) != "InvalidQueryParameterValue" {
			t.Errorf("%q: %v", text, err)
		}
	}
	for text, want := range map[string]Match{
		"*": {Any: true}, ETag(ticks).String(): {ETag: ETag(ticks)}, ETag(ticks).Bare(): {ETag: ETag(ticks)},
		` W/"0x1A" `: {ETag: 0x1a}, `"junk"`: {}, "": {}, `"0xZZ"`: {},
	} {
		if got := ParseETag(text); got != want {
			t.Errorf("%q: %+v", text, got)
		}
	}
}

// TestMomentsGrow: the clock may stand still or go back; ETags and versions do not.
func TestMomentsGrow(t *testing.T) {
	w := newWorld(t, versioned)
	seen := map[ETag]bool{}
	for range 5 {
		b := w.put(t, "b", "x")
		if seen[b.ETag] {
			t.Fatal("an ETag is used twice")
		}
		seen[b.ETag] = true
		w.clock.Advance(-time.Hour)
	}
	if n := len(w.names(t, ListBlobs{Include: Include{Versions: true}})); n != 5 {
		t.Errorf("%d versions", n)
	}
}
