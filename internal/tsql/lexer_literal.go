package tsql

// quote reads what stands between quotes, from the opening one at pos. The closing one doubled stands for itself. In
// a string, a backslash at the end of a line takes the line's end away with itself.
func (l *lexer) quote(closing byte) string {
	line := l.line
	l.pos++
	start := l.pos
	var b []byte // nil while the value is the text itself
	from := start
	for l.pos < len(l.src) {
		c := l.src[l.pos]
		switch {
		case c == '\n':
			l.line++
		case c == closing && l.byteAt(1) == closing:
			b = append(append(b, l.src[from:l.pos]...), closing)
			l.pos += 2
			from = l.pos
			continue
		case c == closing:
			end := l.pos
			l.pos++
			if b == nil {
				return l.src[start:end]
			}
			return string(append(b, l.src[from:end]...))
		case c == '\\' && (closing == '\'' || closing == '"' && !l.quoted):
			if n := l.lineEnd(); n > 0 {
				if b == nil {
					b = make([]byte, 0, 64)
				}
				b = append(b, l.src[from:l.pos]...)
				l.line++
				l.pos += 1 + n
				from = l.pos
				continue
			}
		}
		l.pos++
	}
	shown, _ := cutName(l.src[start:], maxName)
	l.fail(&Error{Number: 105, Class: 15, State: 1, Line: line, Text: "Unclosed quotation mark after the character string '" + shown + "'."})
	return ""
}

// lineEnd gives the length of the line end that follows the character at pos, or 0.
func (l *lexer) lineEnd() int {
	switch {
	case l.byteAt(1) == '\n':
		return 1
	case l.byteAt(1) == '\r' && l.byteAt(2) == '\n':
		return 2
	}
	return 0
}

// number reads 1, 1.2, .5, 1e3 and 0x1F.
func (l *lexer) number(t *token) {
	start := l.pos
	if l.src[l.pos] == '0' && l.byteAt(1)|0x20 == 'x' {
		l.pos += 2
		for l.pos < len(l.src) && isHex(l.src[l.pos]) {
			l.pos++
		}
		t.kind, t.text = kindBinary, l.src[start+2:l.pos]
		return
	}
	t.kind = kindInteger
	l.digits()
	if l.byteAt(0) == '.' {
		t.kind = kindDecimal
		l.pos++
		l.digits()
	}
	if l.byteAt(0)|0x20 == 'e' {
		// 1e, without digits, is a number too.
		t.kind = kindFloat
		l.pos++
		if c := l.byteAt(0); c == '+' || c == '-' {
			l.pos++
		}
		l.digits()
	}
	t.text = l.src[start:l.pos]
}

func (l *lexer) digits() {
	for l.pos < len(l.src) && isDigit(l.src[l.pos]) {
		l.pos++
	}
}

func isHex(c byte) bool { return isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'f' }

// dollar reads an amount of money, or a pseudo column as $action.
func (l *lexer) dollar(t *token) {
	start := l.pos
	l.pos++
	if isLetter(l.byteAt(0)) {
		l.passName()
		t.kind, t.text = kindWord, l.src[start:l.pos]
		l.checkName(t)
		return
	}
	l.money(t)
}

// money reads what follows a currency sign: an amount, perhaps with a sign of its own. The currency sign alone is nought.
func (l *lexer) money(t *token) {
	t.kind = kindMoney
	mark := l.pos
	for c := l.byteAt(0); c == ' ' || c == '\t'; c = l.byteAt(0) {
		l.pos++
	}
	start := l.pos
	if c := l.byteAt(0); c == '-' || c == '+' {
		l.pos++
	}
	first := l.pos
	l.digits()
	if l.byteAt(0) == '.' && (l.pos > first || isDigit(l.byteAt(1))) {
		l.pos++
		l.digits()
	}
	if l.pos == first {
		l.pos = mark
		t.text = "0"
		return
	}
	t.text = l.src[start:l.pos]
}

// signs of two and three characters; blanks may stand within those that compare.
var signs = [...]struct {
	first, second byte
	kind          kind
}{
	{'<', '=', kindLessEqual},
	{'<', '>', kindNotEqual},
	{'<', '<', kindShiftLeft},
	{'>', '=', kindGreaterEqual},
	{'>', '>', kindShiftRight},
	{'!', '=', kindNotEqual},
	{'!', '<', kindGreaterEqual},
	{'!', '>', kindLessEqual},
	{'+', '=', kindAddAssign},
	{'-', '=', kindSubAssign},
	{'*', '=', kindMulAssign},
	{'/', '=', kindDivAssign},
	{'%', '=', kindModAssign},
	{'&', '=', kindAndAssign},
	{'|', '=', kindOrAssign},
	{'|', '|', kindConcat},
	{'^', '=', kindXorAssign},
	{':', ':', kindScope},
}

func (l *lexer) sign(t *token) {
	c := l.src[l.pos]
	start := l.pos
	l.pos++
	t.kind = kind(c)
	if c < ' ' || c == 0x7F {
		t.kind = '\\' // no sign of the language; and no kind may look like one of the words'
	}
	switch c {
	case '<', '>', '!':
		mark := l.pos
		for l.byteAt(0) == ' ' || l.byteAt(0) == '\t' {
			l.pos++
		}
		if !l.second(t, c) {
			l.pos = mark
		}
	case '+', '-', '*', '/', '%', '&', '|', '^', ':':
		if l.second(t, c) && t.kind == kindConcat && l.byteAt(0) == '=' {
			l.pos++
			t.kind = kindConcatAssign
		}
	}
	t.text = l.src[start:l.pos]
}

// second looks for the second character of a sign.
func (l *lexer) second(t *token, first byte) bool {
	c := l.byteAt(0)
	for i := range signs {
		if signs[i].first == first && signs[i].second == c {
			l.pos++
			t.kind = signs[i].kind
			return true
		}
	}
	return false
}
