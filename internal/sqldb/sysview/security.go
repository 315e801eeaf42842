package sysview

import (
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

const serverPrincipalColumns = `name sysname, principal_id int, sid varbinary(85) null, type char(1), type_desc nvarchar(60) null, is_disabled bit null,
	create_date datetime, modify_date datetime, default_database_name sysname null, default_language_name sysname null,
	credential_id int null, owning_principal_id int null, is_fixed_role bit`

func securityViews() []view {
	return []view{
		{"sys", "database_principals", `name sysname, principal_id int, type char(1), type_desc nvarchar(60) null, default_schema_name sysname null,
			create_date datetime, modify_date datetime, owning_principal_id int null, sid varbinary(85) null, is_fixed_role bit,
			authentication_type int, authentication_type_desc nvarchar(60) null, default_language_name sysname null,
			default_language_lcid int null, allow_encrypted_value_modifications bit`, databasePrincipals},
		{"sys", "database_role_members", "role_principal_id int, member_principal_id int", roleMembers},
		{"sys", "database_permissions", `class tinyint, class_desc nvarchar(60) null, major_id int, minor_id int, grantee_principal_id int,
			grantor_principal_id int, type char(4), permission_name nvarchar(128) null, state char(1), state_desc nvarchar(60) null`, databasePermissions},
		{"sys", "server_principals", serverPrincipalColumns, serverPrincipals},
		{"sys", "sql_logins", serverPrincipalColumns + `, is_policy_checked bit null, is_expiration_checked bit null, password_hash varbinary(256) null`, sqlLogins},
		{"sys", "server_role_members", "role_principal_id int, member_principal_id int", serverRoleMembers},
		{"sys", "user_token", "principal_id int null, sid varbinary(85) null, name nvarchar(128) null, type nvarchar(128) null, usage nvarchar(128) null", userToken},
	}
}

func principalTypeName(t catalog.PrincipalType) string {
	switch t {
	case catalog.SQLUser:
		return "SQL_USER"
	case catalog.ExternalUser:
		return "EXTERNAL_USER"
	case catalog.ExternalGroup:
		return "EXTERNAL_GROUPS"
	case catalog.Role:
		return "DATABASE_ROLE"
	}
	return ""
}

// authentication is authentication_type and its name.
func authentication(p *catalog.Principal) (int, string) {
	switch {
	case p.Type == catalog.ExternalUser || p.Type == catalog.ExternalGroup:
		return 4, "EXTERNAL"
	case p.Password != "":
		return 2, "DATABASE"
	case p.Type == catalog.SQLUser && (p.Login != "" || p.ID == catalog.DBOID):
		return 1, "INSTANCE"
	}
	return 0, "NONE"
}

// seesPrincipal: everybody sees the fixed principals and itself; others are seen with a permission on them.
func (r *rows) seesPrincipal(p *catalog.Principal, all bool) bool {
	return all || p.Fixed || p.ID <= catalog.SysID || p.ID == r.userID()
}

// userID is the user that asks.
func (r *rows) userID() int32 {
	v, err := r.env.Ask("USER_ID", nil)
	if err != nil {
		r.fail(err)
		return -1
	}
	return int32(v.Int64())
}

// seesAllPrincipals reports whether the user may see the definitions of the database.
func (r *rows) seesAllPrincipals() bool {
	return r.has("VIEW DEFINITION") || r.has("ALTER ANY USER") || r.has("ALTER ANY ROLE")
}

// has asks for a permission on the database.
func (r *rows) has(permission string) bool {
	v, err := r.env.Ask("HAS_PERMS_BY_NAME", []value.Value{value.Null(), value.OfString("DATABASE"), value.OfString(permission)})
	if err != nil {
		r.fail(err)
		return false
	}
	return v.Int64() == 1
}

func databasePrincipals(r *rows) {
	all := r.seesAllPrincipals()
	for _, p := range r.db.Principals() {
		if !r.seesPrincipal(p, all) {
			continue
		}
		kind, kindName := authentication(p)
		owner := any(nil)
		if p.Type == catalog.Role {
			owner = p.Owner
		}
		sid := any(nil)
		if len(p.SID) > 0 {
			sid = p.SID
		}
		if !r.add(p.Name, p.ID, string(p.Type), principalTypeName(p.Type), textOrNull(p.DefaultSchema), p.Created, p.Modified, owner, sid, p.Fixed,
			kind, kindName, nil, nil, false) {
			return
		}
	}
}

func roleMembers(r *rows) {
	all := r.seesAllPrincipals()
	for _, m := range r.db.Members() {
		p, ok := r.db.PrincipalByID(m.Principal)
		if ok && r.seesPrincipal(p, all) && !r.add(m.Role, m.Principal) {
			return
		}
	}
}

// permissionCodes are type of sys.database_permissions.
var permissionCodes = map[string]string{
	"ALTER": "AL", "ALTER ANY APPLICATION ROLE": "ALAR", "ALTER ANY DATABASE DDL TRIGGER": "ALTG", "ALTER ANY ROLE": "ALRL",
	"ALTER ANY SCHEMA": "ALSM", "ALTER ANY USER": "ALUS", "AUTHENTICATE": "AUTH", "BACKUP DATABASE": "BADB", "CHECKPOINT": "CP",
	"CONNECT": "CO", "CONTROL": "CL", "CREATE DEFAULT": "CRDF", "CREATE FUNCTION": "CRFN", "CREATE PROCEDURE": "CRPR",
	"CREATE ROLE": "CRRL", "CREATE RULE": "CRRU", "CREATE SCHEMA": "CRSM", "CREATE SEQUENCE": "CRSO", "CREATE SYNONYM": "CRSN",
	"CREATE TABLE": "CRTB", "CREATE TYPE": "CRTY", "CREATE VIEW": "CRVW", "DELETE": "DL", "EXECUTE": "EX", "IMPERSONATE": "IM",
	"INSERT": "IN", "REFERENCES": "RF", "SELECT": "SL", "SHOWPLAN": "SPLN", "TAKE OWNERSHIP": "TO", "UNMASK": "UMSK", "UPDATE": "UP",
	"VIEW CHANGE TRACKING": "VWCT", "VIEW DATABASE STATE": "VWDS", "VIEW DEFINITION": "VW", "KILL DATABASE CONNECTION": "KIDC",
	"ALTER ANY DATABASE SCOPED CONFIGURATION": "ALDC", "ALTER ANY MASK": "AAMK", "ALTER ANY SECURITY POLICY": "ALSP", "CREATE USER": "CUSR",
	"VIEW DATABASE PERFORMANCE STATE": "VDP", "VIEW DATABASE SECURITY STATE": "VDSS",
}

func stateName(s catalog.State) string {
	switch s {
	case catalog.Denied:
		return "DENY"
	case catalog.GrantedWithGrant:
		return "GRANT_WITH_GRANT_OPTION"
	}
	return "GRANT"
}

func databasePermissions(r *rows) {
	all := r.seesAllPrincipals()
	for _, p := range r.db.Permissions() {
		grantee, ok := r.db.PrincipalByID(p.Grantee)
		if !ok || !r.seesPrincipal(grantee, all) {
			continue
		}
		if !r.add(uint8(p.Class), className(uint8(p.Class)), p.Major, p.Minor, p.Grantee, p.Grantor, permissionCodes[p.Name], p.Name, string(rune(p.State)), stateName(p.State)) {
			return
		}
	}
}

// The rows of Server("logins"), in master: name, sid, type, is_disabled, create_date, modify_date, default_database_name.
const serverLoginColumns = 7

// logins goes over the server's logins with their rows, of serverPrincipalColumns. A login's number is its place, after
// those that every server has.
func (r *rows) logins(visit func(name, kind string, row []any)) {
	for i, l := range r.env.Server("logins") {
		if len(l) < serverLoginColumns {
			continue
		}
		kind, kindName := l[2].Text(), "SQL_LOGIN"
		switch catalog.PrincipalType(kind) {
		case catalog.ExternalUser:
			kindName = "EXTERNAL_LOGIN"
		case catalog.ExternalGroup:
			kindName = "EXTERNAL_GROUP"
		}
		visit(l[0].Text(), kind, []any{l[0], firstLogin + i, l[1], kind, kindName, l[3], l[4], l[5], l[6], "us_english", nil, nil, false})
	}
}

const (
	firstLogin = 257
	firstRole  = 17 // of the server's own roles
)

// serverRoleNames are the roles that a logical server has.
var serverRoleNames = []string{
	"##MS_DatabaseConnector##", "##MS_DatabaseManager##", "##MS_DefinitionReader##", "##MS_LoginManager##",
	"##MS_SecurityDefinitionReader##", "##MS_ServerStateManager##", "##MS_ServerStateReader##",
}

func serverPrincipals(r *rows) {
	for i, name := range serverRoleNames {
		r.add(name, firstRole+i, nil, "R", "SERVER_ROLE", false, r.db.Created, r.db.Created, nil, nil, nil, 1, true)
	}
	r.logins(func(_, _ string, row []any) { r.add(row...) })
}

func sqlLogins(r *rows) {
	r.logins(func(_, kind string, row []any) {
		if kind == string(catalog.SQLUser) {
			r.add(append(row, true, false, nil)...)
		}
	})
}

func serverRoleMembers(r *rows) {
	r.logins(func(name, _ string, row []any) {
		l, ok := r.db.Login(name)
		if !ok {
			return
		}
		for _, role := range l.Roles {
			for j, known := range serverRoleNames {
				if strings.EqualFold(role, known) {
					r.add(firstRole+j, row[1])
				}
			}
		}
	})
}

func userToken(r *rows) {
	user := r.userID()
	for id := range r.db.Roles(user) {
		p, ok := r.db.PrincipalByID(id)
		if !ok {
			continue
		}
		kind := "ROLE"
		if p.Type != catalog.Role {
			kind = strings.ReplaceAll(principalTypeName(p.Type), "_", " ")
		}
		r.add(id, p.SID, p.Name, kind, "GRANT OR DENY")
	}
}
