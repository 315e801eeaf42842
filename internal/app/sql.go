package app

import (
	"github.com/alcedo-cloud/alcedo/internal/provider/sql"
	"github.com/alcedo-cloud/alcedo/internal/sqldb"
)

// makeDatabases opens Azure SQL Database's service.
func (a *App) makeDatabases() (err error) {
	a.services.databases, err = sqldb.New(sqldb.Config{
		Store: a.store, Clock: a.Clock, Rand: a.Rand, Directory: a.services.directory, Recorder: a.services.audit, Log: a.Log, Documents: sql.Documents{},
		Suffix: a.cloud.SQLSuffix, TenantID: a.instance.Credentials.TenantID,
	})
	if err == nil {
		a.onClose(a.services.databases.Close)
	}
	return err
}
