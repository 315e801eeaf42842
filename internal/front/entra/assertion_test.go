package entra_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/alcedo-cloud/alcedo/internal/directory"
	"github.com/alcedo-cloud/alcedo/internal/store"
	"github.com/alcedo-cloud/alcedo/internal/sts"
)

const jwtBearer = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

func newKey(t testing.TB) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// register adds a certificate for key to the application, and returns it.
func (w *world) register(key *rsa.PrivateKey, from, until time.Time) []byte {
	w.t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "robot"}, NotBefore: from, NotAfter: until,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		w.t.Fatal(err)
	}
	w.update(func(tx store.Tx) error {
		_, err := w.directory.AddKey(tx, w.app.ObjectID, directory.KeyCredential{Key: der})
		return err
	})
	return der
}

// sign makes an assertion.
func sign(t testing.TB, alg jose.SignatureAlgorithm, key any, header map[string]string, claims map[string]any) string {
	t.Helper()
	options := (&jose.SignerOptions{}).WithType("JWT")
	for name, value := range header {
		options.WithHeader(jose.HeaderKey(name), value)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: key}, options)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := jwt.Signed(signer).Claims(claims).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// own are the claims of an assertion that the client makes itself.
func (w *world) own(changes map[string]any) map[string]any {
	claims := map[string]any{
		"aud": "https://" + w.cloud.Login + v2, "iss": w.app.AppID, "sub": w.app.AppID, "jti": "1",
		"nbf": w.clock.Now().Unix(), "exp": w.clock.Now().Add(10 * time.Minute).Unix(),
	}
	for name, value := range changes {
		if claims[name] = value; value == nil {
			delete(claims, name)
		}
	}
	return claims
}

func (w *world) assert(assertion string, changes ...string) answer {
	w.t.Helper()
	return w.post(v2, append([]string{
		"grant_type", "client_credentials", "client_id", w.app.AppID, "scope", "https://management.chinacloudapi.cn/.default",
		"client_assertion_type", jwtBearer, "client_assertion", assertion,
	}, changes...)...)
}

func TestCertificate(t *testing.T) {
	w := newWorld(t, "AzureChinaCloud")
	key := newKey(t)
	der := w.register(key, w.clock.Now().Add(-time.Hour), w.clock.Now().Add(time.Hour))
	short, long := sha1.Sum(der), sha256.Sum256(der)
	for name, c := range map[string]struct {
		alg    jose.SignatureAlgorithm
		header map[string]string
	}{
		"MSAL Go":          {jose.PS256, map[string]string{"x5t#S256": base64.StdEncoding.EncodeToString(long[:])}},
		"MSAL Go, RS256":   {jose.RS256, map[string]string{"x5t": base64.StdEncoding.EncodeToString(short[:])}},
		"MSAL Python":      {jose.RS256, map[string]string{"x5t": base64.RawURLEncoding.EncodeToString(short[:])}},
		"padded":           {jose.RS256, map[string]string{"x5t": base64.URLEncoding.EncodeToString(short[:])}},
		"HashiCorp":        {jose.RS256, map[string]string{"kid": base64.URLEncoding.EncodeToString(short[:])}},
		"kid in hex":       {jose.RS256, map[string]string{"kid": strings.ToUpper(hex.EncodeToString(short[:]))}},
		"kid by SHA-256":   {jose.PS256, map[string]string{"kid": base64.RawURLEncoding.EncodeToString(long[:])}},
		"kid beside x5t":   {jose.RS256, map[string]string{"kid": "mine", "x5t": base64.RawURLEncoding.EncodeToString(short[:])}},
		"both thumbprints": {jose.PS256, map[string]string{"x5t": base64.RawURLEncoding.EncodeToString(short[:]), "x5t#S256": base64.RawStdEncoding.EncodeToString(long[:])}},
	} {
		t.Run(name, func(t *testing.T) {
			got := w.assert(sign(t, c.alg, key, c.header, w.own(nil)))
			if got.status != http.StatusOK {
				t.Fatalf("%d %v", got.status, got.body)
			}
			w.hold(w.claims(got.text(t, "access_token")), map[string]any{"appidacr": "2", "oid": w.principal.ObjectID})
		})
	}
	x5t := map[string]string{"x5t": base64.RawURLEncoding.EncodeToString(short[:])}
	for _, audience := range []string{
		"https://login.chinacloudapi.cn/" + tenantID + "/oauth2/token",
		"https://login.chinacloudapi.cn/" + w.directory.Domain() + "/oauth2/v2.0/token",
		"https://login.partner.microsoftonline.cn/" + strings.ToUpper(tenantID) + "/v2.0",
		"https://sts.chinacloudapi.cn/" + tenantID + "/",
	} {
		if got := w.assert(sign(t, jose.RS256, key, x5t, w.own(map[string]any{"aud": audience}))); got.status != http.StatusOK {
			t.Errorf("audience %s: %v", audience, got.body)
		}
	}
	// The certificate ends, its client with it.
	w.clock.Advance(time.Hour)
	w.assert(sign(t, jose.RS256, key, x5t, w.own(nil))).refused(t, 401, "invalid_client", 700027, "The key used is expired")
}

