package sts

import (
	"context"
	"errors"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/token"
)

// grantOnBehalfOf is the grant type of the on-behalf-of flow (RFC 7523 section 2.1). Entra uses it for nothing else.
const grantOnBehalfOf = "urn:ietf:params:oauth:grant-type:jwt-bearer"

// onBehalfOfSubject is the grant of a service that was called with a user's access token, and calls another service for
// that user. Source: learn.microsoft.com, "Microsoft identity platform and OAuth 2.0 On-Behalf-Of flow".
func (s *Service) onBehalfOfSubject(ctx context.Context, x *exchange) error {
	form := x.request.Form
	if form["assertion"] == "" {
		return missing("assertion")
	}
	switch form["requested_token_use"] {
	case "on_behalf_of":
	case "":
		return missing("requested_token_use")
	default:
		f := refuse(codeMalformedRequest, "Invalid request. Request is malformed or invalid.")
		f.Target = "requested_token_use"
		return f
	}
	claims, err := s.verifier.Claims(ctx, form["assertion"])
	if err != nil {
		return refusedUserAssertion(err)
	}
	if err := s.checkUserAssertion(ctx, x.client, claims); err != nil {
		return err
	}
	u, ok, err := s.directory.UserByID(ctx, claims.ObjectID)
	switch {
	case err != nil:
		return err
	case !ok:
		return s.userDeleted()
	case u.Disabled:
		return refuse(codeUserDisabled, "The user account is disabled.")
	}
	x.user = shownUser(u)
	x.signIn = signIn{At: x.now}
	return nil
}

// checkUserAssertion holds a token of this tenant to what may be exchanged: a user's access token for the very client.
func (s *Service) checkUserAssertion(ctx context.Context, c client, claims token.Claims) error {
	switch {
	case claims.Client() == "":
		return refuse(codeAssertionIsIDToken, "Input id_token cannot be used as '%s' grant.", grantOnBehalfOf)
	case !claims.Delegated():
		return refuse(codeApplicationOnBehalf, "Application '%s' is not allowed to make application on-behalf-of calls.", claims.Client())
	}
	if strings.EqualFold(claims.Audience, c.id) {
		return nil
	}
	app, ok, err := s.directory.ApplicationByURI(ctx, claims.Audience)
	if err != nil {
		return err
	}
	if !ok || app.AppID != c.id {
		return refuse(codeAssertionOtherAudience, "Assertion audience does not match the Client app presenting the assertion. The "+
			"audience in the assertion was '%s' and the expected audience is '%s' or one of the Application Uris of this application "+
			"with App ID '%s'(%s). The downstream client must request a token for the expected audience (the application that made "+
			"the OBO request) and this application should use that token as the assertion.", claims.Audience, c.id, c.id, c.name)
	}
	return nil
}

// refusedUserAssertion words why a token is none that can be exchanged.
func refusedUserAssertion(err error) error {
	var r *token.Refusal
	if !errors.As(err, &r) {
		return fault.Wrap("sts.onBehalfOfSubject", err)
	}
	switch r.Reason {
	case token.Malformed:
		f := refuse(codeAssertionMalformed, "JWT token is invalid or malformed.")
		f.Target = "assertion"
		return f
	case token.Expired, token.NotYetValid:
		return refuse(codeUserAssertionTime, "Assertion is not within its valid time range. Ensure that the access token is not "+
			"expired before using it for user assertion, or request a new token. Current time: %s, expiry time of assertion %s.",
			instant(r.Now), instant(r.Expires))
	default:
		return refuse(codeUserAssertionSignature, "Assertion failed signature validation. [Reason - The provided signature value did "+
			"not match the expected signature value.]")
	}
}
