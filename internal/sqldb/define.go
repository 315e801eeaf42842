package sqldb

import (
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/txn"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// define runs the statements that change definitions; ok is false for any other.
func (r *run) define(st tsql.Statement) (ok bool, err error) {
	switch s := st.(type) {
	case *tsql.CreateTable:
		err = r.createTable(s)
	case *tsql.AlterTable:
		err = r.alterTable(s)
	case *tsql.CreateIndex:
		err = r.createIndex(s)
	case *tsql.AlterIndex:
		err = r.alterIndex(s)
	case *tsql.DropIndex:
		err = r.dropIndex(s)
	case *tsql.CreateStatistics:
		err = r.statistics(s.Table)
	case *tsql.UpdateStatistics:
		err = r.statistics(s.Table)
	case *tsql.Truncate:
		err = r.truncate(s)
	case *tsql.CreateView:
		err = r.createView(s)
	case *tsql.CreateProcedure:
		err = r.createProcedure(s)
	case *tsql.CreateFunction:
		err = r.createFunction(s)
	case *tsql.CreateTrigger:
		err = r.createTrigger(s)
	case *tsql.TriggerState:
		err = r.switchTriggers(s)
	case *tsql.CreateSchema:
		err = r.createSchema(s)
	case *tsql.TransferObject:
		err = r.transfer(s)
	case *tsql.CreateSequence:
		err = r.createSequence(s)
	case *tsql.CreateType:
		err = r.createType(s)
	case *tsql.CreateSynonym:
		err = r.createSynonym(s)
	case *tsql.Drop:
		err = r.drop(s)
	case *tsql.CreateDatabase:
		err = r.createDatabase(s)
	case *tsql.AlterDatabase:
		err = r.alterDatabase(s)
	case *tsql.DatabaseConfiguration:
		err = r.mustBe("ALTER ANY DATABASE SCOPED CONFIGURATION")
	case *tsql.DBCC:
		err = r.dbcc(s)
	case *tsql.Kill:
		err = r.kill(s)
	default:
		return false, nil
	}
	return true, err
}

// statistics is CREATE and UPDATE STATISTICS: the optimizer keeps none that one could make, but the table must be there
// and the user's to alter.
func (r *run) statistics(name tsql.ObjectName) error {
	if isLocal(name.Name.Name) {
		_, err := r.table(name)
		return err
	}
	o, ok := r.find(name)
	if !ok {
		return value.Errorf(1088, 16, 12, "Cannot find the object \"%s\" because it does not exist or you do not have permissions.", nameText(name))
	}
	return r.mustAlter(o)
}

// change runs fn on a copy of the catalog, as a part of the transaction. What fn does to rows goes with it.
func (r *run) change(fn func(e *catalog.Edit, tx *txn.Tx) error) error {
	s := r.session
	if err := s.mayWrite(); err != nil {
		return err
	}
	if err := r.implicitly(); err != nil {
		return err
	}
	return r.within(func(tx *txn.Tx) error {
		return inStatement(tx, func(tx *txn.Tx) error {
			if err := r.holdDefinitions(tx); err != nil {
				return err
			}
			e := s.db.current().Edit()
			if s.edit != nil {
				e = s.edit.Fork()
			}
			before := s.edit
			if err := fn(e, tx); err != nil {
				s.edit = before
				return err
			}
			tx.OnCommit(e.Write)
			db := s.db
			tx.AfterCommit(func() { db.install(e.Database()) })
			if s.count > 0 {
				s.edit = e
			}
			return nil
		})
	})
}

// install makes a catalog the one that all see, unless a later one is there already.
func (d *database) install(next *catalog.Database) {
	if next.Version > d.current().Version {
		d.catalog.Store(next)
	}
}

// holdDefinitions makes the transaction the one that changes definitions, until it ends: a lock like others, so that it
// can be waited for, time out, and be a part of a deadlock that is found.
func (r *run) holdDefinitions(tx *txn.Tx) error {
	_, err := tx.LockTable(r.ctx, txn.Table{Database: r.session.db.id}, txn.Exclusive)
	return err
}

// lockTable keeps all others from a table while its definition changes.
func (r *run) lockTable(tx *txn.Tx, t *catalog.Table) error {
	_, err := tx.LockTable(r.ctx, r.rows(t), txn.SchemaModification)
	return err
}

// rows says where a table's rows lie.
func (r *run) rows(t *catalog.Table) txn.Table {
	x := txn.Table{Database: r.session.db.id, ID: t.ID, Generation: t.Truncated}
	switch {
	case t.Variable:
		x.Space = txn.Variable
	case t.Temporary:
		x.Space = txn.Temporary
	}
	return x
}

// target is where a new object goes: the schema that was named, or the user's.
func (r *run) target(d *catalog.Database, name tsql.ObjectName) (*catalog.Schema, error) {
	if name.Server.Name != "" || name.Database.Name != "" && !strings.EqualFold(name.Database.Name, d.Name) {
		return nil, value.Errorf(40515, 16, 1, "Reference to database and/or server name in '%s' is not supported in this version of SQL Server.", nameText(name))
	}
	if name.Schema.Name == "" {
		schema, _ := d.SchemaByID(r.defaultSchema())
		return schema, nil
	}
	schema, ok := d.Schema(name.Schema.Name)
	if !ok {
		return nil, value.Errorf(2760, 16, 1, "The specified schema name \"%s\" either does not exist or you do not have permission to use it.", name.Schema.Name)
	}
	return schema, nil
}

// free refuses a name that is taken.
func free(d *catalog.Database, schema int32, name string) error {
	if _, taken := d.Object(schema, name); taken {
		return value.Errorf(2714, 16, 6, "There is already an object named '%s' in the database.", name)
	}
	return nil
}

// header makes the header of a new object.
func (r *run) header(e *catalog.Edit, schema int32, name string, kind catalog.Kind) catalog.Header {
	now := r.session.service.now()
	return catalog.Header{ID: e.NextID(), SchemaID: schema, Name: name, Kind: kind, Created: now, Modified: now}
}

// find resolves the name of an object that is there: in its schema, or the user's and then dbo.
func (r *run) find(name tsql.ObjectName) (catalog.Object, bool) {
	d := r.session.view()
	if isGlobal(name.Name.Name) && name.Server.Name == "" {
		return d.Object(catalog.SchemaGlobal, name.Name.Name)
	}
	if name.Server.Name != "" || name.Database.Name != "" && !strings.EqualFold(name.Database.Name, d.Name) {
		return nil, false
	}
	if name.Schema.Name != "" {
		schema, ok := d.Schema(name.Schema.Name)
		if !ok {
			return nil, false
		}
		return d.Object(schema.ID, name.Name.Name)
	}
	if o, ok := d.Object(r.defaultSchema(), name.Name.Name); ok {
		return o, true
	}
	return d.Object(catalog.SchemaDBO, name.Name.Name)
}

// table finds a table to define something of, a temporary one too.
func (r *run) table(name tsql.ObjectName) (*catalog.Table, error) {
	if isLocal(name.Name.Name) {
		if t := r.session.temporary[fold(name.Name.Name)]; t != nil {
			return t, nil
		}
		return nil, noTable(name)
	}
	o, ok := r.find(name)
	t, is := o.(*catalog.Table)
	if !ok || !is {
		return nil, noTable(name)
	}
	return t, nil
}

func noTable(name tsql.ObjectName) error {
	return value.Errorf(4902, 16, 1, "Cannot find the object \"%s\" because it does not exist or you do not have permissions.", nameText(name))
}
