package vault_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"strings"
	"testing"

	pkcs12 "software.sslmate.com/src/go-pkcs12"
)

// orders imports a chain whose certificate is not first: it comes to the front, unless its order is to be preserved.
func (w *world) orders(private, above, leaf string) {
	w.Helper()
	body := `{"value":` + quoted(w.TB, private+above+leaf) + `,"policy":{"secret_props":{"contentType":"application/x-pem-file"}}`
	for _, c := range []struct {
		more, version string
		shown         any
		want          string
	}{
		{"", "7.5", nil, private + leaf + above},
		{"", "7.6", false, private + leaf + above},
		{`,"preserveCertOrder":true`, "2025-07-01", true, private + above + leaf},
	} {
		a := w.send(admin, "POST", "kv", "/certificates/ordered/import?api-version="+c.version, body+c.more+"}").ok(200)
		a.want(map[string]any{"preserveCertOrder": c.shown, "policy.x509_props.subject": "CN=leaf"})
		w.send(admin, "GET", "kv", "/secrets/ordered", "").ok(200).want(map[string]any{"value": c.want})
	}
	asked := strings.Replace(unknownIssuer, `{"policy"`, `{"preserveCertOrder":true,"policy"`, 1)
	w.send(admin, "POST", "kv", "/certificates/o/create?api-version=7.6", asked).ok(202).want(map[string]any{"preserveCertOrder": true})
	w.send(admin, "GET", "kv", "/certificates/o?api-version=7.6", "").ok(200).want(map[string]any{"preserveCertOrder": true})
}

func TestImportCertificates(t *testing.T) {
	w := newWorld(t)
	ca, by := authority(t)
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	w.check(err)
	der := sign(t, ca, by, key.Public())
	leaf, err := x509.ParseCertificate(der)
	w.check(err)
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	w.check(err)
	private := string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8}))
	public := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	old := string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}))
	foreign := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: ca.Raw}))
	pfx, err := pkcs12.Modern.Encode(key, leaf, []*x509.Certificate{ca}, "opensesame")
	w.check(err)
	value := base64.StdEncoding.EncodeToString(pfx)
	const asPEM = `"policy":{"secret_props":{"contentType":"application/x-pem-file"}}`
	for _, c := range []struct{ name, body, contentType string }{
		{"pfx", `{"value":"` + value + `","pwd":"opensesame"}`, "application/x-pkcs12"},
		{"pem", `{"value":` + quoted(t, private+public) + `,` + asPEM + `}`, "application/x-pem-file"},
		{"pem64", `{"value":"` + base64.StdEncoding.EncodeToString([]byte(public+private)) + `",` + asPEM + `,"attributes":{"enabled":true},"tags":{"a":"b"}}`, "application/x-pem-file"},
		{"bare", `{"value":` + quoted(t, private+public) + `}`, "application/x-pem-file"},
	} {
		a := w.send(admin, "POST", "kv", "/certificates/"+c.name+"/import", c.body).ok(200)
		a.want(map[string]any{
			"cer": base64.StdEncoding.EncodeToString(der), "policy.secret_props.contentType": c.contentType, "policy.issuer.name": "Unknown", "policy.key_props.kty": "RSA",
			"policy.x509_props.subject": "CN=leaf", "policy.x509_props.sans.dns_names.0": "leaf.example", "policy.x509_props.ekus.0": "1.3.6.1.5.5.7.3.2",
			"policy.x509_props.validity_months": 6, "pending": nil, "attributes.nbf": now,
		})
		secret := w.send(admin, "GET", "kv", "/secrets/"+c.name, "").ok(200).want(map[string]any{"contentType": c.contentType})
		if c.contentType == "application/x-pem-file" && secret.str("value") != private+public {
			t.Errorf("%s: PEM came out otherwise than it went in", c.name)
		}
		// What comes out goes in again, as users move certificates between vaults.
		w.send(admin, "POST", "kv", "/certificates/again-"+c.name+"/import", `{"value":`+quoted(t, secret.str("value"))+`}`).ok(200)
	}
	w.orders(private, foreign, public)
	const unreadable = "The specified PKCS#12 X.509 certificate content can not be read. Please check if certificate is in valid PKCS#12 format."
	const unreadablePEM = "The specified PEM X.509 certificate content can not be read. Please check if certificate is in valid PEM format. Accepted formats: PEM content or Base64 encoded PEM content."
	for _, c := range []struct{ body, message string }{
		{`{}`, "Property value is required.\r\n"},
		{`{"value":"` + value + `","pwd":"sesame"}`, unreadable},
		{`{"value":"` + value + `"}`, unreadable},
		{`{"value":"` + value[:400] + `","pwd":"opensesame"}`, unreadable},
		{`{"value":"hello world"}`, unreadable},
		{`{"value":"` + value + `","pwd":"opensesame",` + asPEM + `}`, unreadablePEM},
		{`{"value":` + quoted(t, public) + `,` + asPEM + `}`, unreadablePEM},
		{`{"value":` + quoted(t, private) + `}`, unreadablePEM},
		{`{"value":` + quoted(t, old+public) + `,` + asPEM + `}`, "The specified PEM X.509 certificate content is in an unexpected format. Please check if certificate is in valid PEM format."},
		{`{"value":` + quoted(t, private+foreign) + `}`, "The public key of the end-entity X.509 certificate content does not match the public part of the specified private key. Please check if certificate is valid."},
		{`{"value":` + quoted(t, private+public) + `,"policy":{"key_props":{"kty":"EC"}}}`, "Property policy.key_props.kty has invalid value\r\n"},
	} {
		w.send(admin, "POST", "kv", "/certificates/bad/import", c.body).refused(400, "BadParameter", "", c.message)
	}
	for _, planted := range []string{"opensesame", strings.Split(private, "\n")[2]} {
		if strings.Contains(w.log.String(), planted) {
			t.Errorf("the log has %s", planted)
		}
	}
}
