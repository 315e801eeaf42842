package sqldb

import (
	"slices"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// securable is what a permission is asked on: an object or a part of one, a schema, a principal, or the database.
type securable struct {
	class  catalog.Class
	major  int32
	minor  int32
	schema int32 // of an object
	owner  int32
}

// rights are what is known of a user when it is asked for a permission.
type rights struct {
	d    *catalog.Database
	user int32
	in   map[int32]bool // roles, groups and the user itself
}

// rights gathers the roles that a user is in.
func (who *identity) rights(d *catalog.Database) rights {
	in := d.Roles(who.user)
	for _, g := range who.groups {
		for role := range d.Roles(g) {
			in[role] = true
		}
	}
	return rights{d, who.user, in}
}

// allowed reports whether somebody has a permission on the database.
func allowed(d *catalog.Database, who identity, permission string) bool {
	if who.server {
		return true
	}
	return who.rights(d).has(permission, securable{class: catalog.ClassDatabase})
}

// has decides. What is denied anywhere is denied; the database's owner, and whoever owns the securable, is not asked.
func (r rights) has(permission string, on securable) bool {
	if r.user == catalog.DBOID || on.owner != 0 && r.in[on.owner] && on.class != catalog.ClassDatabase {
		return true
	}
	granted := r.byFixedRole(permission, on)
	if granted == catalog.Denied {
		return false
	}
	for _, level := range r.levels(permission, on) {
		for grantee := range r.in {
			for _, name := range level.names {
				p, ok := r.d.Permission(level.class, level.major, level.minor, grantee, name)
				switch {
				case !ok:
				case p.State == catalog.Denied:
					return false
				default:
					granted = catalog.Granted
				}
			}
		}
	}
	return granted == catalog.Granted
}

// level is one place where a permission, or one that covers it, may be granted or denied.
type level struct {
	class        catalog.Class
	major, minor int32
	names        []string
}

// levels goes from a securable up to the database.
func (r rights) levels(permission string, on securable) []level {
	covering := append([]string{permission}, coveredBy(permission)...)
	database := append(slices.Clone(covering), r.anyPermission(permission, on)...)
	levels := []level{{catalog.ClassDatabase, 0, 0, database}}
	switch on.class {
	case catalog.ClassObject, catalog.ClassType:
		if on.minor != 0 {
			levels = append(levels, level{on.class, on.major, on.minor, covering})
		}
		levels = append(levels, level{on.class, on.major, 0, covering}, level{catalog.ClassSchema, on.schema, 0, covering})
	case catalog.ClassSchema, catalog.ClassPrincipal:
		levels = append(levels, level{on.class, on.major, 0, covering})
	}
	return levels
}

// coveredBy are the permissions on the same securable that imply one.
func coveredBy(permission string) []string {
	switch permission {
	case "CONTROL":
		return nil
	case "CREATE TABLE", "CREATE VIEW", "CREATE PROCEDURE", "CREATE FUNCTION", "CREATE SCHEMA", "CREATE ROLE", "CREATE TYPE", "CREATE SYNONYM", "CREATE DEFAULT", "CREATE RULE", "ALTER ANY USER", "ALTER ANY ROLE", "ALTER ANY SCHEMA", "ALTER ANY DATABASE SCOPED CONFIGURATION":
		return []string{"ALTER", "CONTROL"}
	case "CREATE SEQUENCE", "VIEW CHANGE TRACKING":
		return []string{"ALTER", "CONTROL"}
	case "VIEW DEFINITION":
		return []string{"ALTER", "CONTROL"}
	}
	return []string{"CONTROL"}
}

// anyPermission are the database's permissions that cover one on something within.
func (r rights) anyPermission(permission string, on securable) []string {
	switch {
	case on.class == catalog.ClassObject && permission == "ALTER", on.class == catalog.ClassSchema && permission == "ALTER":
		return []string{"ALTER ANY SCHEMA"}
	case on.class == catalog.ClassPrincipal && permission == "ALTER":
		if p, ok := r.d.PrincipalByID(on.major); ok && p.Type == catalog.Role {
			return []string{"ALTER ANY ROLE"}
		}
		return []string{"ALTER ANY USER"}
	}
	return nil
}

// byFixedRole is what the fixed roles give and deny, beside what is written in permissions.
func (r rights) byFixedRole(permission string, on securable) catalog.State {
	data := on.class == catalog.ClassObject || on.class == catalog.ClassSchema || on.class == catalog.ClassDatabase
	switch permission {
	case "SELECT":
		if data && r.in[catalog.DBDenyDataReader] {
			return catalog.Denied
		}
	case "INSERT", "UPDATE", "DELETE":
		if data && r.in[catalog.DBDenyDataWriter] {
			return catalog.Denied
		}
	}
	if r.in[catalog.DBOwner] {
		return catalog.Granted
	}
	give := func(role int32) catalog.State {
		if r.in[role] {
			return catalog.Granted
		}
		return 0
	}
	switch permission {
	case "SELECT":
		return give(catalog.DBDataReader)
	case "INSERT", "UPDATE", "DELETE":
		return give(catalog.DBDataWriter)
	case "CREATE TABLE", "CREATE VIEW", "CREATE PROCEDURE", "CREATE FUNCTION", "CREATE SCHEMA", "CREATE TYPE", "CREATE SYNONYM", "CREATE SEQUENCE", "ALTER ANY SCHEMA", "REFERENCES", "ALTER ANY DATABASE SCOPED CONFIGURATION":
		return give(catalog.DBDDLAdmin)
	case "ALTER":
		switch on.class {
		case catalog.ClassObject, catalog.ClassSchema, catalog.ClassType:
			return give(catalog.DBDDLAdmin)
		case catalog.ClassPrincipal:
			p, ok := r.d.PrincipalByID(on.major)
			if ok && p.Type == catalog.Role {
				return give(catalog.DBSecurityAdmin)
			}
			return give(catalog.DBAccessAdmin)
		}
	case "ALTER ANY USER":
		return give(catalog.DBAccessAdmin)
	case "ALTER ANY ROLE", "CREATE ROLE":
		return give(catalog.DBSecurityAdmin)
	case "VIEW DEFINITION":
		if r.in[catalog.DBDDLAdmin] || r.in[catalog.DBSecurityAdmin] {
			return catalog.Granted
		}
	case "CONNECT":
		return give(catalog.DBAccessAdmin)
	}
	return 0
}

// on makes an object a securable.
func on(d *catalog.Database, o catalog.Object, column int32) securable {
	class := catalog.ClassObject
	major := o.Head().ID
	switch t := o.(type) {
	case *catalog.TableType:
		class, major = catalog.ClassType, t.TypeID
	case *catalog.AliasType:
		class, major = catalog.ClassType, t.TypeID
	}
	return securable{class: class, major: major, minor: column, schema: o.Head().SchemaID, owner: d.Owner(o)}
}

// permitBound asks for all that a statement needs, once for each statement, user and catalog.
func (r *run) permitBound(b *bound) error {
	if len(b.plan.Needs) == 0 {
		return nil
	}
	s := r.session
	view := s.view()
	if s.permittedFor != view {
		s.permittedFor = view
		clear(s.permitted)
	}
	if s.permitted[b] {
		return nil
	}
	if err := r.permit(b.plan.Needs); err != nil {
		return err
	}
	if len(s.permitted) > maxCachedPlans {
		clear(s.permitted)
	}
	s.permitted[b] = true
	return nil
}

// permit refuses what the user has not been granted. What is reached through a module of the same owner needs nothing.
func (r *run) permit(needs []plan.Need) error {
	who := &r.session.who
	if who.server || who.user == catalog.DBOID || len(needs) == 0 {
		return nil
	}
	d := r.session.view()
	have := who.rights(d)
	for _, n := range needs {
		o, ok := d.ObjectByID(n.Object)
		if !ok {
			continue // a temporary table or the server's own view
		}
		if n.Through != 0 && n.Through == d.Owner(o) {
			continue
		}
		if err := have.need(d, o, n); err != nil {
			r.refused(n.Permission, qualified(d, o))
			return err
		}
	}
	return nil
}

// qualified is an object's name with its schema.
func qualified(d *catalog.Database, o catalog.Object) string {
	schema, _ := d.SchemaByID(o.Head().SchemaID)
	return schema.Name + "." + o.Head().Name
}

func (r rights) need(d *catalog.Database, o catalog.Object, n plan.Need) error {
	if len(n.Columns) == 0 {
		if r.has(n.Permission, on(d, o, 0)) {
			return nil
		}
		return denied(d, o, n.Permission)
	}
	all := r.has(n.Permission, on(d, o, 0))
	for _, column := range n.Columns {
		if r.has(n.Permission, on(d, o, column)) {
			continue
		}
		if !all && !r.anyColumn(n.Permission, o) {
			return denied(d, o, n.Permission)
		}
		return deniedColumn(d, o, n.Permission, column)
	}
	return nil
}

// anyColumn reports whether a permission is granted on some column of an object: then it is a column that is refused.
func (r rights) anyColumn(permission string, o catalog.Object) bool {
	for _, p := range r.d.Permissions() {
		if p.Class == catalog.ClassObject && p.Major == o.Head().ID && p.Minor != 0 && r.in[p.Grantee] && p.Name == permission && p.State != catalog.Denied {
			return true
		}
	}
	return false
}

func denied(d *catalog.Database, o catalog.Object, permission string) error {
	schema, _ := d.SchemaByID(o.Head().SchemaID)
	return value.Errorf(229, 14, 5, "The %s permission was denied on the object '%s', database '%s', schema '%s'.", permission, o.Head().Name, d.Name, schema.Name)
}

func deniedColumn(d *catalog.Database, o catalog.Object, permission string, column int32) error {
	schema, _ := d.SchemaByID(o.Head().SchemaID)
	name := ""
	if t, ok := o.(*catalog.Table); ok {
		if at := t.Ordinal(column); at >= 0 {
			name = t.Columns[at].Name
		}
	} else if m, ok := o.(*catalog.Module); ok && int(column) <= len(m.Columns) && column > 0 {
		name = m.Columns[column-1].Name
	}
	return value.Errorf(230, 14, 1, "The %s permission was denied on the column '%s' of the object '%s', database '%s', schema '%s'.", permission, name, o.Head().Name, d.Name, schema.Name)
}

// mustBe asks for a permission on the database, as CREATE TABLE is.
func (r *run) mustBe(permission string) error {
	if allowed(r.session.view(), r.session.who, permission) {
		return nil
	}
	if permission == "CREATE TABLE" || permission == "CREATE VIEW" || permission == "CREATE PROCEDURE" || permission == "CREATE FUNCTION" {
		return value.Errorf(262, 14, 1, "%s permission denied in database '%s'.", permission, r.session.Database())
	}
	return value.Errorf(15247, 16, 1, "User does not have permission to perform this action.")
}

// mustAlter asks for the right to change an object.
func (r *run) mustAlter(o catalog.Object) error {
	s := r.session
	if s.who.server || o.Head().SchemaID == catalog.SchemaGlobal {
		return nil
	}
	d := s.view()
	if s.who.rights(d).has("ALTER", on(d, o, 0)) {
		return nil
	}
	return value.Errorf(1088, 16, 13, "Cannot find the object \"%s\" because it does not exist or you do not have permissions.", o.Head().Name)
}

// mayDrop reports whether the user may drop an object: it controls it, or may alter the schema that it is in; a trigger
// is its table's.
func (r *run) mayDrop(o catalog.Object) bool {
	s := r.session
	if s.who.server || o.Head().SchemaID == catalog.SchemaGlobal {
		return true
	}
	d := s.view()
	have := s.who.rights(d)
	if parent, ok := d.Table(o.Head().ParentID); ok && o.Head().Kind == catalog.KindTrigger {
		return have.has("ALTER", on(d, parent, 0))
	}
	schema, ok := d.SchemaByID(o.Head().SchemaID)
	return have.has("CONTROL", on(d, o, 0)) || ok && have.has("ALTER", securable{class: catalog.ClassSchema, major: schema.ID, owner: schema.Owner})
}

// mustAlterSchema asks for the right to put something into a schema.
func (r *run) mustAlterSchema(schema *catalog.Schema) error {
	s := r.session
	if s.who.server {
		return nil
	}
	if s.who.rights(s.view()).has("ALTER", securable{class: catalog.ClassSchema, major: schema.ID, owner: schema.Owner}) {
		return nil
	}
	return value.Errorf(2760, 16, 1, "The specified schema name \"%s\" either does not exist or you do not have permission to use it.", schema.Name)
}

// visible reports whether the user may know that an object exists: it owns it, or has some permission on it.
func (r *run) visible(id int32) bool {
	s := r.session
	d := s.view()
	o, ok := d.ObjectByID(id)
	if ok && o.Head().SchemaID == catalog.SchemaGlobal {
		return false // it is tempdb's
	}
	if s.who.server || s.who.user == catalog.DBOID {
		return true
	}
	if !ok {
		return false
	}
	if parent := o.Head().ParentID; parent != 0 {
		return r.visible(parent)
	}
	have := s.who.rights(d)
	for _, permission := range permissionsOf(o) {
		if have.has(permission, on(d, o, 0)) || have.anyColumn(permission, o) {
			return true
		}
	}
	return false
}

func permissionsOf(o catalog.Object) []string {
	switch o.Head().Kind {
	case catalog.KindTable, catalog.KindView, catalog.KindInlineFunction, catalog.KindTableFunction:
		return []string{"SELECT", "INSERT", "UPDATE", "DELETE", "REFERENCES", "VIEW DEFINITION", "ALTER", "CONTROL"}
	}
	return []string{"EXECUTE", "SELECT", "UPDATE", "VIEW DEFINITION", "ALTER", "CONTROL", "REFERENCES"}
}
