package entra_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/caller"
	"github.com/alcedo-cloud/alcedo/internal/directory"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

func TestClientSecret(t *testing.T) {
	for _, name := range []string{"AzureCloud", "AzureChinaCloud", "AzureUSGovernment"} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, name)
			resource := "https://" + w.cloud.ResourceManager
			got := w.post(v2, "grant_type", "client_credentials", "client_id", w.app.AppID, "client_secret", w.secret,
				"scope", resource+"/.default openid offline_access profile")
			if got.status != http.StatusOK || got.body["token_type"] != "Bearer" || got.body["expires_in"] != 3599.0 ||
				got.body["ext_expires_in"] != 3599.0 {
				t.Fatalf("got %d %v", got.status, got.body)
			}
			for _, absent := range []string{"refresh_token", "id_token", "scope", "client_info", "foci"} {
				if _, ok := got.body[absent]; ok {
					t.Errorf("%s in an application's answer", absent)
				}
			}
			claims := w.claims(got.text(t, "access_token"))
			now := float64(w.clock.Now().Unix())
			issuer := "https://" + w.cloud.STS + "/" + tenantID + "/"
			w.hold(claims, map[string]any{
				"aud": resource, "iss": issuer, "idp": issuer, "ver": "1.0", "tid": tenantID, "appid": w.app.AppID,
				"appidacr": "1", "idtyp": "app", "oid": w.principal.ObjectID, "sub": w.principal.ObjectID,
				"iat": now - 300, "nbf": now - 300, "exp": now + 3600, "scp": nil, "xms_mirid": nil, "xms_cc": nil,
			})
		})
	}
}

func TestClientSecretV1(t *testing.T) {
	w := newWorld(t, "AzureCloud")
	got := w.post(v1, "grant_type", "client_credentials", "client_id", w.app.AppID, "client_secret", w.secret,
		"resource", "https://management.azure.com/")
	for name, want := range map[string]any{
		"expires_in": "3599", "ext_expires_in": "3599", "resource": "https://management.azure.com/", "token_type": "Bearer",
		"expires_on": "1772604367", "not_before": "1772600467",
	} {
		if got.body[name] != want {
			t.Errorf("%s is %v, want %v", name, got.body[name], want)
		}
	}
	w.hold(w.claims(got.text(t, "access_token")), map[string]any{"aud": "https://management.azure.com/"})
}

func TestAudienceOfScope(t *testing.T) {
	w := newWorld(t, "AzureChinaCloud")
	var api directory.Application
	w.update(func(tx store.Tx) error {
		api, _, _ = w.application(tx, directory.Application{
			DisplayName: "api", IdentifierURIs: []string{"api://orders"},
			Properties: map[string]jsonText{"api": jsonText(`{"requestedAccessTokenVersion":2}`)},
		})
		return nil
	})
	for scope, want := range map[string][2]string{
		"https://management.core.chinacloudapi.cn//.default":      {"https://management.core.chinacloudapi.cn/", "1.0"},
		"https://management.core.chinacloudapi.cn/.default":       {"https://management.core.chinacloudapi.cn", "1.0"},
		"https://storage.azure.com/.default":                      {"https://storage.azure.com", "1.0"},
		"https://acct.blob.core.chinacloudapi.cn/.default":        {"https://acct.blob.core.chinacloudapi.cn", "1.0"},
		"https://vault.azure.cn/.default":                         {"https://vault.azure.cn", "1.0"},
		"797f4846-ba00-4fd7-ba43-dac1f8f63013/.default":           {"797f4846-ba00-4fd7-ba43-dac1f8f63013", "1.0"},
		"api://AzureADTokenExchangeChina/.default":                {"fb60f99c-7a34-4190-8149-302f77469936", "2.0"},
		"api://orders/.default":                                   {api.AppID, "2.0"},
		api.AppID + "/.default":                                   {api.AppID, "2.0"},
		w.app.AppID + "/.default offline_access openid profile  ": {w.app.AppID, "1.0"},
	} {
		got := w.post(v2, "grant_type", "client_credentials", "client_id", w.app.AppID, "client_secret", w.secret, "scope", scope)
		claims := w.claims(got.text(t, "access_token"))
		w.hold(claims, map[string]any{"aud": want[0], "ver": want[1]})
		if want[1] == "2.0" {
			w.hold(claims, map[string]any{"azp": w.app.AppID, "azpacr": "1", "appid": nil, "iss": w.cloud.IssuerV2(tenantID)})
		}
	}
}

