package e2e

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"
)

// variables is what `alcedo env` prints, as a program would read it.
func (i *instance) variables(t *testing.T, args ...string) map[string]string {
	t.Helper()
	r := i.must(t, i.command(append([]string{"env", "--output", "json"}, args...)...))
	var vars map[string]string
	decode(t, r.stdout, &vars)
	return vars
}

// http is a client that reaches the official names as `alcedo env` says: by the proxy, with the cloud's authority.
func (i *instance) http(t *testing.T) *http.Client {
	t.Helper()
	vars := i.variables(t)
	proxy, err := url.Parse(vars["HTTPS_PROXY"])
	if err != nil || proxy.Host == "" {
		t.Fatalf("HTTPS_PROXY is %q", vars["HTTPS_PROXY"])
	}
	pem, err := os.ReadFile(vars["NODE_EXTRA_CA_CERTS"])
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		t.Fatal("the authority's file holds no certificate")
	}
	transport := &http.Transport{
		Proxy:             http.ProxyURL(proxy),
		TLSClientConfig:   &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
		ForceAttemptHTTP2: true,
	}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: 30 * time.Second}
}

// answer is what came back over the wire.
type answer struct {
	status int
	header http.Header
	body   string
}

func send(t *testing.T, c *http.Client, req *http.Request) answer {
	t.Helper()
	resp, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{resp.StatusCode, resp.Header, string(body)}
}

// get sends one request with a bearer token, or without one where that is "".
func (i *instance) get(t *testing.T, target, token string) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, target, nil)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	return send(t, i.http(t), req)
}

// post sends a form to the token endpoint of a tenant.
func (i *instance) post(t *testing.T, tenant string, form url.Values) answer {
	t.Helper()
	target := "https://" + clouds[i.cloud].login + "/" + tenant + "/oauth2/v2.0/token"
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, target, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return send(t, i.http(t), req)
}

// ownerToken is a token of the owner's service principal, asked for by hand.
func (i *instance) ownerToken(t *testing.T, resource string) string {
	t.Helper()
	r := i.post(t, i.TenantID, url.Values{
		"grant_type": {"client_credentials"}, "client_id": {i.ClientID}, "client_secret": {i.ClientSecret}, "scope": {resource + "/.default"},
	})
	if r.status != 200 {
		t.Fatalf("the owner got no token: %+v", r)
	}
	return at(object(t, r.body), "access_token")
}

// assignByHand gives a principal Reader without the SDK: for tests that need no sandbox.
func (i *instance) assignByHand(t *testing.T, token, scope, principal string) {
	t.Helper()
	const reader = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
	body := `{"properties":{"roleDefinitionId":"/subscriptions/` + i.SubscriptionID +
		`/providers/Microsoft.Authorization/roleDefinitions/` + reader + `","principalId":"` + principal + `","principalType":"ServicePrincipal"}}`
	target := "https://" + clouds[i.cloud].resourceManager + scope + "/providers/Microsoft.Authorization/roleAssignments/" + guid() + "?api-version=2022-04-01"
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, target, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/json")
	if r := send(t, i.http(t), req); r.status != http.StatusCreated {
		t.Fatalf("the assignment got %d %s", r.status, r.body)
	}
}
