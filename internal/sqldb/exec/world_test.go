package exec

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/function"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/txn"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/store/storetest"
)

// world is a database without a parser: tables and plans are made by hand.
type world struct {
	t       testing.TB
	engine  *txn.Engine
	local   *txn.Local
	tx      *txn.Tx // of the session; nil commits each statement
	memory  *Budget
	spill   string
	rules   map[*catalog.Table]*plan.Rules
	frame   []value.Value
	told    []string
	last    value.Value
	trigger func(m *catalog.Module, inserted, deleted [][]value.Value) error
}

func newWorld(t testing.TB) *world {
	t.Helper()
	engine, err := txn.New(txn.Config{Store: storetest.Memory(t)})
	if err != nil {
		t.Fatal(err)
	}
	return &world{t: t, engine: engine, local: txn.NewLocal(), rules: map[*catalog.Table]*plan.Rules{}}
}

func (w *world) context(tx *txn.Tx) *Context {
	return &Context{
		Context: context.Background(), Tx: tx, Database: 7, DatabaseName: "db", Frame: w.frame, Memory: w.memory, Spill: w.spill,
		Session: host{w},
	}
}

// host is the session that programs are told of.
type host struct{ w *world }

func (h host) SchemaName(int32) string     { return "dbo" }
func (h host) CatalogVersion() uint64      { return 0 }
func (h host) Firing(*catalog.Module) bool { return false }
func (h host) GaveIdentity(v value.Value)  { h.w.last = v }
func (h host) Warn(m *value.Error)         { h.w.told = append(h.w.told, m.Text) }
func (h host) CallFunction(m *catalog.Module, _ []value.Value) (value.Value, error) {
	return value.Null(), fmt.Errorf("there is no function %s here", m.Name)
}

func (h host) Fire(m *catalog.Module, inserted, deleted [][]value.Value) error {
	return h.w.trigger(m, inserted, deleted)
}

// begin opens a transaction for the statements to come.
func (w *world) begin(level txn.Isolation) {
	w.tx = w.engine.Begin(txn.Options{Isolation: level, Local: w.local, Timeout: 0})
}

func (w *world) commit() {
	w.t.Helper()
	if err := w.tx.Commit(context.Background()); err != nil {
		w.t.Fatalf("commit: %v", err)
	}
	w.tx = nil
}

// run runs a plan and gives its rows, one text each.
func (w *world) run(n plan.Node) ([]string, int64, error) {
	w.t.Helper()
	return w.statement(&plan.Statement{Node: n})
}

func (w *world) statement(s *plan.Statement) (rows []string, count int64, err error) {
	w.t.Helper()
	p, err := Compile(s)
	if err != nil {
		w.t.Fatalf("compile: %v", err)
	}
	tx := w.tx
	if tx == nil {
		tx = w.engine.Begin(txn.Options{Local: w.local, Timeout: 0})
		defer func() {
			if err != nil {
				err = errors.Join(err, tx.Rollback())
			} else {
				err = tx.Commit(context.Background())
			}
		}()
	}
	count, err = p.Run(w.context(tx), func(row []value.Value) error {
		rows = append(rows, text(row))
		return nil
	})
	return rows, count, err
}

// must is run that succeeds.
func (w *world) must(n plan.Node) []string {
	w.t.Helper()
	rows, _, err := w.run(n)
	if err != nil {
		w.t.Fatalf("run: %v", err)
	}
	return rows
}

// fails wants a message of that number.
func (w *world) fails(n plan.Node, number int32) string {
	w.t.Helper()
	rows, _, err := w.run(n)
	var m *value.Error
	if !errors.As(err, &m) || m.Number != number {
		w.t.Fatalf("rows %v, error %v; want message %d", rows, err, number)
	}
	return m.Text
}

