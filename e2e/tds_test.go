package e2e

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/sql/armsql"
)

// The SQL administrator of the servers that these tests make.
const (
	boss         = "boss"
	bossPassword = "Correct-Horse-9"
)

// sqlSuffix is the domain of each cloud's servers.
var sqlSuffix = map[string]string{
	"AzureCloud": "database.windows.net", "AzureChinaCloud": "database.chinacloudapi.cn", "AzureUSGovernment": "database.usgovcloudapi.net",
}

// database is an Azure SQL database of one instance. The owner's service principal is its server's Entra administrator.
type database struct {
	*vaultWorld
	server, name string
	host         string // of the server
}

// newDatabase makes a server with a database.
func newDatabase(t *testing.T, i *instance) *database {
	t.Helper()
	d := &database{vaultWorld: newVaultWorld(t, i), server: "shop", name: "app", host: "shop." + sqlSuffix[i.cloud]}
	clients, err := armsql.NewClientFactory(i.SubscriptionID, d.credential, &arm.ClientOptions{ClientOptions: d.options})
	d.check(err)
	w := &sqlWorld{vaultWorld: d.vaultWorld}
	server, err := clients.NewServersClient().BeginCreateOrUpdate(t.Context(), "demo", d.server, armsql.Server{
		Location: &i.location, Properties: &armsql.ServerProperties{AdministratorLogin: to.Ptr(boss), AdministratorLoginPassword: to.Ptr(bossPassword)},
	}, nil)
	done(w, server, err)
	admin, err := clients.NewServerAzureADAdministratorsClient().BeginCreateOrUpdate(t.Context(), "demo", d.server, armsql.AdministratorNameActiveDirectory,
		armsql.ServerAzureADAdministrator{Properties: &armsql.AdministratorProperties{
			AdministratorType: to.Ptr(armsql.AdministratorTypeActiveDirectory), Login: to.Ptr("owner"), Sid: &i.ClientID, TenantID: &i.TenantID,
		}}, nil)
	done(w, admin, err)
	made, err := clients.NewDatabasesClient().BeginCreateOrUpdate(t.Context(), "demo", d.server, d.name, armsql.Database{Location: &i.location}, nil)
	done(w, made, err)
	_, err = clients.NewFirewallRulesClient().CreateOrUpdate(t.Context(), "demo", d.server, "AllowAllWindowsAzureIps", armsql.FirewallRule{
		Properties: &armsql.ServerFirewallRuleProperties{StartIPAddress: to.Ptr("0.0.0.0"), EndIPAddress: to.Ptr("0.0.0.0")},
	}, nil)
	d.check(err)
	return d
}

// dsn is go-mssqldb's, by the server's own name.
func (d *database) dsn(more ...string) string {
	return strings.Join(append([]string{"server=" + d.host, "database=" + d.name, "encrypt=true"}, more...), ";")
}

// running is what instance.json says of the address for SQL clients.
type running struct {
	SQL       string `json:"sql"`
	Authority string `json:"certificateAuthority"`
}

// address is where `alcedo up` answers SQL clients on loopback, and the file with its authority.
func (d *database) address() (host, port, authority string) {
	d.Helper()
	var r running
	text, err := os.ReadFile(filepath.Join(d.i.data, "instance.json"))
	d.check(err)
	d.check(json.Unmarshal(text, &r))
	host, port, err = net.SplitHostPort(r.SQL)
	d.check(err)
	return host, port, r.Authority
}

// outside is go-mssqldb's DSN for that address, with the SQL administrator's login.
func (d *database) outside() string {
	d.Helper()
	host, port, authority := d.address()
	return strings.Join([]string{
		"server=" + host, "port=" + port, "database=" + d.name, "user id=" + boss + "@" + d.server, "password=" + bossPassword,
		"encrypt=true", "certificate=" + authority, "hostNameInCertificate=" + d.host,
	}, ";")
}

// batchAnswer is what the SDK's program prints of a batch.
type batchAnswer struct {
	Rows   [][]any `json:"rows"`
	Number int     `json:"number"`
	Class  int     `json:"class"`
	Text   string  `json:"text"`
}

// batches runs batches on one connection of go-mssqldb's at a place.
func (d *database) batches(at place, dsn string, batches ...string) []batchAnswer {
	d.Helper()
	needNamespaces(d.T)
	r := d.i.must(d.T, d.i.program(at, append([]string{client, "-cloud", d.i.cloud, "sql", dsn}, batches...)...))
	var out []batchAnswer
	decode(d.T, r.stdout, &out)
	if len(out) != len(batches) {
		d.Fatalf("%d answers to %d batches: %s", len(out), len(batches), r)
	}
	return out
}

// rows wants rows, which it gives as one text.
func (d *database) rows(at place, dsn, batch, want string) {
	d.Helper()
	a := d.batches(at, dsn, batch)[0]
	if got := fmt.Sprint(a.Rows); a.Number != 0 || got != want {
		d.Errorf("%s gives %s %d %s, want %s", batch, got, a.Number, a.Text, want)
	}
}

