package sqldb

import (
	"errors"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// TestEscalation holds the ways by which somebody could get at more than was granted.
func TestEscalation(t *testing.T) {
	for _, c := range []struct {
		name, given, ask string
		want             []string
	}{
		{"a module as its owner", "ALTER ROLE db_ddladmin ADD MEMBER web", "CREATE PROCEDURE dbo.q WITH EXECUTE AS OWNER AS SELECT 1", []string{"Msg 15151: Cannot execute as the user 'dbo', …"}},
		{"a module as another user", "ALTER ROLE db_ddladmin ADD MEMBER web", "CREATE PROCEDURE dbo.q WITH EXECUTE AS 'puppet' AS SELECT 1", []string{"Msg 15151: …"}},
		{"a module as itself", "ALTER ROLE db_ddladmin ADD MEMBER web; GRANT EXECUTE TO web", "EXEC ('CREATE PROCEDURE dbo.q WITH EXECUTE AS SELF AS SELECT USER_NAME()'); EXEC dbo.q", []string{"web"}},
		{"a schema for another", "GRANT CREATE SCHEMA TO web", "CREATE SCHEMA x AUTHORIZATION dbo", []string{"Msg 15151: …"}},
		{"a role for another", "GRANT CREATE ROLE TO web", "CREATE ROLE x AUTHORIZATION puppet", []string{"Msg 15151: …"}},
		{"dropping with ALTER on the table", "GRANT ALTER ON dbo.a TO web", "DROP TABLE dbo.a", []string{"Msg 3701: …"}},
		{"dropping with CONTROL", "GRANT CONTROL ON dbo.a TO web", "DROP TABLE dbo.a", nil},
		{"taking a table into an own schema", "ALTER AUTHORIZATION ON SCHEMA::s TO web; GRANT ALTER ON dbo.a TO web", "ALTER SCHEMA s TRANSFER dbo.a", []string{"Msg 15151: …"}},
		{"granting by ALTER ANY SCHEMA", "GRANT ALTER ANY SCHEMA TO web", "GRANT SELECT ON SCHEMA::dbo TO puppet", []string{"Msg 4613: …"}},
		{"denying by the grant option", "GRANT SELECT ON dbo.a TO web WITH GRANT OPTION", "DENY SELECT ON dbo.a TO puppet", []string{"Msg 15151: …"}},
		{"revoking another's grant", "GRANT SELECT ON dbo.a TO web WITH GRANT OPTION; GRANT SELECT ON dbo.a TO puppet", "REVOKE SELECT ON dbo.a FROM puppet", []string{"Msg 15151: …"}},
		{"revoking an own grant", "GRANT SELECT ON dbo.a TO web WITH GRANT OPTION", "GRANT SELECT ON dbo.a TO puppet; REVOKE SELECT ON dbo.a FROM puppet", nil},
		{"identity by hand", "GRANT INSERT ON dbo.n TO web", "SET IDENTITY_INSERT dbo.n ON", []string{"Msg 1088: …"}},
		{"statistics", "GRANT SELECT ON dbo.a TO web", "CREATE STATISTICS st ON dbo.a (id); UPDATE STATISTICS dbo.a", []string{"Msg 1088: …", "Msg 1088: …"}},
		{"statistics of nothing", "ALTER ROLE db_ddladmin ADD MEMBER web", "UPDATE STATISTICS dbo.nowhere", []string{"Msg 1088: …"}},
		{"a foreign key asks questions", "GRANT CREATE TABLE TO web; ALTER AUTHORIZATION ON SCHEMA::s TO web", "CREATE TABLE s.f (id int REFERENCES dbo.a)", []string{"Msg 229: The REFERENCES permission was denied on the object 'a', database 'app', schema 'dbo'."}},
		{"a number by a procedure", "GRANT EXECUTE ON dbo.pick TO web", "EXEC dbo.pick; SELECT NEXT VALUE FOR dbo.sq", []string{"1", "Msg 229: …"}},
		{"a load past constraints", "GRANT INSERT ON dbo.c TO web", "INSERT BULK dbo.c (i int)", []string{"Msg 1088: …"}},
		{"a load that checks", "GRANT INSERT ON dbo.c TO web", "INSERT BULK dbo.c (i int) WITH (CHECK_CONSTRAINTS, FIRE_TRIGGERS)", nil},
		{"changing dbo", "ALTER ROLE db_accessadmin ADD MEMBER web", "ALTER USER dbo WITH DEFAULT_SCHEMA = s", []string{"Msg 15150: …"}},
		{"the text of a module", "GRANT EXECUTE ON dbo.pick TO web", "SELECT OBJECT_DEFINITION(OBJECT_ID('dbo.pick'))", []string{"NULL"}},
		{"the size of a column", "", "SELECT COL_LENGTH('dbo.a', 'id'), INDEX_COL('dbo.a', 1, 1)", []string{"NULL|NULL"}},
		{"no schema owner", "", "ALTER AUTHORIZATION ON SCHEMA::s TO SCHEMA OWNER", []string{"Msg 40510: …"}},
		{"a trigger that acts as its owner", "GRANT INSERT ON dbo.c TO web", "INSERT dbo.c VALUES (1); SELECT USER_NAME()", []string{"dbo", "web"}},
		{"a function that acts as its owner", "GRANT EXECUTE ON dbo.who TO web", "SELECT dbo.who(), USER_NAME()", []string{"dbo|web"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			owner := w.as(boss())
			owner.want("CREATE USER [web] FROM EXTERNAL PROVIDER; CREATE USER puppet WITHOUT LOGIN; CREATE TABLE dbo.a (id int PRIMARY KEY); CREATE TABLE dbo.n (i int IDENTITY); CREATE TABLE dbo.c (i int CHECK (i > 0)); CREATE SEQUENCE dbo.sq START WITH 1")
			owner.want("CREATE SCHEMA s")
			owner.want("CREATE PROCEDURE dbo.pick AS SELECT NEXT VALUE FOR dbo.sq")
			owner.want("CREATE FUNCTION dbo.who() RETURNS sysname WITH EXECUTE AS OWNER AS BEGIN RETURN USER_NAME() END")
			owner.want("CREATE TRIGGER dbo.tr ON dbo.c WITH EXECUTE AS OWNER AFTER INSERT AS SELECT USER_NAME()")
			if c.given != "" {
				owner.want(c.given)
			}
			w.as(machineCaller(webID, webApp)).want(c.ask, c.want...)
		})
	}
}

// TestLoginsOfOthers: a user that is called as a login is, is not the login.
func TestLoginsOfOthers(t *testing.T) {
	w := newWorld(t)
	s, err := w.login(Login{Caller: boss(), Database: "master"})
	if err != nil {
		t.Fatal(err)
	}
	home := w.talk(s)
	home.want("CREATE LOGIN lena WITH PASSWORD = 'L0ng enough!'; CREATE LOGIN mona WITH PASSWORD = 'L0ng enough?'")
	home.want("ALTER SERVER ROLE ##MS_LoginManager## ADD MEMBER lena; CREATE USER lara FOR LOGIN mona")
	home.want("CREATE USER [lena] WITHOUT LOGIN; EXECUTE AS USER = 'lena'; CREATE LOGIN x WITH PASSWORD = 'L0ng enough#'; ALTER LOGIN lena WITH PASSWORD = 'Mine, all mine 1'; REVERT", "Msg 15247: …", "Msg 15247: …")
	as := func(user, password string) *talk {
		t.Helper()
		in, err := w.login(Login{User: user, Password: password, Database: "master"})
		if err != nil {
			t.Fatal(err)
		}
		return w.talk(in)
	}
	lena, mona := as("lena@SRV", "L0ng enough!"), as("mona", "L0ng enough?")
	lena.want("ALTER SERVER ROLE ##MS_DatabaseManager## ADD MEMBER lena", "Msg 15151: …")
	lena.want("CREATE LOGIN kim WITH PASSWORD = 'L0ng enough$'")
	mona.want("ALTER LOGIN mona WITH PASSWORD = 'Another 0ne!'", "Msg 15151: …")
	mona.want("ALTER LOGIN mona WITH PASSWORD = 'Another 0ne!' OLD_PASSWORD = 'L0ng enough?'")
	mona.want("ALTER LOGIN lena WITH PASSWORD = 'Another 0ne!'", "Msg 15247: …")
	mona.want("SELECT name FROM sys.sql_logins", "mona")
	as("mona", "Another 0ne!")
	home.want("ALTER USER lara WITH LOGIN = nobody", "Msg 15007: …")
	if _, err := w.login(Login{User: "mona", Password: "Another 0ne!", NewPassword: "Y3t another!"}); err == nil {
		t.Error("a change of the password was passed over")
	}
	_, err = w.login(Login{User: "mona", Password: "Another 0ne!"})
	var m *value.Error
	if !errors.As(err, &m) || m.Number != 4060 {
		t.Error(err)
	}
}
