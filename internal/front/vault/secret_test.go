package vault_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"fmt"
	"math/big"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/store"
	"github.com/alcedo-cloud/alcedo/internal/vault/certificate"
)

const now = 1795435200 // the clock's

func TestSetAndGet(t *testing.T) {
	w := newWorld(t)
	a := w.send(admin, "PUT", "kv", "/secrets/mi-Test", `{"value":"My Secret <&>","contentType":"text/plain","tags":{"a":"b"},
		"attributes":{"enabled":true,"nbf":1700000000,"exp":1900000000}}`).ok(200)
	members := map[string]any{
		"value": "My Secret <&>", "contentType": "text/plain", "tags.a": "b", "attributes.enabled": true, "attributes.nbf": 1700000000,
		"attributes.exp": 1900000000, "attributes.created": now, "attributes.updated": now, "kid": nil, "managed": nil, "recoveryId": nil,
	}
	a.want(members)
	if !regexp.MustCompile(`^https://kv\.vault\.azure\.cn/secrets/mi-Test/[0-9a-f]{32}$`).MatchString(a.str("id")) {
		t.Errorf("id %s", a.str("id"))
	}
	for _, path := range []string{"/secrets/mi-Test", "/secrets/mi-Test/", "/secrets/MI-TEST", strings.TrimPrefix(a.str("id"), "https://kv.vault.azure.cn")} {
		w.send(admin, "GET", "kv", path, "").ok(200).want(members).want(map[string]any{"id": a.str("id")})
	}
	w.send(admin, "GET", "kv", "/secrets/none", "").refused(404, "SecretNotFound", "", "A secret with (name/id) none was not found in this "+
		"key vault. If you recently deleted this secret you may be able to recover it using the correct recovery command. For help "+
		"resolving this issue, please see https://go.microsoft.com/fwlink/?linkid=2125182")
	w.send(admin, "GET", "kv", "/secrets/mi-Test/00000000000000000000000000000000", "").refused(404, "SecretNotFound", "",
		"…(name/id) mi-Test/00000000000000000000000000000000 was not found")
	w.send(admin, "GET", "roles", "/secrets/mi-Test", "").refused(404, "SecretNotFound", "", "…mi-Test") // another vault
}

func TestBadSecrets(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct{ name, body, message string }{
		{"a_b", `{"value":"v"}`, "The request URI contains an invalid name: a_b"},
		{"a%20b", `{"value":"v"}`, "The request URI contains an invalid name: a b"},
		{"%C3%A9", `{"value":"v"}`, "The request URI contains an invalid name: é"},
		{strings.Repeat("a", 128), `{"value":"v"}`, "…invalid name: " + strings.Repeat("a", 127)},
		{"s", "", "Request body not specified."},
		{"s", "{", "…Property  has invalid value"},
		{"s", "[]", "…has invalid value"},
		{"s", `{"value":1}`, "…Property value has invalid value"},
		{"s", `{}`, "…Property value is missing"},
		{"s", `{"value":null}`, "…Property value is missing"},
		{"s", `{"value":"v","attributes":{"exp":"x"}}`, "…Property attributes.exp has invalid value"},
		{"s", `{"value":"v","attributes":{"exp":1e99}}`, "…Property attributes.exp has invalid value"},
		{"s", `{"value":"v","attributes":{"nbf":20,"exp":10}}`, "The attribute 'exp' must be later than 'nbf'."},
		{"s", `{"value":"v","attributes":{"exp":-1}}`, "…must not lie before 1970"},
		{"s", `{"value":"v","contentType":"` + strings.Repeat("v", 256) + `"}`, "…content type"},
		{"s", `{"value":"v","tags":{"` + strings.Repeat("v", 257) + `":"x"}}`, "…tag"},
	} {
		w.send(admin, "PUT", "kv", "/secrets/"+c.name, c.body).refused(400, "BadParameter", "", c.message)
	}
	var tags []string
	for i := range 16 {
		tags = append(tags, fmt.Sprintf(`"t%d":"x"`, i))
	}
	w.send(admin, "PUT", "kv", "/secrets/s", `{"value":"v","tags":{`+strings.Join(tags, ",")+`}}`).refused(400, "BadParameter", "", "…not be more than 15")
	w.send(admin, "PUT", "kv", "/secrets/s", `{"value":"v","tags":{`+strings.Join(tags[:15], ",")+`}}`).ok(200)
	for _, value := range []string{strings.Repeat("v", 25601), strings.Repeat("é", 12801)} { // bytes count, not characters
		w.send(admin, "PUT", "kv", "/secrets/s", `{"value":"`+value+`"}`).refused(400, "BadParameter", "SecretTooLarge",
			"Secret is beyond the maximum permitted length of 25600 characters.")
	}
	w.send(admin, "PUT", "kv", "/secrets/"+strings.Repeat("a", 127), `{"value":"`+strings.Repeat("v", 25600)+`"}`).ok(200)
	w.send(admin, "PUT", "kv", "/secrets/s", strings.Repeat("x", 5<<20)).refused(413, "RequestContentTooLarge", "", "…maximum")
}

