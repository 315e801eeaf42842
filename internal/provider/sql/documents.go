package sql

import (
	"errors"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/resource"
	"github.com/alcedo-cloud/alcedo/internal/sqldb"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// Documents keeps Resource Manager's view of databases that are made, changed, renamed or dropped by Transact-SQL. The
// service calls it in the transaction of the statement, with the database as it is afterwards. What goes through Resource
// Manager is none of its business.
type Documents struct{}

// DatabaseMade stores the document of a database that was made or changed.
func (Documents) DatabaseMade(tx store.Tx, server *sqldb.Server, d sqldb.Database) error {
	const op = "sql.DatabaseMade"
	id, err := databaseID(server, d.Name)
	if err != nil {
		return err
	}
	doc, err := resource.GetTx(tx, id)
	if errors.Is(err, store.ErrNotFound) {
		doc = &resource.Document{
			ID: server.ResourceID + "/databases/" + d.Name, Name: d.Name, Type: Namespace + "/" + databaseType, Location: server.Location,
			Properties: map[string]any{}, Hidden: map[string]any{},
		}
	} else if err != nil {
		return fault.Wrap(op, err)
	}
	if err := recordDatabase(doc, &d); err != nil {
		return err
	}
	return fault.Wrap(op, resource.PutTx(tx, doc))
}

// recordDatabase writes what the service knows of a database into its document.
func recordDatabase(doc *resource.Document, d *sqldb.Database) error {
	o, ok := findObjective(d.Settings.Objective)
	if !ok { // the service takes any name; the document shows it
		o = objective{
			name: d.Settings.Objective, sku: sku{Name: d.Settings.Edition, Tier: d.Settings.Edition}, standard: d.Settings.MaxBytes, most: d.Settings.MaxBytes,
		}
	}
	size := dressing{objective: o, max: o.standard}
	if d.Settings.MaxBytes > 0 {
		size.max = d.Settings.MaxBytes
	}
	if err := new(databaseProperties).apply(doc.Properties, size); err != nil {
		return err
	}
	shown := doc.Properties
	shown["collation"], shown["databaseId"] = orStandard(d.Settings.Collation), d.GUID
	shown["creationDate"], shown["earliestRestoreDate"] = stamp(d.Created), stamp(d.Created)
	doc.Hidden[hiddenRetention] = int64(d.Settings.Retention / (24 * time.Hour))
	return dress(doc, size)
}

// DatabaseRenamed moves the document of a database that was called was before.
func (Documents) DatabaseRenamed(tx store.Tx, server *sqldb.Server, d sqldb.Database, was string) error {
	const op = "sql.DatabaseRenamed"
	id, err := databaseID(server, was)
	if err != nil {
		return err
	}
	doc, err := resource.GetTx(tx, id)
	if errors.Is(err, store.ErrNotFound) {
		return Documents{}.DatabaseMade(tx, server, d)
	}
	if err != nil {
		return fault.Wrap(op, err)
	}
	if err := resource.DeleteTx(tx, id); err != nil {
		return fault.Wrap(op, err)
	}
	doc.Name, doc.ID = d.Name, server.ResourceID+"/databases/"+d.Name
	return fault.Wrap(op, resource.PutTx(tx, doc))
}

// DatabaseDropped removes the document of a database.
func (Documents) DatabaseDropped(tx store.Tx, server *sqldb.Server, d sqldb.Database) error {
	id, err := databaseID(server, d.Name)
	if err != nil {
		return err
	}
	return fault.Wrap("sql.DatabaseDropped", resource.DeleteTx(tx, id))
}

func databaseID(server *sqldb.Server, name string) (resource.ID, error) {
	id, ok := resource.ParseID(server.ResourceID + "/databases/" + name)
	if !ok || name == "" || len(id.Types) != 2 || id.Name() != name {
		return id, refuse("InvalidDatabaseName", "The database name '%s' is not valid.", name)
	}
	return id, nil
}
