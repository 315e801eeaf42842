package sts

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/caller"
	"github.com/alcedo-cloud/alcedo/internal/directory"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/token"
)

// client is the application that asks for a token.
type client struct {
	id       string // GUID, lower-case
	name     string
	objectID string // of its service principal; "" for Microsoft's own applications
	public   bool   // may come without a credential
	own      bool   // one of Microsoft's
	family   bool   // shares refresh tokens with its like
	managed  string // resource id, of managed identities
	proof    string // how it proved itself

	redirects []string // where authorization codes may be sent; unused by Microsoft's own
}

// user is whom a token is about.
type user struct {
	objectID, principalName  string
	name, givenName, surname string
	administrator            bool
}

// registration is what of an application's properties the token service heeds, as Microsoft Graph spells them.
type registration struct {
	fallbackPublic bool // isFallbackPublicClient
	public         struct {
		RedirectURIs []string `json:"redirectUris"`
	} // publicClient
	web struct {
		RedirectURIs []string `json:"redirectUris"`
	}
	spa struct {
		RedirectURIs []string `json:"redirectUris"`
	}
	api struct {
		Version *int              `json:"requestedAccessTokenVersion"`
		Scopes  []permissionScope `json:"oauth2PermissionScopes"`
	}
}

// permissionScope is a permission that an application lets users delegate.
type permissionScope struct {
	Value   string `json:"value"`
	Enabled *bool  `json:"isEnabled"`
}

// register reads an application's properties. What is not of the expected shape was refused, or will be, by whoever
// wrote it; here it counts as not set.
func register(a directory.Application) registration {
	var r registration
	for name, into := range map[string]any{
		"isFallbackPublicClient": &r.fallbackPublic, "publicClient": &r.public, "web": &r.web, "spa": &r.spa, "api": &r.api,
	} {
		if text, ok := a.Properties[name]; ok {
			if err := json.Unmarshal(text, into); err != nil {
				continue
			}
		}
	}
	return r
}

// client finds the application that the request names.
func (s *Service) client(ctx context.Context, r *TokenRequest) (client, error) {
	id := strings.ToLower(r.Form["client_id"])
	if id == "" {
		return client{}, missing("client_id")
	}
	principal, found, err := s.directory.PrincipalByAppID(ctx, id)
	if err != nil {
		return client{}, fault.Wrap("sts.client", err)
	}
	app, registered, err := s.directory.ApplicationByAppID(ctx, id)
	if err != nil {
		return client{}, fault.Wrap("sts.client", err)
	}
	if !found && !registered {
		if known, ok := firstPartyClient(id); ok {
			return client{id: id, name: known.name, own: true, public: true, family: known.family}, nil
		}
		return client{}, s.clientNotFound(r.Form["client_id"])
	}
	if !found {
		return client{}, refuse(codeNoServicePrincipal, "The client application %s is missing service principal in the tenant %s. "+
			"See instructions here: https://go.microsoft.com/fwlink/?linkid=2225119", id, s.tenantID)
	}
	if !principal.Enabled {
		return client{}, refuse(codeClientDisabled, "Application '%s'(%s) is disabled.", id, principal.DisplayName)
	}
	c := client{id: id, name: principal.DisplayName, objectID: principal.ObjectID, proof: proofNone}
	if principal.ServicePrincipalType == directory.ServicePrincipalIdentity {
		c.managed = principal.ResourceID
	}
	if registered {
		reg := register(app)
		c.public = reg.fallbackPublic
		// Who redeems a code says by its redirect URI whether it is a public client.
		c.public = c.public || r.Form["grant_type"] == "authorization_code" &&
			matchRedirect(append(reg.public.RedirectURIs, reg.spa.RedirectURIs...), r.Form["redirect_uri"])
		c.redirects = append(append(append(c.redirects, reg.public.RedirectURIs...), reg.web.RedirectURIs...), reg.spa.RedirectURIs...)
	}
	return c, nil
}

func (s *Service) clientNotFound(id string) error {
	return refuse(codeClientNotFound, "Application with identifier '%s' was not found in the directory '%s'. This can happen if "+
		"the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. "+
		"You may have sent your authentication request to the wrong tenant.", id, s.tenantName())
}

func (s *Service) tenantName() string { return s.directory.TenantDisplayName() }

func (s *Service) ownsDomain(name string) bool { return strings.EqualFold(name, s.directory.Domain()) }

// shownUser takes what tokens say of a user.
func shownUser(u directory.User) user {
	out := user{
		objectID: u.ObjectID, principalName: u.UserPrincipalName, name: u.DisplayName, administrator: u.Administrator,
	}
	for name, into := range map[string]*string{"givenName": &out.givenName, "surname": &out.surname} {
		if text, ok := u.Properties[name]; ok {
			if err := json.Unmarshal(text, into); err != nil {
				*into = ""
			}
		}
	}
	return out
}

// passwordMark tells one password of a user from the next, so that a changed password ends the sign-ins made with the
// former one. It is a hash of the stored hash.
func (s *Service) passwordMark(ctx context.Context, objectID string) ([]byte, error) {
	// The token service reads the record for itself: nobody is told what is in it.
	u, err := s.directory.ReadUser(ctx, caller.Caller{Kind: caller.Operator}, objectID)
	if err != nil {
		return nil, fault.Wrap("sts.passwordMark", err)
	}
	sum := sha256.Sum256([]byte(u.PasswordHash))
	return sum[:], nil
}

// applicationAudience finds an application of the directory by its id or one of its URIs.
func (s *Service) applicationAudience(ctx context.Context, name string, a asked) (audience, error) {
	const op = "sts.audience"
	app, ok, err := s.directory.ApplicationByAppID(ctx, name)
	if err == nil && !ok {
		app, ok, err = s.directory.ApplicationByURI(ctx, name)
	}
	if err != nil {
		return audience{}, fault.Wrap(op, err)
	}
	if !ok {
		return audience{}, s.resourceNotFound(name)
	}
	principal, ok, err := s.directory.PrincipalByAppID(ctx, app.AppID)
	if err != nil {
		return audience{}, fault.Wrap(op, err)
	}
	if !ok {
		return audience{}, s.resourceNotFound(name)
	}
	if !principal.Enabled {
		return audience{}, refuse(codeResourceDisabled, "The service principal for resource '%s' is disabled. This indicate that a "+
			"subscription within the tenant has lapsed, or that the administrator for this tenant has disabled the application, "+
			"preventing tokens from being issued for it.", name)
	}
	reg := register(app)
	out := audience{name: name, claim: name, version: token.V1}
	if reg.api.Version != nil && *reg.api.Version == 2 {
		out.claim, out.version = app.AppID, token.V2
	}
	if out.scopes, err = delegatedScopes(reg, app.AppID, a); err != nil {
		return audience{}, err
	}
	out.granted = grantedScopes(name, out.scopes, a)
	return out, nil
}

// delegatedScopes are the permissions of an application that the request asks for; all, where it names none.
func delegatedScopes(reg registration, appID string, a asked) (string, error) {
	offered := map[string]bool{}
	var all []string
	for _, scope := range reg.api.Scopes {
		if scope.Value != "" && (scope.Enabled == nil || *scope.Enabled) {
			offered[scope.Value] = true
			all = append(all, scope.Value)
		}
	}
	if len(a.scopes) == 0 {
		return strings.Join(all, " "), nil
	}
	for _, scope := range a.scopes {
		if !offered[scope] {
			return "", noSuchScope(scope, appID)
		}
	}
	return strings.Join(a.scopes, " "), nil
}
