package function

import (
	"strconv"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// step is one part of a JSON path: a member or an element.
type step struct {
	key   string
	index int // -1 for a member
}

// jsonPath is a path as JSON_VALUE and its sisters take it.
type jsonPath struct {
	strict, add bool
	steps       []step
}

func badPath(s string, at int) error {
	b := byte(0)
	if at < len(s) {
		b = s[at]
	}
	found := "."
	if b != 0 {
		found = string(rune(b))
	}
	return value.Errorf(13607, 16, 4, "JSON path is not properly formatted. Unexpected character '%s' is found at position %d.", found, at)
}

// parsePath reads "append lax $.a.\"b c\"[3]".
func parsePath(s string) (p jsonPath, err error) {
	at := 0
	word := func(w string) bool {
		for at < len(s) && s[at] == ' ' {
			at++
		}
		if strings.HasPrefix(s[at:], w+" ") {
			at += len(w)
			return true
		}
		return false
	}
	p.add = word("append")
	if word("strict") {
		p.strict = true
	} else {
		word("lax")
	}
	for at < len(s) && s[at] == ' ' {
		at++
	}
	if at >= len(s) || s[at] != '$' {
		return p, badPath(s, at)
	}
	at++
	for at < len(s) {
		var st step
		var ok bool
		start := at
		switch s[at] {
		case '.':
			st, at, ok = member(s, at+1)
		case '[':
			st, at, ok = element(s, at+1)
		}
		if !ok {
			return p, badPath(s, max(start, min(at, len(s))))
		}
		if p.steps = append(p.steps, st); len(p.steps) > maxJSONDepth {
			return p, badPath(s, start)
		}
	}
	return p, nil
}

func member(s string, at int) (step, int, bool) {
	if at < len(s) && s[at] == '"' {
		j := jsonText{s: s, at: at, bad: -1}
		if j.skipString() != jsonString {
			return step{}, at, false
		}
		return step{key: unquoted(s[at:j.at]), index: -1}, j.at, true
	}
	start := at
	for at < len(s) && (s[at] == '_' || s[at] == '$' || s[at] >= 0x80 || s[at] >= '0' && s[at] <= '9' || s[at]|0x20 >= 'a' && s[at]|0x20 <= 'z') {
		at++
	}
	if at == start || s[start] >= '0' && s[start] <= '9' {
		return step{}, start, false
	}
	return step{key: s[start:at], index: -1}, at, true
}

func element(s string, at int) (step, int, bool) {
	end := strings.IndexByte(s[at:], ']')
	if end < 0 {
		return step{}, len(s), false
	}
	n, err := strconv.ParseUint(strings.TrimSpace(s[at:at+end]), 10, 31)
	if err != nil {
		return step{}, at, false
	}
	return step{index: int(n)}, at + end + 1, true
}

// place is where a value lies in a text.
type place struct {
	from, to int
	kind     jsonKind
}

// find follows a path; ok is false where it leads to nothing, bad is where the text is no JSON, -1 elsewhere.
func find(s string, steps []step) (p place, ok bool, bad int) {
	j := jsonText{s: s, bad: -1}
	for _, st := range steps {
		j.blank()
		if j.at >= len(s) {
			j.fail()
			return place{}, false, j.bad
		}
		found := false
		switch {
		case s[j.at] == '{' && st.index < 0:
			j.members(func(key string, _ int) bool {
				if found = key == st.key; found {
					return false
				}
				j.skip()
				return j.bad < 0
			})
		case s[j.at] == '[' && st.index >= 0:
			j.elements(func(i int) bool {
				if found = i == st.index; found {
					return false
				}
				j.skip()
				return j.bad < 0
			})
		default:
			j.skip()
		}
		if !found || j.bad >= 0 {
			return place{}, false, j.bad
		}
	}
	j.blank()
	p.from = j.at
	p.kind = j.skip()
	p.to = j.at
	return p, j.bad < 0, j.bad
}
