package storage_test

import (
	"net/url"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/caller"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/resource"
)

// FuzzBodies: whatever a client sends, it is taken or refused; nothing panics, and nothing is an internal error.
func FuzzBodies(f *testing.F) {
	w := newWorld(f)
	w.ok("PUT", accounts+"acct1", minimal)
	w.ok("PUT", containers+"/cont", "{}")
	targets := []struct{ method, path string }{
		{"PUT", accounts + "acct1"},
		{"PATCH", accounts + "acct1"},
		{"POST", accounts + "acct1/listServiceSas"},
		{"POST", accounts + "acct1/ListAccountSas"},
		{"POST", accounts + "acct1/regenerateKey"},
		{"PUT", service},
		{"PUT", containers + "/cont"},
		{"PATCH", containers + "/cont"},
		{"POST", containers + "/cont/lease"},
		{"POST", containers + "/cont/setLegalHold"},
		{"PUT", containers + "/cont/immutabilityPolicies/default"},
		{"PUT", accounts + "acct1/managementPolicies/default"},
		{"PUT", accounts + "acct1/encryptionScopes/scope1"},
	}
	for i, body := range []string{
		minimal,
		`{"properties":{"networkAcls":{"defaultAction":"Deny","ipRules":[{"value":"1.2.3.4"}],"virtualNetworkRules":[null]},"encryption":{"keySource":null}}}`,
		`{"canonicalizedResource":"/blob/acct1/cont","signedResource":"c","signedPermission":"r","signedExpiry":"2027-01-01"}`,
		`{"signedServices":"b","signedResourceTypes":"o","signedPermission":"r","signedExpiry":"2027-01-01"}`,
		`{"keyName":"key1"}`,
		`{"properties":{"cors":{"corsRules":[{"allowedOrigins":["*"],"allowedMethods":["GET"]}]},"deleteRetentionPolicy":null}}`,
		`{"properties":{"metadata":{"a":"b"},"publicAccess":null}}`, `{"properties":null}`, `{"action":"Break"}`, `{"tags":["abc"]}`,
		`{"properties":{"immutabilityPeriodSinceCreationInDays":1}}`, `{"properties":{"policy":{"rules":[{}]}}}`, `{"properties":{"state":1}}`,
	} {
		f.Add(uint8(i), latest, body)
	}
	f.Fuzz(func(t *testing.T, which uint8, version, body string) {
		target := targets[int(which)%len(targets)]
		_, err := w.rm.Do(t.Context(), &resource.Request{
			Caller: caller.Caller{Kind: caller.User, ObjectID: people()["owner"][0], TenantID: tenant},
			Method: target.method, Path: target.path, APIVersion: version, Query: url.Values{}, Body: []byte(body),
		})
		if fault.Is(err, fault.Internal) {
			t.Fatalf("%s %s %q: %v", target.method, target.path, body, err)
		}
	})
}