// enabled forbids, nbf and exp inform: Key Vault serves what is not valid yet, or no more.
func TestEnabledAndTimes(t *testing.T) {
	w := newWorld(t)
	w.send(admin, "PUT", "kv", "/secrets/s", `{"value":"v","attributes":{"enabled":false}}`).ok(200)
	w.send(admin, "GET", "kv", "/secrets/s", "").refused(403, "Forbidden", "SecretDisabled", "Operation get is not allowed on a disabled secret.")
	w.send(admin, "GET", "kv", "/secrets", "").ok(200).want(map[string]any{"value.0.attributes.enabled": false})
	w.send(admin, "PATCH", "kv", "/secrets/s/", `{"attributes":{"enabled":true}}`).ok(200)
	w.send(admin, "GET", "kv", "/secrets/s", "").ok(200)
	w.send(admin, "PUT", "kv", "/secrets/old", fmt.Sprintf(`{"value":"v","attributes":{"exp":%d}}`, now-10)).ok(200)
	w.send(admin, "GET", "kv", "/secrets/old", "").ok(200).want(map[string]any{"value": "v", "attributes.exp": now - 10})
	w.send(admin, "PUT", "kv", "/secrets/new", fmt.Sprintf(`{"value":"v","attributes":{"nbf":%d}}`, now+10)).ok(200)
	w.send(admin, "GET", "kv", "/secrets/new", "").ok(200).want(map[string]any{"value": "v", "attributes.nbf": now + 10})
}

func TestUpdate(t *testing.T) {
	w := newWorld(t)
	first := w.send(admin, "PUT", "kv", "/secrets/s", `{"value":"one","contentType":"a","tags":{"x":"1"}}`).ok(200).str("id")
	w.send(admin, "PUT", "kv", "/secrets/s", `{"value":"two"}`).ok(200)
	w.clock.Advance(time.Minute)
	path := strings.TrimPrefix(first, "https://kv.vault.azure.cn")
	a := w.send(admin, "PATCH", "kv", path, `{"contentType":"b","attributes":{"exp":1900000000},"value":"ignored"}`).ok(200)
	a.want(map[string]any{"id": first, "contentType": "b", "tags.x": "1", "attributes.updated": now + 60, "attributes.created": now, "value": nil})
	w.send(admin, "GET", "kv", path, "").ok(200).want(map[string]any{"value": "one", "contentType": "b", "attributes.exp": 1900000000})
	w.send(admin, "GET", "kv", "/secrets/s", "").ok(200).want(map[string]any{"value": "two", "contentType": nil})
	w.send(admin, "PATCH", "kv", path, `{"tags":{}}`).ok(200).want(map[string]any{"tags.x": nil})
	w.send(admin, "PATCH", "kv", path, `{"attributes":{"nbf":1900000001}}`).refused(400, "BadParameter", "", "The attribute 'exp' must be later than 'nbf'.")
	w.send(admin, "PATCH", "kv", "/secrets/none/1", `{}`).refused(404, "SecretNotFound", "", "…none")
	w.send(admin, "PATCH", "kv", "/secrets/s/1", `{}`).refused(404, "SecretNotFound", "", "…s/1")
	w.send(admin, "PATCH", "kv", path, ``).refused(400, "BadParameter", "", "Request body not specified.")
}

