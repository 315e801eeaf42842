package sqldb

import (
	"context"
	"errors"
	"net/netip"
	"strings"

	"github.com/google/uuid"

	"github.com/alcedo-cloud/alcedo/internal/caller"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// tokenIdentified is what refusals call a principal whose name only its token knows.
const tokenIdentified = "<token-identified principal>"

// identity is who a session acts as in its database.
type identity struct {
	user   int32  // the database principal
	name   string // USER_NAME()
	login  string // SUSER_SNAME()
	sid    []byte
	server bool    // a server administrator: dbo everywhere
	groups []int32 // external groups in the database that the caller is in
	entra  *caller.Caller
}

// Login opens a session.
func (s *Service) Login(ctx context.Context, l Login) (Session, error) {
	server, ok, err := s.Server(ctx, l.Server)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, value.Errorf(40532, 20, 1, "Cannot open server \"%s\" requested by the login.  The login failed.", l.Server)
	}
	if err := server.admit(l.Client); err != nil {
		return nil, err
	}
	name := l.Database
	if name == "" {
		name = master
	}
	who, err := s.authenticate(ctx, server, l, name)
	if err != nil {
		return nil, err
	}
	db, err := s.use(ctx, server.Name, name)
	if err != nil {
		return nil, err
	}
	if db == nil {
		return nil, errors.Join(cannotOpen(name), loginFailed(who.login))
	}
	return s.begin(l, server.Name, db, who), nil
}

func cannotOpen(database string) error {
	return value.Errorf(4060, 11, 1, "Cannot open database \"%s\" requested by the login. The login failed.", database)
}

func loginFailed(user string) error {
	return value.Errorf(18456, 14, 1, "Login failed for user '%s'.", user)
}

// admit holds the server's firewall.
func (s *Server) admit(from netip.Addr) error {
	if !s.PublicNetwork {
		return value.Errorf(47073, 20, 1, "Connection was denied because Deny Public Network Access is set to Yes "+
			"(https://docs.microsoft.com/azure/azure-sql/database/connectivity-settings#deny-public-network-access). To connect to this server, "+
			"use the Private Endpoint from inside your virtual network (https://docs.microsoft.com/azure/sql-database/sql-database-private-endpoint-overview#how-to-set-up-private-link-for-azure-sql-database).")
	}
	from = from.Unmap()
	for _, rule := range s.Firewall {
		if rule.Start.IsUnspecified() && rule.End.IsUnspecified() {
			if ofThisCloud(from) {
				return nil
			}
			continue
		}
		if rule.Start.Compare(from) <= 0 && from.Compare(rule.End) <= 0 {
			return nil
		}
	}
	return value.Errorf(40615, 14, 1, "Cannot open server '%s' requested by the login. Client with IP address '%s' is not allowed to access the server.  "+
		"To enable access, use the Azure Management Portal or run sp_set_firewall_rule on the master database to create a firewall rule for this IP "+
		"address or address range.  It may take up to five minutes for this change to take effect.", s.Name, from)
}

// ofThisCloud reports an address that only what runs in this cloud has: sandboxes reach the server from loopback, link-local
// addresses and the address of the gateway.
func ofThisCloud(a netip.Addr) bool {
	return a.IsLoopback() || a.IsLinkLocalUnicast() || a == netip.AddrFrom4([4]byte{168, 63, 129, 16})
}

// authenticate settles who logs in to a database.
func (s *Service) authenticate(ctx context.Context, server *Server, l Login, database string) (identity, error) {
	if l.Caller != nil {
		return s.authenticateToken(ctx, server, l, database)
	}
	if server.EntraOnly {
		return identity{}, value.Errorf(18456, 14, 1, "Login failed for user '%s'. Reason: Azure Active Directory only authentication is enabled. Please contact your system administrator.", l.User)
	}
	if l.NewPassword != "" {
		return identity{}, value.Errorf(18456, 14, 1, "Login failed for user '%s'. Reason: The password cannot be changed as a part of the login; ALTER USER and ALTER LOGIN do that.", l.User)
	}
	user := l.User
	if at := len(user) - len(server.Name) - 1; at >= 0 && strings.EqualFold(user[at:], "@"+server.Name) {
		user = user[:at]
	}
	if server.AdminLogin != "" && strings.EqualFold(user, server.AdminLogin) {
		if !s.verified.matches(server.AdminPassword, l.Password) {
			return identity{}, loginFailed(l.User)
		}
		return identity{user: catalog.DBOID, name: "dbo", login: server.AdminLogin, sid: adminSID(server.Name), server: true}, nil
	}
	return s.authenticatePassword(ctx, server, user, l, database)
}

// adminSID is the SID of the server administrator's login.
func adminSID(server string) []byte {
	id := uuid.NewSHA1(uuid.NameSpaceDNS, []byte(server))
	return append([]byte{1, 6, 0, 0, 0, 0, 0, 0x64}, id[:]...)
}

