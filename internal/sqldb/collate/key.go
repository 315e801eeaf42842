package collate

import (
	"bytes"
	"strings"
	"sync"
)

// AppendKey writes the sort key of s behind dst: two strings have the same key exactly when they are equal, and keys
// order as strings do, byte by byte, the shorter first. No byte of a key is 0, so that 0 may end it.
func (c *Collation) AppendKey(dst []byte, s string) []byte {
	s = trim(s)
	if c.binary {
		return appendBinary(dst, s)
	}
	if !c.plain(s) {
		return c.appendLevels(dst, s)
	}
	for i := range len(s) {
		dst = append(dst, ascii[s[i]])
	}
	return dst
}

// plain reports whether the key of s has its first level only, one byte for a character of ASCII.
func (c *Collation) plain(s string) bool {
	letters := c.turkish()
	for i := range len(s) {
		b := s[i]
		if b >= 0x80 || ascii[b] == 0 || (letters || !c.ignoreCase) && b >= 'A' && b <= 'Z' {
			return false
		}
	}
	return true
}

// keptLevels is how large the levels of a string may be that are kept for the next.
const keptLevels = 64 << 10

var pools = sync.Pool{New: func() any { return new(levels) }}

func (c *Collation) appendLevels(dst []byte, s string) []byte {
	l := pools.Get().(*levels)
	l.marks, l.cases = l.marks[:0], l.cases[:0]
	start := len(dst)
	for len(s) > 0 {
		r, n := decode(s)
		dst = c.appendRune(dst, r, l)
		s = s[n:]
	}
	dst = trimSpaces(dst, start)
	var marks, cases []byte
	if !c.ignoreMark {
		marks = bytes.TrimRight(l.marks, string(rune(unmarked)))
	}
	cases = c.thirds(l.cases)
	if len(marks)+len(cases) > 0 {
		dst = append(append(dst, separator), marks...)
	}
	if len(cases) > 0 {
		dst = append(append(dst, separator), cases...)
	}
	if cap(l.marks) <= keptLevels {
		pools.Put(l)
	}
	return dst
}

// trimSpaces takes weights of space from the end, which characters without weight may have uncovered. Weights of more
// than one byte never end in that of space but by chance, and so are looked at from the front.
func trimSpaces(dst []byte, start int) []byte {
	end := start
	for i := start; i < len(dst); {
		n := weightLength(dst[i])
		if dst[i] != space {
			end = i + n
		}
		i += n
	}
	if end > len(dst) {
		end = len(dst)
	}
	return dst[:end]
}

// weightLength is how many bytes a primary weight has, by its first.
func weightLength(lead byte) int {
	switch {
	case lead == symbol, lead == otherDigit, lead >= otherLetter:
		return 4
	case lead > firstLetter && lead < afterLetters && lead&1 == 1:
		return 2
	}
	return 1
}

// thirds leaves of the third level what the collation does not ignore, and cuts the defaults at its end.
func (c *Collation) thirds(cases []byte) []byte {
	keep := byte(0)
	if !c.ignoreCase {
		keep |= upper
	}
	if !c.ignoreWide {
		keep |= wide
	}
	if !c.ignoreKana {
		keep |= katakana
	}
	if keep == 0 {
		return nil
	}
	end := 0
	for i := range cases {
		cases[i] = cases[i]&keep | lower
		if cases[i] != lower {
			end = i + 1
		}
	}
	return cases[:end]
}

// A binary key has the bytes of the string, moved apart so that its end sorts as a run of spaces would: characters
// below the space, spaces before such a character, the end, spaces before another character, all others.
const (
	spacesBeforeLow  = 0x21
	endOfBinary      = 0x22
	spacesBeforeHigh = 0x23
	aboveSpace       = 3    // what is added to a first byte above the space
	chunk            = 253  // the longest run that one byte counts
	beyond           = 0xfc // bytes from here on are in no UTF-8
)

func appendBinary(dst []byte, s string) []byte {
	for i := 0; i < len(s); {
		b := s[i]
		switch {
		case b < ' ':
			dst = append(dst, b+1)
			i++
		case b == ' ':
			run := len(s) - i - len(strings.TrimLeft(s[i:], " "))
			i += run
			dst = appendRun(dst, run, s[i] < ' ')
		case b < beyond:
			dst = append(dst, b+aboveSpace)
			i++
		default: // no UTF-8 has such a byte
			dst = append(dst, 0xff, b-beyond+1)
			i++
		}
	}
	return append(dst, endOfBinary)
}

// appendRun writes how many spaces stand before a lower or a higher character.
func appendRun(dst []byte, run int, low bool) []byte {
	if low {
		dst = append(dst, spacesBeforeLow)
		for ; run > chunk; run -= chunk {
			dst = append(dst, chunk+1)
		}
		return append(dst, byte(run))
	}
	dst = append(dst, spacesBeforeHigh)
	for ; run > chunk; run -= chunk {
		dst = append(dst, 255-(chunk+1))
	}
	return append(dst, 255-byte(run))
}
