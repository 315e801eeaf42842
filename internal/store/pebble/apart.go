package pebble

import (
	"bytes"
	"slices"

	"github.com/cockroachdb/pebble/v2"

	"github.com/alcedo-cloud/alcedo/internal/store"
)

// borders gives where the keys of each prefix begin and end.
func borders(prefixes [][]byte) [][]byte {
	var all [][]byte
	for _, p := range prefixes {
		all = append(all, dataKey(nil, p))
		if end := store.End(p); end != nil {
			all = append(all, dataKey(nil, end))
		}
	}
	slices.SortFunc(all, bytes.Compare)
	return all
}

// nextBorder tells Pebble at which key to end the table that begins with start.
func (s *Store) nextBorder(start []byte) (pebble.SpanPolicy, []byte, error) {
	for _, b := range s.borders {
		if bytes.Compare(start, b) < 0 {
			return pebble.SpanPolicy{}, b, nil
		}
	}
	return pebble.SpanPolicy{}, nil, nil
}