func TestCertificateRefusals(t *testing.T) {
	w := newWorld(t, "AzureChinaCloud")
	key, stranger := newKey(t), newKey(t)
	der := w.register(key, w.clock.Now().Add(-time.Hour), w.clock.Now().Add(24*time.Hour))
	sum, other := sha1.Sum(der), sha256.Sum256(der)
	x5t := map[string]string{"x5t": base64.RawURLEncoding.EncodeToString(sum[:])}
	now := w.clock.Now()
	good := sign(t, jose.RS256, key, x5t, w.own(nil))
	parts := strings.Split(good, ".")
	none := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","typ":"JWT"}`)) + "." + parts[1] + "."
	for name, c := range map[string]struct {
		assertion string
		code      int
		part      string
	}{
		"not a token":      {"x", 50027, "malformed"},
		"two parts":        {parts[0] + "." + parts[1], 50027, ""},
		"too long":         {strings.Repeat("a", 40<<10), 50027, ""},
		"alg none":         {none, 5002730, "Unsupported key"},
		"HS256":            {sign(t, jose.HS256, key.N.Bytes(), x5t, w.own(nil)), 5002730, ""},
		"signature cut":    {parts[0] + "." + parts[1] + "." + parts[2][:20], 700027, "use of the key to verify"},
		"another's":        {sign(t, jose.RS256, stranger, x5t, w.own(nil)), 700027, "use of the key to verify"},
		"unknown key":      {sign(t, jose.RS256, key, map[string]string{"x5t": "AAAAAAAAAAAAAAAAAAAAAAAAAAA"}, w.own(nil)), 700027, "'0000000000000000000000000000000000000000'"},
		"SHA-256 as x5t":   {sign(t, jose.RS256, key, map[string]string{"x5t": base64.RawURLEncoding.EncodeToString(other[:])}, w.own(nil)), 700027, "key was not found"},
		"no key named":     {sign(t, jose.RS256, key, nil, w.own(nil)), 5002723, "No certificate SHA-1 thumbprint"},
		"forged kid":       {sign(t, jose.RS256, key, map[string]string{"kid": "../../key"}, w.own(nil)), 700027, "not found"},
		"other subject":    {sign(t, jose.RS256, key, x5t, w.own(map[string]any{"sub": tenantID})), 700021, "'client_id'"},
		"audience":         {sign(t, jose.RS256, key, x5t, w.own(map[string]any{"aud": "https://login.contoso.com" + v2})), 700023, "Realm issuer"},
		"audience, common": {sign(t, jose.RS256, key, x5t, w.own(map[string]any{"aud": "https://login.chinacloudapi.cn/common/oauth2/v2.0/token"})), 700023, ""},
		"no audience":      {sign(t, jose.RS256, key, x5t, w.own(map[string]any{"aud": nil})), 700023, ""},
		"expired":          {sign(t, jose.RS256, key, x5t, w.own(map[string]any{"exp": now.Add(-5 * time.Minute).Unix()})), 700024, "Current time: 2026-03-04T05:06:07.0000000Z"},
		"no expiry":        {sign(t, jose.RS256, key, x5t, w.own(map[string]any{"exp": nil})), 700024, ""},
		"not yet":          {sign(t, jose.RS256, key, x5t, w.own(map[string]any{"nbf": now.Add(301 * time.Second).Unix()})), 700024, ""},
		"claims of types":  {sign(t, jose.RS256, key, x5t, w.own(map[string]any{"iss": 7})), 50027, ""},
	} {
		t.Run(name, func(t *testing.T) { w.assert(c.assertion).refused(t, 401, "invalid_client", c.code, c.part) })
	}
	w.assert(good, "client_assertion_type", "").refused(t, 400, "invalid_request", 900144, "'client_assertion_type'")
	w.assert(good, "client_assertion_type", "saml").refused(t, 400, "invalid_request", 9002313, "")
	if got := w.assert(good); got.status != http.StatusOK {
		t.Fatalf("%v", got.body)
	}
}

