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
	return c.compareLetters(trim(a), trim(b))
}

// compareLetters looks at ASCII letter by letter. The first difference of primary weights decides, whatever follows; only
// what they leave equal, and what is not ASCII, needs keys.
func (c *Collation) compareLetters(a, b string) int {
	if c.turkish() {
		return c.compareKeys(a, b)
	}
	n := min(len(a), len(b))
	same := true
	for i := range n {
		x, y := a[i], b[i]
		if (x|y)&0x80 != 0 {
			return c.compareKeys(a, b)
		}
		v, w := ascii[x], ascii[y]
		if v == 0 || w == 0 {
			return c.compareKeys(a, b)
		}
		if v != w {
			if next := i + 1; next < len(a) && a[next] >= 0x80 || next < len(b) && b[next] >= 0x80 {
				return c.compareKeys(a, b)
			}
			return order(v, w)
		}
		same = same && x == y
	}
	switch {
	case !same && !c.ignoreCase, !c.plain(a[n:]), !c.plain(b[n:]):
		return c.compareKeys(a, b)
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
