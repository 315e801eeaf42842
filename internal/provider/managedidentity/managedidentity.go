// Package managedidentity is the resource provider Microsoft.ManagedIdentity: user-assigned identities, their federated
// credentials, and the look-up of a resource's system-assigned identity. It must never know a protocol, nor which
// resources use an identity beyond what their identity blocks say.
package managedidentity

import (
	"context"

	"github.com/alcedo-cloud/alcedo/internal/cloud"
	"github.com/alcedo-cloud/alcedo/internal/directory"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/identity"
	"github.com/alcedo-cloud/alcedo/internal/resource"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// Namespace is the provider's.
const Namespace = "Microsoft.ManagedIdentity"

// The api-version in which user-assigned identities still show clientSecretUrl.
const versionSecretURL = "2015-08-31-preview"

// Directory is the part of the directory that user-assigned identities live in.
type Directory interface {
	CreateManagedIdentity(tx store.Tx, m directory.ManagedIdentity) (directory.Principal, error)
	DeletePrincipal(tx store.Tx, objectID string) error
	PutFederatedCredential(tx store.Tx, objectID string, f directory.FederatedCredential) error
	DeleteFederatedCredential(tx store.Tx, objectID, name string) (bool, error)
}

// Systems looks system-assigned identities up. identity.Service is the one that serves.
type Systems interface {
	System(ctx context.Context, id resource.ID) (identity.Selected, *resource.Document, error)
}

// Config is what the provider stands on.
type Config struct {
	Directory Directory
	Systems   Systems
	Cloud     cloud.Cloud
	TenantID  string // GUID
}

type provider struct{ Config }

// Provider returns the provider's table.
func Provider(c Config) resource.Provider {
	p := &provider{c}
	return resource.Provider{Namespace: Namespace, Types: []resource.Type{
		{
			Name: "userAssignedIdentities", APIVersions: versions(),
			Stored:    &resource.Stored{Tracked: true, Put: p.putIdentity, Delete: p.deleteIdentity, View: p.viewIdentity},
			CheckName: checkIdentityName,
			Actions: map[string]resource.Handler{
				"listAssociatedResources": p.associatedResources,
			},
			Operations: []string{identity.AssignAction},
		},
		{
			Name: "userAssignedIdentities/federatedIdentityCredentials", APIVersions: federatedVersions(),
			Stored:    &resource.Stored{Put: p.putCredential, Delete: p.deleteCredential},
			CheckName: checkCredentialName,
		},
		{Name: "identities", APIVersions: versions(), Extension: true, Get: p.system},
	}}
}

// versions are those of the provider, newest first. Source: the bicep types of the resource provider.
func versions() []string {
	return append(federatedVersions(), "2021-09-30-preview", "2018-11-30", versionSecretURL)
}

// federatedVersions are those that know federated credentials.
func federatedVersions() []string {
	return []string{
		"2025-05-31-preview", "2025-01-31-preview", "2024-11-30", "2023-07-31-preview", "2023-01-31", "2022-01-31-preview",
	}
}

func bad(op, target, message string) error {
	return &fault.Error{Kind: fault.Invalid, Op: "managedidentity." + op, Reason: "BadRequest", Target: target, Message: message}
}
