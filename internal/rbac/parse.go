package rbac

import (
	"fmt"
	"strings"
)

// conditionParser reads a condition from left to right:
//
//	expression = term { AND term } | term { OR term }     mixing the two asks for parentheses
//	term       = NOT term | "(" expression ")" | ActionMatches{'…'} | SubOperationMatches{'…'} | Exists attribute
//	           | operand [set ":"] operator operand
//	operand    = attribute | value | "{" value { "," value } "}"
//	attribute  = "@" source "[" name "]"
type conditionParser struct {
	text  string
	pos   int
	token token
	depth int
}

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

func (p *conditionParser) errorf(format string, args ...any) error {
	return fmt.Errorf("at byte %d: %s", p.token.at, fmt.Sprintf(format, args...))
}

func (p *conditionParser) parse() (*node, error) {
	if err := p.next(); err != nil {
		return nil, err
	}
	root, err := p.expression()
	if err != nil {
		return nil, err
	}
	if p.token.kind != endToken {
		return nil, p.errorf("AND, OR or the end expected")
	}
	return root, nil
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

func (p *conditionParser) connective() (nodeKind, bool) {
	switch {
	case p.token.word("AND"), p.token.is("&&"):
		return andNode, true
	case p.token.word("OR"), p.token.is("||"):
		return orNode, true
	}
	return 0, false
}

func (p *conditionParser) expression() (*node, error) {
	left, err := p.term()
	if err != nil {
		return nil, err
	}
	first, ok := p.connective()
	for kind := first; ok; kind, ok = p.connective() {
		if kind != first {
			return nil, p.errorf("AND and OR side by side need parentheses")
		}
		if err := p.next(); err != nil {
			return nil, err
		}
		right, err := p.term()
		if err != nil {
			return nil, err
		}
		left = &node{kind: kind, left: left, right: right}
	}
	return left, nil
}

func (p *conditionParser) term() (*node, error) {
	if p.depth++; p.depth > maxConditionDepth {
		return nil, p.errorf("more than %d levels", maxConditionDepth)
	}
	defer func() { p.depth-- }()
	switch {
	case p.token.is("!"), p.token.word("NOT"):
		if err := p.next(); err != nil {
			return nil, err
		}
		inner, err := p.term()
		return &node{kind: notNode, left: inner}, err
	case p.token.is("("):
		if err := p.next(); err != nil {
			return nil, err
		}
		inner, err := p.expression()
		if err != nil {
			return nil, err
		}
		return inner, p.expect(")")
	case p.token.word("ActionMatches"):
		text, err := p.braced()
		return &node{kind: actionNode, action: NewPattern(text)}, err
	case p.token.word("SubOperationMatches"):
		text, err := p.braced()
		return &node{kind: subOperationNode, text: text}, err
	case p.token.word("Exists"):
		return p.exists()
	}
	return p.comparison()
}

func (p *conditionParser) expect(mark string) error {
	if !p.token.is(mark) {
		return p.errorf("%q expected", mark)
	}
	return p.next()
}

// braced reads {'text'} after a function's name.
func (p *conditionParser) braced() (string, error) {
	if err := p.next(); err != nil {
		return "", err
	}
	if err := p.expect("{"); err != nil {
		return "", err
	}
	if p.token.kind != stringToken || p.token.text == "" {
		return "", p.errorf("a string expected")
	}
	text := p.token.text
	if err := p.next(); err != nil {
		return "", err
	}
	return text, p.expect("}")
}

func (p *conditionParser) exists() (*node, error) {
	if err := p.next(); err != nil {
		return nil, err
	}
	if p.token.kind != attributeToken {
		return nil, p.errorf("an attribute expected")
	}
	n := &node{kind: existsNode, attribute: attribute{p.token.source, p.token.text}}
	return n, p.next()
}

func (p *conditionParser) comparison() (*node, error) {
	c := &comparison{}
	left, err := p.operand()
	if err != nil {
		return nil, err
	}
	if c.set, err = p.setFunction(); err != nil {
		return nil, err
	}
	if p.token.kind != wordToken {
		return nil, p.errorf("an operator expected")
	}
	var ok bool
	if c.operator, ok = parseOperator(p.token.text); !ok {
		return nil, p.errorf("unknown operator %s", p.token.text)
	}
	if err := p.next(); err != nil {
		return nil, err
	}
	right, err := p.operand()
	if err != nil {
		return nil, err
	}
	for _, side := range []writtenOperand{left, right} {
		if err := side.check(c); err != nil {
			return nil, p.errorf("%v", err)
		}
	}
	c.left, c.right = left.operand, right.operand
	return &node{kind: compareNode, compare: c}, nil
}

func (p *conditionParser) setFunction() (setFunction, error) {
	set := single
	switch {
	case p.token.word("ForAnyOfAnyValues"):
		set = anyOfAny
	case p.token.word("ForAllOfAnyValues"):
		set = allOfAny
	case p.token.word("ForAnyOfAllValues"):
		set = anyOfAll
	case p.token.word("ForAllOfAllValues"):
		set = allOfAll
	default:
		return set, nil
	}
	if err := p.next(); err != nil {
		return set, err
	}
	return set, p.expect(":")
}

// writtenOperand is an operand that still knows which of its values stood in quotes.
type writtenOperand struct {
	operand
	quoted []bool
}

// check compares the types of values that are written out with the operator's.
func (o writtenOperand) check(c *comparison) error {
	if !o.literal {
		return nil
	}
	if c.set == single && len(o.values) > 1 {
		return fmt.Errorf("several values need a set function such as ForAnyOfAnyValues")
	}
	for i, v := range o.values {
		if !c.operator.accepts(v, o.quoted[i]) {
			return fmt.Errorf("the operator cannot compare %q", v)
		}
	}
	return nil
}

func (p *conditionParser) operand() (writtenOperand, error) {
	var o writtenOperand
	switch {
	case p.token.kind == attributeToken:
		o.attribute = attribute{p.token.source, p.token.text}
		return o, p.next()
	case !p.token.is("{"):
		o.literal = true
		return o, p.value(&o)
	}
	o.literal = true
	if err := p.next(); err != nil {
		return o, err
	}
	for {
		if err := p.value(&o); err != nil {
			return o, err
		}
		if p.token.is("}") {
			return o, p.next()
		}
		if err := p.expect(","); err != nil {
			return o, err
		}
	}
}

func (p *conditionParser) value(o *writtenOperand) error {
	if p.token.kind != wordToken && p.token.kind != stringToken {
		return p.errorf("a value or an attribute expected")
	}
	o.values = append(o.values, p.token.text)
	o.quoted = append(o.quoted, p.token.kind == stringToken)
	return p.next()
}
