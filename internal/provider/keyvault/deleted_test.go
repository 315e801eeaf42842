package keyvault_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/caller"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/vault"
)

func TestDeleteAndRecover(t *testing.T) {
	w := newWorld(t)
	w.as(owner, "PUT", vaults+"kv1", version, definition(`"enableRbacAuthorization":true`, `"softDeleteRetentionInDays":7`)).ok(201)
	w.as(owner, "PATCH", vaults+"kv1", version, `{"tags":{"a":"b"}}`).ok(200)
	w.as(owner, "PUT", vaults+"kv1/secrets/s", version, `{"properties":{"value":"v"}}`).ok(201)
	w.as(owner, "DELETE", vaults+"kv1", version, "").ok(200)
	w.as(owner, "DELETE", vaults+"kv1", version, "").ok(204)
	w.as(owner, "GET", vaults+"kv1", version, "").refused(fault.NotFound, "ResourceNotFound", "")
	gone := map[string]any{
		"id": deleted + "kv1", "name": "kv1", "type": "Microsoft.KeyVault/deletedVaults", "properties.vaultId": vaults + "kv1",
		"properties.location": "eastus", "properties.deletionDate": "2026-11-23T12:00:00Z",
		"properties.scheduledPurgeDate": "2026-11-30T12:00:00Z", "properties.tags.a": "b",
	}
	w.as(reader, "GET", sub+"/providers/Microsoft.KeyVault/locations/East US/deletedVaults/KV1", version, "").ok(200).want(gone)
	w.as(reader, "GET", sub+"/providers/Microsoft.KeyVault/deletedVaults", version, "").ok(200).want(map[string]any{"value.0.id": deleted + "kv1"})
	if n := w.as(owner, "GET", second+"/providers/Microsoft.KeyVault/deletedVaults", version, "").ok(200).len("value"); n != 0 {
		t.Errorf("another subscription has %d", n)
	}
	w.as(nobody, "GET", deleted+"kv1", version, "").refused(fault.Denied, "AuthorizationFailed", "")
	for _, path := range []string{deleted + "kv2", strings.Replace(deleted, "eastus", "westus", 1) + "kv1", strings.Replace(deleted, sub, second, 1) + "kv1"} {
		w.as(owner, "GET", path, version, "").refused(fault.NotFound, "DeletedVaultNotFound", "The specified deleted vault 'kv")
	}
	w.as(owner, "PUT", vaults+"kv1", version, definition()).refused(fault.Exists, "ConflictError",
		"A vault with the same name already exists in deleted state. You need to either recover or purge existing key vault.")
	w.as(owner, "PUT", sub+"/resourceGroups/rg2/providers/Microsoft.KeyVault/vaults/kv1", version, definition(`"createMode":"recover"`)).
		refused(fault.Conflict, "ConflictError", "can be recovered only in the subscription, resource group and location that it was in")
	w.as(owner, "PUT", vaults+"kv2", version, definition(`"createMode":"recover"`)).refused(fault.NotFound, "DeletedVaultNotFound", "'kv2'")
	w.as(owner, "PUT", vaults+"kv1", version, `{"location":"eastus","properties":{"createMode":"Recover"}}`).ok(201).want(map[string]any{
		"id": vaults + "kv1", "tags.a": "b", "properties.enableRbacAuthorization": true, "properties.softDeleteRetentionInDays": 7,
		"properties.createMode": nil,
	})
	s, err := w.vaults.GetSecret(t.Context(), vault.Access{Vault: "kv1", Management: true, Caller: caller.Caller{}}, "s", "")
	w.check(err)
	if s.Value != "v" {
		t.Errorf("the secret of the recovered vault is %+v", s)
	}
	w.as(owner, "GET", deleted+"kv1", version, "").refused(fault.NotFound, "DeletedVaultNotFound", "")
	w.as(owner, "PUT", vaults+"kv1", version, definition(`"createMode":"recover"`)).ok(200) // it is there: no more than a PUT
}

