package tsql

// createSchema reads CREATE SCHEMA name [AUTHORIZATION owner] and the statements that make what is in it.
func (p *parser) createSchema(n Node) Statement {
	s := &CreateSchema{Node: n}
	p.advance()
	if !p.is(kwAuthorization) {
		s.Name = p.ident()
	}
	if p.accept(kwAuthorization) {
		s.Owner = p.principal()
		if s.Name.Name == "" {
			s.Name = s.Owner
		}
	}
	p.blocks++
	for {
		switch {
		case p.is(kwCreate) && p.peek().kw == kwTable:
			n := p.node()
			p.advance()
			s.Elements = append(s.Elements, p.createTable(n))
			continue
		case p.is(kwCreate) && p.peek().kw == kwView:
			n := p.node()
			p.advance()
			p.advance()
			s.Elements = append(s.Elements, p.schemaView(n))
			continue
		case p.is(kwGrant), p.is(kwDeny), p.is(kwRevoke):
			s.Elements = append(s.Elements, p.permission())
			continue
		}
		break
	}
	p.blocks--
	p.done(&s.Node)
	return s
}

// schemaView reads a view within CREATE SCHEMA, which does not end the batch.
func (p *parser) schemaView(n Node) Statement {
	s := &CreateView{Node: n, Name: p.moduleName("CREATE/ALTER VIEW")}
	if p.isSign('(') {
		s.Columns = p.idents()
	}
	p.expect(kwAs)
	s.Query = p.moduleQuery()
	p.done(&s.Node)
	return s
}

// transfer reads ALTER SCHEMA schema TRANSFER [class::]name.
func (p *parser) transfer(n Node) Statement {
	s := &TransferObject{Node: n}
	p.advance()
	s.Schema = p.ident()
	p.expectWord("TRANSFER")
	sec := p.securable()
	s.Class, s.Object = sec.Class, sec.Name
	if s.Class == "" {
		s.Class = "OBJECT"
	}
	p.done(&s.Node)
	return s
}

// sequence reads CREATE and ALTER SEQUENCE.
func (p *parser) sequence(n Node, alter bool) Statement {
	s := &CreateSequence{Node: n, Alter: alter}
	p.advance()
	s.Name = p.objectName()
	if p.accept(kwAs) {
		if alter {
			p.unexpected()
		}
		t := p.dataType()
		s.Type = &t
	}
	for p.err == nil && p.sequenceOption(s) {
	}
	p.done(&s.Node)
	return s
}

func (p *parser) sequenceOption(s *CreateSequence) bool {
	switch {
	case !s.Alter && p.isWord("START") && p.peek().kw == kwWith:
		p.advance()
		p.advance()
		s.Start = p.signedLiteral()
	case s.Alter && p.acceptWord("RESTART"):
		s.Restart = true
		if p.accept(kwWith) {
			s.Start = p.signedLiteral()
		}
	case p.acceptWord("INCREMENT"):
		p.expect(kwBy)
		s.Increment = p.signedLiteral()
	case p.acceptWord("MINVALUE"):
		s.Min = p.signedLiteral()
	case p.acceptWord("MAXVALUE"):
		s.Max = p.signedLiteral()
	case p.acceptWord("CYCLE"):
		s.Cycle = Yes
	case p.acceptWord("CACHE"):
		s.Cache = Yes
		if p.isSign(kindInteger) {
			s.CacheSize = p.signedLiteral()
		}
	case p.acceptWord("NO"):
		switch {
		case p.acceptWord("MINVALUE"):
			s.NoMin = true
		case p.acceptWord("MAXVALUE"):
			s.NoMax = true
		case p.acceptWord("CYCLE"):
			s.Cycle = No
		default:
			p.expectWord("CACHE")
			s.Cache = No
		}
	default:
		return false
	}
	return true
}

// createType reads CREATE TYPE name FROM type [NULL | NOT NULL], or AS TABLE (…).
func (p *parser) createType(n Node) Statement {
	s := &CreateType{Node: n}
	p.advance()
	s.Name = p.objectName()
	switch {
	case p.accept(kwFrom):
		t := p.dataType()
		s.From = &t
		switch {
		case p.accept(kwNull):
			s.Null = Yes
		case p.accept(kwNot):
			p.expect(kwNull)
			s.Null = No
		}
	case p.is(kwExternal):
		p.notSupported("CREATE TYPE EXTERNAL NAME")
	default:
		p.expect(kwAs)
		p.expect(kwTable)
		d := p.tableDefinition()
		s.Table = &d
		if p.is(kwWith) && p.peek().kind == '(' {
			p.advance()
			s.Options = p.options()
		}
	}
	p.done(&s.Node)
	return s
}

// createSynonym reads CREATE SYNONYM name FOR name.
func (p *parser) createSynonym(n Node) Statement {
	s := &CreateSynonym{Node: n}
	p.advance()
	s.Name = p.objectName()
	p.expect(kwFor)
	s.For = p.objectName()
	p.done(&s.Node)
	return s
}
