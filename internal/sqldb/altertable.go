package sqldb

import (
	"slices"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/bind"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/exec"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/txn"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// alterTable is ALTER TABLE. It works on a copy of the table, and on its rows where they must change.
func (r *run) alterTable(s *tsql.AlterTable) error {
	if isLocal(s.Name.Name.Name) {
		return r.alterTemporary(s)
	}
	return r.change(func(e *catalog.Edit, tx *txn.Tx) error {
		o, ok := r.find(s.Name)
		old, is := o.(*catalog.Table)
		if !ok || !is {
			return noTable(s.Name)
		}
		if err := r.mustAlter(old); err != nil {
			return err
		}
		if err := r.lockTable(tx, old); err != nil {
			return err
		}
		return r.alter(e, tx, old, s)
	})
}

// alterTemporary does the same to a # table of the session.
func (r *run) alterTemporary(s *tsql.AlterTable) error {
	old, err := r.table(s.Name)
	if err != nil {
		return err
	}
	return r.within(func(tx *txn.Tx) error {
		return inStatement(tx, func(tx *txn.Tx) error { return r.alter(nil, tx, old, s) })
	})
}

func (r *run) alter(e *catalog.Edit, tx *txn.Tx, old *catalog.Table, s *tsql.AlterTable) error {
	t := old.Clone()
	t.Modified = r.session.service.now()
	b := r.builder(e, t.SchemaID)
	b.t, b.altering, b.firstNew = t, true, t.NextColumn
	var err error
	switch a := s.Action.(type) {
	case *tsql.AddElements:
		err = r.addElements(b, tx, old, a)
	case *tsql.AlterColumn:
		err = r.alterColumn(b, tx, old, a)
	case *tsql.DropElements:
		err = r.dropElements(b, tx, old, a)
	case *tsql.CheckConstraints:
		err = r.checkConstraints(b, tx, a)
	case *tsql.TableTriggers:
		return r.tableTriggers(e, t, a)
	case *tsql.TableOptions:
		if strings.HasSuffix(a.Verb, "CHANGE_TRACKING") {
			return value.Errorf(40510, 16, 1, "Statement 'ALTER TABLE %s' is not supported in this version of SQL Server.", a.Verb)
		}
		return refuseOptions(a.Options)
	default:
		err = value.Errorf(40510, 16, 1, "Statement 'ALTER TABLE SWITCH' is not supported in this version of SQL Server.")
	}
	if err != nil {
		return err
	}
	r.putTable(e, t)
	return nil
}

// putTable makes a table's new definition the one that counts.
func (r *run) putTable(e *catalog.Edit, t *catalog.Table) {
	if e != nil {
		e.PutObject(t)
		return
	}
	r.session.temporary[fold(t.Name)] = t
	r.session.version++
}

// with runs fn with the catalog as the edit has it now, so that rows are read and written by the new definition.
func (r *run) rulesOf(b *builder) (*plan.Rules, error) {
	env := b.environment()
	if b.e != nil {
		fork := b.e.Fork()
		fork.PutObject(b.t)
		env.Catalog = fork.Database()
	}
	return bind.Rules(env, b.t)
}

func (r *run) addElements(b *builder, tx *txn.Tx, old *catalog.Table, a *tsql.AddElements) error {
	if err := b.columns(a.Table.Columns); err != nil {
		return err
	}
	if err := r.fillAdded(b, tx, a); err != nil {
		return err
	}
	indexes, checks, keys := len(b.t.Indexes), len(b.t.Checks), len(b.t.ForeignKeys)
	clustered := b.t.Clustered()
	if err := b.constraints(&a.Table); err != nil {
		return err
	}
	if clustered == nil && b.t.Clustered() != nil {
		if err := r.rebuild(b, tx, old); err != nil {
			return err
		}
	} else if err := r.populate(b, tx, b.t.Indexes[indexes:]); err != nil {
		return err
	}
	return r.verifyAdded(b, tx, a.WithCheck != tsql.No, checks, keys)
}

// fillAdded settles what the rows that are there have in the new columns. A constant is only noted; what differs from
// row to row, as NEWID() or an identity does, has the rows written anew.
func (r *run) fillAdded(b *builder, tx *txn.Tx, a *tsql.AddElements) error {
	empty, err := r.isEmpty(tx, b.t)
	if err != nil {
		return err
	}
	rules, err := r.rulesOf(b)
	if err != nil {
		return err
	}
	own := map[int32]bool{} // columns that each row has a value of its own for
	for i := range a.Table.Columns {
		c, at := b.t.Column(a.Table.Columns[i].Name.Name)
		switch {
		case c.Computed != nil, c.Identity != nil, c.Type.ID == value.RowVersion:
			own[c.ID] = true
			if c.Identity != nil && b.e != nil {
				if err := r.startIdentity(b.t); err != nil {
					return err
				}
			}
		case c.Default != nil && bind.EachRow(rules.Defaults[at]) && (!c.Type.Nullable || a.Table.Columns[i].Default.WithValues):
			own[c.ID] = true
		case c.Default != nil && (!c.Type.Nullable || a.Table.Columns[i].Default.WithValues):
			if c.Added, err = r.constant(a.Table.Columns[i].Default.Expr, c.Type); err != nil {
				return err
			}
		case !c.Type.Nullable && !empty:
			return value.Errorf(4901, 16, 1, "ALTER TABLE only allows columns to be added that can contain nulls, or have a DEFAULT definition specified, or the column being added is an identity or timestamp column, "+
				"or alternatively if none of the previous conditions are satisfied the table must be empty to allow addition of this column. Column '%s' cannot be added to non-empty table '%s' because it does not satisfy these conditions.", c.Name, b.t.Name)
		}
	}
	if len(own) == 0 || empty {
		return nil
	}
	from := *b.t
	from.Columns = slices.DeleteFunc(slices.Clone(b.t.Columns), func(c *catalog.Column) bool { return own[c.ID] })
	return exec.Rewrite(r.execution(tx), &from, b.t, rules, nil)
}

func (r *run) constant(x tsql.Expr, t value.Type) (value.Value, error) {
	v, from, err := r.evaluate(x)
	if err != nil {
		return v, err
	}
	return value.Assigner(from, t)(v)
}

func (r *run) isEmpty(tx *txn.Tx, t *catalog.Table) (bool, error) {
	return exec.Empty(r.execution(tx), t)
}

// rebuild moves the rows to a new generation, in another order: the table has got or lost its clustered index.
func (r *run) rebuild(b *builder, tx *txn.Tx, old *catalog.Table) error {
	rules, err := r.rulesOf(b)
	if err != nil {
		return err
	}
	from := *b.t
	from.Indexes, from.Truncated = old.Indexes, old.Truncated
	b.t.Truncated++
	if err := exec.Rewrite(r.execution(tx), &from, b.t, rules, nil); err != nil {
		return err
	}
	r.discardGeneration(tx, old)
	return nil
}

// discardGeneration has a table's rows of one generation deleted, once the transaction commits.
func (r *run) discardGeneration(tx *txn.Tx, t *catalog.Table) {
	x := r.rows(t)
	if x.Space != txn.Stored {
		return
	}
	start, end := txn.GenerationRange(x)
	discardWith(tx, [][2][]byte{{start, end}})
	tx.AfterCommit(func() { r.session.service.engine.Forget(x) })
}

func (r *run) populate(b *builder, tx *txn.Tx, indexes []*catalog.Index) error {
	if len(indexes) == 0 {
		return nil
	}
	rules, err := r.rulesOf(b)
	if err != nil {
		return err
	}
	for _, x := range indexes {
		if err := exec.Populate(r.execution(tx), b.t, x, rules); err != nil {
			return err
		}
	}
	return nil
}

// verifyAdded checks the rows that are there against constraints that are new; WITH NOCHECK leaves them untrusted.
func (r *run) verifyAdded(b *builder, tx *txn.Tx, check bool, checks, keys int) error {
	if len(b.t.Checks) == checks && len(b.t.ForeignKeys) == keys {
		return nil
	}
	if !check {
		for _, c := range b.t.Checks[checks:] {
			c.Untrusted = true
		}
		for _, k := range b.t.ForeignKeys[keys:] {
			k.Untrusted = true
		}
		return nil
	}
	rules, err := r.rulesOf(b)
	if err != nil {
		return err
	}
	for _, c := range b.t.Checks[checks:] {
		if err := exec.Verify(r.execution(tx), b.t, rules, c.ID); err != nil {
			return err
		}
	}
	for _, k := range b.t.ForeignKeys[keys:] {
		if err := exec.Verify(r.execution(tx), b.t, rules, k.ID); err != nil {
			return err
		}
	}
	return nil
}

// alterColumn changes a column's type or whether it may be NULL, and converts the rows.
func (r *run) alterColumn(b *builder, tx *txn.Tx, old *catalog.Table, a *tsql.AlterColumn) error {
	name := a.Column.Name.Name
	c, _ := b.t.Column(name)
	if c == nil {
		return value.Errorf(4924, 16, 1, "ALTER TABLE ALTER COLUMN failed because column '%s' does not exist in table '%s'.", name, b.t.Name)
	}
	if a.Column.Type == nil {
		return r.columnProperty(c, a)
	}
	if c.Computed != nil || c.Type.ID == value.RowVersion {
		return value.Errorf(4928, 16, 1, "Cannot alter column '%s' because it is '%s'.", name, map[bool]string{true: "COMPUTED", false: "timestamp"}[c.Computed != nil])
	}
	fresh := &catalog.Column{Name: c.Name}
	if err := b.columnType(fresh, &a.Column); err != nil {
		return err
	}
	if a.Column.Null == tsql.Unspecified && fresh.TypeID == 0 {
		fresh.Type.Nullable = true
	}
	if c.Identity != nil {
		fresh.Type.Nullable = false
	}
	if err := usable(b.t, c, fresh); err != nil {
		return err
	}
	was := c.Type
	c.Type, c.TypeID = fresh.Type, fresh.TypeID
	if was == c.Type {
		return nil
	}
	if !value.Implicit(was, c.Type) {
		return value.NotImplicit(was, c.Type)
	}
	if !c.Added.IsNull() {
		v, err := value.Assigner(was, c.Type)(c.Added)
		if err != nil {
			return err
		}
		c.Added = v
	}
	rules, err := r.rulesOf(b)
	if err != nil {
		return err
	}
	return exec.Rewrite(r.execution(tx), old, b.t, rules, nil)
}

// usable refuses to change a column that others depend on: error 5074 names them, 4922 ends it.
func usable(t *catalog.Table, c, fresh *catalog.Column) error {
	same := c.Type.ID == fresh.Type.ID && (fresh.Type.Length == value.Max || fresh.Type.Length >= c.Type.Length)
	for _, x := range t.Indexes {
		for _, k := range x.Keys {
			if k.Column == c.ID && (!same || x.PrimaryKey && fresh.Type.Nullable) {
				return inUse("ALTER", map[bool]string{true: "object", false: "index"}[x.Constraint != nil], x.Name, c.Name)
			}
		}
	}
	for _, k := range t.Checks {
		if k.Column == c.ID && !same {
			return inUse("ALTER", "object", k.Name, c.Name)
		}
	}
	if c.Default != nil && !same {
		return inUse("ALTER", "object", c.Default.Name, c.Name)
	}
	return nil
}

func (r *run) columnProperty(c *catalog.Column, a *tsql.AlterColumn) error {
	switch a.Property {
	case "ROWGUIDCOL":
		c.RowGUID = !a.Drop
	case "PERSISTED":
		if c.Computed == nil {
			return value.Errorf(4938, 16, 1, "Column '%s' is not a computed column.", c.Name)
		}
		c.Computed.Persisted = !a.Drop
	case "NOT FOR REPLICATION", "SPARSE":
	default:
		return value.Errorf(40510, 16, 1, "Statement 'ALTER COLUMN %s' is not supported in this version of SQL Server.", a.Property)
	}
	return nil
}