// authenticateToken finds the database's user that a verified token means: the caller's own, or a group that it is in.
func (s *Service) authenticateToken(ctx context.Context, server *Server, l Login, database string) (identity, error) {
	c := *l.Caller
	if s.TenantID != "" && !strings.EqualFold(c.TenantID, s.TenantID) {
		return identity{}, loginFailed(tokenIdentified)
	}
	groups := l.Groups
	if groups == nil {
		var err error
		if groups, err = s.Directory.Groups(ctx, c.ObjectID); err != nil {
			return identity{}, err
		}
	}
	who := identity{login: loginName(c), sid: sidOf(c), entra: &c}
	if server.administers(c, groups) {
		who.user, who.name, who.server = catalog.DBOID, "dbo", true
		s.decided(server, database, &c, actionLogin, true, "the server's Microsoft Entra administrator")
		return who, nil
	}
	db, err := s.use(ctx, server.Name, database)
	if err != nil {
		return identity{}, err
	}
	if db == nil {
		return identity{}, loginFailed(tokenIdentified)
	}
	if !who.find(db.current(), groups) {
		s.decided(server, database, &c, actionLogin, false, "no user of the database stands for the token's principal or a group that it is in; "+
			"CREATE USER [display name] FROM EXTERNAL PROVIDER, as the server's administrator in that database, makes one")
		return identity{}, loginFailed(tokenIdentified)
	}
	s.decided(server, database, &c, actionLogin, true, "the database's user "+who.name)
	return who, nil
}

// find looks the caller up in a database: by its SID, then by its groups'.
func (who *identity) find(d *catalog.Database, groups []string) bool {
	who.user, who.groups = 0, nil
	var sids []string
	for _, g := range groups {
		if id, err := uuid.Parse(g); err == nil {
			sids = append(sids, string(guidBytes(id)))
		}
	}
	for _, p := range d.Principals() {
		switch p.Type {
		case catalog.ExternalUser:
			if string(p.SID) == string(who.sid) || who.entra != nil && string(p.SID) == string(objectSID(who.entra.ObjectID)) {
				who.user, who.name = p.ID, p.Name
			}
		case catalog.ExternalGroup:
			for _, sid := range sids {
				if string(p.SID) == sid {
					who.groups = append(who.groups, p.ID)
				}
			}
		}
	}
	if who.user == 0 && len(who.groups) > 0 {
		who.user, who.name = who.groups[0], who.login
	}
	return who.user != 0 && allowed(d, *who, "CONNECT")
}

// administers reports whether a caller is the server's Entra administrator, itself or by a group.
func (s *Server) administers(c caller.Caller, groups []string) bool {
	if s.Administrator == nil {
		return false
	}
	id := s.Administrator.ObjectID
	if strings.EqualFold(id, c.ObjectID) || c.Kind != caller.User && strings.EqualFold(id, c.AppID) {
		return true
	}
	for _, g := range groups {
		if strings.EqualFold(id, g) {
			return true
		}
	}
	return false
}

// loginName is SUSER_SNAME of a caller: a user's principal name, an application's client id with the tenant.
func loginName(c caller.Caller) string {
	if c.Kind == caller.User && c.Name != "" {
		return c.Name
	}
	return c.AppID + "@" + c.TenantID
}

// sidOf is the SID of a caller: a user's object id, an application's client id (tds.md 2.4).
func sidOf(c caller.Caller) []byte {
	if c.Kind == caller.User {
		return objectSID(c.ObjectID)
	}
	return objectSID(c.AppID)
}

func objectSID(id string) []byte {
	g, err := uuid.Parse(id)
	if err != nil {
		return nil
	}
	return guidBytes(g)
}

// guidBytes is a GUID in SQL Server's order: the first three groups little-endian.
func guidBytes(g uuid.UUID) []byte {
	return []byte{g[3], g[2], g[1], g[0], g[5], g[4], g[7], g[6], g[8], g[9], g[10], g[11], g[12], g[13], g[14], g[15]}
}

// authenticatePassword is a contained user's login, or that of a login in master.
func (s *Service) authenticatePassword(ctx context.Context, server *Server, user string, l Login, database string) (identity, error) {
	refused := loginFailed(l.User)
	db, err := s.use(ctx, server.Name, database)
	if err != nil {
		return identity{}, err
	}
	if db != nil {
		p, ok := db.current().Principal(user)
		if ok && p.Type == catalog.SQLUser && p.Password != "" {
			if !s.verified.matches(Hash(p.Password), l.Password) {
				return identity{}, refused
			}
			who := identity{user: p.ID, name: p.Name, login: p.Name, sid: p.SID}
			if !allowed(db.current(), who, "CONNECT") {
				return identity{}, refused
			}
			return who, nil
		}
	}
	return s.authenticateLogin(ctx, server, user, l, db)
}

// authenticateLogin is that of a login in master, as the user that the database has for it.
func (s *Service) authenticateLogin(ctx context.Context, server *Server, user string, l Login, db *database) (identity, error) {
	refused := loginFailed(l.User)
	home, err := s.use(ctx, server.Name, master)
	if err != nil || home == nil {
		return identity{}, errors.Join(refused, err)
	}
	login, ok := home.current().Login(user)
	hash := Hash("") // which takes its time too
	if ok && login.Type == catalog.SQLUser {
		hash = Hash(login.Password)
	}
	if !s.verified.matches(hash, l.Password) || login.Disabled {
		return identity{}, refused
	}
	if db == nil {
		return identity{}, errors.Join(cannotOpen(l.Database), refused)
	}
	who := identity{login: login.Name, sid: login.SID}
	for _, p := range db.current().Principals() {
		if p.Type == catalog.SQLUser && len(p.SID) > 1 && string(p.SID) == string(login.SID) {
			who.user, who.name = p.ID, p.Name
			if allowed(db.current(), who, "CONNECT") {
				return who, nil
			}
		}
	}
	if db == home { // every login may enter master
		who.user, who.name = catalog.GuestID, "guest"
		return who, nil
	}
	return identity{}, errors.Join(cannotOpen(db.current().Name), refused)
}
