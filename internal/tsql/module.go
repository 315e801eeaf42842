package tsql

// createView reads name [(columns)] [WITH options] AS query [WITH CHECK OPTION].
func (p *parser) createView(n Node, mode ModuleMode) Statement {
	s := &CreateView{Node: n, Mode: mode, Name: p.moduleName("CREATE/ALTER VIEW")}
	if p.isSign('(') {
		s.Columns = p.idents()
	}
	if p.accept(kwWith) {
		s.Options = p.moduleOptions()
	}
	p.expect(kwAs)
	s.Query = p.moduleQuery()
	if p.is(kwWith) && p.peek().kw == kwCheck {
		p.advance()
		p.advance()
		p.expect(kwOption)
		s.CheckOption = true
	}
	p.done(&s.Node)
	p.endOfBatch()
	return s
}

// moduleQuery reads the query of a view or inline function.
func (p *parser) moduleQuery() *Query {
	var with *With
	if p.is(kwWith) {
		with = p.withClause()
	}
	q := p.query(moduleQuery)
	q.With = with
	if with != nil {
		q.At.Start, q.At.Line = with.At.Start, with.At.Line
	}
	return q
}

// moduleOptions reads SCHEMABINDING, ENCRYPTION, EXECUTE AS OWNER, ….
func (p *parser) moduleOptions() ModuleOptions {
	var o ModuleOptions
	for {
		switch {
		case p.acceptWord("SCHEMABINDING"):
			o.SchemaBinding = true
		case p.acceptWord("ENCRYPTION"):
			o.Encryption = true
		case p.acceptWord("RECOMPILE"):
			o.Recompile = true
		case p.acceptWord("VIEW_METADATA"):
			o.ViewMetadata = true
		case p.acceptWord("NATIVE_COMPILATION"):
			o.Native = true
		case p.acceptWord("INLINE"):
			p.expectSign('=')
			o.Inline = No
			if p.onOff() {
				o.Inline = Yes
			}
		case p.acceptWords("RETURNS", "NULL", "ON", "NULL", "INPUT"):
			o.NullOnNull = true
		case p.acceptWords("CALLED", "ON", "NULL", "INPUT"):
		case p.accept(kwExec), p.accept(kwExecute):
			p.expect(kwAs)
			p.moduleContext(&o)
		default:
			p.unexpected()
		}
		if !p.acceptSign(',') {
			return o
		}
	}
}

func (p *parser) moduleContext(o *ModuleOptions) {
	switch {
	case p.isWord("CALLER"), p.isWord("SELF"), p.isWord("OWNER"):
		o.ExecuteAs = upper(p.tok.text)
		p.advance()
	default:
		o.ExecuteAs = "USER"
		o.ExecuteAsUser = p.stringText()
	}
}

// parameters reads @p type …, up to what can follow the list.
func (p *parser) parameters(ofFunction bool) []Parameter {
	var list []Parameter
	for p.isSign(kindVariable) {
		list = append(list, p.parameter(ofFunction))
		if !p.acceptSign(',') {
			return list
		}
		if !p.isSign(kindVariable) {
			p.unexpected()
		}
	}
	return list
}

// parameter reads @p [AS] type [VARYING] [NULL | NOT NULL] [= default] [OUTPUT] [READONLY].
func (p *parser) parameter(ofFunction bool) Parameter {
	m := Parameter{Node: p.node(), Name: p.variableName()}
	p.accept(kwAs)
	if p.is(kwCursor) {
		id := p.takeIdent()
		m.Type = DataType{Node: id.Node, Name: ObjectName{Node: id.Node, Name: id}}
	} else {
		m.Type = p.dataType()
	}
	m.Varying = p.accept(kwVarying)
	switch {
	case p.accept(kwNull):
		m.Null = Yes
	case p.accept(kwNot):
		p.expect(kwNull)
		m.Null = No
	}
	if p.acceptSign('=') {
		switch {
		case p.isName():
			m.Default = p.wordLiteral()
		case p.is(kwNull), p.isSign(kindSystem):
			m.Default = p.primary()
		default:
			m.Default = p.signedLiteral()
		}
	}
	for p.isWord("OUTPUT") || p.isWord("OUT") || p.isWord("READONLY") {
		if p.isWord("READONLY") {
			m.ReadOnly = true
		} else {
			if ofFunction {
				p.fail(181, "Cannot use the OUTPUT option in a DECLARE, CREATE AGGREGATE or CREATE FUNCTION statement.")
			}
			m.Output = true
		}
		p.advance()
	}
	p.done(&m.Node)
	return m
}

// createProcedure reads the rest of the batch as a procedure.
func (p *parser) createProcedure(n Node, mode ModuleMode) Statement {
	s := &CreateProcedure{Node: n, Mode: mode, Name: p.moduleName("CREATE/ALTER PROCEDURE")}
	s.Number = p.procedureNumber()
	if p.acceptSign('(') {
		s.Parameters = p.parameters(false)
		p.expectSign(')')
	} else {
		s.Parameters = p.parameters(false)
	}
	if p.accept(kwWith) {
		s.Options = p.moduleOptions()
	}
	if p.accept(kwFor) {
		p.expect(kwReplication)
		s.ForReplication = true
	}
	p.expect(kwAs)
	s.Body = p.moduleBody(procedureModule)
	p.done(&s.Node)
	return s
}

// moduleBody reads the rest of the batch as the statements of a procedure or trigger.
func (p *parser) moduleBody(kind moduleKind) []Statement {
	if p.is(kwExternal) {
		p.notSupported("CREATE PROCEDURE AS EXTERNAL NAME")
		return nil
	}
	p.module = kind
	var list []Statement
	p.closed = true
	for {
		for p.acceptSign(';') {
			p.closed = true
		}
		if p.tok.kind == kindEOF {
			break
		}
		list = append(list, p.statement(false))
	}
	if len(list) == 0 {
		p.unexpected()
	}
	p.module = noModule
	return list
}
