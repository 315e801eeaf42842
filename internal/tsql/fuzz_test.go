package tsql

import (
	"errors"
	"testing"
)

// FuzzParse: no text makes the parser panic or hang; what it refuses has a number and a line of the text, and what it
// accepts is a tree whose spans stand in the text.
func FuzzParse(f *testing.F) {
	for _, text := range accepted {
		f.Add(text, true)
	}
	for _, c := range rejected {
		if len(c.text) < 10_000 {
			f.Add(c.text, false)
		}
	}
	f.Fuzz(func(t *testing.T, text string, quoted bool) {
		b, err := Parse(text, Options{QuotedIdentifier: quoted})
		if err == nil {
			checkSpans(t, b)
			return
		}
		var e *Error
		if !errors.As(err, &e) || e.Number == 0 || e.Line < 1 || e.Text == "" {
			t.Errorf("%q: %#v", text, err)
		}
	})
}
