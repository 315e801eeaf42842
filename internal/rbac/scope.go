package rbac

import "strings"

// Scope is where something is done or a role is held: "/" or a path such as
// /subscriptions/{s}/resourceGroups/{g}/providers/{ns}/{type}/{name}. It keeps the spelling that it was made from and
// compares without case. The zero Scope is not valid.
type Scope struct {
	text  string // as spelled, without trailing slash
	lower string
}

// Root is the scope above all subscriptions.
var Root = Scope{text: "/", lower: "/"}

// NewScope normalises slashes: doubled and trailing ones do not count.
func NewScope(path string) Scope {
	for strings.Contains(path, "//") {
		path = strings.ReplaceAll(path, "//", "/")
	}
	path = strings.Trim(path, "/")
	if path == "" {
		return Root
	}
	text := "/" + path
	return Scope{text: text, lower: strings.ToLower(text)}
}

// String is the scope as it was spelled.
func (s Scope) String() string { return s.text }

// Lower is the form that compares.
func (s Scope) Lower() string { return s.lower }

// Equal compares without case.
func (s Scope) Equal(o Scope) bool { return s.lower == o.lower }

// Contains reports whether o is s or lies below it, by whole segments.
func (s Scope) Contains(o Scope) bool {
	if s.lower == "/" {
		return true
	}
	rest, ok := strings.CutPrefix(o.lower, s.lower)
	return ok && (rest == "" || rest[0] == '/')
}
