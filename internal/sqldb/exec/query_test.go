package exec

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/txn"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// pair makes tables l(id, k) and r(id, k) with rows that match once, twice and never.
func pair(w *world) (l, rt *catalog.Table) {
	l = w.table(1, "l", "*id", integer, "k", integer)
	rt = w.table(2, "r", "*id", integer, "k", integer)
	w.must(w.insertInto(l, r(1, 10), r(2, 20), r(3, nil), r(4, 40)))
	w.must(w.insertInto(rt, r(1, 10), r(2, 20), r(3, 20), r(4, nil), r(5, 50)))
	return l, rt
}

func TestJoins(t *testing.T) {
	inner := []string{"1 10 1 10", "2 20 2 20", "2 20 3 20"}
	wanted := map[plan.JoinKind][]string{
		plan.InnerJoin: inner,
		plan.LeftJoin:  {"1 10 1 10", "2 20 2 20", "2 20 3 20", "3 - - -", "4 40 - -"},
		plan.RightJoin: append(append([]string{}, inner...), "- - 4 -", "- - 5 50"),
		plan.FullJoin:  {"1 10 1 10", "2 20 2 20", "2 20 3 20", "3 - - -", "4 40 - -", "- - 4 -", "- - 5 50"},
		plan.SemiJoin:  {"1 10", "2 20"},
		plan.AntiJoin:  {"3 -", "4 40"},
	}
	w := newWorld(t)
	l, rt := pair(w)
	byKey := w.index(rt, false, "k") // made by hand, so filled by hand
	populate(t, w, rt, byKey)
	on := compare(plan.Equal, at(integer, 1), at(integer, 3))
	for kind, rows := range wanted {
		t.Run(fmt.Sprint(kind), func(t *testing.T) {
			w.t = t
			hash := &plan.Join{
				Kind: kind, Left: scanOf(l), Right: scanOf(rt),
				LeftKeys: []plan.Expr{at(integer, 1)}, RightKeys: []plan.Expr{at(integer, 1)},
			}
			w.want(w.must(hash), rows...)
			loop := &plan.Join{Kind: kind, Left: scanOf(l), Right: scanOf(rt), On: on}
			w.want(w.must(loop), rows...)
			if kind == plan.RightJoin || kind == plan.FullJoin {
				return
			}
			seek := scanOf(rt)
			seek.Index, seek.Prefix = byKey, []plan.Expr{outer(integer, 1, 1)}
			w.want(w.must(&plan.Join{Kind: kind, Left: scanOf(l), Right: seek, Apply: true}), rows...)
			filtered := scanOf(rt)
			filtered.Filter = compare(plan.Equal, at(integer, 1), outer(integer, 1, 1))
			w.want(w.must(&plan.Join{Kind: kind, Left: scanOf(l), Right: filtered, Apply: true}), rows...)
		})
	}
}

func populate(t *testing.T, w *world, tab *catalog.Table, x *catalog.Index) {
	t.Helper()
	if err := inStatement(t, w, func(c *Context) error { return Populate(c, tab, x, w.rules[tab]) }); err != nil {
		t.Fatal(err)
	}
}

// inStatement runs what defines tables.
func inStatement(t *testing.T, w *world, f func(c *Context) error) error {
	t.Helper()
	w.begin(txn.ReadCommitted)
	if err := w.tx.BeginStatement(); err != nil {
		t.Fatal(err)
	}
	err := f(w.context(w.tx))
	if ended := w.tx.EndStatement(err); ended != nil {
		t.Fatal(ended)
	}
	w.commit()
	return err
}

