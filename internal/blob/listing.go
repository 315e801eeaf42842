package blob

import (
	"bytes"

	"github.com/alcedo-cloud/alcedo/internal/store"
)

// listing is a page in progress.
type listing struct {
	ListBlobs
	account  *Account
	size     int
	now      Ticks
	from     string // the first name
	resume   Ticks  // of from, what is older was shown on the page before
	reader   store.Reader
	instance instance
	sources  []*source // blobs first
	name     []byte    // what is being looked at; room for it
	show     func(ListItem) error
	items    int
	next     string
	blobs    []*Blob // taken from records; used again for the next name
	used     int     // of blobs
}

// run merges what is there with what the request includes, name by name.
func (l *listing) run() error {
	if err := l.open(); err != nil {
		return err
	}
	prefix := []byte(cutName(l.Prefix))
	end := keyName(l.EndBefore)
	for {
		name, ok, err := l.first()
		if err != nil || !ok || !bytes.HasPrefix(name, prefix) || end != "" && string(name) >= end {
			return err
		}
		l.used = 0
		if group, ok := l.grouped(name); ok {
			full, err := l.group(group, name)
			if err != nil || full {
				return err
			}
			continue
		}
		shown, err := l.entry(name)
		if err != nil {
			return err
		}
		for _, b := range shown {
			if l.items >= l.size {
				l.next = marker(string(name), b.moment())
				return nil
			}
			if err := l.add(ListItem{Blob: b}); err != nil {
				return err
			}
		}
	}
}

// open begins to walk over what the request includes.
func (l *listing) open() error {
	tables := []string{"b"}
	i := l.Include
	if i.Snapshots || i.Versions || i.Deleted || i.DeletedWithVersions {
		tables = append(tables, "h")
	}
	if i.Uncommitted {
		tables = append(tables, "u")
	}
	for _, table := range tables {
		s, err := l.source(table)
		if err != nil {
			return err
		}
		l.sources = append(l.sources, s)
	}
	return nil
}

// close gives the cursors back. What they have met was told by first.
func (l *listing) close() {
	for _, s := range l.sources {
		_ = s.cursor.Close()
	}
}

func (l *listing) add(i ListItem) error {
	l.items++
	return l.show(i)
}

// group shows a prefix, where anything behind it is to be shown, and goes on behind it. full says that the page had no
// room for it.
func (l *listing) group(prefix string, name []byte) (full bool, err error) {
	begins := string(name) // name changes on the way
	shows, err := l.showsBelow(prefix, name)
	if err != nil {
		return false, err
	}
	if shows && l.items >= l.size {
		l.next = marker(begins, 0)
		return true, nil
	}
	if shows {
		if err := l.add(ListItem{Prefix: prefix}); err != nil {
			return false, err
		}
	}
	l.skip(prefix)
	return false, nil
}

// grouped gives the prefix that stands for a name, where a delimiter follows the list's prefix in it.
func (l *listing) grouped(name []byte) (string, bool) {
	if l.Delimiter == "" || len(name) < len(l.Prefix) {
		return "", false
	}
	i := bytes.Index(name[len(l.Prefix):], []byte(l.Delimiter))
	if i < 0 {
		return "", false
	}
	return string(name[:len(l.Prefix)+i+len(l.Delimiter)]), true
}

// showsBelow reports whether anything behind a prefix is to be shown. A name of a blob that is there decides at once;
// history alone may be nothing that the request includes.
func (l *listing) showsBelow(prefix string, name []byte) (bool, error) {
	for bytes.HasPrefix(name, []byte(prefix)) {
		l.used = 0
		if s := l.sources[0]; !s.done && bytes.Equal(s.name, name) {
			b, err := l.decode(s.value)
			if err != nil {
				return false, err
			}
			if b.Expires == 0 || b.Expires > l.now {
				return true, nil
			}
		}
		shown, err := l.entry(name)
		if err != nil || len(shown) > 0 {
			return len(shown) > 0, err
		}
		next, ok, err := l.first()
		if err != nil || !ok {
			return false, err
		}
		name = next
	}
	return false, nil
}

// first is the smallest name that any source has. It holds until the next call.
func (l *listing) first() (name []byte, ok bool, err error) {
	for _, s := range l.sources {
		if err := s.fill(); err != nil {
			return nil, false, err
		}
		if !s.done && (!ok || bytes.Compare(s.name, name) < 0) {
			name, ok = s.name, true
		}
	}
	l.name = append(l.name[:0], name...)
	return l.name, ok, nil
}

// skip moves all sources behind a prefix.
func (l *listing) skip(prefix string) {
	end := store.End([]byte(prefix))
	for _, s := range l.sources {
		s.seek(end)
	}
}

// entry takes what is to be shown of a name: its history in the order of time, then the blob. It stops where the page
// is full.
func (l *listing) entry(name []byte) ([]*Blob, error) {
	e := entry{listing: l, name: name}
	for i := len(l.sources) - 1; i >= 0; i-- {
		s := l.sources[i]
		for !s.done && bytes.Equal(s.name, name) {
			if err := e.take(s); err != nil {
				return nil, err
			}
			if len(e.shown) > l.size {
				return e.shown, nil
			}
			if err := s.fill(); err != nil {
				return nil, err
			}
		}
	}
	return e.end(), nil
}

// decode reads a record into a blob that is the listing's until the next name.
func (l *listing) decode(record []byte) (*Blob, error) {
	if l.used == len(l.blobs) {
		l.blobs = append(l.blobs, new(Blob))
	}
	b := l.blobs[l.used]
	l.used++
	return b, b.decode(record)
}

// source walks over one table of a container.
type source struct {
	table  string
	prefix []byte // of all rows
	cursor store.Cursor
	key    []byte // room for what is sought

	taken bool // the row was taken: fill goes on to the next
	done  bool // nothing is left: name and value are void
	name  []byte
	value []byte
	err   error
}

func (l *listing) source(table string) (*source, error) {
	prefix := keyIn(table, l.instance, "")
	c, err := l.reader.Cursor(keyIn(table, l.instance, l.from), store.End(prefix))
	if err != nil {
		return nil, err
	}
	return &source{table: table, prefix: prefix, cursor: c, taken: true}, nil
}

// fill makes name and value those of the first row that is left.
func (s *source) fill() error {
	if s.taken && !s.done {
		s.stand(s.cursor.Next())
	}
	return s.err
}

// stand takes the row that the cursor has come to. History and blocks have a 0 behind the name, which no name contains.
func (s *source) stand(found bool) {
	s.taken = false
	if !found {
		s.done, s.name, s.value, s.err = true, nil, nil, s.cursor.Err()
		return
	}
	item := s.cursor.Item()
	if len(item.Key) < len(s.prefix) {
		s.done, s.err = true, errKey
		return
	}
	s.name, s.value = item.Key[len(s.prefix):], item.Value
	if s.table != "b" {
		s.name, _, _ = bytes.Cut(s.name, []byte{0})
	}
}

// pop takes the row. Its name and value hold until fill or seek.
func (s *source) pop() { s.taken = true }

// seek moves on to the first row whose name is not before the one given; nil is behind all.
func (s *source) seek(name []byte) {
	switch {
	case s.done || s.err != nil:
	case name == nil:
		s.done = true
	case s.taken || bytes.Compare(s.name, name) < 0:
		s.key = append(append(s.key[:0], s.prefix...), name...)
		s.stand(s.cursor.Seek(s.key))
	}
}
