package tds

import (
	"context"
	"errors"
	"net"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/alcedo-cloud/alcedo/internal/caller"
	"github.com/alcedo-cloud/alcedo/internal/cloud"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/sqldb"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/collate"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	wire "github.com/alcedo-cloud/alcedo/internal/wire/tds"
)

// maxToken is the most bytes of a message with a token.
const maxToken = 128 << 10

// login reads LOGIN7, has the service open a session and tells the client so, or why not.
func (c *connection) login(ctx context.Context) error {
	payload, err := c.loginMessage(wire.PacketLogin7, wire.MaxLogin)
	if err != nil {
		return err
	}
	l, err := wire.DecodeLogin7(payload)
	if err != nil {
		return err
	}
	if c.version = l.Version; c.version < wire.Version72 && c.version != wire.Version80 {
		return violation("version %#08x of the protocol", l.Version)
	}
	if l.Version == wire.Version80 && !c.strict {
		return violation("version %#08x of the protocol without TLS first", l.Version)
	}
	if c.version != wire.Version80 {
		c.version = min(c.version, wire.Version74)
	}
	request, err := c.request(ctx, &l)
	if err == nil {
		err = c.open(ctx, request)
	}
	if err != nil {
		return c.refuseLogin(err)
	}
	c.log = c.log.With("server", c.server, "session", c.session.ID())
	c.log.Info("opened a session", "database", c.session.Database(), "user", request.User, "principal", principal(request.Caller))
	if err := c.welcome(&l); err != nil {
		c.front.leaveServer(c.server)
		return errors.Join(err, c.session.Close())
	}
	return nil
}

func principal(who *caller.Caller) string {
	if who == nil {
		return ""
	}
	return who.ObjectID
}

// request makes the service's login of the client's.
func (c *connection) request(ctx context.Context, l *wire.Login7) (sqldb.Login, error) {
	r := sqldb.Login{
		Database: l.Database, User: l.UserName, Password: l.Password, Client: c.client, Host: l.HostName, App: l.AppName,
		Library: l.Interface, Language: l.Language, Process: l.ClientPID, ReadOnly: l.ReadOnlyIntent,
	}
	if l.ChangesPassword {
		r.NewPassword = l.NewPassword
	}
	var known bool
	r.Server, r.User, known = c.route(l.ServerName, l.UserName)
	c.server = r.Server
	if !known {
		return r, value.Errorf(40532, 20, 1, "Cannot open server \"%s\" requested by the login.  The login failed.", clip(r.Server))
	}
	if l.IntegratedSecurity || len(l.SSPI) > 0 {
		return r, value.Errorf(40607, 16, 1, "Windows logins are not supported in this version of SQL Server.")
	}
	f, asked := l.Feature(wire.FeatureFedAuth)
	if !asked {
		return r, nil
	}
	raw, err := c.token(f)
	if err != nil {
		return r, err
	}
	who, err := c.front.Verifier.Verify(ctx, raw, cloud.SQL)
	if err != nil {
		return r, tokenRefused(err)
	}
	id, err := uuid.NewRandomFromReader(c.front.Rand)
	if err != nil {
		return r, err
	}
	who.RequestID = id.String()
	r.Caller, r.User, r.Password = &who, "", ""
	return r, nil
}

// tokenRefused words what Azure says of every token that does not hold.
func tokenRefused(err error) error {
	if !fault.Is(err, fault.Unauthenticated) {
		return err
	}
	return errors.Join(value.Errorf(18456, 14, 1, "Login failed for user '<token-identified principal>'."), err)
}

// token gets the client's token by the way that it has chosen.
func (c *connection) token(f wire.Feature) (string, error) {
	auth, err := wire.DecodeFedAuth(f.Data)
	if err != nil {
		return "", err
	}
	if auth.Echo != c.required {
		return "", violation("the client saw FEDAUTHREQUIRED %v, and was told %v", auth.Echo, c.required)
	}
	if auth.Library == wire.FedAuthSecurityToken {
		return auth.Token, nil
	}
	where := c.front.Cloud
	info := wire.AppendFedAuthInfo(c.writer.Buffer(), where.Authority(c.front.TenantID), "https://"+where.SQLSuffix+"/")
	if err := c.writer.Commit(info); err != nil {
		return "", err
	}
	if err := c.writer.End(); err != nil {
		return "", err
	}
	payload, err := c.loginMessage(wire.PacketFedAuthToken, maxToken)
	if err != nil {
		return "", err
	}
	raw, _, err := wire.DecodeFedAuthToken(payload)
	return raw, err
}

// route tells which server is meant: by the user's name where it says so (admin@server), by the name that the client
// connected to, or by TLS's.
func (c *connection) route(serverName, userName string) (server, user string, known bool) {
	server, user = serverName, userName
	for _, name := range []string{serverName, c.sni} {
		if label, ok := c.label(name); ok {
			server, known = label, true
			break
		}
	}
	at := strings.LastIndexByte(userName, '@')
	if at < 0 {
		return server, user, known
	}
	suffix := strings.ToLower(userName[at+1:])
	if label, ok := c.label(suffix); ok {
		return label, userName[:at], true
	}
	if suffix != "" && !strings.ContainsAny(suffix, ". ") { // a person's name has a domain behind its @
		return suffix, userName[:at], true
	}
	return server, user, known
}

// label is the server of a host name, as clients write it: with "tcp:" before it and a port or an instance behind.
func (c *connection) label(name string) (string, bool) {
	name = strings.TrimPrefix(strings.ToLower(strings.TrimSpace(name)), "tcp:")
	if at := strings.IndexAny(name, ",\\"); at >= 0 {
		name = name[:at]
	}
	h, ok := c.front.Cloud.Host(name)
	return h.Account, ok && h.Kind == cloud.HostSQL
}