// An operator within another one's loop must find the enclosing rows where it left them, whatever ran in between.
func TestNestedApply(t *testing.T) {
	w := newWorld(t)
	l, rt := pair(w)
	inner := scanOf(rt)
	inner.Filter = compare(plan.LessEqual, at(integer, 0), outer(integer, 2, 0)) // the row two levels out
	second := &plan.Join{Kind: plan.InnerJoin, Apply: true, Left: values([]value.Type{integer}, r(100), r(200)), Right: inner}
	first := &plan.Join{Kind: plan.InnerJoin, Apply: true, Left: scanOf(l), Right: second}
	// What follows evaluates a correlated subquery over each row.
	count := &plan.Subquery{
		Typed: plan.Typed{T: integer}, Kind: plan.ScalarSubquery, Correlated: true,
		Node: &plan.Aggregate{
			Input: &plan.Filter{Input: scanOf(rt), If: compare(plan.Less, at(integer, 0), outer(integer, 1, 0))},
			Calls: []plan.AggregateCall{{Function: aggregateOf(t, "COUNT"), T: integer}},
		},
	}
	top := &plan.Project{Input: first, Exprs: []plan.Expr{at(integer, 0), at(integer, 2), at(integer, 3), count}}
	var wanted []string
	for id := 1; id <= 4; id++ {
		for _, v := range []int{100, 200} {
			for k := 1; k <= id; k++ {
				wanted = append(wanted, fmt.Sprint(id, v, k, id-1))
			}
		}
	}
	w.want(w.must(top), wanted...)
}

func TestSubqueries(t *testing.T) {
	w := newWorld(t)
	l, rt := pair(w)
	column := &plan.Project{Input: scanOf(rt), Exprs: []plan.Expr{at(integer, 1)}}
	present := &plan.Filter{Input: column, If: &plan.IsNull{Typed: plan.Typed{T: bit}, X: at(integer, 0), Negate: true}}
	sub := func(kind plan.SubqueryKind, node plan.Node, op plan.CompareOp, negate bool) plan.Expr {
		return &plan.Subquery{Typed: plan.Typed{T: bit}, Kind: kind, Node: node, X: at(integer, 1), Op: op, Negate: negate}
	}
	ids := func(x plan.Expr) []string {
		return w.must(&plan.Project{Input: &plan.Filter{Input: scanOf(l), If: x}, Exprs: []plan.Expr{at(integer, 0)}})
	}
	none := &plan.Filter{Input: column, If: lit(false)}
	w.want(ids(sub(plan.InSubquery, column, plan.Equal, false)), "1", "2")
	w.want(ids(sub(plan.InSubquery, column, plan.Equal, true))) // a NULL among them: nobody is surely not in
	w.want(ids(sub(plan.InSubquery, present, plan.Equal, true)), "4")
	w.want(ids(sub(plan.InSubquery, none, plan.Equal, true)), "1", "2", "3", "4")
	w.want(ids(sub(plan.AnySubquery, present, plan.Greater, false)), "2", "4")
	w.want(ids(sub(plan.AllSubquery, present, plan.LessEqual, false)), "1")
	w.want(ids(sub(plan.AllSubquery, none, plan.LessEqual, false)), "1", "2", "3", "4")
	w.want(ids(sub(plan.ExistsSubquery, none, 0, true)), "1", "2", "3", "4")
	w.fails(&plan.Project{Input: scanOf(l), Exprs: []plan.Expr{&plan.Subquery{Typed: plan.Typed{T: integer}, Node: column}}}, 512)
}

