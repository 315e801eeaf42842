package e2e

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestCredentials signs the owner in by each of the SDK's credentials that a workstation can have.
func TestCredentials(t *testing.T) {
	for cloud := range clouds {
		t.Run(cloud, func(t *testing.T) {
			i := start(t, cloud)
			for _, as := range []string{"secret", "default", "password"} {
				t.Run(as, func(t *testing.T) {
					list, _ := i.sdk(t, i.workstation(), "-as", as, "subscriptions")["value"].([]any)
					if len(list) != 1 || at(list[0], "subscriptionId") != i.SubscriptionID {
						t.Errorf("the subscriptions are %v", list)
					}
				})
			}
			t.Run("refused", func(t *testing.T) {
				at := i.workstation()
				at.env = append(at.env, "AZURE_CLIENT_SECRET=wrong", "AZURE_PASSWORD=wrong")
				for as, number := range map[string]string{"secret": "AADSTS7000215", "password": "AADSTS50126"} {
					if f := i.refused(t, at, "-as", as, "subscriptions"); !strings.Contains(f.Error, number) {
						t.Errorf("%s was refused with %q, want %s", as, f.Error, number)
					}
				}
			})
		})
	}
}

// graph calls Microsoft Graph as the administrator and gives the answer's body.
func (i *instance) graph(t *testing.T, status int, method, path string, body any) map[string]any {
	t.Helper()
	host := "https://" + clouds[i.cloud].graph
	args := []string{"-as", "password", "rest", host + "/.default", method, host + "/v1.0" + path}
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		args = append(args, string(text))
	}
	r := i.sdk(t, i.workstation(), args...)
	if got, _ := r["status"].(float64); int(got) != status {
		t.Fatalf("%s %s: %v %v, want %d", method, path, r["status"], r["text"], status)
	}
	out, _ := r["body"].(map[string]any)
	return out
}

// TestClientCertificate registers an application with a certificate through Graph, and signs in with it.
func TestClientCertificate(t *testing.T) {
	i := start(t, "AzureCloud")
	i.owner(t, "group-create", "certified", i.location)
	der, file := certificate(t)
	app := i.graph(t, 201, "POST", "/applications", map[string]any{
		"displayName": "robot",
		"keyCredentials": []any{map[string]any{
			"type": "AsymmetricX509Cert", "usage": "Verify", "key": base64.StdEncoding.EncodeToString(der),
		}},
	})
	principal := i.graph(t, 201, "POST", "/servicePrincipals", map[string]any{"appId": at(app, "appId")})
	robot := i.workstation()
	robot.env = append(robot.env, "AZURE_CLIENT_ID="+at(app, "appId"), "AZURE_CLIENT_SECRET=", "AZURE_CLIENT_CERTIFICATE_PATH="+file)

	i.refused(t, robot, "-as", "certificate", "group", "certified").is(t, 403, "AuthorizationFailed", at(principal, "id"))
	assignment := i.grant(t, i.groupID("certified"), "Reader", at(principal, "id"))
	if got := i.sdk(t, robot, "-as", "certificate", "group", "certified"); at(got, "name") != "certified" {
		t.Errorf("the group reads %v", got)
	}
	i.owner(t, "unassign", assignment)
	i.refused(t, robot, "-as", "certificate", "group", "certified").is(t, 403, "AuthorizationFailed", at(principal, "id"))

	_, other := certificate(t)
	robot.env = append(robot.env, "AZURE_CLIENT_CERTIFICATE_PATH="+other)
	if f := i.refused(t, robot, "-as", "certificate", "group", "certified"); !strings.Contains(f.Error, "AADSTS700027") {
		t.Errorf("a stranger's certificate was refused with %q", f.Error)
	}
}

// certificate makes a self-signed one: its DER, and a PEM file with its key.
func certificate(t *testing.T) (der []byte, file string) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: "robot"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
	}
	der, err = x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	text := append(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}),
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
	file = filepath.Join(t.TempDir(), "robot.pem")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return der, file
}

