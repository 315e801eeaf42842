package tsql

// createTable reads CREATE TABLE.
func (p *parser) createTable(n Node) Statement {
	s := &CreateTable{Node: n}
	p.advance()
	s.Name = p.objectName()
	p.table = s.Name.Name.Name
	if p.accept(kwAs) {
		p.notSupported("CREATE TABLE AS")
		return s
	}
	s.Table = p.tableDefinition()
	for {
		switch {
		case p.accept(kwOn), p.acceptWord("TEXTIMAGE_ON"), p.acceptWord("FILESTREAM_ON"):
			p.filegroup()
		case p.is(kwAs) && (p.nextWord("NODE") || p.nextWord("EDGE")):
			p.notSupported("CREATE TABLE AS " + upper(p.peek().text))
		case p.is(kwWith) && p.peek().kind == '(':
			p.advance()
			s.Options = append(s.Options, p.options()...)
		default:
			p.done(&s.Node)
			return s
		}
	}
}

// filegroup passes the name of a filegroup, or of a partition scheme with its column: a database of Azure has one place.
func (p *parser) filegroup() {
	if !p.acceptSign(kindString) && !p.accept(kwPrimary) && !p.accept(kwDefault) {
		p.ident()
	}
	if p.acceptSign('(') {
		p.ident()
		p.expectSign(')')
	}
}

// tableDefinition reads (column, constraint, index, …). A comma may stand before the closing parenthesis.
func (p *parser) tableDefinition() TableDefinition {
	d := TableDefinition{Node: p.node()}
	p.expectSign('(')
	for {
		p.tableElement(&d)
		if !p.acceptSign(',') {
			if p.isTableConstraint() {
				continue // the comma before a constraint may be left out
			}
			break
		}
		if p.isSign(')') {
			break
		}
	}
	p.expectSign(')')
	p.done(&d.Node)
	return d
}

func (p *parser) isTableConstraint() bool {
	switch p.tok.kw {
	case kwConstraint, kwPrimary, kwUnique, kwForeign, kwCheck:
		return true
	}
	return false
}

// tableElement reads one column, constraint, index or period.
func (p *parser) tableElement(d *TableDefinition) {
	switch {
	case p.isTableConstraint():
		d.Constraints = append(d.Constraints, p.constraint(true))
	case p.is(kwIndex):
		d.Indexes = append(d.Indexes, p.inlineIndex())
	case p.isWord("PERIOD") && p.peek().kw == kwFor:
		period := &Period{Node: p.node()}
		p.advance()
		p.advance()
		p.expectWord("SYSTEM_TIME")
		p.expectSign('(')
		period.Start = p.ident()
		p.expectSign(',')
		period.End = p.ident()
		p.expectSign(')')
		p.done(&period.Node)
		d.Period = period
	default:
		d.Columns = append(d.Columns, p.columnDefinition())
	}
}

// inlineIndex reads INDEX name [UNIQUE] [CLUSTERED] (columns) ….
func (p *parser) inlineIndex() IndexDefinition {
	x := IndexDefinition{Node: p.node()}
	p.advance()
	x.Name = p.ident()
	p.indexKind(&x)
	if p.isSign('(') {
		x.Columns = p.indexColumns()
	}
	p.indexTail(&x)
	p.done(&x.Node)
	return x
}

// indexKind reads [UNIQUE] [CLUSTERED | NONCLUSTERED] [COLUMNSTORE | HASH].
func (p *parser) indexKind(x *IndexDefinition) {
	if p.accept(kwUnique) {
		x.Unique = true
	}
	x.Clustered = p.clustering()
	switch {
	case p.acceptWord("COLUMNSTORE"):
		x.ColumnStore = true
	case p.acceptWord("HASH"):
		x.Hash = true
	}
}

func (p *parser) clustering() Toggle {
	switch {
	case p.accept(kwClustered):
		return Yes
	case p.accept(kwNonclustered):
		return No
	}
	return Unspecified
}

// indexColumns reads (column [ASC | DESC], …).
func (p *parser) indexColumns() []IndexColumn {
	p.expectSign('(')
	var list []IndexColumn
	for {
		c := IndexColumn{Node: p.node(), Name: p.ident()}
		if p.accept(kwDesc) {
			c.Desc = true
		} else {
			p.accept(kwAsc)
		}
		p.done(&c.Node)
		list = append(list, c)
		if !p.acceptSign(',') {
			break
		}
	}
	p.expectSign(')')
	return list
}

// indexTail reads INCLUDE, WHERE, WITH and ON.
func (p *parser) indexTail(x *IndexDefinition) {
	if p.acceptWord("INCLUDE") {
		x.Include = p.idents()
	}
	if p.accept(kwWhere) {
		start := p.tok.start
		line := p.tok.line
		x.Where = p.condition()
		x.WhereText = Span{Start: start, End: p.last.end, Line: line}
	}
	for {
		switch {
		case p.is(kwWith) && p.peek().kind == '(':
			p.advance()
			x.Options = append(x.Options, p.options()...)
		case p.is(kwWith) && isOldIndexOption(p.peek()):
			p.advance()
			x.Options = append(x.Options, p.oldIndexOptions()...)
		case p.accept(kwOn), p.acceptWord("FILESTREAM_ON"):
			p.filegroup()
		default:
			return
		}
	}
}

// isOldIndexOption reports whether a token is one of the options that an index may have without parentheses.
func isOldIndexOption(t *token) bool {
	if t.kind != kindWord {
		return false
	}
	switch upper(t.text) {
	case "FILLFACTOR", "PAD_INDEX", "IGNORE_DUP_KEY", "DROP_EXISTING", "STATISTICS_NORECOMPUTE", "SORT_IN_TEMPDB":
		return true
	}
	return false
}

// oldIndexOptions reads NAME [= n], ….
func (p *parser) oldIndexOptions() []Option {
	var list []Option
	for {
		if !isOldIndexOption(&p.tok) {
			p.unexpected()
			return list
		}
		o := Option{Node: p.node(), Name: upper(p.tok.text)}
		p.advance()
		if p.acceptSign('=') {
			p.optionValue(&o)
		}
		p.done(&o.Node)
		list = append(list, o)
		if !p.acceptSign(',') {
			return list
		}
	}
}
