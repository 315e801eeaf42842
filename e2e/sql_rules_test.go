package e2e

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/sql/armsql"
	mssql "github.com/microsoft/go-mssqldb"
)

// TestLoginsObeyManager changes a server through Resource Manager, and logs in after each change.
func TestLoginsObeyManager(t *testing.T) {
	i := start(t, "AzureCloud")
	w := &sqlWorld{vaultWorld: newVaultWorld(t, i)}
	var err error
	w.clients, err = armsql.NewClientFactory(i.SubscriptionID, w.credential, &arm.ClientOptions{ClientOptions: w.options})
	w.check(err)
	ctx := t.Context()
	servers := w.clients.NewServersClient()
	poller, err := servers.BeginCreateOrUpdate(ctx, "demo", "e2e-rules", armsql.Server{Location: &i.location, Properties: &armsql.ServerProperties{
		AdministratorLogin: to.Ptr("boss"), AdministratorLoginPassword: to.Ptr("Correct-Horse-9"),
	}}, nil)
	w.server = *done(w, poller, err).ID
	patch := func(p armsql.ServerProperties) {
		t.Helper()
		poller, err := servers.BeginUpdate(ctx, "demo", "e2e-rules", armsql.ServerUpdate{Properties: &p}, nil)
		done(w, poller, err)
	}
	w.loginFails(40615, "Client with IP address '127.0.0.1' is not allowed", "boss", "Correct-Horse-9")
	_, err = w.clients.NewFirewallRulesClient().CreateOrUpdate(ctx, "demo", "e2e-rules", "here", armsql.FirewallRule{Properties: &armsql.ServerFirewallRuleProperties{
		StartIPAddress: to.Ptr("127.0.0.1"), EndIPAddress: to.Ptr("127.0.0.1"),
	}}, nil)
	w.check(err)
	w.loginFails(18456, "Login failed for user 'boss'", "boss", "wrong")
	w.check(w.login("master", "boss", "Correct-Horse-9").PingContext(ctx))
	patch(armsql.ServerProperties{AdministratorLoginPassword: to.Ptr("Another-Horse-9")})
	w.loginFails(18456, "Login failed for user 'boss'", "boss", "Correct-Horse-9")
	w.check(w.login("master", "boss", "Another-Horse-9").PingContext(ctx))
	patch(armsql.ServerProperties{PublicNetworkAccess: to.Ptr(armsql.ServerNetworkAccessFlagDisabled)})
	w.loginFails(47073, "Deny Public Network Access", "boss", "Another-Horse-9")
	patch(armsql.ServerProperties{PublicNetworkAccess: to.Ptr(armsql.ServerNetworkAccessFlagEnabled)})
	w.statements(ctx, w.login("master", "boss", "Another-Horse-9"))
	w.rowsAreKept(ctx)
	w.onlyEntra(ctx)
}

// login connects to the server as a program does that the names are resolved for.
func (w *sqlWorld) login(database, user, password string) *sql.DB {
	w.Helper()
	text, err := os.ReadFile(filepath.Join(w.i.data, "instance.json"))
	w.check(err)
	var instance struct{ SQL, CertificateAuthority string }
	w.check(json.Unmarshal(text, &instance))
	dsn := url.URL{Scheme: "sqlserver", User: url.UserPassword(user, password), Host: "e2e-rules.database.windows.net", RawQuery: url.Values{
		"database": {database}, "encrypt": {"true"}, "certificate": {instance.CertificateAuthority}, "dial timeout": {"5"}, "connection timeout": {"20"},
	}.Encode()}
	connector, err := mssql.NewConnector(dsn.String())
	w.check(err)
	connector.Dialer = named{instance.SQL}
	db := sql.OpenDB(connector)
	w.Cleanup(func() {
		if err := db.Close(); err != nil {
			w.Error(err)
		}
	})
	return db
}

// named is a dialer that knows where the cloud's names are.
type named struct{ address string }

func (n named) DialContext(ctx context.Context, network, _ string) (net.Conn, error) {
	return new(net.Dialer).DialContext(ctx, network, n.address)
}

// HostName has the name resolved by whom it is dialled.
func (n named) HostName() string { return "e2e-rules.database.windows.net" }

// loginFails wants a refusal with SQL Server's number.
func (w *sqlWorld) loginFails(number int32, text, user, password string) {
	w.Helper()
	err := w.login("master", user, password).PingContext(w.Context())
	var refusal mssql.Error
	if !errors.As(err, &refusal) || refusal.Number != number || !strings.Contains(err.Error(), text) {
		w.Errorf("want %d %q: %v", number, text, err)
	}
}

