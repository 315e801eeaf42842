package sqldb

import (
	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/txn"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// dropWords are what DROP's refusals call the kinds of objects.
var dropWords = map[tsql.ObjectKind]string{
	tsql.TableObject: "table", tsql.ViewObject: "view", tsql.ProcedureObject: "procedure", tsql.FunctionObject: "function",
	tsql.TriggerObject: "trigger", tsql.SequenceObject: "sequence object", tsql.SynonymObject: "synonym",
}

// drop is DROP of objects, schemas, types and databases; those of principals are security's.
func (r *run) drop(s *tsql.Drop) error {
	switch s.Kind {
	case tsql.SchemaObject:
		return r.dropSchemas(s)
	case tsql.TypeObject:
		return r.dropTypes(s)
	case tsql.DatabaseObject:
		return r.dropDatabases(s)
	case tsql.StatisticsObject:
		return nil // there are none
	}
	if dropWords[s.Kind] == "" || s.Scope != "" {
		return notSupported(s)
	}
	for _, name := range s.Names {
		if s.Kind == tsql.TableObject && isLocal(name.Name.Name) {
			if err := r.dropTemporaryTable(name, s.IfExists); err != nil {
				return err
			}
			continue
		}
		if s.Kind == tsql.ProcedureObject && isTemporary(name.Name.Name) {
			if err := r.dropTemporaryProcedure(name, s.IfExists); err != nil {
				return err
			}
			continue
		}
		err := r.change(func(e *catalog.Edit, tx *txn.Tx) error { return r.dropObject(e, tx, s, name) })
		if err != nil {
			return err
		}
	}
	return nil
}

func cannotDrop(word, name string) error {
	return value.Errorf(3701, 11, 5, "Cannot drop the %s '%s', because it does not exist or you do not have permission.", word, name)
}

func (r *run) dropTemporaryTable(name tsql.ObjectName, ifExists bool) error {
	s := r.session
	key := fold(name.Name.Name)
	t := s.temporary[key]
	if t == nil {
		if ifExists {
			return nil
		}
		return cannotDrop("table", name.Name.Name)
	}
	delete(s.temporary, key)
	s.version++
	if s.tx == nil {
		s.local.Drop(r.rows(t))
		return nil
	}
	s.tx.AfterCommit(func() { s.local.Drop(r.rows(t)) })
	s.tx.AfterRollback(func() { s.temporary[key] = t; s.version++ })
	return nil
}

func (r *run) dropObject(e *catalog.Edit, tx *txn.Tx, s *tsql.Drop, name tsql.ObjectName) error {
	word := dropWords[s.Kind]
	o, ok := r.find(name)
	if ok && !isOf(o, s.Kind) {
		if s.IfExists && s.Kind != tsql.TableObject {
			return nil
		}
		ok = false
	}
	if !ok {
		if s.IfExists {
			return nil
		}
		return cannotDrop(word, nameText(name))
	}
	if !r.mayDrop(o) {
		return cannotDrop(word, nameText(name))
	}
	if err := r.notBound(e.Database(), o, nameText(name)); err != nil {
		return err
	}
	t, is := o.(*catalog.Table)
	if is {
		if err := r.dropTable(e, tx, t, nameText(name)); err != nil {
			return err
		}
	}
	if seq, is := o.(*catalog.Sequence); is {
		discardWith(tx, txn.TableRanges(r.session.db.id, seq.ID))
	}
	if o.Head().Kind == catalog.KindView {
		dropTriggers(e, o.Head().ID)
	}
	e.DropObject(o.Head().ID)
	return nil
}

func (r *run) dropTable(e *catalog.Edit, tx *txn.Tx, t *catalog.Table, name string) error {
	for other := range e.Database().Referencing(t.ID) {
		if other.ID != t.ID {
			return value.Errorf(3726, 16, 1, "Could not drop object '%s' because it is referenced by a FOREIGN KEY constraint.", name)
		}
	}
	if err := r.lockTable(tx, t); err != nil {
		return err
	}
	dropTriggers(e, t.ID)
	discardWith(tx, txn.TableRanges(r.session.db.id, t.ID))
	rows, engine := r.rows(t), r.session.service.engine
	tx.AfterCommit(func() { engine.Forget(rows) })
	return nil
}

// dropTriggers drops those of a table or view.
func dropTriggers(e *catalog.Edit, parent int32) {
	for _, o := range e.Database().Objects() {
		if m, ok := o.(*catalog.Module); ok && m.Kind == catalog.KindTrigger && m.ParentID == parent {
			e.DropObject(m.ID)
		}
	}
}

// notBound refuses to drop what a schema-bound module names.
func (r *run) notBound(d *catalog.Database, o catalog.Object, name string) error {
	for _, other := range d.Objects() {
		m, ok := other.(*catalog.Module)
		if ok && m.SchemaBound && m.ID != o.Head().ID && mentions(m.Text, o.Head().Name) {
			return value.Errorf(3729, 16, 1, "Cannot DROP %s '%s' because it is being referenced by object '%s'.", kindWord(o), name, m.Name)
		}
	}
	return nil
}

func kindWord(o catalog.Object) string {
	switch o.Head().Kind {
	case catalog.KindTable:
		return "TABLE"
	case catalog.KindView:
		return "VIEW"
	case catalog.KindScalarFunction, catalog.KindInlineFunction, catalog.KindTableFunction:
		return "FUNCTION"
	}
	return "OBJECT"
}

// isOf reports whether an object is of the kind that DROP names.
func isOf(o catalog.Object, kind tsql.ObjectKind) bool {
	switch k := o.Head().Kind; kind {
	case tsql.TableObject:
		return k == catalog.KindTable
	case tsql.ViewObject:
		return k == catalog.KindView
	case tsql.ProcedureObject:
		return k == catalog.KindProcedure
	case tsql.FunctionObject:
		return k == catalog.KindScalarFunction || k == catalog.KindInlineFunction || k == catalog.KindTableFunction
	case tsql.TriggerObject:
		return k == catalog.KindTrigger
	case tsql.SequenceObject:
		return k == catalog.KindSequence
	case tsql.SynonymObject:
		return k == catalog.KindSynonym
	}
	return false
}

func (r *run) dropSchemas(s *tsql.Drop) error {
	return r.change(func(e *catalog.Edit, _ *txn.Tx) error {
		for _, name := range s.Names {
			schema, ok := e.Database().Schema(name.Name.Name)
			if !ok {
				if s.IfExists {
					continue
				}
				return value.Errorf(15151, 16, 1, "Cannot drop the schema '%s', because it does not exist or you do not have permission.", name.Name.Name)
			}
			if err := r.mustAlterSchema(schema); err != nil {
				return err
			}
			if schema.ID <= catalog.SchemaSys {
				return value.Errorf(15150, 16, 1, "Cannot drop the schema '%s'.", schema.Name)
			}
			for _, o := range e.Database().Objects() {
				if o.Head().SchemaID == schema.ID {
					return value.Errorf(3729, 16, 1, "Cannot drop schema '%s' because it is being referenced by object '%s'.", schema.Name, o.Head().Name)
				}
			}
			e.DropSchema(schema.ID)
		}
		return nil
	})
}

func (r *run) dropTypes(s *tsql.Drop) error {
	return r.change(func(e *catalog.Edit, _ *txn.Tx) error {
		for _, name := range s.Names {
			o, ok := r.findType(name)
			if !ok {
				if s.IfExists {
					continue
				}
				return value.Errorf(218, 16, 1, "Could not find the type '%s'. Either it does not exist or you do not have the necessary permission.", nameText(name))
			}
			if err := r.mustAlter(o); err != nil {
				return err
			}
			if alias, is := o.(*catalog.AliasType); is {
				for t := range e.Database().Tables() {
					for _, c := range t.Columns {
						if c.TypeID == alias.TypeID {
							return value.Errorf(3732, 16, 1, "Cannot drop type '%s' because it is being referenced by object '%s'. There may be other objects that reference this type.", nameText(name), t.Name)
						}
					}
				}
			}
			e.DropObject(o.Head().ID)
		}
		return nil
	})
}
