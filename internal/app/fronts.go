package app

import (
	"net/http"

	"github.com/alcedo-cloud/alcedo/internal/cloud"
	"github.com/alcedo-cloud/alcedo/internal/front/arm"
	"github.com/alcedo-cloud/alcedo/internal/front/blob"
	"github.com/alcedo-cloud/alcedo/internal/front/control"
	"github.com/alcedo-cloud/alcedo/internal/front/entra"
	"github.com/alcedo-cloud/alcedo/internal/front/graph"
	"github.com/alcedo-cloud/alcedo/internal/front/imds"
	"github.com/alcedo-cloud/alcedo/internal/front/tds"
	"github.com/alcedo-cloud/alcedo/internal/front/vault"
	"github.com/alcedo-cloud/alcedo/internal/gateway"
)

// identityPath is where the identity endpoint of `alcedo env` is.
const identityPath = imds.AppServicePath

// fronts are what answers, each under its names.
type fronts struct {
	routes     []gateway.Route
	metadata   *imds.Front
	appService http.Handler
	devStorage http.Handler
	control    http.Handler
	databases  *tds.Front
}

// makeFronts hangs every front under its hosts. A host of the cloud that no front answers for is told so by the gateway.
func (a *App) makeFronts() (err error) {
	s := &a.services
	tenant := a.instance.Credentials.TenantID
	manager := arm.New(arm.Config{
		Resources: s.resources, Verifier: s.verifier, Cloud: a.cloud, TenantID: tenant, Clock: a.Clock, Rand: a.Rand, Log: a.Log,
	})
	login := entra.New(entra.Config{
		STS: s.sts, Tokens: s.tokens, Directory: s.directory, Cloud: a.cloud, TenantID: tenant, Clock: a.Clock, Rand: a.Rand, Log: a.Log,
	})
	directory := graph.New(graph.Config{
		Directory: s.directory, Verifier: s.verifier, Cloud: a.cloud, Clock: a.Clock, Rand: a.Rand, Log: a.Log,
	})
	vaults := vault.New(vault.Config{
		Vaults: s.vaults, Verifier: s.verifier, Cloud: a.cloud, TenantID: tenant, Rand: a.Rand, Log: a.Log,
	})
	blobs := blob.Config{
		Service: s.blobs, Verifier: s.verifier, Cloud: a.cloud, TenantID: tenant, Clock: a.Clock, Rand: a.Rand, Log: a.Log,
		DelegationSecret: a.secret("user delegation keys"),
	}
	storage := blob.New(blobs)
	blobs.PathStyle = true
	a.fronts.devStorage = blob.New(blobs)
	a.fronts.routes = []gateway.Route{
		{Match: gateway.On(cloud.HostResourceManager, cloud.HostManagement), Handler: manager},
		{Match: gateway.On(cloud.HostLogin), Handler: login},
		{Match: gateway.On(cloud.HostGraph), Handler: directory},
		{Match: gateway.On(cloud.HostVault), Handler: vaults},
		{Match: gateway.On(cloud.HostBlob, cloud.HostWeb), Handler: storage, MaxBody: -1, HTTP1: true, Plain: true}, // it streams
	}
	a.fronts.metadata = imds.New(imds.Config{
		Identities: s.identity, Resources: s.resources, Cloud: a.cloud, TenantID: tenant,
		Clock: a.Clock, Rand: a.Rand, Log: a.Log,
	})
	a.fronts.appService = a.fronts.metadata.AppService(a.identified)
	a.fronts.databases, err = tds.New(tds.Config{
		Sessions: s.databases, Verifier: s.verifier, Certificates: s.authority, Cloud: a.cloud, TenantID: tenant, Rand: a.Rand, Log: a.Log,
	})
	a.fronts.control = control.New(control.Config{
		Status: a.Status, Credentials: a.Credentials, Environment: a.Environment, Decisions: a.Decisions,
		Check: a.CheckStorage, Stop: a.requestStop, Log: a.Log,
	})
	return err
}
