package tsql

// nameOrCall reads a column of several parts, a function with its arguments, or what else begins with a name.
func (p *parser) nameOrCall() Expr {
	if p.isWord("NEXT") && p.nextWord("VALUE") {
		return p.nextValue()
	}
	if p.peek().kind == '(' {
		if e := p.special(); e != nil {
			return e
		}
	}
	n := ObjectName{Node: p.node()}
	parts, count := p.parts(5)
	if p.isSign('.') && p.err == nil { // t.*
		p.advance()
		p.unexpected()
	}
	if p.isSign(kindScope) {
		fillName(&n, parts[:min(count, 4)])
		p.done(&n.Node)
		return p.staticMethod(n)
	}
	if p.isSign('(') {
		if m := p.methodOf(n, parts[:count]); m != nil {
			return m
		}
		if count > 4 {
			p.failAt(n.At.Line, 117, "The object name '%s' contains more than the maximum number of prefixes. The maximum is 3.", p.lex.src[n.At.Start:p.last.end])
			return p.bad()
		}
		fillName(&n, parts[:count])
		p.done(&n.Node)
		return p.call(n)
	}
	return p.columnOf(n.Node, parts[:count])
}

// columnOf makes a column of its parts.
func (p *parser) columnOf(n Node, parts []Ident) *Column {
	c := p.nodes.columns.get()
	c.Node = n
	p.done(&c.Node)
	c.Name = parts[len(parts)-1]
	if len(parts) > 1 {
		q := p.nodes.names.get()
		fillName(q, parts[:len(parts)-1])
		q.Node = n
		q.At.End = max(n.At.Start, parts[len(parts)-2].At.End)
		c.Qualifier = q
	}
	return c
}

// call reads the arguments of a function and what may follow them.
func (p *parser) call(name ObjectName) Expr {
	c := &Call{Node: name.Node, Name: name}
	p.expectSign('(')
	switch {
	case p.isSign(')'), p.jsonOptionFollows():
	case p.isSign('*') && p.peek().kind == ')':
		p.advance()
		c.Star = true
	default:
		if p.accept(kwDistinct) {
			c.Distinct = true
		} else {
			p.accept(kwAll)
		}
		c.Args = p.arguments(c)
	}
	p.jsonOptions(c)
	p.expectSign(')')
	p.afterCall(c)
	p.done(&c.Node)
	return c
}

// arguments reads those of one call. Some functions have an argument that is no value.
func (p *parser) arguments(c *Call) []Expr {
	plain := c.Name.Schema.Name == "" && !c.Name.Name.Quoted
	name := c.Name.Name.Name
	from := len(p.pending)
	for i := 0; ; i++ {
		var e Expr
		switch {
		case plain && i == 0 && takesDatePart(name) && p.isName() && p.tok.kind == kindWord && p.peek().kind == ',':
			e = &DatePart{Node: Node{At: Span{p.tok.start, p.tok.end, p.tok.line}}, Name: p.tok.text}
			p.advance()
		case plain && i == 0 && fold(name, "IIF"):
			e = p.condition()
		case plain && fold(name, "JSON_OBJECT"), plain && fold(name, "JSON_OBJECTAGG"):
			e = p.pair()
		case plain && p.isSign('*') && (fold(name, "CHECKSUM") || fold(name, "BINARY_CHECKSUM") || i == 0 && (fold(name, "CONTAINS") || fold(name, "FREETEXT"))):
			c.Star = true
			p.advance()
			if !p.acceptSign(',') {
				return p.takePending(from)
			}
			continue
		case plain && i == 0 && p.isSign('(') && (fold(name, "CONTAINS") || fold(name, "FREETEXT")):
			p.searchedColumns(c)
			continue
		case plain && i > 1 && p.isWord("LANGUAGE") && (fold(name, "CONTAINS") || fold(name, "FREETEXT")):
			p.advance()
			e = p.value()
		default:
			e = p.valueOrDefault()
		}
		p.pending = append(p.pending, e)
		if !p.acceptSign(',') {
			return p.takePending(from)
		}
	}
}

// searchedColumns reads (a, b), of CONTAINS and FREETEXT, as arguments.
func (p *parser) searchedColumns(c *Call) {
	p.advance()
	if p.acceptSign('*') {
		c.Star = true
	} else {
		list := p.values()
		p.pending = append(p.pending, list...)
	}
	p.expectSign(')')
	p.expectSign(',')
}

var datePartCalls = []string{"DATEADD", "DATEDIFF", "DATEDIFF_BIG", "DATENAME", "DATEPART", "DATETRUNC", "DATE_BUCKET"}

// takesDatePart reports whether the first argument of a function is a part of dates.
func takesDatePart(name string) bool {
	if len(name) < 7 || name[0]|0x20 != 'd' {
		return false
	}
	for _, f := range datePartCalls {
		if fold(name, f) {
			return true
		}
	}
	return false
}

// pair reads key:value.
func (p *parser) pair() Expr {
	key := p.value()
	if !p.acceptSign(':') {
		p.unexpected()
		return key
	}
	n := &Pair{Key: key, Value: p.value()}
	n.Node = p.from(key.Span())
	return n
}

// jsonOptions reads what the JSON functions have behind their arguments.
func (p *parser) jsonOptions(c *Call) {
	if len(c.Name.Name.Name) < 4 || !fold(c.Name.Name.Name[:4], "JSON") {
		return
	}
	if p.jsonOptionFollows() {
		c.JSONNulls = Yes
		if p.isWord("ABSENT") {
			c.JSONNulls = No
		}
		p.advance()
		p.advance()
		p.expect(kwNull)
	}
	if p.acceptWord("RETURNING") {
		t := p.dataType()
		c.Returning = &t
	}
	if p.is(kwWith) && p.nextWord("ARRAY") {
		p.advance()
		p.advance()
		p.expectWord("WRAPPER")
		c.Wrapper = true
	}
}

// jsonOptionFollows reports whether NULL ON NULL or ABSENT ON NULL stands here.
func (p *parser) jsonOptionFollows() bool {
	return (p.is(kwNull) || p.isWord("ABSENT")) && p.peek().kw == kwOn
}

// afterCall reads WITHIN GROUP, the treatment of NULL and OVER.
func (p *parser) afterCall(c *Call) {
	if p.isWord("WITHIN") && p.peek().kw == kwGroup {
		p.advance()
		p.advance()
		p.expectSign('(')
		c.WithinGroup = p.orderBy()
		p.expectSign(')')
	}
	if p.isWord("IGNORE") && p.nextWord("NULLS") {
		p.advance()
		p.advance()
		c.Nulls = IgnoreNulls
	} else if p.isWord("RESPECT") && p.nextWord("NULLS") {
		p.advance()
		p.advance()
		c.Nulls = RespectNulls
	}
	if p.is(kwOver) {
		c.Over = p.over()
	}
}

// nextValue reads NEXT VALUE FOR sequence [OVER (…)].
func (p *parser) nextValue() Expr {
	n := &NextValue{Node: p.node()}
	p.advance()
	p.advance()
	p.expect(kwFor)
	n.Sequence = p.objectName()
	if p.is(kwOver) {
		n.Over = p.over()
	}
	p.done(&n.Node)
	return n
}
