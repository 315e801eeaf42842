package vault_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	pkcs12 "software.sslmate.com/src/go-pkcs12"

	"github.com/alcedo-cloud/alcedo/internal/vault"
)

// selfSigned is what @azure/keyvault-certificates sends.
const selfSigned = `{"policy":{"key_props":{},"secret_props":{},"x509_props":{"subject":"cn=MyCert","sans":{}},"issuer":{"name":"Self"},"attributes":{}},"attributes":{}}`

func (a *answer) bytes(path string) []byte {
	a.w.Helper()
	b, err := base64.StdEncoding.DecodeString(a.str(path))
	a.w.check(err)
	return b
}

// parsed is the certificate of a bundle.
func (a *answer) parsed() *x509.Certificate {
	a.w.Helper()
	c, err := x509.ParseCertificate(a.bytes("cer"))
	a.w.check(err)
	return c
}

func TestSelfSignedCertificate(t *testing.T) {
	w := newWorld(t)
	a := w.send(admin, "POST", "kv", "/certificates/c/create", selfSigned).ok(202)
	a.want(map[string]any{
		"id": "https://kv.vault.azure.cn/certificates/c/pending", "issuer.name": "Self", "cancellation_requested": false, "status": "inProgress",
		"status_details": "Pending certificate created. Certificate request is in progress. This may take some time based on the issuer provider. Please check again later.",
	})
	if at := a.header.Get("Location"); at != "https://kv.vault.azure.cn/certificates/c/pending?api-version=7.4&request_id="+a.str("request_id") || a.header.Get("Retry-After") != "10" {
		t.Errorf("Location %q, Retry-After %q", at, a.header.Get("Retry-After"))
	}
	request, err := x509.ParseCertificateRequest(a.bytes("csr"))
	w.check(err)
	w.check(request.CheckSignature())
	if request.Subject.String() != "CN=MyCert" {
		t.Errorf("request for %s", request.Subject)
	}
	w.send(admin, "GET", "kv", "/certificates/c/pending", "").ok(200).want(map[string]any{"status": "completed", "target": "https://kv.vault.azure.cn/certificates/c", "status_details": nil})
	a = w.send(admin, "GET", "kv", "/certificates/c/", "").ok(200)
	path := strings.TrimPrefix(a.str("id"), "https://kv.vault.azure.cn")
	version := strings.TrimPrefix(path, "/certificates/c/")
	c := a.parsed()
	w.check(c.CheckSignatureFrom(&x509.Certificate{PublicKey: c.PublicKey, PublicKeyAlgorithm: x509.RSA, Version: 1}))
	sum := sha1.Sum(c.Raw)
	a.want(map[string]any{
		"kid": "https://kv.vault.azure.cn/keys/c/" + version, "sid": "https://kv.vault.azure.cn/secrets/c/" + version, "x5t": text64(sum[:]),
		"attributes.enabled": true, "attributes.nbf": now - 600, "attributes.exp": int(time.Unix(now, 0).UTC().AddDate(1, 0, 0).Unix()),
		"policy.id": "https://kv.vault.azure.cn/certificates/c/policy", "policy.key_props.exportable": true, "policy.key_props.kty": "RSA",
		"policy.key_props.key_size": 2048, "policy.key_props.reuse_key": false, "policy.secret_props.contentType": "application/x-pkcs12",
		"policy.x509_props.subject": "cn=MyCert", "policy.x509_props.ekus.0": "1.3.6.1.5.5.7.3.1", "policy.x509_props.key_usage.1": "keyEncipherment",
		"policy.x509_props.validity_months": 12, "policy.x509_props.basic_constraints.ca": false, "policy.lifetime_actions.0.trigger.lifetime_percentage": 80,
		"policy.lifetime_actions.0.action.action_type": "AutoRenew", "policy.issuer.name": "Self", "policy.attributes.enabled": true,
		"pending.id": "https://kv.vault.azure.cn/certificates/c/pending",
	})
	if c.KeyUsage != x509.KeyUsageDigitalSignature|x509.KeyUsageKeyEncipherment || !slices.Equal(c.ExtKeyUsage, []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}) || c.IsCA {
		t.Errorf("usage %v %v, CA %v", c.KeyUsage, c.ExtKeyUsage, c.IsCA)
	}
	w.send(admin, "GET", "kv", "/keys/c", "").ok(200).want(map[string]any{"managed": true, "key.n": text64(c.PublicKey.(*rsa.PublicKey).N.Bytes())})
	secret := w.send(admin, "GET", "kv", "/secrets/c/"+version, "").ok(200).want(map[string]any{"managed": true, "contentType": "application/x-pkcs12", "kid": a.str("kid")})
	key, leaf, _, err := pkcs12.DecodeChain(secret.bytes("value"), "")
	w.check(err)
	if !leaf.Equal(c) || !key.(*rsa.PrivateKey).PublicKey.Equal(c.PublicKey) {
		t.Error("the secret is of another certificate")
	}
	w.send(admin, "GET", "kv", "/certificates", "").ok(200).want(map[string]any{"value.0.id": "https://kv.vault.azure.cn/certificates/c", "value.0.x5t": text64(sum[:]), "value.0.cer": nil})
	w.send(admin, "GET", "kv", "/certificates/c/versions", "").ok(200).want(map[string]any{"value.0.id": a.str("id")})
}

