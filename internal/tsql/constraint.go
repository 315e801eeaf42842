package tsql

// constraint reads [CONSTRAINT name] and a constraint, of the table or of a column.
func (p *parser) constraint(ofTable bool) Constraint {
	c := Constraint{Node: p.node()}
	if p.accept(kwConstraint) {
		c.Name = p.ident()
	}
	switch p.tok.kw {
	case kwPrimary:
		p.advance()
		p.expect(kwKey)
		c.Kind = PrimaryKey
		p.keyConstraint(&c, ofTable)
	case kwUnique:
		p.advance()
		c.Kind = Unique
		p.keyConstraint(&c, ofTable)
	case kwForeign:
		p.advance()
		p.expect(kwKey)
		if ofTable || p.isSign('(') {
			c.Columns = p.plainColumns()
		}
		p.references(&c)
	case kwReferences:
		if ofTable {
			p.unexpected()
		}
		p.references(&c)
	case kwCheck:
		p.checkConstraint(&c)
	case kwDefault:
		p.defaultConstraint(&c)
	default:
		p.unexpected()
	}
	p.done(&c.Node)
	return c
}

// keyConstraint reads what follows PRIMARY KEY and UNIQUE.
func (p *parser) keyConstraint(c *Constraint, ofTable bool) {
	c.Clustered = p.clustering()
	if c.Clustered == No {
		p.acceptWord("HASH")
	}
	if ofTable || p.isSign('(') {
		c.Columns = p.indexColumns()
	}
	x := IndexDefinition{}
	p.indexTail(&x)
	if x.Include != nil || x.Where != nil {
		p.failAt(c.At.Line, 102, "Incorrect syntax near '%s'.", p.nearHere())
	}
	c.Options = x.Options
}

// plainColumns reads (column, …) as key columns.
func (p *parser) plainColumns() []IndexColumn {
	var list []IndexColumn
	for _, id := range p.idents() {
		list = append(list, IndexColumn{Node: id.Node, Name: id})
	}
	return list
}

// references reads REFERENCES table [(columns)] and the actions.
func (p *parser) references(c *Constraint) {
	c.Kind = ForeignKey
	p.expect(kwReferences)
	c.References = p.objectName()
	if p.isSign('(') {
		c.RefColumns = p.idents()
	}
	for {
		switch {
		case p.is(kwOn) && p.peek().kw == kwDelete:
			p.advance()
			p.advance()
			c.OnDelete = p.referentialAction()
		case p.is(kwOn) && p.peek().kw == kwUpdate:
			p.advance()
			p.advance()
			c.OnUpdate = p.referentialAction()
		case p.is(kwNot) && p.peek().kw == kwFor:
			p.advance()
			p.advance()
			p.expect(kwReplication)
			c.NotForReplication = true
		default:
			return
		}
	}
}

func (p *parser) referentialAction() ReferentialAction {
	switch {
	case p.accept(kwCascade):
		return Cascade
	case p.accept(kwSet):
		if p.accept(kwNull) {
			return SetNull
		}
		p.expect(kwDefault)
		return SetDefault
	}
	p.expectWord("NO")
	p.expectWord("ACTION")
	return NoAction
}

// checkConstraint reads CHECK [NOT FOR REPLICATION] (condition).
func (p *parser) checkConstraint(c *Constraint) {
	p.advance()
	c.Kind = Check
	if p.accept(kwNot) {
		p.expect(kwFor)
		p.expect(kwReplication)
		c.NotForReplication = true
	}
	n := p.node()
	p.expectSign('(')
	c.Expr = p.condition()
	p.expectSign(')')
	c.Text = p.from(n.At).At
}

// defaultConstraint reads DEFAULT value [FOR column] [WITH VALUES].
func (p *parser) defaultConstraint(c *Constraint) {
	p.advance()
	c.Kind = DefaultConstraint
	n := p.node()
	c.Expr = p.value()
	c.Text = p.from(n.At).At
	if p.accept(kwFor) {
		c.For = p.ident()
	}
	if p.is(kwWith) && p.peek().kw == kwValues {
		p.advance()
		p.advance()
		c.WithValues = true
	}
}
