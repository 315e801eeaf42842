package token

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/alcedo-cloud/alcedo/internal/clock"
	"github.com/alcedo-cloud/alcedo/internal/cloud"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
	"github.com/alcedo-cloud/alcedo/internal/store/storetest"
)

const (
	testTenant = "11111111-1111-1111-1111-111111111111"
	testObject = "22222222-2222-2222-2222-222222222222"
	testClient = "33333333-3333-3333-3333-333333333333"
)

var testNow = time.Date(2025, 3, 4, 5, 6, 7, 0, time.UTC)

// subjects says that all are active but those in it.
type subjects map[string]bool

func (s subjects) Active(_ context.Context, id string) (bool, error) { return !s[id], nil }

// world is a tenant's tokens with a clock that can be moved.
type world struct {
	store    store.Store
	clock    *clock.Fake
	cloud    cloud.Cloud
	service  *Service
	verifier *Verifier
	gone     subjects
}

func newWorld(t testing.TB) *world {
	t.Helper()
	c, err := cloud.ByName("AzureChinaCloud")
	if err != nil {
		t.Fatal(err)
	}
	w := &world{store: storetest.Memory(t), clock: clock.NewFake(testNow), cloud: c, gone: subjects{}}
	w.open(t)
	return w
}

func (w *world) open(t testing.TB) {
	t.Helper()
	s, err := Open(t.Context(), Config{Store: w.store, Clock: w.clock, Rand: rand.Reader, Cloud: w.cloud, TenantID: testTenant})
	if err != nil {
		t.Fatal(err)
	}
	w.service, w.verifier = s, NewVerifier(s, w.gone)
	if _, err := s.Keys(t.Context()); err != nil { // waits for the first key
		t.Fatal(err)
	}
}

// claims are those of a managed identity for Resource Manager.
func (w *world) claims() Claims {
	now := w.clock.Now()
	return Claims{
		Audience: "https://management.chinacloudapi.cn/", Version: V1, Expires: now.Add(24 * time.Hour).Unix(),
		AppID: testClient, AppIDACR: "2", IDType: "app", ObjectID: testObject, Subject: testObject,
		ManagedIdentity: "/subscriptions/s/resourcegroups/g/providers/Microsoft.Compute/virtualMachines/vm",
	}
}