// issuer is a foreign OpenID issuer that counts what is fetched from it.
type issuer struct {
	*httptest.Server
	fetches atomic.Int32
	name    string // in the discovery document
	keys    atomic.Pointer[jose.JSONWebKeySet]
}

func newIssuer(t testing.TB) *issuer {
	t.Helper()
	i := &issuer{}
	i.Server = httptest.NewTLSServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		i.fetches.Add(1)
		var body any
		switch r.URL.Path {
		case "/.well-known/openid-configuration":
			body = map[string]string{"issuer": i.name, "jwks_uri": i.URL + "/keys"}
		case "/keys":
			body = i.keys.Load()
		default:
			http.NotFound(rw, r)
			return
		}
		if err := json.NewEncoder(rw).Encode(body); err != nil {
			t.Error(err)
		}
	}))
	i.name = i.URL
	t.Cleanup(i.Close)
	return i
}

func (i *issuer) publish(keys map[string]*rsa.PrivateKey) {
	set := &jose.JSONWebKeySet{}
	for id, key := range keys {
		set.Keys = append(set.Keys, jose.JSONWebKey{Key: &key.PublicKey, KeyID: id, Use: "sig"})
	}
	i.keys.Store(set)
}

func (w *world) federate(objectID, name, issuer, subject, audience string) {
	w.t.Helper()
	w.update(func(tx store.Tx) error {
		return w.directory.PutFederatedCredential(tx, objectID, directory.FederatedCredential{
			Name: name, Issuer: issuer, Subject: subject, Audiences: []string{audience},
		})
	})
}