func TestPurge(t *testing.T) {
	w := newWorld(t)
	w.as(owner, "PUT", vaults+"kv1", version, definition()).ok(201)
	w.as(owner, "PUT", vaults+"kv1/secrets/s", version, `{"properties":{"value":"v"}}`).ok(201)
	w.as(owner, "POST", deleted+"kv1/purge", version, "").refused(fault.NotFound, "DeletedVaultNotFound", "")
	w.as(owner, "DELETE", vaults+"kv1", version, "").ok(200)
	w.as(reader, "POST", deleted+"kv1/purge", version, "").refused(fault.Denied, "AuthorizationFailed", "Microsoft.KeyVault/locations/deletedVaults/purge/action")
	w.as(owner, "POST", deleted+"kv1/purge", version, "").ok(202)
	if hsms := w.as(owner, "GET", sub+"/providers/Microsoft.KeyVault/deletedManagedHSMs", version, "").ok(200).body["value"]; len(hsms.([]any)) != 0 {
		t.Errorf("deleted HSMs: %v", hsms)
	}
	w.as(owner, "GET", deleted+"kv1", version, "").refused(fault.NotFound, "DeletedVaultNotFound", "")
	w.as(owner, "PUT", vaults+"kv1", version, definition()).ok(201)
	w.as(owner, "GET", vaults+"kv1/secrets/s", version, "").refused(fault.NotFound, "SecretNotFound", "'s'")

	w.as(owner, "PUT", vaults+"kv2", version, definition(`"enablePurgeProtection":true`, `"softDeleteRetentionInDays":7`)).ok(201)
	w.as(owner, "DELETE", vaults+"kv2", version, "").ok(200)
	w.as(owner, "GET", deleted+"kv2", version, "").ok(200).want(map[string]any{"properties.purgeProtectionEnabled": true})
	w.as(owner, "POST", deleted+"kv2/purge", version, "").refused(fault.Unsupported, "MethodNotAllowed", "Operation 'DeletedVaultPurge' is not allowed.")
	w.clock.Advance(7 * 24 * time.Hour)
	w.as(owner, "GET", deleted+"kv2", version, "").refused(fault.NotFound, "DeletedVaultNotFound", "")
	w.as(owner, "PUT", vaults+"kv2", version, definition()).ok(201)
}

// A group's deletion leaves its vaults recoverable, as Azure does.
func TestGroupDeleted(t *testing.T) {
	w := newWorld(t)
	w.as(owner, "PUT", vaults+"kv1", version, definition()).ok(201)
	w.as(owner, "DELETE", rg, "2021-04-01", "").ok(202)
	w.as(owner, "GET", deleted+"kv1", version, "").ok(200)
	if _, ok, err := w.vaults.Vault(t.Context(), "kv1"); ok || err != nil {
		t.Error("the data plane still has it", err)
	}
}

func TestSecretsByResourceManager(t *testing.T) {
	w := newWorld(t)
	w.as(owner, "PUT", vaults+"kv1", version, definition(`"networkAcls":{"defaultAction":"Deny"}`)).ok(201)
	const path = vaults + "kv1/secrets/"
	body := `{"tags":{"a":"b"},"properties":{"value":"planted","contentType":"t","attributes":{"enabled":false,"nbf":1,"exp":2}}}`
	made := w.as(owner, "PUT", path+"One", version, body).ok(201)
	made.want(map[string]any{
		"id": path + "One", "name": "One", "type": "Microsoft.KeyVault/vaults/secrets", "location": "eastus", "tags.a": "b",
		"properties.contentType": "t", "properties.attributes.enabled": false, "properties.attributes.nbf": 1,
		"properties.attributes.exp": 2, "properties.secretUri": "https://kv1.vault.azure.net/secrets/One", "properties.value": nil,
	})
	w.as(owner, "PUT", path+"one", version, body).ok(200)
	w.as(reader, "GET", path+"one", version, "").ok(200).want(map[string]any{"properties.value": nil, "name": "One"})
	w.as(reader, "PUT", path+"one", version, body).refused(fault.Denied, "AuthorizationFailed", "Microsoft.KeyVault/vaults/secrets/write")
	w.as(nobody, "GET", path+"one", version, "").refused(fault.Denied, "AuthorizationFailed", "Microsoft.KeyVault/vaults/secrets/read")
	before := w.as(owner, "GET", path+"one", version, "").ok(200).at("properties.secretUriWithVersion")
	w.as(owner, "PATCH", path+"one", version, `{"properties":{"attributes":{"enabled":true}}}`).ok(200).
		want(map[string]any{"properties.attributes.enabled": true, "properties.attributes.exp": 2, "properties.secretUriWithVersion": before, "tags.a": "b"})
	after := w.as(owner, "PATCH", path+"one", version, `{"tags":{},"properties":{"value":"new"}}`).ok(200)
	if after.at("properties.secretUriWithVersion") == before || after.at("tags.a") != nil || after.at("properties.contentType") != "t" {
		t.Errorf("a new value: %s", after.text)
	}
	w.as(owner, "PUT", path+"one", version, `{"properties":{}}`).refused(fault.Invalid, "BadRequest", "'value' is not specified")
	w.as(owner, "PUT", path+"one", version, `{"properties":{"value":5}}`).refused(fault.Invalid, "BadRequest", "invalid value")
	w.as(owner, "PUT", path+"a_b", version, body).refused(fault.Invalid, "BadParameter", "invalid name: a_b")
	w.as(owner, "GET", path+"none", version, "").refused(fault.NotFound, "SecretNotFound", "'none'")
	w.as(owner, "GET", vaults+"none/secrets/one", version, "").refused(fault.NotFound, "ParentResourceNotFound", "none")
	w.as(owner, "DELETE", path+"one", version, "").refused(fault.Unsupported, "MethodNotAllowed", "")
	for i := range 5 {
		w.as(owner, "PUT", path+fmt.Sprintf("s%d", i), version, `{"properties":{"value":"planted"}}`).ok(201)
	}
	next, names := vaults+"kv1/secrets?$top=2", []string{}
	for next != "" {
		page := w.as(reader, "GET", next, version, "").ok(200)
		if strings.Contains(page.text, "planted") || page.len("value") > 2 || len(names) > 6 {
			t.Fatalf("%s", page.text)
		}
		for i := range page.len("value") {
			names = append(names, page.at(fmt.Sprintf("value.%d.name", i)).(string))
		}
		link, _ := page.at("nextLink").(string)
		next = strings.TrimPrefix(link, "https://management.azure.com")
	}
	if strings.Join(names, " ") != "One s0 s1 s2 s3 s4" {
		t.Errorf("listed %v", names)
	}
	w.as(owner, "GET", vaults+"kv1/secrets?$top=0", version, "").refused(fault.Invalid, "BadRequest", "$top")
	w.as(owner, "GET", vaults+"kv1/secrets?$skiptoken=!", version, "").refused(fault.Invalid, "BadRequest", "$skiptoken")
	w.as(nobody, "GET", vaults+"kv1/secrets", version, "").refused(fault.Denied, "AuthorizationFailed", "")
}

