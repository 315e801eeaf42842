package entra_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/caller"
	"github.com/alcedo-cloud/alcedo/internal/directory"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

const armScope = "https://management.core.chinacloudapi.cn//.default offline_access openid profile"

// passwordForm is what az login -u -p sends.
func (w *world) passwordForm(changes ...string) []string {
	form := []string{
		"grant_type", "password", "client_id", azClient, "client_info", "1", "username", w.user.UserPrincipalName,
		"password", password, "scope", armScope,
	}
	return append(form, changes...) // the last of a name wins
}

func TestPassword(t *testing.T) {
	w := newWorld(t, "AzureChinaCloud")
	got := w.post("/organizations/oauth2/v2.0/token", w.passwordForm()...)
	if got.status != http.StatusOK {
		t.Fatalf("%d %v", got.status, got.body)
	}
	life, _ := got.body["expires_in"].(float64)
	if life < 3599 || life > 5399 || got.body["foci"] != "1" || got.body["token_type"] != "Bearer" {
		t.Errorf("expires_in %v, foci %v", life, got.body["foci"])
	}
	granted := strings.Fields(got.text(t, "scope"))
	if len(granted) != 2 || granted[0] != "https://management.core.chinacloudapi.cn//.default" ||
		granted[1] != "https://management.core.chinacloudapi.cn//user_impersonation" {
		t.Errorf("scope %q", granted)
	}
	claims := w.claims(got.text(t, "access_token"))
	w.hold(claims, map[string]any{
		"aud": "https://management.core.chinacloudapi.cn/", "iss": "https://sts.chinacloudapi.cn/" + tenantID + "/", "ver": "1.0",
		"acr": "1", "appid": azClient, "appidacr": "0", "idtyp": "user", "oid": w.user.ObjectID, "tid": tenantID,
		"scp": "user_impersonation", "upn": w.user.UserPrincipalName, "unique_name": w.user.UserPrincipalName,
		"name": "Ada Lovelace", "given_name": "Ada", "family_name": "Lovelace",
	})
	puid, _ := claims["puid"].(string)
	if len(puid) != 16 || claims["sub"] == w.user.ObjectID {
		t.Errorf("puid %q, sub %v", puid, claims["sub"])
	}
	id := w.claims(got.text(t, "id_token"))
	w.hold(id, map[string]any{
		"aud": azClient, "iss": w.cloud.IssuerV2(tenantID), "ver": "2.0", "preferred_username": w.user.UserPrincipalName,
		"oid": w.user.ObjectID, "tid": tenantID, "name": "Ada Lovelace", "appid": nil, "scp": nil,
	})
	info, err := base64.RawURLEncoding.DecodeString(got.text(t, "client_info"))
	var ids map[string]string
	if err != nil || json.Unmarshal(info, &ids) != nil || ids["uid"] != w.user.ObjectID || ids["utid"] != tenantID {
		t.Errorf("client_info %q", info)
	}
}

func TestPasswordV1(t *testing.T) {
	w := newWorld(t, "AzureCloud")
	got := w.post(v1, "grant_type", "password", "client_id", psClient, "username", strings.ToUpper(w.user.UserPrincipalName),
		"password", password, "resource", "https://graph.microsoft.com")
	if got.status != http.StatusOK || got.body["resource"] != "https://graph.microsoft.com" || got.body["foci"] != "1" {
		t.Fatalf("%d %v", got.status, got.body)
	}
	if _, ok := got.body["client_info"]; ok {
		t.Error("client_info that nobody asked for")
	}
	w.hold(w.claims(got.text(t, "id_token")), map[string]any{
		"ver": "1.0", "iss": w.cloud.IssuerV1(tenantID), "upn": w.user.UserPrincipalName, "aud": psClient,
	})
	if scope := got.text(t, "scope"); !strings.Contains(scope, "User.Read") || strings.Contains(scope, "/") {
		t.Errorf("scope %q", scope)
	}
	// Without a resource the token is for the older Graph, as it was in Azure.
	got = w.post(v1, "grant_type", "password", "client_id", psClient, "username", w.user.UserPrincipalName, "password", password)
	w.hold(w.claims(got.text(t, "access_token")), map[string]any{"aud": "00000002-0000-0000-c000-000000000000"})
}

