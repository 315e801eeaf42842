package resource

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/rbac"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// subscriptionText is a subscription as it is answered.
func (s *Service) subscriptionText(sub subscription) (json.RawMessage, error) {
	type policies struct {
		LocationPlacementID string `json:"locationPlacementId"`
		QuotaID             string `json:"quotaId"`
		SpendingLimit       string `json:"spendingLimit"`
	}
	return encode(struct {
		ID                   string            `json:"id"`
		AuthorizationSource  string            `json:"authorizationSource"`
		ManagedByTenants     []string          `json:"managedByTenants"`
		Tags                 map[string]string `json:"tags,omitempty"`
		SubscriptionID       string            `json:"subscriptionId"`
		TenantID             string            `json:"tenantId"`
		DisplayName          string            `json:"displayName"`
		State                string            `json:"state"`
		SubscriptionPolicies policies          `json:"subscriptionPolicies"`
	}{
		"/subscriptions/" + sub.ID, "RoleBased",
		[]string{},
		sub.Tags, sub.ID, s.TenantID, sub.DisplayName, "Enabled",
		policies{"Public_2014-09-01", "PayAsYouGo_2014-09-01", "Off"},
	})
}

// listSubscriptions answers the subscriptions in which the caller holds any role. It is never refused.
// Source: learn.microsoft.com/rest/api/resources/subscriptions/list.
func (s *Service) listSubscriptions(ctx context.Context, r *Request) (*Answer, error) {
	if err := checkCore(r); err != nil {
		return nil, err
	}
	all, err := s.subscriptions.View(ctx)
	if err != nil {
		return nil, err
	}
	rows := []json.RawMessage{}
	for _, sub := range all.list() {
		ok, err := s.visible(ctx, r, sub)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		text, err := s.subscriptionText(sub)
		if err != nil {
			return nil, err
		}
		rows = append(rows, text)
	}
	type count struct {
		Type  string `json:"type"`
		Value int    `json:"value"`
	}
	body, err := encode(struct {
		Value []json.RawMessage `json:"value"`
		Count count             `json:"count"`
	}{rows, count{"Total", len(rows)}})
	return &Answer{Status: 200, Body: json.RawMessage(body)}, err
}

// errFound ends a scan early.
var errFound = errors.New("resource: found")

// visible reports whether the caller holds any role that reads something in a subscription.
func (s *Service) visible(ctx context.Context, r *Request, sub subscription) (bool, error) {
	scope := rbac.NewScope("/subscriptions/" + sub.ID)
	if s.Visible != nil {
		return s.Visible(ctx, r.Caller, scope)
	}
	permits := s.permits(ctx, r)
	if ok, err := permits("Microsoft.Resources/subscriptions/read", scope); ok || err != nil {
		return ok, err
	}
	look := func(read store.Reader, prefix []byte, action func(*Document, ID) string) error {
		for item, err := range read.Scan(prefix, store.End(prefix)) {
			if err != nil {
				return err
			}
			doc, err := decodeRecord(item.Value)
			if err != nil {
				return err
			}
			id, _ := ParseID(doc.ID)
			if ok, err := permits(action(doc, id), id.Scope()); err != nil {
				return err
			} else if ok {
				return errFound
			}
		}
		return nil
	}
	err := store.View(ctx, s.Store, func(read store.Reader) error {
		lower := strings.ToLower(sub.ID)
		err := look(read, store.Prefix("arm", "group", lower), func(*Document, ID) string { return groupActionText("", "read") })
		if err != nil {
			return err
		}
		return look(read, store.Prefix("arm", "document", lower), func(d *Document, _ ID) string { return d.Type + "/read" })
	})
	if errors.Is(err, errFound) {
		return true, nil
	}
	return false, err
}

// getSubscription answers one subscription.
func (s *Service) getSubscription(ctx context.Context, r *Request, sub subscription) (*Answer, error) {
	if err := s.authorize(ctx, r, "Microsoft.Resources/subscriptions/read", "/subscriptions/"+r.segments[1]); err != nil {
		return nil, err
	}
	if err := checkCore(r); err != nil {
		return nil, err
	}
	text, err := s.subscriptionText(sub)
	return &Answer{Status: 200, Body: text}, err
}

// listLocations answers the regions of the cloud.
func (s *Service) listLocations(ctx context.Context, r *Request, sub subscription) (*Answer, error) {
	if err := s.authorize(ctx, r, "Microsoft.Resources/subscriptions/locations/read", "/subscriptions/"+r.segments[1]); err != nil {
		return nil, err
	}
	if err := checkCore(r); err != nil {
		return nil, err
	}
	type metadata struct {
		RegionType     string `json:"regionType"`
		RegionCategory string `json:"regionCategory"`
	}
	type location struct {
		ID          string   `json:"id"`
		Name        string   `json:"name"`
		Type        string   `json:"type,omitempty"`
		DisplayName string   `json:"displayName"`
		Regional    string   `json:"regionalDisplayName"`
		Metadata    metadata `json:"metadata"`
	}
	rows := make([]location, 0, len(s.Cloud.Locations))
	for _, l := range s.Cloud.Locations {
		rows = append(rows, location{
			ID: "/subscriptions/" + sub.ID + "/locations/" + l.Name, Name: l.Name, Type: "Region", DisplayName: l.DisplayName,
			Regional: l.DisplayName, Metadata: metadata{"Physical", "Recommended"},
		})
	}
	return list(rows)
}

// listTenants answers the caller's tenant.
func (s *Service) listTenants(r *Request) (*Answer, error) {
	if err := checkCore(r); err != nil {
		return nil, err
	}
	name, domain := s.TenantName, s.TenantDomain
	if name == "" {
		name = "alcedo"
	}
	if domain == "" {
		domain = "alcedo." + s.Cloud.TenantSuffix
	}
	type tenant struct {
		ID             string   `json:"id"`
		TenantID       string   `json:"tenantId"`
		CountryCode    string   `json:"countryCode"`
		DisplayName    string   `json:"displayName"`
		Domains        []string `json:"domains"`
		TenantCategory string   `json:"tenantCategory"`
		DefaultDomain  string   `json:"defaultDomain"`
		TenantType     string   `json:"tenantType"`
	}
	country := "US"
	if strings.HasSuffix(s.Cloud.ResourceManager, ".cn") {
		country = "CN"
	}
	return list([]tenant{{"/tenants/" + s.TenantID, s.TenantID, country, name, []string{domain}, "Home", domain, "AAD"}})
}

// list is an answer with all rows on one page.
func list(rows any) (*Answer, error) {
	text, err := encode(struct {
		Value any `json:"value"`
	}{rows})
	return &Answer{Status: 200, Body: json.RawMessage(text)}, fault.Wrap("resource.list", err)
}
