package sqldb

import (
	"testing"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// TestGlobalTables: a ## table is every session's of the database, whatever their rights, and nobody's in the catalog.
func TestGlobalTables(t *testing.T) {
	w := newWorld(t)
	a := w.as(boss())
	a.want("CREATE USER web FROM EXTERNAL PROVIDER")
	b := w.as(machineCaller(webID, webApp))
	a.want("CREATE TABLE ##all (id int IDENTITY PRIMARY KEY, name nvarchar(20) NOT NULL, other int REFERENCES nothing(id))")
	for _, c := range []struct {
		name  string
		who   *talk
		batch string
		want  []string
	}{
		{"another session writes", b, "INSERT ##all (name) OUTPUT inserted.id VALUES ('x'), ('y')", []string{"1", "2"}},
		{"and the first reads", a, "SELECT * FROM tempdb..##all", []string{"1|x|NULL", "2|y|NULL"}},
		{"of whatever schema", a, "SELECT COUNT(*) FROM dbo.##ALL", []string{"2"}},
		{"once", b, "CREATE TABLE ##all (i int)", []string{"Msg 2714: There is already an object named '##all' in the database."}},
		{"without permissions", b, "UPDATE ##all SET other = id; DELETE ##all WHERE id = 2; MERGE ##all t USING (SELECT 1 AS id) s ON s.id = t.id WHEN MATCHED THEN UPDATE SET name = 'z'; SELECT name, other FROM ##all", []string{"z|1"}},
		{"altered and indexed", b, "ALTER TABLE ##all ADD more int NOT NULL DEFAULT 7; CREATE INDEX ix ON ##all (more); SELECT more FROM ##all WHERE more = 7", []string{"7"}},
		{"ALTER is seen", a, "SELECT more FROM ##all", []string{"7"}},
		{"a key is unique", a, "SET IDENTITY_INSERT ##all ON; INSERT ##all (id, name) VALUES (1, 'q'); SET IDENTITY_INSERT ##all OFF", []string{"Msg 2627: Violation of PRIMARY KEY constraint …"}},
		{"its name is tempdb's", a, "INSERT ##all (name) VALUES (NULL)", []string{"Msg 515: Cannot insert the value NULL into column 'name', table 'tempdb.dbo.##all'; column does not allow nulls. INSERT fails."}},
		{"not in the database's views", a, "SELECT COUNT(*) FROM sys.objects WHERE name LIKE '%##%'; SELECT COUNT(*) FROM INFORMATION_SCHEMA.TABLES; SELECT OBJECT_ID('##all')", []string{"0", "0", "NULL"}},
		{"but known in tempdb", a, "SELECT IIF(OBJECT_ID('tempdb..##all') IS NULL, 0, 1), IDENT_CURRENT('##all')", []string{"1|3"}},
		{"and in its views", a, "CREATE TABLE #own (i int PRIMARY KEY); SELECT LEFT(name, 10), LEN(name), SCHEMA_NAME(schema_id) FROM tempdb.sys.tables ORDER BY 1; SELECT COLUMN_NAME FROM tempdb.INFORMATION_SCHEMA.COLUMNS WHERE TABLE_NAME LIKE '#own[_][_]%'; SELECT COUNT(*) FROM tempdb..sysobjects WHERE xtype = 'PK'", []string{"##all|5|dbo", "#own______|128|dbo", "i", "2"}},
		{"by their id", a, "SELECT c.name FROM tempdb.sys.columns c WHERE c.object_id = OBJECT_ID('tempdb..##all') AND c.column_id < 3; SELECT c.name FROM tempdb.sys.columns c WHERE c.object_id = OBJECT_ID('tempdb..#own'); SELECT DB_ID('tempdb'), DB_NAME(2)", []string{"id", "name", "i", "2|tempdb"}},
		{"not another's own", b, "SELECT name FROM tempdb.sys.tables; SELECT c.name FROM tempdb.sys.indexes x JOIN tempdb.sys.index_columns c1 ON c1.object_id = x.object_id AND c1.index_id = x.index_id JOIN tempdb.sys.columns c ON c.object_id = x.object_id AND c.column_id = c1.column_id WHERE x.name = 'ix'", []string{"##all", "more"}},
		{"SELECT INTO", b, "SELECT id, name INTO ##copy FROM ##all", nil},
		{"SELECT INTO is seen", a, "SELECT name FROM ##copy", []string{"z"}},
		{"a view cannot be of one", a, "CREATE VIEW v AS SELECT id FROM ##copy", []string{"Msg 4508: …"}},
		{"truncated", a, "TRUNCATE TABLE ##copy; SELECT COUNT(*) FROM ##copy", []string{"0"}},
		{"a rollback takes it back", a, "BEGIN TRAN; CREATE TABLE ##gone (i int); INSERT ##gone VALUES (1); ROLLBACK; SELECT * FROM ##gone", []string{"Msg 208: Invalid object name '##gone'."}},
		{"dropped by another", a, "DROP TABLE ##copy; DROP TABLE IF EXISTS ##copy; DROP TABLE ##copy", []string{"Msg 3701: Cannot drop the table '##copy', because it does not exist or you do not have permission."}},
		{"a procedure's stays", a, "EXEC ('CREATE TABLE ##made (i int); INSERT ##made VALUES (3)'); SELECT i FROM ##made", []string{"3"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.who.t = t
			c.who.want(c.batch, c.want...)
		})
	}
	w.update(func(tx store.Tx) error {
		_, err := w.CreateDatabase(tx, "srv", "two", DatabaseSettings{Copy: &DatabaseRef{Server: "srv", Database: "app"}})
		return err
	})
	for _, database := range []string{"two", "master"} {
		s, err := w.login(Login{Caller: boss(), Database: database})
		if err != nil {
			t.Fatal(err)
		}
		other := w.talk(s)
		other.want("SELECT * FROM ##all", "Msg 208: …")
		if n := globals(other); n != 0 {
			t.Errorf("%s has %d of them", database, n)
		}
	}
}

// TestGlobalTablesEnd: they go with the session that made them, once nobody uses them, and with the process.
func TestGlobalTablesEnd(t *testing.T) {
	w := newWorld(t)
	a, b := w.as(boss()), w.as(boss())
	a.want("CREATE TABLE ##one (i int); INSERT ##one VALUES (1); CREATE TABLE ##two (i int)")
	if err := a.session.Reset(t.Context(), false, &recorder{}); err != nil {
		t.Fatal(err)
	}
	b.want("SELECT * FROM ##one", "Msg 208: …")
	a.want("CREATE TABLE ##one (i int); INSERT ##one VALUES (2)")
	b.want("BEGIN TRAN; UPDATE ##one SET i = 3")
	if err := a.session.Close(); err != nil {
		t.Fatal(err)
	}
	b.want("SELECT i FROM ##one", "3")
	if n := globals(b); n != 1 {
		t.Fatalf("%d ## tables while one is used", n)
	}
	b.want("COMMIT")
	for deadline := time.Now().Add(time.Minute); globals(b) > 0; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the table stays")
		}
	}
	b.want("SELECT * FROM ##one", "Msg 208: …")
	b.want("CREATE TABLE ##left (i int); INSERT ##left VALUES (1); CREATE TABLE stays (i int)")
	if err := w.Service.Close(); err != nil {
		t.Fatal(err)
	}
	w.open()
	c := w.as(boss())
	c.want("SELECT * FROM ##left", "Msg 208: …")
	c.want("SELECT * FROM stays")
	if n := globals(c); n != 0 {
		t.Errorf("%d ## tables are left", n)
	}
	if n, err := w.Sweep(t.Context()); err != nil || n == 0 {
		t.Errorf("swept %d, %v", n, err)
	}
	w.update(func(tx store.Tx) error {
		d, err := catalog.Load(tx, c.session.(*session).db.id)
		if err == nil && hasGlobals(d) {
			t.Error("the store still has one")
		}
		return err
	})
}

// globals is how many ## tables the session's database has.
func globals(k *talk) (n int) {
	for t := range k.session.(*session).db.current().Tables() {
		if t.Global {
			n++
		}
	}
	return n
}
