package sqldb

import "testing"

// TestInsteadOfOnViews: what triggers make of changes of views, of one table or of several.
func TestInsteadOfOnViews(t *testing.T) {
	w := newWorld(t)
	k := w.as(boss())
	k.want("CREATE TABLE a (id int PRIMARY KEY, name varchar(20)); CREATE TABLE b (id int PRIMARY KEY, price money); CREATE TABLE log (what varchar(40))")
	k.want("INSERT a VALUES (1, 'one'), (2, 'two'); INSERT b VALUES (1, 10), (2, 20)")
	k.want("CREATE VIEW v AS SELECT a.id, a.name, b.price, b.price * 2 AS twice FROM a JOIN b ON b.id = a.id")
	k.want("CREATE VIEW plain AS SELECT id, name FROM a")
	k.want("INSERT v (id, name) VALUES (3, 'x')", "Msg 4405: …")
	k.want("CREATE TRIGGER v_after ON v AFTER INSERT AS PRINT 'no'", "Msg 8197: …")
	k.want("CREATE TRIGGER v_insert ON v INSTEAD OF INSERT AS BEGIN INSERT a SELECT id, name FROM inserted; INSERT b SELECT id, price FROM inserted; INSERT log SELECT CONCAT('twice ', twice) FROM inserted END")
	k.want("CREATE TRIGGER v_change ON v INSTEAD OF UPDATE, DELETE AS BEGIN " +
		"UPDATE a SET name = i.name FROM a JOIN inserted i ON i.id = a.id; IF UPDATE(price) UPDATE b SET price = i.price FROM b JOIN inserted i ON i.id = b.id; " +
		"IF NOT EXISTS (SELECT * FROM inserted) BEGIN DELETE a WHERE id IN (SELECT id FROM deleted); DELETE b WHERE id IN (SELECT id FROM deleted) END END")
	k.want("CREATE TRIGGER plain_insert ON plain INSTEAD OF INSERT AS INSERT plain SELECT id + 100, UPPER(name) FROM inserted")
	k.want("CREATE USER reader WITHOUT LOGIN; GRANT SELECT, UPDATE ON v TO reader")
	k.tell(t, []story{
		{"INSERT", "INSERT v VALUES (3, 'three', 30, NULL); SELECT @@ROWCOUNT; INSERT v (id, price, name) SELECT 4, 40, 'four'; SELECT * FROM v WHERE id > 2 ORDER BY id; SELECT what FROM log", []string{"1", "3|three|30.00|60.00", "4|four|40.00|80.00", "twice ", "twice "}},
		{"a column that is computed", "INSERT v (id, name, price, twice) VALUES (5, 'five', 50, 7); SELECT TOP 1 what FROM log ORDER BY what DESC", []string{"twice 7.00"}},
		{"UPDATE", "UPDATE v SET price = price + 1, name = UPPER(name) WHERE id < 3; SELECT @@ROWCOUNT; SELECT id, name, price FROM v WHERE id < 3 ORDER BY id", []string{"2", "1|ONE|11.00", "2|TWO|21.00"}},
		{"UPDATE of one column", "UPDATE v SET name = 'uno' WHERE id = 1; SELECT name, price FROM v WHERE id = 1", []string{"uno|11.00"}},
		{"DELETE", "DELETE v WHERE id >= 4; SELECT @@ROWCOUNT; SELECT COUNT(*) FROM v; DELETE TOP (1) FROM v WHERE id = 3; SELECT COUNT(*) FROM a", []string{"2", "3", "2"}},
		{"no rows", "UPDATE v SET name = 'x' WHERE 1 = 0; SELECT @@ROWCOUNT", []string{"0"}},
		{"its own statement changes the table", "INSERT plain VALUES (7, 'seven'); SELECT * FROM a WHERE id > 99; DELETE a WHERE id > 99", []string{"107|SEVEN"}},
		{"nor past the trigger", "CREATE TRIGGER plain_delete ON plain INSTEAD OF DELETE AS PRINT 'kept'", nil},
		{"by its name", "DELETE plain; SELECT COUNT(*) FROM plain", []string{"Msg 0: kept", "2"}},
		{"by an alias of FROM", "DELETE x FROM plain AS x", []string{"Msg 40517: …"}},
		{"rows of EXECUTE", "INSERT plain EXEC ('SELECT 8, 8')", []string{"Msg 208: …"}},
		{"no such column", "UPDATE v SET nothing = 1", []string{"Msg 207: …"}},
		{"OUTPUT", "DELETE v OUTPUT deleted.id", []string{"Msg 334: …"}},
		{"one for each event", "CREATE TRIGGER v_again ON v INSTEAD OF DELETE AS PRINT 'no'", []string{"Msg 2111: Cannot create trigger 'v_again' on view 'v' because an INSTEAD OF DELETE trigger already exists on this object."}},
		{"who may", "EXECUTE AS USER = 'reader'; UPDATE v SET name = 'r' WHERE id = 2; DELETE v; REVERT; SELECT name FROM a WHERE id = 2", []string{"Msg 229: …", "r"}},
		{"disabled", "DISABLE TRIGGER v_insert ON v", nil},
		{"disabled, then", "INSERT v (id, name) VALUES (9, 'x')", []string{"Msg 4405: …"}},
		{"enabled", "ENABLE TRIGGER ALL ON v; SELECT COUNT(*) FROM sys.triggers WHERE parent_id = OBJECT_ID('v') AND is_instead_of_trigger = 1 AND is_disabled = 0", []string{"2"}},
		{"what a trigger refuses is undone", "ALTER TRIGGER v_insert ON v INSTEAD OF INSERT AS BEGIN INSERT a SELECT id, name FROM inserted; THROW 50010, 'refused', 1 END", nil},
		{"refused", "INSERT v (id, name) VALUES (9, 'x')", []string{"Msg 50010: refused"}},
		{"undone", "SELECT COUNT(*) FROM a WHERE id = 9", []string{"0"}},
		{"they go with the view", "DROP VIEW v; SELECT COUNT(*) FROM sys.triggers WHERE name LIKE 'v[_]%'", []string{"0"}},
	})
}
