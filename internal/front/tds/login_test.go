package tds

import (
	"bytes"
	"crypto/tls"
	"encoding/binary"
	"strings"
	"testing"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	wire "github.com/alcedo-cloud/alcedo/internal/wire/tds"
)

// loggedIn checks the answer to a login that succeeded.
func loggedIn(t *testing.T, got tokens, version uint32) {
	t.Helper()
	acks := got.of(0xAD)
	if len(acks) != 1 || binary.BigEndian.Uint32(acks[0].data[1:]) != version {
		t.Fatalf("LOGINACK %+v in %+v", acks, got)
	}
	if m := got.message(5701); m == nil || m.text != "Changed database context to 'db1'." || !strings.HasPrefix(m.name, "srv") {
		t.Errorf("5701: %+v", m)
	}
	if got.message(5703) == nil || got.env(wire.EnvDatabase) == nil || got.env(wire.EnvLanguage) == nil {
		t.Errorf("%+v", got)
	}
	if e := got.env(wire.EnvCollation); e == nil || !bytes.Equal(e.data, []byte{5, 9, 4, 0xC0, 0x20, 0, 0}) {
		t.Errorf("collation %+v", e)
	}
	if last := got.last(); last.id != 0xFD || last.status != 0 {
		t.Errorf("ends with %+v", last)
	}
}

func TestLogin(t *testing.T) {
	w := newWorld(t, nil)
	c := w.dial()
	if p := c.prelogin(wire.EncryptOff, false); p.Encryption != wire.EncryptRequired || p.MARS || p.HasFedAuth || p.Version[0] != 12 {
		t.Errorf("PRELOGIN is answered by %+v", p)
	}
	if err := c.encrypt(c.tlsConfig()); err != nil {
		t.Fatal(err)
	}
	l := c.usual()
	l.user, l.packetSize = "sa@srv1", 32767
	c.send(wire.PacketLogin7, l.bytes())
	got := c.reply()
	loggedIn(t, got, wire.Version74)
	if e := got.env(wire.EnvPacketSize); e == nil || wire.DecodeText(e.data[1:11]) != "16383" {
		t.Errorf("packet size %+v", e)
	}
	if len(got.of(0xAE)) != 0 {
		t.Error("features are acknowledged that nobody asked for")
	}
	login := w.sessions.logins[0]
	if login.Server != "srv1" || login.User != "sa" || login.Database != "db1" || login.Host != "host" || login.App != "app" ||
		login.Library != "library" || login.Client.String() != "127.0.0.1" || login.Caller != nil {
		t.Errorf("%+v", login)
	}
	c.alive()
}

func TestLoginStrict(t *testing.T) {
	w := newWorld(t, nil)
	for _, version := range []uint32{wire.Version80, wire.Version74} {
		c := w.dial()
		if err := c.encryptStrict(alpn); err != nil {
			t.Fatal(err)
		}
		if v := c.conn.(*tls.Conn).ConnectionState().Version; v != tls.VersionTLS13 {
			t.Errorf("TLS %#04x", v)
		}
		if p := c.prelogin(wire.EncryptStrict, true); p.Encryption != wire.EncryptStrict || !p.FedAuthRequired {
			t.Errorf("PRELOGIN is answered by %+v", p)
		}
		l := c.usual()
		l.version, l.user, l.features = version, "", fedAuth(goodToken, true)
		c.send(wire.PacketLogin7, l.bytes())
		got := c.reply()
		loggedIn(t, got, version)
		if acks := got.of(0xAE); len(acks) != 1 || !bytes.Equal(acks[0].data, []byte{wire.FeatureFedAuth}) {
			t.Errorf("features %+v", acks)
		}
		c.alive()
	}
	if who := w.sessions.logins[0].Caller; who == nil || who.ObjectID != objectID || who.RequestID == "" {
		t.Errorf("caller %+v", who)
	}
}

