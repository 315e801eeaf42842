package sql_test

import (
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

func TestStandingSettings(t *testing.T) {
	w := withServer(t)
	w.do("PUT", db, `{"location":"chinanorth"}`).ok(201)
	tde := db + "/transparentDataEncryption/current"
	w.do("GET", tde, "").ok(200).want(map[string]any{"properties.state": "Enabled", "name": "current", "id": tde})
	w.do("PUT", tde, `{"properties":{"state":"enabled"}}`).ok(200).want(map[string]any{"properties.state": "Enabled"})
	w.do("PUT", tde, `{"properties":{"state":"Disabled"}}`).refused(fault.Invalid, "FeatureNotSupported", "'state' of 'Microsoft.Sql/servers/databases/transparentDataEncryption'")
	w.do("GET", db+"/transparentDataEncryption", "").ok(200).want(map[string]any{"value.0.properties.state": "Enabled", "value.1": nil})
	w.do("GET", db+"/transparentDataEncryption/other", "").refused(fault.NotFound, "ResourceNotFound", "other")
	w.do("GET", srv+"/databases/none/transparentDataEncryption/current", "").refused(fault.NotFound, "ParentResourceNotFound", "none")
	w.do("PUT", srv+"/securityAlertPolicies/Default", `{"properties":{"state":"Disabled","emailAddresses":[],"retentionDays":0,"storageEndpoint":null}}`).ok(200)
	w.do("PUT", srv+"/auditingSettings/default", `{"properties":{"state":"Enabled"}}`).refused(fault.Invalid, "FeatureNotSupported", "state")
	w.do("PUT", db+"/backupLongTermRetentionPolicies/default", `{"properties":{"weeklyRetention":"P1M"}}`).refused(fault.Invalid, "FeatureNotSupported", "weeklyRetention")
	w.do("PUT", db+"/backupLongTermRetentionPolicies/default", `{"properties":{"surprise":1}}`).refused(fault.Invalid, "FeatureNotSupported", "surprise")
	w.do("GET", srv+"/encryptionProtector/current", "").ok(200).want(map[string]any{"properties.serverKeyType": "ServiceManaged"})
	w.as("nobody", "GET", tde, "").refused(fault.Denied, "AuthorizationFailed", "")
	for _, path := range []string{srv + "/virtualNetworkRules", db + "/replicationLinks", srv + "/privateEndpointConnections"} {
		if n := w.do("GET", path, "").ok(200).len("value"); n != 0 {
			t.Errorf("%s: %d", path, n)
		}
	}
}
