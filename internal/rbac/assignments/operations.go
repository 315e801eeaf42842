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

// Narrowest lists the built-in roles that grant an action without a condition, at most that many, the one to take first.
// Roles that people are given come before those for services of Azure's own; where the action reads, roles that do
// nothing else come before others; roles made for the action's provider come before those that grant it beside their
// purpose; and then the one that grants the fewest actions. Roles that Azure is withdrawing are left out.
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
	rank := make(map[*builtIn]int, len(fitting))
	for _, b := range fitting {
		other, reads := purpose(b.Role, action)
		rank[b] = 4*btoi(!customary(b.RoleName)) + 2*btoi(isRead(action) && !reads) + btoi(other)
	}
	slices.SortStableFunc(fitting, func(a, b *builtIn) int {
		return cmp.Or(cmp.Compare(rank[a], rank[b]), cmp.Compare(a.breadth, b.breadth), cmp.Compare(a.RoleName, b.RoleName))
	})
	out := make([]*rbac.Role, 0, min(most, len(fitting)))
	for _, b := range fitting[:min(most, len(fitting))] {
		out = append(out, b.Role)
	}
	return out
}

// customary reports whether a role is one that people assign to people and programs. Hundreds of others grant as little
// but are for one of Azure's own services: a machine that may not read its resource group wants Reader, and not Azure
// Front Door Domain Reader. Source: learn.microsoft.com "Azure built-in roles", general and by service.
func customary(roleName string) bool {
	switch roleName {
	case "Reader", "Contributor", "Owner", "User Access Administrator", "Role Based Access Control Administrator",
		"Virtual Machine Contributor", "Managed Identity Contributor", "Managed Identity Operator",
		"Storage Account Contributor", "Storage Account Key Operator Service Role", "Reader and Data Access",
		"Storage Blob Data Owner", "Storage Blob Data Contributor", "Storage Blob Data Reader", "Storage Blob Delegator",
		"Key Vault Administrator", "Key Vault Contributor", "Key Vault Reader",
		"Key Vault Secrets Officer", "Key Vault Secrets User", "Key Vault Crypto Officer", "Key Vault Crypto User",
		"Key Vault Certificates Officer", "Key Vault Certificate User",
		"SQL DB Contributor", "SQL Server Contributor", "SQL Security Manager":
		return true
	}
	return false
}

// purpose tells what a role is for, beside what is incidental: whether something else than the action's provider or all
// providers, and whether reading alone.
func purpose(r *rbac.Role, action string) (other, reads bool) {
	provider, _, _ := strings.Cut(action, "/")
	other, reads = !incidental(provider), true
	for _, p := range r.Permissions {
		for _, pattern := range slices.Concat(p.Actions, p.DataActions) {
			namespace, _, _ := strings.Cut(strings.TrimSpace(pattern), "/")
			switch {
			case namespace == "*" || strings.EqualFold(namespace, provider) && !incidental(provider):
				other = false
			case incidental(namespace):
				continue
			case incidental(provider):
				other = true
			}
			reads = reads && isRead(pattern)
		}
	}
	return other, reads
}

func isRead(action string) bool {
	action = strings.ToLower(strings.TrimSpace(action))
	return strings.HasSuffix(action, "/read") || strings.HasSuffix(action, "/readmetadata/action")
}

// incidental reports whether roles name a provider's actions whatever they are for: deployments, alerts, support.
func incidental(namespace string) bool {
	switch strings.ToLower(namespace) {
	case "microsoft.authorization", "microsoft.insights", "microsoft.resources", "microsoft.resourcehealth", "microsoft.support":
		return true
	}
	return false
}

func withdrawn(r *rbac.Role) bool {
	return strings.Contains(strings.ToLower(r.RoleName+" "+r.Description), "deprecat")
}
