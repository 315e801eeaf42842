package entra_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

func TestMetadataV2(t *testing.T) {
	w := newWorld(t, "AzureChinaCloud")
	const canonical = "https://login.partner.microsoftonline.cn/"
	for target, want := range map[string]struct{ authority, issuer string }{
		"https://login.chinacloudapi.cn/" + tenantID:                       {"https://login.chinacloudapi.cn/" + tenantID, canonical + tenantID + "/v2.0"},
		"https://LOGIN.chinacloudapi.cn/" + strings.ToUpper(tenantID):      {"https://login.chinacloudapi.cn/" + tenantID, canonical + tenantID + "/v2.0"},
		"https://login.partner.microsoftonline.cn/" + w.directory.Domain(): {canonical + tenantID, canonical + tenantID + "/v2.0"},
		"https://login.chinacloudapi.cn/organizations":                     {"https://login.chinacloudapi.cn/organizations", canonical + "{tenantid}/v2.0"},
		"https://login.chinacloudapi.cn/Common":                            {"https://login.chinacloudapi.cn/common", canonical + "{tenantid}/v2.0"},
		"https://login.chinacloudapi.cn/consumers":                         {"https://login.chinacloudapi.cn/consumers", canonical + "9188040d-6c67-4c5b-b112-36a304b66dad/v2.0"},
		"https://login.local.test:8443/" + tenantID:                        {"https://login.local.test:8443/" + tenantID, canonical + tenantID + "/v2.0"},
		"https://sts.chinacloudapi.cn/" + tenantID:                         {canonical + tenantID, canonical + tenantID + "/v2.0"},
	} {
		// MSAL Go leaves a question mark at the end; others a slash, or two in the middle.
		for _, path := range []string{"/v2.0/.well-known/openid-configuration?", "//V2.0/.well-known/openid-configuration/"} {
			got := w.get(target + path)
			for name, value := range map[string]any{
				"issuer": want.issuer, "token_endpoint": want.authority + "/oauth2/v2.0/token",
				"authorization_endpoint":        want.authority + "/oauth2/v2.0/authorize",
				"device_authorization_endpoint": want.authority + "/oauth2/v2.0/devicecode",
				"jwks_uri":                      want.authority + "/discovery/v2.0/keys",
				"cloud_instance_name":           "partner.microsoftonline.cn", "msgraph_host": "microsoftgraph.chinacloudapi.cn",
			} {
				if got.body[name] != value {
					t.Errorf("%s: %s is %v, want %v", target, name, got.body[name], value)
				}
			}
		}
	}
}

func TestMetadataV1(t *testing.T) {
	w := newWorld(t, "AzureCloud")
	got := w.get("/" + tenantID + "/.well-known/openid-configuration")
	if got.body["issuer"] != "https://sts.windows.net/"+tenantID+"/" ||
		got.body["token_endpoint"] != "https://login.microsoftonline.com/"+tenantID+"/oauth2/token" ||
		got.body["jwks_uri"] != "https://login.microsoftonline.com/common/discovery/keys" || got.body["tenant_region_scope"] != "NA" {
		t.Errorf("%v", got.body)
	}
	got = w.get("/common/.well-known/openid-configuration")
	if got.body["issuer"] != "https://sts.windows.net/{tenantid}/" || got.body["tenant_region_scope"] != nil {
		t.Errorf("%v", got.body)
	}
}

func TestFederationServerMetadata(t *testing.T) {
	w := newWorld(t, "AzureChinaCloud")
	got := w.get("https://login.local.test:8443/adfs/.well-known/openid-configuration")
	const authority = "https://login.local.test:8443/adfs"
	if got.body["issuer"] != authority || got.body["token_endpoint"] != authority+"/oauth2/token" ||
		got.body["authorization_endpoint"] != authority+"/oauth2/authorize" || got.body["jwks_uri"] != authority+"/discovery/keys" {
		t.Errorf("%v", got.body)
	}
	if got := w.get(authority + "/discovery/keys"); got.status != http.StatusOK {
		t.Errorf("%v", got.body)
	}
}

func TestMetadataOfUnknownTenants(t *testing.T) {
	w := newWorld(t, "AzureCloud")
	const other = "22222222-2222-2222-2222-222222222222"
	w.get("/"+other+"/v2.0/.well-known/openid-configuration").refused(t, 400, "invalid_tenant", 90002, "Tenant '"+other+"' not found")
	w.get("/secrets/v2.0/.well-known/openid-configuration").refused(t, 400, "invalid_tenant", 90002, "'secrets'")
	w.get("/"+other+"/discovery/v2.0/keys").refused(t, 400, "invalid_tenant", 90002, "")
	w.get("/a%20b/.well-known/openid-configuration").refused(t, 400, "invalid_request", 900023, "neither a valid DNS name")
	w.get("/"+strings.Repeat("a", 300)+"/v2.0/.well-known/openid-configuration").refused(t, 400, "invalid_request", 900023, "")
}

func TestKeys(t *testing.T) {
	w := newWorld(t, "AzureCloud")
	for _, path := range []string{"/common/discovery/keys", "/" + tenantID + "/discovery/v2.0/keys"} {
		got := w.get(path)
		keys, _ := got.body["keys"].([]any)
		if len(keys) != 1 {
			t.Fatalf("%v", got.body)
		}
		key, _ := keys[0].(map[string]any)
		chain, _ := key["x5c"].([]any)
		if key["kty"] != "RSA" || key["use"] != "sig" || key["kid"] == "" || key["kid"] != key["x5t"] || len(chain) != 1 || key["d"] != nil {
			t.Errorf("%v", key)
		}
	}
}

