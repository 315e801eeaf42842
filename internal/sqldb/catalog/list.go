package catalog

import (
	"cmp"
	"iter"
	"slices"
	"strings"
)

func sorted[K comparable, T any](m map[K]T, compare func(a, b T) int) []T {
	out := make([]T, 0, len(m))
	for _, v := range m {
		out = append(out, v)
	}
	slices.SortFunc(out, compare)
	return out
}

// Objects are all objects, constraints among them, by id.
func (d *Database) Objects() []Object {
	return sorted(d.objects, func(a, b Object) int { return cmp.Compare(a.Head().ID, b.Head().ID) })
}

// Tables yields the tables, in the order of their ids.
func (d *Database) Tables() iter.Seq[*Table] {
	return func(yield func(*Table) bool) {
		for _, o := range d.Objects() {
			if t, ok := o.(*Table); ok && !yield(t) {
				return
			}
		}
	}
}

// Schemas are all schemas by id.
func (d *Database) Schemas() []*Schema {
	return sorted(d.schemas, func(a, b *Schema) int { return cmp.Compare(a.ID, b.ID) })
}

// Principals are all users and roles by id.
func (d *Database) Principals() []*Principal {
	return sorted(d.principals, func(a, b *Principal) int { return cmp.Compare(a.ID, b.ID) })
}

// PrincipalByID finds a user or role.
func (d *Database) PrincipalByID(id int32) (*Principal, bool) {
	p, ok := d.principals[id]
	return p, ok
}

// Principal finds a user or role by name.
func (d *Database) Principal(name string) (*Principal, bool) {
	for _, p := range d.principals {
		if strings.EqualFold(p.Name, name) {
			return p, true
		}
	}
	return nil, false
}

// Members are all memberships.
func (d *Database) Members() []Member {
	out := make([]Member, 0, len(d.members))
	for m := range d.members {
		out = append(out, m)
	}
	slices.SortFunc(out, func(a, b Member) int {
		return cmp.Or(cmp.Compare(a.Role, b.Role), cmp.Compare(a.Principal, b.Principal))
	})
	return out
}

// Roles are the roles that a principal is in, by whatever way, itself and public among them.
func (d *Database) Roles(principal int32) map[int32]bool {
	in := map[int32]bool{principal: true, PublicID: true}
	for grown := true; grown; {
		grown = false
		for m := range d.members {
			if in[m.Principal] && !in[m.Role] {
				in[m.Role], grown = true, true
			}
		}
	}
	return in
}

// Permissions are all grants and denials.
func (d *Database) Permissions() []*Permission {
	return sorted(d.grants, func(a, b *Permission) int {
		return cmp.Or(cmp.Compare(a.Class, b.Class), cmp.Compare(a.Major, b.Major), cmp.Compare(a.Minor, b.Minor),
			cmp.Compare(a.Grantee, b.Grantee), cmp.Compare(a.Name, b.Name))
	})
}

// Permission finds the grant or denial of one name on one securable to one principal.
func (d *Database) Permission(class Class, major, minor, grantee int32, name string) (*Permission, bool) {
	p, ok := d.grants[grantKey{class, major, minor, grantee, name}]
	return p, ok
}

// Properties are all extended properties.
func (d *Database) Properties() []*ExtendedProperty {
	return sorted(d.properties, func(a, b *ExtendedProperty) int {
		return cmp.Or(cmp.Compare(a.Class, b.Class), cmp.Compare(a.MajorID, b.MajorID), cmp.Compare(a.MinorID, b.MinorID),
			cmp.Compare(a.Name, b.Name))
	})
}

// Property finds an extended property.
func (d *Database) Property(class uint8, major, minor int32, n string) (*ExtendedProperty, bool) {
	p, ok := d.properties[propertyKey{class, major, minor, Fold(n)}]
	return p, ok
}

// Owner is the principal that owns an object: that of its schema.
func (d *Database) Owner(o Object) int32 {
	if s, ok := d.schemas[o.Head().SchemaID]; ok {
		return s.Owner
	}
	return DBOID
}

// TypeByID finds an alias or table type by its user_type_id.
func (d *Database) TypeByID(id int32) (Object, bool) {
	for _, o := range d.objects {
		switch t := o.(type) {
		case *AliasType:
			if t.TypeID == id {
				return t, true
			}
		case *TableType:
			if t.TypeID == id {
				return t, true
			}
		}
	}
	return nil, false
}

// Referencing yields the foreign keys that point at a table, with the tables they are of.
func (d *Database) Referencing(table int32) iter.Seq2[*Table, *ForeignKey] {
	return func(yield func(*Table, *ForeignKey) bool) {
		for t := range d.Tables() {
			for _, k := range t.ForeignKeys {
				if k.Referenced == table && !yield(t, k) {
					return
				}
			}
		}
	}
}

// Login finds a login in master.
func (d *Database) Login(name string) (*Login, bool) {
	l, ok := d.logins[Fold(name)]
	return l, ok
}

// Logins are the logins in master by name.
func (d *Database) Logins() []*Login {
	return sorted(d.logins, func(a, b *Login) int { return cmp.Compare(a.Name, b.Name) })
}
