package tsql

// isName reports whether the current token can be a name.
func (p *parser) isName() bool {
	return p.tok.kind == kindWord && p.tok.kw == notKeyword || p.tok.kind == kindQuoted
}

func (t *token) isName() bool {
	return t.kind == kindWord && t.kw == notKeyword || t.kind == kindQuoted
}

// takeIdent makes the current token a name, whatever it is.
func (p *parser) takeIdent() Ident {
	id := Ident{Node: Node{At: Span{p.tok.start, p.tok.end, p.tok.line}}, Name: p.tok.text, Quoted: p.tok.kind == kindQuoted}
	p.advance()
	return id
}

// ident reads a name of one part.
func (p *parser) ident() Ident {
	if !p.isName() {
		p.unexpected()
		return Ident{}
	}
	return p.takeIdent()
}

// acceptIdent reads a name of one part, if there is one.
func (p *parser) acceptIdent() (Ident, bool) {
	if !p.isName() {
		return Ident{}, false
	}
	return p.takeIdent(), true
}

// idents reads name, name, … in parentheses.
func (p *parser) idents() []Ident {
	p.expectSign('(')
	var list []Ident
	for {
		list = append(list, p.ident())
		if !p.acceptSign(',') {
			break
		}
	}
	p.expectSign(')')
	return list
}

// identList reads name, name, … without parentheses.
func (p *parser) identList() []Ident {
	list := []Ident{p.ident()}
	for p.acceptSign(',') {
		list = append(list, p.ident())
	}
	return list
}

// parts reads the parts of a name, at most limit of them. Parts between two dots may be empty. The list is the
// parser's, and holds until the next name is read.
func (p *parser) parts(limit int) (list *[5]Ident, count int) {
	list = &p.names
	start := p.tok
	if p.isSign('.') { // .t and ..t leave schema and database out
		list[0] = Ident{}
	} else {
		list[0] = p.ident()
	}
	count = 1
	for p.isSign('.') {
		next := p.peek()
		if next.kind != '.' && !next.isName() {
			if next.kw == kwIdentitycol || next.kw == kwRowguidcol {
				p.advance()
				list[count] = p.takeIdent()
				count++
				break
			}
			if next.kind == '*' && limit == 5 {
				break // t.*: the caller's
			}
			p.advance()
			p.unexpected()
			break
		}
		p.advance()
		if count >= limit {
			p.tooManyPrefixes(start, limit)
			break
		}
		if p.isSign('.') {
			list[count] = Ident{}
			count++
			continue
		}
		list[count] = p.takeIdent()
		count++
	}
	return list, count
}

func (p *parser) tooManyPrefixes(start token, limit int) {
	for p.isName() || p.isSign('.') {
		p.advance()
	}
	p.failAt(start.line, 117, "The object name '%s' contains more than the maximum number of prefixes. The maximum is %d.",
		p.lex.src[start.start:p.last.end], limit-1)
}

// objectName reads [[[server.]database.]schema.]name.
func (p *parser) objectName() ObjectName { return p.objectNameOf(4) }

func (p *parser) objectNameOf(limit int) ObjectName {
	n := ObjectName{Node: p.node()}
	parts, count := p.parts(limit)
	fillName(&n, parts[:count])
	p.done(&n.Node)
	return n
}

// fillName sets the parts of a name from its last.
func fillName(n *ObjectName, parts []Ident) {
	for i := range parts {
		id := parts[len(parts)-1-i]
		switch i {
		case 0:
			n.Name = id
		case 1:
			n.Schema = id
		case 2:
			n.Database = id
		case 3:
			n.Server = id
		}
	}
}

// objectNames reads name, name, ….
func (p *parser) objectNames() []ObjectName {
	list := []ObjectName{p.objectName()}
	for p.acceptSign(',') {
		list = append(list, p.objectName())
	}
	return list
}
