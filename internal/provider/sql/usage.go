package sql

import (
	"context"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/resource"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// What Azure allows, which is shown and not held.
const (
	serverQuota = 250
	dtuQuota    = 54000
)

// listServerUsages shows how much of a server's quota its databases take.
func (p *provider) listServerUsages(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	server, err := p.serverAbove(ctx, call)
	if err != nil {
		return nil, err
	}
	taken := int64(0)
	all, err := p.Registry.Databases(ctx, server.Name)
	if err != nil {
		return nil, fault.Wrap("sql.listServerUsages", err)
	}
	for _, d := range all {
		if o, ok := findObjective(d.Settings.Objective); ok && o.sku.Family == "" {
			taken += int64(o.sku.Capacity)
		}
	}
	row := func(name, display, unit string, value, limit int64) map[string]any {
		return map[string]any{
			"name": name, "resourceName": server.Name, "displayName": display, "currentValue": value, "limit": limit, "unit": unit, "nextResetTime": nil,
		}
	}
	return &resource.Answer{Body: map[string]any{"value": []any{
		row("server_dtu_quota_current", "Database Throughput Unit Quota", "DTUs", taken, dtuQuota),
	}}}, nil
}

// quota shows how many servers of a subscription are in a location.
func (p *provider) quota(ctx context.Context, call *resource.Call) (map[string]any, error) {
	location, ok := p.Cloud.Location(call.ID.Names[0])
	if !ok {
		return nil, noLocation(call)
	}
	count := 0
	err := call.Read(ctx, func(r store.Reader) error {
		id, ok := resource.ParseID("/subscriptions/" + call.ID.Subscription + "/providers/" + Namespace + "/" + serverType)
		if !ok {
			return stored(call.ID.String())
		}
		count = 0
		docs, err := resource.ListTx(r, id)
		for _, doc := range docs {
			if doc.Location == location.Name {
				count++
			}
		}
		return err
	})
	if err != nil {
		return nil, fault.Wrap("sql.quota", err)
	}
	const name = "ServerQuota"
	return map[string]any{
		"id":   "/subscriptions/" + call.ID.Subscription + "/providers/" + Namespace + "/locations/" + location.Name + "/usages/" + name,
		"name": name, "type": Namespace + "/locations/usages",
		"properties": map[string]any{
			"displayName": "Regional Server Quota for " + location.DisplayName, "currentValue": count, "limit": serverQuota, "unit": "Count",
		},
	}, nil
}

func (p *provider) listUsages(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	row, err := p.quota(ctx, call)
	if err != nil {
		return nil, err
	}
	return &resource.Answer{Body: map[string]any{"value": []any{row}}}, nil
}

func (p *provider) getUsage(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	row, err := p.quota(ctx, call)
	if err != nil {
		return nil, err
	}
	if !strings.EqualFold(call.ID.Name(), text(row["name"])) {
		return nil, missing(call.ID)
	}
	return &resource.Answer{Body: row}, nil
}

func noLocation(call *resource.Call) error {
	return fault.Newf(fault.NotFound, "sql", "LocationNotFound", "The location '%s' was not found.", call.ID.Names[0])
}
