package sqldb

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/bind"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/collate"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/txn"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// maxColumns is how many columns a table may have.
const maxColumns = 1024

// createTable is CREATE TABLE, of temporary tables too.
func (r *run) createTable(s *tsql.CreateTable) error {
	if err := refuseOptions(s.Options); err != nil {
		return err
	}
	if isLocal(s.Name.Name.Name) {
		return r.createTemporary(s.Name, &s.Table)
	}
	return r.change(func(e *catalog.Edit, tx *txn.Tx) error {
		schema, err := r.newTableSchema(e, s.Name)
		if err != nil {
			return err
		}
		t, err := r.builder(e, schema).table(s.Name.Name.Name, &s.Table)
		if err != nil {
			return err
		}
		e.PutObject(t)
		r.owns(tx, t)
		return r.startIdentity(t)
	})
}

// refuseOptions refuses what a table here cannot be; what only says how it is stored is read over.
func refuseOptions(options []tsql.Option) error {
	for _, o := range options {
		switch o.Name {
		case "SYSTEM_VERSIONING", "LEDGER", "MEMORY_OPTIMIZED":
			if o.On() || o.Word == "" && len(o.Options) > 0 {
				return value.Errorf(40512, 16, 1, "Deprecated feature '%s' is not supported in this version of SQL Server.", o.Name).At(o.At.Line)
			}
		}
	}
	return nil
}

// createTemporary makes a # table of the session, or of the procedure that runs.
func (r *run) createTemporary(name tsql.ObjectName, def *tsql.TableDefinition) error {
	s := r.session
	key := fold(name.Name.Name)
	if !r.mayHide(key) {
		return value.Errorf(2714, 16, 6, "There is already an object named '%s' in the database.", name.Name.Name)
	}
	t, err := r.builder(nil, catalog.SchemaDBO).table(name.Name.Name, def)
	if err != nil {
		return err
	}
	t.Temporary = true
	r.putTemporary(key, t)
	if s.tx != nil {
		s.tx.AfterRollback(func() {
			if s.temporary[key] == t {
				delete(s.temporary, key)
				s.version++
			}
		})
	}
	return nil
}

// mayHide reports whether a # table may be made: none of its name is there, or it is a caller's, which it hides.
func (r *run) mayHide(key string) bool {
	return r.session.temporary[key] == nil || r.scope.depth > 0 && !slices.Contains(r.scope.temporary, key)
}

func (r *run) putTemporary(key string, t *catalog.Table) {
	s, sc := r.session, r.scope
	if outer := s.temporary[key]; outer != nil {
		if sc.hidden == nil {
			sc.hidden = map[string]*catalog.Table{}
		}
		sc.hidden[key] = outer
	}
	s.temporary[key] = t
	s.version++
	sc.temporary = append(sc.temporary, key)
}

// dropTemporary drops the # tables of a procedure that has ended. Those of a batch live as long as the session.
func (r *run) dropTemporary(sc *scope) {
	if sc.module == nil && sc.depth == 0 || len(sc.temporary) == 0 && len(sc.tables) == 0 {
		return
	}
	s := r.session
	for _, key := range sc.temporary {
		if t := s.temporary[key]; t != nil {
			s.local.Drop(r.rows(t))
			delete(s.temporary, key)
			s.version++
		}
		if outer := sc.hidden[key]; outer != nil {
			s.temporary[key] = outer
			s.version++
		}
	}
	for _, t := range sc.tables {
		s.local.Drop(r.rows(t))
	}
}

// declareTable is DECLARE @t TABLE (…).
func (r *run) declareTable(name string, def *tsql.TableDefinition) error {
	t, err := r.builder(nil, catalog.SchemaDBO).table(name, def)
	if err != nil {
		return err
	}
	r.tableVariable(name, t)
	r.session.version++
	return nil
}

// builder makes a table of its definition. Without an edit the table is the session's own.
type builder struct {
	r      *run
	e      *catalog.Edit
	schema int32
	t      *catalog.Table
	// altering says that the table was there before, with columns below firstNew.
	altering bool
	firstNew int32
	// declaredNull are the columns that the statement itself declares NULL.
	declaredNull map[int32]bool
	// explicitClustered says that a constraint or index of the definition asks for CLUSTERED.
	explicitClustered bool
}

