package exec

import (
	"context"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/txn"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/store"
	"github.com/alcedo-cloud/alcedo/internal/store/pebble"
)

// durable is a world on disk.
func durable(b *testing.B) *world {
	b.Helper()
	backend, err := pebble.Open(pebble.Options{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	s := store.Enforce(backend)
	b.Cleanup(func() {
		if err := s.Close(); err != nil {
			b.Error(err)
		}
	})
	engine, err := txn.New(txn.Config{Store: s})
	if err != nil {
		b.Fatal(err)
	}
	return &world{t: b, engine: engine, local: txn.NewLocal(), rules: map[*catalog.Table]*plan.Rules{}}
}

// auto runs a program in a transaction of its own.
func (w *world) auto(p *Program, frame []value.Value, emit func([]value.Value) error) (int64, error) {
	tx := w.engine.Begin(txn.Options{Timeout: txn.Forever})
	n, err := p.Run(&Context{Context: context.Background(), Tx: tx, Database: 7, Frame: frame}, emit)
	if err != nil {
		_ = tx.Rollback()
		return 0, err
	}
	return n, tx.Commit(context.Background())
}

func compiledOf(b *testing.B, n plan.Node) *Program {
	b.Helper()
	p, err := Compile(&plan.Statement{Node: n})
	if err != nil {
		b.Fatal(err)
	}
	return p
}

// fourColumns is the table of the issue: 1,000,000 rows of int, int, varchar, float.
func (w *world) fourColumns(rows int) *catalog.Table {
	tab := w.table(1, "t", "*id", integer, "g", integer, "name", varchar, "f", value.Of(value.Float))
	loaded, err := w.load(tab, rows, 100000)
	if err != nil || loaded != rows {
		w.t.Fatalf("%d rows, %v", loaded, err)
	}
	return tab
}

// load loads rows in transactions of at most so many.
func (w *world) load(tab *catalog.Table, rows, most int) (int, error) {
	done := 0
	for done < rows {
		tx := w.engine.Begin(txn.Options{Timeout: txn.Forever})
		if err := tx.BeginStatement(); err != nil {
			return done, err
		}
		left := min(most, rows-done)
		n, err := Bulk(&Context{Context: context.Background(), Tx: tx, Database: 7}, tab, w.rules[tab], []int{0, 1, 2, 3},
			func(dst []value.Value) error {
				if left == 0 {
					return io.EOF
				}
				left--
				id := int64(done)
				done++
				dst[0], dst[1] = value.OfInt(id), value.OfInt(id%1000)
				dst[2], dst[3] = value.OfString("name of some length"), value.OfFloat(float64(id)/3)
				return nil
			}, BulkOptions{})
		if ended := tx.EndStatement(err); err == nil {
			err = ended
		}
		_ = n
		if err != nil {
			return done, err
		}
		if err := tx.Commit(context.Background()); err != nil {
			return done, err
		}
	}
	return done, nil
}

func BenchmarkPointSelect(b *testing.B) {
	w := durable(b)
	tab := w.fourColumns(100000)
	s := scanOf(tab)
	s.Prefix = []plan.Expr{&plan.Variable{Typed: plan.Typed{T: integer}}}
	p := compiledOf(b, s)
	frame := make([]value.Value, 1)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		frame[0] = value.OfInt(int64(i * 7919 % 100000))
		rows := 0
		if _, err := w.auto(p, frame, func([]value.Value) error { rows++; return nil }); err != nil || rows != 1 {
			b.Fatal(rows, err)
		}
	}
}

func (w *world) insertVariables(tab *catalog.Table, rows int) *plan.Insert {
	n := &plan.Insert{Table: tab, Columns: all(tab), Rules: w.rules[tab]}
	v := &plan.Values{}
	for _, c := range tab.Columns {
		v.Types = append(v.Types, c.Type)
	}
	for range rows {
		var row []plan.Expr
		for i, c := range tab.Columns {
			row = append(row, &plan.Variable{Typed: plan.Typed{T: c.Type}, Index: i})
		}
		v.Rows = append(v.Rows, row)
	}
	n.Source = v
	return n
}

func BenchmarkInsertOne(b *testing.B) {
	for _, writers := range []int{1, 16} {
		b.Run(fmt.Sprint(writers), func(b *testing.B) {
			w := durable(b)
			tab := w.table(1, "t", "*id", integer, "g", integer, "name", varchar, "f", value.Of(value.Float))
			p := compiledOf(b, w.insertVariables(tab, 1))
			var next atomic.Int64
			b.ReportAllocs()
			b.ResetTimer()
			var wg sync.WaitGroup
			for range writers {
				wg.Go(func() {
					for id := next.Add(1); id <= int64(b.N); id = next.Add(1) {
						frame := []value.Value{value.OfInt(id), value.OfInt(1), value.OfString("some name"), value.OfFloat(1)}
						if _, err := w.auto(p, frame, nil); err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			wg.Wait()
		})
	}
}

func BenchmarkInsertThousand(b *testing.B) {
	w := durable(b)
	tab := w.table(1, "t", "*id", integer, "g", integer, "name", varchar, "f", value.Of(value.Float))
	tab.Columns[0].Identity = &catalog.Identity{Seed: 1, Increment: 1}
	n := w.insertVariables(tab, 1000)
	n.Columns = n.Columns[1:]
	for i, row := range n.Source.(*plan.Values).Rows {
		n.Source.(*plan.Values).Rows[i] = row[1:]
	}
	n.Source.(*plan.Values).Types = n.Source.(*plan.Values).Types[1:]
	p := compiledOf(b, n)
	frame := []value.Value{value.Null(), value.OfInt(1), value.OfString("some name"), value.OfFloat(1)}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := w.auto(p, frame, nil); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(1000*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkBulk(b *testing.B) {
	w := durable(b)
	const rows = 200000
	for i := 0; b.Loop(); i++ {
		tab := w.table(int32(i+1), "t", "*id", integer, "g", integer, "name", varchar, "f", value.Of(value.Float))
		if _, err := w.load(tab, rows, rows); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(rows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

const million = 1000000

func BenchmarkMillion(b *testing.B) {
	w := durable(b)
	tab := w.fourColumns(million)
	count := plan.AggregateCall{Function: aggregateOf(b, "COUNT"), T: integer}
	sum := plan.AggregateCall{Function: aggregateOf(b, "SUM"), T: bigint, Args: []plan.Expr{at(bigint, 1)}}
	two := &plan.Scan{Table: tab, Index: tab.Clustered(), Columns: []int{0, 1}}
	run := func(name string, n plan.Node, wanted int64) {
		b.Run(name, func(b *testing.B) {
			p := compiledOf(b, n)
			b.ReportAllocs()
			for b.Loop() {
				got, err := w.auto(p, nil, func([]value.Value) error { return nil })
				if err != nil || got != wanted {
					b.Fatal(got, err)
				}
			}
			b.ReportMetric(million*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
	run("scan", scanOf(tab), million)
	run("count", &plan.Aggregate{Input: &plan.Scan{Table: tab, Index: tab.Clustered()}, Calls: []plan.AggregateCall{count}}, 1)
	run("group", &plan.Aggregate{Input: two, Groups: []plan.Expr{at(integer, 1)}, Calls: []plan.AggregateCall{count, sum}}, 1000)
	join := &plan.Join{
		Kind: plan.InnerJoin, Left: two, Right: two, LeftKeys: []plan.Expr{at(integer, 0)}, RightKeys: []plan.Expr{at(integer, 0)},
	}
	run("join", &plan.Aggregate{Input: join, Calls: []plan.AggregateCall{count}}, 1)
	run("sort", &plan.Top{Input: &plan.Sort{Input: two, Keys: []plan.SortKey{{X: at(integer, 1)}}}, Count: lit(int64(million))}, million)
}
