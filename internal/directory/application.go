package directory

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// Application is an app registration. It must not be changed once the directory has it.
type Application struct {
	ObjectID       string                     `json:"id"`    // GUID; "" has CreateApplication draw one
	AppID          string                     `json:"appId"` // GUID, the client id; "" likewise
	DisplayName    string                     `json:"displayName"`
	IdentifierURIs []string                   `json:"identifierUris,omitempty"`
	SignInAudience string                     `json:"signInAudience"` // "" is AzureADMyOrg
	Created        time.Time                  `json:"created"`
	Owners         []string                   `json:"owners,omitempty"` // object ids
	Passwords      []PasswordCredential       `json:"passwords,omitempty"`
	Keys           []KeyCredential            `json:"keys,omitempty"`
	Properties     map[string]json.RawMessage `json:"properties,omitempty"`
}

func (a *Application) ref() (kind, id string) { return kindApplication, a.ObjectID }

func (a *Application) names() []uniqueName {
	out := []uniqueName{{spaceApplication, a.AppID}}
	for _, uri := range a.IdentifierURIs {
		out = append(out, uniqueName{spaceURI, strings.ToLower(uri)})
	}
	return out
}

// CreateApplication adds an application, without a service principal.
func (s *Service) CreateApplication(tx store.Tx, a Application) (Application, error) {
	for _, id := range []*string{&a.ObjectID, &a.AppID} {
		if *id == "" {
			drawn, err := s.newID()
			if err != nil {
				return Application{}, err
			}
			*id = drawn
		}
		*id = canonical(*id)
	}
	if a.SignInAudience == "" {
		a.SignInAudience = "AzureADMyOrg"
	}
	if a.Created.IsZero() {
		a.Created = s.clock.Now()
	}
	if err := a.check(); err != nil {
		return Application{}, err
	}
	stored := a
	return a, fault.Wrap("directory.CreateApplication", s.insert(tx, &stored))
}

// check holds the rules of an application's own properties.
func (a *Application) check() error {
	if a.DisplayName == "" || len(a.DisplayName) > 256 {
		return invalid("displayName", "Invalid value specified for property 'displayName' of resource 'Application'.")
	}
	seen := make(map[string]bool)
	for _, uri := range a.IdentifierURIs {
		scheme, rest, ok := strings.Cut(uri, ":")
		if !ok || scheme == "" || rest == "" || len(uri) > 255 || strings.ContainsAny(uri, " \x00") || seen[strings.ToLower(uri)] {
			return invalid("identifierUris", "Invalid value specified for property 'identifierUris' of resource 'Application'.")
		}
		seen[strings.ToLower(uri)] = true
	}
	switch a.SignInAudience {
	case "AzureADMyOrg", "AzureADMultipleOrgs", "AzureADandPersonalMicrosoftAccount", "PersonalMicrosoftAccount":
	default:
		return invalid("signInAudience", "Invalid value specified for property 'signInAudience' of resource 'Application'.")
	}
	return checkKeys(a.Keys)
}

// ApplicationByAppID finds an application by its client id.
func (s *Service) ApplicationByAppID(ctx context.Context, appID string) (Application, bool, error) {
	return s.application(ctx, uniqueName{spaceApplication, canonical(appID)})
}

// ApplicationByURI finds an application by one of its identifierUris, with or without a trailing slash.
func (s *Service) ApplicationByURI(ctx context.Context, identifierURI string) (Application, bool, error) {
	uri := strings.ToLower(identifierURI)
	a, ok, err := s.application(ctx, uniqueName{spaceURI, uri})
	if bare, cut := strings.CutSuffix(uri, "/"); !ok && err == nil && cut {
		return s.application(ctx, uniqueName{spaceURI, bare})
	}
	if !ok && err == nil {
		return s.application(ctx, uniqueName{spaceURI, uri + "/"})
	}
	return a, ok, err
}

func (s *Service) application(ctx context.Context, n uniqueName) (Application, bool, error) {
	st, err := s.mirror.View(ctx)
	if err != nil {
		return Application{}, false, fault.Wrap("directory.Application", err)
	}
	st.mu.RLock()
	defer st.mu.RUnlock()
	a, ok := st.applications[st.names[n]]
	if !ok {
		return Application{}, false, nil
	}
	return *a, true, nil
}
