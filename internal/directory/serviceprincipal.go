package directory

import (
	"encoding/json"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// The types of service principals.
const (
	ServicePrincipalApplication = "Application"
	ServicePrincipalIdentity    = "ManagedIdentity"
)

// ServicePrincipal is an application's, or a managed identity's, presence in the tenant. It must not be changed once
// the directory has it.
type ServicePrincipal struct {
	ObjectID      string                     `json:"id"`
	AppID         string                     `json:"appId"`
	DisplayName   string                     `json:"displayName"`
	Type          string                     `json:"type"`                 // Application or ManagedIdentity
	ResourceID    string                     `json:"resourceId,omitempty"` // of a managed identity
	Explicit      bool                       `json:"explicit,omitempty"`   // a user-assigned identity
	Disabled      bool                       `json:"disabled,omitempty"`
	Administrator bool                       `json:"administrator,omitempty"` // Global Administrator
	Reader        bool                       `json:"reader,omitempty"`        // Directory Readers
	Created       time.Time                  `json:"created"`
	Owners        []string                   `json:"owners,omitempty"`           // object ids
	Names         []string                   `json:"names,omitempty"`            // servicePrincipalNames besides AppID
	Alternative   []string                   `json:"alternativeNames,omitempty"` // alternativeNames besides a managed identity's
	Passwords     []PasswordCredential       `json:"passwords,omitempty"`
	Keys          []KeyCredential            `json:"keys,omitempty"`
	Properties    map[string]json.RawMessage `json:"properties,omitempty"`
}

func (p *ServicePrincipal) ref() (kind, id string) { return kindServicePrincipal, p.ObjectID }

func (p *ServicePrincipal) names() []uniqueName { return []uniqueName{{spacePrincipal, p.AppID}} }

func (p *ServicePrincipal) principal() Principal {
	return Principal{
		ObjectID: p.ObjectID, Type: TypeServicePrincipal, DisplayName: p.DisplayName, AppID: p.AppID,
		ServicePrincipalType: p.Type, ResourceID: p.ResourceID,
		Enabled: !p.Disabled, Administrator: p.Administrator,
	}
}

// ServicePrincipalNames are the names by which clients look a service principal up.
func (p *ServicePrincipal) ServicePrincipalNames() []string {
	return append([]string{p.AppID}, p.Names...)
}

// AlternativeNames of a managed identity say what it belongs to.
func (p *ServicePrincipal) AlternativeNames() []string {
	if p.Type != ServicePrincipalIdentity {
		return append([]string{}, p.Alternative...)
	}
	explicit := "isExplicit=False"
	if p.Explicit {
		explicit = "isExplicit=True"
	}
	return []string{explicit, p.ResourceID}
}

// CreateServicePrincipal gives an application of the tenant its service principal.
func (s *Service) CreateServicePrincipal(tx store.Tx, appID string) (Principal, error) {
	p, err := s.createServicePrincipal(tx, ServicePrincipal{AppID: appID})
	if err != nil {
		return Principal{}, err
	}
	return p.principal(), nil
}

func (s *Service) createServicePrincipal(tx store.Tx, p ServicePrincipal) (*ServicePrincipal, error) {
	const op = "directory.CreateServicePrincipal"
	p.AppID = canonical(p.AppID)
	app, ok, err := byName[Application](tx, kindApplication, uniqueName{spaceApplication, p.AppID})
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	if !ok {
		return nil, invalid("appId", "The appId '%s' of the service principal does not reference a valid application object.", p.AppID)
	}
	p.Type, p.DisplayName, p.Names = ServicePrincipalApplication, app.DisplayName, app.IdentifierURIs
	return s.insertServicePrincipal(tx, p)
}

func (s *Service) insertServicePrincipal(tx store.Tx, p ServicePrincipal) (*ServicePrincipal, error) {
	const op = "directory.CreateServicePrincipal"
	if p.ObjectID == "" {
		id, err := s.newID()
		if err != nil {
			return nil, err
		}
		p.ObjectID = id
	}
	p.ObjectID = canonical(p.ObjectID)
	if p.Created.IsZero() {
		p.Created = s.clock.Now()
	}
	if err := s.insert(tx, &p); fault.Is(err, fault.Exists) {
		return nil, fault.Newf(fault.Conflict, op, "Request_MultipleObjectsWithSameKeyValue",
			"The service principal cannot be created, updated, or restored because the service principal name %s is already in use.", p.AppID)
	} else if err != nil {
		return nil, fault.Wrap(op, err)
	}
	return &p, nil
}

// ManagedIdentity is the wish for a resource's service principal.
type ManagedIdentity struct {
	ObjectID, AppID string // GUIDs; "" draws one
	DisplayName     string // the resource's name
	ResourceID      string
	Explicit        bool // user-assigned
}

// CreateManagedIdentity adds a managed identity's service principal. There is no application behind it.
func (s *Service) CreateManagedIdentity(tx store.Tx, m ManagedIdentity) (Principal, error) {
	if m.AppID == "" {
		id, err := s.newID()
		if err != nil {
			return Principal{}, err
		}
		m.AppID = id
	}
	p, err := s.insertServicePrincipal(tx, ServicePrincipal{
		ObjectID: m.ObjectID, AppID: canonical(m.AppID), DisplayName: m.DisplayName,
		Type: ServicePrincipalIdentity, ResourceID: m.ResourceID, Explicit: m.Explicit,
	})
	if err != nil {
		return Principal{}, fault.Wrap("directory.CreateManagedIdentity", err)
	}
	return p.principal(), nil
}
