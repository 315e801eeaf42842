package tsql

import "fmt"

// fail reports an error at the current token.
func (p *parser) fail(number int32, format string, args ...any) {
	p.failAt(p.tok.line, number, format, args...)
}

// failAt reports an error at a line, with the class and state that SQL Server gives it: 15 and 1 but for few.
func (p *parser) failAt(line, number int32, format string, args ...any) {
	if p.err == nil {
		class, state := uint8(15), uint8(1)
		switch number {
		case 8148, 8150, 10709:
			class = 16
		case 195:
			state = 5
		case 1035:
			state = 10
		}
		p.stop(&Error{Number: number, Class: class, State: state, Line: line, Text: fmt.Sprintf(format, args...)})
	}
}

// unexpected reports the current token as one that cannot stand here. Where the text ends too early, it is the last
// token that is named, and never as a keyword.
func (p *parser) unexpected() {
	if p.err != nil {
		return
	}
	t := p.tok
	switch {
	case t.kind == kindEOF:
		p.failAt(p.last.line, 102, "Incorrect syntax near '%s'.", p.near(p.last))
	case t.kw == kwWith:
		p.with()
	case t.kw != notKeyword:
		p.fail(156, "Incorrect syntax near the keyword '%s'.", t.text)
	default:
		p.fail(102, "Incorrect syntax near '%s'.", p.near(t))
	}
}

// with reports a WITH that stands where a table expression cannot begin.
func (p *parser) with() {
	p.fail(319, "Incorrect syntax near the keyword '%s'. If this statement is a common table expression, an xmlnamespaces clause "+
		"or a change tracking context clause, the previous statement must be terminated with a semicolon.", p.tok.text)
}

// near is how an error shows a token.
func (p *parser) near(t token) string {
	text := t.text
	if t.kind == kindBinary || t.kind == kindMoney {
		text = p.lex.src[t.start:t.end]
	}
	text, _ = cutName(text, maxName)
	return text
}

// nearHere is how an error shows where the parser stands: the current token, or the last of the text.
func (p *parser) nearHere() string {
	if p.tok.kind == kindEOF {
		return p.near(p.last)
	}
	return p.near(p.tok)
}

// notSupported refuses a statement that SQL Server has and Azure SQL Database has not, or that is not built.
func (p *parser) notSupported(statement string) {
	if p.err == nil {
		p.stop(&Error{
			Number: 40510, Class: 16, State: 1, Line: p.tok.line,
			Text: "Statement '" + statement + "' is not supported in this version of SQL Server.",
		})
	}
}
