package sqldb

import (
	"encoding/hex"
	"errors"
	"net/netip"
	"strings"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/caller"
	"github.com/alcedo-cloud/alcedo/internal/rbac"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// refusal is the number and the text of a login's refusal; the first where there are several.
func refusal(t *testing.T, err error) (int32, string) {
	t.Helper()
	var m *value.Error
	if !errors.As(err, &m) {
		t.Fatalf("no refusal: %v", err)
	}
	return m.Number, m.Text
}

func TestLogin(t *testing.T) {
	w := newWorld(t)
	owner := w.as(boss())
	owner.want("CREATE USER [web] FROM EXTERNAL PROVIDER")
	owner.want("CREATE USER [Readers] FROM EXTERNAL PROVIDER")
	owner.want("CREATE USER carl WITH PASSWORD = 'Sw0rdfish!'")
	stranger := machineCaller(otherID, otherApp)
	foreign := machineCaller(webID, webApp)
	foreign.TenantID = "99999999-9999-4999-8999-999999999999"
	inGroup := machineCaller(otherID, otherApp)
	for _, c := range []struct {
		name   string
		login  Login
		number int32 // 0: let in
		text   string
	}{
		{"administrator", Login{Caller: boss()}, 0, ""},
		{"administrator into master", Login{Caller: boss(), Database: "master"}, 0, ""},
		{"user by its application", Login{Caller: machineCaller(webID, webApp)}, 0, ""},
		{"user into master", Login{Caller: machineCaller(webID, webApp), Database: "master"}, 18456, "Login failed for user '<token-identified principal>'."},
		{"nobody's user", Login{Caller: stranger}, 18456, "Login failed for user '<token-identified principal>'."},
		{"another tenant", Login{Caller: foreign}, 18456, "Login failed for user '<token-identified principal>'."},
		{"member of a group", Login{Caller: inGroup, Groups: []string{groupID}}, 0, ""},
		{"no such database", Login{Caller: boss(), Database: "nope"}, 4060, `Cannot open database "nope" requested by the login. The login failed.`},
		{"no such database for a stranger", Login{Caller: stranger, Database: "nope"}, 18456, "Login failed for user '<token-identified principal>'."},
		{"no such server", Login{Caller: boss(), Server: "nope"}, 40532, `Cannot open server "nope" requested by the login.  The login failed.`},
		{"SQL administrator", Login{User: "sqladmin", Password: "Pa55word!x"}, 0, ""},
		{"SQL administrator, wrong password", Login{User: "sqladmin", Password: "pa55word!x"}, 18456, "Login failed for user 'sqladmin'."},
		{"contained user", Login{User: "carl", Password: "Sw0rdfish!"}, 0, ""},
		{"contained user, wrong password", Login{User: "carl", Password: "Sw0rdfish"}, 18456, "Login failed for user 'carl'."},
		{"contained user elsewhere", Login{User: "carl", Password: "Sw0rdfish!", Database: "master"}, 18456, "Login failed for user 'carl'."},
		{"external user by password", Login{User: "web", Password: ""}, 18456, "Login failed for user 'web'."},
		{"nobody", Login{User: "", Password: ""}, 18456, "Login failed for user ''."},
		{"an address outside", Login{Caller: boss(), Client: netip.MustParseAddr("203.0.113.7")}, 40615, "Cannot open server 'srv' requested by the login. Client with IP address '203.0.113.7' is not allowed…"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := w.login(c.login)
			if c.number == 0 {
				if err != nil {
					t.Fatal(err)
				}
				if err := s.Close(); err != nil {
					t.Error(err)
				}
				return
			}
			if err == nil {
				t.Fatal("let in")
			}
			number, text := refusal(t, err)
			head, cut := strings.CutSuffix(c.text, "…")
			if number != c.number || text != c.text && !(cut && strings.HasPrefix(text, head)) {
				t.Errorf("Msg %d: %s", number, text)
			}
		})
	}
}

