package vault_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/vault"
)

const cryptoUser = "12338af0-0e69-4776-bea7-57ae8d297424"

// key makes a key in kv and gives its path with the version.
func (w *world) key(name, body string) string {
	w.Helper()
	a := w.send(admin, "POST", "kv", "/keys/"+name+"/create", body).ok(200)
	return strings.TrimPrefix(a.str("key.kid"), "https://kv.vault.azure.cn")
}

func ops(a *answer) string {
	all, _ := a.at("key.key_ops").([]any)
	return strings.Trim(fmt.Sprint(all...), "[]")
}

func TestCreateKeys(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		body, ops string
		want      map[string]any
	}{
		{`{"kty":"RSA","public_exponent":3}`, "encryptdecryptsignverifywrapKeyunwrapKey", map[string]any{"key.kty": "RSA", "key.e": "AQAB"}},
		{`{"kty":"RSA"}`, "encryptdecryptsignverifywrapKeyunwrapKey", map[string]any{"key.kty": "RSA", "key.e": "AQAB", "key.crv": nil, "attributes.exportable": false}},
		{`{"kty":"EC","crv":"P-384","key_ops":["sign"]}`, "sign", map[string]any{"key.kty": "EC", "key.crv": "P-384", "key.n": nil}},
		{`{"kty":"EC","crv":"P-256K","attributes":{"enabled":false,"nbf":5,"exp":9},"tags":{"a":"b"}}`, "signverify", map[string]any{
			"key.crv": "P-256K", "attributes.enabled": false, "attributes.nbf": 5, "attributes.exp": 9, "tags.a": "b",
		}},
		{`{"kty":"oct","key_size":128}`, "encryptdecryptsignverifywrapKeyunwrapKey", map[string]any{"key.kty": "oct", "key.k": nil}},
	} {
		a := w.send(admin, "POST", "kv", "/keys/k/create", c.body).ok(200).want(c.want)
		a.want(map[string]any{"key.d": nil, "key.p": nil, "attributes.created": now, "attributes.recoveryLevel": "Recoverable+Purgeable"})
		if ops(a) != c.ops {
			t.Errorf("%s: key_ops %s", c.body, ops(a))
		}
		if !regexp.MustCompile(`^https://kv\.vault\.azure\.cn/keys/k/[0-9a-f]{32}$`).MatchString(a.str("key.kid")) {
			t.Errorf("kid %s", a.str("key.kid"))
		}
		path := strings.TrimPrefix(a.str("key.kid"), "https://kv.vault.azure.cn")
		for _, p := range []string{"/keys/K", "/keys/k/", path} {
			w.send(admin, "GET", "kv", p, "").ok(200).want(map[string]any{"key.kid": a.str("key.kid"), "key.x": a.at("key.x"), "key.n": a.at("key.n")})
		}
	}
	if n := w.send(admin, "GET", "kv", "/keys/k/versions", "").ok(200).len(); n != 5 {
		t.Errorf("%d versions", n)
	}
	w.send(admin, "GET", "kv", "/keys", "").ok(200).want(map[string]any{"value.0.kid": "https://kv.vault.azure.cn/keys/k", "value.0.key": nil, "nextLink": nil})
	w.send(admin, "GET", "kv", "/keys/none", "").refused(404, "KeyNotFound", "", "…A key with (name/id) none was not found in this key vault.")
	w.send(admin, "GET", "kv", "/keys/k/00000000000000000000000000000000", "").refused(404, "KeyNotFound", "", "…k/00000000000000000000000000000000")
	if n := w.send(admin, "GET", "kv", "/keys/none/versions", "").ok(200).len(); n != 0 {
		t.Errorf("%d versions of none", n)
	}
	w.send(admin, "GET", "kv", "/keys/k?api-version=7.0", "").ok(200).want(map[string]any{"attributes.exportable": nil})
}

