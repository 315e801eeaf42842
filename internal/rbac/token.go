package rbac

import "strings"

type tokenKind uint8

const (
	endToken       tokenKind = iota
	wordToken                // keyword, operator, number, GUID
	stringToken              // 'text'
	attributeToken           // @Source[name]
	markToken                // ( ) { } , : ! && ||
)

type token struct {
	kind   tokenKind
	text   string // of attributeToken the name
	source string // of attributeToken
	at     int
}

func (t token) is(mark string) bool { return t.kind == markToken && t.text == mark }

func (t token) word(keyword string) bool {
	return t.kind == wordToken && strings.EqualFold(t.text, keyword)
}

// next reads the next token.
func (p *conditionParser) next() error {
	for p.pos < len(p.text) && strings.IndexByte(" \t\r\n", p.text[p.pos]) >= 0 {
		p.pos++
	}
	p.token = token{at: p.pos}
	if p.pos == len(p.text) {
		return nil
	}
	rest := p.text[p.pos:]
	switch c := rest[0]; {
	case strings.IndexByte("(){},:!", c) >= 0:
		p.token.kind, p.token.text = markToken, rest[:1]
		p.pos++
	case strings.HasPrefix(rest, "&&") || strings.HasPrefix(rest, "||"):
		p.token.kind, p.token.text = markToken, rest[:2]
		p.pos += 2
	case c == '\'':
		return p.quoted()
	case c == '@':
		return p.attributeName()
	default:
		n := 0
		for n < len(rest) && wordByte(rest[n]) {
			n++
		}
		if n == 0 {
			return p.errorf("unexpected character %q", c)
		}
		p.token.kind, p.token.text = wordToken, rest[:n]
		p.pos += n
	}
	return nil
}

func wordByte(c byte) bool {
	return 'a' <= lowerASCII(c) && lowerASCII(c) <= 'z' || '0' <= c && c <= '9' || strings.IndexByte("_.+-", c) >= 0
}

// quoted reads a string. A backslash before a quote or a backslash stands for that character; before anything else it
// stays, as the Like operators give it a meaning.
func (p *conditionParser) quoted() error {
	var b strings.Builder
	for i := p.pos + 1; i < len(p.text); i++ {
		c := p.text[i]
		if c == '\'' {
			p.token.kind, p.token.text, p.pos = stringToken, b.String(), i+1
			return nil
		}
		if c == '\\' && i+1 < len(p.text) && p.text[i+1] == '\'' {
			i++
			c = p.text[i]
		}
		b.WriteByte(c)
	}
	return p.errorf("the string has no end")
}

func (p *conditionParser) attributeName() error {
	rest := p.text[p.pos+1:]
	open := strings.IndexByte(rest, '[')
	end := strings.IndexByte(rest, ']')
	if open < 0 || end < open {
		return p.errorf("an attribute is written @Source[name]")
	}
	name := strings.TrimSpace(rest[open+1 : end])
	for _, source := range []string{"Resource", "Request", "Principal", "Environment"} {
		if strings.EqualFold(strings.TrimSpace(rest[:open]), source) && name != "" {
			p.token.kind, p.token.source, p.token.text = attributeToken, source, name
			p.pos += 1 + end + 1
			return nil
		}
	}
	return p.errorf("unknown attribute @%s]", rest[:end])
}
