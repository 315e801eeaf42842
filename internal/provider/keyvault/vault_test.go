package keyvault_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

func TestCreateVault(t *testing.T) {
	w := newWorld(t)
	created := w.as(owner, "PUT", vaults+"Kv-1", version, `{"location":"East US","tags":{"a":"b"},"properties":{
		"tenantId":"`+tenant+`","sku":{"family":"A","name":"Premium"},"enabledForDeployment":true,"enablePurgeProtection":true,
		"softDeleteRetentionInDays":7,"createMode":"default","provisioningState":"Fake","vaultUri":"https://evil.example",
		"accessPolicies":[{"tenantId":"`+tenant+`","objectId":"`+reader+`","permissions":{"secrets":["Get","list"],"keys":[]}}]}}`).ok(201)
	want := map[string]any{
		"id": vaults + "Kv-1", "name": "Kv-1", "type": "Microsoft.KeyVault/vaults", "location": "eastus", "tags.a": "b",
		"properties.sku.family": "A", "properties.sku.name": "premium", "properties.tenantId": tenant,
		"properties.vaultUri": "https://kv-1.vault.azure.net/", "properties.provisioningState": "Succeeded",
		"properties.enableSoftDelete": true, "properties.softDeleteRetentionInDays": 7, "properties.enableRbacAuthorization": false,
		"properties.enabledForDeployment": true, "properties.enabledForTemplateDeployment": false,
		"properties.enablePurgeProtection": true, "properties.publicNetworkAccess": "Enabled", "properties.createMode": nil,
		"properties.accessPolicies.0.objectId": reader, "properties.accessPolicies.0.permissions.secrets.0": "Get",
	}
	created.want(want)
	w.as(reader, "GET", vaults+"kv-1", version, "").ok(200).want(want)
	w.as(owner, "GET", rg+"/providers/Microsoft.KeyVault/vaults", version, "").ok(200).want(map[string]any{"value.0.name": "Kv-1"})
	w.as(owner, "GET", sub+"/providers/Microsoft.KeyVault/vaults", version, "").ok(200).want(map[string]any{"value.0.name": "Kv-1"})
	w.as(owner, "GET", sub+"/resources?$filter=resourceType eq 'Microsoft.KeyVault/vaults'", "2015-11-01", "").ok(200).
		want(map[string]any{"value.0.name": "Kv-1"})
	old := w.as(owner, "GET", vaults+"kv-1", "2015-06-01", "").ok(200)
	old.want(map[string]any{
		"properties.enableRbacAuthorization": nil, "properties.networkAcls": nil, "properties.publicNetworkAccess": nil,
		"properties.softDeleteRetentionInDays": nil, "properties.vaultUri": "https://kv-1.vault.azure.net/",
	})
	w.as(nobody, "GET", vaults+"kv-1", version, "").refused(fault.Denied, "AuthorizationFailed", "")
	w.as(reader, "PUT", vaults+"kv-1", version, definition()).refused(fault.Denied, "AuthorizationFailed", "")
	w.as(reader, "DELETE", vaults+"kv-1", version, "").refused(fault.Denied, "AuthorizationFailed", "")
}

