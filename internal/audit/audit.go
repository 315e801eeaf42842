// Package audit is the door of every service: it asks for a decision, records it, and turns a refusal into an error. The
// record answers "alcedo explain". It must never decide anything itself.
package audit

import (
	"context"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/caller"
	"github.com/alcedo-cloud/alcedo/internal/rbac"
)

// Entry is one recorded decision.
type Entry struct {
	Sequence   uint64        `json:"sequence"`
	Time       time.Time     `json:"time"`
	RequestID  string        `json:"requestId,omitempty"` // x-ms-correlation-request-id of the request
	Caller     caller.Caller `json:"caller"`
	Action     string        `json:"action"`
	Data       bool          `json:"dataAction,omitempty"`
	Scope      string        `json:"scope"`
	Allowed    bool          `json:"allowed"`
	Assignment string        `json:"assignment,omitempty"` // id of the role assignment that allowed it
	Role       string        `json:"role,omitempty"`       // its role's name
	RoleScope  string        `json:"roleScope,omitempty"`  // the scope of that assignment
	AssignedTo string        `json:"assignedTo,omitempty"` // its principal: the caller, or a group that the caller is in
	Condition  bool          `json:"conditionNotFulfilled,omitempty"`
	Deny       string        `json:"denyAssignment,omitempty"`
	Rule       string        `json:"rule,omitempty"` // the service's own rule that decided, in words
}

// Recorder takes decisions that a service has made by rules of its own, in place of roles: a vault's access policies, a
// firewall. Log is the one that serves.
type Recorder interface {
	Record(c caller.Caller, r rbac.Request, d rbac.Decision)
}

// Door is what services ask before they do anything.
type Door interface {
	// Authorize decides and records. A refusal is a fault of kind Denied, reason "AuthorizationFailed", whose cause is a
	// *rbac.Denial.
	Authorize(ctx context.Context, c caller.Caller, r rbac.Request) error
	// Permits decides without recording, for lists that show only what the caller may read.
	Permits(ctx context.Context, c caller.Caller, r rbac.Request) (bool, error)
}