func TestAggregates(t *testing.T) {
	w := newWorld(t)
	tab := w.table(1, "t", "*id", integer, "g", integer, "v", integer)
	call := func(name string, distinct bool, args ...plan.Expr) plan.AggregateCall {
		return plan.AggregateCall{Function: aggregateOf(t, name), T: integer, Args: args, Distinct: distinct}
	}
	calls := []plan.AggregateCall{call("COUNT", false), call("SUM", false, at(integer, 2)), call("COUNT", true, at(integer, 2))}
	w.want(w.must(&plan.Aggregate{Input: scanOf(tab), Calls: calls}), "0 - 0")
	w.want(w.must(&plan.Aggregate{Input: scanOf(tab), Groups: []plan.Expr{at(integer, 1)}, Calls: calls}))
	w.must(w.insertInto(tab, r(1, 1, 5), r(2, 2, 7), r(3, 1, 5), r(4, nil, 1), r(5, nil, nil)))
	w.want(w.must(&plan.Aggregate{Input: scanOf(tab), Groups: []plan.Expr{at(integer, 1)}, Calls: calls}), "1 2 10 1", "2 1 7 1", "- 2 1 1")
	if len(w.told) != 1 {
		t.Errorf("told %v", w.told)
	}
	sets := &plan.Aggregate{Input: scanOf(tab), Groups: []plan.Expr{at(integer, 1)}, Sets: [][]int{{0}, {}}, Calls: calls[:1]}
	w.want(w.must(sets), "1 2 0", "2 1 0", "- 2 0", "- 5 1")
}

func TestWindows(t *testing.T) {
	w := newWorld(t)
	in := values([]value.Type{integer, integer}, r(1, 10), r(2, 20), r(1, 30), r(1, 10), r(2, 5))
	call := func(name string, args ...plan.Expr) plan.WindowCall {
		return plan.WindowCall{Ranking: name, T: bigint, Args: args}
	}
	sum := plan.WindowCall{Aggregate: aggregateOf(t, "SUM"), T: integer, Args: []plan.Expr{at(integer, 1)}}
	moving := sum
	moving.Frame = &plan.Frame{Rows: true, Start: plan.FrameBound{Offset: -1}, End: plan.FrameBound{}}
	n := &plan.Window{
		Input: in, Partition: []plan.Expr{at(integer, 0)}, Order: []plan.SortKey{{X: at(integer, 1)}},
		Calls: []plan.WindowCall{
			call("ROW_NUMBER"), call("RANK"), call("DENSE_RANK"), call("NTILE", lit(2)), call("LAG", at(integer, 1)),
			call("LEAD", at(integer, 1), lit(2), lit(-1)), call("LAST_VALUE", at(integer, 1)), sum, moving,
		},
	}
	w.want(w.must(n),
		"1 10 1 1 1 1 - 30 10 20 10", "1 10 2 1 1 1 10 -1 10 20 20", "1 30 3 3 2 2 10 -1 30 50 40",
		"2 5 1 1 1 1 - -1 5 5 5", "2 20 2 2 2 2 5 -1 20 25 25")
	n.Order, n.Calls = nil, []plan.WindowCall{sum}
	w.want(w.must(n), "1 10 50", "1 30 50", "1 10 50", "2 20 25", "2 5 25")
}

func TestSetsSortsAndTops(t *testing.T) {
	w := newWorld(t)
	types := []value.Type{integer}
	a := values(types, r(3), r(1), r(nil), r(3), r(2))
	b := values(types, r(3), r(nil), r(4))
	w.want(w.must(&plan.Distinct{Input: a}), "3", "1", "-", "2")
	w.want(w.must(&plan.Union{Left: a, Right: b}), "3", "1", "-", "3", "2", "3", "-", "4")
	w.want(w.must(&plan.Intersect{Left: a, Right: b}), "3", "-")
	w.want(w.must(&plan.Except{Left: a, Right: b}), "1", "2")
	desc := []plan.SortKey{{X: at(integer, 0), Descending: true}}
	w.want(w.must(&plan.Sort{Input: a, Keys: desc}), "3", "3", "2", "1", "-")
	top := &plan.Top{Input: &plan.Sort{Input: a, Keys: desc}, Count: lit(int64(1))}
	w.want(w.must(top), "3")
	top.Ties = desc
	w.want(w.must(top), "3", "3")
	w.want(w.must(&plan.Top{Input: a, Offset: lit(int64(1)), Count: lit(int64(2))}), "1", "-")
	w.want(w.must(&plan.Top{Input: a, Count: lit(50.0), Percent: true}), "3", "1", "-")
	w.want(w.must(&plan.Top{Input: a, Count: lit(int64(0))}))
	w.fails(&plan.Top{Input: a, Count: lit(int64(-1))}, 127)
}

