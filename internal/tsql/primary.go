package tsql

// primary reads an operand: a literal, a variable, a name, a call, or something in parentheses.
func (p *parser) primary() Expr {
	either := p.either
	p.either = false
	p.height = 1
	switch p.tok.kind {
	case kindInteger:
		return p.literal(IntegerLiteral)
	case kindString:
		return p.literal(StringLiteral)
	case kindNString:
		return p.literal(NStringLiteral)
	case kindDecimal:
		return p.literal(DecimalLiteral)
	case kindFloat:
		return p.literal(FloatLiteral)
	case kindMoney:
		return p.literal(MoneyLiteral)
	case kindBinary:
		return p.literal(BinaryLiteral)
	case kindVariable, kindSystem:
		return p.variable()
	}
	if p.is(kwNull) {
		return p.literal(NullLiteral)
	}
	if p.isName() && p.plainColumn() {
		return p.column()
	}
	return p.composite(either)
}

// composite reads an operand that may hold others, and says how high it is.
func (p *parser) composite(either bool) Expr {
	if !p.enter() {
		return p.bad()
	}
	outer := p.highest
	p.highest = 0
	var e Expr
	switch {
	case p.isSign('('):
		e = p.parenthesised(either)
	case p.isSign('{'):
		e = p.escape()
	case p.tok.kw != notKeyword:
		e = p.keywordOperand()
	case p.isName():
		e = p.nameOrCall()
	default:
		p.unexpected()
		e = p.bad()
	}
	p.leave()
	p.grow(p.highest + 1)
	p.highest = outer
	return e
}

func (p *parser) literal(k LiteralKind) Expr {
	n := p.nodes.literals.get()
	n.At = Span{p.tok.start, p.tok.end, p.tok.line}
	n.Kind = k
	if k != NullLiteral {
		n.Text = p.tok.text
	}
	p.advance()
	return n
}

func (p *parser) variable() *Variable {
	n := p.nodes.variables.get()
	n.At = Span{p.tok.start, p.tok.end, p.tok.line}
	n.Name, n.System = p.tok.text, p.tok.kind == kindSystem
	p.advance()
	return n
}

// plainColumn reports whether the current name is a column of one part, the most frequent case.
func (p *parser) plainColumn() bool {
	switch next := p.peek(); next.kind {
	case '.', '(', kindScope:
		return false
	case kindWord:
		return !fold(p.tok.text, "NEXT") || !fold(next.text, "VALUE")
	}
	return true
}

func (p *parser) column() *Column {
	n := p.nodes.columns.get()
	n.Name = p.takeIdent()
	n.Node = n.Name.Node
	return n
}

// parenthesised reads (value), (predicate) where either may stand, and (query).
func (p *parser) parenthesised(either bool) Expr {
	n := p.node()
	p.advance()
	if p.is(kwSelect) {
		q := p.query(noOrder)
		p.expectSign(')')
		s := &Subquery{Node: n, Query: q}
		p.done(&s.Node)
		return s
	}
	var e Expr
	if either {
		e = p.or()
		p.highest = max(p.highest, p.height)
	} else {
		e = p.value()
	}
	// ((SELECT 1) UNION SELECT 2)
	if s, ok := e.(*Subquery); ok && p.atSetOperator() {
		s.Query = p.continueQuery(s.Query)
	}
	p.expectSign(')')
	return e
}

// keywordOperand reads an operand that begins with a reserved word.
func (p *parser) keywordOperand() Expr {
	n := p.node()
	next := p.peek().kind
	switch p.tok.kw {
	case kwCase:
		return p.caseOf()
	case kwConvert, kwTryConvert:
		return p.convert()
	case kwCurrentTimestamp, kwCurrentUser, kwSessionUser, kwSystemUser, kwUser, kwCurrentDate, kwCurrentTime:
		if next == '(' && !p.is(kwUser) && !p.is(kwCurrentUser) {
			break
		}
		id := p.takeIdent()
		c := &Call{Node: id.Node, Bare: true}
		c.Name.Node, c.Name.Name = id.Node, id
		return c
	case kwIdentitycol, kwRowguidcol:
		return p.column()
	case kwIdentity:
		if next == '(' {
			return p.newIdentity()
		}
	case kwCoalesce, kwNullif, kwLeft, kwRight, kwUpdate, kwContains, kwFreetext:
		if next == '(' {
			name := ObjectName{Node: n}
			name.Name = p.takeIdent()
			p.done(&name.Node)
			return p.call(name)
		}
	}
	p.unexpected()
	return p.bad()
}

// newIdentity reads IDENTITY(type [, seed, increment]).
func (p *parser) newIdentity() Expr {
	n := &NewIdentity{Node: p.node()}
	p.advance()
	p.advance()
	n.Type = p.dataType()
	if p.acceptSign(',') {
		n.Identity.Seed = p.signedInteger()
		p.expectSign(',')
		n.Identity.Increment = p.signedInteger()
	}
	p.expectSign(')')
	p.done(&n.Node)
	return n
}

// signedInteger reads an integer with its sign as text.
func (p *parser) signedInteger() string {
	sign := ""
	if p.acceptSign('-') {
		sign = "-"
	} else {
		p.acceptSign('+')
	}
	if !p.isSign(kindInteger) && !p.isSign(kindDecimal) {
		p.unexpected()
		return ""
	}
	p.advance()
	return sign + p.last.text
}
