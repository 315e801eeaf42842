// Package entra speaks Microsoft Entra ID's OAuth 2.0 and OpenID Connect over HTTP: the token endpoints, the discovery
// documents, the published keys and the realm of a user. It must never know how a credential is checked or a token is
// signed (packages sts and token do).
package entra

import (
	"html/template"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/clock"
	"github.com/alcedo-cloud/alcedo/internal/cloud"
	"github.com/alcedo-cloud/alcedo/internal/directory"
	"github.com/alcedo-cloud/alcedo/internal/httpx"
	"github.com/alcedo-cloud/alcedo/internal/sts"
	"github.com/alcedo-cloud/alcedo/internal/token"
)

// Config is what the front needs.
type Config struct {
	STS       *sts.Service
	Tokens    *token.Service     // publishes its keys
	Directory *directory.Service // knows the realms
	Cloud     cloud.Cloud
	TenantID  string // GUID
	Clock     clock.Clock
	Rand      io.Reader // of trace ids
	Log       *slog.Logger
}

type front struct {
	sts       *sts.Service
	tokens    *token.Service
	directory *directory.Service
	cloud     cloud.Cloud
	tenantID  string
	clock     clock.Clock
	ids       *httpx.IDs
	instances []instance
	pages     *template.Template
	foreign   map[string]bool // login hosts of other clouds
}

// New returns the handler for every name of the cloud's login host, and for those of the other clouds, which answer
// instance discovery only.
func New(c Config) http.Handler {
	f := &front{
		sts: c.STS, tokens: c.Tokens, directory: c.Directory, cloud: c.Cloud, tenantID: c.TenantID,
		clock: c.Clock, ids: httpx.NewIDs(c.Rand), instances: instances(), pages: parsePages(), foreign: map[string]bool{},
	}
	for _, other := range cloud.All() {
		for _, host := range other.LoginAliases {
			f.foreign[host] = true
		}
	}
	for _, host := range c.Cloud.LoginAliases {
		delete(f.foreign, host)
	}
	return httpx.Adapt(f.serve, f.mapError, c.Log)
}

// call is a request for one authority.
type call struct {
	*http.Request
	tenant string // the first segment of the path, in lower case
	rest   string // the other segments, in lower case
	tail   string // the last segment as it was written
}

// operation is one of the endpoints below an authority.
type operation struct {
	methods []string // that it takes; OPTIONS is answered here
	handle  func(f *front, c *call) (*httpx.Response, error)
}

// operation finds the endpoint that the path names.
func (f *front) operation(c *call) (operation, bool) {
	type handler = func(*front, *call) (*httpx.Response, error)
	get := func(h handler) (operation, bool) { return operation{[]string{"GET"}, h}, true }
	post := func(h handler) (operation, bool) { return operation{[]string{"POST", "OPTIONS"}, h}, true }
	shown := func(h handler) (operation, bool) { return operation{[]string{"GET", "POST"}, h}, true }
	if strings.HasPrefix(c.rest, "userrealm/") || c.rest == "userrealm" {
		return get((*front).userRealm)
	}
	switch c.rest {
	case ".well-known/openid-configuration":
		return get((*front).metadataV1)
	case "v2.0/.well-known/openid-configuration":
		return get((*front).metadataV2)
	case "discovery/instance":
		return get((*front).instanceDiscovery)
	case "discovery/keys", "discovery/v2.0/keys":
		return get((*front).keys)
	case "oauth2/token":
		return post((*front).tokenV1)
	case "oauth2/v2.0/token":
		return post((*front).tokenV2)
	case "oauth2/devicecode":
		return post((*front).deviceV1)
	case "oauth2/v2.0/devicecode":
		return post((*front).deviceV2)
	case "oauth2/deviceauth":
		return shown((*front).deviceAuth)
	case "oauth2/authorize":
		return shown((*front).authorizeV1)
	case "oauth2/v2.0/authorize":
		return shown((*front).authorizeV2)
	case "oauth2/logout", "oauth2/v2.0/logout":
		return get((*front).logout)
	}
	return operation{}, false
}

// serve answers one request.
func (f *front) serve(r *http.Request) (*httpx.Response, error) {
	path := strings.TrimPrefix(httpx.CleanPath(r.URL.Path), "/")
	c := &call{Request: r, tail: path[strings.LastIndexByte(path, '/')+1:]}
	c.tenant, c.rest, _ = strings.Cut(strings.ToLower(path), "/")
	op, ok := f.operation(c)
	if !ok {
		return &httpx.Response{Status: http.StatusNotFound, Header: f.header(r)}, nil
	}
	method := r.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	switch allowed := strings.Join(op.methods, ", "); {
	case !slices.Contains(op.methods, method):
		return nil, &wrongMethod{allowed: allowed, got: r.Method}
	case method == http.MethodOptions:
		return &httpx.Response{Status: http.StatusOK, Header: withAllow(f.header(r), allowed)}, nil
	}
	if f.foreign[hostname(r.Host)] && c.rest != "discovery/instance" {
		return nil, tenantOfAnotherCloud(c.tenant)
	}
	resp, err := op.handle(f, c)
	if err != nil {
		return nil, err
	}
	header := f.header(r)
	maps.Copy(header, resp.Header)
	resp.Header = header
	return resp, nil
}

// header is what every answer carries.
func (f *front) header(r *http.Request) http.Header {
	h := http.Header{
		"Cache-Control":             {"no-store, no-cache"},
		"Pragma":                    {"no-cache"},
		"Expires":                   {"-1"},
		"Strict-Transport-Security": {"max-age=31536000; includeSubDomains"},
		"X-Content-Type-Options":    {"nosniff"},
		"X-Ms-Request-Id":           {f.ids.New()},
	}
	if id := clientRequestID(r); id != "" && strings.EqualFold(r.Header.Get("Return-Client-Request-Id"), "true") {
		h.Set("Client-Request-Id", id)
	}
	return h
}

func withAllow(h http.Header, methods string) http.Header {
	h.Set("Allow", methods)
	return h
}

// hostname is the host without its port, in lower case.
func hostname(host string) string {
	if bare, _, err := net.SplitHostPort(host); err == nil {
		host = bare
	}
	return strings.ToLower(host)
}

// authority is the URL of the authority that the client asked, below its own name.
func (f *front) authority(c *call, tenant string) string {
	u := url.URL{Scheme: "https", Host: strings.ToLower(c.Host), Path: "/" + tenant}
	if hostname(c.Host) == f.cloud.STS {
		u.Host = f.cloud.Login // the issuer's name is no place to sign in
	}
	return u.String()
}