func TestLoginADAL(t *testing.T) {
	w := newWorld(t, nil)
	c := w.dial()
	c.prelogin(wire.EncryptOn, true)
	if err := c.encrypt(c.tlsConfig()); err != nil {
		t.Fatal(err)
	}
	l := c.usual()
	l.features = []byte{wire.FeatureFedAuth, 2, 0, 0, 0, byte(wire.FedAuthADAL)<<1 | 1, 3, wire.FeatureUTF8Support, 0, 0, 0, 0, 0x55, 0, 0, 0, 0}
	c.send(wire.PacketLogin7, l.bytes())
	got := c.reply()
	if len(got) != 1 || got[0].id != 0xEE {
		t.Fatalf("%+v", got)
	}
	text := wire.DecodeText(got[0].data[22:])
	if text != "https://login.partner.microsoftonline.cn/0b0d1c2e-0000-4000-8000-000000000001https://database.chinacloudapi.cn/" {
		t.Errorf("FEDAUTHINFO says %q", text)
	}
	token := wire.AppendText(nil, goodToken)
	body := binary.LittleEndian.AppendUint32(nil, uint32(4+len(token)))
	body = append(binary.LittleEndian.AppendUint32(body, uint32(len(token))), token...)
	c.send(wire.PacketFedAuthToken, body)
	got = c.reply()
	loggedIn(t, got, wire.Version74)
	if acks := got.of(0xAE); len(acks) != 1 || !bytes.Equal(acks[0].data, []byte{wire.FeatureFedAuth, wire.FeatureUTF8Support}) {
		t.Errorf("features %+v", acks)
	}
}

// TestLoginRefusals: what the client is told, and that the connection ends with it.
func TestLoginRefusals(t *testing.T) {
	for _, x := range []struct {
		name     string
		change   func(*login)
		verifier error
		numbers  []int32
		text     string
	}{
		{"password", func(l *login) { l.password = "x" }, nil, []int32{18456}, "Login failed for user 'sa'."},
		{"token", func(l *login) { l.features = fedAuth("eyJ.bad.token", true) }, nil, []int32{18456}, "Login failed for user '<token-identified principal>'."},
		{"no token", func(l *login) { l.features = fedAuth("", true) }, nil, []int32{18456}, "Login failed for user '<token-identified principal>'."},
		{"database", func(l *login) { l.database = "nowhere" }, nil, []int32{4060, 18456}, "Cannot open database \"nowhere\" requested by the login. The login failed."},
		{"server", func(l *login) { l.server, l.user = "elsewhere.example.com", "sa" }, nil, nil, ""},
		{"integrated", func(l *login) { l.integrated = true }, nil, []int32{40607}, "Windows logins are not supported in this version of SQL Server."},
		{"defect", func(l *login) { l.database = "broken" }, nil, []int32{40197}, "The service has encountered an error processing your request. Please try again. Error code 40143."},
		{"defect of tokens", func(l *login) { l.features = fedAuth(goodToken, true) }, fault.New(fault.Internal, "x", "", ""), []int32{40197}, ""},
	} {
		w := newWorld(t, func(c *Config) { c.Verifier = fakeVerifier{x.verifier} })
		c := w.dial()
		c.prelogin(wire.EncryptOn, true)
		config := c.tlsConfig()
		if err := c.encrypt(config); err != nil {
			t.Fatal(err)
		}
		l := c.usual()
		x.change(&l)
		c.send(wire.PacketLogin7, l.bytes())
		got := c.reply()
		if x.numbers == nil { // TLS's name still says which server is meant
			loggedIn(t, got, wire.Version74)
			continue
		}
		for i, n := range x.numbers {
			m := got.message(n)
			if m == nil || m.line != loginLine || m.id != 0xAA || m.name != "srv1" || i == 0 && x.text != "" && m.text != x.text {
				t.Errorf("%s: %+v in %+v", x.name, m, got)
			}
		}
		if len(got.of(0xAA)) != len(x.numbers) || got.last().status != wire.DoneError || len(got.of(0xAD)) > 0 {
			t.Errorf("%s: %+v", x.name, got)
		}
		c.closed()
		w.stop()
		if len(w.sessions.open) != 0 {
			t.Errorf("%s: a session was opened", x.name)
		}
		if len(w.front.byServer) != 0 || w.front.open != 0 {
			t.Errorf("%s: counted %v and %d", x.name, w.front.byServer, w.front.open)
		}
	}
}