func TestInstanceDiscovery(t *testing.T) {
	w := newWorld(t, "AzureChinaCloud")
	ask := func(host, version, endpoint string) answer {
		return w.get("https://" + host + "/common/discovery/instance?api-version=" + version + "&authorization_endpoint=" + url.QueryEscape(endpoint))
	}
	// az asks the public cloud's name for aliases, whichever cloud it is signed in to.
	got := ask("login.microsoftonline.com", "1.1", "https://login.microsoftonline.com/common/oauth2/authorize")
	if got.body["api-version"] != "1.1" ||
		got.body["tenant_discovery_endpoint"] != "https://login.microsoftonline.com/common/.well-known/openid-configuration" {
		t.Fatalf("%v", got.body)
	}
	metadata, _ := got.body["metadata"].([]any)
	aliases := map[string][]string{}
	for _, one := range metadata {
		entry, _ := one.(map[string]any)
		network, _ := entry["preferred_network"].(string)
		names, _ := entry["aliases"].([]any)
		for _, name := range names {
			text, _ := name.(string)
			aliases[network] = append(aliases[network], text)
		}
		if entry["preferred_cache"] == "" || !slices.Contains(aliases[network], network) {
			t.Errorf("%v", entry)
		}
	}
	for network, want := range map[string][]string{
		"login.microsoftonline.com":        {"login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net"},
		"login.partner.microsoftonline.cn": {"login.partner.microsoftonline.cn", "login.chinacloudapi.cn"},
		"login.microsoftonline.us":         {"login.microsoftonline.us", "login.usgovcloudapi.net"},
		"login-us.microsoftonline.com":     {"login-us.microsoftonline.com"},
	} {
		if !slices.Equal(aliases[network], want) {
			t.Errorf("aliases of %s: %q, want %q", network, aliases[network], want)
		}
	}
	got = ask("login.chinacloudapi.cn", "1.0", "https://LOGIN.chinacloudapi.cn/"+tenantID+"/oauth2/v2.0/authorize")
	if len(got.body) != 1 || got.body["tenant_discovery_endpoint"] != "https://login.chinacloudapi.cn/"+tenantID+"/v2.0/.well-known/openid-configuration" {
		t.Errorf("%v", got.body)
	}
	if got = ask("login.local.test:8443", "1.1", "https://login.local.test:8443/"+tenantID+"/oauth2/v2.0/authorize"); got.status != http.StatusOK {
		t.Errorf("%v", got.body)
	}
	for _, endpoint := range []string{
		"https://login.contoso.com/common/oauth2/v2.0/authorize", "http://login.microsoftonline.com/common/oauth2/authorize",
		"https://login.microsoftonline.com.evil.example/common/x", "https://x@login.microsoftonline.com/common/x",
		"https://login.microsoftonline.com/", "nonsense", "%", "https://login.local.test:8444/t/x",
	} {
		ask("login.microsoftonline.com", "1.1", endpoint).refused(t, 400, "invalid_instance", 50049, "Unknown or invalid instance.")
	}
	w.get("/common/discovery/instance?api-version=1.1").refused(t, 400, "invalid_request", 900144, "'authorization_endpoint'")
	w.get("/common/discovery/instance?api-version=1.1&API-version=1.0").refused(t, 400, "invalid_request", 9000411, "'api-version'")
	w.get("/common/discovery/instance?a=%zz").refused(t, 400, "invalid_request", 9002313, "")
}

// TestOtherCloud has the public cloud's login name, which every instance answers for discovery, hold no tenant of ours.
func TestOtherCloud(t *testing.T) {
	w := newWorld(t, "AzureChinaCloud")
	w.post("https://login.microsoftonline.com"+v2, w.passwordForm()...).refused(t, 400, "invalid_tenant", 90002, tenantID)
	w.get("https://login.microsoftonline.com/"+tenantID+"/v2.0/.well-known/openid-configuration").refused(t, 400, "invalid_tenant", 90002, "")
	for _, host := range w.cloud.LoginAliases {
		if got := w.post("https://"+host+v2, w.passwordForm()...); got.status != http.StatusOK {
			t.Errorf("%s: %v", host, got.body)
		}
	}
}

func TestUserRealm(t *testing.T) {
	w := newWorld(t, "AzureChinaCloud")
	got := w.get("/common/UserRealm/" + url.PathEscape(w.user.UserPrincipalName) + "?api-version=1.0")
	for name, want := range map[string]any{
		"ver": "1.0", "account_type": "Managed", "domain_name": w.directory.Domain(),
		"cloud_instance_name": "partner.microsoftonline.cn", "cloud_audience_urn": "urn:federation:MicrosoftOnline",
	} {
		if got.body[name] != want {
			t.Errorf("%s is %v, want %v", name, got.body[name], want)
		}
	}
	if got := w.get("/common/userrealm/eve@contoso.com?api-version=1.0"); got.body["account_type"] != "Unknown" {
		t.Errorf("%v", got.body)
	}
	got = w.get("/common/userrealm?user=" + url.QueryEscape(w.user.UserPrincipalName) + "&api-version=2.1")
	if got.body["NameSpaceType"] != "Managed" || got.body["Login"] != w.user.UserPrincipalName {
		t.Errorf("%v", got.body)
	}
	w.get("/common/userrealm?api-version=2.1").refused(t, 400, "invalid_request", 900144, "'user'")
}
