package sts

import (
	"context"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/clock"
	"github.com/alcedo-cloud/alcedo/internal/cloud"
	"github.com/alcedo-cloud/alcedo/internal/directory"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
	"github.com/alcedo-cloud/alcedo/internal/store/storetest"
	"github.com/alcedo-cloud/alcedo/internal/token"
)

const testTenant = "11111111-1111-1111-1111-111111111111"

type world struct {
	*Service
	clock    *clock.Fake
	identity directory.Principal
}

func newWorld(t testing.TB) *world {
	t.Helper()
	ctx := context.Background()
	c, err := cloud.ByName("AzureChinaCloud")
	if err != nil {
		t.Fatal(err)
	}
	s, now := storetest.Memory(t), clock.NewFake(time.Date(2026, 3, 4, 5, 6, 7, 8, time.UTC))
	d, err := directory.Open(ctx, directory.Config{Store: s, Clock: now, Rand: rand.Reader, Cloud: c, TenantID: testTenant})
	if err != nil {
		t.Fatal(err)
	}
	tokens, err := token.Open(ctx, token.Config{Store: s, Clock: now, Rand: rand.Reader, Cloud: c, TenantID: testTenant})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{clock: now, Service: New(Config{
		Store: s, Directory: d, Tokens: tokens, Clock: now, Rand: rand.Reader, Cloud: c, TenantID: testTenant,
	})}
	err = s.Update(ctx, func(tx store.Tx) (err error) {
		w.identity, err = d.CreateManagedIdentity(tx, directory.ManagedIdentity{DisplayName: "vm", ResourceID: vmID})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

const (
	vmID      = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/vm"
	claimedVM = "/subscriptions/s/resourcegroups/rg/providers/Microsoft.Compute/virtualMachines/vm"
)

func (w *world) request(resource string) MIRequest {
	return MIRequest{
		ObjectID: w.identity.ObjectID, AppID: w.identity.AppID, ResourceID: vmID, AzureResourceID: vmID, Resource: resource,
	}
}

func TestManagedIdentityToken(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	for _, resource := range []string{
		"https://management.chinacloudapi.cn/", "https://management.core.chinacloudapi.cn", "https://storage.azure.com/",
		"https://vault.azure.cn", "https://database.chinacloudapi.cn/",
	} {
		got, err := w.ManagedIdentityToken(ctx, w.request(resource))
		if err != nil {
			t.Fatal(err)
		}
		now := w.clock.Now()
		if got.Resource != resource || got.ClientID != w.identity.AppID || got.ExpiresOn != now.Add(24*time.Hour).Truncate(time.Second) ||
			got.NotBefore != now.Add(-5*time.Minute) || got.IssuedAt != now {
			t.Errorf("%+v", got)
		}
		c, err := w.verifier.Claims(ctx, got.AccessToken)
		if err != nil {
			t.Fatal(err)
		}
		issuer := "https://sts.chinacloudapi.cn/" + testTenant + "/"
		want := token.Claims{
			Audience: resource, Issuer: issuer, IdentityProvider: issuer, Version: "1.0", IDType: "app", AppID: w.identity.AppID,
			AppIDACR: "2", ObjectID: w.identity.ObjectID, Subject: w.identity.ObjectID, TenantID: testTenant,
			ManagedIdentity: claimedVM, AzureResourceID: claimedVM,
			IssuedAt: now.Unix() - 300, NotBefore: now.Unix() - 300, Expires: now.Unix() + 86400,
		}
		c.AIO, c.RH, c.UTI = "", "", ""
		if !sameClaims(c, want) {
			t.Errorf("claims %+v\nwant   %+v", c, want)
		}
	}
}

func sameClaims(a, b token.Claims) bool {
	return a.Audience == b.Audience && a.Issuer == b.Issuer && a.IdentityProvider == b.IdentityProvider && a.Version == b.Version &&
		a.IDType == b.IDType && a.AppID == b.AppID && a.AppIDACR == b.AppIDACR && a.ObjectID == b.ObjectID && a.Subject == b.Subject &&
		a.TenantID == b.TenantID && a.ManagedIdentity == b.ManagedIdentity && a.AzureResourceID == b.AzureResourceID &&
		a.IssuedAt == b.IssuedAt && a.NotBefore == b.NotBefore && a.Expires == b.Expires && a.Scopes == ""
}

func TestManagedIdentityTokenCache(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	ask := func(m MIRequest) string {
		t.Helper()
		got, err := w.ManagedIdentityToken(ctx, m)
		if err != nil {
			t.Fatal(err)
		}
		return got.AccessToken
	}
	arm := w.request("https://management.chinacloudapi.cn/")
	first := ask(arm)
	w.clock.Advance(12*time.Hour - time.Second)
	if ask(arm) != first {
		t.Error("a new token before half of its life")
	}
	if ask(w.request("https://management.chinacloudapi.cn")) == first {
		t.Error("the audience without its slash got the token of the one with")
	}
	other := arm
	other.AzureResourceID = ""
	if ask(other) == first {
		t.Error("another machine got the token of the first")
	}
	w.clock.Advance(time.Second)
	second := ask(arm)
	if second == first {
		t.Error("the token was served beyond half of its life")
	}
	bypass := arm
	bypass.Bypass = true
	third := ask(bypass)
	if third == second || ask(arm) != third {
		t.Error("bypass must mint, and its token be the cached one")
	}
}

func TestManagedIdentityTokenRefusals(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	_, err := w.ManagedIdentityToken(ctx, w.request("https://nope.example/"))
	if fault.KindOf(err) != fault.Invalid || fault.ReasonOf(err) != "AADSTS500011" || Code(err) != 500011 {
		t.Errorf("%v", err)
	}
	if _, err := w.ManagedIdentityToken(ctx, w.request("https://vault.azure.cn")); err != nil {
		t.Fatal(err)
	}
	if err := w.store.Update(ctx, func(tx store.Tx) error { return w.directory.DeletePrincipal(tx, w.identity.ObjectID) }); err != nil {
		t.Fatal(err)
	}
	if _, err := w.ManagedIdentityToken(ctx, w.request("https://vault.azure.cn")); fault.ReasonOf(err) != "AADSTS700016" {
		t.Errorf("a deleted identity got a cached token: %v", err)
	}
}

func TestManagedTokensAreBounded(t *testing.T) {
	m := managedTokens{tokens: map[MIRequest]MIToken{}}
	now := time.Unix(1e9, 0)
	for n := range maxManaged + 100 {
		m.put(MIRequest{Resource: strings.Repeat("x", n%97) + string(rune(n))}, MIToken{IssuedAt: now, NotBefore: now}, now)
	}
	if len(m.tokens) > maxManaged {
		t.Errorf("%d tokens", len(m.tokens))
	}
	// What is stale goes first.
	late := now.Add(managedLife)
	m.put(MIRequest{Resource: "late"}, MIToken{IssuedAt: late, NotBefore: late}, late)
	if len(m.tokens) != 1 {
		t.Errorf("%d tokens are left of which one is fresh", len(m.tokens))
	}
}

func TestLockoutIsBounded(t *testing.T) {
	now := clock.NewFake(time.Unix(1e9, 0))
	l := newLockout(now)
	for n := range maxLockouts + 100 {
		l.failed("user" + string(rune(n)))
	}
	if len(l.wrong) > maxLockouts {
		t.Errorf("%d accounts", len(l.wrong))
	}
}

func TestThumbprint(t *testing.T) {
	sum := sha1.Sum([]byte("certificate"))
	for _, text := range []string{
		base64.StdEncoding.EncodeToString(sum[:]), base64.RawStdEncoding.EncodeToString(sum[:]),
		base64.URLEncoding.EncodeToString(sum[:]), base64.RawURLEncoding.EncodeToString(sum[:]),
		hex.EncodeToString(sum[:]), strings.ToUpper(hex.EncodeToString(sum[:])),
	} {
		if got := thumbprint(text, sha1.Size); string(got) != string(sum[:]) {
			t.Errorf("%q gave %X", text, got)
		}
		if got := thumbprint(text, sha256.Size); got != nil {
			t.Errorf("%q is no SHA-256, gave %X", text, got)
		}
	}
	for _, text := range []string{"", "=", "!", strings.Repeat("z", 40), "a b"} {
		if got := thumbprint(text, sha1.Size); got != nil {
			t.Errorf("%q gave %X", text, got)
		}
	}
}

func TestParseRefresh(t *testing.T) {
	const user, id = "22222222-2222-2222-2222-222222222222", "33333333-3333-3333-3333-333333333333"
	secret := []byte(strings.Repeat("s", secretSize))
	text, err := formatRefresh(user, id, secret)
	if err != nil {
		t.Fatal(err)
	}
	gotUser, gotID, gotSecret, ok := parseRefresh(text)
	if !ok || gotUser != user || gotID != id || string(gotSecret) != string(secret) {
		t.Errorf("%s %s %q %v", gotUser, gotID, gotSecret, ok)
	}
	for _, bad := range []string{"", "1.A", text + "A", text[1:], strings.Replace(text, "A", "!", 2)} {
		if _, _, _, ok := parseRefresh(bad); ok {
			t.Errorf("%q was taken", bad)
		}
	}
}

func TestSignInsAreBounded(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	var u directory.User
	err := w.store.Update(ctx, func(tx store.Tx) (err error) {
		u, err = w.directory.CreateUser(tx, directory.User{UserPrincipalName: "ada@" + w.directory.Domain(), Password: "Correct-Horse-42", Generated: true})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	r := TokenRequest{Tenant: testTenant, Version: V2, Form: map[string]string{
		"grant_type": "password", "client_id": "04b07795-8ddb-461a-bbee-02f9e1bf7b46", "username": u.UserPrincipalName,
		"password": "Correct-Horse-42", "scope": "https://vault.azure.cn/.default offline_access",
	}}
	count := func() (n int) {
		prefix := store.Prefix("sts", "signin", u.ObjectID)
		err := store.View(ctx, w.store, func(r store.Reader) error {
			for _, err := range r.Scan(prefix, store.End(prefix)) {
				if err != nil {
					return err
				}
				n++
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	for range maxSignIns + 3 {
		if _, err := w.Token(ctx, r); err != nil {
			t.Fatal(err)
		}
		w.clock.Advance(time.Second)
	}
	if n := count(); n != maxSignIns {
		t.Errorf("%d sign-ins", n)
	}
	w.clock.Advance(refreshLife)
	if _, err := w.Token(ctx, r); err != nil {
		t.Fatal(err)
	}
	if n := count(); n != 1 {
		t.Errorf("%d sign-ins of which one is not over", n)
	}
}

// FuzzAssertion parses any text: what is taken has one header, an algorithm that we allow, and never verifies with a
// key that did not sign it.
func FuzzAssertion(f *testing.F) {
	for _, seed := range []string{
		"", "a.b.c", "eyJhbGciOiJub25lIn0.e30.", "eyJhbGciOiJSUzI1NiJ9.e30.AAAA", "eyJhbGciOiJSUzI1NiIsIng1dCI6MX0.e30.AAAA",
		"eyJhbGciOiJQUzI1NiIsIng1YyI6WyJBQUFBIl19.eyJhdWQiOlsiYSIsImIiXSwiZXhwIjoxZTMwfQ.AA", "eyJhbGciOiJIUzI1NiJ9.e30.AAAA",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		a, err := parseAssertion(raw)
		if err != nil {
			if fault.KindOf(err) != fault.Unauthenticated || Code(err) == 0 {
				t.Fatalf("%q: %v", raw, err)
			}
			return
		}
		if a.algorithm != "RS256" && a.algorithm != "PS256" {
			t.Fatalf("%q has algorithm %s", raw, a.algorithm)
		}
		_ = a.inTime(time.Unix(1e9, 0)) // any answer will do; it must not panic on any times
		a.named()
		if _, ok := a.signer([]directory.KeyCredential{{KeyID: "k", Key: []byte("not a certificate")}}); ok && !strings.EqualFold(a.keyID, "k") {
			t.Fatalf("%q named a key by chance", raw)
		}
	})
}

// FuzzScope parses any scope: what is taken names a resource of which every part was asked for.
func FuzzScope(f *testing.F) {
	for _, seed := range []string{"", "openid", "/.default", "https://a//.default", "a/b a/c", ".default", "a/.default a/b", " \t\n", "//", "/"} {
		f.Add(seed, true)
		f.Add(seed, false)
	}
	f.Fuzz(func(t *testing.T, scope string, delegated bool) {
		a, err := parseScope(scope, delegated)
		if err != nil {
			if fault.KindOf(err) != fault.Invalid || Code(err) == 0 {
				t.Fatalf("%q: %v", scope, err)
			}
			return
		}
		for _, one := range a.verbatim {
			if !strings.HasPrefix(one, a.resource) || !strings.Contains(scope, one) {
				t.Fatalf("%q: %q is not of %q", scope, one, a.resource)
			}
		}
		if !delegated && (a.resource == "" || len(a.scopes) > 0) {
			t.Fatalf("%q: %+v", scope, a)
		}
	})
}

func BenchmarkManagedIdentityTokenCached(b *testing.B) {
	w := newWorld(b)
	m := w.request("https://management.chinacloudapi.cn/")
	ctx := context.Background()
	if _, err := w.ManagedIdentityToken(ctx, m); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := w.ManagedIdentityToken(ctx, m); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkManagedIdentityTokenMinted(b *testing.B) {
	w := newWorld(b)
	m := w.request("https://management.chinacloudapi.cn/")
	m.Bypass = true
	ctx := context.Background()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := w.ManagedIdentityToken(ctx, m); err != nil {
			b.Fatal(err)
		}
	}
}
