package vault_test

import (
	"strings"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/vault"
)

// operation is a request that needs a permission.
type operation struct {
	name, method, path, body string
	permission               string // of an access policy
	action                   string // below Microsoft.KeyVault/vaults/
	object                   bool   // roles are asked at the secret
	status                   int    // where it may
}

// secretOperations are requests for the secrets l (live) and d (deleted), in an order in which all succeed.
func secretOperations(backup string) []operation {
	return []operation{
		{"get", "GET", "/secrets/l", "", "get", "secrets/getSecret/action", true, 200},
		{"list", "GET", "/secrets", "", "list", "secrets/readMetadata/action", false, 200},
		{"versions", "GET", "/secrets/l/versions", "", "list", "secrets/readMetadata/action", true, 200},
		{"set", "PUT", "/secrets/l", `{"value":"v"}`, "set", "secrets/setSecret/action", true, 200},
		{"update", "PATCH", "/secrets/l/", `{}`, "set", "secrets/update/action", true, 200},
		{"deleted list", "GET", "/deletedsecrets", "", "list", "secrets/readMetadata/action", false, 200},
		{"deleted get", "GET", "/deletedsecrets/d", "", "get", "secrets/readMetadata/action", true, 200},
		{"recover", "POST", "/deletedsecrets/d/recover", "", "recover", "secrets/recover/action", true, 200},
		{"backup", "POST", "/secrets/d/backup", "", "backup", "secrets/backup/action", true, 200},
		{"delete", "DELETE", "/secrets/d", "", "delete", "secrets/delete", true, 200},
		{"purge", "DELETE", "/deletedsecrets/d", "", "purge", "secrets/purge/action", true, 204},
		{"restore", "POST", "/secrets/restore", `{"value":"` + backup + `"}`, "restore", "secrets/restore/action", false, 200},
	}
}

// prepare makes the secrets that the operations need.
func (w *world) prepare(host string) (backup string) {
	w.Helper()
	w.send(admin, "PUT", host, "/secrets/l", `{"value":"v"}`).ok(200)
	w.send(admin, "PUT", host, "/secrets/r", `{"value":"v"}`).ok(200)
	backup = w.send(admin, "POST", host, "/secrets/r/backup", "").ok(200).str("value")
	w.send(admin, "DELETE", host, "/secrets/r", "").ok(200)
	w.send(admin, "DELETE", host, "/deletedsecrets/r", "").ok(204)
	w.send(admin, "PUT", host, "/secrets/d", `{"value":"v"}`).ok(200)
	w.send(admin, "DELETE", host, "/secrets/d", "").ok(200)
	return backup
}

func policy(oid string, secrets ...string) vault.AccessPolicy {
	return vault.AccessPolicy{TenantID: tenant, ObjectID: oid, Permissions: vault.Permissions{Secrets: secrets}}
}

func noPolicy(oid, appID, permission string) string {
	return "The user, group or application 'appid=" + appID + ";oid=" + oid + ";iss=https://sts.chinacloudapi.cn/" + tenant +
		"/' does not have secrets " + permission + " permission on key vault 'kv;location=chinanorth'. For help resolving this issue, " +
		"please see https://go.microsoft.com/fwlink/?linkid=2125287"
}

// Each operation needs its own permission: without any, and with all others, it is refused; with it alone it works.
func TestPermissionOfEachOperation(t *testing.T) {
	w := newWorld(t)
	all := []string{"get", "list", "set", "delete", "recover", "purge", "backup", "restore"}
	for _, op := range secretOperations(w.prepare("kv")) {
		var others []string
		for _, p := range all {
			if p != op.permission {
				others = append(others, p)
			}
		}
		for _, has := range [][]string{nil, others} {
			w.policies(policy(reader, has...))
			w.send(reader, op.method, "kv", op.path, op.body).refused(403, "Forbidden", "AccessDenied", noPolicy(reader, app, op.permission))
		}
		w.policies(vault.AccessPolicy{TenantID: tenant, ObjectID: reader, Permissions: vault.Permissions{Keys: all, Certificates: all}})
		w.send(reader, op.method, "kv", op.path, op.body).refused(403, "Forbidden", "AccessDenied", noPolicy(reader, app, op.permission))
		w.policies(policy(reader, strings.ToUpper(op.permission)))
		w.send(reader, op.method, "kv", op.path, op.body).ok(op.status)
	}
}

