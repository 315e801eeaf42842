package sqldb

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/txn"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/store"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// defaultRetention is how long a database that T-SQL made can be restored after it was dropped.
const defaultRetention = 7 * 24 * time.Hour

// createDatabase is CREATE DATABASE, in master and by a server administrator or database manager.
func (r *run) createDatabase(s *tsql.CreateDatabase) error {
	if err := r.mayManageDatabases(); err != nil {
		return err
	}
	if r.session.count > 0 {
		return value.Errorf(226, 16, 5, "CREATE DATABASE statement not allowed within multi-statement transaction.")
	}
	settings := DatabaseSettings{Collation: s.Collation.Name, Edition: "GeneralPurpose", Objective: "GP_Gen5_2", MaxBytes: 32 << 30, Retention: defaultRetention}
	if err := r.databaseOptions(&settings, s.Options); err != nil {
		return err
	}
	if s.CopyOf != nil {
		settings.Copy = &DatabaseRef{Server: r.session.serverName, Database: s.CopyOf.Name.Name}
		if from := s.CopyOf.Schema.Name; from != "" {
			settings.Copy.Server = from
		}
		if err := r.mayCopy(settings.Copy); err != nil {
			return err
		}
	}
	service := r.session.service
	err := service.Store.Update(r.ctx, func(tx store.Tx) error {
		d, err := service.CreateDatabase(tx, r.session.serverName, s.Name.Name, settings)
		if err != nil || service.Documents == nil {
			return err
		}
		server, err := service.readServer(tx, r.session.serverName)
		if err != nil {
			return err
		}
		return service.Documents.DatabaseMade(tx, server, d)
	})
	return databaseError(err, s.Name.Name, settings.Collation)
}

// mayCopy lets administrators copy databases: of their own server, and of another that they administer too.
func (r *run) mayCopy(from *DatabaseRef) error {
	who := r.session.who
	source, ok, err := r.session.service.Server(r.ctx, from.Server)
	if err != nil {
		return err
	}
	switch {
	case ok && who.server && strings.EqualFold(from.Server, r.session.serverName):
		return nil
	case ok && who.server && who.entra != nil && source.administers(*who.entra, nil):
		return nil
	}
	return value.Errorf(262, 14, 1, "CREATE DATABASE permission denied in database 'master'.")
}

func (r *run) databaseOptions(settings *DatabaseSettings, options []tsql.Option) error {
	for i := range options {
		text, err := r.optionText(&options[i])
		if err != nil {
			return err
		}
		switch options[i].Name {
		case "EDITION":
			settings.Edition = text
		case "SERVICE_OBJECTIVE":
			settings.Objective = text
		case "MAXSIZE":
			settings.MaxBytes = sizeOf(text)
		case "COLLATE":
			settings.Collation = text
		}
	}
	return nil
}

// sizeOf reads "250 GB".
func sizeOf(text string) int64 {
	fields := strings.Fields(text)
	if len(fields) == 0 {
		return 0
	}
	n, err := strconv.ParseInt(fields[0], 10, 64)
	if err != nil {
		return 0
	}
	if len(fields) > 1 && strings.EqualFold(fields[1], "MB") {
		return n << 20
	}
	return n << 30
}

func databaseError(err error, name, collation string) error {
	var f *fault.Error
	if !errors.As(err, &f) {
		return err
	}
	switch f.Kind {
	case fault.Exists:
		return value.Errorf(1801, 16, 3, "Database '%s' already exists. Choose a different database name.", name)
	case fault.NotFound:
		return value.Errorf(911, 16, 1, "Database '%s' does not exist. Make sure that the name is entered correctly.", name)
	case fault.Invalid:
		return value.Errorf(448, 16, 2, "Invalid collation '%s'.", collation)
	}
	return err
}

func (r *run) mayManageDatabases() error {
	s := r.session
	if !strings.EqualFold(s.Database(), master) {
		return value.Errorf(262, 14, 1, "CREATE DATABASE permission denied in database '%s'.", s.Database())
	}
	if s.who.server {
		return nil
	}
	if l := s.ownLogin(); l != nil {
		for _, role := range l.Roles {
			if role == "##MS_DatabaseManager##" {
				return nil
			}
		}
	}
	return value.Errorf(262, 14, 1, "CREATE DATABASE permission denied in database 'master'.")
}

