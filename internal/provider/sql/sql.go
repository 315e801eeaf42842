// Package sql is the resource provider Microsoft.Sql: logical servers with their Entra administrators, firewalls and
// connection policies, databases, elastic pools, and what clients ask before they make one. Each setting goes to Azure
// SQL's service in the transaction that stores it, so that the next login obeys it. The package must never know a
// protocol, nor what is in a database.
package sql

import (
	"context"
	"io"

	"github.com/alcedo-cloud/alcedo/internal/cloud"
	"github.com/alcedo-cloud/alcedo/internal/resource"
	"github.com/alcedo-cloud/alcedo/internal/sqldb"
)

// Namespace is the provider's.
const Namespace = "Microsoft.Sql"

const (
	serverType   = "servers"
	databaseType = "servers/databases"
)

// Identities keeps identity blocks. identity.Service is the one that serves.
type Identities interface {
	Apply(ctx context.Context, ch *resource.Change) error
	Remove(ctx context.Context, ch *resource.Change) error
}

// Config is what the provider stands on. All of it is required.
type Config struct {
	Registry   sqldb.Registry
	Identities Identities
	Cloud      cloud.Cloud
	Rand       io.Reader // of the names of administrators that nobody chose
	TenantID   string    // GUID
}

type provider struct{ Config }

// Provider returns the provider's table.
func Provider(c Config) resource.Provider {
	p := &provider{c}
	types := p.serverTypes()
	types = append(append(types, p.databaseTypes()...), p.standingTypes()...)
	return resource.Provider{Namespace: Namespace, Types: append(types, p.locationTypes()...)}
}

func (p *provider) serverTypes() []resource.Type {
	return []resource.Type{
		{
			Name: serverType, APIVersions: versions(), CheckName: checkServerName,
			Stored: &resource.Stored{Tracked: true, Put: p.putServer, Delete: p.deleteServer, View: p.viewServer},
		},
		{
			Name: "servers/administrators", APIVersions: versions(),
			Get: p.getAdministrator, List: p.listAdministrators, Put: p.putAdministrator, Delete: p.deleteAdministrator,
		},
		{
			Name: "servers/azureADOnlyAuthentications", APIVersions: versions(),
			Get: p.getEntraOnly, List: p.listEntraOnly, Put: p.putEntraOnly, Delete: p.deleteEntraOnly,
		},
		{
			Name: "servers/firewallRules", APIVersions: versions(), CheckName: checkRuleName,
			Stored: &resource.Stored{Put: p.putFirewallRule, Delete: p.deleteFirewallRule},
		},
		{
			Name: "servers/connectionPolicies", APIVersions: versions(),
			Get: p.getConnectionPolicy, List: p.listConnectionPolicies, Put: p.putConnectionPolicy, Patch: p.putConnectionPolicy,
		},
		{
			Name: "servers/elasticPools", APIVersions: versions(), CheckName: checkPoolName,
			Stored: &resource.Stored{Tracked: true, Put: p.putPool, Delete: p.deletePool},
		},
		{Name: "servers/elasticPools/databases", APIVersions: versions(), List: p.listPoolDatabases},
		{
			Name: "servers/failoverGroups", APIVersions: versions(),
			Get: p.getFailoverGroup, List: emptyList, Put: p.putFailoverGroup, Delete: nothingToDelete,
		},
		{Name: "servers/usages", APIVersions: versions(), List: p.listServerUsages},
		{Name: "servers/operations", APIVersions: versions(), List: emptyList},
		{Name: "servers/inaccessibleDatabases", APIVersions: versions(), List: emptyList},
		{
			Name: "servers/restorableDroppedDatabases", APIVersions: versions(), Get: p.getDropped, List: p.listDropped,
		},
	}
}

func (p *provider) databaseTypes() []resource.Type {
	return []resource.Type{
		{
			Name: databaseType, APIVersions: versions(), CheckName: checkDatabaseName,
			Stored:  &resource.Stored{Tracked: true, Put: p.putDatabase, Delete: p.deleteDatabase},
			Actions: map[string]resource.Handler{"move": p.renameDatabase},
		},
		{
			Name: "servers/databases/backupShortTermRetentionPolicies", APIVersions: versions(),
			Get: p.getRetention, List: p.listRetention, Put: p.putRetention, Patch: p.putRetention,
		},
		{Name: "servers/databases/operations", APIVersions: versions(), List: emptyList},
	}
}

func (p *provider) locationTypes() []resource.Type {
	return []resource.Type{
		{
			Name: "checkNameAvailability", APIVersions: versions(), Global: true,
			Actions: map[string]resource.Handler{"": p.checkNameAvailability},
		},
		{Name: "locations/capabilities", APIVersions: versions(), Global: true, List: p.listCapabilities},
		{Name: "locations/usages", APIVersions: versions(), Global: true, List: p.listUsages, Get: p.getUsage},
	}
}

// versions are those of the provider, newest first. Source: the bicep types of the resource provider.
func versions() []string {
	return []string{
		"2024-11-01-preview", "2024-05-01-preview", "2023-08-01-preview", "2023-08-01", "2023-05-01-preview", "2023-02-01-preview",
		"2022-11-01-preview", "2022-08-01-preview", "2022-05-01-preview", "2022-02-01-preview", "2021-11-01-preview", "2021-11-01",
		"2021-08-01-preview", "2021-05-01-preview", "2021-02-01-preview", "2020-11-01-preview", "2020-08-01-preview",
		"2020-02-02-preview", "2019-06-01-preview", "2018-06-01-preview", "2017-10-01-preview", "2017-03-01-preview",
		"2015-05-01-preview", "2015-05-01", "2014-04-01", "2014-04-01-preview",
	}
}

// emptyList answers collections of things that never are here: running operations, databases that lost their key.
func emptyList(context.Context, *resource.Call) (*resource.Answer, error) {
	return &resource.Answer{Body: map[string]any{"value": []any{}}}, nil
}
