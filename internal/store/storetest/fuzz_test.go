package storetest

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/store"
)

// FuzzStore plays any sequence of operations on a store and on a map, and compares.
func FuzzStore(f *testing.F) {
	f.Add([]byte("p1p2d1cs"))
	f.Add([]byte("p1p2rs"))
	f.Add([]byte("papbcvsdapacvd*"))
	f.Add([]byte("p=p1cs"))
	f.Fuzz(func(t *testing.T, script []byte) {
		m := &model{committed: map[string]string{}}
		s := Memory(t)
		for len(script) > 0 {
			var err error
			if script, err = m.transaction(t, s, script); err != nil {
				t.Fatal(err)
			}
			if err := store.View(t.Context(), s, func(r store.Reader) error { return m.compare(r, m.committed, "") }); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// model is what the store should hold.
type model struct {
	committed map[string]string
	writes    int
}

// transaction plays the script up to its first 'c' (commit) or 'r' (roll back), and returns the rest.
func (m *model) transaction(t *testing.T, s store.Store, script []byte) (rest []byte, err error) {
	next := maps.Clone(m.committed)
	commit := true
	err = s.Update(t.Context(), func(tx store.Tx) error {
		for len(script) > 0 {
			op := script[0]
			script = script[1:]
			switch {
			case op == 'c':
				return nil
			case op == 'r':
				commit = false
				return errGivenUp
			case len(script) == 0:
				return nil
			}
			key := string(script[:1])
			script = script[1:]
			if err := m.step(tx, next, op, key); err != nil {
				return err
			}
		}
		return nil
	})
	if !commit && errors.Is(err, errGivenUp) {
		return script, nil
	}
	m.committed = next
	return script, err
}

func (m *model) step(tx store.Tx, next map[string]string, op byte, key string) error {
	switch op % 4 {
	case 'd' % 4:
		delete(next, key)
		return tx.Delete([]byte(key))
	case 's' % 4:
		return m.compare(tx, next, key)
	default:
		m.writes++
		next[key] = fmt.Sprint(op, m.writes)
		return tx.Put([]byte(key), []byte(next[key]))
	}
}

// compare scans from a key, and looks each key up.
func (m *model) compare(r store.Reader, want map[string]string, from string) error {
	var pairs []string
	for _, key := range slices.Sorted(maps.Keys(want)) {
		if key >= from {
			pairs = append(pairs, key+"="+want[key])
		}
		if item, err := r.Get([]byte(key)); err != nil || string(item.Value) != want[key] {
			return fmt.Errorf("Get(%q) = %q, %w, want %q", key, item.Value, err, want[key])
		}
	}
	got, err := collect(r, []byte(from), nil)
	if err != nil || !slices.Equal(got, pairs) {
		return fmt.Errorf("Scan(%q) = %q, %w, want %q", from, got, err, pairs)
	}
	return m.seek(r, pairs, from)
}

// seek goes over the same pairs with a cursor: on to the end, then back to each of them.
func (m *model) seek(r store.Reader, pairs []string, from string) error {
	c, err := r.Cursor(nil, nil)
	if err != nil {
		return err
	}
	for n := range pairs {
		key := pairs[len(pairs)-1-n][:1] // what transaction takes from the script
		if !c.Seek([]byte(key)) || string(c.Item().Key) != key {
			return fmt.Errorf("Seek(%q) finds %q, %w", key, c.Item().Key, c.Err())
		}
	}
	var got []string
	for ok := c.Seek([]byte(from)); ok; ok = c.Next() {
		got = append(got, string(c.Item().Key)+"="+string(c.Item().Value))
	}
	if err := c.Close(); err != nil || !slices.Equal(got, pairs) {
		return fmt.Errorf("the cursor goes over %q, %w, want %q", got, err, pairs)
	}
	return nil
}
