package tsql

// ifStatement reads IF condition statement [ELSE statement].
func (p *parser) ifStatement() Statement {
	s := &If{Node: p.node()}
	p.advance()
	s.Condition = p.condition()
	s.Then = p.inner()
	if p.accept(kwElse) {
		s.Else = p.inner()
	}
	p.done(&s.Node)
	return s
}

// while reads WHILE condition statement.
func (p *parser) while() Statement {
	s := &While{Node: p.node()}
	p.advance()
	s.Condition = p.condition()
	p.loops++
	s.Body = p.inner()
	p.loops--
	p.done(&s.Node)
	return s
}

// loopControl reads BREAK and CONTINUE, which stand within a WHILE.
func (p *parser) loopControl() Statement {
	n := p.node()
	isBreak := p.is(kwBreak)
	if p.loops == 0 {
		if isBreak {
			p.fail(135, "Cannot use a BREAK statement outside the scope of a WHILE statement.")
		} else {
			p.fail(136, "Cannot use a CONTINUE statement outside the scope of a WHILE statement.")
		}
	}
	p.advance()
	p.done(&n)
	if isBreak {
		return &Break{Node: n}
	}
	return &Continue{Node: n}
}

// begin reads BEGIN … END, BEGIN TRY and BEGIN TRAN.
func (p *parser) begin() Statement {
	n := p.node()
	switch next := p.peek(); {
	case next.kw == kwTran, next.kw == kwTransaction, next.kw == kwDistributed:
		return p.beginTransaction()
	case p.nextWord("TRY"):
		return p.tryCatch()
	case p.nextWord("CONVERSATION"), p.nextWord("DIALOG"):
		p.notSupported("BEGIN " + upper(next.text))
		return &Break{}
	}
	b := &Block{Node: n}
	p.advance()
	if p.isWord("ATOMIC") && p.peek().kw == kwWith {
		p.advance()
		p.advance()
		b.Atomic = true
		b.Options = p.options()
	}
	b.Statements = p.block()
	if len(b.Statements) == 0 {
		p.unexpected()
	}
	p.expect(kwEnd)
	p.done(&b.Node)
	return b
}

// tryCatch reads BEGIN TRY … END TRY BEGIN CATCH … END CATCH. Only the second may be empty.
func (p *parser) tryCatch() Statement {
	t := &TryCatch{Node: p.node()}
	p.advance()
	p.advance()
	t.Try = p.block()
	if len(t.Try) == 0 {
		p.unexpected()
	}
	p.expect(kwEnd)
	p.expectWord("TRY")
	p.expect(kwBegin)
	p.expectWord("CATCH")
	t.Catch = p.block()
	p.expect(kwEnd)
	p.expectWord("CATCH")
	p.done(&t.Node)
	return t
}

// returnStatement reads RETURN [value].
func (p *parser) returnStatement() Statement {
	s := &Return{Node: p.node()}
	p.advance()
	if p.valueFollows() {
		if p.module == noModule || p.module == triggerModule {
			p.failAt(s.At.Line, 178, "A RETURN statement with a return value cannot be used in this context.")
		}
		s.Value = p.value()
	}
	p.done(&s.Node)
	return s
}

// valueFollows reports whether the current token begins a value, and no statement.
func (p *parser) valueFollows() bool {
	switch p.tok.kind {
	case kindInteger, kindDecimal, kindFloat, kindMoney, kindBinary, kindString, kindNString, kindVariable, kindSystem, '(', '-', '+', '~', '{':
		return true
	case kindQuoted:
		return true
	case kindWord:
		switch p.tok.kw {
		case notKeyword:
			return p.peek().kind != ':' && !p.isWord("THROW")
		case kwNull, kwCase, kwConvert, kwTryConvert, kwCoalesce, kwNullif, kwLeft, kwRight, kwCurrentTimestamp, kwCurrentUser, kwSessionUser, kwSystemUser, kwUser:
			return true
		}
	}
	return false
}

// throw reads THROW [number, message, state].
func (p *parser) throw() Statement {
	s := &Throw{Node: p.node()}
	p.advance()
	if p.isSign(kindInteger) || p.isSign(kindVariable) {
		s.Number = p.primary()
		p.expectSign(',')
		s.Message = p.constant()
		p.expectSign(',')
		s.State = p.constant()
	}
	p.done(&s.Node)
	return s
}

// constant reads a literal or a variable.
func (p *parser) constant() Expr {
	switch p.tok.kind {
	case kindInteger, kindString, kindNString, kindVariable, kindBinary:
		return p.primary()
	}
	p.unexpected()
	return p.bad()
}

// raiseError reads RAISERROR (message, severity, state [, argument, …]) [WITH options].
func (p *parser) raiseError() Statement {
	s := &RaiseError{Node: p.node()}
	p.advance()
	p.expectSign('(')
	s.Message = p.value()
	p.expectSign(',')
	s.Severity = p.value()
	p.expectSign(',')
	s.State = p.value()
	if p.acceptSign(',') {
		s.Args = p.values()
	}
	p.expectSign(')')
	if p.accept(kwWith) {
		for {
			switch {
			case p.acceptWord("LOG"):
				s.Log = true
			case p.acceptWord("NOWAIT"):
				s.NoWait = true
			case p.acceptWord("SETERROR"):
				s.SetError = true
			default:
				p.unexpected()
			}
			if !p.acceptSign(',') {
				break
			}
		}
	}
	p.done(&s.Node)
	return s
}

// waitFor reads WAITFOR DELAY | TIME value.
func (p *parser) waitFor() Statement {
	s := &WaitFor{Node: p.node()}
	p.advance()
	switch {
	case p.acceptWord("DELAY"):
	case p.acceptWord("TIME"):
		s.Time = true
	case p.isSign('('):
		p.notSupported("WAITFOR (RECEIVE)")
	default:
		p.unexpected()
	}
	s.Value = p.constant()
	p.done(&s.Node)
	return s
}

// kill reads KILL session [WITH STATUSONLY].
func (p *parser) kill() Statement {
	s := &Kill{Node: p.node()}
	p.advance()
	s.Session = p.bad()
	if p.isSign('-') || p.isSign(kindInteger) {
		s.Session = p.signedLiteral()
	} else {
		s.Session = p.constant()
	}
	if p.accept(kwWith) {
		p.expectWord("STATUSONLY")
		s.StatusOnly = true
	}
	p.done(&s.Node)
	return s
}

// dbcc reads DBCC command [(arguments)] [WITH options].
func (p *parser) dbcc() Statement {
	s := &DBCC{Node: p.node()}
	p.advance()
	if p.tok.kind != kindWord {
		p.unexpected()
	}
	s.Command = upper(p.tok.text)
	p.advance()
	if p.acceptSign('(') {
		if !p.isSign(')') {
			s.Args = p.values()
		}
		p.expectSign(')')
	}
	if p.accept(kwWith) {
		s.Options = p.optionList()
	}
	p.done(&s.Node)
	return s
}