func (r *run) builder(e *catalog.Edit, schema int32) *builder {
	return &builder{r: r, e: e, schema: schema}
}

func (b *builder) header(name string, kind catalog.Kind, parent int32) catalog.Header {
	now := b.r.session.service.now()
	h := catalog.Header{SchemaID: b.schema, ParentID: parent, Name: name, Kind: kind, Created: now, Modified: now}
	if b.e != nil {
		h.ID = b.e.NextID()
	} else {
		b.r.session.nextTable--
		h.ID = b.r.session.nextTable
	}
	return h
}

// constraint makes the header of a constraint: with its name, or one that the server gives.
func (b *builder) constraint(name tsql.Ident, kind catalog.Kind, parts ...string) (catalog.Header, error) {
	h := b.header(name.Name, kind, b.t.ID)
	if name.Name == "" {
		h.System = true
		h.Name = systemName(kind, h.ID, append([]string{b.t.Name}, parts...))
	}
	if b.e != nil {
		if strings.EqualFold(h.Name, b.t.Name) {
			return h, value.Errorf(2714, 16, 5, "There is already an object named '%s' in the database.", h.Name)
		}
		if err := free(b.e.Database(), b.schema, h.Name); err != nil {
			return h, value.Errorf(2714, 16, 5, "There is already an object named '%s' in the database.", h.Name)
		}
		for _, o := range b.named() {
			if strings.EqualFold(o, h.Name) {
				return h, value.Errorf(2714, 16, 5, "There is already an object named '%s' in the database.", h.Name)
			}
		}
	}
	return h, nil
}

func (b *builder) named() []string {
	var names []string
	for _, x := range b.t.Indexes {
		if x.Constraint != nil {
			names = append(names, x.Constraint.Name)
		}
	}
	for _, c := range b.t.Checks {
		names = append(names, c.Name)
	}
	for _, k := range b.t.ForeignKeys {
		names = append(names, k.Name)
	}
	return names
}

// systemName is like what SQL Server makes up: PK__table__3213E83F8A6BD1F2, DF__table__column__37A5467C.
func systemName(kind catalog.Kind, id int32, parts []string) string {
	prefix := map[catalog.Kind]string{
		catalog.KindPrimaryKey: "PK", catalog.KindUnique: "UQ", catalog.KindDefault: "DF", catalog.KindCheck: "CK", catalog.KindForeignKey: "FK",
	}[kind]
	name := prefix
	for _, part := range parts {
		if len(part) > 9 {
			part = part[:9]
		}
		name += "__" + part
	}
	suffix := fmt.Sprintf("%08X", uint32(id))
	if kind == catalog.KindPrimaryKey || kind == catalog.KindUnique {
		suffix = fmt.Sprintf("%08X%08X", uint32(id)*2654435761, uint32(id))
	}
	return name + "__" + suffix
}

// table builds the whole.
func (b *builder) table(name string, def *tsql.TableDefinition) (*catalog.Table, error) {
	b.t = &catalog.Table{Header: b.header(name, catalog.KindTable, 0), NextColumn: 1, NextIndex: 2}
	b.t.Temporary, b.t.Global = b.e == nil, b.schema == catalog.SchemaGlobal
	if err := b.columns(def.Columns); err != nil {
		return nil, err
	}
	if def.Period != nil {
		return nil, value.Errorf(40510, 16, 1, "Statement 'PERIOD FOR SYSTEM_TIME' is not supported in this version of SQL Server.").At(def.Period.At.Line)
	}
	b.explicitClustered = asksClustered(def)
	if err := b.constraints(def); err != nil {
		return nil, err
	}
	return b.t, nil
}

func (b *builder) constraints(def *tsql.TableDefinition) error {
	for i := range def.Columns {
		c := &def.Columns[i]
		for j := range c.Constraints {
			if err := b.add(&c.Constraints[j], c.Name.Name); err != nil {
				return err
			}
		}
		if c.Index != nil {
			if err := b.inlineIndex(c.Index, c.Name.Name); err != nil {
				return err
			}
		}
	}
	for i := range def.Constraints {
		if err := b.add(&def.Constraints[i], ""); err != nil {
			return err
		}
	}
	for i := range def.Indexes {
		if err := b.inlineIndex(&def.Indexes[i], ""); err != nil {
			return err
		}
	}
	return nil
}

