package token

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/alcedo-cloud/alcedo/internal/caller"
	"github.com/alcedo-cloud/alcedo/internal/cloud"
	"github.com/alcedo-cloud/alcedo/internal/fault"
)

func TestVerifyGrants(t *testing.T) {
	w := newWorld(t)
	const vm = "/subscriptions/s/resourcegroups/g/providers/Microsoft.Compute/virtualMachines/vm"
	for _, x := range []struct {
		name    string
		change  func(*Claims)
		service cloud.Service
		want    caller.Caller
	}{
		{"managed identity", func(*Claims) {}, cloud.ResourceManager, caller.Caller{Kind: caller.ManagedIdentity, ResourceID: vm}},
		{"classic audience without slash", func(c *Claims) { c.Audience = "https://management.core.chinacloudapi.cn" }, cloud.ResourceManager, caller.Caller{Kind: caller.ManagedIdentity, ResourceID: vm}},
		{"application", func(c *Claims) { c.ManagedIdentity = "" }, cloud.ResourceManager, caller.Caller{Kind: caller.ServicePrincipal}},
		{"application, v2", func(c *Claims) { c.ManagedIdentity, c.Version, c.AppID, c.AuthorizedParty = "", V2, "", testClient }, cloud.ResourceManager, caller.Caller{Kind: caller.ServicePrincipal, Issuer: w.cloud.IssuerV2(testTenant)}},
		{"user", func(c *Claims) {
			c.ManagedIdentity, c.IDType, c.Scopes, c.UPN = "", "user", "user_impersonation", "anna@alcedo.partner.onmschina.cn"
		}, cloud.ResourceManager, caller.Caller{Kind: caller.User, Name: "anna@alcedo.partner.onmschina.cn"}},
		{"for Graph", func(c *Claims) { c.Audience = "https://microsoftgraph.chinacloudapi.cn" }, cloud.Graph, caller.Caller{Kind: caller.ManagedIdentity, ResourceID: vm}},
		{"a little early", func(c *Claims) { c.NotBefore = testNow.Add(leeway).Unix() }, cloud.ResourceManager, caller.Caller{Kind: caller.ManagedIdentity, ResourceID: vm}},
	} {
		c := w.claims()
		x.change(&c)
		want := x.want
		want.TenantID, want.ObjectID, want.AppID = testTenant, testObject, testClient
		if want.Issuer == "" {
			want.Issuer = w.cloud.IssuerV1(testTenant)
		}
		raw := w.mint(t, c)
		for _, pass := range []string{"first", "cached"} {
			got, err := w.verifier.Verify(t.Context(), raw, x.service)
			if err != nil || got != want {
				t.Errorf("%s, %s: %+v, %v; want %+v", x.name, pass, got, err, want)
			}
		}
	}
}

// refused checks the form of a refusal and returns it.
func refused(t *testing.T, name string, who caller.Caller, err error, want Reason) *Refusal {
	t.Helper()
	var r *Refusal
	if fault.KindOf(err) != fault.Unauthenticated || !errors.As(err, &r) || who != (caller.Caller{}) {
		t.Errorf("%s: %+v, %v; want a refusal", name, who, err)
		return &Refusal{}
	}
	if r.Reason != want {
		t.Errorf("%s: refused as %s (%s), want %s", name, r.Reason, r.Detail, want)
	}
	return r
}

func encode(v any) string {
	data, _ := json.Marshal(v)
	return base64.RawURLEncoding.EncodeToString(data)
}