func TestRefusals(t *testing.T) {
	w := newWorld(t, "AzureCloud")
	var disabled, orphan directory.Application
	w.update(func(tx store.Tx) (err error) {
		disabled, _, _ = w.application(tx, directory.Application{DisplayName: "gone"})
		orphan, err = w.directory.CreateApplication(tx, directory.Application{DisplayName: "orphan"})
		return err
	})
	w.disablePrincipal(disabled.AppID)
	const arm = "https://management.azure.com/.default"
	base := map[string]string{"grant_type": "client_credentials", "client_id": w.app.AppID, "client_secret": w.secret, "scope": arm}
	for name, c := range map[string]struct {
		path   string
		change map[string]string // "-" removes the parameter
		status int
		error  string
		code   int
		part   string
	}{
		"no grant":          {v2, map[string]string{"grant_type": "-"}, 400, "invalid_request", 900144, "'grant_type'"},
		"no client":         {v2, map[string]string{"client_id": "-"}, 400, "invalid_request", 900144, "'client_id'"},
		"no scope":          {v2, map[string]string{"scope": "-"}, 400, "invalid_request", 900144, "'scope'"},
		"unknown grant":     {v2, map[string]string{"grant_type": "magic"}, 400, "unsupported_grant_type", 70003, "'magic'"},
		"unknown client":    {v2, map[string]string{"client_id": tenantID}, 400, "unauthorized_client", 700016, "'" + tenantID + "'"},
		"client no guid":    {v2, map[string]string{"client_id": "x\x00y"}, 400, "unauthorized_client", 700016, "was not found"},
		"no principal":      {v2, map[string]string{"client_id": orphan.AppID}, 400, "unauthorized_client", 7000229, orphan.AppID},
		"disabled":          {v2, map[string]string{"client_id": disabled.AppID}, 400, "unauthorized_client", 7000112, "(gone) is disabled"},
		"resource disabled": {v2, map[string]string{"scope": disabled.AppID + "/.default"}, 400, "invalid_resource", 500014, disabled.AppID},
		"no credential":     {v2, map[string]string{"client_secret": "-"}, 401, "invalid_client", 7000216, "'client_secret'"},
		"wrong secret":      {v2, map[string]string{"client_secret": "x"}, 401, "invalid_client", 7000215, w.app.AppID},
		"two credentials":   {v2, map[string]string{"client_assertion": "x"}, 400, "invalid_request", 9002313, "malformed"},
		"public with one":   {v2, map[string]string{"client_id": azClient}, 401, "invalid_client", 700025, "Client is public"},
		"public app grant":  {v2, map[string]string{"client_id": azClient, "client_secret": "-"}, 401, "invalid_client", 7000216, ""},
		"no default":        {v2, map[string]string{"scope": "https://management.azure.com"}, 400, "invalid_scope", 1002012, "/.default"},
		"only reserved":     {v2, map[string]string{"scope": "openid profile"}, 400, "invalid_scope", 1002012, "openid profile"},
		"bare default":      {v2, map[string]string{"scope": "/.default"}, 400, "invalid_scope", 1002012, ""},
		"two resources":     {v2, map[string]string{"scope": arm + " https://graph.microsoft.com/.default"}, 400, "invalid_scope", 70011, ""},
		"unknown resource":  {v2, map[string]string{"scope": "api://nope/.default"}, 400, "invalid_resource", 500011, "named api://nope was"},
		"other cloud's":     {v2, map[string]string{"scope": "https://vault.azure.cn/.default"}, 400, "invalid_resource", 500011, ""},
		"two slashes more":  {v2, map[string]string{"scope": "https://management.azure.com///.default"}, 400, "invalid_resource", 500011, ""},
		"v1 resource":       {v1, map[string]string{"resource": "api://nope", "scope": "-"}, 400, "invalid_resource", 500011, "api://nope"},
		"resource on v2":    {v2, map[string]string{"resource": "https://management.azure.com/"}, 400, "invalid_request", 901002, "'resource'"},
		"other tenant":      {"/22222222-2222-2222-2222-222222222222/oauth2/v2.0/token", nil, 400, "invalid_request", 90002, "'22222222-"},
		"other domain":      {"/contoso.com/oauth2/token", nil, 400, "invalid_request", 90002, "'contoso.com'"},
		"v1 word":           {"/authorize/oauth2/token", nil, 400, "invalid_request", 900023, "'authorize'"},
		"tenant characters": {"/a%20b/oauth2/v2.0/token", nil, 400, "invalid_request", 900023, "'a b'"},
		"common":            {"/common/oauth2/v2.0/token", nil, 400, "invalid_request", 50194, "multi-tenant"},
		"claims no JSON":    {v2, map[string]string{"claims": "{"}, 400, "invalid_request", 9002313, ""},
	} {
		t.Run(name, func(t *testing.T) {
			form := map[string]string{}
			for k, v := range base {
				form[k] = v
			}
			for k, v := range c.change {
				if form[k] = v; v == "-" {
					delete(form, k)
				}
			}
			var pairs []string
			for k, v := range form {
				pairs = append(pairs, k, v)
			}
			w.post(c.path, pairs...).refused(t, c.status, c.error, c.code, c.part)
		})
	}
}