func TestBadKeys(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct{ name, body, inner, message string }{
		{"a_b", `{"kty":"RSA"}`, "", "The request URI contains an invalid name: a_b"},
		{"k", ``, "", "Request body not specified."},
		{"k", `{}`, "", "Property kty is required.\r\n"},
		{"k", `{"kty":"DSA"}`, "", "Property kty has invalid value\r\n"},
		{"k", `{"kty":"oct-HSM"}`, "", "Property kty has invalid value\r\n"},
		{"k", `{"kty":"RSA-HSM"}`, "", "Hardware key operation not allowed on standard vault"},
		{"k", `{"kty":"EC-HSM"}`, "", "Hardware key operation not allowed on standard vault"},
		{"k", `{"kty":"RSA","key_size":1024}`, "KeySizeNotSupported", "Unsupported key size (1024). Supported sizes are [2048, 3072, 4096]"},
		{"k", `{"kty":"EC","crv":"P-192"}`, "", "Property crv has invalid value\r\n"},
		{"k", `{"kty":"EC","crv":"P-256","key_ops":["encrypt"]}`, "", "Property key_ops has invalid value\r\n"},
		{"k", `{"kty":"RSA","key_ops":["sign","sign"]}`, "", "Property key_ops has invalid value\r\n"},
		{"k", `{"kty":"RSA","key_size":"big"}`, "", "Property key_size has invalid value\r\n"},
		{"k", `{"kty":"EC","attributes":{"exportable":true}}`, "", "AKV.SKR.1001: The exportable attribute is only supported with premium vaults and API version >= '7.3-preview'."},
		{"k", `{"kty":"EC","release_policy":{"data":"e30"}}`, "", "AKV.SKR.1005: Non-exportable keys must not have release policy"},
		{"k", `{"kty":"EC","attributes":{"nbf":20,"exp":10}}`, "", "The attribute 'exp' must be later than 'nbf'."},
	} {
		w.send(admin, "POST", "kv", "/keys/"+c.name+"/create", c.body).refused(400, "BadParameter", c.inner, c.message)
	}
	premium := definition("kv")
	premium.SKU = "premium"
	all := []string{"all"}
	premium.AccessPolicies = []vault.AccessPolicy{{TenantID: tenant, ObjectID: admin, Permissions: vault.Permissions{Keys: all}}}
	w.define(premium)
	w.send(admin, "POST", "kv", "/keys/k/create", `{"kty":"EC-HSM"}`).ok(200).want(map[string]any{"key.kty": "EC-HSM"})
	w.send(admin, "POST", "kv", "/keys/k/create", `{"kty":"EC-HSM","attributes":{"exportable":true}}`).refused(400, "BadParameter", "", "Exportable keys must have release policy")
	w.send(admin, "POST", "kv", "/keys/k/create", `{"kty":"EC-HSM","attributes":{"exportable":true},"release_policy":{"data":"e30"}}`).
		refused(400, "NotSupported", "", "Secure key release is not supported by this vault.")
}

// The key is RFC 7515's of appendix A.3: a known pair.
const known = `"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"`

