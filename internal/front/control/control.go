// Package control serves the operator's door: status, the first credentials, the variables of alcedo env, decisions,
// stop. It answers on a unix socket only and knows no credential: whoever can open the socket owns the instance.
package control

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strconv"

	"github.com/alcedo-cloud/alcedo/internal/audit"
	wire "github.com/alcedo-cloud/alcedo/internal/control"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/httpx"
)

// Config is what the door opens on.
type Config struct {
	Status      func(context.Context) (wire.Status, error)
	Credentials func(context.Context) (wire.Credentials, error)
	Environment func(ctx context.Context, machine, group string) (wire.Environment, error)
	Decisions   func(context.Context, wire.Query) ([]audit.Explanation, error)
	Check       func(context.Context) ([]wire.Finding, error)
	Stop        func()
	Log         *slog.Logger
}

// New returns the handler of the control socket.
func New(c Config) http.Handler {
	mux := http.NewServeMux()
	handle := func(pattern string, h httpx.Handler) { mux.Handle(pattern, httpx.Adapt(h, failure, c.Log)) }
	handle("GET "+wire.PathStatus, func(r *http.Request) (*httpx.Response, error) {
		return ok(c.Status(r.Context()))
	})
	handle("GET "+wire.PathCredentials, func(r *http.Request) (*httpx.Response, error) {
		return ok(c.Credentials(r.Context()))
	})
	handle("GET "+wire.PathEnvironment, func(r *http.Request) (*httpx.Response, error) {
		q := r.URL.Query()
		return ok(c.Environment(r.Context(), q.Get("vm"), q.Get("group")))
	})
	handle("GET "+wire.PathDecisions, func(r *http.Request) (*httpx.Response, error) {
		query, err := decisions(r)
		if err != nil {
			return nil, err
		}
		return ok(c.Decisions(r.Context(), query))
	})
	handle("POST "+wire.PathCheck, func(r *http.Request) (*httpx.Response, error) {
		return ok(c.Check(r.Context()))
	})
	handle("POST "+wire.PathStop, func(*http.Request) (*httpx.Response, error) {
		c.Stop()
		return ok(struct{}{}, nil)
	})
	return mux
}

func decisions(r *http.Request) (wire.Query, error) {
	q := r.URL.Query()
	most := 0
	if text := q.Get("most"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			return wire.Query{}, fault.Newf(fault.Invalid, "control.decisions", "", "most=%q is no number of decisions", text)
		}
		most = n
	}
	return wire.Query{Most: most, Denied: q.Get("denied") == "true", Caller: q.Get("caller"), Action: q.Get("action")}, nil
}

func ok[T any](v T, err error) (*httpx.Response, error) {
	if err != nil {
		return nil, err
	}
	return &httpx.Response{Status: http.StatusOK, Body: v}, nil
}

// failure words errors for the operator, who may read the cause of an internal one too.
func failure(_ *http.Request, err error) *httpx.Response {
	status := http.StatusInternalServerError
	message := err.Error()
	var f *fault.Error
	if errors.As(err, &f) && f.Kind != fault.Internal {
		status = http.StatusBadRequest
		if f.Kind == fault.NotFound {
			status = http.StatusNotFound
		}
		message = f.Message
	}
	body, err := json.Marshal(wire.Failure{Message: message})
	if err != nil {
		body = nil // a struct of one string always marshals
	}
	return &httpx.Response{Status: status, Body: body}
}