// follow reads all pages of a list and gives the ids.
func (w *world) follow(path string) (ids []string, pages int) {
	w.Helper()
	for {
		a := w.send(admin, "GET", "kv", path, "").ok(200)
		pages++
		for i := range a.len() {
			ids = append(ids, a.str(fmt.Sprintf("value.%d.id", i)))
		}
		next, ok := a.at("nextLink").(string)
		if !ok {
			if _, there := a.body["nextLink"]; !there || pages > 100 {
				w.Fatalf("%s: %s", path, a.text)
			}
			return ids, pages
		}
		u, err := url.Parse(next)
		w.check(err)
		if u.Host != "kv.vault.azure.cn" || u.Query().Get("$skiptoken") == "" || u.Query().Get("api-version") != "7.4" || u.Query().Get("maxresults") == "" {
			w.Fatalf("next link %s", next)
		}
		path = u.RequestURI()
	}
}

func TestLists(t *testing.T) {
	w := newWorld(t)
	if ids, pages := w.follow("/secrets"); len(ids) != 0 || pages != 1 {
		t.Errorf("an empty vault: %v", ids)
	}
	var want []string
	for i := range 53 {
		name := fmt.Sprintf("S%02d", i)
		w.send(admin, "PUT", "kv", "/secrets/"+name, `{"value":"planted"}`).ok(200)
		want = append(want, "https://kv.vault.azure.cn/secrets/"+name)
	}
	for query, wantPages := range map[string]int{"": 3, "?maxresults=25": 3, "?maxresults=10": 6, "?maxresults=1": 53} {
		ids, pages := w.follow("/secrets" + query)
		if strings.Join(ids, " ") != strings.Join(want, " ") || pages != wantPages {
			t.Errorf("%q: %d pages: %v", query, pages, ids)
		}
	}
	a := w.send(admin, "GET", "kv", "/secrets?maxresults=2", "").ok(200)
	if strings.Contains(a.text, "planted") || a.at("value.0.attributes.recoveryLevel") == nil {
		t.Errorf("%s", a.text)
	}
	for _, bad := range []string{"0", "26", "-1", "x", "1.5", "99999999999999999999"} {
		w.send(admin, "GET", "kv", "/secrets?maxresults="+bad, "").refused(400, "BadParameter", "", "…maxresults")
	}
	for _, bad := range []string{"!", "a", "AA", base64.RawURLEncoding.EncodeToString([]byte(strings.Repeat("a", 300)))} {
		w.send(admin, "GET", "kv", "/secrets?$skiptoken="+bad, "").refused(400, "BadParameter", "", "The $skiptoken is invalid.")
	}
}

func TestListVersions(t *testing.T) {
	w := newWorld(t)
	ids := map[string]bool{}
	for range 7 {
		ids[w.send(admin, "PUT", "kv", "/secrets/s", `{"value":"planted"}`).ok(200).str("id")] = true
	}
	w.send(admin, "PUT", "kv", "/secrets/s-1", `{"value":"v"}`).ok(200) // a neighbour's are not its
	got, pages := w.follow("/secrets/s/versions?maxresults=3")
	if len(got) != 7 || pages != 3 {
		t.Fatalf("%d pages: %v", pages, got)
	}
	for _, id := range got {
		if !ids[id] {
			t.Errorf("%s is none of it", id)
		}
	}
	if got, _ := w.follow("/secrets/none/versions"); len(got) != 0 {
		t.Errorf("versions of none: %v", got)
	}
}

