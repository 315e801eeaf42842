package entra_test

import (
	"crypto/sha256"
	"encoding/base64"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/directory"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// page asks for a page, or posts the form on it, and returns the status, the header and the text.
func (w *world) page(target string, pairs ...string) (int, http.Header, string) {
	w.t.Helper()
	method, body, header := http.MethodGet, "", http.Header{}
	if len(pairs) > 0 {
		form := url.Values{}
		for n := 0; n+1 < len(pairs); n += 2 {
			form.Set(pairs[n], pairs[n+1])
		}
		method, body = http.MethodPost, form.Encode()
		header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp := w.do(method, target, header, body)
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return resp.StatusCode, resp.Header, string(text)
}

func TestDeviceCode(t *testing.T) {
	w := newWorld(t, "AzureChinaCloud")
	begin := func() (device, user string) {
		t.Helper()
		got := w.post("https://login.chinacloudapi.cn/"+tenantID+"/oauth2/v2.0/devicecode", "client_id", azClient, "scope", armScope)
		if got.status != http.StatusOK || got.body["expires_in"] != 900.0 || got.body["interval"] != 5.0 ||
			got.body["verification_uri"] != "https://login.chinacloudapi.cn/common/oauth2/deviceauth" ||
			!strings.Contains(got.text(t, "message"), got.text(t, "user_code")) {
			t.Fatalf("%v", got.body)
		}
		return got.text(t, "device_code"), got.text(t, "user_code")
	}
	poll := func(device string, changes ...string) answer {
		return w.post(v2, append([]string{
			"grant_type", "urn:ietf:params:oauth:grant-type:device_code", "client_id", azClient, "client_info", "1",
			"device_code", device, "code", device,
		}, changes...)...)
	}
	const page = "https://login.chinacloudapi.cn/common/oauth2/deviceauth"
	device, user := begin()
	poll(device).refused(t, 400, "authorization_pending", 70016, "pending")
	if status, header, text := w.page(page + "?otc=" + user); status != http.StatusOK || !strings.Contains(text, user) ||
		header.Get("X-Frame-Options") != "DENY" {
		t.Errorf("%d %q", status, text)
	}
	for _, c := range [][]string{
		{"otc", "WRONG", "username", w.user.UserPrincipalName, "password", password, "AADSTS70018"},
		{"otc", user, "username", w.user.UserPrincipalName, "password", "wrong", "AADSTS50126"},
		{"otc", user, "username", "<script>", "password", "wrong", "AADSTS50034"},
	} {
		_, _, text := w.page(page, c[:6]...)
		if !strings.Contains(text, c[6]) || strings.Contains(text, "<script>") {
			t.Errorf("%v: %q", c, text)
		}
	}
	poll(device).refused(t, 400, "authorization_pending", 70016, "")
	if _, _, text := w.page(page, "otc", strings.ToLower(user), "username", w.user.UserPrincipalName, "password", password); !strings.Contains(text, "You have signed in") {
		t.Fatalf("%q", text)
	}
	if _, _, text := w.page(page, "otc", user, "username", w.user.UserPrincipalName, "password", password); !strings.Contains(text, "AADSTS70018") {
		t.Errorf("a user code was taken twice: %q", text)
	}
	poll(device, "client_id", psClient).refused(t, 400, "bad_verification_code", 70018, "")
	got := poll(device)
	if got.status != http.StatusOK || got.body["foci"] != "1" {
		t.Fatalf("%v", got.body)
	}
	w.hold(w.claims(got.text(t, "access_token")), map[string]any{
		"oid": w.user.ObjectID, "aud": "https://management.core.chinacloudapi.cn/", "appidacr": "0",
	})
	if got := w.refresh(got.text(t, "refresh_token")); got.status != http.StatusOK {
		t.Errorf("%v", got.body)
	}
	poll(device).refused(t, 400, "bad_verification_code", 70018, "")

	device, user = begin()
	w.clock.Advance(15 * time.Minute)
	poll(device).refused(t, 400, "expired_token", 70020, "expired")
	if _, _, text := w.page(page, "otc", user, "username", w.user.UserPrincipalName, "password", password); !strings.Contains(text, "AADSTS70018") {
		t.Errorf("an expired user code was taken: %q", text)
	}
	poll("nothing").refused(t, 400, "bad_verification_code", 70018, "")
	poll("", "code", "").refused(t, 400, "invalid_request", 900144, "'device_code'")
}

func TestDeviceCodeV1(t *testing.T) {
	w := newWorld(t, "AzureCloud")
	got := w.post("/common/oauth2/devicecode", "client_id", azClient, "resource", "https://management.core.windows.net/")
	if got.body["expires_in"] != "900" || got.body["verification_url"] != "https://login.microsoftonline.com/common/oauth2/deviceauth" {
		t.Errorf("%v", got.body)
	}
	w.post("/common/oauth2/v2.0/devicecode", "client_id", azClient).refused(t, 400, "invalid_request", 900144, "'scope'")
	w.post("/common/oauth2/v2.0/devicecode", "scope", "openid").refused(t, 400, "invalid_request", 900144, "'client_id'")
	w.post("/common/oauth2/v2.0/devicecode", "client_id", azClient, "scope", "api://x/y").refused(t, 400, "invalid_resource", 500011, "")
	w.get("/common/oauth2/v2.0/devicecode").refused(t, 405, "invalid_request", 900561, "")
}

const verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"

// authorize is the URL of an authorization request.
func (w *world) authorize(changes ...string) string {
	sum := sha256.Sum256([]byte(verifier))
	query := url.Values{
		"client_id": {azClient}, "response_type": {"code"}, "redirect_uri": {"http://localhost:8400"}, "state": {"s&1"},
		"scope": {armScope}, "nonce": {"n1"}, "code_challenge_method": {"S256"},
		"code_challenge": {base64.RawURLEncoding.EncodeToString(sum[:])},
	}
	for n := 0; n+1 < len(changes); n += 2 {
		if query.Set(changes[n], changes[n+1]); changes[n+1] == "" {
			query.Del(changes[n])
		}
	}
	return "https://" + w.cloud.Login + "/organizations/oauth2/v2.0/authorize?" + query.Encode()
}

// signIn enters name and password and returns where the browser is sent.
func (w *world) signIn(target string) *url.URL {
	w.t.Helper()
	status, header, text := w.page(target, "username", w.user.UserPrincipalName, "password", password)
	u, err := url.Parse(header.Get("Location"))
	if status != http.StatusFound || err != nil {
		w.t.Fatalf("%d %q %v", status, text, err)
	}
	return u
}

func (w *world) redeem(code string, changes ...string) answer {
	w.t.Helper()
	return w.post("/organizations/oauth2/v2.0/token", append([]string{
		"grant_type", "authorization_code", "client_id", azClient, "client_info", "1", "code", code, "code_verifier", verifier,
		"redirect_uri", "http://localhost:8400", "scope", armScope,
	}, changes...)...)
}

func TestAuthorizationCode(t *testing.T) {
	w := newWorld(t, "AzureChinaCloud")
	if status, _, text := w.page(w.authorize("login_hint", "ada")); status != http.StatusOK || !strings.Contains(text, "Microsoft Azure CLI") ||
		!strings.Contains(text, `value="ada"`) {
		t.Errorf("%d %q", status, text)
	}
	_, _, text := w.page(w.authorize(), "username", w.user.UserPrincipalName, "password", "wrong")
	if !strings.Contains(text, "AADSTS50126") {
		t.Errorf("%q", text)
	}
	to := w.signIn(w.authorize())
	if to.Host != "localhost:8400" || to.Query().Get("state") != "s&1" {
		t.Fatalf("%s", to)
	}
	code := to.Query().Get("code")
	w.redeem(code, "code_verifier", "other").refused(t, 400, "invalid_grant", 501481, "Code_Verifier")
	w.redeem(code, "code_verifier", "").refused(t, 400, "invalid_grant", 501481, "")
	w.redeem(code, "client_id", psClient).refused(t, 400, "invalid_grant", 70000, "'code'")
	w.redeem(code, "redirect_uri", "http://localhost:8401").refused(t, 400, "invalid_request", 500112, "http://localhost:8400")
	got := w.redeem(code)
	if got.status != http.StatusOK {
		t.Fatalf("%v", got.body)
	}
	w.hold(w.claims(got.text(t, "id_token")), map[string]any{"nonce": "n1", "oid": w.user.ObjectID})
	w.redeem(code).refused(t, 400, "invalid_grant", 54005, "already redeemed")
	w.redeem("1.x").refused(t, 400, "invalid_grant", 9002313, "")
	w.redeem("").refused(t, 400, "invalid_request", 900144, "'code'")
	next := w.refresh(got.text(t, "refresh_token"))
	w.hold(w.claims(next.text(t, "id_token")), map[string]any{"nonce": nil})

	code = w.signIn(w.authorize()).Query().Get("code")
	w.clock.Advance(10 * time.Minute)
	w.redeem(code).refused(t, 400, "invalid_grant", 70008, "expired")
	code = w.signIn(w.authorize()).Query().Get("code")
	w.disable(true)
	w.redeem(code).refused(t, 400, "invalid_grant", 50057, "")
}

func TestResponseModes(t *testing.T) {
	w := newWorld(t, "AzureChinaCloud")
	to := w.signIn(w.authorize("response_mode", "fragment"))
	if fields, err := url.ParseQuery(to.EscapedFragment()); err != nil || fields.Get("code") == "" || fields.Get("state") != "s&1" || to.RawQuery != "" {
		t.Errorf("%s", to)
	}
	status, _, text := w.page(w.authorize("response_mode", "form_post"), "username", w.user.UserPrincipalName, "password", password)
	if status != http.StatusOK || !strings.Contains(text, `action="http://localhost:8400"`) || !strings.Contains(text, `value="s&amp;1"`) {
		t.Errorf("%d %q", status, text)
	}
}

func TestAuthorizationRefusals(t *testing.T) {
	w := newWorld(t, "AzureChinaCloud")
	var app directory.Application
	w.update(func(tx store.Tx) error {
		app, _, _ = w.application(tx, directory.Application{DisplayName: "web", Properties: map[string]jsonText{
			"web":          jsonText(`{"redirectUris":["https://app.example/cb"]}`),
			"publicClient": jsonText(`{"redirectUris":["http://localhost/cb"]}`),
		}})
		return nil
	})
	// What may be wrong with client or address is told to the person, and nobody is redirected.
	for target, code := range map[string]string{
		w.authorize("client_id", ""):                                                    "AADSTS900144",
		w.authorize("client_id", "nobody"):                                              "AADSTS700016",
		w.authorize("redirect_uri", ""):                                                 "AADSTS900144",
		w.authorize("redirect_uri", "https://evil.example"):                             "AADSTS50011",
		w.authorize("redirect_uri", "http://localhost@evil.example"):                    "AADSTS50011",
		w.authorize("redirect_uri", "javascript:alert(1)"):                              "AADSTS50011",
		w.authorize("client_id", app.AppID):                                             "AADSTS50011",
		w.authorize("client_id", app.AppID, "redirect_uri", "https://app.example/cb/"):  "AADSTS50011",
		w.authorize("client_id", app.AppID, "redirect_uri", "http://localhost:9/other"): "AADSTS50011",
		w.authorize() + "&client_id=x":                                                  "AADSTS9000411",
		strings.Replace(w.authorize(), "organizations", "contoso.com", 1):               "AADSTS90002",
	} {
		for _, pairs := range [][]string{nil, {"username", w.user.UserPrincipalName, "password", password}} {
			status, header, text := w.page(target, pairs...)
			if status != http.StatusBadRequest || header.Get("Location") != "" || !strings.Contains(text, code) {
				t.Errorf("%s: %d %q, want %s", target, status, text, code)
			}
		}
	}
	// The rest is told to the client.
	for target, want := range map[string][2]string{
		w.authorize("response_type", ""):             {"invalid_request", "AADSTS900144"},
		w.authorize("response_type", "id_token"):     {"unsupported_response_type", "AADSTS700054"},
		w.authorize("code_challenge_method", "S512"): {"invalid_request", "AADSTS9002313"},
		w.authorize("scope", "api://none/x"):         {"invalid_resource", "AADSTS500011"},
		w.authorize("scope", ""):                     {"invalid_request", "AADSTS900144"},
	} {
		_, header, _ := w.page(target)
		to, err := url.Parse(header.Get("Location"))
		if err != nil || to.Query().Get("error") != want[0] || !strings.HasPrefix(to.Query().Get("error_description"), want[1]) ||
			to.Query().Get("state") != "s&1" || to.Query().Get("code") != "" {
			t.Errorf("%s led to %s", target, to)
		}
	}
	// By a public address the client needs no secret, by the other it does.
	public := w.signIn(w.authorize("client_id", app.AppID, "redirect_uri", "http://localhost:9/cb")).Query().Get("code")
	if got := w.redeem(public, "client_id", app.AppID, "redirect_uri", "http://localhost:9/cb"); got.status != http.StatusOK {
		t.Errorf("%v", got.body)
	}
	web := w.signIn(w.authorize("client_id", app.AppID, "redirect_uri", "https://app.example/cb")).Query().Get("code")
	w.redeem(web, "client_id", app.AppID, "redirect_uri", "https://app.example/cb").refused(t, 401, "invalid_client", 7000218, "")
}
