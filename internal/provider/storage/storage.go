// Package storage is the resource provider Microsoft.Storage: storage accounts with their keys and shared access
// signatures, the settings of their Blob service, containers, lifecycle policies and encryption scopes. Each setting goes
// to the Blob service in the transaction that stores it, so that the data plane obeys it. The package must never know a
// protocol, nor how blobs are kept.
package storage

import (
	"context"
	"io"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/blob"
	"github.com/alcedo-cloud/alcedo/internal/cloud"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/resource"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// Namespace is the provider's.
const Namespace = "Microsoft.Storage"

const accountType = "storageAccounts"

// Identities keeps identity blocks. identity.Service is the one that serves.
type Identities interface {
	Apply(ctx context.Context, ch *resource.Change) error
	Remove(ctx context.Context, ch *resource.Change) error
}

// Accounts are the accounts as the data plane obeys them. blob.Service is the one that serves.
type Accounts interface {
	Account(ctx context.Context, name string) (*blob.Account, bool, error)
	PutAccount(tx store.Tx, a blob.Account) error
	DeleteAccount(tx store.Tx, name string) error
}

// Containers are the data plane's containers, which Resource Manager shows as resources. blob.Service is the one that
// serves.
type Containers interface {
	ListContainers(ctx context.Context, a blob.Access, t blob.Target, l blob.ListContainers) (blob.ContainerPage, error)
	CreateContainer(ctx context.Context, a blob.Access, t blob.Target, c blob.CreateContainer) (*blob.Container, error)
	GetContainer(ctx context.Context, a blob.Access, t blob.Target, c blob.Conditions) (*blob.Container, error)
	DeleteContainer(ctx context.Context, a blob.Access, t blob.Target, c blob.Conditions) error
	SetContainerMetadata(ctx context.Context, a blob.Access, t blob.Target, m map[string]string, c blob.Conditions) (*blob.Container, error)
	ChangeContainer(ctx context.Context, t blob.Target, f func(*blob.Container) error) (*blob.Container, error)
	LeaseContainer(ctx context.Context, a blob.Access, t blob.Target, r blob.LeaseRequest, c blob.Conditions) (blob.LeaseResult, error)
}

// Config is what the provider stands on. All of it is required.
type Config struct {
	Store      store.Store
	Accounts   Accounts
	Containers Containers
	Identities Identities
	Cloud      cloud.Cloud
	Rand       io.Reader // for account keys
	TenantID   string    // GUID
}

type provider struct{ Config }

// Provider returns the provider's table.
func Provider(c Config) resource.Provider {
	p := &provider{c}
	types := []resource.Type{
		{
			Name: accountType, APIVersions: versions(), CheckName: checkAccountName,
			Stored: &resource.Stored{
				Tracked: true, Put: p.putAccount, Delete: p.deleteAccount, View: p.viewAccount, CreatedStatus: 200,
			},
			Actions: map[string]resource.Handler{
				"listKeys": p.listKeys, "regenerateKey": p.regenerateKey,
				"listServiceSas": p.listServiceSAS, "ListAccountSas": p.listAccountSAS,
				"revokeUserDelegationKeys": p.revokeUserDelegationKeys,
			},
		},
		{
			Name: "checkNameAvailability", APIVersions: versions(), Global: true, SelfAuthorized: mayCheckNames,
			Actions: map[string]resource.Handler{"": p.checkNameAvailability},
		},
		{Name: "skus", APIVersions: versions(), Global: true, List: p.listSKUs},
		{Name: "usages", APIVersions: versions(), Global: true, List: p.listUsages},
		{Name: "locations/usages", APIVersions: versions(), Global: true, List: p.listUsages},
	}
	return resource.Provider{Namespace: Namespace, Types: append(types, p.childTypes()...)}
}

func (p *provider) childTypes() []resource.Type {
	return []resource.Type{
		{
			Name: accountType + "/blobServices", APIVersions: childVersions(),
			Get: p.getBlobService, Put: p.putBlobService, List: p.listBlobServices,
			Operations: []string{"generateUserDelegationKey/action"},
		},
		{
			Name: accountType + "/blobServices/containers", APIVersions: childVersions(),
			Get: p.getContainer, List: p.listContainers, Put: p.putContainer, Patch: p.patchContainer, Delete: p.deleteContainer,
			Actions: map[string]resource.Handler{
				"lease": p.leaseContainer, "setLegalHold": p.setLegalHold, "clearLegalHold": p.clearLegalHold,
			},
		},
		{
			Name: accountType + "/blobServices/containers/immutabilityPolicies", APIVersions: childVersions(),
			Get: p.getImmutabilityPolicy, Put: p.putImmutabilityPolicy, Delete: p.deleteImmutabilityPolicy,
			Actions: map[string]resource.Handler{"lock": p.lockImmutabilityPolicy, "extend": p.extendImmutabilityPolicy},
		},
		{
			Name: accountType + "/managementPolicies", APIVersions: childVersions(), CheckName: onlyDefault,
			Stored: &resource.Stored{Put: p.putManagementPolicy, Delete: p.deleteManagementPolicy, CreatedStatus: 200},
		},
		{
			Name: accountType + "/encryptionScopes", APIVersions: childVersions(), CheckName: checkScopeName,
			Stored: &resource.Stored{Put: p.putEncryptionScope, Delete: p.deleteEncryptionScope},
			Delete: refuseScopeDeletion,
		},
		{Name: accountType + "/fileServices", APIVersions: childVersions(), Get: p.getOtherService, List: p.listOtherServices},
		{Name: accountType + "/queueServices", APIVersions: childVersions(), Get: p.getOtherService, List: p.listOtherServices},
		{Name: accountType + "/tableServices", APIVersions: childVersions(), Get: p.getOtherService, List: p.listOtherServices},
	}
}

// versions are those of accounts, newest first. Source: the published swagger folders of the resource provider.
func versions() []string {
	return append(childVersions(),
		"2017-10-01", "2017-06-01", "2016-12-01", "2016-05-01", "2016-01-01", version2015, "2015-05-01-preview")
}

// childVersions are those that know the accounts' children.
func childVersions() []string {
	return []string{
		"2025-08-01", "2025-06-01", "2025-01-01", "2024-01-01", "2023-05-01", "2023-04-01", "2023-01-01", "2022-09-01",
		"2022-05-01", "2021-09-01", "2021-08-01", "2021-06-01", "2021-05-01", "2021-04-01", "2021-02-01", "2021-01-01",
		"2020-08-01-preview", "2019-06-01", "2019-04-01", "2018-11-01", "2018-07-01", "2018-03-01-preview", "2018-02-01",
	}
}

// version2015 is the last api-version without sku and kind.
const version2015 = "2015-06-15"

// The provider's refusals. invalidValues is the code that stands for any field of a request that does not hold.

func invalidValues(field string) error {
	f := fault.Newf(fault.Invalid, "storage", "InvalidValuesForRequestParameters",
		"Values for request parameters are invalid: %s.", field)
	f.Target = field
	return f
}

func unchangeable(property string) error {
	f := fault.Newf(fault.Conflict, "storage", "AccountPropertyCannotBeUpdated",
		"The property '%s' was specified in the input, but it cannot be updated.", property)
	f.Target = property
	return f
}

func accountNotFound(id resource.ID) error {
	name := ""
	if len(id.Names) > 0 {
		name = id.Names[0]
	}
	return fault.Newf(fault.NotFound, "storage", "ResourceNotFound", "The Resource 'Microsoft.Storage/storageAccounts/%s' "+
		"under resource group '%s' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix", name, id.Group)
}

// account finds the account that a call is on or below, as the data plane has it. A name of an account that is somewhere
// else is not found.
func (p *provider) account(ctx context.Context, id resource.ID) (*blob.Account, error) {
	name := ""
	if len(id.Names) > 0 {
		name = strings.ToLower(id.Names[0])
	}
	a, ok, err := p.Accounts.Account(ctx, name)
	if err != nil {
		return nil, fault.Wrap("storage.account", err)
	}
	if !ok || !within(id, a.ResourceID) {
		return nil, accountNotFound(id)
	}
	return a, nil
}

// within reports whether id is the account's or that of something below it.
func within(id resource.ID, account string) bool {
	key, above := id.Key(), strings.ToLower(account)
	return key == above || strings.HasPrefix(key, above+"/")
}

// change reads the account in a transaction, changes it and stores it.
func (p *provider) change(ctx context.Context, id resource.ID, f func(*blob.Account) error) (*blob.Account, error) {
	if _, err := p.account(ctx, id); err != nil {
		return nil, err
	}
	var changed *blob.Account
	err := p.Store.Update(ctx, func(tx store.Tx) error {
		a, ok, err := blob.AccountTx(tx, strings.ToLower(id.Names[0]))
		if err != nil {
			return err
		}
		if !ok || !within(id, a.ResourceID) {
			return accountNotFound(id)
		}
		if err := f(&a); err != nil {
			return err
		}
		changed = &a
		return p.Accounts.PutAccount(tx, a)
	})
	return changed, fault.Wrap("storage.change", err)
}

// onlyDefault refuses the name of a child that can only be called default.
func onlyDefault(name string) error {
	if strings.EqualFold(name, "default") {
		return nil
	}
	return invalidValues(name)
}
