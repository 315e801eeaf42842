package resource

import (
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/rbac"
)

// ID is a parsed resource id, collection or scope. Spelling is kept; compare with Equal or Key.
//
//	/subscriptions/{Subscription}/resourceGroups/{Group}/providers/{Namespace}/{Types[0]}/{Names[0]}/…
//
// An extension resource has the id of what it hangs under in Parent.
type ID struct {
	Subscription string
	Group        string
	Namespace    string
	Types        []string // ["virtualMachineScaleSets", "virtualMachines"]
	Names        []string // one fewer than Types for a collection
	Parent       *ID      // of an extension resource: the scope before the last /providers/; nil otherwise
	segments     []string
}

// ParseID takes a path apart. Doubled and trailing slashes do not count. It fails, with ok false, only on a shape that
// Resource Manager does not know.
func ParseID(path string) (id ID, ok bool) {
	segments := strings.FieldsFunc(path, func(r rune) bool { return r == '/' })
	return parse(segments)
}

func parse(segments []string) (ID, bool) {
	id := ID{segments: segments}
	last := -1
	for i, s := range segments {
		// The name of a resource may be "providers" as well: only a keyword position counts.
		if i%2 == 0 && strings.EqualFold(s, "providers") || s != "" && i > 0 && strings.EqualFold(s, "providers") && keyword(segments[:i]) {
			last = i
		}
	}
	head := segments
	if last >= 0 {
		head = segments[:last]
		tail := segments[last+1:]
		if len(tail) == 0 {
			return ID{}, false
		}
		id.Namespace = tail[0]
		for i, s := range tail[1:] {
			if i%2 == 0 {
				id.Types = append(id.Types, s)
			} else {
				id.Names = append(id.Names, s)
			}
		}
	}
	scope, ok := parseScope(head)
	if !ok {
		parent, ok := parse(head)
		if !ok || last < 0 || len(parent.Types) == 0 || len(parent.Types) != len(parent.Names) {
			return ID{}, false
		}
		id.Subscription, id.Group, id.Parent = parent.Subscription, parent.Group, &parent
		return id, true
	}
	id.Subscription, id.Group = scope.Subscription, scope.Group
	return id, true
}

// keyword reports whether the next segment after head is a keyword (and not the name of a resource).
func keyword(head []string) bool {
	id, ok := parse(head)
	return ok && len(id.Types) == len(id.Names)
}

// parseScope reads the part before the first /providers/: nothing, a subscription or a resource group.
func parseScope(head []string) (ID, bool) {
	switch {
	case len(head) == 0:
		return ID{}, true
	case len(head) == 2 && strings.EqualFold(head[0], "subscriptions"):
		return ID{Subscription: head[1]}, true
	case len(head) == 4 && strings.EqualFold(head[0], "subscriptions") && strings.EqualFold(head[2], "resourceGroups"):
		return ID{Subscription: head[1], Group: head[3]}, true
	}
	return ID{}, false
}

// Name is the last name; "" for a collection.
func (id ID) Name() string {
	if len(id.Types) == 0 || len(id.Names) < len(id.Types) {
		return ""
	}
	return id.Names[len(id.Names)-1]
}

// Type is the type below the namespace: "virtualMachineScaleSets/virtualMachines".
func (id ID) Type() string { return strings.Join(id.Types, "/") }

// FullType is namespace and type: "Microsoft.Compute/virtualMachines".
func (id ID) FullType() string { return id.Namespace + "/" + id.Type() }

// String is the id as it was spelled, with single slashes.
func (id ID) String() string { return "/" + strings.Join(id.segments, "/") }

// Key is the id in lower case: equal for all spellings of one resource.
func (id ID) Key() string { return strings.ToLower(id.String()) }

// Scope is the id as a scope of decisions.
func (id ID) Scope() rbac.Scope { return rbac.NewScope(id.String()) }

// Equal compares without case.
func (id ID) Equal(o ID) bool { return id.Key() == o.Key() }
