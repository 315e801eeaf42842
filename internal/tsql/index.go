package tsql

// createIndex reads what follows CREATE in CREATE [UNIQUE] [CLUSTERED] [COLUMNSTORE] INDEX name ON table (columns) ….
func (p *parser) createIndex(n Node) Statement {
	s := &CreateIndex{Node: n}
	s.Index.Node = n
	p.indexKind(&s.Index)
	for _, kind := range [...]string{"XML", "SPATIAL", "JSON", "VECTOR"} {
		if p.acceptWord(kind) {
			s.Index.Kind = kind
		}
	}
	p.expect(kwIndex)
	s.Index.Name = p.ident()
	p.expect(kwOn)
	s.Table = p.objectName()
	if p.isSign('(') || !s.Index.ColumnStore {
		s.Index.Columns = p.indexColumns()
	}
	p.indexTail(&s.Index)
	p.done(&s.Index.Node)
	p.done(&s.Node)
	return s
}

// atIndex reports whether what follows CREATE is an index.
func (p *parser) atIndex() bool {
	switch p.tok.kw {
	case kwIndex, kwUnique, kwClustered, kwNonclustered:
		return true
	}
	return p.isWord("COLUMNSTORE") || p.peek().kw == kwIndex &&
		(p.isWord("XML") || p.isWord("SPATIAL") || p.isWord("JSON") || p.isWord("VECTOR"))
}

// alterIndex reads ALTER INDEX name | ALL ON table verb.
func (p *parser) alterIndex(n Node) Statement {
	s := &AlterIndex{Node: n}
	p.advance()
	if p.accept(kwAll) {
		s.All = true
	} else {
		s.Name = p.ident()
	}
	p.expect(kwOn)
	s.Table = p.objectName()
	switch {
	case p.is(kwSet), p.isWord("REBUILD"), p.isWord("REORGANIZE"), p.isWord("DISABLE"), p.isWord("RESUME"), p.isWord("PAUSE"), p.isWord("ABORT"):
		s.Verb = upper(p.tok.text)
		p.advance()
	default:
		p.unexpected()
	}
	if s.Verb == "SET" {
		s.Options = p.options()
	} else {
		s.Options = p.partition()
		if p.is(kwWith) && p.peek().kind == '(' {
			p.advance()
			s.Options = append(s.Options, p.options()...)
		}
	}
	p.done(&s.Node)
	return s
}

// dropIndex reads DROP INDEX [IF EXISTS] name ON table, …, or table.name.
func (p *parser) dropIndex(n Node) Statement {
	s := &DropIndex{Node: n}
	p.advance()
	s.IfExists = p.ifExists()
	for {
		x := DroppedIndex{Node: p.node()}
		parts, count := p.parts(4)
		x.Name = parts[count-1]
		switch {
		case p.accept(kwOn):
			if count > 1 {
				p.unexpected()
			}
			x.Table = p.objectName()
		case count > 1:
			fillName(&x.Table, parts[:count-1])
			x.Table.Node = x.Node
			p.done(&x.Table.Node)
		default:
			p.failAt(x.At.Line, 159, "Must specify the table name and index name for the DROP INDEX statement.")
		}
		if p.is(kwWith) && p.peek().kind == '(' {
			p.advance()
			x.Options = p.options()
		}
		p.done(&x.Node)
		s.Indexes = append(s.Indexes, x)
		if !p.acceptSign(',') {
			break
		}
	}
	p.done(&s.Node)
	return s
}

// createStatistics reads CREATE STATISTICS name ON table (columns) [WHERE …] [WITH …].
func (p *parser) createStatistics(n Node) Statement {
	s := &CreateStatistics{Node: n}
	p.advance()
	s.Name = p.ident()
	p.expect(kwOn)
	s.Table = p.objectName()
	s.Columns = p.idents()
	if p.accept(kwWhere) {
		s.Where = p.condition()
	}
	if p.accept(kwWith) {
		s.Options = p.optionList()
	}
	p.done(&s.Node)
	return s
}

// updateStatistics reads UPDATE STATISTICS table [name | (names)] [WITH …].
func (p *parser) updateStatistics() Statement {
	s := &UpdateStatistics{Node: p.node()}
	p.advance()
	p.advance()
	s.Table = p.objectName()
	if p.isSign('(') {
		s.Names = p.idents()
	} else if id, ok := p.acceptIdent(); ok {
		s.Names = []Ident{id}
	}
	if p.accept(kwWith) {
		s.Options = p.optionList()
	}
	p.done(&s.Node)
	return s
}
