package blob

import (
	"bytes"

	"github.com/alcedo-cloud/alcedo/internal/store"
)

// refill is how many rows a source reads at once, at first and at most.
const (
	refillFirst = 32
	refillMost  = 1024
)

// source walks over one table of a container. Rows are read in runs that grow, so that skipping from prefix to prefix
// does not read what it skips.
type source struct {
	table  string
	reader store.Reader
	prefix []byte // of all rows
	end    []byte

	rows []store.Item
	next []byte // where the next run starts; nil at the end
	run  int

	done  bool // nothing is left: name and value are void
	name  string
	value []byte
}

func (l *listing) source(table string) *source {
	prefix := keyIn(table, l.instance, "")
	return &source{
		table: table, reader: l.reader, prefix: prefix, end: store.End(prefix),
		next: keyIn(table, l.instance, l.from), run: min(refillFirst, l.size+1),
	}
}

// fill makes name and value those of the first row that is left.
func (s *source) fill() error {
	if len(s.rows) == 0 && s.next != nil {
		if err := s.read(); err != nil {
			return err
		}
	}
	if len(s.rows) == 0 {
		s.done = true
		return nil
	}
	s.name, s.value = s.nameOf(s.rows[0].Key), s.rows[0].Value
	return nil
}

func (s *source) read() error {
	start, limit := s.next, s.run
	s.next = nil
	s.run = min(2*s.run, refillMost)
	for item, err := range s.reader.Scan(start, s.end) {
		if err != nil {
			return err
		}
		s.rows = append(s.rows, item)
		if len(s.rows) == limit {
			s.next = append(bytes.Clone(item.Key), 0)
			break
		}
	}
	return nil
}

// nameOf is the name in a key. History and blocks have a 0 behind it, which no name contains.
func (s *source) nameOf(key []byte) string {
	name := key[len(s.prefix):]
	if s.table != "b" {
		name, _, _ = bytes.Cut(name, []byte{0})
	}
	return string(name)
}

func (s *source) pop() { s.rows = s.rows[1:] }

// seek moves to the first row whose name is not before the one given.
func (s *source) seek(name string) {
	if s.done {
		return
	}
	for len(s.rows) > 0 {
		if s.nameOf(s.rows[0].Key) >= name {
			return
		}
		s.rows = s.rows[1:]
	}
	if s.next != nil {
		s.next = later(s.next, append(bytes.Clone(s.prefix), name...))
		s.run = 1 // behind a prefix, the first row may be all that is wanted
	}
}

func later(a, b []byte) []byte {
	if bytes.Compare(a, b) >= 0 {
		return a
	}
	return b
}