func TestDeleteRecoverPurge(t *testing.T) {
	w := newWorld(t)
	id := w.send(admin, "PUT", "kv", "/secrets/Del", `{"value":"v1"}`).ok(200).str("id")
	w.clock.Advance(time.Minute)
	deleted := map[string]any{
		"id": id, "recoveryId": "https://kv.vault.azure.cn/deletedsecrets/Del", "deletedDate": now + 60,
		"scheduledPurgeDate": now + 60 + 90*86400, "value": nil, "attributes.enabled": true,
	}
	w.send(admin, "DELETE", "kv", "/secrets/del", "").ok(200).want(deleted)
	w.send(admin, "GET", "kv", "/deletedsecrets/del/", "").ok(200).want(deleted)
	w.send(admin, "GET", "kv", "/deletedsecrets", "").ok(200).want(map[string]any{
		"value.0.id": "https://kv.vault.azure.cn/secrets/Del", "value.0.recoveryId": "https://kv.vault.azure.cn/deletedsecrets/Del",
		"value.0.deletedDate": now + 60, "nextLink": nil,
	})
	w.send(admin, "GET", "kv", "/secrets/del", "").refused(404, "SecretNotFound", "", "…del")
	w.send(admin, "DELETE", "kv", "/secrets/del", "").refused(404, "SecretNotFound", "", "…del")
	w.send(admin, "PATCH", "kv", "/secrets/del/1", "{}").refused(404, "SecretNotFound", "", "…del")
	w.send(admin, "POST", "kv", "/secrets/del/backup", "").refused(404, "SecretNotFound", "", "…del")
	w.send(admin, "PUT", "kv", "/secrets/del", `{"value":"v"}`).refused(409, "Conflict", "ObjectIsDeletedButRecoverable",
		"Secret Del is currently in a deleted but recoverable state, and its name cannot be reused; in this state, the secret can only be recovered or purged.")
	w.send(admin, "POST", "kv", "/deletedsecrets/del/recover", "").ok(200).want(map[string]any{"id": id, "value": nil, "recoveryId": nil})
	w.send(admin, "GET", "kv", "/secrets/del", "").ok(200).want(map[string]any{"value": "v1", "id": id})
	for _, c := range []struct{ method, path string }{
		{"GET", "/deletedsecrets/del"}, {"DELETE", "/deletedsecrets/del"}, {"POST", "/deletedsecrets/del/recover"},
	} {
		w.send(admin, c.method, "kv", c.path, "").refused(404, "SecretNotFound", "", "Deleted Secret not found: del")
	}
	w.send(admin, "DELETE", "kv", "/secrets/del", "").ok(200)
	if a := w.send(admin, "DELETE", "kv", "/deletedsecrets/del", "").ok(204); a.text != "" {
		t.Errorf("%s", a.text)
	}
	w.send(admin, "PUT", "kv", "/secrets/del", `{"value":"again"}`).ok(200)
	if got, _ := w.follow("/secrets/del/versions"); len(got) != 1 {
		t.Errorf("versions of the purged secret are there: %v", got)
	}
}

// When the retention is over the secret is gone, whether or not the sweep has been.
func TestRetention(t *testing.T) {
	for _, sweep := range []bool{false, true} {
		w := newWorld(t)
		w.send(admin, "PUT", "kv", "/secrets/s", `{"value":"v"}`).ok(200)
		w.send(admin, "PUT", "kv", "/secrets/t", `{"value":"v"}`).ok(200)
		w.send(admin, "DELETE", "kv", "/secrets/s", "").ok(200)
		w.clock.Advance(90*24*time.Hour - time.Second)
		w.check(w.vaults.Sweep(t.Context()))
		w.send(admin, "GET", "kv", "/deletedsecrets/s", "").ok(200)
		w.clock.Advance(time.Second)
		if sweep {
			w.check(w.vaults.Sweep(t.Context()))
		}
		w.send(admin, "GET", "kv", "/deletedsecrets/s", "").refused(404, "SecretNotFound", "", "Deleted Secret not found: s")
		w.send(admin, "POST", "kv", "/deletedsecrets/s/recover", "").refused(404, "SecretNotFound", "", "Deleted Secret not found: s")
		if ids, _ := w.follow("/deletedsecrets"); len(ids) != 0 {
			t.Errorf("deleted: %v", ids)
		}
		w.send(admin, "PUT", "kv", "/secrets/s", `{"value":"v2"}`).ok(200)
		w.send(admin, "GET", "kv", "/secrets/t", "").ok(200)
		if got, _ := w.follow("/secrets/s/versions"); len(got) != 1 {
			t.Errorf("swept %v: %v", sweep, got)
		}
	}
}