func TestRoute(t *testing.T) {
	w := newWorld(t, nil)
	c := &connection{front: w.front}
	for _, x := range []struct {
		host, sni, user string
		server, name    string
		known           bool
	}{
		{"srv1.database.chinacloudapi.cn", "", "sa", "srv1", "sa", true},
		{"tcp:SRV1.database.chinacloudapi.cn,1433", "", "sa@srv1", "srv1", "sa", true},
		{"srv1.database.chinacloudapi.cn\\MSSQLSERVER", "", "sa@SRV1.database.chinacloudapi.cn", "srv1", "sa", true},
		{"srv1.database.chinacloudapi.cn", "", "anna@contoso.cn", "srv1", "anna@contoso.cn", true},
		{"srv1.database.chinacloudapi.cn", "", "sa@other.database.chinacloudapi.cn", "other", "sa", true},
		{"127.0.0.1", "srv2.database.chinacloudapi.cn", "sa", "srv2", "sa", true},
		{"srv1.database.chinacloudapi.cn", "", "sa@Other", "other", "sa", true},
		{"127.0.0.1", "", "sa@srv3", "srv3", "sa", true},
		{"127.0.0.1", "", "sa", "127.0.0.1", "sa", false},
		{"localhost", "", "anna@contoso.cn", "localhost", "anna@contoso.cn", false},
		{"srv1.database.windows.net", "", "sa", "srv1.database.windows.net", "sa", false},
	} {
		c.sni = x.sni
		server, user, known := c.route(x.host, x.user)
		if server != x.server || user != x.name || known != x.known {
			t.Errorf("%s, %s, %s: %s, %s, %v", x.host, x.sni, x.user, server, user, known)
		}
	}
}

// TestUnknownServer: nothing says which server is meant.
func TestUnknownServer(t *testing.T) {
	w := newWorld(t, nil)
	c := w.dial()
	c.prelogin(wire.EncryptOn, false)
	config := c.tlsConfig()
	config.ServerName, config.InsecureSkipVerify = "", true
	if err := c.encrypt(config); err != nil {
		t.Fatal(err)
	}
	l := c.usual()
	l.server = "127.0.0.1"
	c.send(wire.PacketLogin7, l.bytes())
	if m := c.reply().message(40532); m == nil || m.text != "Cannot open server \"127.0.0.1\" requested by the login.  The login failed." {
		t.Errorf("%+v", m)
	}
	c.closed()
}

// TestEncryptionIsRequired: nothing is read in the clear but PRELOGIN.
func TestEncryptionIsRequired(t *testing.T) {
	w := newWorld(t, nil)
	c := w.dial()
	if p := c.prelogin(wire.EncryptNotSupported, false); p.Encryption != wire.EncryptRequired {
		t.Errorf("%+v", p)
	}
	c.send(wire.PacketLogin7, c.usual().bytes())
	c.closed()
	c = w.dial()
	c.prelogin(wire.EncryptOn, false)
	newer := c.tlsConfig()
	newer.MinVersion = tls.VersionTLS13
	if err := c.encrypt(newer); err == nil {
		t.Error("TLS 1.3 within TDS 7")
	}
	c = w.dial()
	c.prelogin(wire.EncryptOn, false)
	foreign := c.tlsConfig()
	foreign.ServerName = "srv1.example.com"
	if err := c.encrypt(foreign); err == nil || !strings.Contains(err.Error(), "unrecognized name") {
		t.Errorf("a foreign name: %v", err)
	}
	c = w.dial()
	if err := c.encryptStrict("h2"); err == nil {
		t.Error("TLS first with another protocol")
	}
	c = w.dial()
	if err := c.encryptStrict(); err == nil {
		c.closed()
	}
	w.stop()
	if n := len(w.sessions.logins); n != 0 {
		t.Errorf("%d logins", n)
	}
}