func TestCertificateKinds(t *testing.T) {
	w := newWorld(t)
	w.send(admin, "POST", "kv", "/certificates/c/create", `{"policy":{"key_props":{"kty":"EC","crv":"P-384","exportable":false},"secret_props":{"contentType":"application/x-pem-file"},
		"x509_props":{"subject":"CN=\"a, b\", O=Org + OU=x\\,y, C=GB, E=a@b.c","sans":{"dns_names":["a.example","*.b.example"],"emails":["m@example.com"],"upns":["u@example.com"],
		"uris":["https://example.com/x"],"ipAddresses":["192.0.2.1","2001:db8::1"]},"ekus":["1.3.6.1.5.5.7.3.3"],"key_usage":["cRLSign","decipherOnly"],"validity_months":3},
		"issuer":{"name":"self"}},"tags":{"a":"b"}}`).ok(202)
	a := w.send(admin, "GET", "kv", "/certificates/c", "").ok(200).want(map[string]any{"tags.a": "b", "policy.issuer.name": "Self", "policy.key_props.key_size": 384})
	c := a.parsed()
	if len(c.DNSNames) != 2 || len(c.EmailAddresses) != 1 || len(c.URIs) != 1 || len(c.IPAddresses) != 2 || c.SignatureAlgorithm != x509.ECDSAWithSHA384 {
		t.Errorf("%v %v %v %v %v", c.DNSNames, c.EmailAddresses, c.URIs, c.IPAddresses, c.SignatureAlgorithm)
	}
	if c.Subject.CommonName != "a, b" || c.Subject.OrganizationalUnit[0] != "x,y" || c.Subject.Country[0] != "GB" || c.KeyUsage != x509.KeyUsageCRLSign|x509.KeyUsageDecipherOnly {
		t.Errorf("%v %v", c.Subject, c.KeyUsage)
	}
	value := w.send(admin, "GET", "kv", "/secrets/c", "").ok(200).str("value")
	if strings.Contains(value, "PRIVATE KEY") || !strings.Contains(value, "BEGIN CERTIFICATE") {
		t.Error("a key that is not exportable came out with the secret, or nothing did")
	}
	digest := text64(make([]byte, 48))
	w.send(admin, "POST", "kv", "/keys/c/sign", `{"alg":"ES384","value":"`+digest+`"}`).ok(200)
}

