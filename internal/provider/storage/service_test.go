package storage_test

import (
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/blob"
	"github.com/alcedo-cloud/alcedo/internal/fault"
)

const service = accounts + "acct1/blobServices/default"

func TestBlobService(t *testing.T) {
	w := newWorld(t)
	w.ok("PUT", accounts+"acct1", minimal)
	got := w.ok("GET", service, "")
	if at(got, "properties", "deleteRetentionPolicy", "enabled") != false || str(got, "name") != "default" || str(got, "sku", "name") != "Standard_LRS" {
		t.Errorf("new: %v", got)
	}
	w.ok("PUT", service, `{"properties":{"isVersioningEnabled":true,"defaultServiceVersion":"2017-07-29",
		"deleteRetentionPolicy":{"enabled":true,"days":7,"allowPermanentDelete":true},"containerDeleteRetentionPolicy":{"enabled":true,"days":3},
		"changeFeed":{"enabled":true},"lastAccessTimeTrackingPolicy":{"enable":true},
		"cors":{"corsRules":[{"allowedOrigins":["*"],"allowedMethods":["get"],"maxAgeInSeconds":5,"exposedHeaders":["x"],"allowedHeaders":["y"]}]}}}`)
	s := w.account("acct1").Properties
	if !s.Versioning || s.DefaultServiceVersion != "2017-07-29" || s.DeleteRetention != (blob.Retention{Enabled: true, Days: 7, AllowPermanentDelete: true}) ||
		s.ContainerDeleteRetention.Days != 3 || !s.ChangeFeed || !s.LastAccessTracking || len(s.CORS) != 1 || s.CORS[0].AllowedMethods[0] != "GET" {
		t.Errorf("the data plane has %+v", s)
	}
	w.ok("PUT", service, `{"properties":{"deleteRetentionPolicy":{"enabled":false}}}`)
	got = w.ok("GET", service, "")
	if at(got, "properties", "isVersioningEnabled") != true || at(got, "properties", "deleteRetentionPolicy", "days") != nil {
		t.Errorf("changed: %v", got)
	}
	w.ok("PUT", accounts+"acct1", minimal)
	if !w.account("acct1").Properties.Versioning {
		t.Error("a PUT of the account forgets the service's settings")
	}
	if list := rows(w.ok("GET", accounts+"acct1/blobServices", "")); len(list) != 1 || str(list[0], "id") != service {
		t.Errorf("list: %v", list)
	}
	for body, field := range map[string]string{
		`{"properties":{"deleteRetentionPolicy":{"enabled":true}}}`:                                                      "deleteRetentionPolicy",
		`{"properties":{"deleteRetentionPolicy":{"enabled":true,"days":366}}}`:                                           "deleteRetentionPolicy",
		`{"properties":{"containerDeleteRetentionPolicy":{"enabled":true,"days":0}}}`:                                    "containerDeleteRetentionPolicy",
		`{"properties":{"defaultServiceVersion":"newest"}}`:                                                              "defaultServiceVersion",
		`{"properties":{"restorePolicy":{"enabled":true,"days":3}}}`:                                                     "restorePolicy",
		`{"properties":{"automaticSnapshotPolicyEnabled":true}}`:                                                         "automaticSnapshotPolicyEnabled",
		`{"properties":{"cors":{"corsRules":[{}]}}}`:                                                                     "corsRules",
		`{"properties":{"cors":{"corsRules":[{},{},{},{},{},{}]}}}`:                                                      "corsRules",
		`{"properties":{"cors":{"corsRules":[{"allowedOrigins":["*"],"allowedMethods":["X"]}]}}}`:                        "allowedMethods",
		`{"properties":{"cors":{"corsRules":[{"allowedOrigins":["*"],"allowedMethods":["GET"],"maxAgeInSeconds":-1}]}}}`: "corsRules",
	} {
		w.fails("PUT", service, body, fault.Invalid, "InvalidValuesForRequestParameters", field)
	}
	w.fails("GET", accounts+"acct1/blobServices/other", "", fault.Invalid, "InvalidValuesForRequestParameters", "other")
	for _, other := range []string{"fileServices", "queueServices", "tableServices"} {
		if out := w.ok("GET", accounts+"acct1/"+other+"/default", ""); str(out, "id") != accounts+"acct1/"+other+"/default" {
			t.Errorf("%s: %v", other, out)
		}
		if list := rows(w.ok("GET", accounts+"acct1/"+other, "")); len(list) != 1 {
			t.Errorf("%s: %v", other, list)
		}
		w.fails("PUT", accounts+"acct1/"+other+"/default", "{}", fault.Unsupported, "MethodNotAllowed", "PUT")
	}
}