func TestPurgeProtection(t *testing.T) {
	w := newWorld(t)
	v := definition("roles")
	v.EnableRBAC, v.PurgeProtection = true, true
	w.define(v)
	w.send(admin, "PUT", "roles", "/secrets/s", `{"value":"v"}`).ok(200)
	w.send(admin, "DELETE", "roles", "/secrets/s", "").ok(200)
	w.send(admin, "DELETE", "roles", "/deletedsecrets/s", "").refused(403, "Forbidden", "ForbiddenByPolicy",
		"Operation \"purge\" is not allowed because purge protection is enabled for this vault. Key Vault service will automatically "+
			"purge it after the retention period has passed.\r\nVault: roles;location=chinanorth")
	w.send(admin, "GET", "roles", "/deletedsecrets/s", "").ok(200)
}

func TestBackupAndRestore(t *testing.T) {
	w := newWorld(t)
	w.send(admin, "PUT", "kv", "/secrets/S", `{"value":"one","tags":{"a":"b"}}`).ok(200)
	id := w.send(admin, "PUT", "kv", "/secrets/S", `{"value":"two","contentType":"t"}`).ok(200).str("id")
	backup := w.send(admin, "POST", "kv", "/secrets/s/backup", "").ok(200).str("value")
	raw, err := base64.RawURLEncoding.DecodeString(backup)
	if err != nil || strings.Contains(string(raw), "two") {
		t.Fatal("the backup is open, or no base64", err)
	}
	body := `{"value":"` + backup + `"}`
	w.send(admin, "POST", "kv", "/secrets/restore", body).refused(409, "Conflict", "", "…S already exists in this vault")
	w.send(admin, "DELETE", "kv", "/secrets/s", "").ok(200)
	w.send(admin, "POST", "kv", "/secrets/restore", body).refused(409, "Conflict", "ObjectIsDeletedButRecoverable", "…Secret S is currently")
	w.send(admin, "DELETE", "kv", "/deletedsecrets/s", "").ok(204)
	w.send(admin, "POST", "kv", "/secrets/restore", body).ok(200).want(map[string]any{"id": id, "value": nil, "contentType": "t"})
	w.send(admin, "GET", "kv", "/secrets/s", "").ok(200).want(map[string]any{"value": "two", "id": id})
	if got, _ := w.follow("/secrets/s/versions"); len(got) != 2 {
		t.Errorf("%v", got)
	}
	// Another vault of the same subscription and geography takes it too, one elsewhere does not.
	w.send(admin, "POST", "roles", "/secrets/restore", body).ok(200)
	w.send(admin, "GET", "roles", "/secrets/s", "").ok(200).want(map[string]any{"value": "two"})
	far := definition("far")
	far.EnableRBAC, far.Geography = true, "Europe"
	w.define(far)
	w.grant(admin, adminRole, far.ResourceID)
	w.send(admin, "POST", "far", "/secrets/restore", body).refused(400, "BadParameter", "", "…made in the geography 'China'")
	foreign := definition("foreign")
	foreign.EnableRBAC, foreign.ResourceID = true, strings.Replace(foreign.ResourceID, subID, other, 1)
	w.define(foreign)
	w.grant(admin, adminRole, foreign.ResourceID)
	w.send(admin, "POST", "foreign", "/secrets/restore", body).refused(400, "BadParameter", "", "…another subscription")

	raw[len(raw)/2] ^= 1
	for _, bad := range []string{
		`{"value":"` + base64.RawURLEncoding.EncodeToString(raw) + `"}`, `{"value":"AAAA"}`, `{"value":"` + backup[:len(backup)-8] + `"}`,
	} {
		w.send(admin, "POST", "kv", "/secrets/restore", bad).refused(400, "Malformed backup blob", "", "Backup blob contains invalid or corrupt version.")
	}
	for _, bad := range []string{`{"value":"!"}`, `{"value":""}`, `{}`} {
		w.send(admin, "POST", "kv", "/secrets/restore", bad).refused(400, "BadParameter", "", "Property value has invalid value\r\n")
	}
}

