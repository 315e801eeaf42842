package tags

import (
	"sort"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// MaxExpression is the length in bytes that an expression may have.
const MaxExpression = 8 << 10

// Expression is a parsed condition over tags. It is immutable and safe for concurrent use.
type Expression struct {
	root      node
	keys      []string
	container string
	scoped    bool
}

// ParseCondition parses the value of x-ms-if-tags: comparisons of tags with values by =, <>, <, <=, > and >=, joined by
// AND, OR, NOT and parentheses. A fault is of kind Invalid, reason InvalidHeaderValue.
func ParseCondition(text string) (*Expression, error) {
	e, err := parse(text, false)
	if err != nil {
		return nil, &fault.Error{
			Kind: fault.Invalid, Op: "tags.ParseCondition", Reason: "InvalidHeaderValue", Target: "x-ms-if-tags",
			Message: "The value for one of the HTTP headers is not in the correct format.", Cause: err,
		}
	}
	return e, nil
}

// ParseSearch parses the where parameter of Find Blobs by Tags. It knows no <>, OR and NOT, but @container, which can
// only be compared by =. A fault is of kind Invalid, reason InvalidQueryParameterValue.
func ParseSearch(text string) (*Expression, error) {
	e, err := parse(text, true)
	if err != nil {
		return nil, &fault.Error{
			Kind: fault.Invalid, Op: "tags.ParseSearch", Reason: "InvalidQueryParameterValue", Target: "where",
			Message: err.Error(), Cause: err,
		}
	}
	return e, nil
}

// Holds works the expression out for a blob's tags. A tag that is absent makes its comparison false. @container is not
// asked here, see Container.
func (e *Expression) Holds(tags map[string]string) bool { return e.root.holds(tags) }

// Container is the container that a search is confined to.
func (e *Expression) Container() (name string, ok bool) { return e.container, e.scoped }

// Keys are the tags that the expression names, sorted: those that a search's answer shows.
func (e *Expression) Keys() []string { return e.keys }

// node is a step of an expression.
type node interface {
	holds(tags map[string]string) bool
}

type all []node

func (a all) holds(tags map[string]string) bool {
	for _, n := range a {
		if !n.holds(tags) {
			return false
		}
	}
	return true
}

type anyOf []node

func (a anyOf) holds(tags map[string]string) bool {
	for _, n := range a {
		if n.holds(tags) {
			return true
		}
	}
	return false
}

type not struct{ of node }

func (n not) holds(tags map[string]string) bool { return !n.of.holds(tags) }

// comparison compares the tag key with a value, byte by byte: tags have no other type than text.
type comparison struct{ key, operator, value string }

func (c comparison) holds(tags map[string]string) bool {
	have, ok := tags[c.key]
	if !ok {
		return false
	}
	order := strings.Compare(have, c.value)
	switch c.operator {
	case "=":
		return order == 0
	case "<>":
		return order != 0
	case "<":
		return order < 0
	case "<=":
		return order <= 0
	case ">":
		return order > 0
	default:
		return order >= 0
	}
}

func parse(text string, search bool) (*Expression, error) {
	p := &parser{text: text, search: search, keys: map[string]bool{}}
	if len(text) > MaxExpression {
		return nil, p.fail("the expression is too long")
	}
	p.next()
	root, err := p.or(0)
	if err != nil {
		return nil, err
	}
	if p.token != end {
		return nil, p.fail("unexpected '" + p.word + "'")
	}
	e := &Expression{root: root, container: p.container, scoped: p.scoped}
	for key := range p.keys {
		e.keys = append(e.keys, key)
	}
	sort.Strings(e.keys)
	if len(e.keys) == 0 {
		return nil, p.fail("expected a tag name")
	}
	return e, nil
}
