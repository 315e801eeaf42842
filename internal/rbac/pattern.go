package rbac

import "strings"

// Pattern is an action with wildcards, as roles and conditions spell it: "Microsoft.Compute/*/read". It compares without
// case. An asterisk stands for any text, slashes included. Between two slashes it may also stand for nothing together
// with one of them, so that "Microsoft.KeyVault/vaults/*/read" covers "Microsoft.KeyVault/vaults/read" as well: built-in
// roles such as Managed Identity Operator rely on that.
type Pattern struct {
	first string   // before the first asterisk, or all of a pattern without one
	last  string   // after the last asterisk
	inner []string // between asterisks; nil where there are fewer than two
	wild  bool
}

// NewPattern takes a pattern apart. Every text is a pattern.
func NewPattern(text string) Pattern {
	first, rest, wild := strings.Cut(text, "*")
	if !wild {
		return Pattern{first: text}
	}
	p := Pattern{first: first, last: rest, wild: true}
	if parts := strings.Split(rest, "*"); len(parts) > 1 {
		p.inner, p.last = parts[:len(parts)-1], parts[len(parts)-1]
	}
	return p
}

// String is the pattern as it was spelled.
func (p Pattern) String() string {
	if !p.wild {
		return p.first
	}
	return strings.Join(append(append([]string{p.first}, p.inner...), p.last), "*")
}

// Wild reports whether the pattern has an asterisk.
func (p Pattern) Wild() bool { return p.wild }

// Matches reports whether the pattern covers action. It takes time proportional to the length of action and the number
// of asterisks, and allocates nothing.
func (p Pattern) Matches(action string) bool {
	if !p.wild {
		return len(action) == len(p.first) && hasPrefixFold(action, p.first)
	}
	if !hasPrefixFold(action, p.first) {
		return false
	}
	pos, before := len(p.first), p.first
	for _, part := range p.inner {
		at := indexFold(action, part, pos-shared(before, part))
		if at < 0 {
			return false
		}
		pos = at + len(part)
		if part != "" {
			before = part
		} else {
			before = "*" // two asterisks in a row: nothing to share a slash with
		}
	}
	start := len(action) - len(p.last)
	return start >= pos-shared(before, p.last) && start >= 0 && hasPrefixFold(action[start:], p.last)
}

// shared is 1 where the texts around an asterisk may share the slash that ends one and starts the other.
func shared(before, after string) int {
	if strings.HasSuffix(before, "/") && strings.HasPrefix(after, "/") {
		return 1
	}
	return 0
}

// indexFold finds part in s at or after from, ignoring the case of ASCII letters; -1 where it is not.
func indexFold(s, part string, from int) int {
	for i := from; i+len(part) <= len(s); i++ {
		if hasPrefixFold(s[i:], part) {
			return i
		}
	}
	return -1
}

// hasPrefixFold compares without the case of ASCII letters. Actions are ASCII; other bytes compare as they are.
func hasPrefixFold(s, prefix string) bool {
	if len(s) < len(prefix) {
		return false
	}
	for i := 0; i < len(prefix); i++ {
		a, b := s[i], prefix[i]
		if a != b && lowerASCII(a) != lowerASCII(b) {
			return false
		}
	}
	return true
}

func lowerASCII(b byte) byte {
	if 'A' <= b && b <= 'Z' {
		return b + 'a' - 'A'
	}
	return b
}