func TestAllIsNotPurge(t *testing.T) {
	w := newWorld(t)
	w.prepare("kv")
	w.policies(policy(reader, "all"))
	w.send(reader, "GET", "kv", "/secrets/l", "").ok(200)
	w.send(reader, "DELETE", "kv", "/deletedsecrets/d", "").refused(403, "Forbidden", "AccessDenied", noPolicy(reader, app, "purge"))
}

func TestPoliciesByIdentity(t *testing.T) {
	w := newWorld(t)
	w.prepare("kv")
	const through = "77777777-0000-0000-0000-000000000007"
	compound := policy(reader, "get")
	compound.ApplicationID = through
	foreign := policy(nobody, "get")
	foreign.TenantID = other
	w.policies(policy(staff, "get"), compound, foreign)
	w.send(member, "GET", "kv", "/secrets/l", "").ok(200) // through its group
	w.send(member, "GET", "kv", "/secrets", "").refused(403, "Forbidden", "AccessDenied", noPolicy(member, app, "list"))
	w.send(reader+"/"+through, "GET", "kv", "/secrets/l", "").ok(200)
	w.send(reader, "GET", "kv", "/secrets/l", "").refused(403, "Forbidden", "AccessDenied", noPolicy(reader, app, "get"))
	w.send(nobody, "GET", "kv", "/secrets/l", "").refused(403, "Forbidden", "AccessDenied", noPolicy(nobody, app, "get"))
	w.send(nobody+"/"+through, "GET", "kv", "/secrets/l", "").refused(403, "Forbidden", "AccessDenied", noPolicy(nobody, through, "get"))
	// What is not there is not told to who may not ask.
	w.send(nobody, "GET", "kv", "/secrets/none", "").refused(403, "Forbidden", "AccessDenied", noPolicy(nobody, app, "get"))
	// A role counts for nothing where access policies decide.
	w.grant(nobody, adminRole, vaultID+"kv")
	w.send(nobody, "GET", "kv", "/secrets/l", "").refused(403, "Forbidden", "AccessDenied", noPolicy(nobody, app, "get"))
}

func noRole(oid, action, resource string) string {
	return strings.Join([]string{
		"Caller is not authorized to perform action on resource.",
		"If role assignments, deny assignments or role definitions were changed recently, please observe propagation time.",
		"Caller: appid=" + app + ";oid=" + oid + ";iss=https://sts.chinacloudapi.cn/" + tenant + "/",
		"Action: 'Microsoft.KeyVault/vaults/" + action + "'",
		"Resource: '" + strings.ToLower(resource) + "'",
		"Assignment: (not found)", "DenyAssignmentId: null", "DecisionReason: null", "Vault: roles;location=chinanorth",
	}, "\r\n")
}

func TestRoleOfEachOperation(t *testing.T) {
	w := newWorld(t)
	ops := secretOperations(w.prepare("roles"))
	// An access policy counts for nothing where roles decide.
	v := definition("roles")
	v.EnableRBAC, v.AccessPolicies = true, []vault.AccessPolicy{policy(nobody, "all", "purge")}
	w.define(v)
	for _, op := range ops {
		resource := vaultID + "roles"
		if op.object {
			resource += "/secrets/" + strings.Split(op.path, "/")[2]
		}
		w.send(nobody, op.method, "roles", op.path, op.body).refused(403, "Forbidden", "ForbiddenByRbac", noRole(nobody, op.action, resource))
	}
	for _, op := range ops {
		w.send(admin, op.method, "roles", op.path, op.body).ok(op.status)
	}
}

func TestRolesGrantWhatTheySay(t *testing.T) {
	w := newWorld(t)
	backup := w.prepare("roles")
	w.grant(reader, secretsUser, vaultID+"roles")
	w.grant(member, kvReader, vaultID+"roles")
	for _, op := range secretOperations(backup) {
		reads := op.action == "secrets/readMetadata/action"
		for who, may := range map[string]bool{reader: reads || op.action == "secrets/getSecret/action", member: reads} {
			if a := w.send(who, op.method, "roles", op.path, op.body); (a.status < 300) != may {
				t.Errorf("%s by %s: %d %s", op.name, who, a.status, a.text)
			}
		}
	}
}

