// Package document writes the rows of a query as one text: JSON for FOR JSON, XML for FOR XML. It is given names, types
// and values, and must never know where rows come from or what becomes of the text.
package document

import (
	"encoding/base64"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/function"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// Column is one column of the rows. Raw says that its text is a document already: that of a FOR clause within, or of
// JSON_QUERY.
type Column struct {
	Name string
	Type value.Type
	Raw  bool
}

// Conflict is the error of a column whose name cannot stand beside another's: "a" and "a.b".
func Conflict(name string) *value.Error {
	return value.Errorf(13601, 16, 1, "Property '%s' cannot be generated in JSON output due to a conflict with another column name or alias. Use different names and aliases for each column in SELECT list.", name)
}

// writer gathers rows.
type writer struct {
	text strings.Builder
	rows int
	row  func(w *writer, values []value.Value) error
	done func(text string) string
}

// Add writes a row.
func (w *writer) Add(values []value.Value) error {
	err := w.row(w, values)
	w.rows++
	return err
}

// Result is the whole text, NULL where there was no row.
func (w *writer) Result() (value.Value, error) {
	if w.rows == 0 {
		return value.Null(), nil
	}
	return value.OfString(w.done(w.text.String())), nil
}

// Skipped is never true: a NULL is written or left out, and no warning goes with it.
func (w *writer) Skipped() bool { return false }

// aggregate makes the aggregate function whose value is the document of all rows.
func aggregate(name string, row func(w *writer, values []value.Value) error, done func(string) string) *function.Aggregate {
	return &function.Aggregate{
		Name: name, Min: 0, Max: -1,
		Result: func([]value.Type) (value.Type, error) { return value.Sized(value.NVarChar, value.Max), nil },
		New:    func([]value.Type) function.State { return &writer{row: row, done: done} },
	}
}

// plain writes a value without quotes, as ISO 8601 has dates and base 64 has binary.
func plain(v value.Value, t value.Type) (string, error) {
	style := value.NoStyle
	switch {
	case t.ID == value.Variant:
		inner, it := v.Variant()
		return plain(inner, it)
	case t.IsBinary():
		return base64.StdEncoding.EncodeToString([]byte(v.Text())), nil
	case t.ID == value.DateTimeOffset || t.ID == value.DateTime || t.ID == value.SmallDateTime || t.ID == value.DateTime2:
		style = 126
	case t.ID == value.Float || t.IsMoney():
		style = 2
	case t.ID == value.Real:
		style = 1
	}
	out, err := value.Convert(v, t, value.Sized(value.NVarChar, value.Max), style)
	if err != nil {
		return "", err
	}
	text := out.Text()
	if t.ID == value.DateTime || t.ID == value.DateTime2 || t.ID == value.Time {
		text = trimFraction(text)
	}
	return text, nil
}

// trimFraction takes the zeros at the end of a fraction of a second away.
func trimFraction(s string) string {
	if !strings.Contains(s, ".") {
		return s
	}
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}