// denied wants an error by its number and a part of its text.
func (d *database) denied(at place, dsn, batch string, number int, text string) {
	d.Helper()
	if a := d.batches(at, dsn, batch)[0]; a.Number != number || !strings.Contains(a.Text, text) {
		d.Errorf("%s gives %v %d %s, want %d %s", batch, a.Rows, a.Number, a.Text, number, text)
	}
}

// ok wants no error of any batch.
func (d *database) ok(at place, dsn string, batches ...string) {
	d.Helper()
	for n, a := range d.batches(at, dsn, batches...) {
		if a.Number != 0 {
			d.Fatalf("%s gives %d %s", batches[n], a.Number, a.Text)
		}
	}
}

// TestSQLWithManagedIdentity is the tutorial's SQL part, by an unmodified go-mssqldb in each cloud: a machine is refused,
// gets a user of its own, reads what its role lets it, and no more.
func TestSQLWithManagedIdentity(t *testing.T) {
	for cloud := range clouds {
		t.Run(cloud, func(t *testing.T) {
			i := start(t, cloud)
			d := newDatabase(t, i)
			id := i.owner(t, "identity-create", "demo", "reader", i.location)
			i.owner(t, "vm-identity", "demo", "web", "SystemAssigned, UserAssigned", at(id, "id"))
			web, workstation := i.machine("web"), i.workstation()
			workstation.env = append(workstation.env, "AZURE_AUTHORITY_HOST=https://"+clouds[cloud].login+"/") // go-mssqldb takes the public cloud's for granted
			owner := d.dsn("fedauth=ActiveDirectoryServicePrincipal", "user id="+i.ClientID+"@"+i.TenantID, "password="+i.ClientSecret)
			managed := d.dsn("fedauth=ActiveDirectoryManagedIdentity")
			selected := d.dsn("fedauth=ActiveDirectoryManagedIdentity", "user id="+at(id, "properties", "clientId"))

			d.ok(workstation, owner, "CREATE TABLE dbo.Product (id int PRIMARY KEY, name nvarchar(50))", "INSERT dbo.Product VALUES (1, N'Kühlschrank')")
			d.denied(web, managed, "SELECT 1", 18456, "Login failed for user '<token-identified principal>'.")
			d.ok(workstation, owner, "CREATE USER [web] FROM EXTERNAL PROVIDER")
			d.rows(web, managed, "SELECT USER_NAME(), DB_NAME()", "[[web app]]")
			d.denied(web, managed, "SELECT * FROM dbo.Product", 229, "The SELECT permission was denied on the object 'Product', database 'app', schema 'dbo'.")
			d.ok(workstation, owner, "ALTER ROLE db_datareader ADD MEMBER [web]")
			for _, dsn := range []string{managed, d.dsn("fedauth=ActiveDirectoryDefault"), strings.Replace(managed, "encrypt=true", "encrypt=strict", 1)} {
				d.rows(web, dsn, "SELECT * from dbo.Product", "[[1 Kühlschrank]]")
			}
			d.denied(web, managed, "INSERT dbo.Product VALUES (2, N'x')", 229, "The INSERT permission was denied")
			d.denied(web, managed, "DROP TABLE dbo.Product", 3701, "")
			d.denied(web, strings.Replace(managed, "database=app", "database=master", 1), "SELECT 1", 18456, "Login failed")
			d.denied(web, strings.Replace(managed, "database=app", "database=nowhere", 1), "SELECT 1", 18456, "Login failed")

			d.denied(web, selected, "SELECT 1", 18456, "Login failed")
			d.ok(workstation, owner, "CREATE USER [reader] FROM EXTERNAL PROVIDER; GRANT SELECT ON dbo.Product TO [reader]")
			d.rows(web, selected, "SELECT USER_NAME(), COUNT(*) FROM dbo.Product", "[[reader 1]]")

			wrong := at(i.sdk(t, web, "token", "https://"+clouds[cloud].resourceManager+"/.default"), "token")
			d.denied(workstation, d.dsn("fedauth=ActiveDirectoryServicePrincipalAccessToken", "password="+wrong), "SELECT 1", 18456, "Login failed for user '<token-identified principal>'.")
			right := at(i.sdk(t, web, "token", "https://"+sqlSuffix[cloud]+"/.default"), "token")
			d.rows(workstation, d.dsn("fedauth=ActiveDirectoryServicePrincipalAccessToken", "password="+right), "SELECT USER_NAME()", "[[web]]")

			d.ok(workstation, owner, "CREATE USER ["+i.UserPrincipalName+"] FROM EXTERNAL PROVIDER")
			person := d.dsn("fedauth=ActiveDirectoryPassword", "user id="+i.UserPrincipalName, "password="+i.Password, "applicationclientid=04b07795-8ddb-461a-bbee-02f9e1bf7b46")
			d.rows(workstation, person, "SELECT USER_NAME()", "[["+i.UserPrincipalName+"]]")
		})
	}
}
