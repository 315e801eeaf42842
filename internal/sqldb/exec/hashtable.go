package exec

import "github.com/alcedo-cloud/alcedo/internal/sqldb/value"

// rowStore keeps rows of one width without an allocation for each.
type rowStore struct {
	width  int
	chunks [][]value.Value
	count  int
}

const chunkRows = 256

func (s *rowStore) add(row Row) int {
	at := s.count % chunkRows
	if at == 0 {
		s.chunks = append(s.chunks, make([]value.Value, s.width*chunkRows))
	}
	copy(s.chunks[len(s.chunks)-1][at*s.width:], row[:s.width])
	s.count++
	return s.count - 1
}

func (s *rowStore) get(i int) Row {
	at := i % chunkRows * s.width
	return s.chunks[i/chunkRows][at : at+s.width : at+s.width]
}

// hashTable finds rows by a hash of their keys; whether keys are equal, its user says. Entries with one hash are found
// latest first.
type hashTable struct {
	heads   []int32 // by the hash's lower bits: 1 + the number of an entry, 0 for none
	entries []hashEntry
}

// hashEntry has side by side what a search looks at.
type hashEntry struct {
	hash uint64
	next int32
}

func (t *hashTable) add(hash uint64) int {
	if len(t.entries) >= len(t.heads) {
		t.rehash(max(64, 2*len(t.heads)))
	}
	n := len(t.entries)
	slot := &t.heads[hash&uint64(len(t.heads)-1)]
	t.entries = append(t.entries, hashEntry{hash, *slot})
	*slot = int32(n + 1)
	return n
}

func (t *hashTable) rehash(size int) {
	t.heads = make([]int32, size)
	for n := range t.entries {
		e := &t.entries[n]
		slot := &t.heads[e.hash&uint64(size-1)]
		e.next = *slot
		*slot = int32(n + 1)
	}
}

// settle has entries with one hash found in the order in which they came; nothing is added afterwards.
func (t *hashTable) settle() {
	clear(t.heads)
	for n := len(t.entries) - 1; n >= 0; n-- {
		e := &t.entries[n]
		slot := &t.heads[e.hash&uint64(len(t.heads)-1)]
		e.next = *slot
		*slot = int32(n + 1)
	}
}

// first is the latest entry with a hash, -1 for none.
func (t *hashTable) first(hash uint64) int {
	if len(t.heads) == 0 {
		return -1
	}
	return t.find(int(t.heads[hash&uint64(len(t.heads)-1)])-1, hash)
}

// after is the entry with the same hash that came before n.
func (t *hashTable) after(n int) int { return t.find(int(t.entries[n].next)-1, t.entries[n].hash) }

func (t *hashTable) find(n int, hash uint64) int {
	for n >= 0 && t.entries[n].hash != hash {
		n = int(t.entries[n].next) - 1
	}
	return n
}

// entrySize is roughly what an entry of a hash table takes.
const entrySize = 24

// keying hashes and compares some values of known types; NULLs are equal.
type keying struct {
	hashers   []func(value.Value) uint64
	comparers []func(a, b value.Value) int
}

func keyingOf(types []value.Type) *keying {
	k := &keying{}
	for _, t := range types {
		k.hashers = append(k.hashers, value.Hasher(t))
		k.comparers = append(k.comparers, value.Comparer(t))
	}
	return k
}

func (k *keying) hash(row Row) uint64 {
	h := uint64(0)
	for i, f := range k.hashers {
		part := uint64(0x9e3779b97f4a7c15)
		if !row[i].IsNull() {
			part = f(row[i])
		}
		h = (h<<5 | h>>59) ^ part
		h *= 0x9fb21c651e98df25
	}
	return h ^ h>>29
}

func (k *keying) equal(a, b Row) bool {
	for i, f := range k.comparers {
		if f(a[i], b[i]) != 0 {
			return false
		}
	}
	return true
}
