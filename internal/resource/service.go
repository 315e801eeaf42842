package resource

import (
	"context"
	"errors"
	"io"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/audit"
	"github.com/alcedo-cloud/alcedo/internal/caller"
	"github.com/alcedo-cloud/alcedo/internal/clock"
	"github.com/alcedo-cloud/alcedo/internal/cloud"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/rbac"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// Config is what a Service is made of.
type Config struct {
	Store     store.Store
	Door      audit.Door
	Clock     clock.Clock
	Rand      io.Reader // for tokens of operations and entity tags
	Cloud     cloud.Cloud
	TenantID  string
	Providers []Provider // several may share a namespace
	// Deleted is called in the transaction that deletes a resource or resource group, for what others keep below its
	// scope: role assignments. It is called once for the topmost scope of a cascade. nil does nothing.
	Deleted func(tx store.Tx, scope rbac.Scope) error
	// Visible reports whether the caller holds any role at, above or below scope: who does is shown the subscription. nil
	// asks the door about the subscription, its groups and its resources instead, which is slower.
	Visible func(ctx context.Context, c caller.Caller, scope rbac.Scope) (bool, error)
	// TenantName is the tenant's display name, and TenantDomain its initial domain; "" derives them from the cloud.
	TenantName, TenantDomain string
}

// Service is Resource Manager.
type Service struct {
	Config
	namespaces    map[string]*namespace // by lower-case namespace; never changed after New
	order         []*namespace          // sorted by name, for lists
	subscriptions *store.Mirror[*subscriptions]
}

// New returns the service. It fails where two providers offer one type, or a type is not well formed.
func New(c Config) (*Service, error) {
	if c.Store == nil || c.Door == nil || c.Clock == nil || c.Rand == nil || c.TenantID == "" {
		return nil, errors.New("resource: Store, Door, Clock, Rand and TenantID are needed")
	}
	s := &Service{Config: c, namespaces: make(map[string]*namespace)}
	s.subscriptions = store.NewMirror(c.Store, "arm subscriptions", loadSubscriptions)
	for _, p := range append(s.builtin(), c.Providers...) {
		if err := s.register(p); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// Get reads a resource or resource group for other services inside the process. It checks no permission. It is a fault
// NotFound where there is none.
func (s *Service) Get(ctx context.Context, id ID) (*Document, error) {
	var doc *Document
	err := store.View(ctx, s.Store, func(r store.Reader) (err error) {
		doc, err = GetTx(r, id)
		return err
	})
	return doc, err
}

// Find lists the resources of a type for other services inside the process, over all subscriptions. name and group are
// compared without case; "" matches any. It checks no permission.
func (s *Service) Find(ctx context.Context, fullType, name, group string) ([]*Document, error) {
	ns, types, ok := strings.Cut(fullType, "/")
	if !ok {
		return nil, fault.Newf(fault.Invalid, "resource.Find", "", "%q is not a resource type", fullType)
	}
	known, err := s.subscriptions.View(ctx)
	if err != nil {
		return nil, fault.Wrap("resource.Find", err)
	}
	var found []*Document
	err = store.View(ctx, s.Store, func(r store.Reader) error {
		for _, sub := range known.list() {
			collection := ID{Subscription: sub.ID, Group: group, Namespace: ns, Types: strings.Split(types, "/")}
			docs, err := ListTx(r, collection)
			if err != nil {
				return err
			}
			for _, d := range docs {
				if name == "" || strings.EqualFold(d.Name, name) {
					found = append(found, d)
				}
			}
		}
		return nil
	})
	return found, fault.Wrap("resource.Find", err)
}
