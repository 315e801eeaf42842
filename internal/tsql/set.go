package tsql

// declare reads DECLARE of variables, or of a cursor.
func (p *parser) declare() Statement {
	n := p.node()
	p.advance()
	if p.isName() {
		return p.declareCursor(n)
	}
	s := &Declare{Node: n}
	for {
		s.Variables = append(s.Variables, p.declared())
		if !p.acceptSign(',') {
			break
		}
	}
	p.done(&s.Node)
	return s
}

// declared reads @v [AS] type [= value], @t [AS] TABLE (…), or @c CURSOR.
func (p *parser) declared() DeclaredVariable {
	v := DeclaredVariable{Node: p.node(), Name: p.variableName()}
	p.accept(kwAs)
	switch {
	case p.accept(kwTable):
		p.table = v.Name
		d := p.tableDefinition()
		v.Table = &d
	case p.accept(kwCursor):
		v.Cursor = true
	default:
		t := p.dataType()
		v.Type = &t
		switch {
		case p.accept(kwNull):
			v.Null = Yes
		case p.is(kwNot) && p.peek().kw == kwNull:
			p.advance()
			p.advance()
			v.Null = No
		}
		if p.acceptSign('=') {
			v.Value = p.value()
		}
	}
	p.done(&v.Node)
	return v
}

// set reads SET @v = value and SET option.
func (p *parser) set() Statement {
	n := p.node()
	p.advance()
	switch {
	case p.isSign(kindVariable):
		return p.setVariable(n)
	case p.is(kwTransaction):
		return p.setIsolation(n)
	case p.is(kwIdentityInsert):
		s := &SetIdentityInsert{Node: n}
		p.advance()
		s.Table = p.objectName()
		s.On = p.onOff()
		p.done(&s.Node)
		return s
	case p.is(kwOffsets):
		p.notSupported("SET OFFSETS")
		return &Break{}
	case p.is(kwStatistics):
		return p.setStatistics(n)
	}
	if p.tok.kind != kindWord {
		p.unexpected()
		return &Break{}
	}
	if isSetValue(upper(p.tok.text)) {
		return p.setValue(n)
	}
	return p.setOption(n)
}

func (p *parser) setVariable(n Node) Statement {
	s := &SetVariable{Node: n, Name: p.tok.text}
	if p.peek().kind == '.' {
		v := p.variable()
		m, _ := p.method(v).(*Method)
		s.Method = m
		if m != nil && m.Bare { // SET @x.property = value
			p.unexpected()
		}
		p.done(&s.Node)
		return s
	}
	p.advance()
	if !assignment(p.tok.kind) {
		p.unexpected()
	}
	s.Op = assignmentOf(p.tok.kind)
	p.advance()
	if p.is(kwCursor) && s.Op == NoOperator {
		d := p.cursorDefinition()
		s.Cursor = &d
	} else {
		s.Value = p.value()
	}
	p.done(&s.Node)
	return s
}

func (p *parser) onOff() bool {
	if p.accept(kwOn) {
		return true
	}
	p.expect(kwOff)
	return false
}

// setIsolation reads TRANSACTION ISOLATION LEVEL level.
func (p *parser) setIsolation(n Node) Statement {
	s := &SetIsolation{Node: n}
	p.advance()
	p.expectWord("ISOLATION")
	p.expectWord("LEVEL")
	switch {
	case p.acceptWord("SNAPSHOT"):
		s.Level = Snapshot
	case p.acceptWord("SERIALIZABLE"):
		s.Level = Serializable
	case p.acceptWord("REPEATABLE"):
		p.expect(kwRead)
		s.Level = RepeatableRead
	default:
		p.expect(kwRead)
		if p.acceptWord("UNCOMMITTED") {
			s.Level = ReadUncommitted
		} else {
			p.expectWord("COMMITTED")
			s.Level = ReadCommitted
		}
	}
	p.done(&s.Node)
	return s
}

