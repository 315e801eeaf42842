package sysview

import (
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

const (
	information    = "INFORMATION_SCHEMA"
	tableNames     = "TABLE_CATALOG nvarchar(128) null, TABLE_SCHEMA nvarchar(128) null, TABLE_NAME sysname"
	constraintName = "CONSTRAINT_CATALOG nvarchar(128) null, CONSTRAINT_SCHEMA nvarchar(128) null, CONSTRAINT_NAME sysname"
	typeFacets     = `DATA_TYPE nvarchar(128) null, CHARACTER_MAXIMUM_LENGTH int null, CHARACTER_OCTET_LENGTH int null,
		NUMERIC_PRECISION tinyint null, NUMERIC_PRECISION_RADIX smallint null, NUMERIC_SCALE int null, DATETIME_PRECISION smallint null`
	characterSet = `CHARACTER_SET_CATALOG sysname null, CHARACTER_SET_SCHEMA sysname null, CHARACTER_SET_NAME sysname null,
		COLLATION_CATALOG sysname null, COLLATION_SCHEMA sysname null, COLLATION_NAME sysname null`
)

func informationViews() []view {
	return append([]view{
		{information, "TABLES", tableNames + ", TABLE_TYPE varchar(10) null", informationTables},
		{information, "COLUMNS", tableNames + ", COLUMN_NAME sysname null, ORDINAL_POSITION int null, COLUMN_DEFAULT nvarchar(4000) null, IS_NULLABLE varchar(3) null, " +
			typeFacets + ", " + characterSet + ", DOMAIN_CATALOG sysname null, DOMAIN_SCHEMA sysname null, DOMAIN_NAME sysname null", informationColumns},
		{information, "VIEWS", tableNames + ", VIEW_DEFINITION nvarchar(4000) null, CHECK_OPTION varchar(7) null, IS_UPDATABLE varchar(2)", informationViewRows},
		{information, "TABLE_CONSTRAINTS", constraintName + ", " + tableNames + ", CONSTRAINT_TYPE varchar(11) null, IS_DEFERRABLE varchar(2), INITIALLY_DEFERRED varchar(2)", tableConstraints},
		{information, "KEY_COLUMN_USAGE", constraintName + ", " + tableNames + ", COLUMN_NAME nvarchar(128) null, ORDINAL_POSITION int", keyColumnUsage},
		{information, "CONSTRAINT_COLUMN_USAGE", tableNames + ", COLUMN_NAME nvarchar(128) null, " + constraintName, constraintColumnUsage},
		{information, "CONSTRAINT_TABLE_USAGE", tableNames + ", " + constraintName, constraintTableUsage},
		{information, "REFERENTIAL_CONSTRAINTS", constraintName + `, UNIQUE_CONSTRAINT_CATALOG nvarchar(128) null, UNIQUE_CONSTRAINT_SCHEMA nvarchar(128) null,
			UNIQUE_CONSTRAINT_NAME sysname null, MATCH_OPTION varchar(7) null, UPDATE_RULE varchar(11) null, DELETE_RULE varchar(11) null`, referentialConstraints},
		{information, "CHECK_CONSTRAINTS", constraintName + ", CHECK_CLAUSE nvarchar(4000) null", informationChecks},
		{information, "SCHEMATA", `CATALOG_NAME nvarchar(128) null, SCHEMA_NAME nvarchar(128), SCHEMA_OWNER nvarchar(128) null,
			DEFAULT_CHARACTER_SET_CATALOG sysname null, DEFAULT_CHARACTER_SET_SCHEMA sysname null, DEFAULT_CHARACTER_SET_NAME sysname null`, schemata},
	}, routineViews()...)
}

// facets are those of typeFacets: the type and what is known of its lengths.
func facets(t value.Type) []any {
	length, octets, precision, radix, scale, fraction := any(nil), any(nil), any(nil), any(nil), any(nil), any(nil)
	switch {
	case t.ID == value.Text || t.ID == value.Image:
		length, octets = 2147483647, 2147483647
	case t.ID == value.NText:
		length, octets = 1073741823, 2147483646
	case t.ID == value.XML:
		length, octets = -1, -1
	case t.ID == value.Variant:
		length, octets = 0, 0
	case t.ID == value.RowVersion:
	case t.IsString() || t.IsBinary():
		length, octets = t.Length, t.MaxLength()
	case t.IsFloat():
		precision, radix = t.DisplayPrecision(), 2
	case t.ID == value.Bit:
	case t.IsNumeric():
		precision, radix, scale = t.DisplayPrecision(), 10, t.DisplayScale()
	case t.IsDateTime():
		fraction = t.DisplayScale()
	}
	return []any{t.Name(), length, octets, precision, radix, scale, fraction}
}

// characters are those of characterSet.
func (r *rows) characters(t value.Type) []any {
	if !t.IsString() {
		return []any{nil, nil, nil, nil, nil, nil}
	}
	set := "iso_1"
	if t.IsUnicode() {
		set = "UNICODE"
	}
	return []any{nil, nil, set, nil, nil, r.collation(t)}
}

// qualified is a name with its database and schema.
func (r *rows) qualified(h *catalog.Header) []any {
	return []any{r.db.Name, r.schemaName(h.SchemaID), h.Name}
}

func informationTables(r *rows) {
	for _, h := range r.objects(catalog.KindTable, catalog.KindView) {
		kind := "BASE TABLE"
		if h.Kind == catalog.KindView {
			kind = "VIEW"
		}
		if !r.add(append(r.qualified(h), kind)...) {
			return
		}
	}
}

func yesNo(b bool) string {
	if b {
		return "YES"
	}
	return "NO"
}

func informationColumns(r *rows) {
	r.eachColumn(func(o columnsOwner, place int, c *catalog.Column) bool {
		if o.header.Kind != catalog.KindTable && o.header.Kind != catalog.KindView {
			return true
		}
		text := any(nil)
		if c.Default != nil {
			text = tsql.NormalExpr(c.Default.Text)
		}
		row := append(r.qualified(o.header), c.Name, place, text, yesNo(c.Type.Nullable))
		row = append(append(row, facets(c.Type)...), r.characters(c.Type)...)
		if alias, ok := r.db.TypeByID(c.TypeID); ok && c.TypeID != 0 {
			row = append(row, r.qualified(alias.Head())...)
		}
		return r.add(row...)
	})
}

func informationViewRows(r *rows) {
	for o, h := range r.objects(catalog.KindView) {
		m, ok := o.(*catalog.Module)
		if !ok {
			continue
		}
		check := "NONE"
		if checksOption(m) {
			check = "CASCADE"
		}
		definition := any(nil)
		if len(m.Text) <= commentSize {
			definition = r.definition(m)
		}
		r.add(append(r.qualified(h), definition, check, "NO")...)
	}
}

// parent is the table of a constraint.
func (r *rows) parent(h *catalog.Header) (*catalog.Table, bool) { return r.db.Table(h.ParentID) }

func constraintType(k catalog.Kind) string {
	switch k {
	case catalog.KindPrimaryKey:
		return "PRIMARY KEY"
	case catalog.KindUnique:
		return "UNIQUE"
	case catalog.KindForeignKey:
		return "FOREIGN KEY"
	}
	return "CHECK"
}

// constraints goes over the constraints of tables that INFORMATION_SCHEMA knows: defaults are none.
func (r *rows) constraints(visit func(o catalog.Object, h *catalog.Header, t *catalog.Table) bool) {
	for o, h := range r.objects(catalog.KindPrimaryKey, catalog.KindUnique, catalog.KindForeignKey, catalog.KindCheck) {
		if t, ok := r.parent(h); ok && !visit(o, h, t) {
			return
		}
	}
}

func tableConstraints(r *rows) {
	r.constraints(func(_ catalog.Object, h *catalog.Header, t *catalog.Table) bool {
		return r.add(append(append(r.qualified(h), r.qualified(&t.Header)...), constraintType(h.Kind), "NO", "NO")...)
	})
}

// constrained are the columns that a constraint is on.
func constrained(o catalog.Object, t *catalog.Table) []int32 {
	switch o := o.(type) {
	case *catalog.KeyConstraint:
		var ids []int32
		for _, k := range o.Index.Keys {
			ids = append(ids, k.Column)
		}
		return ids
	case *catalog.ForeignKey:
		return o.Columns
	case *catalog.Check:
		var ids []int32
		for _, name := range tsql.Names(o.Text) {
			if c, i := t.Column(name); i >= 0 {
				ids = append(ids, c.ID)
			}
		}
		return ids
	}
	return nil
}

func columnName(t *catalog.Table, id int32) any {
	if i := t.Ordinal(id); i >= 0 {
		return t.Columns[i].Name
	}
	return nil
}

func keyColumnUsage(r *rows) {
	r.constraints(func(o catalog.Object, h *catalog.Header, t *catalog.Table) bool {
		if h.Kind == catalog.KindCheck {
			return true
		}
		for i, id := range constrained(o, t) {
			if !r.add(append(append(r.qualified(h), r.qualified(&t.Header)...), columnName(t, id), i+1)...) {
				return false
			}
		}
		return true
	})
}

func constraintColumnUsage(r *rows) {
	r.constraints(func(o catalog.Object, h *catalog.Header, t *catalog.Table) bool {
		for _, id := range constrained(o, t) {
			if !r.add(append(append(r.qualified(&t.Header), columnName(t, id)), r.qualified(h)...)...) {
				return false
			}
		}
		return true
	})
}

func constraintTableUsage(r *rows) {
	r.constraints(func(_ catalog.Object, h *catalog.Header, t *catalog.Table) bool {
		return r.add(append(r.qualified(&t.Header), r.qualified(h)...)...)
	})
}

func referentialConstraints(r *rows) {
	for o, h := range r.objects(catalog.KindForeignKey) {
		k, ok := o.(*catalog.ForeignKey)
		if !ok {
			continue
		}
		unique := []any{nil, nil, nil}
		if t, ok := r.db.Table(k.Referenced); ok && r.env.Visible(t.ID) {
			if x := t.Index(k.ReferencedIndex); x != nil {
				unique = []any{r.db.Name, r.schemaName(t.SchemaID), x.Name}
			}
		}
		rule := func(a catalog.Action) string { return strings.ReplaceAll(actionName(a), "_", " ") }
		if !r.add(append(append(r.qualified(h), unique...), "SIMPLE", rule(k.OnUpdate), rule(k.OnDelete))...) {
			return
		}
	}
}

func informationChecks(r *rows) {
	for o, h := range r.objects(catalog.KindCheck) {
		if c, ok := o.(*catalog.Check); ok && !r.add(append(r.qualified(h), tsql.NormalCondition(c.Text))...) {
			return
		}
	}
}

func schemata(r *rows) {
	name := func(id int32) any {
		if p, ok := r.db.PrincipalByID(id); ok {
			return p.Name
		}
		return nil
	}
	for _, s := range r.db.Schemas() {
		r.add(r.db.Name, s.Name, name(s.Owner), nil, nil, "iso_1")
	}
	for _, p := range r.db.Principals() {
		if p.Fixed {
			r.add(r.db.Name, p.Name, p.Name, nil, nil, "iso_1")
		}
	}
}
