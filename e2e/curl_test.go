package e2e

import (
	"strings"
	"testing"
)

// TestTutorialVerbatim types the tutorial's commands as it prints them, on the virtual machine, in each cloud: only
// what stands between angle brackets is filled in.
func TestTutorialVerbatim(t *testing.T) {
	program(t, "curl")
	for cloud, names := range clouds {
		t.Run(cloud, func(t *testing.T) {
			needNamespaces(t)
			i := start(t, cloud)
			i.owner(t, "group-create", "DevTest", i.location)
			id1 := i.owner(t, "identity-create", "DevTest", "ID1", i.location)
			vm := i.owner(t, "vm-create", "DevTest", "myVM", i.location, "SystemAssigned, UserAssigned", at(id1, "id"))
			system := at(vm, "identity", "principalId")

			manager := "https://" + names.resourceManager
			shell := func(line string) result {
				return i.must(t, i.program(i.machine("myVM"), "sh", "-c", line))
			}
			token := func(selector string) string {
				r := object(t, shell("curl -s 'http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&"+
					selector+"resource="+manager+"/' -H Metadata:true").stdout)
				for _, name := range []string{"access_token", "expires_in", "expires_on", "not_before", "resource", "token_type"} {
					if at(r, name) == "" { // a string each: the tutorial's .NET client reads Dictionary<string, string>
						t.Errorf("%s is %v", name, r[name])
					}
				}
				if at(r, "resource") != manager+"/" || at(r, "token_type") != "Bearer" {
					t.Errorf("the token answer reads %v", r)
				}
				if refresh, ok := r["refresh_token"]; ok && refresh != "" {
					t.Errorf("refresh_token is %v", refresh)
				}
				return at(r, "access_token")
			}
			read := func(token string) map[string]any {
				return object(t, shell("curl -s "+manager+"/subscriptions/"+i.SubscriptionID+
					"/resourceGroups/DevTest?api-version=2016-09-01 -H \"Authorization: Bearer "+token+"\"").stdout)
			}

			for _, c := range []struct{ selector, principal string }{
				{"", system},
				{"client_id=" + at(id1, "properties", "clientId") + "&", at(id1, "properties", "principalId")},
			} {
				code := at(read(token(c.selector)), "error", "code")
				if code != "AuthorizationFailed" {
					t.Errorf("%q without a role: %q", c.selector, code)
				}
				assignment := i.grant(t, i.groupID("DevTest"), "Reader", c.principal)
				group := read(token(c.selector))
				if at(group, "id") != i.groupID("DevTest") || at(group, "name") != "DevTest" || at(group, "location") != i.location ||
					at(group, "properties", "provisioningState") != "Succeeded" {
					t.Errorf("%q with Reader: %v", c.selector, group)
				}
				i.owner(t, "unassign", assignment)
				if code := at(read(token(c.selector)), "error", "code"); code != "AuthorizationFailed" {
					t.Errorf("%q after the role was taken away: %q", c.selector, code)
				}
			}
		})
	}
}

// TestTutorialCommand runs the product's own tutorial, all of its parts, in each cloud.
func TestTutorialCommand(t *testing.T) {
	for cloud := range clouds {
		t.Run(cloud, func(t *testing.T) {
			needNamespaces(t)
			i := start(t, cloud)
			list := i.must(t, i.command("tutorial", "list")).stdout
			for _, part := range []string{"resource-manager", "user-assigned", "storage", "storage-sas", "key-vault", "azure-sql"} {
				if !strings.Contains(list, part+" ") {
					t.Errorf("the list lacks %s:\n%s", part, list)
				}
			}
			all := i.must(t, i.command("tutorial")).stdout
			for _, want := range []string{
				"169.254.169.254", clouds[cloud].resourceManager, "AuthorizationFailed", "access_token", "provisioningState",
				"AuthorizationPermissionMismatch", "serviceSasToken", "AccessDenied",
				"Login failed for user '<token-identified principal>'", "Kingfisher", "refused, Msg 229",
			} {
				if !strings.Contains(all, want) {
					t.Errorf("the tutorial never shows %q:\n%s", want, all)
				}
			}
			// It leaves nothing behind, so it runs again.
			i.must(t, i.command("tutorial"))
		})
	}
}

// TestInsideTheSandbox: nothing but the cloud is reachable, and a workstation has no identity.
func TestInsideTheSandbox(t *testing.T) {
	program(t, "curl")
	needNamespaces(t)
	i := start(t, "AzureCloud")
	i.must(t, i.command("vm", "create", "web", "--group", "demo"))
	for _, c := range []struct {
		name string
		at   place
		line string
		ok   bool
	}{
		{"the metadata service on a machine", i.machine("web"), "curl -sf -m 5 -H Metadata:true 'http://169.254.169.254/metadata/instance?api-version=2021-02-01'", true},
		{"the metadata service on a workstation", i.workstation(), "curl -s -m 5 -H Metadata:true 'http://169.254.169.254/metadata/instance?api-version=2021-02-01'", false},
		{"an official name", i.workstation(), "curl -sf -m 5 https://login.microsoftonline.com/common/v2.0/.well-known/openid-configuration", true},
		{"a name of somebody else", i.workstation(), "curl -s -m 5 https://example.com/", false},
		{"an address of somebody else", i.workstation(), "curl -s -m 5 http://192.0.2.1/", false},
		{"the host's own loopback", i.workstation(), "curl -s -m 5 http://" + i.proxy(t), false},
		{"the state folder", i.machine("web"), "test -e " + i.data + "/instance.json", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := i.run(t, i.program(c.at, "sh", "-c", c.line))
			if (r.status == 0) != c.ok {
				t.Errorf("want success=%v: %s", c.ok, r)
			}
		})
	}
}

// proxy is the loopback address of the instance, as `alcedo env` gives it.
func (i *instance) proxy(t *testing.T) string {
	t.Helper()
	return strings.TrimPrefix(i.variables(t)["HTTPS_PROXY"], "http://") + "/"
}
