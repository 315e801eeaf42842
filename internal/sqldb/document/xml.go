package document

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/function"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// XMLOptions are those of FOR XML PATH and RAW.
type XMLOptions struct {
	Row      string // the element of a row; "" for none
	Root     *string
	Path     bool // names of columns are paths
	Elements bool // columns are elements; otherwise attributes (RAW)
	Nil      bool // XSINIL: NULL is an element that says so
}

const instance = ` xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"`

// XML makes the aggregate that writes rows as FOR XML does. A column without a name, or named *, text() or node(), is
// text of the row's element; one named @a is its attribute.
func XML(columns []Column, o XMLOptions) (*function.Aggregate, error) {
	columns, err := xmlNames(columns, o)
	if err != nil {
		return nil, err
	}
	row := func(w *writer, values []value.Value) error {
		r := &xmlRow{columns: columns, values: values, o: o}
		return r.write(&w.text)
	}
	done := func(text string) string {
		if o.Root == nil {
			return text
		}
		open := *o.Root
		if o.Nil {
			open += instance
		}
		return "<" + open + ">" + text + "</" + *o.Root + ">"
	}
	return aggregate("FOR XML", row, done), nil
}

// xmlNames are the columns under the names that they have in XML.
func xmlNames(columns []Column, o XMLOptions) ([]Column, error) {
	out := slices.Clone(columns)
	for i, c := range columns {
		switch {
		case !o.Path && c.Name == "":
			return nil, value.Errorf(6809, 16, 1, "Unnamed tables cannot be used as XML identifiers as well as unnamed columns cannot be used for attribute names. Name unnamed columns/tables using AS in the SELECT statement.")
		case !o.Path:
			out[i].Name = encodedName(c.Name)
		case c.Name == "":
		case o.Row == "" && strings.HasPrefix(c.Name, "@"):
			return nil, value.Errorf(6864, 16, 1, "Row tag omission (empty row tag name) cannot be used with attribute-centric FOR XML serialization.")
		default:
			if err := pathName(c.Name); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// pathName refuses names that no path has: each part is a name, the last one may be an attribute or text.
func pathName(name string) error {
	parts := strings.Split(name, "/")
	for i, part := range parts {
		if i == len(parts)-1 {
			switch part {
			case "*", "text()", "node()", "data()":
				return nil
			}
			part = strings.TrimPrefix(part, "@")
		}
		for j, r := range part {
			if !nameRune(r, j == 0) && (r != ':' || j == 0) {
				return value.Errorf(6850, 16, 1, "Column name '%s' contains an invalid XML identifier as required by FOR XML; '%c'(0x%04X) is the first character at fault.", name, r, r)
			}
		}
		if part == "" {
			return value.Errorf(6850, 16, 1, "Column name '%s' contains an invalid XML identifier as required by FOR XML; '/'(0x002F) is the first character at fault.", name)
		}
	}
	return nil
}

func nameRune(r rune, first bool) bool {
	return r == '_' || unicode.IsLetter(r) || !first && (r == '-' || r == '.' || unicode.IsDigit(r))
}

// encodedName is a column's name as that of an element or attribute: what no name has is written by its number.
func encodedName(name string) string {
	var b strings.Builder
	for i, r := range name {
		switch {
		case r == '_' && strings.HasPrefix(name[i:], "_x"):
			b.WriteString("_x005F_")
		case nameRune(r, i == 0):
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, "_x%04X_", r)
		}
	}
	return b.String()
}

type xmlRow struct {
	columns []Column
	values  []value.Value
	o       XMLOptions
}

// xmlElement is an element that is being written. What comes for it next is told by the names of columns that follow one
// another: a/b and a/c share their a.
type xmlElement struct {
	name                string
	attributes, content strings.Builder
	filled              bool
}

func (e *xmlElement) write(out *strings.Builder) {
	out.WriteString("<" + e.name + e.attributes.String())
	if !e.filled {
		out.WriteString("/>")
		return
	}
	out.WriteString(">" + e.content.String() + "</" + e.name + ">")
}

func (r *xmlRow) write(out *strings.Builder) error {
	stack := []*xmlElement{{name: r.o.Row}}
	if r.o.Nil && r.o.Root == nil {
		stack[0].attributes.WriteString(instance)
	}
	list := false
	for i, c := range r.columns {
		elements, leaf := r.place(c.Name)
		if !r.o.Path {
			stack = towards(stack, nil)
		}
		stack = towards(stack, elements)
		null := r.values[i].IsNull()
		if null && (!r.o.Nil || leaf != "") {
			continue
		}
		stack = into(stack, elements)
		top := stack[len(stack)-1]
		text, err := r.text(i, strings.HasPrefix(leaf, "@"))
		switch {
		case err != nil:
			return err
		case null:
			top.attributes.WriteString(` xsi:nil="true"`)
			list = false
			continue
		case strings.HasPrefix(leaf, "@"):
			if top.filled {
				return value.Errorf(6852, 16, 1, "Attribute-centric column '%s' must not come after a non-attribute-centric sibling in XML hierarchy in FOR XML PATH.", c.Name)
			}
			top.attributes.WriteString(" " + leaf[1:] + `="` + text + `"`)
			continue
		case leaf == "data()" && list && top.filled:
			text = " " + text
		}
		top.filled, list = true, leaf == "data()"
		top.content.WriteString(text)
	}
	row := towards(stack, nil)[0]
	if r.o.Row == "" {
		out.WriteString(row.content.String())
		return nil
	}
	row.write(out)
	return nil
}

// place is where a column goes: within which elements, and as what: an attribute, or text by one of its names. The value
// of a column without a leaf is its last element's content.
func (r *xmlRow) place(name string) (elements []string, leaf string) {
	switch {
	case !r.o.Path && !r.o.Elements:
		return nil, "@" + name
	case !r.o.Path:
		return []string{name}, ""
	case name == "":
		return nil, "*"
	}
	elements = strings.Split(name, "/")
	last := elements[len(elements)-1]
	switch {
	case strings.HasPrefix(last, "@"), last == "*", last == "text()", last == "node()", last == "data()":
		return elements[:len(elements)-1], last
	}
	return elements, ""
}

// towards closes the elements that a place is not in.
func towards(stack []*xmlElement, elements []string) []*xmlElement {
	common := 0
	for common < len(elements) && common+1 < len(stack) && stack[common+1].name == elements[common] {
		common++
	}
	for len(stack) > common+1 {
		last := len(stack) - 1
		stack[last].write(&stack[last-1].content)
		stack[last-1].filled = true
		stack = stack[:last]
	}
	return stack
}

// into opens those that it is in.
func into(stack []*xmlElement, elements []string) []*xmlElement {
	for _, name := range elements[len(stack)-1:] {
		stack = append(stack, &xmlElement{name: name})
	}
	return stack
}

func (r *xmlRow) text(i int, attribute bool) (string, error) {
	if r.values[i].IsNull() {
		return "", nil
	}
	text, err := plain(r.values[i], r.columns[i].Type)
	if err != nil || r.columns[i].Type.ID == value.XML {
		return text, err
	}
	if attribute {
		return xmlAttribute.Replace(text), nil
	}
	return xmlText.Replace(text), nil
}

var (
	xmlText      = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\r", "&#x0D;")
	xmlAttribute = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "\r", "&#x0D;", "\n", "&#x0A;", "\t", "&#x09;")
)
