package document

import (
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/function"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// XMLOptions are those of FOR XML PATH and RAW.
type XMLOptions struct {
	Row      string // the element of a row; "" for none
	Root     *string
	Elements bool // columns are elements; otherwise attributes (RAW)
	Nil      bool // XSINIL: NULL is an element that says so
}

const instance = ` xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"`

// XML makes the aggregate that writes rows as FOR XML does. A column without a name, or named *, text() or node(), is
// text of the row's element; one named @a is its attribute.
func XML(columns []Column, o XMLOptions) *function.Aggregate {
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
	return aggregate("FOR XML", row, done)
}

type xmlRow struct {
	columns []Column
	values  []value.Value
	o       XMLOptions
}

func (r *xmlRow) write(out *strings.Builder) error {
	var attributes, content strings.Builder
	for i, c := range r.columns {
		text, err := r.text(i)
		if err != nil {
			return err
		}
		null := r.values[i].IsNull()
		switch name := c.Name; {
		case name == "" || name == "*" || name == "text()" || name == "node()" || name == "data()":
			content.WriteString(text)
		case strings.HasPrefix(name, "@") || !r.o.Elements:
			if !null {
				attributes.WriteString(" " + strings.TrimPrefix(name, "@") + `="` + text + `"`)
			}
		case null && r.o.Nil:
			content.WriteString("<" + name + ` xsi:nil="true"/>`)
		case !null:
			content.WriteString(nested(name, text))
		}
	}
	if r.o.Row == "" {
		out.WriteString(content.String())
		return nil
	}
	out.WriteString("<" + r.o.Row)
	if r.o.Nil && r.o.Root == nil {
		out.WriteString(instance)
	}
	out.WriteString(attributes.String())
	if content.Len() == 0 {
		out.WriteString("/>")
		return nil
	}
	out.WriteString(">" + content.String() + "</" + r.o.Row + ">")
	return nil
}

// nested is a value within the elements of a path: a/b.
func nested(path, text string) string {
	parts := strings.Split(path, "/")
	for i := len(parts) - 1; i >= 0; i-- {
		if text == "" {
			text = "<" + parts[i] + "/>"
			continue
		}
		text = "<" + parts[i] + ">" + text + "</" + parts[i] + ">"
	}
	return text
}

func (r *xmlRow) text(i int) (string, error) {
	if r.values[i].IsNull() {
		return "", nil
	}
	text, err := plain(r.values[i], r.columns[i].Type)
	if err != nil || r.columns[i].Raw || r.columns[i].Type.ID == value.XML {
		return text, err
	}
	return escape(text), nil
}

func escape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "\r", "&#x0D;").Replace(s)
}
