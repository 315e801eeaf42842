package sas

import "github.com/alcedo-cloud/alcedo/internal/fault"

// Refusal is why a signature was not accepted: the text of AuthenticationErrorDetail. It is the cause of the faults with
// the reason AuthenticationFailed.
type Refusal struct{ Detail string }

// Error is the refusal for logs.
func (r *Refusal) Error() string { return r.Detail }

// The reasons of this package's faults are Azure's error codes.
const (
	AuthenticationFailed       = "AuthenticationFailed"
	PermissionMismatch         = "AuthorizationPermissionMismatch"
	ServiceMismatch            = "AuthorizationServiceMismatch"
	ResourceTypeMismatch       = "AuthorizationResourceTypeMismatch"
	SourceIPMismatch           = "AuthorizationSourceIPMismatch"
	ProtocolMismatch           = "AuthorizationProtocolMismatch"
	InvalidQueryParameterValue = "InvalidQueryParameterValue"
)

func unauthenticated(detail string) error {
	return &fault.Error{
		Kind: fault.Unauthenticated, Op: "sas", Reason: AuthenticationFailed, Cause: &Refusal{Detail: detail},
		Message: "Server failed to authenticate the request. Make sure the value of Authorization header is formed correctly " +
			"including the signature.",
	}
}

// mandatory is the refusal of a signature that lacks a field.
func mandatory(name string) error { return unauthenticated(name + " is mandatory. Cannot be empty") }

// malformed is the refusal of a field that cannot be read.
func malformed(name string) error {
	return unauthenticated("Signature fields not well formed. " + name + " cannot be read.")
}

func denied(code, using string) error {
	return fault.New(fault.Denied, "sas", code, "This request is not authorized to perform this operation"+using+".")
}

func invalidParameter(name string) error {
	f := fault.New(fault.Invalid, "sas", InvalidQueryParameterValue,
		"Value for one of the query parameters specified in the request URI is invalid.")
	f.Target = name
	return f
}
