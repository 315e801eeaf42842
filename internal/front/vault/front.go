// Package vault speaks Key Vault's wire protocol: the challenge that every client expects first, bearer tokens,
// api-versions, the paths of secrets, keys and certificates, and the error envelope. It holds no rule about who may do
// what, nor about what an object may be: the service does.
package vault

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/caller"
	"github.com/alcedo-cloud/alcedo/internal/cloud"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/httpx"
	"github.com/alcedo-cloud/alcedo/internal/vault"
)

// Verifier says whose a bearer token is; token.Verifier does. Its refusals are faults Unauthenticated whose cause is a
// *token.Refusal.
type Verifier interface {
	Verify(ctx context.Context, raw string, service cloud.Service) (caller.Caller, error)
}

// Config is what the front is made of.
type Config struct {
	Vaults   *vault.Service
	Verifier Verifier
	Cloud    cloud.Cloud
	TenantID string    // GUID
	Rand     io.Reader // of request ids
	Log      *slog.Logger
}

// front is the handler of the vaults' host names.
type front struct {
	Config
	ids    *httpx.IDs
	fixed  http.Header        // of every answer
	routes map[string][]route // by method
}

// New returns the handler of {vault}.vault…
func New(c Config) http.Handler {
	f := &front{Config: c, ids: httpx.NewIDs(c.Rand), fixed: fixedHeader(), routes: make(map[string][]route)}
	for _, rt := range f.table() {
		f.routes[rt.method] = append(f.routes[rt.method], rt)
	}
	return httpx.Adapt(f.answer, f.failed, c.Log)
}

// request is one call of an operation.
type request struct {
	*http.Request
	access  vault.Access
	version apiVersion
	params  map[string]string
	base    string // https://{vault host}
	body    []byte
}

// ctx is the request's.
func (rq *request) ctx() context.Context { return rq.Context() }

// answer makes the checks that come before the service's, in Key Vault's order: the vault, the token, the api-version,
// the path. The body is read last: a client's first request has none, and expects the challenge.
func (f *front) answer(r *http.Request) (*httpx.Response, error) {
	x := f.begin(r)
	resp, err := f.serve(r, x)
	if err != nil {
		return nil, &failure{exchange: x, err: err}
	}
	header := x.header
	for name, values := range resp.Header {
		header[name] = values
	}
	return &httpx.Response{Status: resp.Status, Header: header, Body: resp.Body}, nil
}

func (f *front) serve(r *http.Request, x *exchange) (*httpx.Response, error) {
	host, ok := f.Cloud.Host(r.Host)
	if !ok || host.Kind != cloud.HostVault {
		return nil, fault.New(fault.NotFound, "front/vault", "VaultNotFound", "The host is not that of a vault.")
	}
	v, ok, err := f.Vaults.Vault(r.Context(), host.Account)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, fault.Newf(fault.NotFound, "front/vault", "VaultNotFound", "The vault '%s' was not found.", host.Account)
	}
	x.of(v)
	who, err := f.authenticate(r)
	if err != nil {
		return nil, err
	}
	who.RequestID = x.request
	rq := &request{Request: r, base: "https://" + strings.ToLower(r.Host)}
	rq.access = vault.Access{Caller: who, Vault: host.Account, ClientIP: clientAddress(r)}
	if rq.version, err = readVersion(r); err != nil {
		return nil, err
	}
	rt, params, err := f.match(r)
	if err != nil {
		return nil, err
	}
	rq.params = params
	if r.Method == http.MethodPut || r.Method == http.MethodPost || r.Method == http.MethodPatch {
		if rq.body, err = httpx.ReadBody(r, httpx.MaxBody); err != nil {
			return nil, err
		}
	}
	return rt.handle(rq)
}

// clientAddress is where a request comes from, as far as the connection tells.
func clientAddress(r *http.Request) netip.Addr {
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return at.Addr().Unmap()
}
