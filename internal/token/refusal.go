package token

import (
	"fmt"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// Reason says why a token was refused.
type Reason uint8

// The reasons, in the order in which they are looked for.
const (
	Malformed   Reason = iota // not a token, or one with claims missing
	Tenant                    // from another tenant
	Signature                 // not RS256, an unknown key, or a signature that does not hold
	Issuer                    // not issued by this tenant's authority
	Expired                   //
	NotYetValid               //
	Audience                  // meant for another service
	Subject                   // the principal is deleted or disabled
)

var reasonNames = [...]string{
	"Malformed", "Tenant", "Signature", "Issuer", "Expired", "NotYetValid", "Audience", "Subject",
}

// String names the reason.
func (r Reason) String() string {
	if int(r) < len(reasonNames) {
		return reasonNames[r]
	}
	return fmt.Sprintf("Reason(%d)", uint8(r))
}

// Refusal is why a token was refused, with what the fronts' messages quote. The claims are those of the token, and
// empty where it could not be read; they are not to be trusted.
type Refusal struct {
	Reason                     Reason
	Audience, Issuer, TenantID string
	ObjectID, AppID            string
	Expires, Now               time.Time
	Detail                     string // for logs
}

// Error is the refusal for logs.
func (r *Refusal) Error() string {
	if r.Detail == "" {
		return "token refused: " + r.Reason.String()
	}
	return "token refused: " + r.Reason.String() + ": " + r.Detail
}

// refuse is the fault that Verify returns.
func refuse(reason Reason, c Claims, now time.Time, detail string) error {
	r := &Refusal{
		Reason: reason, Audience: c.Audience, Issuer: c.Issuer, TenantID: c.TenantID,
		ObjectID: c.ObjectID, AppID: c.Client(), Now: now, Detail: detail,
	}
	if c.Expires != 0 {
		r.Expires = seconds(c.Expires)
	}
	return &fault.Error{
		Kind: fault.Unauthenticated, Op: "token.Verify", Reason: reason.String(),
		Message: "The access token is invalid.", Cause: r,
	}
}
