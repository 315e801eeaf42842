// Package directory is Microsoft Entra ID's directory of one tenant: users, groups with nesting, applications, service
// principals, managed identities and their credentials. It decides who may read and write the directory itself. It must
// never know HTTP or Graph's query language (front/graph does), nor the roles of Azure RBAC.
package directory

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync"

	"github.com/google/uuid"

	"github.com/alcedo-cloud/alcedo/internal/clock"
	"github.com/alcedo-cloud/alcedo/internal/cloud"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// tenantName is the label of the tenant's initial domain.
const tenantName = "alcedo"

// Config is what a Service needs.
type Config struct {
	Store    store.Store
	Clock    clock.Clock
	Rand     io.Reader // of identifiers, secrets and salts
	Cloud    cloud.Cloud
	TenantID string // GUID
}

// Service is the directory. It is safe for concurrent use. What requests need of it is in memory.
type Service struct {
	store  store.Store
	clock  clock.Clock
	cloud  cloud.Cloud
	tenant string
	rand   io.Reader
	mirror *store.Mirror[*state]
	hashes chan struct{} // a place each for the password hashes computed at once
}

// Open loads the directory.
func Open(ctx context.Context, c Config) (*Service, error) {
	if c.Store == nil || c.Clock == nil || c.Rand == nil || c.TenantID == "" {
		return nil, errors.New("directory: Config needs Store, Clock, Rand and TenantID")
	}
	s := &Service{
		store: c.Store, clock: c.Clock, cloud: c.Cloud, tenant: c.TenantID,
		rand:   &serialReader{r: c.Rand},
		mirror: store.NewMirror(c.Store, "directory", loadState),
		hashes: make(chan struct{}, maxHashes),
	}
	_, err := s.mirror.View(ctx)
	return s, fault.Wrap("directory.Open", err)
}

// TenantID is the GUID of the tenant.
func (s *Service) TenantID() string { return s.tenant }

// TenantDisplayName is the name of the organization.
func (s *Service) TenantDisplayName() string { return tenantName }

// Domain is the tenant's initial domain, alcedo.onmicrosoft.com in the public cloud.
func (s *Service) Domain() string { return tenantName + "." + s.cloud.TenantSuffix }

// PrincipalType is the sort of a principal, as role assignments spell it.
type PrincipalType string

// The types of principals.
const (
	TypeUser             PrincipalType = "User"
	TypeGroup            PrincipalType = "Group"
	TypeServicePrincipal PrincipalType = "ServicePrincipal"
)

// Principal is what the rest of alcedo knows of a user, group or service principal.
type Principal struct {
	ObjectID             string // GUID
	Type                 PrincipalType
	DisplayName          string
	AppID                string // GUID, of service principals
	UserPrincipalName    string // of users
	ServicePrincipalType string // Application or ManagedIdentity
	ResourceID           string // of managed identities: the resource that it belongs to
	Enabled              bool
	Administrator        bool // Global Administrator of the directory
}

// Principal finds a principal by its object id.
func (s *Service) Principal(ctx context.Context, objectID string) (Principal, bool, error) {
	st, err := s.mirror.View(ctx)
	if err != nil {
		return Principal{}, false, fault.Wrap("directory.Principal", err)
	}
	p, ok := st.principal(canonical(objectID))
	return p, ok, nil
}

// PrincipalByAppID finds the service principal of an application.
func (s *Service) PrincipalByAppID(ctx context.Context, appID string) (Principal, bool, error) {
	st, err := s.mirror.View(ctx)
	if err != nil {
		return Principal{}, false, fault.Wrap("directory.PrincipalByAppID", err)
	}
	p, ok := st.principalByAppID(canonical(appID))
	return p, ok, nil
}

// Active reports whether the principal exists and is enabled: whether its tokens hold.
func (s *Service) Active(ctx context.Context, objectID string) (bool, error) {
	st, err := s.mirror.View(ctx)
	if err != nil {
		return false, fault.Wrap("directory.Active", err)
	}
	return st.active(canonical(objectID)), nil
}

// Groups lists the groups that a principal is in, directly or through other groups. The caller must not change it.
func (s *Service) Groups(ctx context.Context, objectID string) ([]string, error) {
	st, err := s.mirror.View(ctx)
	if err != nil {
		return nil, fault.Wrap("directory.Groups", err)
	}
	return st.groupsOf(canonical(objectID)), nil
}

// newID draws a GUID.
func (s *Service) newID() (string, error) {
	id, err := uuid.NewRandomFromReader(s.rand)
	return id.String(), err
}

// canonical is how GUIDs are kept: lower-case.
func canonical(id string) string { return strings.ToLower(id) }

// serialReader lets goroutines read r one after another.
type serialReader struct {
	mu sync.Mutex
	r  io.Reader
}

func (s *serialReader) Read(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.r.Read(b)
}
