package tsql

// alterTable reads ALTER TABLE.
func (p *parser) alterTable(n Node) Statement {
	s := &AlterTable{Node: n}
	p.advance()
	s.Name = p.objectName()
	p.table = s.Name.Name.Name
	s.Action = p.tableAction()
	p.done(&s.Node)
	return s
}

func (p *parser) tableAction() TableAction {
	n := p.node()
	withCheck := Unspecified
	if p.is(kwWith) && (p.peek().kw == kwCheck || p.peek().kw == kwNocheck) {
		p.advance()
		withCheck = Yes
		if p.is(kwNocheck) {
			withCheck = No
		}
		p.advance()
	}
	switch {
	case p.accept(kwAdd):
		a := &AddElements{Node: n, WithCheck: withCheck}
		a.Table = p.addedElements()
		p.done(&a.Node)
		return a
	case p.is(kwCheck), p.is(kwNocheck):
		return p.checkConstraints(n, withCheck)
	case withCheck != Unspecified:
		p.unexpected()
	case p.accept(kwAlter):
		return p.alterColumn(n)
	case p.accept(kwDrop):
		return p.dropElements(n)
	case p.isWord("ENABLE"), p.isWord("DISABLE"):
		return p.enableAction(n)
	case p.is(kwSet), p.isWord("REBUILD"):
		return p.tableOptions(n)
	case p.acceptWord("SWITCH"):
		return p.switchPartition(n)
	}
	p.unexpected()
	return &TableOptions{}
}

// addedElements reads column, constraint, …, after ADD. A default may stand as a constraint of its own here.
func (p *parser) addedElements() TableDefinition {
	d := TableDefinition{Node: p.node()}
	for {
		if p.is(kwDefault) {
			d.Constraints = append(d.Constraints, p.constraint(true))
		} else {
			p.accept(kwColumn)
			p.tableElement(&d)
		}
		if p.acceptSign(',') {
			continue
		}
		if !p.isTableConstraint() {
			break
		}
	}
	p.done(&d.Node)
	return d
}

// checkConstraints reads CHECK | NOCHECK CONSTRAINT ALL | name, ….
func (p *parser) checkConstraints(n Node, withCheck Toggle) TableAction {
	a := &CheckConstraints{Node: n, WithCheck: withCheck, Enable: p.is(kwCheck)}
	p.advance()
	p.expect(kwConstraint)
	if p.accept(kwAll) {
		a.All = true
	} else {
		a.Names = p.identList()
	}
	p.done(&a.Node)
	return a
}

// alterColumn reads COLUMN name type [COLLATE c] [NULL | NOT NULL], or COLUMN name ADD | DROP property.
func (p *parser) alterColumn(n Node) TableAction {
	a := &AlterColumn{Node: n}
	p.expect(kwColumn)
	a.Column.Node = p.node()
	a.Column.Name = p.ident()
	if p.is(kwAdd) || p.is(kwDrop) {
		a.Drop = p.is(kwDrop)
		p.advance()
		a.Property = p.columnPropertyName(&a.Column)
	} else {
		t := p.dataType()
		a.Column.Type = &t
		for p.err == nil && !p.is(kwConstraint) && !p.is(kwPrimary) && !p.is(kwDefault) && !p.is(kwIdentity) && p.columnProperty(&a.Column) {
		}
	}
	p.done(&a.Column.Node)
	if p.is(kwWith) && p.peek().kind == '(' {
		p.advance()
		a.Options = p.options()
	}
	p.done(&a.Node)
	return a
}

func (p *parser) columnPropertyName(c *ColumnDefinition) string {
	switch {
	case p.accept(kwRowguidcol):
		return "ROWGUIDCOL"
	case p.accept(kwNot):
		p.expect(kwFor)
		p.expect(kwReplication)
		return "NOT FOR REPLICATION"
	case p.acceptWord("PERSISTED"):
		return "PERSISTED"
	case p.acceptWord("SPARSE"):
		return "SPARSE"
	case p.acceptWord("HIDDEN"):
		return "HIDDEN"
	case p.acceptWord("MASKED"):
		if p.is(kwWith) {
			c.Mask = p.mask()
		}
		return "MASKED"
	}
	p.unexpected()
	return ""
}

