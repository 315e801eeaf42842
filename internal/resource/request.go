package resource

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/caller"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/rbac"
)

// Request is what a client asks Resource Manager. The front makes it.
type Request struct {
	Caller               caller.Caller
	Method               string
	Path                 string // percent-decoded
	APIVersion           string
	Query                url.Values // without regard to api-version; keys that Azure reads are in its spelling
	Body                 []byte     // as it came
	IfMatch, IfNoneMatch string
	BaseURL              string // https://management.chinacloudapi.cn, for links
	segments             []string
}

// hasBody reports whether the method's body counts. One sent with GET or DELETE does not.
func (r *Request) hasBody() bool {
	return len(r.Body) > 0 && (r.Method == "PUT" || r.Method == "PATCH" || r.Method == "POST")
}

// Check looks at what is checked before anybody is asked for a token: the shape of the path and of the api-version.
func (r *Request) Check() error {
	if r.segments == nil {
		segments, ok := Split(r.Path)
		if !ok {
			return fault.New(fault.Invalid, "resource.Request.Check", "InvalidRequestUri",
				"The request URI is not valid: it is too long, or a segment of its path is not allowed.")
		}
		r.segments = segments
	}
	return checkVersion(r.APIVersion)
}

// Do answers a request in Azure's order of checks: route and api-version, subscription, authorization, resource group,
// provider. The front has checked the token between Check and Do.
func (s *Service) Do(ctx context.Context, r *Request) (*Answer, error) {
	if err := r.Check(); err != nil {
		return nil, err
	}
	if r.Caller.Kind == caller.Anonymous {
		return nil, fault.New(fault.Unauthenticated, "resource.Do", "AuthenticationFailed",
			"Authentication failed. The 'Authorization' header is missing.")
	}
	answer, err := s.route(ctx, r)
	if err != nil {
		return nil, fault.Wrap("resource.Do", err)
	}
	return answer, nil
}

// route finds the operation by the shape of the path. Resource Manager's own routes come first; all others are those
// of providers' types.
func (s *Service) route(ctx context.Context, r *Request) (*Answer, error) {
	p := r.segments
	switch {
	case len(p) == 1 && equalFold(p[0], "subscriptions"):
		return s.only(r, "GET", func() (*Answer, error) { return s.listSubscriptions(ctx, r) })
	case len(p) == 1 && equalFold(p[0], "tenants"):
		return s.only(r, "GET", func() (*Answer, error) { return s.listTenants(r) })
	case len(p) >= 2 && equalFold(p[0], "subscriptions"):
		return s.inSubscription(ctx, r)
	case len(p) >= 1 && equalFold(p[0], "providers"):
		return s.inProviders(ctx, r, "", p[1:])
	}
	return nil, noRoute(r.BaseURL + r.Path)
}

// inSubscription serves what is below /subscriptions/{id}, which must exist.
func (s *Service) inSubscription(ctx context.Context, r *Request) (*Answer, error) {
	sub, err := s.subscription(ctx, r.segments[1])
	if err != nil {
		return nil, err
	}
	p := r.segments[2:]
	if len(p) == 0 {
		return s.only(r, "GET", func() (*Answer, error) { return s.getSubscription(ctx, r, sub) })
	}
	switch {
	case equalFold(p[0], "resourceGroups"):
		return s.inGroups(ctx, r, p)
	case equalFold(p[0], "providers"):
		return s.inProviders(ctx, r, sub.ID, p[1:])
	case equalFold(p[0], "locations") && len(p) == 1:
		return s.only(r, "GET", func() (*Answer, error) { return s.listLocations(ctx, r, sub) })
	case equalFold(p[0], "resources") && len(p) == 1:
		return s.only(r, "GET", func() (*Answer, error) { return s.listResources(ctx, r, sub) })
	case equalFold(p[0], "operationresults") && len(p) == 2:
		return s.only(r, "GET", func() (*Answer, error) { return s.operationResult(ctx, r, sub, p[1]) })
	case equalFold(p[0], "tagNames") && len(p) == 1:
		return s.only(r, "GET", func() (*Answer, error) { return s.listTagNames(ctx, r, sub) })
	case equalFold(p[0], "tagNames") && (len(p) == 2 || len(p) == 4 && equalFold(p[2], "tagValues")):
		return s.tagName(ctx, r, sub, p[1:])
	}
	return nil, noRoute(r.BaseURL + r.Path)
}