func TestEntraOnly(t *testing.T) {
	w := newWorld(t)
	server, _, err := w.Server(t.Context(), "srv")
	if err != nil {
		t.Fatal(err)
	}
	changed := *server
	changed.EntraOnly = true
	w.update(func(tx store.Tx) error { return w.PutServer(tx, changed) })
	_, err = w.login(Login{User: "sqladmin", Password: "Pa55word!x"})
	if number, text := refusal(t, err); number != 18456 || !strings.Contains(text, "Azure Active Directory only authentication is enabled") {
		t.Errorf("Msg %d: %s", number, text)
	}
	w.as(boss())
}

func TestFirewall(t *testing.T) {
	w := newWorld(t)
	server, _, err := w.Server(t.Context(), "srv")
	if err != nil {
		t.Fatal(err)
	}
	changed := *server
	changed.Firewall = []FirewallRule{{Name: "office", Start: netip.MustParseAddr("203.0.113.0"), End: netip.MustParseAddr("203.0.113.9")}}
	w.update(func(tx store.Tx) error { return w.PutServer(tx, changed) })
	for address, in := range map[string]bool{"203.0.113.0": true, "203.0.113.9": true, "203.0.113.10": false, "127.0.0.1": false, "::ffff:203.0.113.5": true} {
		s, err := w.login(Login{Caller: boss(), Client: netip.MustParseAddr(address)})
		if (err == nil) != in {
			t.Errorf("%s: %v", address, err)
		}
		if err == nil {
			_ = s.Close()
		}
	}
	changed.PublicNetwork = false
	w.update(func(tx store.Tx) error { return w.PutServer(tx, changed) })
	_, err = w.login(Login{Caller: boss(), Client: netip.MustParseAddr("203.0.113.1")})
	if number, _ := refusal(t, err); number != 47073 {
		t.Errorf("Msg %d", number)
	}
}

func TestExternalUsers(t *testing.T) {
	w := newWorld(t)
	owner := w.as(boss())
	owner.want("CREATE USER [nobody] FROM EXTERNAL PROVIDER", "Msg 33130: Principal 'nobody' could not be found or this principal type is not supported.")
	owner.want("CREATE USER [twin] FROM EXTERNAL PROVIDER", "Msg 33131: Principal 'twin' has a duplicate display name. Make the display name unique in Azure Active Directory and execute this statement again.")
	owner.want("CREATE USER [twin] FROM EXTERNAL PROVIDER WITH OBJECT_ID='88888888-8888-4888-8888-888888888882'")
	owner.want("CREATE USER [x] FROM EXTERNAL PROVIDER WITH OBJECT_ID='88888888-8888-4888-8888-888888888889'", "Msg 33134: Principal 'x' could not be resolved…")
	owner.want("CREATE USER [web] FROM EXTERNAL PROVIDER")
	owner.want("CREATE USER [web] FROM EXTERNAL PROVIDER", "Msg 15023: User, group, or role 'web' already exists in the current database.")
	owner.want("CREATE USER [given] WITH SID = 0x" + hex.EncodeToString(objectSID(otherApp)) + ", TYPE = E")
	owner.want("SELECT name, type, authentication_type_desc FROM sys.database_principals WHERE type IN ('E','X') ORDER BY name",
		"given|E|EXTERNAL", "twin|E|EXTERNAL", "web|E|EXTERNAL")
	w.as(machineCaller(otherID, otherApp)).want("SELECT USER_NAME(), SUSER_SNAME()", "given|"+otherApp+"@"+tenant)
	sqlAdmin, err := w.login(Login{User: "sqladmin", Password: "Pa55word!x"})
	if err != nil {
		t.Fatal(err)
	}
	w.talk(sqlAdmin).want("CREATE USER [Readers] FROM EXTERNAL PROVIDER", "Msg 33159: Principal 'Readers' could not be created. Only connections established with Active Directory accounts can create other Active Directory users.")
}

