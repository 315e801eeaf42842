package xquery

import (
	"strconv"
	"strings"
	"unicode"
)

type axis uint8

const (
	child axis = iota
	descendant
	attributes
	parent
	self
)

// test is what a step lets through.
type test uint8

const (
	named test = iota
	anyName
	texts
	nodes
)

// step is one step of a path.
type step struct {
	axis  axis
	test  test
	name  string
	inAny bool // *:name, of any namespace
	where []predicate
}

// predicate is […]: a place, last(), or a path that must give something, or something that compares so.
type predicate struct {
	place int // from 1; 0 for none
	last  bool
	path  *Path
	op    string
	with  string
	num   bool // with is a number
}

// Path is a parsed expression. It is never changed.
type Path struct {
	call  string // data, string, count, or none
	root  bool   // it begins at the document
	inner *Path  // (path): its predicates count over the whole
	where []predicate
	steps []step
}

// Single reports whether a path gives one item at most, whatever the document is; value() takes no other.
func (p *Path) Single() bool {
	if p.call == "count" || p.call == "string" {
		return true
	}
	if p.inner != nil && !one(p.where) && !p.inner.Single() {
		return false
	}
	for _, s := range p.steps {
		switch {
		case s.axis == self, s.axis == parent, s.axis == attributes && s.test == named:
		case s.axis == descendant || !one(s.where):
			return false
		}
	}
	return true
}

func one(where []predicate) bool {
	for _, w := range where {
		if w.place > 0 || w.last {
			return true
		}
	}
	return false
}

// maxNesting is how deep predicates and parentheses may lie in one another.
const maxNesting = 32

// Parse reads an expression.
func Parse(s string) (*Path, error) {
	p := &parser{s: s}
	path, err := p.path()
	if err != nil {
		return nil, err
	}
	if p.space(); p.s != "" {
		return nil, p.fault()
	}
	return path, nil
}

type parser struct {
	s     string
	depth int
}

func (p *parser) space() { p.s = strings.TrimLeft(p.s, " \t\r\n") }

func (p *parser) accept(sign string) bool {
	p.space()
	rest, ok := strings.CutPrefix(p.s, sign)
	if ok {
		p.s = rest
	}
	return ok
}

// fault tells what is XQuery, but not a path that is known here, from what is wrong.
func (p *parser) fault() error {
	near := p.s
	if i := strings.IndexFunc(near, unicode.IsSpace); i > 0 {
		near = near[:i]
	}
	if near == "" || strings.ContainsAny(near[:1], "]),;:/") {
		if near == "" {
			near = "<eof>"
		}
		return &SyntaxError{near}
	}
	return ErrUnsupported
}

// path reads a whole path.
func (p *parser) path() (*Path, error) {
	if p.depth++; p.depth > maxNesting {
		return nil, ErrUnsupported
	}
	defer func() { p.depth-- }()
	for _, call := range []string{"data", "string", "count"} {
		if rest, ok := strings.CutPrefix(strings.TrimPrefix(strings.TrimLeft(p.s, " \t\r\n"), "fn:"), call); ok && strings.HasPrefix(strings.TrimLeft(rest, " "), "(") {
			p.s = rest
			inner, err := p.enclosed()
			return &Path{call: call, inner: inner}, err
		}
	}
	path := &Path{}
	p.space()
	switch {
	case strings.HasPrefix(p.s, "("):
		inner, err := p.enclosed()
		if err != nil {
			return nil, err
		}
		path.inner = inner
		if path.where, err = p.predicates(); err != nil {
			return nil, err
		}
		if !strings.HasPrefix(p.s, "/") {
			return path, nil
		}
		return path, p.steps(path, !p.deeper())
	case strings.HasPrefix(p.s, "/"):
		path.root = true
		deep := p.deeper()
		if p.space(); !deep && (p.s == "" || p.s[0] == ')' || p.s[0] == ']') {
			return path, nil // the document itself
		}
		return path, p.steps(path, !deep)
	}
	return path, p.steps(path, true)
}

func (p *parser) enclosed() (*Path, error) {
	if !p.accept("(") {
		return nil, p.fault()
	}
	inner, err := p.path()
	if err != nil {
		return nil, err
	}
	if !p.accept(")") {
		return nil, p.fault()
	}
	p.space()
	return inner, nil
}

// deeper reads / or // and reports which it was.
func (p *parser) deeper() bool {
	if p.accept("//") {
		return true
	}
	p.accept("/")
	return false
}

