package rbac

import (
	"fmt"
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