func text(row []value.Value) string {
	parts := make([]string, len(row))
	for i, v := range row {
		switch v.Kind() {
		case value.KindNull:
			parts[i] = "-"
		case value.KindInteger:
			parts[i] = fmt.Sprint(v.Int64())
		case value.KindFloat:
			parts[i] = fmt.Sprint(v.Float64())
		case value.KindDecimal:
			n, _ := v.Decimal()
			parts[i] = n.String()
		default:
			parts[i] = v.Text()
		}
	}
	return strings.Join(parts, " ")
}

func (w *world) want(got []string, wanted ...string) {
	w.t.Helper()
	if strings.Join(got, "|") != strings.Join(wanted, "|") {
		w.t.Fatalf("got %q, want %q", got, wanted)
	}
}

var (
	integer  = value.Of(value.Int)
	bigint   = value.Of(value.BigInt)
	varchar  = value.Sized(value.VarChar, 50)
	required = integer.WithNullable(false)
	bit      = value.Of(value.Bit)
)

// table makes a table of columns; the names of primary key columns begin with "*".
func (w *world) table(id int32, name string, columns ...any) *catalog.Table {
	t := &catalog.Table{Header: catalog.Header{ID: id, SchemaID: 1, Name: name, Kind: catalog.KindTable}}
	pk := &catalog.Index{
		ID: 1, Name: "PK_" + name, Clustered: true, Unique: true, PrimaryKey: true, Constraint: &catalog.Header{Name: "PK_" + name},
	}
	for i := 0; i < len(columns); i += 2 {
		n := columns[i].(string)
		c := &catalog.Column{ID: int32(len(t.Columns) + 1), Name: strings.TrimPrefix(n, "*"), Type: columns[i+1].(value.Type)}
		if n != c.Name {
			pk.Keys = append(pk.Keys, catalog.IndexKey{Column: c.ID})
			c.Type.Nullable = false
		}
		t.Columns = append(t.Columns, c)
	}
	if len(pk.Keys) > 0 {
		t.Indexes = append(t.Indexes, pk)
	}
	w.rules[t] = &plan.Rules{Defaults: make([]plan.Expr, len(t.Columns)), Computed: make([]plan.Expr, len(t.Columns))}
	return t
}

// index adds an index on columns.
func (w *world) index(t *catalog.Table, unique bool, columns ...string) *catalog.Index {
	x := &catalog.Index{ID: int32(len(t.Indexes) + 2), Name: "IX_" + strings.Join(columns, "_"), Unique: unique}
	for _, n := range columns {
		c, _ := t.Column(strings.TrimPrefix(n, "-"))
		x.Keys = append(x.Keys, catalog.IndexKey{Column: c.ID, Descending: n[0] == '-'})
	}
	t.Indexes = append(t.Indexes, x)
	return x
}

// foreign makes a foreign key.
func (w *world) foreign(child *catalog.Table, column string, parent *catalog.Table, to string, onDelete, onUpdate catalog.Action) *catalog.ForeignKey {
	c, _ := child.Column(column)
	p, _ := parent.Column(to)
	k := &catalog.ForeignKey{
		Header:  catalog.Header{ID: 900 + child.ID, ParentID: child.ID, Name: "FK_" + child.Name, Kind: catalog.KindForeignKey},
		Columns: []int32{c.ID}, Referenced: parent.ID, ReferencedColumns: []int32{p.ID}, ReferencedIndex: 1,
		OnDelete: onDelete, OnUpdate: onUpdate,
	}
	child.ForeignKeys = append(child.ForeignKeys, k)
	rule := plan.ForeignRule{Key: k, Table: child, Referenced: parent}
	w.rules[child].Foreign = append(w.rules[child].Foreign, rule)
	for _, x := range child.Indexes {
		if x.Keys[0].Column == c.ID {
			rule.Referencing = x
		}
	}
	if onDelete != catalog.NoAction || onUpdate != catalog.NoAction {
		rule.Rules = w.rules[child]
	}
	w.rules[parent].Referencing = append(w.rules[parent].Referencing, rule)
	return k
}