func TestBadVaults(t *testing.T) {
	w := newWorld(t)
	for _, name := range []string{"kv", "1kv", "kv-", "a--b", "a_b", strings.Repeat("a", 25), "kvé"} {
		w.as(owner, "PUT", vaults+name, version, definition()).refused(fault.Invalid, "VaultNameNotValid", "The vault name '"+name+"' is invalid.")
	}
	many := strings.Repeat(`{"tenantId":"`+tenant+`","objectId":"`+reader+`","permissions":{}},`, 1025)
	for _, c := range []struct{ body, message string }{
		{`{"location":"eastus"}`, "'tenantId' is not specified"},
		{`{"location":"eastus","properties":{"tenantId":"` + tenant + `"}}`, "'sku' is not specified"},
		{`{"location":"eastus","properties":{"tenantId":"` + tenant + `","sku":{"family":"A","name":"standard"}}}`, "'accessPolicies' is not specified"},
		{definition(`"tenantId":"x"`), "invalid value was provided for 'tenantId'"},
		{definition(`"tenantId":"` + nobody + `"`), "is not that of the subscription's directory"},
		{definition(`"sku":{"family":"B","name":"standard"}`), "'sku'"},
		{definition(`"sku":{"family":"A","name":"gold"}`), "'sku'"},
		{definition(`"sku":"standard"`), "'sku'"},
		{definition(`"enableSoftDelete":false`), `"enableSoftDelete" can be set to false only`},
		{definition(`"enablePurgeProtection":false`), `"enablePurgeProtection" cannot be set to false`},
		{definition(`"softDeleteRetentionInDays":6`), "'softDeleteRetentionInDays'"},
		{definition(`"softDeleteRetentionInDays":91`), "'softDeleteRetentionInDays'"},
		{definition(`"softDeleteRetentionInDays":"x"`), "'softDeleteRetentionInDays'"},
		{definition(`"createMode":"copy"`), "'createMode'"},
		{definition(`"publicNetworkAccess":"Maybe"`), "'publicNetworkAccess'"},
		{definition(`"networkAcls":{"bypass":"All"}`), "'networkAcls.bypass'"},
		{definition(`"networkAcls":{"defaultAction":"Maybe"}`), "'networkAcls.defaultAction'"},
		{definition(`"networkAcls":{"ipRules":[{"value":"1.2.3"}]}`), "'networkAcls.ipRules'"},
		{definition(`"networkAcls":{"virtualNetworkRules":[{"id":"/x"}]}`), "'networkAcls.virtualNetworkRules'"},
		{definition(`"accessPolicies":[{"tenantId":"` + tenant + `","objectId":"x","permissions":{}}]`), "'accessPolicies.objectId'"},
		{definition(`"accessPolicies":[{"tenantId":"` + nobody + `","objectId":"` + reader + `","permissions":{}}]`), "'accessPolicies.tenantId'"},
		{definition(`"accessPolicies":[{"tenantId":"` + tenant + `","objectId":"` + reader + `","applicationId":"x","permissions":{}}]`), "'accessPolicies.applicationId'"},
		{definition(`"accessPolicies":[{"tenantId":"` + tenant + `","objectId":"` + reader + `","permissions":{"secrets":["sign"]}}]`), "'sign' is not a permission of secrets"},
		{definition(`"accessPolicies":[` + strings.TrimSuffix(many, ",") + `]`), "at most 1024 access policies"},
		{definition(`"accessPolicies":5`), "'accessPolicies'"},
	} {
		w.as(owner, "PUT", vaults+"kv1", version, c.body).refused(fault.Invalid, "BadRequest", c.message)
	}
	w.as(owner, "GET", vaults+"kv1", version, "").refused(fault.NotFound, "ResourceNotFound", "")
	w.as(owner, "PUT", vaults+"kv1", "2014-01-01", definition()).refused(fault.Invalid, "NoRegisteredProviderFound", "vaults")
}

func TestChangeVault(t *testing.T) {
	w := newWorld(t)
	w.as(owner, "PUT", vaults+"kv1", version, definition(`"softDeleteRetentionInDays":10`)).ok(201)
	w.as(owner, "PATCH", vaults+"kv1", version, `{"tags":{"x":"y"},"properties":{"enableRbacAuthorization":true,
		"networkAcls":{"defaultAction":"deny","bypass":"none","ipRules":[{"value":"10.1.2.3"},{"value":"10.9.0.0/16"}]}}}`).ok(200).
		want(map[string]any{
			"properties.enableRbacAuthorization": true, "properties.networkAcls.defaultAction": "Deny", "properties.networkAcls.bypass": "None",
			"properties.networkAcls.ipRules.0.value": "10.1.2.3/32", "properties.softDeleteRetentionInDays": 10, "tags.x": "y",
		})
	v, ok, err := w.vaults.Vault(t.Context(), "kv1")
	w.check(err)
	if !ok || !v.EnableRBAC || v.Network == nil || v.Network.DefaultAction != "Deny" || v.Tags["x"] != "y" || v.Geography != "US" {
		t.Errorf("the data plane has %+v", v)
	}
	// A PUT that does not say otherwise keeps how the vault is decided, and what cannot be taken back.
	w.as(owner, "PUT", vaults+"kv1", version, definition(`"enablePurgeProtection":true`)).ok(200).want(map[string]any{
		"properties.enableRbacAuthorization": true, "properties.softDeleteRetentionInDays": 10, "properties.enablePurgeProtection": true,
	})
	w.as(owner, "PATCH", vaults+"kv1", version, `{"properties":{"softDeleteRetentionInDays":20}}`).
		refused(fault.Invalid, "BadRequest", "has been set already and it can't be modified")
	w.as(owner, "PATCH", vaults+"kv1", version, `{"properties":{"enablePurgeProtection":false}}`).refused(fault.Invalid, "BadRequest", "irreversible")
	w.as(owner, "PATCH", vaults+"kv1", version, `{"properties":{"enableRbacAuthorization":false}}`).ok(200).
		want(map[string]any{"properties.enableRbacAuthorization": false, "properties.enablePurgeProtection": true})
	w.as(owner, "PATCH", vaults+"none", version, `{}`).refused(fault.NotFound, "ResourceNotFound", "")
	w.as(owner, "PUT", vaults+"kv1", version, strings.Replace(definition(), "East US", "westus", 1)).refused(fault.Conflict, "InvalidResourceLocation", "")
}

