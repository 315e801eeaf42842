package sqldb

import (
	"slices"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/txn"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// grant is GRANT, DENY and REVOKE.
func (r *run) grant(s *tsql.Permission) error {
	return r.change(func(e *catalog.Edit, _ *txn.Tx) error {
		asked, columns, err := r.securable(e.Database(), s)
		if err != nil {
			return err
		}
		for i := range s.Permissions {
			names, err := permissionNames(s.Permissions[i], asked)
			if err != nil {
				return err
			}
			on, err := columnsNamed(e.Database(), asked, slices.Concat(s.Permissions[i].Columns, columns))
			if err != nil {
				return err
			}
			for _, name := range names {
				if err := r.mayGrant(e.Database(), s, name, asked); err != nil {
					return err
				}
				if err := r.grantTo(e, s, name, asked, on); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// securable resolves ON [class::]name.
func (r *run) securable(d *catalog.Database, s *tsql.Permission) (securable, []tsql.Ident, error) {
	if s.On == nil {
		return securable{class: catalog.ClassDatabase}, nil, nil
	}
	name := s.On.Name
	missing := func(what string) error {
		return value.Errorf(15151, 16, 1, "Cannot find the %s '%s', because it does not exist or you do not have permission.", what, name.Name.Name)
	}
	switch s.On.Class {
	case "", "OBJECT":
		o, ok := r.find(name)
		if !ok {
			return securable{}, nil, missing("object")
		}
		return on(d, o, 0), s.On.Columns, nil
	case "SCHEMA":
		schema, ok := d.Schema(name.Name.Name)
		if !ok {
			return securable{}, nil, missing("schema")
		}
		return securable{class: catalog.ClassSchema, major: schema.ID, owner: schema.Owner}, nil, nil
	case "DATABASE":
		if !strings.EqualFold(name.Name.Name, d.Name) {
			return securable{}, nil, missing("database")
		}
		return securable{class: catalog.ClassDatabase}, nil, nil
	case "USER", "ROLE":
		p, ok := d.Principal(name.Name.Name)
		if !ok {
			return securable{}, nil, missing(strings.ToLower(s.On.Class))
		}
		return securable{class: catalog.ClassPrincipal, major: p.ID, owner: p.Owner}, nil, nil
	case "TYPE":
		o, ok := r.findType(name)
		if !ok {
			return securable{}, nil, missing("type")
		}
		return on(d, o, 0), nil, nil
	}
	return securable{}, nil, value.Errorf(40510, 16, 1, "Statement 'GRANT ON %s' is not supported in this version of SQL Server.", s.On.Class)
}

// permissionNames checks a permission's name against its class; ALL stands for those of the class.
func permissionNames(p tsql.PermissionItem, asked securable) ([]string, error) {
	classes := map[catalog.Class]string{
		catalog.ClassObject:    "|SELECT|INSERT|UPDATE|DELETE|EXECUTE|REFERENCES|ALTER|CONTROL|TAKE OWNERSHIP|VIEW DEFINITION|VIEW CHANGE TRACKING|RECEIVE|UNMASK|",
		catalog.ClassSchema:    "|SELECT|INSERT|UPDATE|DELETE|EXECUTE|REFERENCES|ALTER|CONTROL|TAKE OWNERSHIP|VIEW DEFINITION|VIEW CHANGE TRACKING|CREATE SEQUENCE|UNMASK|",
		catalog.ClassPrincipal: "|ALTER|CONTROL|IMPERSONATE|VIEW DEFINITION|TAKE OWNERSHIP|",
		catalog.ClassType:      "|CONTROL|EXECUTE|REFERENCES|TAKE OWNERSHIP|VIEW DEFINITION|",
		catalog.ClassDatabase: "|SELECT|INSERT|UPDATE|DELETE|EXECUTE|REFERENCES|ALTER|CONTROL|TAKE OWNERSHIP|VIEW DEFINITION|CONNECT|CREATE TABLE|CREATE VIEW|CREATE PROCEDURE|CREATE FUNCTION|CREATE SCHEMA|" +
			"CREATE ROLE|CREATE TYPE|CREATE SYNONYM|CREATE DEFAULT|CREATE RULE|CREATE USER|ALTER ANY USER|ALTER ANY ROLE|ALTER ANY SCHEMA|ALTER ANY DATABASE SCOPED CONFIGURATION|VIEW DATABASE STATE|VIEW DATABASE PERFORMANCE STATE|" +
			"VIEW ANY COLUMN MASTER KEY DEFINITION|VIEW ANY COLUMN ENCRYPTION KEY DEFINITION|SHOWPLAN|UNMASK|KILL DATABASE CONNECTION|BACKUP DATABASE|BACKUP LOG|CHECKPOINT|SUBSCRIBE QUERY NOTIFICATIONS|",
	}
	if p.Name == "ALL" {
		if asked.class == catalog.ClassDatabase {
			return []string{"CREATE TABLE", "CREATE VIEW", "CREATE PROCEDURE", "CREATE FUNCTION"}, nil
		}
		return []string{"SELECT", "INSERT", "UPDATE", "DELETE", "REFERENCES"}, nil
	}
	if !strings.Contains(classes[asked.class], "|"+p.Name+"|") {
		return nil, value.Errorf(102, 15, 1, "Incorrect syntax near '%s'.", p.Name).At(p.At.Line)
	}
	return []string{p.Name}, nil
}

func columnsNamed(d *catalog.Database, asked securable, names []tsql.Ident) ([]int32, error) {
	if len(names) == 0 {
		return []int32{0}, nil
	}
	o, ok := d.ObjectByID(asked.major)
	if !ok || asked.class != catalog.ClassObject {
		return nil, value.Errorf(1020, 15, 1, "Sub-entity lists (such as column or security expressions) cannot be specified for entity-level permissions.")
	}
	var ids []int32
	for _, n := range names {
		found := int32(0)
		for _, c := range columnsOf(o) {
			if strings.EqualFold(c.Name, n.Name) {
				found = c.ID
			}
		}
		if found == 0 {
			return nil, value.Errorf(1911, 16, 1, "Column name '%s' does not exist in the target table or view.", n.Name)
		}
		ids = append(ids, found)
	}
	return ids, nil
}

// mayGrant asks whether the user may give a permission away: it controls the securable, is in db_securityadmin, or holds
// the permission with the grant option.
// With the grant option alone it denies nobody, and revokes what it has itself granted.
func (r *run) mayGrant(d *catalog.Database, s *tsql.Permission, name string, asked securable) error {
	who := r.session.who
	if who.server || who.user == catalog.DBOID {
		return nil
	}
	have := who.rights(d)
	if have.in[catalog.DBSecurityAdmin] || have.has("CONTROL", asked) {
		return nil
	}
	for grantee := range have.in {
		if p, ok := d.Permission(asked.class, asked.major, 0, grantee, name); ok && p.State == catalog.GrantedWithGrant && r.ownGrant(d, s, name, asked) {
			return nil
		}
	}
	if o, ok := d.ObjectByID(asked.major); ok && asked.class == catalog.ClassObject {
		return value.Errorf(15151, 16, 1, "Cannot find the object '%s', because it does not exist or you do not have permission.", o.Head().Name)
	}
	return value.Errorf(4613, 16, 1, "Grantor does not have GRANT permission.")
}

// ownGrant reports whether a statement gives, or takes only what its user gave.
func (r *run) ownGrant(d *catalog.Database, s *tsql.Permission, name string, asked securable) bool {
	if s.Verb != tsql.Grant {
		for _, to := range s.Principals {
			p, ok := d.Principal(to.Name)
			if !ok {
				continue
			}
			if old, there := d.Permission(asked.class, asked.major, 0, p.ID, name); s.Verb == tsql.Deny || there && old.Grantor != r.session.who.user {
				return false
			}
		}
	}
	return true
}

func (r *run) grantTo(e *catalog.Edit, s *tsql.Permission, name string, asked securable, columns []int32) error {
	for _, to := range s.Principals {
		p, ok := e.Database().Principal(to.Name)
		if !ok {
			return value.Errorf(15151, 16, 1, "Cannot find the user '%s', because it does not exist or you do not have permission.", to.Name)
		}
		if p.ID == catalog.DBOID || p.ID == catalog.SysID || p.ID == catalog.InformationID || p.ID == r.session.who.user && !r.session.who.server {
			return value.Errorf(4624, 16, 1, "Cannot grant, deny, or revoke permissions to sa, dbo, entity owner, information_schema, sys, or yourself.")
		}
		if p.Fixed {
			return value.Errorf(4617, 16, 1, "Cannot grant, deny or revoke permissions to or from special roles.")
		}
		for _, column := range columns {
			x := catalog.Permission{Class: asked.class, Major: asked.major, Minor: column, Grantee: p.ID, Grantor: r.session.who.user, Name: name, State: catalog.Granted}
			switch {
			case s.Verb == tsql.Revoke && s.GrantOptionFor:
				if old, ok := e.Database().Permission(x.Class, x.Major, x.Minor, x.Grantee, x.Name); ok && old.State == catalog.GrantedWithGrant {
					e.PutPermission(&x)
				}
			case s.Verb == tsql.Revoke:
				e.Revoke(x)
			case s.Verb == tsql.Deny:
				x.State = catalog.Denied
				e.PutPermission(&x)
			default:
				if s.GrantOption {
					x.State = catalog.GrantedWithGrant
				}
				e.PutPermission(&x)
			}
			if column == 0 && s.Verb != tsql.Revoke && asked.class == catalog.ClassObject {
				r.dropColumnGrants(e, x)
			}
		}
	}
	return nil
}

// dropColumnGrants removes what was said of single columns: the whole object's word replaces it.
func (r *run) dropColumnGrants(e *catalog.Edit, x catalog.Permission) {
	for _, p := range e.Database().Permissions() {
		if p.Class == x.Class && p.Major == x.Major && p.Minor != 0 && p.Grantee == x.Grantee && p.Name == x.Name {
			e.Revoke(*p)
		}
	}
}

// alterAuthorization gives a schema, a role or an object's schema another owner.
func (r *run) alterAuthorization(s *tsql.AlterAuthorization) error {
	return r.change(func(e *catalog.Edit, _ *txn.Tx) error {
		d := e.Database()
		owner, ok := d.Principal(s.To.Name)
		if s.SchemaOwner {
			return value.Errorf(40510, 16, 1, "Statement 'ALTER AUTHORIZATION TO SCHEMA OWNER' is not supported in this version of SQL Server.")
		}
		if !ok {
			return noPrincipal(s.To.Name)
		}
		if !r.session.who.server && r.session.who.user != catalog.DBOID && !r.session.who.rights(d).in[catalog.DBOwner] {
			return value.Errorf(15247, 16, 1, "User does not have permission to perform this action.")
		}
		switch s.On.Class {
		case "SCHEMA":
			schema, ok := d.Schema(s.On.Name.Name.Name)
			if !ok {
				return value.Errorf(15151, 16, 1, "Cannot find the schema '%s', because it does not exist or you do not have permission.", s.On.Name.Name.Name)
			}
			next := *schema
			next.Owner = owner.ID
			e.PutSchema(&next)
			return nil
		case "ROLE":
			role, ok := d.Principal(s.On.Name.Name.Name)
			if !ok || role.Type != catalog.Role || role.Fixed {
				return noPrincipal(s.On.Name.Name.Name)
			}
			next := *role
			next.Owner = owner.ID
			e.PutPrincipal(&next)
			return nil
		}
		return value.Errorf(40510, 16, 1, "Statement 'ALTER AUTHORIZATION ON %s' is not supported in this version of SQL Server.", s.On.Class)
	})
}
