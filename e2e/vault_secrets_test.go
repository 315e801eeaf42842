package e2e

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/keyvault/armkeyvault"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azsecrets"
)

// vaultWorld is the owner's SDK clients over one instance, through the door of `alcedo env`.
type vaultWorld struct {
	*testing.T
	i          *instance
	options    azcore.ClientOptions
	credential azcore.TokenCredential
	vaults     *armkeyvault.VaultsClient
	objectID   string // of the owner's service principal
}

func sdkCloud(name string) cloud.Configuration {
	switch name {
	case "AzureChinaCloud":
		return cloud.AzureChina
	case "AzureUSGovernment":
		return cloud.AzureGovernment
	}
	return cloud.AzurePublic
}

func newVaultWorld(t *testing.T, i *instance) *vaultWorld {
	t.Helper()
	w := &vaultWorld{T: t, i: i}
	w.connect()
	token, err := w.credential.GetToken(t.Context(), policy.TokenRequestOptions{
		Scopes: []string{w.options.Cloud.Services[cloud.ResourceManager].Audience + "/.default"},
	})
	w.check(err)
	w.objectID = at(tokenClaims(t, token.Token), "oid")
	i.must(t, i.command("vm", "create", "web", "--group", "demo", "--location", i.location))
	return w
}

// connect makes clients of the server that runs now.
func (w *vaultWorld) connect() {
	w.Helper()
	w.options = azcore.ClientOptions{Cloud: sdkCloud(w.i.cloud), Transport: w.i.http(w.T), Retry: policy.RetryOptions{MaxRetries: -1}}
	var err error
	w.credential, err = azidentity.NewClientSecretCredential(w.i.TenantID, w.i.ClientID, w.i.ClientSecret,
		&azidentity.ClientSecretCredentialOptions{ClientOptions: w.options})
	w.check(err)
	w.vaults, err = armkeyvault.NewVaultsClient(w.i.SubscriptionID, w.credential, &arm.ClientOptions{ClientOptions: w.options})
	w.check(err)
}

