package sts

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net/url"
	"slices"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// Authorization is a request to sign a user in and send a code to the client (RFC 6749 4.1.1), found to be in order.
type Authorization struct {
	ClientName  string
	RedirectURI string // one of the client's
}

// CheckClient finds the client of an authorization request and whether codes may be sent to its redirect URI. Before
// it has returned nil, nobody may be redirected there.
func (s *Service) CheckClient(ctx context.Context, r TokenRequest) (Authorization, error) {
	if err := s.CheckTenant(r.Tenant, r.Version); err != nil {
		return Authorization{}, err
	}
	c, err := s.client(ctx, &r)
	if err != nil {
		return Authorization{}, err
	}
	redirect := r.Form["redirect_uri"]
	if redirect == "" && len(c.redirects) == 1 {
		redirect = c.redirects[0]
	}
	if redirect == "" {
		return Authorization{}, missing("redirect_uri")
	}
	if !s.mayRedirect(c, redirect) {
		return Authorization{}, refuse(codeRedirectMismatch, "The redirect URI '%s' specified in the request does not match the "+
			"redirect URIs configured for the application '%s'. Make sure the redirect URI sent in the request matches one added "+
			"to your application in the Azure portal.", redirect, c.id)
	}
	return Authorization{ClientName: c.name, RedirectURI: redirect}, nil
}

// CheckAuthorization checks the rest of an authorization request. Its refusals are told to the client by redirecting.
func (s *Service) CheckAuthorization(ctx context.Context, r TokenRequest) error {
	switch kind := r.Form["response_type"]; kind {
	case "code":
	case "":
		return missing("response_type")
	default:
		return refuse(codeResponseType, "response_type '%s' is not enabled for the application.", kind)
	}
	if r.Form["code_challenge"] != "" {
		if method := r.Form["code_challenge_method"]; method != "" && method != "plain" && method != "S256" {
			f := refuse(codeMalformedRequest, "Invalid request. Request is malformed or invalid.")
			f.Target = "code_challenge_method"
			return f
		}
	}
	a, err := s.asks(&exchange{request: &r}, true)
	if err != nil {
		return err
	}
	_, err = s.audience(ctx, r.Version, a)
	return err
}

// Authorize signs a user in and returns the code for the client. The request must have passed both checks.
func (s *Service) Authorize(ctx context.Context, r TokenRequest, to Authorization, name, password string) (string, error) {
	const op = "sts.Authorize"
	u, err := s.signedIn(ctx, strings.TrimSpace(name), password)
	if err != nil {
		return "", err
	}
	code, err := s.newCode()
	if err != nil {
		return "", fault.Wrap(op, err)
	}
	now := s.clock.Now()
	p := pending{
		ClientID: strings.ToLower(r.Form["client_id"]), RedirectURI: to.RedirectURI, Expires: now.Add(codeLife),
		Challenge: r.Form["code_challenge"], Method: r.Form["code_challenge_method"],
	}
	if p.SignIn, err = s.begin(ctx, u); err != nil {
		return "", fault.Wrap(op, err)
	}
	p.SignIn.Resource, p.SignIn.Scope, p.SignIn.Nonce = r.Form["resource"], r.Form["scope"], r.Form["nonce"]
	err = s.store.Update(ctx, func(tx store.Tx) error {
		return addPending(tx, pendingCode, pendingKey(pendingCode, code), p, now)
	})
	return code, fault.Wrap(op, err)
}

// codeSubject is the grant of an authorization code (RFC 6749 4.1.3, with RFC 7636).
func (s *Service) codeSubject(ctx context.Context, x *exchange) error {
	code := x.request.Form["code"]
	if code == "" {
		return missing("code")
	}
	err := s.store.Update(ctx, func(tx store.Tx) error {
		key := pendingKey(pendingCode, code)
		p, ok, err := readPending(tx, key)
		if err != nil {
			return err
		}
		if !ok {
			f := refuse(codeMalformedRequest, "Invalid request. Request is malformed or invalid.")
			f.Target = "code"
			return f
		}
		if err := p.redeemable(x); err != nil {
			return err
		}
		p.Used = true
		x.signIn = p.SignIn
		return putPending(tx, key, p)
	})
	if err != nil {
		return err
	}
	return s.stillSignedIn(ctx, x)
}

// redeemable checks that the code is the client's, fresh, and asked for by the same party.
func (p pending) redeemable(x *exchange) error {
	switch {
	case p.ClientID != x.client.id:
		return refuse(codeInvalidGrant, "The provided value for the input parameter 'code' is not valid.")
	case p.Used:
		return refuse(codeCodeRedeemed, "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use "+
			"an existing refresh token.")
	case !x.now.Before(p.Expires):
		return refuse(codeExpiredCode, "The provided authorization code or refresh token has expired due to inactivity. Send a new "+
			"interactive authorization request for this user and resource.")
	case p.RedirectURI != x.request.Form["redirect_uri"]:
		return refuse(codeReplyMismatch, "The reply address '%s' does not match the reply address '%s' provided when requesting "+
			"Authorization code.", x.request.Form["redirect_uri"], p.RedirectURI)
	case !p.verifies(x.request.Form["code_verifier"]):
		return refuse(codeVerifierMismatch, "The Code_Verifier does not match the code_challenge supplied in the authorization request.")
	}
	return nil
}

// verifies reports whether verifier is what the challenge was made of.
func (p pending) verifies(verifier string) bool {
	if p.Challenge == "" {
		return verifier == ""
	}
	made := verifier
	if p.Method == "S256" {
		sum := sha256.Sum256([]byte(verifier))
		made = base64.RawURLEncoding.EncodeToString(sum[:])
	}
	return subtle.ConstantTimeCompare([]byte(made), []byte(p.Challenge)) == 1
}

// mayRedirect reports whether codes may be sent to that address: one that is registered, with any port where it is the
// machine itself (RFC 8252 7.3). Microsoft's own tools may have them at the machine, or at the login host's own page.
func (s *Service) mayRedirect(c client, address string) bool {
	if c.own {
		u, err := url.Parse(address)
		if err != nil || u.User != nil || u.Fragment != "" {
			return false
		}
		native := u.Scheme == "https" && slices.Contains(s.cloud.LoginAliases, strings.ToLower(u.Host)) &&
			u.Path == "/common/oauth2/nativeclient"
		return native || loopback(u)
	}
	return matchRedirect(c.redirects, address)
}

func matchRedirect(registered []string, address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.User != nil || u.Fragment != "" {
		return false
	}
	for _, one := range registered {
		if one == address {
			return true
		}
		r, err := url.Parse(one)
		if err == nil && loopback(r) && loopback(u) && r.Hostname() == u.Hostname() && r.Path == u.Path && r.RawQuery == u.RawQuery {
			return true
		}
	}
	return false
}

func loopback(u *url.URL) bool {
	return u.Scheme == "http" && (u.Hostname() == "localhost" || u.Hostname() == "127.0.0.1")
}
