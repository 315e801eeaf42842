package tsql

// forClause reads FOR XML, FOR JSON and FOR BROWSE.
func (p *parser) forClause(q *Query) {
	if !p.is(kwFor) {
		return
	}
	f := &For{Node: p.node()}
	next := p.peek()
	switch {
	case next.kw == kwBrowse:
		f.Kind = ForBrowse
	case p.nextWord("XML"):
		f.Kind = ForXML
	case p.nextWord("JSON"):
		f.Kind = ForJSON
	default:
		return // FOR UPDATE and FOR READ ONLY are the cursor's
	}
	p.advance()
	p.advance()
	if f.Kind != ForBrowse {
		p.forMode(f)
		for p.acceptSign(',') {
			f.Options = append(f.Options, p.forOption(f.Kind))
		}
	}
	p.done(&f.Node)
	q.For = f
}

func (p *parser) forMode(f *For) {
	xml := f.Kind == ForXML
	switch {
	case p.acceptWord("PATH"):
		f.Mode = "PATH"
	case p.acceptWord("AUTO"):
		f.Mode = "AUTO"
	case xml && p.acceptWord("RAW"):
		f.Mode = "RAW"
	case xml && p.acceptWord("EXPLICIT"):
		f.Mode = "EXPLICIT"
	default:
		p.unexpected()
		return
	}
	if xml && (f.Mode == "RAW" || f.Mode == "PATH") && p.acceptSign('(') {
		name := p.stringText()
		f.Element = &name
		p.expectSign(')')
	}
}

// forOption reads one of the options behind the mode.
func (p *parser) forOption(k ForKind) Option {
	o := Option{Node: p.node()}
	xml := k == ForXML
	switch {
	case p.acceptWord("ROOT"):
		o.Name = "ROOT"
		if p.acceptSign('(') {
			if !p.isSign(kindString) && !p.isSign(kindNString) {
				p.unexpected()
			}
			o.Value = p.value()
			p.expectSign(')')
		}
	case xml && p.acceptWord("TYPE"):
		o.Name = "TYPE"
	case xml && p.acceptWord("ELEMENTS"):
		o.Name = "ELEMENTS"
		if p.acceptWord("XSINIL") {
			o.Word = "XSINIL"
		} else if p.acceptWord("ABSENT") {
			o.Word = "ABSENT"
		}
	case xml && p.acceptWord("BINARY"):
		p.expectWord("BASE64")
		o.Name = "BINARY BASE64"
	case xml && (p.isWord("XMLSCHEMA") || p.isWord("XMLDATA")):
		o.Name = "XMLSCHEMA"
		if p.isWord("XMLDATA") {
			o.Name = "XMLDATA"
		}
		p.advance()
		if p.acceptSign('(') {
			o.Value = p.value()
			p.expectSign(')')
		}
	case !xml && p.acceptWord("INCLUDE_NULL_VALUES"):
		o.Name = "INCLUDE_NULL_VALUES"
	case !xml && p.acceptWord("WITHOUT_ARRAY_WRAPPER"):
		o.Name = "WITHOUT_ARRAY_WRAPPER"
	default:
		p.unexpected()
	}
	p.done(&o.Node)
	return o
}
