package e2e

import (
	"context"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/sql/armsql"
)

// sqlWorld is the owner's armsql clients over one instance.
type sqlWorld struct {
	*vaultWorld
	clients *armsql.ClientFactory
	server  string // resource id
}

// TestServersWithSDK drives Microsoft.Sql with armsql, in each cloud.
func TestServersWithSDK(t *testing.T) {
	for name := range clouds {
		t.Run(name, func(t *testing.T) {
			w := &sqlWorld{vaultWorld: newVaultWorld(t, start(t, name))}
			var err error
			w.clients, err = armsql.NewClientFactory(w.i.SubscriptionID, w.credential, &arm.ClientOptions{ClientOptions: w.options})
			w.check(err)
			w.servers(t.Context())
			w.logins(t.Context())
			w.settings(t.Context())
			w.databases(t.Context())
			w.dropped(t.Context())
			w.pools(t.Context())
			w.notHere(t.Context())
			w.ended(t.Context())
		})
	}
}

// done waits for an operation.
func done[T any](w *sqlWorld, poller *runtime.Poller[T], err error) T {
	w.Helper()
	w.check(err)
	result, err := poller.PollUntilDone(w.Context(), &runtime.PollUntilDoneOptions{Frequency: time.Second})
	w.check(err)
	return result
}

// rows reads all pages.
func rows[P, T any](w *sqlWorld, pager *runtime.Pager[P], values func(P) []*T) (all []*T) {
	w.Helper()
	for pager.More() {
		page, err := pager.NextPage(w.Context())
		w.check(err)
		all = append(all, values(page)...)
	}
	return all
}

func (w *sqlWorld) servers(ctx context.Context) {
	w.Helper()
	c := w.clients.NewServersClient()
	free := func() bool {
		got, err := c.CheckNameAvailability(ctx, armsql.CheckNameAvailabilityRequest{Name: to.Ptr("e2e-sql"), Type: to.Ptr("Microsoft.Sql/servers")}, nil)
		w.check(err)
		return *got.Available
	}
	if !free() {
		w.Error("the name is taken before the server is there")
	}
	body := armsql.Server{Location: &w.i.location, Identity: &armsql.ResourceIdentity{Type: to.Ptr(armsql.IdentityTypeSystemAssigned)}, Properties: &armsql.ServerProperties{
		AdministratorLogin: to.Ptr("boss"), AdministratorLoginPassword: to.Ptr("simple"),
	}}
	_, err := c.BeginCreateOrUpdate(ctx, "demo", "e2e-sql", body, nil)
	w.refused(err, 400, "PasswordTooShort", "too short")
	body.Properties.AdministratorLoginPassword = to.Ptr("Correct-Horse-9")
	poller, err := c.BeginCreateOrUpdate(ctx, "demo", "e2e-sql", body, nil)
	made := done(w, poller, err)
	suffix := map[string]string{"AzureCloud": "database.windows.net", "AzureChinaCloud": "database.chinacloudapi.cn", "AzureUSGovernment": "database.usgovcloudapi.net"}[w.i.cloud]
	if p := made.Properties; *p.FullyQualifiedDomainName != "e2e-sql."+suffix || *p.State != "Ready" || *p.Version != "12.0" || *made.Kind != "v12.0" ||
		p.AdministratorLoginPassword != nil || *made.Identity.PrincipalID == "" {
		w.Errorf("made: %+v", p)
	}
	w.server = *made.ID
	if free() {
		w.Error("the name is free though the server is there")
	}
	update, err := c.BeginUpdate(ctx, "demo", "e2e-sql", armsql.ServerUpdate{
		Tags: map[string]*string{"a": to.Ptr("b")}, Properties: &armsql.ServerProperties{MinimalTLSVersion: to.Ptr("1.1")},
	}, nil)
	if changed := done(w, update, err); *changed.Properties.MinimalTLSVersion != "1.1" || *changed.Tags["a"] != "b" || *changed.Properties.AdministratorLogin != "boss" {
		w.Errorf("changed: %+v", changed.Properties)
	}
	all := rows(w, c.NewListPager(nil), func(p armsql.ServersClientListResponse) []*armsql.Server { return p.Value })
	group := rows(w, c.NewListByResourceGroupPager("demo", nil), func(p armsql.ServersClientListByResourceGroupResponse) []*armsql.Server { return p.Value })
	if len(all) != 1 || len(group) != 1 || *group[0].Name != "e2e-sql" {
		w.Errorf("servers: %v, %v", all, group)
	}
}