// A role on one vault, or on one secret, opens nothing else.
func TestRoleAtOneSecret(t *testing.T) {
	w := newWorld(t)
	w.send(admin, "PUT", "roles", "/secrets/one", `{"value":"v"}`).ok(200)
	w.send(admin, "PUT", "roles", "/secrets/one-more", `{"value":"v"}`).ok(200)
	second := definition("second")
	second.EnableRBAC = true
	w.define(second)
	w.grant(admin, adminRole, second.ResourceID)
	w.send(admin, "PUT", "second", "/secrets/one", `{"value":"v"}`).ok(200)
	w.grant(reader, secretsUser, strings.ToUpper(vaultID+"roles")+"/secrets/ONE")
	w.send(reader, "GET", "roles", "/secrets/One", "").ok(200)
	w.send(reader, "GET", "roles", "/secrets/one/versions", "").ok(200)
	for _, c := range []struct{ host, path string }{
		{"roles", "/secrets/one-more"}, {"roles", "/secrets/on"}, {"roles", "/secrets"}, {"second", "/secrets/one"}, {"roles", "/deletedsecrets"},
	} {
		w.send(reader, "GET", c.host, c.path, "").refused(403, "Forbidden", "ForbiddenByRbac", "…Caller is not authorized")
	}
	w.grant(nobody, secretsUser, vaultID+"second")
	w.send(nobody, "GET", "second", "/secrets/one", "").ok(200)
	w.send(nobody, "GET", "roles", "/secrets/one", "").refused(403, "Forbidden", "ForbiddenByRbac", "…Caller is not authorized")
	// The control plane's roles open no data.
	const contributor, owner = "f25e0fa2-a7c8-4377-a976-54943a77a395", "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
	w.grant(member, contributor, vaultID+"roles")
	w.grant(member, owner, vaultID+"roles")
	w.send(member, "GET", "roles", "/secrets/one", "").refused(403, "Forbidden", "ForbiddenByRbac", "…Caller is not authorized")
}

func TestFirewall(t *testing.T) {
	w := newWorld(t)
	w.send(admin, "PUT", "roles", "/secrets/s", `{"value":"v"}`).ok(200)
	v := definition("roles")
	v.EnableRBAC = true
	v.Network = &vault.NetworkRules{Bypass: "AzureServices", DefaultAction: "Deny", IPRules: []string{"203.0.113.0/24", "198.51.100.9"}}
	w.define(v)
	message := func(address string) string {
		return "Client address is not authorized and caller is not a trusted service.\r\nClient address: " + address +
			"\r\nCaller: appid=" + app + ";oid=" + admin + ";iss=https://sts.chinacloudapi.cn/" + tenant + "/\r\nVault: roles;location=chinanorth"
	}
	for from, refused := range map[string]string{
		"192.0.2.7:1": "192.0.2.7", "[::ffff:192.0.2.7]:1": "192.0.2.7", "198.51.100.10:1": "198.51.100.10", "[2001:db8::1]:1": "2001:db8::1",
		"@": "(unknown)", "203.0.113.5:1": "", "[::ffff:203.0.113.5]:1": "", "198.51.100.9:1": "",
	} {
		w.from = from
		a := w.send(admin, "GET", "roles", "/secrets/s", "")
		if refused == "" {
			a.ok(200)
			continue
		}
		a.refused(403, "Forbidden", "ForbiddenByFirewall", message(refused))
	}
	w.from = "203.0.113.5:1" // through the firewall, rights still count
	w.send(nobody, "GET", "roles", "/secrets/s", "").refused(403, "Forbidden", "ForbiddenByRbac", "…")
	w.raw("", "GET", "roles", "/secrets/s", "").refused(401, "Unauthorized", "", "…AKV10000")
	v.Network.DefaultAction = "Allow"
	w.define(v)
	w.from = "192.0.2.7:1"
	w.send(admin, "GET", "roles", "/secrets/s", "").ok(200)
	v.PublicNetworkAccess = "Disabled"
	w.define(v)
	w.send(admin, "GET", "roles", "/secrets/s", "").refused(403, "Forbidden", "ForbiddenByConnection",
		"…Public network access is disabled and request is not from a trusted service nor via an approved private link.\r\nCaller: ")
}