// columns adds columns: the plain ones first, since computed ones may name those that follow.
func (b *builder) columns(defs []tsql.ColumnDefinition) error {
	first := len(b.t.Columns)
	for i := range defs {
		c, err := b.column(&defs[i])
		if err != nil {
			return err
		}
		if _, at := b.t.Column(c.Name); at >= 0 {
			return value.Errorf(2705, 16, 3, "Column names in each table must be unique. Column name '%s' in table '%s' is specified more than once.", c.Name, b.t.Name)
		}
		b.t.Columns = append(b.t.Columns, c)
		if len(b.t.Columns) > maxColumns {
			return value.Errorf(1702, 16, 1, "CREATE TABLE failed because column '%s' in table '%s' exceeds the maximum of %d columns.", c.Name, b.t.Name, maxColumns)
		}
	}
	for i := range defs {
		if defs[i].Computed == nil {
			continue
		}
		c := b.t.Columns[first+i]
		x, err := bind.TableExpression(b.environment(), b.t, defs[i].Computed)
		if err != nil {
			return err
		}
		c.Type = x.Type()
		if defs[i].Null == tsql.No {
			c.Type.Nullable = false
		}
	}
	return nil
}

func (b *builder) environment() *bind.Environment {
	var local bool
	env := b.r.environment(&local)
	if b.e != nil {
		env.Catalog = b.e.Database()
	}
	env.Variable, env.Table = nil, nil
	return env
}

func (b *builder) column(d *tsql.ColumnDefinition) (*catalog.Column, error) {
	c := &catalog.Column{ID: b.t.NextColumn, Name: d.Name.Name, RowGUID: d.RowGUIDCol}
	b.t.NextColumn++
	if d.Generated != "" || d.FileStream || d.Encrypted != nil || d.ColumnSet {
		return nil, value.Errorf(40510, 16, 1, "Statement 'GENERATED ALWAYS, FILESTREAM, ENCRYPTED or COLUMN_SET' is not supported in this version of SQL Server.").At(d.At.Line)
	}
	if d.Computed != nil {
		c.Computed = &catalog.Computed{Text: "(" + b.r.scope.batch.Slice(d.Computed.Span()) + ")", Persisted: d.Persisted}
		c.Type = value.Type{ID: value.Int, Nullable: true} // until it is bound
		return c, nil
	}
	if err := b.columnType(c, d); err != nil {
		return nil, err
	}
	if err := b.identity(c, d); err != nil {
		return nil, err
	}
	if d.Default != nil {
		def, err := b.defaultOf(c, d.Default)
		if err != nil {
			return nil, err
		}
		c.Default = def
	}
	return c, nil
}

func (b *builder) columnType(c *catalog.Column, d *tsql.ColumnDefinition) error {
	if d.Type == nil { // timestamp without a type
		c.Type = value.Type{ID: value.RowVersion}
		return nil
	}
	t, id, err := b.r.typeAndID(*d.Type)
	if err != nil {
		if m, ok := err.(*value.Error); ok && m.Number == 2715 {
			return value.Errorf(2715, 16, 6, "Column, parameter, or variable #%d: Cannot find data type %s.", len(b.t.Columns)+1, nameText(d.Type.Name)).At(d.At.Line)
		}
		return err
	}
	c.Type, c.TypeID = t, id
	switch d.Null {
	case tsql.Yes:
		c.Type.Nullable = true
		if b.declaredNull == nil {
			b.declaredNull = map[int32]bool{}
		}
		b.declaredNull[c.ID] = true
	case tsql.No:
		c.Type.Nullable = false
	default:
		if id == 0 {
			c.Type.Nullable = d.Identity == nil && t.ID != value.RowVersion && b.r.session.settings.ansiNullDefault
		}
	}
	for _, k := range d.Constraints {
		if k.Kind == tsql.PrimaryKey && d.Null != tsql.Yes {
			c.Type.Nullable = false
		}
	}
	if d.Collation.Name != "" {
		col, ok := collate.Lookup(d.Collation.Name)
		if !ok {
			return value.Errorf(448, 16, 3, "Invalid collation '%s'.", d.Collation.Name).At(d.At.Line)
		}
		c.Type.Collation = col
	}
	if c.Type.IsString() && c.Type.Collation == nil {
		c.Type.Collation = b.r.session.view().Collation
	}
	return nil
}

