package tsql

// transactionName reads a name or a variable, if there is one.
func (p *parser) transactionName() TransactionName {
	if p.isSign(kindVariable) {
		return TransactionName{Variable: p.variableName()}
	}
	if p.isName() && p.peek().kind != ':' {
		return TransactionName{Name: p.takeIdent().Name}
	}
	return TransactionName{}
}

// beginTransaction reads BEGIN [DISTRIBUTED] TRAN [name [WITH MARK ['…']]].
func (p *parser) beginTransaction() Statement {
	s := &BeginTransaction{Node: p.node()}
	p.advance()
	s.Distributed = p.accept(kwDistributed)
	if !p.accept(kwTran) {
		p.expect(kwTransaction)
	}
	s.Name = p.transactionName()
	if p.is(kwWith) && p.nextWord("MARK") {
		p.advance()
		p.advance()
		mark := ""
		if p.isSign(kindString) || p.isSign(kindNString) {
			mark = p.stringText()
		}
		s.Mark = &mark
	}
	p.done(&s.Node)
	return s
}

// endTransaction reads COMMIT, ROLLBACK and SAVE.
func (p *parser) endTransaction() Statement {
	n := p.node()
	verb := p.tok.kw
	p.advance()
	var name TransactionName
	switch {
	case p.accept(kwTran), p.accept(kwTransaction):
		name = p.transactionName()
	case verb == kwSave:
		p.unexpected()
	default:
		p.acceptWord("WORK")
	}
	switch verb {
	case kwSave:
		if name == (TransactionName{}) {
			p.unexpected()
		}
		p.done(&n)
		return &SaveTransaction{Node: n, Name: name}
	case kwRollback:
		p.done(&n)
		return &Rollback{Node: n, Name: name}
	}
	s := &Commit{Node: n, Name: name}
	if p.is(kwWith) && p.peek().kind == '(' {
		p.advance()
		s.Options = p.options()
	}
	p.done(&s.Node)
	return s
}
