package tsql

import "strings"

func upper(s string) string { return strings.ToUpper(s) }

// namedSource reads a table, a function or a method that gives rows.
func (p *parser) namedSource() TableSource {
	n := ObjectName{Node: p.node()}
	system := p.acceptSign(kindScope) // ::fn_listextendedproperty(…), the old way to name a system function
	parts, count := p.parts(4)
	if system && !p.isSign('(') {
		p.unexpected()
	}
	if p.isSign('(') && !(p.peek().isTableHint() && p.oldHints()) {
		if m := p.methodOf(n, parts[:count]); m != nil {
			return p.tableMethod(m.(*Method))
		}
		fillName(&n, parts[:count])
		p.done(&n.Node)
		return p.tableFunction(n)
	}
	fillName(&n, parts[:count])
	p.done(&n.Node)
	t := &Table{Node: n.Node, Name: n}
	if p.is(kwFor) && p.nextWord("SYSTEM_TIME") {
		t.SystemTime = p.systemTime()
	}
	t.Alias, _ = p.tableAlias()
	if p.is(kwTablesample) {
		t.Sample = p.sample()
	}
	t.Hints = p.tableHints()
	if t.Alias.Name == "" && t.Hints != nil {
		t.Alias, _ = p.tableAlias() // t (NOLOCK) a
	}
	p.done(&t.Node)
	return t
}

// oldHints tells t (NOLOCK) from a function whose argument is a column of that name: a hint is followed by a comma or
// the parenthesis.
func (p *parser) oldHints() bool {
	m := p.mark()
	defer p.reset(m)
	p.advance()
	if p.isWord("INDEX") {
		return true
	}
	p.advance()
	return p.isSign(')') || p.isSign(',')
}

// tableHints reads WITH (…), or the old form without WITH.
func (p *parser) tableHints() []Option {
	if p.isSign('(') && p.peek().isTableHint() {
		return p.hintList()
	}
	return p.withHints()
}

// tableAlias reads an alias that has no columns.
func (p *parser) tableAlias() (Ident, bool) {
	if p.accept(kwAs) {
		return p.ident(), true
	}
	id := p.bareAlias()
	return id, id.Name != ""
}

// variableSource reads @t, or @x.nodes('…').
func (p *parser) variableSource() TableSource {
	v := p.variable()
	if p.isSign('.') {
		m, _ := p.method(v).(*Method)
		return p.tableMethod(m)
	}
	t := &TableVariable{Node: v.Node, Name: v.Name}
	t.Alias, _ = p.tableAlias()
	t.Hints = p.tableHints()
	p.done(&t.Node)
	return t
}

func (p *parser) tableMethod(m *Method) TableSource {
	t := &TableMethod{Node: m.Node, Method: m}
	t.Alias, t.Columns = p.sourceAlias(true)
	p.done(&t.Node)
	return t
}

// tableFunction reads the arguments of a function that gives rows, its columns and its alias.
func (p *parser) tableFunction(n ObjectName) TableSource {
	f := &TableFunction{Node: n.Node, Name: n}
	p.expectSign('(')
	if !p.isSign(')') {
		from := len(p.pending)
		for {
			e := p.valueOrDefault()
			p.pending = append(p.pending, e)
			if !p.acceptSign(',') {
				break
			}
		}
		f.Args = p.takePending(from)
	}
	p.expectSign(')')
	if p.is(kwWith) && p.peek().kind == '(' && (fold(n.Name.Name, "OPENJSON") || fold(n.Name.Name, "OPENXML")) {
		p.advance()
		f.Schema = p.schemaColumns()
	}
	f.Alias, f.Columns = p.sourceAlias(false)
	f.Hints = p.tableHints()
	p.done(&f.Node)
	return f
}