func (b *builder) identity(c *catalog.Column, d *tsql.ColumnDefinition) error {
	if d.Identity == nil {
		return nil
	}
	if b.t.IdentityColumn() >= 0 {
		return value.Errorf(2744, 16, 2, "Multiple identity columns specified for table '%s'. Only one identity column per table is allowed.", b.t.Name)
	}
	switch {
	case d.Null == tsql.Yes:
		return value.Errorf(8147, 16, 1, "Could not create IDENTITY attribute on nullable column '%s', table '%s'.", c.Name, b.t.Name)
	case c.Type.ID == value.Decimal && c.Type.Scale == 0, c.Type.ID >= value.TinyInt && c.Type.ID <= value.BigInt:
	default:
		return value.Errorf(2749, 16, 2, "Identity column '%s' must be of data type int, bigint, smallint, tinyint, or decimal or numeric with a scale of 0, unencrypted, and constrained to be nonnullable.", c.Name)
	}
	c.Identity = &catalog.Identity{Seed: 1, Increment: 1, NotForReplication: d.Identity.NotForReplication}
	for _, each := range []struct {
		text string
		to   *int64
	}{{d.Identity.Seed, &c.Identity.Seed}, {d.Identity.Increment, &c.Identity.Increment}} {
		if each.text == "" {
			continue
		}
		n, err := strconv.ParseInt(strings.TrimPrefix(each.text, "+"), 10, 64)
		if err != nil {
			return value.Errorf(2754, 16, 1, "Identity seed and increment of column '%s' must be integers.", c.Name)
		}
		*each.to = n
	}
	if c.Identity.Increment == 0 {
		return value.Errorf(8102, 16, 1, "The increment of an identity column must not be 0.")
	}
	return nil
}

// defaultOf makes a DEFAULT constraint, once its expression has been bound and fits the column.
func (b *builder) defaultOf(c *catalog.Column, k *tsql.Constraint) (*catalog.Default, error) {
	x, err := bind.Expression(b.environment(), k.Expr)
	if err != nil {
		return nil, err
	}
	if !value.Implicit(x.Type(), c.Type) {
		return nil, value.NotImplicit(x.Type(), c.Type)
	}
	if c.Identity != nil || c.Type.ID == value.RowVersion {
		return nil, value.Errorf(1754, 16, 1, "Defaults cannot be created on columns with an IDENTITY attribute. Table '%s', column '%s'.", b.t.Name, c.Name)
	}
	h, err := b.constraint(k.Name, catalog.KindDefault, c.Name)
	if err != nil {
		return nil, err
	}
	return &catalog.Default{Header: h, Text: b.text(k.Text, k.Expr)}, nil
}

// text is an expression's text as the catalog shows it, in parentheses.
func (b *builder) text(span tsql.Span, x tsql.Expr) string {
	text := strings.TrimSpace(b.r.scope.batch.Slice(span))
	if text == "" {
		text = b.r.scope.batch.Slice(x.Span())
	}
	if !strings.HasPrefix(text, "(") || !wrapped(text) {
		text = "(" + text + ")"
	}
	return text
}

// wrapped reports whether a text's first parenthesis is closed by its last character.
func wrapped(text string) bool {
	depth, quoted := 0, false
	for i := range len(text) {
		switch {
		case text[i] == '\'':
			quoted = !quoted
		case quoted:
		case text[i] == '(':
			depth++
		case text[i] == ')':
			depth--
			if depth == 0 && i < len(text)-1 {
				return false
			}
		}
	}
	return depth == 0
}

// asksClustered reports whether a definition names CLUSTERED: an unspecified primary key is then not clustered.
func asksClustered(def *tsql.TableDefinition) bool {
	all := append([]tsql.Constraint(nil), def.Constraints...)
	for _, c := range def.Columns {
		all = append(all, c.Constraints...)
		if c.Index != nil && c.Index.Clustered == tsql.Yes {
			return true
		}
	}
	for _, k := range all {
		if k.Clustered == tsql.Yes {
			return true
		}
	}
	for _, x := range def.Indexes {
		if x.Clustered == tsql.Yes {
			return true
		}
	}
	return false
}
