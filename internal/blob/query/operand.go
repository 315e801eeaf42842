package query

import (
	"strconv"
	"strings"
)

func (p *parser) unary() (node, error) {
	switch {
	case p.keyword("NOT"):
		n, err := p.expr(3)
		return unary{"NOT", n}, err
	case p.symbol("-"):
		n, err := p.expr(6)
		return unary{"-", n}, err
	case p.symbol("("):
		n, err := p.expr(0)
		if err != nil {
			return nil, err
		}
		return n, p.want(")")
	}
	switch t := p.next(); t.kind {
	case literal:
		return constant{textOf(t.text)}, nil
	case numeral:
		v, ok := textOf(t.text).number()
		if !ok {
			return nil, p.fail(t)
		}
		return constant{v}, nil
	case quoted:
		return p.path(name{{text: t.text, exact: true}})
	case word:
		return p.word(t)
	default:
		return nil, p.fail(t)
	}
}

func (p *parser) word(t token) (node, error) {
	switch t.fold {
	case "TRUE", "FALSE":
		return constant{boolOf(t.fold == "TRUE")}, nil
	case "NULL", "MISSING":
		return constant{}, nil
	case "CAST":
		return p.cast()
	case "SELECT", "FROM", "WHERE", "LIMIT", "AND", "OR", "AS", "LIKE", "IN", "IS", "BETWEEN":
		p.i--
		return nil, p.fail(t)
	}
	if p.peek().text != "(" || p.peek().kind != sign1 {
		return p.path(name{{text: t.text}})
	}
	arity, ok := functions[t.fold]
	if !ok {
		return nil, unsupported("the function " + shorten(t.text))
	}
	args, err := p.arguments()
	if err != nil {
		return nil, err
	}
	if len(args) < arity[0] || len(args) > arity[1] {
		return nil, invalid("the function %s takes another number of arguments", t.fold)
	}
	return call{t.fold, args}, nil
}

func (p *parser) cast() (node, error) {
	if err := p.want("("); err != nil {
		return nil, err
	}
	n, err := p.expr(0)
	if err != nil {
		return nil, err
	}
	if err := p.want("AS"); err != nil {
		return nil, err
	}
	t := p.next()
	switch t.fold {
	case "STRING", "VARCHAR", "CHAR", "TEXT", "BOOL", "BOOLEAN", "INT", "INTEGER", "BIGINT", "FLOAT", "DOUBLE", "DECIMAL", "NUMERIC", "REAL":
	case "TIMESTAMP", "DATE":
		return nil, unsupported("the type " + t.fold)
	default:
		return nil, p.fail(t)
	}
	return castNode{n, t.fold}, p.want(")")
}

// path reads .name and [n] behind a name.
func (p *parser) path(n name) (node, error) {
	for {
		switch {
		case p.symbol("."):
			t := p.next()
			if t.kind != word && t.kind != quoted {
				return nil, p.fail(t)
			}
			n = append(n, step{text: t.text, exact: t.kind == quoted})
		case p.symbol("["):
			t := p.next()
			i, err := strconv.Atoi(t.text)
			if err != nil || t.kind != numeral {
				return nil, p.fail(t)
			}
			n = append(n, step{index: i, array: true})
			if err := p.want("]"); err != nil {
				return nil, err
			}
		default:
			// BlobStorage.column is the same as column.
			if len(n) > 1 && strings.EqualFold(n[0].text, "BlobStorage") {
				n = n[1:]
			}
			return n, nil
		}
	}
}
