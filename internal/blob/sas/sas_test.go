package sas

import (
	"encoding/base64"
	"errors"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// wellKnown is the key of the development account, which Azurite documents.
const wellKnown = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="

func developmentKey(t testing.TB) []byte {
	t.Helper()
	key, err := base64.StdEncoding.DecodeString(wellKnown)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func parse(t testing.TB, query string) Signed {
	t.Helper()
	q, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	s, err := Parse(q)
	if err != nil {
		t.Fatalf("Parse(%s): %v", query, err)
	}
	return s
}

// TestVector is the signature that a running Azurite accepted.
func TestVector(t *testing.T) {
	s := parse(t, "sv=2015-04-05&sr=c&spr=https&se=2017-09-23T00%3A00%3A00Z&sp=rcw&sig=N%2B7gYDhy7EdfM2V%2FZWWG6Jma2ksKlF9jFaSbRCBh0a8%3D")
	on := Target{Account: "devstoreaccount1", Container: "cont1", Blob: "any/blob"}
	text, err := s.StringToSign(on)
	if err != nil {
		t.Fatal(err)
	}
	if want := "rcw\n\n2017-09-23T00:00:00Z\n/blob/devstoreaccount1/cont1\n\n\nhttps\n2015-04-05\n\n\n\n\n"; text != want {
		t.Fatalf("string to sign %q, want %q", text, want)
	}
	other := []byte("another key")
	if err := s.Verify([][]byte{other, developmentKey(t)}, on); err != nil {
		t.Fatal(err)
	}
	if err := s.Verify([][]byte{other, nil}, on); detail(err) == "" {
		t.Fatalf("verified with another key: %v", err)
	}
	on.Container = "cont2"
	if err := s.Verify([][]byte{developmentKey(t)}, on); !strings.Contains(detail(err), "String to sign used was rcw") {
		t.Fatalf("verified for another container: %v", err)
	}
	token, err := ServiceToken{
		Account: "devstoreaccount1", CanonicalizedResource: "/blob/devstoreaccount1/cont1", Resource: "c", Permissions: "rcw",
		Protocol: "https", Expiry: time.Date(2017, 9, 23, 0, 0, 0, 845_719_700, time.UTC),
	}.Text(developmentKey(t))
	if err != nil {
		t.Fatal(err)
	}
	if want := "sv=2015-04-05&sr=c&spr=https&se=2017-09-23T00%3A00%3A00Z&sp=rcw&sig=N%2B7gYDhy7EdfM2V%2FZWWG6Jma2ksKlF9jFaSbRCBh0a8%3D"; token != want {
		t.Fatalf("token %s", token)
	}
}

func detail(err error) string {
	var r *Refusal
	if errors.As(err, &r) && fault.ReasonOf(err) == AuthenticationFailed && fault.Is(err, fault.Unauthenticated) {
		return r.Detail
	}
	return ""
}

// TestLayouts spells out the string to sign of every layout.
func TestLayouts(t *testing.T) {
	const (
		fields = "&st=2020-01-01&se=2030-01-01T00:00Z&sip=10.0.0.1-10.0.0.9&spr=https,http&ses=scope1" +
			"&rscc=cc&rscd=cd&rsce=ce&rscl=cl&rsct=ct&sig=AAAA"
		keyed = "&skoid=11111111-1111-1111-1111-111111111111&sktid=22222222-2222-2222-2222-222222222222" +
			"&skt=2020-01-01T00:00:00Z&ske=2020-01-02T00:00:00Z&sks=b&skv=2020-02-10"
		ids = "11111111-1111-1111-1111-111111111111\n22222222-2222-2222-2222-222222222222\n2020-01-01T00:00:00Z\n" +
			"2020-01-02T00:00:00Z\nb\n2020-02-10\n"
		third = "33333333-3333-3333-3333-333333333333"
	)
	on := Target{
		Account: "acct", Container: "cont", Blob: "a/b c/d", Snapshot: "2020-01-01T00:00:00.0000000Z", VersionID: "v1",
		Header: func(name string) string { return "H" + name }, Parameter: func(name string) string { return "Q" + name },
	}
	for _, c := range []struct{ query, want string }{
		{"sv=2012-02-12&sr=b&sp=rw", "rw\n2020-01-01\n2030-01-01T00:00Z\n/acct/cont/a/b c/d\n\n2012-02-12"},
		{"sv=2013-08-15&sr=c&sp=rl&si=p", "rl\n2020-01-01\n2030-01-01T00:00Z\n/acct/cont\np\n2013-08-15\ncc\ncd\nce\ncl\nct"},
		{"sv=2014-02-14&sr=c&sp=rl", "rl\n2020-01-01\n2030-01-01T00:00Z\n/acct/cont\n\n2014-02-14\ncc\ncd\nce\ncl\nct"},
		{"sv=2015-02-21&sr=c&sp=rl", "rl\n2020-01-01\n2030-01-01T00:00Z\n/blob/acct/cont\n\n2015-02-21\ncc\ncd\nce\ncl\nct"},
		{"sv=2018-03-28&sr=b&sp=r", "r\n2020-01-01\n2030-01-01T00:00Z\n/blob/acct/cont/a/b c/d\n\n10.0.0.1-10.0.0.9\nhttps,http\n2018-03-28\ncc\ncd\nce\ncl\nct"},
		{"sv=2018-11-09&sr=bs&sp=r", "r\n2020-01-01\n2030-01-01T00:00Z\n/blob/acct/cont/a/b c/d\n\n10.0.0.1-10.0.0.9\nhttps,http\n2018-11-09\nbs\n2020-01-01T00:00:00.0000000Z\ncc\ncd\nce\ncl\nct"},
		{"sv=2019-12-12&sr=bv&sp=r", "r\n2020-01-01\n2030-01-01T00:00Z\n/blob/acct/cont/a/b c/d\n\n10.0.0.1-10.0.0.9\nhttps,http\n2019-12-12\nbv\nv1\ncc\ncd\nce\ncl\nct"},
		{"sv=2020-12-06&sr=b&sp=r", "r\n2020-01-01\n2030-01-01T00:00Z\n/blob/acct/cont/a/b c/d\n\n10.0.0.1-10.0.0.9\nhttps,http\n2020-12-06\nb\n\nscope1\ncc\ncd\nce\ncl\nct"},
		{"sv=2021-08-06&sr=d&sdd=2&sp=rl", "rl\n2020-01-01\n2030-01-01T00:00Z\n/blob/acct/cont/a/b c\n\n10.0.0.1-10.0.0.9\nhttps,http\n2021-08-06\nd\n\nscope1\ncc\ncd\nce\ncl\nct"},
		{"sv=2019-12-12&sr=c&sp=r" + keyed, "r\n2020-01-01\n2030-01-01T00:00Z\n/blob/acct/cont\n" + ids + "10.0.0.1-10.0.0.9\nhttps,http\n2019-12-12\nc\n\ncc\ncd\nce\ncl\nct"},
		{"sv=2020-02-10&sr=c&sp=r&saoid=" + third + keyed, "r\n2020-01-01\n2030-01-01T00:00Z\n/blob/acct/cont\n" + ids + third + "\n\n\n10.0.0.1-10.0.0.9\nhttps,http\n2020-02-10\nc\n\ncc\ncd\nce\ncl\nct"},
		{"sv=2020-12-06&sr=c&sp=r&scid=" + third + keyed, "r\n2020-01-01\n2030-01-01T00:00Z\n/blob/acct/cont\n" + ids + "\n\n" + third + "\n10.0.0.1-10.0.0.9\nhttps,http\n2020-12-06\nc\n\nscope1\ncc\ncd\nce\ncl\nct"},
		{"sv=2025-07-05&sr=c&sp=r&sduoid=" + third + keyed, "r\n2020-01-01\n2030-01-01T00:00Z\n/blob/acct/cont\n" + ids + "\n\n\n\n" + third + "\n10.0.0.1-10.0.0.9\nhttps,http\n2025-07-05\nc\n\nscope1\ncc\ncd\nce\ncl\nct"},
		{"sv=2026-04-06&sr=c&sp=r&srh=x-a,x-b&srq=q" + keyed, "r\n2020-01-01\n2030-01-01T00:00Z\n/blob/acct/cont\n" + ids + "\n\n\n\n\n10.0.0.1-10.0.0.9\nhttps,http\n2026-04-06\nc\n\nscope1\nx-a:Hx-a\nx-b:Hx-b\n\n\nq:Qq\ncc\ncd\nce\ncl\nct"},
		{"sv=2015-04-05&ss=bqtf&srt=sco&sp=rwdlacup", "acct\nrwdlacup\nbqtf\nsco\n2020-01-01\n2030-01-01T00:00Z\n10.0.0.1-10.0.0.9\nhttps,http\n2015-04-05\n"},
		{"sv=2020-12-06&ss=b&srt=o&sp=r", "acct\nr\nb\no\n2020-01-01\n2030-01-01T00:00Z\n10.0.0.1-10.0.0.9\nhttps,http\n2020-12-06\nscope1\n"},
	} {
		got, err := parse(t, c.query+fields).StringToSign(on)
		if err != nil || got != c.want {
			t.Errorf("%s:\n got %q\nwant %q (%v)", c.query, got, c.want, err)
		}
	}
}

// TestUnsignedIsIgnored: what the layout does not sign must not count, since anybody could have added it.
func TestUnsignedIsIgnored(t *testing.T) {
	s := parse(t, "sv=2012-02-12&sr=b&sp=r&se=2030-01-01&rsct=text/html&sip=1.2.3.4&spr=https&ses=x&sig=AAAA")
	if s.Overrides != (Overrides{}) || s.IP.Text != "" || s.Protocol != "" || s.Scope != "" {
		t.Errorf("unsigned fields count: %+v", s)
	}
}

func TestParseRefusals(t *testing.T) {
	const good = "sv=2020-12-06&sr=b&sp=r&se=2030-01-01&sig=AAAA"
	const keyed = good + "&skoid=11111111-1111-1111-1111-111111111111&sktid=22222222-2222-2222-2222-222222222222" +
		"&skt=2020-01-01&ske=2020-01-02&sks=b&skv=2020-02-10"
	parse(t, good)
	parse(t, keyed)
	for _, c := range []struct{ base, name, value, want string }{
		{good, "sv", "", "sv is mandatory"},
		{good, "sv", "tomorrow", "sv cannot be read"},
		{good, "sv", "2011-08-18", "sv cannot be read"},
		{good, "sr", "", "sr is mandatory"},
		{good, "sr", "x", "sr cannot be read"},
		{good, "sr", "d", "sdd cannot be read"},
		{good, "se", "", "se is mandatory"},
		{good, "se", "2030-01-01 00:00", "se cannot be read"},
		{good, "sp", "", "sp is mandatory"},
		{good, "sp", "wr", "sp cannot be read"},
		{good, "sp", "rr", "sp cannot be read"},
		{good, "sp", "r\u00e9", "sp cannot be read"},
		{good, "sig", "", "Signature did not match"},
		{good, "sig", "%%%", "Signature did not match"},
		{good, "st", "2031-01-01", "must be after signed start time [Wed, 01 Jan 2031 00:00:00 GMT]"},
		{good, "sip", "1.2.3", "sip cannot be read"},
		{good, "sip", "10.0.0.9-10.0.0.1", "sip cannot be read"},
		{good, "spr", "http", "spr cannot be read"},
		{good, "rscc", "a\nb", "rscc cannot be read"},
		{good, "rscc", strings.Repeat("a", 5000), "rscc cannot be read"},
		{keyed, "skoid", "me", "skoid cannot be read"},
		{keyed, "sktid", "", "sktid is mandatory"},
		{keyed, "ske", "", "ske is mandatory"},
		{keyed, "skt", "x", "skt cannot be read"},
		{keyed, "sks", "q", "sks cannot be read"},
		{keyed, "skv", "", "skv is mandatory"},
		{keyed, "si", "policy", "si is not allowed"},
		{keyed, "sv", "2018-03-28", "sv cannot be read"},
		{keyed, "sduoid", "33333333-3333-3333-3333-333333333333", "sduoid cannot be read"},
		{keyed, "srh", "x-a", "srh cannot be read"},
		{good, "ss", "b", "srt is mandatory"},
		{good + "&srt=o", "ss", "bz", "ss cannot be read"},
	} {
		q, err := url.ParseQuery(c.base)
		if err != nil {
			t.Fatal(err)
		}
		q.Set(c.name, c.value)
		if _, err := Parse(q); !strings.Contains(detail(err), c.want) {
			t.Errorf("%s=%q: %v, want %s", c.name, c.value, detail(err), c.want)
		}
	}
	q := url.Values{"sp": {"r", "rw"}, "sig": {"AAAA"}}
	if _, err := Parse(q); !strings.Contains(detail(err), "sp cannot be read") {
		t.Errorf("a parameter given twice: %v", err)
	}
}

// TestEveryByteCounts changes each byte of a valid token in turn.
func TestEveryByteCounts(t *testing.T) {
	key := developmentKey(t)
	token, err := AccountToken{
		Account: "acct", Services: "b", ResourceTypes: "co", Permissions: "rl", Expiry: time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC),
		IP: "10.0.0.1", Protocol: "https",
	}.Text(key)
	if err != nil {
		t.Fatal(err)
	}
	on := Target{Account: "acct"}
	if err := parse(t, token).Verify([][]byte{key}, on); err != nil {
		t.Fatal(err)
	}
	for i := range token {
		changed := token[:i] + string(token[i]^1) + token[i+1:]
		q, err := url.ParseQuery(changed)
		if err != nil {
			continue
		}
		s, err := Parse(q)
		if err != nil {
			continue
		}
		if again := parse(t, token); s.Verify([][]byte{key}, on) == nil && s.accountString("acct") != again.accountString("acct") {
			t.Errorf("byte %d changed, and still verified: %s", i, changed)
		}
	}
}

func TestWindowProtocolAddress(t *testing.T) {
	s := parse(t, "sv=2020-12-06&sr=b&sp=r&st=2020-01-01&se=2020-01-02&sip=10.0.0.1-10.0.0.9&spr=https&sig=AAAA")
	day := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		at time.Time
		ok bool
	}{{day.Add(-time.Second), false}, {day, true}, {day.Add(24*time.Hour - 1), true}, {day.Add(24 * time.Hour), false}} {
		if err := s.CheckTime(c.at); (err == nil) != c.ok {
			t.Errorf("at %s: %v", c.at, err)
		}
	}
	if d := detail(s.CheckTime(day.Add(48 * time.Hour))); d != "Signature not valid in the specified time frame: Start "+
		"[Wed, 01 Jan 2020 00:00:00 GMT] - Expiry [Thu, 02 Jan 2020 00:00:00 GMT] - Current [Fri, 03 Jan 2020 00:00:00 GMT]" {
		t.Error(d)
	}
	if s.CheckProtocol(true) != nil || fault.ReasonOf(s.CheckProtocol(false)) != ProtocolMismatch {
		t.Error("protocol")
	}
	for addr, ok := range map[string]bool{
		"10.0.0.1": true, "10.0.0.9": true, "::ffff:10.0.0.5": true, "10.0.0.10": false, "9.9.9.9": false, "::1": false,
	} {
		if err := s.CheckIP(netip.MustParseAddr(addr)); (err == nil) != ok || !ok && fault.ReasonOf(err) != SourceIPMismatch {
			t.Errorf("%s: %v", addr, err)
		}
	}
	if s.CheckIP(netip.Addr{}) == nil {
		t.Error("an unknown address passes")
	}
}

