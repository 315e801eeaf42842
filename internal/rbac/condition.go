package rbac

import (
	"strings"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// Bounds of a condition's text. The length is Azure's.
const (
	MaxCondition      = 8 << 10 // bytes
	maxConditionDepth = 64      // parentheses and negations inside one another
)

// Condition is a parsed condition of a role or an assignment, in version 2.0 of the language (Microsoft's "Azure role
// assignment condition format and syntax"). It is immutable.
type Condition struct {
	text string
	root *node
}

// ParseCondition parses and type-checks a condition. An error is a fault of kind Invalid that says what is wrong where.
func ParseCondition(text string) (*Condition, error) {
	if len(text) > MaxCondition {
		return nil, fault.Newf(fault.Invalid, "rbac.ParseCondition", "", "the condition is longer than %d bytes", MaxCondition)
	}
	p := &conditionParser{text: text}
	root, err := p.parse()
	if err != nil {
		return nil, fault.Newf(fault.Invalid, "rbac.ParseCondition", "", "%v", err)
	}
	return &Condition{text: text, root: root}, nil
}

// String is the condition as it was written.
func (c *Condition) String() string { return c.text }

// Holds works the condition out for a request. An attribute that is absent makes its comparison false.
func (c *Condition) Holds(r *Request) bool { return c.root.holds(r) }

type nodeKind uint8

const (
	andNode nodeKind = iota
	orNode
	notNode
	actionNode
	subOperationNode
	existsNode
	compareNode
)

// node is one step of a condition; which fields count depends on kind.
type node struct {
	kind        nodeKind
	left, right *node
	action      Pattern // of actionNode
	text        string  // of subOperationNode
	attribute   attribute
	compare     *comparison
}

// attribute is a name such as @Resource[Microsoft.Storage/storageAccounts:name].
type attribute struct{ source, name string }

func (n *node) holds(r *Request) bool {
	switch n.kind {
	case andNode:
		return n.left.holds(r) && n.right.holds(r)
	case orNode:
		return n.left.holds(r) || n.right.holds(r)
	case notNode:
		return !n.left.holds(r)
	case actionNode:
		return n.action.Matches(r.Action)
	case subOperationNode:
		values, _ := attribute{"Request", "subOperation"}.values(r)
		for _, v := range values {
			if strings.EqualFold(v, n.text) {
				return true
			}
		}
		return false
	case existsNode:
		_, ok := n.attribute.values(r)
		return ok
	default:
		return n.compare.holds(r)
	}
}

func (a attribute) values(r *Request) ([]string, bool) {
	if r.Attributes != nil {
		if values, ok := r.Attributes.Attribute(a.source, a.name); ok {
			return values, true
		}
	}
	if a.source == "Environment" && strings.EqualFold(a.name, "UtcNow") && !r.Now.IsZero() {
		return []string{r.Now.UTC().Format(time.RFC3339Nano)}, true
	}
	return nil, false
}

// operand is one side of a comparison: an attribute, or values written out.
type operand struct {
	attribute attribute
	literal   bool
	values    []string
}

func (o operand) resolve(r *Request) ([]string, bool) {
	if o.literal {
		return o.values, true
	}
	return o.attribute.values(r)
}

// comparison is operand, operator, operand.
type comparison struct {
	left, right operand
	operator    operator
	set         setFunction
}

// setFunction says how many values of each side have to compare.
type setFunction uint8

const (
	single setFunction = iota // no set function was written
	anyOfAny
	allOfAny
	anyOfAll
	allOfAll
)

func (c *comparison) holds(r *Request) bool {
	left, ok := c.left.resolve(r)
	if !ok || len(left) == 0 {
		return false
	}
	right, ok := c.right.resolve(r)
	if !ok || len(right) == 0 {
		return false
	}
	set := c.set
	if set == single {
		// One value each is what is meant. Where an attribute has several after all, a positive operator asks for one
		// that fits and a negative one for none that does not.
		set = anyOfAny
		if c.operator.negated {
			set = allOfAll
		}
	}
	everyLeft, everyRight := set == allOfAny || set == allOfAll, set == anyOfAll || set == allOfAll
	return quantified(left, everyLeft, func(l string) bool {
		return quantified(right, everyRight, func(v string) bool { return c.operator.compare(l, v) })
	})
}

// quantified reports whether all (or, not every, one) of the values pass.
func quantified(values []string, every bool, pass func(string) bool) bool {
	for _, v := range values {
		if pass(v) != every {
			return !every
		}
	}
	return every
}