// schemaColumns reads (name type ['path'] [AS JSON], …).
func (p *parser) schemaColumns() []SchemaColumn {
	p.expectSign('(')
	var list []SchemaColumn
	for {
		c := SchemaColumn{Node: p.node(), Name: p.ident(), Type: p.dataType()}
		if p.accept(kwCollate) {
			c.Collation = p.ident()
		}
		if p.isSign(kindString) || p.isSign(kindNString) {
			path := p.stringText()
			c.Path = &path
		}
		if p.accept(kwAs) {
			p.expectWord("JSON")
			c.AsJSON = true
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

// rowset reads OPENROWSET and its sisters.
func (p *parser) rowset() TableSource {
	r := &Rowset{Node: p.node(), Function: upper(p.tok.text)}
	p.advance()
	p.expectSign('(')
	if p.accept(kwBulk) {
		r.Args = append(r.Args, p.value())
		for p.acceptSign(',') {
			o := Option{Node: p.node(), Name: upper(p.tok.text)}
			if p.tok.kind != kindWord {
				p.unexpected()
			}
			p.advance()
			if p.acceptSign('=') {
				o.Value = p.value()
			}
			p.done(&o.Node)
			r.Options = append(r.Options, o)
		}
	} else {
		for {
			r.Args = append(r.Args, p.value())
			if !p.acceptSign(',') && !p.acceptSign(';') {
				break
			}
		}
	}
	p.expectSign(')')
	r.Alias, r.Columns = p.sourceAlias(false)
	p.done(&r.Node)
	return r
}

// pivot reads PIVOT (aggregate FOR column IN (names)) alias.
func (p *parser) pivot(source TableSource) TableSource {
	t := &Pivot{Source: source}
	p.advance()
	p.expectSign('(')
	line := p.tok.line
	if c, ok := p.value().(*Call); ok {
		t.Aggregate = c
	} else {
		p.failAt(line, 102, "Incorrect syntax near '%s'.", p.nearHere())
	}
	p.expect(kwFor)
	n := p.node()
	parts, count := p.parts(4)
	t.For = p.columnOf(n, parts[:count])
	p.expect(kwIn)
	t.In = p.idents()
	p.expectSign(')')
	t.Alias, t.Columns = p.sourceAlias(true)
	t.Node = p.from(source.Span())
	return t
}

// unpivot reads UNPIVOT (value FOR name IN (columns)) alias.
func (p *parser) unpivot(source TableSource) TableSource {
	t := &Unpivot{Source: source}
	p.advance()
	p.expectSign('(')
	t.Value = p.ident()
	p.expect(kwFor)
	t.For = p.ident()
	p.expect(kwIn)
	t.In = p.insertColumnList()
	p.expectSign(')')
	t.Alias, t.Columns = p.sourceAlias(true)
	t.Node = p.from(source.Span())
	return t
}

// systemTime reads FOR SYSTEM_TIME.
func (p *parser) systemTime() *SystemTime {
	s := &SystemTime{Node: p.node()}
	p.advance()
	p.advance()
	switch {
	case p.accept(kwAll):
		s.Kind = "ALL"
	case p.accept(kwAs):
		p.expect(kwOf)
		s.Kind, s.From = "AS OF", p.value()
	case p.accept(kwFrom):
		s.Kind, s.From = "FROM", p.value()
		p.expect(kwTo)
		s.To = p.value()
	case p.accept(kwBetween):
		s.Kind, s.From = "BETWEEN", p.value()
		p.expect(kwAnd)
		s.To = p.value()
	case p.acceptWord("CONTAINED"):
		p.expect(kwIn)
		p.expectSign('(')
		s.Kind, s.From = "CONTAINED IN", p.value()
		p.expectSign(',')
		s.To = p.value()
		p.expectSign(')')
	default:
		p.unexpected()
	}
	p.done(&s.Node)
	return s
}

// sample reads TABLESAMPLE [SYSTEM] (n [PERCENT | ROWS]) [REPEATABLE (seed)].
func (p *parser) sample() *Sample {
	s := &Sample{Node: p.node()}
	p.advance()
	p.acceptWord("SYSTEM")
	p.expectSign('(')
	s.Count = p.value()
	if !p.accept(kwPercent) && p.acceptWord("ROWS") {
		s.Rows = true
	}
	p.expectSign(')')
	if p.acceptWord("REPEATABLE") {
		p.expectSign('(')
		s.Repeatable = p.value()
		p.expectSign(')')
	}
	p.done(&s.Node)
	return s
}
