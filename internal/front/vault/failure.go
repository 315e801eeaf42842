package vault

import (
	"errors"
	"net/http"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/httpx"
	"github.com/alcedo-cloud/alcedo/internal/vault"
)

// failure carries the names of the exchange to the mapper.
type failure struct {
	exchange *exchange
	err      error
}

func (f *failure) Error() string { return f.err.Error() }
func (f *failure) Unwrap() error { return f.err }

// envelope is Key Vault's error. Source: learn.microsoft.com "Azure Key Vault REST API error codes".
type envelope struct {
	Error detail `json:"error"`
}

type detail struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Inner   *inner `json:"innererror,omitempty"`
}

type inner struct {
	Code string `json:"code"`
}

// failed is the one place in which errors become Key Vault's.
func (f *front) failed(r *http.Request, err error) *httpx.Response {
	x := (*exchange)(nil)
	var carried *failure
	if errors.As(err, &carried) {
		x = carried.exchange
	} else {
		x = f.begin(r) // a panic has lost its exchange
	}
	var domain *fault.Error
	if !errors.As(err, &domain) {
		domain = &fault.Error{Kind: fault.Internal}
	}
	status, body := wire(domain)
	if status == http.StatusUnauthorized {
		x.header["Www-Authenticate"] = []string{f.challenge(x.tenant)}
	}
	if status == http.StatusTooManyRequests {
		x.header["Retry-After"] = []string{"10"}
	}
	return &httpx.Response{Status: status, Header: x.header, Body: envelope{body}}
}

// wire gives the status and the body of a fault. Of most kinds the reason is the code; refusals and conflicts have one
// code, and the reason within.
func wire(e *fault.Error) (int, detail) {
	within := func(code string) detail {
		d := detail{Code: code, Message: e.Message}
		if e.Reason != "" {
			d.Inner = &inner{e.Reason}
		}
		return d
	}
	own := func(standard string) detail {
		if e.Reason != "" {
			standard = e.Reason
		}
		return detail{Code: standard, Message: e.Message}
	}
	switch e.Kind {
	case fault.Invalid:
		if e.Reason != "" && e.Reason != "BadParameter" && e.Reason != vault.NotBackup {
			return http.StatusBadRequest, within("BadParameter")
		}
		return http.StatusBadRequest, own("BadParameter")
	case fault.Unauthenticated:
		return http.StatusUnauthorized, detail{Code: "Unauthorized", Message: e.Message}
	case fault.Denied:
		return http.StatusForbidden, within("Forbidden")
	case fault.NotFound:
		return http.StatusNotFound, own("NotFound")
	case fault.Exists, fault.Conflict:
		return http.StatusConflict, within("Conflict")
	case fault.Precondition:
		return http.StatusPreconditionFailed, own("PreconditionFailed")
	case fault.Unsupported:
		if e.Reason == "MethodNotAllowed" {
			return http.StatusMethodNotAllowed, own("")
		}
		return http.StatusBadRequest, own("NotSupported")
	case fault.TooLarge:
		return http.StatusRequestEntityTooLarge, own("RequestEntityTooLarge")
	case fault.Throttled:
		return http.StatusTooManyRequests, own("Throttled")
	case fault.Unavailable, fault.Canceled:
		return http.StatusServiceUnavailable, detail{Code: "ServiceUnavailable", Message: "The service is temporarily unavailable."}
	}
	return http.StatusInternalServerError, detail{Code: "InternalServerError", Message: "An internal error has occurred."}
}
