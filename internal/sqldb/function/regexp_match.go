package function

import (
	"errors"
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode/utf8"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// matcher looks for a pattern in a text from any place on, with what stands before that place in sight: ^ and \b ask it.
type matcher struct {
	s       string
	pattern string // with its flags
	first   *regexp.Regexp
	behind  *regexp.Regexp // finds the pattern after one character; made when it is needed
}

// longestPattern is how many bytes a pattern may have.
const longestPattern = 8000

// newMatcher compiles a pattern with flags of c, i, m and s.
func newMatcher(s, pattern, flags string) (*matcher, error) {
	set, err := patternFlags(flags)
	if err != nil {
		return nil, err
	}
	if len(pattern) > longestPattern {
		return nil, errPattern(pattern[:200], "pattern too large - compile failed")
	}
	if _, err := regexp.Compile(pattern); err != nil {
		return nil, patternFault(pattern, err)
	}
	m := &matcher{s: s, pattern: "(?" + set + ":" + pattern + ")"}
	if m.first, err = regexp.Compile(m.pattern); err != nil {
		return nil, patternFault(pattern, err)
	}
	return m, nil
}

// patternFlags are flags as patterns have them within. Of c and i the last one holds.
func patternFlags(flags string) (string, error) {
	fold, out := false, ""
	for _, f := range flags {
		switch f {
		case 'c', 'i':
			fold = f == 'i'
		case 'm', 's':
			if !strings.ContainsRune(out, f) {
				out += string(f)
			}
		default:
			return "", value.Errorf(19303, 16, 1, "Invalid flag provided. '%s' are not valid flags. Only {c,i,s,m} flags are valid.", flags)
		}
	}
	if fold {
		out += "i"
	}
	return out, nil
}

// next is the first match that begins at a place or behind it: the places of the whole and of each group, or nil.
func (m *matcher) next(from int) []int {
	if from == 0 {
		return m.first.FindStringSubmatchIndex(m.s)
	}
	if m.behind == nil {
		// It compiles where the pattern does, but for patterns at the limit of size.
		re, err := regexp.Compile(`\A(?s:.)(?s:.*?)(` + m.pattern + ")")
		if err != nil {
			return nil
		}
		m.behind = re
	}
	_, size := utf8.DecodeLastRuneInString(m.s[:from])
	before := from - size
	found := m.behind.FindStringSubmatchIndex(m.s[before:])
	if found == nil {
		return nil
	}
	found = found[2:]
	for i := range found {
		if found[i] >= 0 {
			found[i] += before
		}
	}
	return found
}

// each gives the matches one after another until yield is false. An empty one may follow where another ends.
func (m *matcher) each(from int, yield func(found []int) bool) {
	for from <= len(m.s) {
		found := m.next(from)
		if found == nil || !yield(found) {
			return
		}
		if from = found[1]; found[0] == found[1] {
			_, size := utf8.DecodeRuneInString(m.s[from:])
			from += max(size, 1)
		}
	}
}

// patternFault is what is wrong with a pattern.
func patternFault(pattern string, err error) error {
	var e *syntax.Error
	if !errors.As(err, &e) {
		return errPattern(pattern, err.Error())
	}
	switch e.Code {
	case syntax.ErrUnexpectedParen:
		return value.Errorf(19307, 16, 1, "Encountered an unexpected ')' in the Pattern %s.", pattern)
	case syntax.ErrMissingParen:
		return value.Errorf(19308, 16, 1, "Missing ')' in the Pattern %s.", pattern)
	case syntax.ErrMissingBracket:
		return value.Errorf(19308, 16, 2, "Missing ']' in the Pattern %s.", pattern)
	case syntax.ErrTrailingBackslash:
		return value.Errorf(19309, 16, 1, "Invalid trailing backslash (\\) provided at the end of the Pattern %s.", pattern)
	case syntax.ErrMissingRepeatArgument:
		return errPattern(pattern, "no argument for repetition operator: "+e.Expr)
	case syntax.ErrInvalidRepeatOp:
		return errPattern(pattern, "bad repetition operator: "+e.Expr)
	case syntax.ErrInvalidRepeatSize:
		return errPattern(pattern, "invalid repetition size: "+e.Expr)
	case syntax.ErrInvalidPerlOp:
		return errPattern(pattern, "invalid perl operator: "+e.Expr)
	case syntax.ErrLarge:
		return errPattern(pattern, "pattern too large - compile failed")
	}
	return errPattern(pattern, e.Code.String()+": "+e.Expr)
}

func errPattern(pattern, detail string) error {
	return value.Errorf(19300, 16, 1, "An invalid Pattern '%s' was provided. Error '%s' occurred during evaluation of the Pattern.", pattern, detail)
}
