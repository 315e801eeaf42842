package graph

import (
	"strings"
	"time"
)

// predicate says whether an object passes a filter.
type predicate func(o any) bool

// Limits of a filter: bytes, and how deep its parentheses may go.
const (
	maxFilter = 8 << 10
	maxDepth  = 32
)

// parseFilter reads the part of OData's $filter that Graph supports for directory objects: and, or, not, parentheses,
// eq, ne, lt, le, gt, ge, in, startswith, endswith, and any() on collections of strings. Strings compare without case.
// advanced allows the operators that need ConsistencyLevel: eventual.
// Source: OData 4.01 URL Conventions, 5.1.1; learn.microsoft.com, "Advanced query capabilities on Microsoft Entra ID
// objects".
func parseFilter(text string, e *entity, advanced bool) (predicate, error) {
	if len(text) > maxFilter {
		return nil, errFilter()
	}
	words, err := lex(text)
	if err != nil {
		return nil, err
	}
	p := &filterParser{words: words, entity: e, advanced: advanced}
	keep, err := p.or(0)
	if err != nil {
		return nil, err
	}
	if p.peek().kind != wordEnd {
		return nil, errFilter()
	}
	return keep, nil
}

func errFilter() error { return badRequest("BadRequest", "Invalid filter clause") }

type filterParser struct {
	words    []word
	next     int
	entity   *entity
	advanced bool
}

func (p *filterParser) peek() word { return p.words[p.next] }

func (p *filterParser) take() word {
	w := p.words[p.next]
	if w.kind != wordEnd {
		p.next++
	}
	return w
}

// keyword takes the next word if it is the given one.
func (p *filterParser) keyword(name string) bool {
	if w := p.peek(); w.kind == wordName && w.text == name {
		p.next++
		return true
	}
	return false
}

func (p *filterParser) symbol(s string) error {
	if w := p.take(); w.kind != wordSymbol || w.text != s {
		return errFilter()
	}
	return nil
}

func (p *filterParser) or(depth int) (predicate, error) {
	left, err := p.and(depth)
	for err == nil && p.keyword("or") {
		a, b := left, predicate(nil)
		if b, err = p.and(depth); err == nil {
			left = func(o any) bool { return a(o) || b(o) }
		}
	}
	return left, err
}

func (p *filterParser) and(depth int) (predicate, error) {
	left, err := p.unary(depth)
	for err == nil && p.keyword("and") {
		a, b := left, predicate(nil)
		if b, err = p.unary(depth); err == nil {
			left = func(o any) bool { return a(o) && b(o) }
		}
	}
	return left, err
}

func (p *filterParser) unary(depth int) (predicate, error) {
	if depth > maxDepth {
		return nil, errFilter()
	}
	if p.keyword("not") {
		if !p.advanced {
			return nil, unsupported("Unsupported property filter clause operator 'Not'.")
		}
		inner, err := p.unary(depth + 1)
		if err != nil {
			return nil, err
		}
		return func(o any) bool { return !inner(o) }, nil
	}
	if w := p.peek(); w.kind == wordSymbol && w.text == "(" {
		p.next++
		inner, err := p.or(depth + 1)
		if err != nil {
			return nil, err
		}
		return inner, p.symbol(")")
	}
	return p.term()
}

// term is a comparison, a function or a lambda.
func (p *filterParser) term() (predicate, error) {
	name := p.take()
	if name.kind != wordName {
		return nil, errFilter()
	}
	if next := p.peek(); next.kind == wordSymbol && next.text == "(" {
		return p.function(name.text, nil)
	}
	if next := p.peek(); next.kind == wordSymbol && next.text == "/" {
		p.next++
		return p.lambda(name.text)
	}
	prop, err := p.property(name.text)
	if err != nil {
		return nil, err
	}
	return p.comparison(prop)
}

func (p *filterParser) property(name string) (*property, error) {
	prop, ok := p.entity.property(name)
	if !ok {
		return nil, badRequest("BadRequest", "Invalid filter clause: Could not find a property named '%s' on type 'microsoft.graph.%s'.", clip(name), p.entity.typ)
	}
	if prop.kind == structure || prop.name == "passwordProfile" {
		return nil, unsupported("Unsupported or invalid query filter clause specified for property '%s' of resource '%s'.", prop.name, p.entity.resource)
	}
	return prop, nil
}

// comparison is an operator with its literal, or in with a list.
func (p *filterParser) comparison(prop *property) (predicate, error) {
	op := p.take()
	if op.kind != wordName || prop.kind == texts {
		return nil, errFilter()
	}
	if op.text == "in" {
		return p.in(prop)
	}
	value, err := p.literal(prop)
	if err != nil {
		return nil, err
	}
	return p.compare(prop, op.text, value)
}

func (p *filterParser) compare(prop *property, op string, value any) (predicate, error) {
	switch op {
	case "eq":
		return func(o any) bool { return equal(prop.get(o), value) }, nil
	case "ne":
		if !p.advanced {
			return nil, unsupported("Unsupported property filter clause operator 'NotEqualsMatch'.")
		}
		return func(o any) bool { return !equal(prop.get(o), value) }, nil
	case "lt", "le", "gt", "ge":
		if value == nil || prop.kind == flag {
			return nil, errFilter()
		}
		return func(o any) bool {
			v := prop.get(o)
			if v == nil {
				return false
			}
			c := compare(v, value)
			switch op {
			case "lt":
				return c < 0
			case "le":
				return c <= 0
			case "gt":
				return c > 0
			default:
				return c >= 0
			}
		}, nil
	}
	return nil, errFilter()
}

func (p *filterParser) in(prop *property) (predicate, error) {
	if err := p.symbol("("); err != nil {
		return nil, err
	}
	var values []any
	for {
		v, err := p.literal(prop)
		if err != nil {
			return nil, err
		}
		values = append(values, v)
		if w := p.take(); w.kind == wordSymbol && w.text == ")" {
			break
		} else if w.kind != wordSymbol || w.text != "," {
			return nil, errFilter()
		}
	}
	return func(o any) bool {
		have := prop.get(o)
		for _, v := range values {
			if equal(have, v) {
				return true
			}
		}
		return false
	}, nil
}

// literal reads a value of the property's type.
func (p *filterParser) literal(prop *property) (any, error) {
	w := p.take()
	if w.kind == wordName && w.text == "null" {
		return nil, nil
	}
	switch prop.kind {
	case flag:
		if w.kind == wordName && (w.text == "true" || w.text == "false") {
			return w.text == "true", nil
		}
	case moment:
		if w.kind == wordName {
			t, err := time.Parse(time.RFC3339Nano, strings.ToUpper(w.text))
			if err == nil {
				return t, nil
			}
		}
	default:
		if w.kind == wordString || w.kind == wordName && isGUID(w.text) {
			return w.text, nil
		}
	}
	return nil, errFilter()
}

// equal compares as Entra does: strings without case.
func equal(a, b any) bool {
	switch x := a.(type) {
	case string:
		y, ok := b.(string)
		return ok && strings.EqualFold(x, y)
	case bool:
		return b == x
	case time.Time:
		y, ok := b.(time.Time)
		return ok && x.Equal(y)
	}
	return a == nil && b == nil
}
