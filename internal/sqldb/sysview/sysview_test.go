package sysview

import (
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// session is an environment over a catalog. hidden are objects that the user may not see.
type world struct {
	db     *catalog.Database
	hidden map[int32]bool
	rights bool
}

func (w *world) Now() int64                               { return 0 }
func (w *world) Random() io.Reader                        { return nil }
func (w *world) Database() *catalog.Database              { return w.db }
func (w *world) Visible(object int32) bool                { return !w.hidden[object] }
func (w *world) RowCount(t *catalog.Table) (int64, error) { return 7, nil }
func (w *world) Server(name string) [][]value.Value {
	text, n := value.OfString, value.OfInt
	when := dateTime(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))
	switch name {
	case "databases":
		return [][]value.Value{{text("master"), n(1), when, text(defaultCollation), text("System"), text("System0"), n(1)}, {text("shop"), n(5), when, text(defaultCollation), text("Basic"), text("Basic"), n(1)}}
	case "sessions":
		yes := value.OfBool(true)
		return [][]value.Value{{
			n(55), when, text("host"), text("app"), text("login"), n(5), text("running"), n(77), n(2), text("127.0.0.1"), when, text("library"),
			text("us_english"), text("mdy"), n(7), n(4), n(-1), n(0), n(3), n(0), n(-1), n(258), yes, yes, yes, yes, yes, yes, yes, yes,
		}}
	case "logins":
		return [][]value.Value{{text("admin"), value.OfByteSlice([]byte{1}), text("S"), value.OfBool(false), when, when, text("master")}}
	case "counters":
		return [][]value.Value{{n(1000), n(42)}}
	}
	return nil
}

func (w *world) Ask(name string, args []value.Value) (value.Value, error) {
	switch name {
	case "USER_ID":
		return value.OfInt(5), nil
	case "HAS_PERMS_BY_NAME":
		return value.OfBool(w.rights), nil
	case "OBJECT_DEFINITION":
		o, _ := w.db.ObjectByID(int32(args[0].Int64()))
		if m, ok := o.(*catalog.Module); ok {
			return value.OfString(m.Text), nil
		}
		return value.Null(), nil
	}
	return value.Null(), errors.New("asked " + name)
}

