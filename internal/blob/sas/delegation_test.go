package sas

import (
	"encoding/base64"
	"net/url"
	"testing"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

func TestDelegationKey(t *testing.T) {
	secret := Secret{Server: []byte("server"), Account: "acct", Epoch: "1"}
	instant := func(text string) Instant {
		i, ok := ParseInstant(text)
		if !ok {
			t.Fatal(text)
		}
		return i
	}
	d := Delegation{
		ObjectID: "11111111-1111-1111-1111-111111111111", TenantID: "22222222-2222-2222-2222-222222222222",
		Start: instant("2020-01-01T00:00:00Z"), Expiry: instant("2020-01-03T00:00:00Z"), Service: "b", Version: "2020-12-06",
	}
	key := secret.Key(d)
	if len(key) != 32 || string(key) != string(secret.Key(d)) {
		t.Fatal("the key is not 32 bytes that can be computed again")
	}
	seen := map[string]string{string(key): "the key"}
	for name, change := range map[string]func(*Secret, *Delegation){
		"server":  func(s *Secret, _ *Delegation) { s.Server = []byte("other") },
		"account": func(s *Secret, _ *Delegation) { s.Account = "other" },
		"epoch":   func(s *Secret, _ *Delegation) { s.Epoch = "2" },
		"oid":     func(_ *Secret, d *Delegation) { d.ObjectID = d.TenantID },
		"tid":     func(_ *Secret, d *Delegation) { d.TenantID = d.ObjectID },
		"start":   func(_ *Secret, d *Delegation) { d.Start.Text += "x" },
		"expiry":  func(_ *Secret, d *Delegation) { d.Expiry.Text += "x" },
		"version": func(_ *Secret, d *Delegation) { d.Version = "2021-12-02" },
		"user":    func(_ *Secret, d *Delegation) { d.UserTenantID = d.TenantID },
		// The same bytes, cut elsewhere.
		"cut": func(s *Secret, d *Delegation) { s.Account, s.Epoch = "acct1", "" },
	} {
		s, other := secret, d
		change(&s, &other)
		value := string(s.Key(other))
		if what, again := seen[value]; again {
			t.Errorf("%s does not change the key: same as %s", name, what)
		}
		seen[value] = name
	}
	signedByKey(t, secret, d)
}

func signedByKey(t *testing.T, secret Secret, d Delegation) {
	t.Helper()
	q := url.Values{
		"sv": {"2022-11-02"}, "sr": {"c"}, "sp": {"rl"}, "se": {"2020-01-04T00:00:00Z"}, "sig": {"AAAA"},
		"skoid": {d.ObjectID}, "sktid": {d.TenantID}, "skt": {d.Start.Text}, "ske": {d.Expiry.Text}, "sks": {"b"},
		"skv": {d.Version},
	}
	on := Target{Account: "acct", Container: "c"}
	s, err := Parse(q)
	if err != nil {
		t.Fatal(err)
	}
	sig, err := s.Sign(secret.Key(s.Delegation), on)
	if err != nil {
		t.Fatal(err)
	}
	q.Set("sig", sig)
	if s, err = Parse(q); err != nil {
		t.Fatal(err)
	}
	if err := s.VerifyDelegated(secret.Key(s.Delegation), on); err != nil {
		t.Fatal(err)
	}
	secret.Epoch = "revoked"
	if err := s.VerifyDelegated(secret.Key(s.Delegation), on); detail(err) == "" {
		t.Fatalf("a revoked key verifies: %v", err)
	}
	start := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	if err := s.CheckTime(start); err != nil {
		t.Error(err)
	}
	for _, at := range []time.Time{start.Add(-1), start.Add(48 * time.Hour)} {
		if detail(s.CheckTime(at)) == "" {
			t.Errorf("valid at %s, outside of the key's time", at)
		}
	}
}

func TestWithPolicy(t *testing.T) {
	year := func(text string) Instant { i, _ := ParseInstant(text); return i }
	for _, c := range []struct {
		query  string
		policy Policy
		reason string
	}{
		{"", Policy{Expiry: year("2030-01-01"), Permissions: "r"}, ""},
		{"&sp=r", Policy{Expiry: year("2030-01-01")}, ""},
		{"&se=2030-01-01", Policy{Permissions: "r"}, ""},
		{"&se=2030-01-01&sp=r", Policy{Start: year("2020-01-01")}, ""},
		{"&sp=r", Policy{Expiry: year("2030-01-01"), Permissions: "r"}, InvalidQueryParameterValue},
		{"&se=2030-01-01", Policy{Expiry: year("2030-01-01"), Permissions: "r"}, InvalidQueryParameterValue},
		{"&st=2020-01-01", Policy{Start: year("2020-01-01"), Expiry: year("2030-01-01"), Permissions: "r"}, InvalidQueryParameterValue},
		{"", Policy{Permissions: "r"}, AuthenticationFailed},
		{"", Policy{Expiry: year("2030-01-01")}, AuthenticationFailed},
		{"", Policy{Start: year("2031-01-01"), Expiry: year("2030-01-01"), Permissions: "r"}, AuthenticationFailed},
	} {
		s := parse(t, "sv=2020-12-06&sr=c&si=policy&sig=AAAA"+c.query)
		merged, err := s.WithPolicy(c.policy)
		if fault.ReasonOf(err) != c.reason {
			t.Errorf("%s with %+v: %v, want %q", c.query, c.policy, err, c.reason)
		}
		if err == nil && (merged.Permissions != "r" || merged.Expiry.Time.Year() != 2030) {
			t.Errorf("%s: merged %+v", c.query, merged)
		}
	}
	if detail(NoPolicy()) == "" {
		t.Error("an unknown policy is not refused as one")
	}
}

func TestServiceTokenRefusals(t *testing.T) {
	day := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	good := ServiceToken{
		Account: "acct", CanonicalizedResource: "/blob/acct/cont/a b+c.txt", Resource: "b", Permissions: "racwd", Expiry: day,
		Start: day.Add(-time.Hour), IP: "10.0.0.1-10.0.0.2", Protocol: "https,http",
		Overrides: Overrides{ContentType: "text/plain; charset=utf-8", CacheControl: "no-cache"},
	}
	key := developmentKey(t)
	token, err := good.Text(key)
	if err != nil {
		t.Fatal(err)
	}
	s := parse(t, token)
	if err := s.Verify([][]byte{key}, Target{Account: "acct", Container: "cont", Blob: "a b+c.txt"}); err != nil {
		t.Fatal(err)
	}
	for field, change := range map[string]func(*ServiceToken){
		"canonicalizedResource":  func(r *ServiceToken) { r.CanonicalizedResource = "/blob/other/cont/b" },
		"canonicalizedResource.": func(r *ServiceToken) { r.CanonicalizedResource = "acct/cont" },
		"canonicalizedResource:": func(r *ServiceToken) { r.CanonicalizedResource = "/disk/acct/cont/b" },
		"signedResource":         func(r *ServiceToken) { r.Resource = "c" },
		"signedResource.":        func(r *ServiceToken) { r.Resource = "s" },
		"signedResource:":        func(r *ServiceToken) { r.Resource = "" },
		"signedResource;":        func(r *ServiceToken) { r.Resource = "bc" },
		"signedPermission":       func(r *ServiceToken) { r.Permissions = "wcr" },
		"signedPermission.":      func(r *ServiceToken) { r.Permissions = "" },
		"signedExpiry":           func(r *ServiceToken) { r.Expiry = time.Time{} },
		"signedExpiry.":          func(r *ServiceToken) { r.Expiry = r.Start },
		"signedIp":               func(r *ServiceToken) { r.IP = "x" },
		"signedProtocol":         func(r *ServiceToken) { r.Protocol = "http" },
		"signedIdentifier":       func(r *ServiceToken) { r.Identifier = string(make([]byte, 65)) },
	} {
		r := good
		change(&r)
		_, err := r.Text(key)
		name := field
		if last := name[len(name)-1]; last == '.' || last == ':' || last == ';' {
			name = name[:len(name)-1]
		}
		if fault.ReasonOf(err) != InvalidValues || err.Error() != "sas.Text: "+InvalidValues+
			": Values for request parameters are invalid: "+name+"." {
			t.Errorf("%s: %v", field, err)
		}
	}
}

func TestOtherServices(t *testing.T) {
	day := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	key := developmentKey(t)
	for _, c := range []struct {
		r         ServiceToken
		text, out string
	}{
		{
			ServiceToken{CanonicalizedResource: "/queue/acct/jobs", Permissions: "raup"},
			"raup\n\n2030-01-01T00:00:00Z\n/queue/acct/jobs\n\n\n\n2015-04-05",
			"sv=2015-04-05&se=2030-01-01T00%3A00%3A00Z&sp=raup&sig=",
		},
		{
			ServiceToken{CanonicalizedResource: "/table/acct/people", Permissions: "r", StartPartition: "a", EndPartition: "b"},
			"r\n\n2030-01-01T00:00:00Z\n/table/acct/people\n\n\n\n2015-04-05\na\n\nb\n",
			"sv=2015-04-05&tn=people&spk=a&epk=b&se=2030-01-01T00%3A00%3A00Z&sp=r&sig=",
		},
		{
			ServiceToken{CanonicalizedResource: "/file/acct/share", Resource: "s", Permissions: "rl"},
			"rl\n\n2030-01-01T00:00:00Z\n/file/acct/share\n\n\n\n2015-04-05\n\n\n\n\n",
			"sv=2015-04-05&sr=s&se=2030-01-01T00%3A00%3A00Z&sp=rl&sig=",
		},
	} {
		c.r.Account, c.r.Expiry = "acct", day
		got, err := c.r.Text(key)
		want := c.out + url.QueryEscape(base64.StdEncoding.EncodeToString(mac(key, c.text)))
		if err != nil || got != want {
			t.Errorf("got %s, want %s (%v)", got, want, err)
		}
	}
}
