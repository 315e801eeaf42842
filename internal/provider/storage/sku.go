package storage

import (
	"context"

	"github.com/alcedo-cloud/alcedo/internal/cloud"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/resource"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// listSKUs answers the skus of the kinds that there are, in every location of the cloud.
func (p *provider) listSKUs(_ context.Context, _ *resource.Call) (*resource.Answer, error) {
	locations := make([]string, len(p.Cloud.Locations))
	for i, l := range p.Cloud.Locations {
		locations[i] = l.Name
	}
	type row struct {
		ResourceType string           `json:"resourceType"`
		Name         string           `json:"name"`
		Tier         string           `json:"tier"`
		Kind         string           `json:"kind"`
		Locations    []string         `json:"locations"`
		Capabilities []map[string]any `json:"capabilities"`
		Restrictions []any            `json:"restrictions"`
	}
	rows := []row{}
	for _, kind := range []string{kindV1, kindV2, kindBlob, kindBlockBlob} {
		for _, name := range skuNames() {
			size := skuOf(name)
			if kind == kindBlockBlob && size.Tier != premium || kind == kindBlob && size.Tier == premium {
				continue
			}
			for _, location := range locations {
				rows = append(rows, row{
					ResourceType: accountType, Name: size.Name, Tier: size.Tier, Kind: kind, Locations: []string{location},
					Capabilities: []map[string]any{}, Restrictions: []any{},
				})
			}
		}
	}
	return &resource.Answer{Body: map[string]any{"value": rows}}, nil
}

// maxAccounts is Azure's limit of a subscription in a location.
const maxAccounts = 250

// listUsages counts the accounts of the subscription, in the location where one is named.
func (p *provider) listUsages(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	all, err := p.list(ctx, call.ID.Subscription)
	if err != nil {
		return nil, fault.Wrap("storage.listUsages", err)
	}
	count := 0
	for _, doc := range all {
		if len(call.ID.Names) == 0 || doc.Location == cloud.NormalLocation(call.ID.Names[0]) {
			count++
		}
	}
	return &resource.Answer{Body: map[string]any{"value": []any{map[string]any{
		"unit": "Count", "currentValue": count, "limit": maxAccounts,
		"name": map[string]string{"value": "StorageAccounts", "localizedValue": "Storage Accounts"},
	}}}}, nil
}

func (p *provider) list(ctx context.Context, subscription string) (docs []*resource.Document, err error) {
	collection, _ := resource.ParseID("/subscriptions/" + subscription + "/providers/" + Namespace + "/" + accountType)
	err = store.View(ctx, p.Store, func(r store.Reader) error {
		docs, err = resource.ListTx(r, collection)
		return err
	})
	return docs, err
}
