package resource

import (
	"fmt"
	"sort"
	"strings"
)

// namespace is a provider's table, indexed.
type namespace struct {
	name  string
	types map[string]*entry // by lower-case name
	order []*entry          // as the providers list them
}

// entry is a type with what is worked out once.
type entry struct {
	*Type
	namespace           string
	full                string // Microsoft.Compute/virtualMachines
	read, write, delete string // actions
}

// find looks a type up in any case.
func (n *namespace) find(name string) *entry {
	if t, ok := n.types[name]; ok {
		return t
	}
	return n.types[strings.ToLower(name)]
}

// register adds a provider's types to the table.
func (s *Service) register(p Provider) error {
	if p.Namespace == "" || strings.Contains(p.Namespace, "/") {
		return fmt.Errorf("resource: %q is not a namespace", p.Namespace)
	}
	key := strings.ToLower(p.Namespace)
	n := s.namespaces[key]
	if n == nil {
		n = &namespace{name: p.Namespace, types: make(map[string]*entry)}
		s.namespaces[key] = n
		s.order = append(s.order, n)
		sort.Slice(s.order, func(i, j int) bool { return s.order[i].name < s.order[j].name })
	}
	for i := range p.Types {
		t := &p.Types[i]
		name := strings.ToLower(t.Name)
		if t.Name == "" || len(t.APIVersions) == 0 {
			return fmt.Errorf("resource: a type of %s has no name or no api-version: %q", p.Namespace, t.Name)
		}
		if n.types[name] != nil {
			return fmt.Errorf("resource: two providers offer %s/%s", p.Namespace, t.Name)
		}
		full := n.name + "/" + t.Name
		e := &entry{Type: t, namespace: n.name, full: full, read: full + "/read", write: full + "/write", delete: full + "/delete"}
		n.types[name] = e
		n.order = append(n.order, e)
	}
	return nil
}

// lookup finds a namespace in any case, or nil.
func (s *Service) lookup(name string) *namespace {
	if n := s.namespaces[name]; n != nil {
		return n
	}
	return s.namespaces[strings.ToLower(name)]
}

// typeOf finds the type of an id, or nil.
func (s *Service) typeOf(id ID) *entry {
	n := s.lookup(id.Namespace)
	if n == nil || len(id.Types) == 0 {
		return nil
	}
	return n.find(id.Type())
}
