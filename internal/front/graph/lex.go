package graph

import "strings"

// wordKind is the sort of a word of a filter.
type wordKind uint8

const (
	wordEnd    wordKind = iota
	wordName            // a property, a keyword, or a literal without quotes
	wordString          // between single quotes, two of which stand for one
	wordSymbol          // ( ) , : /
)

type word struct {
	kind wordKind
	text string
}

// lex cuts a filter into words. The last is wordEnd.
func lex(s string) ([]word, error) {
	var out []word
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case c == ' ' || c == '\t':
			i++
		case strings.IndexByte("(),:/", c) >= 0:
			out = append(out, word{wordSymbol, s[i : i+1]})
			i++
		case c == '\'':
			text, n, ok := quoted(s[i:])
			if !ok {
				return nil, badRequest("BadRequest", "There is an unterminated string literal at position %d in '%s'.", len(s), clip(s))
			}
			out = append(out, word{wordString, text})
			i += n
		case isNameByte(c):
			n := i
			for n < len(s) && (isNameByte(s[n]) || s[n] == ':' && isTime(s[i:n])) {
				n++
			}
			out = append(out, word{wordName, s[i:n]})
			i = n
		default:
			return nil, badRequest("BadRequest", "Syntax error: character '%c' is not valid at position %d in '%s'.", rune(c), i, clip(s))
		}
	}
	return append(out, word{}), nil
}

// isTime reports whether what has been read of a literal is the start of a date with a time, whose colons belong to it.
func isTime(s string) bool { return len(s) > 10 && s[4] == '-' && s[7] == '-' && (s[10]|0x20) == 't' }

func isNameByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-' || c == '.' || c == '+'
}

// quoted reads a string literal at the start of s and says how many bytes it takes.
func quoted(s string) (text string, n int, ok bool) {
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		if s[i] != '\'' {
			b.WriteByte(s[i])
			continue
		}
		if i+1 < len(s) && s[i+1] == '\'' {
			b.WriteByte('\'')
			i++
			continue
		}
		return b.String(), i + 1, true
	}
	return "", 0, false
}