// issuer is an identity provider as Kubernetes or a CI system has one: discovery document, keys, and tokens that it
// signs. Its authority is to be trusted by alcedo through SSL_CERT_FILE.
type issuer struct {
	url, authority string
	key            *rsa.PrivateKey
}

func newIssuer(t *testing.T) *issuer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	i := &issuer{key: key}
	mux := http.NewServeMux()
	answer := func(path string, body func() any) {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			if err := json.NewEncoder(w).Encode(body()); err != nil {
				t.Error(err)
			}
		})
	}
	answer("/.well-known/openid-configuration", func() any {
		return map[string]any{
			"issuer": i.url, "jwks_uri": i.url + "/keys", "response_types_supported": []string{"id_token"},
			"subject_types_supported": []string{"public"}, "id_token_signing_alg_values_supported": []string{"RS256"},
		}
	})
	answer("/keys", func() any {
		return map[string]any{"keys": []any{map[string]any{
			"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "first",
			"n": base64.RawURLEncoding.EncodeToString(key.N.Bytes()),
			"e": base64.RawURLEncoding.EncodeToString(big.NewInt(int64(key.E)).Bytes()),
		}}}
	})
	server := httptest.NewTLSServer(mux)
	t.Cleanup(server.Close)
	i.url = server.URL
	i.authority = filepath.Join(t.TempDir(), "issuer.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(i.authority, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return i
}

// token signs claims for a subject and gives the file that holds it.
func (i *issuer) token(t *testing.T, key *rsa.PrivateKey, subject, audience string) string {
	t.Helper()
	now := time.Now()
	text := rs256(t, map[string]any{"alg": "RS256", "typ": "JWT", "kid": "first"}, map[string]any{
		"iss": i.url, "sub": subject, "aud": audience,
		"iat": now.Unix(), "nbf": now.Unix(), "exp": now.Add(10 * time.Minute).Unix(),
	}, key)
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// TestWorkloadIdentity: a token of a trusted issuer is exchanged for one of a user-assigned identity, and the issuer's
// keys are fetched and checked, never trusted blindly.
func TestWorkloadIdentity(t *testing.T) {
	const audience, subject = "api://AzureADTokenExchange", "system:serviceaccount:shop:cart"
	from := newIssuer(t)
	i := start(t, "AzureCloud", "SSL_CERT_FILE="+from.authority)
	i.owner(t, "group-create", "shop", i.location)
	identity := i.owner(t, "identity-create", "shop", "cart", i.location)
	i.owner(t, "federate", "shop", "cart", "kubernetes", from.url, subject, audience)
	i.grant(t, i.groupID("shop"), "Reader", at(identity, "properties", "principalId"))

	pod := func(file string) place {
		p := i.workstation()
		p.env = append(p.env, "AZURE_CLIENT_SECRET=", "AZURE_USERNAME=", "AZURE_PASSWORD=", "AZURE_CLIENT_ID="+at(identity, "properties", "clientId"), "AZURE_FEDERATED_TOKEN_FILE="+file)
		return p
	}
	for _, as := range []string{"workload", "default"} {
		if got := i.sdk(t, pod(from.token(t, from.key, subject, audience)), "-as", as, "group", "shop"); at(got, "name") != "shop" {
			t.Errorf("as %s the group reads %v", as, got)
		}
	}
	stranger, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, file, number string }{
		{"another subject", from.token(t, from.key, "system:serviceaccount:shop:other", audience), "AADSTS700213"},
		{"another case of the subject", from.token(t, from.key, strings.ToUpper(subject), audience), "AADSTS700213"},
		{"another audience", from.token(t, from.key, subject, "api://other"), "AADSTS700212"},
		{"another key", from.token(t, stranger, subject, audience), "AADSTS"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if f := i.refused(t, pod(c.file), "-as", "workload", "group", "shop"); !strings.Contains(f.Error, c.number) {
				t.Errorf("refused with %q, want %s", f.Error, c.number)
			}
		})
	}
}
