package imds

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/httpx"
)

// refusal is an error in IMDS's own words. The identity category answers with error and error_description, the others
// with error alone. Source: the service's swagger (ErrorResponse, IdentityErrorResponse).
type refusal struct {
	status   int
	code     string
	text     string
	identity bool
	allow    string   // of 405
	newest   []string // api-versions to name
}

func (r *refusal) Error() string { return r.code + ": " + r.text }

func invalid(identity bool, text string) error {
	return &refusal{status: http.StatusBadRequest, code: "invalid_request", text: text, identity: identity}
}

// failure is the one place in which errors become answers of the metadata service.
func (e *endpoint) failure(r *http.Request, err error) *httpx.Response {
	var known *refusal
	if !errors.As(err, &known) {
		c, _ := route(r.URL.Path)
		known = translate(err, c == token || c == info)
	}
	h := http.Header{"Server": serverHeader, "Content-Type": jsonHeader}
	if known.allow != "" {
		h.Set("Allow", known.allow)
	}
	return &httpx.Response{Status: known.status, Header: h, Body: known.body()}
}

func (r *refusal) body() []byte {
	var v any
	switch {
	case r.identity:
		v = struct {
			Error       string `json:"error"`
			Description string `json:"error_description"`
		}{r.code, r.text}
	default:
		v = struct {
			Error  string   `json:"error"`
			Newest []string `json:"newest-versions,omitempty"`
		}{r.text, r.newest}
	}
	text, err := json.Marshal(v)
	if err != nil {
		return nil // strings always marshal
	}
	return text
}

// translate words a fault of the services below. An identity that is not there is 400, never 404: clients retry 404.
func translate(err error, identity bool) *refusal {
	var f *fault.Error
	if !errors.As(err, &f) {
		f = &fault.Error{}
	}
	switch f.Kind {
	case fault.Invalid, fault.NotFound, fault.Conflict, fault.Precondition:
		if !identity && f.Kind == fault.NotFound {
			return &refusal{status: http.StatusNotFound, text: "Not found"}
		}
		code, text := "invalid_request", f.Message
		if strings.HasPrefix(f.Reason, "AADSTS") {
			if !strings.HasPrefix(text, "AADSTS") {
				text = f.Reason + ": " + text
			}
			if strings.HasPrefix(f.Reason, "AADSTS5000") { // an audience that is not known, or is switched off
				code = "invalid_resource"
			}
		}
		return &refusal{status: http.StatusBadRequest, code: code, text: text, identity: identity}
	case fault.Throttled:
		return tooMany(identity)
	case fault.Unavailable, fault.Canceled:
		return &refusal{status: http.StatusServiceUnavailable, code: "service_unavailable", text: "Service unavailable", identity: identity}
	case fault.Unauthenticated, fault.Denied:
		return &refusal{status: http.StatusBadRequest, code: "unauthorized_client", text: f.Message, identity: identity}
	}
	if !identity {
		return &refusal{status: http.StatusInternalServerError, text: "Internal server error"}
	}
	return &refusal{
		status: http.StatusInternalServerError, code: "unknown", identity: true,
		text: "Failed to retrieve token from the Active directory. For details see logs of the host",
	}
}

func tooMany(identity bool) *refusal {
	return &refusal{
		status: http.StatusTooManyRequests, code: "too_many_requests", text: "Temporarily throttled, too many requests", identity: identity,
	}
}
