package pebble

import (
	"testing"
	"time"
)

// TestGather: a group takes what is ready, waits for as many as are wanted, and ends with those that there are.
func TestGather(t *testing.T) {
	for _, c := range []struct {
		name          string
		ready, wanted int
		later         bool // one more comes while it waits
		want          int
	}{
		{"nobody is held up where few are on their way", 0, 1, false, 1},
		{"all that is ready goes along", 9, 1, false, 10},
		{"also beyond what is wanted", 9, 4, false, 10},
		{"it waits", 1, 3, true, 3},
		{"but not for ever", 1, 5, false, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &Store{syncs: make(chan *commit, 16)}
			for range c.ready {
				s.syncs <- new(commit)
			}
			if c.later {
				defer time.AfterFunc(groupGap/10, func() { s.syncs <- new(commit) }).Stop()
			}
			gap := time.NewTimer(time.Hour)
			defer gap.Stop()
			got := len(s.gather([]*commit{new(commit)}, c.wanted, gap))
			if c.later && got == c.want-1 {
				return // a machine that is busy enough lets the gap pass first
			}
			if got != c.want {
				t.Errorf("%d, want %d", got, c.want)
			}
		})
	}
	s := &Store{syncs: make(chan *commit)}
	close(s.syncs)
	if got := s.gather([]*commit{new(commit)}, mostGroup, time.NewTimer(time.Hour)); len(got) != 1 {
		t.Errorf("%d when the store closes", len(got))
	}
}
