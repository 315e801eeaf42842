package sql_test

import (
	"testing"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/provider/sql"
	"github.com/alcedo-cloud/alcedo/internal/sqldb"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// What Transact-SQL does to databases is seen through Resource Manager, and can be gone on with there.
func TestDocumentsOfStatements(t *testing.T) {
	w := withServer(t)
	var documents sql.Documents
	statement := func(fn func(tx store.Tx, s *sqldb.Server) error) error {
		return w.store.Update(t.Context(), func(tx store.Tx) error { return fn(tx, w.serverTx(tx)) })
	}
	w.must(statement(func(tx store.Tx, s *sqldb.Server) error {
		d, err := w.registry.CreateDatabase(tx, "srv", "Made", sqldb.DatabaseSettings{Edition: "Standard", Objective: "S1", MaxBytes: gib, Retention: 7 * 24 * time.Hour})
		if err != nil {
			return err
		}
		return documents.DatabaseMade(tx, s, d)
	}))
	w.do("GET", srv+"/databases/made", "").ok(200).want(map[string]any{
		"name": "Made", "location": "chinanorth", "sku.capacity": 20, "properties.maxSizeBytes": gib, "properties.status": "Online",
		"properties.collation": "SQL_Latin1_General_CP1_CI_AS", "properties.databaseId": "00000000-0000-0000-0000-000000000001",
	})
	w.do("GET", srv+"/databases/made/backupShortTermRetentionPolicies/default", "").ok(200).want(map[string]any{"properties.retentionDays": 7})
	w.do("PATCH", srv+"/databases/made", `{"tags":{"a":"b"}}`).ok(200)
	w.must(statement(func(tx store.Tx, s *sqldb.Server) error {
		d := w.databaseTx(tx, "Made")
		d.Settings.Objective, d.Settings.Edition = "Custom", "Special"
		return documents.DatabaseMade(tx, s, d)
	}))
	w.do("GET", srv+"/databases/made", "").ok(200).want(map[string]any{"tags.a": "b", "sku.name": "Special", "properties.currentServiceObjectiveName": "Custom"})
	w.must(statement(func(tx store.Tx, s *sqldb.Server) error {
		if err := w.registry.RenameDatabase(tx, "srv", "Made", "Renamed"); err != nil {
			return err
		}
		return documents.DatabaseRenamed(tx, s, w.databaseTx(tx, "Renamed"), "Made")
	}))
	w.do("GET", srv+"/databases/made", "").refused(fault.NotFound, "ResourceNotFound", "made")
	w.do("GET", srv+"/databases/renamed", "").ok(200).want(map[string]any{"name": "Renamed", "tags.a": "b"})
	w.must(statement(func(tx store.Tx, s *sqldb.Server) error {
		d := w.databaseTx(tx, "Renamed")
		if err := w.registry.DropDatabase(tx, "srv", "Renamed", false); err != nil {
			return err
		}
		return documents.DatabaseDropped(tx, s, d)
	}))
	w.do("GET", srv+"/databases", "").ok(200).want(map[string]any{"value.0.name": "master", "value.1": nil})
	for _, name := range []string{"a/b", "a/b/c", "..", ""} { // names that Transact-SQL takes and no id can have
		if err := statement(func(tx store.Tx, s *sqldb.Server) error {
			return documents.DatabaseMade(tx, s, sqldb.Database{Server: "srv", Name: name})
		}); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// serverTx is what logins obey, as a transaction sees it.
func (w *world) serverTx(tx store.Tx) *sqldb.Server {
	w.Helper()
	s, err := get[sqldb.Server](tx, key("server", "srv"))
	w.must(err)
	return s
}

func (w *world) databaseTx(tx store.Tx, name string) sqldb.Database {
	w.Helper()
	d, err := w.registry.living(tx, "srv", name)
	w.must(err)
	return *d
}
