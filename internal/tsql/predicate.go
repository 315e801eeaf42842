package tsql

// condition reads a predicate.
func (p *parser) condition() Expr {
	e := p.or()
	p.needPredicate(e)
	p.highest = max(p.highest, p.height)
	return e
}

// needPredicate refuses a value where a predicate must stand.
func (p *parser) needPredicate(e Expr) {
	if p.err == nil && !IsPredicate(e) {
		p.fail(4145, "An expression of non-boolean type specified in a context where a condition is expected, near '%s'.", p.nearHere())
	}
}

// or reads predicates with OR between them, or a lone value: the one who calls knows which may stand.
func (p *parser) or() Expr {
	e := p.and()
	if p.is(kwOr) {
		return p.chain(e, kwOr, Or)
	}
	return e
}

func (p *parser) and() Expr {
	e := p.not()
	if p.is(kwAnd) {
		return p.chain(e, kwAnd, And)
	}
	return e
}

// chain reads the operands of one sort of logical operator that follow the first.
func (p *parser) chain(first Expr, kw keyword, op Operator) Expr {
	p.needPredicate(first)
	high := p.height
	from := len(p.pending)
	p.pending = append(p.pending, first)
	for p.accept(kw) {
		var e Expr
		if op == Or {
			e = p.and()
		} else {
			e = p.not()
		}
		p.needPredicate(e)
		high = max(high, p.height)
		p.pending = append(p.pending, e)
	}
	n := &Logical{Op: op, Operands: p.takePending(from), Node: p.from(first.Span())}
	p.grow(high + 1)
	return n
}

// not reads a predicate with NOT before it, or without.
func (p *parser) not() Expr {
	if !p.is(kwNot) {
		return p.predicate()
	}
	n := &Not{Node: p.node(), X: p.bad()}
	p.advance()
	if !p.enter() {
		return n
	}
	n.X = p.not()
	p.leave()
	p.needPredicate(n.X)
	p.done(&n.Node)
	p.grow(p.height + 1)
	return n
}

// comparison gives the operator that a sign is, if it compares.
func comparison(k kind) Operator {
	switch k {
	case '=':
		return Equal
	case kindNotEqual:
		return NotEqual
	case '<':
		return Less
	case kindLessEqual:
		return LessEqual
	case '>':
		return Greater
	case kindGreaterEqual:
		return GreaterEqual
	}
	return NoOperator
}

// predicate reads one predicate, or a lone value.
func (p *parser) predicate() Expr {
	if p.is(kwExists) {
		n := &Exists{Node: p.node()}
		p.advance()
		n.Query = p.parenthesisedQuery(false)
		p.done(&n.Node)
		return n
	}
	p.either = true
	left := p.binary(addLevel)
	p.either = false
	if IsPredicate(left) {
		return left
	}
	if op := comparison(p.tok.kind); op != NoOperator {
		return p.compare(left, op)
	}
	switch p.tok.kw {
	case kwIs:
		return p.isNull(left)
	case kwNot, kwIn, kwLike, kwBetween:
		return p.negatable(left)
	}
	return left
}

func (p *parser) compare(left Expr, op Operator) Expr {
	high := p.height
	p.advance()
	if p.is(kwAll) || p.is(kwAny) || p.is(kwSome) {
		n := &Quantified{Op: op, X: left, All: p.is(kwAll)}
		p.advance()
		n.Query = p.parenthesisedQuery(false)
		n.Node = p.from(left.Span())
		p.grow(max(high, p.height) + 1)
		return n
	}
	n := p.nodes.compares.get()
	n.Op, n.Left = op, left
	n.Right = p.binary(addLevel)
	n.Node = p.from(left.Span())
	p.grow(max(high, p.height) + 1)
	return n
}

// isNull reads IS [NOT] NULL and IS [NOT] DISTINCT FROM.
func (p *parser) isNull(left Expr) Expr {
	high := p.height
	p.advance()
	not := p.accept(kwNot)
	if p.accept(kwDistinct) {
		p.expect(kwFrom)
		n := &Distinct{Left: left, Not: not}
		n.Right = p.binary(addLevel)
		n.Node = p.from(left.Span())
		p.grow(max(high, p.height) + 1)
		return n
	}
	p.expect(kwNull)
	p.grow(high + 1)
	return &IsNull{X: left, Not: not, Node: p.from(left.Span())}
}

// negatable reads the predicates that may have NOT before their word.
func (p *parser) negatable(left Expr) Expr {
	not := p.accept(kwNot)
	high := p.height
	defer func() { p.grow(max(high, p.height) + 1) }()
	switch {
	case p.accept(kwIn):
		return p.in(left, not)
	case p.accept(kwLike):
		n := &Like{X: left, Not: not}
		n.Pattern = p.binary(addLevel)
		high = max(high, p.height)
		switch {
		case p.accept(kwEscape):
			n.Escape = p.binary(addLevel)
		case p.isSign('{') && p.nextWord("ESCAPE"):
			p.advance()
			p.advance()
			n.Escape = p.binary(addLevel)
			p.expectSign('}')
		}
		n.Node = p.from(left.Span())
		return n
	case p.accept(kwBetween):
		n := &Between{X: left, Not: not}
		n.Low = p.binary(addLevel)
		high = max(high, p.height)
		p.expect(kwAnd)
		n.High = p.binary(addLevel)
		n.Node = p.from(left.Span())
		return n
	}
	p.unexpected()
	return left
}

// in reads the list or the query of IN.
func (p *parser) in(left Expr, not bool) Expr {
	n := &In{X: left, Not: not}
	outer := p.highest
	p.highest = 0
	if p.isSign('(') && p.peek().kw == kwSelect {
		n.Query = p.parenthesisedQuery(false)
	} else {
		p.expectSign('(')
		n.List = p.values()
		if s, ok := n.List[0].(*Subquery); ok && len(n.List) == 1 && p.atSetOperator() {
			s.Query = p.continueQuery(s.Query)
		}
		p.expectSign(')')
		if s, ok := n.List[0].(*Subquery); ok && len(n.List) == 1 {
			n.List, n.Query = nil, s.Query
		}
	}
	p.height, p.highest = p.highest, outer
	n.Node = p.from(left.Span())
	return n
}