func TestDefaultAuthorization(t *testing.T) {
	w := newWorld(t)
	body := `{"location":"eastus","properties":{"tenantId":"` + tenant + `","sku":{"family":"A","name":"standard"}}}`
	w.as(owner, "PUT", vaults+"new1", "2026-02-01", body).ok(201).want(map[string]any{"properties.enableRbacAuthorization": true})
	w.as(owner, "PUT", vaults+"old1", version, definition()).ok(201).want(map[string]any{"properties.enableRbacAuthorization": false})
}

func TestNamesAreUnique(t *testing.T) {
	w := newWorld(t)
	check := func(who, name, typ string) outcome {
		return w.as(who, "POST", sub+"/providers/Microsoft.KeyVault/checkNameAvailability", version, `{"name":"`+name+`","type":"`+typ+`"}`)
	}
	const typ = "Microsoft.KeyVault/vaults"
	check(owner, "kv1", typ).ok(200).want(map[string]any{"nameAvailable": true, "reason": nil})
	w.as(owner, "PUT", vaults+"kv1", version, definition()).ok(201)
	check(reader, "KV1", typ).ok(200).want(map[string]any{"nameAvailable": false, "reason": "AlreadyExists"})
	check(owner, "1", typ).ok(200).want(map[string]any{"nameAvailable": false, "reason": "AccountNameInvalid"})
	check(owner, "kv1", "Microsoft.Storage/storageAccounts").refused(fault.Invalid, "BadRequest", "Microsoft.KeyVault/vaults")
	check(nobody, "kv1", typ).refused(fault.Denied, "AuthorizationFailed", "Microsoft.KeyVault/checkNameAvailability/read")
	for _, elsewhere := range []string{sub + "/resourceGroups/rg2", second + "/resourceGroups/rg"} {
		w.as(owner, "PUT", elsewhere+"/providers/Microsoft.KeyVault/vaults/KV1", version, definition()).
			refused(fault.Exists, "VaultAlreadyExists", "The vault name 'KV1' is already in use.")
	}
	w.as(owner, "DELETE", vaults+"kv1", version, "").ok(200)
	check(owner, "kv1", typ).ok(200).want(map[string]any{"nameAvailable": false, "reason": "AlreadyExists"})
	w.as(owner, "PUT", second+"/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/kv1", version, definition()).
		refused(fault.Exists, "ConflictError", "already exists in deleted state")
}

func TestAccessPolicies(t *testing.T) {
	w := newWorld(t)
	w.as(owner, "PUT", vaults+"kv1", version, definition()).ok(201)
	change := func(who, kind, secrets, keys string) outcome {
		return w.as(who, "PUT", vaults+"kv1/accessPolicies/"+kind, version, fmt.Sprintf(`{"properties":{"accessPolicies":[
			{"tenantId":"%s","objectId":"%s","permissions":{"secrets":[%s],"keys":[%s]}}]}}`, tenant, reader, secrets, keys))
	}
	permissions := func() string {
		o := w.as(owner, "GET", vaults+"kv1", version, "").ok(200)
		if o.len("properties.accessPolicies") == 0 {
			return "none"
		}
		return fmt.Sprint(o.len("properties.accessPolicies"), o.at("properties.accessPolicies.0.permissions.secrets"), o.at("properties.accessPolicies.0.permissions.keys"))
	}
	expect := func(want string) {
		t.Helper()
		if got := permissions(); got != want {
			t.Errorf("permissions are %s, want %s", got, want)
		}
	}
	change(owner, "add", `"get","list"`, `"sign"`).ok(200).want(map[string]any{
		"type": "Microsoft.KeyVault/vaults/accessPolicies", "id": vaults + "kv1/accessPolicies/",
		"properties.accessPolicies.0.objectId": reader, "properties.accessPolicies.0.permissions.secrets.1": "list",
	})
	expect("1 [get list] [sign]")
	change(owner, "Add", `"Get","set"`, ``).ok(200)
	expect("1 [get list set] [sign]")
	change(owner, "remove", `"LIST"`, ``).ok(200)
	expect("1 [get set] [sign]")
	change(owner, "replace", `"backup"`, ``).ok(200)
	expect("1 [backup] []")
	change(owner, "remove", `"backup"`, ``).ok(200)
	expect("none")
	change(owner, "append", `"get"`, ``).refused(fault.Invalid, "BadRequest", "'append' is not one of")
	change(owner, "add", `"sing"`, ``).refused(fault.Invalid, "BadRequest", "'sing' is not a permission of secrets")
	change(reader, "add", `"get"`, ``).refused(fault.Denied, "AuthorizationFailed", "Microsoft.KeyVault/vaults/accessPolicies/write")
	w.as(owner, "PUT", vaults+"kv1/accessPolicies/add", version, `{}`).refused(fault.Invalid, "BadRequest", "'accessPolicies' is not specified")
	w.as(owner, "PUT", vaults+"none/accessPolicies/add", version, `{"properties":{"accessPolicies":[]}}`).refused(fault.NotFound, "ParentResourceNotFound", "none")
	expect("none")
}