func TestGrants(t *testing.T) {
	s := parse(t, "sv=2020-12-06&ss=qf&srt=c&sp=cl&se=2030-01-01&sig=AAAA")
	for _, c := range []struct {
		err  error
		want string
	}{
		{s.CheckPermission("wc"), ""},
		{s.CheckPermission("rd"), PermissionMismatch},
		{s.CheckService("q"), ""},
		{s.CheckService("b"), ServiceMismatch},
		{s.CheckResourceType("c"), ""},
		{s.CheckResourceType("o"), ResourceTypeMismatch},
	} {
		if fault.ReasonOf(c.err) != c.want {
			t.Errorf("%v, want %q", c.err, c.want)
		}
	}
}

// TestScopeOfResource: a signature over one thing never covers another.
func TestScopeOfResource(t *testing.T) {
	key := developmentKey(t)
	sign := func(query string, on Target) Signed {
		s := parse(t, query+"&sp=r&se=2030-01-01&sig=AAAA")
		text, err := s.Sign(key, on)
		if err != nil {
			t.Fatal(err)
		}
		if s.Signature, err = base64.StdEncoding.DecodeString(text); err != nil {
			t.Fatal(err)
		}
		return s
	}
	dir := sign("sv=2020-12-06&sr=d&sdd=2", Target{Account: "a", Container: "c", Blob: "x/y"})
	one := sign("sv=2015-04-05&sr=b", Target{Account: "a", Container: "c", Blob: "x"})
	all := sign("sv=2015-04-05&sr=c", Target{Account: "a", Container: "c"})
	snap := sign("sv=2020-12-06&sr=bs", Target{Account: "a", Container: "c", Blob: "x", Snapshot: "s"})
	asBlob := all
	asBlob.Resource = "b"
	for _, c := range []struct {
		s    Signed
		on   Target
		want bool
	}{
		{dir, Target{Account: "a", Container: "c", Blob: "x/y"}, true},
		{dir, Target{Account: "a", Container: "c", Blob: "x/y/z/w"}, true},
		{dir, Target{Account: "a", Container: "c", Blob: "x/yy"}, false},
		{dir, Target{Account: "a", Container: "c", Blob: "x"}, false},
		{dir, Target{Account: "a", Container: "c"}, false},
		{one, Target{Account: "a", Container: "c", Blob: "x"}, true},
		{one, Target{Account: "a", Container: "c", Blob: "y"}, false},
		{one, Target{Account: "a", Container: "c"}, false},
		{one, Target{Account: "b", Container: "c", Blob: "x"}, false},
		{all, Target{Account: "a", Container: "c"}, true},
		{all, Target{Account: "a", Container: "c", Blob: "x"}, true},
		{all, Target{Account: "a"}, false},
		{asBlob, Target{Account: "a", Container: "c"}, false},
		{snap, Target{Account: "a", Container: "c", Blob: "x", Snapshot: "s"}, true},
		{snap, Target{Account: "a", Container: "c", Blob: "x"}, false},
	} {
		if err := c.s.Verify([][]byte{key}, c.on); (err == nil) != c.want {
			t.Errorf("%s on %s/%s/%s: %v", c.s.Resource, c.on.Account, c.on.Container, c.on.Blob, err)
		}
	}
}
