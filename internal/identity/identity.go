// Package identity keeps the identity blocks of resources and knows which identity a machine means: it makes and ends
// system-assigned principals with their resource, checks the assignment of user-assigned ones, and settles what a token
// request that arrived on a machine's listener may ask for. It must never know a protocol, nor believe a client about
// which machine it is.
package identity

import (
	"context"
	"strings"
	"sync"

	"github.com/alcedo-cloud/alcedo/internal/directory"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/resource"
	"github.com/alcedo-cloud/alcedo/internal/store"
	"github.com/alcedo-cloud/alcedo/internal/sts"
)

// UserAssignedType is the resource type of user-assigned identities.
const UserAssignedType = "Microsoft.ManagedIdentity/userAssignedIdentities"

// AssignAction is what a caller needs on a user-assigned identity to give it to a resource.
const AssignAction = UserAssignedType + "/assign/action"

// Types of machines: resources whose identity is asked for from inside.
const (
	MachineType  = "Microsoft.Compute/virtualMachines"
	ScaleSetType = "Microsoft.Compute/virtualMachineScaleSets"
	InstanceType = ScaleSetType + "/virtualMachines"
)

// Directory is the part of the directory that identities live in.
type Directory interface {
	CreateManagedIdentity(tx store.Tx, m directory.ManagedIdentity) (directory.Principal, error)
	DeletePrincipal(tx store.Tx, objectID string) error
	Principal(ctx context.Context, objectID string) (directory.Principal, bool, error)
}

// Tokens issues tokens of managed identities.
type Tokens interface {
	ManagedIdentityToken(ctx context.Context, m sts.MIRequest) (sts.MIToken, error)
}

// Config is what the service stands on.
type Config struct {
	Store     store.Store
	Directory Directory
	Tokens    Tokens
	TenantID  string // GUID
}

// Service keeps identity blocks and selects identities. It is safe for concurrent use.
type Service struct {
	directory Directory
	tokens    Tokens
	store     store.Store
	tenantID  string
	machines  *store.Mirror[*machines]
}

// New returns the service.
func New(c Config) *Service {
	return &Service{
		directory: c.Directory, tokens: c.Tokens, store: c.Store, tenantID: c.TenantID,
		machines: store.NewMirror(c.Store, "identity", func(store.Reader) (*machines, error) {
			return &machines{known: map[string]*assigned{}}, nil
		}),
	}
}

// TenantID is the tenant of all identities, a GUID.
func (s *Service) TenantID() string { return s.tenantID }

// machines remembers what the identity blocks of machines say, so that a token request reads no document. Each change of
// a block forgets its machine.
type machines struct {
	mu         sync.Mutex
	known      map[string]*assigned // by the machine's key
	generation uint64               // grows with each forgetting, so that a slow reader does not remember what is over
}

func (m *machines) get(key string) (*assigned, uint64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.known[key], m.generation
}

func (m *machines) remember(key string, a *assigned, generation uint64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.generation == generation {
		m.known[key] = a
	}
}

// forget drops a resource and, of a scale set, its instances.
func (m *machines) forget(key string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.generation++
	delete(m.known, key)
	for k := range m.known {
		if strings.HasPrefix(k, key) && k[len(key)] == '/' {
			delete(m.known, k)
		}
	}
}

// changed forgets id when tx commits.
func (s *Service) changed(tx store.Tx, id resource.ID) error {
	key := id.Key()
	return s.machines.Change(tx, func(m *machines) { m.forget(key) })
}

// Remove ends what the resource's identity block began: the principal of its system-assigned identity goes with it. It
// belongs into the Delete hook of every type that has identities.
func (s *Service) Remove(_ context.Context, ch *resource.Change) error {
	if ch.Old == nil {
		return nil
	}
	id, ok := resource.ParseID(ch.Old.ID)
	if !ok {
		return fault.Newf(fault.Internal, "identity.Remove", "", "stored id %q", ch.Old.ID)
	}
	if ch.Old.Identity == nil {
		return s.changed(ch.Tx, id) // its instances may be remembered as machines without identity
	}
	if ch.Old.Identity.PrincipalID != "" {
		if err := s.directory.DeletePrincipal(ch.Tx, ch.Old.Identity.PrincipalID); err != nil {
			return fault.Wrap("identity.Remove", err)
		}
	}
	return s.changed(ch.Tx, id)
}
