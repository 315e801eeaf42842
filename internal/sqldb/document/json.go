package document

import (
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/function"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// JSONOptions are those of FOR JSON.
type JSONOptions struct {
	Root         *string // nil: none
	IncludeNulls bool
	NoWrapper    bool // WITHOUT_ARRAY_WRAPPER
	Flat         bool // dots in names mean nothing (AUTO)
}

// member is a property: a column's value, or an object of further ones.
type member struct {
	name    string
	column  int // -1: an object
	members []*member
}

// JSON makes the aggregate that writes rows as FOR JSON does.
func JSON(columns []Column, o JSONOptions) (*function.Aggregate, error) {
	root, err := shape(columns, o.Flat)
	if err != nil {
		return nil, err
	}
	row := func(w *writer, values []value.Value) error {
		if w.rows > 0 {
			w.text.WriteByte(',')
		}
		return (&jsonRow{columns, values, o.IncludeNulls, &w.text}).object(root.members)
	}
	done := func(text string) string {
		if !o.NoWrapper {
			text = "[" + text + "]"
		}
		if o.Root != nil {
			text = "{" + quote(*o.Root) + ":" + text + "}"
		}
		return text
	}
	return aggregate("FOR JSON", row, done), nil
}

// shape makes objects of names with dots. Columns of one object need not stand together, but a name cannot be both a
// value and an object.
func shape(columns []Column, flat bool) (*member, error) {
	root := &member{column: -1}
	for i, c := range columns {
		parts := []string{c.Name}
		if !flat {
			parts = strings.Split(c.Name, ".")
		}
		at := root
		for n, p := range parts {
			var found *member
			for _, m := range at.members {
				if m.name == p {
					found = m
				}
			}
			last := n == len(parts)-1
			if found != nil && (last || found.column >= 0) {
				return nil, Conflict(c.Name)
			}
			if found == nil {
				found = &member{name: p, column: -1}
				at.members = append(at.members, found)
			}
			if last {
				found.column = i
			}
			at = found
		}
	}
	return root, nil
}

// jsonRow writes one row.
type jsonRow struct {
	columns []Column
	values  []value.Value
	nulls   bool
	out     *strings.Builder
}

func (r *jsonRow) object(members []*member) error {
	r.out.WriteByte('{')
	first := true
	for _, m := range members {
		if !r.shows(m) {
			continue
		}
		if !first {
			r.out.WriteByte(',')
		}
		first = false
		r.out.WriteString(quote(m.name))
		r.out.WriteByte(':')
		if m.column < 0 {
			if err := r.object(m.members); err != nil {
				return err
			}
			continue
		}
		if err := r.value(m.column); err != nil {
			return err
		}
	}
	r.out.WriteByte('}')
	return nil
}

// shows reports whether a member has anything to show: NULLs are left out, and objects of nothing else.
func (r *jsonRow) shows(m *member) bool {
	if r.nulls {
		return true
	}
	if m.column >= 0 {
		return !r.values[m.column].IsNull()
	}
	for _, in := range m.members {
		if r.shows(in) {
			return true
		}
	}
	return false
}

func (r *jsonRow) value(i int) error {
	v, t := r.values[i], r.columns[i].Type
	if t.ID == value.Variant {
		v, t = v.Variant()
	}
	if v.IsNull() {
		r.out.WriteString("null")
		return nil
	}
	text, err := plain(v, t)
	switch {
	case err != nil:
		return err
	case t.ID == value.Bit && v.Bool():
		text = "true"
	case t.ID == value.Bit:
		text = "false"
	case t.IsNumeric(), r.columns[i].Raw:
	default:
		text = quote(text)
	}
	r.out.WriteString(text)
	return nil
}

// quote writes a string of JSON with SQL Server's escapes, which has the slash among them.
func quote(s string) string {
	const hex = "0123456789abcdef"
	out := make([]byte, 0, len(s)+2)
	out = append(out, '"')
	for i := range len(s) {
		switch c := s[i]; c {
		case '"', '\\', '/':
			out = append(out, '\\', c)
		case '\b':
			out = append(out, `\b`...)
		case '\f':
			out = append(out, `\f`...)
		case '\n':
			out = append(out, `\n`...)
		case '\r':
			out = append(out, `\r`...)
		case '\t':
			out = append(out, `\t`...)
		default:
			if c < 0x20 {
				out = append(out, `\u00`...)
				out = append(out, hex[c>>4], hex[c&15])
				continue
			}
			out = append(out, c)
		}
	}
	return string(append(out, '"'))
}
