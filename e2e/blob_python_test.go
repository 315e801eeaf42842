package e2e

import (
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestBlobsWithPython drives an account with Debian's SDK for Python: as a machine's identity, refused before it has its
// role; by the account's key; and by a connection string.
func TestBlobsWithPython(t *testing.T) {
	const python = "/usr/bin/python3" // Debian's, whose packages the SDK's are
	if out, err := exec.Command(python, "-c", "import azure.identity, azure.storage.blob").CombinedOutput(); err != nil {
		missing(t, "the Azure SDK for Python ("+strings.TrimSpace(string(out))+")")
	}
	needNamespaces(t)
	script, err := filepath.Abs("testdata/blobs.py")
	if err != nil {
		t.Fatal(err)
	}
	i := start(t, "AzureChinaCloud")
	s := i.account(t, "pystore", everything)
	vm := i.owner(t, "vm-create", "blobs", "web", i.location, "SystemAssigned")
	run := func(where place, how string) result {
		t.Helper()
		return i.run(t, i.program(where, python, script, s.endpoint, how))
	}
	web, desk := i.machine("web"), i.workstation()
	desk.env = append(desk.env, "AZURE_STORAGE_KEY="+s.key)
	if r := run(web, "managed"); r.status != 3 || strings.TrimSpace(r.stdout) != "refused 403 AuthorizationPermissionMismatch" {
		t.Errorf("without a role: %s", r)
	}
	i.grant(t, s.id, "Storage Blob Data Owner", at(vm, "identity", "principalId"))
	for how, where := range map[string]place{"managed": web, "key": desk, "connection": desk} {
		if r := run(where, how); r.status != 0 || strings.TrimSpace(r.stdout) != "passed" {
			t.Errorf("by %s: %s", how, r)
		}
	}
	// Port 80 is there as well: what comes of it is the account's to say.
	const ask = "import sys, urllib.request as u, urllib.error as e\n" +
		"try:\n u.urlopen(sys.argv[1])\nexcept e.HTTPError as x:\n print(x.headers['x-ms-error-code'])"
	plain := strings.Replace(s.endpoint, "https:", "http:", 1) + "?comp=list"
	for _, c := range []struct{ only, want string }{{"true", "AccountRequiresHttps"}, {"false", "ResourceNotFound"}} {
		s.arm(t, http.MethodPatch, s.id, "2023-05-01", `{"properties":{"supportsHttpsTrafficOnly":`+c.only+`}}`)
		if r := i.run(t, i.program(web, python, "-c", ask, plain)); r.status != 0 || strings.TrimSpace(r.stdout) != c.want {
			t.Errorf("over plain HTTP, https only %s: %s, want %s", c.only, r, c.want)
		}
	}
}
