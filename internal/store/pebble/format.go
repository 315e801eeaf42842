package pebble

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"

	"github.com/cockroachdb/pebble/v2"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// The on-disk format: records of the store under 'd', the backend's own under 'm'. A value of the store has its
// version (8 bytes, big endian) before it.
const (
	dataPrefix = 'd'
	dataEnd    = 'd' + 1

	format       = 1
	versionBytes = 8

	// reserve is how many versions a commit reserves ahead. Versions need not be dense, so a reservation that a stop
	// cuts short is simply lost.
	reserve = 1 << 20
)

func formatKey() []byte { return []byte("mformat") }
func limitKey() []byte  { return []byte("mversion") }

func errorf(text string, args ...any) error { return fmt.Errorf("pebble: "+text, args...) }

// readFormat checks the folder's format, writes it into a new one, and finds out where versions go on.
func (s *Store) readFormat() error {
	text, err := s.read(formatKey())
	if err != nil {
		return err
	}
	if text == nil {
		return s.initialise()
	}
	n, err := strconv.Atoi(string(text))
	switch {
	case err != nil || n < 1:
		return fault.Newf(fault.Conflict, "pebble.Open", "", "the folder %q is not a store of alcedo", s.dir)
	case n > format:
		return &fault.Error{
			Kind: fault.Conflict, Op: "pebble.Open", Cause: ErrNewer,
			Message: fmt.Sprintf("the folder %q was written by a newer alcedo (format %d, this one knows %d)", s.dir, n, format),
		}
	}
	limit, err := s.read(limitKey())
	if err != nil {
		return err
	}
	if limit == nil {
		return nil
	}
	if len(limit) != versionBytes {
		return errorf("version limit of %d bytes", len(limit))
	}
	s.limit = binary.BigEndian.Uint64(limit)
	s.version = s.limit
	return nil
}

// initialise marks an empty folder as ours. The first commit makes the mark durable, and until then there is nothing
// to lose.
func (s *Store) initialise() error {
	it, err := s.db.NewIter(nil)
	if err != nil {
		return err
	}
	foreign := it.First()
	if err := errors.Join(it.Error(), it.Close()); err != nil {
		return err
	}
	if foreign {
		return fault.Newf(fault.Conflict, "pebble.Open", "", "the folder %q is not a store of alcedo", s.dir)
	}
	return s.db.Set(formatKey(), []byte(strconv.Itoa(format)), pebble.NoSync)
}

// read returns a record of the backend's own, nil where there is none.
func (s *Store) read(key []byte) ([]byte, error) {
	value, closer, err := s.db.Get(key)
	if errors.Is(err, pebble.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return append([]byte{}, value...), closer.Close()
}

// dataKey is the key under which a key of the store is kept.
func dataKey(buf, key []byte) []byte {
	return append(append(buf[:0], dataPrefix), key...)
}

// encodeValue puts the version before the value, in place.
func encodeValue(dst []byte, version uint64, value []byte) {
	binary.BigEndian.PutUint64(dst, version)
	copy(dst[versionBytes:], value)
}

// decodeItem takes apart what encodeValue wrote. The item's slices are the arguments'.
func decodeItem(key, raw []byte) (store.Item, error) {
	if len(raw) < versionBytes {
		return store.Item{}, errorf("value of %d bytes has no version", len(raw))
	}
	return store.Item{Key: key, Value: raw[versionBytes:], Version: store.Version(binary.BigEndian.Uint64(raw))}, nil
}

// clone takes a copy of an item, in one allocation.
func clone(item store.Item) store.Item {
	buf := make([]byte, len(item.Key)+len(item.Value))
	n := copy(buf, item.Key)
	copy(buf[n:], item.Value)
	item.Key, item.Value = buf[:n:n], buf[n:]
	return item
}
