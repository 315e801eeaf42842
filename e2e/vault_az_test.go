package e2e

import (
	"strings"
	"testing"
)

// TestAzKeyVault manages a vault with Debian's az, and reaches its secrets with az keyvault and az rest.
func TestAzKeyVault(t *testing.T) {
	i := start(t, "AzureChinaCloud")
	az := i.az(t, i.workstation())
	az.text(t, "login", "--service-principal", "-u", i.ClientID, "-p", i.ClientSecret, "--tenant", i.TenantID)
	az.text(t, "group", "create", "-n", "rg", "-l", i.location)
	made := az.json(t, "keyvault", "create", "-g", "rg", "-n", "az-kv1", "-l", i.location, "--retention-days", "7")
	if at(made, "properties", "vaultUri") != "https://az-kv1.vault.azure.cn/" || at(made, "location") != i.location {
		t.Errorf("created: %v", made)
	}
	az.refused(t, "already exist", "keyvault", "create", "-g", "rg", "-n", "az-kv1", "-l", "chinaeast")
	az.json(t, "keyvault", "show", "-n", "az-kv1")
	az.json(t, "keyvault", "update", "-n", "az-kv1", "--enabled-for-deployment", "true")
	const someone = "33333333-3333-3333-3333-333333333333"
	az.json(t, "keyvault", "set-policy", "-g", "rg", "-n", "az-kv1", "--object-id", someone, "--secret-permissions", "get", "list")
	if shown := az.text(t, "keyvault", "show", "-n", "az-kv1"); !strings.Contains(shown, someone) {
		t.Errorf("after set-policy: %s", shown)
	}
	az.json(t, "keyvault", "delete-policy", "-g", "rg", "-n", "az-kv1", "--object-id", someone)
	if shown := az.text(t, "keyvault", "show", "-n", "az-kv1"); strings.Contains(shown, someone) {
		t.Errorf("after delete-policy: %s", shown)
	}
	az.json(t, "keyvault", "network-rule", "add", "-g", "rg", "-n", "az-kv1", "--ip-address", "203.0.113.0/24")

	const secret = "https://az-kv1.vault.azure.cn/secrets/mi-test?api-version=7.4"
	rest := func(method, url string, more ...string) []string {
		return append([]string{"rest", "--method", method, "--url", url, "--resource", "https://vault.azure.cn"}, more...)
	}
	az.json(t, rest("put", secret, "--body", `{"value":"My Secret"}`)...)
	if got := az.json(t, rest("get", secret)...); at(got, "value") != "My Secret" {
		t.Errorf("az rest: %v", got)
	}
	az.refused(t, "SecretNotFound", rest("get", strings.Replace(secret, "mi-test", "none", 1))...)

	az.text(t, "keyvault", "delete", "-g", "rg", "-n", "az-kv1")
	if gone := az.text(t, "keyvault", "list-deleted", "--resource-type", "vault"); !strings.Contains(gone, "az-kv1") {
		t.Errorf("deleted vaults: %s", gone)
	}
	az.refused(t, "deleted state", "keyvault", "create", "-g", "rg", "-n", "az-kv1", "-l", i.location)
	az.text(t, "keyvault", "recover", "-n", "az-kv1", "-l", i.location)
	if got := az.json(t, rest("get", secret)...); at(got, "value") != "My Secret" {
		t.Errorf("after recovery: %v", got)
	}
	az.text(t, "keyvault", "delete", "-g", "rg", "-n", "az-kv1")
	az.text(t, "keyvault", "purge", "-n", "az-kv1", "-l", i.location)
	az.refused(t, "az-kv1", "keyvault", "show-deleted", "-n", "az-kv1", "-l", i.location)
}

// TestAzKeyVaultSettings changes the settings of vaults with Debian's az, and looks whether the vaults obey.
func TestAzKeyVaultSettings(t *testing.T) {
	i := start(t, "AzureUSGovernment")
	az := i.az(t, i.workstation())
	az.text(t, "login", "--service-principal", "-u", i.ClientID, "-p", i.ClientSecret, "--tenant", i.TenantID)
	az.text(t, "group", "create", "-n", "rg", "-l", i.location)
	az.json(t, "keyvault", "create", "-g", "rg", "-n", "az-kv2", "-l", i.location, "--sku", "premium", "--retention-days", "10", "--enable-purge-protection", "true")
	secrets := []string{"rest", "--method", "get", "--url", "https://az-kv2.vault.usgovcloudapi.net/secrets?api-version=7.4", "--resource", "https://vault.usgovcloudapi.net"}
	update := func(args ...string) {
		t.Helper()
		az.json(t, append([]string{"keyvault", "update", "-g", "rg", "-n", "az-kv2"}, args...)...)
	}
	az.json(t, secrets...)
	for _, c := range []struct{ option, on, off, inner string }{
		{"--enable-rbac-authorization", "true", "false", "ForbiddenByRbac"}, // an owner has no data action
		{"--default-action", "Deny", "Allow", "ForbiddenByFirewall"},
		{"--public-network-access", "Disabled", "Enabled", "ForbiddenByConnection"},
	} {
		update(c.option, c.on)
		az.refused(t, c.inner, secrets...)
		update(c.option, c.off)
		az.json(t, secrets...)
	}

	az.json(t, "keyvault", "network-rule", "add", "-n", "az-kv2", "--ip-address", "203.0.113.7")
	if rules := az.text(t, "keyvault", "network-rule", "list", "-n", "az-kv2"); !strings.Contains(rules, "203.0.113.7/32") {
		t.Errorf("rules: %s", rules)
	}
	az.json(t, "keyvault", "network-rule", "remove", "-n", "az-kv2", "--ip-address", "203.0.113.7/32")
	if rules := az.text(t, "keyvault", "network-rule", "list", "-n", "az-kv2"); strings.Contains(rules, "203.0.113.7") {
		t.Errorf("after the removal: %s", rules)
	}

	az.refused(t, `The property "softDeleteRetentionInDays" has been set already and it can't be modified.`,
		"keyvault", "update", "-n", "az-kv2", "--retention-days", "20")
	az.refused(t, `The property "enablePurgeProtection" cannot be set to false.`,
		"keyvault", "update", "-n", "az-kv2", "--enable-purge-protection", "false")
	az.refused(t, "VaultNameNotValid", "keyvault", "create", "-g", "rg", "-n", "1bad", "-l", i.location)
	az.text(t, "keyvault", "delete", "-n", "az-kv2")
	az.refused(t, "Operation 'DeletedVaultPurge' is not allowed.", "keyvault", "purge", "-n", "az-kv2")
	az.text(t, "keyvault", "recover", "-n", "az-kv2")
	az.json(t, secrets...)
}