// logins sets the Entra administrator and shuts SQL logins out.
func (w *sqlWorld) logins(ctx context.Context) {
	w.Helper()
	admins, only := w.clients.NewServerAzureADAdministratorsClient(), w.clients.NewServerAzureADOnlyAuthenticationsClient()
	_, err := admins.Get(ctx, "demo", "e2e-sql", armsql.AdministratorNameActiveDirectory, nil)
	w.refused(err, 404, "ResourceNotFound", "ActiveDirectory")
	entraOnly := func(on bool) error {
		poller, err := only.BeginCreateOrUpdate(ctx, "demo", "e2e-sql", armsql.AuthenticationNameDefault, armsql.ServerAzureADOnlyAuthentication{
			Properties: &armsql.AzureADOnlyAuthProperties{AzureADOnlyAuthentication: &on},
		}, nil)
		if err == nil {
			_, err = poller.PollUntilDone(ctx, nil)
		}
		return err
	}
	w.refused(entraOnly(true), 400, "InvalidServerAADOnlyAuthNoAADAdminPropertyName", "AAD Admin is not configured")
	poller, err := admins.BeginCreateOrUpdate(ctx, "demo", "e2e-sql", armsql.AdministratorNameActiveDirectory, armsql.ServerAzureADAdministrator{
		Properties: &armsql.AdministratorProperties{
			AdministratorType: to.Ptr(armsql.AdministratorTypeActiveDirectory), Login: to.Ptr("owner"), Sid: &w.objectID, TenantID: &w.i.TenantID,
		},
	}, nil)
	if made := done(w, poller, err); *made.Properties.Sid != w.objectID || *made.Name != "ActiveDirectory" {
		w.Errorf("administrator: %+v", made.Properties)
	}
	w.check(entraOnly(true))
	got, err := only.Get(ctx, "demo", "e2e-sql", armsql.AuthenticationNameDefault, nil)
	w.check(err)
	shown, err := w.clients.NewServersClient().Get(ctx, "demo", "e2e-sql", &armsql.ServersClientGetOptions{Expand: to.Ptr("administrators/activedirectory")})
	w.check(err)
	if a := shown.Properties.Administrators; !*got.Properties.AzureADOnlyAuthentication || a == nil || !*a.AzureADOnlyAuthentication || *a.Login != "owner" {
		w.Errorf("only Entra: %+v, %+v", got.Properties, a)
	}
	_, err = admins.BeginDelete(ctx, "demo", "e2e-sql", armsql.AdministratorNameActiveDirectory, nil)
	w.refused(err, 400, "AadOnlyAuthenticationIsEnabled", "cannot be removed")
	off, err := only.BeginDelete(ctx, "demo", "e2e-sql", armsql.AuthenticationNameDefault, nil)
	done(w, off, err)
	gone, err := admins.BeginDelete(ctx, "demo", "e2e-sql", armsql.AdministratorNameActiveDirectory, nil)
	done(w, gone, err)
	left := rows(w, admins.NewListByServerPager("demo", "e2e-sql", nil), func(p armsql.ServerAzureADAdministratorsClientListByServerResponse) []*armsql.ServerAzureADAdministrator {
		return p.Value
	})
	states := rows(w, only.NewListByServerPager("demo", "e2e-sql", nil), func(p armsql.ServerAzureADOnlyAuthenticationsClientListByServerResponse) []*armsql.ServerAzureADOnlyAuthentication {
		return p.Value
	})
	if len(left) != 0 || len(states) != 1 || *states[0].Properties.AzureADOnlyAuthentication {
		w.Errorf("left: %v, %v", left, states)
	}
}

