package sqldb

import (
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

func (e surroundings) askSecurity(name string, args []value.Value) (value.Value, bool) {
	s := e.session
	d := s.view()
	switch name {
	case "USER_NAME", "CURRENT_USER", "SESSION_USER", "USER":
		if len(args) == 0 {
			return words(s.who.name)
		}
		id, _ := argNumber(args, 0)
		if p, ok := d.PrincipalByID(id); ok {
			return words(p.Name)
		}
		return nothing()
	case "USER_ID", "DATABASE_PRINCIPAL_ID":
		if len(args) == 0 {
			return number(s.who.user)
		}
		text, _ := argText(args, 0)
		if p, ok := d.Principal(text); ok {
			return number(p.ID)
		}
		return nothing()
	case "SUSER_SNAME", "SUSER_NAME", "SYSTEM_USER":
		return e.loginName(args)
	case "ORIGINAL_LOGIN":
		return words(s.original.login)
	case "SUSER_ID":
		return number(1)
	case "SUSER_SID":
		text, given := argText(args, 0)
		if !given || strings.EqualFold(text, s.who.login) {
			return value.OfByteSlice(s.who.sid), true
		}
		return nothing()
	case "IS_MEMBER", "IS_ROLEMEMBER":
		return e.isMember(args)
	case "IS_SRVROLEMEMBER":
		role, _ := argText(args, 0)
		switch strings.ToLower(role) {
		case "public":
			return number(1)
		case "sysadmin", "serveradmin", "securityadmin", "dbcreator", "processadmin", "setupadmin", "diskadmin", "bulkadmin":
			return number(0) // not even a server administrator is one in Azure SQL
		}
		return nothing()
	case "HAS_DBACCESS":
		text, _ := argText(args, 0)
		return truth(strings.EqualFold(text, d.Name) || strings.EqualFold(text, master))
	case "HAS_PERMS_BY_NAME":
		return e.hasPermission(args)
	case "PERMISSIONS":
		return nothing()
	}
	return value.Value{}, false
}

func (e surroundings) loginName(args []value.Value) (value.Value, bool) {
	who := e.session.who
	if len(args) == 0 {
		return words(who.login)
	}
	if args[0].IsNull() {
		return nothing()
	}
	if args[0].Kind() == value.KindBytes {
		if args[0].Text() == string(who.sid) {
			return words(who.login)
		}
		for _, p := range e.session.view().Principals() {
			if string(p.SID) == args[0].Text() {
				return words(p.Name)
			}
		}
		return nothing()
	}
	return words(who.login)
}

func (e surroundings) isMember(args []value.Value) (value.Value, bool) {
	s := e.session
	d := s.view()
	text, ok := argText(args, 0)
	if !ok {
		return nothing()
	}
	role, found := d.Principal(text)
	if !found {
		return nothing()
	}
	who := s.who
	if other, given := argText(args, 1); given {
		p, ok := d.Principal(other)
		if !ok {
			return nothing()
		}
		who = identity{user: p.ID}
	}
	return truth(who.rights(d).in[role.ID])
}

// hasPermission is HAS_PERMS_BY_NAME(securable, class, permission [, sub-securable, its class]).
func (e surroundings) hasPermission(args []value.Value) (value.Value, bool) {
	s := e.session
	d := s.view()
	name, named := argText(args, 0)
	class, _ := argText(args, 1)
	permission, ok := argText(args, 2)
	if !ok {
		return nothing()
	}
	permission = strings.ToUpper(permission)
	asked := securable{class: catalog.ClassDatabase}
	switch strings.ToUpper(class) {
	case "OBJECT":
		o, found := e.named(name)
		if !found {
			return nothing()
		}
		if o.Head().ID < 0 { // the server's own are everybody's to read
			granted := o.Head().Kind == catalog.KindView && permission == "SELECT" || o.Head().Kind == catalog.KindProcedure && permission == "EXECUTE"
			return value.OfBool(granted), true
		}
		asked = on(d, o, 0)
		if column, given := argText(args, 3); given {
			for _, c := range columnsOf(o) {
				if strings.EqualFold(c.Name, column) {
					asked.minor = c.ID
				}
			}
			if asked.minor == 0 {
				return nothing()
			}
		}
	case "SCHEMA":
		schema, found := d.Schema(name)
		if !found {
			return nothing()
		}
		asked = securable{class: catalog.ClassSchema, major: schema.ID, owner: schema.Owner}
	case "USER", "ROLE":
		p, found := d.Principal(name)
		if !found {
			return nothing()
		}
		asked = securable{class: catalog.ClassPrincipal, major: p.ID, owner: p.Owner}
	case "DATABASE":
		if named && name != "" && !strings.EqualFold(name, d.Name) {
			return nothing()
		}
	case "", "SERVER":
		return truth(s.who.server)
	default:
		return nothing()
	}
	if permission == "ANY" {
		return truth(s.who.server || asked.class != catalog.ClassObject || e.visible(asked.major))
	}
	return truth(s.who.server || s.who.rights(d).has(permission, asked))
}
