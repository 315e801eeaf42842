package blob

import (
	"bytes"
	"encoding/base64"
	"net/http"
	"strconv"
	"unicode/utf8"

	"github.com/alcedo-cloud/alcedo/internal/blob"
)

const xmlHead = `<?xml version="1.0" encoding="utf-8"?>`

// xmlDocument writes XML without whitespace. A list of 5,000 blobs is made of some 100,000 elements, for which
// encoding/xml's reflection would cost more than finding them. The zero value is ready.
type xmlDocument struct {
	buf     bytes.Buffer
	begun   bool
	second  int64  // of the stamp that was written last
	stamped []byte // as it was written
}

func (d *xmlDocument) head() {
	if !d.begun {
		d.begun = true
		d.buf.WriteString(xmlHead)
	}
}

// start opens an element; attributes are pairs of name and value.
func (d *xmlDocument) start(name string, attributes ...string) {
	d.head()
	d.buf.WriteByte('<')
	d.buf.WriteString(name)
	for i := 0; i+1 < len(attributes); i += 2 {
		d.buf.WriteByte(' ')
		d.buf.WriteString(attributes[i])
		d.buf.WriteString(`="`)
		d.text(attributes[i+1])
		d.buf.WriteByte('"')
	}
	d.buf.WriteByte('>')
}

func (d *xmlDocument) end(name string) {
	d.buf.WriteString("</")
	d.buf.WriteString(name)
	d.buf.WriteByte('>')
}

// leaf writes an element with text.
func (d *xmlDocument) leaf(name, value string) {
	if value == "" {
		d.empty(name)
		return
	}
	d.start(name)
	d.text(value)
	d.end(name)
}

// leafIf writes an element that is left out where it is empty.
func (d *xmlDocument) leafIf(name, value string) {
	if value != "" {
		d.leaf(name, value)
	}
}

func (d *xmlDocument) empty(name string) {
	d.head()
	d.buf.WriteByte('<')
	d.buf.WriteString(name)
	d.buf.WriteString(" />")
}

func (d *xmlDocument) number(name string, n int64) {
	d.start(name)
	d.buf.Write(strconv.AppendInt(d.buf.AvailableBuffer(), n, 10))
	d.end(name)
}

// stamp writes a moment as HTTP spells it. Neighbours in a list often have the same one.
func (d *xmlDocument) stamp(name string, t blob.Ticks) {
	at := t.Time()
	if second := at.Unix(); d.stamped == nil || second != d.second {
		d.second, d.stamped = second, at.AppendFormat(d.stamped[:0], http.TimeFormat)
	}
	d.start(name)
	d.buf.Write(d.stamped)
	d.end(name)
}

// base64 writes bytes; an empty element where there are none.
func (d *xmlDocument) base64(name string, v []byte) {
	if len(v) == 0 {
		d.empty(name)
		return
	}
	d.start(name)
	d.buf.Write(base64.StdEncoding.AppendEncode(d.buf.AvailableBuffer(), v))
	d.end(name)
}

func (d *xmlDocument) boolean(name string, v bool) {
	d.start(name)
	d.buf.WriteString(strconv.FormatBool(v))
	d.end(name)
}

// bytes is the document.
func (d *xmlDocument) bytes() []byte { return d.buf.Bytes() }

// text writes s with what XML reserves escaped. What XML 1.0 cannot hold becomes U+FFFD.
func (d *xmlDocument) text(s string) {
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && size == 1 || r == 0xFFFE || r == 0xFFFF {
				d.replace(s[from:i], "\uFFFD")
				from = i + size
			}
			i += size
			continue
		}
		if with := escape(c); with != "" {
			d.replace(s[from:i], with)
			from = i + 1
		}
		i++
	}
	d.buf.WriteString(s[from:])
}

func (d *xmlDocument) replace(before, with string) {
	d.buf.WriteString(before)
	d.buf.WriteString(with)
}

func escape(c byte) string {
	switch c {
	case '<':
		return "&lt;"
	case '>':
		return "&gt;"
	case '&':
		return "&amp;"
	case '"':
		return "&quot;"
	case '\r':
		return "&#xD;"
	case '\n', '\t':
		return ""
	}
	if c < ' ' {
		return "\uFFFD"
	}
	return ""
}

// plain reports whether XML 1.0 can hold s as it is. Names that it cannot are percent-encoded in lists.
func plain(s string) bool {
	for i, r := range s {
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF {
			return false
		}
		if r == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(s[i:]); size == 1 {
				return false
			}
		}
	}
	return true
}