// settings drives firewall rules, connection policies, and what clients ask of a location.
func (w *sqlWorld) settings(ctx context.Context) {
	w.Helper()
	rules := w.clients.NewFirewallRulesClient()
	rule := func(start, end string) armsql.FirewallRule {
		return armsql.FirewallRule{Properties: &armsql.ServerFirewallRuleProperties{StartIPAddress: &start, EndIPAddress: &end}}
	}
	_, err := rules.CreateOrUpdate(ctx, "demo", "e2e-sql", "bad", rule("2.0.0.0", "1.0.0.0"), nil)
	w.refused(err, 400, "InvalidServerFirewallRuleResourceParameters", "parameters are invalid")
	_, err = rules.CreateOrUpdate(ctx, "demo", "e2e-sql", "AllowAllWindowsAzureIps", rule("0.0.0.0", "0.0.0.0"), nil)
	w.check(err)
	got, err := rules.Get(ctx, "demo", "e2e-sql", "AllowAllWindowsAzureIps", nil)
	w.check(err)
	all := rows(w, rules.NewListByServerPager("demo", "e2e-sql", nil), func(p armsql.FirewallRulesClientListByServerResponse) []*armsql.FirewallRule { return p.Value })
	if *got.Properties.StartIPAddress != "0.0.0.0" || len(all) != 1 {
		w.Errorf("rules: %+v, %v", got.Properties, all)
	}
	_, err = rules.Delete(ctx, "demo", "e2e-sql", "AllowAllWindowsAzureIps", nil)
	w.check(err)

	policies := w.clients.NewServerConnectionPoliciesClient()
	poller, err := policies.BeginCreateOrUpdate(ctx, "demo", "e2e-sql", armsql.ConnectionPolicyNameDefault, armsql.ServerConnectionPolicy{
		Properties: &armsql.ServerConnectionPolicyProperties{ConnectionType: to.Ptr(armsql.ServerConnectionTypeProxy)},
	}, nil)
	done(w, poller, err)
	policy, err := policies.Get(ctx, "demo", "e2e-sql", armsql.ConnectionPolicyNameDefault, nil)
	w.check(err)
	if *policy.Properties.ConnectionType != armsql.ServerConnectionTypeProxy {
		w.Errorf("policy: %+v", policy.Properties)
	}

	offered, err := w.clients.NewCapabilitiesClient().ListByLocation(ctx, w.i.location, nil)
	w.check(err)
	usage, err := w.clients.NewSubscriptionUsagesClient().Get(ctx, w.i.location, "ServerQuota", nil)
	w.check(err)
	if len(offered.SupportedServerVersions) != 1 || len(offered.SupportedServerVersions[0].SupportedEditions) != 6 || *usage.Properties.CurrentValue != 1 {
		w.Errorf("offered: %+v, used: %+v", offered, usage.Properties)
	}
	operations := rows(w, w.clients.NewOperationsClient().NewListPager(nil), func(p armsql.OperationsClientListResponse) []*armsql.Operation { return p.Value })
	if len(operations) == 0 {
		w.Error("no operations are listed")
	}
}

