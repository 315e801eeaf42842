package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestSQLWithFreeTDS drives a database with FreeTDS's tsql, with pymssql and pyodbc, which are built on it, and
// with its ODBC driver's cursors.
func TestSQLWithFreeTDS(t *testing.T) {
	tsql := program(t, "tsql")
	const python = "/usr/bin/python3" // Debian's, whose packages pymssql and pyodbc are
	if out, err := exec.Command(python, "-c", "import pymssql, pyodbc").CombinedOutput(); err != nil {
		missing(t, "pymssql and pyodbc ("+strings.TrimSpace(string(out))+")")
	}
	d := newDatabase(t, start(t, "AzureCloud"))
	host, port, _ := d.address()
	user := boss + "@" + d.server
	config := filepath.Join(t.TempDir(), "freetds.conf")
	d.check(os.WriteFile(config, []byte("[global]\n\ttds version = auto\n\tclient charset = UTF-8\n\ttext size = 2147483647\n"), 0o600))
	cmd := exec.Command(tsql, "-H", host, "-p", port, "-U", user, "-P", bossPassword, "-D", d.name)
	cmd.Env = append(cleanEnvironment(), "FREETDSCONF="+config, "LC_ALL=C.UTF-8")
	cmd.Stdin = strings.NewReader("SELECT DB_NAME(), N'ü', 1 + 1\nGO\nSELECT 1/0\nGO\nPRINT 'said'\nGO\nEXIT\n")
	out, err := cmd.CombinedOutput()
	d.check(err)
	for _, want := range []string{"app\tü\t2", "Msg 8134 (severity 16, state 1) from shop Line 1:", "Divide by zero error encountered.", "said"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("tsql prints %s\nwant %q", out, want)
		}
	}
	drivers, err := filepath.Glob("/usr/lib/*/odbc/libtdsodbc.so")
	if err != nil || len(drivers) == 0 {
		missing(t, "FreeTDS's ODBC driver")
	}
	connection := "DRIVER=" + drivers[0] + ";SERVER=" + host + ";PORT=" + port + ";UID=" + user + ";PWD=" + bossPassword + ";DATABASE=" + d.name + ";TDS_Version=7.4"
	for _, arguments := range [][]string{{"testdata/sql.py", host, port, user, bossPassword, d.name}, {"testdata/cursors.py", connection}} {
		script := exec.Command(python, arguments...)
		script.Env = append(cleanEnvironment(), "FREETDSCONF="+config)
		if out, err := script.CombinedOutput(); err != nil || strings.TrimSpace(string(out)) != "done" {
			t.Errorf("%s: %v\n%s", arguments[0], err, out)
		}
	}
}
