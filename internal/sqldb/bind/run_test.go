package bind

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/exec"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/txn"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/store/storetest"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// db is a world whose statements run.
type db struct {
	*world
	engine *txn.Engine
	local  *txn.Local
	frame  []value.Value
}

// quiet is an environment in which nothing happens.
type quiet struct{ d *catalog.Database }

func (quiet) Now() int64        { return 638_000_000_000_000_000 }
func (quiet) Random() io.Reader { return bytes.NewReader(make([]byte, 1<<16)) }
func (quiet) Ask(string, []value.Value) (value.Value, error) {
	return value.Null(), nil
}
func (q quiet) Database() *catalog.Database          { return q.d }
func (quiet) Visible(int32) bool                     { return true }
func (quiet) Server(string) [][]value.Value          { return nil }
func (quiet) RowCount(*catalog.Table) (int64, error) { return 0, nil }

func newDB(t testing.TB) *db {
	t.Helper()
	e, err := txn.New(txn.Config{Store: storetest.Memory(t)})
	if err != nil {
		t.Fatal(err)
	}
	d := &db{world: newWorld(t), engine: e, local: txn.NewLocal()}
	d.env.Functions = quiet{d.env.Catalog}
	d.frame = make([]value.Value, len(d.list))
	return d
}

// run runs the statements of a text, each in a transaction of its own, and gives the rows of the last as text: values
// joined by |, NULL as NULL.
func (d *db) run(text string) (rows []string, count int64, err error) {
	d.t.Helper()
	parsed, err := tsql.Parse(text, tsql.Options{QuotedIdentifier: true})
	if err != nil {
		d.t.Fatalf("%s: %v", text, err)
	}
	d.env.Catalog = d.edit.Database()
	for _, s := range parsed.Statements {
		p, err := Statement(d.env, s)
		if err != nil {
			return nil, 0, err
		}
		if rows, count, err = d.execute(p); err != nil {
			return nil, 0, err
		}
	}
	return rows, count, nil
}

func (d *db) execute(p *plan.Statement) (rows []string, count int64, err error) {
	program, err := exec.Compile(p)
	if err != nil {
		return nil, 0, err
	}
	tx := d.engine.Begin(txn.Options{Local: d.local})
	defer func() {
		if bad := tx.Rollback(); bad != nil {
			d.t.Error(bad)
		}
	}()
	env := quiet{d.env.Catalog}
	c := &exec.Context{Context: context.Background(), Tx: tx, Database: 5, DatabaseName: "shop", Frame: d.frame, Environment: env, Virtual: env}
	count, err = program.Run(c, func(row []value.Value) error {
		rows = append(rows, d.text(row, p.Columns))
		return nil
	})
	if err != nil {
		return nil, 0, err
	}
	return rows, count, tx.Commit(context.Background())
}

func (d *db) text(row []value.Value, cols []plan.Column) string {
	if len(row) != len(cols) {
		d.t.Fatalf("a row of %d values for %d columns", len(row), len(cols))
	}
	out := make([]string, len(row))
	for i, v := range row {
		if v.IsNull() {
			out[i] = "NULL"
			continue
		}
		s, err := value.Convert(v, cols[i].Type, value.Sized(value.NVarChar, value.Max), value.NoStyle)
		if err != nil {
			d.t.Fatal(err)
		}
		out[i] = s.Text()
	}
	return strings.Join(out, "|")
}

const stock = `
INSERT INTO customers (name, city, born) VALUES ('Ada', 'Bern', '1815-12-10'), ('Bob', 'Rome', NULL), ('Cy', NULL, '2000-02-29'), ('Dee', 'Bern', '1999-01-01');
INSERT INTO orders (id, customer, placed, total, note) VALUES (10, 1, '2024-01-01', 5.50, 'first'), (11, 1, '2024-02-01', 7.25, NULL), (12, 2, '2024-01-15', NULL, 'none'),
	(13, 4, '2024-03-01', 100, 'big');
INSERT INTO lines (orderid, line, product, quantity, price) VALUES (10, 1, 'pen', 2, 1.5), (10, 2, 'ink', 1, 2.5), (11, 1, 'pen', 3, 1.5), (13, 1, 'desk', 1, 100);
INSERT INTO heap (a, b) VALUES (1, N'one'), (2, N'two'), (NULL, DEFAULT), (4, NULL);
`

func stocked(t testing.TB) *db {
	t.Helper()
	d := newDB(t)
	if _, _, err := d.run(stock); err != nil {
		t.Fatal(describeError(err))
	}
	return d
}