func (w *sqlWorld) databases(ctx context.Context) {
	w.Helper()
	c := w.clients.NewDatabasesClient()
	_, err := c.BeginCreateOrUpdate(ctx, "demo", "e2e-sql", "db", armsql.Database{Location: &w.i.location, SKU: &armsql.SKU{Name: to.Ptr("S99")}}, nil)
	w.refused(err, 400, "InvalidSku", "The sku 'S99' specified is invalid.")
	poller, err := c.BeginCreateOrUpdate(ctx, "demo", "e2e-sql", "db", armsql.Database{Location: &w.i.location, SKU: &armsql.SKU{Name: to.Ptr("S1")}}, nil)
	made := done(w, poller, err)
	if p := made.Properties; *p.Status != armsql.DatabaseStatusOnline || *p.CurrentServiceObjectiveName != "S1" || *p.Collation != "SQL_Latin1_General_CP1_CI_AS" || *made.SKU.Tier != "Standard" {
		w.Errorf("made: %+v", p)
	}
	update, err := c.BeginUpdate(ctx, "demo", "e2e-sql", "db", armsql.DatabaseUpdate{SKU: &armsql.SKU{Name: to.Ptr("GP_S_Gen5_2")}}, nil)
	if changed := done(w, update, err); *changed.SKU.Capacity != 2 || *changed.Kind != "v12.0,user,vcore,serverless" || *changed.Properties.DatabaseID != *made.Properties.DatabaseID {
		w.Errorf("changed: %+v %+v", changed.SKU, changed.Properties)
	}
	twin, err := c.BeginCreateOrUpdate(ctx, "demo", "e2e-sql", "twin", armsql.Database{Location: &w.i.location, Properties: &armsql.DatabaseProperties{
		CreateMode: to.Ptr(armsql.CreateModeCopy), SourceDatabaseID: made.ID,
	}}, nil)
	if copied := done(w, twin, err); *copied.Properties.CurrentServiceObjectiveName != "GP_S_Gen5_2" || *copied.Properties.DatabaseID == *made.Properties.DatabaseID {
		w.Errorf("copied: %+v", copied.Properties)
	}
	_, err = c.Rename(ctx, "demo", "e2e-sql", "twin", armsql.ResourceMoveDefinition{ID: to.Ptr(w.server + "/databases/other")}, nil)
	w.check(err)
	_, err = c.Get(ctx, "demo", "e2e-sql", "twin", nil)
	w.refused(err, 404, "ResourceNotFound", "twin")
	all := rows(w, c.NewListByServerPager("demo", "e2e-sql", nil), func(p armsql.DatabasesClientListByServerResponse) []*armsql.Database { return p.Value })
	lost := rows(w, c.NewListInaccessibleByServerPager("demo", "e2e-sql", nil), func(p armsql.DatabasesClientListInaccessibleByServerResponse) []*armsql.Database { return p.Value })
	if len(all) != 3 || *all[0].Name != "db" || *all[1].Name != "master" || *all[2].Name != "other" || len(lost) != 0 {
		w.Errorf("databases: %v, %v", all, lost)
	}
	_, err = c.BeginDelete(ctx, "demo", "e2e-sql", "master", nil)
	w.refused(err, 400, "CannotUseReservedDatabaseName", "reserved")
	usages := rows(w, w.clients.NewServerUsagesClient().NewListByServerPager("demo", "e2e-sql", nil), func(p armsql.ServerUsagesClientListByServerResponse) []*armsql.ServerUsage {
		return p.Value
	})
	if len(usages) == 0 {
		w.Error("no usages of the server")
	}
}

// dropped deletes a database and takes it back.
func (w *sqlWorld) dropped(ctx context.Context) {
	w.Helper()
	c, policies := w.clients.NewDatabasesClient(), w.clients.NewBackupShortTermRetentionPoliciesClient()
	retention, err := policies.BeginCreateOrUpdate(ctx, "demo", "e2e-sql", "other", armsql.ShortTermRetentionPolicyNameDefault, armsql.BackupShortTermRetentionPolicy{
		Properties: &armsql.BackupShortTermRetentionPolicyProperties{RetentionDays: to.Ptr(int32(14))},
	}, nil)
	if kept := done(w, retention, err); *kept.Properties.RetentionDays != 14 {
		w.Errorf("retention: %+v", kept.Properties)
	}
	gone, err := c.BeginDelete(ctx, "demo", "e2e-sql", "other", nil)
	done(w, gone, err)
	restorable := w.clients.NewRestorableDroppedDatabasesClient()
	all := rows(w, restorable.NewListByServerPager("demo", "e2e-sql", nil), func(p armsql.RestorableDroppedDatabasesClientListByServerResponse) []*armsql.RestorableDroppedDatabase {
		return p.Value
	})
	if len(all) != 1 || *all[0].Properties.DatabaseName != "other" {
		w.Fatalf("restorable: %v", all)
	}
	one, err := restorable.Get(ctx, "demo", "e2e-sql", *all[0].Name, nil)
	w.check(err)
	back, err := c.BeginCreateOrUpdate(ctx, "demo", "e2e-sql", "back", armsql.Database{Location: &w.i.location, Properties: &armsql.DatabaseProperties{
		CreateMode: to.Ptr(armsql.CreateModeRestore), SourceDatabaseID: to.Ptr(w.server + "/databases/other"), SourceDatabaseDeletionDate: one.Properties.DeletionDate,
	}}, nil)
	if restored := done(w, back, err); *restored.Name != "back" || *restored.Properties.Status != armsql.DatabaseStatusOnline {
		w.Errorf("restored: %+v", restored.Properties)
	}
	if left := rows(w, restorable.NewListByServerPager("demo", "e2e-sql", nil), func(p armsql.RestorableDroppedDatabasesClientListByServerResponse) []*armsql.RestorableDroppedDatabase {
		return p.Value
	}); len(left) != 0 {
		w.Errorf("restorable still: %v", left)
	}
}

