package collate

import "strings"

// Pattern is a compiled pattern of LIKE or PATINDEX.
type Pattern struct {
	c       *Collation
	tokens  []token
	text    string // the literal start, up to the first wildcard
	tail    bool   // what follows the literal start is one %
	unicode bool
	never   bool // a bracket that does not close: nothing is like it
}

type tokenKind uint8

const (
	literal tokenKind = iota
	anyOne            // _
	anyMany           // %
	oneOf             // []
	noneOf            // [^]
)

type token struct {
	kind   tokenKind
	char   rune // canonical
	ranges []interval
}

// interval is one character of a set, or a range of it by the order of the collation.
type interval struct {
	low, high       rune
	keyLow, keyHigh string
}

// Like compiles a pattern. escape is the character of ESCAPE, 0 where there is none. unicode says that one side is
// nchar or nvarchar: blanks at the end of the matched string then count.
func (c *Collation) Like(pattern string, escape rune, unicode bool) *Pattern {
	p := &Pattern{c: c, unicode: unicode}
	var start []byte
	fixed := true
	for s := pattern; len(s) > 0; {
		r, n := decode(s)
		s = s[n:]
		t := token{kind: literal, char: r}
		switch {
		case escape != 0 && r == escape:
			if s == "" {
				p.never = true
				return p
			}
			r, n = decode(s)
			t.char, s = r, s[n:]
		case r == '%':
			t.kind = anyMany
			if len(p.tokens) > 0 && p.tokens[len(p.tokens)-1].kind == anyMany {
				continue
			}
		case r == '_':
			t.kind = anyOne
		case r == '[':
			var ok bool
			if s, ok = p.set(s, escape, &t); !ok {
				p.never = true
				return p
			}
		}
		if t.kind == literal {
			if fixed {
				start = append(start, string(t.char)...)
			}
			t.char = c.canon(t.char)
		} else {
			p.tail = fixed && t.kind == anyMany && s == ""
			fixed = false
		}
		p.tokens = append(p.tokens, t)
	}
	p.text = string(start)
	return p
}

// set reads what stands in brackets.
func (p *Pattern) set(s string, escape rune, t *token) (rest string, ok bool) {
	t.kind = oneOf
	if strings.HasPrefix(s, "^") {
		t.kind, s = noneOf, s[1:]
	}
	next := func() (r rune, ok bool) {
		if s == "" {
			return 0, false
		}
		r, n := decode(s)
		s = s[n:]
		if escape != 0 && r == escape && s != "" {
			r, n = decode(s)
			s = s[n:]
			return r, true
		}
		return r, true
	}
	for first := true; ; first = false {
		if strings.HasPrefix(s, "]") && !first {
			return s[1:], true
		}
		if strings.HasPrefix(s, "]") {
			return s[1:], true // an empty set: nothing, or everything, is in it
		}
		low, ok := next()
		if !ok {
			return "", false
		}
		high := low
		if len(s) > 1 && s[0] == '-' && s[1] != ']' {
			s = s[1:]
			if high, ok = next(); !ok {
				return "", false
			}
		}
		iv := interval{low: p.c.canon(low), high: p.c.canon(high)}
		if low != high {
			iv.keyLow, iv.keyHigh = p.c.runeKey(low), p.c.runeKey(high)
		}
		t.ranges = append(t.ranges, iv)
	}
}

func (c *Collation) runeKey(r rune) string {
	var buf [16]byte
	return string(c.AppendKey(buf[:0], string(r)))
}

// Prefix gives the characters with which all that is like the pattern begins, and whether the rest is a single %. A
// pattern without wildcards has whole true and rest false.
func (p *Pattern) Prefix() (text string, rest, whole bool) {
	if p.never {
		return "", false, false
	}
	for _, t := range p.tokens {
		if t.kind != literal {
			return p.text, p.tail, false
		}
	}
	return p.text, false, true
}

// Match reports whether s is like the pattern.
func (p *Pattern) Match(s string) bool {
	if p.never {
		return false
	}
	return p.match(p.tokens, s)
}

// match walks along; at a character that does not fit it returns to the last % and lets that take one more.
func (p *Pattern) match(tokens []token, s string) bool {
	end := len(s)
	if !p.unicode {
		end = len(trim(s)) // blanks at the end of a varchar need not be matched
	}
	i, j, star, mark := 0, 0, -1, 0
	for i < len(s) {
		if j == len(tokens) && i >= end {
			return true
		}
		if j < len(tokens) && tokens[j].kind == anyMany {
			star, mark = j, i
			j++
			if j == len(tokens) {
				return true
			}
			continue
		}
		r, n := rune(s[i]), 1
		if r >= 0x80 {
			r, n = decode(s[i:])
		}
		if j < len(tokens) && p.fits(&tokens[j], r) {
			i += n
			j++
			continue
		}
		if star < 0 {
			return false
		}
		_, n = decode(s[mark:])
		mark += n
		i, j = mark, star+1
	}
	for j < len(tokens) && tokens[j].kind == anyMany {
		j++
	}
	return j == len(tokens)
}

func (p *Pattern) fits(t *token, r rune) bool {
	switch t.kind {
	case literal:
		return r == t.char || p.c.canon(r) == t.char
	case anyOne:
		return true
	}
	return p.in(t.ranges, r) == (t.kind == oneOf)
}

func (p *Pattern) in(ranges []interval, r rune) bool {
	char, key := p.c.canon(r), ""
	for i := range ranges {
		iv := &ranges[i]
		if iv.keyHigh == "" && iv.keyLow == "" {
			if iv.low == char {
				return true
			}
			continue
		}
		if key == "" {
			key = p.c.runeKey(r)
		}
		if iv.keyLow <= key && key <= iv.keyHigh {
			return true
		}
	}
	return false
}

// Index gives the byte at which the first part of s begins that is like the pattern, without a % that leads it; -1
// where there is none. It is PATINDEX.
func (p *Pattern) Index(s string) int {
	if p.never {
		return -1
	}
	if len(p.tokens) == 0 || p.tokens[0].kind != anyMany {
		if p.Match(s) {
			return 0
		}
		return -1
	}
	if len(p.tokens) == 1 {
		return 0
	}
	part, rest := p.tokens[1:], []token(nil)
	for i := range part {
		if part[i].kind == anyMany {
			part, rest = part[:i], part[i:]
			break
		}
	}
	end := len(s)
	if !p.unicode {
		end = len(trim(s))
	}
	for i := 0; i <= len(s); {
		size, ok := p.starts(part, s[i:])
		switch {
		case ok && rest == nil && i+size >= end:
			return i
		case ok && rest != nil:
			// What follows begins with a %: if it is not in all that is left now, it is in no less of it.
			if p.match(rest, s[i+size:]) {
				return i
			}
			return -1
		}
		if i == len(s) {
			break
		}
		_, n := decode(s[i:])
		i += n
	}
	return -1
}

// starts reports whether s begins with what the tokens, of which none is a %, stand for, and how many bytes that is.
func (p *Pattern) starts(tokens []token, s string) (size int, ok bool) {
	for j := range tokens {
		if size >= len(s) {
			return 0, false
		}
		r, n := decode(s[size:])
		if !p.fits(&tokens[j], r) {
			return 0, false
		}
		size += n
	}
	return size, true
}