func TestBadCertificates(t *testing.T) {
	w := newWorld(t)
	policy := func(key, x509Props, issuer, rest string) string {
		return `{"policy":{"key_props":` + key + `,"x509_props":` + x509Props + `,"issuer":` + issuer + rest + `}}`
	}
	good, self := `{"subject":"CN=a"}`, `{"name":"Self"}`
	for _, c := range []struct{ body, inner, message string }{
		{``, "", "Request body not specified."},
		{`{}`, "", "Property policy is required.\r\n"},
		{`{"policy":{"issuer":{"name":"Self"}}}`, "", "Property policy.x509_props is required.\r\n"},
		{policy(`{}`, `{}`, self, ""), "", "Property policy.x509_props.subject is required.\r\n"},
		{policy(`{}`, `{"subject":"nonsense"}`, self, ""), "", "Property policy.x509_props.subject has invalid value\r\n"},
		{policy(`{}`, `{"subject":"CN=a,"}`, self, ""), "", "Property policy.x509_props.subject has invalid value\r\n"},
		{policy(`{}`, `{"subject":"CN=\"a"}`, self, ""), "", "Property policy.x509_props.subject has invalid value\r\n"},
		{policy(`{}`, `{"subject":"CN=a","sans":{"ipAddresses":["1.2.3"]}}`, self, ""), "", "Property policy.x509_props.sans.ipAddresses has invalid value\r\n"},
		{policy(`{}`, `{"subject":"CN=a","sans":{"dns_names":["é"]}}`, self, ""), "", "Property policy.x509_props.sans.dns_names has invalid value\r\n"},
		{policy(`{}`, `{"subject":"CN=a","ekus":["serverAuth"]}`, self, ""), "", "Property policy.x509_props.ekus has invalid value\r\n"},
		{policy(`{}`, `{"subject":"CN=a","key_usage":["everything"]}`, self, ""), "", "Property policy.x509_props.key_usage has invalid value\r\n"},
		{policy(`{}`, `{"subject":"CN=a","validity_months":-1}`, self, ""), "", "Property policy.x509_props.validity_months has invalid value\r\n"},
		{policy(`{}`, good, `{}`, ""), "", "Property policy.issuer.name is required.\r\n"},
		{policy(`{"kty":"oct"}`, good, self, ""), "", "Property policy.key_props has invalid value\r\n"},
		{policy(`{"kty":"EC","crv":"P-256K"}`, good, self, ""), "", "Property policy.key_props has invalid value\r\n"},
		{policy(`{"kty":"RSA","key_size":512}`, good, self, ""), "KeySizeNotSupported", "Unsupported key size (512). Supported sizes are [2048, 3072, 4096]"},
		{policy(`{"kty":"RSA-HSM"}`, good, self, ""), "", "Hardware key operation not allowed on standard vault"},
		{policy(`{}`, good, self, `,"secret_props":{"contentType":"text/plain"}`), "", "Property policy.secret_props.contentType has invalid value\r\n"},
		{policy(`{}`, good, self, `,"lifetime_actions":[{"trigger":{"lifetime_percentage":100},"action":{"action_type":"AutoRenew"}}]`), "", "Property policy.lifetime_actions.trigger has invalid value\r\n"},
		{policy(`{}`, good, self, `,"lifetime_actions":[{"trigger":{"lifetime_percentage":50},"action":{"action_type":"Sing"}}]`), "", "Property policy.lifetime_actions.action.action_type has invalid value\r\n"},
	} {
		w.send(admin, "POST", "kv", "/certificates/c/create", c.body).refused(400, "BadParameter", c.inner, c.message)
	}
	w.send(admin, "POST", "kv", "/certificates/c/create", policy(`{}`, good, `{"name":"Nobody"}`, "")).refused(404, "CertificateIssuerNotFound", "", "Issuer not found")
	w.send(admin, "POST", "kv", "/certificates/a_b/create", selfSigned).refused(400, "BadParameter", "", "…a_b")
	w.key("taken", `{"kty":"EC"}`)
	w.send(admin, "POST", "kv", "/certificates/taken/create", selfSigned).refused(409, "Conflict", "", "…key taken already exists and is not a certificate's")
	w.send(admin, "GET", "kv", "/certificates/none", "").refused(404, "CertificateNotFound", "", "…A certificate with (name/id) none was not found")
	w.send(admin, "GET", "kv", "/certificates/none/policy", "").refused(404, "CertificateNotFound", "", "…none")
	w.send(admin, "GET", "kv", "/certificates/none/pending", "").refused(404, "PendingCertificateNotFound", "", "Pending certificate not found: none")
}

// authority signs what others ask for.
func authority(t testing.TB) (*x509.Certificate, crypto.Signer) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Authority"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Unix(now, 0), NotAfter: time.Unix(now, 0).AddDate(10, 0, 0), KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return c, key
}

// sign makes a certificate for a public key.
func sign(t testing.TB, ca *x509.Certificate, by crypto.Signer, public any) []byte {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "leaf"}, DNSNames: []string{"leaf.example"},
		NotBefore: time.Unix(now, 0), NotAfter: time.Unix(now, 0).AddDate(0, 6, 0), KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}, ca, public, by)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

const unknownIssuer = `{"policy":{"x509_props":{"subject":"CN=leaf"},"issuer":{"name":"Unknown","cert_transparency":false}}}`

