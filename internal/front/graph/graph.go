// Package graph speaks the part of Microsoft Graph that shows and changes the directory: users, groups, applications and
// service principals, with OData's query options. It holds no rule about who may do what, nor about what an object may
// be: package directory does.
package graph

import (
	"io"
	"log/slog"
	"net/http"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/caller"
	"github.com/alcedo-cloud/alcedo/internal/clock"
	"github.com/alcedo-cloud/alcedo/internal/cloud"
	"github.com/alcedo-cloud/alcedo/internal/directory"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/httpx"
	"github.com/alcedo-cloud/alcedo/internal/token"
)

// Config is what the front speaks for.
type Config struct {
	Directory *directory.Service
	Verifier  *token.Verifier
	Cloud     cloud.Cloud
	Clock     clock.Clock
	Rand      io.Reader // of request ids
	Log       *slog.Logger
}

// front answers for one tenant's directory.
type front struct {
	Config
	ids    *httpx.IDs
	sets   map[string]*entity // by the name of their collection, in lower case
	routes []route
}

// New returns the handler of the cloud's Graph host.
func New(c Config) http.Handler {
	f := &front{Config: c, ids: httpx.NewIDs(c.Rand), sets: make(map[string]*entity)}
	for _, e := range []*entity{f.users(), f.groups(), f.applications(), f.servicePrincipals()} {
		e.index()
		f.sets[strings.ToLower(e.set)] = e
	}
	f.routes = f.table()
	return httpx.Adapt(f.answer, f.refusal, c.Log)
}

// request is one call: who asks, and the parts of the path that the route leaves open.
type request struct {
	*http.Request
	caller  caller.Caller
	version string // v1.0 or beta
	params  map[string]string
	query   map[string]string // OData options by name, with the dollar sign
}

// answer authenticates, finds the route and calls it.
func (f *front) answer(r *http.Request) (*httpx.Response, error) {
	version, segments, err := split(r.URL.EscapedPath())
	if err != nil {
		return nil, err
	}
	who, err := f.authenticate(r)
	if err != nil {
		return nil, err
	}
	rt, params, err := f.match(r.Method, segments)
	if err != nil {
		return nil, err
	}
	options, err := queryOptions(r)
	if err != nil {
		return nil, err
	}
	rq := &request{Request: r, caller: who, version: version, params: params, query: options}
	resp, err := rt.handle(rq)
	if err != nil {
		return nil, err
	}
	if resp.Header == nil {
		resp.Header = make(http.Header)
	}
	id := f.ids.New()
	f.head(resp.Header, r, id)
	return resp, nil
}

// head sets the headers that every answer has.
func (f *front) head(h http.Header, r *http.Request, id string) {
	client := httpx.Echoed(r, "Client-Request-Id")
	if client == "" {
		client = id
	}
	h.Set("Request-Id", id)
	h.Set("Client-Request-Id", client)
	h.Set("Odata-Version", "4.0")
	h.Set("Cache-Control", "no-cache")
	if h.Get("Content-Type") != "" {
		return
	}
	h.Set("Content-Type", "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8")
}

// authenticate takes the bearer token of the request.
func (f *front) authenticate(r *http.Request) (caller.Caller, error) {
	values := r.Header.Values("Authorization")
	if len(values) == 0 || values[0] == "" {
		return caller.Caller{}, fault.New(fault.Unauthenticated, "graph.authenticate", "InvalidAuthenticationToken", "Access token is empty.")
	}
	scheme, raw, ok := strings.Cut(values[0], " ")
	if !ok || len(values) > 1 || !strings.EqualFold(scheme, "Bearer") || strings.TrimSpace(raw) == "" {
		return caller.Caller{}, fault.New(fault.Unauthenticated, "graph.authenticate", "InvalidAuthenticationToken", "Access token is empty.")
	}
	return f.Verifier.Verify(r.Context(), strings.TrimSpace(raw), cloud.Graph)
}

// queryOptions reads the OData options of the query. Their names may lack the dollar sign, and occur once. Others are
// ignored, as Graph ignores them.
func queryOptions(r *http.Request) (map[string]string, error) {
	values, err := httpx.Query(r)
	if err != nil {
		return nil, badRequest("BadRequest", "The query string of the request could not be read.")
	}
	out := make(map[string]string)
	for name, v := range values {
		name = "$" + strings.ToLower(strings.TrimPrefix(name, "$"))
		switch name {
		case "$filter", "$top", "$select", "$count", "$skiptoken", "$orderby", "$search", "$expand", "$skip", "$format":
		default:
			continue
		}
		if _, again := out[name]; again || len(v) > 1 {
			return nil, badRequest("BadRequest", "Query option '%s' was specified more than once, but it must be specified at most once.", name)
		}
		out[name] = v[0]
	}
	return out, nil
}