func (w *world) mint(t testing.TB, c Claims) string {
	t.Helper()
	raw, err := w.service.Mint(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func part(t testing.TB, raw string, i int) map[string]any {
	t.Helper()
	data, err := base64.RawURLEncoding.DecodeString(strings.Split(raw, ".")[i])
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]any
	if err := json.Unmarshal(data, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestMintFillsClaimsAndHeader(t *testing.T) {
	w := newWorld(t)
	raw := w.mint(t, w.claims())
	header, payload := part(t, raw, 0), part(t, raw, 1)
	if header["alg"] != "RS256" || header["typ"] != "JWT" || header["kid"] == "" || header["kid"] != header["x5t"] {
		t.Errorf("v1 header = %v", header)
	}
	for name, want := range map[string]any{
		"iss": "https://sts.chinacloudapi.cn/" + testTenant + "/", "tid": testTenant, "ver": "1.0",
		"iat": float64(testNow.Unix()), "nbf": float64(testNow.Unix()), "aud": "https://management.chinacloudapi.cn/",
		"oid": testObject, "sub": testObject, "appid": testClient, "idtyp": "app",
	} {
		if payload[name] != want {
			t.Errorf("claim %s = %v, want %v", name, payload[name], want)
		}
	}
	if uti, _ := payload["uti"].(string); len(uti) != 22 {
		t.Errorf("uti = %q, want 22 characters", uti)
	}
	if payload["uti"] == part(t, w.mint(t, w.claims()), 1)["uti"] {
		t.Error("two tokens share their uti")
	}

	c := w.claims()
	c.Version, c.AppID, c.AuthorizedParty = V2, "", testClient
	raw = w.mint(t, c)
	if h := part(t, raw, 0); h["x5t"] != nil || h["kid"] == nil {
		t.Errorf("v2 header = %v: only v1 has x5t", h)
	}
	if iss := part(t, raw, 1)["iss"]; iss != "https://login.partner.microsoftonline.cn/"+testTenant+"/v2.0" {
		t.Errorf("v2 issuer = %v", iss)
	}
}

func TestMintRefusesNonsense(t *testing.T) {
	w := newWorld(t)
	for name, change := range map[string]func(*Claims){
		"no version":     func(c *Claims) { c.Version = "" },
		"no audience":    func(c *Claims) { c.Audience = "" },
		"already over":   func(c *Claims) { c.Expires = testNow.Unix() },
		"longer than 28": func(c *Claims) { c.Expires = testNow.Add(MaxLifetime + time.Second).Unix() },
	} {
		c := w.claims()
		change(&c)
		if raw, err := w.service.Mint(t.Context(), c); fault.KindOf(err) != fault.Internal || raw != "" {
			t.Errorf("%s: %q, %v", name, raw, err)
		}
	}
}

// TestKeysAreWhatValidatorsExpect checks a signature with nothing but the published JSON.
func TestKeysAreWhatValidatorsExpect(t *testing.T) {
	w := newWorld(t)
	raw := w.mint(t, w.claims())
	set, err := w.service.Keys(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(set)
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Keys []struct {
			Kty, Use, Kid, X5t, N, E string
			X5c                      []string
			D                        string
		}
	}
	if err := json.Unmarshal(data, &doc); err != nil || len(doc.Keys) != 1 {
		t.Fatalf("%s: %v", data, err)
	}
	k := doc.Keys[0]
	if k.Kty != "RSA" || k.Use != "sig" || k.Kid != k.X5t || len(k.X5c) != 1 || k.D != "" {
		t.Errorf("key = %s", data)
	}
	der, err := base64.StdEncoding.DecodeString(k.X5c[0])
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	if sum := sha1.Sum(der); base64.RawURLEncoding.EncodeToString(sum[:]) != k.X5t {
		t.Error("x5t is not the thumbprint of x5c")
	}
	if err := cert.CheckSignature(cert.SignatureAlgorithm, cert.RawTBSCertificate, cert.Signature); err != nil {
		t.Errorf("the certificate is not signed by its own key: %v", err)
	}
	n, _ := base64.RawURLEncoding.DecodeString(k.N)
	e, _ := base64.RawURLEncoding.DecodeString(k.E)
	public := &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: int(new(big.Int).SetBytes(e).Int64())}
	tok, err := jwt.ParseSigned(raw, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		t.Fatal(err)
	}
	var c Claims
	if err := tok.Claims(public, &c); err != nil || c.ObjectID != testObject {
		t.Errorf("claims by the published key: %v, %v", c, err)
	}
}

func TestOpenFailsWithoutParts(t *testing.T) {
	if _, err := Open(t.Context(), Config{}); err == nil {
		t.Error("an empty Config opened")
	}
}

func TestMintTellsThatTheStoreIsClosed(t *testing.T) {
	s := storetest.Memory(t)
	c, _ := cloud.ByName("AzureCloud")
	service, err := Open(t.Context(), Config{Store: s, Clock: clock.NewFake(testNow), Rand: rand.Reader, Cloud: c, TenantID: testTenant})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	w := &world{clock: clock.NewFake(testNow), cloud: c}
	_, err = service.Mint(t.Context(), w.claims())
	if fault.KindOf(err) == fault.Internal && errors.Is(err, store.ErrClosed) {
		return
	}
	// The key may have been stored just before the store closed.
	if err != nil {
		t.Errorf("Mint on a closed store: %v", err)
	}
}

func TestMintHonoursItsContext(t *testing.T) {
	s := &Service{first: make(chan struct{}), clock: clock.NewFake(testNow), rand: bytes.NewReader(make([]byte, 1000))}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	w := &world{clock: clock.NewFake(testNow)}
	if _, err := s.Mint(ctx, w.claims()); !errors.Is(err, context.Canceled) {
		t.Errorf("Mint without a key: %v", err)
	}
}

func TestMintTellsThatRandomnessFails(t *testing.T) {
	w := newWorld(t)
	w.service.rand = io.LimitReader(rand.Reader, 10)
	if _, err := w.service.Mint(t.Context(), w.claims()); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("Mint without randomness: %v", err)
	}
}
