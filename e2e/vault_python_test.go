package e2e

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/keyvault/armkeyvault"
)

// TestSecretsWithPython drives a vault from a machine with the SDK for Python and the machine's identity: refused, then
// given the access policy, then every operation. The SDK checks that the challenge's resource is the vault's domain.
func TestSecretsWithPython(t *testing.T) {
	const python = "/usr/bin/python3" // Debian's, whose packages the SDK's are
	if out, err := exec.Command(python, "-c", "import azure.identity, azure.keyvault.secrets").CombinedOutput(); err != nil {
		missing(t, "the Azure SDK for Python ("+strings.TrimSpace(string(out))+")")
	}
	needNamespaces(t)
	script, err := filepath.Abs("testdata/secrets.py")
	if err != nil {
		t.Fatal(err)
	}
	i := start(t, "AzureChinaCloud")
	w := newVaultWorld(t, i)
	vm := machines(t, i)[0]
	uri := w.create("py-kv", armkeyvault.VaultProperties{})
	run := func() result { return i.run(t, i.program(i.machine("web"), python, script, uri)) }
	if r := run(); r.status != 3 || !strings.Contains(r.stdout, "refused Forbidden AccessDenied") {
		t.Fatalf("without a policy: %s", r)
	}
	w.objectID = at(vm, "identity", "principalId")
	_, err = w.vaults.UpdateAccessPolicy(t.Context(), "demo", "py-kv", armkeyvault.AccessPolicyUpdateKindAdd, w.policy(
		armkeyvault.SecretPermissionsAll, armkeyvault.SecretPermissionsPurge), nil)
	w.check(err)
	if r := run(); r.status != 0 || strings.TrimSpace(r.stdout) != "two" {
		t.Errorf("with the policy: %s", r)
	}
}
