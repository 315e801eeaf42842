package tsql

import (
	"math"
	"strconv"
)

// dataType reads a type.
func (p *parser) dataType() DataType {
	t := DataType{Node: p.node()}
	switch {
	case p.is(kwNational):
		p.advance()
		t.Name.Name = p.typeWord("nchar", "nvarchar")
		if fold(p.last.text, "TEXT") {
			t.Name.Name.Name = "ntext"
		}
	case p.is(kwDouble):
		p.advance()
		p.expectWord("PRECISION")
		t.Name.Name = Ident{Node: p.from(t.At), Name: "float"}
	case p.isWord("CHARACTER"), p.isWord("CHAR"):
		t.Name.Name = p.typeWord("char", "varchar")
	case p.isWord("BINARY"):
		t.Name.Name = p.typeWord("binary", "varbinary")
	default:
		t.Name = p.objectNameOf(4)
	}
	t.Name.At = p.from(t.At).At
	if p.isSign('(') {
		p.typeArguments(&t)
	}
	p.done(&t.Node)
	return t
}

// typeWord reads CHAR, CHARACTER, BINARY and what may follow: VARYING makes the second of the names of it.
func (p *parser) typeWord(fixed, varying string) Ident {
	n := p.node()
	name := fixed
	switch {
	case p.isWord("CHAR"), p.isWord("CHARACTER"), p.isWord("BINARY"):
		p.advance()
		if p.accept(kwVarying) {
			name = varying
		}
	case p.isWord("VARCHAR") && fixed == "nchar":
		p.advance()
		name = varying
	case p.isWord("TEXT") && fixed == "nchar":
		p.advance()
	default:
		p.unexpected()
	}
	p.done(&n)
	return Ident{Node: n, Name: name}
}

// typeArguments reads (length), (MAX), (precision, scale), and the collection of xml.
func (p *parser) typeArguments(t *DataType) {
	p.advance()
	for {
		switch {
		case p.isSign(kindInteger):
			t.Args = append(t.Args, p.length())
		case p.isWord("MAX"):
			p.advance()
			t.Args = append(t.Args, Max)
		case fold(t.Name.Name.Name, "XML") && p.isName():
			_ = p.acceptWord("CONTENT") || p.acceptWord("DOCUMENT")
			n := p.objectName()
			t.Schema = &n
		case fold(t.Name.Name.Name, "VECTOR") && p.isWord("FLOAT32"):
			p.advance() // the one base type there is
		default:
			p.unexpected()
			return
		}
		if !p.acceptSign(',') {
			break
		}
	}
	p.expectSign(')')
}

func (p *parser) length() int64 {
	v, err := strconv.ParseInt(p.tok.text, 10, 64)
	if err != nil || v > math.MaxInt32 {
		p.fail(1001, "Line %d: Length or precision specification %s is invalid.", p.tok.line, p.tok.text)
		return 0
	}
	p.advance()
	return v
}
