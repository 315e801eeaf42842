package tsql

// merge reads MERGE.
func (p *parser) merge(with *With) Statement {
	s := &Merge{Node: p.changeNode(with), With: with}
	line := p.tok.line
	p.advance()
	s.Top = p.changeTop()
	p.accept(kwInto)
	s.Target = p.mergeTarget()
	p.expectWord("USING")
	s.Using = p.tableSource()
	p.expect(kwOn)
	s.On = p.condition()
	for p.is(kwWhen) {
		s.Clauses = append(s.Clauses, p.mergeClause())
		p.checkClauses(s.Clauses)
	}
	if len(s.Clauses) == 0 {
		p.unexpected()
	}
	s.Output = p.outputs()
	if p.is(kwOption) {
		s.Hints = p.queryHints()
	}
	p.done(&s.Node)
	if !p.isSign(';') && !p.isSign(')') {
		if p.tok.kind == kindEOF {
			line = p.last.line
		}
		p.failAt(line, 10713, "A MERGE statement must be terminated by a semi-colon (;).")
	}
	return s
}

// mergeTarget reads the target with its hints and its alias.
func (p *parser) mergeTarget() TableSource {
	if p.isSign(kindVariable) {
		v := p.variable()
		t := &TableVariable{Node: v.Node, Name: v.Name}
		t.Alias, _ = p.tableAlias()
		p.done(&t.Node)
		return t
	}
	n := p.objectName()
	t := &Table{Node: n.Node, Name: n}
	t.Hints = p.tableHints()
	t.Alias, _ = p.tableAlias()
	p.done(&t.Node)
	return t
}

// mergeClause reads WHEN [NOT] MATCHED [BY TARGET | SOURCE] [AND condition] THEN action.
func (p *parser) mergeClause() MergeClause {
	c := MergeClause{Node: p.node()}
	p.advance()
	if p.accept(kwNot) {
		p.expectWord("MATCHED")
		c.Match = NotMatchedByTarget
		if p.accept(kwBy) {
			if p.acceptWord("SOURCE") {
				c.Match = NotMatchedBySource
			} else {
				p.expectWord("TARGET")
			}
		}
	} else {
		p.expectWord("MATCHED")
	}
	if p.accept(kwAnd) {
		c.And = p.condition()
	}
	p.expect(kwThen)
	p.mergeAction(&c)
	p.done(&c.Node)
	return c
}

func (p *parser) mergeAction(c *MergeClause) {
	inserts := c.Match == NotMatchedByTarget
	switch {
	case p.accept(kwUpdate):
		p.mergeAllowed(!inserts, "UPDATE", c)
		c.Action = MergeUpdate
		p.expect(kwSet)
		c.Set = p.assignments()
	case p.accept(kwDelete):
		p.mergeAllowed(!inserts, "DELETE", c)
		c.Action = MergeDelete
	case p.accept(kwInsert):
		p.mergeAllowed(inserts, "INSERT", c)
		c.Action = MergeInsert
		if p.isSign('(') {
			c.Columns = p.insertColumnList()
		}
		if p.accept(kwDefault) {
			p.expect(kwValues)
			c.DefaultValues = true
			return
		}
		line := p.tok.line
		p.expect(kwValues)
		c.Values = p.row()
		p.checkMergeWidth(c, line)
	default:
		p.unexpected()
	}
}

func (p *parser) checkMergeWidth(c *MergeClause, line int32) {
	if n := len(c.Columns); n != 0 && n != len(c.Values) {
		what := "more"
		number := int32(109)
		if n < len(c.Values) {
			what, number = "fewer", 110
		}
		p.failAt(line, number, "There are %s columns in the INSERT statement than values specified in the VALUES clause. "+
			"The number of values in the VALUES clause must match the number of columns specified in the INSERT statement.", what)
	}
}

// clauseName is how errors call the clause of a MERGE.
func (m MergeMatch) clauseName() string {
	switch m {
	case Matched:
		return "WHEN MATCHED"
	case NotMatchedByTarget:
		return "WHEN NOT MATCHED"
	}
	return "WHEN NOT MATCHED BY SOURCE"
}

func (p *parser) mergeAllowed(allowed bool, action string, c *MergeClause) {
	if !allowed {
		p.fail(10710, "An action of type '%s' is not allowed in the '%s' clause of a MERGE statement.", action, c.Match.clauseName())
	}
}

// checkClauses holds the last clause against those before it: one INSERT, at most two of the other sorts with
// different actions, and none after one without a condition.
func (p *parser) checkClauses(list []MergeClause) {
	last := &list[len(list)-1]
	name := last.Match.clauseName()
	for i := range list[:len(list)-1] {
		c := &list[i]
		switch {
		case c.Match != last.Match:
		case last.Match == NotMatchedByTarget:
			p.failAt(last.At.Line, 10711, "An action of type 'INSERT' is not allowed in more than one '%s' clause of a MERGE statement.", name)
		case c.And == nil && last.And != nil:
			p.failAt(last.At.Line, 5324, "In a MERGE statement, a '%s' clause with a search condition cannot appear after a '%s' clause "+
				"with no search condition.", name, name)
		case c.Action == last.Action || c.And == nil:
			action := "UPDATE"
			if last.Action == MergeDelete {
				action = "DELETE"
			}
			p.failAt(last.At.Line, 10714, "An action of type '%s' cannot appear more than once in a '%s' clause of a MERGE statement.", action, name)
		}
	}
}
