package sts

import (
	"context"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/cloud"
	"github.com/alcedo-cloud/alcedo/internal/token"
)

// The scopes of OpenID Connect, which belong to no resource.
const (
	scopeOpenID  = "openid"
	scopeProfile = "profile"
	scopeEmail   = "email"
	scopeOffline = "offline_access"
)

const defaultSuffix = "/.default"

// asked is what a request asks a token for, before anybody has looked whether it exists.
type asked struct {
	resource string   // as written by the client
	scopes   []string // names of delegated permissions; none means all that there are, which is what .default says
	openID   bool     // an id_token is wanted
	offline  bool     // a refresh token is wanted
	verbatim []string // the resource's scopes as requested
}

// audience is a resource that exists, and what a token for it looks like.
type audience struct {
	name    string // as requested
	claim   string // aud
	version string // token.V1 or token.V2
	scopes  string // scp of a user's token
	granted string // scope of the answer
}

// parseScope takes the parameter scope of a v2 request apart. An application's request (delegated is false) names one
// resource with /.default; a user's may name permissions of one resource instead.
func parseScope(scope string, delegated bool) (asked, error) {
	var a asked
	found := false
	all := false
	for _, one := range strings.Fields(scope) {
		switch one {
		case scopeOpenID:
			a.openID = true
			continue
		case scopeOffline:
			a.offline = true
			continue
		case scopeProfile, scopeEmail:
			continue
		}
		// Exactly one /.default is cut: what stands before it is the audience, a trailing slash included.
		resource, permission := one, ""
		if r, ok := strings.CutSuffix(one, defaultSuffix); ok && r != "" {
			resource, all = r, true
		} else if !delegated {
			return asked{}, refuse(codeScopeNotDefault, "The provided value for scope %s is not valid. Client credential flows "+
				"must have a scope value with /.default suffixed to the resource identifier (application ID URI).", scope)
		} else if one == ".default" {
			resource, all = "", true
		} else {
			resource, permission = splitScope(one)
		}
		if found && resource != a.resource {
			return asked{}, moreThanOneResource(scope, delegated)
		}
		found = true
		a.resource = resource
		a.verbatim = append(a.verbatim, one)
		if permission != "" {
			a.scopes = append(a.scopes, permission)
		}
	}
	if !found && !delegated {
		return asked{}, refuse(codeScopeNotDefault, "The provided value for scope %s is not valid. Client credential flows "+
			"must have a scope value with /.default suffixed to the resource identifier (application ID URI).", scope)
	}
	if all && len(a.scopes) > 0 {
		return asked{}, invalidScope(scope + " is not valid. .default scope can't be combined with resource-specific scopes")
	}
	return a, nil
}

// splitScope parts resource and permission. A permission alone is one of Microsoft Graph.
func splitScope(scope string) (resource, permission string) {
	cut := strings.LastIndexByte(scope, '/')
	if cut < 0 {
		return "", scope
	}
	return scope[:cut], scope[cut+1:]
}

func moreThanOneResource(scope string, delegated bool) error {
	if !delegated {
		return invalidScope(scope + " is not valid")
	}
	return refuse(codeMoreThanOneResource, "Provided value for the input parameter scope is not valid because it contains "+
		"more than one resource. Scope %s is not valid.", scope)
}

func invalidScope(rest string) error {
	return refuse(codeInvalidScope, "The provided request must include a 'scope' input parameter. The provided value for the "+
		"input parameter 'scope' is not valid. The scope %s.", rest)
}

// asks reads what the request wants a token for.
func (s *Service) asks(x *exchange, delegated bool) (asked, error) {
	r := x.request
	if r.Version == V1 {
		a, err := parseOpenID(r.Form["scope"])
		a.resource = r.Form["resource"]
		if a.resource == "" {
			a.resource = x.signIn.Resource
		}
		a.openID = a.openID || delegated
		a.offline = true
		return a, err
	}
	if _, ok := r.Form["resource"]; ok && !r.federationServer() {
		return asked{}, refuse(codeResourceOnV2, "The 'resource' request parameter is not supported.")
	}
	scope := r.Form["scope"]
	if scope == "" {
		scope = x.signIn.Scope
	}
	if strings.TrimSpace(scope) == "" {
		return asked{}, missing("scope")
	}
	return parseScope(scope, delegated)
}

// parseOpenID takes the scope of a v1 request, where only OpenID Connect's count.
func parseOpenID(scope string) (asked, error) {
	var a asked
	for _, one := range strings.Fields(scope) {
		a.openID = a.openID || one == scopeOpenID
	}
	return a, nil
}

// audience finds what was asked for: a service of the cloud, or else an application of the directory.
func (s *Service) audience(ctx context.Context, v Version, a asked) (audience, error) {
	name := a.resource
	if name == "" {
		// Without a resource a v1 token is for the old Graph, a v2 token for Microsoft Graph.
		service := cloud.Graph
		if v == V1 {
			service = cloud.AADGraph
		}
		name = s.appID(service)
	}
	if known, ok := s.cloud.Resource(name); ok {
		return s.knownAudience(known, name, a)
	}
	return s.applicationAudience(ctx, name, a)
}

// knownAudience is a first-party service. Its tokens are v1 and carry the audience as it was written; only those meant
// to be exchanged are v2, which carry the application's id.
func (s *Service) knownAudience(r cloud.Resource, name string, a asked) (audience, error) {
	out := audience{name: name, claim: name, version: token.V1, scopes: "user_impersonation"}
	if r.Service == cloud.TokenExchange {
		out.claim, out.version = r.AppID, token.V2
	}
	if r.Service == cloud.Graph || r.Service == cloud.AADGraph {
		out.scopes = graphScopes(a)
	} else {
		for _, scope := range a.scopes {
			if scope != "user_impersonation" {
				return audience{}, noSuchScope(scope, r.AppID)
			}
		}
	}
	out.granted = grantedScopes(name, out.scopes, a)
	return out, nil
}

// graphScopes are a user's permissions on Microsoft Graph: what was asked for, or else what the administrators of a
// tenant consent to for its tools.
func graphScopes(a asked) string {
	if len(a.scopes) > 0 {
		return strings.Join(a.scopes, " ")
	}
	return "Application.ReadWrite.All Directory.AccessAsUser.All Group.ReadWrite.All User.Read User.ReadWrite.All"
}

// grantedScopes is the scope of an answer. It repeats what was asked, since clients file the token under it and take
// what they do not find for declined.
func grantedScopes(resource, scopes string, a asked) string {
	granted := append([]string(nil), a.verbatim...)
	for _, scope := range strings.Fields(scopes) {
		full := resource + "/" + scope
		named := false
		for _, one := range a.verbatim {
			named = named || one == full || one == scope
		}
		if !named {
			granted = append(granted, full)
		}
	}
	return strings.Join(granted, " ")
}

func noSuchScope(scope, appID string) error {
	return refuse(codeNoSuchScope, "The application asked for scope '%s' that doesn't exist on the resource '%s'. Contact the app "+
		"vendor.", scope, appID)
}

func (s *Service) appID(service cloud.Service) string {
	for _, r := range s.cloud.Resources {
		if r.Service == service {
			return r.AppID
		}
	}
	return ""
}

func (s *Service) resourceNotFound(name string) error {
	f := refuse(codeResourceNotFound, "The resource principal named %s was not found in the tenant named %s. This can happen "+
		"if the application has not been installed by the administrator of the tenant or consented to by any user in the "+
		"tenant. You might have sent your authentication request to the wrong tenant.", name, s.tenantName())
	f.Target = name
	return f
}
