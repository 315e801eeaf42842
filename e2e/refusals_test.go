package e2e

import (
	"bytes"
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// TestForgedTokens: what is not signed by the tenant, for Resource Manager, does not open it.
func TestForgedTokens(t *testing.T) {
	i := start(t, "AzureCloud")
	manager := "https://" + clouds[i.cloud].resourceManager
	good := i.ownerToken(t, manager)
	target := manager + "/subscriptions/" + i.SubscriptionID + "?api-version=2022-12-01"
	if r := i.get(t, target, good); r.status != 200 {
		t.Fatalf("the genuine token got %+v", r)
	}
	parts := strings.Split(good, ".")
	header, claims := segment(t, parts[0]), segment(t, parts[1])
	stranger, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	older := with(claims, "exp", float64(1600000000))
	for _, c := range []struct{ name, token, code string }{
		{"no token", "", "AuthenticationFailed"},
		{"no token at all", "nonsense", "InvalidAuthenticationToken"},
		{"alg none", encode(t, with(header, "alg", "none")) + "." + parts[1] + ".", "InvalidAuthenticationToken"},
		{"HS256 signed with our public key", hs256(t, header, claims, i.publicKey(t, at(header, "kid"))), "InvalidAuthenticationToken"},
		{"a stranger's key under our kid", rs256(t, header, claims, stranger), "InvalidAuthenticationToken"},
		{"a forged kid", rs256(t, with(header, "kid", "forged"), claims, stranger), "InvalidAuthenticationToken"},
		{"claims changed after signing", parts[0] + "." + encode(t, with(claims, "oid", guid())) + "." + parts[2], "InvalidAuthenticationToken"},
		{"expired and forged", rs256(t, header, older, stranger), "InvalidAuthenticationToken"},
		{"the signature left out", parts[0] + "." + parts[1] + ".", "InvalidAuthenticationToken"},
		{"another service's token", i.ownerToken(t, "https://"+clouds[i.cloud].graph), "InvalidAuthenticationTokenAudience"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := i.get(t, target, c.token)
			if r.status != http.StatusUnauthorized || at(object(t, r.body), "error", "code") != c.code {
				t.Errorf("got %d %s, want 401 %s", r.status, r.body, c.code)
			}
			if !strings.HasPrefix(r.header.Get("WWW-Authenticate"), "Bearer authorization_uri=") {
				t.Errorf("WWW-Authenticate is %q", r.header.Get("WWW-Authenticate"))
			}
		})
	}
}

// TestTokenOfAnotherTenant: two clouds side by side, and a token of one is worth nothing in the other.
func TestTokenOfAnotherTenant(t *testing.T) {
	here, there := start(t, "AzureCloud"), start(t, "AzureCloud")
	manager := "https://" + clouds[here.cloud].resourceManager
	foreign := there.ownerToken(t, manager)
	r := here.get(t, manager+"/subscriptions/"+here.SubscriptionID+"?api-version=2022-12-01", foreign)
	if r.status != http.StatusUnauthorized || !strings.HasPrefix(at(object(t, r.body), "error", "code"), "InvalidAuthenticationToken") {
		t.Errorf("got %d %s", r.status, r.body)
	}
	if r := here.post(t, there.TenantID, url.Values{
		"grant_type": {"client_credentials"}, "client_id": {here.ClientID}, "client_secret": {here.ClientSecret}, "scope": {manager + "/.default"},
	}); r.status != http.StatusBadRequest || !strings.Contains(r.body, "AADSTS90002") {
		t.Errorf("the other tenant's name got %d %s", r.status, r.body)
	}
}

// TestBadRequests: what is malformed is told so, in the words of Azure, and nothing breaks.
func TestBadRequests(t *testing.T) {
	i := start(t, "AzureCloud")
	manager := "https://" + clouds[i.cloud].resourceManager
	token, c := i.ownerToken(t, manager), i.http(t)
	subscription := manager + "/subscriptions/" + i.SubscriptionID
	group := subscription + "/resourceGroups/bad"
	for _, test := range []struct {
		name, method, url, body string
		status                  int
		code                    string
	}{
		{"malformed JSON", "PUT", group + "?api-version=2021-04-01", `{"location":`, 400, "InvalidRequestContent"},
		{"a list for an object", "PUT", group + "?api-version=2021-04-01", `[]`, 400, "InvalidRequestContent"},
		{"a number for a text", "PUT", group + "?api-version=2021-04-01", `{"location":7}`, 400, "InvalidRequestContent"},
		{"no location", "PUT", group + "?api-version=2021-04-01", `{}`, 400, "LocationRequired"},
		{"an unknown location", "PUT", group + "?api-version=2021-04-01", `{"location":"atlantis"}`, 400, "LocationNotAvailableForResourceGroup"},
		{"no api-version", "GET", group, "", 400, "MissingApiVersionParameter"},
		{"an unknown api-version", "GET", group + "?api-version=1999-01-01", "", 400, "InvalidApiVersionParameter"},
		{"no subscription of ours", "GET", manager + "/subscriptions/" + guid() + "/resourceGroups?api-version=2021-04-01", "", 404, "SubscriptionNotFound"},
		{"no subscription id", "GET", manager + "/subscriptions/x/resourceGroups?api-version=2021-04-01", "", 400, "InvalidSubscriptionId"},
		{"no such group", "GET", group + "?api-version=2021-04-01", "", 404, "ResourceGroupNotFound"},
		{"wrong case, doubled and trailing slashes", "GET", subscription + "//RESOURCEgroups/?API-version=2021-04-01", "", 200, ""},
		{"an encoded query name", "GET", subscription + "/resourceGroups?api%2Dversion=2021-04-01", "", 200, ""},
		{"a body over the limit", "PUT", group + "?api-version=2021-04-01", `{"location":"` + strings.Repeat("x", 5<<20) + `"}`, 413, "RequestContentTooLarge"},
	} {
		t.Run(test.name, func(t *testing.T) {
			req, err := http.NewRequestWithContext(t.Context(), test.method, test.url, bytes.NewReader([]byte(test.body)))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Authorization", "Bearer "+token)
			req.Header.Set("Content-Type", "application/json")
			r := send(t, c, req)
			if code := at(object(t, r.body), "error", "code"); r.status != test.status || code != test.code {
				t.Errorf("got %d %s, want %d %s: %s", r.status, code, test.status, test.code, r.body)
			}
			if r.header.Get("x-ms-request-id") == "" {
				t.Error("the answer has no x-ms-request-id")
			}
		})
	}
}

