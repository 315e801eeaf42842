package sts

import (
	"bytes"
	"context"
	"crypto/rsa"
	"crypto/sha1" //nolint:gosec // x5t names a certificate by SHA-1; the signature is what is trusted
	"crypto/sha256"
	"strings"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/directory"
	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// checkAssertion is the client's proof by a signed assertion: its own, signed with a certificate, or that of an issuer
// whom a federated credential trusts.
func (s *Service) checkAssertion(ctx context.Context, r *TokenRequest, c client) error {
	switch r.Form["client_assertion_type"] {
	case assertionType:
	case "":
		return missing("client_assertion_type")
	default:
		f := refuse(codeMalformedRequest, "Invalid request. Request is malformed or invalid.")
		f.Target = "client_assertion_type"
		return f
	}
	a, err := parseAssertion(r.Form["client_assertion"])
	if err != nil {
		return err
	}
	if strings.EqualFold(a.claims.Issuer, c.id) {
		return s.checkCertificate(ctx, r, c, a)
	}
	return s.checkFederated(ctx, c, a)
}

// checkCertificate checks an assertion that the client issued itself.
func (s *Service) checkCertificate(ctx context.Context, r *TokenRequest, c client, a *assertion) error {
	keys, err := s.directory.KeyCredentials(ctx, c.id)
	if err != nil {
		return fault.Wrap("sts.checkCertificate", err)
	}
	if a.sha1 == "" && a.sha256 == "" && a.keyID == "" {
		return refuseClient(codeAssertionNoKey, "Invalid JWT token. No certificate SHA-1 thumbprint, certificate SHA-256 thumbprint, "+
			"nor keyId were specified in token header.")
	}
	key, ok := a.signer(keys)
	if !ok {
		return refuseClient(codeAssertionSignature, "The certificate with identifier used to sign the client assertion is not "+
			"registered on application. [Reason - The key was not found., Thumbprint of key used by client: '%X', Please visit the "+
			"Azure Portal, Graph Explorer or directly use MS Graph to see configured keys for app Id '%s'.]", a.named(), c.id)
	}
	now := s.clock.Now()
	if now.Before(key.Start) || !now.Before(key.End) {
		return a.invalidSignature("The key used is expired.", key)
	}
	certificate, err := key.Certificate()
	if err != nil {
		return fault.Wrap("sts.checkCertificate", err)
	}
	public, ok := certificate.PublicKey.(*rsa.PublicKey)
	if !ok || a.verify(public) != nil {
		return a.invalidSignature("The key was found, but use of the key to verify the signature failed.", key)
	}
	if !strings.EqualFold(a.claims.Subject, c.id) {
		return refuseClient(codeAssertionClient, "Client assertion application identifier doesn't match 'client_id' "+
			"parameter."+certificateDocs)
	}
	if !s.isOurs(a.claims.Audience, r) {
		return refuseClient(codeAssertionAudience, "Client assertion audience claim does not match Realm issuer."+certificateDocs)
	}
	return a.inTime(now)
}

func (a *assertion) invalidSignature(why string, key directory.KeyCredential) error {
	return refuseClient(codeAssertionSignature, "Client assertion contains an invalid signature. [Reason - %s, Thumbprint of key "+
		"used by client: '%X', Found key 'Start=%s, End=%s']", why, a.named(), shortTime(key.Start), shortTime(key.End))
}

func shortTime(t time.Time) string { return t.UTC().Format("01/02/2006 15:04:05") }

// named is the thumbprint in the header, for messages.
func (a *assertion) named() []byte {
	for _, sum := range [][]byte{
		thumbprint(a.sha1, sha1.Size), thumbprint(a.sha256, sha256.Size),
		thumbprint(a.keyID, sha1.Size), thumbprint(a.keyID, sha256.Size),
	} {
		if sum != nil {
			return sum
		}
	}
	return nil
}

// signer is the registered certificate that the header names. Each of x5t, x5t#S256 and kid that is there must name it,
// kid in either hash or as the key's id; a kid beside a thumbprint is the client's own affair.
func (a *assertion) signer(keys []directory.KeyCredential) (directory.KeyCredential, bool) {
	for _, key := range keys {
		short, long := sha1.Sum(key.Key), sha256.Sum256(key.Key)
		match := func(text string) bool {
			return bytes.Equal(thumbprint(text, len(short)), short[:]) || bytes.Equal(thumbprint(text, len(long)), long[:])
		}
		switch {
		case a.sha1 != "" && !bytes.Equal(thumbprint(a.sha1, len(short)), short[:]):
		case a.sha256 != "" && !bytes.Equal(thumbprint(a.sha256, len(long)), long[:]):
		case a.sha1 == "" && a.sha256 == "" && !match(a.keyID) && !strings.EqualFold(a.keyID, key.KeyID):
		default:
			return key, true
		}
	}
	return directory.KeyCredential{}, false
}

// isOurs reports whether an audience of the assertion is this tenant's authority: a token endpoint of it or its
// issuer, under any of the login host's names.
func (s *Service) isOurs(audiences []string, r *TokenRequest) bool {
	tenants := []string{s.tenantID, s.directory.Domain(), strings.ToLower(r.Tenant)}
	hosts := append([]string{strings.ToLower(r.Host), s.cloud.STS}, s.cloud.LoginAliases...)
	for _, one := range audiences {
		rest, ok := strings.CutPrefix(strings.ToLower(one), "https://")
		if !ok {
			continue
		}
		host, path, _ := strings.Cut(strings.TrimSuffix(rest, "/"), "/")
		tenant, endpoint, _ := strings.Cut(path, "/")
		switch endpoint {
		case "", "v2.0", "oauth2/token", "oauth2/v2.0/token":
		default:
			continue
		}
		if contains(hosts, host) && contains(tenants, tenant) && !sharedTenant(tenant) {
			return true
		}
	}
	return false
}

func contains(all []string, one string) bool {
	for _, each := range all {
		if each != "" && each == one {
			return true
		}
	}
	return false
}