// open has the service open a session, if the server has room for one.
func (c *connection) open(ctx context.Context, r sqldb.Login) error {
	if !c.front.enterServer(c.server) {
		return value.Errorf(10928, 20, 1, "Resource ID : 2. The session limit for the database is %d and has been reached. "+
			"See 'http://go.microsoft.com/fwlink/?LinkId=267637' for assistance.", c.front.MaxPerServer)
	}
	session, err := c.front.Sessions.Login(ctx, r)
	if err != nil {
		c.front.leaveServer(c.server)
		return err
	}
	c.session = session
	return nil
}

// loginLine is the line that messages of a login come with.
const loginLine = 65536

// refuseLogin tells the client why, and returns the reason.
func (c *connection) refuseLogin(err error) error {
	messages := messagesOf(err)
	if len(messages) == 0 {
		if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Unsupported) || gone(err) {
			return err // a violation closes the connection, and nothing else
		}
		c.log.Error("a login failed", "error", err)
		messages = []*value.Error{value.Errorf(40197, 17, 1, "The service has encountered an error processing your request. "+
			"Please try again. Error code %d.", 40143)}
	}
	buf := c.writer.Buffer()
	for _, m := range messages {
		buf = c.appendMessage(buf, m, loginLine)
	}
	buf = wire.AppendDone(buf, wire.Done, wire.DoneError, 0, 0)
	if lost := c.writer.Commit(buf); lost != nil {
		return lost
	}
	if lost := c.writer.End(); lost != nil {
		return lost
	}
	c.hangUp()
	return err
}

// hangUp ends the sending side first, so that what has been sent is read before the connection is gone.
func (c *connection) hangUp() {
	if half, ok := c.socket.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite() // the connection is closed anyway
	}
}

// messagesOf finds the messages for the client in an error, which may join several.
func messagesOf(err error) []*value.Error {
	switch e := err.(type) {
	case nil:
		return nil
	case *value.Error:
		return []*value.Error{e}
	case interface{ Unwrap() []error }:
		var out []*value.Error
		for _, one := range e.Unwrap() {
			out = append(out, messagesOf(one)...)
		}
		return out
	case interface{ Unwrap() error }:
		return messagesOf(e.Unwrap())
	}
	return nil
}

// appendMessage appends a message with the server's name; line stands in where the message has none.
func (c *connection) appendMessage(dst []byte, m *value.Error, line int32) []byte {
	if m.Line != 0 {
		line = m.Line
	}
	return wire.AppendMessage(dst, wire.MessageToken{
		Number: m.Number, State: m.State, Class: m.Class, Text: m.Text, Server: c.server, Procedure: m.Procedure, Line: line,
	})
}

// welcome is the answer to a login that succeeded.
func (c *connection) welcome(l *wire.Login7) error {
	database, language := c.session.Database(), c.session.Language()
	collation := c.collation().TDS()
	size := l.PacketSize
	if size == 0 {
		size = wire.DefaultPacketSize
	}
	size = min(max(size, wire.MinPacketSize), wire.MaxTLSPacketSize)
	c.writer.SetSPID(uint16(c.session.ID()))
	buf := wire.AppendEnvText(c.writer.Buffer(), wire.EnvDatabase, database, "master")
	buf = c.appendMessage(buf, &value.Error{Number: 5701, State: 2, Text: "Changed database context to '" + database + "'."}, 1)
	buf = wire.AppendEnvBytes(buf, wire.EnvCollation, collation[:], nil)
	buf = wire.AppendEnvText(buf, wire.EnvLanguage, language, "")
	buf = c.appendMessage(buf, &value.Error{Number: 5703, State: 1, Text: "Changed language setting to " + language + "."}, 1)
	buf = wire.AppendLoginAck(buf, c.version, programName, [4]byte{buildMajor, buildMinor, buildNumber >> 8, buildNumber & 0xFF})
	buf = wire.AppendEnvText(buf, wire.EnvPacketSize, strconv.Itoa(size), strconv.Itoa(wire.DefaultPacketSize))
	if features := acknowledged(l); len(features) > 0 {
		buf = wire.AppendFeatureExtAck(buf, features)
	}
	buf = wire.AppendDone(buf, wire.Done, 0, 0, 0)
	if err := c.writer.Commit(buf); err != nil {
		return err
	}
	if err := c.writer.End(); err != nil {
		return err
	}
	c.writer.SetSize(size)
	return nil
}

// collation is the database's: that of strings which have none of their own.
func (c *connection) collation() *collate.Collation {
	if s, ok := c.session.(interface{ Collation() *collate.Collation }); ok {
		if own := s.Collation(); own != nil {
			return own
		}
	}
	return collate.Default()
}

// acknowledged are the features that the client asked for and that there are. Clients refuse what they did not ask for.
func acknowledged(l *wire.Login7) []wire.AcknowledgedFeature {
	var out []wire.AcknowledgedFeature
	for _, f := range l.Features {
		switch f.ID {
		case wire.FeatureFedAuth:
			out = append(out, wire.AcknowledgedFeature{ID: f.ID})
		case wire.FeatureUTF8Support:
			out = append(out, wire.AcknowledgedFeature{ID: f.ID, Data: []byte{1}})
		}
	}
	return out
}

// clip bounds what of a login is repeated.
func clip(s string) string {
	const most = 128
	if host, _, err := net.SplitHostPort(s); err == nil {
		s = host
	}
	if len(s) > most {
		s = s[:most]
	}
	return strings.ToValidUTF8(s, "?")
}
