package catalog

import "time"

// PrincipalType is the code of sys.database_principals.type.
type PrincipalType string

// The types of principals.
const (
	SQLUser       PrincipalType = "S"
	ExternalUser  PrincipalType = "E"
	ExternalGroup PrincipalType = "X"
	Role          PrincipalType = "R"
)

// The principals that every database has.
const (
	PublicID         int32 = 0
	DBOID            int32 = 1
	GuestID          int32 = 2
	InformationID    int32 = 3
	SysID            int32 = 4
	DBOwner          int32 = 16384
	DBAccessAdmin    int32 = 16385
	DBSecurityAdmin  int32 = 16386
	DBDDLAdmin       int32 = 16387
	DBBackupOperator int32 = 16389
	DBDataReader     int32 = 16390
	DBDataWriter     int32 = 16391
	DBDenyDataReader int32 = 16392
	DBDenyDataWriter int32 = 16393
)

// Principal is a user or role of a database.
type Principal struct {
	ID            int32
	Name          string
	Type          PrincipalType
	SID           []byte
	ObjectID      string // of an external principal: the directory's id of what the sid names
	DefaultSchema string
	Owner         int32
	Fixed         bool
	Password      string // of a contained user, hashed; empty where the login is elsewhere
	WithoutLogin  bool
	Login         string // the server login that a SQL user belongs to; empty for contained and external users
	Created       time.Time
	Modified      time.Time
}

// Member says that a principal is in a role.
type Member struct{ Role, Principal int32 }

// Class is what a permission is on, with the numbers of sys.database_permissions.
type Class uint8

// The classes of securables.
const (
	ClassDatabase  Class = 0
	ClassObject    Class = 1
	ClassSchema    Class = 3
	ClassPrincipal Class = 4
	ClassType      Class = 6
)

// State is G (granted), W (with grant option) or D (denied).
type State byte

// The states of a permission.
const (
	Granted          State = 'G'
	GrantedWithGrant State = 'W'
	Denied           State = 'D'
)

// Permission is a row of sys.database_permissions.
type Permission struct {
	Class   Class
	Major   int32 // object, schema or principal; 0 for the database
	Minor   int32 // column id; 0 for the whole
	Grantee int32
	Grantor int32
	Name    string // SELECT, CONTROL, VIEW DEFINITION …
	State   State
}

type grantKey struct {
	class        Class
	major, minor int32
	grantee      int32
	name         string
}

// Login is a server's login. Logins live in the catalog of the database master.
type Login struct {
	Name     string
	Type     PrincipalType
	SID      []byte
	ObjectID string // of an external login
	Password string // hashed
	Disabled bool
	Database string   // its default database
	Roles    []string // server roles: ##MS_DatabaseManager## …
	Created  time.Time
	Modified time.Time
}
