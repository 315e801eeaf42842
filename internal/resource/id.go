package resource

import (
	"strings"
	"unicode/utf8"

	"github.com/alcedo-cloud/alcedo/internal/rbac"
)

// MaxID is the length in bytes of the longest path that ParseID takes. It keeps every key well below store.MaxKey.
const MaxID = 2 << 10

// ID is a parsed resource id, collection or scope. Spelling is kept; compare with Equal or Key.
//
//	/subscriptions/{Subscription}/resourceGroups/{Group}/providers/{Namespace}/{Types[0]}/{Names[0]}/…
//
// An extension resource that hangs under a resource has that resource's id in Parent. One that hangs under a resource
// group, a subscription or the tenant has no Parent: its scope is Base.
type ID struct {
	Subscription string
	Group        string
	Namespace    string
	Types        []string // ["virtualMachineScaleSets", "virtualMachines"]
	Names        []string // one fewer than Types for a collection
	Parent       *ID      // of an extension resource under a resource: that resource; nil otherwise
	segments     []string
	base         int // how many segments come before the last /providers/
}

// ParseID takes a path apart. Doubled and trailing slashes do not count. It fails, with ok false, only on a shape that
// Resource Manager does not know: another start than subscriptions or providers, an extension of a collection, a
// segment that is "." or "..", a control character, or more than MaxID bytes.
func ParseID(path string) (id ID, ok bool) {
	segments, ok := Split(path)
	if !ok {
		return ID{}, false
	}
	return parse(segments)
}

// Split gives the segments of a path, without the empty ones. ok is false for a path that no resource can have.
func Split(path string) (segments []string, ok bool) {
	if len(path) > MaxID || !utf8.ValidString(path) {
		return nil, false
	}
	count := 0
	for i := 0; i < len(path); i++ {
		if path[i] < ' ' || path[i] == 0x7f {
			return nil, false
		}
		if path[i] == '/' {
			count++
		}
	}
	segments = make([]string, 0, count+1)
	for rest := path; rest != ""; {
		var s string
		s, rest, _ = strings.Cut(rest, "/")
		switch s {
		case "":
			continue
		case ".", "..":
			return nil, false
		}
		segments = append(segments, s)
	}
	return segments, true
}

// parse walks over the segments once. The word "providers" counts only where a type would stand, so that a resource
// may have that name.
func parse(segments []string) (ID, bool) {
	id := ID{segments: segments}
	i := 0
	if len(segments) > 0 && equalFold(segments[0], "subscriptions") {
		if len(segments) < 2 {
			return ID{}, false
		}
		id.Subscription, i = segments[1], 2
		if len(segments) > 2 && equalFold(segments[2], "resourceGroups") {
			if len(segments) < 4 {
				return ID{}, false
			}
			id.Group, i = segments[3], 4
		}
	}
	id.base = i
	for first := true; i < len(segments); first = false {
		if !equalFold(segments[i], "providers") || i+1 == len(segments) {
			return ID{}, false
		}
		if !first {
			parent := id
			parent.segments = segments[:i:i]
			id.Parent = &parent
		}
		id.base = i
		id.Namespace, id.Types, id.Names = segments[i+1], nil, nil
		i += 2
		for i < len(segments) {
			if equalFold(segments[i], "providers") && len(id.Types) > 0 {
				break
			}
			id.Types = append(id.Types, segments[i])
			if i++; i < len(segments) {
				id.Names = append(id.Names, segments[i])
				i++
			}
		}
	}
	return id, true
}

// equalFold compares with an ASCII word without regard to ASCII case. Unicode folding would take characters that
// scopes, which compare in lower case, keep apart.
func equalFold(s, word string) bool {
	if len(s) != len(word) {
		return false
	}
	for i := 0; i < len(s); i++ {
		a, b := s[i], word[i]
		if 'A' <= a && a <= 'Z' {
			a += 'a' - 'A'
		}
		if 'A' <= b && b <= 'Z' {
			b += 'a' - 'A'
		}
		if a != b {
			return false
		}
	}
	return true
}

// Name is the last name; "" for a collection or a scope.
func (id ID) Name() string {
	if len(id.Types) == 0 || len(id.Names) < len(id.Types) {
		return ""
	}
	return id.Names[len(id.Names)-1]
}

// Type is the type below the namespace: "virtualMachineScaleSets/virtualMachines".
func (id ID) Type() string {
	if len(id.Types) == 1 {
		return id.Types[0]
	}
	return strings.Join(id.Types, "/")
}

// FullType is namespace and type: "Microsoft.Compute/virtualMachines".
func (id ID) FullType() string { return id.Namespace + "/" + id.Type() }

// String is the id as it was spelled, with single slashes.
func (id ID) String() string { return "/" + strings.Join(id.segments, "/") }

// Key is the id in lower case: equal for all spellings of one resource.
func (id ID) Key() string { return strings.ToLower(id.String()) }

// Scope is the id as a scope of decisions.
func (id ID) Scope() rbac.Scope { return rbac.NewScope(id.String()) }

// Base is the scope before the last /providers/: what an extension resource hangs under, or where a collection is
// listed. Of a subscription or resource group it is the scope itself.
func (id ID) Base() rbac.Scope {
	return rbac.NewScope(strings.Join(id.segments[:id.base], "/"))
}

// Container is the id one level up: of a child resource its parent resource, of any other the resource (Parent), the
// resource group, subscription or tenant that it is in.
func (id ID) Container() ID {
	n := id.base
	if len(id.Types) > 1 && len(id.Names) >= len(id.Types)-1 {
		n = id.base + 2*len(id.Types)
	} else if id.Namespace == "" && id.Group != "" {
		n = 2
	} else if id.Namespace == "" {
		n = 0
	}
	up, _ := parse(id.segments[:n:n])
	return up
}

// Child is the id of a child resource, or with name "" the collection of children.
func (id ID) Child(typ, name string) ID {
	segments := append(append(make([]string, 0, len(id.segments)+2), id.segments...), typ)
	if name != "" {
		segments = append(segments, name)
	}
	child, _ := parse(segments)
	return child
}

// Equal compares without case.
func (id ID) Equal(o ID) bool { return id.Key() == o.Key() }