// setStatistics reads STATISTICS IO, TIME, … ON | OFF.
func (p *parser) setStatistics(n Node) Statement {
	s := &SetOption{Node: n}
	p.advance()
	for {
		switch {
		case p.isWord("IO"), p.isWord("TIME"), p.isWord("XML"), p.isWord("PROFILE"):
			s.Names = append(s.Names, "STATISTICS "+upper(p.tok.text))
			p.advance()
		default:
			p.unexpected()
		}
		if !p.acceptSign(',') {
			break
		}
	}
	s.On = p.onOff()
	p.done(&s.Node)
	return s
}

// isSetOption reports whether SET name takes ON or OFF.
func isSetOption(name string) bool {
	switch name {
	case "ANSI_DEFAULTS", "ANSI_NULL_DFLT_OFF", "ANSI_NULL_DFLT_ON", "ANSI_NULLS", "ANSI_PADDING", "ANSI_WARNINGS", "ARITHABORT",
		"ARITHIGNORE", "CONCAT_NULL_YIELDS_NULL", "CURSOR_CLOSE_ON_COMMIT", "FMTONLY", "FORCEPLAN", "IMPLICIT_TRANSACTIONS",
		"NO_BROWSETABLE", "NOCOUNT", "NOEXEC", "NUMERIC_ROUNDABORT", "PARSEONLY", "QUOTED_IDENTIFIER", "REMOTE_PROC_TRANSACTIONS",
		"RESULT_SET_CACHING", "SHOWPLAN_ALL", "SHOWPLAN_TEXT", "SHOWPLAN_XML", "XACT_ABORT":
		return true
	}
	return false
}

// isSetValue reports whether SET name takes a value.
func isSetValue(name string) bool {
	switch name {
	case "CONTEXT_INFO", "DATEFIRST", "DATEFORMAT", "DEADLOCK_PRIORITY", "FIPS_FLAGGER", "LANGUAGE", "LOCK_TIMEOUT",
		"QUERY_GOVERNOR_COST_LIMIT", "ROWCOUNT", "TEXTSIZE":
		return true
	}
	return false
}

// setOption reads name, … ON | OFF. QUOTED_IDENTIFIER holds for the text that follows it, as SQL Server has it.
func (p *parser) setOption(n Node) Statement {
	s := &SetOption{Node: n}
	quoted := false
	for {
		if p.tok.kind != kindWord {
			p.unexpected()
			return s
		}
		name := upper(p.tok.text)
		if !isSetOption(name) {
			p.fail(195, "'%s' is not a recognized SET option.", p.tok.text)
			return s
		}
		quoted = quoted || name == "QUOTED_IDENTIFIER" || name == "ANSI_DEFAULTS"
		s.Names = append(s.Names, name)
		p.advance()
		if !p.acceptSign(',') {
			break
		}
	}
	if quoted && p.module == noModule && (p.is(kwOn) || p.is(kwOff)) {
		p.lex.quoted = p.is(kwOn)
	}
	s.On = p.onOff()
	p.done(&s.Node)
	return s
}

// setValue reads name value; a word for a value is read as a string.
func (p *parser) setValue(n Node) Statement {
	s := &SetValue{Node: n, Name: upper(p.tok.text)}
	p.advance()
	switch {
	case p.isName() || p.is(kwOff):
		s.Value = p.wordLiteral()
	case p.isSign('-'), p.isSign('+'), p.isSign(kindDecimal):
		s.Value = p.unary()
	case p.isSign(kindSystem):
		s.Value = p.variable()
	default:
		s.Value = p.constant()
	}
	p.done(&s.Node)
	return s
}

// wordLiteral reads a word as a string literal.
func (p *parser) wordLiteral() Expr {
	e := p.nodes.literals.get()
	e.Node = p.node()
	e.Kind, e.Text = StringLiteral, p.tok.text
	p.advance()
	p.done(&e.Node)
	return e
}
