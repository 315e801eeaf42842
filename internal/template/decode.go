package template

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"
)

var errJSON = errors.New("template: not JSON")

// Decode reads JSON into the values of the language. It takes what Resource Manager takes of templates and of requests
// that carry one: comments, names without quotes (as az sends "template"), texts in single quotes or over several lines,
// and commas before a closing bracket.
func Decode(data []byte) (any, error) {
	d := &decoder{text: strings.TrimPrefix(string(data), "\ufeff")}
	v, err := d.value(0)
	if err != nil {
		return nil, err
	}
	if d.space(); d.at < len(d.text) {
		return nil, errJSON
	}
	return v, nil
}

type decoder struct {
	text string
	at   int
}

// space passes over white space and comments.
func (d *decoder) space() {
	for d.at < len(d.text) {
		rest := d.text[d.at:]
		switch {
		case strings.IndexByte(" \t\r\n", rest[0]) >= 0:
			d.at++
		case strings.HasPrefix(rest, "//"):
			end := strings.IndexByte(rest, '\n')
			if end < 0 {
				end = len(rest)
			}
			d.at += end
		case strings.HasPrefix(rest, "/*"):
			end := strings.Index(rest[2:], "*/")
			if end < 0 {
				return
			}
			d.at += end + 4
		default:
			return
		}
	}
}

func (d *decoder) take(c byte) bool {
	if d.space(); d.at == len(d.text) || d.text[d.at] != c {
		return false
	}
	d.at++
	return true
}

// maxNested bounds how deep values nest: templates in templates, and what is in them.
const maxNested = 4 * maxDepth

func (d *decoder) value(depth int) (any, error) {
	if d.space(); depth > maxNested || d.at == len(d.text) {
		return nil, errJSON
	}
	switch c := d.text[d.at]; c {
	case '{':
		return d.object(depth)
	case '[':
		return d.array(depth)
	case '"', '\'':
		return d.quoted()
	}
	start := d.at
	for d.at < len(d.text) && strings.IndexByte("+-.0123456789abcdefghijklmnopqrstuvwxyzE", d.text[d.at]) >= 0 {
		d.at++
	}
	switch word := d.text[start:d.at]; word {
	case "true", "false":
		return word == "true", nil
	case "null":
		return nil, nil
	default:
		if n, err := strconv.ParseInt(word, 10, 64); err == nil {
			return n, nil
		}
		if !json.Valid([]byte(word)) {
			return nil, errJSON
		}
		return strconv.ParseFloat(word, 64)
	}
}

func (d *decoder) object(depth int) (any, error) {
	d.at++
	out := map[string]any{}
	for {
		if d.take('}') {
			return out, nil
		}
		name, err := d.name()
		if err != nil || !d.take(':') {
			return nil, errJSON
		}
		if out[name], err = d.value(depth + 1); err != nil {
			return nil, err
		}
		if !d.take(',') {
			if d.take('}') {
				return out, nil
			}
			return nil, errJSON
		}
	}
}

// name is that of a member, with or without quotes.
func (d *decoder) name() (string, error) {
	if d.space(); d.at < len(d.text) && (d.text[d.at] == '"' || d.text[d.at] == '\'') {
		return d.quoted()
	}
	p := &parser{text: d.text, at: d.at}
	name := p.name()
	if d.at = p.at; name == "" {
		return "", errJSON
	}
	return name, nil
}

func (d *decoder) array(depth int) (any, error) {
	d.at++
	out := []any{}
	for {
		if d.take(']') {
			return out, nil
		}
		v, err := d.value(depth + 1)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
		if !d.take(',') {
			if d.take(']') {
				return out, nil
			}
			return nil, errJSON
		}
	}
}

// quoted is a text with JSON's escapes. Lines may end in it.
func (d *decoder) quoted() (string, error) {
	quote := d.text[d.at]
	var b strings.Builder
	for d.at++; d.at < len(d.text); d.at++ {
		switch c := d.text[d.at]; c {
		case quote:
			d.at++
			if !utf8.ValidString(b.String()) {
				return "", errJSON
			}
			return b.String(), nil
		case '\\':
			if err := d.escape(&b); err != nil {
				return "", err
			}
		default:
			b.WriteByte(c)
		}
	}
	return "", errJSON
}

// escape reads one escape, or two that stand for one character.
func (d *decoder) escape(b *strings.Builder) error {
	size := 2
	if strings.HasPrefix(d.text[d.at:], `\u`) {
		size = 6
		if strings.HasPrefix(d.text[min(d.at+6, len(d.text)):], `\u`) && d.at+12 <= len(d.text) {
			size = 12
		}
	}
	if d.at+1 < len(d.text) && d.text[d.at+1] == '\'' {
		b.WriteByte('\'')
		d.at++
		return nil
	}
	if d.at+size > len(d.text) {
		return errJSON
	}
	for _, length := range []int{size, min(size, 6)} {
		var text string
		if json.Unmarshal([]byte(`"`+d.text[d.at:d.at+length]+`"`), &text) == nil && (length < 12 || utf8.RuneCountInString(text) == 1) {
			b.WriteString(text)
			d.at += length - 1
			return nil
		}
	}
	return errJSON
}
