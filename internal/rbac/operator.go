package rbac

import (
	"cmp"
	"strconv"
	"strings"
	"time"
)

type valueKind uint8

const (
	stringValue valueKind = iota
	numericValue
	boolValue
	guidValue
	dateTimeValue
	timeOfDayValue
)

type relation uint8

const (
	equals relation = iota
	startsWith
	like
	lessThan
	lessThanEquals
	greaterThan
	greaterThanEquals
)

// operator is a comparison's verb, such as StringNotEqualsIgnoreCase.
type operator struct {
	kind       valueKind
	relation   relation
	negated    bool
	ignoreCase bool
}

// parseOperator knows an operator by name, in any case.
func parseOperator(name string) (operator, bool) {
	rest := strings.ToLower(name)
	var op operator
	for _, k := range []struct {
		prefix string
		kind   valueKind
	}{
		{"string", stringValue},
		{"numeric", numericValue},
		{"bool", boolValue},
		{"guid", guidValue},
		{"datetime", dateTimeValue},
		{"timeofday", timeOfDayValue},
	} {
		if after, ok := strings.CutPrefix(rest, k.prefix); ok {
			op.kind = k.kind
			return op.parseRelation(after)
		}
	}
	return op, false
}

func (op operator) parseRelation(rest string) (operator, bool) {
	if op.kind == stringValue {
		rest, op.ignoreCase = strings.CutSuffix(rest, "ignorecase")
	}
	if after, ok := strings.CutPrefix(rest, "not"); ok {
		op.negated, rest = true, after
	}
	ordered := op.kind == numericValue || op.kind == dateTimeValue || op.kind == timeOfDayValue
	switch {
	case rest == "equals":
		op.relation = equals
	case rest == "startswith" && op.kind == stringValue:
		op.relation = startsWith
	case rest == "like" && op.kind == stringValue:
		op.relation = like
	case !ordered || op.negated:
		return op, false
	case rest == "lessthan":
		op.relation = lessThan
	case rest == "lessthanequals":
		op.relation = lessThanEquals
	case rest == "greaterthan":
		op.relation = greaterThan
	case rest == "greaterthanequals":
		op.relation = greaterThanEquals
	default:
		return op, false
	}
	return op, true
}

// accepts reports whether a value written in a condition is one that the operator can compare. quoted tells 'true' from
// true.
func (op operator) accepts(value string, quoted bool) bool {
	switch op.kind {
	case stringValue:
		return quoted
	case numericValue:
		_, err := strconv.ParseFloat(value, 64)
		return err == nil
	case boolValue:
		_, ok := parseBool(value)
		return ok
	case guidValue:
		_, ok := normalGUID(value)
		return ok
	case dateTimeValue:
		_, ok := parseDateTime(value)
		return ok
	default:
		_, ok := parseTimeOfDay(value)
		return ok
	}
}

// compare compares two values. What is not of the operator's type compares as false, whatever the operator.
func (op operator) compare(l, r string) bool {
	switch op.kind {
	case stringValue:
		return op.compareStrings(l, r) != op.negated
	case numericValue:
		a, errA := strconv.ParseFloat(l, 64)
		b, errB := strconv.ParseFloat(r, 64)
		return errA == nil && errB == nil && op.ordered(cmp.Compare(a, b))
	case boolValue:
		a, okA := parseBool(l)
		b, okB := parseBool(r)
		return okA && okB && (a == b) != op.negated
	case guidValue:
		a, okA := normalGUID(l)
		b, okB := normalGUID(r)
		return okA && okB && (a == b) != op.negated
	case dateTimeValue:
		a, okA := parseDateTime(l)
		b, okB := parseDateTime(r)
		return okA && okB && op.ordered(a.Compare(b))
	default:
		a, okA := parseTimeOfDay(l)
		b, okB := parseTimeOfDay(r)
		return okA && okB && op.ordered(a.Compare(b))
	}
}

func (op operator) compareStrings(l, r string) bool {
	if op.ignoreCase {
		l, r = strings.ToLower(l), strings.ToLower(r)
	}
	switch op.relation {
	case startsWith:
		return strings.HasPrefix(l, r)
	case like:
		return likeMatches(r, l)
	default:
		return l == r
	}
}

// ordered applies the relation to the outcome of a three-way comparison.
func (op operator) ordered(c int) bool {
	switch op.relation {
	case lessThan:
		return c < 0
	case lessThanEquals:
		return c <= 0
	case greaterThan:
		return c > 0
	case greaterThanEquals:
		return c >= 0
	default:
		return (c == 0) != op.negated
	}
}

func parseBool(s string) (value, ok bool) {
	return strings.EqualFold(s, "true"), strings.EqualFold(s, "true") || strings.EqualFold(s, "false")
}

// normalGUID gives the 32 digits in lower case. Conditions write GUIDs with and without dashes.
func normalGUID(s string) (string, bool) {
	if len(s) == 36 {
		if s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
			return "", false
		}
		s = s[:8] + s[9:13] + s[14:18] + s[19:23] + s[24:]
	}
	if len(s) != 32 {
		return "", false
	}
	s = strings.ToLower(s)
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return "", false
		}
	}
	return s, true
}

func parseDateTime(s string) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// parseTimeOfDay reads 13:30:00, or takes the time of a date in UTC.
func parseTimeOfDay(s string) (time.Time, bool) {
	for _, layout := range []string{"15:04:05.999999999", "15:04:05.999999999Z07:00", "15:04"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), true
		}
	}
	if t, ok := parseDateTime(s); ok {
		t = t.UTC()
		return time.Date(0, 1, 1, t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC), true
	}
	return time.Time{}, false
}

// likeMatches compares with * for any text and ? for one character; a backslash takes the meaning away from the next.
func likeMatches(pattern, s string) bool {
	p, text := likeTokens(pattern), []rune(s)
	pi, ti, star, mark := 0, 0, -1, 0
	for ti < len(text) {
		switch {
		case pi < len(p) && p[pi] == likeStar:
			star, mark = pi, ti
			pi++
		case pi < len(p) && (p[pi] == likeOne || p[pi] == text[ti]):
			pi++
			ti++
		case star >= 0:
			mark++
			pi, ti = star+1, mark
		default:
			return false
		}
	}
	for pi < len(p) && p[pi] == likeStar {
		pi++
	}
	return pi == len(p)
}

// Wildcards among the runes of a pattern; no text has these.
const (
	likeStar rune = -1
	likeOne  rune = -2
)

func likeTokens(pattern string) []rune {
	out := make([]rune, 0, len(pattern))
	escaped := false
	for _, r := range pattern {
		switch {
		case escaped:
			out, escaped = append(out, r), false
		case r == '\\':
			escaped = true
		case r == '*':
			out = append(out, likeStar)
		case r == '?':
			out = append(out, likeOne)
		default:
			out = append(out, r)
		}
	}
	if escaped {
		out = append(out, '\\')
	}
	return out
}
