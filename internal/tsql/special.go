package tsql

// special reads the calls whose arguments are more than values: CAST and its sisters. It gives nil for other names.
func (p *parser) special() Expr {
	if p.tok.kind != kindWord {
		return nil
	}
	switch name := p.tok.text; {
	case fold(name, "CAST"), fold(name, "TRY_CAST"):
		n := &Cast{Node: p.node(), Try: len(name) > 4}
		p.advance()
		p.advance()
		n.X = p.value()
		p.needAs(name)
		n.Type = p.dataType()
		p.expectSign(')')
		p.done(&n.Node)
		return n
	case fold(name, "PARSE"), fold(name, "TRY_PARSE"):
		n := &ParseValue{Node: p.node(), Try: len(name) > 5}
		p.advance()
		p.advance()
		n.X = p.value()
		p.needAs(name)
		n.Type = p.dataType()
		if p.acceptWord("USING") {
			n.Culture = p.value()
		}
		p.expectSign(')')
		p.done(&n.Node)
		return n
	case fold(name, "TRIM"):
		return p.trim()
	}
	return nil
}

// needAs passes the AS between a value and its new type.
func (p *parser) needAs(name string) {
	if p.err == nil && !p.accept(kwAs) {
		if p.isSign(')') || p.isSign(',') || p.isName() {
			p.fail(1035, "Incorrect syntax near '%s', expected 'AS'.", name)
		} else {
			p.unexpected()
		}
	}
}

// trim reads TRIM. The plain form, TRIM(x), is a Call.
func (p *parser) trim() Expr {
	n := &Trim{Node: p.node()}
	name := ObjectName{Node: n.Node}
	name.Name = p.takeIdent()
	p.done(&name.Node)
	p.advance()
	long := true
	switch {
	case p.peek().kind == ')' || p.peek().kind == ',':
		long = false // TRIM(leading): a column of that name
	case p.acceptWord("LEADING"):
		n.Side = TrimLeading
	case p.acceptWord("TRAILING"):
		n.Side = TrimTrailing
	case p.acceptWord("BOTH"):
	default:
		long = false
	}
	n.X = p.value()
	switch {
	case p.accept(kwFrom):
		n.Characters = n.X
		n.X = p.value()
	case !long:
		c := &Call{Node: n.Node, Name: name, Args: p.nodes.list([]Expr{n.X})}
		p.expectSign(')')
		p.done(&c.Node)
		return c
	}
	p.expectSign(')')
	p.done(&n.Node)
	return n
}

// convert reads CONVERT(type, x [, style]).
func (p *parser) convert() Expr {
	n := &Convert{Node: p.node(), Try: p.is(kwTryConvert)}
	p.advance()
	p.expectSign('(')
	n.Type = p.dataType()
	p.expectSign(',')
	n.X = p.value()
	if p.acceptSign(',') {
		n.Style = p.value()
	}
	p.expectSign(')')
	p.done(&n.Node)
	return n
}

// caseOf reads CASE … END.
func (p *parser) caseOf() Expr {
	n := &Case{Node: p.node()}
	p.advance()
	if !p.is(kwWhen) {
		n.Operand = p.value()
	}
	for p.is(kwWhen) {
		w := When{Node: p.node()}
		p.advance()
		if n.Operand != nil {
			w.If = p.value()
		} else {
			w.If = p.condition()
		}
		p.expect(kwThen)
		w.Then = p.value()
		p.done(&w.Node)
		n.Whens = append(n.Whens, w)
	}
	if len(n.Whens) == 0 {
		p.unexpected()
	}
	if p.accept(kwElse) {
		n.Else = p.value()
	}
	p.expect(kwEnd)
	p.done(&n.Node)
	return n
}
