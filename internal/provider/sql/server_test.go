package sql_test

import (
	"strings"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

func TestCreateServer(t *testing.T) {
	w := newWorld(t)
	made := w.do("PUT", srv, minimal).ok(201)
	made.want(map[string]any{
		"kind": "v12.0", "location": "chinanorth", "properties.administratorLogin": "boss", "properties.administratorLoginPassword": nil,
		"properties.version": "12.0", "properties.state": "Ready", "properties.fullyQualifiedDomainName": "srv.database.chinacloudapi.cn",
		"properties.minimalTlsVersion": "1.2", "properties.publicNetworkAccess": "Enabled", "properties.administrators": nil,
	})
	s := w.server()
	if s.AdminLogin != "boss" || s.AdminPassword != "hash of 15" || s.Administrator != nil || s.EntraOnly || !s.PublicNetwork || s.MinimumTLS != "1.2" || s.ResourceID != srv {
		t.Errorf("the service has %+v", s)
	}
	w.do("GET", srv, "").ok(200).want(map[string]any{"properties.administratorLogin": "boss"})
	w.do("GET", srv+"/databases", "").ok(200).want(map[string]any{"value.0.name": "master", "value.0.kind": "v12.0,system", "value.1": nil})
	w.do("GET", "/subscriptions/"+subscription+"/providers/Microsoft.Sql/servers", "").ok(200).want(map[string]any{"value.0.name": "srv"})
	// A PUT without a password keeps it, one with a password sets it.
	w.do("PUT", srv, `{"location":"chinanorth","properties":{"administratorLogin":"boss","minimalTlsVersion":"1.3"}}`).ok(200).
		want(map[string]any{"properties.minimalTlsVersion": "1.3"})
	if s := w.server(); s.AdminPassword != "hash of 15" || s.MinimumTLS != "1.3" {
		t.Errorf("after a change: %+v", s)
	}
	w.do("PATCH", srv, `{"properties":{"administratorLoginPassword":"Correct-Horse-10","publicNetworkAccess":"disabled"},"tags":{"a":"b"}}`).ok(200).
		want(map[string]any{"properties.publicNetworkAccess": "Disabled", "properties.minimalTlsVersion": "1.3", "tags.a": "b"})
	if s := w.server(); s.AdminPassword != "hash of 16" || s.PublicNetwork {
		t.Errorf("after a PATCH: %+v", s)
	}
	w.do("DELETE", srv, "").ok(200)
	w.do("DELETE", srv, "").ok(204)
	if _, ok, err := w.registry.Server(t.Context(), "srv"); ok || err != nil {
		t.Errorf("the service keeps the server: %v", err)
	}
	w.do("GET", srv+"/databases/master", "").refused(fault.NotFound, "ParentResourceNotFound", "srv")
}

func TestBadServers(t *testing.T) {
	w := newWorld(t)
	body := func(properties string) string { return `{"location":"chinanorth","properties":{` + properties + `}}` }
	login := `"administratorLogin":"boss","administratorLoginPassword":`
	for _, c := range []struct{ name, body, code, text string }{
		{"Srv", minimal, "InvalidServerName", "lower-case"},
		{"-srv", minimal, "InvalidServerName", "lower-case"},
		{"srv.x", minimal, "InvalidServerName", "lower-case"},
		{strings.Repeat("s", 64), minimal, "InvalidServerName", "63"},
		{"srv", body(``), "InvalidParameterValue", "parameter Login."},
		{"srv", body(`"administratorLogin":"boss"`), "InvalidParameterValue", "parameter Password."},
		{"srv", body(`"administratorLogin":"sa","administratorLoginPassword":"Correct-Horse-9"`), "InvalidLoginName", "login name is invalid"},
		{"srv", body(`"administratorLogin":"9lives","administratorLoginPassword":"Correct-Horse-9"`), "InvalidLoginName", "login name is invalid"},
		{"srv", body(`"administratorLogin":"a@b","administratorLoginPassword":"Correct-Horse-9"`), "InvalidLoginName", "login name is invalid"},
		{"srv", body(login + `"Short-1"`), "PasswordTooShort", "too short"},
		{"srv", body(login + `"` + strings.Repeat("aA1", 50) + `"`), "PasswordTooLong", "no more than 128"},
		{"srv", body(login + `"onlylowercase1"`), "PasswordNotComplex", "not complex enough"},
		{"srv", body(login + `"My-Boss-Is-9"`), "PasswordNotComplex", "not complex enough"},
		{"srv", body(login + `5`), "InvalidParameterValue", "administratorLoginPassword"},
		{"srv", body(login + `"Correct-Horse-9","version":"2.0"`), "InvalidParameterValue", "version"},
		{"srv", body(login + `"Correct-Horse-9","minimalTlsVersion":"2.0"`), "InvalidParameterValue", "minimalTlsVersion"},
		{"srv", body(login + `"Correct-Horse-9","publicNetworkAccess":"Perhaps"`), "InvalidParameterValue", "publicNetworkAccess"},
		{"srv", body(login + `"Correct-Horse-9","keyId":"https://kv.vault.azure.cn/keys/k"`), "FeatureNotSupported", "customer's"},
		{"srv", body(`"administrators":{"login":"me","sid":"nobody"}`), "InvalidParameterValue", "sid"},
		{"srv", body(`"administrators":{"login":"me","sid":"` + someone + `","tenantId":"` + someone + `"}`), "InvalidParameterValue", "tenantId"},
		{"srv", body(`"administrators":{"login":"me","sid":"` + someone + `","principalType":"Robot"}`), "InvalidParameterValue", "principalType"},
		{"srv", body(`"administrators":{"azureADOnlyAuthentication":true}`), "InvalidServerAADOnlyAuthNoAADAdminPropertyName", "AAD Admin is not configured"},
	} {
		w.do("PUT", servers+c.name, c.body).refused(fault.Invalid, c.code, c.text)
	}
	w.do("PUT", srv, `{"properties":{}}`).refused(fault.Invalid, "LocationRequired", "location")
	w.do("PUT", srv, minimal).ok(201)
	w.do("PATCH", srv, `{"properties":{"administratorLogin":"other"}}`).refused(fault.Invalid, "InvalidParameterValue", "administratorLogin")
	w.do("PUT", strings.Replace(srv, "/rg/", "/rg2/", 1), minimal).refused(fault.Exists, "NameAlreadyExists", "Choose a different name")
	w.do("GET", strings.Replace(srv, "/rg/", "/rg2/", 1), "").refused(fault.NotFound, "ResourceNotFound", "srv")
}

func TestCheckNameAvailability(t *testing.T) {
	w := withServer(t)
	check := func(name string) outcome {
		return w.do("POST", "/subscriptions/"+subscription+"/providers/Microsoft.Sql/checkNameAvailability", `{"name":"`+name+`","type":"Microsoft.Sql/servers"}`)
	}
	check("free").ok(200).want(map[string]any{"available": true, "name": "free", "reason": nil})
	check("srv").ok(200).want(map[string]any{"available": false, "reason": "AlreadyExists"})
	check("No_Name").ok(200).want(map[string]any{"available": false, "reason": "Invalid"})
	w.do("POST", "/subscriptions/"+subscription+"/providers/Microsoft.Sql/checkNameAvailability", `{"name":"x","type":"y"}`).refused(fault.Invalid, "InvalidParameterValue", "type")
}

func TestEntraAdministrator(t *testing.T) {
	w := withServer(t)
	admin, only := srv+"/administrators/ActiveDirectory", srv+"/azureADOnlyAuthentications/Default"
	body := `{"properties":{"administratorType":"ActiveDirectory","login":"team","sid":"` + someone + `","tenantId":"` + tenant + `"}}`
	w.do("GET", admin, "").refused(fault.NotFound, "ResourceNotFound", "'Microsoft.Sql/servers/administrators' with name 'ActiveDirectory'")
	w.do("DELETE", admin, "").ok(204)
	w.do("PUT", only, `{"properties":{"azureADOnlyAuthentication":true}}`).refused(fault.Invalid, "InvalidServerAADOnlyAuthNoAADAdminPropertyName", "AAD Admin")
	w.do("PUT", admin, body).ok(201).want(map[string]any{"name": "ActiveDirectory", "properties.sid": someone, "properties.azureADOnlyAuthentication": false})
	if a := w.server().Administrator; a == nil || a.ObjectID != someone || a.Login != "team" {
		t.Errorf("the service has %+v", a)
	}
	w.do("PUT", admin, strings.Replace(body, "team", "crew", 1)).ok(200).want(map[string]any{"properties.login": "crew"})
	w.do("GET", srv+"/administrators", "").ok(200).want(map[string]any{"value.0.properties.login": "crew", "value.1": nil})
	w.do("GET", srv, "").ok(200).want(map[string]any{"properties.administrators": nil})
	w.do("GET", srv+"?$expand=administrators/activedirectory", "").ok(200).want(map[string]any{"properties.administrators.login": "crew"})
	w.do("GET", only, "").ok(200).want(map[string]any{"properties.azureADOnlyAuthentication": false})
	w.do("DELETE", only, "").ok(204)
	w.do("PUT", only, `{"properties":{"azureADOnlyAuthentication":true}}`).ok(200).want(map[string]any{"properties.azureADOnlyAuthentication": true})
	if !w.server().EntraOnly {
		t.Error("SQL logins are let in still")
	}
	w.do("PATCH", srv, `{"properties":{"administratorLoginPassword":"Correct-Horse-11"}}`).refused(fault.Invalid, "AadOnlyAuthenticationIsEnabled", "contact your system administrator")
	w.do("DELETE", admin, "").refused(fault.Invalid, "AadOnlyAuthenticationIsEnabled", "cannot be removed")
	w.do("PUT", admin, body).ok(200).want(map[string]any{"properties.azureADOnlyAuthentication": true})
	w.do("DELETE", only, "").ok(200)
	w.do("DELETE", admin, "").ok(200)
	if s := w.server(); s.Administrator != nil || s.EntraOnly || s.AdminLogin != "boss" {
		t.Errorf("the service has %+v", s)
	}
	for path, body := range map[string]string{
		srv + "/administrators/Other":             body,
		srv + "/azureADOnlyAuthentications/Other": `{"properties":{"azureADOnlyAuthentication":true}}`,
		only:  `{"properties":{}}`,
		admin: `{"properties":{"sid":"` + someone + `"}}`,
	} {
		w.do("PUT", path, body).refused(fault.Invalid, "InvalidParameterValue", "")
	}
	w.do("PUT", admin, `{"properties":7}`).refused(fault.Invalid, "InvalidParameterValue", "properties")
}

// A server may be made without a SQL administrator: nobody logs in by a password until one is set.
func TestEntraOnlyFromTheStart(t *testing.T) {
	w := newWorld(t)
	made := w.do("PUT", srv, `{"location":"chinanorth","properties":{"administrators":{"administratorType":"ActiveDirectory","principalType":"application",
		"login":"web","sid":"`+someone+`","azureADOnlyAuthentication":true}}}`).ok(201)
	made.want(map[string]any{"properties.administrators.principalType": "Application", "properties.administrators.tenantId": tenant})
	login, _ := made.at("properties.administratorLogin").(string)
	if !strings.HasPrefix(login, "CloudSA") || len(login) != len("CloudSA")+8 {
		t.Errorf("administratorLogin %q", login)
	}
	if s := w.server(); s.AdminLogin != "" || s.AdminPassword != "" || !s.EntraOnly || s.Administrator.Type != "Application" {
		t.Errorf("the service has %+v", s)
	}
	w.do("DELETE", srv+"/azureADOnlyAuthentications/Default", "").ok(200)
	w.do("PATCH", srv, `{"properties":{"administratorLoginPassword":"Correct-Horse-9"}}`).ok(200)
	if s := w.server(); s.AdminLogin != login || s.EntraOnly {
		t.Errorf("the service has %+v", s)
	}
}

func TestServerIdentity(t *testing.T) {
	w := newWorld(t)
	made := w.do("PUT", srv, strings.Replace(minimal, `"properties"`, `"identity":{"type":"SystemAssigned"},"properties"`, 1)).ok(201)
	if id, _ := made.at("identity.principalId").(string); id == "" || w.server().Identity != id {
		t.Errorf("identity %q, the service has %q", id, w.server().Identity)
	}
	w.do("PATCH", srv, `{"identity":{"type":"None"}}`).ok(200).want(map[string]any{"identity": nil})
	if id := w.server().Identity; id != "" {
		t.Errorf("the service has %q", id)
	}
}

func TestFirewall(t *testing.T) {
	w := withServer(t)
	rule := srv + "/firewallRules/"
	body := func(start, end string) string {
		return `{"properties":{"startIpAddress":"` + start + `","endIpAddress":"` + end + `"}}`
	}
	w.do("PUT", rule+"AllowAllWindowsAzureIps", body("0.0.0.0", "0.0.0.0")).ok(201)
	w.do("PUT", rule+"office", body("203.0.113.1", "203.0.113.9")).ok(201).want(map[string]any{"type": "Microsoft.Sql/servers/firewallRules", "location": nil})
	w.do("PUT", rule+"office", body("203.0.113.1", "203.0.113.7")).ok(200).want(map[string]any{"properties.endIpAddress": "203.0.113.7"})
	if rules := w.server().Firewall; len(rules) != 2 || rules[0].End.String() != "0.0.0.0" || rules[1].Name != "office" || rules[1].End.String() != "203.0.113.7" {
		t.Errorf("the service has %+v", rules)
	}
	if n := w.do("GET", rule, "").ok(200).len("value"); n != 2 {
		t.Errorf("%d rules", n)
	}
	for _, bad := range []string{body("203.0.113.9", "203.0.113.1"), body("::1", "::1"), body("x", "1.2.3.4"), `{"properties":{}}`, body("1.2.3.4", "1.2.3.4/8")} {
		w.do("PUT", rule+"bad", bad).refused(fault.Invalid, "InvalidServerFirewallRuleResourceParameters", "parameters are invalid")
	}
	w.do("PUT", rule+strings.Repeat("r", 129), body("1.2.3.4", "1.2.3.4")).refused(fault.Invalid, "InvalidParameterValue", "firewallRuleName")
	w.do("PATCH", srv, `{"properties":{"minimalTlsVersion":"1.0"}}`).ok(200)
	if n := len(w.server().Firewall); n != 2 {
		t.Errorf("%d rules after a change of the server", n)
	}
	w.do("DELETE", rule+"office", "").ok(200)
	w.do("DELETE", rule+"office", "").ok(204)
	if rules := w.server().Firewall; len(rules) != 1 {
		t.Errorf("the service has %+v", rules)
	}
	w.do("PATCH", srv, `{"properties":{"publicNetworkAccess":"Disabled"}}`).ok(200)
	w.do("PUT", rule+"late", body("1.2.3.4", "1.2.3.4")).refused(fault.Invalid, "DenyPublicEndpointEnabled", "public network interface")
	w.do("DELETE", srv, "").ok(200)
}

func TestConnectionPolicy(t *testing.T) {
	w := withServer(t)
	policy := srv + "/connectionPolicies/default"
	w.do("GET", policy, "").ok(200).want(map[string]any{"properties.connectionType": "Default"})
	w.do("PUT", policy, `{"properties":{"connectionType":"proxy"}}`).ok(200).want(map[string]any{"properties.connectionType": "Proxy"})
	w.do("GET", srv+"/connectionPolicies", "").ok(200).want(map[string]any{"value.0.properties.connectionType": "Proxy"})
	w.do("PUT", policy, `{"properties":{"connectionType":"Tunnel"}}`).refused(fault.Invalid, "InvalidParameterValue", "connectionType")
	w.do("GET", srv+"/connectionPolicies/other", "").refused(fault.NotFound, "ResourceNotFound", "other")
}

func TestFailoverGroups(t *testing.T) {
	w := withServer(t)
	w.do("PUT", servers+"near", minimal).ok(201)
	w.do("PUT", servers+"far", strings.Replace(minimal, "chinanorth", "chinaeast", 1)).ok(201)
	path := srv + "/failoverGroups/fg"
	partner := func(id string) string {
		return `{"properties":{"partnerServers":[{"id":"` + id + `"}],"readWriteEndpoint":{"failoverPolicy":"Manual"},"databases":[]}}`
	}
	for _, c := range []struct{ body, code string }{
		{`{}`, "FailoverGroupCreateOrUpdateRequestInvalid"},
		{`{"properties":{}}`, "FailoverGroupCreateOrUpdateRequestInvalidPartner"},
		{`{"properties":{"partnerServers":[{"id":"/a"},{"id":"/b"}]}}`, "FailoverGroupCreateOrUpdateRequestUnsupportedPartnerCount"},
		{`{"properties":{"partnerServers":[{"id":"` + servers + `none"}]}}`, "FailoverGroupCreateOrUpdateRequestInvalidReadWriteEndpoint"},
		{partner("/nonsense"), "FailoverGroupCreateOrUpdateRequestInvalidPartner"},
		{partner(srv), "FailoverGroupCreateOrUpdateRequestDuplicatePartner"},
		{partner(servers + "none"), "UnableToResolveRemoteServer"},
		{partner(servers + "near"), "InvalidFailoverGroupRegion"},
		{partner(servers + "far"), "FeatureNotSupported"},
	} {
		w.do("PUT", path, c.body).refused(fault.Invalid, c.code, "")
	}
	w.do("GET", path, "").refused(fault.NotFound, "ResourceNotFound", "fg")
	w.do("DELETE", path, "").ok(204)
	if n := w.do("GET", srv+"/failoverGroups", "").ok(200).len("value"); n != 0 {
		t.Errorf("%d failover groups", n)
	}
}

// The built-in roles open what they say, and nothing else.
func TestRights(t *testing.T) {
	w := withServer(t)
	db, rule := srv+"/databases/db", srv+"/firewallRules/r"
	body, address := `{"location":"chinanorth"}`, `{"properties":{"startIpAddress":"1.2.3.4","endIpAddress":"1.2.3.4"}}`
	denied := func(who, method, path, body, action string) {
		t.Helper()
		w.as(who, method, path, body).refused(fault.Denied, "AuthorizationFailed", "")
	}
	denied("nobody", "GET", srv, "", "")
	w.as("reader", "GET", srv, "").ok(200)
	denied("reader", "PUT", db, body, "")
	w.as("database", "PUT", db, body).ok(201)
	w.as("database", "GET", db, "").ok(200)
	denied("database", "PUT", servers+"other", minimal, "")
	denied("database", "PUT", rule, address, "")
	denied("database", "PUT", srv+"/administrators/ActiveDirectory", `{}`, "")
	w.as("security", "PUT", rule, address).ok(201)
	denied("security", "DELETE", db, "", "")
	w.as("server", "PUT", servers+"other", minimal).ok(201)
	w.as("server", "DELETE", db, "").ok(200)
	denied("reader", "POST", srv+"/databases/master/move", `{"id":"`+db+`"}`, "")
}