// statements makes, renames and drops a database with Transact-SQL, and looks for it in Resource Manager.
func (w *sqlWorld) statements(ctx context.Context, db *sql.DB) {
	w.Helper()
	c := w.clients.NewDatabasesClient()
	names := func() (all []string) {
		for _, d := range rows(w, c.NewListByServerPager("demo", "e2e-rules", nil), func(p armsql.DatabasesClientListByServerResponse) []*armsql.Database { return p.Value }) {
			all = append(all, *d.Name)
		}
		return all
	}
	execute := func(statement, want string) {
		w.Helper()
		if _, err := db.ExecContext(ctx, statement); err != nil {
			w.Fatalf("%s: %v", statement, err)
		}
		if got := strings.Join(names(), " "); got != want {
			w.Errorf("after %s there are %s, not %s", statement, got, want)
		}
	}
	execute("CREATE DATABASE made (EDITION = 'Standard', SERVICE_OBJECTIVE = 'S1')", "made master")
	made, err := c.Get(ctx, "demo", "e2e-rules", "made", nil)
	w.check(err)
	if *made.SKU.Capacity != 20 || *made.Properties.CurrentServiceObjectiveName != "S1" {
		w.Errorf("made: %+v %+v", made.SKU, made.Properties)
	}
	execute("ALTER DATABASE made MODIFY NAME = renamed", "master renamed")
	execute("DROP DATABASE renamed", "master")
	dropped := rows(w, w.clients.NewRestorableDroppedDatabasesClient().NewListByServerPager("demo", "e2e-rules", nil),
		func(p armsql.RestorableDroppedDatabasesClientListByServerResponse) []*armsql.RestorableDroppedDatabase {
			return p.Value
		})
	if len(dropped) != 1 || *dropped[0].Properties.DatabaseName != "renamed" {
		w.Errorf("dropped: %v", dropped)
	}
}

// rowsAreKept copies, drops, restores and renames a database through Resource Manager, and looks for its rows.
func (w *sqlWorld) rowsAreKept(ctx context.Context) {
	w.Helper()
	c := w.clients.NewDatabasesClient()
	create := func(name string, p *armsql.DatabaseProperties) {
		w.Helper()
		poller, err := c.BeginCreateOrUpdate(ctx, "demo", "e2e-rules", name, armsql.Database{Location: &w.i.location, Properties: p}, nil)
		done(w, poller, err)
	}
	holds := func(database string) {
		w.Helper()
		var text string
		if err := w.login(database, "boss", "Another-Horse-9").QueryRowContext(ctx, "SELECT Name FROM dbo.Bird WHERE ID = @p1", 2).Scan(&text); err != nil || text != "alcedo atthis" {
			w.Errorf("%s holds %q, %v", database, text, err)
		}
	}
	create("shop", nil)
	db := w.login("shop", "boss", "Another-Horse-9")
	for _, statement := range []string{
		"CREATE TABLE dbo.Bird (ID int NOT NULL PRIMARY KEY, Name nvarchar(40) NOT NULL)", "INSERT dbo.Bird VALUES (1, N'ceyx'), (2, N'alcedo atthis')",
	} {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			w.Fatalf("%s: %v", statement, err)
		}
	}
	create("twin", &armsql.DatabaseProperties{CreateMode: to.Ptr(armsql.CreateModeCopy), SourceDatabaseID: to.Ptr(w.server + "/databases/shop")})
	if _, err := db.ExecContext(ctx, "DELETE dbo.Bird"); err != nil {
		w.Error(err)
	}
	holds("twin")
	_, err := c.Rename(ctx, "demo", "e2e-rules", "twin", armsql.ResourceMoveDefinition{ID: to.Ptr(w.server + "/databases/moved")}, nil)
	w.check(err)
	holds("moved")
	gone, err := c.BeginDelete(ctx, "demo", "e2e-rules", "moved", nil)
	done(w, gone, err)
	if err := w.login("moved", "boss", "Another-Horse-9").PingContext(ctx); err == nil {
		w.Error("a dropped database lets in")
	}
	for _, d := range rows(w, w.clients.NewRestorableDroppedDatabasesClient().NewListByServerPager("demo", "e2e-rules", nil),
		func(p armsql.RestorableDroppedDatabasesClientListByServerResponse) []*armsql.RestorableDroppedDatabase {
			return p.Value
		}) {
		if *d.Properties.DatabaseName == "moved" {
			create("back", &armsql.DatabaseProperties{
				CreateMode: to.Ptr(armsql.CreateModeRestore), SourceDatabaseID: to.Ptr(w.server + "/databases/moved"), SourceDatabaseDeletionDate: d.Properties.DeletionDate,
			})
		}
	}
	holds("back")
}

// onlyEntra shuts the SQL administrator out.
func (w *sqlWorld) onlyEntra(ctx context.Context) {
	w.Helper()
	admin, err := w.clients.NewServerAzureADAdministratorsClient().BeginCreateOrUpdate(ctx, "demo", "e2e-rules", armsql.AdministratorNameActiveDirectory, armsql.ServerAzureADAdministrator{
		Properties: &armsql.AdministratorProperties{AdministratorType: to.Ptr(armsql.AdministratorTypeActiveDirectory), Login: to.Ptr("owner"), Sid: &w.objectID, TenantID: &w.i.TenantID},
	}, nil)
	done(w, admin, err)
	w.check(w.login("master", "boss", "Another-Horse-9").PingContext(ctx))
	only, err := w.clients.NewServerAzureADOnlyAuthenticationsClient().BeginCreateOrUpdate(ctx, "demo", "e2e-rules", armsql.AuthenticationNameDefault,
		armsql.ServerAzureADOnlyAuthentication{Properties: &armsql.AzureADOnlyAuthProperties{AzureADOnlyAuthentication: to.Ptr(true)}}, nil)
	done(w, only, err)
	w.loginFails(18456, "Azure Active Directory only authentication is enabled", "boss", "Another-Horse-9")
}
