package tags

import (
	"fmt"
	"strings"
)

// maxSearchKeys is how many tags a search may name.
const maxSearchKeys = 10

// maxDepth bounds parentheses and negations inside one another.
const maxDepth = 32

type token uint8

const (
	end     token = iota
	name          // an unquoted or double-quoted tag name; word has it without quotes
	text          // a value in single quotes; word has it without them
	symbol        // an operator or a parenthesis
	keyword       // AND, OR, NOT, in capitals
	builtin       // @container
	broken        // a quote that never ends
)

// parser is a recursive descent over a text of bounded length.
type parser struct {
	text   string
	search bool
	at     int // where the next token is looked for
	start  int // where the present one begins
	token  token
	word   string

	keys      map[string]bool
	container string
	scoped    bool
}

func (p *parser) fail(what string) error {
	return &syntaxError{position: p.start + 1, what: what}
}

// syntaxError is what is wrong where, in Azure's words: Find Blobs by Tags shows them to the client.
type syntaxError struct {
	position int // from 1; 0 is the whole of it
	what     string
}

func (e *syntaxError) Error() string {
	if e.position == 0 {
		return "Error parsing query: " + e.what
	}
	return fmt.Sprintf("Error parsing query at or near character position %d: %s", e.position, e.what)
}

// next reads a token.
func (p *parser) next() {
	for p.at < len(p.text) && strings.IndexByte(" \t\r\n", p.text[p.at]) >= 0 {
		p.at++
	}
	p.start = p.at
	if p.at == len(p.text) {
		p.token, p.word = end, ""
		return
	}
	switch c := p.text[p.at]; {
	case c == '"' || c == '\'':
		p.quoted(c)
	case strings.IndexByte("=<>()", c) >= 0:
		length := 1
		if two := p.text[p.at:min(p.at+2, len(p.text))]; two == "<>" || two == "<=" || two == ">=" {
			length = 2
		}
		p.token, p.word = symbol, p.text[p.at:p.at+length]
		p.at += length
	default:
		p.bare()
	}
}

// quoted reads up to the closing quote. A quote inside is written twice.
func (p *parser) quoted(quote byte) {
	p.token = name
	if quote == '\'' {
		p.token = text
	}
	var b strings.Builder
	for i := p.at + 1; i < len(p.text); i++ {
		if p.text[i] != quote {
			b.WriteByte(p.text[i])
			continue
		}
		if i+1 < len(p.text) && p.text[i+1] == quote {
			b.WriteByte(quote)
			i++
			continue
		}
		p.at, p.word = i+1, b.String()
		return
	}
	p.at, p.token, p.word = len(p.text), broken, p.text[p.at:]
}

// bare reads a word without quotes: a keyword, a tag name of letters, digits and _, or one that begins with @.
func (p *parser) bare() {
	i := p.at
	if p.text[i] == '@' {
		i++
	}
	for i < len(p.text) && (p.text[i] == '_' || isAlphanumeric(p.text[i])) {
		i++
	}
	if i == p.at {
		i++
		p.token, p.word = broken, p.text[p.at:i]
		p.at = i
		return
	}
	p.word = p.text[p.at:i]
	p.at = i
	switch upper := strings.ToUpper(p.word); {
	case p.word[0] == '@':
		p.token = builtin
	case upper == "AND" || upper == "OR" || upper == "NOT":
		p.token, p.word = keyword, upper
	default:
		p.token = name
	}
}

func isAlphanumeric(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}

func (p *parser) is(t token, word string) bool { return p.token == t && p.word == word }

func (p *parser) or(depth int) (node, error) {
	if depth > maxDepth {
		return nil, p.fail("the expression is nested too deeply")
	}
	first, err := p.and(depth)
	if err != nil {
		return nil, err
	}
	nodes := anyOf{first}
	for p.is(keyword, "OR") {
		if p.search {
			return nil, p.fail("unexpected 'OR'")
		}
		p.next()
		n, err := p.and(depth)
		if err != nil {
			return nil, err
		}
		nodes = append(nodes, n)
	}
	if len(nodes) == 1 {
		return first, nil
	}
	return nodes, nil
}

func (p *parser) and(depth int) (node, error) {
	first, err := p.term(depth)
	if err != nil {
		return nil, err
	}
	nodes := all{first}
	for p.is(keyword, "AND") {
		p.next()
		n, err := p.term(depth)
		if err != nil {
			return nil, err
		}
		nodes = append(nodes, n)
	}
	if len(nodes) == 1 {
		return first, nil
	}
	return nodes, nil
}

func (p *parser) term(depth int) (node, error) {
	switch {
	case depth > maxDepth:
		return nil, p.fail("the expression is nested too deeply")
	case p.is(symbol, "("):
		p.next()
		n, err := p.or(depth + 1)
		if err != nil {
			return nil, err
		}
		if !p.is(symbol, ")") {
			return nil, p.fail("expected ')'")
		}
		p.next()
		return n, nil
	case p.is(keyword, "NOT") && !p.search:
		p.next()
		n, err := p.term(depth + 1)
		if err != nil {
			return nil, err
		}
		return not{n}, nil
	case p.token == name:
		return p.comparison()
	case p.token == builtin && p.search:
		return p.confine()
	case p.token == end:
		return nil, p.fail("unexpected end of query")
	default:
		return nil, p.fail("unexpected '" + p.word + "'")
	}
}

func (p *parser) comparison() (node, error) {
	c := comparison{key: p.word}
	if c.key == "" || len(c.key) > MaxKey {
		return nil, p.fail(fmt.Sprintf("tag must be between 1 and %d characters in length", MaxKey))
	}
	if !permitted(c.key) {
		return nil, p.fail("a character is not permitted in tag name or value")
	}
	p.next()
	if p.token != symbol || p.word == "(" || p.word == ")" || p.search && p.word == "<>" {
		return nil, p.fail("expected an operator")
	}
	c.operator = p.word
	p.next()
	if p.token != text {
		return nil, p.fail("expected a value in single quotes")
	}
	if len(p.word) > MaxValue {
		return nil, p.fail(fmt.Sprintf("tag value must be between 0 and %d characters in length", MaxValue))
	}
	if !permitted(p.word) {
		return nil, p.fail("a character is not permitted in tag name or value")
	}
	c.value = p.word
	p.keys[c.key] = true
	if p.search && len(p.keys) > maxSearchKeys {
		return nil, &syntaxError{what: fmt.Sprintf("there can be at most %d unique tags in a query", maxSearchKeys)}
	}
	p.next()
	return c, nil
}

// confine reads @container = 'name'.
func (p *parser) confine() (node, error) {
	if !strings.EqualFold(p.word, "@container") {
		return nil, p.fail("unsupported parameter '" + p.word + "'")
	}
	if p.scoped {
		return nil, p.fail("@container may be given once")
	}
	p.next()
	if !p.is(symbol, "=") {
		return nil, p.fail("@container can only be compared by '='")
	}
	p.next()
	if p.token != text {
		return nil, p.fail("expected a value in single quotes")
	}
	p.container, p.scoped = p.word, true
	p.next()
	return all(nil), nil
}
