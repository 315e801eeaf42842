package xquery

import (
	"strconv"
	"strings"
)

// Value is the text of the first item that a path gives; ok is false where it gives none.
func (p *Path) Value(doc string) (s string, ok bool, err error) {
	context, err := load(doc)
	if err != nil {
		return "", false, err
	}
	if p.call == "count" {
		return strconv.Itoa(len(p.inner.from(context))), true, nil
	}
	found := p.from(context)
	if len(found) == 0 {
		return "", p.call == "string", nil
	}
	return found[0].value(), true, nil
}

// Exists reports whether a path gives anything.
func (p *Path) Exists(doc string) (bool, error) {
	context, err := load(doc)
	if err != nil {
		return false, err
	}
	return p.call == "count" || p.call == "string" || len(p.from(context)) > 0, nil
}

// Query is what a path gives, as XML. An attribute by itself is none: ok is false then.
func (p *Path) Query(doc string) (s string, ok bool, err error) {
	context, err := load(doc)
	if err != nil {
		return "", false, err
	}
	if p.call == "count" {
		return strconv.Itoa(len(p.inner.from(context))), true, nil
	}
	var b strings.Builder
	for i, n := range p.from(context) {
		if p.call == "" && n.kind == attribute {
			return "", false, nil
		}
		if p.call != "" {
			if i > 0 {
				b.WriteString(" ")
			}
			textEscapes.WriteString(&b, n.value())
			continue
		}
		n.markup(&b, true)
	}
	return b.String(), true, nil
}

// Nodes yields a value for each node that a path gives; paths begin there when they are evaluated on it.
func (p *Path) Nodes(doc string, yield func(string) bool) error {
	context, err := load(doc)
	if err != nil {
		return err
	}
	for _, n := range p.from(context) {
		if !yield(n.refer()) {
			return nil
		}
	}
	return nil
}

func (p *Path) from(context *node) []*node {
	at := []*node{context}
	switch {
	case p.inner != nil:
		at = among(p.inner.from(context), p.where)
	case p.root:
		for at[0].parent != nil {
			at[0] = at[0].parent
		}
	}
	for _, s := range p.steps {
		at = s.from(at)
	}
	return at
}

func (s *step) from(all []*node) []*node {
	var out []*node
	seen := map[*node]bool{}
	for _, n := range all {
		for _, m := range s.of(n) {
			if (s.axis == descendant || s.axis == parent) && seen[m] {
				continue
			}
			if s.axis == descendant || s.axis == parent {
				seen[m] = true
			}
			out = append(out, m)
		}
	}
	return out
}

// of are the nodes that a step reaches from one node, in the order of the document.
func (s *step) of(n *node) []*node {
	switch s.axis {
	case self:
		return among([]*node{n}, s.where)
	case parent:
		if n.parent == nil {
			return nil
		}
		return among([]*node{n.parent}, s.where)
	case attributes:
		return among(s.those(n.attributes), s.where)
	case descendant:
		return s.below(n, nil)
	}
	return among(s.those(n.children), s.where)
}

// below is //: the places of predicates count among brothers.
func (s *step) below(n *node, out []*node) []*node {
	met := among(s.those(n.children), s.where)
	for _, c := range n.children {
		if len(met) > 0 && met[0] == c {
			out, met = append(out, c), met[1:]
		}
		out = s.below(c, out)
	}
	return out
}

func (s *step) those(list []*node) []*node {
	var out []*node
	for _, n := range list {
		if s.lets(n) {
			out = append(out, n)
		}
	}
	return out
}

func (s *step) lets(n *node) bool {
	switch s.test {
	case nodes:
		return true
	case texts:
		return n.kind == text
	case anyName:
		return n.kind == element || n.kind == attribute && n.name != "xmlns" && !strings.HasPrefix(n.name, "xmlns:")
	}
	if n.kind != element && n.kind != attribute {
		return false
	}
	if s.inAny {
		_, local, prefixed := strings.Cut(n.name, ":")
		return n.name == s.name || prefixed && local == s.name
	}
	return n.name == s.name && (n.kind == attribute || n.space == "")
}

func among(list []*node, where []predicate) []*node {
	for _, w := range where {
		var out []*node
		for i, n := range list {
			if w.holds(n, i+1, len(list)) {
				out = append(out, n)
			}
		}
		list = out
	}
	return list
}

func (w *predicate) holds(n *node, place, last int) bool {
	switch {
	case w.place > 0:
		return place == w.place
	case w.last:
		return place == last
	}
	if w.path.call == "count" {
		return w.op == "" || w.compares(strconv.Itoa(len(w.path.inner.from(n))))
	}
	for _, found := range w.path.from(n) {
		if w.op == "" || w.compares(found.value()) {
			return true
		}
	}
	return false
}

func (w *predicate) compares(s string) bool {
	c := strings.Compare(s, w.with)
	if w.num {
		a, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
		b, _ := strconv.ParseFloat(w.with, 64) // the parser has seen that it is a number
		if err != nil {
			return false
		}
		switch {
		case a < b:
			c = -1
		case a > b:
			c = 1
		default:
			c = 0
		}
	}
	switch w.op {
	case "=":
		return c == 0
	case "!=":
		return c != 0
	case "<":
		return c < 0
	case "<=":
		return c <= 0
	case ">":
		return c > 0
	}
	return c >= 0
}
