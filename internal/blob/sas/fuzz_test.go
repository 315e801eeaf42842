package sas

import (
	"net/netip"
	"net/url"
	"testing"
	"time"
)

// FuzzParse: whatever the query, nothing panics, and a signature that was not made with the key never verifies.
func FuzzParse(f *testing.F) {
	f.Add("sv=2015-04-05&sr=c&spr=https&se=2017-09-23T00%3A00%3A00Z&sp=rcw&sig=N%2B7g", "a/b")
	f.Add("sv=2020-12-06&sr=d&sdd=2&sp=rl&se=2030-01-01&sip=1.2.3.4-1.2.3.5&sig=AAAA", "x/y/z")
	f.Add("sv=2015-04-05&ss=bqtf&srt=sco&sp=rwdlacup&se=2030-01-01&sig=AAAA", "")
	f.Add("sv=2026-04-06&sr=b&sp=r&se=2030-01-01&sig=AAAA&skoid=11111111-1111-1111-1111-111111111111"+
		"&sktid=22222222-2222-2222-2222-222222222222&skt=2020-01-01&ske=2020-01-02&sks=b&skv=2020-02-10&srh=a,b&srq=c", "x")
	key := []byte("a key that the fuzzer does not know")
	f.Fuzz(func(t *testing.T, query, name string) {
		q, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		s, err := Parse(q)
		if err != nil {
			if detail(err) == "" {
				t.Fatalf("a refusal without detail: %v", err)
			}
			return
		}
		on := Target{Account: "acct", Container: "c", Blob: name}
		if s.Verify([][]byte{key, nil}, on) == nil {
			t.Fatalf("verified: %s", query)
		}
		_, _ = s.WithPolicy(Policy{Permissions: "r"})
		_ = s.CheckTime(time.Time{})
		_ = s.CheckIP(netip.Addr{})
		_ = s.CheckPermission("r")
	})
}

// FuzzServiceToken: a token that is made verifies for the blob that it was made for.
func FuzzServiceToken(f *testing.F) {
	f.Add("a b+c.txt", "r", "text/plain", "10.0.0.1")
	f.Add("x/y", "rcw", "", "")
	key := []byte("key")
	f.Fuzz(func(t *testing.T, name, permissions, contentType, ip string) {
		text, err := ServiceToken{
			Account: "acct", CanonicalizedResource: "/blob/acct/c/" + name, Resource: "b", Permissions: permissions, IP: ip,
			Expiry: time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC), Overrides: Overrides{ContentType: contentType},
		}.Text(key)
		if err != nil {
			return
		}
		s := parse(t, text)
		if err := s.Verify([][]byte{key}, Target{Account: "acct", Container: "c", Blob: name}); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
	})
}