func all(t *catalog.Table) []int {
	out := make([]int, len(t.Columns))
	for i := range out {
		out[i] = i
	}
	return out
}

func lit(v any) plan.Expr {
	switch v := v.(type) {
	case nil:
		return &plan.Const{Typed: plan.Typed{T: integer}}
	case int:
		return &plan.Const{Typed: plan.Typed{T: integer}, V: value.OfInt(int64(v))}
	case int64:
		return &plan.Const{Typed: plan.Typed{T: bigint}, V: value.OfInt(v)}
	case bool:
		return &plan.Const{Typed: plan.Typed{T: bit}, V: value.OfBool(v)}
	case string:
		return &plan.Const{Typed: plan.Typed{T: varchar}, V: value.OfString(v)}
	case float64:
		return &plan.Const{Typed: plan.Typed{T: value.Of(value.Float)}, V: value.OfFloat(v)}
	}
	panic(fmt.Sprintf("no literal of %T", v))
}

func at(t value.Type, index int) plan.Expr {
	return &plan.Slot{Typed: plan.Typed{T: t}, Index: index}
}

func outer(t value.Type, level, index int) plan.Expr {
	return &plan.Slot{Typed: plan.Typed{T: t}, Level: level, Index: index}
}

func compare(op plan.CompareOp, l, r plan.Expr) plan.Expr {
	return &plan.Compare{Typed: plan.Typed{T: bit}, Op: op, L: l, R: r}
}

func arith(op plan.Operator, l, r plan.Expr) plan.Expr {
	return &plan.Binary{Typed: plan.Typed{T: l.Type()}, Op: op, L: l, R: r}
}

func values(types []value.Type, rows ...[]any) *plan.Values {
	n := &plan.Values{Types: types}
	for _, row := range rows {
		exprs := make([]plan.Expr, len(row))
		for i, v := range row {
			exprs[i] = lit(v)
		}
		n.Rows = append(n.Rows, exprs)
	}
	return n
}

func scanOf(t *catalog.Table) *plan.Scan {
	return &plan.Scan{Table: t, Index: t.Clustered(), Columns: all(t)}
}

// insertInto inserts rows of all columns.
func (w *world) insertInto(t *catalog.Table, rows ...[]any) *plan.Insert {
	types := make([]value.Type, len(t.Columns))
	for i, c := range t.Columns {
		types[i] = c.Type
	}
	return &plan.Insert{Table: t, Columns: all(t), Source: values(types, rows...), Rules: w.rules[t], Identity: t.IdentityColumn() >= 0}
}

// rowsOf scans with locators, for UPDATE and DELETE.
func rowsOf(t *catalog.Table, filter plan.Expr) *plan.Scan {
	s := scanOf(t)
	s.Filter, s.Locators = filter, true
	return s
}

func (w *world) updateOf(t *catalog.Table, filter plan.Expr, ordinal int, x plan.Expr) *plan.Update {
	return &plan.Update{Table: t, Source: rowsOf(t, filter), Set: []plan.SetColumn{{Ordinal: ordinal, X: x}}, Rules: w.rules[t]}
}

func (w *world) deleteOf(t *catalog.Table, filter plan.Expr) *plan.Delete {
	return &plan.Delete{Table: t, Source: rowsOf(t, filter), Rules: w.rules[t]}
}

func r(v ...any) []any { return v }

func aggregateOf(t testing.TB, name string) *function.Aggregate {
	t.Helper()
	a, ok := function.LookupAggregate(name)
	if !ok {
		t.Fatalf("no aggregate %s", name)
	}
	return a
}

// feed gives rows to a bulk load.
func feed(rows ...[]any) func(dst []value.Value) error {
	return func(dst []value.Value) error {
		if len(rows) == 0 {
			return io.EOF
		}
		for i, v := range rows[0] {
			dst[i] = lit(v).(*plan.Const).V
		}
		rows = rows[1:]
		return nil
	}
}
