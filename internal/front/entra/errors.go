package entra

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/google/uuid"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/httpx"
	"github.com/alcedo-cloud/alcedo/internal/sts"
)

// refusal is the body of every error. Source: learn.microsoft.com, "Microsoft Entra authentication and authorization
// error codes".
type refusal struct {
	Error         string `json:"error"`
	Description   string `json:"error_description"`
	Codes         []int  `json:"error_codes"`
	Timestamp     string `json:"timestamp"`
	TraceID       string `json:"trace_id"`
	CorrelationID string `json:"correlation_id"`
	URI           string `json:"error_uri"`
}

// wrongMethod is a request with a method that the endpoint does not take.
type wrongMethod struct{ allowed, got string }

func (w *wrongMethod) Error() string {
	return fmt.Sprintf("The endpoint only accepts %s requests. Received a %s request.", w.allowed, w.got)
}

// unknownTenant is a refusal of the tenant by a discovery document, which has a code of its own.
type unknownTenant struct{ error }

func (u *unknownTenant) Unwrap() error { return u.error }

// tenantOfAnotherCloud is what this cloud's instance says at another cloud's name.
func tenantOfAnotherCloud(name string) error {
	return &unknownTenant{fault.Newf(fault.Invalid, "entra", "AADSTS90002", "Tenant '%s' not found. Check to make sure you have the "+
		"correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if "+
		"there are no active subscriptions for the tenant.", name)}
}

// mapError is the one place where errors become Entra's.
func (f *front) mapError(r *http.Request, err error) *httpx.Response {
	var method *wrongMethod
	if errors.As(err, &method) {
		resp := f.refusal(r, http.StatusMethodNotAllowed, 900561, "invalid_request", method.Error())
		withAllow(resp.Header, method.allowed)
		return resp
	}
	var known *fault.Error
	if code := sts.Code(err); code != 0 && errors.As(err, &known) {
		status, name := meaning(code, known)
		var tenant *unknownTenant
		if errors.As(err, &tenant) && code == 90002 {
			name = "invalid_tenant"
		}
		return f.refusal(r, status, code, name, known.Message)
	}
	switch fault.KindOf(err) {
	case fault.TooLarge:
		return f.refusal(r, http.StatusRequestEntityTooLarge, 9002313, "invalid_request", "Invalid request. Request is malformed or invalid.")
	case fault.Invalid:
		return f.refusal(r, http.StatusBadRequest, 9002313, "invalid_request", "Invalid request. Request is malformed or invalid.")
	case fault.Throttled:
		return f.refusal(r, http.StatusTooManyRequests, 90055, "temporarily_unavailable", "The request was throttled due to too many requests.")
	case fault.Unavailable, fault.Canceled:
		return f.refusal(r, http.StatusServiceUnavailable, 90033, "temporarily_unavailable", "A transient error has occurred. Please try again.")
	default:
		return f.refusal(r, http.StatusInternalServerError, 50000, "server_error", "There was an error issuing a token.")
	}
}

// meaning is the status and the OAuth code of a refusal. What is not listed is what its kind says.
func meaning(code int, f *fault.Error) (status int, name string) {
	switch code {
	case 90002, 900023, 50166:
		return http.StatusBadRequest, "invalid_request"
	case 50049:
		return http.StatusBadRequest, "invalid_instance"
	case 500011, 500014:
		return http.StatusBadRequest, "invalid_resource"
	case 70011, 1002012, 28000:
		return http.StatusBadRequest, "invalid_scope"
	case 650053:
		return http.StatusBadRequest, "invalid_client"
	case 70003:
		return http.StatusBadRequest, "unsupported_grant_type"
	case 700016, 7000112, 7000229:
		return http.StatusBadRequest, "unauthorized_client"
	case 70016:
		return http.StatusBadRequest, "authorization_pending"
	case 70018:
		return http.StatusBadRequest, "bad_verification_code"
	case 70020:
		return http.StatusBadRequest, "expired_token"
	case 700054:
		return http.StatusBadRequest, "unsupported_response_type"
	case 50013, 500131, 500133, 240002, 7000114, 50034, 50053, 50057, 50126, 50173, 500341, 54005, 501481, 70000, 70008, 700082:
		return http.StatusBadRequest, "invalid_grant"
	case 9002313:
		if f.Target == "refresh_token" || f.Target == "code" || f.Target == "device_code" {
			return http.StatusBadRequest, "invalid_grant"
		}
	}
	if f.Kind == fault.Unauthenticated {
		return http.StatusUnauthorized, "invalid_client"
	}
	return http.StatusBadRequest, "invalid_request"
}

// refusal writes an error as Entra does: the text is followed by three lines that support asks for.
func (f *front) refusal(r *http.Request, status, code int, name, text string) *httpx.Response {
	header := f.header(r)
	correlation := clientRequestID(r)
	if correlation == "" {
		correlation = f.ids.New()
	}
	body := refusal{
		Error: name, Codes: []int{code}, Timestamp: f.clock.Now().UTC().Format("2006-01-02 15:04:05Z"),
		TraceID: header.Get("X-Ms-Request-Id"), CorrelationID: correlation,
		URI: fmt.Sprintf("https://%s/error?code=%d", f.cloud.Login, code),
	}
	body.Description = fmt.Sprintf("AADSTS%d: %s\r\nTrace ID: %s\r\nCorrelation ID: %s\r\nTimestamp: %s",
		code, text, body.TraceID, body.CorrelationID, body.Timestamp)
	return &httpx.Response{Status: status, Header: header, Body: body}
}

// clientRequestID is the GUID by which the client names its request, in a header or, of some clients, in the query.
func clientRequestID(r *http.Request) string {
	text := r.Header.Get("Client-Request-Id")
	if text == "" {
		text, _ = httpx.Value(r.URL.Query(), "client-request-id")
	}
	if len(text) != 36 {
		return ""
	}
	id, err := uuid.Parse(text)
	if err != nil {
		return ""
	}
	return strings.ToLower(id.String())
}
