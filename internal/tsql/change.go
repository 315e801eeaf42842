package tsql

// change reads INSERT, UPDATE, DELETE or MERGE after its WITH, if any.
func (p *parser) change(with *With) Statement {
	switch p.tok.kw {
	case kwInsert:
		return p.insert(with)
	case kwUpdate:
		return p.update(with)
	case kwDelete:
		return p.deletion(with)
	case kwMerge:
		return p.merge(with)
	}
	p.unexpected()
	return &Delete{Target: &Table{}}
}

// changeNode begins the node of a change where its WITH begins.
func (p *parser) changeNode(with *With) Node {
	if with != nil {
		return Node{At: with.At}
	}
	return p.node()
}

// changeTop reads TOP (n) [PERCENT] of a change.
func (p *parser) changeTop() *Top {
	if !p.is(kwTop) {
		return nil
	}
	return p.top()
}

// target reads what a change changes: a table, a view, an alias, a table variable.
func (p *parser) target() TableSource {
	switch {
	case p.isSign(kindVariable):
		v := p.variable()
		return &TableVariable{Node: v.Node, Name: v.Name}
	case p.is(kwOpenrowset), p.is(kwOpenquery), p.is(kwOpendatasource):
		return p.rowset()
	}
	n := p.objectName()
	t := &Table{Node: n.Node, Name: n}
	if p.is(kwWith) && p.peek().kind == '(' {
		t.Hints = p.tableHints()
		p.done(&t.Node)
	}
	return t
}

// outputs reads OUTPUT clauses.
func (p *parser) outputs() []Output {
	var list []Output
	for p.isWord("OUTPUT") && len(list) < 2 {
		o := Output{Node: p.node()}
		p.advance()
		o.Items = p.selectItems()
		if p.accept(kwInto) {
			o.Into = p.outputTarget()
			if p.isSign('(') {
				o.Columns = p.idents()
			}
		}
		p.done(&o.Node)
		list = append(list, o)
		if o.Into == nil {
			break
		}
	}
	return list
}

func (p *parser) outputTarget() TableSource {
	if p.isSign(kindVariable) {
		v := p.variable()
		return &TableVariable{Node: v.Node, Name: v.Name}
	}
	n := p.objectName()
	return &Table{Node: n.Node, Name: n}
}

// insert reads INSERT.
func (p *parser) insert(with *With) Statement {
	s := &Insert{Node: p.changeNode(with), With: with}
	p.advance()
	s.Top = p.changeTop()
	p.accept(kwInto)
	s.Target = p.target()
	if p.isSign('(') {
		if k := p.peek(); k.kw != kwSelect && k.kind != '(' {
			s.Columns = p.insertColumnList()
		}
	}
	s.Output = p.outputs()
	switch {
	case p.is(kwDefault):
		p.advance()
		p.expect(kwValues)
		s.DefaultValues = true
	case p.is(kwExec), p.is(kwExecute):
		s.Execute, _ = p.execute().(*Execute)
	case p.is(kwWith):
		p.with()
	default:
		s.Query = p.query(insertQuery)
		p.checkWidth(s)
	}
	p.done(&s.Node)
	return s
}

// checkWidth compares the columns of an INSERT with its VALUES.
func (p *parser) checkWidth(s *Insert) {
	v, ok := s.Query.Body.(*Values)
	if !ok || len(s.Columns) == 0 || len(v.Rows) == 0 {
		return
	}
	switch n := len(v.Rows[0]); {
	case len(s.Columns) > n:
		p.failAt(s.At.Line, 109, "There are more columns in the INSERT statement than values specified in the VALUES clause. "+
			"The number of values in the VALUES clause must match the number of columns specified in the INSERT statement.")
	case len(s.Columns) < n:
		p.failAt(s.At.Line, 110, "There are fewer columns in the INSERT statement than values specified in the VALUES clause. "+
			"The number of values in the VALUES clause must match the number of columns specified in the INSERT statement.")
	}
}

