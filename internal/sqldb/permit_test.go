package sqldb

import "testing"

// TestPermissions holds the permission model from the outside: what a user is given, and what that opens and does not.
func TestPermissions(t *testing.T) {
	for _, c := range []struct {
		name  string
		given string // as the owner; the user is web
		ask   string
		want  []string
	}{
		{"nothing", "", "SELECT COUNT(*) FROM dbo.a", []string{"Msg 229: The SELECT permission was denied on the object 'a', database 'app', schema 'dbo'."}},
		{"db_datareader reads", "ALTER ROLE db_datareader ADD MEMBER web", "SELECT COUNT(*) FROM dbo.a", []string{"2"}},
		{"db_datareader does not write", "ALTER ROLE db_datareader ADD MEMBER web", "INSERT dbo.a VALUES (9, 'x')", []string{"Msg 229: The INSERT permission was denied on the object 'a', database 'app', schema 'dbo'."}},
		{"db_datareader does not execute", "ALTER ROLE db_datareader ADD MEMBER web", "EXEC dbo.p", []string{"Msg 229: The EXECUTE permission was denied on the object 'p', database 'app', schema 'dbo'."}},
		{"db_datawriter writes", "ALTER ROLE db_datawriter ADD MEMBER web", "INSERT dbo.a VALUES (9, 'x')", nil},
		{"db_datawriter does not read", "ALTER ROLE db_datawriter ADD MEMBER web", "SELECT * FROM dbo.a", []string{"Msg 229: The SELECT permission…"}},
		{"db_datawriter deletes only what it may read", "ALTER ROLE db_datawriter ADD MEMBER web", "DELETE dbo.a WHERE id = 1", []string{"Msg 229: The SELECT permission…"}},
		{"db_denydatareader wins", "ALTER ROLE db_datareader ADD MEMBER web; ALTER ROLE db_denydatareader ADD MEMBER web", "SELECT * FROM dbo.a", []string{"Msg 229: …"}},
		{"db_owner", "ALTER ROLE db_owner ADD MEMBER web", "DROP TABLE s.b; SELECT COUNT(*) FROM dbo.a", []string{"2"}},
		{"db_ddladmin makes, and does not read", "ALTER ROLE db_ddladmin ADD MEMBER web", "CREATE TABLE made (i int); SELECT * FROM dbo.a", []string{"Msg 229: …"}},
		{"db_securityadmin grants", "ALTER ROLE db_securityadmin ADD MEMBER web", "GRANT SELECT ON dbo.a TO public; SELECT COUNT(*) FROM dbo.a", []string{"2"}},
		{"db_accessadmin makes users", "ALTER ROLE db_accessadmin ADD MEMBER web", "CREATE USER x WITHOUT LOGIN; SELECT name FROM sys.database_principals WHERE name = 'x'", []string{"x"}},
		{"grant on an object", "GRANT SELECT ON dbo.a TO web", "SELECT COUNT(*) FROM dbo.a", []string{"2"}},
		{"grant on an object opens no other", "GRANT SELECT ON dbo.a TO web", "SELECT COUNT(*) FROM s.b", []string{"Msg 229: The SELECT permission was denied on the object 'b', database 'app', schema 's'."}},
		{"grant on a schema", "GRANT SELECT ON SCHEMA::s TO web", "SELECT COUNT(*) FROM s.b; SELECT COUNT(*) FROM dbo.a", []string{"0", "Msg 229: …"}},
		{"grant on the database", "GRANT SELECT TO web", "SELECT COUNT(*) FROM s.b; SELECT COUNT(*) FROM dbo.a", []string{"0", "2"}},
		{"denial on an object against a grant on the database", "GRANT SELECT TO web; DENY SELECT ON dbo.a TO web", "SELECT COUNT(*) FROM dbo.a", []string{"Msg 229: …"}},
		{"denial to a role against a grant to the user", "CREATE ROLE r; ALTER ROLE r ADD MEMBER web; GRANT SELECT ON dbo.a TO web; DENY SELECT ON dbo.a TO r", "SELECT COUNT(*) FROM dbo.a", []string{"Msg 229: …"}},
		{"roles within roles", "CREATE ROLE inner_r; CREATE ROLE outer_r; ALTER ROLE outer_r ADD MEMBER inner_r; ALTER ROLE inner_r ADD MEMBER web; GRANT SELECT ON dbo.a TO outer_r", "SELECT COUNT(*) FROM dbo.a", []string{"2"}},
		{"revoked", "GRANT SELECT ON dbo.a TO web; REVOKE SELECT ON dbo.a FROM web", "SELECT COUNT(*) FROM dbo.a", []string{"Msg 229: …"}},
		{"columns", "GRANT SELECT ON dbo.a (id) TO web", "SELECT MAX(id) FROM dbo.a; SELECT v FROM dbo.a", []string{"2", "Msg 230: The SELECT permission was denied on the column 'v' of the object 'a', database 'app', schema 'dbo'."}},
		{"a denied column", "GRANT SELECT ON dbo.a TO web; DENY SELECT ON dbo.a (v) TO web", "SELECT MAX(id) FROM dbo.a; SELECT * FROM dbo.a", []string{"2", "Msg 230: …"}},
		{"ownership chain of a view", "GRANT SELECT ON dbo.vw TO web", "SELECT COUNT(*) FROM dbo.vw; SELECT COUNT(*) FROM dbo.a", []string{"2", "Msg 229: …"}},
		{"ownership chain of a procedure", "GRANT EXECUTE ON dbo.p TO web", "EXEC dbo.p; SELECT COUNT(*) FROM dbo.a", []string{"2", "Msg 229: …"}},
		{"dynamic SQL breaks the chain", "GRANT EXECUTE ON dbo.dyn TO web", "EXEC dbo.dyn", []string{"Msg 229: …"}},
		{"a procedure that acts as its owner", "GRANT EXECUTE ON dbo.asowner TO web", "EXEC dbo.asowner; SELECT USER_NAME()", []string{"2", "dbo", "web"}},
		{"a broken chain", "CREATE USER keeper WITHOUT LOGIN; ALTER AUTHORIZATION ON SCHEMA::s TO keeper; GRANT SELECT ON dbo.vb TO web", "SELECT COUNT(*) FROM dbo.vb", []string{"Msg 229: The SELECT permission was denied on the object 'b', database 'app', schema 's'."}},
		{"what is not visible", "", "SELECT COUNT(*) FROM sys.tables; SELECT OBJECT_ID('dbo.a')", []string{"0", "NULL"}},
		{"what is visible", "GRANT INSERT ON dbo.a TO web", "SELECT name FROM sys.tables", []string{"a"}},
		{"what a module says is not shown to who may run it", "GRANT EXECUTE ON dbo.p TO web", "SELECT name, definition FROM sys.sql_modules m JOIN sys.objects o ON o.object_id = m.object_id; SELECT ROUTINE_DEFINITION FROM INFORMATION_SCHEMA.ROUTINES; SELECT text FROM syscomments", []string{"p|NULL", "NULL", "NULL"}},
		{"what a module says is shown to who may see it", "GRANT VIEW DEFINITION ON dbo.p TO web", "SELECT definition FROM sys.sql_modules", []string{"CREATE PROCEDURE dbo.p AS SELECT COUNT(*) FROM dbo.a"}},
		{"no tables", "", "CREATE TABLE t (i int)", []string{"Msg 262: CREATE TABLE permission denied in database 'app'."}},
		{"tables, but no schema to put them in", "GRANT CREATE TABLE TO web", "CREATE TABLE t (i int)", []string{`Msg 2760: The specified schema name "dbo" either does not exist or you do not have permission to use it.`}},
		{"no users", "", "CREATE USER x WITHOUT LOGIN", []string{"Msg 15247: …"}},
		{"no roles", "", "ALTER ROLE db_owner ADD MEMBER web", []string{"Msg 15151: Cannot alter the role 'db_owner', because it does not exist or you do not have permission."}},
		{"the securityadmin makes no owners", "ALTER ROLE db_securityadmin ADD MEMBER web", "ALTER ROLE db_owner ADD MEMBER web", []string{"Msg 15151: …"}},
		{"no permissions to give", "GRANT SELECT ON dbo.a TO web", "GRANT SELECT ON dbo.a TO public", []string{"Msg 15151: …"}},
		{"permissions to give", "GRANT SELECT ON dbo.a TO web WITH GRANT OPTION", "GRANT SELECT ON dbo.a TO public", nil},
		{"no impersonation", "", "EXECUTE AS USER = 'dbo'", []string{"Msg 15517: …"}},
		{"impersonation", "CREATE USER puppet WITHOUT LOGIN; GRANT IMPERSONATE ON USER::puppet TO web", "EXECUTE AS USER = 'puppet'; SELECT USER_NAME(); REVERT; SELECT USER_NAME()", []string{"puppet", "web"}},
		{"asked", "GRANT SELECT ON dbo.a TO web", "SELECT HAS_PERMS_BY_NAME('dbo.a','OBJECT','SELECT'), HAS_PERMS_BY_NAME('dbo.a','OBJECT','INSERT'), HAS_PERMS_BY_NAME(NULL,'DATABASE','CREATE TABLE')", []string{"1|0|0"}},
		{"truncation is a change of the table", "ALTER ROLE db_datawriter ADD MEMBER web", "TRUNCATE TABLE dbo.a", []string{"Msg 1088: …"}},
		{"a subquery needs its permission", "GRANT SELECT ON dbo.a TO web", "SELECT id FROM dbo.a WHERE id IN (SELECT id FROM s.b)", []string{"Msg 229: …"}},
		{"a condition does too", "", "IF EXISTS (SELECT * FROM dbo.a) PRINT 'seen'", []string{"Msg 229: …"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			owner := w.as(boss())
			owner.want("CREATE USER [web] FROM EXTERNAL PROVIDER; CREATE TABLE dbo.a (id int PRIMARY KEY, v varchar(9)); INSERT dbo.a VALUES (1,'x'),(2,'y')")
			owner.want("CREATE SCHEMA s")
			owner.want("CREATE TABLE s.b (id int)")
			owner.want("CREATE VIEW dbo.vw AS SELECT * FROM dbo.a")
			owner.want("CREATE VIEW dbo.vb AS SELECT * FROM s.b")
			owner.want("CREATE PROCEDURE dbo.p AS SELECT COUNT(*) FROM dbo.a")
			owner.want("CREATE PROCEDURE dbo.dyn AS EXEC ('SELECT COUNT(*) FROM dbo.a')")
			owner.want("CREATE PROCEDURE dbo.asowner WITH EXECUTE AS OWNER AS BEGIN EXEC ('SELECT COUNT(*) FROM dbo.a'); SELECT USER_NAME() END")
			if c.given != "" {
				owner.want(c.given)
			}
			web := w.as(machineCaller(webID, webApp))
			web.want(c.ask, c.want...)
		})
	}
}

// TestRightsTakenAway: what a session was allowed is asked anew once it has changed.
func TestRightsTakenAway(t *testing.T) {
	w := newWorld(t)
	owner := w.as(boss())
	owner.want("CREATE USER [web] FROM EXTERNAL PROVIDER; CREATE TABLE a (id int); GRANT SELECT ON a TO web")
	web := w.as(machineCaller(webID, webApp))
	for range 3 {
		web.want("SELECT COUNT(*) FROM a", "0")
		owner.want("DENY SELECT ON a TO web")
		web.want("SELECT COUNT(*) FROM a", "Msg 229: …")
		owner.want("GRANT SELECT ON a TO web")
	}
}
