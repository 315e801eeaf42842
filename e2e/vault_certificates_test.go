package e2e

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/keyvault/armkeyvault"
)

// TestCertificatesWithPython makes, uses, rotates and deletes keys and certificates from a machine, with each operation of
// the SDK for Python and the machine's identity, and checks them with a library that is not ours.
func TestCertificatesWithPython(t *testing.T) {
	const python = "/usr/bin/python3" // Debian's, whose packages the SDK's are
	if out, err := exec.Command(python, "-c", "import azure.identity, azure.keyvault.certificates, azure.keyvault.keys").CombinedOutput(); err != nil {
		missing(t, "the Azure SDK for Python ("+strings.TrimSpace(string(out))+")")
	}
	needNamespaces(t)
	script, err := filepath.Abs("testdata/certificates.py")
	if err != nil {
		t.Fatal(err)
	}
	i := start(t, "AzureChinaCloud")
	w := newVaultWorld(t, i)
	uri := w.create("py-certs", armkeyvault.VaultProperties{})
	principal := at(machines(t, i)[0], "identity", "principalId")
	_, err = w.vaults.UpdateAccessPolicy(t.Context(), "demo", "py-certs", armkeyvault.AccessPolicyUpdateKindAdd, armkeyvault.VaultAccessPolicyParameters{
		Properties: &armkeyvault.VaultAccessPolicyProperties{AccessPolicies: []*armkeyvault.AccessPolicyEntry{{
			TenantID: &i.TenantID, ObjectID: &principal, Permissions: &armkeyvault.Permissions{
				Keys: []*armkeyvault.KeyPermissions{
					to.Ptr(armkeyvault.KeyPermissionsAll), to.Ptr(armkeyvault.KeyPermissionsPurge), to.Ptr(armkeyvault.KeyPermissionsRotate),
					to.Ptr(armkeyvault.KeyPermissionsRelease), to.Ptr(armkeyvault.KeyPermissionsGetrotationpolicy), to.Ptr(armkeyvault.KeyPermissionsSetrotationpolicy),
				},
				Secrets:      []*armkeyvault.SecretPermissions{to.Ptr(armkeyvault.SecretPermissionsGet), to.Ptr(armkeyvault.SecretPermissionsSet)},
				Certificates: []*armkeyvault.CertificatePermissions{to.Ptr(armkeyvault.CertificatePermissionsAll), to.Ptr(armkeyvault.CertificatePermissionsPurge)},
			},
		}}},
	}, nil)
	w.check(err)
	if r := i.run(t, i.program(i.machine("web"), python, script, uri)); r.status != 0 || strings.TrimSpace(r.stdout) != "c imported m" {
		t.Errorf("%s", r)
	}
}
