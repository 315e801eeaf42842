package app

import (
	"context"
	"path/filepath"

	"golang.org/x/sync/errgroup"

	"github.com/alcedo-cloud/alcedo/internal/audit"
	"github.com/alcedo-cloud/alcedo/internal/blob"
	"github.com/alcedo-cloud/alcedo/internal/config"
	"github.com/alcedo-cloud/alcedo/internal/directory"
	"github.com/alcedo-cloud/alcedo/internal/identity"
	"github.com/alcedo-cloud/alcedo/internal/pki"
	"github.com/alcedo-cloud/alcedo/internal/provider/authorization"
	"github.com/alcedo-cloud/alcedo/internal/provider/compute"
	"github.com/alcedo-cloud/alcedo/internal/provider/deployment"
	"github.com/alcedo-cloud/alcedo/internal/provider/keyvault"
	"github.com/alcedo-cloud/alcedo/internal/provider/managedidentity"
	"github.com/alcedo-cloud/alcedo/internal/provider/sql"
	"github.com/alcedo-cloud/alcedo/internal/provider/storage"
	"github.com/alcedo-cloud/alcedo/internal/rbac"
	"github.com/alcedo-cloud/alcedo/internal/rbac/assignments"
	"github.com/alcedo-cloud/alcedo/internal/resource"
	"github.com/alcedo-cloud/alcedo/internal/sqldb"
	"github.com/alcedo-cloud/alcedo/internal/sts"
	"github.com/alcedo-cloud/alcedo/internal/token"
	"github.com/alcedo-cloud/alcedo/internal/vault"
)

// services are all that holds rules.
type services struct {
	authority   *pki.Authority
	tokens      *token.Service
	directory   *directory.Service
	verifier    *token.Verifier
	sts         *sts.Service
	assignments *assignments.Service
	audit       *audit.Log
	identity    *identity.Service
	vaults      *vault.Service
	blobs       *blob.Service
	databases   *sqldb.Service
	resources   *resource.Service
}

// makeServices opens what the store holds. What takes time at a first start, drawing keys above all, is done at once.
func (a *App) makeServices(ctx context.Context) error {
	s := &a.services
	tenant := a.instance.Credentials.TenantID
	group, opening := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		s.tokens, err = token.Open(opening, token.Config{
			Store: a.store, Clock: a.Clock, Rand: a.Rand, Cloud: a.cloud, TenantID: tenant,
		})
		return err
	})
	group.Go(func() (err error) {
		dir := filepath.Join(a.Settings.Folder, config.PKIFolder)
		if a.Settings.Ephemeral {
			dir = ""
		}
		s.authority, err = pki.Open(dir, a.cloud, a.Clock, a.Rand)
		return err
	})
	group.Go(func() (err error) {
		s.directory, err = directory.Open(opening, directory.Config{
			Store: a.store, Clock: a.Clock, Rand: a.Rand, Cloud: a.cloud, TenantID: tenant,
		})
		if err != nil {
			return err
		}
		s.assignments, err = assignments.Open(opening, assignments.Config{
			Store: a.store, Clock: a.Clock, TenantID: tenant,
			Groups: s.directory.Groups, PrincipalType: a.principalType, MaxRoles: a.maxRoles(),
		})
		return err
	})
	if err := group.Wait(); err != nil {
		return err
	}
	s.verifier = token.NewVerifier(s.tokens, s.directory)
	s.audit = audit.New(audit.Config{
		Decider: s.assignments, Store: a.store, Clock: a.Clock, Log: a.Log,
		Name: a.displayName, Narrowest: s.assignments.Narrowest, Exists: a.exists,
	})
	a.onClose(s.audit.Close)
	s.sts = sts.New(sts.Config{
		Store: a.store, Directory: s.directory, Tokens: s.tokens, Clock: a.Clock, Rand: a.Rand,
		Cloud: a.cloud, TenantID: tenant, HTTP: a.Outbound,
	})
	s.identity = identity.New(identity.Config{
		Store: a.store, Directory: s.directory, Tokens: s.sts, TenantID: tenant,
	})
	if err := a.makeVaults(); err != nil {
		return err
	}
	if err := a.makeBlobs(); err != nil {
		return err
	}
	if err := a.makeDatabases(); err != nil {
		return err
	}
	var err error
	s.resources, err = resource.New(resource.Config{
		Store: a.store, Door: s.audit, Clock: a.Clock, Rand: a.Rand, Cloud: a.cloud, TenantID: tenant,
		Providers: []resource.Provider{
			compute.Provider(compute.Config{Identities: s.identity, Cloud: a.cloud, Rand: a.Rand}),
			managedidentity.Provider(managedidentity.Config{
				Directory: s.directory, Systems: s.identity, Cloud: a.cloud, TenantID: tenant,
			}),
			storage.Provider(storage.Config{
				Store: a.store, Accounts: s.blobs, Containers: s.blobs, Identities: s.identity,
				Cloud: a.cloud, Rand: a.Rand, TenantID: tenant,
			}),
			keyvault.Provider(keyvault.Config{Vaults: s.vaults, Cloud: a.cloud, TenantID: tenant}),
			sql.Provider(sql.Config{
				Registry: s.databases, Identities: s.identity, Cloud: a.cloud, Rand: a.Rand, TenantID: tenant,
			}),
			deployment.Provider(deployment.Config{Cloud: a.cloud, Clock: a.Clock, Rand: a.Rand, TenantID: tenant, Secret: a.deploymentSecret}),
			authorization.Provider(authorization.Config{Assignments: s.assignments, Administrator: a.administrator}),
		},
		Deleted: s.assignments.DeleteBelow, Visible: s.assignments.Visible,
		TenantName: s.directory.TenantDisplayName(), TenantDomain: s.directory.Domain(),
	})
	return err
}

// principalType tells the assignments what sort of principal an object id is.
func (a *App) principalType(ctx context.Context, objectID string) (rbac.PrincipalType, bool, error) {
	p, ok, err := a.services.directory.Principal(ctx, objectID)
	return rbac.PrincipalType(p.Type), ok, err
}

// administrator reports whether a principal administers the directory, and may elevate its access.
func (a *App) administrator(ctx context.Context, objectID string) (bool, error) {
	p, ok, err := a.services.directory.Principal(ctx, objectID)
	return ok && p.Administrator, err
}

// maxRoles is how many custom roles a tenant may have. Source: learn.microsoft.com "Azure RBAC limits".
func (a *App) maxRoles() int {
	if a.cloud.Name == "AzureChinaCloud" {
		return 2000
	}
	return 5000
}