func TestManagementPolicy(t *testing.T) {
	w := newWorld(t)
	w.ok("PUT", accounts+"acct1", minimal)
	path := accounts + "acct1/managementPolicies/default"
	body := `{"properties":{"policy":{"rules":[{"enabled":true,"name":"r1","type":"Lifecycle","definition":{
		"filters":{"blobTypes":["blockBlob"],"prefixMatch":["cont/"]},"actions":{"baseBlob":{"delete":{"daysAfterModificationGreaterThan":30}}}}}]}}}`
	out := w.status(200, "PUT", path, body)
	if str(out, "name") != "DefaultManagementPolicy" || str(out, "id") != path || at(out, "properties", "lastModifiedTime") == nil {
		t.Errorf("policy: %v", out)
	}
	if len(w.account("acct1").Lifecycle) == 0 {
		t.Error("the data plane knows no rules")
	}
	w.fails("PUT", path, `{"properties":{}}`, fault.Invalid, "InvalidValuesForRequestParameters", "policy")
	w.fails("PUT", path, `{"properties":{"policy":{"rules":[]}}}`, fault.Invalid, "InvalidRequestPropertyValue", "")
	w.fails("PUT", accounts+"acct1/managementPolicies/other", body, fault.Invalid, "InvalidValuesForRequestParameters", "other")
	w.status(200, "DELETE", path, "")
	if len(w.account("acct1").Lifecycle) != 0 {
		t.Error("the rules outlive their policy")
	}
	w.fails("GET", path, "", fault.NotFound, "ResourceNotFound", "")
	w.ok("PUT", path, body)
	w.ok("DELETE", accounts+"acct1", "") // the policy goes with its account
}

func TestEncryptionScope(t *testing.T) {
	w := newWorld(t)
	w.ok("PUT", accounts+"acct1", minimal)
	path := accounts + "acct1/encryptionScopes/scope1"
	out := w.status(201, "PUT", path, `{"properties":{"source":"Microsoft.Storage"}}`)
	if str(out, "properties", "state") != "Enabled" {
		t.Errorf("scope: %v", out)
	}
	w.ok("PUT", containers+"/cont", `{"properties":{"defaultEncryptionScope":"scope1","denyEncryptionScopeOverride":true}}`)
	if got := w.ok("GET", containers+"/cont", ""); str(got, "properties", "defaultEncryptionScope") != "scope1" ||
		at(got, "properties", "denyEncryptionScopeOverride") != true {
		t.Errorf("container: %v", got)
	}
	w.ok("PATCH", path, `{"properties":{"state":"disabled"}}`)
	if scopes := w.account("acct1").EncryptionScopes; len(scopes) != 1 || scopes[0].Enabled {
		t.Errorf("the data plane has %v", scopes)
	}
	w.fails("PUT", containers+"/two", `{"properties":{"defaultEncryptionScope":"scope1"}}`, fault.NotFound, "EncryptionScopeNotFound", "scope1")
	w.fails("PUT", path, `{"properties":{"source":"Microsoft.KeyVault"}}`, fault.Invalid, "InvalidValuesForRequestParameters", "source")
	w.fails("PUT", path, `{"properties":{"state":"Paused"}}`, fault.Invalid, "InvalidValuesForRequestParameters", "state")
	w.fails("PUT", accounts+"acct1/encryptionScopes/-a", `{}`, fault.Invalid, "InvalidValuesForRequestParameters", "")
	w.fails("DELETE", path, "", fault.Unsupported, "MethodNotAllowed", "Disable")
	w.ok("DELETE", group+"?api-version=2021-04-01", "")
}
