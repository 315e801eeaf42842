package entra_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/directory"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

const grantOnBehalfOf = "urn:ietf:params:oauth:grant-type:jwt-bearer"

// onBehalfForm is what a service of the world sends with a token that it was called with.
func (w *world) onBehalfForm(assertion string, changes ...string) []string {
	return append([]string{
		"grant_type", grantOnBehalfOf, "requested_token_use", "on_behalf_of", "client_id", w.app.AppID, "client_secret", w.secret,
		"assertion", assertion, "scope", "https://vault.azure.net/.default openid offline_access profile", "client_info", "1",
	}, changes...)
}

func TestOnBehalfOf(t *testing.T) {
	w := newWorld(t, "AzureCloud")
	mine := w.post(v2, w.passwordForm("scope", w.app.AppID+"/.default")...).text(t, "access_token")
	got := w.post(v2, w.onBehalfForm(mine)...)
	if got.status != http.StatusOK {
		t.Fatalf("%d %v", got.status, got.body)
	}
	w.hold(w.claims(got.text(t, "access_token")), map[string]any{
		"aud": "https://vault.azure.net", "oid": w.user.ObjectID, "upn": w.user.UserPrincipalName, "appid": w.app.AppID, "appidacr": "1",
		"scp": "user_impersonation", "idtyp": "user",
	})
	w.hold(w.claims(got.text(t, "id_token")), map[string]any{"aud": w.app.AppID, "oid": w.user.ObjectID})
	again := w.post(v2, "grant_type", "refresh_token", "client_id", w.app.AppID, "client_secret", w.secret,
		"refresh_token", got.text(t, "refresh_token"), "scope", "https://management.azure.com/.default")
	w.hold(w.claims(again.text(t, "access_token")), map[string]any{"aud": "https://management.azure.com", "oid": w.user.ObjectID})

	got = w.post(v1, w.onBehalfForm(mine, "scope", "openid", "resource", "https://graph.microsoft.com")...)
	w.hold(w.claims(got.text(t, "access_token")), map[string]any{"aud": "https://graph.microsoft.com", "oid": w.user.ObjectID})
}

func TestOnBehalfOfByURI(t *testing.T) {
	w := newWorld(t, "AzureCloud")
	var api directory.Application
	var secret string
	w.update(func(tx store.Tx) error {
		api, _, secret = w.application(tx, directory.Application{
			DisplayName: "api", IdentifierURIs: []string{"api://orders"},
			Properties: map[string]jsonText{"api": jsonText(`{"oauth2PermissionScopes":[{"value":"Orders.Read","isEnabled":true}]}`)},
		})
		return nil
	})
	mine := w.post(v2, w.passwordForm("scope", "api://orders/Orders.Read")...).text(t, "access_token")
	got := w.post(v2, w.onBehalfForm(mine, "client_id", api.AppID, "client_secret", secret)...)
	w.hold(w.claims(got.text(t, "access_token")), map[string]any{"oid": w.user.ObjectID, "appid": api.AppID})
	// Another application's token is none of the robot's business.
	w.post(v2, w.onBehalfForm(mine)...).refused(t, 400, "invalid_grant", 500131, "'api://orders'")
}

func TestOnBehalfOfRefusals(t *testing.T) {
	w := newWorld(t, "AzureCloud")
	signedIn := w.post(v2, w.passwordForm("scope", w.app.AppID+"/.default openid")...)
	mine := signedIn.text(t, "access_token")
	own := w.post(v2, w.passwordForm("client_id", w.app.AppID, "client_secret", w.secret, "scope", "https://vault.azure.net/.default openid")...)
	robot := w.post(v2, "grant_type", "client_credentials", "client_id", w.app.AppID, "client_secret", w.secret, "scope", w.app.AppID+"/.default")
	for name, c := range map[string]struct {
		assertion string
		changes   []string
		status    int
		code      string
		number    int
		part      string
	}{
		"no assertion":         {"", nil, 400, "invalid_request", 900144, "'assertion'"},
		"no use":               {mine, []string{"requested_token_use", ""}, 400, "invalid_request", 900144, "'requested_token_use'"},
		"another use":          {mine, []string{"requested_token_use", "magic"}, 400, "invalid_request", 9002313, ""},
		"no credential":        {mine, []string{"client_secret", ""}, 401, "invalid_client", 7000218, "client_assertion"},
		"a wrong secret":       {mine, []string{"client_secret", "wrong"}, 401, "invalid_client", 7000215, ""},
		"a public client":      {mine, []string{"client_id", azClient, "client_secret", ""}, 401, "invalid_client", 7000218, ""},
		"no token":             {"a.b.c", nil, 400, "invalid_request", 50027, "malformed"},
		"a forged token":       {mine[:len(mine)-8] + "AAAAAAAA", nil, 400, "invalid_grant", 50013, "signature"},
		"for another service":  {own.text(t, "access_token"), nil, 400, "invalid_grant", 500131, "'https://vault.azure.net'"},
		"an id_token":          {own.text(t, "id_token"), nil, 400, "invalid_grant", 240002, "id_token"},
		"an application's own": {robot.text(t, "access_token"), nil, 400, "invalid_grant", 7000114, w.app.AppID},
		"an unknown resource":  {mine, []string{"scope", "https://nobody.example/.default"}, 400, "invalid_resource", 500011, ""},
	} {
		t.Run(name, func(t *testing.T) {
			w.post(v2, w.onBehalfForm(c.assertion, c.changes...)...).refused(t, c.status, c.code, c.number, c.part)
		})
	}
	w.post("/common/oauth2/v2.0/token", w.onBehalfForm(mine)...).refused(t, 400, "invalid_request", 50194, "")
	w.clock.Advance(2 * time.Hour)
	w.post(v2, w.onBehalfForm(mine)...).refused(t, 400, "invalid_grant", 500133, "expiry time of assertion")
}
