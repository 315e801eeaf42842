package e2e

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/keyvault/armkeyvault"
)

// TestSecretsWithNode drives a vault from a machine with the SDK for JavaScript, challenge verification left on: refused,
// then given the access policy, then every operation.
func TestSecretsWithNode(t *testing.T) {
	node := program(t, "node")
	program(t, "npm")
	needNamespaces(t)
	dir, err := installed()
	if err != nil {
		missing(t, "the Azure SDK for JavaScript ("+err.Error()+")")
	}
	i := start(t, "AzureUSGovernment")
	w := newVaultWorld(t, i)
	vm := machines(t, i)[0]
	uri := w.create("js-kv", armkeyvault.VaultProperties{})
	run := func() result {
		return i.run(t, i.program(i.machine("web"), node, filepath.Join(dir, "secrets.mjs"), uri))
	}
	if r := run(); r.status != 1 || !strings.Contains(r.stdout, `"code":"Forbidden","status":403`) {
		t.Fatalf("without a policy: %s", r)
	}
	w.objectID = at(vm, "identity", "principalId")
	_, err = w.vaults.UpdateAccessPolicy(t.Context(), "demo", "js-kv", armkeyvault.AccessPolicyUpdateKindAdd, w.policy(
		armkeyvault.SecretPermissionsAll, armkeyvault.SecretPermissionsPurge), nil)
	w.check(err)
	if r := run(); r.status != 0 || at(object(t, r.stdout), "value") != "two" {
		t.Errorf("with the policy: %s", r)
	}
}
