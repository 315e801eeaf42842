package e2e

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// TestSQLWithNode drives a database with tedious: from a machine with its identities, from a workstation with the owner's
// secret, and with a SQL login through everything that tedious can do.
func TestSQLWithNode(t *testing.T) {
	node := program(t, "node")
	program(t, "npm")
	needNamespaces(t)
	dir, err := installed()
	if err != nil {
		missing(t, "the SDK for JavaScript ("+err.Error()+")")
	}
	i := start(t, "AzureCloud")
	d := newDatabase(t, i)
	run := func(where place, as, batch string) map[string]any {
		t.Helper()
		r := i.run(t, i.program(where, node, filepath.Join(dir, "sql.mjs"), d.host, d.name, as, batch))
		if r.stdout == "" {
			t.Fatalf("%s", r)
		}
		return object(t, r.stdout)
	}
	rows := func(where place, as, batch, want string) {
		t.Helper()
		if got := run(where, as, batch); fmt.Sprint(got["rows"]) != want {
			t.Errorf("as %s, %s: %v, want %s", as, batch, got, want)
		}
	}
	refused := func(where place, as, batch, text string) {
		t.Helper()
		if got := run(where, as, batch); !strings.Contains(at(got, "text"), text) {
			t.Errorf("as %s, %s: %v, want %q", as, batch, got, text)
		}
	}
	web, workstation := i.machine("web"), i.workstation()
	rows(workstation, "secret", "CREATE TABLE dbo.Product (id int PRIMARY KEY); INSERT dbo.Product VALUES (1)", "[]")
	refused(web, "msi", "SELECT 1", "Login failed for user '<token-identified principal>'.")
	rows(workstation, "secret", "CREATE USER [web] FROM EXTERNAL PROVIDER; ALTER ROLE db_datareader ADD MEMBER [web]", "[]")
	rows(web, "msi", "SELECT USER_NAME(), id FROM dbo.Product", "[[web 1]]")
	rows(web, "strict,msi", "SELECT USER_NAME()", "[[web]]")
	refused(web, "msi", "INSERT dbo.Product VALUES (2)", "The INSERT permission was denied on the object 'Product'")
	token := at(i.sdk(t, web, "token", "https://database.windows.net/.default"), "token")
	rows(workstation, "token:"+token, "SELECT USER_NAME()", "[[web]]")
	refused(workstation, "token:"+token+"x", "SELECT 1", "Login failed for user '<token-identified principal>'.")

	login := "login:" + boss + ":" + bossPassword
	refused(workstation, login+"x", "SELECT 1", "Login failed for user 'boss'.")
	rows(workstation, login, "story", "[[0]]")
}
