package pebble

import (
	"time"

	"github.com/cockroachdb/pebble/v2"
)

// A sync costs the machine more than a commit does. Where many updates are on their way, several share one.
const (
	crowded   = 4                      // updates in progress from which on a sync waits for some of them
	mostGroup = 64                     // commits that it waits for at most
	groupGap  = 300 * time.Microsecond // it waits no longer once none has come for so long
)

// syncLoop has the log synced for one group of commits after another. What a sync finds in the log it makes durable, in
// the order of the commits, so that none waits for a later one.
func (s *Store) syncLoop() {
	defer s.stopped.Done()
	gap := time.NewTimer(groupGap)
	defer gap.Stop()
	var group []*commit
	wanted := 1
	for c := range s.syncs {
		group = s.gather(append(group[:0], c), wanted, gap)
		if err := s.db.LogData(nil, pebble.Sync); err != nil { // an empty record: the log ends with it
			s.fence.fail(err)
			continue
		}
		if s.fence.cause() != nil {
			continue
		}
		wanted = min(max(1, int(s.waiting.Load())/2), mostGroup) // the other half works while this one waits for the disk
		for _, c := range group {
			close(c.synced)
		}
		clear(group)
	}
}

// gather adds to a group the commits that are ready, and waits for more until it has as many as are wanted. Where few
// updates are in progress, nobody is held up.
func (s *Store) gather(group []*commit, wanted int, gap *time.Timer) []*commit {
	for {
		select {
		case c, ok := <-s.syncs:
			if !ok {
				return group
			}
			group = append(group, c)
			continue
		default:
		}
		if wanted < crowded/2 || len(group) >= wanted {
			return group
		}
		gap.Reset(groupGap)
		select {
		case c, ok := <-s.syncs:
			if !ok {
				return group
			}
			group = append(group, c)
		case <-gap.C:
			return group
		}
	}
}
