package storage_test

import (
	"fmt"
	"net/netip"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// TestAccount follows an account from its creation to its end.
func TestAccount(t *testing.T) {
	w := newWorld(t)
	made := w.status(200, "PUT", accounts+"acct1", `{"location":"China North","sku":{"name":"standard_ragrs"},"kind":"storagev2",
		"tags":{"a":"b"},"identity":{"type":"SystemAssigned"},"properties":{"creationTime":"made up","unknown":1}}`)
	for _, c := range []struct {
		want any
		path []string
	}{
		{"acct1", []string{"name"}},
		{"StorageV2", []string{"kind"}},
		{"Standard_RAGRS", []string{"sku", "name"}},
		{"Standard", []string{"sku", "tier"}},
		{"chinanorth", []string{"location"}},
		{"Succeeded", []string{"properties", "provisioningState"}},
		{"2026-11-23T12:00:00.0000000Z", []string{"properties", "creationTime"}},
		{"2026-11-23T12:00:00.0000000Z", []string{"properties", "keyCreationTime", "key2"}},
		{"https://acct1.blob.core.chinacloudapi.cn/", []string{"properties", "primaryEndpoints", "blob"}},
		{"https://acct1.z1.web.core.chinacloudapi.cn/", []string{"properties", "primaryEndpoints", "web"}},
		{"https://acct1-secondary.blob.core.chinacloudapi.cn/", []string{"properties", "secondaryEndpoints", "blob"}},
		{"chinaeast", []string{"properties", "secondaryLocation"}},
		{true, []string{"properties", "supportsHttpsTrafficOnly"}},
		{false, []string{"properties", "allowBlobPublicAccess"}},
		{"Allow", []string{"properties", "networkAcls", "defaultAction"}},
		{"Microsoft.Storage", []string{"properties", "encryption", "keySource"}},
		{"Hot", []string{"properties", "accessTier"}},
		{nil, []string{"properties", "unknown"}},
		{nil, []string{"properties", "allowSharedKeyAccess"}},
		{tenant, []string{"identity", "tenantId"}},
	} {
		if got := at(made, c.path...); got != c.want {
			t.Errorf("%v is %v, want %v", c.path, got, c.want)
		}
	}
	principal := str(made, "identity", "principalId")
	if ok, err := w.dir.Active(t.Context(), principal); err != nil || !ok {
		t.Errorf("the identity's principal %q: %v %v", principal, ok, err)
	}
	a := w.account("acct1")
	if len(a.Keys[0].Value) != 64 || string(a.Keys[0].Value) == string(a.Keys[1].Value) || !a.Secondary || !a.AllowSharedKeyAccess ||
		a.ResourceID != accounts+"acct1" || a.TenantID != tenant || !a.SupportsHTTPSTrafficOnly {
		t.Errorf("the data plane has %+v", a)
	}
	for _, scope := range []string{group, "/subscriptions/" + subscription} {
		if list := rows(w.ok("GET", scope+"/providers/Microsoft.Storage/storageAccounts", "")); len(list) != 1 || str(list[0], "name") != "acct1" {
			t.Errorf("listed at %s: %v", scope, list)
		}
	}
	w.ok("PUT", accounts+"acct1/blobServices/default/containers/cont", `{}`)
	w.status(200, "DELETE", accounts+"ACCT1", "")
	w.status(204, "DELETE", accounts+"acct1", "")
	if _, ok, err := w.blobs.Account(t.Context(), "acct1"); ok || err != nil {
		t.Errorf("the account is still in the data plane: %v", err)
	}
	if ok, err := w.dir.Active(t.Context(), principal); err != nil || ok {
		t.Errorf("the identity outlives its account: %v", err)
	}
	w.ok("PUT", accounts+"acct1", minimal)
	if string(w.account("acct1").Keys[0].Value) == string(a.Keys[0].Value) {
		t.Error("a new account has the keys of the old one")
	}
	if list := rows(w.ok("GET", accounts+"acct1/blobServices/default/containers", "")); len(list) != 0 {
		t.Errorf("a new account has the containers of the old one: %v", list)
	}
}

// TestAccountVersions: each api-version shows what it knows.
func TestAccountVersions(t *testing.T) {
	w := newWorld(t)
	old := w.ok("PUT", accounts+"old15?api-version=2015-06-15", `{"location":"chinanorth","properties":{"accountType":"Standard_GRS"}}`)
	if str(old, "properties", "accountType") != "Standard_GRS" || old["sku"] != nil || old["kind"] != nil {
		t.Errorf("2015: %v", old)
	}
	if now := w.ok("GET", accounts+"old15", ""); str(now, "kind") != "Storage" || str(now, "sku", "name") != "Standard_GRS" ||
		at(now, "properties", "accountType") != nil || at(now, "properties", "accessTier") != nil {
		t.Errorf("the same account today: %v", now)
	}
	if w.account("old15").SupportsHTTPSTrafficOnly {
		t.Error("api-versions before 2019-04-01 do not ask for HTTPS")
	}
	w.ok("PUT", accounts+"new24", minimal)
	for version, absent := range map[string]string{
		"2021-01-01": "keyCreationTime", "2019-04-01": "minimumTlsVersion", "2018-11-01": "privateEndpointConnections",
		"2016-12-01": "networkAcls", "2016-05-01": "supportsHttpsTrafficOnly",
	} {
		if v := at(w.ok("GET", accounts+"new24?api-version="+version, ""), "properties", absent); v != nil {
			t.Errorf("%s shows %s: %v", version, absent, v)
		}
	}
	w.fails("GET", accounts+"new24?api-version=2014-01-01", "", fault.Invalid, "NoRegisteredProviderFound", "2014-01-01")
}

// TestAccountChanges: a PATCH and a second PUT change what they name, and the data plane obeys at once.
func TestAccountChanges(t *testing.T) {
	w := newWorld(t)
	w.ok("PUT", accounts+"acct1", minimal)
	keys := w.account("acct1").Keys
	out := w.ok("PATCH", accounts+"acct1", `{"tags":{"x":"y"},"properties":{"allowSharedKeyAccess":false,"allowBlobPublicAccess":true,
		"supportsHttpsTrafficOnly":false,"minimumTlsVersion":"TLS1_2","accessTier":"Cool","publicNetworkAccess":"Disabled",
		"networkAcls":{"defaultAction":"deny","bypass":"Logging, metrics","ipRules":[{"value":"10.1.2.3"},{"value":"10.2.0.0/16","action":"Allow"}]}}}`)
	if str(out, "tags", "x") != "y" || str(out, "properties", "networkAcls", "bypass") != "Logging, Metrics" ||
		str(out, "properties", "networkAcls", "defaultAction") != "Deny" {
		t.Errorf("patched: %v", out)
	}
	a := w.account("acct1")
	if a.AllowSharedKeyAccess || !a.AllowBlobPublicAccess || a.SupportsHTTPSTrafficOnly || a.MinimumTLSVersion != "TLS1_2" ||
		a.AccessTier != "Cool" || !a.Network.PublicDisabled || !a.Network.DenyByDefault || len(a.Network.IP) != 2 ||
		a.Network.IP[1] != netip.MustParsePrefix("10.2.0.0/16") {
		t.Errorf("the data plane has %+v", a)
	}
	if string(a.Keys[0].Value) != string(keys[0].Value) {
		t.Error("a PATCH changes the keys")
	}
	w.ok("PUT", accounts+"acct1", minimal)
	if a = w.account("acct1"); a.AllowSharedKeyAccess || a.AccessTier != "Cool" || string(a.Keys[0].Value) != string(keys[0].Value) {
		t.Errorf("a PUT that leaves settings out changes them: %+v", a)
	}
	w.ok("PATCH", accounts+"acct1", `{"sku":{"name":"Standard_ZRS"}}`)
	if w.account("acct1").SKU != "Standard_ZRS" {
		t.Error("the sku stays")
	}
	w.ok("PUT", accounts+"v1acct", `{"location":"chinanorth","sku":{"name":"Standard_LRS"},"kind":"Storage"}`)
	if up := w.ok("PATCH", accounts+"v1acct", `{"kind":"StorageV2"}`); str(up, "kind") != "StorageV2" || str(up, "properties", "accessTier") != "Hot" {
		t.Errorf("upgraded: %v", up)
	}
}

func TestAccountRefusals(t *testing.T) {
	w := newWorld(t)
	w.ok("PUT", accounts+"acct1", minimal)
	with := func(properties string) string {
		return `{"location":"chinanorth","sku":{"name":"Standard_LRS"},"kind":"StorageV2","properties":{` + properties + `}}`
	}
	for _, name := range []string{"ab", "UPPER", "has-hyphen", "abcdefghijklmnopqrstuvwxy", "ümlaut"} {
		w.fails("PUT", accounts+name, minimal, fault.Invalid, "AccountNameInvalid", "is not a valid storage account name")
	}
	const values = "InvalidValuesForRequestParameters"
	for _, c := range []struct{ body, field string }{
		{`{"location":"chinanorth","kind":"StorageV2"}`, "sku"},
		{`{"location":"chinanorth","sku":{"name":"Standard_XYZ"},"kind":"StorageV2"}`, "sku"},
		{`{"location":"chinanorth","sku":"LRS","kind":"StorageV2"}`, "sku"},
		{`{"location":"chinanorth","sku":{"name":"Standard_LRS"}}`, "kind"},
		{`{"location":"chinanorth","sku":{"name":"Premium_LRS"},"kind":"FileStorage"}`, "kind"},
		{`{"location":"chinanorth","sku":{"name":"Standard_LRS"},"kind":"BlockBlobStorage"}`, "sku"},
		{with(`"allowSharedKeyAccess":"no"`), "allowSharedKeyAccess"},
		{with(`"minimumTlsVersion":"SSL3"`), "minimumTlsVersion"},
		{with(`"accessTier":"Archive"`), "accessTier"},
		{with(`"accessTier":"Premium"`), "accessTier"},
		{with(`"isSftpEnabled":true`), "isSftpEnabled"},
		{with(`"isNfsV3Enabled":true`), "isNfsV3Enabled"},
		{with(`"encryption":{"keySource":"Microsoft.Keyvault"}`), "encryption"},
		{with(`"customDomain":{"name":"www.contoso.com"}`), "customDomain"},
		{with(`"sasPolicy":{"sasExpirationPeriod":"1.00:00:00","expirationAction":"Block"}`), "sasPolicy"},
		{with(`"sasPolicy":{"sasExpirationPeriod":"a day"}`), "sasPolicy"},
		{with(`"keyPolicy":{"keyExpirationPeriodInDays":1.5}`), "keyPolicy"},
		{with(`"networkAcls":{"defaultAction":"Maybe"}`), "networkAcls"},
		{with(`"networkAcls":{"defaultAction":"Deny","resourceAccessRules":[{}]}`), "networkAcls"},
		{with(`"networkAcls":{"defaultAction":"Deny","bypass":"Everything"}`), "networkAcls"},
		{with(`"immutableStorageWithVersioning":{"enabled":1}`), "immutableStorageWithVersioning"},
		{with(`"immutableStorageWithVersioning":{"enabled":true,"immutabilityPolicy":{"immutabilityPeriodSinceCreationInDays":1}}`), "immutableStorageWithVersioning"},
	} {
		w.fails("PUT", accounts+"fresh", c.body, fault.Invalid, values, "invalid: "+c.field+".")
	}
	for _, value := range []string{"x", "1.2.3.4/31", "::1", "1.2.3.0/24/8"} {
		w.fails("PUT", accounts+"fresh", with(`"networkAcls":{"defaultAction":"Deny","ipRules":[{"value":"`+value+`"}]}`),
			fault.Invalid, "NetworkAclsValidationFailure", value)
	}
	w.fails("PUT", accounts+"fresh", with(`"networkAcls":{"defaultAction":"Deny","virtualNetworkRules":[{"id":"/subnet/x"}]}`),
		fault.Invalid, "NetworkAclsValidationFailure", "/subnet/x")
	for body, property := range map[string]string{
		`{"sku":{"name":"Premium_LRS"}}`:                                     "sku",
		`{"kind":"Storage"}`:                                                 "kind",
		`{"properties":{"isHnsEnabled":true}}`:                               "isHnsEnabled",
		`{"properties":{"immutableStorageWithVersioning":{"enabled":true}}}`: "immutableStorageWithVersioning",
		`{"kind":"BlockBlobStorage","sku":null}`:                             "",
	} {
		if property == "" {
			w.fails("PATCH", accounts+"acct1", body, fault.Invalid, values, "")
			continue
		}
		w.fails("PATCH", accounts+"acct1", body, fault.Conflict, "AccountPropertyCannotBeUpdated", property)
	}
	if _, ok, err := w.blobs.Account(t.Context(), "fresh"); ok || err != nil {
		t.Errorf("a refused account is in the data plane: %v", err)
	}
	w.fails("GET", accounts+"absent", "", fault.NotFound, "ResourceNotFound", "absent")
	w.fails("POST", accounts+"absent/listKeys", "", fault.NotFound, "ResourceNotFound", "absent")
}

// TestNames: a name is unique in the whole cloud.
func TestNames(t *testing.T) {
	w := newWorld(t)
	w.ok("PUT", accounts+"acct1", minimal)
	other := "/subscriptions/" + subscription + "/resourceGroups/other"
	w.ok("PUT", other+"?api-version=2021-04-01", `{"location":"chinanorth"}`)
	elsewhere := other + "/providers/Microsoft.Storage/storageAccounts/acct1"
	w.fails("PUT", elsewhere, minimal, fault.Conflict, "StorageAccountInAnotherResourceGroup", "acct1")
	w.fails("POST", elsewhere+"/listKeys", "", fault.NotFound, "ResourceNotFound", "acct1")
	w.fails("GET", elsewhere+"/blobServices/default", "", fault.NotFound, "ParentResourceNotFound", "acct1")
	w.fails("GET", elsewhere+"/blobServices/default/containers", "", fault.NotFound, "ResourceNotFound", "acct1")
	const check = "/subscriptions/" + subscription + "/providers/Microsoft.Storage/checkNameAvailability"
	body := func(name string) string {
		return fmt.Sprintf(`{"name":%q,"type":"Microsoft.Storage/storageAccounts"}`, name)
	}
	for name, want := range map[string]string{"acct1": "AlreadyExists", "NO": "AccountNameInvalid", "acct2": ""} {
		out := w.ok("POST", check, body(name))
		if out["nameAvailable"] != (want == "") || str(out, "reason") != want {
			t.Errorf("%s: %v", name, out)
		}
	}
	w.fails("POST", check, `{"name":"acct2","type":"x"}`, fault.Invalid, "InvalidValuesForRequestParameters", "type")
	if _, _, err := w.as("reader", "POST", check, body("acct2")); err != nil {
		t.Errorf("a Reader may ask for names: %v", err)
	}
	if _, _, err := w.as("nobody", "POST", check, body("acct2")); !fault.Is(err, fault.Denied) {
		t.Errorf("nobody may ask for names: %v", err)
	}
}

func TestSKUsAndUsages(t *testing.T) {
	w := newWorld(t)
	w.ok("PUT", accounts+"acct1", minimal)
	const base = "/subscriptions/" + subscription + "/providers/Microsoft.Storage/"
	if list := rows(w.ok("GET", base+"skus", "")); len(list) == 0 || str(list[0], "resourceType") != "storageAccounts" {
		t.Errorf("skus: %v", list)
	}
	for path, want := range map[string]float64{"usages": 1, "locations/chinanorth/usages": 1, "locations/chinaeast/usages": 0} {
		if list := rows(w.ok("GET", base+path, "")); len(list) != 1 || at(list[0], "currentValue") != want {
			t.Errorf("%s: %v", path, list)
		}
	}
}

// TestRights: each role does what Azure's does, and nothing more.
func TestRights(t *testing.T) {
	w := newWorld(t)
	w.ok("PUT", accounts+"acct1", minimal)
	w.ok("PUT", accounts+"acct1/blobServices/default/containers/cont", "{}")
	sas := `{"canonicalizedResource":"/blob/acct1/cont","signedResource":"c","signedPermission":"r","signedExpiry":"2027-01-01T00:00:00Z"}`
	all := `{"signedServices":"b","signedResourceTypes":"o","signedPermission":"r","signedExpiry":"2027-01-01T00:00:00Z"}`
	for _, c := range []struct {
		method, path, body, may string
	}{
		{"GET", "", "", "owner contributor reader storage readerAndData"},
		{"PATCH", "", `{"tags":{}}`, "owner contributor storage"},
		{"POST", "/listKeys", "", "owner contributor storage readerAndData keyOperator"},
		{"POST", "/regenerateKey", `{"keyName":"key1"}`, "owner contributor storage keyOperator"},
		{"POST", "/listServiceSas/", sas, "owner contributor storage"},
		{"POST", "/ListAccountSas", all, "owner contributor storage readerAndData"},
		{"POST", "/revokeUserDelegationKeys", "", "owner contributor storage"},
		{"GET", "/blobServices/default", "", "owner contributor reader storage"},
		{"PUT", "/blobServices/default", `{"properties":{}}`, "owner contributor storage"},
		{"GET", "/blobServices/default/containers/cont", "", "owner contributor reader storage blobData blobDataReader"},
		{"GET", "/blobServices/default/containers", "", "owner contributor reader storage blobData blobDataReader"},
		{"PATCH", "/blobServices/default/containers/cont", `{"properties":{}}`, "owner contributor storage blobData"},
		{"POST", "/blobServices/default/containers/cont/setLegalHold", `{"tags":["abc"]}`, "owner contributor storage"},
		{"POST", "/blobServices/default/containers/cont/clearLegalHold", `{"tags":["abc"]}`, "owner contributor storage"},
	} {
		for who := range people() {
			_, out, err := w.as(who, c.method, accounts+"acct1"+c.path, c.body)
			may := contains(c.may, who)
			if may && err != nil || !may && !fault.Is(err, fault.Denied) {
				t.Errorf("%s %s%s: %v %v, may %v", who, c.method, c.path, out, err, may)
			}
		}
	}
	for who := range people() {
		_, _, err := w.as(who, "DELETE", accounts+"acct1/blobServices/default/containers/none", "")
		if may := contains("owner contributor storage blobData", who); may != (err == nil) || !may && !fault.Is(err, fault.Denied) {
			t.Errorf("%s deletes a container: %v", who, err)
		}
	}
}

func contains(list, name string) bool {
	for start := 0; start < len(list); {
		end := start
		for end < len(list) && list[end] != ' ' {
			end++
		}
		if list[start:end] == name {
			return true
		}
		start = end + 1
	}
	return false
}
