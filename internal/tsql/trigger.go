package tsql

// createTrigger reads name ON table [WITH options] FOR | AFTER | INSTEAD OF events AS statements.
func (p *parser) createTrigger(n Node, mode ModuleMode) Statement {
	s := &CreateTrigger{Node: n, Mode: mode, Name: p.moduleName("CREATE TRIGGER")}
	p.expect(kwOn)
	s.Scope, s.Table = p.triggerPlace()
	if p.accept(kwWith) {
		s.Options = p.moduleOptions()
	}
	switch {
	case p.accept(kwFor), p.acceptWord("AFTER"):
	default:
		p.expectWord("INSTEAD")
		p.expect(kwOf)
		s.InsteadOf = true
	}
	for {
		if p.tok.kind != kindWord {
			p.unexpected()
			return s
		}
		event := upper(p.tok.text)
		if s.Scope == "" && event != "INSERT" && event != "UPDATE" && event != "DELETE" {
			p.unexpected()
		}
		s.Events = append(s.Events, event)
		p.advance()
		if !p.acceptSign(',') {
			break
		}
	}
	if p.is(kwWith) && p.nextWord("APPEND") {
		p.advance()
		p.advance()
		s.Append = true
	}
	if p.accept(kwNot) {
		p.expect(kwFor)
		p.expect(kwReplication)
		s.NotForReplication = true
	}
	p.expect(kwAs)
	s.Body = p.moduleBody(triggerModule)
	p.done(&s.Node)
	return s
}

// triggerPlace reads DATABASE, ALL SERVER or a table.
func (p *parser) triggerPlace() (string, ObjectName) {
	switch {
	case p.accept(kwDatabase):
		return "DATABASE", ObjectName{}
	case p.is(kwAll) && p.nextWord("SERVER"):
		p.advance()
		p.advance()
		return "ALL SERVER", ObjectName{}
	}
	return "", p.objectName()
}

// triggerState reads ENABLE | DISABLE TRIGGER names | ALL ON place.
func (p *parser) triggerState() Statement {
	s := &TriggerState{Node: p.node(), Enable: p.isWord("ENABLE")}
	p.advance()
	p.advance()
	if p.accept(kwAll) {
		s.All = true
	} else {
		s.Names = p.objectNames()
	}
	p.expect(kwOn)
	s.Scope, s.Table = p.triggerPlace()
	p.done(&s.Node)
	return s
}
