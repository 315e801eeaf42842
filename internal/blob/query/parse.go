package query

import (
	"slices"
	"strconv"
)

// Query is a parsed expression. It is immutable.
type Query struct {
	star    bool
	columns []selected
	where   node
	limit   int64 // -1 where there is none
}

// selected is a column of the answer.
type selected struct {
	name      string // "" gets a number
	expr      node   // of COUNT(*): nil
	aggregate string // COUNT, SUM, AVG, MIN, MAX; "" of a plain expression
}

func (q *Query) aggregates() bool { return len(q.columns) > 0 && q.columns[0].aggregate != "" }

type parser struct {
	tokens []token
	i      int
	depth  int
}

// Parse reads SELECT … FROM BlobStorage [WHERE …] [LIMIT n]. Faults are of kind Invalid, reason InvalidInput, and of
// kind Unsupported for what Azure has and this has not.
func Parse(expression string) (*Query, error) {
	if len(expression) > MaxExpression {
		return nil, invalid("the expression is longer than %d bytes", MaxExpression)
	}
	tokens, err := lex(expression)
	if err != nil {
		return nil, err
	}
	p := &parser{tokens: tokens}
	q := &Query{limit: -1}
	if err := p.want("SELECT"); err != nil {
		return nil, err
	}
	if err := p.list(q); err != nil {
		return nil, err
	}
	if err := p.from(); err != nil {
		return nil, err
	}
	if p.keyword("WHERE") {
		if q.where, err = p.expr(0); err != nil {
			return nil, err
		}
	}
	if p.keyword("LIMIT") {
		t := p.next()
		if q.limit, err = strconv.ParseInt(t.text, 10, 64); err != nil || t.kind != numeral {
			return nil, p.fail(t)
		}
	}
	for p.symbol(";") {
	}
	if t := p.peek(); t.kind != endToken {
		return nil, p.fail(t)
	}
	return q, nil
}

func (p *parser) peek() token { return p.tokens[p.i] }

func (p *parser) next() token {
	t := p.tokens[p.i]
	if t.kind != endToken {
		p.i++
	}
	return t
}

func (p *parser) fail(t token) error {
	if t.kind == endToken {
		return invalid("the expression ends too early")
	}
	return invalid("unexpected %q at position %d", shorten(t.text), t.at+1)
}

// keyword takes a keyword, if it is the next token.
func (p *parser) keyword(k string) bool {
	if t := p.peek(); t.kind != word || t.fold != k {
		return false
	}
	p.i++
	return true
}

func (p *parser) symbol(s string) bool {
	if t := p.peek(); t.kind != sign1 || t.text != s {
		return false
	}
	p.i++
	return true
}

func (p *parser) want(what string) error {
	if p.keyword(what) || p.symbol(what) {
		return nil
	}
	return p.fail(p.peek())
}

// list reads what is selected.
func (p *parser) list(q *Query) error {
	if p.symbol("*") {
		q.star = true
		return nil
	}
	for {
		c, err := p.column()
		if err != nil {
			return err
		}
		if len(q.columns) > 0 && (c.aggregate == "") != (q.columns[0].aggregate == "") {
			return invalid("aggregates and plain columns cannot be selected together")
		}
		q.columns = append(q.columns, c)
		if !p.symbol(",") {
			return nil
		}
	}
}

func (p *parser) column() (c selected, err error) {
	t := p.peek()
	if t.kind == word && slices.Contains([]string{"COUNT", "SUM", "AVG", "MIN", "MAX"}, t.fold) && p.tokens[p.i+1].text == "(" {
		p.i += 2
		c.aggregate = t.fold
		if t.fold != "COUNT" || !p.symbol("*") {
			if c.expr, err = p.expr(0); err != nil {
				return c, err
			}
		}
		if err := p.want(")"); err != nil {
			return c, err
		}
	} else if c.expr, err = p.expr(0); err != nil {
		return c, err
	}
	if n, ok := c.expr.(name); ok && c.aggregate == "" {
		c.name = n.last()
	}
	if p.keyword("AS") {
		t := p.next()
		if t.kind != word && t.kind != quoted {
			return c, p.fail(t)
		}
		c.name = t.text
	}
	return c, nil
}