// What is in a vault is gone with it, and a vault of the same name later begins empty.
func TestVaultDeletedAndPurged(t *testing.T) {
	w := newWorld(t)
	w.send(admin, "PUT", "kv", "/secrets/s", `{"value":"v"}`).ok(200)
	w.check(w.store.Update(t.Context(), func(tx store.Tx) error { return w.vaults.DeleteVault(tx, "KV") }))
	w.send(admin, "GET", "kv", "/secrets/s", "").refused(404, "VaultNotFound", "", "The vault 'kv' was not found.")
	w.check(w.store.Update(t.Context(), func(tx store.Tx) error {
		_, err := w.vaults.RecoverVault(tx, "kv")
		return err
	}))
	w.send(admin, "GET", "kv", "/secrets/s", "").ok(200).want(map[string]any{"value": "v"})
	w.check(w.store.Update(t.Context(), func(tx store.Tx) error { return w.vaults.DeleteVault(tx, "kv") }))
	w.check(w.vaults.PurgeVault(t.Context(), "kv"))
	w.policies()
	w.send(admin, "GET", "kv", "/secrets/s", "").refused(404, "SecretNotFound", "", "…s")
}

// A certificate in PKCS #12 can be read as PEM since the versions have dates again; nothing else is converted.
func TestOutContentType(t *testing.T) {
	w := newWorld(t)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	w.check(err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "web"}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	w.check(err)
	pfx, err := (&certificate.Bundle{Key: key, Chain: [][]byte{der}}).Write(rand.Reader, certificate.PKCS12)
	w.check(err)
	w.send(admin, "PUT", "kv", "/secrets/c", `{"value":"`+pfx+`","contentType":"application/x-pkcs12"}`).ok(200)
	w.send(admin, "PUT", "kv", "/secrets/x", `{"value":"x","contentType":"application/x-pkcs12"}`).ok(200)
	w.send(admin, "PUT", "kv", "/secrets/t", `{"value":"x","contentType":"text/plain"}`).ok(200)
	get := func(name, version, format string) *answer {
		return w.raw(admin, "GET", "kv", "/secrets/"+name+"?api-version="+version+"&outContentType="+format, "")
	}
	const pem, pkcs12 = "application/x-pem-file", "application/x-pkcs12"
	a := get("c", "2026-04-01", pem).ok(200).want(map[string]any{"contentType": pem})
	if v := a.str("value"); !strings.Contains(v, "BEGIN PRIVATE KEY") || !strings.Contains(v, "BEGIN CERTIFICATE") {
		t.Errorf("as PEM: %s", v)
	}
	get("c", "2026-04-01", pkcs12).ok(200).want(map[string]any{"contentType": pkcs12, "value": pfx})
	get("c", "7.4", pem).ok(200).want(map[string]any{"contentType": pkcs12, "value": pfx}) // it does not know the parameter
	get("c", "2026-04-01", "text/plain").refused(400, "BadParameter", "", "…'text/plain'")
	get("x", "2026-04-01", pem).refused(400, "BadParameter", "", "The value of the secret is not a certificate in PKCS #12.")
	for _, format := range []string{pem, pkcs12, "text/plain", ""} {
		get("t", "2026-04-01", format).refused(400, "BadParameter", "", "…cannot be converted")
	}
}
