// Package arm speaks Azure Resource Manager's wire protocol: paths, api-versions, bearer tokens, the error envelope,
// response headers and the cloud's metadata documents. It turns a request into a resource.Request and holds no rules. It
// must never know the store, a resource type or how a decision is made.
package arm

import (
	"context"
	"io"
	"log/slog"
	"net/http"

	"github.com/alcedo-cloud/alcedo/internal/caller"
	"github.com/alcedo-cloud/alcedo/internal/clock"
	"github.com/alcedo-cloud/alcedo/internal/cloud"
	"github.com/alcedo-cloud/alcedo/internal/httpx"
	"github.com/alcedo-cloud/alcedo/internal/resource"
)

// Resources answers requests; resource.Service does.
type Resources interface {
	Do(ctx context.Context, r *resource.Request) (*resource.Answer, error)
}

// Verifier says whose a bearer token is; token.Verifier does. Its refusals are faults Unauthenticated whose cause is a
// *token.Refusal.
type Verifier interface {
	Verify(ctx context.Context, raw string, service cloud.Service) (caller.Caller, error)
}

// Config is what the front is made of.
type Config struct {
	Resources Resources
	Verifier  Verifier
	Cloud     cloud.Cloud
	TenantID  string
	Clock     clock.Clock
	Rand      io.Reader // for request ids
	Log       *slog.Logger
}

// front is the handler of management.*.
type front struct {
	Config
	ids      *httpx.IDs
	metadata metadata
	fixed    map[string][]string // headers of every answer; the values are shared and never changed
	region   string              // as the routing request id names it, CHINANORTH
}

// New returns the handler of Resource Manager's host names.
func New(c Config) http.Handler {
	f := &front{Config: c, ids: httpx.NewIDs(c.Rand), metadata: newMetadata(c.Cloud), fixed: fixedHeaders(), region: regionOf(c.Cloud)}
	return httpx.Adapt(f.handle, f.failed, c.Log)
}

// handle answers one request.
func (f *front) handle(r *http.Request) (*httpx.Response, error) {
	x := f.begin(r)
	resp, err := f.serve(r, x)
	if err != nil {
		return nil, &failure{exchange: x, err: err}
	}
	return resp, nil
}

// serve makes the checks that come before the service's, in Azure's order: the shape of path and api-version, then the
// token, then the body.
func (f *front) serve(r *http.Request, x *exchange) (*httpx.Response, error) {
	path := httpx.CleanPath(r.URL.Path)
	version, query, err := readQuery(r)
	if err != nil {
		return nil, err
	}
	if isMetadata(path) {
		return f.endpoints(r, x, version)
	}
	req := &resource.Request{Method: r.Method, Path: path, APIVersion: version, Query: query, BaseURL: f.base(r)}
	if err := req.Check(); err != nil {
		return nil, err
	}
	if req.Caller, err = f.authenticate(r, x); err != nil {
		return nil, err
	}
	switch r.Method {
	case http.MethodPut, http.MethodPatch, http.MethodPost:
		if req.Body, err = httpx.ReadBody(r, httpx.MaxBody); err != nil {
			return nil, err
		}
	}
	req.IfMatch, req.IfNoneMatch = r.Header.Get("If-Match"), r.Header.Get("If-None-Match")
	answer, err := f.Resources.Do(r.Context(), req)
	if err != nil {
		return nil, err
	}
	return x.respond(answer), nil
}

// base is the start of links: the name and port that the client asked.
func (f *front) base(r *http.Request) string {
	if r.Host == "" {
		return "https://" + f.Cloud.ResourceManager
	}
	return "https://" + r.Host
}
