package tsql

// batch reads all statements of the text.
func (p *parser) batch() []Statement {
	list := make([]Statement, 0, 4)
	for first := true; ; first = false {
		for p.acceptSign(';') {
			p.closed = true
		}
		if p.tok.kind == kindEOF {
			break
		}
		list = append(list, p.statement(first))
	}
	p.checkLabels()
	return list
}

// statement reads one statement and the semicolon after it. The first of a batch may be a procedure's name.
func (p *parser) statement(first bool) Statement {
	p.highest, p.height = 0, 0
	p.pending = p.pending[:0]
	if !p.enter() {
		return &Break{}
	}
	var s Statement
	if p.tok.kw != notKeyword {
		s = p.keywordStatement(first)
	} else {
		s = p.wordStatement(first)
	}
	p.leave()
	p.closed = p.acceptSign(';')
	if p.err != nil {
		return &Break{}
	}
	return s
}

// keywordStatement reads a statement that begins with a reserved word.
func (p *parser) keywordStatement(first bool) Statement {
	switch p.tok.kw {
	case kwSelect:
		return p.selectStatement(nil)
	case kwWith:
		return p.withStatement(first)
	case kwInsert:
		if p.peek().kw == kwBulk {
			return p.insertBulk()
		}
		return p.change(nil)
	case kwUpdate:
		if p.peek().kw == kwStatistics {
			return p.updateStatistics()
		}
		return p.change(nil)
	case kwDelete, kwMerge:
		return p.change(nil)
	case kwBulk:
		return p.bulkInsert()
	case kwTruncate:
		return p.truncate()
	case kwCreate:
		return p.create(first)
	case kwAlter:
		return p.alter(first)
	case kwDrop:
		return p.drop()
	case kwGrant, kwDeny, kwRevoke:
		return p.permission()
	case kwRevert:
		return p.revert()
	case kwExec, kwExecute:
		return p.execute()
	}
	return p.flowStatement()
}

// flowStatement reads statements of the language's own: variables, flow, transactions, cursors, the session.
func (p *parser) flowStatement() Statement {
	switch p.tok.kw {
	case kwDeclare:
		return p.declare()
	case kwSet:
		return p.set()
	case kwIf:
		return p.ifStatement()
	case kwWhile:
		return p.while()
	case kwBegin:
		return p.begin()
	case kwBreak, kwContinue:
		return p.loopControl()
	case kwReturn:
		return p.returnStatement()
	case kwGoto:
		return p.gotoStatement()
	case kwPrint:
		s := &Print{Node: p.node()}
		p.advance()
		s.Value = p.value()
		p.done(&s.Node)
		return s
	case kwRaiserror:
		return p.raiseError()
	case kwWaitfor:
		return p.waitFor()
	case kwCommit, kwRollback, kwSave:
		return p.endTransaction()
	case kwOpen, kwClose, kwDeallocate, kwFetch:
		return p.cursorStatement()
	}
	return p.serverStatement()
}

// serverStatement reads what is said to the server and not to the data.
func (p *parser) serverStatement() Statement {
	switch p.tok.kw {
	case kwUse:
		s := &Use{Node: p.node()}
		p.advance()
		s.Database = p.ident()
		p.done(&s.Node)
		return s
	case kwKill:
		return p.kill()
	case kwDbcc:
		return p.dbcc()
	case kwCheckpoint:
		s := &Checkpoint{Node: p.node()}
		p.advance()
		if p.isSign(kindInteger) {
			s.Seconds = p.value()
		}
		p.done(&s.Node)
		return s
	case kwBackup, kwRestore, kwShutdown, kwReconfigure, kwReadtext, kwWritetext, kwUpdatetext, kwSetuser, kwDump, kwLoad:
		p.notSupported(upper(p.tok.text))
	case kwAdd:
		p.notSupported("ADD " + upper(p.peek().text))
	default:
		p.unexpected()
	}
	return &Break{}
}

// wordStatement reads a statement that begins with a name: a label, THROW, a trigger's state, a procedure.
func (p *parser) wordStatement(first bool) Statement {
	switch {
	case p.isName() && p.peek().kind == ':':
		return p.label()
	case p.isWord("THROW") && (p.closed || first):
		return p.throw()
	case (p.isWord("ENABLE") || p.isWord("DISABLE")) && p.peek().kw == kwTrigger:
		return p.triggerState()
	case p.isSign('('):
		return p.selectStatement(nil)
	case p.isSign('{') && p.nextWord("CALL"):
		return p.callEscape()
	case first && p.blocks == 0 && (p.isName() || p.isSign('.')):
		s := &Execute{Node: p.node(), Implicit: true}
		p.procedure(s)
		return s
	}
	p.unexpected()
	return &Break{}
}

func (p *parser) selectStatement(with *With) Statement {
	s := &SelectStatement{Node: p.changeNode(with)}
	s.Query = p.query(statementQuery)
	s.Query.With = with
	if with != nil {
		s.Query.At.Start, s.Query.At.Line = with.At.Start, with.At.Line
	}
	p.done(&s.Node)
	return s
}

// withStatement reads a query or a change with table expressions before it.
func (p *parser) withStatement(first bool) Statement {
	if !first && !p.closed {
		p.with()
		return &Break{}
	}
	w := p.withClause()
	if p.is(kwSelect) || p.isSign('(') {
		return p.selectStatement(w)
	}
	return p.change(w)
}

// block reads statements up to END or whatever else ends a list of them.
func (p *parser) block() []Statement {
	var list []Statement
	p.blocks++
	p.closed = true
	for {
		for p.acceptSign(';') {
			p.closed = true
		}
		if p.is(kwEnd) || p.tok.kind == kindEOF {
			break
		}
		list = append(list, p.statement(false))
	}
	p.blocks--
	return list
}

// inner reads the one statement below IF, ELSE and WHILE.
func (p *parser) inner() Statement {
	p.blocks++
	p.closed = true
	if p.isSign(';') || p.tok.kind == kindEOF {
		p.unexpected()
	}
	s := p.statement(false)
	p.blocks--
	return s
}

// label reads name:.
func (p *parser) label() Statement {
	s := &Label{Node: p.node(), Name: p.ident()}
	p.expectSign(':')
	p.done(&s.Node)
	p.labels = append(p.labels, *s)
	return s
}

func (p *parser) gotoStatement() Statement {
	s := &Goto{Node: p.node()}
	p.advance()
	s.Label = p.ident()
	p.done(&s.Node)
	p.gotos = append(p.gotos, *s)
	return s
}

// checkLabels: labels are unique in a batch, and a GOTO has one.
func (p *parser) checkLabels() {
	seen := make(map[string]bool, len(p.labels))
	for i := range p.labels {
		name := upper(p.labels[i].Name.Name)
		if seen[name] {
			p.failAt(p.labels[i].At.Line, 132, "The label '%s' has already been declared. Label names must be unique within a query batch or stored procedure.",
				p.labels[i].Name.Name)
		}
		seen[name] = true
	}
	for i := range p.gotos {
		if name := p.gotos[i].Label.Name; !seen[upper(name)] {
			p.failAt(p.gotos[i].At.Line, 133, "A GOTO statement references the label '%s' but the label has not been declared.", name)
		}
	}
}
