package sqldb

import (
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/exec"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/txn"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// onTable runs fn with a builder on a copy of a table, of the database's or the session's own.
func (r *run) onTable(name tsql.ObjectName, fn func(b *builder, tx *txn.Tx, old *catalog.Table) error) error {
	if isLocal(name.Name.Name) {
		old, err := r.table(name)
		if err != nil {
			return err
		}
		return r.within(func(tx *txn.Tx) error {
			return inStatement(tx, func(tx *txn.Tx) error { return r.onCopy(nil, tx, old, fn) })
		})
	}
	return r.change(func(e *catalog.Edit, tx *txn.Tx) error {
		o, ok := r.find(name)
		old, is := o.(*catalog.Table)
		if !ok || !is {
			return value.Errorf(1088, 16, 12, "Cannot find the object \"%s\" because it does not exist or you do not have permissions.", nameText(name))
		}
		if err := r.mustAlter(old); err != nil {
			return err
		}
		if err := r.lockTable(tx, old); err != nil {
			return err
		}
		return r.onCopy(e, tx, old, fn)
	})
}

func (r *run) onCopy(e *catalog.Edit, tx *txn.Tx, old *catalog.Table, fn func(b *builder, tx *txn.Tx, old *catalog.Table) error) error {
	b := r.builder(e, old.SchemaID)
	b.t, b.altering, b.firstNew = old.Clone(), true, old.NextColumn
	b.t.Modified = r.session.service.now()
	if err := fn(b, tx, old); err != nil {
		return err
	}
	r.putTable(e, b.t)
	return nil
}

// createIndex is CREATE INDEX; DROP_EXISTING replaces one of the same name.
func (r *run) createIndex(s *tsql.CreateIndex) error {
	return r.onTable(s.Table, func(b *builder, tx *txn.Tx, old *catalog.Table) error {
		for _, o := range s.Index.Options {
			if o.Name == "DROP_EXISTING" && o.On() {
				if err := r.dropOne(b, tx, old, s.Index.Name.Name, false); err != nil {
					return err
				}
			}
		}
		before := len(b.t.Indexes)
		if err := b.inlineIndex(&s.Index, ""); err != nil {
			return err
		}
		if s.Index.Clustered == tsql.Yes {
			return r.rebuild(b, tx, old)
		}
		return r.populate(b, tx, b.t.Indexes[before:])
	})
}

// dropIndex is DROP INDEX.
func (r *run) dropIndex(s *tsql.DropIndex) error {
	for _, d := range s.Indexes {
		if s.IfExists {
			if _, ok := r.find(d.Table); !ok && !isLocal(d.Table.Name.Name) {
				continue
			}
		}
		err := r.onTable(d.Table, func(b *builder, tx *txn.Tx, old *catalog.Table) error {
			return r.dropOne(b, tx, old, d.Name.Name, s.IfExists)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *run) dropOne(b *builder, tx *txn.Tx, old *catalog.Table, name string, ifExists bool) error {
	for _, x := range b.t.Indexes {
		if !strings.EqualFold(x.Name, name) {
			continue
		}
		if x.Constraint != nil {
			what := "UNIQUE KEY"
			if x.PrimaryKey {
				what = "PRIMARY KEY"
			}
			return value.Errorf(3723, 16, 4, "An explicit DROP INDEX is not allowed on index '%s.%s'. It is being used for %s constraint enforcement.", b.t.Name, x.Name, what)
		}
		return r.removeIndex(b, tx, old, x)
	}
	if ifExists {
		return nil
	}
	return value.Errorf(3701, 11, 7, "Cannot drop the index '%s.%s', because it does not exist or you do not have permission.", b.t.Name, name)
}

// alterIndex is ALTER INDEX: REBUILD enables, DISABLE disables; what concerns storage changes nothing.
func (r *run) alterIndex(s *tsql.AlterIndex) error {
	return r.onTable(s.Table, func(b *builder, tx *txn.Tx, _ *catalog.Table) error {
		found := s.All
		for _, x := range b.t.Indexes {
			if !s.All && !strings.EqualFold(x.Name, s.Name.Name) {
				continue
			}
			found = true
			if err := r.alterOne(b, tx, x, s.Verb); err != nil {
				return err
			}
		}
		if !found {
			return value.Errorf(2727, 11, 1, "Cannot find index '%s'.", s.Name.Name)
		}
		return nil
	})
}

func (r *run) alterOne(b *builder, tx *txn.Tx, x *catalog.Index, verb string) error {
	switch verb {
	case "DISABLE":
		if x.Clustered {
			return value.Errorf(40510, 16, 1, "Statement 'ALTER INDEX DISABLE' of a clustered index is not supported in this version of SQL Server.")
		}
		if x.Disabled {
			return nil
		}
		x.Disabled = true
		return exec.Clear(r.execution(tx), b.t, x)
	case "REBUILD":
		if !x.Disabled {
			return nil
		}
		x.Disabled = false
		return r.populate(b, tx, []*catalog.Index{x})
	case "REORGANIZE", "SET":
		return nil
	}
	return value.Errorf(40510, 16, 1, "Statement 'ALTER INDEX %s' is not supported in this version of SQL Server.", verb)
}

// truncate is TRUNCATE TABLE: the rows of the next generation are none.
func (r *run) truncate(s *tsql.Truncate) error {
	return r.onTable(s.Table, func(b *builder, tx *txn.Tx, old *catalog.Table) error {
		if b.e != nil {
			for other := range b.e.Database().Referencing(old.ID) {
				if other.ID != old.ID {
					return value.Errorf(4712, 16, 1, "Cannot truncate table '%s' because it is being referenced by a FOREIGN KEY constraint.", nameText(s.Table))
				}
			}
		}
		b.t.Truncated++
		r.discardGeneration(tx, old)
		if old.IdentityColumn() >= 0 {
			return r.reseed(tx, b.t)
		}
		return nil
	})
}
