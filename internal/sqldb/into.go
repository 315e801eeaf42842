package sqldb

import (
	"errors"
	"io"
	"slices"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/bind"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/exec"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/txn"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// selectInto is SELECT … INTO: a table of the query's columns is made and filled, as one statement.
func (r *run) selectInto(s *tsql.SelectStatement, into *tsql.ObjectName) error {
	var local bool
	rows := *s.Query
	rows.Body = withoutInto(rows.Body)
	b, err := compile(r.environment(&local), &tsql.SelectStatement{Node: s.Node, Query: &rows})
	if err != nil {
		return err
	}
	if err := r.permitBound(b); err != nil {
		return err
	}
	if isLocal(into.Name.Name) {
		return r.intoTemporary(b, into, keepsIdentity(s.Query))
	}
	var count int64
	err = r.change(func(e *catalog.Edit, tx *txn.Tx) error {
		schema, err := r.newTableSchema(e, *into)
		if err != nil {
			return err
		}
		t, err := r.tableOf(r.builder(e, schema), into.Name.Name, b.plan, keepsIdentity(s.Query))
		if err != nil {
			return err
		}
		e.PutObject(t)
		r.owns(tx, t)
		if err := r.startIdentity(t); err != nil {
			return err
		}
		count, err = r.fillFrom(tx, b, t)
		return err
	})
	if err != nil {
		return err
	}
	r.session.affected = count
	return r.counted(&plan.Statement{Command: commandInsert}, count)
}

// Commands of DONE tokens.
const (
	commandSelect  = 0xC1
	commandInsert  = 0xC3
	commandExecute = 0xE0
)

// keepsIdentity reports whether an identity column stays one in a table that SELECT … INTO makes: of one source, and not
// of a join, a union or groups.
func keepsIdentity(q *tsql.Query) bool {
	s, ok := q.Body.(*tsql.Select)
	if !ok || len(s.From) != 1 || s.GroupBy != nil {
		return false
	}
	_, join := s.From[0].(*tsql.Join)
	return !join
}

// newTableSchema is the schema that a new table goes to, once the user may make it there and its name is free.
func (r *run) newTableSchema(e *catalog.Edit, name tsql.ObjectName) (int32, error) {
	if isGlobal(name.Name.Name) {
		return catalog.SchemaGlobal, free(e.Database(), catalog.SchemaGlobal, name.Name.Name)
	}
	if err := r.mustBe("CREATE TABLE"); err != nil {
		return 0, err
	}
	schema, err := r.target(e.Database(), name)
	if err != nil {
		return 0, err
	}
	if err := r.mustAlterSchema(schema); err != nil {
		return 0, err
	}
	return schema.ID, free(e.Database(), schema.ID, name.Name.Name)
}

func (r *run) intoTemporary(b *bound, into *tsql.ObjectName, identity bool) error {
	s := r.session
	key := fold(into.Name.Name)
	if !r.mayHide(key) {
		return value.Errorf(2714, 16, 6, "There is already an object named '%s' in the database.", into.Name.Name)
	}
	t, err := r.tableOf(r.builder(nil, catalog.SchemaDBO), into.Name.Name, b.plan, identity)
	if err != nil {
		return err
	}
	t.Temporary = true
	var count int64
	err = r.within(func(tx *txn.Tx) error {
		return inStatement(tx, func(tx *txn.Tx) (err error) {
			count, err = r.fillFrom(tx, b, t)
			return err
		})
	})
	if err != nil {
		return err
	}
	r.putTemporary(key, t)
	s.affected = count
	return r.counted(&plan.Statement{Command: commandInsert}, count)
}

// tableOf makes a table of a query's columns. With identity, an identity column stays one that is there once.
func (r *run) tableOf(b *builder, name string, p *plan.Statement, identity bool) (*catalog.Table, error) {
	shown := 0
	for _, c := range p.Columns {
		if c.Identity {
			shown++
		}
	}
	b.t = &catalog.Table{Header: b.header(name, catalog.KindTable, 0), NextColumn: 1, NextIndex: 2, Temporary: b.e == nil, Global: b.schema == catalog.SchemaGlobal}
	for i, c := range p.Columns {
		if c.Name == "" {
			return nil, value.Errorf(1038, 15, 5, "An object or column name is missing or empty. For SELECT INTO statements, verify each column has a name. "+
				"For other statements, look for empty alias names. Aliases defined as \"\" or [] are not allowed. Change the alias to a valid name.")
		}
		if _, at := b.t.Column(c.Name); at >= 0 {
			return nil, value.Errorf(2705, 16, 3, "Column names in each table must be unique. Column name '%s' in table '%s' is specified more than once.", c.Name, name)
		}
		column := &catalog.Column{ID: int32(i + 1), Name: c.Name, Type: c.Type}
		if column.Type.ID == value.Void {
			column.Type = value.Type{ID: value.Int, Nullable: true}
		}
		if identity && shown == 1 && c.Identity && c.Source != nil && c.Source.Column.Identity != nil {
			identity := *c.Source.Column.Identity
			column.Identity = &identity
		}
		b.t.Columns = append(b.t.Columns, column)
		b.t.NextColumn++
	}
	return b.t, nil
}

// rowBytes is about what a row takes.
func rowBytes(row []value.Value) int64 {
	const each = 48
	n := int64(24 + each*len(row))
	for _, v := range row {
		n += int64(len(v.Text()))
	}
	return n
}

// fillFrom runs a query and puts its rows into a new table.
func (r *run) fillFrom(tx *txn.Tx, b *bound, t *catalog.Table) (int64, error) {
	var rows [][]value.Value
	kept, memory := int64(0), r.session.memory
	defer func() { memory.Give(kept) }()
	c := r.execution(tx)
	if _, err := b.program.Run(c, func(row []value.Value) error {
		n := rowBytes(row)
		if err := memory.Take(n); err != nil {
			return err
		}
		kept += n
		rows = append(rows, append([]value.Value(nil), row...))
		return nil
	}); err != nil {
		return 0, err
	}
	columns := make([]int, len(t.Columns))
	for i := range columns {
		columns[i] = i
	}
	return exec.Bulk(c, t, &plan.Rules{Defaults: make([]plan.Expr, len(columns)), Computed: make([]plan.Expr, len(columns)), Filters: make([]plan.Expr, len(t.Indexes))},
		columns, fromSlice(rows), exec.BulkOptions{KeepNulls: true, KeepIdentity: true, TableLock: true})
}

// fromSlice yields rows that are in memory.
func fromSlice(rows [][]value.Value) func(dst []value.Value) error {
	next := 0
	return func(dst []value.Value) error {
		if next == len(rows) {
			return io.EOF
		}
		copy(dst, rows[next])
		next++
		return nil
	}
}

// captured is what INSERT … EXEC takes of the results: rows as the table's columns have them.
type captured struct {
	table    *catalog.Table
	columns  []int
	identity bool // the identity column is among them
	convert  []value.Conversion
	rows     [][]value.Value
}

// next begins another result: each has its own types.
func (c *captured) next(from []plan.Column) error {
	if len(from) != len(c.columns) {
		return value.Errorf(213, 16, 7, "Column name or number of supplied values does not match table definition.")
	}
	c.convert = make([]value.Conversion, len(from))
	for i, at := range c.columns {
		to := c.table.Columns[at].Type
		if !value.Implicit(from[i].Type, to) {
			return value.NotImplicit(from[i].Type, to)
		}
		c.convert[i] = value.Assigner(from[i].Type, to)
	}
	return nil
}

func (c *captured) take(row []value.Value) error {
	kept := make([]value.Value, len(row))
	for i, v := range row {
		var err error
		if kept[i], err = c.convert[i](v); err != nil {
			return err
		}
	}
	c.rows = append(c.rows, kept)
	return nil
}

// insertInto settles where the rows of INSERT … EXEC go, before anything is executed.
func (r *run) insertInto(s *tsql.Insert) (*captured, error) {
	t, err := r.insertTarget(targetName(s.Target))
	if err != nil {
		return nil, err
	}
	if err := r.permit([]plan.Need{{Permission: "INSERT", Object: t.ID, Through: r.chain()}}); err != nil {
		return nil, err
	}
	into := &captured{table: t}
	if into.columns, err = insertColumns(t, s.Columns); err != nil {
		return nil, err
	}
	if into.identity = slices.Contains(into.columns, t.IdentityColumn()); into.identity && r.session.settings.identityInsert != t.ID {
		return nil, value.Errorf(544, 16, 1, "Cannot insert explicit value for identity column in table '%s' when IDENTITY_INSERT is set to OFF.", t.Name)
	}
	return into, nil
}

// insertRows is the second half of INSERT … EXEC.
func (r *run) insertRows(into *captured) error {
	var local bool
	rules, err := bind.Rules(r.environment(&local), into.table)
	if err != nil {
		return err
	}
	var count int64
	err = r.within(func(tx *txn.Tx) error {
		return inStatement(tx, func(tx *txn.Tx) (err error) {
			options := exec.BulkOptions{Check: true, KeepNulls: true, Triggers: true, KeepIdentity: into.identity}
			count, err = exec.Bulk(r.execution(tx), into.table, rules, into.columns, fromSlice(into.rows), options)
			return err
		})
	})
	if err != nil {
		return err
	}
	r.session.affected = count
	return r.counted(&plan.Statement{Command: commandInsert}, count)
}

func targetName(s tsql.TableSource) tsql.ObjectName {
	switch t := s.(type) {
	case *tsql.Table:
		return t.Name
	case *tsql.TableVariable:
		return tsql.ObjectName{Name: tsql.Ident{Name: t.Name}}
	}
	return tsql.ObjectName{}
}

func (r *run) insertTarget(name tsql.ObjectName) (*catalog.Table, error) {
	if t := r.localTable(name.Name.Name); t != nil {
		return t, nil
	}
	o, ok := r.find(name)
	t, is := o.(*catalog.Table)
	if !ok || !is {
		return nil, value.Errorf(208, 16, 1, "Invalid object name '%s'.", nameText(name))
	}
	return t, nil
}

// insertColumns are the ordinals that a column list names, or all that can be inserted into.
func insertColumns(t *catalog.Table, names []tsql.Ident) ([]int, error) {
	var out []int
	if len(names) == 0 {
		for i, c := range t.Columns {
			if c.Identity == nil && c.Computed == nil && c.Type.ID != value.RowVersion {
				out = append(out, i)
			}
		}
		return out, nil
	}
	for _, n := range names {
		_, at := t.Column(n.Name)
		if at < 0 {
			return nil, value.Errorf(207, 16, 1, "Invalid column name '%s'.", n.Name)
		}
		if c := t.Columns[at]; c.Computed != nil || c.Type.ID == value.RowVersion {
			return nil, value.Errorf(271, 16, 1, "The column \"%s\" cannot be modified because it is either a computed column or is the result of a UNION operator.", n.Name)
		}
		if slices.Contains(out, at) {
			return nil, value.Errorf(264, 16, 1, "The column name '%s' is specified more than once in the SET clause or column list of an INSERT. A column cannot be assigned more than one value in the same clause. Modify the clause to make sure that a column is updated only once.", n.Name)
		}
		out = append(out, at)
	}
	return out, nil
}

// pseudoTables puts a trigger's inserted and deleted rows where its statements find them.
func (r *run) pseudoTables(sc *scope, of *catalog.Table, inserted, deleted [][]value.Value) error {
	s := r.session
	sc.pseudo = map[string]*catalog.Table{}
	for _, each := range []struct {
		name string
		rows [][]value.Value
	}{{"inserted", inserted}, {"deleted", deleted}} {
		t := &catalog.Table{Temporary: true, Variable: true, NextColumn: of.NextColumn, NextIndex: 2}
		s.nextTable--
		t.ID, t.Name, t.Kind = s.nextTable, each.name, catalog.KindTable
		columns := make([]int, len(of.Columns))
		for i, c := range of.Columns {
			plainColumn := *c
			plainColumn.Identity, plainColumn.Default, plainColumn.Computed = nil, nil, nil
			plainColumn.Type.Nullable = true
			if plainColumn.Type.ID == value.RowVersion {
				plainColumn.Type = value.Type{ID: value.VarBinary, Length: 8, Nullable: true}
			}
			t.Columns = append(t.Columns, &plainColumn)
			columns[i] = i
		}
		rules := &plan.Rules{Defaults: make([]plan.Expr, len(columns)), Computed: make([]plan.Expr, len(columns))}
		err := inStatement(s.tx, func(tx *txn.Tx) error {
			_, err := exec.Bulk(r.execution(tx), t, rules, columns, fromSlice(each.rows), exec.BulkOptions{KeepNulls: true})
			return err
		})
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		sc.pseudo[each.name] = t
		if sc.tables == nil {
			sc.tables = map[string]*catalog.Table{}
		}
		sc.tables["\x00"+each.name] = t // so that its rows go with the scope
	}
	return nil
}
