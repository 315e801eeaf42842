package sql

import (
	"context"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/resource"
	"github.com/alcedo-cloud/alcedo/internal/sqldb"
)

// droppedAnswer is a dropped database as Resource Manager shows it.
func droppedAnswer(server *resource.Document, d *sqldb.Database) map[string]any {
	name := droppedID(d)
	size := sku{Name: d.Settings.Edition, Tier: d.Settings.Edition}
	if o, ok := findObjective(d.Settings.Objective); ok {
		size = o.sku
	}
	return map[string]any{
		"id": server.ID + "/restorableDroppedDatabases/" + name, "name": name, "type": Namespace + "/servers/restorableDroppedDatabases",
		"location": server.Location, "sku": size,
		"properties": map[string]any{
			"databaseName": d.Name, "maxSizeBytes": d.Settings.MaxBytes, "creationDate": stamp(d.Created), "deletionDate": stamp(d.Deleted),
			"earliestRestoreDate": stamp(d.Created), "backupStorageRedundancy": "Geo",
		},
	}
}

// listDropped lists the databases of a server that can be restored.
func (p *provider) listDropped(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	server, err := p.serverAbove(ctx, call)
	if err != nil {
		return nil, err
	}
	all, err := p.Registry.DroppedDatabases(ctx, server.Name)
	if err != nil {
		return nil, fault.Wrap("sql.listDropped", err)
	}
	rows := make([]any, 0, len(all))
	for i := range all {
		rows = append(rows, droppedAnswer(server, &all[i]))
	}
	return &resource.Answer{Body: map[string]any{"value": rows}}, nil
}

func (p *provider) getDropped(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	server, err := p.serverAbove(ctx, call)
	if err != nil {
		return nil, err
	}
	all, err := p.Registry.DroppedDatabases(ctx, server.Name)
	if err != nil {
		return nil, fault.Wrap("sql.getDropped", err)
	}
	for i := range all {
		if strings.EqualFold(droppedID(&all[i]), call.ID.Name()) {
			return &resource.Answer{Body: droppedAnswer(server, &all[i])}, nil
		}
	}
	return nil, missing(call.ID)
}