func TestImportKeys(t *testing.T) {
	w := newWorld(t)
	a := w.send(admin, "PUT", "kv", "/keys/k", `{"key":{`+known+`,"key_ops":["verify"]},"tags":{"t":"1"}}`).ok(200)
	a.want(map[string]any{"key.x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "key.d": nil, "tags.t": "1"})
	if ops(a) != "verify" {
		t.Errorf("key_ops %s", ops(a))
	}
	if strings.Contains(a.text, "jpsQnnGQ") || strings.Contains(w.log.String(), "jpsQnnGQ") {
		t.Error("the private half came out")
	}
	for _, c := range []struct{ body, message string }{
		{`{}`, "Property key is required.\r\n"},
		{`{"key":{"kty":"EC"}}`, "Property crv has invalid value\r\n"},
		{`{"key":{` + known + `},"Hsm":true}`, "Hardware key operation not allowed on standard vault"},
		{`{"key":{` + strings.Replace(known, "jpsQ", "jpsR", 1) + `}}`, "The key material is not valid.\r\n"},
		{`{"key":{` + strings.Replace(known, "P-256", "P-521", 1) + `}}`, "Property x has invalid value\r\n"},
		{`{"key":{` + strings.Replace(known, "f83OJ", "****", 1) + `}}`, "Content of 'x' is not base64url.\r\n"},
	} {
		w.send(admin, "PUT", "kv", "/keys/k", c.body).refused(400, "BadParameter", "", c.message)
	}
}

func TestUpdateKeys(t *testing.T) {
	w := newWorld(t)
	path := w.key("k", `{"kty":"EC","tags":{"a":"b"}}`)
	w.clock.Advance(time.Minute)
	a := w.send(admin, "PATCH", "kv", path, `{"key_ops":["sign"],"attributes":{"enabled":false,"exp":2000000000}}`).ok(200)
	a.want(map[string]any{"attributes.enabled": false, "attributes.exp": 2000000000, "tags.a": "b", "attributes.updated": now + 60, "attributes.created": now})
	if ops(a) != "sign" {
		t.Errorf("key_ops %s", ops(a))
	}
	w.send(admin, "PATCH", "kv", "/keys/k/", `{"tags":{}}`).ok(200).want(map[string]any{"tags": nil, "attributes.enabled": false})
	w.send(admin, "PATCH", "kv", "/keys/k", `{"key_ops":["fly"]}`).refused(400, "BadParameter", "", "Property key_ops has invalid value\r\n")
	w.send(admin, "PATCH", "kv", "/keys/k", `{"release_policy":{"data":"e30"}}`).refused(400, "BadParameter", "", "AKV.SKR.1005: Non-exportable keys must not have release policy")
	w.send(admin, "PATCH", "kv", "/keys/none", `{"tags":{}}`).refused(404, "KeyNotFound", "", "…none")
}

func TestKeyLife(t *testing.T) {
	w := newWorld(t)
	path := w.key("k", `{"kty":"EC"}`)
	blob := w.send(admin, "POST", "kv", "/keys/k/backup", "").ok(200).str("value")
	w.send(admin, "POST", "kv", "/keys/restore", `{"value":"`+blob+`"}`).refused(409, "Conflict", "", "…already exists")
	a := w.send(admin, "DELETE", "kv", "/keys/k", "").ok(200)
	a.want(map[string]any{"recoveryId": "https://kv.vault.azure.cn/deletedkeys/k", "deletedDate": now, "scheduledPurgeDate": now + 90*86400})
	w.send(admin, "GET", "kv", "/keys/k", "").refused(404, "KeyNotFound", "", "…k was not found")
	w.send(admin, "POST", "kv", path+"/sign", `{"alg":"ES256","value":"`+strings.Repeat("A", 43)+`"}`).refused(404, "KeyNotFound", "", "…")
	w.send(admin, "POST", "kv", "/keys/k/create", `{"kty":"EC"}`).refused(409, "Conflict", "ObjectIsDeletedButRecoverable",
		"Key k is currently in a deleted but recoverable state, and its name cannot be reused; in this state, the key can only be recovered or purged.")
	w.send(admin, "GET", "kv", "/deletedkeys", "").ok(200).want(map[string]any{"value.0.kid": "https://kv.vault.azure.cn/keys/k", "value.0.deletedDate": now})
	w.send(admin, "GET", "kv", "/deletedkeys/k", "").ok(200).want(map[string]any{"key.kid": a.str("key.kid")})
	w.send(admin, "POST", "kv", "/deletedkeys/k/recover", "").ok(200)
	w.send(admin, "GET", "kv", path, "").ok(200)
	w.send(admin, "DELETE", "kv", "/keys/k", "").ok(200)
	w.send(admin, "DELETE", "kv", "/deletedkeys/k", "").ok(204)
	w.send(admin, "GET", "kv", "/deletedkeys/k", "").refused(404, "KeyNotFound", "", "Deleted Key not found: k")
	a = w.send(admin, "POST", "kv", "/keys/restore", `{"value":"`+blob+`"}`).ok(200)
	if !strings.HasSuffix(a.str("key.kid"), path) {
		t.Errorf("restored %s, want %s", a.str("key.kid"), path)
	}
	w.send(admin, "POST", "kv", "/keys/restore", `{"value":"`+blob[:40]+`"}`).refused(400, "Malformed backup blob", "", "Backup blob contains invalid or corrupt version.")
	w.send(admin, "POST", "kv", "/secrets/restore", `{"value":"`+blob+`"}`).refused(400, "Malformed backup blob", "", "Backup blob contains invalid or corrupt version.")
}

func TestPurgeProtectedKey(t *testing.T) {
	w := newWorld(t)
	w.key("k", `{"kty":"EC"}`)
	w.send(admin, "DELETE", "kv", "/keys/k", "").ok(200)
	kv := definition("kv")
	kv.PurgeProtection = true
	kv.AccessPolicies = []vault.AccessPolicy{{TenantID: tenant, ObjectID: admin, Permissions: vault.Permissions{Keys: []string{"purge"}}}}
	w.define(kv)
	w.send(admin, "DELETE", "kv", "/deletedkeys/k", "").refused(403, "Forbidden", "ForbiddenByPolicy", "…purge protection is enabled")
}

func TestRotation(t *testing.T) {
	w := newWorld(t)
	first := w.key("k", `{"kty":"EC","crv":"P-521","key_ops":["sign"],"tags":{"a":"b"}}`)
	w.send(admin, "GET", "kv", "/keys/k/rotationpolicy", "").ok(200).want(map[string]any{
		"id": "https://kv.vault.azure.cn/keys/k/rotationpolicy", "lifetimeActions.0.action.type": "Notify", "lifetimeActions.0.trigger.timeBeforeExpiry": "P30D",
	})
	w.send(admin, "PUT", "kv", "/keys/k/rotationpolicy", `{"lifetimeActions":[{"trigger":{"timeAfterCreate":"P30D"},"action":{"type":"rotate"}},
		{"trigger":{"timeBeforeExpiry":"P10D"},"action":{"type":"Notify"}}],"attributes":{"expiryTime":"P90D"}}`).ok(200).want(map[string]any{
		"lifetimeActions.0.action.type": "Rotate", "lifetimeActions.0.trigger.timeAfterCreate": "P30D", "attributes.expiryTime": "P90D", "attributes.created": now,
	})
	w.clock.Advance(30*24*time.Hour - time.Second)
	w.check(w.vaults.Sweep(t.Context()))
	w.send(admin, "GET", "kv", "/keys/k", "").ok(200).want(map[string]any{"key.kid": "https://kv.vault.azure.cn" + first})
	w.clock.Advance(time.Second)
	w.check(w.vaults.Sweep(t.Context()))
	w.check(w.vaults.Sweep(t.Context()))
	a := w.send(admin, "GET", "kv", "/keys/k", "").ok(200)
	a.want(map[string]any{"key.crv": "P-521", "tags.a": "b", "attributes.created": now + 30*86400, "attributes.exp": now + 120*86400})
	if strings.HasSuffix(a.str("key.kid"), first) || ops(a) != "sign" {
		t.Errorf("not rotated: %s", a.text)
	}
	if n := w.send(admin, "GET", "kv", "/keys/k/versions", "").len(); n != 2 {
		t.Errorf("%d versions after two sweeps", n)
	}
	w.send(admin, "POST", "kv", "/keys/k/rotate", "").ok(200).want(map[string]any{"key.crv": "P-521"})
	if n := w.send(admin, "GET", "kv", "/keys/k/versions", "").len(); n != 3 {
		t.Errorf("%d versions after a rotation by hand", n)
	}
	w.send(admin, "POST", "kv", "/keys/none/rotate", "").refused(404, "KeyNotFound", "", "…none")
	w.send(admin, "GET", "kv", "/keys/none/rotationpolicy", "").refused(404, "KeyNotFound", "", "…none")
}

// A policy may rotate before the expiry; a disabled key is left alone.
func TestRotationBeforeExpiry(t *testing.T) {
	w := newWorld(t)
	policy := `{"lifetimeActions":[{"trigger":{"timeBeforeExpiry":"P1M"},"action":{"type":"Rotate"}}],"attributes":{"expiryTime":"P1Y"}}`
	for _, name := range []string{"k", "off"} {
		w.key(name, fmt.Sprintf(`{"kty":"EC","attributes":{"exp":%d}}`, now+40*86400))
		w.send(admin, "PUT", "kv", "/keys/"+name+"/rotationpolicy", policy).ok(200)
	}
	w.send(admin, "PATCH", "kv", "/keys/off", `{"attributes":{"enabled":false}}`).ok(200)
	w.clock.Advance(11 * 24 * time.Hour)
	w.check(w.vaults.Sweep(t.Context()))
	if n := w.send(admin, "GET", "kv", "/keys/k/versions", "").len(); n != 2 {
		t.Errorf("%d versions", n)
	}
	if n := w.send(admin, "GET", "kv", "/keys/off/versions", "").len(); n != 1 {
		t.Errorf("%d versions of a disabled key", n)
	}
}

func TestBadRotationPolicies(t *testing.T) {
	w := newWorld(t)
	w.key("k", `{"kty":"EC"}`)
	for _, c := range []struct{ actions, expiry, message string }{
		{``, `P27D`, "…expiryTime"},
		{``, `forever`, "…expiryTime"},
		{``, `P1D1Y`, "…expiryTime"},
		{``, `P99999999Y`, "…expiryTime"},
		{`{"trigger":{},"action":{"type":"Rotate"}}`, `P90D`, "…either"},
		{`{"trigger":{"timeAfterCreate":"P8D","timeBeforeExpiry":"P8D"},"action":{"type":"Rotate"}}`, `P90D`, "…either"},
		{`{"trigger":{"timeAfterCreate":"P6D"},"action":{"type":"Rotate"}}`, `P90D`, "…at least 7 days"},
		{`{"trigger":{"timeAfterCreate":"P84D"},"action":{"type":"Rotate"}}`, `P90D`, "…shorter"},
		{`{"trigger":{"timeBeforeExpiry":"P8D"},"action":{"type":"Rotate"}}`, ``, "…needs an 'expiryTime'"},
		{`{"trigger":{"timeAfterCreate":"P8D"},"action":{"type":"Notify"}}`, `P90D`, "…'Notify'"},
		{`{"trigger":{"timeAfterCreate":"P8D"},"action":{"type":"Dance"}}`, `P90D`, "…'Rotate' or 'Notify'"},
		{`{"trigger":{"timeAfterCreate":"P8D"},"action":{"type":"Rotate"}},{"trigger":{"timeAfterCreate":"P8D"},"action":{"type":"Rotate"}}`, `P90D`, "…one action"},
	} {
		w.send(admin, "PUT", "kv", "/keys/k/rotationpolicy", `{"lifetimeActions":[`+c.actions+`],"attributes":{"expiryTime":"`+c.expiry+`"}}`).
			refused(400, "BadParameter", "", c.message)
	}
}

// TestKeyRights: each permission opens its own operations; without it the refusal names it.
func TestKeyRights(t *testing.T) {
	w := newWorld(t)
	path := w.key("k", `{"kty":"RSA"}`)
	w.key("gone", `{"kty":"EC"}`)
	w.send(admin, "DELETE", "kv", "/keys/gone", "").ok(200)
	for _, c := range []struct{ permission, method, path string }{
		{"get", "GET", "/keys/k"},
		{"list", "GET", "/keys"},
		{"list", "GET", "/keys/k/versions"},
		{"create", "POST", "/keys/k/create"},
		{"import", "PUT", "/keys/k"},
		{"update", "PATCH", "/keys/k"},
		{"delete", "DELETE", "/keys/k"},
		{"get", "GET", "/deletedkeys/gone"},
		{"list", "GET", "/deletedkeys"},
		{"recover", "POST", "/deletedkeys/gone/recover"},
		{"purge", "DELETE", "/deletedkeys/gone"},
		{"backup", "POST", "/keys/k/backup"},
		{"restore", "POST", "/keys/restore"},
		{"rotate", "POST", "/keys/k/rotate"},
		{"getrotationpolicy", "GET", "/keys/k/rotationpolicy"},
		{"setrotationpolicy", "PUT", "/keys/k/rotationpolicy"},
		{"release", "POST", path + "/release"},
		{"encrypt", "POST", path + "/encrypt"},
		{"decrypt", "POST", path + "/decrypt"},
		{"wrapKey", "POST", path + "/wrapkey"},
		{"unwrapKey", "POST", path + "/unwrapkey"},
		{"sign", "POST", path + "/sign"},
		{"verify", "POST", path + "/verify"},
	} {
		body := `{"kty":"EC","key":{` + known + `},"value":"AAAA","alg":"RS256","digest":"AAAA","target":"t"}`
		everyOther := slices.DeleteFunc([]string{
			"get", "list", "create", "import", "update", "delete", "recover", "purge", "backup", "restore", "rotate", "getrotationpolicy",
			"setrotationpolicy", "release", "encrypt", "decrypt", "wrapKey", "unwrapKey", "sign", "verify",
		}, func(p string) bool { return p == c.permission })
		w.policies(vault.AccessPolicy{ObjectID: reader, Permissions: vault.Permissions{Keys: everyOther, Secrets: []string{"all"}, Certificates: []string{"all"}}})
		w.send(reader, c.method, "kv", c.path, body).refused(403, "Forbidden", "AccessDenied", "…does not have keys "+c.permission+" permission on key vault 'kv;location=chinanorth'")
		w.policies(vault.AccessPolicy{ObjectID: reader, Permissions: vault.Permissions{Keys: []string{c.permission}}})
		if a := w.send(reader, c.method, "kv", c.path, body); strings.Contains(a.text, "AccessDenied") || a.status >= 500 || a.status == 401 {
			t.Errorf("%s %s with %s: %s", c.method, c.path, c.permission, a.text)
		}
		if c.permission == "delete" {
			w.send(admin, "POST", "kv", "/deletedkeys/k/recover", "").ok(200)
		}
		if c.permission == "recover" {
			w.send(admin, "DELETE", "kv", "/keys/gone", "").ok(200)
		}
	}
}

// TestKeyRoles: a role on one key opens that key's cryptography and nothing beside it.
func TestKeyRoles(t *testing.T) {
	w := newWorld(t)
	for _, name := range []string{"mine", "other"} {
		w.send(admin, "POST", "roles", "/keys/"+name+"/create", `{"kty":"EC"}`).ok(200)
	}
	w.grant(reader, cryptoUser, vaultID+"roles/keys/mine")
	digest := strings.Repeat("A", 43)
	w.send(reader, "POST", "roles", "/keys/mine/sign", `{"alg":"ES256","value":"`+digest+`"}`).ok(200)
	w.send(reader, "GET", "roles", "/keys/mine", "").ok(200)
	w.send(reader, "POST", "roles", "/keys/other/sign", `{"alg":"ES256","value":"`+digest+`"}`).refused(403, "Forbidden", "ForbiddenByRbac", "…Action: 'Microsoft.KeyVault/vaults/keys/sign/action'")
	w.send(reader, "GET", "roles", "/keys", "").refused(403, "Forbidden", "ForbiddenByRbac", "…Action: 'Microsoft.KeyVault/vaults/keys/read'")
	w.send(reader, "DELETE", "roles", "/keys/mine", "").refused(403, "Forbidden", "ForbiddenByRbac", "…Action: 'Microsoft.KeyVault/vaults/keys/delete'")
	w.send(reader, "GET", "roles", "/secrets/mine", "").refused(403, "Forbidden", "ForbiddenByRbac", "…secrets/getSecret/action")
}