func TestFederated(t *testing.T) {
	w := newWorld(t, "AzureChinaCloud")
	key, second := newKey(t), newKey(t)
	i := newIssuer(t)
	i.publish(map[string]*rsa.PrivateKey{"k1": key})
	w.serve(i.Client())
	const subject, audience = "system:serviceaccount:default:app", "api://AzureADTokenExchangeChina"
	claims := func(changes map[string]any) map[string]any {
		out := w.own(map[string]any{"iss": i.URL, "sub": subject, "aud": audience})
		for name, value := range changes {
			out[name] = value
		}
		return out
	}
	k1 := map[string]string{"kid": "k1"}
	good := sign(t, jose.RS256, key, k1, claims(nil))

	w.assert(good).refused(t, 401, "invalid_client", 70021, "Assertion Subject: '"+subject+"'")
	w.federate(w.app.ObjectID, "fic", i.URL, subject, audience)
	for name, c := range map[string]struct {
		assertion string
		code      int
		part      string
	}{
		"issuer":        {sign(t, jose.RS256, key, k1, claims(map[string]any{"iss": i.URL + "/"})), 700211, "issuer '" + i.URL + "/'"},
		"subject":       {sign(t, jose.RS256, key, k1, claims(map[string]any{"sub": strings.ToUpper(subject)})), 700213, "subject 'SYSTEM"},
		"audience":      {sign(t, jose.RS256, key, k1, claims(map[string]any{"aud": "api://AzureADTokenExchange"})), 700212, "audience 'api://AzureADTokenExchange'"},
		"audience case": {sign(t, jose.RS256, key, k1, claims(map[string]any{"aud": strings.ToLower(audience)})), 700212, ""},
		"PS256":         {sign(t, jose.PS256, key, k1, claims(nil)), 5002730, ""},
		"expired":       {sign(t, jose.RS256, key, k1, claims(map[string]any{"exp": w.clock.Now().Add(-time.Hour).Unix()})), 700024, ""},
		"no kid":        {sign(t, jose.RS256, key, nil, claims(nil)), 5002723, ""},
	} {
		t.Run(name, func(t *testing.T) { w.assert(c.assertion).refused(t, 401, "invalid_client", c.code, c.part) })
	}
	if n := i.fetches.Load(); n != 0 {
		t.Errorf("%d fetches before anything matched", n)
	}
	if got := w.assert(good); got.status != http.StatusOK {
		t.Fatalf("%v", got.body)
	}
	w.assert(sign(t, jose.RS256, second, k1, claims(nil))).refused(t, 401, "invalid_client", 700027, "verify the signature failed")
	w.assert(sign(t, jose.RS256, second, map[string]string{"kid": "k2"}, claims(nil))).refused(t, 401, "invalid_client", 7000272, "identifier k2 ")
	if n := i.fetches.Load(); n != 2 {
		t.Errorf("%d fetches, want 2: document and keys, once", n)
	}
	// A new key is found once the pause is over, and not looked for before.
	i.publish(map[string]*rsa.PrivateKey{"k1": key, "k2": second})
	w.clock.Advance(30 * time.Second)
	if got := w.assert(sign(t, jose.RS256, second, map[string]string{"kid": "k2"}, claims(nil))); got.status != http.StatusOK {
		t.Fatalf("%v", got.body)
	}
	// A key that is withdrawn holds until the cache is stale.
	i.publish(map[string]*rsa.PrivateKey{"k2": second})
	w.clock.Advance(6 * time.Hour)
	w.assert(sign(t, jose.RS256, key, k1, claims(nil))).refused(t, 401, "invalid_client", 7000272, "k1")
}

func TestIssuerThatLies(t *testing.T) {
	w := newWorld(t, "AzureChinaCloud")
	key := newKey(t)
	i := newIssuer(t)
	i.publish(map[string]*rsa.PrivateKey{"k1": key})
	w.serve(i.Client())
	const audience = "api://AzureADTokenExchangeChina"
	w.federate(w.app.ObjectID, "fic", i.URL, "s", audience)
	assertion := sign(t, jose.RS256, key, map[string]string{"kid": "k1"}, w.own(map[string]any{"iss": i.URL, "sub": "s", "aud": audience}))
	i.name = "https://issuer.example"
	w.assert(assertion).refused(t, 400, "invalid_request", 50166, "External OIDC endpoint failed")
	i.name = i.URL
	if got := w.assert(assertion); got.status != http.StatusOK {
		t.Fatalf("%v", got.body)
	}
	// An issuer whose certificate nobody trusts, or that is not there at all.
	w.serve(nil)
	w.assert(assertion).refused(t, 400, "invalid_request", 50166, "")
	w.serve(i.Client())
	i.Close()
	w.assert(assertion).refused(t, 400, "invalid_request", 50166, "")
}

