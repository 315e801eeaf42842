package tsql

// mostTables is how many sources one FROM may have.
const mostTables = 256

// tableSources reads source, source, ….
func (p *parser) tableSources() []TableSource {
	var list []TableSource
	for {
		list = append(list, p.tableSource())
		if len(list) > mostTables {
			p.tooManyTables()
		}
		if !p.acceptSign(',') {
			return list
		}
	}
}

func (p *parser) tooManyTables() {
	p.fail(106, "Too many table names in the query. The maximum allowable is %d.", mostTables)
}

// tableSource reads one source with what it is joined with.
func (p *parser) tableSource() TableSource {
	if !p.enter() {
		return &Derived{}
	}
	defer p.leave()
	return p.joins(p.singleSource())
}

// joins reads the joins that follow a source.
func (p *parser) joins(left TableSource) TableSource {
	for count := 0; ; count++ {
		if count > mostTables {
			p.tooManyTables()
		}
		switch {
		case p.is(kwPivot):
			left = p.pivot(left)
		case p.is(kwUnpivot):
			left = p.unpivot(left)
		case p.atJoin():
			left = p.join(left)
		default:
			return left
		}
	}
}

func (p *parser) atJoin() bool {
	switch p.tok.kw {
	case kwInner, kwJoin, kwLeft, kwRight, kwFull, kwCross:
		return true
	case kwOuter:
		return p.nextWord("APPLY")
	}
	return false
}

// join reads one join. What stands to the right may be joined first: a JOIN b JOIN c ON … ON ….
func (p *parser) join(left TableSource) TableSource {
	j := &Join{Left: left}
	switch {
	case p.accept(kwCross):
		j.Kind = CrossApply
		if !p.acceptWord("APPLY") {
			p.expect(kwJoin)
			j.Kind = CrossJoin
		}
	case p.accept(kwOuter):
		p.expectWord("APPLY")
		j.Kind = OuterApply
	default:
		p.joinKind(j)
	}
	if j.Kind >= CrossJoin {
		j.Right = p.singleSource()
		j.Node = p.from(left.Span())
		return j
	}
	if !p.enter() {
		j.Right, j.On = &Derived{}, p.bad()
		return j
	}
	j.Right = p.singleSource()
	for p.atJoin() || p.is(kwPivot) || p.is(kwUnpivot) {
		switch {
		case p.is(kwPivot):
			j.Right = p.pivot(j.Right)
		case p.is(kwUnpivot):
			j.Right = p.unpivot(j.Right)
		default:
			j.Right = p.join(j.Right)
		}
	}
	p.leave()
	p.expect(kwOn)
	j.On = p.condition()
	j.Node = p.from(left.Span())
	return j
}

// joinKind reads [INNER | LEFT | RIGHT | FULL [OUTER]] [hint] JOIN.
func (p *parser) joinKind(j *Join) {
	outer := true
	switch {
	case p.accept(kwLeft):
		j.Kind = LeftJoin
	case p.accept(kwRight):
		j.Kind = RightJoin
	case p.accept(kwFull):
		j.Kind = FullJoin
	default:
		outer = false
		if !p.accept(kwInner) {
			p.expect(kwJoin)
			return
		}
	}
	if outer {
		p.accept(kwOuter)
	}
	for _, hint := range [...]string{"LOOP", "HASH", "MERGE", "REMOTE"} {
		if p.acceptWord(hint) {
			j.Hint = hint
			break
		}
	}
	p.expect(kwJoin)
}

// singleSource reads one source without joins.
func (p *parser) singleSource() TableSource {
	switch {
	case p.isSign('('):
		return p.parenthesisedSource()
	case p.isSign('{'):
		return p.outerEscape()
	case p.isSign(kindVariable):
		return p.variableSource()
	case p.is(kwOpenrowset), p.is(kwOpenquery), p.is(kwOpendatasource):
		return p.rowset()
	case p.is(kwOpenxml), p.is(kwContainstable), p.is(kwFreetexttable), p.isWord("CHANGETABLE") && p.peek().kind == '(':
		if p.tok.kw != kwOpenxml {
			p.notSupported(upper(p.tok.text))
			return &Derived{}
		}
		n := ObjectName{Node: p.node()}
		n.Name = p.takeIdent()
		return p.tableFunction(n)
	}
	return p.namedSource()
}

// outerEscape reads ODBC's {oj a LEFT OUTER JOIN b ON …}.
func (p *parser) outerEscape() TableSource {
	p.advance()
	p.expectWord("OJ")
	s := p.tableSource()
	p.expectSign('}')
	return s
}

// parenthesisedSource reads (query) AS alias, (joins), or (change) AS alias.
func (p *parser) parenthesisedSource() TableSource {
	n := p.node()
	s, q := p.sourceOrQuery()
	if q == nil {
		return s
	}
	return p.derived(n, q)
}

func (p *parser) derived(n Node, q *Query) TableSource {
	d := &Derived{Node: n, Query: q}
	d.Alias, d.Columns = p.sourceAlias(true)
	p.done(&d.Node)
	return d
}

// sourceOrQuery reads what stands in parentheses in FROM: either a source or a query, whose alias is still to come.
func (p *parser) sourceOrQuery() (TableSource, *Query) {
	n := p.node()
	if !p.enter() {
		return &Derived{}, nil
	}
	defer p.leave()
	p.advance()
	switch {
	case p.is(kwSelect), p.is(kwValues):
		q := p.query(valuesQuery)
		p.expectSign(')')
		return nil, q
	case p.is(kwInsert), p.is(kwUpdate), p.is(kwDelete), p.is(kwMerge):
		c := &ChangeTable{Node: n, Statement: p.change(nil)}
		p.expectSign(')')
		c.Alias, c.Columns = p.sourceAlias(true)
		p.done(&c.Node)
		return c, nil
	case p.is(kwWith):
		p.fail(156, "Incorrect syntax near the keyword '%s'.", p.tok.text)
		return &Derived{}, nil
	case p.isSign('('):
		inner := p.node()
		s, q := p.sourceOrQuery()
		switch {
		case q == nil:
		case p.isSign(')'):
			p.advance()
			return nil, q
		case p.atSetOperator() || p.is(kwOrder):
			q = p.continueQuery(q)
			p.expectSign(')')
			return nil, q
		default:
			s = p.derived(inner, q)
		}
		s = p.joins(s)
		p.expectSign(')')
		return s, nil
	}
	s := p.joins(p.singleSource())
	p.expectSign(')')
	return s, nil
}

// sourceAlias reads [AS] alias [(columns)]. Where one is needed, it must be there.
func (p *parser) sourceAlias(needed bool) (Ident, []Ident) {
	var id Ident
	if p.accept(kwAs) || needed {
		id = p.ident()
	} else {
		id = p.bareAlias()
	}
	if id.Name != "" && p.isSign('(') && !p.peek().isTableHint() {
		return id, p.idents()
	}
	return id, nil
}

// bareAlias reads an alias without AS, unless the word begins a clause.
func (p *parser) bareAlias() Ident {
	if !p.isName() || p.atWindowClause() || p.isWord("USING") {
		return Ident{}
	}
	return p.takeIdent()
}
