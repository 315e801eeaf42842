package tsql

// ParseName reads the text of a name of up to four parts, as functions and procedures get it: [a].b, db..t. Quotes of
// both sorts are read.
func ParseName(text string) (*ObjectName, error) {
	p := &parser{lex: lexer{src: text, line: 1, quoted: true}}
	p.advance()
	var n ObjectName
	if p.tok.kind == kindWord {
		p.tok.kw = notKeyword // OBJECT_ID('user') asks for an object of that name
	}
	n = p.objectName()
	if p.tok.kind != kindEOF {
		p.unexpected()
	}
	if p.err != nil {
		return nil, p.err
	}
	return &n, nil
}

// ParseParameters reads the declaration of sp_executesql's parameters: @a int, @b nvarchar(20) = N'x' OUTPUT. A text
// without any is no error.
func ParseParameters(declaration string, opts Options) ([]Parameter, error) {
	p := &parser{lex: lexer{src: declaration, line: 1, quoted: opts.QuotedIdentifier}}
	p.advance()
	parenthesised := p.acceptSign('(')
	list := p.parameters(false)
	if parenthesised {
		p.expectSign(')')
	}
	if p.tok.kind != kindEOF {
		p.unexpected()
	}
	if p.err != nil {
		return nil, p.err
	}
	return list, nil
}

// Names gives the names that stand in a text, quoted ones without their quotes, in their order and each once. It is
// for texts that were accepted before: what cannot be read ends the list.
func Names(text string) []string {
	l := lexer{src: text, line: 1, quoted: true}
	var list []string
	seen := map[string]bool{}
	for t := l.next(); t.kind != kindEOF; t = l.next() {
		if t.isName() && !seen[t.text] {
			seen[t.text] = true
			list = append(list, t.text)
		}
	}
	return list
}

// ParseType reads the text of a data type, as the method value of xml gets it: nvarchar(20).
func ParseType(text string) (*DataType, error) {
	p := &parser{lex: lexer{src: text, line: 1, quoted: true}}
	p.advance()
	t := p.dataType()
	if p.tok.kind != kindEOF {
		p.unexpected()
	}
	if p.err != nil {
		return nil, p.err
	}
	return &t, nil
}
