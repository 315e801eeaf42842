package authorization

import (
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

const maxFilter = 4 << 10 // bytes

// filter is a parsed $filter: clauses that all have to hold.
type filter struct {
	atScope     bool   // atScope()
	atAndBelow  bool   // atScopeAndBelow()
	principalID string // principalId eq '…'
	assignedTo  string // assignedTo('…')
	roleName    string // roleName eq '…'
	roleType    string // type eq '…'
}

// Clauses that a list knows, in lower case.
func assignmentClauses() []string { return []string{"atscope", "assignedto", "principalid"} }

func definitionClauses() []string { return []string{"atscope", "atscopeandbelow", "rolename", "type"} }

// parseFilter reads clauses joined by "and". Names and operators compare without case; a quote in a text is doubled.
func parseFilter(text string, allowed []string) (filter, error) {
	var f filter
	bad := func() (filter, error) {
		return filter{}, fault.Newf(fault.Invalid, "authorization.parseFilter", "InvalidFilterInQueryString",
			"Invalid $filter '%s' specified in the query string.", clip(strings.ToValidUTF8(text, "?")))
	}
	if len(text) > maxFilter {
		return bad()
	}
	rest := strings.TrimSpace(text)
	if rest == "" {
		return f, nil
	}
	for {
		var ok bool
		if rest, ok = f.clause(rest, allowed); !ok {
			return bad()
		}
		if rest = strings.TrimSpace(rest); rest == "" {
			return f, nil
		}
		word, tail := name(rest)
		if !strings.EqualFold(word, "and") || tail == "" {
			return bad()
		}
		rest = strings.TrimSpace(tail)
	}
}

// clause reads one clause. The same clause twice is refused: no list could satisfy two different values.
func (f *filter) clause(text string, allowed []string) (rest string, ok bool) {
	word, rest := name(text)
	word = strings.ToLower(word)
	for i := range allowed {
		ok = ok || allowed[i] == word
	}
	if !ok {
		return "", false
	}
	rest = strings.TrimSpace(rest)
	switch word {
	case "atscope", "atscopeandbelow":
		if rest, ok = cutFold(rest, "("); !ok {
			return "", false
		}
		f.atScope = f.atScope || word == "atscope"
		f.atAndBelow = f.atAndBelow || word == "atscopeandbelow"
		return cutFold(rest, ")")
	case "assignedto":
		if rest, ok = cutFold(rest, "("); !ok {
			return "", false
		}
		if rest, ok = literal(rest, &f.assignedTo); !ok {
			return "", false
		}
		return cutFold(rest, ")")
	}
	operator, rest := name(rest)
	if !strings.EqualFold(operator, "eq") {
		return "", false
	}
	return literal(rest, map[string]*string{
		"principalid": &f.principalID, "rolename": &f.roleName, "type": &f.roleType,
	}[word])
}

// name takes the letters at the start.
func name(text string) (word, rest string) {
	n := 0
	for n < len(text) && (text[n]|0x20) >= 'a' && (text[n]|0x20) <= 'z' {
		n++
	}
	return text[:n], text[n:]
}

func cutFold(text, prefix string) (string, bool) {
	return strings.CutPrefix(strings.TrimSpace(text), prefix)
}

// literal takes a text in quotes.
func literal(text string, into *string) (rest string, ok bool) {
	text, ok = strings.CutPrefix(strings.TrimSpace(text), "'")
	if !ok || *into != "" {
		return "", false
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] != '\'' {
			b.WriteByte(text[i])
			continue
		}
		if i+1 < len(text) && text[i+1] == '\'' {
			b.WriteByte('\'')
			i++
			continue
		}
		*into = b.String()
		return text[i+1:], *into != ""
	}
	return "", false
}
