package rbac

import (
	"cmp"
	"slices"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/caller"
)

// Selection narrows a list of assignments. The zero Selection selects nothing but what is held at "/".
type Selection struct {
	Scope      Scope
	AtAndAbove bool     // assignments at Scope and above it
	Below      bool     // assignments below Scope
	Principals []string // only those of these object ids; nil for all
}

// Assignments lists what the selection asks for: by scope, then by name.
func (x *Index) Assignments(s Selection) []*Assignment {
	if s.Scope.lower == "" {
		s.Scope = Root
	}
	x.mu.RLock()
	found := x.selected(s)
	x.mu.RUnlock()
	slices.SortFunc(found, func(a, b *Assignment) int {
		return cmp.Or(cmp.Compare(a.Scope.lower, b.Scope.lower), cmp.Compare(a.Name, b.Name))
	})
	return found
}

func (x *Index) selected(s Selection) (found []*Assignment) {
	fits := func(scope Scope) bool {
		if x.above(scope, s.Scope) {
			return s.AtAndAbove
		}
		return s.Below && x.above(s.Scope, scope)
	}
	take := func(all []*holding) {
		for _, h := range all {
			if fits(h.assignment.Scope) {
				found = append(found, h.assignment)
			}
		}
	}
	if s.Principals != nil {
		for i, id := range s.Principals {
			id = lowerID(id)
			repeated := slices.ContainsFunc(s.Principals[:i], func(o string) bool { return strings.EqualFold(o, id) })
			if p := x.principals[id]; p != nil && !repeated {
				take(p.all)
			}
		}
		return found
	}
	if !s.Below {
		chain := chainOf(x, s.Scope.lower)
		for scope, ok := chain.next(); ok; scope, ok = chain.next() {
			if at := x.scopes[scope]; at != nil {
				take(at.all)
			}
		}
		return found
	}
	for _, at := range x.scopes {
		take(at.all)
	}
	return found
}

// Visible reports whether the caller or one of its groups holds anything at the scope, above or below it: what decides
// whether a subscription is shown in a list.
func (x *Index) Visible(c caller.Caller, groups []string, scope Scope) bool {
	if c.ObjectID == "" {
		return false
	}
	x.mu.RLock()
	defer x.mu.RUnlock()
	holds := func(id string) bool {
		p := x.principals[lowerID(id)]
		return p != nil && slices.ContainsFunc(p.all, func(h *holding) bool {
			at := h.assignment.Scope
			return h.role.rules != nil && (x.above(at, scope) || x.above(scope, at))
		})
	}
	return holds(c.ObjectID) || slices.ContainsFunc(groups, holds)
}

// Permissions lists what the caller holds at a scope: the permissions of the roles assigned to it or to its groups there
// or above.
func (x *Index) Permissions(c caller.Caller, groups []string, scope Scope) []Permission {
	ids := append([]string{c.ObjectID}, groups...)
	if c.ObjectID == "" {
		return nil
	}
	var out []Permission
	var seen []*Role
	for _, a := range x.Assignments(Selection{Scope: scope, AtAndAbove: true, Principals: ids}) {
		x.mu.RLock()
		e := x.roles[strings.ToLower(a.RoleName)]
		x.mu.RUnlock()
		if e == nil || e.rules == nil || slices.Contains(seen, e.rules.role) {
			continue
		}
		seen = append(seen, e.rules.role)
		out = append(out, e.rules.role.Permissions...)
	}
	return out
}