// inGroups serves resource groups and what is below them; p begins with resourceGroups.
func (s *Service) inGroups(ctx context.Context, r *Request, p []string) (*Answer, error) {
	if err := checkCore(r); err != nil && (len(p) < 3 || !equalFold(p[2], "providers")) {
		return nil, err
	}
	if len(p) == 1 {
		return s.only(r, "GET", func() (*Answer, error) { return s.listGroups(ctx, r) })
	}
	if len(p) == 2 {
		return s.group(ctx, r)
	}
	switch {
	case equalFold(p[2], "providers"):
		return s.typed(ctx, r)
	case equalFold(p[2], "resources") && len(p) == 3:
		return s.only(r, "GET", func() (*Answer, error) { return s.listGroupResources(ctx, r, p[1]) })
	case equalFold(p[2], "deployments") && len(p) >= 5:
		// Operations of deployments have a second, older path.
		older := *r
		older.segments = slices.Concat(r.segments[:4], []string{"providers", "Microsoft.Resources"}, r.segments[4:])
		return s.typed(ctx, &older)
	case r.Method == "POST" && len(p) == 3:
		return s.groupAction(ctx, r, p[1], p[2])
	}
	return nil, noRoute(r.BaseURL + r.Path)
}

// inProviders serves the list of providers and providers themselves; p is what follows /providers.
func (s *Service) inProviders(ctx context.Context, r *Request, sub string, p []string) (*Answer, error) {
	switch {
	case len(p) == 0:
		return s.only(r, "GET", func() (*Answer, error) { return s.listProviders(ctx, r, sub) })
	case len(p) == 1:
		return s.only(r, "GET", func() (*Answer, error) { return s.getProvider(ctx, r, sub, p[0]) })
	case len(p) == 2 && sub != "" && (equalFold(p[1], "register") || equalFold(p[1], "unregister")):
		return s.only(r, "POST", func() (*Answer, error) { return s.registerProvider(ctx, r, sub, p[0], strings.ToLower(p[1])) })
	case len(p) == 2 && sub == "" && equalFold(p[1], "operations") && s.lookup(p[0]) != nil && s.lookup(p[0]).find(p[1]) == nil:
		return s.only(r, "GET", func() (*Answer, error) { return s.listOperations(p[0]) })
	}
	return s.typed(ctx, r)
}

// only refuses all methods but one.
func (s *Service) only(r *Request, method string, serve func() (*Answer, error)) (*Answer, error) {
	if r.Method != method {
		return nil, methodNotAllowed(r.Method)
	}
	return serve()
}

// checkCore refuses an api-version that Microsoft.Resources does not have.
func checkCore(r *Request) error {
	if !supported(coreVersions(), r.APIVersion) {
		return invalidVersion(r.APIVersion)
	}
	return nil
}

// authorize asks the door.
func (s *Service) authorize(ctx context.Context, r *Request, action, scope string) error {
	return s.Door.Authorize(ctx, r.Caller, rbac.Request{Action: action, Scope: rbac.NewScope(scope)})
}

// subscription finds the subscription that a path names.
func (s *Service) subscription(ctx context.Context, id string) (subscription, error) {
	all, err := s.subscriptions.View(ctx)
	if err != nil {
		return subscription{}, err
	}
	if sub, ok := all.get(id); ok {
		return sub, nil
	}
	if !isGUID(id) {
		return subscription{}, fault.Newf(fault.Invalid, "resource", "InvalidSubscriptionId",
			"The provided subscription identifier '%s' is malformed or invalid.", id)
	}
	return subscription{}, fault.Newf(fault.NotFound, "resource", "SubscriptionNotFound",
		"The subscription '%s' could not be found.", id)
}

// isGUID reports whether s is 32 hexadecimal digits in the usual groups.
func isGUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case i == 8 || i == 13 || i == 18 || i == 23:
			if c != '-' {
				return false
			}
		case (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'f'):
			return false
		}
	}
	return true
}
