package directory

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha1"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

func wantReason(t *testing.T, what string, err error, kind fault.Kind, reason string) {
	t.Helper()
	if !fault.Is(err, kind) || fault.ReasonOf(err) != reason {
		t.Errorf("%s: %v (%s); want %s", what, err, fault.ReasonOf(err), reason)
	}
}

// TestAlphabet draws from each byte that there is.
func TestAlphabet(t *testing.T) {
	var every [256]byte
	for i := range every {
		every[i] = byte(i)
	}
	text, err := (&Service{rand: bytes.NewReader(every[:])}).drawText(len(every))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(text, "-") {
		t.Errorf("%q has a hyphen, which az takes for an option at its start", text)
	}
	distinct := map[rune]bool{}
	for _, r := range text {
		distinct[r] = true
	}
	if len(distinct) != 64 {
		t.Errorf("%d characters are drawn, want 64", len(distinct))
	}
}

func TestSecrets(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	a, _ := w.app(t, "job")
	b, _ := w.app(t, "other")
	var made PasswordCredential
	w.update(t, func(tx store.Tx) (err error) {
		made, err = w.AddPassword(tx, a.ObjectID, "rbac", w.clock.Now().Add(time.Hour))
		return err
	})
	if len(made.SecretText) != 40 || made.Hint != made.SecretText[:3] || made.DisplayName != "rbac" {
		t.Errorf("made %+v", made)
	}
	got, err := w.VerifySecret(ctx, strings.ToUpper(a.AppID), made.SecretText)
	if err != nil || got.KeyID != made.KeyID || got.SecretText != "" {
		t.Errorf("%+v, %v", got, err)
	}
	for what, x := range map[string][2]string{
		"a wrong secret":        {a.AppID, made.SecretText + "x"},
		"no secret":             {a.AppID, ""},
		"the hint":              {a.AppID, made.Hint},
		"another application":   {b.AppID, made.SecretText},
		"an unknown one":        {testTenant, made.SecretText},
		"an object id for it":   {a.ObjectID, made.SecretText},
		"the hash as a secret":  {a.AppID, string(got.Hash)},
		"the name in a NUL key": {a.AppID + "\x00", made.SecretText},
	} {
		_, err := w.VerifySecret(ctx, x[0], x[1])
		wantReason(t, what, err, fault.Unauthenticated, InvalidSecret)
	}
	w.clock.Advance(time.Hour)
	_, err = w.VerifySecret(ctx, a.AppID, made.SecretText)
	wantReason(t, "at its end", err, fault.Unauthenticated, ExpiredSecret)

	second, err := w.AddSecret(ctx, w.admin, a.ObjectID, PasswordCredential{})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.RemoveSecret(ctx, w.admin, a.ObjectID, strings.ToUpper(second.KeyID)); err != nil {
		t.Fatal(err)
	}
	_, err = w.VerifySecret(ctx, a.AppID, second.SecretText)
	wantReason(t, "a removed secret", err, fault.Unauthenticated, InvalidSecret)
	wantKind(t, "removed twice", w.RemoveSecret(ctx, w.admin, a.ObjectID, second.KeyID), fault.Invalid)
	wantKind(t, "ends before it starts", w.try(t, func(tx store.Tx) error {
		_, err := w.AddPassword(tx, a.ObjectID, "", w.clock.Now().Add(-time.Second))
		return err
	}), fault.Invalid)
	wantKind(t, "of nobody", w.try(t, func(tx store.Tx) error {
		_, err := w.AddPassword(tx, testTenant, "", time.Time{})
		return err
	}), fault.NotFound)
	m := w.identity(t, "vm")
	wantKind(t, "of a managed identity", w.try(t, func(tx store.Tx) error {
		_, err := w.AddPassword(tx, m.ObjectID, "", time.Time{})
		return err
	}), fault.Denied)
}

