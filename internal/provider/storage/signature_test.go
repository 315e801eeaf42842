package storage_test

import (
	"encoding/base64"
	"net/url"
	"strings"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/blob/sas"
	"github.com/alcedo-cloud/alcedo/internal/fault"
)

func (w *world) key(name string, i int) []byte {
	w.t.Helper()
	list, ok := w.ok("POST", accounts+name+"/listKeys", "")["keys"].([]any)
	if !ok || len(list) != 2 {
		w.t.Fatalf("keys: %v", list)
	}
	value, err := base64.StdEncoding.DecodeString(str(list[i], "value"))
	w.must(err)
	return value
}

func (w *world) verified(token string, key []byte, on sas.Target) bool {
	w.t.Helper()
	q, err := url.ParseQuery(token)
	w.must(err)
	s, err := sas.Parse(q)
	w.must(err)
	return s.Verify([][]byte{key}, on) == nil
}

func TestKeys(t *testing.T) {
	w := newWorld(t)
	w.ok("PUT", accounts+"acct1", minimal)
	out := w.ok("POST", accounts+"acct1/listKeys?$expand=kerb", "")
	list, ok := out["keys"].([]any)
	if !ok || len(list) != 2 || str(list[0], "keyName") != "key1" || str(list[1], "permissions") != "FULL" ||
		str(list[0], "creationTime") != "2026-11-23T12:00:00.0000000Z" {
		t.Errorf("keys: %v", out)
	}
	if old := w.ok("POST", accounts+"acct1/listKeys?api-version=2015-06-15", ""); str(old, "key1") != str(list[0], "value") {
		t.Errorf("2015: %v", old)
	}
	if old, ok := w.ok("POST", accounts+"acct1/listKeys?api-version=2017-06-01", "")["keys"].([]any); !ok || at(old[0], "creationTime") != nil {
		t.Errorf("2017: %v", old)
	}
	first, second := w.key("acct1", 0), w.key("acct1", 1)
	w.clock.Advance(60e9)
	w.ok("POST", accounts+"acct1/regenerateKey", `{"keyName":"KEY2"}`)
	if string(w.key("acct1", 0)) != string(first) || string(w.key("acct1", 1)) == string(second) {
		t.Error("regenerateKey changes the wrong key")
	}
	if string(w.account("acct1").Keys[1].Value) != string(w.key("acct1", 1)) {
		t.Error("the data plane has another key")
	}
	got := w.ok("GET", accounts+"acct1", "")
	if str(got, "properties", "keyCreationTime", "key2") != "2026-11-23T12:01:00.0000000Z" {
		t.Errorf("keyCreationTime: %v", at(got, "properties", "keyCreationTime"))
	}
	w.fails("POST", accounts+"acct1/listKeys?$expand=x", "", fault.Invalid, "InvalidValuesForRequestParameters", "$expand")
	w.fails("POST", accounts+"acct1/regenerateKey", `{"keyName":"kerb1"}`, fault.Invalid, "InvalidValuesForRequestParameters", "keyName")
	w.fails("POST", accounts+"acct1/regenerateKey", "", fault.Invalid, "InvalidRequestContent", "missing")
	w.fails("POST", accounts+"acct1/regenerateKey", `{"keyName":1}`, fault.Invalid, "InvalidRequestContent", "deserialized")
}

