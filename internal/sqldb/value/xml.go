package value

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

// wellFormed checks a fragment of XML: elements that close, one root or several, or text alone.
func wellFormed(s string) error {
	d := xml.NewDecoder(strings.NewReader(s))
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	for {
		_, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			line, column := d.InputPos()
			return Errorf(9400, 16, 1, "XML parsing: line %d, character %d, %s", line, column, xmlFault(err))
		}
	}
}

func xmlFault(err error) string {
	var syntax *xml.SyntaxError
	if !errors.As(err, &syntax) {
		return "illegal xml character"
	}
	switch {
	case strings.Contains(syntax.Msg, "unexpected EOF"):
		return "unexpected end of input"
	case strings.Contains(syntax.Msg, "closed by"):
		return "end tag does not match start tag"
	case strings.Contains(syntax.Msg, "attribute name"):
		return "A string literal was expected"
	}
	return "illegal xml character"
}