func TestRecursion(t *testing.T) {
	w := newWorld(t)
	n := &plan.Recursive{
		ID: 1, Anchor: values([]value.Type{integer}, r(1)), Limit: 100,
		Step: &plan.Filter{
			Input: &plan.Project{Input: &plan.Working{ID: 1, Types: []value.Type{integer}}, Exprs: []plan.Expr{arith(plan.Add, at(integer, 0), lit(1))}},
			If:    compare(plan.LessEqual, at(integer, 0), lit(4)),
		},
	}
	w.want(w.must(n), "1", "2", "3", "4")
	n.Limit = 3
	w.want(w.must(n), "1", "2", "3", "4")
	n.Limit = 2
	w.fails(n, 530)
}

func TestSeeks(t *testing.T) {
	w := newWorld(t)
	tab := w.table(1, "t", "*id", integer, "a", integer, "b", integer)
	x := w.index(tab, false, "a", "-b")
	w.must(w.insertInto(tab, r(1, 1, 10), r(2, 1, 20), r(3, 1, nil), r(4, 2, 5), r(5, nil, 1), r(6, 3, 1)))
	ids := func(change func(s *plan.Scan)) []string {
		s := &plan.Scan{Table: tab, Index: x, Columns: []int{0}}
		change(s)
		return w.must(s)
	}
	in := func(v any) *plan.Bound { return &plan.Bound{X: lit(v), Inclusive: true} }
	ex := func(v any) *plan.Bound { return &plan.Bound{X: lit(v)} }
	w.want(ids(func(*plan.Scan) {}), "5", "2", "1", "3", "4", "6")
	w.want(ids(func(s *plan.Scan) { s.Low = in(1) }), "2", "1", "3", "4", "6")
	w.want(ids(func(s *plan.Scan) { s.High = ex(2) }), "2", "1", "3") // NULL is below nothing
	w.want(ids(func(s *plan.Scan) { s.Low, s.High = ex(1), in(3) }), "4", "6")
	w.want(ids(func(s *plan.Scan) { s.Prefix = []plan.Expr{lit(1)} }), "2", "1", "3")
	w.want(ids(func(s *plan.Scan) { s.Prefix, s.Low = []plan.Expr{lit(1)}, in(10) }), "2", "1")
	w.want(ids(func(s *plan.Scan) { s.Prefix, s.Low = []plan.Expr{lit(1)}, ex(10) }), "2")
	w.want(ids(func(s *plan.Scan) { s.Prefix, s.High = []plan.Expr{lit(1)}, in(10) }), "1")
	w.want(ids(func(s *plan.Scan) { s.Prefix = []plan.Expr{lit(nil)} }))
	w.want(ids(func(s *plan.Scan) { s.In = []plan.Expr{lit(3), lit(1), lit(nil), lit(3)} }), "2", "1", "3", "6")
	w.want(ids(func(s *plan.Scan) { s.In, s.Prefix = []plan.Expr{lit(2), lit(1)}, []plan.Expr{lit(5)} }), "4")
	w.want(ids(func(s *plan.Scan) { s.Reverse = true }), "6", "4", "3", "1", "2", "5")
}

func TestSortSpills(t *testing.T) {
	w := newWorld(t)
	rows := make([][]any, 3000)
	for i := range rows {
		rows[i] = r(i*7919%3000, fmt.Sprintf("row %d with some text to make it long", i))
	}
	n := &plan.Sort{Input: values([]value.Type{integer, varchar}, rows...), Keys: []plan.SortKey{{X: at(integer, 0)}}}
	w.memory = NewBudget(100 << 10)
	w.fails(n, 701)
	w.spill = t.TempDir()
	got := w.must(n)
	for i, row := range got {
		var k int
		if _, err := fmt.Sscan(row, &k); err != nil || k != i {
			t.Fatalf("row %d is %q", i, row)
		}
	}
	if len(got) != 3000 || w.memory.Used() != 0 {
		t.Fatalf("%d rows, %d bytes in use", len(got), w.memory.Used())
	}
}

