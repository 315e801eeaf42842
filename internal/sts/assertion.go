package sts

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

const (
	assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
	maxAssertion  = 32 << 10        // bytes of a client assertion
	clockSkew     = 5 * time.Minute // between a client's clock and ours, as Entra allows
)

// assertion is a client assertion (RFC 7523) taken apart. Nothing in it has been verified.
type assertion struct {
	raw       string
	token     *jwt.JSONWebToken
	algorithm jose.SignatureAlgorithm
	keyID     string // header kid
	sha1      string // header x5t
	sha256    string // header x5t#S256
	claims    assertionClaims
}

type assertionClaims struct {
	Issuer    string           `json:"iss"`
	Subject   string           `json:"sub"`
	Audience  jwt.Audience     `json:"aud"`
	Expiry    *jwt.NumericDate `json:"exp"`
	NotBefore *jwt.NumericDate `json:"nbf"`
}

// parseAssertion takes raw apart. Algorithms that no credential may use (none, HMAC, elliptic curves) are refused here.
func parseAssertion(raw string) (*assertion, error) {
	if len(raw) > maxAssertion {
		return nil, refuseClient(codeAssertionMalformed, "JWT token is invalid or malformed.")
	}
	if alg := headerAlgorithm(raw); alg != "" && alg != string(jose.RS256) && alg != string(jose.PS256) {
		return nil, refuseClient(codeAssertionAlgorithm, "Invalid JWT token. Unsupported key for the signing algorithm.")
	}
	token, err := jwt.ParseSigned(raw, []jose.SignatureAlgorithm{jose.RS256, jose.PS256})
	if err != nil || len(token.Headers) != 1 {
		f := refuseClient(codeAssertionMalformed, "JWT token is invalid or malformed.")
		f.Cause = err
		return nil, f
	}
	header := token.Headers[0]
	a := &assertion{
		raw: raw, token: token, algorithm: jose.SignatureAlgorithm(header.Algorithm), keyID: header.KeyID,
		sha1: extra(header, "x5t"), sha256: extra(header, "x5t#S256"),
	}
	if err := token.UnsafeClaimsWithoutVerification(&a.claims); err != nil {
		f := refuseClient(codeAssertionMalformed, "JWT token is invalid or malformed.")
		f.Cause = err
		return nil, f
	}
	return a, nil
}

// headerAlgorithm reads alg without asking anything else of the token: "" where there is none to be read.
func headerAlgorithm(raw string) string {
	head, _, _ := strings.Cut(raw, ".")
	text, err := base64.RawURLEncoding.DecodeString(head)
	if err != nil {
		return ""
	}
	var header struct {
		Algorithm string `json:"alg"`
	}
	if json.Unmarshal(text, &header) != nil {
		return ""
	}
	return header.Algorithm
}

func extra(header jose.Header, name string) string {
	text, _ := header.ExtraHeaders[jose.HeaderKey(name)].(string)
	return text
}

// verify checks the signature with key.
func (a *assertion) verify(key any) error {
	var claims assertionClaims
	return a.token.Claims(key, &claims)
}

// inTime refuses an assertion that is not yet, or no longer, valid. One without an expiry never is.
func (a *assertion) inTime(now time.Time) error {
	var from, until time.Time
	if a.claims.NotBefore != nil {
		from = a.claims.NotBefore.Time()
	} else {
		from = time.Unix(0, 0)
	}
	if a.claims.Expiry != nil {
		until = a.claims.Expiry.Time()
	}
	if now.Before(from.Add(-clockSkew)) || !now.Before(until.Add(clockSkew)) {
		return refuseClient(codeAssertionTime, "Client assertion is not within its valid time range. Current time: %s, "+
			"assertion valid from %s, expiry time of assertion %s."+certificateDocs, instant(now), instant(from), instant(until))
	}
	return nil
}

// thumbprint decodes the name of a certificate as clients write it: hexadecimal, or base64 in either alphabet, padded
// or not. It is nil where text is none of these or not of that many bytes.
func thumbprint(text string, size int) []byte {
	if len(text) == hex.EncodedLen(size) {
		if sum, err := hex.DecodeString(text); err == nil {
			return sum
		}
	}
	plain := strings.NewReplacer("+", "-", "/", "_").Replace(strings.TrimRight(text, "="))
	sum, err := base64.RawURLEncoding.DecodeString(plain)
	if err != nil || len(sum) != size {
		return nil
	}
	return sum
}
