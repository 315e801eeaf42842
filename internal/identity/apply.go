package identity

import (
	"context"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/alcedo-cloud/alcedo/internal/directory"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/resource"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// MaxMachineIdentityName is how long the name of a user-assigned identity may be, in characters, to be assigned to a
// virtual machine or a scale set.
const MaxMachineIdentityName = 24

// Apply makes ch.New.Identity true. It checks the block against the stored one, asks for assign/action on each identity
// that is newly assigned, creates or deletes the system-assigned principal in ch.Tx, and fills in the ids that answers
// show. It belongs into the Put hook of every type that has identities. A resource that is sent without a block keeps
// the one it has; to take identities away is said by type None.
func (s *Service) Apply(ctx context.Context, ch *resource.Change) error {
	id, ok := resource.ParseID(ch.New.ID)
	if !ok {
		return fault.Newf(fault.Internal, "identity.Apply", "", "stored id %q", ch.New.ID)
	}
	var old *resource.Identity
	if ch.Old != nil {
		old = ch.Old.Identity
	}
	if ch.New.Identity == nil {
		ch.New.Identity = old
		return nil
	}
	want, err := parseBlock(ch.New, old, ch.Call.Method == http.MethodPatch)
	if err != nil {
		return err
	}
	if err := s.assign(ch, want); err != nil {
		return err
	}
	next, err := s.system(ch, old, want)
	if err != nil {
		return err
	}
	if len(want.users) > 0 {
		next.UserAssignedIdentities = make(map[string]*resource.UserAssigned, len(want.users))
		for _, e := range want.users {
			next.UserAssignedIdentities[e.spelling] = &e.value
		}
	}
	next.Type = typeName(want.system, len(want.users) > 0)
	ch.New.Identity = next
	if next.Type == TypeNone {
		ch.New.Identity = nil
	}
	return s.changed(ch.Tx, id)
}

// assign settles the identities that the block adds. All permissions are asked for before anything is looked up, so
// that nobody learns which identities exist.
func (s *Service) assign(ch *resource.Change, want block) error {
	for _, e := range want.users {
		if e.kept {
			continue
		}
		if err := ch.Call.Authorize(AssignAction, e.id.Scope()); err != nil {
			return err
		}
	}
	for _, e := range want.users {
		if e.kept {
			continue
		}
		if err := fill(ch, e); err != nil {
			return err
		}
	}
	return nil
}

func fill(ch *resource.Change, e *entry) error {
	doc, err := resource.GetTx(ch.Tx, e.id)
	if fault.Is(err, fault.NotFound) {
		return failedOperation(ch.New.ID, "Resource '"+e.spelling+"' was not found.")
	}
	if err != nil {
		return fault.Wrap("identity.Apply", err)
	}
	if machine(ch.New.Type) && utf8.RuneCountInString(doc.Name) > MaxMachineIdentityName {
		return failedOperation(ch.New.ID, "The name of the user assigned identity '"+e.spelling+
			"' is too long. To be assigned to a virtual machine or a virtual machine scale set, it is limited to 24 characters.")
	}
	e.value = resource.UserAssigned{PrincipalID: Text(doc, "principalId"), ClientID: Text(doc, "clientId")}
	return nil
}

func machine(fullType string) bool {
	return strings.EqualFold(fullType, MachineType) || strings.EqualFold(fullType, ScaleSetType)
}

// Text is a property of doc that is a string; "" where it is absent.
func Text(doc *resource.Document, name string) string {
	text, ok := doc.Properties[name].(string)
	if !ok {
		return ""
	}
	return text
}

// system turns the system-assigned identity on or off. Off and on again is a new principal: nothing that was granted to
// the old one comes back.
func (s *Service) system(ch *resource.Change, old *resource.Identity, want block) (*resource.Identity, error) {
	next := &resource.Identity{}
	had := old != nil && old.PrincipalID != ""
	switch {
	case want.system && had:
		next.PrincipalID, next.TenantID = old.PrincipalID, old.TenantID
	case want.system:
		p, err := s.directory.CreateManagedIdentity(ch.Tx, directory.ManagedIdentity{
			DisplayName: ch.New.Name, ResourceID: ch.New.ID,
		})
		if err != nil {
			return nil, fault.Wrap("identity.Apply", err)
		}
		next.PrincipalID, next.TenantID = p.ObjectID, s.tenantID
	case had:
		if err := s.directory.DeletePrincipal(ch.Tx, old.PrincipalID); err != nil {
			return nil, fault.Wrap("identity.Apply", err)
		}
	}
	return next, nil
}

// Assigned reports whether the identity block of doc names the user-assigned identity id.
func Assigned(doc *resource.Document, id resource.ID) bool {
	if doc.Identity == nil {
		return false
	}
	for key := range doc.Identity.UserAssignedIdentities {
		if other, ok := resource.ParseID(key); ok && other.Equal(id) {
			return true
		}
	}
	return false
}

// read fetches a document outside of a transaction.
func (s *Service) read(ctx context.Context, id resource.ID) (doc *resource.Document, err error) {
	err = store.View(ctx, s.store, func(r store.Reader) error {
		doc, err = resource.GetTx(r, id)
		return err
	})
	return doc, err
}