// TestManagedIdentityAsAssertion has a managed identity stand for an application: no network, no secret.
func TestManagedIdentityAsAssertion(t *testing.T) {
	w := newWorld(t, "AzureChinaCloud")
	var identity directory.Principal
	w.update(func(tx store.Tx) (err error) {
		identity, err = w.directory.CreateManagedIdentity(tx, directory.ManagedIdentity{
			DisplayName: "mi", Explicit: true, ResourceID: "/subscriptions/s/resourcegroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/mi",
		})
		return err
	})
	ask := func(resource string) string {
		got, err := w.sts.ManagedIdentityToken(t.Context(), sts.MIRequest{
			ObjectID: identity.ObjectID, AppID: identity.AppID, ResourceID: identity.ResourceID, Resource: resource,
		})
		if err != nil {
			t.Fatal(err)
		}
		return got.AccessToken
	}
	w.federate(w.app.ObjectID, "mi", w.cloud.IssuerV2(tenantID), identity.ObjectID, "api://AzureADTokenExchangeChina")
	good := ask("api://AzureADTokenExchangeChina")
	got := w.assert(good)
	if got.status != http.StatusOK {
		t.Fatalf("%v", got.body)
	}
	w.hold(w.claims(got.text(t, "access_token")), map[string]any{"appid": w.app.AppID, "oid": w.principal.ObjectID, "appidacr": "2"})

	w.assert(ask("https://management.chinacloudapi.cn/")).refused(t, 401, "invalid_client", 700211, "sts.chinacloudapi.cn")
	// The same claims under a key that is not ours, with our kid.
	parsed, err := jwt.ParseSigned(good, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		t.Fatal(err)
	}
	var claims map[string]any
	if err := parsed.UnsafeClaimsWithoutVerification(&claims); err != nil {
		t.Fatal(err)
	}
	kid := map[string]string{"kid": parsed.Headers[0].KeyID}
	w.assert(sign(t, jose.RS256, newKey(t), kid, claims)).refused(t, 401, "invalid_client", 700027, "")
	w.clock.Advance(24*time.Hour + time.Second)
	w.assert(good).refused(t, 401, "invalid_client", 700024, "")
	fresh := ask("api://AzureADTokenExchangeChina")
	w.update(func(tx store.Tx) error { return w.directory.DeletePrincipal(tx, identity.ObjectID) })
	w.assert(fresh).refused(t, 401, "invalid_client", 700213, identity.ObjectID)
}

// TestWorkloadIdentity has a user-assigned identity trust a foreign issuer.
func TestWorkloadIdentity(t *testing.T) {
	w := newWorld(t, "AzureChinaCloud")
	key := newKey(t)
	i := newIssuer(t)
	i.publish(map[string]*rsa.PrivateKey{"k1": key})
	w.serve(i.Client())
	const resourceID = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/mi"
	var identity directory.Principal
	w.update(func(tx store.Tx) (err error) {
		identity, err = w.directory.CreateManagedIdentity(tx, directory.ManagedIdentity{DisplayName: "mi", Explicit: true, ResourceID: resourceID})
		return err
	})
	const audience = "api://AzureADTokenExchange"
	w.federate(identity.ObjectID, "k8s", i.URL, "s", audience)
	assertion := sign(t, jose.RS256, key, map[string]string{"kid": "k1"}, w.own(map[string]any{"iss": i.URL, "sub": "s", "aud": audience}))
	got := w.assert(assertion, "client_id", identity.AppID)
	if got.status != http.StatusOK || got.body["expires_in"] != 86399.0 {
		t.Fatalf("%v", got.body)
	}
	w.hold(w.claims(got.text(t, "access_token")), map[string]any{
		"oid": identity.ObjectID, "appid": identity.AppID, "appidacr": "2", "xms_az_rid": nil,
		"xms_mirid": strings.Replace(resourceID, "resourceGroups", "resourcegroups", 1),
	})
	// Nobody else knows a managed identity's secret: there is none.
	w.assert("", "client_id", identity.AppID, "client_secret", "x").refused(t, 401, "invalid_client", 7000215, "")
}