// from reads FROM BlobStorage, also written BlobStorage[*].
func (p *parser) from() error {
	if err := p.want("FROM"); err != nil {
		return err
	}
	if t := p.next(); t.kind != word || t.fold != "BLOBSTORAGE" {
		return p.fail(t)
	}
	if p.symbol("[") {
		if !p.symbol("*") || !p.symbol("]") {
			return unsupported("a table descriptor with a path")
		}
	}
	if p.symbol(".") {
		return unsupported("a table descriptor with a path")
	}
	return nil
}

// strength of binary operators: the tighter, the larger.
func (p *parser) operator() (op string, strength int) {
	t := p.peek()
	switch {
	case t.kind == word:
		switch t.fold {
		case "OR":
			return "OR", 1
		case "AND":
			return "AND", 2
		case "LIKE", "BETWEEN", "IN", "IS", "NOT":
			return t.fold, 4
		}
	case t.kind == sign1:
		switch t.text {
		case "=", "<>", "!=", "<", "<=", ">", ">=":
			return t.text, 4
		case "+", "-", "||":
			return t.text, 5
		case "*", "/", "%":
			return t.text, 6
		}
	}
	return "", 0
}

// expr reads an expression whose operators are stronger than weakest.
func (p *parser) expr(weakest int) (node, error) {
	if p.depth++; p.depth > maxDepth {
		return nil, invalid("the expression is nested too deeply")
	}
	defer func() { p.depth-- }()
	left, err := p.unary()
	if err != nil {
		return nil, err
	}
	for n := 0; ; n++ {
		op, strength := p.operator()
		if op == "" || strength <= weakest {
			return left, nil
		}
		if n > 1000 {
			return nil, invalid("the expression has too many operators")
		}
		p.i++
		switch op {
		case "LIKE", "BETWEEN", "IN", "IS", "NOT":
			left, err = p.predicate(left, op)
		default:
			var right node
			if right, err = p.expr(strength); err == nil {
				left = infix{op, left, right}
			}
		}
		if err != nil {
			return nil, err
		}
	}
}

// predicate reads what follows LIKE, BETWEEN, IN, IS, and NOT before one of them.
func (p *parser) predicate(left node, op string) (node, error) {
	negated := op == "NOT"
	if negated {
		op = p.next().fold
	}
	var n node
	switch op {
	case "IS":
		negated = p.keyword("NOT") || negated
		if !p.keyword("NULL") && !p.keyword("MISSING") {
			return nil, p.fail(p.peek())
		}
		n = isNull{left}
	case "LIKE":
		right, err := p.expr(4)
		if err != nil {
			return nil, err
		}
		n = like{left, right}
	case "BETWEEN":
		low, err := p.expr(4)
		if err != nil {
			return nil, err
		}
		if err := p.want("AND"); err != nil {
			return nil, err
		}
		high, err := p.expr(4)
		if err != nil {
			return nil, err
		}
		n = infix{"AND", infix{">=", left, low}, infix{"<=", left, high}}
	case "IN":
		items, err := p.arguments()
		if err != nil {
			return nil, err
		}
		n = in{left, items}
	default:
		return nil, p.fail(p.peek())
	}
	if negated {
		return unary{"NOT", n}, nil
	}
	return n, nil
}

// arguments reads ( expr, … ).
func (p *parser) arguments() (all []node, err error) {
	if err := p.want("("); err != nil {
		return nil, err
	}
	for !p.symbol(")") {
		if len(all) > 0 {
			if err := p.want(","); err != nil {
				return nil, err
			}
		}
		n, err := p.expr(0)
		if err != nil {
			return nil, err
		}
		all = append(all, n)
	}
	return all, nil
}
