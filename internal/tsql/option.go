package tsql

// options reads (option, …).
func (p *parser) options() []Option {
	p.expectSign('(')
	if !p.enter() {
		return nil
	}
	list := p.optionList()
	p.leave()
	p.expectSign(')')
	return list
}

// optionList reads option, option, …, without parentheses.
func (p *parser) optionList() []Option {
	var list []Option
	for {
		list = append(list, p.option())
		if !p.acceptSign(',') {
			return list
		}
	}
}

// option reads NAME, NAME = value, NAME (options), or NAME n UNIT.
func (p *parser) option() Option {
	o := Option{Node: p.node()}
	if p.tok.kind != kindWord {
		p.unexpected()
		return o
	}
	o.Name = upper(p.tok.text)
	p.advance()
	for p.tok.kind == kindWord && !p.is(kwOn) && !p.is(kwOff) && p.peek().kind != '.' && !p.optionEnds() {
		o.Name += " " + upper(p.tok.text)
		p.advance()
	}
	switch {
	case p.acceptSign('='):
		p.optionValue(&o)
	case p.isSign('('):
	case p.is(kwOn) && !p.nextWord("PARTITIONS"), p.is(kwOff):
		o.Word = p.tok.text
		p.advance()
	case p.isSign(kindInteger), p.isSign(kindString), p.isSign(kindNString):
		p.optionValue(&o)
	}
	p.optionRest(&o)
	p.done(&o.Node)
	return o
}

// optionEnds reports whether the word at the current token begins the next clause and is no part of an option's name.
func (p *parser) optionEnds() bool {
	switch p.tok.kw {
	case notKeyword, kwFull, kwNot, kwIs, kwRead, kwTo, kwFor, kwAs, kwKey, kwUser:
		return false
	}
	return true
}

// optionValue reads what follows the = of an option: a literal with a unit perhaps, a variable, a word or a name.
func (p *parser) optionValue(o *Option) {
	switch p.tok.kind {
	case kindInteger, kindDecimal, kindString, kindNString, kindBinary, kindVariable, '-', '+':
		o.Value = p.unary()
		if p.tok.kind == kindWord && isUnit(p.tok.text) {
			o.Word = p.tok.text
			p.advance()
		}
		return
	case '(':
		return
	}
	switch {
	case p.is(kwNull):
		o.Value = p.literal(NullLiteral)
	case p.isName() && p.peek().kind == '.':
		n := p.objectName()
		o.Object = &n
	case p.tok.kind == kindWord, p.tok.kind == kindQuoted:
		o.Word = p.takeIdent().Name
	default:
		p.unexpected()
	}
}

// isUnit reports whether a word behind a number counts in it.
func isUnit(word string) bool {
	switch upper(word) {
	case "KB", "MB", "GB", "TB", "PERCENT", "ROWS", "SECOND", "SECONDS", "MINUTE", "MINUTES", "HOUR", "HOURS", "DAY", "DAYS",
		"WEEK", "WEEKS", "MONTH", "MONTHS", "YEAR", "YEARS":
		return true
	}
	return false
}

// optionRest reads the list below an option, and ON PARTITIONS (…).
func (p *parser) optionRest(o *Option) {
	if p.isSign('(') {
		if p.peek().kind == kindInteger || p.peek().kind == kindString {
			o.Options = append(o.Options, p.valueOptions()...)
		} else {
			o.Options = append(o.Options, p.options()...)
		}
	}
	if p.is(kwOn) && p.nextWord("PARTITIONS") {
		p.advance()
		n := p.node()
		p.advance()
		o.Options = append(o.Options, Option{Node: p.from(n.At), Name: "PARTITIONS", Options: p.valueOptions()})
	}
}

// valueOptions reads (1, 3 TO 5), each an option without a name.
func (p *parser) valueOptions() []Option {
	p.expectSign('(')
	var list []Option
	for {
		o := Option{Node: p.node(), Value: p.value()}
		if p.accept(kwTo) {
			to := Option{Node: p.node(), Name: "TO", Value: p.value()}
			p.done(&to.Node)
			o.Options = []Option{to}
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
