package graph

import (
	"errors"
	"net/http"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/httpx"
	"github.com/alcedo-cloud/alcedo/internal/token"
)

// wireError is Graph's error. Source: learn.microsoft.com, "Microsoft Graph error responses and resource types".
type wireError struct {
	Error struct {
		Code       string   `json:"code"`
		Message    string   `json:"message"`
		Details    []detail `json:"details,omitempty"`
		InnerError struct {
			Date            string `json:"date"`
			RequestID       string `json:"request-id"`
			ClientRequestID string `json:"client-request-id"`
		} `json:"innerError"`
	} `json:"error"`
}

type detail struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Target  string `json:"target"`
}

// refusal is the one place in which errors become Graph's.
func (f *front) refusal(r *http.Request, err error) *httpx.Response {
	status, code, message := f.words(err)
	id := f.ids.New()
	header := make(http.Header)
	f.head(header, r, id)
	if status == http.StatusUnauthorized {
		header.Set("WWW-Authenticate", `Bearer realm="", authorization_uri="`+f.Cloud.Authority("common")+
			`/oauth2/authorize", client_id="00000003-0000-0000-c000-000000000000"`)
	}
	var body wireError
	body.Error.Code, body.Error.Message = code, message
	body.Error.InnerError.Date = f.Clock.Now().UTC().Format("2006-01-02T15:04:05")
	body.Error.InnerError.RequestID = header.Get("Request-Id")
	body.Error.InnerError.ClientRequestID = header.Get("Client-Request-Id")
	var cause *fault.Error
	if errors.As(err, &cause) && cause.Kind == fault.Exists && cause.Target != "" {
		body.Error.Details = []detail{{"ObjectConflict", message, cause.Target}}
	}
	return &httpx.Response{Status: status, Header: header, Body: body}
}

// words are status, code and message of an error.
func (f *front) words(err error) (status int, code, message string) {
	var refused *token.Refusal
	if errors.As(err, &refused) {
		return refusedToken(refused)
	}
	var method methodNotAllowed
	if errors.As(err, &method) {
		return http.StatusMethodNotAllowed, "Request_BadRequest", "Specified HTTP method is not allowed for the request target."
	}
	var d *fault.Error
	if !errors.As(err, &d) {
		d = &fault.Error{Kind: fault.Internal}
	}
	code, message = d.Reason, d.Message
	or := func(standard string) string {
		if code == "" {
			return standard
		}
		return code
	}
	switch d.Kind {
	case fault.Invalid:
		return http.StatusBadRequest, or("Request_BadRequest"), message
	case fault.Unauthenticated:
		return http.StatusUnauthorized, or("InvalidAuthenticationToken"), message
	case fault.Denied:
		return http.StatusForbidden, or("Authorization_RequestDenied"), message
	case fault.NotFound:
		return http.StatusNotFound, or("Request_ResourceNotFound"), message
	case fault.Exists:
		return existsStatus(code), or("Request_BadRequest"), message
	case fault.Conflict:
		return http.StatusConflict, or("Request_MultipleObjectsWithSameKeyValue"), message
	case fault.Precondition:
		return http.StatusPreconditionFailed, or("PreconditionFailed"), message
	case fault.Unsupported:
		return http.StatusBadRequest, or("Request_UnsupportedQuery"), message
	case fault.TooLarge:
		return http.StatusRequestEntityTooLarge, "Request_EntityTooLarge", "The request body is too large."
	case fault.Throttled:
		return http.StatusTooManyRequests, "TooManyRequests", "Too many requests."
	case fault.Unavailable, fault.Canceled:
		return http.StatusServiceUnavailable, "ServiceNotAvailable", "The service is temporarily unavailable. Please retry the request."
	default:
		return http.StatusInternalServerError, "InternalServerError", "An internal server error occurred. The operation may be retried."
	}
}

// existsStatus tells the conflicts that Graph answers with 409 from those that it calls bad requests.
func existsStatus(code string) int {
	if code == "" || code == "Request_BadRequest" {
		return http.StatusBadRequest
	}
	return http.StatusConflict
}

// refusedToken words the refusal of a token.
func refusedToken(r *token.Refusal) (status int, code, message string) {
	const invalid = "InvalidAuthenticationToken"
	switch r.Reason {
	case token.Malformed:
		return http.StatusUnauthorized, invalid, "CompactToken parsing failed with error code: 80049217"
	case token.Expired:
		return http.StatusUnauthorized, invalid, "Lifetime validation failed, the token is expired."
	case token.NotYetValid:
		return http.StatusUnauthorized, invalid, "Lifetime validation failed, the token is not valid yet."
	case token.Audience:
		return http.StatusUnauthorized, invalid, "Access token validation failure. Invalid audience."
	case token.Issuer, token.Tenant:
		return http.StatusUnauthorized, invalid, "Access token validation failure. Invalid issuer."
	case token.Subject:
		return http.StatusUnauthorized, "Authorization_IdentityNotFound", "The identity of the calling application could not be established."
	default:
		return http.StatusUnauthorized, invalid, "Access token validation failure. Invalid signature."
	}
}

// methodNotAllowed is a path that exists with another method.
type methodNotAllowed struct{}

func (methodNotAllowed) Error() string { return "method not allowed" }

func badRequest(code, format string, args ...any) error {
	return fault.Newf(fault.Invalid, "graph", code, format, args...)
}

func unsupported(format string, args ...any) error {
	return fault.Newf(fault.Unsupported, "graph", "Request_UnsupportedQuery", format, args...)
}
