package sts

import (
	"context"
	"crypto/rsa"
	"errors"
	"slices"

	"github.com/go-jose/go-jose/v4"

	"github.com/alcedo-cloud/alcedo/internal/cloud"
	"github.com/alcedo-cloud/alcedo/internal/directory"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/token"
)

// checkFederated checks another issuer's assertion about the client. Nothing is fetched from an issuer before a
// credential of the client has been found to trust it for that subject.
func (s *Service) checkFederated(ctx context.Context, c client, a *assertion) error {
	credentials, err := s.directory.FederatedCredentials(ctx, c.id)
	if err != nil {
		return fault.Wrap("sts.checkFederated", err)
	}
	own := a.claims.Issuer == s.cloud.IssuerV1(s.tenantID) || a.claims.Issuer == s.cloud.IssuerV2(s.tenantID)
	if err := s.matchFederated(credentials, a, own); err != nil {
		return err
	}
	if a.algorithm != jose.RS256 {
		return refuseClient(codeAssertionAlgorithm, "Invalid JWT token. Unsupported key for the signing algorithm.")
	}
	if err := a.inTime(s.clock.Now()); err != nil {
		return err
	}
	if own {
		return s.checkOwn(ctx, a)
	}
	return s.checkForeign(ctx, a)
}

// matchFederated finds a credential whose issuer, subject and audience are exactly the assertion's, and says which of
// them it failed at.
func (s *Service) matchFederated(credentials []directory.FederatedCredential, a *assertion, own bool) error {
	audience := ""
	if len(a.claims.Audience) > 0 {
		audience = a.claims.Audience[0]
	}
	if len(credentials) == 0 {
		return refuseClient(codeNoFederatedRecord, "No matching federated identity record found for presented assertion. Assertion "+
			"Issuer: '%s'. Assertion Subject: '%s'. Assertion Audience: '%s'. "+
			"https://learn.microsoft.com/entra/workload-id/workload-identity-federation", a.claims.Issuer, a.claims.Subject, audience)
	}
	issuer, subject := false, false
	for _, f := range credentials {
		if f.Issuer != a.claims.Issuer {
			continue
		}
		issuer = true
		if f.Subject != a.claims.Subject {
			continue
		}
		subject = true
		for _, wanted := range f.Audiences {
			if slices.Contains(a.claims.Audience, wanted) || own && s.sameExchange(a.claims.Audience, wanted) {
				return nil
			}
		}
	}
	const text = "No matching federated identity record found for presented assertion %s '%s'." + federationDocs
	switch {
	case !issuer:
		return refuseClient(codeFederatedIssuer, text, "issuer", a.claims.Issuer)
	case !subject:
		return refuseClient(codeFederatedSubject, text, "subject", a.claims.Subject)
	}
	return refuseClient(codeFederatedAudience, text, "audience", audience)
}

// sameExchange reports whether our own token for the token exchange, which carries the application's id, is what a
// credential with one of its URIs wants.
func (s *Service) sameExchange(audiences []string, wanted string) bool {
	for _, r := range s.cloud.Resources {
		if r.Service == cloud.TokenExchange && slices.Contains(r.URIs, wanted) && slices.Contains(audiences, r.AppID) {
			return true
		}
	}
	return false
}

// checkOwn checks an assertion that this tenant issued, a managed identity's token, with its own keys.
func (s *Service) checkOwn(ctx context.Context, a *assertion) error {
	claims, err := s.verifier.Claims(ctx, a.raw)
	var refusal *token.Refusal
	switch {
	case err == nil:
	case errors.As(err, &refusal) && refusal.Reason == token.Expired:
		// The verifier has no patience with tokens of ours: we know our own clock.
		return refuseClient(codeAssertionTime, "Client assertion is not within its valid time range. Current time: %s, expiry time "+
			"of assertion %s."+certificateDocs, instant(refusal.Now), instant(refusal.Expires))
	case errors.As(err, &refusal):
		return a.foreignSignature()
	default:
		return fault.Wrap("sts.checkOwn", err)
	}
	active, err := s.directory.Active(ctx, claims.ObjectID)
	if err != nil {
		return fault.Wrap("sts.checkOwn", err)
	}
	if !active {
		return refuseClient(codeFederatedSubject, "No matching federated identity record found for presented assertion subject "+
			"'%s'."+federationDocs, claims.Subject)
	}
	return nil
}

// checkForeign checks an assertion with the keys that its issuer publishes.
func (s *Service) checkForeign(ctx context.Context, a *assertion) error {
	if a.keyID == "" {
		return refuseClient(codeAssertionNoKey, "Invalid JWT token. No certificate SHA-1 thumbprint, certificate SHA-256 thumbprint, "+
			"nor keyId were specified in token header.")
	}
	key, err := s.issuers.key(ctx, a.claims.Issuer, a.keyID)
	switch {
	case errors.Is(err, errIssuerKey):
		return refuseClient(codeFederatedKey, "The certificate with identifier %s used to sign the federated credential could not be "+
			"found in the metadata of identity provider %s. Please validate that your Identity Provider's metadata exposes the key "+
			"used to sign the incoming token.", a.keyID, a.claims.Issuer)
	case errors.Is(err, context.Canceled):
		return &fault.Error{Kind: fault.Canceled, Op: "sts.checkForeign", Cause: err}
	case err != nil:
		f := refuse(codeIssuerUnreachable, "Request to External OIDC endpoint failed.")
		f.Cause = err
		return f
	}
	public, ok := key.Key.(*rsa.PublicKey)
	if !ok || a.verify(public) != nil {
		return a.foreignSignature()
	}
	return nil
}

func (a *assertion) foreignSignature() error {
	return refuseClient(codeAssertionSignature, "Client assertion contains an invalid signature. [Reason - The key was found, but use "+
		"of the key to verify the signature failed., Thumbprint of key used by client: '%s']", a.keyID)
}
