package e2e

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestAzStorage goes through Blob Storage with Debian's az: by token, which RBAC decides, by an account key, and by
// signatures of both sorts.
func TestAzStorage(t *testing.T) {
	i := start(t, "AzureChinaCloud")
	az := i.az(t, i.workstation())
	az.text(t, "login", "--service-principal", "-u", i.ClientID, "-p", i.ClientSecret, "--tenant", i.TenantID)
	az.text(t, "group", "create", "-n", "rg", "-l", i.location)
	made := az.json(t, "storage", "account", "create", "-n", "azstore1", "-g", "rg", "-l", i.location, "--sku", "Standard_LRS")
	if at(made, "primaryEndpoints", "blob") != "https://azstore1.blob.core.chinacloudapi.cn/" {
		t.Errorf("created: %v", made)
	}
	dir := t.TempDir()
	file, back := filepath.Join(dir, "file"), filepath.Join(dir, "back")
	text := bytes.Repeat([]byte("My Blob\n"), 100_000)
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	same := func() {
		t.Helper()
		if got, err := os.ReadFile(back); err != nil || !bytes.Equal(got, text) {
			t.Errorf("%d bytes came back, %v", len(got), err)
		}
		if err := os.Remove(back); err != nil {
			t.Error(err)
		}
	}
	blob := func(command string, more ...string) []string {
		return append([]string{"storage", "blob", command, "--account-name", "azstore1", "-c", "con1"}, more...)
	}
	login := []string{"--auth-mode", "login"}

	// The owner of the account makes containers, and neither reads nor writes blobs.
	az.json(t, append([]string{"storage", "container", "create", "-n", "con1", "--account-name", "azstore1"}, login...)...)
	az.refused(t, "You do not have the required permissions", append(blob("upload", "-n", "b", "-f", file), login...)...)
	me := at(az.json(t, "ad", "sp", "show", "--id", i.ClientID), "id")
	i.grant(t, at(made, "id"), "Storage Blob Data Contributor", me)
	az.json(t, append(blob("upload", "-n", "a b/é", "-f", file), login...)...)
	az.text(t, append(blob("download", "-n", "a b/é", "-f", back), login...)...)
	same()

	key := strings.TrimSpace(az.text(t, "storage", "account", "keys", "list", "-n", "azstore1", "-g", "rg", "--query", "[0].value", "-o", "tsv"))
	byKey := []string{"--account-key", key}
	az.json(t, append(blob("upload", "-n", "k", "-f", file), byKey...)...)
	if got := az.text(t, append(blob("list", "--query", "[].name", "-o", "tsv"), byKey...)...); got != "a b/é\nk\n" {
		t.Errorf("listed: %q", got)
	}
	az.refused(t, "Authentication failure", blob("download", "-n", "k", "-f", back, "--account-key", "AAAA")...)

	for sort, extra := range map[string][]string{"service": byKey, "user delegation": {"--auth-mode", "login", "--as-user"}} {
		sas := strings.TrimSpace(az.text(t, append(blob("generate-sas", "-n", "k", "--permissions", "r", "--expiry", "2099-01-01T00:00Z", "-o", "tsv"), expiry(sort, extra)...)...))
		az.text(t, blob("download", "-n", "k", "-f", back, "--sas-token", sas)...)
		same()
		az.refused(t, "You do not have the required permissions", blob("delete", "-n", "k", "--sas-token", sas)...)
		az.refused(t, "Authentication failure", blob("download", "-n", "a b/é", "-f", back, "--sas-token", sas)...)
	}
	az.text(t, append(blob("delete", "-n", "k"), login...)...)
	az.refused(t, "BlobNotFound", append(blob("show", "-n", "k"), login...)...)
}

// expiry cuts a user delegation SAS short: its key lives seven days at most.
func expiry(sort string, extra []string) []string {
	if sort != "user delegation" {
		return extra
	}
	return append(extra, "--expiry", tomorrow())
}

func tomorrow() string { return time.Now().UTC().Add(24 * time.Hour).Format("2006-01-02T15:04Z") }
