package sqldb

import (
	"fmt"
	"strings"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/exec"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// TestCursors are the cursors of T-SQL: what they show of changes, and changes through them.
func TestCursors(t *testing.T) {
	k := newWorld(t).as(boss())
	k.want("CREATE TABLE t (i int NOT NULL PRIMARY KEY, c varchar(10)); CREATE TABLE heap (i int, c varchar(10))")
	k.want("INSERT t VALUES (1, 'a'), (2, 'b'), (3, 'c'); INSERT heap VALUES (1, 'a'), (2, 'b'), (3, 'c')")
	for _, c := range []struct {
		name, batch string
		want        []string
	}{
		{"static shows what was", "DECLARE c CURSOR STATIC FOR SELECT c FROM t; OPEN c; UPDATE t SET c = 'x' WHERE i = 1; FETCH c; UPDATE t SET c = 'a' WHERE i = 1; SELECT @@CURSOR_ROWS", []string{"a", "3"}},
		{"keyset shows what is", "DECLARE c CURSOR KEYSET FOR SELECT c FROM t ORDER BY c; OPEN c; UPDATE t SET c = 'x' WHERE i = 1; FETCH c; UPDATE t SET c = 'a' WHERE i = 1; SELECT @@CURSOR_ROWS", []string{"x", "3"}},
		{
			"keyset knows deleted rows", "BEGIN TRAN; DECLARE c CURSOR KEYSET FOR SELECT c FROM t; OPEN c; DELETE t WHERE i = 1; DECLARE @c varchar(10); FETCH c INTO @c; SELECT @@FETCH_STATUS; FETCH c INTO @c; SELECT @@FETCH_STATUS, @c; ROLLBACK",
			[]string{"-2", "0|b"},
		},
		{
			"dynamic passes over them", "BEGIN TRAN; DECLARE c CURSOR FOR SELECT c FROM heap; OPEN c; DELETE heap WHERE i = 1; FETCH c; SELECT @@FETCH_STATUS, @@CURSOR_ROWS; ROLLBACK",
			[]string{"b", "0|-1"},
		},
		{"a keyset needs a unique index", "DECLARE c CURSOR KEYSET FOR SELECT c FROM heap; OPEN c; UPDATE heap SET c = 'x' WHERE i = 1; FETCH c; UPDATE heap SET c = 'a' WHERE i = 1", []string{"a"}},
		{
			"update", "BEGIN TRAN; DECLARE @n int; DECLARE c CURSOR FOR SELECT c FROM heap WHERE i > 1; OPEN c; FETCH c; UPDATE heap SET @n = i, c = 'x' WHERE CURRENT OF c; UPDATE heap SET c += 'y' WHERE CURRENT OF c; SELECT @n, @@ROWCOUNT; FETCH c; DELETE heap WHERE CURRENT OF c; SELECT i, c FROM heap; ROLLBACK",
			[]string{"b", "2|1", "c", "1|a", "2|xy"},
		},
		{
			"of one table among two", "BEGIN TRAN; DECLARE c CURSOR FOR SELECT t.i, heap.c FROM t JOIN heap ON heap.i = t.i WHERE t.i = 2; OPEN c; FETCH c; UPDATE heap SET c = 'z' WHERE CURRENT OF c; UPDATE t SET c = 'y' WHERE CURRENT OF c; SELECT c FROM t UNION ALL SELECT c FROM heap; ROLLBACK",
			[]string{"2|b", "a", "y", "c", "a", "z", "c"},
		},
		{"another table", "DECLARE c CURSOR FOR SELECT c FROM t; OPEN c; FETCH c; UPDATE heap SET c = 'x' WHERE CURRENT OF c", []string{"a", "Msg 16933: …"}},
		{"changed meanwhile", "BEGIN TRAN; DECLARE c CURSOR FOR SELECT c FROM t; OPEN c; FETCH c; UPDATE t SET c = 'q' WHERE i = 1; UPDATE t SET c = 'x' WHERE CURRENT OF c; ROLLBACK", []string{"a", "Msg 16934: …", "Msg 16947: …"}},
		{"locked instead", "BEGIN TRAN; DECLARE c CURSOR SCROLL_LOCKS FOR SELECT c FROM t; OPEN c; FETCH c; UPDATE t SET c = 'q' WHERE i = 1; UPDATE t SET c += 'x' WHERE CURRENT OF c; SELECT c FROM t WHERE i = 1; ROLLBACK", []string{"a", "qx"}},
		{"read only", "DECLARE c CURSOR READ_ONLY FOR SELECT c FROM t; OPEN c; FETCH c; DELETE t WHERE CURRENT OF c", []string{"a", "Msg 16929: …"}},
		{"rows of no table", "DECLARE c CURSOR FOR SELECT COUNT(*) FROM t; OPEN c; FETCH c; DELETE t WHERE CURRENT OF c", []string{"3", "Msg 16929: …"}},
		{"for update of rows of no table", "DECLARE c CURSOR FOR SELECT DISTINCT c FROM t FOR UPDATE; OPEN c", []string{"Msg 16957: …"}},
		{"for update of a static one", "DECLARE c CURSOR STATIC FOR SELECT c FROM t FOR UPDATE", []string{"Msg 16957: …"}},
		{"for update of columns", "BEGIN TRAN; DECLARE c CURSOR FOR SELECT c FROM t FOR UPDATE OF c; OPEN c; FETCH c; UPDATE t SET c = 'x' WHERE CURRENT OF c; UPDATE t SET i = 9 WHERE CURRENT OF c; ROLLBACK", []string{"a", "Msg 16932: …"}},
		{"before the first row", "DECLARE c CURSOR FOR SELECT c FROM t; OPEN c; DELETE t WHERE CURRENT OF c", []string{"Msg 16931: …"}},
		{"closed", "DECLARE c CURSOR FOR SELECT c FROM t; DELETE t WHERE CURRENT OF c", []string{"Msg 16917: …"}},
		{"unknown", "DELETE t WHERE CURRENT OF nobody", []string{"Msg 16916: …"}},
		{"forwards only", "DECLARE c CURSOR FOR SELECT c FROM t; OPEN c; FETCH LAST FROM c", []string{"Msg 16911: …"}},
		{"dynamic has no numbers", "DECLARE c CURSOR DYNAMIC FOR SELECT c FROM t; OPEN c; FETCH ABSOLUTE 2 FROM c", []string{"Msg 16925: …"}},
		{"scroll", "DECLARE c CURSOR SCROLL FOR SELECT i FROM t; OPEN c; FETCH LAST FROM c; FETCH PRIOR FROM c; FETCH RELATIVE -1 FROM c; FETCH RELATIVE 2 FROM c; FETCH FIRST FROM c", []string{"3", "2", "1", "3", "1"}},
		{"with variables", "DECLARE @a int = 2; DECLARE c CURSOR FOR SELECT i + @a FROM t WHERE i >= @a; OPEN c; SET @a = 100; FETCH c; FETCH c", []string{"4", "5"}},
		{
			"of a temporary table", "CREATE TABLE #w (n int); INSERT #w VALUES (1), (2); DECLARE c CURSOR FOR SELECT n FROM #w; OPEN c; FETCH c; UPDATE #w SET n = 10 WHERE CURRENT OF c; FETCH c; DELETE #w WHERE CURRENT OF c; SELECT n FROM #w; DROP TABLE #w",
			[]string{"1", "2", "10"},
		},
	} {
		got := strings.Split(k.ask(c.batch), "\n")
		k.ask("IF CURSOR_STATUS('global', 'c') > -3 DEALLOCATE c")
		if !matches(got, c.want) {
			t.Errorf("%s: %s gives %q, want %q", c.name, c.batch, got, c.want)
		}
	}
}

// matches compares lines; those wanted may be cut short with "…".
func matches(got, want []string) bool {
	if len(got) != len(want) {
		return false
	}
	for i := range got {
		if head, cut := strings.CutSuffix(want[i], "…"); got[i] != want[i] && !(cut && strings.HasPrefix(got[i], head)) {
			return false
		}
	}
	return true
}

// TestCursorInTrigger: the tables of a trigger are read once.
func TestCursorInTrigger(t *testing.T) {
	k := newWorld(t).as(boss())
	k.want("CREATE TABLE t (i int)")
	k.want("CREATE TRIGGER tr ON t AFTER INSERT AS BEGIN DECLARE @n int; DECLARE c CURSOR LOCAL FOR SELECT i FROM inserted; OPEN c; FETCH c INTO @n; WHILE @@FETCH_STATUS = 0 BEGIN PRINT @n; FETCH c INTO @n END END")
	k.want("INSERT t VALUES (7), (8)", "Msg 0: 7", "Msg 0: 8")
}

// client calls the procedures of cursors as drivers do.
type client struct{ *talk }

type out int // an OUTPUT parameter with that value

// call gives the rows, then the status, then the OUTPUT parameters.
func (c client) call(procedure string, args ...any) string {
	c.t.Helper()
	in := Call{Procedure: procedure}
	for _, a := range args {
		switch a := a.(type) {
		case int:
			in.Arguments = append(in.Arguments, Argument{Type: value.Type{ID: value.Int, Nullable: true}, Value: value.OfInt(int64(a))})
		case out:
			in.Arguments = append(in.Arguments, Argument{Type: value.Type{ID: value.Int, Nullable: true}, Value: value.OfInt(int64(a)), Output: true})
		case string:
			in.Arguments = append(in.Arguments, Argument{Type: value.Type{ID: value.NVarChar, Length: 400, Nullable: true}, Value: value.OfString(a)})
		case Argument:
			in.Arguments = append(in.Arguments, a)
		}
	}
	r := &recorder{}
	if err := c.session.Call(c.t.Context(), in, r); err != nil {
		c.t.Fatal(err)
	}
	parts := append([]string{}, r.lines...)
	for _, s := range r.status {
		parts = append(parts, fmt.Sprintf("=%d", s))
	}
	for _, o := range r.outputs {
		parts = append(parts, fmt.Sprintf("@%d=%d", o.Ordinal, o.Value.Int64()))
	}
	return strings.Join(parts, " ")
}

// is calls and compares.
func (c client) is(want, procedure string, args ...any) {
	c.t.Helper()
	if got := c.call(procedure, args...); got != want && !(strings.HasSuffix(want, "…") && strings.HasPrefix(got, strings.TrimSuffix(want, "…"))) {
		c.t.Errorf("%s %v gives %s, want %s", procedure, args, got, want)
	}
}

// TestServerCursors are the procedures by which ODBC, JDBC and DB-Library scroll.
func TestServerCursors(t *testing.T) {
	k := client{newWorld(t).as(boss())}
	k.want("CREATE TABLE t (i int NOT NULL PRIMARY KEY, c varchar(10)); INSERT t VALUES (1, 'a'), (2, 'b'), (3, 'c'), (4, 'd'), (5, 'e')")
	const query = "SELECT i, c FROM t ORDER BY i"
	k.is("=0 @0=180150003 @2=1 @3=4 @4=5", "sp_cursoropen", out(0), query, out(1), out(4), out(0))
	at := 180150003
	for _, f := range []struct {
		move, row, count int
		want             string
	}{
		{2, 0, 2, "1|a|1 2|b|1 =0"},
		{2, 0, 2, "3|c|1 4|d|1 =0"},
		{2, 0, 2, "5|e|1 =0"},
		{2, 0, 2, "=0"},
		{4, 0, 2, "4|d|1 5|e|1 =0"},
		{4, 0, 3, "1|a|1 2|b|1 3|c|1 =0"},
		{4, 0, 2, "=0"},
		{1, 0, 1, "1|a|1 =0"},
		{8, 0, 2, "4|d|1 5|e|1 =0"},
		{0x10, -2, 1, "4|d|1 =0"},
		{0x20, -2, 2, "2|b|1 3|c|1 =0"},
		{0x200, 0, 3, "1|a|1 =0"},
		{0x10, 99, 1, "=0"},
		{0x20, -1, 1, "5|e|1 =0"},
		{0x10, 0, 1, "=0"},
		{0x20, 2, 1, "2|b|1 =0"},
		{0x80, 0, 1, "2|b|1 =0"},
		{0x10, -9, 1, "=0"},
		{0x10, -9, 9, "1|a|1 2|b|1 3|c|1 4|d|1 5|e|1 =0"},
		{0x40, 0, 1, "Msg 16902: …"},
		{2, 0, -1, "Msg 16902: …"},
	} {
		k.is(f.want, "sp_cursorfetch", at, f.move, f.row, f.count)
	}
	k.is("2|b|1 3|c|1 4|d|1 =0", "sp_cursorfetch", at, 0x10, 2, 3)
	k.is("=0 @2=2 @3=5", "sp_cursorfetch", at, 0x100, out(0), out(0))
	k.is("=0", "sp_cursor", at, 1, 2, "", Argument{Name: "@c", Type: value.Type{ID: value.VarChar, Length: 5}, Value: value.OfString("new")})
	k.is("=0", "sp_cursor", at, 2, 3, "t")
	k.is("2|b|1 3|new|1 0|NULL|2 =0", "sp_cursorfetch", at, 0x80, 0, 0)
	k.is("Msg 16930: …", "sp_cursor", at, 2, 3, "t")
	k.want("UPDATE t SET c = 'other' WHERE i = 2")
	k.is("Msg 16934: …", "sp_cursor", at, 2, 1, "")
	k.is("2|other|1 =0", "sp_cursor", at, 8, 1, "")
	k.is("=0", "sp_cursor", at, 2, 1, "dbo.t")
	k.is("=0", "sp_cursor", at, 4, 0, "", Argument{Name: "@i", Type: value.Type{ID: value.Int}, Value: value.OfInt(9)})
	k.is("=0", "sp_cursor", at, 33, 2, "t", "UPDATE t SET c = 'by text'")
	k.is("=0", "sp_cursoroption", at, 2, "named")
	k.want("UPDATE t SET c += '!' WHERE CURRENT OF named; SELECT i, c FROM t", "1|a", "3|by text!", "5|e", "9|NULL")
	k.is("=0 @2=1", "sp_cursoroption", at, 4, out(0))
	k.is("=0", "sp_cursorclose", at)
	k.is("Msg 16909: …", "sp_cursorfetch", at, 2, 0, 1)
	k.is("Msg 16909: …", "sp_cursorclose", at)
}

// TestServerCursorKinds: what was asked for becomes what the query permits.
func TestServerCursorKinds(t *testing.T) {
	k := client{newWorld(t).as(boss())}
	k.want("CREATE TABLE t (i int NOT NULL PRIMARY KEY, c varchar(10)); INSERT t VALUES (1, 'a'), (2, 'b'); CREATE TABLE heap (i int); INSERT heap VALUES (1)")
	k.want("CREATE PROCEDURE rows AS SELECT i FROM t")
	k.want("CREATE PROCEDURE two AS BEGIN SELECT 1; SELECT 2 END")
	for _, c := range []struct {
		query      string
		scroll, cc int
		want       string
	}{
		{"SELECT i FROM t", 2, 2, "@2=2 @3=2 @4=-1"},
		{"SELECT i FROM t ORDER BY c", 2, 2, "@2=1 @3=2 @4=2"},
		{"SELECT i FROM heap ORDER BY i", 2, 2, "@2=8 @3=1 @4=1"},
		{"SELECT i FROM heap", 1, 4, "@2=8 @3=1 @4=1"},
		{"SELECT i FROM heap", 2, 4, "@2=2 @3=4 @4=-1"},
		{"SELECT DISTINCT c FROM t", 1, 8, "@2=8 @3=1 @4=2"},
		{"SELECT i FROM t", 4, 4, "@2=4 @3=4 @4=-1"},
		{"SELECT i FROM t", 8, 4, "@2=8 @3=1 @4=2"},
		{"SELECT i FROM t", 16, 4, "@2=16 @3=1 @4=2"},
		{"EXEC rows", 8, 1, "@2=8 @3=1 @4=2"},
		{"EXEC two", 8, 1, "Msg 16937: …"},
		{"SELECT i FROM t WHERE 1 = 0", 1, 4, "@2=1 @3=4 @4=0"},
		{"SELECT COUNT(*) FROM t", 0x8001 | 0x10000, 1, "Msg 16955: …"},
		{"SELECT COUNT(*) FROM t", 0x8001 | 0x90000, 1, "@2=8 @3=1 @4=1"},
		{"SELECT nothing FROM t", 1, 1, "Msg 207: …"},
		{"DELETE heap WHERE i = 7", 1, 1, "@2=0 @3=0 @4=0"},
	} {
		got := k.call("sp_cursoropen", out(0), c.query, out(c.scroll), out(c.cc), out(0))
		if i := strings.Index(got, "@2="); i > 0 {
			got = got[i:]
		}
		if !matches([]string{got}, []string{c.want}) {
			t.Errorf("%s as %#x, %#x gives %s, want %s", c.query, c.scroll, c.cc, got, c.want)
		}
	}
	if got := k.call("sp_cursoropen", out(0), "SELECT nothing FROM t", out(1), out(1), out(0)); !strings.Contains(got, "Msg 16945") {
		t.Errorf("without a cursor: %s", got)
	}
	for n := 0; n < maxServerCursors; n++ {
		if got := k.call("sp_cursoropen", out(0), "SELECT 1 AS n", out(8), out(1), out(0)); strings.Contains(got, "Msg 701") {
			break
		}
	}
	k.is("Msg 701: …", "sp_cursoropen", out(0), "SELECT 1 AS n", out(8), out(1), out(0))
	k.is("=0", "sp_cursorclose", -1)
	if s := k.session.(*session); s.memory.Used() != 0 || len(s.serverCursors) != 0 {
		t.Errorf("%d bytes of %d cursors are left", s.memory.Used(), len(s.serverCursors))
	}
}

// TestPreparedCursors: handles, values, rows with the first answer, and a cursor that closes by itself.
func TestPreparedCursors(t *testing.T) {
	k := client{newWorld(t).as(boss())}
	k.want("CREATE TABLE t (i int NOT NULL PRIMARY KEY); INSERT t VALUES (1), (2), (3), (4), (5)")
	const query, parameters = "SELECT i FROM t WHERE i > @a", "@a int"
	k.is("=0 @0=1 @4=8 @5=1", "sp_cursorprepare", out(0), parameters, query, 1, out(8), out(1))
	k.is("=0 @1=180150003 @2=8 @3=1 @4=3", "sp_cursorexecute", 1, out(0), out(8), out(1), out(0), 2)
	k.is("3|1 4|1 5|1 =0", "sp_cursorfetch", 180150003, 2, 0, 9)
	k.is("=0", "sp_cursorunprepare", 1)
	k.is("Msg 8179: …", "sp_cursorexecute", 1, out(0), out(8), out(1), out(0), 2)
	const fast, autoFetch, autoClose = 0x10, 0x2000, 0x4000
	k.is("2|1 3|1 =0 @0=2 @1=180150005 @4=16 @5=1 @6=4", "sp_cursorprepexec", out(0), out(0), parameters, query, out(fast|autoFetch|autoClose), out(1), out(2), 1)
	k.is("4|1 5|1 =0", "sp_cursorfetch", 180150005, 2, 0, 2)
	k.is("=16", "sp_cursorfetch", 180150005, 2, 0, 2)
	k.is("Msg 16909: …", "sp_cursorfetch", 180150005, 2, 0, 2)
	k.is("Msg 16911: …", "sp_cursorfetch", k.opened("SELECT i FROM t", fast), 4, 0, 2)
	k.is("Msg 8178: …", "sp_cursoropen", out(0), query, out(8|0x1000), out(1), out(0), parameters)
	k.is("3|1 =0", "sp_cursorfetch", k.opened(query, 8|0x1000, parameters, 2), 2, 0, 1)
}

// opened opens a cursor and gives its handle.
func (c client) opened(query string, scroll int, more ...any) int {
	c.t.Helper()
	var handle int
	got := c.call("sp_cursoropen", append([]any{out(0), query, out(scroll), out(1), out(0)}, more...)...)
	if _, err := fmt.Sscanf(got, "=0 @0=%d", &handle); err != nil {
		c.t.Errorf("%s gives %s", query, got)
	}
	return handle
}

// TestCursorOfModule: what a procedure's cursor reads, it reads as the procedure's owner when it is fetched too.
func TestCursorOfModule(t *testing.T) {
	w := newWorld(t)
	k := w.as(boss())
	k.want("CREATE TABLE t (i int); INSERT t VALUES (1), (2); CREATE USER web FROM EXTERNAL PROVIDER")
	k.want("CREATE PROCEDURE p AS BEGIN DECLARE c CURSOR LOCAL FOR SELECT i FROM t; OPEN c; FETCH c; UPDATE t SET i += 10 WHERE CURRENT OF c END")
	k.want("GRANT EXECUTE ON p TO web")
	web := client{w.as(machineCaller(webID, webApp))}
	web.want("EXEC p", "1")
	web.want("DECLARE c CURSOR FOR SELECT i FROM t; OPEN c", "Msg 229: …")
	web.is("Msg 229: …", "sp_cursoropen", out(0), "SELECT i FROM t", out(1), out(1), out(0))
	k.want("SELECT i FROM t", "11", "2")
}

// TestRowFile: rows that outgrow their room go to a file, and come back the same.
func TestRowFile(t *testing.T) {
	budget := exec.NewBudget(8 << 20)
	f := exec.NewRowFile(budget, t.TempDir(), 2)
	const count = 20_000
	long := strings.Repeat("x", 1000)
	for i := range count {
		if err := f.Append([]value.Value{value.OfInt(int64(i)), value.OfString(long)}); err != nil {
			t.Fatal(err)
		}
	}
	for _, i := range []int64{0, 1, count / 2, count - 1} {
		row, err := f.At(i)
		if err != nil || row[0].Int64() != i || row[1].Text() != long {
			t.Errorf("row %d is %v, %v", i, row[0], err)
		}
	}
	if used := budget.Used(); used > 1<<20 {
		t.Errorf("%d bytes are in memory", used)
	}
	f.Close()
	if used := budget.Used(); used != 0 {
		t.Errorf("%d bytes are not given back", used)
	}
	full := exec.NewRowFile(exec.NewBudget(1<<10), "", 1)
	var err error
	for i := 0; i < 100 && err == nil; i++ {
		err = full.Append([]value.Value{value.OfString(long)})
	}
	if e, ok := err.(*value.Error); !ok || e.Number != 701 {
		t.Errorf("without room: %v", err)
	}
}