func TestMerge(t *testing.T) {
	w := newWorld(t)
	a := w.send(admin, "POST", "kv", "/certificates/c/create", unknownIssuer).ok(202)
	a.want(map[string]any{"status_details": "Pending certificate created. Please Perform Merge to complete the request.", "issuer.cert_transparency": nil})
	request, err := x509.ParseCertificateRequest(a.bytes("csr"))
	w.check(err)
	pending := w.send(admin, "GET", "kv", "/certificates/c", "").ok(200).want(map[string]any{
		"attributes.enabled": false, "cer": nil, "kid": nil, "sid": nil, "policy.lifetime_actions.0.action.action_type": "EmailContacts",
	})
	w.send(admin, "GET", "kv", "/keys/c", "").refused(404, "KeyNotFound", "", "…c")
	if n := w.send(admin, "GET", "kv", "/certificates", "").len(); n != 0 {
		t.Errorf("%d certificates while one is pending", n)
	}
	if n := w.send(admin, "GET", "kv", "/certificates?includePending=true", "").len(); n != 1 {
		t.Errorf("%d certificates with pending ones", n)
	}
	w.send(admin, "POST", "kv", "/certificates/c/create", selfSigned).refused(409, "Conflict", "",
		"A new key vault certificate can not be created or imported while a pending key vault certificate's status is inProgress.")
	w.send(admin, "PATCH", "kv", "/certificates/c", `{"attributes":{"enabled":true}}`).refused(400, "BadParameter", "", "…pending")
	ca, by := authority(t)
	foreign, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	b64 := base64.StdEncoding.EncodeToString
	for _, c := range []struct{ body, message string }{
		{`{"x5c":[]}`, "Property x5c has invalid value X5C must has at least one valid item\r\n"},
		{`{"x5c":["***"]}`, "Property x5c has invalid value\r\n"},
		{`{"x5c":["AAAA"]}`, "Property x5c has invalid value\r\n"},
		{`{"x5c":["` + b64(sign(t, ca, by, foreign.Public())) + `"]}`, "The public key of the end-entity X.509 certificate content does not match the public part of the specified private key. Please check if certificate is valid."},
	} {
		w.send(admin, "POST", "kv", "/certificates/c/pending/merge", c.body).refused(400, "BadParameter", "", c.message)
	}
	der := sign(t, ca, by, request.PublicKey)
	a = w.send(admin, "POST", "kv", "/certificates/c/pending/merge", `{"x5c":["`+b64(der)+`","`+b64([]byte(b64(ca.Raw)))+`"],"tags":{"m":"1"}}`).ok(201)
	a.want(map[string]any{"id": pending.str("id"), "attributes.enabled": true, "cer": b64(der), "tags.m": "1", "attributes.exp": int(time.Unix(now, 0).UTC().AddDate(0, 6, 0).Unix())})
	_, leaf, above, err := pkcs12.DecodeChain(w.send(admin, "GET", "kv", "/secrets/c", "").ok(200).bytes("value"), "")
	w.check(err)
	if leaf.Subject.CommonName != "leaf" || len(above) != 1 || !above[0].Equal(ca) {
		t.Errorf("the secret has %v above %v", above, leaf.Subject)
	}
	w.send(admin, "POST", "kv", "/certificates/c/pending/merge", `{"x5c":["`+b64(der)+`"]}`).refused(403, "Forbidden", "", "Pending status must be in progress to allow update.")
	w.send(admin, "POST", "kv", "/certificates/none/pending/merge", `{"x5c":["`+b64(der)+`"]}`).refused(404, "PendingCertificateNotFound", "", "Pending certificate not found: none")
}