func (w *vaultWorld) check(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// tokenClaims reads what a token says, as programs do that want to know their own object id.
func tokenClaims(t *testing.T, token string) map[string]any {
	t.Helper()
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		t.Fatalf("a token of %d parts", len(parts))
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	return object(t, string(text))
}

// refused wants an answer of the service's.
func (w *vaultWorld) refused(err error, status int, code, text string) {
	w.Helper()
	var refusal *azcore.ResponseError
	if !errors.As(err, &refusal) || refusal.StatusCode != status || refusal.ErrorCode != code || !strings.Contains(err.Error(), text) {
		w.Errorf("want %d %s %q: %v", status, code, text, err)
	}
}

// create makes a vault and gives its address.
func (w *vaultWorld) create(name string, properties armkeyvault.VaultProperties) string {
	w.Helper()
	properties.TenantID = &w.i.TenantID
	properties.SKU = &armkeyvault.SKU{Family: to.Ptr(armkeyvault.SKUFamilyA), Name: to.Ptr(armkeyvault.SKUNameStandard)}
	if properties.AccessPolicies == nil {
		properties.AccessPolicies = []*armkeyvault.AccessPolicyEntry{}
	}
	poller, err := w.vaults.BeginCreateOrUpdate(w.Context(), "demo", name, armkeyvault.VaultCreateOrUpdateParameters{
		Location: &w.i.location, Properties: &properties,
	}, nil)
	w.check(err)
	made, err := poller.PollUntilDone(w.Context(), &runtime.PollUntilDoneOptions{Frequency: time.Second})
	w.check(err)
	return *made.Properties.VaultURI
}

func (w *vaultWorld) secrets(uri string) *azsecrets.Client {
	w.Helper()
	// Challenge verification stays on: the name is the official one.
	c, err := azsecrets.NewClient(uri, w.credential, &azsecrets.ClientOptions{ClientOptions: w.options})
	w.check(err)
	return c
}

func (w *vaultWorld) policy(permissions ...armkeyvault.SecretPermissions) armkeyvault.VaultAccessPolicyParameters {
	entry := &armkeyvault.AccessPolicyEntry{TenantID: &w.i.TenantID, ObjectID: &w.objectID, Permissions: &armkeyvault.Permissions{}}
	for _, p := range permissions {
		entry.Permissions.Secrets = append(entry.Permissions.Secrets, &p)
	}
	return armkeyvault.VaultAccessPolicyParameters{Properties: &armkeyvault.VaultAccessPolicyProperties{AccessPolicies: []*armkeyvault.AccessPolicyEntry{entry}}}
}

// TestSecretsWithSDK drives every operation of azsecrets against a vault with access policies, in each cloud.
func TestSecretsWithSDK(t *testing.T) {
	for name := range clouds {
		t.Run(name, func(t *testing.T) {
			w := newVaultWorld(t, start(t, name))
			uri := w.create("e2e-kv", armkeyvault.VaultProperties{})
			c, ctx := w.secrets(uri), t.Context()
			_, err := c.GetSecret(ctx, "s", "", nil)
			w.refused(err, 403, "Forbidden", "does not have secrets get permission on key vault 'e2e-kv;location="+w.i.location+"'")
			_, err = w.vaults.UpdateAccessPolicy(ctx, "demo", "e2e-kv", armkeyvault.AccessPolicyUpdateKindAdd, w.policy(
				armkeyvault.SecretPermissionsAll, armkeyvault.SecretPermissionsPurge), nil)
			w.check(err)
			w.everyOperation(ctx, c, uri)
		})
	}
}

func (w *vaultWorld) everyOperation(ctx context.Context, c *azsecrets.Client, uri string) {
	w.Helper()
	_, err := c.GetSecret(ctx, "s", "", nil)
	w.refused(err, 404, "SecretNotFound", "A secret with (name/id) s was not found in this key vault.")
	until := time.Date(2040, 1, 2, 3, 4, 5, 0, time.UTC)
	set, err := c.SetSecret(ctx, "s", azsecrets.SetSecretParameters{
		Value: to.Ptr("My Secret"), ContentType: to.Ptr("text/plain"), Tags: map[string]*string{"a": to.Ptr("b")},
		SecretAttributes: &azsecrets.SecretAttributes{Expires: &until},
	}, nil)
	w.check(err)
	if *set.Value != "My Secret" || set.ID.Name() != "s" || len(set.ID.Version()) != 32 || !set.Attributes.Expires.Equal(until) ||
		*set.Attributes.RecoveryLevel != "Recoverable+Purgeable" || *set.Attributes.RecoverableDays != 90 {
		w.Errorf("set: %+v", set.Secret)
	}
	if !strings.HasPrefix(string(*set.ID), uri+"secrets/s/") {
		w.Errorf("id %s", *set.ID)
	}
	second, err := c.SetSecret(ctx, "s", azsecrets.SetSecretParameters{Value: to.Ptr("two")}, nil)
	w.check(err)
	for version, want := range map[string]string{"": "two", set.ID.Version(): "My Secret", second.ID.Version(): "two"} {
		got, err := c.GetSecret(ctx, "s", version, nil)
		w.check(err)
		if *got.Value != want {
			w.Errorf("version %q is %q", version, *got.Value)
		}
	}
	updated, err := c.UpdateSecretProperties(ctx, "s", set.ID.Version(), azsecrets.UpdateSecretPropertiesParameters{
		SecretAttributes: &azsecrets.SecretAttributes{Enabled: to.Ptr(false)},
	}, nil)
	w.check(err)
	if *updated.Attributes.Enabled || *updated.ContentType != "text/plain" || updated.Value != nil {
		w.Errorf("updated: %+v", updated.Secret)
	}
	_, err = c.GetSecret(ctx, "s", set.ID.Version(), nil)
	w.refused(err, 403, "Forbidden", "Operation get is not allowed on a disabled secret.")
	w.lists(ctx, c)
	w.deletion(ctx, c, second.ID)
}

func (w *vaultWorld) lists(ctx context.Context, c *azsecrets.Client) {
	w.Helper()
	for i := range 30 {
		_, err := c.SetSecret(ctx, fmt.Sprintf("n%02d", i), azsecrets.SetSecretParameters{Value: to.Ptr("v")}, nil)
		w.check(err)
	}
	names, pages := 0, 0
	for pager := c.NewListSecretPropertiesPager(nil); pager.More(); pages++ {
		page, err := pager.NextPage(ctx)
		w.check(err)
		for _, s := range page.Value {
			names++
			if s.ID.Version() != "" {
				w.Errorf("an item of a list has the version %s", s.ID.Version())
			}
		}
	}
	if names != 31 || pages != 2 {
		w.Errorf("%d secrets on %d pages", names, pages)
	}
	versions := 0
	for pager := c.NewListSecretPropertiesVersionsPager("s", nil); pager.More(); {
		page, err := pager.NextPage(ctx)
		w.check(err)
		versions += len(page.Value)
	}
	if versions != 2 {
		w.Errorf("%d versions", versions)
	}
}

func (w *vaultWorld) deletion(ctx context.Context, c *azsecrets.Client, newest *azsecrets.ID) {
	w.Helper()
	backup, err := c.BackupSecret(ctx, "s", nil)
	w.check(err)
	_, err = c.RestoreSecret(ctx, azsecrets.RestoreSecretParameters{SecretBackup: backup.Value}, nil)
	w.refused(err, 409, "Conflict", "already exists")
	deleted, err := c.DeleteSecret(ctx, "s", nil)
	w.check(err)
	if deleted.ScheduledPurgeDate.Sub(*deleted.DeletedDate) != 90*24*time.Hour || *deleted.ID != *newest || deleted.RecoveryID == nil {
		w.Errorf("deleted: %+v", deleted.DeletedSecret)
	}
	_, err = c.GetDeletedSecret(ctx, "s", nil)
	w.check(err)
	page, err := c.NewListDeletedSecretPropertiesPager(nil).NextPage(ctx)
	w.check(err)
	if len(page.Value) != 1 || page.Value[0].ID.Name() != "s" {
		w.Errorf("deleted secrets: %+v", page.Value)
	}
	_, err = c.SetSecret(ctx, "s", azsecrets.SetSecretParameters{Value: to.Ptr("v")}, nil)
	w.refused(err, 409, "Conflict", "ObjectIsDeletedButRecoverable")
	recovered, err := c.RecoverDeletedSecret(ctx, "s", nil)
	w.check(err)
	if *recovered.ID != *newest {
		w.Errorf("recovered: %+v", recovered.Secret)
	}
	_, err = c.DeleteSecret(ctx, "s", nil)
	w.check(err)
	_, err = c.PurgeDeletedSecret(ctx, "s", nil)
	w.check(err)
	_, err = c.GetDeletedSecret(ctx, "s", nil)
	w.refused(err, 404, "SecretNotFound", "s")
	restored, err := c.RestoreSecret(ctx, azsecrets.RestoreSecretParameters{SecretBackup: backup.Value}, nil)
	w.check(err)
	got, err := c.GetSecret(ctx, "s", "", nil)
	w.check(err)
	if *restored.ID != *newest || *got.Value != "two" {
		w.Errorf("restored: %s %q", *restored.ID, *got.Value)
	}
}

// TestVaultsWithSDK drives the operations of armkeyvault, and what RBAC makes of the data plane.
func TestVaultsWithSDK(t *testing.T) {
	w := newVaultWorld(t, start(t, "AzureCloud"))
	ctx := t.Context()
	free := func() bool {
		got, err := w.vaults.CheckNameAvailability(ctx, armkeyvault.VaultCheckNameAvailabilityParameters{
			Name: to.Ptr("e2e-roles"), Type: to.Ptr("Microsoft.KeyVault/vaults"),
		}, nil)
		w.check(err)
		return *got.NameAvailable
	}
	if !free() {
		t.Error("the name is taken before the vault is there")
	}
	uri := w.create("e2e-roles", armkeyvault.VaultProperties{EnableRbacAuthorization: to.Ptr(true), SoftDeleteRetentionInDays: to.Ptr(int32(7))})
	if free() {
		t.Error("the name is free though the vault is there")
	}
	c := w.secrets(uri)
	_, err := c.SetSecret(ctx, "s", azsecrets.SetSecretParameters{Value: to.Ptr("v")}, nil)
	w.refused(err, 403, "Forbidden", "ForbiddenByRbac") // Owner is a role of the control plane
	got, err := w.vaults.Get(ctx, "demo", "e2e-roles", nil)
	w.check(err)
	needNamespaces(t)
	w.i.grant(t, *got.ID, "Key Vault Secrets Officer", w.objectID)
	_, err = c.SetSecret(ctx, "s", azsecrets.SetSecretParameters{Value: to.Ptr("v")}, nil)
	w.check(err)
	_, err = w.vaults.Update(ctx, "demo", "e2e-roles", armkeyvault.VaultPatchParameters{Tags: map[string]*string{"a": to.Ptr("b")}}, nil)
	w.check(err)
	page, err := w.vaults.NewListPager(nil).NextPage(ctx)
	w.check(err)
	bySubscription, err := w.vaults.NewListBySubscriptionPager(nil).NextPage(ctx)
	w.check(err)
	byGroup, err := w.vaults.NewListByResourceGroupPager("demo", nil).NextPage(ctx)
	w.check(err)
	if len(page.Value) != 1 || len(bySubscription.Value) != 1 || len(byGroup.Value) != 1 || *byGroup.Value[0].Tags["a"] != "b" {
		t.Errorf("lists: %v %v %v", page.Value, bySubscription.Value, byGroup.Value)
	}
	w.throughManager(ctx)
	w.deletedVault(ctx, c)
}

// throughManager drives the secrets of Resource Manager.
func (w *vaultWorld) throughManager(ctx context.Context) {
	w.Helper()
	secrets, err := armkeyvault.NewSecretsClient(w.i.SubscriptionID, w.credential, &arm.ClientOptions{ClientOptions: w.options})
	w.check(err)
	made, err := secrets.CreateOrUpdate(ctx, "demo", "e2e-roles", "m", armkeyvault.SecretCreateOrUpdateParameters{
		Properties: &armkeyvault.SecretProperties{Value: to.Ptr("v"), ContentType: to.Ptr("t")},
	}, nil)
	w.check(err)
	got, err := secrets.Get(ctx, "demo", "e2e-roles", "m", nil)
	w.check(err)
	if made.Properties.Value != nil || got.Properties.Value != nil || *got.Properties.SecretURIWithVersion != *made.Properties.SecretURIWithVersion {
		w.Errorf("%+v", got.Properties)
	}
	_, err = secrets.Update(ctx, "demo", "e2e-roles", "m", armkeyvault.SecretPatchParameters{
		Properties: &armkeyvault.SecretPatchProperties{ContentType: to.Ptr("u")},
	}, nil)
	w.check(err)
	page, err := secrets.NewListPager("demo", "e2e-roles", nil).NextPage(ctx)
	w.check(err)
	if len(page.Value) != 2 || *page.Value[0].Properties.ContentType != "u" {
		w.Errorf("%+v", page.Value)
	}
}

func (w *vaultWorld) deletedVault(ctx context.Context, c *azsecrets.Client) {
	w.Helper()
	_, err := w.vaults.Delete(ctx, "demo", "e2e-roles", nil)
	w.check(err)
	_, err = c.GetSecret(ctx, "s", "", nil)
	w.refused(err, 404, "VaultNotFound", "e2e-roles")
	gone, err := w.vaults.GetDeleted(ctx, "e2e-roles", w.i.location, nil)
	w.check(err)
	if gone.Properties.ScheduledPurgeDate.Sub(*gone.Properties.DeletionDate) != 7*24*time.Hour {
		w.Errorf("%+v", gone.Properties)
	}
	_, err = w.vaults.BeginCreateOrUpdate(ctx, "demo", "e2e-roles", armkeyvault.VaultCreateOrUpdateParameters{
		Location: &w.i.location, Properties: &armkeyvault.VaultProperties{
			TenantID: &w.i.TenantID, SKU: &armkeyvault.SKU{Family: to.Ptr(armkeyvault.SKUFamilyA), Name: to.Ptr(armkeyvault.SKUNameStandard)},
			AccessPolicies: []*armkeyvault.AccessPolicyEntry{},
		},
	}, nil)
	w.refused(err, 409, "ConflictError", "already exists in deleted state")
	w.create("e2e-roles", armkeyvault.VaultProperties{CreateMode: to.Ptr(armkeyvault.CreateModeRecover)})
	_, err = c.GetSecret(ctx, "s", "", nil)
	w.refused(err, 403, "Forbidden", "ForbiddenByRbac") // role assignments went with the vault
	_, err = w.vaults.Delete(ctx, "demo", "e2e-roles", nil)
	w.check(err)
	list, err := w.vaults.NewListDeletedPager(nil).NextPage(ctx)
	w.check(err)
	if len(list.Value) != 1 || *list.Value[0].Name != "e2e-roles" {
		w.Errorf("deleted vaults: %+v", list.Value)
	}
	poller, err := w.vaults.BeginPurgeDeleted(ctx, "e2e-roles", w.i.location, nil)
	w.check(err)
	_, err = poller.PollUntilDone(ctx, &runtime.PollUntilDoneOptions{Frequency: time.Second})
	w.check(err)
	_, err = w.vaults.GetDeleted(ctx, "e2e-roles", w.i.location, nil)
	w.refused(err, 404, "DeletedVaultNotFound", "e2e-roles")
}