func (w *world) disablePrincipal(appID string) {
	w.t.Helper()
	p, ok, err := w.directory.PrincipalByAppID(w.t.Context(), appID)
	if err != nil || !ok {
		w.t.Fatalf("%v %v", ok, err)
	}
	err = w.directory.ModifyServicePrincipal(w.t.Context(), caller.Caller{Kind: caller.Operator}, p.ObjectID, func(p *directory.ServicePrincipal) error {
		p.Disabled = true
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

func TestSecretExpires(t *testing.T) {
	w := newWorld(t, "AzureCloud")
	form := []string{
		"grant_type", "client_credentials", "client_id", w.app.AppID, "client_secret", w.secret,
		"scope", "https://management.azure.com/.default",
	}
	w.clock.Advance(2*365*24*time.Hour - time.Second)
	if got := w.post(v2, form...); got.status != http.StatusOK {
		t.Fatalf("before the end: %v", got.body)
	}
	w.clock.Advance(time.Second)
	w.post(v2, form...).refused(t, 401, "invalid_client", 7000222, "are expired")
}

func TestDeletedClient(t *testing.T) {
	w := newWorld(t, "AzureCloud")
	form := []string{
		"grant_type", "client_credentials", "client_id", w.app.AppID, "client_secret", w.secret,
		"scope", "https://management.azure.com/.default",
	}
	w.update(func(tx store.Tx) error { return w.directory.DeletePrincipal(tx, w.principal.ObjectID) })
	w.post(v2, form...).refused(t, 400, "unauthorized_client", 7000229, "missing service principal")
	w.update(func(tx store.Tx) error { return w.directory.DeleteApplication(tx, w.app.ObjectID) })
	w.post(v2, form...).refused(t, 400, "unauthorized_client", 700016, "in the directory 'alcedo'")
}

func TestBasicCredential(t *testing.T) {
	w := newWorld(t, "AzureCloud")
	send := func(header, body string) answer {
		return w.decode(w.do(http.MethodPost, v2, http.Header{
			"Content-Type": {"application/x-www-form-urlencoded; charset=utf-8"}, "Authorization": {header},
		}, body))
	}
	const body = "grant_type=client_credentials&scope=https%3A%2F%2Fmanagement.azure.com%2F.default"
	r, err := http.NewRequest(http.MethodPost, "https://x/", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.SetBasicAuth(w.app.AppID, url.QueryEscape(w.secret))
	good := r.Header.Get("Authorization")
	if got := send(good, body); got.status != http.StatusOK {
		t.Fatalf("%v", got.body)
	}
	send(good, body+"&client_id="+tenantID).refused(t, 400, "invalid_request", 9002313, "")
	send(good, body+"&client_secret=x").refused(t, 400, "invalid_request", 9002313, "")
	send("Basic !", body).refused(t, 400, "invalid_request", 9002313, "")
	send("Basic bm9jb2xvbg==", body).refused(t, 400, "invalid_request", 9002313, "")
	send("Bearer x", body).refused(t, 400, "invalid_request", 900144, "'client_id'")
}

func TestForm(t *testing.T) {
	w := newWorld(t, "AzureCloud")
	form := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
	send := func(header http.Header, body string) answer { return w.decode(w.do(http.MethodPost, v2, header, body)) }
	send(form, "scope=a&grant_type=x&scope=b").refused(t, 400, "invalid_request", 9000411, "'scope' is duplicated")
	send(form, "scope=a&grant_type=x&SCOPE=b").refused(t, 400, "invalid_request", 9000411, "'scope' is duplicated")
	send(form, "grant_type=%zz").refused(t, 400, "invalid_request", 9002313, "")
	send(form, "a=b;c=d").refused(t, 400, "invalid_request", 9002313, "")
	send(form, "").refused(t, 400, "invalid_request", 900144, "'grant_type'")
	send(form, "grant_type="+strings.Repeat("x", 200<<10)).refused(t, 413, "invalid_request", 9002313, "")
	send(http.Header{"Content-Type": {"application/json"}}, `{"grant_type":"client_credentials"}`).
		refused(t, 400, "invalid_request", 900144, "'grant_type'")
	send(nil, "grant_type=client_credentials").refused(t, 400, "invalid_request", 900144, "'grant_type'")
	// Parameters' names are read without case, and those of the query do not count.
	got := w.decode(w.do(http.MethodPost, v2+"?client_secret="+url.QueryEscape(w.secret), form,
		"GRANT_TYPE=client_credentials&Client_ID="+w.app.AppID+"&scope=https%3A%2F%2Fmanagement.azure.com%2F.default"))
	got.refused(t, 401, "invalid_client", 7000216, "")
}

func TestMethod(t *testing.T) {
	w := newWorld(t, "AzureCloud")
	for _, path := range []string{v1, v2, "/adfs/oauth2/token"} {
		got := w.get(path)
		got.refused(t, 405, "invalid_request", 900561, "The endpoint only accepts POST, OPTIONS requests. Received a GET request.")
		if allow := got.header.Get("Allow"); allow != "POST, OPTIONS" {
			t.Errorf("Allow is %q", allow)
		}
	}
	w.decode(w.do("P", v2, nil, "")).refused(t, 405, "invalid_request", 900561, "Received a P request")
	w.decode(w.do(http.MethodPost, "/common/discovery/v2.0/keys", nil, "")).
		refused(t, 405, "invalid_request", 900561, "only accepts GET requests. Received a POST request")
	if resp := w.do(http.MethodOptions, v2, nil, ""); resp.StatusCode != http.StatusOK {
		t.Errorf("OPTIONS answered %d", resp.StatusCode)
	}
	if resp := w.do(http.MethodGet, "/nothing/here", nil, ""); resp.StatusCode != http.StatusNotFound {
		t.Errorf("an unknown path answered %d", resp.StatusCode)
	}
}

func TestCorrelation(t *testing.T) {
	w := newWorld(t, "AzureChinaCloud")
	const id = "3d0bffd9-fe52-404c-97af-45af75c5d8ae"
	got := w.decode(w.do(http.MethodPost, v2, http.Header{
		"Client-Request-Id": {strings.ToUpper(id)}, "Return-Client-Request-Id": {"true"},
	}, ""))
	got.refused(t, 400, "invalid_request", 900144, "")
	if got.body["correlation_id"] != id || got.header.Get("Client-Request-Id") != id {
		t.Errorf("correlation %v, header %q", got.body["correlation_id"], got.header.Get("Client-Request-Id"))
	}
	if want := "https://login.partner.microsoftonline.cn/error?code=900144"; got.body["error_uri"] != want {
		t.Errorf("error_uri %v", got.body["error_uri"])
	}
	if got.header.Get("X-Ms-Request-Id") != got.body["trace_id"] || got.header.Get("Cache-Control") != "no-store, no-cache" {
		t.Errorf("header %v", got.header)
	}
	// Node sends it in the query; what is no GUID is not echoed.
	if got := w.post(v2 + "?client-request-id=" + id); got.body["correlation_id"] != id {
		t.Errorf("correlation %v", got.body["correlation_id"])
	}
	if got := w.post(v2 + "?client-request-id=evil%0d%0aX:y"); got.body["correlation_id"] == "" ||
		strings.Contains(got.text(t, "error_description"), "evil") {
		t.Errorf("%v", got.body)
	}
}

func TestCapabilities(t *testing.T) {
	w := newWorld(t, "AzureCloud")
	got := w.post(v2, "grant_type", "client_credentials", "client_id", w.app.AppID, "client_secret", w.secret,
		"scope", "https://management.azure.com/.default", "claims", `{"access_token":{"xms_cc":{"values":["CP1","XX"]}}}`)
	cc, _ := w.claims(got.text(t, "access_token"))["xms_cc"].([]any)
	if len(cc) != 1 || cc[0] != "CP1" {
		t.Errorf("xms_cc is %v", cc)
	}
}
