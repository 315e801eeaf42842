package sts

import (
	"context"
	"encoding/json"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// Version is that of an endpoint: v1 takes a resource, v2 scopes.
type Version uint8

// The versions of endpoints.
const (
	V1 Version = 1
	V2 Version = 2
)

// TokenRequest is a request to a token endpoint.
type TokenRequest struct {
	Tenant  string            // the first segment of the path: a GUID, a domain, common, organizations, consumers, adfs
	Version Version           // of the endpoint
	Host    string            // the authority's, as the client wrote it, with a port where there is one
	Form    map[string]string // parameters; each was sent once
}

// federationServer reports whether the client takes the authority for Active Directory Federation Services.
func (r *TokenRequest) federationServer() bool { return r.Tenant == "adfs" }

// TokenResponse is the answer of a token endpoint.
type TokenResponse struct {
	AccessToken  string
	Life         time.Duration // of the access token, as of now
	NotBefore    time.Time
	ExpiresOn    time.Time
	Resource     string // as requested of a v1 endpoint
	Scope        string // of a user's token
	IDToken      string
	RefreshToken string
	ClientInfo   string // base64url of {"uid","utid"}
	FamilyID     string // "1" for the clients that share refresh tokens
}

// exchange is one request on its way through the phases that all grants share.
type exchange struct {
	request *TokenRequest
	now     time.Time
	client  client
	user    user   // whom the token is about; empty for an application's own
	signIn  signIn // how the user came to be signed in
	asked   asked
	target  audience
}

// grant is what sets one grant apart from the others.
type grant struct {
	delegated    bool // a user stands behind it
	confidential bool // the client must show a credential, whatever its registration says
	anyTenant    bool // may be asked for at common and organizations
	// subject proves who the token is about, and sets the exchange's user and signIn. nil: the client itself.
	subject func(s *Service, ctx context.Context, x *exchange) error
}

// grant finds the grant that the request names.
func (s *Service) grant(r *TokenRequest) (grant, error) {
	switch name := r.Form["grant_type"]; name {
	case "":
		return grant{}, missing("grant_type")
	case "client_credentials":
		return grant{confidential: true}, nil
	case "password":
		return grant{delegated: true, anyTenant: true, subject: (*Service).passwordSubject}, nil
	case "refresh_token":
		return grant{delegated: true, anyTenant: true, subject: (*Service).refreshSubject}, nil
	case "authorization_code":
		return grant{delegated: true, anyTenant: true, subject: (*Service).codeSubject}, nil
	case grantOnBehalfOf:
		return grant{delegated: true, confidential: true, subject: (*Service).onBehalfOfSubject}, nil
	case "urn:ietf:params:oauth:grant-type:device_code", "device_code":
		return grant{delegated: true, anyTenant: true, subject: (*Service).deviceSubject}, nil
	default:
		return grant{}, refuse(codeUnsupportedGrant, "The app requested an unsupported grant type '%s'.", name)
	}
}

// Token answers a request to the token endpoint. Refusals are faults whose Reason is AADSTS and a number.
func (s *Service) Token(ctx context.Context, r TokenRequest) (TokenResponse, error) {
	x := exchange{request: &r, now: s.clock.Now()}
	if err := s.CheckTenant(r.Tenant, r.Version); err != nil {
		return TokenResponse{}, err
	}
	g, err := s.grant(&r)
	if err != nil {
		return TokenResponse{}, err
	}
	if x.client, err = s.authenticate(ctx, &r, g); err != nil {
		return TokenResponse{}, err
	}
	if err := s.checkEndpoint(&x, g); err != nil {
		return TokenResponse{}, err
	}
	if g.subject != nil {
		if err := g.subject(s, ctx, &x); err != nil {
			return TokenResponse{}, fault.Wrap("sts.Token", err)
		}
	}
	if x.asked, err = s.asks(&x, g.delegated); err != nil {
		return TokenResponse{}, err
	}
	if x.target, err = s.audience(ctx, r.Version, x.asked); err != nil {
		return TokenResponse{}, err
	}
	if !g.delegated {
		return s.issueToApplication(ctx, &x)
	}
	return s.issueToUser(ctx, &x)
}

// capabilities are what the client says of itself in the parameter claims: {"access_token":{"xms_cc":{"values":["CP1"]}}}.
func capabilities(r *TokenRequest) ([]string, error) {
	text := r.Form["claims"]
	if text == "" {
		return nil, nil
	}
	var claims struct {
		AccessToken struct {
			Capabilities struct {
				Values []string `json:"values"`
			} `json:"xms_cc"`
		} `json:"access_token"`
	}
	if err := json.Unmarshal([]byte(text), &claims); err != nil {
		f := refuse(codeMalformedRequest, "Invalid request. Request is malformed or invalid.")
		f.Target, f.Cause = "claims", err
		return nil, f
	}
	var known []string
	for _, value := range claims.AccessToken.Capabilities.Values {
		if value == "CP1" { // the one capability that Entra defines: the client understands claims challenges
			known = []string{value}
		}
	}
	return known, nil
}
