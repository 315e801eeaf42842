package app

import (
	"context"

	"github.com/alcedo-cloud/alcedo/internal/audit"
	"github.com/alcedo-cloud/alcedo/internal/control"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/rbac"
	"github.com/alcedo-cloud/alcedo/internal/resource"
)

// NameResourceManager is the entry of Status.Names for Resource Manager.
const NameResourceManager = "Resource Manager"

// Status says what is served, and where. It needs Listen to have been called.
func (a *App) Status(context.Context) (control.Status, error) {
	return control.Status{
		Cloud:          a.cloud.Name,
		TenantID:       a.instance.Credentials.TenantID,
		SubscriptionID: a.instance.Credentials.SubscriptionID,
		Version:        a.Version,
		Instance:       a.serving.record,
		Names: []control.Name{
			{Service: "Entra ID", Host: a.cloud.Login},
			{Service: NameResourceManager, Host: a.cloud.ResourceManager},
			{Service: "Microsoft Graph", Host: a.cloud.Graph},
			{Service: "Blob Storage", Host: "*.blob." + a.cloud.StorageSuffix},
			{Service: "Key Vault", Host: "*." + a.cloud.KeyVaultSuffix},
			{Service: "Azure SQL", Host: "*." + a.cloud.SQLSuffix},
			{Service: "Instance Metadata", Host: "169.254.169.254 (in alcedo vm run)"},
		},
	}, nil
}

// Credentials are those of the owner that the first start made.
func (a *App) Credentials(context.Context) (control.Credentials, error) {
	return a.instance.Credentials, nil
}

// Environment says how a process outside of a sandbox reaches the cloud, as the machine where name is not "".
func (a *App) Environment(ctx context.Context, name, group string) (control.Environment, error) {
	e := control.Environment{
		Proxy:          "http://" + a.serving.record.Proxy,
		CertificateCA:  a.serving.record.CertificateCA,
		CertificateAll: a.serving.record.CertificateAll,
		TenantID:       a.instance.Credentials.TenantID,
		SubscriptionID: a.instance.Credentials.SubscriptionID,
		Authority:      "https://" + a.cloud.Login + "/",
		Cloud:          a.cloud.Name,
	}
	if name == "" {
		return e, nil
	}
	machine, err := a.machine(ctx, name, group)
	if err != nil {
		return control.Environment{}, err
	}
	base := "http://" + a.serving.record.Identity + identityPath
	secret := a.identityHeader(machine)
	e.IdentityEndpoint = base
	e.IdentityHeader = secret
	e.MSIEndpoint = base + "/" + secret
	return e, nil
}

// Decisions explains recorded decisions, newest first.
func (a *App) Decisions(ctx context.Context, q control.Query) ([]audit.Explanation, error) {
	if q.Most == 0 {
		q.Most = 20
	}
	entries, err := a.services.audit.Entries(ctx, audit.Filter{
		Most: q.Most, Denied: q.Denied, Caller: q.Caller, Action: q.Action,
	})
	if err != nil {
		return nil, err
	}
	out := make([]audit.Explanation, 0, len(entries))
	for _, e := range entries {
		x, err := a.services.audit.Explain(ctx, e)
		if err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}

// displayName names a principal in explanations.
func (a *App) displayName(ctx context.Context, objectID string) string {
	p, ok, err := a.services.directory.Principal(ctx, objectID)
	if err != nil || !ok {
		return "" // an explanation shows the object id then
	}
	return p.DisplayName
}

// exists tells explanations whether a role can be assigned at that very resource.
func (a *App) exists(ctx context.Context, scope rbac.Scope) (bool, error) {
	id, ok := resource.ParseID(scope.String())
	if !ok {
		return false, nil
	}
	_, err := a.services.resources.Get(ctx, id)
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	return err == nil, err
}