func TestKeysByResourceManager(t *testing.T) {
	w := newWorld(t)
	w.as(owner, "PUT", vaults+"kv1", version, definition()).ok(201)
	const path = vaults + "kv1/keys/"
	made := w.as(owner, "PUT", path+"K", version, `{"tags":{"a":"b"},"properties":{"kty":"EC","curveName":"P-384","keyOps":["sign"],"attributes":{"exp":2000000000}}}`).ok(200)
	want := map[string]any{
		"id": path + "K", "name": "K", "type": "Microsoft.KeyVault/vaults/keys", "location": "eastus", "tags.a": "b", "properties.kty": "EC",
		"properties.curveName": "P-384", "properties.keyOps.0": "sign", "properties.attributes.enabled": true, "properties.attributes.exp": 2000000000,
		"properties.keyUri": "https://kv1.vault.azure.net/keys/K", "properties.keyUriWithVersion": made.at("properties.keyUriWithVersion"),
	}
	made.want(want)
	// A second PUT changes nothing.
	w.as(owner, "PUT", path+"k", version, `{"properties":{"kty":"RSA"}}`).ok(200).want(want)
	w.as(reader, "GET", path+"k", version, "").ok(200).want(want)
	id, _ := made.at("properties.keyUriWithVersion").(string)
	id = id[strings.LastIndex(id, "/")+1:]
	w.as(reader, "GET", path+"K/versions/"+id, version, "").ok(200).want(map[string]any{"id": path + "K/versions/" + id, "name": id})
	w.as(reader, "GET", path+"K/versions", version, "").ok(200).want(map[string]any{"value.0.name": id, "value.1": nil})
	w.as(reader, "GET", vaults+"kv1/keys", version, "").ok(200).want(map[string]any{"value.0.name": "K", "value.1": nil})
	w.as(owner, "PUT", path+"r", version, `{"properties":{"kty":"RSA"}}`).ok(200).want(map[string]any{"properties.keySize": 2048})
	w.as(owner, "PUT", path+"x", version, `{"properties":{"kty":"DSA"}}`).refused(fault.Invalid, "", "kty")
	w.as(owner, "PUT", path+"x", version, `{"properties":{"kty":"EC","rotationPolicy":{"attributes":{}}}}`).refused(fault.Invalid, "BadRequest", "rotation policy")
	w.as(owner, "PUT", path+"x", version, `{"properties":5}`).refused(fault.Invalid, "BadRequest", "invalid value")
	w.as(owner, "GET", path+"none", version, "").refused(fault.NotFound, "KeyNotFound", "none")
	w.as(owner, "GET", vaults+"none/keys/k", version, "").refused(fault.NotFound, "ParentResourceNotFound", "none")
	w.as(reader, "PUT", path+"y", version, `{"properties":{"kty":"EC"}}`).refused(fault.Denied, "AuthorizationFailed", "Microsoft.KeyVault/vaults/keys/write")
	w.as(nobody, "GET", path+"K/versions", version, "").refused(fault.Denied, "AuthorizationFailed", "")
}
