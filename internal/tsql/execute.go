package tsql

// execute reads EXEC of a procedure or a string, and EXECUTE AS.
func (p *parser) execute() Statement {
	n := p.node()
	p.advance()
	if p.is(kwAs) {
		return p.executeAs(n)
	}
	s := &Execute{Node: n}
	if p.isSign('(') {
		p.executeString(s)
		return s
	}
	if p.isSign(kindVariable) && p.peek().kind == '=' {
		s.Return = p.tok.text
		p.advance()
		p.advance()
	}
	p.procedure(s)
	return s
}

// procedure reads a procedure's name, or a variable that has it, and the arguments.
func (p *parser) procedure(s *Execute) {
	if p.isSign(kindVariable) {
		s.Variable = p.tok.text
		p.advance()
	} else {
		s.Procedure = p.objectName()
		s.Number = p.procedureNumber()
	}
	if p.argumentFollows() {
		s.Args = p.procedureArguments()
	}
	p.executeOptions(s)
	p.done(&s.Node)
}

// procedureNumber reads ;number behind a procedure's name.
func (p *parser) procedureNumber() int64 {
	if !p.isSign(';') || p.peek().kind != kindInteger {
		return 0
	}
	p.advance()
	return p.length()
}

// argumentFollows reports whether the current token begins an argument, and no statement.
func (p *parser) argumentFollows() bool {
	switch p.tok.kind {
	case kindVariable, kindSystem, kindInteger, kindDecimal, kindFloat, kindMoney, kindBinary, kindString, kindNString, kindQuoted, '-', '+':
		return true
	case kindWord:
		return p.tok.kw == kwNull || p.tok.kw == kwDefault || p.tok.kw == notKeyword && p.peek().kind != ':'
	}
	return false
}

// procedureArguments reads [@name =] value [OUTPUT], …. After the first with a name, all must have one.
func (p *parser) procedureArguments() []Argument {
	var list []Argument
	named := false
	for {
		a := p.argument()
		if named && a.Name == "" {
			p.failAt(a.At.Line, 119, "Must pass parameter number %d and subsequent parameters as '@name = value'. After the form '@name = value' "+
				"has been used, all subsequent parameters must be passed in the form '@name = value'.", len(list)+1)
		}
		named = a.Name != ""
		list = append(list, a)
		if !p.acceptSign(',') {
			return list
		}
	}
}

func (p *parser) argument() Argument {
	a := Argument{Node: p.node()}
	if p.isSign(kindVariable) && p.peek().kind == '=' {
		a.Name = p.tok.text
		p.advance()
		p.advance()
	}
	switch {
	case p.is(kwDefault):
		a.Value = p.valueOrDefault()
	case p.isName():
		a.Value = p.wordLiteral()
	case p.is(kwNull), p.isSign(kindVariable), p.isSign(kindSystem):
		a.Value = p.primary()
	default:
		a.Value = p.signedLiteral()
	}
	if p.acceptWord("OUTPUT") || p.acceptWord("OUT") {
		a.Output = true
		if _, ok := a.Value.(*Variable); !ok {
			p.failAt(a.At.Line, 179, "Cannot use the OUTPUT option when passing a constant to a stored procedure.")
		}
	}
	p.done(&a.Node)
	return a
}

// signedLiteral reads a literal; a number may have signs before it.
func (p *parser) signedLiteral() Expr {
	if p.isSign('-') || p.isSign('+') {
		n := &Unary{Node: p.node(), Op: Plus}
		if p.isSign('-') {
			n.Op = Minus
		}
		p.advance()
		n.X = p.bad()
		switch p.tok.kind {
		case kindInteger, kindDecimal, kindFloat, kindMoney:
			n.X = p.primary()
		default:
			p.unexpected()
		}
		p.done(&n.Node)
		return n
	}
	switch p.tok.kind {
	case kindInteger, kindDecimal, kindFloat, kindMoney, kindBinary, kindString, kindNString:
		return p.primary()
	}
	p.unexpected()
	return p.bad()
}

// executeOptions reads WITH RECOMPILE and WITH RESULT SETS.
func (p *parser) executeOptions(s *Execute) {
	if !p.is(kwWith) || !p.nextWord("RECOMPILE") && !p.nextWord("RESULT") {
		return
	}
	p.advance()
	for {
		switch {
		case p.acceptWord("RECOMPILE"):
			s.Recompile = true
		case p.acceptWord("RESULT"):
			p.expectWord("SETS")
			o := Option{Node: p.node()}
			switch {
			case p.acceptWord("UNDEFINED"):
				o.Name = "UNDEFINED"
			case p.acceptWord("NONE"):
				o.Name = "NONE"
			case p.isSign('('):
				p.notSupported("EXECUTE WITH RESULT SETS")
			default:
				p.unexpected()
			}
			p.done(&o.Node)
			s.ResultSets = append(s.ResultSets, o)
		default:
			p.unexpected()
		}
		if !p.acceptSign(',') {
			return
		}
	}
}

// executeString reads ('…' + @v + …) [AS USER | LOGIN = '…'] [AT server].
func (p *parser) executeString(s *Execute) {
	p.advance()
	for {
		switch p.tok.kind {
		case kindString, kindNString, kindVariable, kindSystem:
			s.Strings = append(s.Strings, p.primary())
		default:
			p.unexpected()
		}
		if !p.acceptSign('+') {
			break
		}
	}
	if p.acceptSign(',') { // arguments of AT
		s.Args = p.procedureArguments()
	}
	p.expectSign(')')
	if p.is(kwAs) {
		p.advance()
		s.As = upper(p.tok.text)
		if !p.accept(kwUser) {
			p.expectWord("LOGIN")
		}
		p.expectSign('=')
		s.AsName = p.stringText()
	}
	if p.acceptWord("AT") {
		s.Server = p.ident()
	} else if s.Args != nil {
		p.unexpected()
	}
	p.executeOptions(s)
	p.done(&s.Node)
}

// callEscape reads ODBC's {call procedure [(arguments)]}.
func (p *parser) callEscape() Statement {
	s := &Execute{Node: p.node()}
	p.advance()
	p.advance()
	s.Procedure = p.objectName()
	if p.acceptSign('(') {
		if !p.isSign(')') {
			s.Args = p.procedureArguments()
		}
		p.expectSign(')')
	}
	p.expectSign('}')
	p.done(&s.Node)
	return s
}

// executeAs reads EXECUTE AS CALLER | USER = … | LOGIN = … [WITH NO REVERT | COOKIE INTO @v].
func (p *parser) executeAs(n Node) Statement {
	s := &ExecuteAs{Node: n}
	p.advance()
	s.Kind = upper(p.tok.text)
	if !p.acceptWord("CALLER") {
		if !p.accept(kwUser) {
			p.expectWord("LOGIN")
		}
		p.expectSign('=')
		s.Name = p.constant()
		if p.accept(kwWith) {
			if p.acceptWord("NO") {
				p.expect(kwRevert)
				s.NoRevert = true
			} else {
				p.expectWord("COOKIE")
				p.expect(kwInto)
				s.Cookie = p.variableName()
			}
		}
	}
	p.done(&s.Node)
	return s
}

// revert reads REVERT [WITH COOKIE = @v].
func (p *parser) revert() Statement {
	s := &Revert{Node: p.node()}
	p.advance()
	if p.is(kwWith) && p.nextWord("COOKIE") {
		p.advance()
		p.advance()
		p.expectSign('=')
		s.Cookie = p.variableName()
	}
	p.done(&s.Node)
	return s
}
