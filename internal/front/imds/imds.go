// Package imds speaks the protocol of the Azure Instance Metadata Service, which machines find at 169.254.169.254, and
// the App Service and Cloud Shell forms of its token request. Which machine asks is settled by the listener that a
// connection came in on; the package must never take that from anything a client says, nor hold a rule about who may
// have which identity.
package imds

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/clock"
	"github.com/alcedo-cloud/alcedo/internal/cloud"
	"github.com/alcedo-cloud/alcedo/internal/httpx"
	"github.com/alcedo-cloud/alcedo/internal/identity"
	"github.com/alcedo-cloud/alcedo/internal/resource"
	"github.com/alcedo-cloud/alcedo/internal/sts"
)

// Identities issues tokens for the identities of machines. identity.Service is the one that serves.
type Identities interface {
	Token(ctx context.Context, machine resource.ID, sel identity.Selector, audience string, bypass bool) (sts.MIToken, error)
}

// Resources reads the documents of machines. resource.Service is the one that serves.
type Resources interface {
	Get(ctx context.Context, id resource.ID) (*resource.Document, error)
}

// Config is what the front speaks for.
type Config struct {
	Identities Identities
	Resources  Resources
	Cloud      cloud.Cloud
	TenantID   string // GUID
	Clock      clock.Clock
	Rand       io.Reader // for correlation ids
	Log        *slog.Logger
	Limits     Limits // the zero value limits nothing
}

// Front answers for all machines.
type Front struct {
	Config
}

// New returns the front.
func New(c Config) *Front { return &Front{Config: c} }

// server is the product that answers, as clients record it.
const server = "IMDS/150.870.65.1475"

// For is the service of one machine: what arrives on a listener of its own is asked by that machine and nobody else.
func (f *Front) For(machine resource.ID) http.Handler {
	e := &endpoint{Front: f, machine: machine, limits: newLimiter(f.Limits, f.Clock)}
	return httpx.Adapt(e.answer, e.failure, f.Log)
}

// endpoint is the metadata service of one machine.
type endpoint struct {
	*Front
	machine resource.ID
	limits  *limiter
}

// category is a group of paths that share parameters, limits and the shape of errors.
type category uint8

const (
	unknown category = iota
	token
	info
	instance
	attested
	events
	versions
)

// route settles the category of a path. Doubled and trailing slashes do not count (Java's client doubles one, Node's
// appends one), nor does case. rest is what remains for the instance tree to walk.
func route(path string) (c category, rest []string) {
	if path == tokenPath {
		return token, nil // what nearly every request says
	}
	segments := strings.FieldsFunc(path, func(r rune) bool { return r == '/' })
	is := func(want ...string) bool {
		if len(segments) < len(want) {
			return false
		}
		for i, w := range want {
			if !strings.EqualFold(segments[i], w) {
				return false
			}
		}
		return true
	}
	switch {
	case is("metadata", "instance"):
		return instance, segments[2:]
	case len(segments) == 4 && is("metadata", "identity", "oauth2", "token"):
		return token, nil
	case len(segments) == 3 && is("metadata", "identity", "info"):
		return info, nil
	case len(segments) == 3 && is("metadata", "attested", "document"):
		return attested, nil
	case len(segments) == 2 && is("metadata", "scheduledevents"):
		return events, nil
	case len(segments) == 2 && is("metadata", "versions"):
		return versions, nil
	}
	return unknown, nil
}

const tokenPath = "/metadata/identity/oauth2/token"

// answer takes a request through the checks in IMDS's order: an unknown path is 404 whatever its headers (clients probe
// for later versions of the service that way), then the method, then the headers, then the query.
func (e *endpoint) answer(r *http.Request) (*httpx.Response, error) {
	c, rest := route(r.URL.Path)
	if c == unknown {
		return nil, &refusal{status: http.StatusNotFound, code: "not_found", text: "Not found", identity: identityPath(r.URL.Path)}
	}
	q, err := e.admit(r, c)
	if err != nil {
		return nil, err
	}
	release, err := e.limits.enter(c)
	if err != nil {
		return nil, err
	}
	defer release()
	switch c {
	case token:
		return e.token(r.Context(), q)
	case info:
		return e.info(q)
	case instance:
		return e.instance(r.Context(), q, rest)
	case attested:
		return e.attested(q)
	case events:
		return e.events(q)
	default:
		return e.versions()
	}
}

// admit checks the method and the headers and reads the query.
func (e *endpoint) admit(r *http.Request, c category) (query, error) {
	id := c == token || c == info
	if r.Method != http.MethodGet {
		return query{}, &refusal{
			status: http.StatusMethodNotAllowed, code: "method_not_allowed", text: "Method not allowed", identity: id, allow: "GET",
		}
	}
	if err := checkHeaders(r.Header, id); err != nil {
		return query{}, err
	}
	q, err := parseQuery(r.URL.RawQuery)
	if err != nil {
		return query{}, invalid(id, "Bad request: "+err.Error())
	}
	return q, nil
}

// checkHeaders refuses what a forwarded or forged request looks like. The identity category insists on "true" in lower
// case; the others take it in any.
func checkHeaders(h http.Header, identity bool) error {
	values := h["Metadata"]
	ok := len(values) == 1 && (values[0] == "true" || !identity && strings.EqualFold(values[0], "true"))
	if !ok {
		return invalid(identity, "Required metadata header not specified")
	}
	if _, forwarded := h["X-Forwarded-For"]; forwarded {
		return invalid(identity, "Request must not contain the X-Forwarded-For header")
	}
	return nil
}

func identityPath(path string) bool {
	segments := strings.FieldsFunc(path, func(r rune) bool { return r == '/' })
	return len(segments) > 1 && strings.EqualFold(segments[0], "metadata") && strings.EqualFold(segments[1], "identity")
}
