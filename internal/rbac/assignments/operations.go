package assignments

import (
	"cmp"
	"slices"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/rbac"
)

// Operation is an action that some built-in role names in full.
type Operation struct {
	Name string // Microsoft.Compute/virtualMachines/read
	Data bool
}

// Namespaces lists the providers whose actions built-in roles name, sorted without case. It is not to be changed.
func (s *Service) Namespaces() []string { return s.namespaces() }

func (c *catalogue) namespaces() []string {
	c.open()
	var out []string
	for _, p := range c.patterns {
		namespace, _, ok := strings.Cut(p, "/")
		if ok && !strings.Contains(namespace, "*") {
			out = append(out, namespace)
		}
	}
	slices.SortStableFunc(out, func(a, b string) int { return cmp.Compare(strings.ToLower(a), strings.ToLower(b)) })
	return slices.CompactFunc(out, strings.EqualFold)
}

// Operations lists the actions of a provider, or of all for "". It is what built-in roles name, not the whole of what
// the provider has.
func (s *Service) Operations(namespace string) []Operation {
	var out []Operation
	add := func(actions []string, data bool) {
		for _, a := range actions {
			a = strings.TrimSpace(a)
			at, _, _ := strings.Cut(a, "/")
			if !strings.Contains(a, "*") && (namespace == "" || strings.EqualFold(at, namespace)) {
				out = append(out, Operation{a, data})
			}
		}
	}
	for r := range s.builtIn.all() {
		for _, p := range r.Permissions {
			add(p.Actions, false)
			add(p.NotActions, false)
			add(p.DataActions, true)
			add(p.NotDataActions, true)
		}
	}
	slices.SortStableFunc(out, func(a, b Operation) int {
		return cmp.Or(cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), cmp.Compare(btoi(a.Data), btoi(b.Data)))
	})
	return slices.CompactFunc(out, func(a, b Operation) bool { return strings.EqualFold(a.Name, b.Name) && a.Data == b.Data })
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Narrowest lists the built-in roles that grant an action without a condition, the one that grants the fewest actions
// first; at most that many. Roles that Azure is withdrawing are left out. Where most is above 1, the narrowest of Reader,
// Contributor and Owner that grants it is among them, last if need be.
func (s *Service) Narrowest(action string, data bool, most int) []*rbac.Role {
	var fitting []*builtIn
	for b := range s.builtIn.all() {
		if withdrawn(b.Role) {
			continue
		}
		// A condition that cannot be parsed grants nothing, and the roles of the catalogue are tested to parse.
		rules, err := rbac.NewRules(b.Role)
		if err == nil && !rules.Conditional() && rules.Grants(action, data) {
			fitting = append(fitting, b)
		}
	}
	slices.SortStableFunc(fitting, func(a, b *builtIn) int {
		return cmp.Or(cmp.Compare(a.breadth, b.breadth), cmp.Compare(a.RoleName, b.RoleName))
	})
	out := make([]*rbac.Role, 0, min(most, len(fitting)))
	for _, b := range fitting[:min(most, len(fitting))] {
		out = append(out, b.Role)
	}
	// The narrowest roles are often made for one service. What people would reach for is named last, where there is room.
	i := slices.IndexFunc(fitting, func(b *builtIn) bool { return b.Name == Reader || b.Name == Contributor || b.Name == Owner })
	if most > 1 && i >= most {
		out[most-1] = fitting[i].Role
	}
	return out
}

func withdrawn(r *rbac.Role) bool {
	return strings.Contains(strings.ToLower(r.RoleName+" "+r.Description), "deprecat")
}
