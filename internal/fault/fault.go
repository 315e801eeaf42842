// Package fault has the errors of alcedo's domain: what went wrong, in which operation, and what may be told to the
// client. It knows no protocol: each front has one mapper that turns a fault into its own status and code.
package fault

import (
	"errors"
	"fmt"
	"strings"
)

// Kind says what sort of thing went wrong. Callers match by kind (or by Reason), never by text.
type Kind uint8

// The kinds of faults. The zero Kind is Internal, so that an error of unknown origin never reads as something milder.
const (
	Internal        Kind = iota // a defect or an I/O failure of ours; its text is kept from clients
	Invalid                     // the request is malformed or breaks a rule
	Unauthenticated             // nobody, or a credential that does not hold
	Denied                      // somebody who may not
	NotFound                    // what the request names is not there
	Exists                      // what the request would create is there already
	Conflict                    // the state of the thing forbids the request
	Precondition                // If-Match or If-None-Match did not hold
	Unsupported                 // Azure has it, alcedo has not: see docs/divergences.md
	TooLarge                    // a body, name or list over its limit
	Throttled                   // too many requests
	Unavailable                 // try again later: the disk is full, the database is away
	Canceled                    // the client went away
)

var kindNames = [...]string{
	"internal error", "invalid", "unauthenticated", "denied", "not found", "exists", "conflict",
	"precondition failed", "unsupported", "too large", "throttled", "unavailable", "canceled",
}

// String names the kind for logs.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return fmt.Sprintf("kind %d", uint8(k))
}

// Error is a domain error.
type Error struct {
	Kind    Kind
	Op      string // package and operation, "directory.CreateUser"; for logs only
	Reason  string // Azure's own name of the case where it has one, "RoleAssignmentExists"; "" otherwise
	Message string // may be shown to the client; "" for Internal
	Target  string // the parameter or property at fault, where the protocol has a place for it
	Cause   error  // for logs and errors.As; never shown
}

// New returns a fault. Message is what the client may read.
func New(kind Kind, op, reason, message string) *Error {
	return &Error{Kind: kind, Op: op, Reason: reason, Message: message}
}

// Newf is New with a formatted message.
func Newf(kind Kind, op, reason, format string, args ...any) *Error {
	return &Error{Kind: kind, Op: op, Reason: reason, Message: fmt.Sprintf(format, args...)}
}

// Wrap says which operation met err. A fault keeps its kind, reason and message; anything else becomes Internal.
// Wrap of nil is nil.
func Wrap(op string, err error) error {
	if err == nil {
		return nil
	}
	var f *Error
	if errors.As(err, &f) {
		return &Error{Kind: f.Kind, Op: op, Reason: f.Reason, Message: f.Message, Target: f.Target, Cause: err}
	}
	return &Error{Kind: Internal, Op: op, Cause: err}
}

// Error is the text for logs: operation, kind, message and cause.
func (e *Error) Error() string {
	parts := make([]string, 0, 4)
	for _, p := range []string{e.Op, e.Reason, e.Message} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	if len(parts) == 0 || e.Message == "" && e.Cause == nil {
		parts = append(parts, e.Kind.String())
	}
	if e.Cause != nil {
		parts = append(parts, e.Cause.Error())
	}
	return strings.Join(parts, ": ")
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Cause }

// KindOf is the kind of err: Internal where err is no fault.
func KindOf(err error) Kind {
	var f *Error
	if errors.As(err, &f) {
		return f.Kind
	}
	return Internal
}

// ReasonOf is the reason of err, or "".
func ReasonOf(err error) string {
	var f *Error
	if errors.As(err, &f) {
		return f.Reason
	}
	return ""
}

// Is reports whether err is a fault of that kind.
func Is(err error, kind Kind) bool { return err != nil && KindOf(err) == kind }