func (w *sqlWorld) pools(ctx context.Context) {
	w.Helper()
	c := w.clients.NewElasticPoolsClient()
	poller, err := c.BeginCreateOrUpdate(ctx, "demo", "e2e-sql", "pool", armsql.ElasticPool{
		Location: &w.i.location, SKU: &armsql.SKU{Name: to.Ptr("GP_Gen5"), Tier: to.Ptr("GeneralPurpose"), Family: to.Ptr("Gen5"), Capacity: to.Ptr(int32(2))},
	}, nil)
	pool := done(w, poller, err)
	databases := w.clients.NewDatabasesClient()
	inside, err := databases.BeginCreateOrUpdate(ctx, "demo", "e2e-sql", "pooled", armsql.Database{Location: &w.i.location, Properties: &armsql.DatabaseProperties{ElasticPoolID: pool.ID}}, nil)
	if made := done(w, inside, err); *made.Properties.ElasticPoolID != *pool.ID || *made.SKU.Name != "ElasticPool" || *made.ManagedBy != *pool.ID {
		w.Errorf("in the pool: %+v", made.Database)
	}
	members := rows(w, databases.NewListByElasticPoolPager("demo", "e2e-sql", "pool", nil), func(p armsql.DatabasesClientListByElasticPoolResponse) []*armsql.Database { return p.Value })
	all := rows(w, c.NewListByServerPager("demo", "e2e-sql", nil), func(p armsql.ElasticPoolsClientListByServerResponse) []*armsql.ElasticPool { return p.Value })
	if len(members) != 1 || len(all) != 1 {
		w.Errorf("pools: %v with %v", all, members)
	}
	_, err = c.BeginDelete(ctx, "demo", "e2e-sql", "pool", nil)
	w.refused(err, 409, "ElasticPoolNotEmpty", "not empty")
}

// notHere asks for what there is not.
func (w *sqlWorld) notHere(ctx context.Context) {
	w.Helper()
	groups := w.clients.NewFailoverGroupsClient()
	_, err := groups.BeginCreateOrUpdate(ctx, "demo", "e2e-sql", "fg", armsql.FailoverGroup{Properties: &armsql.FailoverGroupProperties{
		PartnerServers:    []*armsql.PartnerInfo{{ID: to.Ptr(w.server + "-2")}},
		ReadWriteEndpoint: &armsql.FailoverGroupReadWriteEndpoint{FailoverPolicy: to.Ptr(armsql.ReadWriteEndpointFailoverPolicyManual)},
	}}, nil)
	w.refused(err, 400, "UnableToResolveRemoteServer", "e2e-sql-2")
	_, err = groups.Get(ctx, "demo", "e2e-sql", "fg", nil)
	w.refused(err, 404, "ResourceNotFound", "fg")
	_, err = w.clients.NewDatabasesClient().BeginPause(ctx, "demo", "e2e-sql", "db", nil)
	w.refused(err, 404, "InvalidResourceType", "pause")
}

func (w *sqlWorld) ended(ctx context.Context) {
	w.Helper()
	c := w.clients.NewServersClient()
	poller, err := c.BeginDelete(ctx, "demo", "e2e-sql", nil)
	done(w, poller, err)
	_, err = c.Get(ctx, "demo", "e2e-sql", nil)
	w.refused(err, 404, "ResourceNotFound", "e2e-sql")
	_, err = w.clients.NewDatabasesClient().Get(ctx, "demo", "e2e-sql", "db", nil)
	w.refused(err, 404, "ParentResourceNotFound", "e2e-sql")
}
