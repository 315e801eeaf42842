// Package assignments keeps role assignments and role definitions: Azure's built-in roles, custom roles, and who holds
// what where. It decides requests from an index in memory that follows the store commit by commit, so that what was
// granted or taken away counts at once. It must never know a protocol, nor the directory: what it needs to know of
// principals it is told through functions.
package assignments

import (
	"context"
	"errors"
	"strings"
	"sync"

	"github.com/alcedo-cloud/alcedo/internal/caller"
	"github.com/alcedo-cloud/alcedo/internal/clock"
	"github.com/alcedo-cloud/alcedo/internal/rbac"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// Names of built-in roles that have a part in what the service itself does.
const (
	Owner                   = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
	Contributor             = "b24988ac-6180-42a0-ab88-20f7382dd24c"
	Reader                  = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
	UserAccessAdministrator = "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9"
)

// Config is what a Service stands on. All but the limits is required.
type Config struct {
	Store    store.Store
	Clock    clock.Clock
	TenantID string
	// Groups gives the object ids of the groups that a principal is in, directly and through others.
	Groups func(ctx context.Context, objectID string) ([]string, error)
	// PrincipalType says what a principal is; ok is false where the directory has none of that id.
	PrincipalType func(ctx context.Context, objectID string) (t rbac.PrincipalType, ok bool, err error)
	// MaxAssignments is the most that a subscription may have, all its resources together; 0 is no limit. Azure's is 4000.
	MaxAssignments int
	// MaxRoles is the most custom roles that the tenant may have; 0 is no limit. Azure's is 5000, in China 2000.
	MaxRoles int
}

// Service is the assignments and roles of one tenant. It is safe for concurrent use.
type Service struct {
	Config
	builtIn    *catalogue
	namespaces func() []string
	mirror     *store.Mirror[*rbac.Index]
}

// Open returns the service. The index is loaded with the first question asked.
func Open(_ context.Context, c Config) (*Service, error) {
	if c.Store == nil || c.Clock == nil || c.TenantID == "" || c.Groups == nil || c.PrincipalType == nil {
		return nil, errors.New("assignments.Open: Store, Clock, TenantID, Groups and PrincipalType are required")
	}
	s := &Service{Config: c, builtIn: newCatalogue()}
	s.namespaces = sync.OnceValue(s.builtIn.namespaces)
	s.mirror = store.NewMirror(c.Store, "rbac", s.load)
	return s, nil
}

// Decide answers as of now. A caller that the directory does not have any more is refused, whatever was assigned to it.
func (s *Service) Decide(ctx context.Context, c caller.Caller, r rbac.Request) (rbac.Decision, error) {
	index, groups, ok, err := s.asked(ctx, c)
	if err != nil || !ok {
		return rbac.Decision{}, err
	}
	r.Principals = groups
	if r.Now.IsZero() {
		r.Now = s.Clock.Now()
	}
	return index.Decide(c, r), nil
}

// Visible reports whether the caller holds anything at the scope, above or below it: subscriptions are listed by it.
func (s *Service) Visible(ctx context.Context, c caller.Caller, scope rbac.Scope) (bool, error) {
	index, groups, ok, err := s.asked(ctx, c)
	if err != nil || !ok {
		return false, err
	}
	return index.Visible(c, groups, scope), nil
}

// Permissions lists what the caller may do at a scope, role by role.
func (s *Service) Permissions(ctx context.Context, c caller.Caller, scope rbac.Scope) ([]rbac.Permission, error) {
	index, groups, ok, err := s.asked(ctx, c)
	if err != nil || !ok {
		return nil, err
	}
	return index.Permissions(c, groups, scope), nil
}

// asked gathers what a decision about the caller needs; ok is false for one who holds nothing here: nobody, a principal
// of another tenant, a principal that was deleted.
func (s *Service) asked(ctx context.Context, c caller.Caller) (index *rbac.Index, groups []string, ok bool, err error) {
	if c.ObjectID == "" || c.TenantID != "" && !strings.EqualFold(c.TenantID, s.TenantID) {
		return nil, nil, false, nil
	}
	if _, ok, err = s.PrincipalType(ctx, c.ObjectID); err != nil || !ok {
		return nil, nil, false, err
	}
	if groups, err = s.Groups(ctx, c.ObjectID); err != nil {
		return nil, nil, false, err
	}
	index, err = s.mirror.View(ctx)
	return index, groups, err == nil, err
}