// TestListServiceSAS is the tutorial's request, and what else the operation signs.
func TestListServiceSAS(t *testing.T) {
	w := newWorld(t)
	w.ok("PUT", accounts+"acct1", `{"location":"chinanorth","sku":{"name":"Standard_LRS"},"kind":"Storage"}`)
	ask := func(action, body string) string {
		t.Helper()
		out := w.ok("POST", accounts+"acct1/"+action, body)
		return str(out, "serviceSasToken") + str(out, "accountSasToken")
	}
	token := ask("listServiceSas/?api-version=2017-06-01", `{"signedPermission":"rcw","canonicalizedResource":"/blob/acct1/cont",
		"signedProtocol":"https","signedResource":"c","signedExpiry":"2017-09-23T00:00:00Z"}`)
	if want := "sv=2015-04-05&sr=c&spr=https&se=2017-09-23T00%3A00%3A00Z&sp=rcw&sig="; !strings.HasPrefix(token, want) {
		t.Errorf("token %s", token)
	}
	on := sas.Target{Account: "acct1", Container: "cont", Blob: "test blob"}
	if !w.verified(token, w.key("acct1", 0), on) || w.verified(token, w.key("acct1", 1), on) {
		t.Error("not signed with key1")
	}
	token = ask("ListServiceSas", `{"signedPermission":"r","canonicalizedResource":"/blob/acct1/cont/test blob","signedResource":"b",
		"signedStart":"2017-05-24T11:00:00+01:00","signedExpiry":"2017-05-24T11:32:48.8457197Z","keyToSign":"key2",
		"signedIp":"10.0.0.1","signedIdentifier":"p","rsct":"text/plain"}`)
	if want := "sv=2015-04-05&sr=b&st=2017-05-24T10%3A00%3A00Z&se=2017-05-24T11%3A32%3A48Z&sp=r&sip=10.0.0.1&si=p&rsct=text%2Fplain&sig="; !strings.HasPrefix(token, want) {
		t.Errorf("token %s", token)
	}
	if !w.verified(token, w.key("acct1", 1), on) {
		t.Error("not signed with key2")
	}
	token = ask("listAccountSas", `{"signedServices":"bqtf","signedResourceTypes":"sco","signedPermission":"rwdlacup",
		"signedStart":"2017-05-24T10:42:03.1567373Z","signedExpiry":"2017-05-24T11:42:03.1567373Z"}`)
	if want := "sv=2015-04-05&ss=bqtf&srt=sco&sp=rwdlacup&st=2017-05-24T10%3A42%3A03Z&se=2017-05-24T11%3A42%3A03Z&sig="; !strings.HasPrefix(token, want) {
		t.Errorf("token %s", token)
	}
	if !w.verified(token, w.key("acct1", 0), on) {
		t.Error("the account's token does not verify")
	}
	before := w.key("acct1", 0)
	w.ok("POST", accounts+"acct1/regenerateKey", `{"keyName":"key1"}`)
	if w.verified(token, w.key("acct1", 0), on) || !w.verified(token, before, on) {
		t.Error("a new key leaves old signatures valid")
	}
}

func TestSignatureRefusals(t *testing.T) {
	w := newWorld(t)
	w.ok("PUT", accounts+"acct1", minimal)
	for body, field := range map[string]string{
		`{"canonicalizedResource":"/blob/other/cont","signedResource":"c","signedPermission":"r","signedExpiry":"2027-01-01"}`:                  "canonicalizedResource",
		`{"canonicalizedResource":"/blob/acct1/cont","signedResource":"b","signedPermission":"r","signedExpiry":"2027-01-01"}`:                  "signedResource",
		`{"canonicalizedResource":"/blob/acct1/cont","signedResource":"c","signedPermission":"wr","signedExpiry":"2027-01-01"}`:                 "signedPermission",
		`{"canonicalizedResource":"/blob/acct1/cont","signedResource":"c","signedPermission":"r"}`:                                              "signedExpiry",
		`{"canonicalizedResource":"/blob/acct1/cont","signedResource":"c","signedPermission":"r","signedExpiry":"soon"}`:                        "signedExpiry",
		`{"canonicalizedResource":"/blob/acct1/cont","signedResource":"c","signedPermission":"r","signedExpiry":"2027-01-01","keyToSign":"x"}`:  "keyToSign",
		`{"canonicalizedResource":"/blob/acct1/cont","signedResource":"c","signedPermission":"r","signedExpiry":"2027-01-01","signedIp":"x"}`:   "signedIp",
		`{"canonicalizedResource":"/blob/acct1/cont","signedResource":"c","signedPermission":"r","signedExpiry":"2027-01-01","signedStart":0}`:  "",
		`{"canonicalizedResource":"/blob/acct1/c","signedResource":"c","signedPermission":"r","signedExpiry":"2027","signedProtocol":"gopher"}`: "signedExpiry",
	} {
		if field == "" {
			w.fails("POST", accounts+"acct1/listServiceSas", body, fault.Invalid, "InvalidRequestContent", "")
			continue
		}
		w.fails("POST", accounts+"acct1/listServiceSas", body, fault.Invalid, "InvalidValuesForRequestParameters",
			"Values for request parameters are invalid: "+field+".")
	}
	w.fails("POST", accounts+"acct1/ListAccountSas", `{"signedServices":"x"}`, fault.Invalid, "InvalidValuesForRequestParameters", "signedServices")
	w.fails("POST", accounts+"acct1/listServiceSas", "", fault.Invalid, "InvalidRequestContent", "missing")
	w.fails("POST", accounts+"acct1/listServiceSas", "signedResource=c", fault.Invalid, "InvalidRequestContent", "")
}

func TestRevokeUserDelegationKeys(t *testing.T) {
	w := newWorld(t)
	w.ok("PUT", accounts+"acct1", minimal)
	w.clock.Advance(60e9)
	w.status(200, "POST", accounts+"acct1/revokeUserDelegationKeys", "")
	if at := w.account("acct1").DelegationRevoked; !at.Equal(w.clock.Now()) {
		t.Errorf("revoked at %s", at)
	}
	w.ok("PATCH", accounts+"acct1", `{"tags":{"a":"b"}}`)
	if w.account("acct1").DelegationRevoked.IsZero() {
		t.Error("a PATCH forgets the revocation")
	}
}
