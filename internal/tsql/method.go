package tsql

// xmlMethods are the methods of xml, whose names have letters of one case only.
var xmlMethods = []string{"value", "query", "exist", "nodes", "modify"}

func isXMLMethod(name string) bool {
	for _, m := range xmlMethods {
		if m == name {
			return true
		}
	}
	return false
}

// methodFollows reports whether the dot at the current token calls a method of e. Names are read whole elsewhere, so
// it does for whatever is not a literal.
func (p *parser) methodFollows(e Expr) bool {
	if !p.peek().isName() {
		return false
	}
	switch e.(type) {
	case *Variable, *Subquery, *Method, *Cast, *Convert, *Column, *Call:
		return true
	}
	return false
}

// method reads .name(arguments), or .name.
func (p *parser) method(x Expr) Expr {
	m := &Method{X: x}
	p.advance()
	m.Name = p.ident()
	p.methodArguments(m)
	m.Node = p.from(x.Span())
	return m
}

func (p *parser) methodArguments(m *Method) {
	if !p.acceptSign('(') {
		m.Bare = true
		return
	}
	if !p.isSign(')') {
		m.Args = p.values()
	}
	p.expectSign(')')
}

// staticMethod reads type::name(arguments).
func (p *parser) staticMethod(t ObjectName) Expr {
	m := &Method{Node: t.Node, Type: &t}
	p.advance()
	m.Name = p.ident()
	p.methodArguments(m)
	p.done(&m.Node)
	return m
}

// methodOf tells column.value('…', '…') from schema.value(…): the methods of xml take literals. It gives nil for a
// function.
func (p *parser) methodOf(n ObjectName, parts []Ident) Expr {
	last := parts[len(parts)-1]
	if len(parts) < 2 || !isXMLMethod(last.Name) {
		return nil
	}
	if k := p.peek().kind; k != kindString && k != kindNString {
		return nil
	}
	c := p.columnOf(n.Node, parts[:len(parts)-1])
	c.At.End = c.Name.At.End
	m := &Method{X: c, Name: last}
	p.methodArguments(m)
	m.Node = p.from(n.At)
	return m
}