// shop is a catalog that has one of everything.
func shop(t *testing.T) *world {
	t.Helper()
	when := time.Date(2026, 3, 4, 5, 6, 7, 890_000_000, time.UTC)
	e := catalog.New(5, "shop", when)
	head := func(id int32, schema, parent int32, name string, kind catalog.Kind) catalog.Header {
		return catalog.Header{ID: id, SchemaID: schema, ParentID: parent, Name: name, Kind: kind, Created: when, Modified: when}
	}
	typ := func(name string, args ...int) value.Type {
		x, err := value.TypeOf(name, 1, args...)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	e.PutSchema(&catalog.Schema{ID: 5, Name: "sales", Owner: 1})
	pk := head(1001, 1, 1000, "PK_customer", catalog.KindPrimaryKey)
	uq := head(1002, 1, 1000, "UQ_customer", catalog.KindUnique)
	customer := &catalog.Table{
		Header: head(1000, 1, 0, "customer", catalog.KindTable), NextColumn: 6, NextIndex: 4,
		Columns: []*catalog.Column{
			{ID: 1, Name: "id", Type: typ("int").WithNullable(false), Identity: &catalog.Identity{Seed: 1, Increment: 2}},
			{ID: 2, Name: "name", Type: typ("nvarchar", 50), Default: &catalog.Default{Header: head(1003, 1, 1000, "DF_name", catalog.KindDefault), Text: "(N'x')"}},
			{ID: 3, Name: "balance", Type: typ("decimal", 18, 2), TypeID: 0},
			{ID: 4, Name: "twice", Type: typ("decimal", 19, 2), Computed: &catalog.Computed{Text: "([balance]*(2))", Persisted: true}},
			{ID: 5, Name: "mail", Type: typ("nvarchar", 320), TypeID: 257},
		},
		Indexes: []*catalog.Index{
			{ID: 1, Name: "PK_customer", Clustered: true, Unique: true, PrimaryKey: true, Constraint: &pk, Keys: []catalog.IndexKey{{Column: 1}}},
			{ID: 2, Name: "UQ_customer", Unique: true, Constraint: &uq, Keys: []catalog.IndexKey{{Column: 2}}},
			{ID: 3, Name: "IX_balance", Keys: []catalog.IndexKey{{Column: 3, Descending: true}}, Included: []int32{2}, Filter: "([balance]>(0))"},
		},
		Checks: []*catalog.Check{{Header: head(1004, 1, 1000, "CK_balance", catalog.KindCheck), Text: "([balance]>=(0) AND [name]<>N'balance')"}},
	}
	e.PutObject(customer)
	e.PutObject(&catalog.Table{
		Header: head(1100, 5, 0, "order", catalog.KindTable), NextColumn: 3, NextIndex: 2,
		Columns: []*catalog.Column{
			{ID: 1, Name: "number", Type: typ("bigint").WithNullable(false)},
			{ID: 2, Name: "customer", Type: typ("int")},
		},
		ForeignKeys: []*catalog.ForeignKey{{
			Header: head(1101, 5, 1100, "FK_order", catalog.KindForeignKey), Columns: []int32{2}, Referenced: 1000, ReferencedColumns: []int32{1},
			ReferencedIndex: 1, OnDelete: catalog.Cascade,
		}},
	})
	e.PutObject(&catalog.Module{
		Header: head(1200, 1, 0, "rich", catalog.KindView), QuotedIdentifier: true,
		Text:    "CREATE VIEW rich AS SELECT id, name FROM customer WHERE balance > 1000 WITH CHECK OPTION",
		Columns: []*catalog.Column{{Name: "id", Type: typ("int")}, {Name: "name", Type: typ("nvarchar", 50)}},
	})
	e.PutObject(&catalog.Module{
		Header: head(1201, 1, 0, "add_customer", catalog.KindProcedure), Text: "CREATE PROCEDURE add_customer @name nvarchar(50), @id int OUTPUT AS\nSELECT 1\nSELECT 2",
		Parameters: []catalog.Parameter{{Name: "@name", Type: typ("nvarchar", 50)}, {Name: "@id", Type: typ("int"), Output: true}},
	})
	e.PutObject(&catalog.Module{Header: head(1202, 1, 0, "twice", catalog.KindScalarFunction), Text: "CREATE FUNCTION …", Returns: typ("int"), Parameters: []catalog.Parameter{{Name: "@x", Type: typ("int")}}})
	e.PutObject(&catalog.Module{Header: head(1203, 1, 0, "all_of", catalog.KindInlineFunction), Text: "CREATE FUNCTION …", Columns: []*catalog.Column{{Name: "a", Type: typ("int")}}})
	e.PutObject(&catalog.Module{Header: head(1204, 1, 1000, "tr", catalog.KindTrigger), Text: "CREATE TRIGGER …", Events: []string{"INSERT", "UPDATE"}})
	e.PutObject(&catalog.Sequence{Header: head(1300, 1, 0, "seq", catalog.KindSequence), Type: typ("bigint"), Start: 5, Increment: 1, Min: 1, Max: 99})
	e.PutObject(&catalog.Synonym{Header: head(1301, 1, 0, "syn", catalog.KindSynonym), Base: "dbo.customer"})
	e.PutObject(&catalog.AliasType{Header: catalog.Header{ID: 1400, SchemaID: 1, Name: "Email"}, TypeID: 257, Type: typ("nvarchar", 320)})
	e.PutObject(&catalog.TableType{Header: head(1401, 1, 0, "ids", catalog.KindTableType), TypeID: 258, Table: &catalog.Table{
		Header: head(1401, 1, 0, "ids", catalog.KindTableType), Columns: []*catalog.Column{{ID: 1, Name: "id", Type: typ("int")}},
	}})
	e.PutPrincipal(&catalog.Principal{ID: 5, Name: "web", Type: catalog.ExternalUser, SID: []byte{1, 2}, DefaultSchema: "dbo", Created: when, Modified: when})
	e.PutPrincipal(&catalog.Principal{ID: 6, Name: "other", Type: catalog.SQLUser, Password: "x", Created: when, Modified: when})
	e.AddMember(catalog.Member{Role: catalog.DBDataReader, Principal: 5})
	e.AddMember(catalog.Member{Role: catalog.DBDataWriter, Principal: 6})
	e.PutPermission(&catalog.Permission{Class: catalog.ClassObject, Major: 1000, Grantee: 5, Grantor: 1, Name: "SELECT", State: catalog.GrantedWithGrant})
	e.PutPermission(&catalog.Permission{Class: catalog.ClassObject, Major: 1000, Minor: 2, Grantee: 5, Grantor: 1, Name: "UPDATE", State: catalog.Granted})
	e.PutProperty(&catalog.ExtendedProperty{Class: 1, MajorID: 1000, MinorID: 2, Name: "MS_Description", Value: "the name"})
	e.PutProperty(&catalog.ExtendedProperty{Class: 1, MajorID: 1000, Name: "MS_Description", Value: "who buys"})
	e.PutProperty(&catalog.ExtendedProperty{Class: 0, Name: "version", Value: "1"})
	return &world{db: e.Database(), hidden: map[int32]bool{}, rights: true}
}

// ask gives a view's rows as maps of column to text.
func (w *world) ask(t *testing.T, schema, name string, args ...value.Value) []map[string]string {
	t.Helper()
	v, ok := Lookup(schema, name)
	if !ok {
		t.Fatalf("no view %s.%s", schema, name)
	}
	var list []map[string]string
	err := v.Rows(w, args, func(row []value.Value) bool {
		m := map[string]string{}
		for i, c := range v.Columns {
			m[c.Name] = show(t, name, row[i], c.Type, c.Name)
		}
		list = append(list, m)
		return true
	})
	if err != nil {
		t.Errorf("%s.%s: %v", schema, name, err)
	}
	return list
}

// show gives a value as text, and holds it to its column's type.
func show(t *testing.T, view string, v value.Value, typ value.Type, column string) string {
	t.Helper()
	if v.IsNull() {
		if !typ.Nullable {
			t.Errorf("%s.%s is NULL", view, column)
		}
		return "NULL"
	}
	if typ.ID == value.Variant {
		v, typ = v.Variant()
	}
	want := value.KindString
	switch {
	case typ.IsInteger():
		want = value.KindInteger
	case typ.IsDateTime():
		want = value.KindDateTime
	case typ.IsBinary():
		want = value.KindBytes
	case typ.ID == value.UniqueIdentifier:
		want = value.KindGUID
	case typ.ID == value.Decimal:
		want = value.KindDecimal
	}
	if v.Kind() != want {
		t.Errorf("%s.%s is of kind %v, want that of %s", view, column, v.Kind(), typ)
		return ""
	}
	if typ.ID == value.Bit && v.Int64() != 0 && v.Int64() != 1 {
		t.Errorf("%s.%s is bit and %d", view, column, v.Int64())
	}
	s, err := value.Convert(v, typ, value.Type{ID: value.NVarChar, Length: value.Max}, value.NoStyle)
	if err != nil {
		t.Errorf("%s.%s: %v", view, column, err)
	}
	return s.Text()
}

// TestViews asks every view of a catalog that has one of everything: columns have types, rows fit them.
func TestViews(t *testing.T) {
	w := shop(t)
	for key, v := range catalogViews() {
		schema, name, _ := strings.Cut(key, ".")
		if len(v.Columns) == 0 {
			t.Errorf("%s has no columns", key)
		}
		seen := map[string]bool{}
		for _, c := range v.Columns {
			if c.Type.ID == value.Void || seen[c.Name] {
				t.Errorf("%s.%s has type %v, twice: %v", key, c.Name, c.Type, seen[c.Name])
			}
			seen[c.Name] = true
		}
		args := []value.Value{value.OfString("dbo.customer"), value.OfString("OBJECT")}
		w.ask(t, schema, name, args...)
	}
}

// TestDeclarations: the number of columns that a declaration has is the number of its commas and one.
func TestDeclarations(t *testing.T) {
	for _, list := range [][]view{
		objectViews(), columnViews(), indexViews(), constraintViews(), moduleViews(), typeViews(), securityViews(), databaseViews(), serverViews(),
		storageViews(), emptyViews(), compatibilityViews(), informationViews(), functions(), odbcViews(),
	} {
		for _, v := range list {
			if got, want := len(columnsOf(v.columns)), strings.Count(v.columns, ",")+1; got != want {
				t.Errorf("%s.%s: %d of %d columns are declared well", v.schema, v.name, got, want)
			}
		}
	}
}

// TestProcedures: every catalog procedure is Transact-SQL, its parameters too, and it reads views that are there.
func TestProcedures(t *testing.T) {
	for _, list := range [][]procedure{odbcProcedures, helpProcedures} {
		for _, p := range list {
			q, ok := Procedure("sys." + strings.ToUpper(p.name))
			if !ok {
				t.Errorf("%s is not found", p.name)
				continue
			}
			if _, err := tsql.Parse(q.Text, tsql.Options{QuotedIdentifier: true}); err != nil {
				t.Errorf("%s: %v", p.name, err)
			}
			if _, err := tsql.ParseParameters(q.Parameters, tsql.Options{}); err != nil {
				t.Errorf("%s: %v", p.name, err)
			}
			for _, word := range strings.Fields(q.Text) {
				name, ok := strings.CutPrefix(strings.Trim(word, "(),;"), "sys.")
				if !ok {
					continue
				}
				if _, found := Lookup("sys", name); !found {
					t.Errorf("%s reads sys.%s", p.name, name)
				}
			}
		}
	}
	for _, name := range []string{"[sys].sp_columns", "master..sp_who", "sp_special_columns", "dbo.sp_help"} {
		if _, ok := Procedure(name); !ok {
			t.Errorf("%s is not found", name)
		}
	}
	if _, ok := Procedure("sp_nothing"); ok {
		t.Error("sp_nothing is found")
	}
	if q, _ := Procedure("sp_columns"); !strings.HasPrefix(q.Text, "IF @NameScope IS NULL SET @NameScope = 0; ") {
		t.Errorf("defaults are not given: %.80s", q.Text)
	}
}
