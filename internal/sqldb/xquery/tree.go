package xquery

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

type kind uint8

const (
	document kind = iota
	element
	attribute
	text
	comment
	instruction
)

// node is a part of a document.
type node struct {
	kind       kind
	name       string // with its prefix
	space      string // the default namespace in force
	text       string
	parent     *node
	attributes []*node
	children   []*node
}

// reference marks a value that stands for one node of a document, as nodes() gives it: no XML has a NUL. The letter
// after it says of what kind the node is.
const reference = "\x00"

// load reads a document, a fragment or a reference to a node, and gives the context of a path.
func load(s string) (*node, error) {
	rest, is := strings.CutPrefix(s, reference)
	if !is || rest == "" {
		return parse(s)
	}
	body := rest[1:]
	switch rest[0] {
	case 'a':
		name, value, _ := strings.Cut(body, "=")
		return &node{kind: attribute, name: name, text: value}, nil
	case 't':
		return &node{kind: text, text: body}, nil
	}
	root, err := parse(body)
	if err != nil || rest[0] == 'd' || len(root.children) == 0 {
		return root, err
	}
	return root.children[0], nil
}

// parse reads a document or a fragment.
func parse(s string) (*node, error) {
	d := xml.NewDecoder(strings.NewReader(s))
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	root := &node{kind: document}
	at, depth, count := root, 0, 0
	for {
		t, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			return root, nil
		}
		if err != nil {
			return nil, err
		}
		if count++; count > maxNodes {
			return nil, &SizeError{}
		}
		switch t := t.(type) {
		case xml.StartElement:
			if depth++; depth > maxDepth {
				return nil, &DepthError{}
			}
			count += len(t.Attr)
			at = at.open(t)
		case xml.EndElement:
			if at.parent == nil {
				return nil, &xml.SyntaxError{Msg: "unexpected end element", Line: 1}
			}
			at, depth = at.parent, depth-1
		case xml.CharData:
			at.write(string(t))
		case xml.Comment:
			at.add(&node{kind: comment, text: string(t)})
		case xml.ProcInst:
			if t.Target != "xml" {
				at.add(&node{kind: instruction, name: t.Target, text: string(t.Inst)})
			}
		}
	}
}

func (n *node) add(child *node) {
	child.parent = n
	n.children = append(n.children, child)
}

func (n *node) open(t xml.StartElement) *node {
	e := &node{kind: element, name: written(t.Name), space: n.space}
	for _, a := range t.Attr {
		x := &node{kind: attribute, name: written(a.Name), text: a.Value, parent: e}
		if x.name == "xmlns" {
			e.space = a.Value
		}
		e.attributes = append(e.attributes, x)
	}
	n.add(e)
	return e
}

// write adds text: what lies side by side is one node.
func (n *node) write(s string) {
	if last := len(n.children) - 1; last >= 0 && n.children[last].kind == text {
		n.children[last].text += s
		return
	}
	if s != "" {
		n.add(&node{kind: text, text: s})
	}
}

func written(n xml.Name) string {
	if n.Space == "" {
		return n.Local
	}
	return n.Space + ":" + n.Local
}

// value is a node's text: that of all texts in it.
func (n *node) value() string {
	if n.kind != document && n.kind != element {
		return n.text
	}
	if len(n.children) == 1 {
		return n.children[0].inner()
	}
	var b strings.Builder
	n.gather(&b)
	return b.String()
}

// inner is value of a child: comments and instructions are no part of it.
func (n *node) inner() string {
	if n.kind == comment || n.kind == instruction {
		return ""
	}
	return n.value()
}

func (n *node) gather(b *strings.Builder) {
	for _, c := range n.children {
		switch c.kind {
		case text:
			b.WriteString(c.text)
		case element:
			c.gather(b)
		}
	}
}

// refer is the text that load makes the same node of.
func (n *node) refer() string {
	switch n.kind {
	case attribute:
		return reference + "a" + n.name + "=" + n.text
	case text:
		return reference + "t" + n.text
	}
	var b strings.Builder
	n.markup(&b, true)
	if n.kind == document {
		return reference + "d" + b.String()
	}
	return reference + "e" + b.String()
}

var (
	textEscapes      = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\r", "&#x0D;")
	attributeEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "\r", "&#x0D;", "\n", "&#x0A;", "\t", "&#x09;")
)

// markup writes a node as XML. The outermost element says which namespace it is in.
func (n *node) markup(b *strings.Builder, outermost bool) {
	switch n.kind {
	case text, attribute:
		textEscapes.WriteString(b, n.text)
	case comment:
		b.WriteString("<!--" + n.text + "-->")
	case instruction:
		b.WriteString("<?" + n.name + " " + n.text + "?>")
	case document:
		for _, c := range n.children {
			c.markup(b, outermost)
		}
	case element:
		n.tags(b, outermost)
	}
}

func (n *node) tags(b *strings.Builder, outermost bool) {
	b.WriteString("<" + n.name)
	declared := n.space == ""
	for _, a := range n.attributes {
		b.WriteString(" " + a.name + `="`)
		attributeEscapes.WriteString(b, a.text)
		b.WriteString(`"`)
		declared = declared || a.name == "xmlns"
	}
	if outermost && !declared {
		b.WriteString(` xmlns="`)
		attributeEscapes.WriteString(b, n.space)
		b.WriteString(`"`)
	}
	if len(n.children) == 0 {
		b.WriteString("/>")
		return
	}
	b.WriteString(">")
	for _, c := range n.children {
		c.markup(b, false)
	}
	b.WriteString("</" + n.name + ">")
}
