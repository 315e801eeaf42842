package e2e

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/keyvault/armkeyvault"
)

// nodeVault is a vault that a program in Node reaches from a machine, challenge verification left on.
type nodeVault struct {
	*vaultWorld
	name   string
	script func(file string, args ...string) result
}

func newNodeVault(t *testing.T, name string) nodeVault {
	t.Helper()
	node := program(t, "node")
	program(t, "npm")
	needNamespaces(t)
	dir, err := installed()
	if err != nil {
		missing(t, "the Azure SDK for JavaScript ("+err.Error()+")")
	}
	i := start(t, "AzureUSGovernment")
	w := newVaultWorld(t, i)
	uri := w.create(name, armkeyvault.VaultProperties{})
	w.objectID = at(machines(t, i)[0], "identity", "principalId")
	return nodeVault{w, name, func(file string, args ...string) result {
		return i.run(t, i.program(i.machine("web"), append([]string{node, filepath.Join(dir, file), uri}, args...)...))
	}}
}

// grant gives the machine an access policy.
func (v nodeVault) grant(p *armkeyvault.Permissions) {
	v.Helper()
	_, err := v.vaults.UpdateAccessPolicy(v.Context(), "demo", v.name, armkeyvault.AccessPolicyUpdateKindAdd, armkeyvault.VaultAccessPolicyParameters{
		Properties: &armkeyvault.VaultAccessPolicyProperties{AccessPolicies: []*armkeyvault.AccessPolicyEntry{{
			TenantID: &v.i.TenantID, ObjectID: &v.objectID, Permissions: p,
		}}},
	}, nil)
	v.check(err)
}

// refusedAndGranted runs a program that the vault refuses, then one that it serves.
func (v nodeVault) refusedAndGranted(p *armkeyvault.Permissions, want, file string, args ...string) {
	v.Helper()
	if r := v.script(file, args...); r.status != 1 || !strings.Contains(r.stdout, `"code":"Forbidden","status":403`) {
		v.Fatalf("without a policy: %s", r)
	}
	v.grant(p)
	if r := v.script(file, args...); r.status != 0 || at(object(v.T, r.stdout), "value") != want {
		v.Errorf("with the policy: %s", r)
	}
}

// TestSecretsWithNode drives every operation of @azure/keyvault-secrets.
func TestSecretsWithNode(t *testing.T) {
	newNodeVault(t, "js-kv").refusedAndGranted(&armkeyvault.Permissions{
		Secrets: []*armkeyvault.SecretPermissions{to.Ptr(armkeyvault.SecretPermissionsAll), to.Ptr(armkeyvault.SecretPermissionsPurge)},
	}, "two", "secrets.mjs")
}

// TestKeysWithNode drives every operation of @azure/keyvault-keys, and what its CryptographyClient asks the vault for.
func TestKeysWithNode(t *testing.T) {
	newNodeVault(t, "js-keys").refusedAndGranted(&armkeyvault.Permissions{
		Keys: []*armkeyvault.KeyPermissions{to.Ptr(armkeyvault.KeyPermissionsAll), to.Ptr(armkeyvault.KeyPermissionsPurge)},
	}, "e", "keys.mjs")
}

// TestCertificatesWithNode drives every operation of @azure/keyvault-certificates; OpenSSL signs what is to be merged.
func TestCertificatesWithNode(t *testing.T) {
	program(t, "openssl")
	newNodeVault(t, "js-certs").refusedAndGranted(&armkeyvault.Permissions{
		Secrets:      []*armkeyvault.SecretPermissions{to.Ptr(armkeyvault.SecretPermissionsGet)},
		Certificates: []*armkeyvault.CertificatePermissions{to.Ptr(armkeyvault.CertificatePermissionsAll), to.Ptr(armkeyvault.CertificatePermissionsPurge)},
	}, "c", "certificates.mjs", t.TempDir())
}
