package tsql

// queryPlace is where a query stands, which says what may follow its body.
type queryPlace uint8

const (
	statementQuery queryPlace = iota // ORDER BY, FOR, OPTION, INTO
	moduleQuery                      // of a view or inline function
	noOrder                          // of a subquery, derived table or common table expression
	valuesQuery                      // the same, and VALUES may stand: of a derived table or INSERT
	insertQuery                      // of INSERT: ORDER BY, OPTION, VALUES
)

// query reads a query expression and what follows its body.
func (p *parser) query(place queryPlace) *Query {
	q := &Query{Node: p.node(), Body: (*Values)(nil)}
	if !p.enter() {
		q.Body = &Values{}
		return q
	}
	q.Body = p.body(place)
	p.queryTail(q, place)
	p.leave()
	p.done(&q.Node)
	return q
}

// parenthesisedQuery reads (query), whose parentheses may be doubled.
func (p *parser) parenthesisedQuery(values bool) *Query {
	place := noOrder
	if values {
		place = valuesQuery
	}
	p.expectSign('(')
	outer := p.highest
	p.highest = 0
	q := p.query(place)
	p.height, p.highest = p.highest+1, outer
	p.expectSign(')')
	return q
}

// continueQuery goes on after a query in parentheses: set operators, and what follows the body.
func (p *parser) continueQuery(q *Query) *Query {
	n := &Query{Node: q.Node, Body: q.Body, OrderBy: q.OrderBy, Offset: q.Offset, Fetch: q.Fetch, For: q.For}
	n.Body = p.setOperations(q.Body, noOrder, false)
	p.queryTail(n, noOrder)
	n.Node = p.from(q.At)
	return n
}

func (p *parser) atSetOperator() bool {
	return p.is(kwUnion) || p.is(kwExcept) || p.is(kwIntersect)
}

// body reads query terms with set operators between them.
func (p *parser) body(place queryPlace) QueryBody {
	return p.setOperations(p.term(place), place, false)
}

// setOperations reads the set operators after left. INTERSECT binds tighter than the others.
func (p *parser) setOperations(left QueryBody, place queryPlace, tight bool) QueryBody {
	for p.is(kwIntersect) || !tight && p.atSetOperator() {
		n := &SetOperation{Left: left}
		switch {
		case p.accept(kwIntersect):
			n.Op = Intersect
		case p.accept(kwExcept):
			n.Op = Except
		default:
			p.advance()
			n.Op = Union
		}
		if p.is(kwAll) {
			if n.Op != Union {
				p.failAt(p.tok.line, 324, "The 'ALL' version of the %s operator is not supported.", setOperatorName(n.Op))
			}
			p.advance()
			n.All = true
		}
		high := p.highest
		p.highest = 0
		n.Right = p.term(place)
		if n.Op != Intersect {
			n.Right = p.setOperations(n.Right, place, true)
		}
		n.Node = p.from(left.Span())
		p.grow(max(high, p.highest) + 1)
		p.highest = p.height
		p.checkInto(n)
		left = n
	}
	return left
}

func setOperatorName(op SetOperator) string {
	if op == Except {
		return "EXCEPT"
	}
	return "INTERSECT"
}

// checkInto: only the first query of a set operation may have INTO.
func (p *parser) checkInto(n *SetOperation) {
	if s, ok := n.Right.(*Select); ok && s.Into != nil {
		p.failAt(s.Into.At.Line, 196, "SELECT INTO must be the first query in a statement containing a UNION, INTERSECT or EXCEPT operator.")
	}
}

// term reads one query specification, VALUES, or a query in parentheses.
func (p *parser) term(place queryPlace) QueryBody {
	switch {
	case p.is(kwSelect):
		return p.selectQuery(place)
	case p.is(kwValues) && (place == valuesQuery || place == insertQuery):
		return p.rows(place == insertQuery)
	case p.isSign('('):
		if !p.enter() {
			return &Values{}
		}
		p.advance()
		b := p.body(noOrder)
		p.leave()
		p.expectSign(')')
		return b
	}
	p.unexpected()
	return &Values{Node: p.node()}
}

// queryTail reads ORDER BY, OFFSET, FETCH, FOR and OPTION.
func (p *parser) queryTail(q *Query, place queryPlace) {
	if p.is(kwOrder) {
		line := p.tok.line
		q.OrderBy = p.orderBy()
		p.offset(q)
		p.forClause(q)
		if place != statementQuery && place != insertQuery && q.Offset == nil && q.For == nil && !hasTop(q.Body) {
			p.failAt(line, 1033, "The ORDER BY clause is invalid in views, inline functions, derived tables, subqueries, and common table "+
				"expressions, unless TOP, OFFSET or FOR XML is also specified.")
		}
	} else {
		p.forClause(q)
	}
	if (place == statementQuery || place == insertQuery) && p.is(kwOption) {
		q.Hints = p.queryHints()
		if q.For == nil { // it may stand on either side
			p.forClause(q)
		}
	}
}

func hasTop(b QueryBody) bool {
	s, ok := b.(*Select)
	return ok && s.Top != nil
}

// offset reads OFFSET n ROWS [FETCH NEXT n ROWS ONLY].
func (p *parser) offset(q *Query) {
	if !p.acceptWord("OFFSET") {
		return
	}
	q.Offset = p.value()
	_ = p.acceptWord("ROWS") || p.expectWord("ROW")
	if !p.accept(kwFetch) {
		return
	}
	_ = p.acceptWord("NEXT") || p.expectWord("FIRST")
	q.Fetch = p.value()
	_ = p.acceptWord("ROWS") || p.expectWord("ROW")
	p.expectWord("ONLY")
}

// orderBy reads ORDER BY and its items.
func (p *parser) orderBy() []OrderItem {
	p.expect(kwOrder)
	p.expect(kwBy)
	var list []OrderItem
	for {
		i := OrderItem{Node: p.node(), Expr: p.value()}
		if p.accept(kwDesc) {
			i.Desc = true
		} else {
			p.accept(kwAsc)
		}
		p.done(&i.Node)
		list = append(list, i)
		if !p.acceptSign(',') {
			return list
		}
	}
}

// withClause reads WITH and its common table expressions.
func (p *parser) withClause() *With {
	w := &With{Node: p.node()}
	p.advance()
	for {
		if p.isWord("XMLNAMESPACES") && p.peek().kind == '(' {
			p.xmlNamespaces(w)
		} else {
			w.Tables = append(w.Tables, p.commonTable())
		}
		if !p.acceptSign(',') {
			break
		}
	}
	p.done(&w.Node)
	return w
}

func (p *parser) commonTable() CommonTable {
	t := CommonTable{Node: p.node(), Name: p.ident()}
	if p.isSign('(') {
		t.Columns = p.idents()
	}
	p.expect(kwAs)
	t.Query = p.parenthesisedQuery(false)
	p.done(&t.Node)
	return t
}

func (p *parser) xmlNamespaces(w *With) {
	p.advance()
	p.advance()
	for {
		n := XMLNamespace{Node: p.node()}
		byDefault := p.accept(kwDefault)
		n.URI = p.stringText()
		if !byDefault {
			p.expect(kwAs)
			n.Prefix = p.ident()
		}
		p.done(&n.Node)
		w.Namespaces = append(w.Namespaces, n)
		if !p.acceptSign(',') {
			break
		}
	}
	p.expectSign(')')
}

// stringText reads a string literal and gives its value.
func (p *parser) stringText() string {
	if !p.isSign(kindString) && !p.isSign(kindNString) {
		p.unexpected()
		return ""
	}
	p.advance()
	return p.last.text
}
