package tsql

// drop reads DROP kind [IF EXISTS] names.
func (p *parser) drop() Statement {
	n := p.node()
	p.advance()
	if p.is(kwIndex) {
		return p.dropIndex(n)
	}
	s := &Drop{Node: n}
	kind, ok := p.objectKind()
	if !ok {
		return p.unknownObject("DROP")
	}
	s.Kind = kind
	p.advance()
	s.IfExists = p.ifExists()
	s.Names = p.objectNames()
	switch kind {
	case TriggerObject:
		if p.accept(kwOn) {
			s.Scope, _ = p.triggerPlace()
			if s.Scope == "" {
				p.unexpected()
			}
		}
	case StatisticsObject:
		for i := range s.Names {
			if s.Names[i].Schema.Name == "" {
				p.failAt(s.Names[i].At.Line, 102, "Incorrect syntax near '%s'.", s.Names[i].Name.Name)
			}
		}
	case SchemaObject, UserObject, RoleObject, ServerRoleObject, LoginObject, DatabaseObject:
		p.onePart(s)
	}
	p.done(&s.Node)
	return s
}

// onePart refuses prefixes and lists where an object has no schema. Databases may be dropped several at once.
func (p *parser) onePart(s *Drop) {
	if len(s.Names) > 1 && s.Kind != DatabaseObject {
		p.failAt(s.Names[0].At.Line, 102, "Incorrect syntax near ','.")
	}
	for i := range s.Names {
		if s.Names[i].Schema.Name != "" {
			p.failAt(s.Names[i].At.Line, 102, "Incorrect syntax near '.'.")
		}
	}
}

// refusedDatabaseWord tells DATABASE SCOPED CREDENTIAL and DATABASE ENCRYPTION KEY from databases of those names.
func (p *parser) refusedDatabaseWord() bool {
	m := p.mark()
	defer p.reset(m)
	p.advance()
	return (p.isWord("SCOPED") || p.isWord("AUDIT")) && p.peek().isName() || p.isWord("ENCRYPTION") && p.peek().kw == kwKey
}

// objectKind gives what the current token says is dropped. It moves to the second of two words.
func (p *parser) objectKind() (ObjectKind, bool) {
	switch p.tok.kw {
	case kwTable:
		return TableObject, true
	case kwView:
		return ViewObject, true
	case kwProc, kwProcedure:
		return ProcedureObject, true
	case kwFunction:
		return FunctionObject, true
	case kwTrigger:
		return TriggerObject, true
	case kwSchema:
		return SchemaObject, true
	case kwStatistics:
		return StatisticsObject, true
	case kwDatabase:
		return DatabaseObject, !p.refusedDatabaseWord()
	case kwUser:
		return UserObject, true
	case kwDefault:
		return DefaultObject, true
	case kwRule:
		return RuleObject, true
	}
	switch {
	case p.isWord("SEQUENCE"):
		return SequenceObject, true
	case p.isWord("TYPE"):
		return TypeObject, true
	case p.isWord("SYNONYM"):
		return SynonymObject, true
	case p.isWord("LOGIN"):
		return LoginObject, true
	case p.isWord("ROLE"):
		return RoleObject, true
	case p.isWord("SERVER") && p.nextWord("ROLE"):
		p.advance()
		return ServerRoleObject, true
	case p.isWord("APPLICATION") && p.nextWord("ROLE"):
		p.advance()
		return ApplicationRoleObject, true
	case p.isWord("SECURITY") && p.nextWord("POLICY"):
		p.advance()
		return SecurityPolicyObject, true
	}
	return 0, false
}
