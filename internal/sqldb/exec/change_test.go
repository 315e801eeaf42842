package exec

import (
	"errors"
	"strings"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/plan"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/txn"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

func TestInsertUpdateDelete(t *testing.T) {
	w := newWorld(t)
	tab := w.table(1, "t", "*id", integer, "name", varchar, "n", integer)
	byName := w.index(tab, false, "name")
	_, count, err := w.run(w.insertInto(tab, r(2, "b", 20), r(1, "a", nil), r(3, "c", 30)))
	if err != nil || count != 3 {
		t.Fatalf("%d rows, %v", count, err)
	}
	w.want(w.must(scanOf(tab)), "1 a -", "2 b 20", "3 c 30")
	w.must(w.updateOf(tab, compare(plan.Greater, at(integer, 0), lit(1)), 1, lit("z")))
	w.want(w.must(scanOf(tab)), "1 a -", "2 z 20", "3 z 30")
	seek := &plan.Scan{Table: tab, Index: byName, Columns: []int{0, 1, 2}, Prefix: []plan.Expr{lit("Z")}}
	w.want(w.must(seek), "2 z 20", "3 z 30") // the collation knows no case
	covered := &plan.Scan{Table: tab, Index: byName, Columns: []int{1, 0}, Prefix: []plan.Expr{lit("a")}}
	w.want(w.must(covered), "a 1")
	w.must(w.deleteOf(tab, compare(plan.Equal, at(integer, 0), lit(2))))
	w.want(w.must(seek), "3 z 30")
	w.want(w.must(scanOf(tab)), "1 a -", "3 z 30")
}

func TestKeysMayChangeHands(t *testing.T) {
	w := newWorld(t)
	tab := w.table(1, "t", "*id", integer, "u", integer)
	w.index(tab, true, "u")
	w.must(w.insertInto(tab, r(1, 1), r(2, 2), r(3, 3)))
	w.must(w.updateOf(tab, nil, 0, arith(plan.Add, at(required, 0), lit(1))))
	w.want(w.must(scanOf(tab)), "2 1", "3 2", "4 3")
	w.must(w.updateOf(tab, nil, 1, arith(plan.Subtract, lit(4), at(integer, 1))))
	w.want(w.must(scanOf(tab)), "2 3", "3 2", "4 1")
	msg := w.fails(w.updateOf(tab, compare(plan.Equal, at(required, 0), lit(2)), 1, lit(2)), 2601)
	if msg != "Cannot insert duplicate key row in object 'dbo.t' with unique index 'IX_u'. The duplicate key value is (2)." {
		t.Error(msg)
	}
	w.want(w.must(scanOf(tab)), "2 3", "3 2", "4 1")
}

func TestDuplicates(t *testing.T) {
	w := newWorld(t)
	tab := w.table(1, "t", "*id", integer, "u", varchar)
	w.index(tab, true, "u")
	w.must(w.insertInto(tab, r(1, "a"), r(2, nil)))
	msg := w.fails(w.insertInto(tab, r(5, "x"), r(1, "y")), 2627)
	if msg != "Violation of PRIMARY KEY constraint 'PK_t'. Cannot insert duplicate key in object 'dbo.t'. The duplicate key value is (1)." {
		t.Error(msg)
	}
	w.fails(w.insertInto(tab, r(6, "A ")), 2601) // neither case nor spaces at the end tell them apart
	w.fails(w.insertInto(tab, r(7, nil)), 2601)  // NULL is unique too
	w.fails(w.insertInto(tab, r(8, "q"), r(8, "r")), 2627)
	w.want(w.must(scanOf(tab)), "1 a", "2 -")
	tab.Indexes[1].IgnoreDup = true
	_, count, err := w.run(w.insertInto(tab, r(8, "a"), r(9, "b")))
	if err != nil || count != 1 || len(w.told) != 1 {
		t.Fatalf("%d rows, %v, told %v", count, err, w.told)
	}
	w.want(w.must(scanOf(tab)), "1 a", "2 -", "9 b")
}

func TestNullAndCheck(t *testing.T) {
	w := newWorld(t)
	tab := w.table(1, "t", "*id", integer, "n", required)
	w.rules[tab].Checks = []plan.CheckRule{{
		Check: &catalog.Check{Header: catalog.Header{Name: "CK"}, Column: 2}, If: compare(plan.Less, at(required, 1), lit(10)),
	}}
	msg := w.fails(w.insertInto(tab, r(1, nil)), 515)
	if msg != "Cannot insert the value NULL into column 'n', table 'db.dbo.t'; column does not allow nulls. INSERT fails." {
		t.Error(msg)
	}
	msg = w.fails(w.insertInto(tab, r(1, 10)), 547)
	if msg != "The INSERT statement conflicted with the CHECK constraint \"CK\". The conflict occurred in database \"db\", table \"dbo.t\", column 'n'." {
		t.Error(msg)
	}
	w.must(w.insertInto(tab, r(1, 9)))
	w.fails(w.updateOf(tab, nil, 1, arith(plan.Add, at(required, 1), lit(1))), 547)
	w.fails(w.updateOf(tab, nil, 1, lit(nil)), 515)
}

func TestForeignKeys(t *testing.T) {
	w := newWorld(t)
	parent := w.table(1, "parent", "*id", integer)
	child := w.table(2, "child", "*id", integer, "p", integer)
	w.foreign(child, "p", parent, "id", catalog.NoAction, catalog.NoAction)
	w.must(w.insertInto(parent, r(1), r(2)))
	w.must(w.insertInto(child, r(10, 1), r(11, nil)))
	msg := w.fails(w.insertInto(child, r(12, 3)), 547)
	if msg != "The INSERT statement conflicted with the FOREIGN KEY constraint \"FK_child\". The conflict occurred in database \"db\", table \"dbo.parent\", column 'id'." {
		t.Error(msg)
	}
	msg = w.fails(w.deleteOf(parent, compare(plan.Equal, at(required, 0), lit(1))), 547)
	if msg != "The DELETE statement conflicted with the REFERENCE constraint \"FK_child\". The conflict occurred in database \"db\", table \"dbo.child\", column 'p'." {
		t.Error(msg)
	}
	w.must(w.deleteOf(parent, compare(plan.Equal, at(required, 0), lit(2))))
	w.fails(w.updateOf(child, nil, 1, lit(2)), 547)
	w.fails(w.updateOf(parent, nil, 0, lit(5)), 547)
	w.want(w.must(scanOf(child)), "10 1", "11 -")
}

func TestCascades(t *testing.T) {
	for _, indexed := range []bool{false, true} {
		w := newWorld(t)
		top := w.table(1, "top", "*id", integer)
		mid := w.table(2, "mid", "*id", integer, "p", integer)
		low := w.table(3, "low", "*id", integer, "p", integer)
		if indexed {
			w.index(mid, false, "p")
			w.index(low, false, "-p")
		}
		w.foreign(low, "p", mid, "id", catalog.SetNull, catalog.Cascade)
		w.foreign(mid, "p", top, "id", catalog.Cascade, catalog.Cascade)
		w.must(w.insertInto(top, r(1), r(2)))
		w.must(w.insertInto(mid, r(10, 1), r(20, 2), r(30, nil)))
		w.must(w.insertInto(low, r(100, 10), r(200, 20)))
		w.must(w.updateOf(top, compare(plan.Equal, at(required, 0), lit(2)), 0, lit(3)))
		w.want(w.must(scanOf(mid)), "10 1", "20 3", "30 -")
		w.must(w.deleteOf(top, compare(plan.Equal, at(required, 0), lit(1))))
		w.want(w.must(scanOf(mid)), "20 3", "30 -")
		w.want(w.must(scanOf(low)), "100 -", "200 20")
	}
}

func TestSelfReference(t *testing.T) {
	w := newWorld(t)
	tab := w.table(1, "t", "*id", integer, "p", integer)
	w.foreign(tab, "p", tab, "id", catalog.NoAction, catalog.NoAction)
	w.must(w.insertInto(tab, r(1, 2), r(2, 1))) // each needs the other: only the end of the statement counts
	w.fails(w.insertInto(tab, r(3, 4)), 547)
	w.fails(w.deleteOf(tab, compare(plan.Equal, at(required, 0), lit(1))), 547)
	w.must(w.deleteOf(tab, nil))
	w.want(w.must(scanOf(tab)))
}

func TestIdentityAndDefaults(t *testing.T) {
	w := newWorld(t)
	tab := w.table(1, "t", "*id", integer, "n", integer, "c", integer)
	tab.Columns[0].Identity = &catalog.Identity{Seed: 5, Increment: 10}
	tab.Columns[2].Computed = &catalog.Computed{}
	w.rules[tab].Defaults[1] = lit(42)
	w.rules[tab].Computed[2] = arith(plan.Add, at(integer, 1), at(integer, 0))
	one := func(columns []int, types []value.Type, row ...any) *plan.Insert {
		return &plan.Insert{Table: tab, Columns: columns, Source: values(types, row), Rules: w.rules[tab]}
	}
	w.must(one([]int{1}, []value.Type{integer}, 1))
	w.must(one(nil, nil))
	w.fails(one([]int{0}, []value.Type{integer}, nil), 515)
	explicit := one([]int{0}, []value.Type{integer}, 100)
	explicit.Identity = true
	w.must(explicit)
	w.begin(txn.ReadCommitted)
	w.must(one(nil, nil))
	if err := w.tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	w.tx = nil
	w.must(one(nil, nil))
	w.want(w.must(scanOf(tab)), "5 1 6", "15 42 57", "100 42 142", "120 42 162") // 110 was rolled back, and is not given again
	if w.last.Int64() != 120 {
		t.Errorf("SCOPE_IDENTITY is %d", w.last.Int64())
	}
}

func TestHeapAndNonUniqueClustered(t *testing.T) {
	w := newWorld(t)
	heap := w.table(1, "heap", "n", integer)
	w.must(w.insertInto(heap, r(3), r(3), r(1)))
	w.must(w.updateOf(heap, compare(plan.Equal, at(integer, 0), lit(1)), 0, lit(2)))
	w.want(w.must(scanOf(heap)), "3", "3", "2")
	w.must(w.deleteOf(heap, compare(plan.Equal, at(integer, 0), lit(3))))
	w.want(w.must(scanOf(heap)), "2")
	tab := w.table(2, "t", "*n", integer, "m", integer)
	tab.Indexes[0].Unique = false
	w.must(w.insertInto(tab, r(3, 1), r(3, 2), r(1, 3)))
	w.want(w.must(scanOf(tab)), "1 3", "3 1", "3 2")
	w.must(w.updateOf(tab, compare(plan.Equal, at(integer, 1), lit(1)), 0, lit(0)))
	w.want(w.must(scanOf(tab)), "0 1", "1 3", "3 2")
}

func TestInsertFromItself(t *testing.T) {
	w := newWorld(t)
	heap := w.table(1, "heap", "n", integer)
	w.must(w.insertInto(heap, r(1), r(2)))
	double := &plan.Insert{Table: heap, Columns: []int{0}, Source: scanOf(heap), Rules: w.rules[heap]}
	w.must(double)
	w.must(double)
	if rows := w.must(scanOf(heap)); len(rows) != 8 {
		t.Fatalf("%d rows", len(rows))
	}
}

func TestOutput(t *testing.T) {
	w := newWorld(t)
	tab := w.table(1, "t", "*id", integer, "n", integer)
	audit := w.table(2, "audit", "a", integer, "b", integer)
	ins := w.insertInto(tab, r(1, 10), r(2, 20))
	ins.Output = &plan.Output{Exprs: []plan.Expr{at(integer, 0), at(integer, 1), at(integer, 2)}}
	w.want(w.must(ins), "1 10 -", "2 20 -")
	up := w.updateOf(tab, nil, 1, arith(plan.Add, at(integer, 1), lit(1)))
	up.Output = &plan.Output{Exprs: []plan.Expr{at(integer, 1), at(integer, 3)}, Into: audit, Targets: []int{0, 1}, Rules: w.rules[audit]}
	w.want(w.must(up))
	w.want(w.must(scanOf(audit)), "11 10", "21 20")
	del := w.deleteOf(tab, compare(plan.Equal, at(integer, 0), lit(1)))
	del.Output = &plan.Output{Exprs: []plan.Expr{at(integer, 2), at(integer, 3)}}
	w.want(w.must(del), "1 11")
}

func TestMerge(t *testing.T) {
	w := newWorld(t)
	tab := w.table(1, "t", "*id", integer, "n", integer)
	w.must(w.insertInto(tab, r(1, 10), r(2, 20), r(3, 30)))
	source := func(rows ...[]any) plan.Node {
		return &plan.Join{
			Kind: plan.FullJoin, Left: rowsOf(tab, nil),
			Right: &plan.Project{
				Input: values([]value.Type{integer, integer}, rows...),
				Exprs: []plan.Expr{at(integer, 0), at(integer, 1), lit(true)},
			},
			LeftKeys: []plan.Expr{at(required, 0)}, RightKeys: []plan.Expr{at(integer, 0)},
		}
	}
	merge := &plan.Merge{
		Table: tab, Rules: w.rules[tab], Source: source(r(2, 21), r(4, 40)),
		Clauses: []plan.MergeClause{
			{Matched: true, Set: []plan.SetColumn{{Ordinal: 1, X: at(integer, 4)}}},
			{Inserts: true, Insert: []plan.SetColumn{{Ordinal: 0, X: at(integer, 3)}, {Ordinal: 1, X: at(integer, 4)}}},
			{BySource: true, If: compare(plan.Equal, at(required, 0), lit(3)), Delete: true},
		},
		Output: &plan.Output{Exprs: []plan.Expr{at(integer, 10), at(integer, 0), at(integer, 2)}},
	}
	w.want(w.must(merge), "UPDATE 2 2", "DELETE - 3", "INSERT 4 -")
	w.want(w.must(scanOf(tab)), "1 10", "2 21", "4 40")
	merge.Source = source(r(2, 1), r(2, 2))
	w.fails(merge, 8672)
}

func TestBulk(t *testing.T) {
	w := newWorld(t)
	tab := w.table(1, "t", "*id", integer, "n", integer)
	w.rules[tab].Defaults[1] = lit(7)
	load := func(o BulkOptions, rows ...[]any) error {
		w.begin(txn.ReadCommitted)
		if err := w.tx.BeginStatement(); err != nil {
			return err
		}
		_, err := Bulk(w.context(w.tx), tab, w.rules[tab], []int{0, 1}, feed(rows...), o)
		if ended := w.tx.EndStatement(err); ended != nil {
			t.Fatal(ended)
		}
		w.commit()
		return err
	}
	if err := load(BulkOptions{}, r(1, 1), r(2, nil)); err != nil {
		t.Fatal(err)
	}
	if err := load(BulkOptions{KeepNulls: true}, r(3, nil)); err != nil {
		t.Fatal(err)
	}
	if err := load(BulkOptions{}, r(4, 1), r(3, 1)); !isNumber(err, 2627) {
		t.Fatal(err)
	}
	if err := load(BulkOptions{Sorted: true}, r(6, 1), r(8, 1), r(7, 1)); !isNumber(err, 4819) || !strings.HasSuffix(err.Error(), "primary key of first row: (8), primary key of second row: (7).") {
		t.Fatal(err)
	}
	if err := load(BulkOptions{Sorted: true}, r(-1, 1), r(5, 1)); err != nil {
		t.Fatal(err)
	}
	w.want(w.must(scanOf(tab)), "-1 1", "1 1", "2 7", "3 -", "5 1")
}

func TestKeyLengths(t *testing.T) {
	w := newWorld(t)
	long := value.Sized(value.VarChar, 2000)
	tab := w.table(1, "t", "*id", integer, "v", long)
	w.index(tab, false, "v")
	w.must(w.insertInto(tab, r(1, strings.Repeat("x", 1700))))
	msg := w.fails(w.insertInto(tab, r(2, strings.Repeat("x", 1701))), 1946)
	if msg != "Operation failed. The index entry of length 1701 bytes for the index 'IX_v' exceeds the maximum length of 1700 bytes for nonclustered indexes." {
		t.Error(msg)
	}
	w.fails(w.updateOf(tab, nil, 1, lit(strings.Repeat("y", 1900))), 1946)
}

func TestTriggers(t *testing.T) {
	w := newWorld(t)
	tab := w.table(1, "t", "*id", integer, "n", integer)
	w.rules[tab].Triggers = []*catalog.Module{
		{Header: catalog.Header{Name: "after"}, Events: []string{"INSERT", "UPDATE", "DELETE"}},
		{Header: catalog.Header{Name: "off"}, Events: []string{"INSERT"}, Disabled: true},
		{Header: catalog.Header{Name: "instead"}, Events: []string{"DELETE"}, InsteadOf: true},
	}
	var told []string
	refuse := false
	fire := func(m *catalog.Module, inserted, deleted [][]value.Value) error {
		var parts []string
		for _, rows := range [][][]value.Value{inserted, deleted} {
			for _, row := range rows {
				parts = append(parts, text(row))
			}
			parts = append(parts, ";")
		}
		told = append(told, m.Name+": "+strings.Join(parts, " "))
		if refuse {
			return value.Errorf(50000, 16, 1, "refused")
		}
		return nil
	}
	w.trigger = fire
	w.must(w.insertInto(tab, r(1, 10), r(2, 20)))
	w.must(w.updateOf(tab, compare(plan.Equal, at(required, 0), lit(1)), 1, lit(11)))
	w.must(w.deleteOf(tab, nil))
	w.want(told, "after: 1 10 2 20 ; ;", "after: 1 11 ; 1 10 ;", "instead: ; 1 11 2 20 ;")
	w.want(w.must(scanOf(tab)), "1 11", "2 20")
	refuse = true
	w.fails(w.insertInto(tab, r(3, 30)), 50000)
	w.want(w.must(scanOf(tab)), "1 11", "2 20")
}

func TestRowVersion(t *testing.T) {
	w := newWorld(t)
	tab := w.table(1, "t", "*id", integer, "n", integer, "v", value.Of(value.RowVersion))
	one := &plan.Insert{Table: tab, Columns: []int{0, 1}, Source: values([]value.Type{integer, integer}, r(1, 1)), Rules: w.rules[tab]}
	w.must(one)
	seen := func() string { return w.must(&plan.Scan{Table: tab, Index: tab.Clustered(), Columns: []int{2}})[0] }
	first := seen()
	w.must(w.updateOf(tab, nil, 1, lit(2)))
	if second := seen(); second <= first || len(second) != 8 {
		t.Errorf("%x after %x", second, first)
	}
}

func TestRewriteAndPopulate(t *testing.T) {
	w := newWorld(t)
	from := w.table(1, "t", "*id", integer, "n", varchar)
	w.must(w.insertInto(from, r(1, "10"), r(2, "20"), r(3, "20")))
	to := w.table(1, "t", "id", integer, "*n", integer, "new", integer)
	to.Columns[0].Type = integer
	w.rules[to].Defaults[2] = lit(7)
	rewrite := func() error {
		return inStatement(t, w, func(c *Context) error { return Rewrite(c, from, to, w.rules[to], nil) })
	}
	if err := rewrite(); !isNumber(err, 1505) {
		t.Fatalf("two rows with one key: %v", err)
	}
	w.want(w.must(scanOf(from)), "1 10", "2 20", "3 20")
	w.must(w.updateOf(from, compare(plan.Equal, at(required, 0), lit(3)), 1, lit("5")))
	if err := rewrite(); err != nil {
		t.Fatal(err)
	}
	w.want(w.must(scanOf(to)), "3 5 7", "1 10 7", "2 20 7")
	x := w.index(to, true, "new")
	err := inStatement(t, w, func(c *Context) error { return Populate(c, to, x, w.rules[to]) })
	if !isNumber(err, 1505) {
		t.Fatalf("a unique index on equal values: %v", err)
	}
	to.Indexes = to.Indexes[:1]
	w.rules[to].Checks = []plan.CheckRule{{
		Check: &catalog.Check{Header: catalog.Header{ID: 50, Name: "CK"}}, If: compare(plan.Less, at(required, 1), lit(20)),
	}}
	err = inStatement(t, w, func(c *Context) error { return Verify(c, to, w.rules[to], 50) })
	if !isNumber(err, 547) {
		t.Fatalf("a CHECK that does not hold: %v", err)
	}
	if err := inStatement(t, w, func(c *Context) error { return Verify(c, to, w.rules[to], 51) }); err != nil {
		t.Fatalf("another constraint: %v", err)
	}
}

func TestLargeRows(t *testing.T) {
	w := newWorld(t)
	long := value.Sized(value.VarChar, value.Max)
	tab := w.table(1, "t", "*id", integer, "v", long)
	x := w.index(tab, false, "id")
	x.Included = []int32{}                             // an index that does not have the column
	text := strings.Repeat("0123456789abcdef", 10<<16) // ten MiB
	w.must(w.insertInto(tab, r(1, text), r(2, "short")))
	seen := func(x *catalog.Index, id int) string {
		t.Helper()
		s := &plan.Scan{Table: tab, Index: x, Columns: []int{1}, Prefix: []plan.Expr{lit(id)}}
		return strings.Join(w.must(s), "|")
	}
	entries := func() int {
		t.Helper()
		n := 0
		w.begin(txn.ReadCommitted)
		if err := w.tx.BeginStatement(); err != nil {
			t.Fatal(err)
		}
		c, err := w.tx.Cursor(newLayout(7, tab).parts, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		for c.Next() {
			n++
		}
		if err := errors.Join(c.Close(), w.tx.EndStatement(nil)); err != nil {
			t.Fatal(err)
		}
		w.commit()
		return n
	}
	if seen(tab.Indexes[0], 1) != text || seen(x, 1) != text || seen(x, 2) != "short" || entries() != 3 {
		t.Fatalf("a large row does not come back; %d parts", entries())
	}
	one := compare(plan.Equal, at(required, 0), lit(1))
	w.must(w.updateOf(tab, one, 1, lit(text[:5<<20]+"end")))
	if seen(x, 1) != text[:5<<20]+"end" || entries() != 2 {
		t.Fatalf("after an update there are %d parts", entries())
	}
	w.must(w.updateOf(tab, one, 0, lit(7)))
	if seen(x, 7) != text[:5<<20]+"end" || entries() != 2 {
		t.Fatalf("after a move there are %d parts", entries())
	}
	w.must(w.deleteOf(tab, nil))
	if n := entries(); n != 0 {
		t.Fatalf("%d parts of nothing", n)
	}
}

// Who refers to a row keeps its key, and nothing else of it.
func TestReferenceLocks(t *testing.T) {
	w := newWorld(t)
	parent := w.table(1, "parent", "*id", integer, "n", integer)
	child := w.table(2, "child", "*id", integer, "p", integer)
	w.foreign(child, "p", parent, "id", catalog.NoAction, catalog.NoAction)
	w.must(w.insertInto(parent, r(1, 0)))
	one := compare(plan.Equal, at(required, 0), lit(1))
	first, second := *w, *w
	first.local, second.local = txn.NewLocal(), txn.NewLocal()
	first.begin(txn.ReadCommitted)
	second.begin(txn.ReadCommitted)
	first.must(w.insertInto(child, r(10, 1)))
	second.must(w.insertInto(child, r(20, 1)))
	first.must(w.updateOf(parent, one, 1, lit(5))) // both refer to the row, and one of them changes it
	second.fails(w.deleteOf(parent, one), 1222)
	first.commit()
	second.must(w.updateOf(parent, one, 1, lit(6)))
	second.fails(w.deleteOf(parent, one), 547)
	second.commit()
	first.begin(txn.ReadCommitted)
	second.begin(txn.ReadCommitted)
	first.must(w.insertInto(parent, r(2, 0)))
	second.fails(w.insertInto(child, r(30, 2)), 1222) // it may yet be committed
	second.fails(w.insertInto(child, r(30, 3)), 547)
	first.commit()
	second.must(w.insertInto(child, r(30, 2)))
	second.commit()
	w.want(w.must(scanOf(parent)), "1 6", "2 0")
}