func TestDelegatedScopes(t *testing.T) {
	w := newWorld(t, "AzureCloud")
	var api directory.Application
	w.update(func(tx store.Tx) error {
		api, _, _ = w.application(tx, directory.Application{
			DisplayName: "api", IdentifierURIs: []string{"api://orders"}, Properties: map[string]jsonText{"api": jsonText(
				`{"oauth2PermissionScopes":[{"value":"Orders.Read","isEnabled":true},{"value":"Old","isEnabled":false},{"value":"Orders.Write"}]}`)},
		})
		return nil
	})
	for scope, want := range map[string]struct{ aud, scp, granted string }{
		"User.Read openid":                      {"00000003-0000-0000-c000-000000000000", "User.Read", "User.Read"},
		"https://graph.microsoft.com/User.Read": {"https://graph.microsoft.com", "User.Read", "https://graph.microsoft.com/User.Read"},
		"api://orders/Orders.Read":              {"api://orders", "Orders.Read", "api://orders/Orders.Read"},
		"api://orders/.default":                 {"api://orders", "Orders.Read Orders.Write", "api://orders/.default api://orders/Orders.Read api://orders/Orders.Write"},
		"https://vault.azure.net/.default":      {"https://vault.azure.net", "user_impersonation", "https://vault.azure.net/.default https://vault.azure.net/user_impersonation"},
		"https://vault.azure.net/user_impersonation": {
			"https://vault.azure.net", "user_impersonation", "https://vault.azure.net/user_impersonation",
		},
	} {
		got := w.post(v2, w.passwordForm("scope", scope)...)
		w.hold(w.claims(got.text(t, "access_token")), map[string]any{"aud": want.aud, "scp": want.scp})
		if got.text(t, "scope") != want.granted {
			t.Errorf("%s: granted %q, want %q", scope, got.text(t, "scope"), want.granted)
		}
		if _, ok := got.body["refresh_token"]; ok {
			t.Errorf("%s: a refresh token without offline_access", scope)
		}
	}
	for scope, want := range map[string]struct {
		name string
		code int
	}{
		"api://orders/Old":                                                           {"invalid_client", 650053},
		"https://management.azure.com/Everything":                                    {"invalid_client", 650053},
		"https://graph.microsoft.com/.default User.Read":                             {"invalid_scope", 28000},
		"https://graph.microsoft.com/.default https://graph.microsoft.com/User.Read": {"invalid_scope", 70011},
		api.AppID + "/Orders.Read https://vault.azure.net/.default":                  {"invalid_scope", 28000},
		"api://none/x": {"invalid_resource", 500011},
	} {
		w.post(v2, w.passwordForm("scope", scope)...).refused(t, 400, want.name, want.code, "")
	}
}

func TestPasswordRefusals(t *testing.T) {
	w := newWorld(t, "AzureChinaCloud")
	w.post(v2, w.passwordForm("username", "")...).refused(t, 400, "invalid_request", 900144, "'username'")
	w.post(v2, w.passwordForm("password", "")...).refused(t, 400, "invalid_request", 900144, "'password'")
	w.post(v2, w.passwordForm("username", "eve@contoso.cn")...).refused(t, 400, "invalid_grant", 50034, "does not exist in the "+tenantID)
	w.post(v2, w.passwordForm("username", "a\x00b")...).refused(t, 400, "invalid_grant", 50034, "")
	w.post(v2, w.passwordForm("password", "wrong")...).refused(t, 400, "invalid_grant", 50126, "invalid username or password")
	for _, tenant := range []string{"common", "consumers", "9188040d-6c67-4c5b-b112-36a304b66dad"} {
		w.post("/"+tenant+"/oauth2/v2.0/token", w.passwordForm()...).refused(t, 400, "invalid_request", 9001023, "/organizations")
	}
	// A confidential application must prove itself for a user's grant too; a public one need not.
	w.post(v2, w.passwordForm("client_id", w.app.AppID)...).refused(t, 401, "invalid_client", 7000218, "'client_secret'")
	if got := w.post(v2, w.passwordForm("client_id", w.app.AppID, "client_secret", w.secret)...); got.status != http.StatusOK ||
		got.body["foci"] != nil {
		t.Errorf("%d %v", got.status, got.body)
	}
	var public directory.Application
	w.update(func(tx store.Tx) error {
		public, _, _ = w.application(tx, directory.Application{
			DisplayName: "tool", Properties: map[string]jsonText{"isFallbackPublicClient": jsonText("true")},
		})
		return nil
	})
	if got := w.post(v2, w.passwordForm("client_id", public.AppID)...); got.status != http.StatusOK {
		t.Errorf("%d %v", got.status, got.body)
	}
}

