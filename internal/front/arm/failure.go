package arm

import (
	"errors"
	"net/http"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/httpx"
	"github.com/alcedo-cloud/alcedo/internal/rbac"
)

// failure carries the names of the exchange to the mapper.
type failure struct {
	exchange *exchange
	err      error
}

func (f *failure) Error() string { return f.err.Error() }
func (f *failure) Unwrap() error { return f.err }

// envelope is Resource Manager's error.
// Source: github.com/Azure/azure-resource-manager-rpc, common-api-details.md, "Error Response Content".
type envelope struct {
	Error detail `json:"error"`
}

type detail struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Target  string `json:"target,omitempty"`
}

// failed is the one place in which errors become Resource Manager's.
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
	status, code := wire(domain)
	body := envelope{detail{Code: code, Message: domain.Message, Target: domain.Target}}
	switch domain.Kind {
	case fault.Internal:
		body.Error.Target = ""
		body.Error.Message = "Encountered internal server error. Diagnostic information: timestamp '" +
			x.at.Format("20060102T150405Z") + "', tracking id '" + x.request + "', request correlation id '" + x.correlation + "'."
	case fault.Denied:
		if text := denialText(err); text != "" {
			body.Error.Message = text
		}
	case fault.Unauthenticated:
		description := domain.Message
		var why *refused
		if errors.As(err, &why) {
			description = why.description
		}
		x.header["Www-Authenticate"] = []string{f.challenge(description)}
	}
	if gateways(domain.Kind) {
		x.header["X-Ms-Failure-Cause"] = []string{"gateway"}
	}
	return &httpx.Response{Status: status, Header: x.header, Body: body}
}

// wire gives the status and the code of a fault.
func wire(e *fault.Error) (int, string) {
	status, code := http.StatusInternalServerError, "InternalServerError"
	switch e.Kind {
	case fault.Invalid:
		status, code = http.StatusBadRequest, "BadRequest"
	case fault.Unauthenticated:
		status, code = http.StatusUnauthorized, "AuthenticationFailed"
	case fault.Denied:
		status, code = http.StatusForbidden, "AuthorizationFailed"
	case fault.NotFound:
		status, code = http.StatusNotFound, "NotFound"
	case fault.Exists, fault.Conflict:
		status, code = http.StatusConflict, "Conflict"
	case fault.Precondition:
		status, code = http.StatusPreconditionFailed, "PreconditionFailed"
	case fault.Unsupported:
		status, code = http.StatusMethodNotAllowed, "MethodNotAllowed"
	case fault.TooLarge:
		status, code = http.StatusRequestEntityTooLarge, "RequestContentTooLarge"
	case fault.Throttled:
		status, code = http.StatusTooManyRequests, "TooManyRequests"
	case fault.Unavailable, fault.Canceled:
		status, code = http.StatusServiceUnavailable, "ServiceUnavailable"
	}
	if e.Kind != fault.Internal && e.Reason != "" {
		code = e.Reason
	}
	return status, code
}

// gateways reports whether Azure's gateway answers a kind of error itself, without asking a provider.
func gateways(k fault.Kind) bool {
	return k == fault.Unauthenticated || k == fault.Denied || k == fault.NotFound || k == fault.Unsupported
}

// denialText words a refusal by RBAC. Source: learn.microsoft.com "Troubleshoot Azure RBAC".
func denialText(err error) string {
	var d *rbac.Denial
	if !errors.As(err, &d) {
		return ""
	}
	client := "The client '" + d.Caller.Quoted() + "' with object id '" + d.Caller.ObjectID + "' "
	if len(d.Linked) > 0 {
		actions, scopes := make([]string, len(d.Linked)), make([]string, len(d.Linked))
		for i, l := range d.Linked {
			actions[i], scopes[i] = l.Action, l.Scope.String()
		}
		return client + "has permission to perform action '" + d.Action + "' on scope '" + d.Scope.String() +
			"'; however, it does not have permission to perform action(s) '" + strings.Join(actions, ",") +
			"' on the linked scope(s) '" + strings.Join(scopes, ",") + "' (respectively) or the linked scope(s) are invalid."
	}
	lacks := "does not have authorization"
	if d.Condition {
		lacks += " or an ABAC condition not fulfilled"
	}
	return client + lacks + " to perform action '" + d.Action + "' over scope '" + d.Scope.String() +
		"' or the scope is invalid. If access was recently granted, please refresh your credentials."
}
