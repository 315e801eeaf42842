// Package rbac decides who may do what, where: roles, scopes, patterns of actions, conditions and one pure function
// from an assignment index and a request to a decision. It must never know where assignments are stored, which protocol
// asked or how a refusal is worded.
package rbac

import (
	"context"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/caller"
)

// PrincipalType is the sort of principal that an assignment names.
type PrincipalType string

// The principal types of role assignments.
const (
	User             PrincipalType = "User"
	Group            PrincipalType = "Group"
	ServicePrincipal PrincipalType = "ServicePrincipal"
	ForeignGroup     PrincipalType = "ForeignGroup"
	Device           PrincipalType = "Device"
)

// Request is what a caller wants to do.
type Request struct {
	Action     string     // "Microsoft.Resources/subscriptions/resourceGroups/read", in Azure's spelling
	Data       bool       // a data action
	Scope      Scope      // the resource that it would be done to
	Attributes Attributes // what conditions may ask about; nil where nothing is known
	Principals []string   // object ids of the caller's groups, direct and through others; the caller itself is not in it
	Now        time.Time  // when it is asked, for @Environment[UtcNow]; the zero Time where nothing asks
}

// Attributes answers for the attributes that conditions name.
type Attributes interface {
	// Attribute gives the values of source's attribute: source is "Resource", "Request", "Principal" or "Environment",
	// name is as between the brackets, "Microsoft.Storage/storageAccounts/blobServices/containers:name". ok is false
	// where the attribute is absent, which makes the comparison false.
	Attribute(source, name string) (values []string, ok bool)
}

// Decision says whether a request is allowed, and because of what.
type Decision struct {
	Allowed    bool
	Assignment *Assignment // the assignment that allows, or nil; of a denial, one whose condition alone did not hold
	Role       *Role       // its role
	Condition  bool        // a denial in which a condition that was not fulfilled took part
	Deny       string      // id of the deny assignment that refused; "" otherwise
	Rule       string      // in words, the service's own rule that decided in place of roles: an access policy; "" otherwise
}

// Decider answers requests of callers as of now. assignments.Service is the one that serves.
type Decider interface {
	Decide(ctx context.Context, c caller.Caller, r Request) (Decision, error)
}

// Denial is the cause of a fault of kind Denied: what a refusal quotes, in whatever words its protocol has.
type Denial struct {
	Caller    caller.Caller
	Action    string
	Scope     Scope
	Linked    []Link // what was missing on other resources, where Action itself was allowed
	Condition bool   // a condition was not fulfilled
}

// Link is a missing permission on a resource that the request refers to.
type Link struct {
	Action string
	Scope  Scope
}

// Error names the denied action; fronts word their own refusal.
func (d *Denial) Error() string {
	return "denied: " + d.Action + " on " + d.Scope.String() + " to " + d.Caller.ObjectID
}
