package tsql

// selectQuery reads one query specification.
func (p *parser) selectQuery(place queryPlace) *Select {
	s := &Select{Node: p.node()}
	p.advance()
	if p.accept(kwDistinct) {
		s.Distinct = true
	} else {
		p.accept(kwAll)
	}
	if p.is(kwTop) {
		s.Top = p.top()
	}
	s.Items = p.selectItems()
	if p.is(kwInto) && place == statementQuery {
		p.advance()
		n := p.objectName()
		s.Into = &n
		if p.accept(kwOn) { // the filegroup, of which Azure SQL Database has one
			p.ident()
		}
	}
	if p.accept(kwFrom) {
		s.From = p.tableSources()
	}
	if p.accept(kwWhere) {
		s.Where = p.condition()
	}
	if p.is(kwGroup) {
		s.GroupBy = p.groupBy()
	}
	if p.accept(kwHaving) {
		s.Having = p.condition()
	}
	if p.atWindowClause() {
		s.Windows = p.windows()
	}
	p.done(&s.Node)
	p.checkAssignments(s, place)
	return s
}

// checkAssignments: a select list either assigns or gives columns.
func (p *parser) checkAssignments(s *Select, place queryPlace) {
	assigns := 0
	for i := range s.Items {
		if s.Items[i].Variable != "" {
			assigns++
		}
	}
	if assigns == 0 {
		return
	}
	if place == insertQuery {
		p.failAt(s.At.Line, 199, "An INSERT statement cannot contain a SELECT statement that assigns values to a variable.")
	}
	if assigns < len(s.Items) || s.Into != nil || place != statementQuery {
		p.failAt(s.At.Line, 141, "A SELECT statement that assigns a value to a variable must not be combined with data-retrieval operations.")
	}
}

// top reads TOP. Without parentheses the count must be a number, as it always was.
func (p *parser) top() *Top {
	t := &Top{Node: p.node()}
	p.advance()
	switch {
	case p.isSign('('):
		t.Count = p.composite(false)
	case p.isSign(kindInteger), p.isSign(kindDecimal), p.isSign(kindFloat):
		t.Count = p.primary()
	default:
		p.unexpected()
		t.Count = p.bad()
	}
	t.Percent = p.accept(kwPercent)
	if p.is(kwWith) && p.nextWord("TIES") {
		p.advance()
		p.advance()
		t.WithTies = true
	}
	p.done(&t.Node)
	return t
}

// mostItems is how many elements a select list may have.
const mostItems = 4096

func (p *parser) selectItems() []SelectItem {
	list := make([]SelectItem, 0, 4)
	for {
		list = append(list, p.selectItem())
		if len(list) > mostItems {
			p.fail(1056, "The number of elements in the select list exceeds the maximum allowed number of %d elements.", mostItems)
		}
		if !p.acceptSign(',') {
			return list
		}
	}
}

// selectItem reads one item of a select list or of OUTPUT.
func (p *parser) selectItem() SelectItem {
	i := SelectItem{Node: p.node()}
	switch {
	case p.isSign('*'):
		p.advance()
		i.Star = true
	case p.isSign(kindVariable) && assignment(p.peek().kind):
		i.Variable = p.tok.text
		p.advance()
		i.Op = assignmentOf(p.tok.kind)
		p.advance()
		i.Expr = p.value()
	case p.mayBeAlias() && p.peek().kind == '=':
		i.Alias = p.takeIdent()
		p.advance()
		i.Expr = p.value()
	case p.isName() && p.peek().kind == '.' && p.qualifiedStar(&i):
	default:
		i.Expr = p.value()
		i.Alias = p.columnAlias()
	}
	p.done(&i.Node)
	return i
}

// mayBeAlias reports whether the current token can stand before the = that names a column.
func (p *parser) mayBeAlias() bool {
	return p.isName() || p.isSign(kindString)
}

// columnAlias reads [AS] alias; the alias may be a string.
func (p *parser) columnAlias() Ident {
	if p.accept(kwAs) {
		if p.isSign(kindString) || p.isSign(kindNString) {
			return p.stringAlias()
		}
		return p.ident()
	}
	if p.isSign(kindString) || p.isSign(kindNString) {
		return p.stringAlias()
	}
	id, _ := p.acceptIdent()
	return id
}

func (p *parser) stringAlias() Ident {
	id := p.takeIdent()
	id.Quoted = true
	return id
}

// qualifiedStar reads t.*, if it is one.
func (p *parser) qualifiedStar(i *SelectItem) bool {
	m := p.mark()
	for p.isName() && p.peek().kind == '.' || p.isSign('.') {
		p.advance()
	}
	star := p.isSign('*') && p.last.kind == '.'
	p.reset(m)
	if !star {
		return false
	}
	n := p.node()
	parts, count := p.parts(5)
	q := p.nodes.names.get()
	fillName(q, parts[:count])
	p.done(&n)
	q.Node = n
	p.expectSign('.')
	p.expectSign('*')
	i.Star, i.Qualifier = true, q
	return true
}

// assignment reports whether a sign assigns, plain or compound.
func assignment(k kind) bool { return k == '=' || assignmentOf(k) != NoOperator }

// assignmentOf gives the operator of a compound assignment.
func assignmentOf(k kind) Operator {
	switch k {
	case kindAddAssign:
		return Add
	case kindSubAssign:
		return Subtract
	case kindMulAssign:
		return Multiply
	case kindDivAssign:
		return Divide
	case kindModAssign:
		return Modulo
	case kindAndAssign:
		return BitAnd
	case kindOrAssign:
		return BitOr
	case kindXorAssign:
		return BitXor
	case kindConcatAssign:
		return Concat
	}
	return NoOperator
}