// TestTokenEndpointRefusals: who may not have a token hears why, with the number that people search for.
func TestTokenEndpointRefusals(t *testing.T) {
	i := start(t, "AzureCloud")
	manager := "https://" + clouds[i.cloud].resourceManager + "/.default"
	form := func(pairs ...string) url.Values {
		v := url.Values{"grant_type": {"client_credentials"}, "client_id": {i.ClientID}, "client_secret": {i.ClientSecret}, "scope": {manager}}
		for n := 0; n < len(pairs); n += 2 {
			v.Set(pairs[n], pairs[n+1])
		}
		return v
	}
	for _, c := range []struct {
		name, tenant string
		form         url.Values
		status       int
		kind, number string
	}{
		{"a wrong secret", i.TenantID, form("client_secret", "wrong"), 401, "invalid_client", "AADSTS7000215"},
		{"an unknown application", i.TenantID, form("client_id", guid()), 400, "unauthorized_client", "AADSTS700016"},
		{"an unknown tenant", guid(), form(), 400, "invalid_request", "AADSTS90002"},
		{"an unknown resource", i.TenantID, form("scope", "https://nowhere.example/.default"), 400, "invalid_resource", "AADSTS500011"},
		{"a scope without /.default", i.TenantID, form("scope", "https://management.azure.com/user_impersonation"), 400, "invalid_scope", "AADSTS1002012"},
		{"an unknown grant", i.TenantID, form("grant_type", "magic"), 400, "unsupported_grant_type", "AADSTS70003"},
		{"a wrong password", i.TenantID, url.Values{
			"grant_type": {"password"}, "client_id": {"04b07795-8ddb-461a-bbee-02f9e1bf7b46"}, "scope": {manager},
			"username": {i.UserPrincipalName}, "password": {"wrong"},
		}, 400, "invalid_grant", "AADSTS50126"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := i.post(t, c.tenant, c.form)
			body := object(t, r.body)
			if r.status != c.status || at(body, "error") != c.kind || !strings.HasPrefix(at(body, "error_description"), c.number+":") {
				t.Errorf("got %d %s, want %d %s %s", r.status, r.body, c.status, c.kind, c.number)
			}
		})
	}
}

func segment(t *testing.T, s string) map[string]any {
	t.Helper()
	text, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return object(t, string(text))
}

func encode(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

// with is a copy of a segment in which one value is another.
func with(m map[string]any, name string, value any) map[string]any {
	out := map[string]any{name: value}
	for k, v := range m {
		if k != name {
			out[k] = v
		}
	}
	return out
}

func rs256(t *testing.T, header, claims map[string]any, key *rsa.PrivateKey) string {
	t.Helper()
	signed := encode(t, header) + "." + encode(t, claims)
	sum := sha256.Sum256([]byte(signed))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	return signed + "." + base64.RawURLEncoding.EncodeToString(signature)
}

func hs256(t *testing.T, header, claims map[string]any, key []byte) string {
	t.Helper()
	signed := encode(t, with(header, "alg", "HS256")) + "." + encode(t, claims)
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(signed))
	return signed + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// publicKey is the tenant's published key as a PEM certificate: what a verifier that trusts alg would take for a secret.
func (i *instance) publicKey(t *testing.T, kid string) []byte {
	t.Helper()
	r := i.get(t, "https://"+clouds[i.cloud].login+"/"+i.TenantID+"/discovery/v2.0/keys", "")
	var set struct {
		Keys []struct {
			Kid string   `json:"kid"`
			X5C []string `json:"x5c"`
		} `json:"keys"`
	}
	decode(t, r.body, &set)
	for _, k := range set.Keys {
		if k.Kid == kid && len(k.X5C) > 0 {
			der, err := base64.StdEncoding.DecodeString(k.X5C[0])
			if err != nil {
				t.Fatal(err)
			}
			return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
		}
	}
	t.Fatalf("the key set has no key %q: %s", kid, r.body)
	return nil
}
