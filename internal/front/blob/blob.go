// Package blob speaks Azure Blob Storage's REST API: it finds account, container and blob in host and path, chooses the
// operation, verifies the credential (a token, an account key's signature, a shared access signature), and writes
// answers in headers and XML. It must never know how anything is stored, nor who may do what: package internal/blob does.
package blob

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/blob"
	"github.com/alcedo-cloud/alcedo/internal/caller"
	"github.com/alcedo-cloud/alcedo/internal/clock"
	"github.com/alcedo-cloud/alcedo/internal/cloud"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/httpx"
	"github.com/alcedo-cloud/alcedo/internal/token"
)

// Verifier says whose a token is. *token.Verifier is one.
type Verifier interface {
	Verify(ctx context.Context, raw string, service cloud.Service) (caller.Caller, error)
	Claims(ctx context.Context, raw string) (token.Claims, error)
}

// Config is what the front speaks for.
type Config struct {
	Service  *blob.Service
	Verifier Verifier
	Cloud    cloud.Cloud
	TenantID string // GUID
	Clock    clock.Clock
	Rand     io.Reader // of request ids
	Log      *slog.Logger
	// DelegationSecret is what user delegation keys are made from: 32 random bytes that this instance keeps.
	DelegationSecret []byte
	// PathStyle takes the account from the path's first segment where the host is none of the cloud's: for a
	// development listener on an address.
	PathStyle bool
}

// front answers for every account.
type front struct {
	Config
	ids    *httpx.IDs
	codes  map[string]code
	routes map[routeKey][]operation
}

// New returns the handler of the blob and website hosts. Its route must set no limit to bodies: it streams them.
func New(c Config) http.Handler {
	f := &front{Config: c, ids: httpx.NewIDs(c.Rand), codes: codes()}
	f.routes = index(f.operations())
	return f
}

// answer runs the phases of a request.
func (f *front) answer(x *exchange) (*answer, error) {
	var err error
	if x.query, err = httpx.Query(x.r); err != nil {
		return nil, &fault.Error{Kind: fault.Invalid, Op: "front/blob", Reason: "InvalidUri", Cause: err}
	}
	if x.place, err = f.locate(x.r.Host, x.r.URL); err != nil {
		return nil, err
	}
	account, ok, err := f.Service.Account(x.r.Context(), x.place.account)
	if err != nil {
		return nil, err
	}
	if !ok || x.place.secondary && !account.Secondary {
		return nil, refusal(fault.NotFound, "ResourceNotFound")
	}
	x.account = account
	if err := x.readVersion(); err != nil {
		return nil, err
	}
	x.set("x-ms-version", x.version)
	if err := f.connection(x); err != nil {
		return nil, err
	}
	if x.r.Method == http.MethodOptions {
		return f.preflight(x)
	}
	f.allowOrigin(x)
	if x.place.web {
		return f.site(x)
	}
	op, err := f.route(x)
	if err != nil {
		return nil, err
	}
	if x.nested && !x.batchable() {
		return nil, refusal(fault.Invalid, "InvalidInput")
	}
	if err := f.authenticate(x); err != nil {
		return nil, err
	}
	if x.access.By == blob.Anonymous && x.r.Method != http.MethodGet && x.r.Method != http.MethodHead {
		return nil, f.unnamed(x) // before anything of the body is read
	}
	end, err := x.limitTime()
	if err != nil {
		return nil, err
	}
	defer end()
	return f.run(x, op)
}

// run calls the operation, and says what nobody may do as the version wants it said.
func (f *front) run(x *exchange, op operation) (*answer, error) {
	a, err := op.handle(x)
	if fault.ReasonOf(err) == "NoAuthenticationInformation" {
		return nil, f.unnamed(x)
	}
	return a, timedOut(x, err)
}

// connection checks what account and firewall ask of the connection.
func (f *front) connection(x *exchange) error {
	if x.account.SupportsHTTPSTrafficOnly && x.r.TLS == nil {
		return refusal(fault.Invalid, "AccountRequiresHttps")
	}
	if x.r.TLS != nil && x.r.TLS.Version < minimumTLS(x.account.MinimumTLSVersion) {
		return detailed(fault.Invalid, "TlsVersionNotPermitted", &detail{
			message: "The TLS version of the connection is not permitted on this storage account.",
		})
	}
	if !x.account.Network.Admits(clientIP(x.r)) {
		return refusal(fault.Denied, "AuthorizationFailure")
	}
	if x.place.secondary && x.r.Method != http.MethodGet && x.r.Method != http.MethodHead && x.r.Method != http.MethodOptions {
		return detailed(fault.Denied, "InsufficientAccountPermissions", &detail{message: "Write operations are not allowed."})
	}
	return nil
}

// minimumTLS is an account's minimumTlsVersion as package tls numbers it.
func minimumTLS(name string) uint16 {
	switch strings.ToUpper(name) {
	case "TLS1_1":
		return 0x0302
	case "TLS1_2":
		return 0x0303
	case "TLS1_3":
		return 0x0304
	default:
		return 0x0301
	}
}
