package vault_test

import (
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
)

const challenge = `Bearer authorization="https://login.partner.microsoftonline.cn/` + tenant + `", resource="https://vault.azure.cn"`

// Every SDK's first request has neither token nor body, and waits for exactly this.
func TestChallenge(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct{ method, path string }{
		{"GET", "/secrets/s/?api-version=2026-04-01"},
		{"PUT", "/secrets/s?api-version=7.4"},
		{"PATCH", "/secrets/s/1?api-version=7.4"},
		{"DELETE", "/secrets/s?api-version=7.4"},
		{"GET", "/"},
		{"GET", "/secrets/s"},             // the token comes before the api-version,
		{"GET", "/nothing?api-version=1"}, // and before the path
	} {
		a := w.raw("", c.method, "kv", c.path, "").refused(401, "Unauthorized", "", "AKV10000: Request is missing a Bearer or PoP token.")
		if got := a.header["Www-Authenticate"]; len(got) != 1 || got[0] != challenge {
			t.Errorf("%s %s: challenge %q", c.method, c.path, got)
		}
		for name, form := range map[string]string{
			"Content-Type":                  `^application/json; charset=utf-8$`,
			"X-Ms-Keyvault-Region":          `^chinanorth$`,
			"X-Ms-Request-Id":               `^[0-9a-f-]{36}$`,
			"X-Ms-Keyvault-Service-Version": `^1\.9\.`,
			"X-Ms-Keyvault-Network-Info":    `^conn_type=Ipv4;addr=192\.0\.2\.7;act_addr_fam=InterNetwork;$`,
			"Cache-Control":                 `^no-cache$`,
		} {
			if !regexp.MustCompile(form).MatchString(a.header.Get(name)) {
				t.Errorf("%s: %s is %q", c.path, name, a.header.Get(name))
			}
		}
	}
}

func TestChallengeOfOddHeaders(t *testing.T) {
	w := newWorld(t)
	for _, values := range [][]string{{""}, {"Bearer"}, {"Bearer "}, {"Basic eDp5"}, {"Bearer a b"}, {"Bearer a,b"}, {"Bearer " + admin, "Bearer " + admin}} {
		r := httptest.NewRequest("GET", "https://kv.vault.azure.cn/secrets?api-version=7.4", nil)
		r.Header["Authorization"] = values
		rec := httptest.NewRecorder()
		w.ServeHTTP(rec, r)
		if rec.Code != 401 || rec.Header().Get("WWW-Authenticate") != challenge {
			t.Errorf("%q: %d %s", values, rec.Code, rec.Body)
		}
	}
}

func TestRefusedTokens(t *testing.T) {
	w := newWorld(t)
	for as, message := range map[string]string{
		"audience":  "AKV10022: Invalid audience. Expected https://vault.azure.cn, found: https://management.chinacloudapi.cn.",
		"tenant":    "AKV10032: Invalid issuer. Expected one of https://sts.chinacloudapi.cn/" + tenant + "/, found https://sts.chinacloudapi.cn/" + other + "/.",
		"issuer":    "…AKV10032: Invalid issuer.",
		"expired":   "…IDX10223",
		"early":     "…IDX10222",
		"signature": "…AKV10046",
		"subject":   "…does not exist in the tenant",
		"malformed": "…IDX12741",
		"evil":      `…found: "??X-Evil: 1`,
	} {
		a := w.send(as, "GET", "kv", "/secrets/s", "").refused(401, "Unauthorized", "", message)
		if a.header.Get("WWW-Authenticate") != challenge {
			t.Errorf("%s: challenge %q", as, a.header["Www-Authenticate"])
		}
		if len(a.text) > 1000 {
			t.Errorf("%s: a token filled %d bytes", as, len(a.text))
		}
	}
	w.send("broken", "GET", "kv", "/secrets/s", "").refused(500, "InternalServerError", "", "An internal error has occurred.")
}

