package sqldb

import "testing"

// TestTriggersDoNotFireThemselves: what a trigger does to its own table fires it no more, what another's does to it does.
func TestTriggersDoNotFireThemselves(t *testing.T) {
	k := newWorld(t).as(boss())
	k.want("CREATE TABLE t (id int IDENTITY PRIMARY KEY, c varchar(10)); CREATE TABLE io (i int); CREATE TABLE other (i int)")
	k.want("CREATE TRIGGER t_after ON t AFTER INSERT, UPDATE AS UPDATE x SET c = x.c + '!' FROM t AS x JOIN inserted AS i ON i.id = x.id")
	k.want("INSERT t (c) VALUES ('a'), ('b'); UPDATE t SET c = 'z' WHERE id = 1; SELECT c FROM t", "z!", "b!")
	k.want("CREATE PROCEDURE again AS INSERT io VALUES (1000)")
	k.want("CREATE TRIGGER io_insert ON io INSTEAD OF INSERT AS BEGIN INSERT io SELECT i * 10 FROM inserted; EXEC again END")
	k.want("CREATE TRIGGER io_update ON io INSTEAD OF UPDATE AS UPDATE io SET i = 7 WHERE i IN (SELECT i FROM deleted)")
	k.want("CREATE TRIGGER io_delete ON io INSTEAD OF DELETE AS DELETE io WHERE i IN (SELECT i FROM deleted WHERE i > 7)")
	k.want("CREATE TRIGGER io_after ON io AFTER INSERT AS INSERT other SELECT i FROM inserted")
	k.want("INSERT io VALUES (1), (2); SELECT i FROM io ORDER BY i; SELECT i FROM other ORDER BY i", "10", "20", "1000", "10", "20", "1000")
	k.want("UPDATE io SET i = 5 WHERE i = 10; DELETE io; SELECT i FROM io", "7")
	k.want("CREATE TRIGGER other_after ON other AFTER INSERT AS IF (SELECT MAX(i) FROM inserted) < 100 INSERT io SELECT i * 3 FROM inserted")
	k.want("DELETE other; INSERT other VALUES (1)") // fires io's, which fires other's again
	k.want("SELECT COUNT(*) FROM io WHERE i IN (30, 900)", "2")
}

// TestOutputOfTriggers: a statement whose trigger may change the rows does not show them.
func TestOutputOfTriggers(t *testing.T) {
	k := newWorld(t).as(boss())
	k.want("CREATE TABLE t (i int); CREATE TABLE log (i int)")
	k.want("CREATE TRIGGER t_insert ON t AFTER INSERT AS RETURN")
	k.want("INSERT t OUTPUT inserted.i VALUES (1)", "Msg 334: The target table 't' of the DML statement cannot have any enabled triggers…")
	k.want("MERGE t USING (VALUES (1)) AS s (i) ON t.i = s.i WHEN NOT MATCHED THEN INSERT VALUES (s.i) OUTPUT inserted.i;", "Msg 334: …")
	k.want("INSERT t OUTPUT inserted.i INTO log VALUES (1); UPDATE t SET i = 2 OUTPUT inserted.i; DELETE t OUTPUT deleted.i; SELECT i FROM log", "2", "2", "1")
	k.want("DISABLE TRIGGER t_insert ON t")
	k.want("INSERT t OUTPUT inserted.i VALUES (3)", "3")
}
