package imds

import (
	"net/http"
	"strconv"
	"strings"
)

// node is a place in the instance tree: a value, an object or an array. All values are text.
type node struct {
	text    string
	members []member
	items   []node
	kind    nodeKind
}

type nodeKind uint8

const (
	leaf nodeKind = iota
	object
	array
)

// member is a named child. The tree of a request has only the members that its api-version knows.
type member struct {
	name string
	node node
}

func text(s string) node { return node{text: s} }

func list(items ...node) node { return node{kind: array, items: items} }

// builder makes objects as one api-version shows them.
type builder struct{ version string }

// field is a member with the version that introduced it; "" is the first version.
type field struct {
	name  string
	since string
	node  node
}

func (b builder) object(fields ...field) node {
	n := node{kind: object, members: make([]member, 0, len(fields))}
	for _, f := range fields {
		if f.since <= b.version {
			n.members = append(n.members, member{f.name, f.node})
		}
	}
	return n
}

// walk goes down by names, without case, and by the indexes of arrays.
func (n node) walk(path []string) (node, error) {
	for _, step := range path {
		next, ok := n.child(step)
		if !ok {
			return node{}, &refusal{status: http.StatusNotFound, code: "not_found", text: "Not found"}
		}
		n = next
	}
	return n, nil
}

func (n node) child(step string) (node, bool) {
	switch n.kind {
	case object:
		for _, m := range n.members {
			if strings.EqualFold(m.name, step) {
				return m.node, true
			}
		}
	case array:
		i, err := strconv.ParseUint(step, 10, 16)
		if err == nil && i < uint64(len(n.items)) {
			return n.items[i], true
		}
	}
	return node{}, false
}

// json writes the node as JSON.
func (n node) json(b []byte) []byte {
	switch n.kind {
	case object:
		b = append(b, '{')
		for i, m := range n.members {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(appendString(b, m.name), ':')
			b = m.node.json(b)
		}
		return append(b, '}')
	case array:
		b = append(b, '[')
		for i, item := range n.items {
			if i > 0 {
				b = append(b, ',')
			}
			b = item.json(b)
		}
		return append(b, ']')
	}
	return appendString(b, n.text)
}

// plain writes the node as text: a value as it is; of an object or array the names of its children, one a line, with a
// slash after those that have children.
func (n node) plain() []byte {
	var lines []string
	mark := func(name string, child node) {
		if child.kind != leaf {
			name += "/"
		}
		lines = append(lines, name)
	}
	switch n.kind {
	case leaf:
		return []byte(n.text)
	case object:
		for _, m := range n.members {
			mark(m.name, m.node)
		}
	case array:
		for i, item := range n.items {
			mark(strconv.Itoa(i), item)
		}
	}
	return []byte(strings.Join(lines, "\n"))
}
