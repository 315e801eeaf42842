package collate

import "bytes"

// Compare is -1, 0 or 1. The shorter string counts as padded with spaces.
func (c *Collation) Compare(a, b string) int {
	if a == b {
		return 0
	}
	if c.binary {
		return compareBinary(trim(a), trim(b))
	}
	a, b = trim(a), trim(b)
	if !c.plain(a) || !c.plain(b) {
		return c.compareKeys(a, b)
	}
	n := min(len(a), len(b))
	for i := range n {
		if v, w := ascii[a[i]], ascii[b[i]]; v != w {
			return order(v, w)
		}
	}
	switch {
	case len(a) < len(b):
		return -1
	case len(a) > len(b):
		return 1
	}
	return 0
}

// Equal reports whether a and b compare as equal.
func (c *Collation) Equal(a, b string) bool { return c.Compare(a, b) == 0 }

func (c *Collation) compareKeys(a, b string) int {
	var bufA, bufB [128]byte
	return bytes.Compare(c.AppendKey(bufA[:0], a), c.AppendKey(bufB[:0], b))
}

// compareBinary compares code points; the end of the shorter string counts as spaces.
func compareBinary(a, b string) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return order(a[i], b[i])
		}
	}
	for i := n; i < len(a); i++ {
		if a[i] != ' ' {
			return order(a[i], ' ')
		}
	}
	for i := n; i < len(b); i++ {
		if b[i] != ' ' {
			return order(' ', b[i])
		}
	}
	return 0
}

func order(a, b byte) int {
	if a < b {
		return -1
	}
	return 1
}

// Hash is the same for strings that are equal under the collation. It is the same in every process.
func (c *Collation) Hash(s string) uint64 {
	const offset, prime = 14695981039346656037, 1099511628211
	s = trim(s)
	h := uint64(offset)
	if !c.binary && c.plain(s) {
		for i := range len(s) {
			h = (h ^ uint64(ascii[s[i]])) * prime
		}
		return h
	}
	var buf [128]byte
	for _, b := range c.AppendKey(buf[:0], s) {
		h = (h ^ uint64(b)) * prime
	}
	return h
}