func (p *parser) steps(path *Path, direct bool) error {
	for {
		s, err := p.step()
		if err != nil {
			return err
		}
		if !direct {
			if s.axis != child {
				return ErrUnsupported
			}
			s.axis = descendant
		}
		path.steps = append(path.steps, s)
		if p.space(); !strings.HasPrefix(p.s, "/") {
			return nil
		}
		direct = !p.deeper()
	}
}

func (p *parser) step() (step, error) {
	var s step
	p.space()
	switch {
	case p.accept(".."):
		s.axis, s.test = parent, nodes
	case p.accept("."):
		s.axis, s.test = self, nodes
	default:
		if p.accept("@") {
			s.axis = attributes
		}
		if err := p.test(&s); err != nil {
			return s, err
		}
	}
	var err error
	s.where, err = p.predicates()
	return s, err
}

func (p *parser) test(s *step) error {
	if p.accept("*:") {
		s.inAny = true
	} else if p.accept("*") {
		s.test = anyName
		return nil
	}
	name := p.name()
	if name == "" {
		return p.fault()
	}
	p.space()
	if rest, ok := strings.CutPrefix(p.s, "("); ok && (name == "text" || name == "node") && s.axis == child {
		if rest, ok = strings.CutPrefix(strings.TrimLeft(rest, " "), ")"); !ok {
			return p.fault()
		}
		p.s, s.test = rest, texts
		if name == "node" {
			s.test = nodes
		}
		return nil
	}
	if strings.HasPrefix(p.s, "(") || strings.HasPrefix(p.s, ":") {
		return ErrUnsupported // a function, an axis by its name, or a prefix
	}
	s.name = name
	return nil
}

func (p *parser) name() string {
	end := len(p.s)
	for i, r := range p.s {
		if r == '_' || unicode.IsLetter(r) || i > 0 && (r == '-' || r == '.' || unicode.IsDigit(r)) {
			continue
		}
		end = i
		break
	}
	name := p.s[:end]
	p.s = p.s[end:]
	return name
}

func (p *parser) predicates() ([]predicate, error) {
	var list []predicate
	for p.accept("[") {
		w, err := p.predicate()
		if err != nil {
			return nil, err
		}
		if !p.accept("]") {
			return nil, p.fault()
		}
		list = append(list, w)
	}
	return list, nil
}

func (p *parser) predicate() (predicate, error) {
	p.space()
	if rest, ok := strings.CutPrefix(p.s, "last()"); ok {
		p.s = rest
		return predicate{last: true}, nil
	}
	rest, position := strings.CutPrefix(p.s, "position()")
	if position {
		rest, position = strings.CutPrefix(strings.TrimLeft(rest, " "), "=")
		if !position {
			return predicate{}, ErrUnsupported
		}
		p.s = rest
		p.space()
	}
	if digits := p.digits(); digits != "" {
		n, err := strconv.Atoi(digits)
		if err != nil || n < 1 {
			return predicate{}, ErrUnsupported
		}
		return predicate{place: n}, nil
	}
	if position {
		return predicate{}, ErrUnsupported
	}
	path, err := p.path()
	if err != nil {
		return predicate{}, err
	}
	return p.comparison(predicate{path: path})
}

func (p *parser) digits() string {
	end := 0
	for end < len(p.s) && p.s[end] >= '0' && p.s[end] <= '9' {
		end++
	}
	digits := p.s[:end]
	p.s = p.s[end:]
	return digits
}

func (p *parser) comparison(w predicate) (predicate, error) {
	for _, op := range []string{"!=", "<=", ">=", "=", "<", ">"} {
		if !p.accept(op) {
			continue
		}
		w.op = op
		p.space()
		if p.s != "" && (p.s[0] == '"' || p.s[0] == '\'') {
			with, rest, ok := strings.Cut(p.s[1:], p.s[:1])
			if !ok {
				return w, &SyntaxError{"<eof>"}
			}
			w.with, p.s = with, rest
			return w, nil
		}
		end := strings.IndexFunc(p.s, func(r rune) bool { return r != '-' && r != '.' && (r < '0' || r > '9') })
		if end < 0 {
			end = len(p.s)
		}
		if _, err := strconv.ParseFloat(p.s[:end], 64); err != nil {
			return w, ErrUnsupported
		}
		w.with, w.num, p.s = p.s[:end], true, p.s[end:]
		return w, nil
	}
	return w, nil
}
