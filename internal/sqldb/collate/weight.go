package collate

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"
)

// A sort key has three levels: a primary weight for each letter, the accents, and case with width and kana. A level
// follows the one before after a separator, and a level in which nothing but defaults would stand is left out; so the
// key of an ASCII string under CI has a byte for each character. No byte of a key is 0.
const (
	separator = 0x01 // below every weight
	unmarked  = 0x02 // the default of the second level: no accent; it also ends a list of accents
	lower     = 0x02 // the default of the third level
	upper     = 0x04
	wide      = 0x08
	katakana  = 0x10

	space        = 0x03 // the least of primary weights, so that a shorter string sorts as if padded with it
	firstDigit   = 0x30
	firstLetter  = 0x40 // letters stand two apart, to leave room for tailoring
	symbol       = 0x2e // leads punctuation and symbols beyond ASCII
	otherDigit   = 0x3c // leads digits of other scripts
	afterLetters = 0x78 // leads letters beyond Z in tailored alphabets
	otherLetter  = 0x80 // leads letters of other scripts
	strokeMark   = 0x73 // accents that Unicode does not take apart: ø, ł, đ
	otherMark    = 0x74 // leads marks beyond U+036F
)

// punctuation is the order of ASCII's signs in Windows' tables, blanks first. Hyphen and apostrophe sort as signs here.
const punctuation = "\t\n\v\f\r'-!\"#$%&()*,./:;?@[\\]^_`{|}~+<=>"

// ascii has the primary weights of ASCII, 0 for control characters, which do not count.
var ascii = asciiWeights()

func asciiWeights() (w [128]byte) {
	w[' '] = space
	for i := range len(punctuation) {
		w[punctuation[i]] = space + 1 + byte(i)
	}
	for i := range byte(10) {
		w['0'+i] = firstDigit + i
	}
	for i := range byte(26) {
		w['a'+i] = firstLetter + 2*i
		w['A'+i] = firstLetter + 2*i
	}
	return w
}

// levels collects the second and third level of a key while the first is written.
type levels struct {
	marks, cases []byte
}

// letter notes a primary weight with its case; marks of it follow through mark.
func (l *levels) letter(third byte) {
	l.marks = append(l.marks, unmarked)
	l.cases = append(l.cases, third)
}

// mark notes an accent of the last letter.
func (l *levels) mark(b ...byte) {
	if n := len(l.marks); n > 0 {
		l.marks = append(append(l.marks[:n-1], b...), unmarked)
		return
	}
	l.marks = append(append(l.marks, b...), unmarked)
}

// decode is utf8.DecodeRuneInString that knows lone surrogates.
func decode(s string) (rune, int) {
	r, n := utf8.DecodeRuneInString(s)
	if r == utf8.RuneError && n == 1 && len(s) >= 3 && s[0] == 0xed && s[1]&0xe0 == 0xa0 && s[2]&0xc0 == 0x80 {
		return 0xd000 | rune(s[1]&0x3f)<<6 | rune(s[2]&0x3f), 3
	}
	return r, n
}

// expansions are the letters that sort as two, or as another with a stroke.
var expansions = map[rune]string{
	'æ': "ae", 'œ': "oe", 'ß': "ss", 'ẞ': "ss", 'þ': "th", 'ĳ': "ij", 'ŉ': "n", 'ŀ': "l",
}

var strokes = map[rune]byte{'ø': 'o', 'đ': 'd', 'ł': 'l', 'ð': 'd', 'ħ': 'h', 'ŧ': 't', 'ı': 'i'}

// whole are the letters that Unicode takes apart and that are letters of their own in Windows' tables.
var whole = map[rune]bool{'й': true, 'ї': true, 'ѓ': true, 'ќ': true, 'ў': true, '\u309b': true, '\u309c': true}

// appendRune writes the primary weight of a character and notes its other weights.
func (c *Collation) appendRune(dst []byte, r rune, l *levels) []byte {
	third := byte(lower)
	if r >= 0xff01 && r <= 0xffee {
		if f := width.LookupRune(r).Folded(); f != 0 {
			r, third = f, third|wide
		}
	}
	if low := unicode.ToLower(r); low != r && !(c.turkish() && r == 'I') {
		r, third = low, third|upper
	} else if c.turkish() && r == 'I' {
		r, third = 'ı', third|upper
	}
	if r >= 0x30a1 && r <= 0x30f6 {
		r, third = r-0x60, third|katakana
	}
	if w, ok := c.tailoring[r]; ok {
		for i := 0; i < len(w); i += weightLength(w[i]) {
			l.letter(third)
		}
		return append(dst, w...)
	}
	if r < utf8.RuneSelf {
		if w := ascii[r]; w != 0 {
			l.letter(third)
			dst = append(dst, w)
		}
		return dst
	}
	return c.appendBeyond(dst, r, third, l)
}

// appendBeyond is appendRune for what ASCII does not have.
func (c *Collation) appendBeyond(dst []byte, r rune, third byte, l *levels) []byte {
	if e, ok := expansions[r]; ok {
		for i := range len(e) {
			l.letter(third)
			dst = append(dst, ascii[e[i]])
		}
		return dst
	}
	if b, ok := strokes[r]; ok {
		l.letter(third)
		l.mark(strokeMark)
		return append(dst, ascii[b])
	}
	if unicode.Is(unicode.Mn, r) {
		if r < 0x370 {
			l.mark(byte(r-0x300) + unmarked + 1)
		} else {
			l.mark(append([]byte{otherMark}, sevens(nil, r)...)...)
		}
		return dst
	}
	if !whole[r] && (r < 0xac00 || r > 0xd7a3) {
		if parts := decomposition(r); parts != "" {
			for _, p := range parts {
				dst = c.appendPart(dst, p, third, l)
			}
			return dst
		}
	}
	return c.appendPlain(dst, r, third, l)
}

// appendPart is for a part of a character that was taken apart: it has the case of the whole.
func (c *Collation) appendPart(dst []byte, r rune, third byte, l *levels) []byte {
	if r >= utf8.RuneSelf {
		return c.appendBeyond(dst, r, third, l)
	}
	if w := ascii[r]; w != 0 {
		l.letter(third)
		dst = append(dst, w)
	}
	return dst
}

// appendPlain is for a character that stands for itself: its code point is its weight.
func (c *Collation) appendPlain(dst []byte, r rune, third byte, l *levels) []byte {
	var lead byte
	switch {
	case r > 0xffff && c.version == 0, r >= 0xd800 && r <= 0xdfff:
		return dst // the tables of version 80 have no weights for them: all are equal, and equal to nothing
	case unicode.IsLetter(r):
		l.letter(third)
		return sevens(append(dst, otherLetter), r)
	case unicode.IsDigit(r):
		lead = otherDigit
	case unicode.IsPrint(r), unicode.IsSpace(r):
		lead = symbol
	case unicode.Is(unicode.Cf, r), unicode.IsControl(r):
		return dst
	default:
		lead = otherLetter + 1
	}
	l.letter(third)
	return sevens(append(dst, lead), r)
}

// sevens writes a code point in three bytes of seven bits that are neither 0, nor a separator, nor a default.
func sevens(dst []byte, r rune) []byte {
	return append(dst, byte(r>>14)+3, byte(r>>7&0x7f)+3, byte(r&0x7f)+3)
}

func decomposition(r rune) string {
	var buf [utf8.UTFMax]byte
	d := norm.NFD.Properties(buf[:utf8.EncodeRune(buf[:], r)]).Decomposition()
	return string(d)
}