// TestGarbage: it closes the connection, and nothing else.
func TestGarbage(t *testing.T) {
	w := newWorld(t, nil)
	good := w.connect()
	head := func(kind wire.PacketType, n int) []byte {
		return wire.AppendHeader(nil, wire.Header{Type: kind, Status: wire.StatusEndOfMessage, Length: n, ID: 1})
	}
	for name, b := range map[string][]byte{
		"HTTP": []byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), "zeros": make([]byte, 64), "0xFF": bytes.Repeat([]byte{0xFF}, 64),
		"login first": append(head(wire.PacketLogin7, 12), 1, 2, 3, 4), "empty PRELOGIN": head(wire.PacketPrelogin, 8),
		"length 3": {0x12, 1, 0, 3, 0, 0, 1, 0}, "length 40000": {0x12, 1, 0x9C, 0x40, 0, 0, 1, 0},
		"options that lie": append(head(wire.PacketPrelogin, 14), 1, 0xFF, 0xFF, 0, 1, 0xFF),
		"another packet":   append(append([]byte{0x12, 0, 0, 9, 0, 0, 1, 0}, 0), head(wire.PacketSQLBatch, 8)...),
		"no encryption":    append(head(wire.PacketPrelogin, 9), 0xFF),
	} {
		c := w.dial()
		if _, err := c.conn.Write(b); err != nil {
			t.Fatal(err)
		}
		t.Log(name)
		c.closed()
	}
	for name, b := range map[string][]byte{
		"no login": {}, "login that lies": bytes.Repeat([]byte{0xFF}, 94), "old version": login{version: 0x71000001}.bytes(), "8.0 without TLS first": login{version: wire.Version80}.bytes(),
		"wrong echo": login{version: wire.Version74, server: "srv1.database.chinacloudapi.cn", features: fedAuth(goodToken, true)}.bytes(),
		"library 5":  login{version: wire.Version74, server: "srv1.database.chinacloudapi.cn", features: []byte{2, 1, 0, 0, 0, 10}}.bytes(),
	} {
		c := w.dial()
		c.prelogin(wire.EncryptOn, false)
		if err := c.encrypt(c.tlsConfig()); err != nil {
			t.Fatal(err)
		}
		t.Log(name)
		c.send(wire.PacketLogin7, b)
		c.closed()
	}
	for name, kind := range map[string]wire.PacketType{"reply": wire.PacketReply, "PRELOGIN": wire.PacketPrelogin, "login": wire.PacketLogin7} {
		c := w.connect()
		c.send(kind, []byte("x"))
		t.Log(name)
		c.closed()
	}
	good.alive()
}

func TestLoginTakesTooLong(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.LoginTimeout = 20 * time.Millisecond })
	silent := w.dial()
	silent.closed()
	half := w.dial()
	if _, err := half.conn.Write([]byte{0x12, 1}); err != nil {
		t.Fatal(err)
	}
	half.closed()
}

func TestTooManyConnections(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.MaxConnections = 2 })
	first, second := w.connect(), w.connect()
	third := w.dial()
	third.closed()
	second.alive()
	_ = first.conn.Close()
	for deadline := time.Now().Add(testPatience); ; {
		w.front.mu.Lock()
		open := w.front.open
		w.front.mu.Unlock()
		if open < 2 || time.Now().After(deadline) {
			break
		}
		time.Sleep(time.Millisecond)
	}
	w.connect().alive()
}

func TestTooManySessions(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.MaxPerServer = 1 })
	w.connect().alive()
	c := w.dial()
	c.prelogin(wire.EncryptOn, false)
	if err := c.encrypt(c.tlsConfig()); err != nil {
		t.Fatal(err)
	}
	c.send(wire.PacketLogin7, c.usual().bytes())
	if m := c.reply().message(10928); m == nil || !strings.Contains(m.text, "session limit for the database is 1") {
		t.Errorf("%+v", m)
	}
	other := w.dial()
	other.prelogin(wire.EncryptOn, false)
	if err := other.encrypt(other.tlsConfig()); err != nil {
		t.Fatal(err)
	}
	l := other.usual()
	l.server = "srv2.database.chinacloudapi.cn"
	other.send(wire.PacketLogin7, l.bytes())
	loggedIn(t, other.reply(), wire.Version74)
}