// dropElements reads [CONSTRAINT | COLUMN | INDEX] [IF EXISTS] name, …. The word holds for the names that follow it.
func (p *parser) dropElements(n Node) TableAction {
	a := &DropElements{Node: n}
	kind, ifExists := DropConstraint, false
	for {
		e := DropElement{Node: p.node()}
		switch {
		case p.accept(kwConstraint):
			kind, ifExists = DropConstraint, p.ifExists()
		case p.accept(kwColumn):
			kind, ifExists = DropColumn, p.ifExists()
		case p.accept(kwIndex):
			kind, ifExists = DropTableIndex, p.ifExists()
		case p.isWord("PERIOD") && p.peek().kw == kwFor:
			p.advance()
			p.advance()
			p.expectWord("SYSTEM_TIME")
			e.Kind = DropPeriod
			p.done(&e.Node)
			a.Elements = append(a.Elements, e)
			p.done(&a.Node)
			return a
		}
		e.Kind, e.IfExists = kind, ifExists
		e.Name = p.ident()
		if p.is(kwWith) && p.peek().kind == '(' {
			p.advance()
			e.Options = p.options()
		}
		p.done(&e.Node)
		a.Elements = append(a.Elements, e)
		if !p.acceptSign(',') {
			break
		}
	}
	p.done(&a.Node)
	return a
}

// ifExists passes IF EXISTS, if it is there.
func (p *parser) ifExists() bool {
	if p.is(kwIf) && p.peek().kw == kwExists {
		p.advance()
		p.advance()
		return true
	}
	return false
}

// enableAction reads ENABLE | DISABLE TRIGGER names, and ENABLE | DISABLE CHANGE_TRACKING.
func (p *parser) enableAction(n Node) TableAction {
	verb := upper(p.tok.text)
	p.advance()
	if p.acceptWord("CHANGE_TRACKING") {
		a := &TableOptions{Node: n, Verb: verb + " CHANGE_TRACKING"}
		if p.is(kwWith) && p.peek().kind == '(' {
			p.advance()
			a.Options = p.options()
		}
		p.done(&a.Node)
		return a
	}
	a := &TableTriggers{Node: n, Enable: verb == "ENABLE"}
	p.expect(kwTrigger)
	if p.accept(kwAll) {
		a.All = true
	} else {
		a.Names = p.identList()
	}
	p.done(&a.Node)
	return a
}

// tableOptions reads SET (…) and REBUILD [PARTITION = ALL | n] [WITH (…)].
func (p *parser) tableOptions(n Node) TableAction {
	a := &TableOptions{Node: n, Verb: upper(p.tok.text)}
	p.advance()
	if a.Verb == "SET" {
		a.Options = p.options()
	} else {
		a.Options = p.partition()
		if p.is(kwWith) && p.peek().kind == '(' {
			p.advance()
			a.Options = append(a.Options, p.options()...)
		}
	}
	p.done(&a.Node)
	return a
}

// partition reads PARTITION = ALL | n as an option.
func (p *parser) partition() []Option {
	if !p.isWord("PARTITION") {
		return nil
	}
	o := Option{Node: p.node(), Name: "PARTITION"}
	p.advance()
	p.expectSign('=')
	p.optionValue(&o)
	p.done(&o.Node)
	return []Option{o}
}

// switchPartition reads [PARTITION n] TO table [PARTITION n] [WITH (…)].
func (p *parser) switchPartition(n Node) TableAction {
	a := &SwitchPartition{Node: n}
	if p.acceptWord("PARTITION") {
		a.From = p.value()
	}
	p.expect(kwTo)
	a.Target = p.objectName()
	if p.acceptWord("PARTITION") {
		a.To = p.value()
	}
	if p.is(kwWith) && p.peek().kind == '(' {
		p.advance()
		a.Options = p.options()
	}
	p.done(&a.Node)
	return a
}
