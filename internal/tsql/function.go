package tsql

// createFunction reads name (parameters) RETURNS … and the body.
func (p *parser) createFunction(n Node, mode ModuleMode) Statement {
	s := &CreateFunction{Node: n, Mode: mode, Name: p.moduleName("CREATE FUNCTION")}
	p.expectSign('(')
	s.Parameters = p.parameters(true)
	p.expectSign(')')
	p.expectWord("RETURNS")
	inline := false
	switch {
	case p.accept(kwTable):
		inline = true
	case p.isSign(kindVariable):
		s.Variable = p.variableName()
		p.expect(kwTable)
		d := p.tableDefinition()
		s.Table = &d
	default:
		t := p.dataType()
		s.Returns = &t
	}
	if p.accept(kwWith) {
		s.Options = p.moduleOptions()
	}
	p.accept(kwAs)
	switch {
	case p.is(kwExternal):
		p.notSupported("CREATE FUNCTION AS EXTERNAL NAME")
	case inline:
		p.inlineBody(s)
	default:
		p.functionBody(s)
	}
	p.done(&s.Node)
	p.endOfBatch()
	return s
}

// inlineBody reads RETURN (query), or RETURN query.
func (p *parser) inlineBody(s *CreateFunction) {
	p.expect(kwReturn)
	if p.isSign('(') && (p.peek().kw == kwWith || p.peek().kw == kwSelect) {
		p.advance()
		s.Query = p.moduleQuery()
		p.expectSign(')')
		if p.atSetOperator() {
			s.Query = p.continueQuery(s.Query)
		}
		return
	}
	s.Query = p.moduleQuery()
}

// functionBody reads BEGIN … END, whose last statement returns.
func (p *parser) functionBody(s *CreateFunction) {
	if !p.is(kwBegin) {
		p.unexpected()
		return
	}
	p.advance()
	if p.isWord("ATOMIC") && p.peek().kw == kwWith {
		p.notSupported("BEGIN ATOMIC")
	}
	p.module = functionModule
	s.Body = p.block()
	p.module = noModule
	if p.err == nil && p.is(kwEnd) && !endsWithReturn(s.Body) {
		p.stop(&Error{
			Number: 455, Class: 16, State: 2, Line: p.tok.line,
			Text: "The last statement included within a function must be a return statement.",
		})
	}
	p.expect(kwEnd)
}

func endsWithReturn(body []Statement) bool {
	if len(body) == 0 {
		return false
	}
	_, ok := body[len(body)-1].(*Return)
	return ok
}