func TestSecretOfServicePrincipal(t *testing.T) {
	w := newWorld(t)
	a, p := w.app(t, "job")
	made, err := w.AddSecret(t.Context(), w.admin, p.ObjectID, PasswordCredential{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.VerifySecret(t.Context(), a.AppID, made.SecretText); err != nil {
		t.Errorf("a secret of the service principal: %v", err)
	}
	if d := made.End.Sub(made.Start); d != secretLife {
		t.Errorf("life %s", d)
	}
}

func certificate(t *testing.T, notBefore, notAfter time.Time) []byte {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "job"}, NotBefore: notBefore, NotAfter: notAfter}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func TestKeyCredentials(t *testing.T) {
	w := newWorld(t)
	a, _ := w.app(t, "job")
	now := w.clock.Now()
	der := certificate(t, now, now.Add(time.Hour))
	add := func(k KeyCredential) error {
		return w.try(t, func(tx store.Tx) error { _, err := w.AddKey(tx, a.ObjectID, k); return err })
	}
	if err := add(KeyCredential{Key: der}); err != nil {
		t.Fatal(err)
	}
	keys, err := w.KeyCredentials(t.Context(), a.AppID)
	if err != nil || len(keys) != 1 {
		t.Fatal(keys, err)
	}
	sum := sha1.Sum(der)
	if k := keys[0]; string(k.CustomKeyIdentifier) != string(sum[:]) || k.Type != "AsymmetricX509Cert" || k.Usage != "Verify" || !k.End.Equal(now.Add(time.Hour)) || k.KeyID == "" {
		t.Errorf("%+v", k)
	}
	wantKind(t, "no certificate", add(KeyCredential{Key: []byte("x")}), fault.Invalid)
	wantKind(t, "beyond the certificate", add(KeyCredential{Key: der, End: now.Add(2 * time.Hour)}), fault.Invalid)
	wantKind(t, "before the certificate", add(KeyCredential{Key: der, Start: now.Add(-time.Hour)}), fault.Invalid)
	wantKind(t, "a symmetric key", add(KeyCredential{Key: der, Type: "Symmetric"}), fault.Invalid)
	if keys, err := w.KeyCredentials(t.Context(), testTenant); err != nil || len(keys) != 0 {
		t.Errorf("of nobody: %v, %v", keys, err)
	}
}

func TestPasswords(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	generated, err := w.NewPassword()
	if err != nil || !complex(generated) {
		t.Fatalf("%q, %v", generated, err)
	}
	w.update(t, func(tx store.Tx) error {
		u, err := w.CreateUser(tx, User{UserPrincipalName: "gen@" + w.Domain(), Password: generated, Generated: true})
		if u.Password != "" || u.PasswordHash != "" {
			t.Error("the password comes back")
		}
		return err
	})
	if _, err := w.AddUser(ctx, w.admin, User{UserPrincipalName: "anna@" + w.Domain(), Password: "Correct-Horse1"}); err != nil {
		t.Fatal(err)
	}
	for name, password := range map[string]string{"gen": generated, "ANNA": "Correct-Horse1"} {
		u, err := w.VerifyPassword(ctx, name+"@"+w.Domain(), password)
		if err != nil || u.PasswordHash != "" || u.ObjectID == "" {
			t.Errorf("%s: %+v, %v", name, u, err)
		}
		_, err = w.VerifyPassword(ctx, name+"@"+w.Domain(), password+" ")
		wantReason(t, name, err, fault.Unauthenticated, InvalidPassword)
	}
	_, err = w.VerifyPassword(ctx, "nobody@"+w.Domain(), "x")
	wantReason(t, "unknown", err, fault.Unauthenticated, UserNotFound)
	_, err = w.VerifyPassword(ctx, "admin@"+w.Domain(), "")
	wantReason(t, "no password set", err, fault.Unauthenticated, InvalidPassword)
	_, err = w.VerifyPassword(ctx, "anna@"+w.Domain(), strings.Repeat("x", 1<<20))
	wantReason(t, "a megabyte", err, fault.Unauthenticated, InvalidPassword)

	change := func(f func(u *User)) error {
		return w.ModifyUser(ctx, w.admin, "anna@"+w.Domain(), func(u *User) error { f(u); return nil })
	}
	if err := change(func(u *User) { u.Password = "Another-Horse2" }); err != nil {
		t.Fatal(err)
	}
	_, err = w.VerifyPassword(ctx, "anna@"+w.Domain(), "Correct-Horse1")
	wantReason(t, "the old password", err, fault.Unauthenticated, InvalidPassword)
	if err := change(func(u *User) { u.Disabled = true }); err != nil {
		t.Fatal(err)
	}
	_, err = w.VerifyPassword(ctx, "anna@"+w.Domain(), "Another-Horse2")
	wantReason(t, "disabled", err, fault.Unauthenticated, UserDisabled)
	for _, weak := range []string{"short1A", "alllowercase", "12345678", strings.Repeat("aA1", 100)} {
		wantKind(t, weak, change(func(u *User) { u.Password = weak }), fault.Invalid)
	}
}

func TestFederatedCredentials(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	a, p := w.app(t, "job")
	m := w.identity(t, "id1")
	good := FederatedCredential{Name: "f1", Issuer: "https://issuer/x", Subject: "sub", Audiences: []string{"api://AzureADTokenExchange"}}
	put := func(owner string, f FederatedCredential) error {
		return w.try(t, func(tx store.Tx) error { return w.PutFederatedCredential(tx, owner, f) })
	}
	for _, owner := range []string{a.ObjectID, m.ObjectID} {
		if err := put(owner, good); err != nil {
			t.Fatal(err)
		}
	}
	list, err := w.FederatedCredentials(ctx, m.AppID)
	if err != nil || len(list) != 1 || list[0].ID == "" || list[0].Subject != "sub" {
		t.Fatal(list, err)
	}
	changed := good
	changed.Name, changed.Subject = "F1", "sub2" // the name is the same in any case
	if err := put(m.ObjectID, changed); err != nil {
		t.Fatal(err)
	}
	again, _ := w.FederatedCredentials(ctx, m.AppID)
	if len(again) != 1 || again[0].Subject != "sub2" || again[0].ID != list[0].ID {
		t.Errorf("after a change: %+v", again)
	}
	for what, change := range map[string]func(*FederatedCredential){
		"plain http":    func(f *FederatedCredential) { f.Issuer = "http://issuer" },
		"no issuer":     func(f *FederatedCredential) { f.Issuer = "" },
		"no subject":    func(f *FederatedCredential) { f.Subject = "" },
		"no audience":   func(f *FederatedCredential) { f.Audiences = nil },
		"two audiences": func(f *FederatedCredential) { f.Audiences = []string{"a", "b"} },
		"no name":       func(f *FederatedCredential) { f.Name = "" },
		"a slash":       func(f *FederatedCredential) { f.Name = "a/b" },
		"NUL":           func(f *FederatedCredential) { f.Name = "a\x00b" },
	} {
		f := good
		change(&f)
		wantKind(t, what, put(m.ObjectID, f), fault.Invalid)
	}
	same := changed
	same.Name = "f2"
	wantKind(t, "issuer and subject twice", put(m.ObjectID, same), fault.Exists)
	wantKind(t, "of an application's service principal", put(p.ObjectID, good), fault.NotFound)
	wantKind(t, "of a user", put(w.admin.ObjectID, good), fault.NotFound)
	for i := 2; i <= maxFederated; i++ {
		f := good
		f.Name, f.Subject = fmt.Sprint("f", i), fmt.Sprint("subject ", i)
		if err := put(m.ObjectID, f); err != nil {
			t.Fatal(i, err)
		}
	}
	same.Name, same.Subject = "f21", "twenty-one"
	wantReason(t, "the twenty-first", put(m.ObjectID, same), fault.Invalid, "FederatedIdentityCredentialLimit")

	var there bool
	w.update(t, func(tx store.Tx) (err error) {
		there, err = w.DeleteFederatedCredential(tx, m.ObjectID, "F2")
		return err
	})
	if !there {
		t.Error("f2 was not there")
	}
	w.update(t, func(tx store.Tx) (err error) {
		there, err = w.DeleteFederatedCredential(tx, m.ObjectID, "F2")
		return err
	})
	if there {
		t.Error("f2 is there after its deletion")
	}
	w.update(t, func(tx store.Tx) error { return w.DeletePrincipal(tx, m.ObjectID) })
	if list, _ := w.FederatedCredentials(ctx, m.AppID); len(list) != 0 {
		t.Errorf("%d credentials outlive their identity", len(list))
	}
	if list, _ := w.FederatedCredentials(ctx, a.AppID); len(list) != 1 {
		t.Errorf("%d credentials of the application", len(list))
	}
}
