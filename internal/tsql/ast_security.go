package tsql

// UserForm says where a user's authentication comes from.
type UserForm uint8

// The forms.
const (
	UserDefault      UserForm = iota // CREATE USER name: of the login of that name
	UserForLogin                     // FOR LOGIN login
	UserWithoutLogin                 // WITHOUT LOGIN
	UserExternal                     // FROM EXTERNAL PROVIDER
	UserOther                        // FOR CERTIFICATE, FOR ASYMMETRIC KEY
)

// CreateUser is CREATE USER. A contained user with password, and one WITH SID, TYPE, are told by their options.
type CreateUser struct {
	Node
	Name    Ident
	Form    UserForm
	Login   Ident    // of UserForLogin; the certificate or key of UserOther
	Options []Option // PASSWORD, DEFAULT_SCHEMA, DEFAULT_LANGUAGE, SID, TYPE, OBJECT_ID, ALLOW_ENCRYPTED_VALUE_MODIFICATIONS
}

// AlterUser is ALTER USER name WITH options: NAME, LOGIN, PASSWORD (OLD_PASSWORD below it), DEFAULT_SCHEMA, ….
type AlterUser struct {
	Node
	Name     Ident
	External bool
	Options  []Option
}

// CreateLogin is CREATE LOGIN.
type CreateLogin struct {
	Node
	Name    Ident
	Source  string   // "", EXTERNAL PROVIDER, WINDOWS, CERTIFICATE, ASYMMETRIC KEY
	Options []Option // PASSWORD (HASHED and MUST_CHANGE below it), SID, DEFAULT_DATABASE, OBJECT_ID, TYPE, …
}

// AlterLogin is ALTER LOGIN name ENABLE | DISABLE | WITH options.
type AlterLogin struct {
	Node
	Name    Ident
	Enable  Toggle
	Options []Option // PASSWORD (OLD_PASSWORD, UNLOCK, HASHED, MUST_CHANGE below it), NAME, DEFAULT_DATABASE, …
}

// CreateRole is CREATE ROLE, or (Server) CREATE SERVER ROLE.
type CreateRole struct {
	Node
	Name   Ident
	Owner  Ident
	Server bool
}

// AlterRole is ALTER ROLE and ALTER SERVER ROLE: one of Add, Drop and Rename is set.
type AlterRole struct {
	Node
	Name              Ident
	Add, Drop, Rename Ident
	Server            bool
}

// PermissionVerb is GRANT, DENY or REVOKE.
type PermissionVerb uint8

// The verbs.
const (
	Grant PermissionVerb = iota
	Deny
	Revoke
)

// Permission is GRANT, DENY or REVOKE.
type Permission struct {
	Node
	Verb           PermissionVerb
	Permissions    []PermissionItem
	On             *Securable // nil: the database, or the server, as the permission says
	Principals     []Ident
	GrantOption    bool // WITH GRANT OPTION
	GrantOptionFor bool // REVOKE GRANT OPTION FOR
	Cascade        bool
	As             Ident
}

// PermissionItem is one permission, with columns if it is on some only. ALL is read as ALL PRIVILEGES is.
type PermissionItem struct {
	Node
	Name    string // in upper case, words joined by one blank: SELECT, VIEW DEFINITION, ALL
	Columns []Ident
}

// Securable is [class::]name [(columns)].
type Securable struct {
	Node
	Class   string // in upper case: OBJECT, SCHEMA, DATABASE, USER, ROLE, TYPE, …; "": not given
	Name    ObjectName
	Columns []Ident
}

// AlterAuthorization is ALTER AUTHORIZATION ON securable TO principal | SCHEMA OWNER.
type AlterAuthorization struct {
	Node
	On          Securable
	To          Ident
	SchemaOwner bool
}

// ExecuteAs is EXECUTE AS.
type ExecuteAs struct {
	Node
	Kind     string // CALLER, USER, LOGIN
	Name     Expr   // of USER and LOGIN: a literal or a variable
	NoRevert bool
	Cookie   string // variable of WITH COOKIE INTO; ""
}

// Revert is REVERT [WITH COOKIE = @v].
type Revert struct {
	Node
	Cookie string
}

func (*CreateUser) statement()         {}
func (*AlterUser) statement()          {}
func (*CreateLogin) statement()        {}
func (*AlterLogin) statement()         {}
func (*CreateRole) statement()         {}
func (*AlterRole) statement()          {}
func (*Permission) statement()         {}
func (*AlterAuthorization) statement() {}
func (*ExecuteAs) statement()          {}
func (*Revert) statement()             {}
