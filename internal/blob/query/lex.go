package query

import "strings"

type tokenKind uint8

const (
	endToken tokenKind = iota
	word               // an identifier or keyword, upper in fold
	quoted             // "an identifier"
	literal            // 'a text'
	numeral
	sign1 // an operator or punctuation
)

type token struct {
	kind tokenKind
	text string
	fold string // of a word: in capitals
	at   int
}

// lex takes an expression apart.
func lex(s string) ([]token, error) {
	var out []token
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case strings.IndexByte(" \t\r\n", c) >= 0:
			i++
		case c == '\'' || c == '"':
			t, next, ok := lexQuoted(s, i)
			if !ok {
				return nil, invalid("a quote at position %d does not end", i+1)
			}
			out = append(out, t)
			i = next
		case isDigit(c) || c == '.' && i+1 < len(s) && isDigit(s[i+1]):
			j := i
			for j < len(s) && (isDigit(s[j]) || s[j] == '.' || s[j]|32 == 'e' || (s[j] == '-' || s[j] == '+') && s[j-1]|32 == 'e') {
				j++
			}
			out = append(out, token{numeral, s[i:j], "", i})
			i = j
		case isWord(c):
			j := i
			for j < len(s) && (isWord(s[j]) || isDigit(s[j])) {
				j++
			}
			out = append(out, token{word, s[i:j], strings.ToUpper(s[i:j]), i})
			i = j
		default:
			n := 1
			if two := s[i:min(i+2, len(s))]; two == "<>" || two == "!=" || two == "<=" || two == ">=" || two == "||" {
				n = 2
			}
			if n == 1 && strings.IndexByte("=<>+-*/%(),.[];", c) < 0 {
				return nil, invalid("an unexpected character at position %d", i+1)
			}
			out = append(out, token{sign1, s[i : i+n], "", i})
			i += n
		}
	}
	return append(out, token{kind: endToken, at: len(s)}), nil
}

func lexQuoted(s string, at int) (t token, next int, ok bool) {
	quote := s[at]
	var b strings.Builder
	for i := at + 1; i < len(s); i++ {
		if s[i] != quote {
			b.WriteByte(s[i])
			continue
		}
		if i+1 < len(s) && s[i+1] == quote {
			b.WriteByte(quote)
			i++
			continue
		}
		t = token{kind: literal, text: b.String(), at: at}
		if quote == '"' {
			t.kind = quoted
		}
		return t, i + 1, true
	}
	return t, 0, false
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isWord(c byte) bool { return c == '_' || 'a' <= c|32 && c|32 <= 'z' || c >= 0x80 }
