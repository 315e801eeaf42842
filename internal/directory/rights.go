package directory

import (
	"context"

	"github.com/alcedo-cloud/alcedo/internal/caller"
	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// right is what a caller asks of the directory itself.
type right uint8

const (
	toRead right = iota
	toWrite
)

// allowRead is allow for one object: users may read themselves, guests too.
func (s *Service) allowRead(ctx context.Context, c caller.Caller, id string) error {
	err := s.allow(ctx, c, toRead)
	if fault.Is(err, fault.Denied) && c.Kind == caller.User && canonical(c.ObjectID) == canonical(id) {
		return nil
	}
	return err
}

// allow is the directory's door: a Global Administrator may read and write; a member may read, and so may an application
// or managed identity that is one of the Directory Readers; a guest and any other application may do neither.
func (s *Service) allow(ctx context.Context, c caller.Caller, r right) error {
	const op = "directory.allow"
	switch c.Kind {
	case caller.Operator:
		return nil
	case caller.User, caller.ServicePrincipal, caller.ManagedIdentity:
	default:
		return fault.New(fault.Unauthenticated, op, "InvalidAuthenticationToken", "Access token is empty.")
	}
	st, err := s.mirror.View(ctx)
	if err != nil {
		return fault.Wrap(op, err)
	}
	st.mu.RLock()
	defer st.mu.RUnlock()
	id := canonical(c.ObjectID)
	if u, ok := st.users[id]; ok && !u.Disabled {
		if u.Administrator || r == toRead && u.UserType == "Member" {
			return nil
		}
	}
	if p, ok := st.servicePrincipals[id]; ok && !p.Disabled && (p.Administrator || r == toRead && p.Reader) {
		return nil
	}
	return denied(op)
}

func denied(op string) error {
	return fault.New(fault.Denied, op, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
}