// TestCancel follows the recording of @azure/keyvault-certificates: cancel, delete, and nothing is pending.
func TestCancel(t *testing.T) {
	w := newWorld(t)
	w.send(admin, "POST", "kv", "/certificates/c/create", unknownIssuer).ok(202)
	w.send(admin, "PATCH", "kv", "/certificates/c/pending", `{}`).refused(400, "BadParameter", "", "Property cancellation_requested is required.\r\n")
	w.send(admin, "PATCH", "kv", "/certificates/c/pending", `{"cancellation_requested":true}`).ok(200).want(map[string]any{"cancellation_requested": true, "status": "inProgress"})
	w.send(admin, "GET", "kv", "/certificates/c/pending", "").ok(200).want(map[string]any{"status": "cancelled", "cancellation_requested": true})
	w.send(admin, "PATCH", "kv", "/certificates/c/pending", `{"cancellation_requested":true}`).refused(403, "Forbidden", "", "Pending status must be in progress to allow update.")
	w.send(admin, "DELETE", "kv", "/certificates/c/pending", "").ok(200).want(map[string]any{"cancellation_requested": true})
	w.send(admin, "GET", "kv", "/certificates/c/pending", "").refused(404, "PendingCertificateNotFound", "", "Pending certificate not found: c")
	w.send(admin, "GET", "kv", "/certificates/c", "").ok(200).want(map[string]any{"pending": nil, "attributes.enabled": false})
	w.send(admin, "POST", "kv", "/certificates/c/create", selfSigned).ok(202)
	w.send(admin, "GET", "kv", "/certificates/c", "").ok(200).want(map[string]any{"attributes.enabled": true})
}

