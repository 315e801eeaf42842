package tsql

// createDatabase reads CREATE DATABASE with Azure's options.
func (p *parser) createDatabase(n Node) Statement {
	s := &CreateDatabase{Node: n}
	p.advance()
	if p.isWord("SCOPED") || p.isWord("AUDIT") || p.isWord("ENCRYPTION") && p.peek().kw == kwKey {
		p.notSupported("CREATE DATABASE " + upper(p.tok.text+" "+p.peek().text))
		return s
	}
	s.Name = p.ident()
	for {
		switch {
		case p.accept(kwCollate):
			s.Collation = p.ident()
		case p.isSign('('):
			s.Options = append(s.Options, p.options()...)
		case p.accept(kwWith):
			if p.isSign('(') {
				s.Options = append(s.Options, p.options()...)
			} else {
				s.Options = append(s.Options, p.optionList()...)
			}
		case p.is(kwAs) && p.nextWord("COPY"):
			p.advance()
			p.advance()
			p.expect(kwOf)
			name := p.objectNameOf(2)
			s.CopyOf = &name
		case p.is(kwOn), p.isWord("CONTAINMENT"):
			p.notSupported("CREATE DATABASE " + upper(p.tok.text))
			return s
		default:
			p.done(&s.Node)
			return s
		}
	}
}

// alterDatabase reads ALTER DATABASE name | CURRENT verb, and SCOPED CONFIGURATION.
func (p *parser) alterDatabase(n Node) Statement {
	p.advance()
	if p.isWord("SCOPED") && (p.nextWord("CONFIGURATION") || p.nextWord("CREDENTIAL")) {
		p.advance()
		if p.isWord("CREDENTIAL") {
			p.notSupported("ALTER DATABASE SCOPED CREDENTIAL")
		}
		p.advance()
		return p.databaseConfiguration(n)
	}
	if p.isWord("ENCRYPTION") && p.peek().kw == kwKey {
		p.notSupported("ALTER DATABASE ENCRYPTION KEY")
		return &Break{}
	}
	s := &AlterDatabase{Node: n}
	if p.accept(kwCurrent) {
		s.Current = true
	} else {
		s.Name = p.ident()
	}
	p.databaseVerb(s)
	p.done(&s.Node)
	return s
}

func (p *parser) databaseVerb(s *AlterDatabase) {
	switch {
	case p.acceptWord("MODIFY"):
		s.Verb = "MODIFY"
		if p.acceptWord("NAME") {
			s.Verb = "MODIFY NAME"
			p.expectSign('=')
			s.NewName = p.ident()
			return
		}
		if p.is(kwFile) || p.isWord("FILEGROUP") {
			p.notSupported("ALTER DATABASE MODIFY " + upper(p.tok.text))
			return
		}
		s.Options = p.options()
		if p.accept(kwWith) {
			s.Options = append(s.Options, p.optionList()...)
		}
	case p.accept(kwCollate):
		s.Verb = "COLLATE"
		s.NewName = p.ident()
	case p.accept(kwSet):
		s.Verb = "SET"
		p.databaseSet(s)
	case p.is(kwAdd), p.isWord("REMOVE"):
		p.secondary(s)
	case p.isWord("FAILOVER"), p.isWord("FORCE_FAILOVER_ALLOW_DATA_LOSS"):
		s.Verb = upper(p.tok.text)
		p.advance()
	default:
		p.unexpected()
	}
}

// databaseSet reads option, … [WITH ROLLBACK IMMEDIATE | ROLLBACK AFTER n | NO_WAIT].
func (p *parser) databaseSet(s *AlterDatabase) {
	s.Options = p.optionList()
	if !p.accept(kwWith) {
		return
	}
	o := Option{Node: p.node()}
	switch {
	case p.acceptWord("NO_WAIT"):
		o.Name = "NO_WAIT"
	default:
		p.expect(kwRollback)
		if p.acceptWord("IMMEDIATE") {
			o.Name = "ROLLBACK IMMEDIATE"
			break
		}
		p.expectWord("AFTER")
		o.Name = "ROLLBACK AFTER"
		o.Value = p.constant()
		_ = p.acceptWord("SECONDS") || p.acceptWord("SECOND")
	}
	p.done(&o.Node)
	s.Options = append(s.Options, o)
}

// secondary reads ADD | REMOVE SECONDARY ON SERVER name [WITH (…)].
func (p *parser) secondary(s *AlterDatabase) {
	verb := upper(p.tok.text)
	p.advance()
	if p.is(kwFile) || p.isWord("FILEGROUP") || p.isWord("LOG") {
		p.notSupported("ALTER DATABASE " + verb + " " + upper(p.tok.text))
		return
	}
	p.expectWord("SECONDARY")
	s.Verb = verb + " SECONDARY"
	p.expect(kwOn)
	p.expectWord("SERVER")
	s.NewName = p.ident()
	if p.is(kwWith) && p.peek().kind == '(' {
		p.advance()
		s.Options = p.options()
	}
}

// databaseConfiguration reads [FOR SECONDARY] SET name = value, or CLEAR PROCEDURE_CACHE [plan].
func (p *parser) databaseConfiguration(n Node) Statement {
	s := &DatabaseConfiguration{Node: n}
	if p.accept(kwFor) {
		p.expectWord("SECONDARY")
		s.Secondary = true
	}
	if p.acceptWord("CLEAR") {
		s.Clear = true
		s.Setting = Option{Node: p.node(), Name: upper(p.ident().Name)}
		if p.isSign(kindBinary) {
			s.Setting.Value = p.value()
		}
		p.done(&s.Setting.Node)
	} else {
		p.expect(kwSet)
		s.Setting = p.option()
	}
	p.done(&s.Node)
	return s
}
