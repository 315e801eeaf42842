package resource

import (
	"context"
	"encoding/json"
	"sort"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// providerType is a row of a provider's resourceTypes.
type providerType struct {
	ResourceType      string   `json:"resourceType"`
	Locations         []string `json:"locations"`
	APIVersions       []string `json:"apiVersions"`
	DefaultAPIVersion string   `json:"defaultApiVersion"`
	Capabilities      string   `json:"capabilities"`
}

// providerText is a provider as it is answered. All are registered in every subscription.
func (s *Service) providerText(n *namespace, sub string) (json.RawMessage, error) {
	rows := make([]providerType, 0, len(n.order))
	for _, e := range n.order {
		row := providerType{ResourceType: e.Name, Locations: []string{}, APIVersions: e.APIVersions, DefaultAPIVersion: e.APIVersions[0], Capabilities: "None"}
		if !e.Global {
			for _, l := range s.Cloud.Locations {
				row.Locations = append(row.Locations, l.DisplayName)
			}
		}
		switch {
		case e.Extension:
			row.Capabilities = "SupportsExtension"
		case e.Stored != nil && e.Stored.Tracked:
			row.Capabilities = "SupportsTags, SupportsLocation"
		}
		rows = append(rows, row)
	}
	id := "/providers/" + n.name
	if sub != "" {
		id = "/subscriptions/" + sub + id
	}
	return encode(struct {
		ID                 string         `json:"id"`
		Namespace          string         `json:"namespace"`
		ResourceTypes      []providerType `json:"resourceTypes"`
		RegistrationState  string         `json:"registrationState,omitempty"`
		RegistrationPolicy string         `json:"registrationPolicy"`
	}{id, n.name, rows, "Registered", "RegistrationRequired"})
}

// readProviders asks for the permission to read providers. The tenant's list is everybody's.
func (s *Service) readProviders(ctx context.Context, r *Request, sub string) error {
	if sub != "" {
		if err := s.authorize(ctx, r, "Microsoft.Resources/subscriptions/providers/read", "/subscriptions/"+r.segments[1]); err != nil {
			return err
		}
	}
	return checkCore(r)
}

// listProviders answers the table of providers. Source: learn.microsoft.com/rest/api/resources/providers/list.
func (s *Service) listProviders(ctx context.Context, r *Request, sub string) (*Answer, error) {
	if err := s.readProviders(ctx, r, sub); err != nil {
		return nil, err
	}
	rows := make([]json.RawMessage, 0, len(s.order))
	for _, n := range s.order {
		text, err := s.providerText(n, sub)
		if err != nil {
			return nil, err
		}
		rows = append(rows, text)
	}
	return list(rows)
}

func (s *Service) getProvider(ctx context.Context, r *Request, sub, name string) (*Answer, error) {
	if err := s.readProviders(ctx, r, sub); err != nil {
		return nil, err
	}
	n := s.lookup(name)
	if n == nil {
		return nil, namespaceNotFound(name)
	}
	text, err := s.providerText(n, sub)
	return &Answer{Status: 200, Body: text}, err
}

// registerProvider answers register and unregister. Every provider is and stays registered: unregister is refused, as
// Azure refuses it where resources are in the way.
func (s *Service) registerProvider(ctx context.Context, r *Request, sub, name, verb string) (*Answer, error) {
	n := s.lookup(name)
	spelled := name
	if n != nil {
		spelled = n.name
	}
	if err := s.authorize(ctx, r, spelled+"/"+verb+"/action", "/subscriptions/"+r.segments[1]); err != nil {
		return nil, err
	}
	if err := checkCore(r); err != nil {
		return nil, err
	}
	if n == nil {
		return nil, namespaceNotFound(name)
	}
	if verb == "unregister" {
		return nil, fault.Newf(fault.Conflict, "resource.registerProvider", "CannotUnregisterRPDueToExistingResources",
			"The resource provider '%s' cannot be unregistered: every provider of this cloud stays registered.", n.name)
	}
	text, err := s.providerText(n, sub)
	return &Answer{Status: 200, Body: text}, err
}

// listOperations answers the actions of a provider, which everybody may read.
// Source: github.com/Azure/azure-resource-manager-rpc, proxy-api-reference.md, "Exposing Available Operations".
func (s *Service) listOperations(name string) (*Answer, error) {
	type display struct {
		Provider  string `json:"provider"`
		Resource  string `json:"resource"`
		Operation string `json:"operation"`
	}
	type operation struct {
		Name         string  `json:"name"`
		IsDataAction bool    `json:"isDataAction"`
		Display      display `json:"display"`
	}
	n := s.lookup(name)
	rows := []operation{}
	for _, e := range n.order {
		for _, action := range e.operations() {
			rows = append(rows, operation{Name: action, Display: display{n.name, e.Name, action}})
		}
	}
	return list(rows)
}

// operations are the actions of a type: those that its hooks imply and those that it lists.
func (e *entry) operations() []string {
	var out []string
	if e.Stored != nil || e.Get != nil || e.List != nil {
		out = append(out, e.read)
	}
	if e.Stored != nil || e.Put != nil || e.Patch != nil {
		out = append(out, e.write)
	}
	if e.Stored != nil || e.Delete != nil {
		out = append(out, e.delete)
	}
	actions := make([]string, 0, len(e.Actions))
	for name := range e.Actions {
		if name == "" || equalFold(e.Name, name) {
			actions = append(actions, e.full+"/action")
		} else {
			actions = append(actions, e.full+"/"+name+"/action")
		}
	}
	sort.Strings(actions)
	return append(append(out, actions...), e.Operations...)
}