// insertColumnList reads (column, …); names of several parts are allowed, and their last counts.
func (p *parser) insertColumnList() []Ident {
	p.expectSign('(')
	var list []Ident
	for {
		if p.is(kwIdentitycol) || p.is(kwRowguidcol) {
			list = append(list, p.takeIdent())
		} else {
			parts, count := p.parts(4)
			list = append(list, parts[count-1])
		}
		if !p.acceptSign(',') {
			break
		}
	}
	p.expectSign(')')
	return list
}

// update reads UPDATE.
func (p *parser) update(with *With) Statement {
	s := &Update{Node: p.changeNode(with), With: with}
	p.advance()
	s.Top = p.changeTop()
	s.Target = p.target()
	p.expect(kwSet)
	s.Set = p.assignments()
	s.Output = p.outputs()
	if p.accept(kwFrom) {
		s.From = p.tableSources()
	}
	s.Where, s.CurrentOf = p.changeWhere()
	if p.is(kwOption) {
		s.Hints = p.queryHints()
	}
	p.done(&s.Node)
	return s
}

// changeWhere reads WHERE condition, or WHERE CURRENT OF cursor.
func (p *parser) changeWhere() (Expr, *Cursor) {
	if !p.accept(kwWhere) {
		return nil, nil
	}
	if p.is(kwCurrent) && p.peek().kw == kwOf {
		p.advance()
		p.advance()
		c := p.cursor()
		return nil, &c
	}
	return p.condition(), nil
}

func (p *parser) assignments() []Assignment {
	var list []Assignment
	for {
		list = append(list, p.assignment())
		if !p.acceptSign(',') {
			return list
		}
	}
}

// assignment reads column = value, @v = value, @v = column = value, and column.WRITE(…).
func (p *parser) assignment() Assignment {
	a := Assignment{Node: p.node()}
	if p.isSign(kindVariable) {
		a.Variable = p.tok.text
		p.advance()
		if !assignment(p.tok.kind) {
			p.unexpected()
		}
		a.Op = assignmentOf(p.tok.kind)
		p.advance()
		if a.Op == NoOperator && p.assignedColumn(&a) {
			p.done(&a.Node)
			return a
		}
		a.Value = p.value()
		p.done(&a.Node)
		return a
	}
	n := p.node()
	parts, count := p.parts(5)
	if p.isSign('(') && count > 1 {
		m := &Method{Name: parts[count-1]}
		m.X = p.columnOf(n, parts[:count-1])
		p.methodArguments(m)
		m.Node = p.from(n.At)
		a.Column, a.Method = m.X.(*Column), m
		p.done(&a.Node)
		return a
	}
	a.Column = p.columnOf(n, parts[:count])
	p.assigned(&a)
	p.done(&a.Node)
	return a
}

// assigned reads = value, or what assigns otherwise.
func (p *parser) assigned(a *Assignment) {
	if !assignment(p.tok.kind) {
		p.unexpected()
	}
	a.Op = assignmentOf(p.tok.kind)
	p.advance()
	a.Value = p.valueOrDefault()
}

// assignedColumn reads column = value after @v =, if that stands there.
func (p *parser) assignedColumn(a *Assignment) bool {
	if !p.isName() {
		return false
	}
	m := p.mark()
	n := p.node()
	for p.isName() && p.peek().kind == '.' || p.isSign('.') {
		p.advance()
	}
	found := p.isName() && assignment(p.peek().kind)
	p.reset(m)
	if !found {
		return false
	}
	parts, count := p.parts(5)
	a.Column = p.columnOf(n, parts[:count])
	p.assigned(a)
	return true
}

// deletion reads DELETE.
func (p *parser) deletion(with *With) Statement {
	s := &Delete{Node: p.changeNode(with), With: with}
	p.advance()
	s.Top = p.changeTop()
	p.accept(kwFrom)
	s.Target = p.target()
	s.Output = p.outputs()
	if p.accept(kwFrom) {
		s.From = p.tableSources()
	}
	s.Where, s.CurrentOf = p.changeWhere()
	if p.is(kwOption) {
		s.Hints = p.queryHints()
	}
	p.done(&s.Node)
	return s
}
