// Package template is the language of Azure Resource Manager's templates: expressions and their functions, parameters,
// variables, loops, conditions, the order of resources, and outputs. It computes values and asks a Context for what is
// outside of the template. It must never know a store, a caller or a provider.
package template

import (
	"strconv"
	"strings"
)

// maxDepth bounds how deep expressions and values nest.
const maxDepth = 64

// node is a parsed expression.
type node struct {
	kind nodeKind
	text string // of a literal text, the name of a function or a member
	num  int64
	args []*node // of a call; for a member the base; for an index base and index
	safe bool    // .? and [?: null where there is no such member
}

type nodeKind uint8

const (
	literalText nodeKind = iota
	literalNumber
	call
	member
	index
)

// IsExpression reports whether a text of a template is an expression: in brackets, the first of which is not doubled.
func IsExpression(text string) bool {
	return len(text) > 1 && text[0] == '[' && text[len(text)-1] == ']' && text[1] != '['
}

// parser walks over one expression.
type parser struct {
	text  string
	at    int
	depth int
}

// parse takes apart an expression, with its brackets.
func parse(text string) (*node, error) {
	p := &parser{text: text[1 : len(text)-1]}
	n, err := p.expression()
	if err != nil {
		return nil, err
	}
	if p.space(); p.at < len(p.text) {
		return nil, p.unexpected()
	}
	return n, nil
}

func (p *parser) unexpected() error {
	got := "end of the expression"
	if p.at < len(p.text) {
		got = string([]rune(p.text[p.at:])[0])
	}
	return invalid("The language expression '%s' is not valid: the token '%s' at position '%d' is not expected.", clip(p.text), got, p.at+1)
}

func (p *parser) space() {
	for p.at < len(p.text) && strings.IndexByte(" \t\r\n", p.text[p.at]) >= 0 {
		p.at++
	}
}

// peek is the next byte that is no space, or 0.
func (p *parser) peek() byte {
	if p.space(); p.at < len(p.text) {
		return p.text[p.at]
	}
	return 0
}

func (p *parser) take(c byte) bool {
	if p.peek() != c {
		return false
	}
	p.at++
	return true
}

func (p *parser) expression() (*node, error) {
	if p.depth++; p.depth > maxDepth {
		return nil, invalid("The language expression is nested deeper than '%d' levels.", maxDepth)
	}
	defer func() { p.depth-- }()
	n, err := p.primary()
	for err == nil {
		switch {
		case p.take('.'):
			safe := p.take('?')
			name := p.name()
			if name == "" {
				return nil, p.unexpected()
			}
			n = &node{kind: member, text: name, args: []*node{n}, safe: safe}
			if p.peek() == '(' { // namespace.function(…)
				n, err = p.namespaced(n)
			}
		case p.take('['):
			safe := p.take('?')
			var at *node
			if at, err = p.expression(); err == nil && !p.take(']') {
				err = p.unexpected()
			}
			n = &node{kind: index, args: []*node{n, at}, safe: safe}
		default:
			return n, nil
		}
	}
	return nil, err
}

// namespaced is the call of a function that the template defines.
func (p *parser) namespaced(n *node) (*node, error) {
	base := n.args[0]
	if base.kind != call || base.args != nil || base.num != 1 {
		return nil, p.unexpected()
	}
	return p.call(base.text + "." + n.text)
}

func (p *parser) primary() (*node, error) {
	switch c := p.peek(); {
	case c == '\'':
		return p.quoted()
	case c == '-' || c == '+' || c >= '0' && c <= '9':
		start := p.at
		for p.at++; p.at < len(p.text) && p.text[p.at] >= '0' && p.text[p.at] <= '9'; p.at++ {
		}
		num, err := strconv.ParseInt(strings.TrimPrefix(p.text[start:p.at], "+"), 10, 64)
		if err != nil {
			return nil, invalid("The number '%s' in the language expression is not a whole number.", clip(p.text[start:p.at]))
		}
		return &node{kind: literalNumber, num: num}, nil
	}
	name := p.name()
	if name == "" {
		return nil, p.unexpected()
	}
	switch p.peek() {
	case '(':
		return p.call(name)
	case '.':
		return &node{kind: call, text: name, num: 1}, nil // a namespace: only a call may follow
	}
	return nil, p.unexpected()
}

func (p *parser) call(name string) (*node, error) {
	n := &node{kind: call, text: name, args: []*node{}}
	if !p.take('(') {
		return nil, p.unexpected()
	}
	if p.take(')') {
		return n, nil
	}
	for {
		arg, err := p.expression()
		if err != nil {
			return nil, err
		}
		n.args = append(n.args, arg)
		if p.take(')') {
			return n, nil
		}
		if !p.take(',') {
			return nil, p.unexpected()
		}
	}
}

// quoted is a text in single quotes, in which two of them stand for one.
func (p *parser) quoted() (*node, error) {
	var b strings.Builder
	for p.at++; p.at < len(p.text); p.at++ {
		c := p.text[p.at]
		if c == '\'' {
			if p.at+1 == len(p.text) || p.text[p.at+1] != '\'' {
				p.at++
				return &node{kind: literalText, text: b.String()}, nil
			}
			p.at++
		}
		b.WriteByte(c)
	}
	return nil, p.unexpected()
}

func (p *parser) name() string {
	p.space()
	start := p.at
	for p.at < len(p.text) {
		c := p.text[p.at]
		letter := c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' || c == '$'
		if !letter && (p.at == start || c < '0' || c > '9') {
			break
		}
		p.at++
	}
	return p.text[start:p.at]
}

// clip shortens a text for a message.
func clip(text string) string {
	const most = 200
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}
