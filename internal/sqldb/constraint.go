package sqldb

import (
	"slices"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/bind"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// Limits of an index's key.
const (
	maxKeyColumns = 32
	maxKeyBytes   = 1700
)

// add adds a constraint; column is where it was written at, empty for a table's.
func (b *builder) add(k *tsql.Constraint, column string) error {
	switch k.Kind {
	case tsql.PrimaryKey, tsql.Unique:
		return b.key(k, column)
	case tsql.Check:
		return b.check(k, column)
	case tsql.ForeignKey:
		return b.foreignKey(k, column)
	case tsql.DefaultConstraint:
		c, _ := b.t.Column(k.For.Name)
		if c == nil {
			return value.Errorf(1752, 16, 0, "Column '%s' in table '%s' is invalid for creating a default constraint.", k.For.Name, b.t.Name)
		}
		if c.Default != nil {
			return value.Errorf(1781, 16, 1, "Column already has a DEFAULT bound to it.")
		}
		def, err := b.defaultOf(c, k)
		c.Default = def
		return err
	}
	return nil
}

func (b *builder) key(k *tsql.Constraint, column string) error {
	x := &catalog.Index{Unique: true, PrimaryKey: k.Kind == tsql.PrimaryKey}
	kind := catalog.KindUnique
	if x.PrimaryKey {
		kind = catalog.KindPrimaryKey
		for _, other := range b.t.Indexes {
			if other.PrimaryKey {
				return value.Errorf(1779, 16, 0, "Table '%s' already has a primary key defined on it.", b.t.Name)
			}
		}
	}
	var err error
	if x.Keys, err = b.keys(k.Columns, column); err != nil {
		return err
	}
	if x.PrimaryKey {
		for _, key := range x.Keys {
			c := b.t.Columns[b.t.Ordinal(key.Column)]
			if c.Type.Nullable && c.Computed == nil {
				if b.existing(c) || b.declaredNull[c.ID] {
					return value.Errorf(8111, 16, 1, "Cannot define PRIMARY KEY constraint on nullable column in table '%s'.", b.t.Name)
				}
				c.Type.Nullable = false
			}
		}
	}
	clustered := k.Clustered == tsql.Yes || k.Clustered == tsql.Unspecified && x.PrimaryKey && b.t.Clustered() == nil && !b.explicitClustered
	h, err := b.constraint(k.Name, kind)
	if err != nil {
		return err
	}
	x.Name, x.Constraint = h.Name, &h
	return b.put(x, clustered)
}

// existing reports a column that was there before the statement.
func (b *builder) existing(c *catalog.Column) bool { return b.altering && c.ID < b.firstNew }

// keys resolves key columns; column stands in where there is no list.
func (b *builder) keys(columns []tsql.IndexColumn, column string) ([]catalog.IndexKey, error) {
	if len(columns) == 0 {
		columns = []tsql.IndexColumn{{Name: tsql.Ident{Name: column}}}
	}
	if len(columns) > maxKeyColumns {
		return nil, value.Errorf(1904, 16, 1, "The index '' on table '%s' has %d columns in the key list. The maximum limit for index key column list is %d.", b.t.Name, len(columns), maxKeyColumns)
	}
	seen := map[int32]bool{}
	var keys []catalog.IndexKey
	for _, k := range columns {
		c, _ := b.t.Column(k.Name.Name)
		if c == nil {
			return nil, value.Errorf(1911, 16, 1, "Column name '%s' does not exist in the target table or view.", k.Name.Name)
		}
		if seen[c.ID] {
			return nil, value.Errorf(1909, 16, 1, "Cannot use duplicate column names in index. Column name '%s' listed more than once.", k.Name.Name)
		}
		if c.Type.Length == value.Max || c.Type.ID == value.Text || c.Type.ID == value.NText || c.Type.ID == value.Image || c.Type.ID == value.XML {
			return nil, value.Errorf(1919, 16, 1, "Column '%s' in table '%s' is of a type that is invalid for use as a key column in an index.", c.Name, b.t.Name)
		}
		seen[c.ID] = true
		keys = append(keys, catalog.IndexKey{Column: c.ID, Descending: k.Desc})
	}
	return keys, nil
}

// put gives an index its id and its place.
func (b *builder) put(x *catalog.Index, clustered bool) error {
	for _, other := range b.t.Indexes {
		if strings.EqualFold(other.Name, x.Name) {
			return value.Errorf(1913, 16, 1, "The operation failed because an index or statistics with name '%s' already exists on table '%s'.", x.Name, b.t.Name)
		}
	}
	x.Clustered = clustered
	if !clustered {
		x.ID = b.t.NextIndex
		b.t.NextIndex++
		b.t.Indexes = append(b.t.Indexes, x)
		return nil
	}
	if other := b.t.Clustered(); other != nil {
		return value.Errorf(1902, 16, 3, "Cannot create more than one clustered index on table '%s'. Drop the existing clustered index '%s' before creating another.", b.t.Name, other.Name)
	}
	x.ID = 1
	b.t.Indexes = append([]*catalog.Index{x}, b.t.Indexes...)
	return nil
}

func (b *builder) check(k *tsql.Constraint, column string) error {
	if _, err := bind.TableExpression(b.environment(), b.t, k.Expr); err != nil {
		return err
	}
	c := &catalog.Check{Text: b.text(k.Text, k.Expr)}
	var parts []string
	asked := b.asked(c.Text)
	if column != "" {
		parts = []string{column}
		at, _ := b.t.Column(column)
		c.Column = at.ID
		if slices.ContainsFunc(asked, func(other *catalog.Column) bool { return other.ID != at.ID }) {
			return value.Errorf(8141, 16, 0, "Column CHECK constraint for column '%s' references another column, table '%s'.", at.Name, b.t.Name)
		}
	} else if len(asked) == 1 { // wherever it was written, it is its only column's
		c.Column = asked[0].ID
	}
	h, err := b.constraint(k.Name, catalog.KindCheck, parts...)
	if err != nil {
		return err
	}
	c.Header = h
	b.t.Checks = append(b.t.Checks, c)
	return nil
}

// asked are the columns that a condition names.
func (b *builder) asked(text string) []*catalog.Column {
	text = fold(tsql.NormalCondition(text))
	var list []*catalog.Column
	for _, c := range b.t.Columns {
		if strings.Contains(text, "["+fold(strings.ReplaceAll(c.Name, "]", "]]"))+"]") {
			list = append(list, c)
		}
	}
	return list
}

// foreignKey adds a reference to a key of another table, or of this one.
func (b *builder) foreignKey(k *tsql.Constraint, column string) error {
	if !b.t.Guarded() {
		return nil // Skipping: FOREIGN KEY constraints of temporary tables are not enforced
	}
	h, err := b.constraint(k.Name, catalog.KindForeignKey)
	if err != nil {
		return err
	}
	f := &catalog.ForeignKey{Header: h, OnDelete: catalog.Action(k.OnDelete), OnUpdate: catalog.Action(k.OnUpdate)}
	keys, err := b.keys(k.Columns, column)
	if err != nil {
		return value.Errorf(1769, 16, 1, "Foreign key '%s' references invalid column in referencing table '%s'.", h.Name, b.t.Name)
	}
	for _, key := range keys {
		f.Columns = append(f.Columns, key.Column)
	}
	other := b.t
	if !strings.EqualFold(k.References.Name.Name, b.t.Name) || k.References.Schema.Name != "" {
		o, ok := b.r.find(k.References)
		t, is := o.(*catalog.Table)
		if ok && is {
			if t.ID != b.t.ID {
				other = t
			}
		} else if !strings.EqualFold(k.References.Name.Name, b.t.Name) {
			return value.Errorf(1767, 16, 0, "Foreign key '%s' references invalid table '%s'.", h.Name, nameText(k.References))
		}
	}
	if other != b.t {
		if err := b.r.permit([]plan.Need{{Permission: "REFERENCES", Object: other.ID}}); err != nil {
			return err
		}
	}
	f.Referenced = other.ID
	if err := b.reference(f, k, other); err != nil {
		return err
	}
	b.t.ForeignKeys = append(b.t.ForeignKeys, f)
	return b.oneCascade(f)
}

func (b *builder) reference(f *catalog.ForeignKey, k *tsql.Constraint, other *catalog.Table) error {
	if len(k.RefColumns) == 0 {
		for _, x := range other.Indexes {
			if x.PrimaryKey {
				for _, key := range x.Keys {
					f.ReferencedColumns = append(f.ReferencedColumns, key.Column)
				}
			}
		}
		if f.ReferencedColumns == nil {
			return value.Errorf(1773, 16, 0, "Foreign key '%s' has implicit reference to object '%s' which does not have a primary key defined on it.", f.Name, other.Name)
		}
	}
	for _, name := range k.RefColumns {
		c, _ := other.Column(name.Name)
		if c == nil {
			return value.Errorf(1770, 16, 0, "Foreign key '%s' references invalid column '%s' in referenced table '%s'.", f.Name, name.Name, other.Name)
		}
		f.ReferencedColumns = append(f.ReferencedColumns, c.ID)
	}
	if len(f.Columns) != len(f.ReferencedColumns) {
		return value.Errorf(8139, 16, 0, "Number of referencing columns in foreign key differs from number of referenced columns, table '%s'.", b.t.Name)
	}
	for _, x := range other.Indexes {
		if x.Unique && x.Filter == "" && sameColumns(x.Keys, f.ReferencedColumns) {
			f.ReferencedIndex = x.ID
			break
		}
	}
	if f.ReferencedIndex == 0 {
		return value.Errorf(1776, 16, 0, "There are no primary or candidate keys in the referenced table '%s' that match the referencing column list in the foreign key '%s'.", nameText(k.References), f.Name)
	}
	for i := range f.Columns {
		mine, theirs := b.t.Columns[b.t.Ordinal(f.Columns[i])], other.Columns[other.Ordinal(f.ReferencedColumns[i])]
		if mine.Type.ID != theirs.Type.ID || !mine.Type.IsString() && mine.Type.Length != theirs.Type.Length || mine.Type.Precision != theirs.Type.Precision || mine.Type.Scale != theirs.Type.Scale {
			return value.Errorf(1778, 16, 0, "Column '%s.%s' is not the same data type as referencing column '%s.%s' in foreign key '%s'.", other.Name, theirs.Name, b.t.Name, mine.Name, f.Name)
		}
	}
	return nil
}

func sameColumns(keys []catalog.IndexKey, columns []int32) bool {
	if len(keys) != len(columns) {
		return false
	}
	for _, id := range columns {
		found := false
		for _, k := range keys {
			found = found || k.Column == id
		}
		if !found {
			return false
		}
	}
	return true
}

// inlineIndex adds an index that is written in a table's definition, or by CREATE INDEX.
func (b *builder) inlineIndex(d *tsql.IndexDefinition, column string) error {
	if d.Kind != "" || d.ColumnStore || d.Hash {
		return value.Errorf(40510, 16, 1, "Statement 'CREATE %s INDEX' is not supported in this version of SQL Server.", strings.TrimSpace(d.Kind+" COLUMNSTORE")).At(d.At.Line)
	}
	x := &catalog.Index{Name: d.Name.Name, Unique: d.Unique}
	for _, o := range d.Options {
		if o.Name == "IGNORE_DUP_KEY" && o.On() {
			x.IgnoreDup = true
		}
	}
	var err error
	if x.Keys, err = b.keys(d.Columns, column); err != nil {
		return err
	}
	for _, name := range d.Include {
		c, _ := b.t.Column(name.Name)
		if c == nil {
			return value.Errorf(1911, 16, 1, "Column name '%s' does not exist in the target table or view.", name.Name)
		}
		x.Included = append(x.Included, c.ID)
	}
	if d.Where != nil {
		if _, err := bind.TableExpression(b.environment(), b.t, d.Where); err != nil {
			return err
		}
		x.Filter = b.text(d.WhereText, d.Where)
	}
	return b.put(x, d.Clustered == tsql.Yes)
}