func TestDisabledUser(t *testing.T) {
	w := newWorld(t, "AzureChinaCloud")
	first := w.post(v2, w.passwordForm()...)
	w.disable(true)
	w.post(v2, w.passwordForm()...).refused(t, 400, "invalid_grant", 50057, "account is disabled")
	// Who does not know the password does not learn that the account is disabled.
	w.post(v2, w.passwordForm("password", "wrong")...).refused(t, 400, "invalid_grant", 50126, "")
	w.refresh(first.text(t, "refresh_token")).refused(t, 400, "invalid_grant", 50057, "")
	w.disable(false)
	if got := w.refresh(first.text(t, "refresh_token")); got.status != http.StatusOK {
		t.Errorf("%d %v", got.status, got.body)
	}
	w.update(func(tx store.Tx) error { return w.directory.DeletePrincipal(tx, w.user.ObjectID) })
	w.refresh(first.text(t, "refresh_token")).refused(t, 400, "invalid_grant", 500341, "has been deleted")
	w.post(v2, w.passwordForm()...).refused(t, 400, "invalid_grant", 50034, "")
}

func TestPasswordChangeEndsSignIns(t *testing.T) {
	w := newWorld(t, "AzureChinaCloud")
	before := w.post(v2, w.passwordForm()...).text(t, "refresh_token")
	const other = "Another-Horse-43"
	err := w.directory.ModifyUser(t.Context(), caller.Caller{Kind: caller.Operator}, w.user.ObjectID, func(u *directory.User) error {
		u.Password = other
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	w.refresh(before).refused(t, 400, "invalid_grant", 50173, "changed or reset their password")
	w.post(v2, w.passwordForm()...).refused(t, 400, "invalid_grant", 50126, "")
	after := w.post(v2, w.passwordForm("password", other)...).text(t, "refresh_token")
	if got := w.refresh(after); got.status != http.StatusOK {
		t.Errorf("%v", got.body)
	}
}

func (w *world) disable(disabled bool) {
	w.t.Helper()
	err := w.directory.ModifyUser(w.t.Context(), caller.Caller{Kind: caller.Operator}, w.user.ObjectID, func(u *directory.User) error {
		u.Disabled = disabled
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

func TestLockout(t *testing.T) {
	w := newWorld(t, "AzureChinaCloud")
	for range 10 {
		w.post(v2, w.passwordForm("password", "wrong")...).refused(t, 400, "invalid_grant", 50126, "")
	}
	w.post(v2, w.passwordForm()...).refused(t, 400, "invalid_grant", 50053, "locked")
	w.post(v2, w.passwordForm("username", strings.ToUpper(w.user.UserPrincipalName))...).refused(t, 400, "invalid_grant", 50053, "")
	w.clock.Advance(time.Minute)
	if got := w.post(v2, w.passwordForm()...); got.status != http.StatusOK {
		t.Errorf("after a minute: %v", got.body)
	}
	// A right password in between forgets the wrong ones.
	for range 9 {
		w.post(v2, w.passwordForm("password", "wrong")...)
	}
	w.post(v2, w.passwordForm()...)
	w.post(v2, w.passwordForm("password", "wrong")...).refused(t, 400, "invalid_grant", 50126, "")
	if got := w.post(v2, w.passwordForm()...); got.status != http.StatusOK {
		t.Errorf("%v", got.body)
	}
}

func (w *world) refresh(tokenText string, changes ...string) answer {
	w.t.Helper()
	return w.post(v2, append([]string{
		"grant_type", "refresh_token", "client_id", azClient, "client_info", "1", "refresh_token", tokenText,
		"scope", "https://microsoftgraph.chinacloudapi.cn/.default offline_access openid profile",
	}, changes...)...)
}

func TestRefresh(t *testing.T) {
	w := newWorld(t, "AzureChinaCloud")
	first := w.post(v2, w.passwordForm()...)
	old := first.text(t, "refresh_token")
	second := w.refresh(old)
	next := second.text(t, "refresh_token")
	if next == old || second.body["foci"] != "1" {
		t.Errorf("not rotated: %v", second.body)
	}
	w.hold(w.claims(second.text(t, "access_token")), map[string]any{
		"aud": "https://microsoftgraph.chinacloudapi.cn", "oid": w.user.ObjectID, "appid": azClient,
	})
	w.hold(w.claims(second.text(t, "id_token")), map[string]any{"preferred_username": w.user.UserPrincipalName})
	// Clients refresh in parallel: the older one still holds, as in Azure.
	if got := w.refresh(old); got.status != http.StatusOK {
		t.Errorf("%v", got.body)
	}
	// Without a scope it is the one of the sign-in.
	got := w.post(v2, "grant_type", "refresh_token", "client_id", azClient, "refresh_token", next)
	w.hold(w.claims(got.text(t, "access_token")), map[string]any{"aud": "https://management.core.chinacloudapi.cn/"})
	// The family shares; others are refused.
	if got := w.refresh(next, "client_id", psClient); got.status != http.StatusOK {
		t.Errorf("%v", got.body)
	}
	w.refresh(next, "client_id", w.app.AppID, "client_secret", w.secret).refused(t, 400, "invalid_grant", 70000, "'refresh_token'")
	w.refresh("").refused(t, 400, "invalid_request", 900144, "'refresh_token'")
	w.refresh("rt").refused(t, 400, "invalid_grant", 9002313, "malformed")
	w.refresh(next[:len(next)-1]).refused(t, 400, "invalid_grant", 9002313, "malformed")
	// Another letter of the alphabet, so that the token is still well formed whatever the secret was.
	forged := []byte(next)
	if at := len(forged) - 5; forged[at] == 'A' {
		forged[at] = 'B'
	} else {
		forged[at] = 'A'
	}
	w.refresh(string(forged)).refused(t, 400, "invalid_grant", 70000, "")
}

func TestRefreshExpires(t *testing.T) {
	w := newWorld(t, "AzureChinaCloud")
	first := w.post(v2, w.passwordForm()...).text(t, "refresh_token")
	w.clock.Advance(90*24*time.Hour - time.Second)
	second := w.refresh(first).text(t, "refresh_token")
	w.clock.Advance(time.Second)
	w.refresh(first).refused(t, 400, "invalid_grant", 700082, "inactive for 90.00:00:00")
	if got := w.refresh(second); got.status != http.StatusOK {
		t.Errorf("%v", got.body)
	}
}

func TestRefreshTokensAreBounded(t *testing.T) {
	w := newWorld(t, "AzureChinaCloud")
	first := w.post(v2, w.passwordForm()...).text(t, "refresh_token")
	last := first
	for range 32 {
		last = w.refresh(last).text(t, "refresh_token")
	}
	w.refresh(first).refused(t, 400, "invalid_grant", 70000, "")
	if got := w.refresh(last); got.status != http.StatusOK {
		t.Errorf("%v", got.body)
	}
}

// TestNoSecretsAtRest looks for a refresh token's secret among all that is stored.
func TestNoSecretsAtRest(t *testing.T) {
	w := newWorld(t, "AzureChinaCloud")
	text := w.post(v2, w.passwordForm()...).text(t, "refresh_token")
	raw, err := base64.RawURLEncoding.DecodeString(text[3:])
	if err != nil {
		t.Fatal(err)
	}
	secret := raw[len(raw)-32:]
	items := 0
	err = store.View(t.Context(), w.store, func(r store.Reader) error {
		for item, err := range r.Scan([]byte{0}, nil) {
			if err != nil {
				return err
			}
			items++
			for _, form := range []string{string(secret), base64.StdEncoding.EncodeToString(secret), text, password} {
				if strings.Contains(string(item.Key)+string(item.Value), form) {
					t.Errorf("%q holds a secret", item.Key)
				}
			}
		}
		return nil
	})
	if err != nil || items < 3 {
		t.Fatalf("%d items, %v", items, err)
	}
}

func TestFederationServer(t *testing.T) {
	w := newWorld(t, "AzureChinaCloud")
	got := w.post("/adfs/oauth2/token", "grant_type", "client_credentials", "client_id", w.app.AppID, "client_secret", w.secret,
		"client_info", "1", "scope", "https://management.chinacloudapi.cn//.default")
	if got.status != http.StatusOK || got.body["expires_in"] != 3599.0 {
		t.Fatalf("%d %v", got.status, got.body)
	}
	w.hold(w.claims(got.text(t, "access_token")), map[string]any{"aud": "https://management.chinacloudapi.cn/"})
	if got := w.post("/adfs/oauth2/token", w.passwordForm()...); got.status != http.StatusOK {
		t.Fatalf("%d %v", got.status, got.body)
	}
}
