package app

import (
	"os"
	"path/filepath"

	"github.com/alcedo-cloud/alcedo/internal/provider/sql"
	"github.com/alcedo-cloud/alcedo/internal/sqldb"
)

// spillFolder holds what sorts do not keep in memory, in the state folder, while they run.
const spillFolder = "spill"

// makeDatabases opens Azure SQL Database's service.
func (a *App) makeDatabases() (err error) {
	spill, err := a.makeSpill()
	if err != nil {
		return err
	}
	a.services.databases, err = sqldb.New(sqldb.Config{
		Store: a.store, Clock: a.Clock, Rand: a.Rand, Directory: a.services.directory, Recorder: a.services.audit, Log: a.Log, Spill: spill, Documents: sql.Documents{},
		Suffix: a.cloud.SQLSuffix, TenantID: a.instance.Credentials.TenantID,
	})
	if err == nil {
		a.onClose(a.services.databases.Close)
	}
	return err
}

// makeSpill empties the folder of sorts: what a killed instance left there is nobody's. An ephemeral one has none.
func (a *App) makeSpill() (string, error) {
	if a.Settings.Ephemeral {
		return "", nil
	}
	dir := filepath.Join(a.Settings.Folder, spillFolder)
	if err := os.RemoveAll(dir); err != nil {
		return "", err
	}
	return dir, os.MkdirAll(dir, 0o700)
}
