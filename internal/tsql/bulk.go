package tsql

// insertBulk reads INSERT BULK table (name type [COLLATE c] [NULL], …) [WITH (options)].
func (p *parser) insertBulk() Statement {
	s := &InsertBulk{Node: p.node()}
	p.advance()
	p.advance()
	s.Table = p.objectName()
	if p.acceptSign('(') {
		for {
			s.Columns = append(s.Columns, p.bulkColumn())
			if !p.acceptSign(',') {
				break
			}
		}
		p.expectSign(')')
	}
	if p.accept(kwWith) {
		s.Options = p.bulkOptions()
	}
	p.done(&s.Node)
	return s
}

func (p *parser) bulkColumn() BulkColumn {
	c := BulkColumn{Node: p.node(), Name: p.ident(), Type: p.dataType()}
	for {
		switch {
		case p.accept(kwCollate):
			c.Collation = p.ident()
			continue
		case p.accept(kwNot):
			p.expect(kwNull)
			c.Null = No
			continue
		case p.accept(kwNull):
			c.Null = Yes
			continue
		}
		p.done(&c.Node)
		return c
	}
}

// bulkOptions reads (NAME [= value], ORDER (column [ASC | DESC], …), …).
func (p *parser) bulkOptions() []Option {
	p.expectSign('(')
	var list []Option
	for {
		o := Option{Node: p.node()}
		if p.tok.kind != kindWord {
			p.unexpected()
			return list
		}
		o.Name = upper(p.tok.text)
		p.advance()
		switch {
		case o.Name == "ORDER":
			for _, c := range p.indexColumns() {
				word := "ASC"
				if c.Desc {
					word = "DESC"
				}
				o.Options = append(o.Options, Option{Node: c.Node, Name: c.Name.Name, Word: word})
			}
		case p.acceptSign('='):
			o.Value = p.value()
		}
		p.done(&o.Node)
		list = append(list, o)
		if !p.acceptSign(',') {
			break
		}
	}
	p.expectSign(')')
	return list
}

// bulkInsert reads BULK INSERT table FROM 'file' [WITH (options)].
func (p *parser) bulkInsert() Statement {
	s := &BulkInsert{Node: p.node()}
	p.advance()
	p.expect(kwInsert)
	s.Table = p.objectName()
	p.expect(kwFrom)
	s.From = p.stringText()
	if p.accept(kwWith) {
		s.Options = p.bulkOptions()
	}
	p.done(&s.Node)
	return s
}

// truncate reads TRUNCATE TABLE name [WITH (PARTITIONS (…))].
func (p *parser) truncate() Statement {
	s := &Truncate{Node: p.node()}
	p.advance()
	p.expect(kwTable)
	s.Table = p.objectName()
	if p.accept(kwWith) {
		s.Options = p.options()
	}
	p.done(&s.Node)
	return s
}
