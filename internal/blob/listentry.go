package blob

import (
	"bytes"
	"math"
	"strings"
)

// entry is what a list shows of one name.
type entry struct {
	*listing
	name     []byte
	base     *Blob
	shown    []*Blob // of the history
	last     *Blob   // the last version that is there, whether shown or not
	waiting  bool    // there are uncommitted blocks
	fullName string
}

// moment is the place of a blob among those of its name: the blob itself is the last.
func (b *Blob) moment() Ticks {
	switch {
	case b.Snapshot != 0:
		return b.Snapshot
	case b.VersionID != 0 && !b.Current:
		return b.VersionID
	case b.Deleted != 0:
		return b.Deleted
	}
	return math.MaxUint64
}

// take reads the first row of a source.
func (e *entry) take(s *source) error {
	value := s.value
	s.pop()
	if s.table == "u" {
		h, err := decodeStaged(value)
		e.waiting, e.fullName = true, h.name
		s.seek(append(bytes.Clone(e.name), 1)) // the rows of its blocks need not be read
		return err
	}
	b, err := e.decode(value)
	if err != nil {
		return err
	}
	if s.table == "b" {
		e.base = b
		return nil
	}
	if b.Purge != 0 && b.Purge <= e.now {
		return nil
	}
	version := b.VersionID != 0 && b.Snapshot == 0
	if version && b.Deleted == 0 {
		e.last = b
	}
	if e.includes(b, version) && (string(e.name) != e.from || b.moment() >= e.resume) && strings.HasPrefix(b.Name, e.Prefix) {
		e.shown = append(e.shown, e.finish(b))
	}
	return nil
}

func (e *entry) includes(b *Blob, version bool) bool {
	i := e.Include
	switch {
	case b.Deleted != 0 && !i.Deleted:
		return false
	case version:
		return i.Versions
	case b.Snapshot != 0:
		return i.Snapshots
	}
	return true
}

// end puts the blob behind its history.
func (e *entry) end() []*Blob {
	switch b := e.base; {
	case b != nil && (b.Expires == 0 || b.Expires > e.now):
		b.Current = b.VersionID != 0
		if strings.HasPrefix(b.Name, e.Prefix) {
			return append(e.shown, e.finish(b))
		}
	case b == nil && e.waiting && strings.HasPrefix(e.fullName, e.Prefix):
		return append(e.shown, &Blob{Name: e.fullName, Type: BlockBlob, Uncommitted: true})
	case b == nil && e.last != nil && e.Include.DeletedWithVersions && len(e.shown) == 0:
		return []*Blob{{Name: e.last.Name, Type: e.last.Type, VersionsOnly: true}}
	}
	return e.shown
}

// finish leaves out what the request does not include.
func (l *listing) finish(b *Blob) *Blob {
	if !l.Include.Metadata {
		b.Metadata = nil
	}
	if !l.Include.Tags {
		b.Tags = nil
	}
	if !l.Include.Copy {
		b.Copy = nil
	}
	if !l.Include.Immutability {
		b.Immutability = nil
	}
	if !l.Include.LegalHold {
		b.LegalHold = false
	}
	return b.shown(l.account, l.now)
}