func (r *run) dropDatabases(s *tsql.Drop) error {
	if err := r.mayManageDatabases(); err != nil {
		return value.Errorf(3701, 14, 20, "Cannot drop the database '%s', because it does not exist or you do not have permission.", s.Names[0].Name.Name)
	}
	service := r.session.service
	for _, name := range s.Names {
		if strings.EqualFold(name.Name.Name, master) {
			return value.Errorf(3708, 16, 5, "Cannot drop the database '%s' because it is a system database.", master)
		}
		err := service.Store.Update(r.ctx, func(tx store.Tx) error {
			return service.documented(tx, r.session.serverName, name.Name.Name, func(server *Server, d Database) error {
				if err := service.DropDatabase(tx, server.Name, d.Name, false); err != nil || service.Documents == nil {
					return err
				}
				return service.Documents.DatabaseDropped(tx, server, d)
			})
		})
		if fault.Is(err, fault.NotFound) {
			if s.IfExists {
				continue
			}
			return value.Errorf(3701, 11, 1, "Cannot drop the database '%s', because it does not exist or you do not have permission.", name.Name.Name)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// alterDatabase is ALTER DATABASE: its name, its settings and what it is recorded to cost.
func (r *run) alterDatabase(s *tsql.AlterDatabase) error {
	name := s.Name.Name
	if s.Current || strings.EqualFold(name, r.session.Database()) {
		name = r.session.Database()
		if err := r.mustBe("ALTER"); err != nil {
			return value.Errorf(5011, 14, 9, "User does not have permission to alter database '%s', the database does not exist, or the database is not in a state that allows access checks.", name)
		}
	} else if err := r.mayManageDatabases(); err != nil {
		return value.Errorf(5011, 14, 9, "User does not have permission to alter database '%s', the database does not exist, or the database is not in a state that allows access checks.", name)
	}
	service := r.session.service
	switch s.Verb {
	case "MODIFY NAME":
		err := service.Store.Update(r.ctx, func(tx store.Tx) error {
			return service.documented(tx, r.session.serverName, name, func(server *Server, d Database) error {
				if err := service.RenameDatabase(tx, server.Name, name, s.NewName.Name); err != nil || service.Documents == nil {
					return err
				}
				was := d.Name
				d.Name = s.NewName.Name
				return service.Documents.DatabaseRenamed(tx, server, d, was)
			})
		})
		return databaseError(err, s.NewName.Name, "")
	case "MODIFY":
		record, ok, err := service.findDatabase(r.ctx, r.session.serverName, name)
		if err != nil {
			return err
		}
		if !ok {
			return value.Errorf(911, 16, 1, "Database '%s' does not exist. Make sure that the name is entered correctly.", name)
		}
		settings := record.Settings
		if err := r.databaseOptions(&settings, s.Options); err != nil {
			return err
		}
		return service.Store.Update(r.ctx, func(tx store.Tx) error {
			return service.documented(tx, r.session.serverName, name, func(server *Server, d Database) error {
				if err := service.ChangeDatabase(tx, server.Name, name, settings); err != nil || service.Documents == nil {
					return err
				}
				d.Settings = settings
				return service.Documents.DatabaseMade(tx, server, d)
			})
		})
	case "SET":
		return r.databaseSettings(name, s.Options)
	}
	return value.Errorf(40510, 16, 1, "Statement 'ALTER DATABASE %s' is not supported in this version of SQL Server.", s.Verb)
}

func (r *run) databaseSettings(name string, options []tsql.Option) error {
	if !strings.EqualFold(name, r.session.Database()) {
		return value.Errorf(40510, 16, 1, "Statement 'ALTER DATABASE SET' of another database is not supported in this version of SQL Server.")
	}
	return r.change(func(e *catalog.Edit, _ *txn.Tx) error {
		set := e.Database().Settings
		for i := range options {
			o := &options[i]
			switch o.Name {
			case "ALLOW_SNAPSHOT_ISOLATION":
				if !o.On() {
					return value.Errorf(40510, 16, 1, "Statement 'ALTER DATABASE SET ALLOW_SNAPSHOT_ISOLATION OFF' is not supported in this version of SQL Server.")
				}
			case "READ_COMMITTED_SNAPSHOT":
				if !o.On() {
					return value.Errorf(40510, 16, 1, "Statement 'ALTER DATABASE SET READ_COMMITTED_SNAPSHOT OFF' is not supported in this version of SQL Server.")
				}
			case "COMPATIBILITY_LEVEL":
				n, err := r.integer(o.Value)
				if err != nil {
					return err
				}
				if n < 100 || n > 170 || n%10 != 0 {
					return value.Errorf(15048, 16, 1, "Valid values of the database compatibility level are 100, 110, 120, 130, 140, 150, 160, or 170.")
				}
				set.CompatibilityLevel = int(n)
			case "READ_ONLY", "READ_WRITE":
				return value.Errorf(40510, 16, 1, "Statement 'ALTER DATABASE SET %s' is not supported in this version of SQL Server.", o.Name)
			}
		}
		e.SetSettings(set)
		return nil
	})
}

// documented runs fn with a server and a database of it as they are in the transaction.
func (s *Service) documented(tx store.Tx, server, name string, fn func(server *Server, d Database) error) error {
	on, err := s.readServer(tx, server)
	if err != nil {
		return err
	}
	d, err := s.living(tx, server, name)
	if err != nil {
		return err
	}
	return fn(on, *d)
}
