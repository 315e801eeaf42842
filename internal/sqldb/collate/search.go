package collate

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// canon is the character that stands for all that the collation takes for r.
func (c *Collation) canon(r rune) rune {
	if c.binary {
		return r
	}
	if r < 0x80 && r != 'I' {
		if c.ignoreCase && r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}
	if c.ignoreWide && r >= 0xff01 && r <= 0xffee {
		if f := width.LookupRune(r).Folded(); f != 0 {
			r = f
		}
	}
	if c.ignoreKana && r >= 0x30a1 && r <= 0x30f6 {
		r -= 0x60
	}
	if c.ignoreCase {
		r = c.lower(r)
	}
	if _, own := c.tailoring[r]; c.ignoreMark && !own && !whole[r] && (r < 0xac00 || r > 0xd7a3) {
		if b, ok := strokes[r]; ok && !(c.turkish() && r == 'ı') {
			return rune(b)
		}
		if d := decomposition(r); d != "" {
			r, _ = decode(d)
		}
	}
	return r
}

func (c *Collation) lower(r rune) rune {
	switch {
	case c.turkish() && r == 'I':
		return 'ı'
	case c.turkish() && r == 'İ':
		return 'i'
	}
	return unicode.ToLower(r)
}

func (c *Collation) upper(r rune) rune {
	switch {
	case c.turkish() && r == 'i':
		return 'İ'
	case r == 'ß' || r == 'ı' && !c.turkish():
		return r
	}
	return unicode.ToUpper(r)
}

// Upper is UPPER: one character becomes one.
func (c *Collation) Upper(s string) string { return mapped(s, c.upper) }

// Lower is LOWER.
func (c *Collation) Lower(s string) string { return mapped(s, c.lower) }

// mapped is strings.Map for WTF-8.
func mapped(s string, f func(rune) rune) string {
	var b strings.Builder
	b.Grow(len(s))
	for len(s) > 0 {
		r, n := decode(s)
		if r >= 0xd800 && r <= 0xdfff {
			b.WriteString(s[:n])
		} else {
			b.WriteRune(f(r))
		}
		s = s[n:]
	}
	return b.String()
}

// Index finds sub in s from a byte on: where it begins and how many bytes of s are equal to it; -1 where it is not. An
// empty sub is nowhere.
func (c *Collation) Index(s, sub string, from int) (at, size int) {
	if sub == "" || from > len(s) {
		return -1, 0
	}
	if c.binary || sameInAnyCase(sub) && plainASCII(s) {
		if at = strings.Index(s[from:], sub); at < 0 {
			return -1, 0
		}
		return from + at, len(sub)
	}
	want := make([]rune, 0, len(sub))
	for rest := sub; len(rest) > 0; {
		r, n := decode(rest)
		want = append(want, c.canon(r))
		rest = rest[n:]
	}
	for at = from; at < len(s); {
		if size, ok := c.startsWith(s[at:], want); ok {
			return at, size
		}
		_, n := decode(s[at:])
		at += n
	}
	return -1, 0
}

// sameInAnyCase reports ASCII without letters, which every collation finds byte by byte in ASCII.
func sameInAnyCase(s string) bool {
	for i := range len(s) {
		if b := s[i] | 0x20; s[i] >= 0x80 || b >= 'a' && b <= 'z' {
			return false
		}
	}
	return true
}

func (c *Collation) startsWith(s string, want []rune) (size int, ok bool) {
	for _, w := range want {
		if size >= len(s) {
			return 0, false
		}
		r, n := decode(s[size:])
		if r != w && c.canon(r) != w {
			return 0, false
		}
		size += n
	}
	return size, true
}

// Replace is REPLACE: every part of s that is equal to old becomes with. ok is false where the result would be longer
// than limit bytes (limit < 0: no limit).
func (c *Collation) Replace(s, old, with string, limit int) (out string, ok bool) {
	at, size := c.Index(s, old, 0)
	if at < 0 {
		return s, true
	}
	var b strings.Builder
	last := 0
	for at >= 0 {
		b.WriteString(s[last:at])
		b.WriteString(with)
		last = at + size
		if limit >= 0 && b.Len() > limit {
			return "", false
		}
		at, size = c.Index(s, old, last)
	}
	b.WriteString(s[last:])
	return b.String(), limit < 0 || b.Len() <= limit
}
