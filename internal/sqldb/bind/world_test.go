package bind

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// world is a small database to bind statements in.
type world struct {
	t    testing.TB
	edit *catalog.Edit
	env  *Environment
	vars map[string]value.Type
	list []string
}

const sample = `
CREATE TABLE customers (id int NOT NULL IDENTITY PRIMARY KEY, name nvarchar(50) NOT NULL, city varchar(20) NULL, born date NULL);
CREATE TABLE orders (id int NOT NULL PRIMARY KEY, customer int NOT NULL REFERENCES customers (id), placed datetime2(7) NOT NULL, total decimal(10,2) NULL,
	note varchar(max) NULL, INDEX ix_customer (customer, placed DESC));
CREATE TABLE lines (orderid int NOT NULL, line smallint NOT NULL, product varchar(30) NOT NULL, quantity int NOT NULL, price money NOT NULL,
	amount AS quantity * price, CONSTRAINT pk_lines PRIMARY KEY (orderid, line), CHECK (quantity > 0));
CREATE TABLE heap (a int NULL, b nvarchar(10) NULL DEFAULT (N'x'), c uniqueidentifier NULL, v rowversion);
CREATE UNIQUE INDEX ux_a ON heap (a);
CREATE INDEX ix_b ON heap (b) INCLUDE (a);
`

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{t: t, edit: catalog.New(5, "shop", time.Unix(0, 0)), vars: map[string]value.Type{}}
	w.define(sample)
	w.env = &Environment{
		Catalog: w.edit.Database(), QuotedIdentifier: true,
		Variable: func(name string) (int, value.Type, bool) {
			for i, n := range w.list {
				if strings.EqualFold(n, name) {
					return i, w.vars[n], true
				}
			}
			return 0, value.Type{}, false
		},
	}
	w.declare("@i", value.Of(value.Int))
	w.declare("@b", value.Of(value.BigInt))
	w.declare("@s", value.Sized(value.NVarChar, 4000))
	w.declare("@d", value.Of(value.DateTime2))
	return w
}

func (w *world) declare(name string, t value.Type) {
	w.list = append(w.list, name)
	w.vars[name] = t
}

// define makes the tables and indexes of a script.
func (w *world) define(script string) {
	w.t.Helper()
	parsed, err := tsql.Parse(script, tsql.Options{QuotedIdentifier: true})
	if err != nil {
		w.t.Fatal(err)
	}
	for _, s := range parsed.Statements {
		switch s := s.(type) {
		case *tsql.CreateTable:
			w.table(parsed, s)
		case *tsql.CreateIndex:
			o, _ := w.edit.Database().Object(catalog.SchemaDBO, s.Table.Name.Name)
			w.index(o.(*catalog.Table), &s.Index)
		}
	}
}

func (w *world) table(b *tsql.Batch, s *tsql.CreateTable) {
	t := &catalog.Table{Header: catalog.Header{ID: w.edit.NextID(), SchemaID: catalog.SchemaDBO, Name: s.Name.Name.Name, Kind: catalog.KindTable}, NextIndex: 2}
	env := &Environment{Catalog: w.edit.Database(), QuotedIdentifier: true}
	for i := range s.Table.Columns {
		x := &s.Table.Columns[i]
		c := &catalog.Column{ID: int32(i + 1), Name: x.Name.Name}
		if x.Type != nil {
			typ, err := TypeOf(env, x.Type, 1)
			if err != nil {
				w.t.Fatal(err)
			}
			c.Type = typ.WithNullable(x.Null != tsql.No)
		}
		if x.Identity != nil {
			c.Identity = &catalog.Identity{Seed: 1, Increment: 1}
		}
		if x.Default != nil {
			c.Default = &catalog.Default{Text: b.Slice(x.Default.Text)}
		}
		t.Columns = append(t.Columns, c)
		if x.Computed != nil {
			c.Computed = &catalog.Computed{Text: b.Slice(x.Computed.Span())}
			e, err := TableExpression(env, t, x.Computed)
			if err != nil {
				w.t.Fatal(err)
			}
			c.Type = e.Type()
		}
		for _, k := range x.Constraints {
			k.Columns = []tsql.IndexColumn{{Name: x.Name}}
			w.constraint(b, t, k)
		}
	}
	for _, k := range s.Table.Constraints {
		w.constraint(b, t, k)
	}
	w.edit.PutObject(t)
	for i := range s.Table.Indexes {
		w.index(t, &s.Table.Indexes[i])
	}
}

