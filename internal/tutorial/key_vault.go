package tutorial

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/client"
)

const (
	versionVaults = "2024-11-01"
	secretName    = "mi-test"
	secretValue   = "My Secret"
)

// keyVault is "Use a Windows VM system-assigned managed identity to access Azure Key Vault".
func keyVault() Part {
	return Part{
		Name:    "key-vault",
		Title:   "Use a VM system-assigned managed identity to access Key Vault",
		Summary: "The machine's identity is given an access policy, and the machine reads a secret with its token.",
		run:     playKeyVault,
	}
}

func playKeyVault(ctx context.Context, s *stage) error {
	const name = "myVM"
	s.step("A resource group, and a virtual machine whose system-assigned identity is on")
	group, err := s.group(ctx, "mi-test")
	if err != nil {
		return err
	}
	machine, err := s.machine(ctx, client.NewMachine{Group: group, Name: name, System: true})
	if err != nil {
		return err
	}
	path, uri, err := s.vault(ctx, group)
	if err != nil {
		return err
	}
	s.step("Create a secret: %s", secretName)
	secret := map[string]any{"properties": map[string]any{"value": secretValue}}
	if _, err := s.manage(ctx, "PUT", path+"/secrets/"+secretName, versionVaults, secret); err != nil {
		return err
	}
	token, err := s.vaultToken(ctx, group, name)
	if err != nil {
		return err
	}
	read := fmt.Sprintf(`curl %ssecrets/%s?api-version=2016-10-01 -H "Authorization: Bearer %s"`, uri, secretName, token)
	s.step("What production would teach: without an access policy the secret is refused")
	answer, err := s.onMachine(ctx, group, name, read)
	if err != nil {
		return err
	}
	if err := expect("error.innererror.code", text(answer, "error", "innererror", "code"), "AccessDenied"); err != nil {
		return err
	}
	if err := s.allow(ctx, path, text(machine, "identity", "principalId")); err != nil {
		return err
	}
	s.step("On the machine: read the secret with the token")
	if answer, err = s.onMachine(ctx, group, name, read); err != nil {
		return err
	}
	if err := expect("value", text(answer, "value"), secretValue); err != nil {
		return err
	}
	if id := text(answer, "id"); !strings.HasPrefix(id, uri+"secrets/"+secretName+"/") {
		return errors.New("the secret's id is " + id)
	}
	return s.purge(ctx, path)
}

// vault makes a vault under a name that no vault has, deleted ones included, and gives its path and address.
func (s *stage) vault(ctx context.Context, group string) (path, uri string, err error) {
	name := "mi-lab-vault"
	for i := 2; ; i++ {
		var free struct{ NameAvailable bool }
		err := s.Owner.Into(ctx, "POST", "/subscriptions/"+s.Owner.Credentials.SubscriptionID+"/providers/Microsoft.KeyVault/checkNameAvailability",
			versionVaults, map[string]any{"name": name, "type": "Microsoft.KeyVault/vaults"}, &free)
		if err != nil {
			return "", "", err
		}
		if free.NameAvailable {
			break
		}
		name = fmt.Sprintf("mi-lab-vault%d", i)
	}
	s.step("Create a Key Vault: %s", name)
	path = s.Owner.GroupPath(group) + "/providers/Microsoft.KeyVault/vaults/" + name
	made, err := s.manage(ctx, "PUT", path, versionVaults, map[string]any{
		"location": s.Owner.Cloud.Locations[0].Name,
		"properties": map[string]any{
			"tenantId": s.Owner.Credentials.TenantID, "sku": map[string]any{"family": "A", "name": "standard"},
			"accessPolicies": []any{}, "enableRbacAuthorization": false,
		},
	})
	return path, text(made, "properties", "vaultUri"), err
}

// allow adds the access policy of the portal's template "Secret Management".
func (s *stage) allow(ctx context.Context, path, principal string) error {
	s.step(`Grant access: an access policy from the template "Secret Management"`)
	_, err := s.manage(ctx, "PUT", path+"/accessPolicies/add", versionVaults, map[string]any{
		"properties": map[string]any{"accessPolicies": []any{map[string]any{
			"tenantId": s.Owner.Credentials.TenantID, "objectId": principal,
			"permissions": map[string]any{"secrets": []string{"get", "list", "set", "delete", "recover", "backup", "restore"}},
		}}},
	})
	return err
}

// vaultToken gets a token for Key Vault on the machine. The resource has no slash at the end, and comes back so.
func (s *stage) vaultToken(ctx context.Context, group, name string) (string, error) {
	s.step("On the machine: get an access token for Key Vault")
	resource := "https://" + s.Owner.Cloud.KeyVaultSuffix
	answer, err := s.onMachine(ctx, group, name, "curl 'http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource="+
		url.QueryEscape(resource)+"' -H Metadata:true")
	if err != nil {
		return "", err
	}
	return text(answer, "access_token"), expect("resource", text(answer, "resource"), resource)
}

// purge removes the vault for good. The group's deletion alone would leave it recoverable, and its name taken.
func (s *stage) purge(ctx context.Context, path string) error {
	if s.Keep {
		return nil
	}
	s.step("Clean up: delete the vault and purge it")
	if _, err := s.manage(ctx, "DELETE", path, versionVaults, nil); err != nil {
		return err
	}
	_, err := s.manage(ctx, "POST", "/subscriptions/"+s.Owner.Credentials.SubscriptionID+"/providers/Microsoft.KeyVault/locations/"+
		s.Owner.Cloud.Locations[0].Name+"/deletedVaults/"+path[strings.LastIndex(path, "/")+1:]+"/purge", versionVaults, nil)
	return err
}
