package sql_test

import (
	"net/url"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/caller"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/resource"
)

// FuzzBodies: whatever a client sends, it is taken or refused; nothing panics, and nothing is an internal error.
func FuzzBodies(f *testing.F) {
	w := withServer(f)
	w.do("PUT", db, `{"location":"chinanorth"}`).ok(201)
	w.do("PUT", srv+"/elasticPools/pool", `{"location":"chinanorth"}`).ok(201)
	targets := []struct{ method, path string }{
		{"PUT", srv},
		{"PATCH", srv},
		{"PUT", servers + "other"},
		{"PUT", srv + "/administrators/ActiveDirectory"},
		{"PUT", srv + "/azureADOnlyAuthentications/Default"},
		{"PUT", srv + "/firewallRules/r"},
		{"PUT", srv + "/connectionPolicies/default"},
		{"PUT", srv + "/failoverGroups/fg"},
		{"PUT", srv + "/elasticPools/pool"},
		{"PUT", db},
		{"PATCH", db},
		{"PUT", srv + "/databases/new"},
		{"POST", db + "/move"},
		{"PUT", db + "/backupShortTermRetentionPolicies/default"},
		{"POST", "/subscriptions/" + subscription + "/providers/Microsoft.Sql/checkNameAvailability"},
	}
	for i, body := range []string{
		minimal, `{"properties":{"minimalTlsVersion":"1.3","administrators":null},"identity":{"type":"SystemAssigned"}}`,
		`{"location":"chinanorth","properties":{"administrators":{"login":"a","sid":"` + someone + `","azureADOnlyAuthentication":true}}}`,
		`{"properties":{"login":"a","sid":"` + someone + `"}}`, `{"properties":{"azureADOnlyAuthentication":true}}`,
		`{"properties":{"startIpAddress":"1.2.3.4","endIpAddress":"1.2.3.4"}}`, `{"properties":{"connectionType":"Proxy"}}`,
		`{"properties":{"partnerServers":[{"id":"` + srv + `"}],"readWriteEndpoint":{}}}`, `{"location":"chinanorth","sku":{"name":"GP_Gen5","capacity":2}}`,
		`{"location":"chinanorth","sku":{"name":"S0"},"properties":{"maxSizeBytes":"1e99","elasticPoolId":"` + srv + `/elasticPools/pool"}}`,
		`{"sku":null,"properties":{"maxSizeBytes":1e30,"autoPauseDelay":1}}`,
		`{"location":"chinanorth","properties":{"createMode":"Restore","restorableDroppedDatabaseId":"` + srv + `/restorableDroppedDatabases/db,9223372036854775807"}}`,
		`{"id":"` + srv + `/databases/db2"}`, `{"properties":{"retentionDays":9e18}}`, `{"name":"x","type":"Microsoft.Sql/servers"}`, `{"properties":null}`, `[]`,
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
