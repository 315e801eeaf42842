package identity

import (
	"context"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/resource"
	"github.com/alcedo-cloud/alcedo/internal/sts"
)

// Selector says which of a machine's identities a request means. At most one field is set; all empty lets the machine
// choose.
type Selector struct{ ClientID, ObjectID, ResourceID string }

// Selected is an identity of a machine.
type Selected struct {
	ObjectID, AppID string // GUIDs
	ResourceID      string // of the user-assigned identity; of the machine, for the system-assigned one
	System          bool
}

// assigned is what the identity block of one machine says, taken apart.
type assigned struct {
	host   string // xms_az_rid: the machine, or the scale set of an instance
	system *Selected
	users  []*Selected
}

// The texts in which IMDS refuses; clients look for them.
const (
	textNotFound = "Identity not found"
	textMultiple = "Multiple user assigned identities exist, please specify the clientId / resourceId of the identity in the token request"
)

func refuse(text string) error {
	return fault.New(fault.Invalid, "identity.Select", "invalid_request", text)
}

// Select settles which identity of the machine a selector means: the one it names, else the system-assigned one, else
// the only user-assigned one. A refusal is a fault Invalid with the reason invalid_request and IMDS's text.
func (s *Service) Select(ctx context.Context, machine resource.ID, sel Selector) (Selected, error) {
	_, found, err := s.selected(ctx, machine, sel)
	if err != nil {
		return Selected{}, err
	}
	return *found, nil
}

// Token issues a token of the machine's identity that sel means, for audience. With bypass no cached token is served.
func (s *Service) Token(ctx context.Context, machine resource.ID, sel Selector, audience string, bypass bool) (sts.MIToken, error) {
	a, found, err := s.selected(ctx, machine, sel)
	if err != nil {
		return sts.MIToken{}, err
	}
	return s.tokens.ManagedIdentityToken(ctx, sts.MIRequest{
		ObjectID: found.ObjectID, AppID: found.AppID,
		ResourceID: ClaimID(found.ResourceID), AzureResourceID: a.host,
		Resource: audience, Bypass: bypass,
	})
}

func (s *Service) selected(ctx context.Context, machine resource.ID, sel Selector) (*assigned, *Selected, error) {
	a, err := s.assigned(ctx, machine)
	if err != nil {
		return nil, nil, err
	}
	found, err := a.choose(sel)
	if err != nil {
		return nil, nil, err
	}
	// The block keeps naming a user-assigned identity that was deleted; its principal is gone, and so is the identity.
	if _, ok, err := s.directory.Principal(ctx, found.ObjectID); err != nil {
		return nil, nil, fault.Wrap("identity.Select", err)
	} else if !ok {
		return nil, nil, refuse(textNotFound)
	}
	return a, found, nil
}

func (a *assigned) choose(sel Selector) (*Selected, error) {
	if sel == (Selector{}) {
		switch {
		case a.system != nil:
			return a.system, nil
		case len(a.users) == 1:
			return a.users[0], nil
		case len(a.users) > 1:
			return nil, refuse(textMultiple)
		default:
			return nil, refuse(textNotFound)
		}
	}
	for _, u := range a.users {
		if sel.means(u) {
			return u, nil
		}
	}
	if a.system != nil && sel.ResourceID == "" && sel.means(a.system) {
		return a.system, nil
	}
	return nil, refuse(textNotFound)
}

// means reports whether every field that is set names u: two selectors that disagree name nothing.
func (sel Selector) means(u *Selected) bool {
	if sel.ClientID != "" && !strings.EqualFold(sel.ClientID, u.AppID) || sel.ObjectID != "" && !strings.EqualFold(sel.ObjectID, u.ObjectID) {
		return false
	}
	return sel.ResourceID == "" || strings.EqualFold(strings.Trim(sel.ResourceID, "/"), strings.Trim(u.ResourceID, "/"))
}

// assigned is the machine's block, from memory where it is known.
func (s *Service) assigned(ctx context.Context, machine resource.ID) (*assigned, error) {
	state, err := s.machines.View(ctx)
	if err != nil {
		return nil, fault.Wrap("identity.Select", err)
	}
	key := machine.Key()
	a, generation := state.get(key)
	if a != nil {
		return a, nil
	}
	a, err = s.load(ctx, machine)
	if err != nil {
		return nil, err
	}
	state.remember(key, a, generation)
	return a, nil
}

func (s *Service) load(ctx context.Context, machine resource.ID) (*assigned, error) {
	doc, err := s.read(ctx, machine)
	if err == nil && strings.EqualFold(machine.FullType(), InstanceType) {
		doc, err = s.read(ctx, machine.Container()) // an instance has the identities of its scale set
	}
	if fault.Is(err, fault.NotFound) {
		return nil, refuse(textNotFound) // the machine was deleted while its sandbox runs
	}
	if err != nil {
		return nil, fault.Wrap("identity.Select", err)
	}
	a := &assigned{host: ClaimID(doc.ID)}
	if doc.Identity == nil {
		return a, nil
	}
	if oid := doc.Identity.PrincipalID; oid != "" {
		p, ok, err := s.directory.Principal(ctx, oid)
		if err != nil {
			return nil, fault.Wrap("identity.Select", err)
		}
		if ok {
			a.system = &Selected{ObjectID: oid, AppID: p.AppID, ResourceID: doc.ID, System: true}
		}
	}
	for key, u := range doc.Identity.UserAssignedIdentities {
		if u != nil {
			a.users = append(a.users, &Selected{ObjectID: u.PrincipalID, AppID: u.ClientID, ResourceID: key})
		}
	}
	return a, nil
}

// ClaimID is a resource id as claims and secret URLs spell it: resourcegroups in lower case.
func ClaimID(id string) string {
	parts := strings.Split(id, "/")
	if len(parts) > 3 && strings.EqualFold(parts[3], "resourceGroups") {
		parts[3] = "resourcegroups"
	}
	return strings.Join(parts, "/")
}

// System is the system-assigned identity of any resource; a fault NotFound where it has none.
func (s *Service) System(ctx context.Context, id resource.ID) (Selected, *resource.Document, error) {
	doc, err := s.read(ctx, id)
	if err != nil {
		return Selected{}, nil, err
	}
	if doc.Identity == nil || doc.Identity.PrincipalID == "" {
		return Selected{}, nil, fault.Newf(fault.NotFound, "identity.System", "NotFound",
			"The resource '%s' has no system assigned identity.", doc.ID)
	}
	p, ok, err := s.directory.Principal(ctx, doc.Identity.PrincipalID)
	if err != nil {
		return Selected{}, nil, fault.Wrap("identity.System", err)
	}
	if !ok {
		return Selected{}, nil, fault.New(fault.NotFound, "identity.System", "NotFound", "The principal of the identity is gone.")
	}
	return Selected{ObjectID: p.ObjectID, AppID: p.AppID, ResourceID: doc.ID, System: true}, doc, nil
}
