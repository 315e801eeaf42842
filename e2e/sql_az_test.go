package e2e

import (
	"strings"
	"testing"
)

// TestAzSQL manages servers and databases with Debian's az sql.
func TestAzSQL(t *testing.T) {
	i := start(t, "AzureChinaCloud")
	az := i.az(t, i.workstation())
	az.text(t, "login", "--service-principal", "-u", i.ClientID, "-p", i.ClientSecret, "--tenant", i.TenantID)
	az.text(t, "group", "create", "-n", "rg", "-l", i.location)
	server := func(args ...string) []string {
		return append([]string{"sql"}, append(args, "-g", "rg", "-n", "az-sql")...)
	}
	child := func(args ...string) []string {
		return append([]string{"sql"}, append(args, "-g", "rg", "-s", "az-sql")...)
	}
	az.refused(t, "PasswordNotComplex", server("server", "create", "-l", i.location, "-u", "boss", "-p", "onlylowercase")...)
	made := az.json(t, server("server", "create", "-l", i.location, "-u", "boss", "-p", "Correct-Horse-9", "--assign-identity")...)
	if at(made, "fullyQualifiedDomainName") != "az-sql.database.chinacloudapi.cn" || at(made, "identity", "principalId") == "" || at(made, "administratorLoginPassword") != "" {
		t.Errorf("created: %v", made)
	}
	if got := az.json(t, server("server", "update", "--minimal-tls-version", "1.2")...); at(got, "minimalTlsVersion") != "1.2" {
		t.Errorf("updated: %v", got)
	}
	if got := az.text(t, "sql", "server", "list", "-g", "rg", "--query", "[].name", "-o", "tsv"); strings.TrimSpace(got) != "az-sql" {
		t.Errorf("servers: %s", got)
	}
	az.json(t, child("server", "firewall-rule", "create", "-n", "AllowAllWindowsAzureIps", "--start-ip-address", "0.0.0.0", "--end-ip-address", "0.0.0.0")...)
	if got := az.text(t, child("server", "firewall-rule", "list")...); !strings.Contains(got, "AllowAllWindowsAzureIps") {
		t.Errorf("rules: %s", got)
	}
	az.json(t, child("server", "conn-policy", "update", "-t", "Proxy")...)

	const someone = "33333333-3333-3333-3333-333333333333"
	az.refused(t, "InvalidServerAADOnlyAuthNoAADAdminPropertyName", "sql", "server", "ad-only-auth", "enable", "-g", "rg", "-n", "az-sql")
	az.json(t, child("server", "ad-admin", "create", "-u", "team", "-i", someone)...)
	if got := az.text(t, child("server", "ad-admin", "list")...); !strings.Contains(got, someone) {
		t.Errorf("administrators: %s", got)
	}
	az.json(t, server("server", "ad-only-auth", "enable")...)
	if got := az.json(t, server("server", "show", "--expand-ad-admin")...); at(got, "administrators", "sid") != someone {
		t.Errorf("server: %v", got)
	}
	az.refused(t, "AadOnlyAuthenticationIsEnabled", child("server", "ad-admin", "delete")...)
	az.json(t, server("server", "ad-only-auth", "disable")...)
	az.text(t, child("server", "ad-admin", "delete")...)
	azDatabases(t, az, child)
	az.text(t, server("server", "delete", "--yes")...)
	az.refused(t, "ResourceNotFound", server("server", "show")...)
}

// azDatabases makes, changes, copies, renames, drops and restores databases.
func azDatabases(t *testing.T, az cli, child func(...string) []string) {
	t.Helper()
	named := func(name string, args ...string) []string {
		return append(child(append([]string{"db"}, args...)...), "-n", name)
	}
	made := az.json(t, named("db", "create", "--service-objective", "S0", "--yes")...)
	if at(made, "currentServiceObjectiveName") != "S0" || at(made, "status") != "Online" || at(made, "collation") != "SQL_Latin1_General_CP1_CI_AS" {
		t.Errorf("created: %v", made)
	}
	az.refused(t, "InvalidSku", named("none", "create", "--service-objective", "S99", "--yes")...)
	less := az.json(t, named("less", "create", "-e", "GeneralPurpose", "-f", "Gen5", "-c", "2", "--compute-model", "Serverless", "--yes")...)
	if at(less, "currentServiceObjectiveName") != "GP_S_Gen5_2" {
		t.Errorf("serverless: %v", less)
	}
	if got := az.json(t, named("db", "update", "--service-objective", "S1")...); at(got, "currentServiceObjectiveName") != "S1" {
		t.Errorf("updated: %v", got)
	}
	az.json(t, named("db", "copy", "--dest-name", "twin")...)
	az.json(t, named("twin", "rename", "--new-name", "other")...)
	if got := az.text(t, append(child("db", "list"), "--query", "[].name", "-o", "tsv")...); strings.Join(strings.Fields(got), " ") != "db less master other" {
		t.Errorf("databases: %s", got)
	}
	az.refused(t, "CannotUseReservedDatabaseName", named("master", "delete", "--yes")...)
	az.text(t, named("other", "delete", "--yes")...)
	dropped := strings.TrimSpace(az.text(t, append(child("db", "list-deleted"), "--query", "[0].deletionDate", "-o", "tsv")...))
	if dropped == "" {
		t.Fatal("no database can be restored")
	}
	back := az.json(t, named("other", "restore", "--dest-name", "back", "--deleted-time", dropped)...)
	if at(back, "name") != "back" || at(back, "status") != "Online" {
		t.Errorf("restored: %v", back)
	}
	az.json(t, append(child("elastic-pool", "create"), "-n", "pool", "-e", "Standard", "-c", "100")...)
	if got := az.json(t, named("pooled", "create", "--elastic-pool", "pool", "--yes")...); !strings.HasSuffix(at(got, "elasticPoolId"), "/elasticPools/pool") {
		t.Errorf("in the pool: %v", got)
	}
	if got := az.text(t, "sql", "db", "list-editions", "-l", "chinanorth", "--query", "[].name", "-o", "tsv"); !strings.Contains(got, "Hyperscale") {
		t.Errorf("editions: %s", got)
	}
}
