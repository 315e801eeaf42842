package token

import (
	"crypto/rsa"
	"crypto/sha1" // x5t is defined as a SHA-1 thumbprint (RFC 7515, 4.1.7); nothing is trusted for it
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/alcedo-cloud/alcedo/internal/store"
)

const (
	keyBits         = 2048
	certificateLife = 5 * 365 * 24 * time.Hour // as Entra's own signing certificates
)

// record is a key as the store holds it, under "token", "key", ID.
type record struct {
	ID          string    `json:"id"`                // kid and x5t: base64url of the certificate's SHA-1
	Key         []byte    `json:"key"`               // PKCS #8
	Certificate []byte    `json:"certificate"`       // DER, self-signed
	Created     time.Time `json:"created"`           //
	Retired     time.Time `json:"retired,omitempty"` // when another key took over; zero while it signs
}

// key is a record made ready to sign and to be published.
type key struct {
	record
	private *rsa.PrivateKey
	jwk     jose.JSONWebKey // public
	v1, v2  jose.Signer     // with and without x5t in the header
}

// keySet is the keys at one moment. It is never changed: the verifier knows by its address that no key has come or gone.
type keySet struct {
	signing *key
	byID    map[string]*key
}

// ring is the mirrored state: the key set of the latest commit.
type ring struct{ set atomic.Pointer[keySet] }

func (r *ring) current() *keySet { return r.set.Load() }

func recordKey(id string) []byte { return store.Key("token", "key", id) }

// loadRing reads all keys.
func loadRing(r store.Reader) (*ring, error) {
	records, err := readRecords(r)
	if err != nil {
		return nil, err
	}
	set, err := newKeySet(records, nil)
	if err != nil {
		return nil, err
	}
	loaded := &ring{}
	loaded.set.Store(set)
	return loaded, nil
}

func readRecords(r store.Reader) ([]record, error) {
	prefix := store.Prefix("token", "key")
	var out []record
	for item, err := range r.Scan(prefix, store.End(prefix)) {
		if err != nil {
			return nil, err
		}
		var rec record
		if err := json.Unmarshal(item.Value, &rec); err != nil {
			return nil, fmt.Errorf("token: key %q in the store: %w", item.Key, err)
		}
		out = append(out, rec)
	}
	return out, nil
}

// newKeySet makes records ready. made holds keys that need not be parsed again.
func newKeySet(records []record, made map[string]*key) (*keySet, error) {
	set := &keySet{byID: make(map[string]*key, len(records))}
	for _, rec := range records {
		k := made[rec.ID]
		if k == nil {
			private, err := x509.ParsePKCS8PrivateKey(rec.Key)
			if err != nil {
				return nil, fmt.Errorf("token: key %q in the store: %w", rec.ID, err)
			}
			rsaKey, ok := private.(*rsa.PrivateKey)
			if !ok {
				return nil, fmt.Errorf("token: key %q in the store is not RSA", rec.ID)
			}
			if k, err = newKey(rec, rsaKey); err != nil {
				return nil, err
			}
		} else {
			same := *k
			same.record = rec
			k = &same
		}
		set.byID[rec.ID] = k
		if rec.Retired.IsZero() && (set.signing == nil || rec.Created.After(set.signing.Created)) {
			set.signing = k
		}
	}
	return set, nil
}

func newKey(rec record, private *rsa.PrivateKey) (*key, error) {
	cert, err := x509.ParseCertificate(rec.Certificate)
	if err != nil {
		return nil, fmt.Errorf("token: certificate of key %q in the store: %w", rec.ID, err)
	}
	thumb := sha1.Sum(cert.Raw)
	k := &key{record: rec, private: private}
	k.jwk = jose.JSONWebKey{
		Key: &private.PublicKey, KeyID: rec.ID, Use: "sig",
		Certificates: []*x509.Certificate{cert}, CertificateThumbprintSHA1: thumb[:],
	}
	signer := func(headers map[jose.HeaderKey]any) (jose.Signer, error) {
		opts := (&jose.SignerOptions{ExtraHeaders: headers}).WithType("JWT")
		return jose.NewSigner(jose.SigningKey{
			Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: private, KeyID: rec.ID},
		}, opts)
	}
	if k.v1, err = signer(map[jose.HeaderKey]any{"x5t": rec.ID}); err != nil {
		return nil, err
	}
	if k.v2, err = signer(map[jose.HeaderKey]any{}); err != nil {
		return nil, err
	}
	return k, nil
}

// generate makes a key with its certificate. Finding the primes takes a time that varies widely, so two searches run
// side by side and the first to end wins.
func generate(random io.Reader, now time.Time, sts string) (*key, error) {
	private, err := race(2, func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(random, keyBits) })
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return nil, err
	}
	// The name is the one on Entra's own signing certificates.
	subject := pkix.Name{CommonName: "accounts.accesscontrol." + strings.TrimPrefix(sts, "sts.")}
	template := x509.Certificate{
		SerialNumber: serial(private), Subject: subject,
		NotBefore: now.Add(-5 * time.Minute), NotAfter: now.Add(certificateLife),
		KeyUsage: x509.KeyUsageDigitalSignature, SignatureAlgorithm: x509.SHA256WithRSA,
	}
	cert, err := x509.CreateCertificate(random, &template, &template, &private.PublicKey, private)
	if err != nil {
		return nil, err
	}
	thumb := sha1.Sum(cert)
	return newKey(record{
		ID: base64.RawURLEncoding.EncodeToString(thumb[:]), Key: der, Certificate: cert, Created: now,
	}, private)
}

// serial derives a serial number from the modulus: unique because the key is, positive and of at most 20 octets
// (RFC 5280, 4.1.2.2).
func serial(private *rsa.PrivateKey) *big.Int {
	sum := sha1.Sum(private.N.Bytes())
	sum[0] &= 0x7f
	return new(big.Int).SetBytes(slices.Concat([]byte{1}, sum[:15]))
}

// race runs f n times at once and returns the first success, or the last error.
func race[T any](n int, f func() (T, error)) (T, error) {
	type result struct {
		value T
		err   error
	}
	results := make(chan result, n)
	for range n {
		go func() {
			v, err := f()
			results <- result{v, err}
		}()
	}
	var last result
	for range n {
		if last = <-results; last.err == nil {
			break
		}
	}
	return last.value, last.err
}
