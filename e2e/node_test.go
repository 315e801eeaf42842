package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// installed is the folder in which the SDK for JavaScript was installed, once; or why it could not be.
var installed = sync.OnceValues(func() (string, error) {
	dir := filepath.Join(filepath.Dir(alcedo), "node")
	if err := os.CopyFS(dir, os.DirFS("node")); err != nil {
		return "", err
	}
	if _, err := os.Stat(filepath.Join(dir, "node_modules")); err == nil {
		return dir, nil
	}
	npm := exec.Command("npm", "ci", "--no-progress", "--ignore-scripts")
	npm.Dir = dir
	if out, err := npm.CombinedOutput(); err != nil {
		return "", &exec.Error{Name: "npm ci: " + string(out), Err: err}
	}
	return dir, nil
})

// TestNode drives alcedo with the Azure SDK for JavaScript: refused, granted, allowed, in each cloud.
func TestNode(t *testing.T) {
	node := program(t, "node")
	program(t, "npm")
	needNamespaces(t)
	dir, err := installed()
	if err != nil {
		missing(t, "the Azure SDK for JavaScript ("+err.Error()+")")
	}
	for cloud := range clouds {
		t.Run(cloud, func(t *testing.T) {
			i := start(t, cloud)
			i.owner(t, "group-create", "js", i.location)
			id := i.owner(t, "identity-create", "js", "id1", i.location)
			vm := i.owner(t, "vm-create", "js", "web", i.location, "SystemAssigned, UserAssigned", at(id, "id"))
			web := i.machine("web")
			web.env = append(web.env, "USER_ASSIGNED_CLIENT_ID="+at(id, "properties", "clientId"))
			run := func(where place, as string) result {
				return i.run(t, i.program(where, node, filepath.Join(dir, "client.mjs"), cloud, as, "js"))
			}
			refused := func(as string) {
				t.Helper()
				r := run(web, as)
				if r.status != 1 || !strings.Contains(r.stdout, `"code":"AuthorizationFailed","status":403`) {
					t.Errorf("as %s without a role: %s", as, r)
				}
			}
			allowed := func(where place, as string) {
				t.Helper()
				if r := run(where, as); r.status != 0 || at(object(t, r.stdout), "location") != i.location {
					t.Errorf("as %s: %s", as, r)
				}
			}

			allowed(i.workstation(), "secret")
			refused("managed")
			refused("selected")
			assignment := i.grant(t, i.groupID("js"), "Reader", at(vm, "identity", "principalId"))
			allowed(web, "managed")
			allowed(web, "default")
			refused("selected")
			i.grant(t, i.groupID("js"), "Reader", at(id, "properties", "principalId"))
			allowed(web, "selected")
			i.owner(t, "unassign", assignment)
			refused("managed")
		})
	}
}