func TestEndedSessions(t *testing.T) {
	w := newWorld(t)
	owner := w.as(boss())
	owner.want("CREATE USER [web] FROM EXTERNAL PROVIDER; CREATE USER [other] FROM EXTERNAL PROVIDER")
	ended := func(k *talk) bool {
		select {
		case <-k.session.Ended():
			return true
		default:
			return false
		}
	}
	web, other := w.as(machineCaller(webID, webApp)), w.as(machineCaller(otherID, otherApp))
	owner.want("DROP USER [web]")
	if !ended(web) || ended(other) || ended(owner) {
		t.Errorf("after DROP USER: web %v, other %v, owner %v", ended(web), ended(other), ended(owner))
	}
	w.directory.gone[otherID] = true
	if got := other.ask("SELECT 1"); !strings.Contains(got, "Login failed") || !ended(other) {
		t.Errorf("a principal that is gone: %s", got)
	}
	w.update(func(tx store.Tx) error { return w.DropDatabase(tx, "srv", "app", false) })
	if !ended(owner) {
		t.Error("the dropped database's session goes on")
	}
}

func TestLogins(t *testing.T) {
	w := newWorld(t)
	s, err := w.login(Login{Caller: boss(), Database: "master"})
	if err != nil {
		t.Fatal(err)
	}
	home := w.talk(s)
	home.want("CREATE LOGIN lena WITH PASSWORD = 'short'", "Msg 40632: Password validation failed. The password does not meet policy requirements because it is too short.")
	home.want("CREATE LOGIN lena WITH PASSWORD = 'L0ng enough!'")
	if _, err := w.login(Login{User: "lena", Password: "L0ng enough!"}); err == nil {
		t.Error("a login without a user was let in")
	} else if number, _ := refusal(t, err); number != 4060 {
		t.Error(err)
	}
	w.as(boss()).want("CREATE USER lena FROM LOGIN lena; ALTER ROLE db_datareader ADD MEMBER lena")
	in, err := w.login(Login{User: "lena", Password: "L0ng enough!"})
	if err != nil {
		t.Fatal(err)
	}
	w.talk(in).want("SELECT USER_NAME(), SUSER_SNAME(), IS_MEMBER('db_datareader'), IS_MEMBER('db_owner')", "lena|lena|1|0")
	home.want("ALTER LOGIN lena DISABLE")
	if _, err := w.login(Login{User: "lena", Password: "L0ng enough!"}); err == nil {
		t.Error("a disabled login was let in")
	}
}

// recorded notes decisions.
type recorded struct{ lines []string }

func (r *recorded) Record(c caller.Caller, q rbac.Request, d rbac.Decision) {
	word := "refused"
	if d.Allowed {
		word = "allowed"
	}
	r.lines = append(r.lines, c.ObjectID[:4]+" "+word+" "+q.Action+" "+q.Scope.String()+": "+d.Rule)
}

// TestExplained: what a database decides is on record.
func TestExplained(t *testing.T) {
	w := newWorld(t)
	r := &recorded{}
	w.Recorder = r
	owner := w.as(boss())
	if _, err := w.login(Login{Caller: machineCaller(webID, webApp)}); err == nil {
		t.Fatal("let in")
	}
	owner.want("CREATE USER [web] FROM EXTERNAL PROVIDER; CREATE TABLE a (id int)")
	w.as(machineCaller(webID, webApp)).want("SELECT * FROM a", "Msg 229: …")
	want := []string{
		"2222 allowed Microsoft.Sql/servers/databases/login /srv/databases/app: the server's Microsoft Entra administrator",
		"3333 refused Microsoft.Sql/servers/databases/login /srv/databases/app: no user of the database stands for",
		"3333 allowed Microsoft.Sql/servers/databases/login /srv/databases/app: the database's user web",
		"3333 refused Microsoft.Sql/servers/databases/execute /srv/databases/app: the database's permissions: SELECT on dbo.a is not granted to web",
	}
	if len(r.lines) != len(want) {
		t.Fatalf("%q", r.lines)
	}
	for i, line := range want {
		if !strings.HasPrefix(r.lines[i], line) {
			t.Errorf("%s\nwant %s", r.lines[i], line)
		}
	}
}
