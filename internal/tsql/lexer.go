package tsql

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// lexer cuts a text into tokens. Its first error stays in err, and from there on it gives kindEOF.
type lexer struct {
	src    string
	pos    int
	line   int32
	quoted bool // QUOTED_IDENTIFIER
	err    *Error
}

// fail keeps the first error and ends the text.
func (l *lexer) fail(e *Error) {
	if l.err == nil {
		l.err = e
	}
	l.pos = len(l.src)
}

// next gives the next token.
func (l *lexer) next() token {
	l.skip()
	t := token{start: int32(l.pos), line: l.line}
	if l.pos >= len(l.src) || l.err != nil {
		t.end = t.start
		return t
	}
	l.scan(&t)
	if l.err != nil {
		return token{start: t.start, end: t.start, line: t.line}
	}
	t.end = int32(l.pos)
	return t
}

// scan reads the token that begins at pos.
func (l *lexer) scan(t *token) {
	c := l.src[l.pos]
	switch {
	case isLetter(c):
		if (c == 'N' || c == 'n') && l.byteAt(1) == '\'' {
			l.pos++
			t.kind, t.text = kindNString, l.quote('\'')
			return
		}
		l.word(t)
	case isDigit(c), c == '.' && isDigit(l.byteAt(1)):
		l.number(t)
	case c == '\'':
		t.kind, t.text = kindString, l.quote('\'')
	case c == '[':
		t.kind, t.text = kindQuoted, l.quote(']')
		l.checkName(t)
	case c == '"' && l.quoted:
		t.kind, t.text = kindQuoted, l.quote('"')
		l.checkName(t)
	case c == '"':
		t.kind, t.text = kindString, l.quote('"')
	case c == '@':
		l.variable(t)
	case c == '$':
		l.dollar(t)
	case c >= utf8.RuneSelf:
		l.unicode(t)
	default:
		l.sign(t)
	}
}

func (l *lexer) byteAt(n int) byte {
	if l.pos+n < len(l.src) {
		return l.src[l.pos+n]
	}
	return 0
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// isLetter says what a bare name may begin with, of ASCII.
func isLetter(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' || c == '#'
}

// skip passes blanks and comments. Comments between /* and */ nest.
func (l *lexer) skip() {
	for l.pos < len(l.src) {
		switch c := l.src[l.pos]; {
		case c == '\n':
			l.line++
			l.pos++
		case 0 < c && c <= ' ': // control characters are blanks too
			l.pos++
		case c == '-' && l.byteAt(1) == '-':
			if i := strings.IndexByte(l.src[l.pos:], '\n'); i >= 0 {
				l.pos += i
			} else {
				l.pos = len(l.src)
			}
		case c == '/' && l.byteAt(1) == '*':
			l.comment()
		case c >= utf8.RuneSelf:
			r, n := utf8.DecodeRuneInString(l.src[l.pos:])
			if !unicode.IsSpace(r) {
				return
			}
			l.pos += n
		default:
			return
		}
	}
}

func (l *lexer) comment() {
	depth, line := 0, l.line
	for l.pos < len(l.src) {
		switch c := l.src[l.pos]; {
		case c == '\n':
			l.line++
			l.pos++
		case c == '/' && l.byteAt(1) == '*':
			depth++
			l.pos += 2
		case c == '*' && l.byteAt(1) == '/':
			depth--
			l.pos += 2
			if depth == 0 {
				return
			}
		default:
			l.pos++
		}
	}
	l.fail(&Error{Number: 113, Class: 15, State: 1, Line: line, Text: "Missing end comment mark '*/'."})
}

// word reads a bare name or keyword.
func (l *lexer) word(t *token) {
	start := l.pos
	l.passName()
	t.kind, t.text = kindWord, l.src[start:l.pos]
	t.kw = keywordOf(t.text)
	l.checkName(t)
}

// passName moves pos over the characters that a bare name may have.
func (l *lexer) passName() {
	for l.pos < len(l.src) {
		c := l.src[l.pos]
		if isLetter(c) || isDigit(c) || c == '@' || c == '$' {
			l.pos++
			continue
		}
		if c < utf8.RuneSelf {
			return
		}
		r, n := utf8.DecodeRuneInString(l.src[l.pos:])
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.M, r) && r != '·' {
			return
		}
		l.pos += n
	}
}

func (l *lexer) variable(t *token) {
	start := l.pos
	t.kind = kindVariable
	l.pos++
	if l.byteAt(0) == '@' {
		t.kind = kindSystem
	}
	l.passName()
	t.text = l.src[start:l.pos]
	l.checkName(t)
}

// unicode reads a token that begins outside of ASCII: a name, or an amount with a currency sign.
func (l *lexer) unicode(t *token) {
	r, n := utf8.DecodeRuneInString(l.src[l.pos:])
	switch {
	case unicode.IsLetter(r):
		l.word(t)
	case unicode.Is(unicode.Sc, r):
		l.pos += n
		l.money(t)
	default:
		t.kind, t.text = '\\', l.src[l.pos:l.pos+n]
		l.pos += n
	}
}

// maxName is the most UTF-16 units that a name may have.
const maxName = 128

func (l *lexer) checkName(t *token) {
	if l.err != nil {
		return
	}
	if t.text == "" {
		l.fail(&Error{
			Number: 1038, Class: 15, State: 4, Line: t.line,
			Text: "An object or column name is missing or empty. For SELECT INTO statements, verify each column has a name. " +
				`For other statements, look for empty alias names. Aliases defined as "" or [] are not allowed. Change the alias to a valid name.`,
		})
		return
	}
	if len(t.text) <= maxName {
		return
	}
	if cut, long := cutName(t.text, maxName); long {
		l.fail(&Error{
			Number: 103, Class: 15, State: 4, Line: t.line,
			Text: "The identifier that starts with '" + cut + "' is too long. Maximum length is 128.",
		})
	}
}

// cutName gives what of a name fits into max UTF-16 units, and whether there was more.
func cutName(name string, max int) (string, bool) {
	units := 0
	for i, r := range name {
		n := 1
		if r > 0xFFFF {
			n = 2
		}
		if units += n; units > max {
			return name[:i], true
		}
	}
	return name, false
}
