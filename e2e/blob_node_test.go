package e2e

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"
)

// storage is a storage account as Resource Manager made it.
type storage struct {
	*instance
	manager, token string // of Resource Manager
	id, endpoint   string
	key            string // key1
}

// account has Resource Manager make a group, an account in it, and whatever else is in more: paths below the account
// with their bodies.
func (i *instance) account(t *testing.T, name, body string, more ...string) *storage {
	t.Helper()
	s := &storage{instance: i, manager: "https://" + clouds[i.cloud].resourceManager}
	s.token = i.ownerToken(t, s.manager)
	group := "/subscriptions/" + i.SubscriptionID + "/resourceGroups/blobs"
	s.arm(t, http.MethodPut, group, "2021-04-01", `{"location":"`+i.location+`"}`)
	s.id = group + "/providers/Microsoft.Storage/storageAccounts/" + name
	s.arm(t, http.MethodPut, s.id, "2023-05-01", strings.Replace(body, "{", `{"location":"`+i.location+`",`, 1))
	made := s.arm(t, http.MethodGet, s.id, "2023-05-01", "")
	s.endpoint = at(made, "properties", "primaryEndpoints", "blob")
	for n := 0; n+1 < len(more); n += 2 {
		s.arm(t, http.MethodPut, s.id+more[n], "2023-05-01", more[n+1])
	}
	keys := s.arm(t, http.MethodPost, s.id+"/listKeys", "2023-05-01", "")["keys"].([]any)
	s.key = at(keys[0], "value")
	if s.endpoint == "" || s.key == "" {
		t.Fatalf("made: %v", made)
	}
	return s
}

// arm sends a request to Resource Manager, which has to succeed, and waits for the end of what it began.
func (s *storage) arm(t *testing.T, method, path, version, body string) map[string]any {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, s.manager+path+"?api-version="+version, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+s.token)
	req.Header.Set("Content-Type", "application/json")
	r := send(t, s.http(t), req)
	if r.status >= 300 {
		t.Fatalf("%s %s: %d %s", method, path, r.status, r.body)
	}
	if r.body == "" {
		return nil
	}
	return object(t, r.body)
}

const everything = `{"kind":"StorageV2","sku":{"name":"Standard_RAGRS"},"properties":{"allowBlobPublicAccess":true,"accessTier":"Hot"}}`

// TestBlobsWithNode drives every group of operations with the SDK for JavaScript: as a machine's identity, refused before
// it has its role; by the account's key; and by a signature of it.
func TestBlobsWithNode(t *testing.T) {
	node := program(t, "node")
	program(t, "npm")
	needNamespaces(t)
	dir, err := installed()
	if err != nil {
		missing(t, "the Azure SDK for JavaScript ("+err.Error()+")")
	}
	i := start(t, "AzureUSGovernment")
	s := i.account(t, "nodestore", everything,
		"/blobServices/default", `{"properties":{"isVersioningEnabled":true,"containerDeleteRetentionPolicy":{"enabled":true,"days":2}}}`,
		"/encryptionScopes/scope1", `{"properties":{"source":"Microsoft.Storage"}}`,
		"/encryptionScopes/scope2", `{"properties":{"source":"Microsoft.Storage"}}`,
		"/blobServices/default/containers/immutable", `{"properties":{"immutableStorageWithVersioning":{"enabled":true}}}`)
	vm := i.owner(t, "vm-create", "blobs", "web", i.location, "SystemAssigned")
	run := func(where place, args ...string) result {
		t.Helper()
		return i.run(t, i.program(where, append([]string{node, filepath.Join(dir, "blobs.mjs"), s.endpoint}, args...)...))
	}
	passed := func(r result) {
		t.Helper()
		if r.status != 0 {
			t.Errorf("%s", r)
		}
	}
	web, desk := i.machine("web"), i.workstation()
	desk.env = append(desk.env, "AZURE_STORAGE_KEY="+s.key)
	if r := run(web, "managed"); r.status != 1 || !strings.Contains(r.stdout, `"code":"AuthorizationPermissionMismatch","status":403`) {
		t.Errorf("without a role: %s", r)
	}
	principal := at(vm, "identity", "principalId")
	i.grant(t, s.id, "Storage Blob Data Owner", principal)
	if r := run(web, "managed", "service"); r.status != 1 || !strings.Contains(r.stdout, "AuthorizationPermissionMismatch") {
		t.Errorf("without a role for the service's settings: %s", r)
	}
	i.grant(t, s.id, "Storage Account Contributor", principal)
	common := []string{
		"service", "container", "block", "append", "page", "copy", "lease", "snapshot", "version", "tags", "query", "batch", "tier", "encryption",
	}
	own := append([]string{"immutability", "sas", "public"}, common...)
	passed(run(web, append([]string{"managed"}, own...)...))
	passed(run(desk, append([]string{"key"}, own...)...))
	passed(run(desk, append([]string{"account-sas"}, common...)...))
	s = i.account(t, "nodesoft", everything, "/blobServices/default", `{"properties":{"deleteRetentionPolicy":{"enabled":true,"days":3}}}`)
	desk.env = append(desk.env, "AZURE_STORAGE_KEY="+s.key)
	passed(run(desk, "key", "softDelete"))
}
