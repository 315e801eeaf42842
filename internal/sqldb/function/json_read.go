package function

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// jsonKind is what a JSON value is; the numbers are those of OPENJSON's column type.
type jsonKind uint8

const (
	jsonNull jsonKind = iota
	jsonString
	jsonNumber
	jsonBool
	jsonArray
	jsonObject
	jsonBad jsonKind = 0xff
)

// maxJSONDepth is how deep arrays and objects may lie in each other.
const maxJSONDepth = 128

// jsonText is a scanner over a JSON text. It keeps places, not values: what a path does not lead to is never decoded.
type jsonText struct {
	s     string
	at    int
	depth int
	bad   int // where the text stops being JSON; -1 while it is
}

func (j *jsonText) blank() {
	for j.at < len(j.s) {
		switch j.s[j.at] {
		case ' ', '\t', '\r', '\n':
			j.at++
		default:
			return
		}
	}
}

func (j *jsonText) fail() jsonKind {
	if j.bad < 0 {
		j.bad = j.at
	}
	return jsonBad
}

// skip passes over one value and says what it was.
func (j *jsonText) skip() jsonKind {
	j.blank()
	if j.at >= len(j.s) {
		return j.fail()
	}
	switch b := j.s[j.at]; {
	case b == '"':
		return j.skipString()
	case b == '{':
		return j.members(func(string, int) bool { j.skip(); return j.bad < 0 })
	case b == '[':
		return j.elements(func(int) bool { j.skip(); return j.bad < 0 })
	case b == '-' || b >= '0' && b <= '9':
		return j.skipNumber()
	}
	for word, kind := range map[string]jsonKind{"true": jsonBool, "false": jsonBool, "null": jsonNull} {
		if strings.HasPrefix(j.s[j.at:], word) {
			j.at += len(word)
			return kind
		}
	}
	return j.fail()
}

func (j *jsonText) skipString() jsonKind {
	for j.at++; j.at < len(j.s); j.at++ {
		switch b := j.s[j.at]; {
		case b == '"':
			j.at++
			return jsonString
		case b < ' ':
			return j.fail()
		case b == '\\':
			j.at++
			if j.at >= len(j.s) || !strings.ContainsRune(`"\/bfnrtu`, rune(j.s[j.at])) {
				return j.fail()
			}
			if j.s[j.at] == 'u' {
				for range 4 {
					j.at++
					if j.at >= len(j.s) || !isHex(j.s[j.at]) {
						return j.fail()
					}
				}
			}
		}
	}
	return j.fail()
}

func isHex(b byte) bool {
	return b >= '0' && b <= '9' || b|0x20 >= 'a' && b|0x20 <= 'f'
}

func (j *jsonText) skipNumber() jsonKind {
	start := j.at
	for j.at < len(j.s) && strings.IndexByte("+-.eE0123456789", j.s[j.at]) >= 0 {
		j.at++
	}
	if !json.Valid([]byte(j.s[start:j.at])) {
		j.at = start
		return j.fail()
	}
	return jsonNumber
}

// members goes through an object: visit sees each key, with the scanner before its value, and passes over that value.
func (j *jsonText) members(visit func(key string, at int) bool) jsonKind {
	if j.depth++; j.depth > maxJSONDepth {
		return j.fail()
	}
	defer func() { j.depth-- }()
	j.at++
	j.blank()
	if j.at < len(j.s) && j.s[j.at] == '}' {
		j.at++
		return jsonObject
	}
	for {
		j.blank()
		start := j.at
		if j.at >= len(j.s) || j.s[j.at] != '"' || j.skipString() != jsonString {
			return j.fail()
		}
		key := unquoted(j.s[start:j.at])
		j.blank()
		if j.at >= len(j.s) || j.s[j.at] != ':' {
			return j.fail()
		}
		j.at++
		j.blank()
		if !visit(key, start) {
			return jsonObject
		}
		j.blank()
		if j.at >= len(j.s) || j.s[j.at] != ',' && j.s[j.at] != '}' {
			return j.fail()
		}
		j.at++
		if j.s[j.at-1] == '}' {
			return jsonObject
		}
	}
}

// elements goes through an array, as members through an object.
func (j *jsonText) elements(visit func(index int) bool) jsonKind {
	if j.depth++; j.depth > maxJSONDepth {
		return j.fail()
	}
	defer func() { j.depth-- }()
	j.at++
	j.blank()
	if j.at < len(j.s) && j.s[j.at] == ']' {
		j.at++
		return jsonArray
	}
	for i := 0; ; i++ {
		j.blank()
		if !visit(i) {
			return jsonArray
		}
		j.blank()
		if j.at >= len(j.s) || j.s[j.at] != ',' && j.s[j.at] != ']' {
			return j.fail()
		}
		j.at++
		if j.s[j.at-1] == ']' {
			return jsonArray
		}
	}
}

// checkJSON reads a whole text: what it is, and where it stops being JSON, -1 where it does not.
func checkJSON(s string) (kind jsonKind, bad int) {
	j := jsonText{s: s, bad: -1}
	kind = j.skip()
	j.blank()
	if j.bad < 0 && j.at < len(s) {
		j.fail()
	}
	return kind, j.bad
}

// unquoted is the text of a JSON string with its quotation marks.
func unquoted(s string) string {
	in := s[1 : len(s)-1]
	if strings.IndexByte(in, '\\') < 0 {
		return in
	}
	var units []uint16
	out := make([]byte, 0, len(in))
	flush := func() {
		out = append(out, value.FromUTF16(units)...)
		units = units[:0]
	}
	for i := 0; i < len(in); i++ {
		if in[i] != '\\' {
			flush()
			out = append(out, in[i])
			continue
		}
		i++
		if in[i] == 'u' {
			n, _ := strconv.ParseUint(in[i+1:i+5], 16, 16)
			units = append(units, uint16(n))
			i += 4
			continue
		}
		flush()
		out = append(out, map[byte]byte{'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t', '"': '"', '\\': '\\', '/': '/'}[in[i]])
	}
	flush()
	return string(out)
}

// appendJSONText writes a string as JSON has it between quotation marks.
func appendJSONText(dst []byte, s string) []byte {
	const digits = "0123456789abcdef"
	for i := 0; i < len(s); {
		b := s[i]
		switch {
		case b == '"' || b == '\\' || b == '/':
			dst = append(dst, '\\', b)
		case b == '\n':
			dst = append(dst, '\\', 'n')
		case b == '\r':
			dst = append(dst, '\\', 'r')
		case b == '\t':
			dst = append(dst, '\\', 't')
		case b == '\b':
			dst = append(dst, '\\', 'b')
		case b == '\f':
			dst = append(dst, '\\', 'f')
		case b < ' ':
			dst = append(dst, '\\', 'u', '0', '0', digits[b>>4], digits[b&15])
		case b < utf8.RuneSelf:
			dst = append(dst, b)
		default:
			_, n := utf8.DecodeRuneInString(s[i:])
			dst = append(dst, s[i:i+n]...)
			i += n - 1
		}
		i++
	}
	return dst
}
