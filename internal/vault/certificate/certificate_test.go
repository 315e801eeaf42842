package certificate_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	pkcs12 "software.sslmate.com/src/go-pkcs12"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/vault/certificate"
)

func complete(t testing.TB, p certificate.Policy) certificate.Policy {
	t.Helper()
	p, err := p.Complete()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func pair(t testing.TB) (*ecdsa.PrivateKey, []byte) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	p := complete(t, certificate.Policy{
		Key: &certificate.KeyProperties{Kty: "EC"}, X509: &certificate.X509Properties{Subject: "CN=test"}, Issuer: &certificate.Issuer{Name: "self"},
	})
	der, err := p.SelfSigned(rand.Reader, key, time.Unix(1795435200, 0))
	if err != nil {
		t.Fatal(err)
	}
	return key, der
}

// TestSubjects: names as people write them, and as Go's own printer writes them.
func TestSubjects(t *testing.T) {
	for text, want := range map[string]string{
		"":                          "",
		"CN=www.example.com":        "CN=www.example.com",
		"cn=a, o=B; c=GB":           "CN=a,O=B,C=GB",
		`CN="a, ""b""", OU=x`:       `CN=a\, \"b\",OU=x`,
		`CN=a\,b\+c`:                `CN=a\,b\+c`,
		"CN = spaced out  , O = B ": "CN=spaced out,O=B",
		"CN=a+OU=b":                 "CN=a+OU=b",
		"OID.2.5.4.3=x":             "CN=x",
		"2.5.4.3=x,DC=example":      "CN=x,0.9.2342.19200300.100.1.25=#13076578616d706c65",
	} {
		der, err := certificate.ParseSubject(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		var name pkix.RDNSequence
		if _, err := asn1.Unmarshal(der, &name); err != nil {
			t.Fatal(err)
		}
		if got := name.String(); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
	for _, bad := range []string{"a", "CN", "=", "CN=", "CN=a,", "CN=a+", "XX=a", `CN="a`, `CN="a"b`, `CN=a\`, "1=a", "3.1=a", "1.40=a", "CN=a\x00", "E=é", strings.Repeat("CN=a,", 1000)} {
		if _, err := certificate.ParseSubject(bad); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// TestFormats: what Write gives, Read takes; without a key nothing private is written.
func TestFormats(t *testing.T) {
	key, der := pair(t)
	for _, format := range []string{certificate.PKCS12, certificate.PEM} {
		text, err := (&certificate.Bundle{Key: key, Chain: [][]byte{der, der}}).Write(rand.Reader, format)
		if err != nil {
			t.Fatal(err)
		}
		for _, asked := range []string{"", format} {
			b, got, err := certificate.Read(asked, text, "")
			if err != nil || got != format || len(b.Chain) != 2 || !bytes.Equal(b.Chain[0], der) || !key.Equal(b.Key) {
				t.Errorf("%s asked as %q: %v, %s", format, asked, err, got)
			}
		}
		text, err = (&certificate.Bundle{Chain: [][]byte{der}}).Write(rand.Reader, format)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := certificate.Read("", text, ""); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s without a key: %v", format, err)
		}
	}
}

// TestIterations: a file that asks for years of hashing is refused before it is obeyed.
func TestIterations(t *testing.T) {
	key, der := pair(t)
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pfx, err := pkcs12.LegacyDES.WithIterations(77777).Encode(key, leaf, nil, "p")
	if err != nil {
		t.Fatal(err)
	}
	read := func(raw []byte) error {
		_, _, err := certificate.Read("", base64.StdEncoding.EncodeToString(raw), "p")
		return err
	}
	if err := read(pfx); err != nil {
		t.Fatalf("77777 rounds: %v", err)
	}
	few, err := asn1.Marshal(77777)
	if err != nil {
		t.Fatal(err)
	}
	many, err := asn1.Marshal(0x7fffff)
	if err != nil || len(few) != len(many) {
		t.Fatal(err)
	}
	if n := bytes.Count(pfx, few); n < 2 {
		t.Fatalf("%d counts in the file", n)
	}
	for at := bytes.Index(pfx, few); at >= 0; {
		bomb := bytes.Clone(pfx)
		copy(bomb[at:], many)
		began := time.Now()
		err := read(bomb)
		if f := (*fault.Error)(nil); !errors.As(err, &f) || f.Kind != fault.Invalid || f.Cause != nil {
			t.Errorf("count at %d: %v after %v", at, err, time.Since(began))
		}
		next := bytes.Index(pfx[at+1:], few)
		if next < 0 {
			break
		}
		at += 1 + next
	}
}

// FuzzRead: no file brings the readers down, and what they take is a pair.
func FuzzRead(f *testing.F) {
	key, der := pair(f)
	for _, format := range []string{certificate.PKCS12, certificate.PEM} {
		text, err := (&certificate.Bundle{Key: key, Chain: [][]byte{der}}).Write(rand.Reader, format)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text, "")
		f.Add(text[:len(text)/2], "x")
	}
	f.Add("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", "")
	f.Fuzz(func(t *testing.T, value, password string) {
		for _, format := range []string{"", certificate.PKCS12, certificate.PEM} {
			b, _, err := certificate.Read(format, value, password)
			if err != nil {
				if !fault.Is(err, fault.Invalid) {
					t.Fatal(err)
				}
				continue
			}
			leaf, err := x509.ParseCertificate(b.Chain[0])
			if err != nil || !certificate.Pairs(leaf, b.Key.Public()) {
				t.Fatalf("no pair: %v", err)
			}
			certificate.Describe(leaf)
		}
	})
}

// FuzzParseSubject: what is taken is DER that a certificate can have.
func FuzzParseSubject(f *testing.F) {
	for _, s := range []string{"CN=a", `CN="a, b"+OU=c, 1.2.3=d`, `CN=a\`, "E=a@b;C=GB"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		der, err := certificate.ParseSubject(text)
		if err != nil {
			return
		}
		var name asn1.RawValue
		if rest, err := asn1.Unmarshal(der, &name); err != nil || len(rest) != 0 {
			t.Fatalf("%q: %x: %v", text, der, err)
		}
	})
}
