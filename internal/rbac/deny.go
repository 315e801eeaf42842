package rbac

import (
	"slices"
	"strings"
)

// DenyAssignment takes actions away from principals at a scope, whatever roles they hold. Azure's own services make
// them; clients only read them.
type DenyAssignment struct {
	ID                string // full id
	Scope             Scope
	Permissions       []Permission // what is denied; conditions are not supported here
	Principals        []string     // object ids; the zero GUID stands for everybody
	ExcludePrincipals []string
	NotForChildScopes bool // holds at Scope alone
}

// Everyone is the principal of a deny assignment that stands for all principals.
const Everyone = "00000000-0000-0000-0000-000000000000"

type compiledDeny struct {
	*DenyAssignment
	rules *Rules
}

// SetDenies replaces the deny assignments.
func (x *Index) SetDenies(denies []*DenyAssignment) {
	compiled := make([]*compiledDeny, 0, len(denies))
	for _, d := range denies {
		rules, _ := NewRules(&Role{Name: d.ID, Permissions: d.Permissions})
		compiled = append(compiled, &compiledDeny{DenyAssignment: d, rules: rules})
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.denies = compiled
}

// denied gives the id of the first deny assignment that refuses; "" where none does.
func (x *Index) denied(oid string, r *Request) string {
	for _, d := range x.denies {
		at := d.Scope.Equal(r.Scope) || !d.NotForChildScopes && x.above(d.Scope, r.Scope)
		if at && d.names(d.Principals, oid, r.Principals) && !d.names(d.ExcludePrincipals, oid, r.Principals) &&
			d.rules.Grants(r.Action, r.Data) {
			return d.ID
		}
	}
	return ""
}

func (d *compiledDeny) names(list []string, oid string, groups []string) bool {
	return slices.ContainsFunc(list, func(id string) bool {
		return id == Everyone || strings.EqualFold(id, oid) ||
			slices.ContainsFunc(groups, func(g string) bool { return strings.EqualFold(g, id) })
	})
}

// above reports whether what is held at scope a counts at b.
func (x *Index) above(a, b Scope) bool {
	return a.Contains(b) || a.Lower() == x.rootGroup && x.underRootGroup(b.Lower())
}

// underRootGroup reports whether the tenant's root management group stands above a scope: it does so for every
// subscription and every other management group.
func (x *Index) underRootGroup(scope string) bool {
	return strings.HasPrefix(scope, "/subscriptions/") || strings.HasPrefix(scope, "/providers/microsoft.management/managementgroups/")
}