func (w *world) constraint(b *tsql.Batch, t *catalog.Table, k tsql.Constraint) {
	h := catalog.Header{ID: w.edit.NextID(), SchemaID: t.SchemaID, ParentID: t.ID, Name: k.Name.Name}
	switch k.Kind {
	case tsql.Check:
		h.Kind = catalog.KindCheck
		t.Checks = append(t.Checks, &catalog.Check{Header: h, Text: b.Slice(k.Text)})
	case tsql.PrimaryKey, tsql.Unique:
		x := &catalog.Index{ID: t.NextIndex, Name: "pk_" + t.Name, Unique: true, PrimaryKey: k.Kind == tsql.PrimaryKey, Constraint: &h}
		t.NextIndex++
		if k.Kind == tsql.PrimaryKey && k.Clustered != tsql.No {
			x.ID, x.Clustered = 1, true
		}
		for _, c := range k.Columns {
			col, _ := t.Column(c.Name.Name)
			x.Keys = append(x.Keys, catalog.IndexKey{Column: col.ID, Descending: c.Desc})
		}
		t.Indexes = append(t.Indexes, x)
	case tsql.ForeignKey:
		h.Kind = catalog.KindForeignKey
		o, _ := w.edit.Database().Object(catalog.SchemaDBO, k.References.Name.Name)
		f := &catalog.ForeignKey{Header: h, Referenced: o.Head().ID, ReferencedIndex: 1}
		for i, c := range k.Columns {
			col, _ := t.Column(c.Name.Name)
			ref, _ := o.(*catalog.Table).Column(k.RefColumns[i].Name)
			f.Columns, f.ReferencedColumns = append(f.Columns, col.ID), append(f.ReferencedColumns, ref.ID)
		}
		t.ForeignKeys = append(t.ForeignKeys, f)
	}
}

func (w *world) index(t *catalog.Table, s *tsql.IndexDefinition) {
	x := &catalog.Index{ID: t.NextIndex, Name: s.Name.Name, Unique: s.Unique}
	t.NextIndex++
	for _, c := range s.Columns {
		col, _ := t.Column(c.Name.Name)
		x.Keys = append(x.Keys, catalog.IndexKey{Column: col.ID, Descending: c.Desc})
	}
	for _, n := range s.Include {
		col, _ := t.Column(n.Name)
		x.Included = append(x.Included, col.ID)
	}
	t.Indexes = append(t.Indexes, x)
}

// module puts a view or function into the catalog.
func (w *world) module(kind catalog.Kind, name, text string, parameters ...catalog.Parameter) *catalog.Module {
	w.t.Helper()
	m := &catalog.Module{
		Header: catalog.Header{ID: w.edit.NextID(), SchemaID: catalog.SchemaDBO, Name: name, Kind: kind}, Text: text,
		QuotedIdentifier: true, Parameters: parameters,
	}
	if kind == catalog.KindView {
		parsed, err := tsql.Parse(text, tsql.Options{QuotedIdentifier: true})
		if err != nil {
			w.t.Fatal(err)
		}
		v := parsed.Statements[0].(*tsql.CreateView)
		cols, err := Columns(w.env, v.Query)
		if err != nil {
			w.t.Fatal(err)
		}
		for i, c := range cols {
			if i < len(v.Columns) {
				c.Name = v.Columns[i].Name
			}
			m.Columns = append(m.Columns, &catalog.Column{ID: int32(i + 1), Name: c.Name, Type: c.Type})
		}
	}
	w.edit.PutObject(m)
	return m
}

// bind binds the one statement of a text.
func (w *world) bind(text string) (*plan.Statement, error) {
	w.t.Helper()
	parsed, err := tsql.Parse(text, tsql.Options{QuotedIdentifier: true})
	if err != nil {
		return nil, syntax(err)
	}
	if len(parsed.Statements) != 1 {
		w.t.Fatalf("%s: %d statements", text, len(parsed.Statements))
	}
	return Statement(w.env, parsed.Statements[0])
}

func (w *world) must(text string) *plan.Statement {
	w.t.Helper()
	p, err := w.bind(text)
	if err != nil {
		w.t.Fatalf("%s: %s", text, describeError(err))
	}
	return p
}

func describeError(err error) string {
	if e, ok := err.(*value.Error); ok {
		return strconv.Itoa(int(e.Number)) + " line " + strconv.Itoa(int(e.Line)) + ": " + e.Text
	}
	return err.Error()
}
