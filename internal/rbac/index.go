package rbac

import (
	"cmp"
	"slices"
	"strings"
	"sync"
)

// Index holds assignments, ready for decisions. It is safe for concurrent use. Whatever is put into it or comes out of
// it is shared and must not be changed.
//
// Scopes and principals are numbered while something is held there, and one map from (scope, principal) to assignments
// answers; 100,000 assignments take some tens of megabytes.
type Index struct {
	rootGroup string                  // lower-case scope of the tenant's root management group
	builtIn   func(name string) *Role // by lower-case GUID; nil where there is none
	verdicts  *verdicts

	mu         sync.RWMutex
	scopes     map[string]*place
	principals map[string]*holder
	held       map[pair]*holding
	byName     map[string]*holding
	roles      map[string]*roleEntry
	custom     map[string]*Role
	denies     []*compiledDeny
	lastID     uint32
	lastSalt   uint64
}

type pair struct{ scope, principal uint32 }

// place is a scope at which something is held.
type place struct {
	id   uint32
	text string // lower-case
	all  []*holding
}

// holder is a principal that holds something.
type holder struct {
	id  uint32
	all []*holding
}

// holding is an assignment in the index.
type holding struct {
	assignment *Assignment
	role       *roleEntry
	condition  *Condition
	broken     bool // the condition cannot be understood, so nothing is granted
	next       *holding
	place      *place
	holder     *holder
	principal  string // lower-case object id
	atPlace    int    // position in place.all
	atHolder   int    // position in holder.all
}

// roleEntry is a role that some assignment names; rules is nil while there is no such role.
type roleEntry struct {
	name  string
	salt  uint64
	rules *Rules
	users int
}

// NewIndex returns an empty index of a tenant. builtIn finds a built-in role by its GUID in lower case, or gives nil.
func NewIndex(tenantID string, builtIn func(name string) *Role) *Index {
	return &Index{
		rootGroup:  strings.ToLower("/providers/Microsoft.Management/managementGroups/" + tenantID),
		builtIn:    builtIn,
		verdicts:   newVerdicts(),
		scopes:     map[string]*place{},
		principals: map[string]*holder{},
		held:       map[pair]*holding{},
		byName:     map[string]*holding{},
		roles:      map[string]*roleEntry{},
		custom:     map[string]*Role{},
	}
}

// Put adds an assignment, or replaces the one of its name.
func (x *Index) Put(a *Assignment) {
	h := &holding{assignment: a, principal: strings.ToLower(a.PrincipalID)}
	if a.Condition != "" {
		var err error
		h.condition, err = ParseCondition(a.Condition)
		h.broken = err != nil
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	name := strings.ToLower(a.Name)
	if old := x.byName[name]; old != nil {
		x.drop(name, old)
	}
	h.role = x.entry(strings.ToLower(a.RoleName))
	h.place, h.holder = x.placeAt(a.Scope.Lower()), x.holderOf(h.principal)
	key := pair{h.place.id, h.holder.id}
	h.next = x.held[key]
	x.held[key], x.byName[name] = h, h
	h.atPlace, h.atHolder = len(h.place.all), len(h.holder.all)
	h.place.all = append(h.place.all, h)
	h.holder.all = append(h.holder.all, h)
}

// Remove takes the assignment of that name out, if it is there.
func (x *Index) Remove(name string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	name = strings.ToLower(name)
	if h := x.byName[name]; h != nil {
		x.drop(name, h)
	}
}

func (x *Index) drop(name string, h *holding) {
	delete(x.byName, name)
	key := pair{h.place.id, h.holder.id}
	x.held[key] = without(x.held[key], h)
	if x.held[key] == nil {
		delete(x.held, key)
	}
	h.place.cut(h)
	if len(h.place.all) == 0 {
		delete(x.scopes, h.place.text)
	}
	h.holder.cut(h)
	if len(h.holder.all) == 0 {
		delete(x.principals, h.principal)
	}
	if h.role.users--; h.role.users == 0 {
		delete(x.roles, h.role.name)
	}
}

// without gives the chain without one holding. Chains are short, and readers hold the lock while they walk them.
func without(chain, h *holding) *holding {
	if chain == h {
		return h.next
	}
	for at := chain; at != nil; at = at.next {
		if at.next == h {
			at.next = h.next
			break
		}
	}
	return chain
}

// cut takes one out. The last takes its place, so that it costs the same however many there are.
func (p *place) cut(h *holding) {
	n := len(p.all) - 1
	last := p.all[n]
	p.all[h.atPlace], last.atPlace = last, h.atPlace
	p.all[n] = nil
	p.all = p.all[:n]
}

// cut is that of place.
func (p *holder) cut(h *holding) {
	n := len(p.all) - 1
	last := p.all[n]
	p.all[h.atHolder], last.atHolder = last, h.atHolder
	p.all[n] = nil
	p.all = p.all[:n]
}

func (x *Index) placeAt(scope string) *place {
	p := x.scopes[scope]
	if p == nil {
		x.lastID++
		p = &place{id: x.lastID, text: scope}
		x.scopes[scope] = p
	}
	return p
}

func (x *Index) holderOf(principal string) *holder {
	p := x.principals[principal]
	if p == nil {
		x.lastID++
		p = &holder{id: x.lastID}
		x.principals[principal] = p
	}
	return p
}

// entry finds the role that one more assignment names.
func (x *Index) entry(name string) *roleEntry {
	e := x.roles[name]
	if e == nil {
		x.lastSalt++
		e = &roleEntry{name: name, salt: x.lastSalt * 0xff51afd7ed558ccd}
		role := x.custom[name]
		if role == nil {
			role = x.builtIn(name)
		}
		if role != nil {
			e.rules, _ = NewRules(role) // what is broken grants nothing
		}
		x.roles[name] = e
	}
	e.users++
	return e
}

// PutRole adds or replaces a custom role.
func (x *Index) PutRole(role *Role) {
	rules, _ := NewRules(role) // what is broken grants nothing
	x.mu.Lock()
	defer x.mu.Unlock()
	name := strings.ToLower(role.Name)
	x.custom[name] = role
	if e := x.roles[name]; e != nil {
		e.rules = rules
	}
}

// RemoveRole takes a custom role away. Assignments of it stay and grant nothing.
func (x *Index) RemoveRole(name string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	name = strings.ToLower(name)
	delete(x.custom, name)
	if e := x.roles[name]; e != nil {
		e.rules = nil
	}
}

// Assignment finds an assignment by name.
func (x *Index) Assignment(name string) (*Assignment, bool) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	h := x.byName[strings.ToLower(name)]
	if h == nil {
		return nil, false
	}
	return h.assignment, true
}

// CustomRoles lists the custom roles by name of the role.
func (x *Index) CustomRoles() []*Role {
	x.mu.RLock()
	defer x.mu.RUnlock()
	out := make([]*Role, 0, len(x.custom))
	for _, r := range x.custom {
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b *Role) int { return cmp.Or(cmp.Compare(a.RoleName, b.RoleName), cmp.Compare(a.Name, b.Name)) })
	return out
}

// CustomRole finds a custom role by GUID.
func (x *Index) CustomRole(name string) (*Role, bool) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	r, ok := x.custom[strings.ToLower(name)]
	return r, ok
}
