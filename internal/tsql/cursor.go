package tsql

// cursor reads [GLOBAL] name, or @v.
func (p *parser) cursor() Cursor {
	c := Cursor{Node: p.node()}
	if p.isSign(kindVariable) {
		c.Variable = p.variableName()
	} else {
		if p.isWord("GLOBAL") && p.peek().isName() {
			p.advance()
			c.Global = true
		}
		c.Name = p.ident()
	}
	p.done(&c.Node)
	return c
}

// declareCursor reads name [INSENSITIVE] [SCROLL] CURSOR ….
func (p *parser) declareCursor(n Node) Statement {
	s := &DeclareCursor{Node: n, Name: p.ident()}
	var before []string
	for p.isWord("INSENSITIVE") || p.isWord("SCROLL") {
		before = append(before, upper(p.tok.text))
		p.advance()
	}
	s.Definition = p.cursorDefinition()
	s.Definition.Options = append(before, s.Definition.Options...)
	p.done(&s.Node)
	return s
}

// cursorOptions are the words between CURSOR and FOR.
var cursorOptions = map[string]bool{
	"LOCAL": true, "GLOBAL": true, "FORWARD_ONLY": true, "SCROLL": true, "STATIC": true, "KEYSET": true, "DYNAMIC": true,
	"FAST_FORWARD": true, "READ_ONLY": true, "SCROLL_LOCKS": true, "OPTIMISTIC": true, "TYPE_WARNING": true,
}

// cursorDefinition reads CURSOR options FOR query [FOR READ ONLY | UPDATE [OF columns]].
func (p *parser) cursorDefinition() CursorDefinition {
	d := CursorDefinition{Node: p.node()}
	p.expect(kwCursor)
	for p.tok.kind == kindWord && cursorOptions[upper(p.tok.text)] {
		d.Options = append(d.Options, upper(p.tok.text))
		p.advance()
	}
	p.expect(kwFor)
	var with *With
	if p.is(kwWith) {
		with = p.withClause()
	}
	d.Query = p.query(statementQuery)
	d.Query.With = with
	if p.accept(kwFor) {
		if p.accept(kwRead) {
			p.expectWord("ONLY")
			d.ReadOnly = true
		} else {
			p.expect(kwUpdate)
			d.Update = true
			if p.accept(kwOf) {
				d.Of = p.identList()
			}
		}
	}
	p.done(&d.Node)
	return d
}

// cursorStatement reads OPEN, CLOSE, DEALLOCATE and FETCH.
func (p *parser) cursorStatement() Statement {
	n := p.node()
	verb := p.tok.kw
	p.advance()
	if verb == kwFetch {
		return p.fetch(n)
	}
	if verb != kwDeallocate && (p.isWord("SYMMETRIC") || p.isWord("MASTER") || p.is(kwAll)) && !isStatementEnd(p.peek()) {
		p.notSupported(upper(p.last.text + " " + p.tok.text))
		return &Break{}
	}
	c := p.cursor()
	p.done(&n)
	switch verb {
	case kwOpen:
		return &OpenCursor{Node: n, Cursor: c}
	case kwClose:
		return &CloseCursor{Node: n, Cursor: c}
	}
	return &DeallocateCursor{Node: n, Cursor: c}
}

// isStatementEnd reports whether a token cannot go on with a statement of two words.
func isStatementEnd(t *token) bool {
	return t.kind == kindEOF || t.kind == ';' || t.kw != notKeyword && t.kw != kwKey
}

// fetch reads FETCH [[orientation] FROM] cursor [INTO variables].
func (p *parser) fetch(n Node) Statement {
	s := &FetchCursor{Node: n}
	oriented := true
	switch {
	case p.acceptWord("NEXT"):
	case p.acceptWord("PRIOR"):
		s.Orientation = FetchPrior
	case p.acceptWord("FIRST"):
		s.Orientation = FetchFirst
	case p.acceptWord("LAST"):
		s.Orientation = FetchLast
	case p.acceptWord("ABSOLUTE"):
		s.Orientation = FetchAbsolute
		s.Offset = p.unary()
	case p.acceptWord("RELATIVE"):
		s.Orientation = FetchRelative
		s.Offset = p.unary()
	default:
		oriented = false
	}
	if !p.accept(kwFrom) && oriented {
		p.unexpected()
	}
	s.Cursor = p.cursor()
	if p.accept(kwInto) {
		for {
			s.Into = append(s.Into, p.variableName())
			if !p.acceptSign(',') {
				break
			}
		}
	}
	p.done(&s.Node)
	return s
}