func TestUnknownVault(t *testing.T) {
	w := newWorld(t)
	w.send("", "GET", "none", "/secrets/s", "").refused(404, "VaultNotFound", "", "The vault 'none' was not found.")
	w.send(admin, "GET", "vault.azure.cn", "/secrets/s", "").refused(404, "VaultNotFound", "", "The host is not that of a vault.")
	w.send(admin, "PUT", "KV.Vault.Azure.CN:8443", "/secrets/s", `{"value":"v"}`).ok(200)
	a := w.send(admin, "GET", "KV.Vault.Azure.CN:8443", "/secrets/s", "").ok(200)
	if !strings.HasPrefix(a.str("id"), "https://kv.vault.azure.cn:8443/secrets/s/") {
		t.Errorf("id %s", a.str("id"))
	}
}

func TestVersions(t *testing.T) {
	w := newWorld(t)
	w.send(admin, "PUT", "kv", "/secrets/s", `{"value":"v"}`).ok(200)
	w.raw(admin, "GET", "kv", "/secrets/s", "").refused(400, "BadParameter", "", "api-version must be specified")
	w.raw(admin, "GET", "kv", "/secrets/s?api-version=", "").refused(400, "BadParameter", "", "api-version must be specified")
	for _, v := range []string{"7", "7.7", "8.0", "2016-10-02", "2024-01-01", "2025-13-01", "2026-04-01-beta", "x", "2025-07-01x"} {
		w.raw(admin, "GET", "kv", "/secrets/s?api-version="+v, "").refused(400, "BadParameter", "",
			"The specified version ("+v+") is not recognized. Consider using the latest supported version (7.6).")
	}
	for _, v := range []string{"2016-10-01", "7.0", "7.1", "7.2", "7.3", "7.4", "7.5", "7.6", "7.6-preview.2", "2025-07-01", "2026-04-01", "2027-01-01-preview"} {
		a := w.raw(admin, "GET", "kv", "/secrets/s/?api%2Dversion="+v, "").ok(200)
		level, days := any("Recoverable+Purgeable"), any(90.0)
		switch v {
		case "2016-10-01":
			level, days = "Purgeable", nil
		case "7.0":
			days = nil
		}
		if a.at("attributes.recoveryLevel") != level || a.at("attributes.recoverableDays") != days {
			t.Errorf("%s: %s", v, a.text)
		}
	}
}

// The recovery level says what the vault's retention and protection are.
func TestRecoveryLevels(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		days      int
		protected bool
		level     string
	}{
		{90, false, "Recoverable+Purgeable"},
		{90, true, "Recoverable"},
		{7, false, "CustomizedRecoverable+Purgeable"},
		{7, true, "CustomizedRecoverable"},
	} {
		v := definition("levels")
		v.RetentionDays, v.PurgeProtection, v.EnableRBAC = c.days, c.protected, true
		w.define(v)
		w.grant(admin, adminRole, v.ResourceID)
		a := w.send(admin, "PUT", "levels", "/secrets/s", `{"value":"v"}`).ok(200)
		a.want(map[string]any{"attributes.recoveryLevel": c.level, "attributes.recoverableDays": c.days})
	}
}

func TestPaths(t *testing.T) {
	w := newWorld(t)
	w.send(admin, "PUT", "kv", "//secrets//s//", `{"value":"v"}`).ok(200)
	w.send(admin, "GET", "kv", "/Secrets/S/", "").ok(200).want(map[string]any{"value": "v"})
	w.send(admin, "GET", "kv", "/", "").refused(404, "NotFound", "", "The requested resource was not found.")
	w.send(admin, "GET", "kv", "/secrets/a/b/c", "").refused(404, "NotFound", "", "The requested resource was not found.")
	w.send(admin, "POST", "kv", "/secrets/s", "{}").refused(405, "MethodNotAllowed", "", "…POST is not supported")
	w.send(admin, "PUT", "kv", "/deletedsecrets/s", "{}").refused(405, "MethodNotAllowed", "", "…PUT is not supported")
	w.send(admin, "GET", "kv", "/secrets?api-version=7.4&x=%zz", "").refused(400, "BadParameter", "", "The query string of the request could not be read.")
}
