package sqldb

import (
	"context"
	"net/netip"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/store"
)

// Server is a logical server as Resource Manager describes it and logins obey it. Names are lower case.
type Server struct {
	Name          string
	ResourceID    string
	Location      string
	TenantID      string
	AdminLogin    string // empty where only Entra may log in
	AdminPassword Hash   // of its password
	Administrator *Administrator
	EntraOnly     bool
	PublicNetwork bool // publicNetworkAccess is not Disabled
	MinimumTLS    string
	Firewall      []FirewallRule
	// Identity is the object id of the identity by which the server reads the directory; empty for none.
	Identity string
	Created  time.Time
}

// Hash is a password's salted hash; Service.Hash makes it.
type Hash string

// Administrator is the server's Entra administrator.
type Administrator struct {
	Login    string // display name or user principal name
	ObjectID string // directory object id; of an application, that of its service principal or its client id
	TenantID string
	Type     string // User, Group or Application; empty where it was not said
}

// FirewallRule lets addresses in. A rule from 0.0.0.0 to 0.0.0.0 lets in all of Azure: the sandboxes of this cloud.
type FirewallRule struct {
	Name       string
	Start, End netip.Addr
}

// DatabaseSettings are what a database is created with.
type DatabaseSettings struct {
	Collation string // empty for SQL_Latin1_General_CP1_CI_AS
	Edition   string // Basic, Standard, GeneralPurpose …: a record
	Objective string // S0, GP_S_Gen5_1 …: a record
	MaxBytes  int64
	Retention time.Duration // how long it can be restored after deletion
	Copy      *DatabaseRef  // createMode Copy, or Restore of a Deleted one
}

// DatabaseRef names a database, or with Deleted a dropped one.
type DatabaseRef struct {
	Server, Database string
	Deleted          time.Time
}

// Database is a database as its server knows it.
type Database struct {
	Server, Name string
	ID           int32
	GUID         string
	Settings     DatabaseSettings
	Created      time.Time
	Deleted      time.Time // zero while it lives
}

// Registry is what the provider of Microsoft.Sql calls; *Service is one. The methods with a transaction are called in
// the hooks of resources, so that a resource and what it stands for change together.
type Registry interface {
	PutServer(tx store.Tx, s Server) error // creates it, with its master database, or changes it
	DeleteServer(tx store.Tx, name string) error
	Server(ctx context.Context, name string) (*Server, bool, error) // in memory
	Hash(password string) (Hash, error)
	CreateDatabase(tx store.Tx, server, name string, s DatabaseSettings) (Database, error)
	// ChangeDatabase changes the record's settings; what its rows are stays.
	ChangeDatabase(tx store.Tx, server, name string, s DatabaseSettings) error
	RenameDatabase(tx store.Tx, server, name, to string) error
	// DropDatabase keeps it restorable for the retention, with purge not.
	DropDatabase(tx store.Tx, server, name string, purge bool) error
	Databases(ctx context.Context, server string) ([]Database, error)
	DroppedDatabases(ctx context.Context, server string) ([]Database, error)
}