// foreign signs claims with a key of the test's.
func foreign(t testing.TB, alg jose.SignatureAlgorithm, signWith any, headers map[jose.HeaderKey]any, c Claims) string {
	t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: signWith}, &jose.SignerOptions{ExtraHeaders: headers})
	if err != nil {
		t.Fatal(err)
	}
	raw, err := jwt.Signed(signer).Claims(c).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestVerifyRefuses(t *testing.T) {
	w := newWorld(t)
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	good := w.mint(t, w.claims())
	parts := strings.Split(good, ".")
	set, err := w.service.Keys(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	kid := set.Keys[0].KeyID
	public := set.Keys[0].Key.(*rsa.PublicKey)
	pkix, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	full := w.claims()
	if err := w.service.fill(&full); err != nil {
		t.Fatal(err)
	}
	with := func(change func(*Claims)) Claims { c := full; change(&c); return c }
	owner := with(func(c *Claims) { c.ObjectID = testClient })

	for _, x := range []struct {
		name string
		raw  string
		want Reason
	}{
		{"empty", "", Malformed},
		{"a word", "hello", Malformed},
		{"two parts", parts[0] + "." + parts[1], Malformed},
		{"four parts", good + ".x", Malformed},
		{"encrypted form", strings.Repeat("e30.", 4) + "e30", Malformed},
		{"not base64", parts[0] + ".@@@." + parts[2], Malformed},
		{"padded", parts[0] + "==." + parts[1] + "." + parts[2], Malformed},
		{"not JSON", parts[0] + "." + base64.RawURLEncoding.EncodeToString([]byte("{")) + "." + parts[2], Malformed},
		{"a JSON array", parts[0] + "." + encode([]int{1}) + "." + parts[2], Malformed},
		{"wrong type of a claim", parts[0] + "." + encode(map[string]any{"aud": 7, "tid": testTenant}) + "." + parts[2], Malformed},
		{"JSON serialisation", `{"payload":"` + parts[1] + `","protected":"` + parts[0] + `","signature":"` + parts[2] + `"}`, Malformed},
		{"too long", good + strings.Repeat("A", MaxSize), Malformed},

		{"alg none", encode(map[string]string{"alg": "none", "typ": "JWT"}) + "." + encode(owner) + ".", Signature},
		{"alg NONE", encode(map[string]string{"alg": "NONE", "kid": kid}) + "." + encode(owner) + "." + parts[2], Signature},
		{"alg none with a signature", encode(map[string]string{"alg": "none", "kid": kid}) + "." + parts[1] + "." + parts[2], Signature},
		{"HS256 by our modulus", foreign(t, jose.HS256, public.N.Bytes(), map[jose.HeaderKey]any{"kid": kid}, owner), Signature},
		{"HS256 by our public key", foreign(t, jose.HS256, pkix, map[jose.HeaderKey]any{"kid": kid}, owner), Signature},
		{"HS256 by our certificate", foreign(t, jose.HS256, set.Keys[0].Certificates[0].Raw, map[jose.HeaderKey]any{"kid": kid}, owner), Signature},
		{"foreign key, no kid", foreign(t, jose.RS256, other, nil, owner), Signature},
		{"foreign key, unknown kid", foreign(t, jose.RS256, other, map[jose.HeaderKey]any{"kid": "forged"}, owner), Signature},
		{"foreign key, our kid", foreign(t, jose.RS256, other, map[jose.HeaderKey]any{"kid": kid}, owner), Signature},
		{"foreign key in the header", foreign(t, jose.RS256, other, map[jose.HeaderKey]any{"kid": kid, "jwk": jose.JSONWebKey{Key: &other.PublicKey}}, owner), Signature},
		{"PS256 by our own key", foreign(t, jose.PS256, w.private(t), map[jose.HeaderKey]any{"kid": kid}, owner), Signature},
		{"RS512 by our own key", foreign(t, jose.RS512, w.private(t), map[jose.HeaderKey]any{"kid": kid}, owner), Signature},
		{"a critical header", foreign(t, jose.RS256, w.private(t), map[jose.HeaderKey]any{"kid": kid, "crit": []string{"exp"}, "exp": 1}, owner), Signature},
		{"claims exchanged", parts[0] + "." + encode(owner) + "." + parts[2], Signature},
		{"header exchanged", encode(map[string]string{"alg": "RS256", "kid": kid}) + "." + parts[1] + "." + parts[2], Signature},
		{"signature cut", good[:len(good)-8], Signature},
		{"no signature", parts[0] + "." + parts[1] + ".", Signature},
		{"signature of another token", parts[0] + "." + parts[1] + "." + strings.Split(w.mint(t, w.claims()), ".")[2], Signature},

		{"another tenant", w.mint(t, with(func(c *Claims) { c.TenantID = testClient })), Tenant},
		{"another tenant's key", foreign(t, jose.RS256, other, nil, with(func(c *Claims) {
			c.TenantID, c.Issuer = testClient, w.cloud.IssuerV1(testClient)
		})), Tenant},
		{"another issuer", w.mint(t, with(func(c *Claims) { c.Issuer = "https://sts.windows.net/" + testTenant + "/" })), Issuer},
		{"issuer of another tenant", w.mint(t, with(func(c *Claims) { c.Issuer = w.cloud.IssuerV1(testClient) })), Issuer},
		{"expired", w.mint(t, with(func(c *Claims) { c.IssuedAt -= 7200; c.NotBefore -= 7200; c.Expires = testNow.Unix() })), Expired},
		{"not yet valid", w.mint(t, with(func(c *Claims) { c.NotBefore = testNow.Add(leeway + time.Second).Unix() })), NotYetValid},
		{"no subject", w.mint(t, with(func(c *Claims) { c.ObjectID = "" })), Malformed},
		{"for storage", w.mint(t, with(func(c *Claims) { c.Audience = "https://storage.azure.com/" })), Audience},
		{"for an application", w.mint(t, with(func(c *Claims) { c.Audience = "api://mine" })), Audience},
		{"two slashes", w.mint(t, with(func(c *Claims) { c.Audience = "https://management.chinacloudapi.cn//" })), Audience},
		{"of another cloud", w.mint(t, with(func(c *Claims) { c.Audience = "https://management.azure.com/" })), Audience},
		{"an id_token", w.mint(t, with(func(c *Claims) { c.AppID = "" })), Audience},
	} {
		for range 2 { // a refusal must not become a grant by the cache
			who, err := w.verifier.Verify(t.Context(), x.raw, cloud.ResourceManager)
			refused(t, x.name, who, err, x.want)
		}
	}
	if _, err := w.verifier.Verify(t.Context(), good, cloud.ResourceManager); err != nil {
		t.Errorf("the good token: %v", err)
	}
}

func (w *world) private(t testing.TB) *rsa.PrivateKey {
	t.Helper()
	set, err := w.service.published(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return set.signing.private
}

func TestRefusalTellsWhatMessagesQuote(t *testing.T) {
	w := newWorld(t)
	raw := w.mint(t, w.claims())
	who, err := w.verifier.Verify(t.Context(), raw, cloud.KeyVault)
	r := refused(t, "wrong service", who, err, Audience)
	if r.Audience != "https://management.chinacloudapi.cn/" || r.TenantID != testTenant || r.Issuer != w.cloud.IssuerV1(testTenant) {
		t.Errorf("refusal = %+v", r)
	}
	w.clock.Advance(25 * time.Hour)
	who, err = w.verifier.Verify(t.Context(), raw, cloud.ResourceManager)
	r = refused(t, "expired", who, err, Expired)
	if !r.Expires.Equal(testNow.Add(24*time.Hour)) || !r.Now.Equal(testNow.Add(25*time.Hour)) {
		t.Errorf("refusal = %+v", r)
	}
}

func TestVerifyCachedTokenEndsInTime(t *testing.T) {
	w := newWorld(t)
	raw := w.mint(t, w.claims())
	if _, err := w.verifier.Verify(t.Context(), raw, cloud.ResourceManager); err != nil {
		t.Fatal(err)
	}
	w.clock.Advance(24*time.Hour - time.Second)
	if _, err := w.verifier.Verify(t.Context(), raw, cloud.ResourceManager); err != nil {
		t.Errorf("a second before its end: %v", err)
	}
	w.clock.Advance(time.Second)
	who, err := w.verifier.Verify(t.Context(), raw, cloud.ResourceManager)
	refused(t, "at its end", who, err, Expired)
}

func TestVerifySubjectGoneAtOnce(t *testing.T) {
	w := newWorld(t)
	raw := w.mint(t, w.claims())
	if _, err := w.verifier.Verify(t.Context(), raw, cloud.ResourceManager); err != nil {
		t.Fatal(err)
	}
	w.gone[testObject] = true
	who, err := w.verifier.Verify(t.Context(), raw, cloud.ResourceManager)
	refused(t, "deleted", who, err, Subject)
	if _, err := w.verifier.Claims(t.Context(), raw); err != nil {
		t.Errorf("Claims leaves the subject to its caller: %v", err)
	}
}

type broken struct{}

func (broken) Active(context.Context, string) (bool, error) {
	return true, errors.New("the directory is away")
}

func TestVerifyFailsClosed(t *testing.T) {
	w := newWorld(t)
	raw := w.mint(t, w.claims())
	who, err := NewVerifier(w.service, broken{}).Verify(t.Context(), raw, cloud.ResourceManager)
	if fault.KindOf(err) != fault.Internal || who != (caller.Caller{}) {
		t.Errorf("%+v, %v", who, err)
	}
}

func TestCacheIsBounded(t *testing.T) {
	var c cache
	live := &verified{claims: Claims{Expires: testNow.Add(time.Hour).Unix()}}
	dead := &verified{claims: Claims{Expires: testNow.Unix()}}
	for i := range 3 * maxCached {
		v := live
		if i%2 == 0 {
			v = dead
		}
		c.put(strconv.Itoa(i), v, testNow)
		if len(c.entries) > maxCached {
			t.Fatalf("%d entries", len(c.entries))
		}
	}
	if len(c.entries) == 0 {
		t.Error("the cache is empty")
	}
}

func TestVerifyCachedAllocatesNothing(t *testing.T) {
	w := newWorld(t)
	raw := w.mint(t, w.claims())
	ctx := t.Context()
	n := testing.AllocsPerRun(100, func() {
		if _, err := w.verifier.Verify(ctx, raw, cloud.ResourceManager); err != nil {
			t.Error(err)
		}
	})
	if n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzVerify(f *testing.F) {
	w := newWorld(f)
	good := w.mint(f, w.claims())
	for _, seed := range []string{good, "", "..", "e30.e30.e30", good[:len(good)-3], "{}"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		who, err := w.verifier.Verify(t.Context(), raw, cloud.ResourceManager)
		var r *Refusal
		switch {
		case err == nil && raw != good:
			// The only other text that may pass is the same token with the unused bits of its signature set.
			if strings.Join(strings.Split(raw, ".")[:2], ".") != strings.Join(strings.Split(good, ".")[:2], ".") {
				t.Errorf("accepted %q as %+v", raw, who)
			}
		case err != nil && !errors.As(err, &r):
			t.Errorf("%q: %v", raw, err)
		}
	})
}