func quoted(t testing.TB, s string) string {
	t.Helper()
	b, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestUpdateCertificates(t *testing.T) {
	w := newWorld(t)
	w.send(admin, "POST", "kv", "/certificates/c/create", selfSigned).ok(202)
	path := strings.TrimPrefix(w.send(admin, "GET", "kv", "/certificates/c", "").str("id"), "https://kv.vault.azure.cn")
	w.send(admin, "PATCH", "kv", path, `{"attributes":{"enabled":false,"exp":1},"tags":{"a":"b"}}`).ok(200).want(map[string]any{
		"attributes.enabled": false, "tags.a": "b", "attributes.nbf": now - 600,
	})
	w.send(admin, "GET", "kv", "/secrets/c", "").refused(403, "Forbidden", "SecretDisabled", "Operation get is not allowed on a disabled secret.")
	w.send(admin, "POST", "kv", "/keys/c/sign", `{"alg":"RS256","value":"`+text64(make([]byte, 32))+`"}`).refused(403, "Forbidden", "KeyDisabled", "Operation sign is not allowed on a disabled key.")
	w.send(admin, "PATCH", "kv", "/certificates/c/", `{"attributes":{"enabled":true}}`).ok(200)
	w.send(admin, "GET", "kv", "/secrets/c", "").ok(200)
	w.send(admin, "PATCH", "kv", "/certificates/c/policy", `{"x509_props":{"subject":"CN=next","validity_months":24},"key_props":{"kty":"EC","reuse_key":true}}`).ok(200).want(map[string]any{
		"id": "https://kv.vault.azure.cn/certificates/c/policy", "x509_props.subject": "CN=next", "key_props.kty": "EC", "issuer.name": "Self",
	})
	w.send(admin, "PATCH", "kv", "/certificates/c/policy", `{"issuer":{"name":"Nobody"}}`).refused(404, "CertificateIssuerNotFound", "", "Issuer not found")
	w.send(admin, "POST", "kv", "/certificates/c/create", `{}`).ok(202) // by the policy that is there
	a := w.send(admin, "GET", "kv", "/certificates/c", "").ok(200)
	if a.parsed().Subject.CommonName != "next" {
		t.Errorf("subject %s", a.parsed().Subject)
	}
	before := w.send(admin, "GET", "kv", "/keys/c", "").ok(200)
	w.send(admin, "POST", "kv", "/certificates/c/create", `{}`).ok(202)
	if after := w.send(admin, "GET", "kv", "/keys/c", "").ok(200); after.str("key.x") != before.str("key.x") || after.str("key.kid") == before.str("key.kid") {
		t.Error("reuse_key did not keep the key, or there is no new version")
	}
	w.send(admin, "PATCH", "kv", "/certificates/c/policy", `{"attributes":{"enabled":false}}`).ok(200).want(map[string]any{"attributes.enabled": false, "attributes.created": now})
	w.send(admin, "PATCH", "kv", "/certificates/c/policy", `{"issuer":{"name":"Self"},"attributes":{}}`).ok(200)
	w.send(admin, "GET", "kv", "/certificates/c/policy", "").ok(200).want(map[string]any{"attributes.enabled": false})
	w.send(admin, "PATCH", "kv", "/certificates/c/policy", `{"attributes":{"enabled":true}}`).ok(200).want(map[string]any{"attributes.enabled": true})
	w.send(admin, "GET", "kv", "/certificates/c", "").ok(200).want(map[string]any{"attributes.enabled": true})
	// A policy may ask for a curve of which no certificate is made here.
	w.send(admin, "PATCH", "kv", "/certificates/c/policy", `{"key_props":{"kty":"EC","crv":"P-256K","key_size":256,"exportable":true,"reuse_key":false}}`).ok(200).
		want(map[string]any{"key_props.crv": "P-256K", "x509_props.subject": "CN=next", "issuer.name": "Self"})
	w.send(admin, "POST", "kv", "/certificates/c/create", `{}`).refused(400, "BadParameter", "", "Property policy.key_props has invalid value\r\n")
	// What is managed is changed through the certificate alone.
	for _, c := range []struct{ operation, on, method, path, body string }{
		{"update", "Key", "PATCH", "/keys/c", `{"tags":{}}`},
		{"delete", "Key", "DELETE", "/keys/c", ""},
		{"rotate", "Key", "POST", "/keys/c/rotate", ""},
		{"create", "Key", "POST", "/keys/c/create", `{"kty":"EC"}`},
		{"set", "Secret", "PUT", "/secrets/c", `{"value":"x"}`},
		{"delete", "Secret", "DELETE", "/secrets/c", ""},
	} {
		w.send(admin, c.method, "kv", c.path, c.body).refused(403, "Forbidden", c.on+"ManagedByKeyVault",
			"Operation \""+c.operation+"\" is not allowed on this "+strings.ToLower(c.on)+", since it is associated with a certificate. "+
				"Perform the operation on the corresponding certificate. For more information refer to "+
				"https://docs.microsoft.com/en-us/azure/key-vault/certificates/about-certificates#composition-of-a-certificate")
	}
}

func TestCertificateLife(t *testing.T) {
	w := newWorld(t)
	w.send(admin, "POST", "kv", "/certificates/c/create", selfSigned).ok(202)
	a := w.send(admin, "GET", "kv", "/certificates/c", "").ok(200)
	blob := w.send(admin, "POST", "kv", "/certificates/c/backup", "").ok(200).str("value")
	w.send(admin, "DELETE", "kv", "/certificates/c", "").ok(200).want(map[string]any{"recoveryId": "https://kv.vault.azure.cn/deletedcertificates/c", "deletedDate": now, "id": a.str("id")})
	for _, path := range []string{"/certificates/c", "/keys/c", "/secrets/c"} {
		if got := w.send(admin, "GET", "kv", path, ""); got.status != 404 {
			t.Errorf("%s: %s", path, got.text)
		}
	}
	w.send(admin, "GET", "kv", "/deletedcertificates/c", "").ok(200).want(map[string]any{"x5t": a.str("x5t")})
	w.send(admin, "GET", "kv", "/deletedcertificates", "").ok(200).want(map[string]any{"value.0.id": "https://kv.vault.azure.cn/certificates/c"})
	w.send(admin, "DELETE", "kv", "/deletedkeys/c", "").refused(403, "Forbidden", "KeyManagedByKeyVault", "…")
	w.send(admin, "POST", "kv", "/certificates/c/create", selfSigned).refused(409, "Conflict", "ObjectIsDeletedButRecoverable", "…Certificate c is currently in a deleted but recoverable state")
	w.send(admin, "POST", "kv", "/deletedcertificates/c/recover", "").ok(200)
	w.send(admin, "GET", "kv", "/secrets/c", "").ok(200)
	w.send(admin, "DELETE", "kv", "/certificates/c", "").ok(200)
	w.send(admin, "DELETE", "kv", "/deletedcertificates/c", "").ok(204)
	w.send(admin, "GET", "kv", "/deletedcertificates/c", "").refused(404, "CertificateNotFound", "", "Deleted Certificate not found: c")
	w.send(admin, "GET", "kv", "/deletedsecrets/c", "").refused(404, "SecretNotFound", "", "…c")
	w.send(admin, "POST", "kv", "/certificates/restore", `{"value":"`+blob+`"}`).ok(200).want(map[string]any{"id": a.str("id"), "cer": a.str("cer")})
	w.send(admin, "POST", "kv", "/keys/c/sign", `{"alg":"RS256","value":"`+text64(make([]byte, 32))+`"}`).ok(200)
	w.send(admin, "GET", "kv", "/secrets/c", "").ok(200)
	w.send(admin, "POST", "kv", "/certificates/restore", `{"value":"`+blob+`"}`).refused(409, "Conflict", "", "…already exists")
	w.send(admin, "POST", "kv", "/certificates/restore", `{"value":"`+strings.Repeat("A", 99)+`"}`).refused(400, "Malformed backup blob", "", "Backup blob contains invalid or corrupt version.")
}

// TestRenewal: a certificate that renews itself does so at four fifths of its life; others wait for somebody.
func TestRenewal(t *testing.T) {
	w := newWorld(t)
	w.send(admin, "POST", "kv", "/certificates/c/create", selfSigned).ok(202)
	w.send(admin, "POST", "kv", "/certificates/mail/create", strings.Replace(selfSigned, `"issuer"`, `"lifetime_actions":[{"trigger":{"days_before_expiry":90},"action":{"action_type":"EmailContacts"}}],"issuer"`, 1)).ok(202)
	w.send(admin, "POST", "kv", "/certificates/days/create", strings.Replace(selfSigned, `"issuer"`, `"lifetime_actions":[{"trigger":{"days_before_expiry":90},"action":{"action_type":"AutoRenew"}}],"issuer"`, 1)).ok(202)
	versions := func(name string, want int) {
		t.Helper()
		w.check(w.vaults.Sweep(t.Context()))
		if n := w.send(admin, "GET", "kv", "/certificates/"+name+"/versions", "").len(); n != want {
			t.Errorf("%s: %d versions, want %d", name, n, want)
		}
	}
	versions("c", 1)
	w.clock.Advance(280 * 24 * time.Hour)
	versions("c", 1)
	versions("days", 2)
	w.clock.Advance(13 * 24 * time.Hour)
	versions("c", 2)
	versions("c", 2)
	versions("mail", 1)
	w.send(admin, "GET", "kv", "/certificates/c", "").ok(200).want(map[string]any{"attributes.enabled": true, "attributes.created": now + 293*86400})
}

func TestIssuersAndContacts(t *testing.T) {
	w := newWorld(t)
	w.send(admin, "GET", "kv", "/certificates/issuers/ca", "").refused(404, "CertificateIssuerNotFound", "", "Issuer not found")
	w.send(admin, "PUT", "kv", "/certificates/issuers/ca", `{}`).refused(400, "BadParameter", "", "Property provider is required.\r\n")
	a := w.send(admin, "PUT", "kv", "/certificates/issuers/ca", `{"provider":"Test","credentials":{"account_id":"keyvaultuser","pwd":"planted-word"},
		"org_details":{"zip":0,"admin_details":[{"first_name":"John","email":"a@b.c"}]}}`).ok(200)
	members := map[string]any{
		"id": "https://kv.vault.azure.cn/certificates/issuers/ca", "provider": "Test", "credentials.account_id": "keyvaultuser", "credentials.pwd": nil,
		"org_details.admin_details.0.first_name": "John", "attributes.enabled": true, "attributes.created": now,
	}
	a.want(members)
	w.send(admin, "GET", "kv", "/certificates/issuers/CA", "").ok(200).want(members)
	w.send(admin, "PATCH", "kv", "/certificates/issuers/ca", `{"credentials":{"account_id":"next"}}`).ok(200).want(map[string]any{"credentials.account_id": "next", "provider": "Test"})
	w.send(admin, "GET", "kv", "/certificates/issuers", "").ok(200).want(map[string]any{"value.0.id": "https://kv.vault.azure.cn/certificates/issuers/ca", "value.0.provider": "Test"})
	w.send(admin, "POST", "kv", "/certificates/c/create", strings.Replace(selfSigned, "Self", "ca", 1)).ok(202).want(map[string]any{"issuer.name": "ca"})
	w.send(admin, "GET", "kv", "/certificates/c/pending", "").ok(200).want(map[string]any{"status": "inProgress"})
	w.send(admin, "DELETE", "kv", "/certificates/issuers/ca", "").ok(200)
	w.send(admin, "DELETE", "kv", "/certificates/issuers/ca", "").refused(404, "CertificateIssuerNotFound", "", "Issuer not found")
	if strings.Contains(w.log.String(), "planted-word") {
		t.Error("the log has a password")
	}
	for i := range 30 {
		w.send(admin, "PUT", "kv", fmt.Sprintf("/certificates/issuers/i%02d", i), `{"provider":"Test"}`).ok(200)
	}
	page := w.send(admin, "GET", "kv", "/certificates/issuers", "").ok(200)
	rest := w.send(admin, "GET", "kv", strings.TrimPrefix(page.str("nextLink"), "https://kv.vault.azure.cn"), "").ok(200)
	if page.len() != 25 || rest.len() != 5 || rest.str("value.0.id") != "https://kv.vault.azure.cn/certificates/issuers/i25" {
		t.Errorf("pages of %d and %d: %s", page.len(), rest.len(), rest.text)
	}
	w.send(admin, "GET", "kv", "/certificates/contacts", "").refused(404, "ContactsNotFound", "", "Contacts not found")
	w.send(admin, "PUT", "kv", "/certificates/contacts", `{"contacts":[]}`).refused(400, "BadParameter", "", "Property contacts has invalid value\r\n")
	w.send(admin, "PUT", "kv", "/certificates/contacts", `{"contacts":[{"email":"a@b.c","name":"n","phone":"1"}]}`).ok(200)
	w.send(admin, "GET", "kv", "/certificates/contacts", "").ok(200).want(map[string]any{"id": "https://kv.vault.azure.cn/certificates/contacts", "contacts.0.email": "a@b.c"})
	w.send(admin, "DELETE", "kv", "/certificates/contacts", "").ok(200).want(map[string]any{"contacts.0.name": "n"})
	w.send(admin, "DELETE", "kv", "/certificates/contacts", "").refused(404, "ContactsNotFound", "", "Contacts not found")
}

// TestCertificateRights: each permission opens its own operations, and none opens the secret.
func TestCertificateRights(t *testing.T) {
	w := newWorld(t)
	w.send(admin, "POST", "kv", "/certificates/c/create", selfSigned).ok(202)
	for _, c := range []struct{ permission, method, path string }{
		{"get", "GET", "/certificates/c"},
		{"list", "GET", "/certificates"},
		{"list", "GET", "/certificates/c/versions"},
		{"create", "POST", "/certificates/c/create"},
		{"create", "POST", "/certificates/c/pending/merge"},
		{"import", "POST", "/certificates/c/import"},
		{"update", "PATCH", "/certificates/c"},
		{"get", "GET", "/certificates/c/policy"},
		{"update", "PATCH", "/certificates/c/policy"},
		{"get", "GET", "/certificates/c/pending"},
		{"update", "PATCH", "/certificates/c/pending"},
		{"update", "DELETE", "/certificates/none/pending"},
		{"backup", "POST", "/certificates/c/backup"},
		{"restore", "POST", "/certificates/restore"},
		{"get", "GET", "/deletedcertificates/none"},
		{"list", "GET", "/deletedcertificates"},
		{"recover", "POST", "/deletedcertificates/none/recover"},
		{"purge", "DELETE", "/deletedcertificates/none"},
		{"getissuers", "GET", "/certificates/issuers/none"},
		{"listissuers", "GET", "/certificates/issuers"},
		{"setissuers", "PUT", "/certificates/issuers/none"},
		{"deleteissuers", "DELETE", "/certificates/issuers/none"},
		{"managecontacts", "GET", "/certificates/contacts"},
		{"managecontacts", "PUT", "/certificates/contacts"},
		{"managecontacts", "DELETE", "/certificates/contacts"},
		{"delete", "DELETE", "/certificates/c"},
	} {
		w.policies(vault.AccessPolicy{ObjectID: reader, Permissions: vault.Permissions{Keys: []string{"all"}, Secrets: []string{"all"}}})
		body := `{"value":"AAAA","x5c":["AAAA"],"provider":"p","cancellation_requested":true,"contacts":[{"email":"a@b"}]}`
		w.send(reader, c.method, "kv", c.path, body).refused(403, "Forbidden", "AccessDenied", "…does not have certificates "+c.permission+" permission on key vault")
		w.policies(vault.AccessPolicy{ObjectID: reader, Permissions: vault.Permissions{Certificates: []string{c.permission}}})
		if a := w.send(reader, c.method, "kv", c.path, body); strings.Contains(a.text, "AccessDenied") || a.status >= 500 || a.status == 401 {
			t.Errorf("%s %s with %s: %s", c.method, c.path, c.permission, a.text)
		}
		w.send(reader, "GET", "kv", "/secrets/c", "").refused(403, "Forbidden", "AccessDenied", "…does not have secrets get permission")
		w.send(reader, "GET", "kv", "/keys/c", "").refused(403, "Forbidden", "AccessDenied", "…does not have keys get permission")
	}
}
