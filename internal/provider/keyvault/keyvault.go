// Package keyvault is the resource provider Microsoft.KeyVault: vaults, their access policies, deleted vaults, and the
// secrets and keys that Resource Manager makes in them. It must never know a protocol, nor decide who may read a secret:
// package vault does.
package keyvault

import (
	"context"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/cloud"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/resource"
	"github.com/alcedo-cloud/alcedo/internal/vault"
)

// Namespace is the provider's.
const Namespace = "Microsoft.KeyVault"

// Config is what the provider stands on.
type Config struct {
	Vaults   *vault.Service
	Cloud    cloud.Cloud
	TenantID string // GUID
}

type provider struct{ Config }

// Provider returns the provider's table.
func Provider(c Config) resource.Provider {
	p := &provider{c}
	return resource.Provider{Namespace: Namespace, Types: []resource.Type{
		{
			Name: "vaults", APIVersions: versions(), CheckName: checkName,
			Stored: &resource.Stored{Tracked: true, Put: p.putVault, Delete: p.deleteVault, View: p.viewVault},
			// deploy is asked of who deploys a template that refers to a secret.
			Operations: []string{"deploy/action"},
		},
		{Name: "vaults/accessPolicies", APIVersions: versions(), Put: p.putAccessPolicies},
		{
			Name: "vaults/secrets", APIVersions: versions(),
			Get: p.getSecret, List: p.listSecrets, Put: p.putSecret, Patch: p.patchSecret,
		},
		{Name: "vaults/keys", APIVersions: versions(), Get: p.getKey, List: p.listKeys, Put: p.putKey},
		{Name: "vaults/keys/versions", APIVersions: versions(), Get: p.getKey, List: p.listKeyVersions},
		{Name: "deletedVaults", APIVersions: versions(), Global: true, List: p.listDeleted},
		{Name: "deletedManagedHSMs", APIVersions: versions(), Global: true, List: noHSMs}, // az asks with each list of vaults
		{
			Name: "locations/deletedVaults", APIVersions: versions(), Global: true, Get: p.getDeleted,
			Actions: map[string]resource.Handler{"purge": p.purge},
		},
		{
			Name: "checkNameAvailability", APIVersions: versions(), Global: true,
			Actions:        map[string]resource.Handler{"": p.checkNameAvailability},
			SelfAuthorized: func(*resource.Call) bool { return true }, // it asks for read, as Azure does
		},
	}}
}

// versions are those of the provider, newest first. Source: the bicep types of the resource provider.
func versions() []string {
	return []string{
		"2026-02-01", "2025-05-01", "2024-12-01-preview", "2024-11-01", "2024-04-01-preview", "2023-07-01", "2023-02-01",
		"2022-11-01", "2022-07-01", "2022-02-01-preview", "2021-11-01-preview", "2021-10-01", "2021-06-01-preview",
		"2021-04-01-preview", "2020-04-01-preview", "2019-09-01", "2018-02-14", "2018-02-14-preview", "2016-10-01",
		"2015-06-01",
	}
}

// checkName holds the rule of vaults' names: 3 to 24 letters, digits and single hyphens, a letter first, no hyphen last.
func checkName(name string) error {
	ok := len(name) >= 3 && len(name) <= 24 && isLetter(name[0]) && name[len(name)-1] != '-' && !strings.Contains(name, "--")
	for i := 0; ok && i < len(name); i++ {
		ok = isLetter(name[i]) || name[i] >= '0' && name[i] <= '9' || name[i] == '-'
	}
	if ok {
		return nil
	}
	return fault.New(fault.Invalid, "keyvault.checkName", "VaultNameNotValid", invalidName(name))
}

func invalidName(name string) string {
	return "The vault name '" + name + "' is invalid. A vault's name must be between 3-24 alphanumeric characters. The name must " +
		"begin with a letter, end with a letter or digit, and not contain consecutive hyphens. Follow this link for more " +
		"information: https://go.microsoft.com/fwlink/?linkid=2147742"
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func bad(target, format string, args ...any) error {
	f := fault.Newf(fault.Invalid, "keyvault", "BadRequest", format, args...)
	f.Target = target
	return f
}

// deleteVault marks the vault as deleted. It can be recovered until its time is over.
func (p *provider) deleteVault(_ context.Context, ch *resource.Change) error {
	return fault.Wrap("keyvault.deleteVault", p.Vaults.DeleteVault(ch.Tx, ch.Old.Name))
}

// viewVault shows what the api-version knows.
func (p *provider) viewVault(_ context.Context, call *resource.Call, doc *resource.Document) (*resource.Document, error) {
	for name, since := range map[string]string{
		"networkAcls": "2018-02-14", "enableRbacAuthorization": "2019-09-01", "softDeleteRetentionInDays": "2018-02-14",
		"publicNetworkAccess": "2021-06-01", "provisioningState": "2018-02-14", "enableSoftDelete": "2016-10-01",
		"enablePurgeProtection": "2016-10-01",
	} {
		if call.APIVersion < since {
			delete(doc.Properties, name)
		}
	}
	return doc, nil
}

// geography is the part of the world that a location is in: what is left of its display name without directions,
// numbers and states. Source: learn.microsoft.com "Azure geographies".
func (p *provider) geography(location string) string {
	l, ok := p.Cloud.Location(location)
	if !ok {
		return location
	}
	var kept []string
	for _, word := range strings.Fields(l.DisplayName) {
		switch strings.ToLower(word) {
		case "east", "west", "north", "south", "central", "northeast", "southeast", "northwest", "southwest", "jio",
			"virginia", "arizona", "texas", "iowa":
		default:
			if strings.Trim(word, "0123456789") != "" {
				kept = append(kept, word)
			}
		}
	}
	return strings.Join(kept, " ")
}