func TestCancelled(t *testing.T) {
	w := newWorld(t)
	ctx, cancel := context.WithCancel(context.Background())
	types := []value.Type{integer}
	many := values(types, make([][]any, 200)...)
	for i := range many.Rows {
		many.Rows[i] = []plan.Expr{lit(i)}
	}
	endless := &plan.Join{Kind: plan.InnerJoin, Left: many, Right: &plan.Join{Kind: plan.InnerJoin, Left: many, Right: many}}
	p, err := Compile(&plan.Statement{Node: endless})
	if err != nil {
		t.Fatal(err)
	}
	w.begin(txn.ReadCommitted)
	c := w.context(w.tx)
	c.Context = ctx
	rows := 0
	_, err = p.Run(c, func([]value.Value) error {
		if rows++; rows == 1000 {
			cancel()
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) || rows > 2000 {
		t.Fatalf("%d rows, %v", rows, err)
	}
	w.commit()
}

func TestBackwards(t *testing.T) {
	w := newWorld(t)
	tab := w.table(1, "t", "*id", integer, "name", varchar)
	x := w.index(tab, false, "name")
	reversed := func(x *catalog.Index) []string {
		return w.must(&plan.Scan{Table: tab, Index: x, Columns: []int{0}, Reverse: true})
	}
	w.want(reversed(tab.Indexes[0]))
	var rows [][]any
	var byID, byName []string
	for i := range 5000 {
		id := i * i // far apart, and then close together
		if i > 2500 {
			id = 1<<30 + i
		}
		rows = append(rows, r(id, fmt.Sprintf("a long name that is the same for all up to its end %07d", i)))
		byID = append([]string{fmt.Sprint(id)}, byID...)
	}
	byName = byID
	w.must(w.insertInto(tab, rows[:4000]...))
	w.begin(txn.ReadCommitted) // the last thousand lie in the transaction
	w.must(w.insertInto(tab, rows[4000:]...))
	if !slices.Equal(reversed(tab.Indexes[0]), byID) || !slices.Equal(reversed(x), byName) {
		t.Error("not the reverse order")
	}
	last := &plan.Top{Input: &plan.Scan{Table: tab, Index: x, Columns: []int{0}, Reverse: true}, Count: lit(int64(1))}
	w.want(w.must(last), byName[0])
	w.commit()
}

func TestIn(t *testing.T) {
	w := newWorld(t)
	in := func(v any, negate bool, list ...any) string {
		x := &plan.In{Typed: plan.Typed{T: bit}, X: lit(v), Negate: negate}
		for _, item := range list {
			x.List = append(x.List, lit(item))
		}
		return w.must(&plan.Project{Input: values(nil, nil), Exprs: []plan.Expr{x}})[0]
	}
	long := []any{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	for _, list := range [][]any{long[:4], long} { // by comparison, and by hash
		w.want([]string{in(3, false, list...), in(30, false, list...), in(nil, false, list...)}, "1", "0", "-")
		w.want([]string{in(3, true, list...), in(30, true, list...), in(nil, true, list...)}, "0", "1", "-")
		withNull := append([]any{nil}, list...)
		w.want([]string{in(3, false, withNull...), in(30, false, withNull...), in(30, true, withNull...)}, "1", "-", "-")
	}
	names := []any{"a", "b", "c", "d", "e", "f", "g", "h", "i"}
	w.want([]string{in("C ", false, names...), in("z", false, names...)}, "1", "0")
}
