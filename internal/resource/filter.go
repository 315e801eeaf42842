package resource

import (
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// Limits of $filter.
const (
	maxFilter      = 4 << 10 // bytes
	maxFilterDepth = 24      // parentheses and nots inside each other
)

// filter is a parsed $filter of OData: and, or, not, parentheses, eq, ne, substringof, startswith, endswith, contains.
type filter struct {
	op          string // "and", "or", "not"; "eq", "ne" or a function's name for a comparison
	left, right *filter
	property    string // in lower case
	value       string
}

// parseFilter reads a $filter whose properties are among allowed, which are in lower case. "" gives nil, which matches
// everything.
func parseFilter(text string, allowed ...string) (*filter, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	p := &filterParser{text: text, allowed: allowed}
	if len(text) > maxFilter {
		return nil, p.fail()
	}
	f, ok := p.or(0)
	if !ok || p.skip() != "" {
		return nil, p.fail()
	}
	return f, nil
}

type filterParser struct {
	text    string
	at      int
	allowed []string
}

func (p *filterParser) fail() error {
	shown := p.text
	if len(shown) > 256 {
		shown = shown[:256]
	}
	return fault.Newf(fault.Invalid, "resource.parseFilter", "InvalidFilterInQueryString",
		"Invalid $filter '%s' specified in the query string.", strings.ToValidUTF8(shown, "?"))
}

// skip passes over spaces and gives what is left.
func (p *filterParser) skip() string {
	for p.at < len(p.text) && (p.text[p.at] == ' ' || p.text[p.at] == '\t') {
		p.at++
	}
	return p.text[p.at:]
}

// word takes a name: letters, digits, '/', '_', '-' and '.'.
func (p *filterParser) word() string {
	rest := p.skip()
	n := 0
	for n < len(rest) {
		c := rest[n]
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		if !letter && (c < '0' || c > '9') && c != '/' && c != '_' && c != '-' && c != '.' {
			break
		}
		n++
	}
	p.at += n
	return strings.ToLower(rest[:n])
}

// keyword takes a word if it is the one wanted.
func (p *filterParser) keyword(want string) bool {
	start := p.at
	if p.word() == want {
		return true
	}
	p.at = start
	return false
}

// symbol takes a character if it is the one wanted.
func (p *filterParser) symbol(c byte) bool {
	if rest := p.skip(); rest != "" && rest[0] == c {
		p.at++
		return true
	}
	return false
}

func (p *filterParser) or(depth int) (*filter, bool) {
	left, ok := p.and(depth)
	for ok && p.keyword("or") {
		var right *filter
		if right, ok = p.and(depth); ok {
			left = &filter{op: "or", left: left, right: right}
		}
	}
	return left, ok
}

func (p *filterParser) and(depth int) (*filter, bool) {
	left, ok := p.unary(depth)
	for ok && p.keyword("and") {
		var right *filter
		if right, ok = p.unary(depth); ok {
			left = &filter{op: "and", left: left, right: right}
		}
	}
	return left, ok
}

func (p *filterParser) unary(depth int) (*filter, bool) {
	if depth > maxFilterDepth {
		return nil, false
	}
	if p.keyword("not") {
		f, ok := p.unary(depth + 1)
		return &filter{op: "not", left: f}, ok
	}
	if p.symbol('(') {
		f, ok := p.or(depth + 1)
		return f, ok && p.symbol(')')
	}
	return p.comparison()
}

// comparison takes {property} eq '{value}' or {function}({arguments}), with or without eq true after it.
func (p *filterParser) comparison() (*filter, bool) {
	name := p.word()
	switch name {
	case "substringof", "startswith", "endswith", "contains":
		return p.function(name)
	}
	if !p.allows(name) {
		return nil, false
	}
	op := p.word()
	if op != "eq" && op != "ne" {
		return nil, false
	}
	value, ok := p.literal()
	return &filter{op: op, property: name, value: value}, ok
}

func (p *filterParser) function(name string) (*filter, bool) {
	f := &filter{op: name}
	if !p.symbol('(') {
		return nil, false
	}
	var ok bool
	if name == "substringof" { // the value comes first
		if f.value, ok = p.literal(); !ok || !p.symbol(',') {
			return nil, false
		}
		f.property = p.word()
	} else {
		if f.property = p.word(); !p.symbol(',') {
			return nil, false
		}
		if f.value, ok = p.literal(); !ok {
			return nil, false
		}
	}
	if !p.symbol(')') || !p.allows(f.property) {
		return nil, false
	}
	start := p.at
	if p.keyword("eq") {
		switch p.word() {
		case "true":
		case "false":
			return &filter{op: "not", left: f}, true
		default:
			p.at = start
		}
	}
	return f, true
}

// literal takes a text between apostrophes, in which two stand for one.
func (p *filterParser) literal() (string, bool) {
	if !p.symbol('\'') {
		return "", false
	}
	var b strings.Builder
	for p.at < len(p.text) {
		c := p.text[p.at]
		p.at++
		if c != '\'' {
			b.WriteByte(c)
			continue
		}
		if p.at < len(p.text) && p.text[p.at] == '\'' {
			b.WriteByte(c)
			p.at++
			continue
		}
		return b.String(), true
	}
	return "", false
}

func (p *filterParser) allows(name string) bool {
	for _, a := range p.allowed {
		if a == name {
			return true
		}
	}
	return false
}

// match reports whether a document fulfils the filter. tagName and tagValue speak of one tag: there must be one of
// which all is true.
func (f *filter) match(d *Document) bool {
	if f == nil || f.eval(d, "", "") {
		return true
	}
	for name, value := range d.Tags {
		if f.eval(d, name, value) {
			return true
		}
	}
	return false
}

// eval is the filter's truth for a document and one of its tags, or none where tag is "".
func (f *filter) eval(d *Document, tag, tagValue string) bool {
	switch f.op {
	case "and":
		return f.left.eval(d, tag, tagValue) && f.right.eval(d, tag, tagValue)
	case "or":
		return f.left.eval(d, tag, tagValue) || f.right.eval(d, tag, tagValue)
	case "not":
		return !f.left.eval(d, tag, tagValue)
	}
	if f.property == "tagvalue" && tag == "" || f.property == "tagname" && tag == "" {
		return f.op == "ne"
	}
	is, want := strings.ToLower(propertyOf(d, f.property, tag, tagValue)), strings.ToLower(f.value)
	if f.property == "location" {
		want = strings.ReplaceAll(want, " ", "")
	}
	switch f.op {
	case "eq":
		return is == want
	case "ne":
		return is != want
	case "startswith":
		return strings.HasPrefix(is, want)
	case "endswith":
		return strings.HasSuffix(is, want)
	default: // substringof, contains
		return strings.Contains(is, want)
	}
}

func propertyOf(d *Document, property, tag, tagValue string) string {
	switch property {
	case "name":
		return d.Name
	case "resourcetype", "type":
		return d.Type
	case "location":
		return d.Location
	case "kind":
		return d.Kind
	case "managedby":
		return d.ManagedBy
	case "tagname":
		return tag
	case "tagvalue":
		return tagValue
	case "identity":
		if d.Identity != nil {
			return d.Identity.Type
		}
	case "identity/principalid":
		if d.Identity != nil {
			return d.Identity.PrincipalID
		}
	case "resourcegroup":
		if id, ok := ParseID(d.ID); ok {
			return id.Group
		}
	}
	return ""
}
