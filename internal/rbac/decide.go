package rbac

import (
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/caller"
)

// candidate is an assignment that would allow if its conditions held.
type candidate struct {
	h    *holding
	role *Role
	sets []*ruleSet
}

// Decide says whether the caller may do what the request asks for. Deny assignments come first; then the assignments of
// the caller and of its groups, at the request's scope and every scope above it, the nearest first. What nothing allows
// is denied. Microsoft's account of the order: "How Azure RBAC determines if a user has access to a resource".
//
// It reads no clock and no store, and for a caller with up to 64 groups it allocates nothing unless conditions have to be
// worked out.
func (x *Index) Decide(c caller.Caller, r Request) Decision {
	if c.ObjectID == "" || r.Action == "" || r.Scope.lower == "" {
		return Decision{}
	}
	var waiting [8]candidate
	decision, open := x.decide(lowerID(c.ObjectID), &r, waiting[:0])
	if decision.Allowed || len(open) == 0 {
		return decision
	}
	return settle(open, r)
}

// settle works the conditions out. They ask Attributes, which may come back to the index: no lock is held here. The
// request is a copy, so that only conditional decisions pay for its way to the heap.
func settle(open []candidate, r Request) Decision {
	for i := range open {
		if open[i].holds(&r) {
			return Decision{Allowed: true, Assignment: open[i].h.assignment, Role: open[i].role}
		}
	}
	return Decision{Assignment: open[0].h.assignment, Role: open[0].role, Condition: true}
}

// decide finds what allows without a condition; the rest it leaves in open.
func (x *Index) decide(oid string, r *Request, open []candidate) (Decision, []candidate) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	if len(x.denies) > 0 {
		if id := x.denied(oid, r); id != "" {
			return Decision{Deny: id}, nil
		}
	}
	var buffer [65]uint32
	ids := x.numbers(buffer[:0], oid, r.Principals)
	if len(ids) == 0 {
		return Decision{}, nil
	}
	hash := x.verdicts.hash(r.Action)
	chain := chainOf(x, r.Scope.lower)
	for scope, ok := chain.next(); ok; scope, ok = chain.next() {
		at := x.scopes[scope]
		if at == nil {
			continue
		}
		for _, id := range ids {
			for h := x.held[pair{at.id, id}]; h != nil; h = h.next {
				if h.role.rules == nil || h.broken {
					continue
				}
				sets := x.verdicts.of(h.role.rules, h.role.salt, hash, r.Action, r.Data)
				if len(sets) == 0 {
					continue
				}
				if h.condition == nil && unconditional(sets) {
					return Decision{Allowed: true, Assignment: h.assignment, Role: h.role.rules.role}, nil
				}
				open = append(open, candidate{h: h, role: h.role.rules.role, sets: sets})
			}
		}
	}
	return Decision{}, open
}

// numbers gives the index's numbers of those principals that hold anything.
func (x *Index) numbers(ids []uint32, oid string, groups []string) []uint32 {
	if p := x.principals[oid]; p != nil {
		ids = append(ids, p.id)
	}
	for _, g := range groups {
		if p := x.principals[lowerID(g)]; p != nil {
			ids = append(ids, p.id)
		}
	}
	return ids
}

func unconditional(sets []*ruleSet) bool {
	for _, s := range sets {
		if s.condition == nil {
			return true
		}
	}
	return false
}

// holds reports whether the assignment's condition holds, and that of one of the permissions that cover the action.
func (c *candidate) holds(r *Request) bool {
	if c.h.condition != nil && !c.h.condition.Holds(r) {
		return false
	}
	for _, s := range c.sets {
		if s.condition == nil || s.condition.Holds(r) {
			return true
		}
	}
	return false
}

// scopeChain walks from a scope to the root: parts of one string, so that nothing is allocated.
type scopeChain struct {
	rest      string // the next to give; "" at the end
	rootGroup string // given before "/", where it stands above the scope
}

func chainOf(x *Index, scope string) scopeChain {
	c := scopeChain{rest: scope}
	if x.underRootGroup(scope) && scope != x.rootGroup {
		c.rootGroup = x.rootGroup
	}
	return c
}

func (c *scopeChain) next() (string, bool) {
	now := c.rest
	if now == "" {
		return "", false
	}
	if now == "/" {
		if now, c.rootGroup = c.rootGroup, ""; now != "" {
			return now, true
		}
		c.rest = ""
		return "/", true
	}
	if c.rest = now[:strings.LastIndexByte(now, '/')]; c.rest == "" {
		c.rest = "/"
	}
	return now, true
}

// lowerID is strings.ToLower, which allocates only where something has to change.
func lowerID(id string) string { return strings.ToLower(id) }
